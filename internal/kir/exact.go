package kir

import "gojax/internal/dtype"

// exactly returns the index that x, an integer of another type, is: of loops and numbers that it
// is computed of without wrapping, at most so many steps ago. Addresses that programs compute
// from iotas are then those of walks over memory.
func (b *Builder) exactly(x Val, steps int) (Val, bool) {
	i := &b.k.Code[x]
	t := i.Type
	if !t.IsInt() || steps == 0 {
		return 0, false
	}
	var y Val
	switch i.Code {
	case Convert:
		from := i.Args[0]
		if y = from; b.Type(from) != Index {
			var ok bool
			if y, ok = b.exactly(from, steps-1); !ok {
				return 0, false
			}
		}
	case Add, Sub, Mul:
		c := i.Code
		p, q := i.Args[0], i.Args[1]
		u, ok1 := b.exactly(p, steps-1)
		v, ok2 := b.exactly(q, steps-1)
		if !ok1 || !ok2 || c == Mul && !b.isNumber(u) && !b.isNumber(v) {
			return 0, false
		}
		y = b.Emit(c, u, v)
	default:
		bits, ok := b.constant(x)
		if !ok {
			return 0, false
		}
		return b.Int(Index, signed(t, bits[0])), t != dtype.Uint64
	}
	r, limits := b.known[y], dtype.IInfo(t)
	return y, r.known() && r.lo >= limits.Min && (r.hi < 0 || uint64(r.hi) <= limits.Max)
}

// isNumber reports whether x is a constant.
func (b *Builder) isNumber(x Val) bool {
	_, ok := b.constant(x)
	return ok
}
