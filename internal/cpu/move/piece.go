package move

import (
	"slices"
	"unsafe"
)

const (
	// pieceBytes is what a piece has at most: it stays in the cache of a core, with what
	// it is made of.
	pieceBytes = 256 << 10
	// piecesFrom is the size from which copies are not in that cache anyway.
	piecesFrom = 2 * pieceBytes
)

// A Pieces is a walk of which pieces that follow each other are copied one by
// one, so that they can be used while they are in the cache.
type Pieces struct {
	w     *Walk
	rows  int // a piece is so many steps along axis near, all others inside
	inner int // elements of each
}

// Pieces returns the pieces of w, nil if it is not worth while.
func (w *Walk) Pieces() *Pieces {
	p := w.pieces(edge)
	if p == nil || w.Bytes() < piecesFrom {
		return nil
	}
	if w.weave != nil {
		return p
	}
	for ; p.rows*p.inner*w.size > pieceBytes; p.rows /= 2 {
		if p.rows <= edge/4 {
			return nil
		}
	}
	return p
}

// pieces returns the pieces of so many rows.
func (w *Walk) pieces(rows int) *Pieces {
	if w.weave != nil && dense(w.dims) {
		return &Pieces{w: w}
	}
	last := len(w.dims) - 1
	if w.weave != nil || w.near < 0 || w.dims[last].From == 1 || w.dims[last].To != 1 {
		return nil
	}
	return &Pieces{w: w, rows: rows, inner: length(w.dims[w.near+1:])}
}

// Copy is Walk.Copy; then is called, possibly at the same time, for the bytes [lo, hi) of
// what has been copied, in the order of the walk: where there are gaps, they do not count.
func (p *Pieces) Copy(u *Unit, dst, src unsafe.Pointer, then func(lo, hi int)) {
	w := p.w
	if w.weave != nil {
		w.weave.copy(u, dst, src, then)
		return
	}
	outer, d := w.dims[:w.near], w.dims[w.near]
	along := (d.N + p.rows - 1) / p.rows
	cut(length(outer)*along, p.rows*p.inner*w.size, func(lo, hi int) {
		dims := slices.Clone(w.dims[w.near:])
		for i := lo; i < hi; i++ {
			from, to := places(outer, i/along)
			r := i % along * p.rows
			dims[0].N = min(p.rows, d.N-r)
			from, to = (from+r*d.From)*w.size, (to+r*d.To)*w.size
			exchange(u, unsafe.Add(dst, to), unsafe.Add(src, from), w.size, dims, 0, uncut)
			first := (i/along*d.N + r) * p.inner * w.size
			then(first, first+length(dims)*w.size)
		}
	})
}

// uncut is the cutter of who is called for a part himself.
func uncut(n, _ int, f func(lo, hi int)) { f(0, n) }
