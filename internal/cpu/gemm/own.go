package gemm

import (
	"unsafe"

	"gojax/internal/cpu/run"
)

// What is only wanted as whole rows, by somebody who makes something of them at once, has no memory but
// that for some rows.

// Rows returns how many elements rows of the result have, if it can be made of whole rows that are not in
// memory after that; else 0.
func (p *Plan) Rows() int {
	switch {
	case p.Solid() == 0:
		return 0
	case p.m <= low && !p.isSmall() && !p.isWhole(Use{}, 1): // threads have some columns each
		return 0
	case p.ofOwn() < worth*p.to.col:
		return 0
	}
	return p.n
}

// Matrix returns how many elements each product of a batch has, if they can be passed on one by one, and are not in memory after
// that; else 0.
func (p *Plan) Matrix() int {
	if p.Solid() == 0 || p.b < shareable || p.m*p.n*p.to.col > handy || p.m*p.n*p.k > middling || p.ofOwn() < worth*p.to.col {
		return 0
	}
	return p.m * p.n
}

// ofOwn is the size of results of a batch that are made at once.
func (p *Plan) ofOwn() int {
	some := 1
	if n, together := p.near(); together {
		some = n
	}
	return some * p.m * p.n * p.to.col
}

// ofRows is what a thread that makes small products needs for their results.
func (p *Plan) ofRows(u Use) int {
	if !u.Own {
		return 0
	}
	return run.Room(p.ofOwn())
}

// inStrips reports whether the result comes strip by strip, of all columns, from the threads.
func (p *Plan) inStrips(u Use, threads int) bool {
	return !p.isFlat(threads) && (p.n <= p.atOnce() || !u.Y && p.asItLies())
}

// slabs is how many slabs of rows are made one after the other if they do not come strip by strip. Each has
// more than low rows if there are several, so that they are made as all would be.
func (p *Plan) slabs() int { return count(p.m, max(shared/(p.n*p.size), 2*low+2)) }

// slabbed makes the product so.
func (p *product) slabbed() {
	slabs := p.slabs()
	room := p.memory.Alloc(count(p.m, slabs) * p.n * p.to.col)
	defer p.memory.Free(room)
	of := *p.Plan
	for b := range slabs {
		i, end := b*p.m/slabs, (b+1)*p.m/slabs
		q := *p
		of.m = end - i
		q.Plan, q.x, q.number, q.then.Own = &of, p.x.at(i, 0), p.number+i*p.n, false
		q.in(unsafe.Pointer(unsafe.SliceData(room)))
		q.single()
	}
}

// ofSlabs is what slabbed works in.
func (p *Plan) ofSlabs(u Use, threads int) int {
	slabs := p.slabs()
	u.Own = false
	of, most := *p, 0
	for _, of.m = range []int{p.m / slabs, count(p.m, slabs)} {
		most = max(most, of.ofSingle(u, threads))
	}
	return run.Room(count(p.m, slabs)*p.n*p.to.col) + most
}
