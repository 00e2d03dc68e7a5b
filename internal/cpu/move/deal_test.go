package move

import (
	"math/rand/v2"
	"slices"
	"testing"
	"unsafe"
)

func TestDeal(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for level, u := range sieves(t) {
		if u == nil {
			continue
		}
		for n := range 60 {
			testDeal[uint32](t, r, level, u, n)
			testDeal[uint64](t, r, level, u, n)
		}
		for _, n := range []int{3000, manyItems, manyItems + 3} {
			testDeal[uint32](t, r, level, u, n)
			testDeal[uint64](t, r, level, u, n)
		}
	}
}

func testDeal[T uint32 | uint64](t *testing.T, r *rand.Rand, level any, u *Sieve, n int) {
	t.Helper()
	size := int(unsafe.Sizeof(T(0)))
	if !u.Deals(size) || u.Deals(16) {
		t.Fatal("no kernel, or one too many")
	}
	x, kind, few := make([]T, n+1), r.IntN(size), 1+r.IntN(256)
	for i := range x {
		x[i] = T(r.Uint64())&^(0xff<<(8*kind)) | T(r.IntN(few))<<(8*kind)
	}
	var next, end [256]uint32
	for _, e := range x[:n] {
		for k := int(uint8(e>>(8*kind))) + 1; k < 256; k++ {
			next[k]++
		}
	}
	bytes := 1 + r.IntN(min(3, size-kind))
	counts, tallied := make([][256]uint32, bytes), make([][256]uint32, bytes+1)
	for _, e := range x[:n] {
		for b := range bytes {
			counts[b][uint8(e>>(8*(kind+b)))]++
		}
	}
	u.Tally(size, unsafe.Pointer(&x[0]), n, kind, tallied[:bytes])
	if !slices.Equal(tallied[:bytes], counts) || tallied[bytes] != [256]uint32{} {
		t.Fatalf("%v: %d items of %d bytes: counts of %d bytes from %d on differ", level, n, size, bytes, kind)
	}
	want, got := make([]T, n), make([]T, n+1)
	end = next
	for _, e := range x[:n] {
		k := uint8(e >> (8 * kind))
		want[end[k]] = e
		end[k]++
	}
	u.Deal(size, unsafe.Pointer(&got[0]), unsafe.Pointer(&x[0]), n, kind, &next)
	if !slices.Equal(got[:n], want) || got[n] != 0 || next != end {
		t.Fatalf("%v: %d items of %d bytes by byte %d: got %x, want %x", level, n, size, kind, got, want)
	}
}

func TestStarts(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	for level, u := range sieves(t) {
		for range 20 {
			var counts, want [256]uint32
			sum := uint32(0)
			for d := range counts {
				counts[d] = r.Uint32() >> r.IntN(32)
				want[d], sum = sum, sum+counts[d]
			}
			if u.Starts(&counts); counts != want {
				t.Fatalf("%v: %v, want %v", level, counts, want)
			}
		}
	}
}
