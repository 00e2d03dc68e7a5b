package lax

import (
	"math"

	"gojax/internal/core"
	"gojax/internal/rule"
)

// polygamma is the m-th derivative of digamma at x, of operands m and x.
type polygamma struct{}

// Polygamma returns the m-th derivative of Digamma at x, elementwise. The operands
// have one floating type; either may be a scalar. Where m is not a natural number it
// is NaN. It has no derivative in m.
func Polygamma(m, x Array) Array { return bind(polygamma{}, m, x) }

func (polygamma) String() string { return "polygamma" }

func (polygamma) Infer(in []Type) ([]Type, error) {
	if err := floats.check(in...); err != nil {
		return nil, err
	}
	return common(in)
}

func (op polygamma) Eval(in []*Value) []*Value {
	t, _ := common(core.Types(in))
	y := newLike(t[0])
	for i := range y.Size() {
		m, x := core.At(in[0], i%in[0].Size()), core.At(in[1], i%in[1].Size())
		core.Put(y, i, complex(polygammaFloat(real(m), real(x)), 0))
	}
	return []*Value{y}
}

// JVP needs the next order of x.
func (op polygamma) JVP(x, y, t []*Value) []*Value {
	if t[0] != nil {
		return nil
	}
	m, v, z := Of(x[0]), Of(x[1]), Of(y[0])
	return []*Value{Mul(to(Of(t[1]), z.p.Shape), Polygamma(Add(m, one(m)), v)).p}
}

func (op polygamma) Batch(a rule.Axis, x []*Value, stacked core.Mask) ([]*Value, core.Mask) {
	return Bind(op, align(a, x, stacked)...), core.Mask{true}
}

// polygammaFloat is (-1)ᵐ⁺¹·m!·ζ(m+1, x).
func polygammaFloat(m, x float64) float64 {
	switch {
	case m == 0:
		return digammaFloat(x)
	case m < 0 || m != math.Floor(m) || x != x:
		return math.NaN()
	}
	y := math.Gamma(m+1) * hurwitz(int(m)+1, x)
	if math.Mod(m, 2) == 0 {
		return -y
	}
	return y
}

// stirling has the Bernoulli numbers B₂, B₄, ….
var stirling = [...]float64{1. / 6, -1. / 30, 1. / 42, -1. / 30, 5. / 66, -691. / 2730, 7. / 6, -3617. / 510}

// digammaFloat steps up to where the asymptotic series holds, and reflects negative x.
func digammaFloat(x float64) float64 {
	if x <= 0 {
		if x == math.Floor(x) {
			return math.NaN()
		}
		return digammaFloat(1-x) - math.Pi/math.Tan(math.Pi*x)
	}
	sum := 0.
	for ; x < 12; x++ {
		sum -= 1 / x
	}
	p := 1 / (x * x)
	for i, q := 0, p; i < len(stirling); i, q = i+1, q*p {
		sum -= stirling[i] / float64(2*i+2) * q
	}
	return sum + math.Log(x) - 0.5/x
}

// hurwitz is ζ(s, x), the sum of (x+k)⁻ˢ over natural k, by Euler and Maclaurin. What
// is summed left of 0 is a difference of two such sums right of it.
func hurwitz(s int, x float64) float64 {
	if x <= 0 {
		n := math.Floor(x)
		if x == n {
			return math.Inf(1)
		}
		g := x - n
		left := hurwitz(s, 1-g) - hurwitz(s, 1-x)
		if s%2 != 0 {
			left = -left
		}
		return left + hurwitz(s, g)
	}
	sum, n := 0., float64(s)
	for ; x < 16; x++ {
		sum += math.Pow(x, -n)
	}
	if math.IsInf(x, 1) {
		return 0
	}
	sum += math.Pow(x, 1-n)/(n-1) + math.Pow(x, -n)/2
	term := n * math.Pow(x, -n-1) / 2 // s(s+1)…(s+2i) x⁻ˢ⁻²ⁱ⁻¹ / (2i+2)!
	for i, b := range stirling {
		sum += b * term
		k := float64(2 * i)
		term *= (n + k + 1) * (n + k + 2) / (x * x * (k + 3) * (k + 4))
	}
	return sum
}
