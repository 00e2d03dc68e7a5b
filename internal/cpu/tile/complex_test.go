package tile

import (
	"math"
	"math/rand/v2"
	"testing"
	"unsafe"

	"gojax/internal/dtype"
	"gojax/internal/kir"
)

// TestComplex64 holds what is computed part by part to complex128 rounded.
func TestComplex64(t *testing.T) {
	const n = 4000
	r := rand.New(rand.NewPCG(1, 2))
	x, y, got := make([]complex64, n), make([]complex64, n), make([]complex64, n)
	some := func() float32 {
		switch r.IntN(6) {
		case 0:
			return math.Float32frombits(r.Uint32())
		case 1:
			return []float32{0, float32(math.Copysign(0, -1)), 1, -1, float32(math.Inf(1)), 1e-45, 1e-38, 3e38}[r.IntN(8)]
		}
		return float32(r.NormFloat64())
	}
	for i := range x {
		x[i], y[i] = complex(some(), some()), complex(some(), some())
	}
	for c, f := range map[kir.Code]func(x, y complex128) complex128{
		kir.Add: complex2[kir.Add], kir.Sub: complex2[kir.Sub], kir.Mul: cmul,
		kir.Neg: func(x, _ complex128) complex128 { return -x },
	} {
		Of(c, dtype.Complex64)(unsafe.Pointer(&got[0]), unsafe.Pointer(&x[0]), unsafe.Pointer(&y[0]), nil, nil, n)
		for i := range got {
			want := complex64(f(complex128(x[i]), complex128(y[i])))
			if !same32(real(got[i]), real(want)) || !same32(imag(got[i]), imag(want)) {
				t.Fatalf("%v of %v and %v: %v, want %v", c, x[i], y[i], got[i], want)
			}
		}
	}
}

// same32 compares bits, but for those of NaN.
func same32(x, y float32) bool { return math.Float32bits(x) == math.Float32bits(y) || x != x && y != y }

// TestQuotient holds division to Go's.
func TestQuotient(t *testing.T) {
	some := []float64{0, math.Copysign(0, -1), 1, -2, 3.5, 1e300, -1e-300, 5e-324, math.Inf(1), math.Inf(-1), math.NaN(), 0.1}
	same := func(x, y float64) bool { return math.Float64bits(x) == math.Float64bits(y) || x != x && y != y }
	for _, a := range some {
		for _, b := range some {
			for _, c := range some {
				for _, d := range some {
					x, y := complex(a, b), complex(c, d)
					if got, want := cdiv(x, y), x/y; !same(real(got), real(want)) || !same(imag(got), imag(want)) {
						t.Fatalf("%v / %v = %v, want %v", x, y, got, want)
					}
				}
			}
		}
	}
}
