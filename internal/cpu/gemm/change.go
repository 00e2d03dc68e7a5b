package gemm

import (
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

	Same bool // it is known beforehand that both operands are one array, see Use
}

// Lines set n elements from p on to those of an operand from its at-th element on, which lie
// in one piece. Any thread calls them, of some elements several times.
type Lines func(p unsafe.Pointer, at, n int)

// any reports whether there are some.
func (c *Changes) any() bool { return c.X != nil || c.Y != nil || c.LinesX != nil || c.LinesY != nil }

// A Frequency is how often elements of an operand are changed.
type Frequency uint8

const (
	Never Frequency = iota // it is not packed, or often
	Once
	Again // for every 200 to 500 columns of the result
)

// Changing returns how often Run changes each element of the operands.
func (p *Plan) Changing() (x, y Frequency) {
	if p.halves() {
		return Never, Never
	}
	return p.turned(p.packing())
}

// Computing returns how often Run computes each line of operands that are not in memory.
func (p *Plan) Computing() (x, y Frequency) {
	x, y = p.packing()
	if p.x.col != p.x.kind.size(p.size) { // lines would be as short as tiles are low
		x = Never
	}
	if size := p.y.kind.size(p.size); p.y.col != size && p.y.row != size {
		y = Never
	}
	return p.turned(x, y)
}

// packing returns how often Run packs each element of the operands.
func (p *Plan) packing() (x, y Frequency) {
	work := p.m * p.n * p.k
	if p.m == 1 || p.n <= 2*p.columns || work < whole || p.b > 1 && work < each {
		return Never, Never
	}
	if p.m > low {
		x = Again
	}
	return x, Once
}

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
