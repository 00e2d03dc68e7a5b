package cpu

import (
	"slices"

	"gojax/internal/cpu/move"
)

// An operand of a product that is copied from a part of another array, and by nothing else, is read
// where it is: products pack what they multiply, whatever lies between its elements.

// slice makes operand i of a product, value v, the part of an array that a step copies to its slot, if
// there is such a step, and takes that out of the program.
func (m *maker) slice(p *product, i, v int, slot *int) {
	of := m.f.resolve(v)
	if m.readers(of) != 1 {
		return
	}
	at := slices.IndexFunc(m.p.steps, func(s step) bool {
		c, ok := s.(*motion)
		return ok && c.makes == 1+of
	})
	if at < 0 {
		return
	}
	c := m.p.steps[at].(*motion)
	strides, ok := c.stridesOf(m.g.types[v].Shape)
	if c.at != 0 || !ok {
		return
	}
	all := p.strides
	all[i] = strides
	q := p.p.Strided(all)
	if q == nil {
		return
	}
	m.p.steps = slices.Delete(m.p.steps, at, at+1)
	m.size[*slot] = 0
	m.last[c.from] = m.clock
	p.p, p.strides, p.off[i], *slot = q, all, c.off, c.from
}

// stridesOf returns how far apart in memory neighbours along each axis of an array are of which s
// makes a copy without gaps; false if some lie backwards or are the same.
func (s *motion) stridesOf(shape []int) (strides []int, ok bool) {
	strides = make([]int, len(shape))
	to, copied := 1, 1
	for _, d := range s.dims {
		copied *= d.N
	}
	for a := len(shape) - 1; a >= 0; a-- {
		n := shape[a]
		if n == 1 {
			continue
		}
		d := slices.IndexFunc(s.dims, func(d move.Dim) bool { return d.To > 0 && to%d.To == 0 && to*n <= d.To*d.N })
		if d < 0 || s.dims[d].From <= 0 {
			return nil, false
		}
		strides[a] = s.dims[d].From * (to / s.dims[d].To)
		to *= n
	}
	return strides, copied == to
}

// same reports whether both operands are the same elements of one array.
func (s *product) same() bool { return s.x == s.y && s.off[0] == s.off[1] }
