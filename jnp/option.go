package jnp

import (
	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/lax"
)

// An Option is what NumPy has as a keyword argument, such as Axis(0) or KeepDims().
type Option struct {
	kind kind
	set  func(o *options)
}

// kind says which option it is; a set of them says which a function takes.
type kind uint32

const (
	axisKind kind = 1 << iota
	keepDimsKind
	initialKind
	whereKind
	dtypeKind
	ddofKind
	rtolKind
	atolKind
	equalNaNKind
	descendingKind
	sizeKind
	fillKind
	modeKind
	methodKind
	rightKind
	noEndpointKind
	baseKind
	weightsKind
	orderKind
	rangeKind
	densityKind
	minLengthKind
	offsetKind
	columnsKind
	increasingKind
	outsideKind
	periodKind
)

// String names the function that makes the option.
func (k kind) String() string {
	return map[kind]string{
		axisKind: "Axis", keepDimsKind: "KeepDims", initialKind: "Initial", whereKind: "WhereMask",
		dtypeKind: "DType", ddofKind: "Ddof", rtolKind: "Rtol", atolKind: "Atol", equalNaNKind: "EqualNaN",
		descendingKind: "Descending", sizeKind: "Size", fillKind: "FillValue", modeKind: "Mode",
		methodKind: "Method", rightKind: "Right", noEndpointKind: "NoEndpoint", baseKind: "Base",
		weightsKind: "Weights", orderKind: "Order", rangeKind: "Range", densityKind: "Density",
		minLengthKind: "MinLength", offsetKind: "Offset", columnsKind: "Columns", increasingKind: "Increasing",
		outsideKind: "Outside", periodKind: "Period",
	}[k]
}

// options has what a call chose.
type options struct {
	given           kind
	axes            []int // nil: none given
	initial, where  any
	dtype           lax.DType // Invalid: none given
	ddof            float64
	rtol, atol      any
	size            int
	fill            any
	mode, method    string
	base, weights   any
	order           int
	lo, hi          any // of Range and Outside
	minLength       int
	offset, columns int
	period          any
}

// parse collects the options of a call to the function what, which takes some.
func parse(what string, opts []Option, takes kind) *options {
	o := &options{}
	for _, opt := range opts {
		if opt.kind&takes == 0 {
			panic(core.Errorf(what, "it takes no option %v", opt.kind))
		}
		o.given |= opt.kind
		if opt.set != nil {
			opt.set(o)
		}
	}
	return o
}

func (o *options) has(k kind) bool { return o.given&k != 0 }

// oneAxis returns the axis that was chosen, of an array of the given rank, or else the
// default.
func (o *options) oneAxis(what string, rank, otherwise int) int {
	switch {
	case o.axes == nil:
		return lax.CanonicalAxis(what, otherwise, rank)
	case len(o.axes) == 1:
		return lax.CanonicalAxis(what, o.axes[0], rank)
	}
	panic(core.Errorf(what, "the axes are %v, want one axis", o.axes))
}

// flatOrAxis returns x and the axis of it that was chosen, or x in row-major order
// along one axis if none was.
func (o *options) flatOrAxis(what string, x lax.Array) (lax.Array, int) {
	if o.axes == nil {
		return x.Ravel(), 0
	}
	return x, o.oneAxis(what, x.Rank(), 0)
}

// dtypeOr returns the element type that was chosen, or else t.
func (o *options) dtypeOr(t lax.DType) lax.DType {
	if o.dtype == dtype.Invalid {
		return t
	}
	return o.dtype
}

// Axis chooses the axes that a function works along.
func Axis(axes ...int) Option {
	if axes == nil {
		axes = []int{}
	}
	return Option{axisKind, func(o *options) { o.axes = axes }}
}

// KeepDims leaves the axes that are reduced in the result, with size 1.
func KeepDims() Option { return Option{kind: keepDimsKind} }

// Initial begins a reduction with the scalar v.
func Initial(v any) Option { return Option{initialKind, func(o *options) { o.initial = v }} }

// WhereMask reduces only elements where the bool mask, broadcast to the array, is true.
func WhereMask(mask any) Option { return Option{whereKind, func(o *options) { o.where = mask }} }

// DType chooses the element type of the result.
func DType(t lax.DType) Option { return Option{dtypeKind, func(o *options) { o.dtype = t }} }

// Ddof sets the degrees of freedom that a variance lacks: it divides by the number of
// elements less n.
func Ddof(n float64) Option { return Option{ddofKind, func(o *options) { o.ddof = n }} }

// Rtol sets the relative tolerance, 1e-5 by default.
func Rtol(v any) Option { return Option{rtolKind, func(o *options) { o.rtol = v }} }

// Atol sets the absolute tolerance, 1e-8 by default.
func Atol(v any) Option { return Option{atolKind, func(o *options) { o.atol = v }} }

// EqualNaN makes NaN equal to NaN.
func EqualNaN() Option { return Option{kind: equalNaNKind} }

// Descending sorts the largest first. Equal elements keep their order.
func Descending() Option { return Option{kind: descendingKind} }

// Size fixes how many elements are found, so that their number does not depend on
// values and the function works under Jit: what is beyond is left out, and FillValue
// fills what is missing.
func Size(n int) Option { return Option{sizeKind, func(o *options) { o.size = n }} }

// FillValue is the scalar that stands for elements that are not there.
func FillValue(v any) Option { return Option{fillKind, func(o *options) { o.fill = v }} }

// Mode names what happens at the ends of an array; functions say which names they know.
func Mode(name string) Option { return Option{modeKind, func(o *options) { o.mode = name }} }

// Method names how a quantile between two elements is chosen: linear, lower, higher,
// nearest or midpoint.
func Method(name string) Option { return Option{methodKind, func(o *options) { o.method = name }} }

// Right chooses the right side: for Searchsorted the last place where an element fits
// in, not the first, and for Digitize bins that include their right edge.
func Right() Option { return Option{kind: rightKind} }

// NoEndpoint leaves the end of a range out.
func NoEndpoint() Option { return Option{kind: noEndpointKind} }

// Base is the base of a logarithmic range, 10 by default.
func Base(b any) Option { return Option{baseKind, func(o *options) { o.base = b }} }

// Weights gives each element its weight.
func Weights(w any) Option { return Option{weightsKind, func(o *options) { o.weights = w }} }

// Order repeats Diff n times.
func Order(n int) Option { return Option{orderKind, func(o *options) { o.order = n }} }

// Range limits a histogram.
func Range(lo, hi any) Option { return Option{rangeKind, func(o *options) { o.lo, o.hi = lo, hi }} }

// Density makes the integral of a histogram 1.
func Density() Option { return Option{kind: densityKind} }

// MinLength is the least number of bins.
func MinLength(n int) Option { return Option{minLengthKind, func(o *options) { o.minLength = n }} }

// Offset chooses a diagonal: the k-th above the main one, or below it if k is negative.
func Offset(k int) Option { return Option{offsetKind, func(o *options) { o.offset = k }} }

// Columns is the number of columns of a matrix that is made.
func Columns(n int) Option { return Option{columnsKind, func(o *options) { o.columns = n }} }

// Increasing orders the powers of Vander from low to high.
func Increasing() Option { return Option{kind: increasingKind} }

// Outside gives the values of Interp left and right of its points; nil stands for the
// value of the nearest point.
func Outside(left, right any) Option {
	return Option{outsideKind, func(o *options) { o.lo, o.hi = left, right }}
}

// Period makes the points of Interp repeat.
func Period(p any) Option { return Option{periodKind, func(o *options) { o.period = p }} }
