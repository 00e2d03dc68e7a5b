package nn

import (
	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/lax"
)

// An Option changes what a function does. Each function lists those it takes, and others
// are errors.
type Option struct {
	kind optionKind
	set  func(o *options)
}

type optionKind uint8

const (
	axisOption optionKind = 1 << iota
	keepOption
	whereOption
	weightsOption
	meanOption
	varianceOption
	epsilonOption
	stableOption
)

var optionNames = map[optionKind]string{
	axisOption: "Axis", keepOption: "KeepDims", whereOption: "Where", weightsOption: "Weights",
	meanOption: "Mean", varianceOption: "Variance", epsilonOption: "Epsilon", stableOption: "Stable",
}

type options struct {
	given                          optionKind
	axes                           []int
	where, weights, mean, variance any
	epsilon                        float64
}

// Axis sets the axes that a function goes along; without any it is all of them. Negative
// ones count from the end.
func Axis(axes ...int) Option {
	return Option{axisOption, func(o *options) { o.axes = axes }}
}

// KeepDims leaves the axes that are reduced in the result, with size 1.
func KeepDims() Option { return Option{keepOption, func(o *options) {}} }

// Where leaves out the elements where mask, bools that broadcast to the operand, is
// false.
func Where(mask any) Option { return Option{whereOption, func(o *options) { o.where = mask }} }

// Weights multiplies each term by its number in b, which broadcasts with the operand.
func Weights(b any) Option { return Option{weightsOption, func(o *options) { o.weights = b }} }

// Mean sets the mean, which broadcasts to the operand, instead of computing it.
func Mean(m any) Option { return Option{meanOption, func(o *options) { o.mean = m }} }

// Variance sets the variance, which broadcasts to the operand, instead of computing it.
func Variance(v any) Option { return Option{varianceOption, func(o *options) { o.variance = v }} }

// Epsilon sets what is added to the variance.
func Epsilon(e float64) Option { return Option{epsilonOption, func(o *options) { o.epsilon = e }} }

// Stable computes the variance from differences to the mean, in a second pass.
func Stable() Option { return Option{stableOption, func(o *options) {}} }

// collect returns what the options of a call say, of which it takes some.
func collect(what string, list []Option, takes optionKind) *options {
	o := new(options)
	for _, option := range list {
		switch {
		case option.set == nil:
			panic(core.Errorf(what, "an option is the zero Option, want one that a function has returned"))
		case option.kind&takes == 0:
			panic(core.Errorf(what, "got the option %s, which it does not take", optionNames[option.kind]))
		}
		option.set(o)
		o.given |= option.kind
	}
	return o
}

func (o *options) has(k optionKind) bool { return o.given&k != 0 }

// axesOf returns the axes of x that were given, or else usual; nil means all.
func (o *options) axesOf(what string, usual []int, x lax.Array) []int {
	if o.has(axisOption) {
		usual = o.axes
	}
	return axesOf(what, usual, x)
}

// mask returns the mask with the shape of x, or the absent Array.
func (o *options) mask(what string, x lax.Array) lax.Array {
	if !o.has(whereOption) {
		return lax.Array{}
	}
	m := lax.Operand(what, o.where)
	if m.DType() != dtype.Bool {
		panic(core.Errorf(what, "the mask has type %v, want bools", m.Type()))
	}
	return lax.BroadcastTo(m, x.Shape())
}
