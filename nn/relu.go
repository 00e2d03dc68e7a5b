package nn

import "gojax/lax"

// The functions of this file choose between pieces with Select, which decides what their
// derivatives are where pieces meet, too.

// Identity returns x.
func Identity(x lax.Array) lax.Array { return lax.Operand("Identity", x) }

// Relu returns the greater of x and 0, and NaN for NaN. Its derivative at 0 is 0.
func Relu(x lax.Array) lax.Array {
	x = wantReal("Relu", numeric("Relu", x))
	zero := like(x, 0)
	return lax.Select(lax.Le(x, zero), zero, x)
}

// Relu6 returns x moved into [0, 6], and NaN for NaN. Its derivative at 0 and at 6 is 0.
func Relu6(x lax.Array) lax.Array {
	x = wantReal("Relu6", floating("Relu6", x))
	zero, six := like(x, 0), like(x, 6)
	return lax.Select(lax.Le(x, zero), zero, lax.Select(lax.Ge(x, six), six, x))
}

// LeakyRelu returns x where that is not negative, and 0.01·x elsewhere. Its derivative at
// 0 is 1.
func LeakyRelu(x lax.Array) lax.Array { return leakyRelu("LeakyRelu", x, 0.01) }

// LeakyReluWith is LeakyRelu with another slope, which broadcasts with x.
func LeakyReluWith(x lax.Array, slope any) lax.Array { return leakyRelu("LeakyReluWith", x, slope) }

func leakyRelu(what string, x lax.Array, slope any) lax.Array {
	a, s := lax.Promote2(what, wantReal(what, floating(what, x)), slope)
	below := lax.Mul(s, a)
	a = lax.BroadcastTo(a, below.Shape())
	return lax.Select(lax.Ge(a, like(a, 0)), a, below)
}

// Elu returns x where that is positive, and eˣ-1 elsewhere.
func Elu(x lax.Array) lax.Array { return elu("Elu", x, 1) }

// EluWith returns x where that is positive, and alpha·(eˣ-1) elsewhere. alpha broadcasts
// with x.
func EluWith(x lax.Array, alpha any) lax.Array { return elu("EluWith", x, alpha) }

func elu(what string, x lax.Array, alpha any) lax.Array {
	x, a := lax.Promote2(what, wantReal(what, floating(what, x)), alpha)
	zero := like(x, 0)
	// Of large x the exponential, which is not wanted, would be infinite, and its
	// derivative, 0·∞, not a number.
	below := lax.Mul(a, lax.Expm1(lax.Select(lax.Gt(x, zero), zero, x)))
	x = lax.BroadcastTo(x, below.Shape())
	return lax.Select(lax.Gt(x, zero), x, below)
}

// Selu is Elu scaled so that layers keep mean 0 and variance 1 (Klambauer et al., 2017).
func Selu(x lax.Array) lax.Array {
	const alpha, scale = 1.6732632423543772848170429916717, 1.0507009873554804934193349852946
	y := elu("Selu", x, alpha)
	return lax.Mul(like(y, scale), y)
}

// Celu returns x where that is positive, and eˣ-1 elsewhere.
func Celu(x lax.Array) lax.Array { return celu("Celu", x, 1) }

// CeluWith returns x where that is positive, and alpha·(exp(x/alpha)-1) elsewhere, which
// has a continuous derivative. alpha broadcasts with x.
func CeluWith(x lax.Array, alpha any) lax.Array { return celu("CeluWith", x, alpha) }

func celu(what string, x lax.Array, alpha any) lax.Array {
	x, a := lax.Promote2(what, wantReal(what, floating(what, x)), alpha)
	zero := like(x, 0)
	below := lax.Mul(a, lax.Expm1(lax.Div(lax.Min(x, zero), a)))
	return lax.Add(lax.Max(x, zero), below)
}

// HardTanh returns x moved into [-1, 1]. Its derivative at both ends is 1.
func HardTanh(x lax.Array) lax.Array {
	x = wantReal("HardTanh", numeric("HardTanh", x))
	one := like(x, 1)
	if x.DType().IsUnsigned() {
		return lax.Select(lax.Gt(x, one), one, x)
	}
	below := like(x, -1)
	return lax.Select(lax.Gt(x, one), one, lax.Select(lax.Lt(x, below), below, x))
}

// HardSigmoid returns Relu6(x+3) / 6.
func HardSigmoid(x lax.Array) lax.Array { return hardSigmoid("HardSigmoid", x) }

func hardSigmoid(what string, x lax.Array) lax.Array {
	x = floating(what, x)
	return lax.Div(Relu6(lax.Add(x, like(x, 3))), like(x, 6))
}

// HardSilu returns x·HardSigmoid(x).
func HardSilu(x lax.Array) lax.Array {
	x = floating("HardSilu", x)
	return lax.Mul(x, hardSigmoid("HardSilu", x))
}

// HardSwish is HardSilu.
func HardSwish(x lax.Array) lax.Array { return HardSilu(x) }

// SparsePlus returns 0 up to -1, (x+1)²/4 up to 1, and x from there.
func SparsePlus(x lax.Array) lax.Array {
	x = wantReal("SparsePlus", floating("SparsePlus", x))
	one := like(x, 1)
	middle := lax.Div(lax.Square(lax.Add(x, one)), like(x, 4))
	upper := lax.Select(lax.Ge(x, one), x, middle)
	return lax.Select(lax.Le(x, like(x, -1)), like(x, 0), upper)
}

// SparseSigmoid is the derivative of SparsePlus: (x+1)/2, moved into [0, 1].
func SparseSigmoid(x lax.Array) lax.Array {
	x = wantReal("SparseSigmoid", floating("SparseSigmoid", x))
	y := lax.Max(lax.Add(x, like(x, 1)), like(x, 0))
	return lax.Mul(like(x, 0.5), lax.Min(y, like(x, 2)))
}
