package macro

import (
	"math"
	"math/cmplx"
	"math/rand/v2"
	"testing"

	"gojax/internal/dtype"
	"gojax/internal/kir"
	"gojax/internal/ref"
)

var complexFunctions = []struct {
	code   kir.Code
	f      func(complex128) complex128
	narrow float64 // units of the last place of each part, of complex64
	wide   float64 // … of the number, of complex128
}{
	{kir.Sign, ref.CSign, 1, 3},
	{kir.Exp, ref.CExp, 1, 4},
	{kir.Exp2, ref.CExp2, 1, 4},
	{kir.Expm1, ref.CExpm1, 1, 4},
	{kir.Log, ref.CLog, 1, 3},
	{kir.Log1p, ref.CLog1p, 1, 3},
	{kir.Sqrt, ref.CSqrt, 1, 4},
	{kir.Rsqrt, ref.CRsqrt, 1, 6},
	{kir.Sin, ref.CSin, 1, 4},
	{kir.Cos, ref.CCos, 1, 4},
	{kir.Tan, ref.CTan, 1, 8},
	{kir.Asin, ref.CAsin, 1, 6},
	{kir.Acos, ref.CAcos, 1, 6},
	{kir.Atan, ref.CAtan, 1, 4},
	{kir.Sinh, ref.CSinh, 1, 4},
	{kir.Cosh, ref.CCosh, 1, 4},
	{kir.Tanh, ref.CTanh, 1, 8},
	{kir.Asinh, ref.CAsinh, 1, 6},
	{kir.Acosh, ref.CAcosh, 1, 6},
	{kir.Atanh, ref.CAtanh, 1, 4},
	{kir.Logistic, ref.CLogistic, 1, 8},
}

// complexNumbers are all pairs of some parts, and random numbers of all sizes.
func complexNumbers(r *rand.Rand, least, greatest float64, n int) []complex128 {
	parts := []float64{0, 1, 0.5, math.Pi / 2, 3, 20.5, 45, 88.9, 103, 720, 1e5, 1e-9, least, greatest, math.Inf(1), math.NaN()}
	var all []complex128
	for _, x := range parts {
		for _, y := range parts {
			all = append(all, complex(x, y), complex(-x, y), complex(x, -y), complex(-x, -y))
		}
	}
	low, high := math.Log(least), math.Log(greatest)
	for range n {
		part := func() float64 {
			x := r.NormFloat64()
			switch r.IntN(4) {
			case 0:
				x = math.Copysign(math.Exp(low+(high-low)*r.Float64()), x)
			case 1:
				x *= 20
			}
			return x
		}
		z := complex(part(), part())
		if r.IntN(8) == 0 { // next to the unit circle
			z = cmplx.Rect(1, real(z)) + complex(imag(z)*1e-9, 0)
		}
		all = append(all, z)
	}
	return all
}

// hugeAngle is what angles of powers of two are compared up to: there, log 2 has not enough
// digits here or in package ref.
const hugeAngle = 1e16

// apart is the distance of two parts in units, infinite where one is no number.
func apart(got, want, unit float64) float64 {
	switch {
	case got != got || want != want:
		if got != got && want != want {
			return 0
		}
		return math.Inf(1)
	case got == want:
		if want == 0 && math.Signbit(got) != math.Signbit(want) {
			return math.Inf(1)
		}
		return 0
	}
	return math.Abs(got-want) / unit
}

func TestComplex64(t *testing.T) {
	const least, greatest = 0x1p-149, math.MaxFloat32
	var x []complex64
	for _, z := range complexNumbers(rand.New(rand.NewPCG(1, 2)), least, greatest, 30000) {
		x = append(x, complex64(z))
	}
	for _, fn := range complexFunctions {
		t.Run(fn.code.String(), func(t *testing.T) {
			t.Parallel()
			worst, at, bad := 0.0, complex64(0), 0
			for i, got := range run[complex64, complex64](fn.code, dtype.Complex64, dtype.Complex64, x) {
				if fn.code == kir.Exp2 && math.Abs(float64(imag(x[i]))) > hugeAngle {
					continue
				}
				want := fn.f(complex128(x[i]))
				off := func(got float32, want float64) float64 {
					unit := math.Ldexp(1, max(math.Ilogb(want), -126)-23)
					if r := float64(float32(want)); math.IsInf(r, 0) || want != want || want == 0 || r == 0 {
						return apart(float64(got), r, unit)
					}
					return apart(float64(got), want, unit)
				}
				u := max(off(real(got), real(want)), off(imag(got), imag(want)))
				if u > worst {
					worst, at = u, x[i]
				}
				if !(u <= fn.narrow) {
					if bad++; bad < 10 {
						t.Errorf("%v(%v) = %v, want %v: off by %.3g", fn.code, x[i], got, want, u)
					}
				}
			}
			t.Logf("%.3f ulp at %v, %d over", worst, at, bad)
		})
	}
}

func TestComplex128(t *testing.T) {
	x := complexNumbers(rand.New(rand.NewPCG(3, 4)), math.SmallestNonzeroFloat64, math.MaxFloat64, 30000)
	for _, fn := range complexFunctions {
		t.Run(fn.code.String(), func(t *testing.T) {
			t.Parallel()
			worst, at, bad := 0.0, complex128(0), 0
			for i, got := range run[complex128, complex128](fn.code, dtype.Complex128, dtype.Complex128, x) {
				if fn.code == kir.Exp2 && math.Abs(imag(x[i])) > hugeAngle {
					continue
				}
				want := fn.f(x[i])
				size := cmplx.Abs(want)
				if !(size < math.Inf(1)) {
					size = max(math.Abs(real(want)), math.Abs(imag(want)))
				}
				unit := math.Ldexp(1, max(math.Ilogb(size), -1022)-52)
				u := max(apart(real(got), real(want), unit), apart(imag(got), imag(want), unit))
				if u > worst {
					worst, at = u, x[i]
				}
				if !(u <= fn.wide) {
					if bad++; bad < 10 {
						t.Errorf("%v(%v) = %v, want %v: off by %.3g", fn.code, x[i], got, want, u)
					}
				}
			}
			t.Logf("%.3f ulp at %v, %d over", worst, at, bad)
		})
	}
}
