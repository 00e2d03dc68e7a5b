package initializers

import (
	"math"

	"gojax/internal/core"
	"gojax/lax"
	"gojax/random"
)

// A Mode says which size of a layer the variance goes with.
type Mode uint8

const (
	FanIn     Mode = iota // the number of inputs
	FanOut                // the number of outputs
	FanAvg                // their arithmetic mean
	FanGeoAvg             // their geometric mean
)

// A Distribution is what VarianceScaling draws from. All have mean 0.
type Distribution uint8

// The distributions.
const (
	TruncatedNormalDistribution Distribution = iota // normal, within two standard deviations
	NormalDistribution
	UniformDistribution // of complex numbers, in a disk
)

// An Option says which axes of a shape are which.
type Option func(f *fans)

// fans is a layout of axes.
type fans struct{ in, out, batch []int }

// InAxis sets the axes of the inputs, instead of the second to last one.
func InAxis(axes ...int) Option { return func(f *fans) { f.in = axes } }

// OutAxis sets the axes of the outputs, instead of the last one.
func OutAxis(axes ...int) Option { return func(f *fans) { f.out = axes } }

// BatchAxis sets axes along which there are layers beside each other.
func BatchAxis(axes ...int) Option { return func(f *fans) { f.batch = axes } }

// VarianceScaling returns an Initializer of floating or complex numbers with variance
// scale / n, where the mode says what n is.
func VarianceScaling(scale float64, mode Mode, from Distribution, options ...Option) Initializer {
	return scaling("VarianceScaling", scale, mode, from, options)
}

func scaling(what string, scale float64, mode Mode, from Distribution, options []Option) Initializer {
	f := &fans{in: []int{-2}, out: []int{-1}}
	for _, option := range options {
		option(f)
	}
	return func(key lax.Array, shape lax.Shape, t ...lax.DType) lax.Array {
		d := typeOf(what, t)
		if !d.IsInexact() {
			panic(core.Errorf(what, "the element type is %v, want a floating or complex type", d))
		}
		variance := lax.Number(d, scale/f.size(what, checked(what, shape), mode))
		return from.draw(what, key, shape, variance)
	}
}

// size returns what the variance is divided by.
func (f *fans) size(what string, shape lax.Shape, mode Mode) float64 {
	product := func(axes []int) float64 {
		n := 1
		for _, a := range axes {
			if a < -len(shape) || a >= len(shape) {
				panic(core.Errorf(what, "the shape is %v, want one with axis %d: say with InAxis and OutAxis what its axes are", shape, a))
			}
			if a < 0 {
				a += len(shape)
			}
			n *= shape[a]
		}
		return float64(n)
	}
	in, out := product(f.in), product(f.out)
	window := float64(core.Size(shape)) / in / out / product(f.batch)
	in, out = in*window, out*window
	switch mode {
	case FanIn:
		return in
	case FanOut:
		return out
	case FanAvg:
		return (in + out) / 2
	case FanGeoAvg:
		return math.Sqrt(in * out)
	}
	panic(core.Errorf(what, "the mode is %d, want FanIn, FanOut, FanAvg or FanGeoAvg", mode))
}

// The standard deviations of a normal number, real or complex, within two of its own.
const (
	truncatedReal    = .87962566103423978
	truncatedComplex = .95311164380491208
)

// draw returns numbers with the given variance.
func (d Distribution) draw(what string, key lax.Array, shape lax.Shape, variance lax.Array) lax.Array {
	t := variance.DType()
	number := func(v float64) lax.Array { return lax.Number(t, v) }
	switch {
	case d == NormalDistribution:
		return lax.Mul(random.Normal(key, shape, t), lax.Sqrt(variance))
	case d == TruncatedNormalDistribution && t.IsComplex():
		r := func(u lax.Array) lax.Array { // the modulus squared is exponential, cut off at 2²
			s := lax.Mul(lax.Sub(number(1), lax.Exp(number(-4))), u)
			return lax.Sqrt(lax.Neg(lax.Log(lax.Sub(number(1), s))))
		}
		return lax.Mul(polar(key, shape, t, r), lax.Div(lax.Sqrt(variance), number(truncatedComplex)))
	case d == TruncatedNormalDistribution:
		x := random.TruncatedNormal(key, -2, 2, checked(what, shape), t)
		return lax.Mul(x, lax.Div(lax.Sqrt(variance), number(truncatedReal)))
	case d == UniformDistribution && t.IsComplex():
		r := func(u lax.Array) lax.Array { return lax.Sqrt(lax.Mul(number(2), u)) }
		return lax.Mul(polar(key, shape, t, r), lax.Sqrt(variance))
	case d == UniformDistribution:
		x := random.UniformIn(key, shape, -1, 1, t)
		return lax.Mul(x, lax.Sqrt(lax.Mul(number(3), variance)))
	}
	panic(core.Errorf(what, "the distribution is %d, want one of the constants", d))
}

// polar returns complex numbers of any direction whose modulus is r of a uniform number.
func polar(key lax.Array, shape lax.Shape, t lax.DType, r func(u lax.Array) lax.Array) lax.Array {
	k1, k2 := random.Split2(key)
	uniform := func(key lax.Array) lax.Array { return lax.Convert(random.Uniform(key, shape, t.Real()), t) }
	angle := lax.Mul(lax.Number(t, 2*math.Pi), uniform(k2))
	unit := lax.Number(t.Real(), 1)
	i := lax.Complex(lax.Number(t.Real(), 0), unit)
	return lax.Mul(r(uniform(k1)), lax.Exp(lax.Mul(i, angle)))
}

// GlorotUniform returns the uniform Initializer of Glorot and Bengio (2010): variance 1
// over the mean of the numbers of inputs and outputs.
func GlorotUniform(options ...Option) Initializer {
	return scaling("GlorotUniform", 1, FanAvg, UniformDistribution, options)
}

// GlorotNormal is GlorotUniform with the truncated normal distribution.
func GlorotNormal(options ...Option) Initializer {
	return scaling("GlorotNormal", 1, FanAvg, TruncatedNormalDistribution, options)
}

// LecunUniform returns the uniform Initializer of LeCun et al. (1998): variance 1 over the
// number of inputs.
func LecunUniform(options ...Option) Initializer {
	return scaling("LecunUniform", 1, FanIn, UniformDistribution, options)
}

// LecunNormal is LecunUniform with the truncated normal distribution.
func LecunNormal(options ...Option) Initializer {
	return scaling("LecunNormal", 1, FanIn, TruncatedNormalDistribution, options)
}

// HeUniform returns the uniform Initializer of He et al. (2015): variance 2 over the
// number of inputs.
func HeUniform(options ...Option) Initializer {
	return scaling("HeUniform", 2, FanIn, UniformDistribution, options)
}

// HeNormal is HeUniform with the truncated normal distribution.
func HeNormal(options ...Option) Initializer {
	return scaling("HeNormal", 2, FanIn, TruncatedNormalDistribution, options)
}
