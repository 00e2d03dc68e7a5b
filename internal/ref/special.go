package ref

import "math"

// Erf returns the error function of x.
func Erf(x float64) float64 { return math.Erf(x) }

// Erfc returns 1 - Erf(x), accurate in its tail.
func Erfc(x float64) float64 { return math.Erfc(x) }

// ErfInv returns the inverse of Erf: ±Inf for ±1, NaN beyond.
func ErfInv(x float64) float64 {
	a := math.Abs(x)
	switch {
	case x != x || a > 1:
		return math.NaN()
	case a == 1:
		return math.Copysign(math.Inf(1), x)
	case a < 1e-5: // two terms of the series
		return math.Sqrt(math.Pi) / 2 * x * (1 + math.Pi/12*x*x)
	}
	// Winitzki's approximation, good to 0.2 %, then three steps of Halley, each of
	// which cubes the error. For f = erf - a, f''/f' = -2y.
	const c = 0.147
	l := math.Log1p(-a) + math.Log1p(a)
	b := 2/(math.Pi*c) + l/2
	y := math.Sqrt(math.Sqrt(b*b-l/c) - b)
	for range 3 {
		f := math.Erf(y) - a
		if a > 0.5 {
			f = (1 - a) - math.Erfc(y) // 1 - a is exact, and keeps the tail's digits
		}
		step := f * math.Exp(y*y) * (math.Sqrt(math.Pi) / 2)
		y -= step / (1 + y*step)
	}
	return math.Copysign(y, x)
}

// Lgamma returns log|Γ(x)|: Inf at the poles and at both infinities. Next to a zero
// on the negative axis the error is small only beside the terms that cancel.
func Lgamma(x float64) float64 {
	switch a := math.Abs(x); {
	case math.IsInf(a, 1):
		return a
	case a < 0x1p-1000:
		return -Log(a)
	}
	y, _ := math.Lgamma(x)
	return y
}

// digammaRoot is where Digamma is zero, in three pieces of which the first two have
// few bits.
const (
	digammaRoot1 = 1569415565.0 / (1 << 30)
	digammaRoot2 = 381566830.0 / (1 << 60)
	digammaRoot3 = 0.9016312093258695918615325266959189453125e-19
)

// Digamma returns the derivative of log Γ(x): NaN at the poles 0, -1, -2, … and at
// -Inf. Next to a zero on the negative axis the error is small only beside the terms
// that cancel.
func Digamma(x float64) float64 {
	if x <= 0 {
		frac := x - math.Round(x)
		if frac == 0 || x != x {
			return math.NaN()
		}
		// ψ(x) = ψ(1-x) - π cot πx. Below 1/2 in magnitude 1-x would round x away, and
		// ψ(x) = ψ(1+x) - 1/x stays clear of that.
		if x > -0.5 {
			return Digamma(1+x) - 1/x
		}
		return Digamma(1-x) - math.Pi/Tan(math.Pi*frac)
	}
	if x >= 12 {
		if math.IsInf(x, 1) {
			return x
		}
		// log x - 1/2x - Σ B(2n)/(2n x^2n)
		z := 1 / (x * x)
		s := z * (1./12 - z*(1./120-z*(1./252-z*(1./240-z*(1./132-z*(691./32760-z/12))))))
		return math.Log(x) - 0.5/x - s
	}
	sum := 0.0
	for x > 2 {
		x--
		sum += 1 / x
	}
	for x < 1 {
		sum -= 1 / x
		x++
	}
	// On [1, 2] the distance from the root times a rational function (Boost).
	g := ((x - digammaRoot1) - digammaRoot2) - digammaRoot3
	t := x - 1
	p := 0.25479851061131551 + t*(-0.32555031186804491+t*(-0.65031853770896507+t*(-0.28919126444774784+
		t*(-0.045251321448739056+t*-0.0020713321167745952))))
	q := 1 + t*(2.0767117023730469+t*(1.4606242909763515+t*(0.43593529692665969+t*(0.054151797245674225+
		t*(0.0021284987017821144+t*-0.55789841321675513e-6)))))
	return sum + (g*float64(float32(0.99558162689208984)) + g*(p/q))
}
