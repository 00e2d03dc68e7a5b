package random

import (
	"gojax/internal/core"
	"gojax/lax"
)

// An Option changes how Categorical, Choice or Permutation draw. Each says which it
// takes, and others are errors.
type Option struct {
	kind optionKind
	set  func(o *options)
}

type optionKind uint8

const (
	axisOption optionKind = 1 << iota
	samplesOption
	replaceOption
	probabilityOption
	independentOption
)

var optionNames = map[optionKind]string{
	axisOption: "Axis", samplesOption: "Samples", replaceOption: "WithoutReplacement",
	probabilityOption: "Probabilities", independentOption: "Independent",
}

type options struct {
	given    optionKind
	axis     int
	samples  lax.Shape
	distinct bool
	p        any
}

// Axis sets the axis along which the things lie that are drawn; negative ones count from
// the end.
func Axis(axis int) Option {
	return Option{axisOption, func(o *options) { o.axis = axis }}
}

// Samples sets the shape of the result.
func Samples(shape ...int) Option {
	return Option{samplesOption, func(o *options) { o.samples = shape }}
}

// WithoutReplacement draws nothing twice.
func WithoutReplacement() Option {
	return Option{replaceOption, func(o *options) { o.distinct = true }}
}

// Probabilities makes each thing as likely as its number in p, an array or slice whose
// sum is 1.
func Probabilities(p any) Option {
	return Option{probabilityOption, func(o *options) { o.p = p }}
}

// Independent permutes each line along the axis in its own order.
func Independent() Option {
	return Option{independentOption, func(o *options) {}}
}

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

// axisOf returns the axis of x that a user means.
func axisOf(what string, axis int, x lax.Array) int {
	n := x.Rank()
	if axis < -n || axis >= n {
		panic(core.Errorf(what, "the axis is %d, want an axis of %v", axis, x.Type()))
	}
	if axis < 0 {
		axis += n
	}
	return axis
}
