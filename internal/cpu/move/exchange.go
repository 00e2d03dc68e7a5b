package move

import (
	"slices"
	"sync"
	"unsafe"

	"gojax/internal/cpu/code"
	"gojax/internal/cpu/tile"
)

// edge is the side of the squares in which axes are exchanged: two of them fit in the
// fastest cache.
const edge = 64

// A cutter calls f for parts of n items of so many bytes each.
type cutter func(n, bytes int, f func(lo, hi int))

// exchange copies tiles of the axis near, along which elements lie one after the other,
// by the last one, along which they go.
func exchange(u *Unit, dst, src unsafe.Pointer, size int, dims []Dim, near int, cut cutter) {
	across, last := dims[near], dims[len(dims)-1]
	outer := slices.Delete(slices.Clone(dims[:len(dims)-1]), near, near+1)
	if across.From < 0 { // begin at the other end
		src = unsafe.Add(src, (across.N-1)*across.From*size)
		dst = unsafe.Add(dst, (across.N-1)*across.To*size)
		across.From, across.To = 1, -across.To
	}
	down, along := (across.N+edge-1)/edge, (last.N+edge-1)/edge
	cut(length(outer)*down*along, edge*edge*size, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			from, to := places(outer, i/(down*along))
			r, c := i/along%down*edge, i%along*edge
			from, to = from+r+c*last.From, to+r*across.To+c
			t := turn{
				src: unsafe.Add(src, from*size), dst: unsafe.Add(dst, to*size),
				srcStep: last.From * size, dstStep: across.To * size,
			}
			t.exchange(u, size, min(edge, across.N-r), min(edge, last.N-c))
		}
	})
}

// exchange copies one tile: m elements that lie one after the other, n that go so.
func (t *turn) exchange(u *Unit, size, m, n int) {
	side := 0
	if u != nil {
		side = u.side(size)
	}
	if side == 0 || m < side || n < side {
		t.slow(size, m, n)
		return
	}
	if t.srcStep%crowded == 0 {
		s := tiles.Get().(*[edge * (8*edge + 64)]byte)
		defer tiles.Put(s)
		t.gather(s[:], size, m, n)
	}
	// Whole squares, then those at the ends, which overlap them.
	t.call(u, size, m/side, n/side, 0, 0)
	if n%side > 0 {
		t.call(u, size, m/side, 1, 0, n-side)
	}
	if m%side > 0 {
		t.call(u, size, 1, n/side, m-side, 0)
	}
	if m%side > 0 && n%side > 0 {
		t.call(u, size, 1, 1, m-side, n-side)
	}
}

// Rows so many bytes apart, or a multiple, crowd into few sets of a cache: a tile of them
// does not stay.
const crowded = 1 << 10

var tiles = sync.Pool{New: func() any { return new([edge * (8*edge + 64)]byte) }}

// gather makes t read a copy of its tile, whose rows lie together.
func (t *turn) gather(s []byte, size, m, n int) {
	step := m*size + 64
	for j := range n {
		copy(s[j*step:], unsafe.Slice((*byte)(unsafe.Add(t.src, j*t.srcStep)), m*size))
	}
	t.src, t.srcStep = unsafe.Pointer(&s[0]), step
}

// call copies m by n squares from element (r, c) of the tile on.
func (t *turn) call(u *Unit, size, m, n, r, c int) {
	k := *t
	k.src = unsafe.Add(t.src, r*size+c*t.srcStep)
	k.dst = unsafe.Add(t.dst, c*size+r*t.dstStep)
	k.m, k.n = m, n
	code.Call(u.turns[size], unsafe.Pointer(&k))
}

// slow makes the rows one by one.
func (t *turn) slow(size, m, n int) {
	for i := range m {
		tile.Strided(unsafe.Add(t.dst, i*t.dstStep), 1, unsafe.Add(t.src, i*size), t.srcStep/size, size, n)
	}
}
