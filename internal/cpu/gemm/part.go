package gemm

import (
	"slices"
	"unsafe"

	"gojax/internal/cpu/run"
)

// What a product is multiplied by may be made by another one, a piece at a time, by the thread that multiplies that next.

const (
	// handy is how many bytes such a piece has at most, if rows can be cut so: it and what it is made of stay in
	// the second cache.
	handy = 1 << 20

	// shallow is fewer rows than are worth to pack for, and level are as many as are if they can be had.
	shallow, level = 32, 128
)

// After returns how the product is made if operand X, or Y if i is 1, is made of the result of another one a piece at a
// time, of whole rows, of so many bytes each; nil if that would take longer, or cannot be. The other operand may be
// computed, too.
func (p *Plan) After(of *Plan, i, row int, both bool) *Plan {
	if p.m == 1 || p.n == 1 || p.b*p.k == 0 {
		return nil
	}
	if p.swapped {
		i = 1 - i
	}
	q := p
	if i == 0 {
		q = p.byBlocks()
	}
	if both && q.pieces[1-i].unit == 0 {
		return nil
	}
	c := &q.pieces[i]
	if c.unit == 0 || c.bytes%row != 0 || q.b/c.unit < shareable {
		return nil
	}
	// For each block of rows both products read, and pack, all of their right operands.
	again := of.n*of.k*of.size + p.n*p.k*p.size
	if q != p && (2*again > 5*c.bytes || of.k+p.n > 4*depth) {
		return nil
	}
	return q
}

// byBlocks is the plan with each product cut into equal blocks of rows, so that pieces of X are handy.
func (p *Plan) byBlocks() *Plan {
	row := p.k * p.x.kind.size(p.size)
	blocks := p.blocks(handy/row, level)
	if blocks == 0 {
		blocks = p.blocks(largest/row, shallow)
	}
	if blocks < 2 {
		return p
	}
	q := p.ofRowsAlone(p.m / blocks)
	q.axes = append(slices.Clone(p.axes), Axis{N: blocks, X: q.m * p.x.row, Out: q.m * p.to.row})
	q.b, q.square = p.b*blocks, false
	q.cutPieces()
	return q
}

// blocks is the least number of equal blocks of rows, of so many rows each, such that threads can share them; 0 if there is none.
func (p *Plan) blocks(most, least int) int {
	for n := 1; p.m/n >= min(least, p.m); n++ {
		if p.m%n == 0 && p.m/n <= most && p.b*n >= shareable {
			return n
		}
	}
	return 0
}

// ofRowsAlone is the plan for so many rows.
func (p *Plan) ofRowsAlone(rows int) *Plan {
	q := *p
	q.m = rows
	if p.wider != nil {
		wider := *p.wider
		wider.m = rows
		q.wider = &wider
	}
	return &q
}

// Solid returns how many elements rows of the result have, if all follow each other in memory and there is something to
// add; else 0.
func (p *Plan) Solid() int {
	n := p.m * p.n * p.to.col
	for i := len(p.axes) - 1; i >= 0; i-- {
		if p.axes[i].Out != n {
			return 0 // there is something between them
		}
		n *= p.axes[i].N
	}
	if p.m == 1 || p.n == 1 || p.b*p.k == 0 || p.to.row != p.n*p.to.col {
		return 0
	}
	return p.n
}

// Part makes n elements of the result, whole rows of it, in out, on this thread, in memory of m: those from the at-th on.
// Rows of one product are passed on together. The result is Solid.
func (p *Plan) Part(m *run.Memory, x, y, out unsafe.Pointer, at, n int, then func(p unsafe.Pointer, lo, hi int)) {
	if p.swapped {
		x, y = y, x
	}
	w := work{memory: m}
	defer w.free()
	for end := at + n; at < end; {
		b, i := at/(p.m*p.n), at/p.n%p.m
		rows := min(p.m-i, (end-at)/p.n)
		q := product{Plan: p.ofRowsAlone(rows), x: p.x, y: p.y, to: p.to, out: out, row: p.to.row, base: out, number: at,
			memory: m, then: Then{Do: then}}
		overX, overY, _ := p.offsets(b)
		q.x.p, q.y.p = unsafe.Add(x, overX+i*p.x.row), unsafe.Add(y, overY)
		if p.halves() {
			q.smallHalves(&w)
		} else {
			q.small(&w)
		}
		if at += rows * p.n; at < end { // else it may be behind what there is
			out = unsafe.Add(out, rows*p.to.row)
		}
	}
}

// OfPart is what Part works in for n elements.
func (p *Plan) OfPart(n int) int { return p.ofRowsAlone(min(p.m, n/p.n)).ofSmallHalves() }

// PieceOf is how many bytes pieces of X, or of Y if i is 1, have at most.
func (p *Plan) PieceOf(i int) int {
	if p.swapped {
		i = 1 - i
	}
	return p.pieces[i].room()
}
