package gemm

import (
	"slices"
	"unsafe"

	"gojax/internal/cpu/run"
)

// What an operand is computed of, element by element, is computed as the operand is packed,
// of what lies in a cache then, and needs no memory of its own.

// Changes are functions that set n elements from p on to what is multiplied instead, each of
// itself alone; nil: nothing. Any thread calls them, of some elements several times, each time
// on a copy, and on memory between elements.
type Changes struct {
	X, Y           func(p unsafe.Pointer, n int)
	LinesX, LinesY Lines // of operands that are not in memory, if they are not nil

	ReadsX, ReadsY []Array // that lines read in the same places

	Same   bool // it is known beforehand that both operands are one array, see Use
	Pieces bool // lines are whole pieces, see After
}

// Lines set memory from p on to lines of an operand. Any thread calls them, of some elements
// several times.
type Lines func(p unsafe.Pointer, l Lined)

// Lined are so many lines, of N elements each that lie in one piece: the first is from the At-th
// element of the operand on, the next is Step elements further, and Row bytes behind the first in memory.
type Lined struct{ At, N, Lines, Step, Row int }

// whole makes lines that follow each other, here and there, one.
func (l Lined) whole(size int) Lined {
	if l.Step == l.N && l.Row == l.N*size {
		l.N, l.Lines = l.N*l.Lines, 1
	}
	return l
}

// any reports whether there are some.
func (c *Changes) any() bool { return c.X != nil || c.Y != nil || c.LinesX != nil || c.LinesY != nil }

// A Frequency is how often elements of an operand are changed.
type Frequency uint8

const (
	Never Frequency = iota // it is not packed, or often, or for several products
	Once
	Again // for every 200 to 500 columns of the result
	Apart // once, for a few products of a batch at a time, however small the operand is
)

// Changing returns how often Run changes each element of the operands.
func (p *Plan) Changing() (x, y Frequency) {
	if p.halves() || p.isThin() {
		return Never, Never
	}
	x, y = p.packing()
	if p.isApart(&p.pieces[0], &p.x) { // which is as well, and any kernel can be run
		x = Never
	}
	if p.isApart(&p.pieces[1], &p.y) {
		y = Never
	}
	return p.turned(x, y)
}

// Computing returns how often Run computes each line of operands that are not in memory.
func (p *Plan) Computing() (x, y Frequency) {
	if p.isLong() {
		return p.turned(p.inPortions())
	}
	x, y = p.packing()
	switch {
	case p.x.col == p.x.kind.size(p.size) || x == Never:
	case p.isUpright(Use{LinesX: true}) && p.inLines(p.x):
		x = Once
	default: // lines would be as short as tiles are low
		x = Never
	}
	if !p.inLines(p.y) {
		y = Never
	}
	if p.isApart(&p.pieces[0], &p.x) {
		x = Apart
	}
	if p.isApart(&p.pieces[1], &p.y) {
		y = Apart
	}
	return p.turned(x, y)
}

// inLines reports whether rows or columns of an operand are in one piece.
func (p *Plan) inLines(o operand) bool {
	size := o.kind.size(p.size)
	return o.col == size || o.row == size
}

// inPortions is how often operands are computed of products with vectors that all threads make: once a
// matrix that is not for several vectors, and a vector that is for one row.
func (p *Plan) inPortions() (x, y Frequency) {
	once := func(o operand, rows int, of func(a Axis) int) Frequency {
		if rows == 1 && p.m*p.n > 1 || !p.inLines(o) || slices.ContainsFunc(p.axes, func(a Axis) bool { return of(a) == 0 }) {
			return Never
		}
		return Once
	}
	return once(p.x, p.m, func(a Axis) int { return a.X }), once(p.y, p.n, func(a Axis) int { return a.Y })
}

// packing returns how often Run packs each element of the operands.
func (p *Plan) packing() (x, y Frequency) {
	if p.m == 1 || p.n == 1 || p.isSmall() {
		return Never, Never
	}
	x, y = Again, Once
	if p.isThin() {
		x = Once
	}
	for _, a := range p.axes {
		if a.X == 0 {
			x = Never
		}
		if a.Y == 0 {
			y = Never
		}
	}
	if p.m <= low {
		x = Never
	}
	if p.isUpright(Use{}) {
		y = Never
	}
	return x, y
}

// isThin reports whether a product has so few columns that rows are packed only if they are
// computed.
func (p *Plan) isThin() bool { return p.n <= 2*p.columns }

// turned is what Plan has made of x and y, or what it was.
func (p *Plan) turned(x, y Frequency) (Frequency, Frequency) {
	if p.swapped {
		return y, x
	}
	return x, y
}

// wantColumns packs columns, widened in room, which is of m, if need be, and changes them.
func (p *product) wantColumns(dst unsafe.Pointer, y operand, n, d int, m *run.Memory, room *enough) {
	if y.apart() {
		y = p.widened(room.of(m, p.area(n, d)), y, n, d)
	}
	p.packColumns(dst, y, n, d)
	if p.prior.Y != nil {
		p.prior.Y(dst, up(n, p.columns)*d)
	}
}

// wantRows packs rows and changes them.
func (p *product) wantRows(room []byte, x operand, m, d int) operand {
	x = p.packRows(room, x, m, d)
	p.changeRows(x, m, d)
	return x
}

// changeRows changes packed rows.
func (p *product) changeRows(x operand, m, d int) {
	if p.prior.X == nil {
		return
	}
	lines, line := m, x.row
	if x.row == p.size {
		lines, line = d, x.col
	}
	p.prior.X(x.p, lines*line/p.size)
}
