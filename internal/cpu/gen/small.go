package gen

import (
	"math"

	"gojax/internal/asm/amd64"
	"gojax/internal/dtype"
	"gojax/internal/kir"
)

// Elements of one and two bytes are computed with in words. An integer is one of 32 bits
// with the same value; a half is the f32 with the same value, and what computes one rounds
// it. They become that when somebody needs it: of sums and products the low bits depend on
// low bits alone, and a store takes no other. Such is the raw form of a value:
//
//	integers  words whose low bits are right
//	bf16      f32 whose high 16 bits are right
//	f16       the elements themselves, in half a vector

// small reports whether elements of a type are narrower than lanes, truth values aside.
func small(t dtype.Type) bool { return t.Size() < 4 && t != dtype.Bool }

// wordType is the type that lanes compute elements of a type in.
func wordType(t dtype.Type) dtype.Type {
	switch {
	case t.IsHalf():
		return dtype.Float32
	case small(t):
		return dtype.Int32
	}
	return t
}

// raw returns the vector of a small value in its raw form.
func (l *lane) raw(v kir.Val) vreg {
	p := l.of(v)
	if p.raw == none {
		p.raw = p.word
		if l.g.typ(v) == dtype.Float16 {
			p.raw = l.g.toF16(p.word)
		}
	}
	return p.raw
}

// fromRaw makes words of the raw form.
func (g *gen) fromRaw(t dtype.Type, x vreg) vreg {
	switch {
	case t == dtype.BFloat16:
		return g.and(x, g.word(0xffff0000))
	case t == dtype.Float16:
		return g.fromF16(x)
	case t.IsUnsigned():
		return g.unsigned(t, x)
	}
	return g.signed(t, x)
}

// unsigned makes words of their low bits, as many as t has; signed does with the sign.
func (g *gen) unsigned(t dtype.Type, x vreg) vreg { return g.and(x, g.word(1<<t.Bits()-1)) }
func (g *gen) signed(t dtype.Type, x vreg) vreg {
	return g.opImm(amd64.VPSRAD, 32-t.Bits(), g.opImm(amd64.VPSLLD, 32-t.Bits(), x))
}

func (l *lane) setRaw(v kir.Val, x vreg) {
	l.vals[v] = l.g.newParts()
	l.vals[v].raw = x
}

func (g *gen) toF16(x vreg) vreg {
	return g.sized(amd64.VCVTPS2PH, 0, [4]uint8{uint8(g.w / 2)}, x)
}

func (g *gen) fromF16(x vreg) vreg {
	return g.sized(amd64.VCVTPH2PS, -1, [4]uint8{0, uint8(g.w / 2)}, x)
}

// pack16 puts the low halves of words into half a vector.
func (g *gen) pack16(x vreg) vreg {
	if g.wide {
		return g.sized(amd64.VPMOVDW, -1, [4]uint8{uint8(g.w / 2)}, x)
	}
	all := make([]byte, g.w)
	for i := range all {
		all[i] = 0x80
		if i%16 < 8 {
			all[i] = byte(i%16/2*4&15 + i%2)
		}
	}
	return g.opImm(amd64.VPERMQ, 0x08, g.op(amd64.VPSHUFB, x, g.pooled(all)))
}

// pack8 puts the low bytes of words into a quarter of a vector of 32 bytes.
func (g *gen) pack8(x vreg) vreg {
	all := make([]byte, g.w)
	for i := range all {
		all[i] = 0x80
		if i/16*4 == i%16/4*4 {
			all[i] = byte(i % 4 * 4)
		}
	}
	y := g.op(amd64.VPSHUFB, x, g.pooled(all))
	w := uint8(16)
	return g.sized(amd64.VPOR, -1, [4]uint8{w, w, w}, y, g.upper(y))
}

// constant sets the forms of a small constant.
func (l *lane) constant(p *parts, t dtype.Type, bits uint64) {
	p.word = l.g.word(wordBits(t, bits))
	p.raw = p.word
	if t == dtype.Float16 {
		p.raw = l.g.bits(bits & 0xffff * 0x0001_0001_0001_0001)
	}
}

// wordBits is the word that an element of fewer bits is in lanes.
func wordBits(t dtype.Type, bits uint64) uint32 {
	up := 32 - t.Bits()
	b := uint32(bits) << up
	switch {
	case t == dtype.BFloat16:
		return b
	case t == dtype.Float16:
		return math.Float32bits(dtype.F16ToF32(uint16(bits)))
	case t.IsUnsigned():
		return b >> up
	}
	return uint32(int32(b) >> up) // of true: ones
}

// elements reads what is narrower than words from an input, or from an output if back is
// set: as words, and in the raw form.
func (l *lane) elements(x int, back bool, t dtype.Type) (word, raw vreg) {
	g := l.g
	in := func(o amd64.Op) vreg {
		return g.put(ins{form: extend, op: o, dst: g.temp(), x: x, back: back, off: int32(l.n * g.lanes * t.Size()), size: t.Size(), part: l.part})
	}
	return g.elementsOf(t, in)
}

// elementsOf makes narrow elements that in loads by an instruction words, and the raw form.
func (g *gen) elementsOf(t dtype.Type, in func(o amd64.Op) vreg) (word, raw vreg) {
	switch t {
	case dtype.BFloat16:
		word = g.opImm(amd64.VPSLLD, 16, in(amd64.VPMOVZXWD))
	case dtype.Float16: // what is not wanted is dropped
		return in(amd64.VCVTPH2PS), in(amd64.VMOVUPS)
	case dtype.Bool:
		word = g.sub(4, g.zero(), in(amd64.VPMOVZXBD))
	default:
		word = in(extension(t))
	}
	return word, word
}

// extension is the instruction that makes words of integers of one or two bytes.
func extension(t dtype.Type) amd64.Op {
	switch t {
	case dtype.Int8:
		return amd64.VPMOVSXBD
	case dtype.Uint8:
		return amd64.VPMOVZXBD
	case dtype.Int16:
		return amd64.VPMOVSXWD
	}
	return amd64.VPMOVZXWD
}

// storeSmall puts a raw value, or words of 0 and 1, to output n.
func (l *lane) storeSmall(n int, t dtype.Type, x vreg) {
	g := l.g
	size := t.Size()
	i := ins{form: packed, op: amd64.VMOVUPS, dst: none, n: 1, imm: -1, x: n, off: int32(l.n * g.lanes * size), size: size, part: l.part}
	if t == dtype.BFloat16 {
		x = g.opImm(amd64.VPSRLD, 16, x)
	}
	switch {
	case t == dtype.Float16:
	case g.wide && size == 1:
		i.form, i.op = shrink, amd64.VPMOVDB
	case g.wide:
		i.form, i.op = shrink, amd64.VPMOVDW
	case size == 1:
		x, i.op = g.pack8(x), amd64.VMOVQ
	default:
		x = g.pack16(x)
	}
	i.src[0] = x
	g.put(i)
}

// roundBF16 makes the high halves of f32 those of the nearest bf16. Only where any is set
// may x be a NaN that no operation on bf16 makes: one whose low half is not 0, and which
// may not be quiet. To others nothing happens that would make a number of them.
func (g *gen) roundBF16(x vreg, any bool) vreg {
	odd := g.and(g.opImm(amd64.VPSRLD, 16, x), g.word(1))
	y := g.add(4, g.add(4, x, g.word(0x7fff)), odd)
	if any {
		y = g.sel(g.fcmp(4, isOrd, x, x), y, g.or(x, g.word(1<<22)))
	}
	return y
}

// setRounded makes v the half nearest to an f32.
func (l *lane) setRounded(v kir.Val, t dtype.Type, x vreg, any bool) {
	if t == dtype.BFloat16 {
		l.setRaw(v, l.g.roundBF16(x, any))
		return
	}
	l.setRaw(v, l.g.toF16(x))
}

// bitcast lowers Bitcast.
func (l *lane) bitcast(v, arg kir.Val, from, to dtype.Type) {
	g := l.g
	if !small(from) {
		l.set(v, l.vectors(arg))
		return
	}
	x := l.raw(arg)
	switch from {
	case dtype.BFloat16:
		x = g.opImm(amd64.VPSRLD, 16, x)
	case dtype.Float16:
		x = g.sized(amd64.VPMOVZXWD, -1, [4]uint8{0, uint8(g.w / 2)}, x)
	}
	switch to {
	case dtype.BFloat16:
		x = g.opImm(amd64.VPSLLD, 16, x)
	case dtype.Float16:
		x = g.pack16(x)
	}
	l.setRaw(v, x)
}

// half lowers an instruction on halves.
func (l *lane) half(v kir.Val, c kir.Code, t dtype.Type, args []kir.Val) {
	g := l.g
	var x [3]vreg
	for n, a := range args {
		x[n] = l.word(a)
	}
	y := g.float(c, 4, x)
	switch c {
	case kir.Add, kir.Sub, kir.Mul, kir.Div, kir.Sqrt, kir.Square, kir.Fma:
		l.setRounded(v, t, y, false)
	default:
		l.setWord(v, y)
	}
}

// smallInteger lowers an instruction on small integers.
func (l *lane) smallInteger(v kir.Val, c kir.Code, t dtype.Type, args []kir.Val) {
	g := l.g
	var x [3]vreg
	for n, a := range args {
		switch c {
		case kir.Neg, kir.Not, kir.Square, kir.Add, kir.Sub, kir.Mul, kir.Fma, kir.And, kir.Or, kir.Xor:
			x[n] = l.raw(a)
		default:
			x[n] = l.word(a)
		}
	}
	switch c {
	case kir.Mul, kir.Square:
		y := x[1]
		if c == kir.Square {
			y = x[0]
		}
		l.setRaw(v, g.op(amd64.VPMULLW, x[0], y))
	case kir.Fma:
		l.setRaw(v, g.add(4, g.op(amd64.VPMULLW, x[0], x[1]), x[2]))
	case kir.ShiftRightLogical:
		if t.IsSigned() {
			x[0] = g.unsigned(t, x[0])
		}
		l.setRaw(v, g.integer(c, dtype.Uint32, x))
	case kir.ShiftRightArithmetic:
		if t.IsUnsigned() {
			x[0] = g.signed(t, x[0])
		}
		l.setRaw(v, g.integer(c, dtype.Int32, x))
	case kir.Div, kir.Rem:
		l.setRaw(v, g.divideWords(c, t, x[0], l.divisor(args[1], x[1])))
	case kir.Clz:
		if t.IsSigned() {
			x[0] = g.unsigned(t, x[0])
		}
		l.setWord(v, g.sub(4, g.leadingZeros(x[0]), g.word(uint32(32-t.Bits()))))
	case kir.ShiftLeft:
		x[0] = l.raw(args[0])
		l.setRaw(v, g.integer(c, dtype.Int32, x))
	case kir.Abs:
		if t.IsUnsigned() {
			l.vals[v] = l.of(args[0])
			return
		}
		l.setRaw(v, g.op(amd64.VPABSD, x[0]))
	case kir.Neg, kir.Not, kir.Add, kir.Sub, kir.And, kir.Or, kir.Xor:
		l.setRaw(v, g.integer(c, dtype.Int32, x))
	default: // truth values, and what is as it should be
		l.setWord(v, g.integer(c, dtype.Int32, x))
	}
}

// fold lowers what combines accumulators that are words, in which integers need be right
// in the low bits only if no others count.
func (g *gen) fold(c kir.Code, t dtype.Type, x, y vreg) vreg {
	if !small(t) {
		return g.combine(c, t, x, y)
	}
	z := g.combine(c, wordType(t), x, y)
	switch {
	case !t.IsHalf() || c == kir.Max || c == kir.Min:
		return z
	case t == dtype.Float16:
		return g.fromF16(g.toF16(z))
	}
	return g.fromRaw(t, g.roundBF16(z, false))
}

// foldSmall lowers what combines with elements in memory.
func (l *lane) foldSmall(n int, t dtype.Type) {
	g := l.g
	o := g.Out[n]
	old, _ := l.elements(n, true, t)
	x := g.fold(o.Fold, t, old, l.word(o.Val))
	switch t {
	case dtype.Bool:
		x = g.and(x, g.word(1))
	case dtype.Float16:
		x = g.toF16(x)
	}
	l.storeSmall(n, t, x)
}
