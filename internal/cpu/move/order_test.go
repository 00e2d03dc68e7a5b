package move

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"unsafe"
)

func TestOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	inf, sign := math.Inf(1), math.Copysign(0, -1)
	for level, u := range sieves(t) {
		if u == nil {
			continue
		}
		for n := range 40 {
			x32, x64 := make([]float32, n), make([]float64, n)
			for i := range n {
				x32[i], x64[i] = math.Float32frombits(r.Uint32()), math.Float64frombits(r.Uint64())
			}
			testOrder(t, level, u, x32, math.Float32bits)
			testOrder(t, level, u, x64, math.Float64bits)
			testFlip[uint32](t, r, level, u, n)
			testFlip[uint64](t, r, level, u, n)
		}
		testOrder(t, level, u, []float32{0, 1, -1, float32(inf), -float32(inf), math.MaxFloat32, 1e-45, -1e-45}, math.Float32bits)
		testOrder(t, level, u, []float64{0, 1, inf, -inf}, math.Float64bits)
		for i := range 8 { // an odd one at each place
			x := []float32{3, -1, 5, 0, -4, 2, 1e30, 6}
			x[i] = float32(sign)
			testOrder(t, level, u, x, math.Float32bits)
			x[i] = -float32(math.NaN())
			testOrder(t, level, u, x, math.Float32bits)
			y := []float64{3, -1, 5, 0}
			y[i/2] = sign
			testOrder(t, level, u, y, math.Float64bits)
			y[i/2] = math.NaN()
			testOrder(t, level, u, y, math.Float64bits)
		}
	}
}

// testOrder holds that keys are in the order of floats, where zeros are equal, and NaN too and the last, and
// that floats that are not odd come back.
func testOrder[F float32 | float64, K uint32 | uint64](t *testing.T, level any, u *Sieve, x []F, bits func(F) K) {
	t.Helper()
	size := int(unsafe.Sizeof(K(0)))
	keys, back := make([]K, len(x)+1), make([]F, len(x)+1)
	done, odd := u.Order(size, unsafe.Pointer(&keys[0]), unsafe.Pointer(unsafe.SliceData(x)), len(x))
	if most := 32 / size; done > len(x) || done <= len(x)-most || slices.ContainsFunc(keys[done:], func(k K) bool { return k != 0 }) {
		t.Fatalf("%v: %d keys of %d, and behind them %x", level, done, len(x), keys[done:])
	}
	if u.Unorder(size, unsafe.Pointer(&back[0]), unsafe.Pointer(&keys[0]), len(x)) != done || back[done] != 0 {
		t.Fatalf("%v: other floats come back of %d", level, len(x))
	}
	order := func(a, b F) int {
		return cmp.Compare(b2i(a != a), b2i(b != b))*2 + cmp.Compare(a, b)*b2i(a == a && b == b)
	}
	some := false
	for i, a := range x[:done] {
		isOdd := a != a || a == 0 && bits(a) != 0
		some = some || isOdd
		if !isOdd && bits(back[i]) != bits(a) {
			t.Errorf("%v: of %v came back %v", level, a, back[i])
		}
		for j, b := range x[:done] {
			if want, got := cmp.Compare(order(a, b), 0), cmp.Compare(keys[i], keys[j]); got != want {
				t.Errorf("%v: %v and %v have the keys %x and %x", level, a, b, keys[i], keys[j])
			}
		}
	}
	if odd != some {
		t.Errorf("%v: odd is %v for %v", level, odd, x)
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

func testFlip[T uint32 | uint64](t *testing.T, r *rand.Rand, level any, u *Sieve, n int) {
	t.Helper()
	x, bits := make([]T, n), T(r.Uint64())
	for i := range x {
		x[i] = T(r.Uint64())
	}
	got := slices.Clone(append(x, 0))
	done := u.Flip(int(unsafe.Sizeof(bits)), unsafe.Pointer(&got[0]), unsafe.Pointer(&got[0]), n, uint64(bits))
	for i, e := range x {
		if i < done {
			e ^= bits
		}
		if got[i] != e {
			t.Fatalf("%v: of %x came %x", level, x[i], got[i])
		}
	}
	if got[n] != 0 || done <= n-32/int(unsafe.Sizeof(bits)) {
		t.Fatalf("%v: %d of %d", level, done, n)
	}
}
