package macro

import (
	"gojax/internal/dtype"
	"gojax/internal/kir"
)

// integerExpander returns the expander of an instruction on integers.
func integerExpander(c kir.Code, t dtype.Type) expander {
	switch c {
	case kir.Square:
		return func(b *kir.Builder, x []val) val { return b.Emit(kir.Mul, x[0], x[0]) }
	case kir.Sign:
		return signInt
	case kir.Pow:
		return powInt
	case kir.PopulationCount:
		return countOf(lanes.ones)
	case kir.Clz:
		return countOf(lanes.leadingZeros)
	case kir.Threefry:
		return threefry
	}
	return nil
}

func signInt(b *kir.Builder, x []val) val {
	t := b.Type(x[0])
	zero, one := b.Int(t, 0), b.Int(t, 1)
	below := zero
	if t.IsSigned() {
		below = b.Emit(kir.Select, b.Emit(kir.Lt, x[0], zero), b.Int(t, -1), zero)
	}
	return b.Emit(kir.Select, b.Emit(kir.Gt, x[0], zero), one, below)
}

// wordLanes is for the bits of integers of a type.
func wordLanes(b *kir.Builder, t dtype.Type) lanes {
	f := &format{width: t.Bits()}
	switch t.Size() {
	case 1:
		f.bits = dtype.Uint8
	case 2:
		f.bits = dtype.Uint16
	case 4:
		f.bits = dtype.Uint32
	default:
		f.bits = dtype.Uint64
	}
	return lanes{b, f}
}

// countOf applies f to the bits of an integer.
func countOf(f func(l lanes, x val) val) expander {
	return func(b *kir.Builder, args []val) val {
		t := b.Type(args[0])
		l := wordLanes(b, t)
		return b.Bitcast(t, f(l, l.toBits(args[0])))
	}
}

// ones counts bits: in pairs, in fours, in bytes, and then those together.
func (l lanes) ones(x val) val {
	m1, m2, m4 := l.word(0x5555555555555555), l.word(0x3333333333333333), l.word(0x0f0f0f0f0f0f0f0f)
	x = l.sub(x, l.and(l.shr(x, 1), m1))
	x = l.add(l.and(x, m2), l.and(l.shr(x, 2), m2))
	x = l.and(l.add(x, l.shr(x, 4)), m4)
	for n := 8; n < l.width; n *= 2 {
		x = l.add(x, l.shr(x, n))
	}
	if l.width == 8 {
		return x
	}
	return l.and(x, l.word(0x7f))
}

// leadingZeros sets all bits below the highest one, and counts the others.
func (l lanes) leadingZeros(x val) val {
	for n := 1; n < l.width; n *= 2 {
		x = l.or(x, l.shr(x, n))
	}
	return l.ones(l.not(x))
}

// powInt multiplies x^(2^k) for those of the low six bits of n that are set; 0 to any
// other power than 0 is 0. It computes with bits, for which products are the same.
func powInt(b *kir.Builder, args []val) val {
	t := b.Type(args[0])
	l := wordLanes(b, t)
	x, n := l.toBits(args[0]), l.toBits(args[1])
	zero, one := l.word(0), l.word(1)
	void := l.and(l.eq(x, zero), l.ne(n, zero))
	y := one
	for k := range 6 {
		set := l.ne(l.and(n, l.word(1<<k)), zero)
		y = l.sel(set, l.mul(y, x), y)
		x = l.mul(x, x)
	}
	return b.Bitcast(t, l.sel(void, zero, y))
}

// threefry is Threefry-2x32 of 20 rounds.
func threefry(b *kir.Builder, args []val) val {
	l := lanes{b, &single}
	k := [3]val{args[0], args[1], l.xor(l.xor(args[0], args[1]), l.word(0x1bd11bda))}
	x, y := l.add(args[2], k[0]), l.add(args[3], k[1])
	rotations := [2][4]int{{13, 15, 26, 6}, {17, 29, 16, 24}}
	for i := range 5 {
		for _, r := range rotations[i%2] {
			x = l.add(x, y)
			y = l.xor(l.or(l.shl(y, r), l.shr(y, 32-r)), x)
		}
		x = l.add(x, k[(i+1)%3])
		y = l.add(l.add(y, k[(i+2)%3]), l.word(int64(i+1)))
	}
	hi, lo := b.Convert(dtype.Uint64, x), b.Convert(dtype.Uint64, y)
	return b.Emit(kir.Or, b.Emit(kir.ShiftLeft, hi, b.Int(dtype.Uint64, 32)), lo)
}
