package kirtest

import (
	"maps"
	"math"
	"slices"

	"gojax/internal/cpu/tile"
	"gojax/internal/dtype"
	"gojax/internal/kir"
)

// A merger is an associative and commutative way to combine values.
type merger struct {
	init    []kir.Val
	combine func(x, y []kir.Val) []kir.Val
}

// reduction adds the results of a random reduction.
func (m *maker) reduction() {
	var extents []int
	size := 1
	for range m.IntN(3) {
		n := m.extent(40_000 / max(m.work*size, 40))
		if m.work <= 2 && m.IntN(8) == 0 { // several blocks
			n = 4096*m.IntN(4) + m.IntN(100)
		}
		extents = append(extents, n)
		size *= n
	}
	if size > maxIndex {
		return
	}
	g := m.merger()
	outer, loops, work := m.vals, m.loops, m.work
	out := m.b.Reduce(extents, g.init, func(i []kir.Val) []kir.Val {
		m.vals = map[dtype.Type][]kir.Val{}
		for t, l := range outer {
			m.vals[t] = slices.Clone(l)
		}
		m.loops = slices.Clone(loops)
		m.work *= max(size, 1)
		for a := range i {
			m.loops = append(m.loops, loop{i[a], 0, extents[a]})
		}
		for range 1 + m.IntN(3) {
			m.add(m.operand(m.some()))
		}
		for range m.IntN(8) {
			m.step()
		}
		if m.IntN(6) == 0 && len(m.loops) < 5 {
			m.reduction()
		}
		if m.IntN(3) == 0 && len(m.loops) == m.parallel+len(i) {
			m.result(m.loops)
		}
		yield := make([]kir.Val, len(g.init))
		for n, x := range g.init {
			t := m.b.Type(x)
			yield[n] = m.any(t)
			if len(m.vals[t]) == 0 {
				yield[n] = m.operand(t)
			}
		}
		return yield
	}, g.combine)
	m.vals, m.loops, m.work = maps.Clone(outer), loops, work
	for _, v := range out {
		m.add(v)
	}
}

// merger chooses how values are combined.
func (m *maker) merger() merger {
	b := m.b
	switch m.IntN(8) {
	case 0: // the greatest and where it is
		t := m.ordered()
		return merger{[]kir.Val{b.Bits(t, least(t)), b.Int(dtype.Int64, 1<<40)}, func(x, y []kir.Val) []kir.Val {
			tie := b.Emit(kir.And, b.Emit(kir.Eq, x[0], y[0]), b.Emit(kir.Lt, x[1], y[1]))
			first := b.Emit(kir.Or, b.Emit(kir.Gt, x[0], y[0]), tie)
			return []kir.Val{b.Emit(kir.Select, first, x[0], y[0]), b.Emit(kir.Select, first, x[1], y[1])}
		}}
	case 1: // a product of complex numbers
		t := []dtype.Type{dtype.Float32, dtype.Float64, dtype.Int32}[m.IntN(3)]
		return merger{[]kir.Val{b.Number(t, 1), b.Number(t, 0)}, func(x, y []kir.Val) []kir.Val {
			re := b.Emit(kir.Sub, b.Emit(kir.Mul, x[0], y[0]), b.Emit(kir.Mul, x[1], y[1]))
			return []kir.Val{re, b.Emit(kir.Add, b.Emit(kir.Mul, x[0], y[1]), b.Emit(kir.Mul, x[1], y[0]))}
		}}
	case 2: // several at once
		g := m.single()
		for range 1 + m.IntN(2) {
			h, n := m.single(), len(g.init)
			f := g.combine
			g.combine = func(x, y []kir.Val) []kir.Val {
				return append(slices.Clone(f(x[:n], y[:n])), h.combine(x[n:], y[n:])...)
			}
			g.init = append(g.init, h.init...)
		}
		return g
	}
	return m.single()
}

// ordered is a type of numbers that compare.
func (m *maker) ordered() dtype.Type {
	for {
		if t := m.some(); !t.IsComplex() && t != dtype.Bool {
			return t
		}
		if m.IntN(4) == 0 {
			return dtype.Float32
		}
	}
}

// single combines by one instruction.
func (m *maker) single() merger {
	t := m.some()
	codes := []kir.Code{kir.Add, kir.Mul, kir.Max, kir.Min, kir.And, kir.Or, kir.Xor}
	c := codes[m.IntN(len(codes))]
	if tile.Of(c, t) == nil || t.IsComplex() {
		c = kir.Add
	}
	init := kir.Encode(t, 0)
	switch c {
	case kir.Mul:
		init = kir.Encode(t, 1)
	case kir.Max:
		init = least(t)
	case kir.Min:
		init = most(t)
	case kir.And:
		init = element{1<<t.Bits() - 1}
	}
	b := m.b
	return merger{[]kir.Val{b.Bits(t, init)}, func(x, y []kir.Val) []kir.Val { return []kir.Val{b.Emit(c, x[0], y[0])} }}
}

// least is the least number of a type, most the greatest.
func least(t dtype.Type) element {
	switch {
	case t.IsFloat():
		return kir.Encode(t, complex(math.Inf(-1), 0))
	case t.IsSigned():
		return element{1 << (t.Bits() - 1)}
	}
	return element{}
}

func most(t dtype.Type) element {
	switch {
	case t.IsFloat():
		return kir.Encode(t, complex(math.Inf(1), 0))
	case t.IsSigned():
		return element{1<<(t.Bits()-1) - 1}
	}
	return element{1<<t.Bits() - 1}
}
