package gemm

import (
	"testing"
	"unsafe"
)

// testAfar holds products of matrices that are read in an order of their own, for they are
// too large for a cache, to sums made element by element.
func testAfar[T float32 | float64](t *testing.T) {
	var x T
	size := int(unsafe.Sizeof(x))
	for _, s := range []struct{ n, k int }{
		{1030, 1 << 8}, {700, 513}, {350, 1021}, {333, 1024}, {90, 4096 + 259}, {8, 40_000}, {40, 70_000},
		{third/2048/size + 21, 2048}, {third/1500/size + 3, 1500},
		{70_001, 1}, {100_003, 3}, {70_007, 5}, {60_011, 16}, {9_001, 64}, {9_007, 67}, {3, 7}, {17, 3},
	} {
		m := Matrix[T]{Data: make([]T, s.n*s.k), Row: s.k, Col: 1}
		v := make([]T, s.k)
		state := uint32(1)
		for i := range m.Data {
			state = state*1664525 + 1013904223
			m.Data[i] = T(int32(state)) / (1 << 31)
		}
		for i := range v {
			v[i] = T(1) / T(i+1)
		}
		p := Product[T]{B: 1, M: s.n, N: 1, K: s.k, X: m, Y: Matrix[T]{Data: v, Row: s.k, Col: 1}}
		want := make([]T, s.n)
		for i, u := range units[T](t) {
			p.Out = make([]T, s.n)
			Multiply(u, &p, nil)
			if i == 0 {
				plan, _ := u.Plan(p.shape())
				q := product{Plan: plan}
				x, y := plan.x, plan.y
				x.p, y.p = unsafe.Pointer(&m.Data[0]), unsafe.Pointer(&v[0])
				q.chained(x, y, unsafe.Pointer(&want[0]), s.n)
			}
			for j := range want {
				if p.Out[j] != want[j] {
					t.Fatalf("%d bytes, %v: element %d is %v, want %v", 8*u.width, s, j, p.Out[j], want[j])
				}
			}
		}
	}
}

func TestAfar32(t *testing.T) { testAfar[float32](t) }
func TestAfar64(t *testing.T) { testAfar[float64](t) }
