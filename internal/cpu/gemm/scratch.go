package gemm

import "gojax/internal/cpu/run"

// What products work in: how many bytes, by the same cases in which they are made.

// A Use is what is known of a run beforehand.
type Use struct {
	X, Y           bool // the operand is changed
	LinesX, LinesY bool // it is computed
	Same           bool // both are one array
}

// Scratch returns how many bytes RunOf works in with so many threads.
func (p *Plan) Scratch(u Use, threads int) int {
	if p.swapped {
		u.X, u.Y, u.LinesX, u.LinesY = u.Y, u.X, u.LinesY, u.LinesX
	}
	u.X, u.Y = u.X || u.LinesX, u.Y || u.LinesY
	work := p.m * p.n * p.k
	switch {
	case p.b*work == 0:
		return 0
	case p.m == 1:
		return p.ofVectors(p.y, p.x, p.n, threads)
	case p.n == 1 && p.to.row == p.to.col:
		return p.ofVectors(p.x, p.y, p.m, threads)
	case p.b == 1 && work <= alone && !p.halves():
		return run.Room(p.ofSmall())
	case work < whole || p.b > 1 && work < each:
		if _, together := p.near(); together {
			return 0
		}
		return run.Concurrent(p.b, p.someOf(), threads) * p.ofSmallHalves()
	case p.isUpright():
		return p.ofUpright(threads)
	case !p.isFlat(threads) || p.square && u == Use{Same: true}:
		return p.ofGrids(u, threads)
	}
	return p.ofFlat(u, threads)
}

// ofSmall is what small works in.
func (p *Plan) ofSmall() int {
	switch {
	case p.k == 0:
	case p.y.row == p.size && (p.m <= 4*p.rows || !p.crowded(p.y.col)):
	case p.y.row != p.size && p.n*p.k <= scattered:
	default:
		return p.columnsOf(p.n)
	}
	return 0
}

// columnsOf is the size of the panels of n columns, a block at once, of one block of k.
func (p *Plan) columnsOf(n int) int {
	return min(p.k, depth) * up(min(n, block), p.columns) * p.size
}

// panelsOf is the size of the panels of n columns.
func (p *Plan) panelsOf(n int) int { return p.k * up(n, p.columns) * p.size }

// atOnce is how many columns are packed at once.
func (p *Plan) atOnce() int { return max(block, shared/(p.size*p.k)/block*block) }

// ofFlat is what flat works in: the columns of each thread.
func (p *Plan) ofFlat(u Use, threads int) int {
	of := func(n int) (bytes int) {
		if u.Y || !p.flatAsItLies() {
			bytes = run.Room(p.columnsOf(n))
		}
		if n = min(n, block); p.y.kind != Whole || u.LinesY {
			bytes += run.Room(p.area(n, min(p.k, depth)))
		}
		if p.to.kind != Whole {
			bytes += run.Room(p.m * n * p.size)
		}
		return bytes
	}
	panels := count(p.n, p.columns)
	some, _ := p.flatParts(threads)
	parts := max(1, panels/some)
	last := p.n - (parts-1)*some*p.columns
	// The last part has more panels than the others, but they may be narrower.
	each := of(min(some*p.columns, p.n))
	all := max(of(last), each) + (run.Concurrent(panels, some, threads)-1)*each
	if p.x.kind != Whole {
		all += run.Room(p.area(p.m, p.k))
	}
	return all
}

// ofSmallHalves is what smallHalves works in, or small if there are no halves.
func (p *Plan) ofSmallHalves() int {
	if !p.halves() {
		return run.Room(p.ofSmall())
	}
	bytes := run.Room(p.wider.ofSmall())
	if p.x.kind != Whole {
		bytes += run.Room(p.area(p.m, p.k))
	}
	if p.y.kind != Whole {
		bytes += run.Room(p.area(p.n, p.k))
	}
	if p.to.kind != Whole {
		bytes += run.Room(p.m * p.n * p.size)
	}
	return bytes
}

// ofGrids is what grids work in, one after the other: the columns, and what each thread packs.
func (p *Plan) ofGrids(u Use, threads int) int {
	n, packed := p.n, 0
	if u.Y || !p.asItLies() {
		n = min(n, p.atOnce())
		packed = run.Room(p.panelsOf(n))
	}
	c := p.tiling(p.m, n, false, threads)
	each := 0
	if p.packsRows(n, u.X) {
		each = 2 * run.Room(p.room(c.height[0]))
	}
	places := run.Concurrent(c.tiles(), p.tilesOf(&c), threads)
	if packed > 0 && places > 1 {
		each += run.Room(p.ofUnit(&c))
	}
	if p.y.kind != Whole || u.LinesY {
		each += run.Room(p.area(up(c.width[1], p.columns), min(p.k, depth)))
	}
	strips := 0
	if p.to.kind != Whole {
		strips = min(c.strips(), 2*places) * run.Room(max(c.height[0], c.height[1])*n*p.size)
	}
	return packed + places*each + strips
}

// ofVectors is what the products of matrices of n rows and vectors work in.
func (p *Plan) ofVectors(a, v operand, n, threads int) int {
	if p.halves() {
		return run.Concurrent(p.b, p.vectorsOf(n), threads) * p.ofVectorHalves(a, v, n)
	}
	if n*p.k <= alone {
		return 0
	}
	return run.Concurrent(p.b, p.vectorsOf(n), threads) * run.Room(p.ofLong(a, v, n))
}

// ofLong is what long works in.
func (p *Plan) ofLong(a, v operand, n int) int {
	switch {
	case p.isInner(n):
		return count(p.k, depth) * p.size
	case v.col != p.size && a.col == p.size:
		return p.k * p.size
	}
	return 0
}
