package lax

import (
	"fmt"
	"math"
	"slices"

	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/internal/kir"
	"gojax/internal/rule"
)

// reduce combines elements along axes.
type reduce struct {
	by   reducer
	Axes []int
}

type reducer uint8

const (
	reduceSum reducer = iota
	reduceProd
	reduceMax
	reduceMin
	reduceAnd
	reduceOr
	reduceXor
	reducerCount
)

// reducers has all there is to know of each. c and i are the definition on inexact
// and on integer elements (bools are 0 and 1), and a reducer takes the kinds that it has
// one for; init is its identity, as the first or the second. The tangent of
// y = op(x) is grad(op, x, y, t), and zero without grad.
var reducers = [...]struct {
	name string
	code kir.Code
	bool kir.Code // the instruction on bools; none: it takes no bools
	init func(t DType) (complex128, int64)
	c    func(x, y complex128) complex128
	i    func(x, y int64, t DType) int64
	grad func(op reduce, x, y, t Array) Array
}{
	reduceSum: {"reduce_sum", kir.Add, kir.NoCode,
		func(DType) (complex128, int64) { return 0, 0 },
		func(x, y complex128) complex128 { return x + y },
		func(x, y int64, _ DType) int64 { return x + y },
		func(op reduce, x, y, t Array) Array { return bind(op, t) }},
	reduceProd: {"reduce_prod", kir.Mul, kir.NoCode,
		func(DType) (complex128, int64) { return 1, 1 },
		func(x, y complex128) complex128 { return x * y },
		func(x, y int64, _ DType) int64 { return x * y },
		gradProd},
	reduceMax: {"reduce_max", kir.Max, kir.Or,
		func(t DType) (complex128, int64) { return complex(math.Inf(-1), 0), dtype.IInfo(t).Min },
		func(x, y complex128) complex128 { return pickFirst(x, y, lessComplex(y, x)) },
		func(x, y int64, t DType) int64 {
			if lessInt(y, x, t) {
				return x
			}
			return y
		},
		gradChosen},
	reduceMin: {"reduce_min", kir.Min, kir.And,
		func(t DType) (complex128, int64) { return complex(math.Inf(1), 0), int64(dtype.IInfo(t).Max) },
		func(x, y complex128) complex128 { return pickFirst(x, y, lessComplex(x, y)) },
		func(x, y int64, t DType) int64 {
			if lessInt(x, y, t) {
				return x
			}
			return y
		},
		gradChosen},
	reduceAnd: {"reduce_and", kir.And, kir.And,
		func(DType) (complex128, int64) { return 0, -1 },
		nil, func(x, y int64, _ DType) int64 { return x & y }, nil},
	reduceOr: {"reduce_or", kir.Or, kir.Or,
		func(DType) (complex128, int64) { return 0, 0 },
		nil, func(x, y int64, _ DType) int64 { return x | y }, nil},
	reduceXor: {"reduce_xor", kir.Xor, kir.Xor,
		func(DType) (complex128, int64) { return 0, 0 },
		nil, func(x, y int64, _ DType) int64 { return x ^ y }, nil},
}

// ReduceSum adds over the given axes, increasing. The sum of nothing is 0.
func ReduceSum(x Array, axes []int) Array { return reduceBy(reduceSum, x, axes) }

// ReduceProd multiplies over the given axes, increasing. The product of nothing is 1.
func ReduceProd(x Array, axes []int) Array { return reduceBy(reduceProd, x, axes) }

// ReduceMax returns the largest elements over the given axes, increasing: NaN if
// there is one, the least value of the type if there is no element. Complex numbers
// are compared by their real parts, then by their imaginary parts. Equal elements
// share the derivative.
func ReduceMax(x Array, axes []int) Array { return reduceBy(reduceMax, x, axes) }

// ReduceMin returns the smallest elements over the given axes, increasing, as
// ReduceMax does.
func ReduceMin(x Array, axes []int) Array { return reduceBy(reduceMin, x, axes) }

// ReduceAnd combines integers bit by bit, or bools, over the given axes, increasing.
func ReduceAnd(x Array, axes []int) Array { return reduceBy(reduceAnd, x, axes) }

// ReduceOr combines integers bit by bit, or bools, over the given axes, increasing.
func ReduceOr(x Array, axes []int) Array { return reduceBy(reduceOr, x, axes) }

// ReduceXor combines integers bit by bit, or bools, over the given axes, increasing.
func ReduceXor(x Array, axes []int) Array { return reduceBy(reduceXor, x, axes) }

func reduceBy(by reducer, x Array, axes []int) Array {
	op := reduce{by, axes}
	if len(axes) == 0 {
		core.Infer(op, []Type{x.present("reduce").p.Type()})
		return x
	}
	return bind(op, x)
}

func (op reduce) String() string { return reducers[op.by].name }

// Operands is how many there are.
func (reduce) Operands() int { return 1 }

// Reduced lists the axes that are gone.
func (op reduce) Reduced() []int { return op.Axes }

func (op reduce) Infer(in []Type) ([]Type, error) {
	r := &reducers[op.by]
	if d := in[0].DType; d == dtype.Bool && r.bool == kir.NoCode || d.IsInexact() && r.c == nil {
		return nil, fmt.Errorf("operand has type %v, which it does not take", in[0])
	}
	for i, a := range op.Axes {
		if a < 0 || a >= in[0].Rank() || i > 0 && a <= op.Axes[i-1] {
			return nil, fmt.Errorf("axes are %v, want increasing axes of %v", op.Axes, in[0])
		}
	}
	return []Type{in[0].Shaped(at(in[0].Shape, without(in[0].Rank(), op.Axes))...)}, nil
}

// Kernel combines what is at all indices of the axes that are gone. Sums and products of half
// types are combined in f32 and rounded once.
func (op reduce) Kernel(b *kir.Builder, out Type, x []kir.Operand, i []kir.Val) kir.Val {
	wide := out.DType
	if wide.IsHalf() && op.by != reduceMax && op.by != reduceMin {
		wide = dtype.Float32
	}
	kept, extents := without(len(x[0].Shape), op.Axes), at(x[0].Shape, op.Axes)
	body := func(j []kir.Val) []kir.Val {
		from := make([]kir.Val, len(x[0].Shape))
		for n, a := range kept {
			from[a] = i[n]
		}
		for n, a := range op.Axes {
			from[a] = j[n]
		}
		return []kir.Val{convert(b, wide, x[0].At(from))}
	}
	combine := func(p, q []kir.Val) []kir.Val { return []kir.Val{op.by.emit(b, wide, p[0], q[0])} }
	return convert(b, out.DType, b.Reduce(extents, []kir.Val{op.by.identity(b, wide)}, body, combine)[0])
}

// Alternative reduces axes that others lie between one after the other, the longest first: along
// all of them at once, what is next in memory is rarely next in the sum.
func (op reduce) Alternative(in []Type) func(x []*Value) []*Value {
	if len(op.Axes) < 2 || in[0].Size() < manyFrom {
		return nil
	}
	first := op.longest(in[0].Shape)
	if len(first) == len(op.Axes) {
		return nil
	}
	return func(in []*Value) []*Value {
		x, t := Of(in[0]), in[0].DType
		if t.IsHalf() {
			x = Convert(x, dtype.Float32)
		}
		var rest []int
		for _, a := range op.Axes {
			if !slices.Contains(first, a) {
				before, _ := slices.BinarySearch(first, a)
				rest = append(rest, a-before)
			}
		}
		return []*Value{Convert(bind(reduce{op.by, rest}, bind(reduce{op.by, first}, x)), t).p}
	}
}

// longest lists those axes, next to each other but for axes of size 1, along which the most elements
// are combined; the last ones if there are several such lists. Axes of size 1 go with any.
func (op reduce) longest(shape Shape) []int {
	var best, run []int
	most, n, last := 0, 1, -1
	for _, a := range op.Axes {
		if core.Size(shape[last+1:a]) > 1 && last >= 0 {
			run, n = nil, 1
		}
		run, last = append(run, a), a
		if n *= shape[a]; n >= max(most, 2) {
			best, most = slices.Clone(run), n
		}
	}
	for _, a := range op.Axes {
		if shape[a] == 1 && !slices.Contains(best, a) {
			best = append(best, a)
		}
	}
	slices.Sort(best)
	return best
}

// convert is b.Convert where the type differs.
func convert(b *kir.Builder, t DType, x kir.Val) kir.Val {
	if b.Type(x) == t {
		return x
	}
	return b.Convert(t, x)
}

func (by reducer) identity(b *kir.Builder, t DType) kir.Val {
	c, i := reducers[by].init(t)
	switch {
	case t == dtype.Bool:
		return b.Number(t, complex(float64(i&1), 0))
	case t.IsInt():
		return b.Int(t, i)
	}
	return b.Number(t, c)
}

func (by reducer) emit(b *kir.Builder, t DType, x, y kir.Val) kir.Val {
	switch r := &reducers[by]; {
	case t == dtype.Bool:
		return b.Emit(r.bool, x, y)
	case t.IsComplex() && (by == reduceMax || by == reduceMin):
		return emitComplexChoice(b, by == reduceMax, x, y)
	default:
		return b.Emit(r.code, x, y)
	}
}

// emitComplexChoice is pickFirst for kernels: x where it is NaN, or larger (or smaller)
// than y, which is not NaN.
func emitComplexChoice(b *kir.Builder, largest bool, x, y kir.Val) kir.Val {
	beyond := kir.Lt
	if largest {
		beyond = kir.Gt
	}
	xr, xi := b.Emit(kir.Real, x), b.Emit(kir.Imag, x)
	yr, yi := b.Emit(kir.Real, y), b.Emit(kir.Imag, y)
	tie := b.Emit(kir.And, b.Emit(kir.Eq, xr, yr), b.Emit(beyond, xi, yi))
	first := b.Emit(kir.Or, b.Emit(beyond, xr, yr), tie)
	first = b.Emit(kir.And, first, b.Emit(kir.Eq, y, y))
	return b.Emit(kir.Select, b.Emit(kir.Or, b.Emit(kir.Ne, x, x), first), x, y)
}

func (op reduce) Eval(in []*Value) []*Value {
	x, r := in[0], &reducers[op.by]
	t, _ := op.Infer(core.Types(in))
	y := newLike(t[0])
	c0, i0 := r.init(x.DType)
	c, i := slices.Repeat([]complex128{c0}, y.Size()), slices.Repeat([]int64{i0}, y.Size())
	kept, index := without(x.Rank(), op.Axes), make([]int, x.Rank())
	for n := range x.Size() {
		j := offset(at(index, kept), y.Shape)
		if x.DType.IsInexact() {
			c[j] = ofType(x.DType, r.c(c[j], core.At(x, n)))
		} else {
			i[j] = r.i(i[j], core.Int(x, n), x.DType)
		}
		next(index, x.Shape)
	}
	for n := range y.Size() {
		if x.DType.IsInexact() {
			core.Put(y, n, c[n])
		} else {
			core.PutInt(y, n, i[n])
		}
	}
	return []*Value{y}
}

func (op reduce) JVP(x, y, t []*Value) []*Value {
	grad := reducers[op.by].grad
	if grad == nil {
		return []*Value{nil}
	}
	return []*Value{grad(op, Of(x[0]), Of(y[0]), Of(t[0])).p}
}

func (op reduce) Transpose(ct, x []*Value) []*Value {
	if op.by != reduceSum {
		panic(core.Errorf(op.String(), "not a linear operation"))
	}
	return []*Value{BroadcastInDim(Of(ct[0]), x[0].Shape, without(x[0].Rank(), op.Axes)).p}
}

func (op reduce) Batch(a rule.Axis, x []*Value, stacked core.Mask) ([]*Value, core.Mask) {
	return Bind(reduce{op.by, shift(op.Axes)}, x...), stacked
}

// gradChosen is the mean of the tangents of those elements that were chosen.
func gradChosen(op reduce, x, y, t Array) Array {
	kept := without(x.Rank(), op.Axes)
	chosen := Convert(Eq(x, BroadcastInDim(y, x.p.Shape, kept)), x.p.DType)
	return Div(ReduceSum(Mul(t, chosen), op.Axes), ReduceSum(chosen, op.Axes))
}

// gradProd multiplies in pairs, and pairs of those, with the product rule for each
// pair: exact where elements are zero, for nothing is divided.
func gradProd(op reduce, x, y, t Array) Array {
	kept := without(x.Rank(), op.Axes)
	perm := append(slices.Clone(op.Axes), kept...)
	shape := append([]int{-1}, at(x.p.Shape, kept)...)
	shape[0] = core.Size(at(x.p.Shape, op.Axes))
	x, t = Reshape(Transpose(x, perm), shape), Reshape(Transpose(t, perm), shape)
	for n := shape[0]; n > 1; n = (n + 1) / 2 {
		x1, x2, rest := halves(x)
		t1, t2, restT := halves(t)
		x, t = Mul(x1, x2), Add(Mul(t1, x2), Mul(x1, t2))
		if n%2 == 1 {
			x, t = Concatenate(0, x, rest), Concatenate(0, t, restT)
		}
	}
	return ReduceSum(t, []int{0}) // of one or no element
}

// halves returns two halves of x along the leading axis and the odd element, if any.
func halves(x Array) (first, second, rest Array) {
	n := x.Len() / 2
	first, second = SliceInDim(x, 0, n, 1, 0), SliceInDim(x, n, 2*n, 1, 0)
	if x.Len()%2 == 1 {
		rest = SliceInDim(x, 2*n, 2*n+1, 1, 0)
	}
	return first, second, rest
}

// ofType drops the imaginary part of what is a real number: Inf·Inf would leave NaN there.
func ofType(t DType, x complex128) complex128 {
	if t.IsComplex() {
		return x
	}
	return complex(real(x), 0)
}

// pickFirst returns x if it is NaN or first, else y.
func pickFirst(x, y complex128, first bool) complex128 {
	if first || hasNaN(x) {
		return x
	}
	return y
}

// hasNaN reports whether a part of x is NaN.
func hasNaN(x complex128) bool { return math.IsNaN(real(x)) || math.IsNaN(imag(x)) }

// lessComplex compares real parts, then imaginary parts; nothing is less than NaN, and NaN
// less than nothing. -0 is less than 0 in real numbers.
func lessComplex(x, y complex128) bool {
	switch {
	case hasNaN(x) || hasNaN(y):
		return false
	case real(x) != real(y):
		return real(x) < real(y)
	case imag(x) != imag(y):
		return imag(x) < imag(y)
	}
	return math.Signbit(real(x)) && !math.Signbit(real(y))
}

// lessInt compares integers of type t, in which those of u64 are wrapped.
func lessInt(x, y int64, t DType) bool {
	if t == dtype.Uint64 {
		return uint64(x) < uint64(y)
	}
	return x < y
}
