package gemm

import (
	"unsafe"

	"gojax/internal/cpu/run"
)

// What products work in: how many bytes, by the same cases in which they are made.

// A Use is what is known of a run beforehand.
type Use struct {
	X, Y           bool // the operand is changed
	LinesX, LinesY bool // it is computed
	Same           bool // both are one array
	Own            bool // the result has no memory, see Then
	Pieces         bool // see Changes; or whole products are passed on, see Then
}

// Scratch returns how many bytes RunOf works in with so many threads.
func (p *Plan) Scratch(u Use, threads int) int {
	if p.swapped {
		u.X, u.Y, u.LinesX, u.LinesY = u.Y, u.X, u.LinesY, u.LinesX
	}
	u.X, u.Y = u.X || u.LinesX, u.Y || u.LinesY
	work, x, y := p.m*p.n*p.k, p.x, p.y
	if u.LinesX {
		x.lines = planned
	}
	if u.LinesY {
		y.lines = planned
	}
	switch {
	case p.b*work == 0:
		return 0
	case p.m == 1:
		return total(p.vectorLots(u, y, x, p.n, threads))
	case p.n == 1 && p.to.row == p.to.col:
		return total(p.vectorLots(u, x, y, p.m, threads))
	case p.b == 1 && work <= alone && !p.halves():
		return run.Room(p.ofSmall()) + p.ofRows(u)
	case p.isSmall() || u.Pieces:
		return total(p.smallLots(u, threads))
	case p.square && u == Use{Same: true}:
		return p.ofGrids(u, true, threads)
	case p.square && u == Use{} && !p.isFlat(1): // they may be one array all the same
		return max(p.ofGrids(u, true, threads), p.ofLarge(u, threads))
	}
	return p.ofLarge(u, threads)
}

// planned are the lines of an operand that will be computed.
func planned(unsafe.Pointer, Lined) {}

// ofLarge is what large products of two arrays work in.
func (p *Plan) ofLarge(u Use, threads int) int {
	if p.isWhole(u, threads) {
		return total(p.smallLots(u, threads))
	}
	return p.ofSingle(u, threads)
}

// ofSingle is what single works in.
func (p *Plan) ofSingle(u Use, threads int) int {
	switch {
	case p.isUpright(u):
		return total(p.uprightLots(u, threads))
	case p.isFew() && !u.X && !u.Y:
		return 0
	case u.Own && !p.inStrips(u, threads):
		return p.ofSlabs(u, threads)
	case !p.isFlat(threads):
		return p.ofGrids(u, false, threads)
	}
	all := total(p.flatLots(u, threads))
	if p.x.kind != Whole || u.LinesX {
		all += run.Room(p.area(p.m, p.k))
	}
	return all
}

// use is what is known of a run that has begun.
func (p *product) use() Use {
	return Use{X: p.prior.X != nil || p.x.lines != nil, Y: p.prior.Y != nil || p.y.lines != nil,
		LinesX: p.x.lines != nil, LinesY: p.y.lines != nil, Own: p.then.Own}
}

// total is the size of n lots.
func total(n, each int) int { return n * each }

// ofSmall is what small works in.
func (p *Plan) ofSmall() int {
	switch {
	case p.k == 0:
	case p.y.row == p.size && (p.m <= 10*p.rows || !p.crowded(p.y.col)):
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

// flatLots is how many threads flat uses, and what each works in: its columns.
func (p *Plan) flatLots(u Use, threads int) (n, each int) {
	panels := count(p.n, p.columns)
	some, _ := p.flatParts(threads)
	parts := max(1, panels/some)
	// The last part has more panels than the others, but they may be narrower.
	columns := min(max(some*p.columns, p.n-(parts-1)*some*p.columns), p.n)
	if u.Y || !p.flatAsItLies() {
		each = run.Room(p.columnsOf(columns))
	}
	if columns = min(columns, block); p.y.kind != Whole || u.LinesY {
		each += run.Room(p.area(columns, min(p.k, depth)))
	}
	if p.to.kind != Whole {
		each += run.Room(p.m * columns * p.size)
	}
	return run.Concurrent(panels, some, threads), each
}

// smallLots is how many threads several uses, and what each works in.
func (p *Plan) smallLots(u Use, threads int) (n, each int) {
	if _, together := p.near(); !together {
		each = p.ofSmallHalves()
	}
	unit := p.unit(u)
	return run.Concurrent(p.b/unit, p.someOf(unit), threads), each + p.ofPieces(u) + p.ofRows(u)
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

// ofGrids is what grids work in, one after the other.
func (p *Plan) ofGrids(u Use, mirror bool, threads int) int {
	if !u.Y && p.asItLies() {
		return p.ofGrid(u, p.n, false, mirror, threads)
	}
	most := p.atOnce()
	return max(p.ofGrid(u, min(p.n, most), true, mirror, threads), p.ofGrid(u, p.n%most, true, mirror, threads))
}

// ofGrid is what a grid of n columns works in: the columns, if they are packed, and what each
// thread and each strip needs.
func (p *Plan) ofGrid(u Use, n int, packed, mirror bool, threads int) (all int) {
	if n == 0 {
		return 0
	}
	if packed {
		all = run.Room(p.panelsOf(n))
	}
	c := p.tiling(u, p.m, n, mirror, threads)
	return all + total(p.placeLots(u, &c, n, packed, threads)) + total(p.stripLots(u, &c, n, threads))
}

// placeLots is how many threads a grid uses, and what each packs.
func (p *Plan) placeLots(u Use, c *cut, n int, packed bool, threads int) (places, each int) {
	places = p.places(c, threads)
	each = 2 * run.Room(p.rowsRoom(u, c, n))
	if packed && places > 1 {
		each += run.Room(p.ofUnit(c))
	}
	if p.y.kind != Whole || u.LinesY {
		each += run.Room(p.ofWide(c))
	}
	return places, each
}

// places is how many threads a grid uses.
func (p *Plan) places(c *cut, threads int) int {
	return run.Concurrent(c.tiles(), p.tilesOf(c), threads)
}

// rowsRoom is what packed rows of a tile take, 0 if they are used as they lie.
func (p *Plan) rowsRoom(u Use, c *cut, n int) int {
	if !p.packsRows(n, u.X) {
		return 0
	}
	return p.room(c.height[0])
}

// stripLots is how many strips have sums at the same time, and what those take: that which a
// thread is at, and that in which its part ends and another begins, which is the same for one alone.
func (p *Plan) stripLots(u Use, c *cut, n, threads int) (strips, each int) {
	if p.to.kind == Whole && !u.Own {
		return 0, 0
	}
	strips = p.places(c, threads)
	if strips > 1 {
		strips = min(c.strips(), 2*strips)
	}
	return strips, run.Room(max(c.height[0], c.height[1]) * n * p.size)
}

// vectorLots is how many threads make products of matrices of n rows and vectors side by side, and
// what each works in.
func (p *Plan) vectorLots(u Use, a, v operand, n, threads int) (lots, each int) {
	all := p.isByAll(a, n, threads)
	switch {
	case p.halves():
		each = p.ofVectorHalves(a, v, n, threads, all)
	case n*p.k > alone:
		each = p.ofMatrix(a, v, n, threads, all)
	}
	unit := p.vectorUnit(u, n)
	if n*p.k <= alone {
		each += p.ofPieces(u)
	}
	return run.Concurrent(p.b/unit, p.vectorsOf(unit, a, n, threads), threads), each
}

// ofMatrix is what large works in.
func (p *Plan) ofMatrix(a, v operand, n, threads int, all bool) int {
	if all || !a.apart() {
		return p.ofLong(a, v, n, threads)
	}
	return run.Room(p.portionOf(a, n).room(p, a))
}

// ofLong is what long works in.
func (p *Plan) ofLong(a, v operand, n, threads int) (bytes int) {
	switch {
	case p.isDeep(a, n):
		bytes = count(p.k, depth) * n * p.size
	case p.isInner(n):
		bytes = count(p.k, depth) * p.size
	case p.copies(a, v):
		bytes = p.k * p.size
	}
	return run.Room(bytes) + total(p.longLots(a, v, n, threads))
}

// longLots is how many threads long uses, and what each needs for portions.
func (p *Plan) longLots(a, v operand, n, threads int) (lots, each int) {
	switch {
	case p.isDeep(a, n):
		if a.apart() {
			each = run.Room(p.portionOf(a, n).room(p, a))
		}
		some, _ := p.deepOf(a, n)
		return run.Concurrent(count(p.k, depth), some, threads), each
	case p.isInner(n):
		for _, o := range []operand{a, v} {
			if o.apart() {
				each += run.Room(p.pitch(min(atOnce, p.k)))
			}
		}
		units, some, _ := p.innerOf()
		return run.Concurrent(units, some, threads), each
	}
	unit, _ := p.longUnit(a, n)
	units := count(n, unit)
	return run.Concurrent(units, p.some(a, units, unit), threads), run.Room(p.ofPortions(a, n))
}
