package gemm

import (
	"fmt"
	"math"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"

	"gojax/internal/cpu/code"
	"gojax/internal/cpu/run"
	"gojax/internal/ref"
)

// units returns the kernels for T at every level that there is.
func units[T float32 | float64](t testing.TB) []*Unit {
	var x T
	var all []*Unit
	for l := code.AVX2; l <= code.Best(code.Host()); l++ {
		u, err := New(l, int(unsafe.Sizeof(x)))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, u)
	}
	if all == nil {
		t.Skip("no machine code on this processor")
	}
	return all
}

// fused returns the exact x·y + z.
func fused[T float32 | float64]() func(x, y, z T) T {
	if f, ok := any(ref.FMA32).(func(x, y, z T) T); ok {
		return f
	}
	return any(math.FMA).(func(x, y, z T) T)
}

// A Product is one of batches of matrices: Out[b,i,j] = Σ X[b,i,k]·Y[b,j,k].
type Product[T float32 | float64] struct {
	B, M, N, K int
	X, Y       Matrix[T]
	Out        []T
	Lie        layout
}

// A Matrix is batches of rows: elements of Data that are far apart by strides.
type Matrix[T float32 | float64] struct {
	Data            []T
	Batch, Row, Col int
}

// A layout is that of a result.
type layout uint8

const (
	plain   layout = iota
	turned         // each matrix is by columns
	between        // rows of the batches alternate
)

// of returns where the result has an element.
func (l layout) of(b, m, n int) (batch, row, col int) {
	switch l {
	case turned:
		return m * n, 1, m
	case between:
		return n, b * n, 1
	}
	return m * n, n, 1
}

func (p *Product[T]) shape() Shape {
	batch, row, col := p.Lie.of(p.B, p.M, p.N)
	s := Shape{M: p.M, N: p.N, K: p.K, X: Strides{p.X.Row, p.X.Col}, Y: Strides{p.Y.Row, p.Y.Col}, Out: Strides{row, col}}
	outer := p.B
	for f := 2; outer > 1 && f <= outer; f++ { // an axis for each prime factor
		for outer%f == 0 {
			outer /= f
			s.Batch = append(s.Batch, Axis{f, outer * p.X.Batch, outer * p.Y.Batch, outer * batch})
		}
	}
	if p.B == 0 {
		s.Batch = []Axis{{N: 0}}
	}
	return s
}

// Multiply computes p with the kernels of u.
func Multiply[T float32 | float64](u *Unit, p *Product[T], then func(lo, hi int)) {
	plan, ok := u.Plan(p.shape())
	if !ok {
		panic("no plan")
	}
	plan.Run(unsafe.Pointer(unsafe.SliceData(p.X.Data)), unsafe.Pointer(unsafe.SliceData(p.Y.Data)),
		unsafe.Pointer(unsafe.SliceData(p.Out)), then)
}

// naive is the definition.
func naive[T float32 | float64](p *Product[T]) []T {
	out := make([]T, p.B*p.M*p.N)
	fma := fused[T]()
	batch, row, col := p.Lie.of(p.B, p.M, p.N)
	for b := range p.B {
		for i := range p.M {
			for j := range p.N {
				var total, sum T
				for k := range p.K {
					sum = fma(p.X.Data[b*p.X.Batch+i*p.X.Row+k*p.X.Col], p.Y.Data[b*p.Y.Batch+j*p.Y.Row+k*p.Y.Col], sum)
					if k%256 == 255 || k == p.K-1 {
						if k < 256 {
							total = sum
						} else {
							total += sum
						}
						sum = 0
					}
				}
				out[b*batch+i*row+j*col] = total
			}
		}
	}
	return out
}

// matrixFor makes a matrix of random numbers in one of the layouts: rows or columns in
// one piece, neither, with gaps or shared by the batch.
func matrixFor[T float32 | float64](r *rand.Rand, b, n, k int, special bool) Matrix[T] {
	m := Matrix[T]{Row: k, Col: 1, Batch: n * k}
	switch r.IntN(6) {
	case 0, 1:
		m.Row, m.Col = 1, n
	case 2:
		m.Row, m.Col, m.Batch = 1, n+3, k*(n+3)
	case 3:
		m.Row, m.Col, m.Batch = k+5, 1, n*(k+5)
	case 4:
		m.Row, m.Col, m.Batch = 2*k, 2, 2*n*k+1
	}
	if r.IntN(5) == 0 {
		m.Batch = 0
	}
	size := 1 + max(b-1, 0)*m.Batch + max(n-1, 0)*m.Row + max(k-1, 0)*m.Col
	start := r.IntN(9)
	data := make([]T, start+size)
	odd := []float64{0, math.Copysign(0, -1), math.NaN(), math.Inf(1), math.Inf(-1), 1e-38, -1e-30, 1e30}
	for i := range data {
		data[i] = T(r.NormFloat64())
		if special && r.IntN(12) == 0 {
			data[i] = T(odd[r.IntN(len(odd))])
		}
	}
	m.Data = data[start : start+size : start+size]
	return m
}

// check runs p on u with canaries round the result, which is doubled as it is finished.
func check[T float32 | float64](t *testing.T, u *Unit, p Product[T], want []T) {
	t.Helper()
	const guard = 37
	all := make([]T, len(want)+2*guard)
	for i := range all {
		all[i] = 12345
	}
	p.Out = all[guard : guard+len(want)]
	var times []atomic.Int32
	if len(want) > 0 {
		times = make([]atomic.Int32, len(want))
	}
	Multiply(u, &p, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			p.Out[i] *= 2
			times[i].Add(1)
		}
	})
	for i, x := range all {
		if i < guard || i >= guard+len(want) {
			if x != 12345 {
				t.Fatalf("%s: wrote outside of the result, at %d of %d", text(u, &p), i-guard, len(want))
			}
			continue
		}
		if n := times[i-guard].Load(); n != 1 {
			t.Fatalf("%s: element %d is finished %d times", text(u, &p), i-guard, n)
		}
		w := 2 * want[i-guard]
		if x != w && (x == x || w == w) || x == w && math.Signbit(float64(x)) != math.Signbit(float64(w)) {
			t.Fatalf("%s: element %d is %v, want %v", text(u, &p), i-guard, x, w)
		}
	}
	Multiply(u, &p, nil)
	for i, x := range p.Out {
		if w := want[i]; x != w && (x == x || w == w) {
			t.Fatalf("%s: element %d is %v, want %v", text(u, &p), i, x, w)
		}
	}
	if plan, _ := u.Plan(p.shape()); plan != nil {
		x, y := unsafe.Pointer(unsafe.SliceData(p.X.Data)), unsafe.Pointer(unsafe.SliceData(p.Y.Data))
		checkOwn(t, text(u, &p), plan, x, y, len(want)*u.size)
	}
}

func text[T float32 | float64](u *Unit, p *Product[T]) string {
	return fmt.Sprintf("%d bytes × %d, batch %d, %d×%d×%d, x by %d %d %d, y by %d %d %d, out %d", u.width, u.size,
		p.B, p.M, p.N, p.K, p.X.Batch, p.X.Row, p.X.Col, p.Y.Batch, p.Y.Row, p.Y.Col, p.Lie)
}

func random[T float32 | float64](r *rand.Rand, b, m, n, k int) Product[T] {
	special := r.IntN(4) == 0
	return Product[T]{B: b, M: m, N: n, K: k, X: matrixFor[T](r, b, m, k, special), Y: matrixFor[T](r, b, n, k, special),
		Lie: layout(max(0, r.IntN(5)-2))}
}

func testRandom[T float32 | float64](t *testing.T, count int) {
	r := rand.New(rand.NewPCG(1, 2))
	all := units[T](t)
	defer run.SetThreads(0)
	size := func() int { return r.IntN([]int{2, 4, 20, 70, 300}[r.IntN(5)]) }
	for i := 0; i < count; {
		b, m, n, k := 1, size(), size(), size()
		if r.IntN(3) == 0 {
			b = r.IntN(6)
		}
		if r.IntN(6) == 0 {
			k = r.IntN(1200)
		}
		if r.IntN(6) == 0 { // a batch of products with vectors
			b, m, n = r.IntN(60), 1, r.IntN(12)
			if r.IntN(2) == 0 {
				m, n = n, m
			}
		}
		if b*m*n*k > 1e6 {
			continue
		}
		p := random[T](r, b, m, n, k)
		want := naive(&p)
		for _, u := range all {
			run.SetThreads(1 + r.IntN(4))
			check(t, u, p, want)
		}
		i++
	}
}

func TestRandom32(t *testing.T) { testRandom[float32](t, 200) }
func TestRandom64(t *testing.T) { testRandom[float64](t, 200) }

// dense makes a matrix of random numbers in one piece, by rows or by columns.
func dense[T float32 | float64](r *rand.Rand, b, n, k int, byColumns bool) Matrix[T] {
	m := Matrix[T]{Data: make([]T, b*n*k), Batch: n * k, Row: k, Col: 1}
	if byColumns {
		m.Row, m.Col = 1, n
	}
	for i := range m.Data {
		m.Data[i] = T(r.NormFloat64())
	}
	return m
}

// Shapes that take each of the ways, in all four layouts.
func testShapes[T float32 | float64](t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	defer run.SetThreads(0)
	for _, c := range [][4]int{
		{1, 1, 1, 9000}, {1, 3, 1, 5000}, {1, 1, 530, 300}, {2, 1, 270, 700}, {1, 530, 1, 513},
		{1, 9, 2000, 100}, {1, 40, 300, 300}, {1, 300, 3, 700}, {1, 130, 700, 70}, {3, 90, 100, 300},
		{1, 113, 97, 515}, {70, 16, 16, 16}, {1, 1, 400, 520}, {5, 1, 33, 1025}, {1, 600, 20, 40}, {1, 1, 1100, 301},
		{1, 270, 530, 20}, {1, 261, 100, 290}, {1, 400, 280, 300},
		{1, 512, 10, 128}, {1, 777, 15, 300}, {1, 3, 2000, 70}, {1, 1500, 8, 270},
		{1, 1, 1, 512}, {1, 1, 1, 700}, {1, 3, 1, 1100}, {300, 1, 1, 10}, {2000, 1, 1, 3}, {77, 1, 1, 300},
		{50, 4, 1, 10}, {19, 1, 7, 400}, {33, 10, 1, 10}, {5, 1, 1, 5000}, {3, 2, 1, 35000},
		{1, 100, 390, 530}, {5, 120, 40, 130},
		{1, 2, 2048, 301}, {1, 4, 2500, 70}, {1, 7, 2081, 270},
	} {
		for layout := range 4 {
			p := Product[T]{B: c[0], M: c[1], N: c[2], K: c[3]}
			p.X = dense[T](r, p.B, p.M, p.K, layout&1 > 0)
			p.Y = dense[T](r, p.B, p.N, p.K, layout&2 > 0)
			want := naive(&p)
			for _, u := range units[T](t) {
				for threads := range 2 {
					run.SetThreads(1 + 2*threads)
					check(t, u, p, want)
				}
			}
		}
	}
}

func TestShapes32(t *testing.T) { testShapes[float32](t) }
func TestShapes64(t *testing.T) { testShapes[float64](t) }

// TestPacking has threads that wait for each other's pieces, and some that do not.
func TestPacking(t *testing.T) {
	r := rand.New(rand.NewPCG(15, 16))
	defer run.SetThreads(0)
	defer func(before time.Duration) { patience = before }(patience)
	run.SetThreads(3)
	for layout := range 2 {
		p := Product[float32]{B: 1, M: 290, N: 280, K: 270}
		p.X, p.Y = dense[float32](r, 1, p.M, p.K, false), dense[float32](r, 1, p.N, p.K, layout > 0)
		want := naive(&p)
		for _, u := range units[float32](t) {
			for _, patience = range []time.Duration{0, time.Second} {
				for range 5 {
					check(t, u, p, want)
				}
			}
		}
	}
}

func testMirror[T float32 | float64](t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	defer run.SetThreads(0)
	for _, n := range []int{2, 31, 90, 201} {
		for layout := range 2 {
			x := dense[T](r, 1, n, 280, layout > 0)
			p := Product[T]{B: 1, M: n, N: n, K: 280, X: x, Y: x}
			want := naive(&p)
			for _, u := range units[T](t) {
				for threads := range 2 {
					run.SetThreads(1 + 2*threads)
					check(t, u, p, want)
				}
			}
		}
	}
}

func TestMirror32(t *testing.T) { testMirror[float32](t) }
func TestMirror64(t *testing.T) { testMirror[float64](t) }
