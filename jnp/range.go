package jnp

import (
	"math"
	"reflect"
	"slices"

	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/lax"
)

// Arange returns the numbers start, start+step, … below stop: Arange(stop),
// Arange(start, stop) or Arange(start, stop, step), where start is 0 and step 1 unless
// given. They are Go numbers or scalar arrays whose values are known. The element type
// is that of their mixture, i32 of ints and f32 if one is a float, or is given as a
// last argument.
func Arange(args ...any) lax.Array {
	const what = "arange"
	var t lax.DType
	if n := len(args); n > 0 {
		if d, ok := args[n-1].(lax.DType); ok {
			args, t = args[:n-1], d
		}
	}
	if len(args) < 1 || len(args) > 3 {
		panic(core.Errorf(what, "got %d numbers, want stop, start and stop, or start, stop and step", len(args)))
	}
	in := lax.Promote(what, args...)
	if t == dtype.Invalid {
		t = in[0].DType()
	}
	rejectComplex(what, in...)
	v, round := known(what, args, in)
	switch len(v) {
	case 1:
		return lax.Iota(t, count(what, v[0]))
	case 2:
		y := lax.Iota(t, count(what, round(v[1]-v[0])))
		if v[0] == 0 {
			return y
		}
		return lax.Add(in[0].Astype(t), y)
	}
	if v[2] == 0 {
		panic(core.Errorf(what, "the step is 0, want another number"))
	}
	work := t
	if t.IsHalf() {
		work = dtype.Float32
	}
	i := lax.Iota(work, count(what, round(round(v[1]-v[0])/v[2])))
	return lax.Convert(lax.Add(in[0].Astype(work), lax.Mul(in[2].Astype(work), i)), t)
}

// known returns the values of scalars that were promoted from args, and how arithmetic
// with them rounds: how many steps there are is decided in f64 if all are Go numbers, else
// in the type of the arrays, as in JAX.
func known(what string, args []any, in []lax.Array) (v []float64, round func(float64) float64) {
	if !slices.ContainsFunc(args, func(y any) bool { return !isNumber(y) }) {
		for _, y := range args {
			v = append(v, value(what, lax.OperandAs(what, y, dtype.Float64)))
		}
		return v, func(x float64) float64 { return x }
	}
	for _, x := range in {
		v = append(v, value(what, x))
	}
	if in[0].DType() == dtype.Float64 {
		return v, func(x float64) float64 { return x }
	}
	return v, func(x float64) float64 { return float64(float32(x)) }
}

// isNumber reports whether an operand is a Go number.
func isNumber(y any) bool {
	if _, ok := y.(lax.Array); ok || y == nil {
		return false
	}
	k := reflect.TypeOf(y).Kind()
	return reflect.Bool <= k && k <= reflect.Complex128
}

// count returns the number of steps, all but the last of them whole.
func count(what string, steps float64) int {
	n := math.Ceil(steps)
	if math.IsNaN(n) || math.Abs(n) > 1<<46 {
		panic(core.Errorf(what, "the number of elements is %.4g, want one that memory can have", n))
	}
	return max(0, int(n))
}

// value returns the value of a scalar, which must be known.
func value(what string, x lax.Array) float64 {
	if x.Size() != 1 {
		panic(core.Errorf(what, "operand has type %v, want a scalar", x.Type()))
	}
	v := core.NewIn(x.Type(), x.Value().Host(what))
	return real(core.At(v, 0))
}

// Linspace returns num numbers from start to stop at equal distances, along a new axis
// of arrays start and stop. The ends are exact. Options: Axis, the place of the new
// axis, 0 by default; DType; NoEndpoint.
func Linspace(start, stop any, num int, opts ...Option) lax.Array {
	const what = "linspace"
	o := parse(what, opts, axisKind|dtypeKind|noEndpointKind)
	return linspace(what, start, stop, num, o)
}

func linspace(what string, start, stop any, num int, o *options) lax.Array {
	if num < 0 {
		panic(core.Errorf(what, "the number of elements is %d, want at least 0", num))
	}
	in := lax.PromoteInexact(what, start, stop)
	t := o.dtypeOr(in[0].DType())
	work := t
	if !t.IsInexact() {
		work = lax.Inexact(lax.Number(t, 0)).DType()
	}
	shape, err := lax.BroadcastShapes(in[0].Shape(), in[1].Shape())
	if err != nil {
		panic(core.Errorf(what, "start and stop have %w", err))
	}
	at := o.oneAxis(what, len(shape)+1, 0)
	lo := lax.BroadcastTo(lax.Convert(in[0], work), shape).ExpandDims(at)
	hi := lax.BroadcastTo(lax.Convert(in[1], work), shape).ExpandDims(at)
	y := between(lo, hi, num, at, o.has(noEndpointKind))
	if !t.IsInexact() {
		y = lax.Floor(y)
	}
	return lax.Convert(y, t)
}

// between returns num steps from lo to hi, which have size 1 along axis at.
func between(lo, hi lax.Array, num, at int, open bool) lax.Array {
	n := num - 1
	if open {
		n = num
	}
	switch num {
	case 0:
		shape := slices.Clone(lo.Shape())
		shape[at] = 0
		return lax.BroadcastInDim(number(lo, 0), shape, nil)
	case 1:
		return lo
	}
	shape := slices.Repeat([]int{1}, lo.Rank())
	shape[at] = n
	real := lo.DType().Real()
	step := lax.Div(lax.Iota(real, n), lax.Number(real, float64(n)))
	step = lax.Convert(lax.Reshape(step, shape), lo.DType())
	y := lo.Mul(lax.Sub(number(step, 1), step)).Add(hi.Mul(step))
	if open {
		return y
	}
	return lax.Concatenate(at, y, hi)
}

// Logspace returns base to the powers that Linspace gives. Options: those of Linspace,
// and Base, 10 by default.
func Logspace(start, stop any, num int, opts ...Option) lax.Array {
	const what = "logspace"
	o := parse(what, opts, axisKind|dtypeKind|noEndpointKind|baseKind)
	t := o.dtypeOr(lax.PromoteInexact(what, start, stop)[0].DType())
	o.dtype = lax.Inexact(lax.Number(t, 0)).DType()
	var base any = 10.0
	if o.base != nil {
		base = o.base
	}
	return lax.Convert(Power(base, linspace(what, start, stop, num, o)), t)
}

// Geomspace returns num numbers from start to stop at equal ratios. Options: those of
// Linspace.
func Geomspace(start, stop any, num int, opts ...Option) lax.Array {
	const what = "geomspace"
	o := parse(what, opts, axisKind|dtypeKind|noEndpointKind)
	in := lax.PromoteInexact(what, start, stop)
	t := o.dtypeOr(in[0].DType())
	o.dtype = lax.Inexact(lax.Number(t, 0)).DType()
	lo, hi := lax.Convert(in[0], o.dtype), lax.Convert(in[1], o.dtype)
	sign := lax.Sign(lo)
	logs := linspace(what, Log10(lo.Div(sign)), Log10(hi.Div(sign)), num, o)
	at := o.oneAxis(what, logs.Rank(), 0)
	if sign.Rank() < logs.Rank()-1 {
		sign = lax.BroadcastTo(sign, slices.Delete(slices.Clone(logs.Shape()), at, at+1))
	}
	return lax.Convert(sign.ExpandDims(at).Mul(Power(10.0, logs)), t)
}

// Meshgrid returns, for coordinates along each axis of a grid, the coordinates of all
// its points: for n arrays with one axis, n arrays with n axes. As in plots the first
// array goes along axis 1 and the second along axis 0; see MeshgridIJ.
func Meshgrid(xs ...any) []lax.Array {
	if len(xs) < 2 {
		return MeshgridIJ(xs...)
	}
	xs = slices.Clone(xs)
	xs[0], xs[1] = xs[1], xs[0]
	out := MeshgridIJ(xs...)
	out[0], out[1] = out[1], out[0]
	return out
}

// MeshgridIJ is Meshgrid with array i along axis i.
func MeshgridIJ(xs ...any) []lax.Array {
	in := vectors("meshgrid", xs)
	shape := make(core.Shape, len(in))
	for i, x := range in {
		shape[i] = x.Size()
	}
	for i, x := range in {
		in[i] = lax.BroadcastInDim(x, shape, []int{i})
	}
	return in
}

// vectors returns operands that must have one axis.
func vectors(what string, xs []any) []lax.Array {
	out := make([]lax.Array, len(xs))
	for i, x := range xs {
		if out[i] = lax.Operand(what, x); out[i].Rank() != 1 {
			panic(core.Errorf(what, "operand %d has type %v, want one axis", i, out[i].Type()))
		}
	}
	return out
}

// Ix returns arrays with one axis as a sparse grid: array i along axis i, with size 1
// in the other axes. As indices they choose each combination.
func Ix(xs ...any) []lax.Array {
	in := vectors("ix_", xs)
	for i, x := range in {
		shape := slices.Repeat([]int{1}, len(in))
		shape[i] = x.Size()
		in[i] = lax.Reshape(x, shape)
	}
	return in
}

// Indices returns the indices of all elements of an array of the given shape: along a
// new leading axis those of axis 0, of axis 1, and so on, as i32 if no element type is
// given.
func Indices(shape core.Shape, t ...lax.DType) lax.Array {
	const what = "indices"
	checkShape(what, shape)
	d := one(what, t, dtype.Int32)
	if len(shape) == 0 {
		return Zeros(core.Shape{0}, d)
	}
	rows := make([]lax.Array, len(shape))
	for a := range shape {
		rows[a] = lax.BroadcastedIota(d, shape, a).ExpandDims(0)
	}
	return lax.Concatenate(0, rows...)
}
