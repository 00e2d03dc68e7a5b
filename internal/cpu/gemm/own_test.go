package gemm

import (
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"testing"
	"unsafe"

	"gojax/internal/cpu/run"
)

// checkOwn makes a result of n bytes again, of whole rows that have no memory, if that can be. They must be
// those that are in memory otherwise, each once, and be made in the memory that was said.
func checkOwn(t *testing.T, name string, plan *Plan, x, y unsafe.Pointer, n int) {
	t.Helper()
	row := plan.Rows()
	if row == 0 {
		return
	}
	bytes := func(p unsafe.Pointer, n int) []byte { return unsafe.Slice((*byte)(p), n) }
	want, got := make([]uint64, n/8+1), make([]uint64, n/8+1)
	plan.Run(x, y, unsafe.Pointer(unsafe.SliceData(want)), nil)
	to := unsafe.Pointer(unsafe.SliceData(got))
	for _, own := range []bool{false, true} {
		clear(got)
		times := make([]atomic.Int32, n/plan.to.col/row)
		out := to
		if own {
			out = nil
		}
		threads := run.Threads()
		said := plan.Scratch(Use{Own: own}, threads)
		var m run.Memory
		m.Begin(make([]byte, said+64))
		plan.RunOf(&m, x, y, out, Changes{}, Then{Rows: true, Own: own, Do: func(p unsafe.Pointer, lo, hi int) {
			if lo%row != 0 || hi%row != 0 {
				t.Errorf("%s: elements %d to %d are no rows of %d", name, lo, hi, row)
			}
			for i := lo / row; i < hi/row; i++ {
				times[i].Add(1)
			}
			size := plan.to.col
			if own {
				copy(bytes(to, n)[lo*size:hi*size], bytes(p, (hi-lo)*size))
			} else if p != unsafe.Add(to, lo*size) {
				t.Errorf("%s: element %d is elsewhere", name, lo)
			}
		}})
		if _, over := m.Used(); over > 0 {
			t.Errorf("%s: %d bytes more than the %d that were said", name, over, said)
		}
		m.End()
		for i := range times {
			if k := times[i].Load(); k != 1 {
				t.Fatalf("%s: row %d is finished %d times", name, i, k)
			}
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%s, own %v: other elements", name, own)
		}
	}
}

// Products whose rows have no memory, in each of the ways.
func TestOwn(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	defer run.SetThreads(0)
	for _, c := range [][4]int{
		{1, 700, 500, 90}, {1, 300, 40, 700}, {1, 3000, 8, 64}, {2, 400, 700, 300}, {20, 64, 64, 20}, {200, 50, 60, 9},
		{1, 530, 3300, 5}, {1, 100, 100, 3}, {1, 1200, 600, 520}, {40, 130, 150, 200},
		{1, 517, 4100, 4096}, // more columns than are packed at once
	} {
		for way := range 4 {
			if c[3] > 4000 && (way > 0 || testing.Short()) {
				t.Logf("not in short tests, and once in others, as it is large: %v", c)
				continue
			}
			for _, out := range []Kind{Whole, BFloat16} {
				p := Product[float32]{B: c[0], M: c[1], N: c[2], K: c[3]}
				p.X, p.Y = dense[float32](r, p.B, p.M, p.K, way&1 > 0), dense[float32](r, p.B, p.N, p.K, way&2 > 0)
				s := p.shape()
				s.KindOut = out
				for _, u := range units[float32](t) {
					plan, _ := u.Plan(s)
					if plan.Rows() == 0 {
						t.Fatalf("%s: no rows", text(u, &p))
					}
					run.SetThreads(1 + r.IntN(3))
					n := p.B * p.M * p.N * out.size(4)
					checkOwn(t, text(u, &p), plan, unsafe.Pointer(unsafe.SliceData(p.X.Data)), unsafe.Pointer(unsafe.SliceData(p.Y.Data)), n)
				}
			}
		}
	}
}
