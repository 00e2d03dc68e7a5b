package gemm

import (
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"gojax/internal/cpu/run"
)

// A grid is a product, or some columns of it, cut into tiles that tasks make.
type grid struct {
	*product
	y        operand        // the columns
	packed   unsafe.Pointer // room for them: panels for each block of k; nil: as they lie
	first, n int            // which, and how many
	cut      cut
	state    []packing // of each unit of columns for each block of k
	strips   []strip   // of tiles, if it matters when one is complete
	sumLots  *run.Lots // for sums of strips
}

// A strip is some rows of a grid.
type strip struct {
	made   atomic.Int32 // columns
	sums   enough
	memory *run.Memory // which these are of
	once   sync.Once
}

// A packing is how far a unit of columns is packed, which threads do piece by piece.
type packing struct{ begun, done atomic.Int32 }

// patience is how long a thread waits for others that are packing their pieces. A test changes it.
var patience = 30 * time.Microsecond

// wait reports whether so many pieces are packed, soon.
func (s *packing) wait(pieces int) bool {
	for begin := time.Now(); int(s.done.Load()) < pieces; {
		if time.Since(begin) > patience {
			return false
		}
	}
	return true
}

// panels is where those of the block of k begin.
func (g *grid) panels(k int) unsafe.Pointer {
	return unsafe.Add(g.packed, k*up(g.n, g.columns)*g.size)
}

// unitOf is the state of the unit from the j-th column, and how many columns it has.
func (g *grid) unitOf(k, j int) (state *packing, n int) {
	unit := g.cut.width[1]
	return &g.state[k/depth*g.cut.across[1]+j/unit], min(unit, g.n-j)
}

// pieceOf is how many of n columns one thread packs at once: as many as are read together, all if
// they have to be computed or widened.
func (g *grid) pieceOf(n int) int {
	switch {
	case g.y.apart():
		return n
	case g.y.row == g.size:
		return abreast * g.columns
	}
	return 2 * g.columns
}

// right is where panels of the unit from the j-th column are, of d elements from the k-th:
// who needs them first packs them, when they are in the fastest caches already. Who needs them
// at that time packs some of the pieces. If another thread does not end with its own soon, as it
// may have lost its processor, this one packs all for itself.
func (g *grid) right(at *place, k, j, d int) (b unsafe.Pointer, bCol, step int) {
	line := g.columns * g.size
	if g.packed == nil {
		return g.y.at(j, k).p, g.y.col, line
	}
	state, n := g.unitOf(k, j)
	b = unsafe.Add(g.panels(k), j*d*g.size)
	piece := g.pieceOf(n)
	pieces := count(n, piece)
	for int(state.done.Load()) < pieces {
		first := (int(state.begun.Add(1)) - 1) * piece
		if first < n {
			g.pack(unsafe.Add(b, first*d*g.size), g.y.at(j+first, k), min(piece, n-first), d, at)
			state.done.Add(1)
			continue
		}
		if pieces == 1 || !state.wait(pieces) {
			b = at.own.of(at.memory, g.ofUnit(&g.cut))
			g.pack(b, g.y.at(j, k), n, d, at)
		}
		break
	}
	return b, line, d * line
}

// pack packs columns. A place is lent room for a whole unit as soon as it needs any: if it grew
// from that of a narrower one, the lot would be left with gaps.
func (g *grid) pack(dst unsafe.Pointer, y operand, n, d int, at *place) {
	if y.apart() {
		at.wide.of(at.memory, g.ofWide(&g.cut))
	}
	g.wantColumns(dst, y, n, d, at.memory, &at.wide)
}

// multiply makes the tiles.
func (g *grid) multiply() {
	threads := run.Threads()
	u := g.use()
	g.cut = g.tiling(u, g.m, g.n, g.mirror, threads)
	if g.packed != nil {
		g.state = make([]packing, count(g.k, depth)*g.cut.across[1])
	}
	tiles := g.cut.tiles()
	places := places{lots: g.memory.Lots(g.placeLots(u, &g.cut, g.n, g.packed != nil, threads)), bytes: g.rowsRoom(u, &g.cut, g.n)}
	defer places.free()
	if g.passesOn() || g.to.kind != Whole {
		g.strips = make([]strip, g.cut.strips())
	}
	g.sumLots = g.memory.Lots(g.stripLots(u, &g.cut, g.n, threads))
	defer g.sumLots.Free()
	run.Together(tiles, g.tilesOf(&g.cut), g.ns(g.m*g.n*g.k), func(lo, hi int) {
		for s := lo; s < hi; s++ {
			t := g.cut.part(s, g.n)
			if g.mirror && g.first+t.j+t.n <= t.i {
				continue
			}
			next := part{} // for this thread, probably
			if s+threads < tiles {
				next = g.cut.part(s+threads, g.n)
			}
			at := places.take(t)
			g.tile(t, next, at)
			places.leave(at)
			g.made(t)
		}
	})
}

// passesOn reports whether rows of the result are complete when they are in the grid.
func (g *grid) passesOn() bool { return g.then.Do != nil && !g.mirror && g.n == g.product.n }

// sums are where those of the first row of a tile go, and how far apart rows are.
func (g *grid) sums(t part) (first unsafe.Pointer, row int) {
	if g.to.kind == Whole && !g.then.Own {
		return unsafe.Add(g.out, t.i*g.row+(g.first+t.j)*g.size), g.row
	}
	s := &g.strips[t.strip]
	row = g.n * g.size
	s.once.Do(func() {
		s.memory = g.sumLots.Take()
		s.sums.of(s.memory, t.m*row)
	})
	return unsafe.Add(s.sums.p(), t.j*g.size), row
}

// made takes note of a tile, and does with its rows what is done when they are complete.
func (g *grid) made(t part) {
	if g.strips == nil {
		return
	}
	s := &g.strips[t.strip]
	if int(s.made.Add(int32(t.n))) < g.n {
		return
	}
	rows := g.result()
	if g.then.Own {
		rows.p = s.sums.p()
	} else {
		rows = rows.at(t.i, g.first)
	}
	if g.to.kind != Whole {
		g.halve(rows, s.sums.p(), g.n*g.size, t.m, g.n)
	}
	if g.passesOn() {
		at := g.firstOf(t)
		g.then.Do(rows.p, at, at+t.m*g.n)
	}
	if s.memory != nil {
		s.sums.free(s.memory)
		g.sumLots.Give(s.memory)
	}
}

// firstOf is which element of the result the first of a strip is.
func (g *grid) firstOf(t part) int {
	return g.number + int(uintptr(g.out)-uintptr(g.base))/g.to.col + t.i*g.n
}

// readOf appends the memory that is read beside the elements of a tile when its strip is complete:
// as much of what belongs to the strip as the tile is of it, in one piece.
func (g *grid) readOf(list []nearing, t part) []nearing {
	first := g.firstOf(t) + t.m*t.j
	for _, a := range g.then.Reads {
		list = append(list, nearing{p: uintptr(a.P) + uintptr(first*a.Size), left: t.m * t.n * a.Size})
	}
	return list
}

// packsRows reports whether rows are packed for n columns.
func (p *Plan) packsRows(n int, changed bool) bool {
	return n > 2*p.columns || p.x.col != p.size || p.x.kind != Whole || changed
}

// tilesOf is how many tiles make a part.
func (p *Plan) tilesOf(c *cut) int {
	kind := 1
	if c.large > 0 {
		kind = 0
	}
	return grain(4 * p.ns(c.height[kind]*c.width[kind]*p.k))
}

// ofUnit is the size of the panels of one unit of columns, of one block of k.
func (p *Plan) ofUnit(c *cut) int { return depth * up(c.width[1], p.columns) * p.size }

// ofWide is the size of one unit of columns before it is packed, of one block of k.
func (p *Plan) ofWide(c *cut) int { return p.area(up(c.width[1], p.columns), min(p.k, depth)) }

// tile makes a tile. Meanwhile it packs the rows that it uses next, and columns come nearer.
func (g *grid) tile(t, next part, at *place) {
	unit := g.cut.width[1]
	at.soon = at.soon[:0]
	for k := 0; k < g.k; k += depth {
		d := min(depth, g.k-k)
		x := g.x.at(t.i, k)
		var c carrying
		var ahead operand
		soon := rows{t.i, t.m, k + d}
		if k+d == g.k {
			soon = rows{next.i, next.m, 0}
		}
		if at.room[0] != nil {
			if at.have != (rows{t.i, t.m, k}) {
				at.x = g.wantRows(at.room[0], x, t.m, d)
				at.have = rows{t.i, t.m, k}
			}
			x = at.x
			if soon != at.have && soon.m > 0 {
				c, ahead = g.carry(at.room[1], g.x.at(soon.i, soon.k), soon.m, min(depth, g.k-soon.k))
			}
		}
		if k+d == g.k && g.passesOn() {
			at.soon = g.readOf(at.soon[:0], t)
		}
		for j := t.j; j < t.j+t.n; j += unit {
			var wanted nearing
			switch {
			case j+unit < t.j+t.n:
				wanted = g.ofBlock(k, j+unit)
			case k+d < g.k:
				wanted = g.ofBlock(k+d, t.j)
			case next.m > 0 && (next.j != t.j || t.n > unit || g.k > depth):
				wanted = g.ofBlock(0, next.j)
			}
			g.block(t, at, x, k, j, &wanted, &c)
		}
		if ahead.p != nil {
			c.rest()
			g.changeRows(ahead, soon.m, min(depth, g.k-soon.k))
			at.x, at.have = ahead, soon
			at.room[0], at.room[1] = at.room[1], at.room[0]
		}
	}
}

// ofBlock is the nearing of the unit of columns from the j-th of the block of k.
func (g *grid) ofBlock(k, j int) nearing {
	d := min(depth, g.k-k)
	if g.packed == nil {
		return g.nearing(g.y.at(j, k), min(g.cut.width[1], g.n-j), d)
	}
	state, n := g.unitOf(k, j)
	if int(state.done.Load()) < count(n, g.pieceOf(n)) {
		return g.nearing(g.y.at(j, k), n, d)
	}
	return nearing{p: uintptr(unsafe.Add(g.panels(k), j*d*g.size)), left: up(n, g.columns) * d * g.size}
}

// block makes the part of a tile in the unit of columns from the j-th, of the block of k that x
// is the rows of: all rows of one panel of columns after the other, so that the second cache holds
// those, this panel and the next.
func (g *grid) block(of part, at *place, x operand, k, j int, wanted *nearing, c *carrying) {
	d, n := min(depth, g.k-k), min(g.cut.width[1], of.j+of.n-j)
	sums, row := g.sums(of)
	b, bCol, step := g.right(at, k, j, d)
	for from := 0; from < n; from += g.columns {
		m, columns := of.m, min(g.columns, n-from)
		if g.mirror { // rows below the diagonal are mirrored
			m = min(m, g.first+j+from+columns-of.i)
		}
		next := g.panelAfter(k, j, from, n, wanted)
		for down := 0; down < m; {
			r := g.height(m - down)
			t := tile{a: x.at(down, 0).p, aRow: x.row, aCol: x.col,
				b: unsafe.Add(b, from/g.columns*step), bCol: bCol,
				c:    unsafe.Add(sums, down*row+(j-of.j+from)*g.size),
				cRow: row, k: d, add: k}
			panels := most
			if columns == g.columns {
				panels = c.begin(g.Unit, &t, r, min((m-down)/r, most))
			}
			want := at.wanted(&next)
			if want.left <= 0 && wanted.row > 0 {
				want = wanted
			}
			panels = min(panels, want.begin(&t, r))
			rows := g.stack(&t, r, m-down, columns, panels)
			want.end(&t)
			c.end(g.Unit, &t, rows/r)
			down += rows
		}
	}
}

// panelAfter is the nearing of the panel of columns behind that from the from-th of a unit of n, of
// the block of k: the first of those that are wanted after the unit, if they lie as panels.
func (g *grid) panelAfter(k, j, from, n int, wanted *nearing) nearing {
	d, left := min(depth, g.k-k), n-from-g.columns
	panel := d * g.columns * g.size
	switch {
	case left > 0 && g.packed == nil:
		return g.nearing(g.y.at(j+from+g.columns, k), min(left, g.columns), d)
	case left > 0:
		return nearing{p: uintptr(unsafe.Add(g.panels(k), (j+from+g.columns)*d*g.size)), left: panel}
	case wanted.row == 0:
		next := *wanted
		next.left = min(next.left, panel)
		return next
	}
	return nearing{}
}
