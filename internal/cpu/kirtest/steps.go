package kirtest

import (
	"gojax/internal/cpu/tile"
	"gojax/internal/dtype"
	"gojax/internal/kir"
)

// step adds one random instruction, or none.
func (m *maker) step() {
	t := m.some()
	switch m.IntN(17) {
	case 16:
		m.rarely(t)
	case 0, 1:
		m.add(m.b.Convert(m.some(), m.any(t)))
	case 2, 3:
		c := kir.Select
		if m.IntN(3) == 0 {
			c = kir.Rarely
		}
		m.add(m.b.Emit(c, m.any(dtype.Bool), m.any(t), m.any(t)))
	case 4:
		if tile.Of(kir.Fma, t) != nil {
			m.add(m.b.Emit(kir.Fma, m.any(t), m.any(t), m.any(t)))
		}
	case 5:
		m.bitcast(t)
	case 6:
		if len(m.loops) > 0 {
			m.add(m.b.Convert(t, m.index(m.loops[m.IntN(len(m.loops))])))
		}
	case 7:
		m.add(m.operand(t))
	case 8:
		if m.IntN(8) == 0 {
			u := dtype.Uint32
			m.add(m.b.Emit(kir.Threefry, m.any(u), m.any(u), m.any(u), m.any(u)))
			return
		}
		if m.IntN(8) == 0 {
			m.add(m.b.Emit(kir.Table+kir.Code(m.IntN(len(kir.Tables))), m.any(dtype.Uint32)))
			return
		}
		if m.IntN(8) == 0 {
			m.raise()
			return
		}
		m.compare(t)
	case 9, 10, 11:
		m.emit(kir.Neg+kir.Code(m.IntN(int(kir.Clz-kir.Neg)+1)), t)
	default:
		m.emit(kir.Add+kir.Code(m.IntN(int(kir.ShiftRightLogical-kir.Add)+1)), t)
	}
}

// emit adds an instruction if there is one for the type.
func (m *maker) emit(c kir.Code, t dtype.Type) {
	if tile.Of(c, t) == nil {
		return
	}
	args := make([]kir.Val, c.Args())
	for i := range args {
		args[i] = m.any(t)
	}
	m.add(m.b.Emit(c, args...))
}

// rarely adds a choice whose first value nothing else needs.
func (m *maker) rarely(t dtype.Type) {
	c := m.any(dtype.Bool)
	for range 1 + m.IntN(3) {
		u := m.some()
		x := m.any(t)
		for range 1 + m.IntN(6) {
			if m.IntN(4) == 0 {
				x = m.b.Convert(t, m.b.Convert(u, x))
			}
			if d := kir.Add + kir.Code(m.IntN(int(kir.Min-kir.Add)+1)); tile.Of(d, t) != nil {
				x = m.b.Emit(d, x, m.any(t))
			}
		}
		m.add(m.b.Emit(kir.Rarely, c, x, m.any(t)))
		if m.IntN(2) == 0 {
			t = m.some()
		}
	}
}

// raise adds a kir.Raise of what it may be of.
func (m *maker) raise() {
	f := dtype.Float32
	num := func(x float64) kir.Val { return m.b.Number(f, complex(x, 0)) }
	clamp := func(lo float64, x kir.Val, hi float64) kir.Val {
		x = m.b.Emit(kir.Select, m.b.Emit(kir.Gt, x, num(lo)), x, num(lo))
		return m.b.Emit(kir.Select, m.b.Emit(kir.Lt, x, num(hi)), x, num(hi))
	}
	round := num(0x1.8p20)
	n := m.b.Emit(kir.Sub, m.b.Emit(kir.Add, clamp(-160, m.any(f), 130), round), round)
	q := clamp(-1, m.any(f), 1)
	m.add(m.b.Emit(kir.Raise, q, n, m.b.Emit(kir.Add, n, num(0x1.8p20+254))))
}

func (m *maker) compare(t dtype.Type) {
	if t == kir.Index && len(m.loops) > 0 && m.IntN(2) == 0 { // where padding ends
		l := m.loops[m.IntN(len(m.loops))]
		c := kir.Eq + kir.Code(m.IntN(int(kir.Ge-kir.Eq)+1))
		m.add(m.b.Emit(c, m.index(l), m.b.At(m.IntN(l.hi+2)-1)))
		return
	}
	m.emit(kir.Eq+kir.Code(m.IntN(int(kir.Ge-kir.Eq)+1)), t)
}

// bitcast adds the bits of a number; those of NaN are not defined.
func (m *maker) bitcast(t dtype.Type) {
	u := m.some()
	if t == dtype.Bool || u == dtype.Bool || t.Size() != u.Size() || t.IsComplex() {
		return
	}
	x := m.any(t)
	if t.IsFloat() {
		x = m.b.Emit(kir.Select, m.b.Emit(kir.Eq, x, x), x, m.b.Number(t, 0))
	}
	m.add(m.b.Bitcast(u, x))
}
