//go:build linux || darwin

package move

import (
	"math/rand/v2"
	"os"
	"syscall"
	"testing"
	"unsafe"
)

// guarded returns memory of n bytes that ends, or else begins, where pages begin that may not be
// read.
func guarded(t *testing.T, n int, end bool) []byte {
	page := os.Getpagesize()
	size := (n + page - 1) / page * page
	m, err := syscall.Mmap(-1, 0, size+2*page, syscall.PROT_NONE, syscall.MAP_PRIVATE|syscall.MAP_ANON)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Munmap(m) }) // what Mmap returned can be unmapped
	m = m[page : page+size]
	if err := syscall.Mprotect(m, syscall.PROT_READ|syscall.PROT_WRITE); err != nil {
		t.Fatal(err)
	}
	if end {
		return m[size-n:]
	}
	return m[:n]
}

// narrowWalk is a randomWalk of which the last axes are short, or the one before them.
func narrowWalk(r *rand.Rand) (sizes, strides []int, from, fromSize int) {
	sizes = []int{1 + r.IntN(6), 1 + r.IntN(200), 1 + r.IntN(12), 1 + r.IntN(4)}[r.IntN(3):]
	strides = make([]int, len(sizes))
	fromSize = 1
	for _, a := range r.Perm(len(sizes)) {
		gap := 1 + r.IntN(2)*r.IntN(3)
		strides[a] = fromSize * gap
		fromSize = (fromSize*gap)*(sizes[a]-1) + fromSize
		switch r.IntN(8) {
		case 0:
			from += (sizes[a] - 1) * strides[a]
			strides[a] = -strides[a]
		case 1, 2:
			strides[a] = 0
		}
	}
	return sizes, strides, from, fromSize
}

// TestWeave copies and fetches along narrow walks, and reads nothing beside what they are of.
func TestWeave(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	all := units(t)
	weaves, lanes := 0, 0
	for range 400 {
		sizes, strides, begin, fromSize := narrowWalk(r)
		dims := Dense(sizes, strides)
		n, size := length(dims), 1<<r.IntN(5)
		src := guarded(t, fromSize*size, r.IntN(2) == 0)
		for i := range src {
			src[i] = byte(r.Uint32())
		}
		want := make([]byte, n*size)
		for i := range n {
			from, _ := places(dims, i)
			copy(want[i*size:(i+1)*size], src[(begin+from)*size:])
		}
		w := Prepare(size, dims)
		if w.Narrow() {
			weaves++
		}
		for level, u := range all {
			got := guarded(t, n*size, r.IntN(2) == 0)
			w.Copy(u, unsafe.Pointer(&got[0]), unsafe.Pointer(&src[begin*size]))
			if string(got) != string(want) {
				t.Fatalf("%v: elements of %d bytes along %+v", level, size, dims)
			}
			l := NewLanes(u, size, sizes, strides)
			if l == nil {
				continue
			}
			lanes++
			margin := l.Margin() * size
			for range 4 {
				lo := r.IntN(n)
				hi := lo + 1 + r.IntN(n-lo)
				tile := guarded(t, (hi-lo)*size+2*margin, r.IntN(2) == 0)
				l.Fetch(u, unsafe.Pointer(&tile[margin]), unsafe.Pointer(&src[begin*size]), lo, hi-lo)
				if string(tile[margin:][:(hi-lo)*size]) != string(want[lo*size:hi*size]) {
					t.Fatalf("%v: lanes [%d, %d) of elements of %d bytes along %v by %v", level, lo, hi, size, sizes, strides)
				}
			}
		}
	}
	if weaves < 100 || lanes < 100 {
		t.Errorf("%d weaves and %d lanes were tried", weaves, lanes)
	}
}
