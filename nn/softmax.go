package nn

import (
	"math"

	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/lax"
)

// Softmax returns eˣ divided by its sum along the last axis. Where an element is +Inf the
// result is NaN.
func Softmax(x lax.Array) lax.Array { return softmax("Softmax", x, nil) }

// SoftmaxWith is Softmax with the options Axis and Where: elements that are left out
// become 0.
func SoftmaxWith(x lax.Array, options ...Option) lax.Array {
	return softmax("SoftmaxWith", x, options)
}

func softmax(what string, x lax.Array, list []Option) lax.Array {
	o := collect(what, list, axisOption|whereOption)
	x = wantReal(what, floating(what, x))
	axes, mask := o.axesOf(what, []int{-1}, x), o.mask(what, x)
	e := lax.Exp(shifted(x, axes, mask))
	return masked(quotient(e, sum(e, axes, mask)), mask, 0)
}

// quotient returns x divided by the y of its row: one division a row, where the format has
// bits enough for two roundings.
func quotient(x, y lax.Array) lax.Array {
	if t := x.DType(); t == dtype.Float32 || t == dtype.Float64 {
		return lax.Mul(x, spread(lax.Div(like(y, 1), y), x))
	}
	return lax.Div(x, spread(y, x))
}

// shifted returns x less its greatest element along axes, which keeps exponentials from
// overflowing and has no part in derivatives. What the mask leaves out counts as -Inf.
func shifted(x lax.Array, axes []int, mask lax.Array) lax.Array {
	x = masked(x, mask, math.Inf(-1))
	top := lax.ExpandDims(lax.ReduceMax(lax.StopGradient(x), axes), axes)
	return lax.Sub(x, spread(top, x))
}

// masked returns x with v where the mask, if there is one, is false.
func masked(x, mask lax.Array, v float64) lax.Array {
	if mask.IsAbsent() {
		return x
	}
	return lax.Select(mask, x, like(x, v))
}

// LogSoftmax returns the logarithm of Softmax(x), accurate where that underflows.
func LogSoftmax(x lax.Array) lax.Array { return logSoftmax("LogSoftmax", x, nil) }

// LogSoftmaxWith is LogSoftmax with the options Axis and Where: elements that are left
// out become -Inf.
func LogSoftmaxWith(x lax.Array, options ...Option) lax.Array {
	return logSoftmax("LogSoftmaxWith", x, options)
}

func logSoftmax(what string, x lax.Array, list []Option) lax.Array {
	o := collect(what, list, axisOption|whereOption)
	x = wantReal(what, floating(what, x))
	axes, mask := o.axesOf(what, []int{-1}, x), o.mask(what, x)
	d := shifted(x, axes, mask)
	logSum := lax.Log(sum(lax.Exp(d), axes, mask))
	return masked(lax.Sub(d, spread(logSum, d)), mask, math.Inf(-1))
}

// Logsumexp returns the logarithm of the sum of eˣ over all axes, a scalar. It does not
// overflow.
func Logsumexp(x lax.Array) lax.Array { return logsumexp("Logsumexp", x, new(options)) }

// LogsumexpWith is Logsumexp with the options Axis, KeepDims, Where and Weights. With
// weights it is the logarithm of the sum of b·eˣ, NaN if that is negative.
func LogsumexpWith(x lax.Array, options ...Option) lax.Array {
	const what = "LogsumexpWith"
	return logsumexp(what, x, collect(what, options, logsumexpOptions))
}

const logsumexpOptions = axisOption | keepOption | whereOption | weightsOption

func logsumexp(what string, x lax.Array, o *options) lax.Array {
	total, top := sumexp(what, x, o)
	if total.DType().IsComplex() {
		return lax.Add(lax.Log(total), lax.Convert(top, total.DType()))
	}
	y := lax.Add(lax.Log(lax.Abs(total)), top)
	if !o.has(weightsOption) {
		return y
	}
	return lax.Select(lax.Lt(total, like(total, 0)), like(y, math.NaN()), y)
}

// LogsumexpSign returns the logarithm of the absolute value of what LogsumexpWith, whose
// options it takes, has the logarithm of, and its sign: the phase, where it is complex.
func LogsumexpSign(x lax.Array, options ...Option) (y, sign lax.Array) {
	const what = "LogsumexpSign"
	total, top := sumexp(what, x, collect(what, options, logsumexpOptions))
	return lax.Add(lax.Log(lax.Abs(total)), top), lax.Sign(total)
}

// sumexp returns the sum of b·exp(x - top), and top: the greatest element of x, or 0 if
// that is not finite. It has no part in derivatives.
func sumexp(what string, x lax.Array, o *options) (total, top lax.Array) {
	x = floating(what, x)
	var b lax.Array
	if o.has(weightsOption) {
		x, b = together(what, x, o.weights)
		x = masked(x, lax.Ne(b, like(b, 0)), math.Inf(-1))
	}
	axes, mask := o.axesOf(what, nil, x), o.mask(what, x)
	x = masked(x, mask, math.Inf(-1))
	top = lax.ReduceMax(lax.StopGradient(x).Real(), axes)
	top = lax.Select(lax.IsFinite(top), top, like(top, 0))
	e := lax.Exp(lax.Sub(x, spread(lax.Convert(lax.ExpandDims(top, axes), x.DType()), x)))
	if !b.IsAbsent() {
		e = lax.Mul(e, b)
	}
	total = sum(e, axes, mask)
	if o.has(keepOption) {
		return total, lax.ExpandDims(top, axes)
	}
	return lax.Squeeze(total, axes), top
}

// together returns x and y, floats or complex, with one type and shape.
func together(what string, x lax.Array, y any) (lax.Array, lax.Array) {
	in := lax.PromoteInexact(what, x, y)
	shape, err := lax.BroadcastShapes(in[0].Shape(), in[1].Shape())
	if err != nil {
		panic(core.Errorf(what, "operands have %w", err))
	}
	return lax.BroadcastTo(in[0], shape), lax.BroadcastTo(in[1], shape)
}

// Logmeanexp returns the logarithm of the mean of eˣ over all axes, a scalar.
func Logmeanexp(x lax.Array) lax.Array { return logmeanexp("Logmeanexp", x, new(options)) }

// LogmeanexpWith is Logmeanexp with the options Axis, KeepDims and Where.
func LogmeanexpWith(x lax.Array, options ...Option) lax.Array {
	const what = "LogmeanexpWith"
	return logmeanexp(what, x, collect(what, options, axisOption|keepOption|whereOption))
}

func logmeanexp(what string, x lax.Array, o *options) lax.Array {
	y := logsumexp(what, x, o)
	axes := o.axesOf(what, nil, x)
	n := count(x, axes, o.mask(what, x))
	if n.Rank() > 0 && !o.has(keepOption) {
		n = lax.Squeeze(n, axes)
	}
	return lax.Sub(y, lax.Log(lax.Convert(n, y.DType())))
}
