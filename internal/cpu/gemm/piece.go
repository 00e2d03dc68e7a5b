package gemm

import (
	"slices"
	"unsafe"

	"gojax/internal/cpu/run"
)

// Operands of a batch of small products that are computed need no more memory than those of
// the few products that a thread makes next: these are computed into a piece, which lies as that
// part of the operand would, and multiplied from there.

// Pieces say how much of an operand is computed at once: some units, which follow each other.
type pieces struct {
	unit  int // products whose matrices are in one piece together, as those of heads side by side; 0: there is no piece
	bytes int // of a unit
	some  int // units at most
	row   int // so many units follow each other, then so many others elsewhere
}

const (
	// largest is how many bytes a unit has at most, for it is to stay in a cache.
	largest = 4 << 20

	// usual is how many it has where matrices are small, and least how many are worth a call.
	usual = 128 << 10
	least = 1 << 10

	// shareable is how many units there must be where the work is to be shared.
	shareable = 8

	// middling is how many multiplications one thread makes of a product of such a batch at most.
	middling = 1 << 26
)

// An extent is an axis of some length, with bytes between neighbours.
type extent struct{ n, stride int }

// cutPieces says what the pieces of both operands are.
func (p *Plan) cutPieces() {
	strides := [2][]int{}
	for _, a := range p.axes {
		strides[0], strides[1] = append(strides[0], a.X), append(strides[1], a.Y)
	}
	p.pieces = [2]pieces{p.piecesOf(p.x, p.m, strides[0]), p.piecesOf(p.y, p.n, strides[1])}
}

// piecesOf are those of an operand with so many rows, that is at these strides along the axes of
// the batch. There are none if several products have one matrix.
func (p *Plan) piecesOf(o operand, rows int, strides []int) pieces {
	c, a, size := pieces{unit: 1, some: 1, row: 1}, len(p.axes), o.kind.size(p.size)
	all := []extent{{rows, o.row}, {p.k, o.col}}
	if p.b < 2 || slices.Contains(strides, 0) {
		return pieces{}
	}
	for c.bytes = solid(all, size); c.bytes == 0; c.bytes = solid(all, size) {
		if a--; a < 0 {
			return pieces{}
		}
		c.unit *= p.axes[a].N
		all = append(all, extent{p.axes[a].N, strides[a]})
	}
	if a > 0 && strides[a-1] == c.bytes {
		c.row = p.axes[a-1].N
		c.some = min(max(1, usual/c.bytes), c.row)
	}
	if c.bytes > largest || c.room() < least {
		return pieces{}
	}
	return c
}

// solid returns how many bytes there are along axes if there are no gaps between them, else 0. It
// changes the order of the axes.
func solid(all []extent, size int) int {
	slices.SortFunc(all, func(a, b extent) int { return a.stride - b.stride })
	for _, a := range all {
		switch {
		case a.n == 1:
		case a.stride != size:
			return 0
		default:
			size *= a.n
		}
	}
	return size
}

// room is what a piece takes.
func (c *pieces) room() int { return c.some * c.bytes }

// isApart reports whether the operand of these pieces, and of rows like o's, can be computed so.
func (p *Plan) isApart(c *pieces, o *operand) bool {
	const enough = 50_000 // nanoseconds that are worth being shared
	work := p.m * p.n * p.k
	switch {
	case c.unit == 0 || p.isLong():
		return false
	case work < each:
		return p.b/c.unit >= shareable || p.smallNs()*float64(p.b) < enough
	}
	size := o.kind.size(p.size) // for there may be too many threads, which compute rows or columns then
	return p.isWhole(Use{}, 1) && p.b/c.unit >= shareable && (o.row == size || o.col == size)
}

// unit is how many products are made by one thread, if operands are computed; 0 if they cannot
// be, in pieces.
func (p *Plan) unit(u Use) int {
	unit := 1
	for i, computed := range [2]bool{u.X, u.Y} {
		switch n := p.pieces[i].unit; {
		case !computed:
		case n == 0:
			return 0
		default:
			unit = max(unit, n) // one is a multiple of the other
		}
	}
	return unit
}

// ofPieces is what pieces take.
func (p *Plan) ofPieces(u Use) (bytes int) {
	for i, computed := range [2]bool{u.X, u.Y} {
		if computed {
			bytes += run.Room(p.pieces[i].room())
		}
	}
	return bytes
}

// A piece is what a thread has of an operand.
type piece struct {
	room  enough
	to    int        // the product from which on it has nothing
	off   int        // of its beginning in the operand, in bytes
	later [2]nearing // what the next is computed of
}

// computed makes the operands of q, the b-th product of the batch p, be in memory, if they are
// computed, and with them those of some products that follow, below hi. It returns from which
// product on there are none.
func (w *work) computed(p, q *product, b, hi int) (to int) {
	to = hi
	for i, o := range [2]*operand{&q.x, &q.y} {
		if o.lines == nil {
			continue
		}
		c := &w.pieces[i]
		if b >= c.to {
			c.compute(p, i, b, hi, w.memory)
		}
		o.p, o.lines = unsafe.Add(c.room.p(), o.off-c.off), nil
		to = min(to, c.to)
	}
	return to
}

// compute computes the i-th operand of the b-th product, and of some others below hi.
func (c *piece) compute(p *product, i, b, hi int, m *run.Memory) {
	of, o := &p.pieces[i], [2]*operand{&p.x, &p.y}[i]
	size := o.kind.size(p.size)
	offset := func(unit int) int {
		x, y, _ := p.offsets(unit * of.unit)
		return o.off + [2]int{x, y}[i]
	}
	unit := b / of.unit
	some := min(of.row-unit%of.row, hi/of.unit-unit)
	some = count(some, count(some, of.some)) // as many each time
	c.off, c.to = offset(unit), (unit+some)*of.unit
	o.lines(c.room.of(m, of.room()), Lined{At: c.off / size, N: some * of.bytes / size, Lines: 1})
	c.later = [2]nearing{}
	if c.to == p.b {
		return
	}
	at := offset(unit+some) / size
	reads := [2][]Array{p.prior.ReadsX, p.prior.ReadsY}[i]
	for i, a := range reads[:min(len(reads), len(c.later))] {
		c.later[i] = nearing{p: uintptr(a.P) + uintptr(at*a.Size), left: some * of.bytes / size * a.Size}
	}
}

// later is what pieces that come next are computed of and what is worth fetching now, else first.
func (w *work) later(first *nearing) *nearing {
	for i := range w.pieces {
		for j := range w.pieces[i].later {
			if n := &w.pieces[i].later[j]; n.left > 0 {
				return n
			}
		}
	}
	return first
}
