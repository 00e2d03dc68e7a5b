package cpu

import (
	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/internal/kir"
)

// An outer is a product whose sums have one term each: it is no product for the library but an
// operation on elements, which fuses with others.
type outer struct {
	core.Op
	step kir.Dot
}

// outerOf returns the outer that a product is, if it is one of numbers of which elementwise
// operations make the same bits: real ones, of the type of the result.
func (g *graph) outerOf(op core.Op, s kir.Dot, in []int, out core.Type) (outer, bool) {
	x, t := g.types[in[0]], out.DType
	for _, a := range s.ContractX {
		if x.Shape[a] != 1 {
			return outer{}, false
		}
	}
	ok := t == x.DType && t != dtype.Bool && !t.IsComplex() && g.types[in[1]].DType == t
	return outer{op, s}, ok
}

// Kernel computes an element. A sum begins with 0, so that -0 becomes 0.
func (o outer) Kernel(b *kir.Builder, out core.Type, x []kir.Operand, i []kir.Val) kir.Val {
	zero := b.At(0)
	at := [2][]kir.Val{make([]kir.Val, len(x[0].Shape)), make([]kir.Val, len(x[1].Shape))}
	free := i[len(o.step.BatchX):]
	for n, axes := range [2][2][]int{{o.step.BatchX, o.step.ContractX}, {o.step.BatchY, o.step.ContractY}} {
		taken := make([]bool, len(at[n]))
		for k, a := range axes[0] {
			at[n][a], taken[a] = i[k], true
		}
		for _, a := range axes[1] {
			at[n][a], taken[a] = zero, true
		}
		for a := range taken {
			if !taken[a] {
				at[n][a], free = free[0], free[1:]
			}
		}
	}
	y := b.Emit(kir.Mul, x[0].At(at[0]), x[1].At(at[1]))
	if out.DType.IsInt() {
		return y
	}
	return b.Emit(kir.Add, y, b.Number(out.DType, 0))
}
