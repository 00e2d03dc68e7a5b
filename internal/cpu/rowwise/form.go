package rowwise

import (
	. "gojax/internal/asm/amd64"
	"gojax/internal/dtype"
	"gojax/internal/kir"
)

// A form is an operation on elements of a type in machine code.
type form struct {
	size int // bytes of an element
	step int // bytes of the largest part
	// prepare sets registers from X8 on, which combine may use; it may be nil.
	prepare func(a *Asm)
	// combine sets register 0 to what becomes of the elements of register 0 by those of
	// register 1, as far as so many bytes; it may change registers 0 to 7. Nil replaces them.
	combine func(a *Asm, bytes int)
}

// vec is vector register r as far as so many bytes.
func vec(bytes, r int) Reg {
	if bytes == 32 {
		return Y(r)
	}
	return X(r)
}

func formOf(t dtype.Type, by kir.Code) (*form, bool) {
	f := &form{size: t.Size(), step: 32}
	if by == kir.NoCode {
		return f, true
	}
	switch {
	case t == dtype.Bool:
		f.combine = simple(map[kir.Code]Op{kir.Add: VPOR, kir.Max: VPOR, kir.Or: VPOR,
			kir.Mul: VPAND, kir.Min: VPAND, kir.And: VPAND}[by])
	case t.IsInt():
		f.combine = f.integers(t, by)
	case t == dtype.Float16 || t == dtype.BFloat16:
		f.halves(t, by)
	default:
		f.combine = floats(t, by)
	}
	return f, f.combine != nil
}

// simple returns the combination by one instruction, nil without it.
func simple(op Op) func(a *Asm, bytes int) {
	if op == 0 {
		return nil
	}
	return func(a *Asm, bytes int) { a.Op(op, vec(bytes, 0), vec(bytes, 0), vec(bytes, 1)) }
}

// Instructions on integers, by the logarithm of their size.
var (
	sums          = [...]Op{VPADDB, VPADDW, VPADDD, VPADDQ}
	products      = [...]Op{1: VPMULLW, 2: VPMULLD, 3: 0}
	least         = [...]Op{VPMINSB, VPMINSW, VPMINSD, 0}
	largest       = [...]Op{VPMAXSB, VPMAXSW, VPMAXSD, 0}
	leastUnsigned = [...]Op{VPMINUB, VPMINUW, VPMINUD, 0}
	mostUnsigned  = [...]Op{VPMAXUB, VPMAXUW, VPMAXUD, 0}
	logarithm     = [...]int{1: 0, 2: 1, 4: 2, 8: 3}
)

func (f *form) integers(t dtype.Type, by kir.Code) func(a *Asm, bytes int) {
	k := logarithm[t.Size()]
	switch {
	case by == kir.Add:
		return simple(sums[k])
	case by == kir.Mul && k == 3:
		return product64
	case by == kir.Mul:
		return simple(products[k])
	case by != kir.Min && by != kir.Max:
		return nil
	case k == 3:
		return f.extreme64(t.IsSigned(), by == kir.Max)
	case t.IsSigned() && by == kir.Min:
		return simple(least[k])
	case t.IsSigned():
		return simple(largest[k])
	case by == kir.Min:
		return simple(leastUnsigned[k])
	}
	return simple(mostUnsigned[k])
}

// product64 multiplies integers of 64 bits: that of their lower halves, and those of one's lower
// and the other's upper one, of which the lower half counts.
func product64(a *Asm, bytes int) {
	v := func(r int) Reg { return vec(bytes, r) }
	a.Op(VPSRLQ, v(2), v(0), Imm(32))
	a.Op(VPMULUDQ, v(2), v(2), v(1))
	a.Op(VPSRLQ, v(3), v(1), Imm(32))
	a.Op(VPMULUDQ, v(3), v(3), v(0))
	a.Op(VPADDQ, v(2), v(2), v(3))
	a.Op(VPSLLQ, v(2), v(2), Imm(32))
	a.Op(VPMULUDQ, v(0), v(0), v(1))
	a.Op(VPADDQ, v(0), v(0), v(2))
}

// extreme64 is the larger or the smaller of integers of 64 bits, which are compared as signed
// ones: unsigned ones with their first bit changed.
func (f *form) extreme64(signed, larger bool) func(a *Asm, bytes int) {
	if !signed {
		f.prepare = func(a *Asm) { a.Op(VMOVDQU, Y8, a.Splat64(1<<63, 32)) }
	}
	return func(a *Asm, bytes int) {
		v := func(r int) Reg { return vec(bytes, r) }
		x, u := v(0), v(1)
		if !signed {
			x, u = v(2), v(3)
			a.Op(VPXOR, x, v(0), v(8))
			a.Op(VPXOR, u, v(1), v(8))
		}
		if larger {
			a.Op(VPCMPGTQ, v(4), u, x)
		} else {
			a.Op(VPCMPGTQ, v(4), x, u)
		}
		a.Op(VBLENDVPD, v(0), v(0), v(1), v(4))
	}
}

// floats are the combinations of floats and, part by part, the sum of complex numbers.
func floats(t dtype.Type, by kir.Code) func(a *Asm, bytes int) {
	single := t == dtype.Float32 || t == dtype.Complex64
	pick := func(s, d Op) Op {
		if single {
			return s
		}
		return d
	}
	switch {
	case by == kir.Add:
		return simple(pick(VADDPS, VADDPD))
	case t.IsComplex():
		return nil
	case by == kir.Mul:
		return simple(pick(VMULPS, VMULPD))
	case by == kir.Min:
		return extreme(pick(VMINPS, VMINPD), pick(VCMPPS, VCMPPD), VPOR)
	case by == kir.Max:
		return extreme(pick(VMAXPS, VMAXPD), pick(VCMPPS, VCMPPD), VPAND)
	}
	return nil
}

// extreme combines by op, which takes the second of two zeros, and of what it cannot compare: so
// it is made both ways round, and join has the sign of both. NaN comes of NaN.
func extreme(op, compare, join Op) func(a *Asm, bytes int) {
	return func(a *Asm, bytes int) {
		v := func(r int) Reg { return vec(bytes, r) }
		a.Op(op, v(2), v(0), v(1))
		a.Op(op, v(3), v(1), v(0))
		a.Op(compare, v(4), v(0), v(1), Imm(3)) // unordered
		a.Op(join, v(0), v(2), v(3))
		a.Op(VPOR, v(0), v(0), v(4))
	}
}

// halves makes the combination of float32 that of halves, rounded after each.
func (f *form) halves(t dtype.Type, by kir.Code) {
	combine := floats(dtype.Float32, by)
	if combine == nil {
		return
	}
	f.step = 16
	if t == dtype.Float16 {
		f.combine = func(a *Asm, _ int) {
			a.Op(VCVTPH2PS, Y0, X0)
			a.Op(VCVTPH2PS, Y1, X1)
			combine(a, 32)
			a.Op(VCVTPS2PH, X0, Y0, Imm(0))
		}
		return
	}
	f.prepare = func(a *Asm) {
		a.Op(VMOVDQU, Y8, a.Splat32(1, 32))
		a.Op(VMOVDQU, Y9, a.Splat32(0x7fff, 32))
		a.Op(VMOVDQU, Y10, a.Splat32(1<<22, 32))
	}
	f.combine = func(a *Asm, _ int) {
		for _, r := range []int{0, 1} {
			a.Op(VPMOVZXWD, Y(r), X(r))
			a.Op(VPSLLD, Y(r), Y(r), Imm(16))
		}
		combine(a, 32)
		roundBFloat16(a)
	}
}

// roundBFloat16 rounds the float32 of register 0: it adds what carries if what goes is more than
// a half, or a half where the result would be odd. A NaN becomes quiet.
func roundBFloat16(a *Asm) {
	a.Op(VPSRLD, Y2, Y0, Imm(16))
	a.Op(VPAND, Y2, Y2, Y8)
	a.Op(VPADDD, Y2, Y2, Y9)
	a.Op(VPADDD, Y2, Y2, Y0)
	a.Op(VPOR, Y3, Y0, Y10)
	a.Op(VCMPPS, Y4, Y0, Y0, Imm(3)) // unordered
	a.Op(VBLENDVPS, Y2, Y2, Y3, Y4)
	a.Op(VPSRLD, Y0, Y2, Imm(16))
	a.Op(VEXTRACTI128, X1, Y0, Imm(1))
	a.Op(VPACKUSDW, X0, X0, X1)
}
