package lax

import (
	"fmt"
	"math"
	"math/cmplx"
	"slices"

	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/internal/kir"
	"gojax/internal/rule"
)

// cumulative combines all elements up to each along an axis, or all from it on.
type cumulative struct {
	by      cumulator
	Axis    int
	Reverse bool
}

type cumulator uint8

const (
	cumSum cumulator = iota
	cumProd
	cumMax
	cumMin
	cumLogSumExp
	cumulatorCount
)

// cumulators has all there is to know of each. c and i are the definition on inexact
// and on integer elements. step combines two elements of which the first comes before,
// with their tangents; sums have no need of it.
var cumulators = [...]struct {
	name string
	code kir.Code
	c    func(x, y complex128) complex128
	i    func(x, y int64, t DType) int64
	step func(x, y dual) dual
}{
	cumSum: {"cumsum", kir.Add, reducers[reduceSum].c, reducers[reduceSum].i, nil},
	cumProd: {"cumprod", kir.Mul, reducers[reduceProd].c, reducers[reduceProd].i, func(x, y dual) dual {
		return dual{Mul(x.v, y.v), Add(Mul(x.t, y.v), Mul(x.v, y.t))}
	}},
	cumMax: {"cummax", kir.Max, reducers[reduceMax].c, reducers[reduceMax].i, func(x, y dual) dual {
		return chooseDual(x, y, Max(x.v, y.v))
	}},
	cumMin: {"cummin", kir.Min, reducers[reduceMin].c, reducers[reduceMin].i, func(x, y dual) dual {
		return chooseDual(x, y, Min(x.v, y.v))
	}},
	cumLogSumExp: {"cumlogsumexp", kir.NoCode, logAddExp, nil, logAddExpDual},
}

// CumSum returns the sums of the elements up to each along axis, or from each on if
// reverse is set.
func CumSum(x Array, axis int, reverse bool) Array {
	return bind(cumulative{cumSum, axis, reverse}, x)
}

// CumProd returns the products of the elements up to each along axis, or from each on if
// reverse is set.
func CumProd(x Array, axis int, reverse bool) Array {
	return bind(cumulative{cumProd, axis, reverse}, x)
}

// CumMax returns the largest of the elements up to each along axis, or from each on if
// reverse is set; NaN if one is.
func CumMax(x Array, axis int, reverse bool) Array {
	return bind(cumulative{cumMax, axis, reverse}, x)
}

// CumMin returns the smallest of the elements up to each along axis, or from each on if
// reverse is set; NaN if one is.
func CumMin(x Array, axis int, reverse bool) Array {
	return bind(cumulative{cumMin, axis, reverse}, x)
}

// CumLogSumExp returns the logarithms of the sums of the exponentials of the elements up
// to each along axis, or from each on if reverse is set, without overflow. The elements
// are floating-point numbers.
func CumLogSumExp(x Array, axis int, reverse bool) Array {
	return bind(cumulative{cumLogSumExp, axis, reverse}, x)
}

func (op cumulative) String() string { return cumulators[op.by].name }

// Operands is how many there are.
func (cumulative) Operands() int { return 1 }

func (op cumulative) Infer(in []Type) ([]Type, error) {
	d := in[0].DType
	if d == dtype.Bool || d.IsInt() && cumulators[op.by].i == nil {
		return nil, fmt.Errorf("operand has type %v, which it does not take", in[0])
	}
	if op.Axis < 0 || op.Axis >= in[0].Rank() {
		return nil, fmt.Errorf("axis is %d, want an axis of %v", op.Axis, in[0])
	}
	return in[:1:1], nil
}

// Step is the back end's scan.
func (op cumulative) Step() kir.Step {
	return kir.Cumulative{By: cumulators[op.by].code, LogSum: op.by == cumLogSumExp, Axis: op.Axis, Reverse: op.Reverse}
}

func (op cumulative) Eval(in []*Value) []*Value {
	x, y, r := in[0], newLike(in[0].Type()), &cumulators[op.by]
	for _, line := range lines(x.Shape, op.Axis) {
		if op.Reverse {
			slices.Reverse(line)
		}
		var c complex128
		var i int64
		for n, at := range line {
			switch {
			case x.DType.IsInexact() && n == 0:
				c = core.At(x, at)
			case x.DType.IsInexact():
				c = ofType(x.DType, r.c(c, core.At(x, at)))
			case n == 0:
				i = core.Int(x, at)
			default:
				i = r.i(i, core.Int(x, at), x.DType)
			}
			if x.DType.IsInexact() {
				core.Put(y, at, c)
			} else {
				core.PutInt(y, at, i)
			}
		}
	}
	return []*Value{y}
}

func (op cumulative) JVP(x, y, t []*Value) []*Value {
	if op.by == cumSum {
		return Bind(op, t...)
	}
	d := dual{Of(x[0]), Of(t[0])}
	if op.Reverse {
		d = d.each(func(x Array) Array { return Rev(x, []int{op.Axis}) })
	}
	d = d.scan(op.Axis, cumulators[op.by].step)
	if op.Reverse {
		return []*Value{Rev(d.t, []int{op.Axis}).p}
	}
	return []*Value{d.t.p}
}

// Transpose sums from the other end.
func (op cumulative) Transpose(ct, x []*Value) []*Value {
	if op.by != cumSum {
		panic(core.Errorf(op.String(), "not a linear operation"))
	}
	return Bind(cumulative{cumSum, op.Axis, !op.Reverse}, ct...)
}

func (op cumulative) Batch(a rule.Axis, x []*Value, stacked core.Mask) ([]*Value, core.Mask) {
	return Bind(cumulative{op.by, op.Axis + 1, op.Reverse}, x...), stacked
}

// A dual is an array and its tangent.
type dual struct{ v, t Array }

func (d dual) each(f func(x Array) Array) dual { return dual{f(d.v), f(d.t)} }

// scan combines all elements up to each along axis, in the same pairs as JAX's
// associative_scan: they decide how equal elements share a derivative.
func (d dual) scan(axis int, step func(x, y dual) dual) dual {
	n := d.v.p.Shape[axis]
	if n < 2 {
		return d
	}
	every2 := func(from, to int) dual {
		return d.each(func(x Array) Array { return SliceInDim(x, from, to, 2, axis) })
	}
	odd := step(every2(0, n-1), every2(1, n)).scan(axis, step)
	before := odd
	if n%2 == 0 {
		before = odd.each(func(x Array) Array { return SliceInDim(x, 0, n/2-1, 1, axis) })
	}
	even := step(before, every2(2, n))
	join := func(first, even, odd Array) Array {
		return interleave(Concatenate(axis, SliceInDim(first, 0, 1, 1, axis), even), odd, axis)
	}
	return dual{join(d.v, even.v, odd.v), join(d.t, even.t, odd.t)}
}

// interleave takes elements from x and y in turns along axis; x may have one more.
func interleave(x, y Array, axis int) Array {
	more := x.p.Shape[axis] - y.p.Shape[axis]
	ofX, ofY := make([]Padding, x.Rank()), make([]Padding, x.Rank())
	ofX[axis], ofY[axis] = Padding{0, 1 - more, 1}, Padding{1, more, 1}
	return Add(Pad(x, zero(x), ofX), Pad(y, zero(y), ofY))
}

// chooseDual gives the tangent of the one of x and y that z is, or their mean.
func chooseDual(x, y dual, z Array) dual {
	return dual{z, Add(Mul(x.t, share(x.v, z, y.v)), Mul(y.t, share(y.v, z, x.v)))}
}

// logAddExpDual is log(eˣ + eʸ) with JAX's derivative: infinite operands and results
// count as 0 in it.
func logAddExpDual(x, y dual) dual {
	z := logAddExpOf(x.v, y.v)
	finite := func(x Array) Array {
		return Select(Eq(x, like(x, math.Inf(1))), zero(x), x)
	}
	share := func(x Array) Array { return Exp(Sub(finite(x), finite(z))) }
	return dual{z, Add(Mul(x.t, share(x.v)), Mul(y.t, share(y.v)))}
}

// logAddExpOf returns log(eˣ + eʸ), of complex numbers up to a multiple of 2πi.
func logAddExpOf(x, y Array) Array {
	if x.p.DType.IsComplex() {
		larger := Select(Ge(Real(x), Real(y)), x, y)
		return Add(larger, Log1p(Exp(Sub(Add(x, y), Add(larger, larger)))))
	}
	delta := Sub(x, y)
	sum := Add(Max(x, y), Log1p(Exp(Neg(Abs(delta)))))
	return Select(Ne(delta, delta), Add(x, y), sum) // NaN, or infinities of one sign
}

// logAddExp is the definition of log(eˣ + eʸ).
func logAddExp(x, y complex128) complex128 {
	if real(x) < real(y) {
		x, y = y, x
	}
	delta := y - x
	if math.IsNaN(real(delta)) {
		return x + y
	}
	e := cmplx.Exp(delta)
	sum := x + complex(math.Log1p(2*real(e)+real(e)*real(e)+imag(e)*imag(e))/2, math.Atan2(imag(e), 1+real(e)))
	return complex(real(sum), math.Remainder(imag(sum), 2*math.Pi))
}
