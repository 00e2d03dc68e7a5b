package ref

import "math"

// Polygamma returns the m-th derivative of Digamma at x, which is (-1)ᵐ⁺¹·m!·ζ(m+1, x):
// NaN if m is not a natural number. Right of 0 its error is a few units of the last
// place; left of it there are terms that cancel.
func Polygamma(m, x float64) float64 {
	switch {
	case m == 0:
		return Digamma(x)
	case m < 0 || m != math.Floor(m) || x != x:
		return math.NaN()
	}
	y := math.Gamma(m+1) * hurwitz(int(m)+1, x)
	if math.Mod(m, 2) == 0 {
		return -y
	}
	return y
}

// bernoulli has the Bernoulli numbers B₂, B₄, ….
var bernoulli = [...]float64{1. / 6, -1. / 30, 1. / 42, -1. / 30, 5. / 66, -691. / 2730, 7. / 6, -3617. / 510}

// hurwitz is ζ(s, x), the sum of (x+k)⁻ˢ over natural k, by Euler and Maclaurin. What
// is summed left of 0 is a difference of two such sums right of it.
func hurwitz(s int, x float64) float64 {
	if x <= 0 {
		n := math.Floor(x)
		if x == n {
			return math.Inf(1)
		}
		g, h := x-n, n+1-x // the distances to both sides: 1-g has not the digits of h
		if x > -0.5 {
			h = -x
		}
		left := hurwitz(s, h) - hurwitz(s, 1-x)
		if s%2 != 0 {
			left = -left
		}
		return left + hurwitz(s, g)
	}
	sum, n := 0., float64(s)
	for ; x < 16+n; x++ { // the more, the higher the derivatives
		sum += math.Pow(x, -n)
	}
	if math.IsInf(x, 1) {
		return 0
	}
	sum += math.Pow(x, 1-n)/(n-1) + math.Pow(x, -n)/2
	term := n * math.Pow(x, -n-1) / 2 // s(s+1)…(s+2i) x⁻ˢ⁻²ⁱ⁻¹ / (2i+2)!
	for i, b := range bernoulli {
		sum += b * term
		k := float64(2 * i)
		term *= (n + k + 1) * (n + k + 2) / (x * x * (k + 3) * (k + 4))
	}
	return sum
}
