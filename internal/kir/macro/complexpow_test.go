package macro

import (
	"math"
	"math/cmplx"
	"math/rand/v2"
	"testing"
	"unsafe"

	"gojax/internal/cpu/code"
	"gojax/internal/cpu/interp"
	"gojax/internal/dtype"
	"gojax/internal/kir"
	"gojax/internal/ref"
)

// bases and powers are all pairs of some numbers, and random ones, whole powers among them.
func basesAndPowers(r *rand.Rand) (z, w []complex128) {
	some := complexNumbers(r, 1e-30, 1e30, 0)
	whole := []complex128{0, 1, -1, 2, -2, 3, 5, -7, 64, -64, 65, 0.5, -0.5, 1i, -1i, 2 + 1i, complex(math.Inf(1), 0), complex(math.NaN(), 0)}
	for _, x := range some {
		for _, y := range whole {
			z, w = append(z, x), append(w, y)
		}
	}
	for range 50000 {
		x := cmplx.Rect(math.Exp(2*r.NormFloat64()), 7*r.Float64())
		y := complex(3*r.NormFloat64(), 2*r.NormFloat64())
		if r.IntN(3) == 0 {
			y = complex(float64(r.IntN(129)-64), 0)
		}
		z, w = append(z, x), append(w, y)
	}
	return z, w
}

// integral reports whether powers are products.
func integral(w complex128) bool {
	return imag(w) == 0 && math.Abs(real(w)) <= 64 && real(w) == math.Trunc(real(w))
}

// Powers are as far from those of package ref as a few units of what the exponential is of;
// powers to small integers have its bits.
func TestComplexPowers(t *testing.T) {
	z, w := basesAndPowers(rand.New(rand.NewPCG(5, 6)))
	bad := 0
	for i, got := range run[complex128, complex128](kir.Pow, dtype.Complex128, dtype.Complex128, z, w) {
		want := ref.CPow(z[i], w[i])
		limit := 8 + 3*cmplx.Abs(w[i]*ref.CLog(z[i]))
		if integral(w[i]) || limit != limit {
			limit = 0
		}
		size := max(math.Abs(real(want)), math.Abs(imag(want)))
		if a := cmplx.Abs(want); a < math.Inf(1) {
			size = a
		}
		unit := math.Ldexp(1, max(math.Ilogb(size), -1022)-52)
		u := max(apart(real(got)+0, real(want)+0, unit), apart(imag(got)+0, imag(want)+0, unit))
		if !(u <= limit) && !beyond(z[i], w[i]) {
			if bad++; bad < 10 {
				t.Errorf("%v to the power %v = %v, want %v: off by %.3g of %.3g", z[i], w[i], got, want, u, limit)
			}
		}
	}
}

// beyond reports whether the logarithm of a power is so large that the power is zero, infinite,
// or the sine of what has no digits left.
func beyond(z, w complex128) bool {
	l := w * ref.CLog(z)
	return !integral(w) && !(math.Abs(real(l)) < 700 && math.Abs(imag(l)) < 1e9)
}

// Those of complex64 are rounded: what of a part is lost beside the other is far below its
// last place.
func TestNarrowPowers(t *testing.T) {
	wide, power := basesAndPowers(rand.New(rand.NewPCG(7, 8)))
	z, w := make([]complex64, len(wide)), make([]complex64, len(wide))
	for i := range wide {
		z[i], w[i] = complex64(wide[i]), complex64(power[i])
	}
	bad := 0
	for i, got := range run[complex64, complex64](kir.Pow, dtype.Complex64, dtype.Complex64, z, w) {
		x, y := complex128(z[i]), complex128(w[i])
		want := ref.CPow(x, y)
		size := cmplx.Abs(want)
		if beyond(x, y) || size > math.MaxFloat32 && !integral(y) {
			continue
		}
		off := func(got float32, want float64) float64 {
			unit := math.Ldexp(1, max(math.Ilogb(want), math.Ilogb(size)-20, -126)-23)
			if r := float64(float32(want)); math.IsInf(r, 0) || want != want || r == 0 {
				return apart(float64(got)+0, r+0, unit)
			}
			return apart(float64(got), want, unit)
		}
		if u := max(off(real(got), real(want)), off(imag(got), imag(want))); !(u <= 1) {
			if bad++; bad < 10 {
				t.Errorf("%v to the power %v = %v, want %v: off by %.3g", z[i], w[i], got, want, u)
			}
		}
	}
}

// Powers have the same bits at every level, among few that are whole and among many.
func TestPowersAtLevels(t *testing.T) {
	z, w := basesAndPowers(rand.New(rand.NewPCG(9, 10)))
	for _, n := range []int{1, 7, 333, len(z)} {
		k := Expand(program(kir.Pow, dtype.Complex128, dtype.Complex128, n))
		var want []complex128
		for level := code.Portable; level <= code.Best(code.Host()); level++ {
			out := make([]complex128, n)
			from := len(z) - n
			interp.CompileFor(level, k).Run([]unsafe.Pointer{unsafe.Pointer(&z[from]), unsafe.Pointer(&w[from]), unsafe.Pointer(&out[0])})
			if want == nil {
				want = out
			}
			for i, x := range out {
				if !sameBits(real(x), real(want[i])) || !sameBits(imag(x), imag(want[i])) {
					t.Fatalf("%v to the power %v at level %v is %v, want %v", z[from+i], w[from+i], level, x, want[i])
				}
			}
		}
	}
}

func sameBits(x, y float64) bool {
	return math.Float64bits(x) == math.Float64bits(y) || x != x && y != y
}
