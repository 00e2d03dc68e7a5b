package gen

import (
	"math"

	"gojax/internal/asm/amd64"
	"gojax/internal/kir"
)

// floatOps are codes that one vector instruction does: on f32, on f64.
var floatOps = map[kir.Code][2]amd64.Op{
	kir.Add: {amd64.VADDPS, amd64.VADDPD}, kir.Sub: {amd64.VSUBPS, amd64.VSUBPD},
	kir.Mul: {amd64.VMULPS, amd64.VMULPD}, kir.Div: {amd64.VDIVPS, amd64.VDIVPD},
	kir.Sqrt: {amd64.VSQRTPS, amd64.VSQRTPD},
}

// Predicates of VCMPPS.
const (
	isEq, isLt, isLe, isNe, isOrd = 0, 0x11, 0x12, 4, 7
	isUnord, isLessOrMore         = 3, 0xC
)

var floatTests = map[kir.Code]int{kir.Eq: isEq, kir.Ne: isNe, kir.Lt: isLt, kir.Le: isLe}

// Rounding, without the inexact exception.
const (
	toEven, down, up, chop = 8, 9, 10, 11
)

func floatCode(c kir.Code) bool {
	switch c {
	case kir.Neg, kir.Sign, kir.Abs, kir.Floor, kir.Ceil, kir.RoundAway, kir.RoundEven, kir.IsFinite, kir.Sqrt,
		kir.Square, kir.Add, kir.Sub, kir.Mul, kir.Div, kir.Max, kir.Min, kir.Fma,
		kir.Eq, kir.Ne, kir.Lt, kir.Le, kir.Gt, kir.Ge, kir.Real, kir.Conj:
		return true
	}
	return false
}

// at returns the instruction for elements of 4 or 8 bytes.
func at(ops [2]amd64.Op, size int) amd64.Op { return ops[size/8] }

func pick(size int, single, double amd64.Op) amd64.Op {
	if size == 4 {
		return single
	}
	return double
}

// number is a floating-point constant.
func (g *gen) number(size int, x float64) vreg {
	if size == 4 {
		return g.word(math.Float32bits(float32(x)))
	}
	return g.bits(math.Float64bits(x))
}

// sign is the constant that has only the sign bits.
func (g *gen) sign(size int) vreg { return g.of(size, 1<<(8*size-1)) }

func (g *gen) fcmp(size, predicate int, x, y vreg) vreg {
	return g.cmp(pick(size, amd64.VCMPPS, amd64.VCMPPD), predicate, size, x, y)
}

func (g *gen) round(size, how int, x vreg) vreg {
	if g.wide {
		return g.opImm(pick(size, amd64.VRNDSCALEPS, amd64.VRNDSCALEPD), how, x)
	}
	return g.opImm(pick(size, amd64.VROUNDPS, amd64.VROUNDPD), how, x)
}

// float lowers an instruction on numbers of a size.
func (g *gen) float(c kir.Code, size int, x [3]vreg) vreg {
	switch c {
	case kir.Neg:
		return g.xor(x[0], g.sign(size))
	case kir.Abs:
		return g.andNot(g.sign(size), x[0])
	case kir.Real, kir.Conj:
		return x[0]
	case kir.Sign:
		return g.signum(size, x[0])
	case kir.Floor:
		return g.round(size, down, x[0])
	case kir.Ceil:
		return g.round(size, up, x[0])
	case kir.RoundEven:
		return g.round(size, toEven, x[0])
	case kir.RoundAway:
		return g.roundAway(size, x[0])
	case kir.IsFinite:
		return g.fcmp(size, isLt, g.andNot(g.sign(size), x[0]), g.number(size, math.Inf(1)))
	case kir.Square:
		return g.op(at(floatOps[kir.Mul], size), x[0], x[0])
	case kir.Sqrt:
		return g.op(at(floatOps[c], size), x[0])
	case kir.Max:
		s := g.sign(size)
		return g.xor(g.least(size, g.xor(x[0], s), g.xor(x[1], s)), s)
	case kir.Min:
		return g.least(size, x[0], x[1])
	case kir.Fma:
		return g.fma(size, false, false, x)
	case kir.Raise:
		return g.raise(x)
	case kir.Gt:
		return g.fcmp(size, isLt, x[1], x[0])
	case kir.Ge:
		return g.fcmp(size, isLe, x[1], x[0])
	case kir.Eq, kir.Ne, kir.Lt, kir.Le:
		return g.fcmp(size, floatTests[c], x[0], x[1])
	}
	return g.op(at(floatOps[c], size), x[0], x[1])
}

// raise lowers kir.Raise.
func (g *gen) raise(x [3]vreg) vreg {
	q, n, t := x[0], x[1], x[2]
	if g.wide {
		s := g.entry(kir.EighthRoot, t)
		return g.op(amd64.VSCALEFPS, g.fma(4, false, false, [3]vreg{s, q, s}), n)
	}
	last := g.and(g.opImm(amd64.VPSLLD, 19, t), g.word(0xff800000))
	s := g.add(4, g.entry(kir.Eighth, t), g.opImm(amd64.VPSLLD, 20, t))
	s = g.sub(4, s, last)
	return g.op(amd64.VMULPS, g.fma(4, false, false, [3]vreg{s, q, s}), last)
}

// fma is ±x·y ± z.
func (g *gen) fma(size int, minusProduct, minusAddend bool, x [3]vreg) vreg {
	i := ins{form: fma, dst: g.temp(), src: x, n: 3, size: size}
	if minusProduct {
		i.imm |= 1
	}
	if minusAddend {
		i.imm |= 2
	}
	return g.put(i)
}

// fmaOps are the instructions by signs, size, and whether the addend is overwritten.
var fmaOps = [4][2][2]amd64.Op{
	{{amd64.VFMADD213PS, amd64.VFMADD231PS}, {amd64.VFMADD213PD, amd64.VFMADD231PD}},
	{{amd64.VFNMADD213PS, amd64.VFNMADD231PS}, {amd64.VFNMADD213PD, amd64.VFNMADD231PD}},
	{{amd64.VFMSUB213PS, amd64.VFMSUB231PS}, {amd64.VFMSUB213PD, amd64.VFMSUB231PD}},
	{{amd64.VFNMSUB213PS, amd64.VFNMSUB231PS}, {amd64.VFNMSUB213PD, amd64.VFNMSUB231PD}},
}

// least is what Go's compiler makes of min: NaN if either is, -0 below 0.
func (g *gen) least(size int, x, y vreg) vreg {
	o := pick(size, amd64.VMINPS, amd64.VMINPD)
	m := g.op(o, x, y)
	return g.or(g.op(o, m, x), m)
}

func (g *gen) signum(size int, x vreg) vreg {
	one := g.number(size, 1)
	positive := g.fcmp(size, isLt, g.zero(), x)
	negative := g.fcmp(size, isLt, x, g.zero())
	// ±1 has the sign of x wherever x is not zero or NaN.
	return g.sel(g.or(positive, negative), g.or(g.and(x, g.sign(size)), one), x)
}

func (g *gen) roundAway(size int, x vreg) vreg {
	t := g.round(size, chop, x)
	s := g.and(x, g.sign(size))
	rest := g.andNot(g.sign(size), g.op(pick(size, amd64.VSUBPS, amd64.VSUBPD), x, t))
	far := g.fcmp(size, isLe, g.number(size, 0.5), rest)
	one := g.and(far, g.number(size, 1))
	return g.or(g.op(at(floatOps[kir.Add], size), t, g.or(one, s)), s)
}
