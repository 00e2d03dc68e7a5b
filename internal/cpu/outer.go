package cpu

import (
	"slices"

	"gojax/internal/core"
	"gojax/internal/cpu/gemm"
	"gojax/internal/dtype"
	"gojax/internal/kir"
)

// An outer is a product whose sums have one term each, or a few: it is no product for the library but an
// operation on elements, which fuses with others.
type outer struct {
	core.Op
	step kir.Dot
}

// outerOf returns the outer that a product is, if it is one of numbers of which elementwise
// operations make the same bits: real ones, of the type of the result.
func (g *graph) outerOf(op core.Op, s kir.Dot, in []int, out core.Type) (outer, bool) {
	x, y, t := g.types[in[0]], g.types[in[1]], out.DType
	if t != x.DType || t != y.DType || t == dtype.Bool || t.IsComplex() {
		return outer{}, false
	}
	terms := 1
	for _, a := range s.ContractX {
		terms *= x.Shape[a]
	}
	return outer{op, s}, terms == 1 || few(s, x, y, out, terms)
}

// fewFrom is how many elements of sums of a few terms are worth a loop.
const fewFrom = 1 << 15

// few reports whether the sums of a product had better be computed element by element: those of many tiny matrices
// and vectors, or of a narrow matrix whose other operand is read along rows. Where there is no machine code, products
// round each term.
func few(s kir.Dot, x, y, out core.Type, terms int) bool {
	if terms < 2 || terms > 4 || out.Size() < fewFrom || out.DType.IsInt() || out.DType.IsHalf() || gemm.Native[float64]() == nil {
		return false
	}
	batch := 1
	for _, a := range s.BatchX {
		batch *= x.Shape[a]
	}
	m, n := x.Size()/(batch*terms), y.Size()/(batch*terms)
	if batch > 1 {
		return m == 1 || n == 1 || m*n*terms <= 8
	}
	last := y.Rank() - 1
	return terms <= 3 && m > 1 && n > 1 && (n <= 4 || !slices.Contains(s.ContractY, last))
}

// Kernel computes an element. A sum begins with 0, so that -0 becomes 0.
func (o outer) Kernel(b *kir.Builder, out core.Type, x []kir.Operand, i []kir.Val) kir.Val {
	extents := make([]int, len(o.step.ContractX))
	for n, a := range o.step.ContractX {
		extents[n] = x[0].Shape[a]
	}
	zero := b.Number(out.DType, 0)
	sum := zero
	for term := range core.Size(extents) {
		p, q := o.factors(b, x, i, extents, term)
		switch {
		case out.DType.IsInt():
			return b.Emit(kir.Mul, p, q)
		case term == 0: // one rounding, as of a product that is added to 0
			sum = b.Emit(kir.Add, b.Emit(kir.Mul, p, q), zero)
		default:
			sum = b.Emit(kir.Fma, p, q, sum)
		}
	}
	return sum
}

// factors returns those of a term of the element at an index.
func (o outer) factors(b *kir.Builder, x []kir.Operand, i []kir.Val, extents []int, term int) (p, q kir.Val) {
	at := [2][]kir.Val{make([]kir.Val, len(x[0].Shape)), make([]kir.Val, len(x[1].Shape))}
	free := i[len(o.step.BatchX):]
	for n, axes := range [2][2][]int{{o.step.BatchX, o.step.ContractX}, {o.step.BatchY, o.step.ContractY}} {
		taken := make([]bool, len(at[n]))
		for k, a := range axes[0] {
			at[n][a], taken[a] = i[k], true
		}
		rest := term
		for k := len(extents) - 1; k >= 0; k-- {
			at[n][axes[1][k]], taken[axes[1][k]] = b.At(rest%extents[k]), true
			rest /= extents[k]
		}
		for a := range taken {
			if !taken[a] {
				at[n][a], free = free[0], free[1:]
			}
		}
	}
	return x[0].At(at[0]), x[1].At(at[1])
}
