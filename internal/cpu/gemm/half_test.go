package gemm

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"testing"
	"unsafe"

	"gojax/internal/cpu/run"
	"gojax/internal/dtype"
)

// halved returns x as halves, and makes x what they are.
func halved(k Kind, x []float32) []uint16 {
	to, from := dtype.F32ToBF16, dtype.BF16ToF32
	if k == Float16 {
		to, from = dtype.F32ToF16, dtype.F16ToF32
	}
	h := make([]uint16, len(x))
	for i, v := range x {
		h[i] = to(v)
		x[i] = from(h[i])
	}
	return h
}

// checkHalves holds a product of halves to that of the same numbers in float32.
func checkHalves(t *testing.T, u *Unit, p Product[float32], x, y, out Kind) {
	t.Helper()
	p.X.Data, p.Y.Data = slices.Clone(p.X.Data), slices.Clone(p.Y.Data)
	at := [2]unsafe.Pointer{unsafe.Pointer(unsafe.SliceData(p.X.Data)), unsafe.Pointer(unsafe.SliceData(p.Y.Data))}
	for i, k := range []Kind{x, y} {
		if data := [][]float32{p.X.Data, p.Y.Data}[i]; k != Whole {
			at[i] = unsafe.Pointer(unsafe.SliceData(halved(k, data)))
		}
	}
	p.Out = make([]float32, p.B*p.M*p.N)
	Multiply(u, &p, nil)
	s := p.shape()
	s.KindX, s.KindY, s.KindOut = x, y, out
	plan, ok := u.Plan(s)
	if !ok {
		t.Fatal("no plan")
	}
	name := fmt.Sprintf("kinds %d %d %d: %s", x, y, out, text(u, &p))
	checkOwn(t, name, plan, at[0], at[1], len(p.Out)*out.size(4))
	const guard = 37
	times := make([]atomic.Int32, len(p.Out)+1)
	count := func(lo, hi int) {
		for i := lo; i < hi; i++ {
			times[i].Add(1)
		}
	}
	once := func(i int) {
		if n := times[i].Load(); n != 1 {
			t.Fatalf("%s: element %d is finished %d times", name, i, n)
		}
	}
	if out == Whole {
		got := make([]float32, len(p.Out)+guard)
		plan.Run(at[0], at[1], unsafe.Pointer(unsafe.SliceData(got)), count)
		for i, w := range p.Out {
			if once(i); got[i] != w && (got[i] == got[i] || w == w) {
				t.Fatalf("%s: element %d is %v, want %v", name, i, got[i], w)
			}
		}
		return
	}
	got := make([]uint16, len(p.Out)+guard)
	for i := range got {
		got[i] = 0x1234
	}
	plan.Run(at[0], at[1], unsafe.Pointer(unsafe.SliceData(got)), count)
	for i, w := range halved(out, p.Out) {
		if once(i); got[i] != w && p.Out[i] == p.Out[i] {
			t.Fatalf("%s: element %d is %x, want %x", name, i, got[i], w)
		}
	}
	for _, g := range got[len(p.Out):] {
		if g != 0x1234 {
			t.Fatalf("%s: wrote outside of the result", name)
		}
	}
}

func TestHalves(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	defer run.SetThreads(0)
	kind := func() Kind { return Kind(r.IntN(3)) }
	size := func() int { return r.IntN([]int{2, 4, 20, 70, 300}[r.IntN(5)]) }
	for range 300 {
		b, m, n, k := 1, size(), size(), size()
		if r.IntN(3) == 0 {
			b = r.IntN(6)
		}
		if r.IntN(6) == 0 {
			k = r.IntN(1200)
		}
		p := random[float32](r, b, m, n, k)
		for _, u := range units[float32](t) {
			run.SetThreads(1 + r.IntN(4))
			checkHalves(t, u, p, kind(), kind(), kind())
		}
	}
	for _, c := range [][4]int{
		{1, 1, 1, 9000}, {1, 3, 1, 5000}, {1, 1, 2530, 900}, {2, 1, 270, 700}, {1, 2530, 1, 813}, {1, 9, 2000, 100},
		{1, 300, 3, 700}, {1, 130, 700, 70}, {3, 90, 100, 300}, {70, 16, 16, 16}, {1, 600, 20, 40}, {1, 270, 530, 20}, {1, 400, 680, 520},
	} {
		for way := range 4 {
			p := Product[float32]{B: c[0], M: c[1], N: c[2], K: c[3], Lie: layout(r.IntN(2))}
			p.X = dense[float32](r, p.B, p.M, p.K, way&1 > 0)
			p.Y = dense[float32](r, p.B, p.N, p.K, way&2 > 0)
			for _, u := range units[float32](t) {
				run.SetThreads(1 + r.IntN(3))
				checkHalves(t, u, p, kind(), kind(), kind())
			}
		}
	}
}

// Every half, and what is between two of them.
func TestHalvesChanged(t *testing.T) {
	for _, u := range units[float32](t) {
		for _, k := range []Kind{Float16, BFloat16} {
			half, wide := make([]uint16, 1<<16), make([]float32, 1<<16)
			for i := range half {
				half[i] = uint16(i)
			}
			o := operand{p: unsafe.Pointer(&half[0]), row: 2 * 257, col: 2, kind: k}
			u.widen(unsafe.Pointer(&wide[0]), 4*257, o, 255, 257)
			for i, x := range wide[:255*257] {
				w := dtype.BF16ToF32(uint16(i))
				if k == Float16 {
					w = dtype.F16ToF32(uint16(i))
				}
				if x != w && (x == x || w == w) {
					t.Fatalf("kind %d: %x is %v, want %v", k, i, x, w)
				}
			}
			r := rand.New(rand.NewPCG(9, 10))
			for i := range wide {
				if wide[i] *= 1 + float32(r.NormFloat64())/512; r.IntN(4) == 0 {
					wide[i] *= 1e-4
				}
			}
			u.halve(o, unsafe.Pointer(&wide[0]), 4*257, 255, 257)
			for i, h := range halved(k, slices.Clone(wide[:255*257])) {
				if half[i] != h && wide[i] == wide[i] {
					t.Fatalf("kind %d: %v is %x, want %x", k, wide[i], half[i], h)
				}
			}
		}
	}
}
