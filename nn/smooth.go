package nn

import (
	"math"

	"gojax/lax"
)

// Sigmoid returns 1 / (1 + e⁻ˣ).
func Sigmoid(x lax.Array) lax.Array { return lax.Logistic(floating("Sigmoid", x)) }

// LogSigmoid returns the logarithm of Sigmoid(x).
func LogSigmoid(x lax.Array) lax.Array {
	return lax.Neg(softplus(lax.Neg(wantReal("LogSigmoid", floating("LogSigmoid", x)))))
}

// Softplus returns log(1 + eˣ).
func Softplus(x lax.Array) lax.Array { return softplus(wantReal("Softplus", floating("Softplus", x))) }

// softplus is max(x, 0) + log(1 + e^-|x|). Both parts change their branch at the same
// place, so that their derivatives there belong together.
func softplus(x lax.Array) lax.Array {
	positive := lax.Gt(x, like(x, 0))
	far := lax.Select(positive, lax.Neg(x), x)
	return lax.Add(lax.Select(positive, x, like(x, 0)), lax.Log1p(lax.Exp(far)))
}

// SoftSign returns x / (1 + |x|).
func SoftSign(x lax.Array) lax.Array {
	x = wantReal("SoftSign", floating("SoftSign", x))
	return lax.Div(x, lax.Add(lax.Abs(x), like(x, 1)))
}

// Silu returns x·Sigmoid(x).
func Silu(x lax.Array) lax.Array {
	x = floating("Silu", x)
	return lax.Mul(x, lax.Logistic(x))
}

// Swish is Silu.
func Swish(x lax.Array) lax.Array { return Silu(x) }

// Tanh returns the hyperbolic tangent of x.
func Tanh(x lax.Array) lax.Array { return lax.Tanh(floating("Tanh", x)) }

// Mish returns x·tanh(Softplus(x)).
func Mish(x lax.Array) lax.Array {
	x = wantReal("Mish", floating("Mish", x))
	return lax.Mul(x, lax.Tanh(softplus(x)))
}

// Gelu returns x·Φ(x), where Φ, the distribution function of the normal distribution, is
// approximated with a hyperbolic tangent: it is off by less than 0.0005.
func Gelu(x lax.Array) lax.Array {
	x = floating("Gelu", x)
	inner := lax.Add(x, lax.Mul(like(x, 0.044715), lax.IntegerPow(x, 3)))
	t := lax.Tanh(lax.Mul(like(x, math.Sqrt(2/math.Pi)), inner))
	return lax.Mul(x, lax.Mul(like(x, 0.5), lax.Add(like(x, 1), t)))
}

// GeluExact returns x·Φ(x), where Φ is the distribution function of the normal
// distribution.
func GeluExact(x lax.Array) lax.Array {
	x = wantReal("GeluExact", floating("GeluExact", x))
	twice := lax.Erfc(lax.Mul(lax.Neg(x), like(x, math.Sqrt(0.5))))
	return lax.Mul(lax.Mul(like(x, 0.5), x), twice)
}

// Squareplus returns (x + √(x²+4)) / 2.
func Squareplus(x lax.Array) lax.Array { return squareplus("Squareplus", x, 4) }

// SquareplusWith returns (x + √(x²+b)) / 2. b broadcasts with x.
func SquareplusWith(x lax.Array, b any) lax.Array { return squareplus("SquareplusWith", x, b) }

func squareplus(what string, x lax.Array, b any) lax.Array {
	x, c := lax.Promote2(what, floating(what, x), b)
	y := lax.Add(x, lax.Sqrt(lax.Add(lax.Square(x), c)))
	return lax.Div(y, like(y, 2))
}

// Log1mexp returns log(1 - e⁻ˣ) for x ≥ 0, accurate for small and for large x.
func Log1mexp(x lax.Array) lax.Array {
	x = wantReal("Log1mexp", floating("Log1mexp", x))
	mid := like(x, math.Ln2)
	small := lax.Lt(x, mid)
	// Each branch sees only what it is for: elsewhere its derivative may be infinite.
	below, above := lax.Select(small, x, mid), lax.Select(small, mid, x)
	return lax.Select(small, lax.Log(lax.Neg(lax.Expm1(lax.Neg(below)))), lax.Log1p(lax.Neg(lax.Exp(lax.Neg(above)))))
}
