package move

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"unsafe"

	"gojax/internal/cpu/code"
	"gojax/internal/cpu/run"
	"gojax/internal/dtype"
)

// units returns the kernels of every level, nil for Portable.
func units(t testing.TB) map[code.Level]*Unit {
	all := map[code.Level]*Unit{}
	for l := code.Portable; l <= code.Best(code.Host()); l++ {
		u, err := New(l)
		if err != nil {
			t.Fatal(err)
		}
		all[l] = u
	}
	return all
}

// randomWalk returns a walk in elements: axes of an array in another order, some of
// them backwards, repeated or with gaps, and where it begins and how much memory it
// takes on either side.
func randomWalk(r *rand.Rand) (dims []Dim, from, fromSize, toSize int) {
	n := 1 + r.IntN(4)
	sizes, size := make([]int, n), 1
	for a := range sizes {
		sizes[a] = 1 + r.IntN([]int{3, 9, 20, 150}[r.IntN(4)])
		if size*sizes[a] > 50_000 {
			sizes[a] = 1
		}
		size *= sizes[a]
	}
	strides := make([]int, n)
	fromSize, toSize = 1, 1
	for _, a := range r.Perm(n) {
		gap := 1
		if r.IntN(8) == 0 {
			gap = 2
		}
		strides[a] = fromSize * gap
		fromSize *= sizes[a] * gap
		switch r.IntN(10) {
		case 0:
			from += (sizes[a] - 1) * strides[a]
			strides[a] = -strides[a]
		case 1:
			strides[a] = 0
		}
	}
	dims = Dense(sizes, strides)
	toSize = size
	if r.IntN(6) == 0 {
		for a := range dims {
			dims[a].To *= 2
		}
		toSize *= 2
	}
	if r.IntN(3) == 0 { // gaps between rows of some axis
		toSize = dims[n-1].To
		gap := r.IntN(n)
		for a := n - 1; a >= 0; a-- {
			dims[a].To = toSize
			if toSize *= sizes[a]; a == gap {
				toSize += 1 + r.IntN(9)
			}
		}
	}
	return dims, from, fromSize, toSize
}

func TestCopy(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	all := units(t)
	for range 300 {
		dims, begin, fromSize, toSize := randomWalk(r)
		size := 1 << r.IntN(5)
		src, want := make([]byte, fromSize*size), make([]byte, toSize*size)
		for i := range src {
			src[i] = byte(r.Uint32())
		}
		for i := range length(dims) {
			from, to := places(dims, i)
			copy(want[to*size:(to+1)*size], src[(begin+from)*size:])
		}
		for level, u := range all {
			for _, threads := range []int{1, 3} {
				run.SetThreads(threads)
				got := make([]byte, len(want))
				Prepare(size, dims).Copy(u, unsafe.Pointer(&got[0]), unsafe.Pointer(&src[begin*size]))
				if string(got) != string(want) {
					t.Fatalf("%v, %d threads: elements of %d bytes along %+v", level, threads, size, dims)
				}
			}
		}
		run.SetThreads(0)
	}
}

// TestLongRows copies few rows that are long, forwards, from gaps and one for all.
func TestLongRows(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	const n = 5*part + 3
	src := make([]byte, 3*n)
	for i := range src {
		src[i] = byte(r.Uint32())
	}
	for _, by := range []int{n, 0, n - 1, -n} {
		begin := max(0, -2*by)
		for _, threads := range []int{1, 3} {
			run.SetThreads(threads)
			got := make([]byte, 3*n)
			Prepare(1, []Dim{{3, by, n}, {n, 1, 1}}).Copy(nil, unsafe.Pointer(&got[0]), unsafe.Pointer(&src[begin]))
			for i := range 3 {
				from := begin + i*by
				if string(got[i*n:(i+1)*n]) != string(src[from:from+n]) {
					t.Errorf("row %d of rows %d apart is another one with %d threads", i, by, threads)
				}
			}
		}
	}
	run.SetThreads(0)
	got := make([]byte, 2*n)
	index := []int32{2, 1}
	take := PrepareTake(1, []Dim{{2, 0, n}, {n, 1, 1}}, []Index{{Type: dtype.Int32, Strides: []int{1, 0}, Limit: 2, By: n}}, nil)
	take.Copy(nil, unsafe.Pointer(&got[0]), unsafe.Pointer(&src[0]), []unsafe.Pointer{unsafe.Pointer(&index[0])})
	if string(got) != string(src[2*n:])+string(src[n:2*n]) {
		t.Error("long rows at indices are other ones")
	}
}

func BenchmarkCopy(b *testing.B) {
	x, y := make([]uint64, 1<<20), make([]uint64, 1<<20)
	for _, c := range []struct {
		size int
		dims []Dim
	}{
		{4, []Dim{{1000_000, 1, 1}}},
		{4, Dense([]int{1000, 1000}, []int{1, 1000})},
		{8, Dense([]int{1000, 1000}, []int{1, 1000})},
		{2, Dense([]int{1000, 1000}, []int{1, 1000})},
		{1, Dense([]int{1000, 1000}, []int{1, 1000})},
		{4, Dense([]int{1024, 1024}, []int{1, 1024})},
		{4, Dense([]int{100, 100, 100}, []int{1, 100, 10000})},
		{4, Dense([]int{8, 16, 64, 128}, []int{131072, 64, 1024, 1})},
		{4, Dense([]int{1000, 1000}, []int{1, 0})},
		{4, Dense([]int{1000, 1000}, []int{0, 1})},
	} {
		for level, u := range units(b) {
			if level == code.AVX512 {
				continue
			}
			b.Run(fmt.Sprint(level, c.size, c.dims), func(b *testing.B) {
				b.SetBytes(int64(2 * c.size * length(c.dims)))
				for b.Loop() {
					Prepare(c.size, c.dims).Copy(u, unsafe.Pointer(&y[0]), unsafe.Pointer(&x[0]))
				}
			})
		}
	}
}
