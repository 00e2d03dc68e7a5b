package gen

import (
	"gojax/internal/asm/amd64"
	"gojax/internal/dtype"
	"gojax/internal/kir"
)

func boolCode(c kir.Code) bool {
	switch c {
	case kir.Not, kir.Add, kir.Mul, kir.Max, kir.Min, kir.And, kir.Or, kir.Xor, kir.Eq, kir.Ne, kir.Lt, kir.Le, kir.Gt, kir.Ge:
		return true
	}
	return false
}

// boolean lowers an instruction on masks.
func (g *gen) boolean(c kir.Code, x, y vreg) vreg {
	switch c {
	case kir.Not:
		return g.not(x)
	case kir.Add, kir.Max, kir.Or:
		return g.or(x, y)
	case kir.Mul, kir.Min, kir.And:
		return g.and(x, y)
	case kir.Xor, kir.Ne:
		return g.xor(x, y)
	case kir.Eq:
		return g.not(g.xor(x, y))
	case kir.Lt:
		return g.andNot(x, y)
	case kir.Gt:
		return g.andNot(y, x)
	case kir.Le:
		return g.or(g.not(x), y)
	}
	return g.or(g.not(y), x) // Ge
}

func integerCode(c kir.Code, t dtype.Type) bool {
	switch c {
	case kir.Neg, kir.Sign, kir.Abs, kir.Square, kir.Not, kir.Add, kir.Sub, kir.Mul, kir.Max, kir.Min, kir.Fma,
		kir.And, kir.Or, kir.Xor, kir.ShiftLeft, kir.ShiftRightLogical,
		kir.Eq, kir.Ne, kir.Lt, kir.Le, kir.Gt, kir.Ge:
		return true
	case kir.ShiftRightArithmetic:
		return t.Size() == 4
	}
	return false
}

// integer lowers an instruction on integers of a type.
func (g *gen) integer(c kir.Code, t dtype.Type, x [3]vreg) vreg {
	size := t.Size()
	switch c {
	case kir.Neg:
		return g.sub(size, g.zero(), x[0])
	case kir.Not:
		return g.not(x[0])
	case kir.Abs:
		if t.IsUnsigned() {
			return x[0]
		}
		m := g.greater(size, g.zero(), x[0])
		return g.sub(size, g.xor(x[0], m), m)
	case kir.Sign:
		if t.IsUnsigned() {
			return g.add(size, g.equal(size, x[0], g.zero()), g.of(size, 1))
		}
		return g.sub(size, g.greater(size, g.zero(), x[0]), g.greater(size, x[0], g.zero()))
	case kir.Square:
		return g.mul(size, x[0], x[0])
	case kir.Add:
		return g.add(size, x[0], x[1])
	case kir.Sub:
		return g.sub(size, x[0], x[1])
	case kir.Mul:
		return g.mul(size, x[0], x[1])
	case kir.Fma:
		return g.add(size, g.mul(size, x[0], x[1]), x[2])
	case kir.And:
		return g.and(x[0], x[1])
	case kir.Or:
		return g.or(x[0], x[1])
	case kir.Xor:
		return g.xor(x[0], x[1])
	case kir.ShiftLeft:
		return g.op(pick(size, amd64.VPSLLVD, amd64.VPSLLVQ), x[0], x[1])
	case kir.ShiftRightLogical:
		return g.op(pick(size, amd64.VPSRLVD, amd64.VPSRLVQ), x[0], x[1])
	case kir.ShiftRightArithmetic:
		return g.op(amd64.VPSRAVD, x[0], x[1])
	case kir.Max:
		return g.sel(g.order(t, x[0], x[1]), x[0], x[1])
	case kir.Min:
		return g.sel(g.order(t, x[0], x[1]), x[1], x[0])
	case kir.Eq:
		return g.equal(size, x[0], x[1])
	case kir.Ne:
		return g.not(g.equal(size, x[0], x[1]))
	case kir.Gt:
		return g.order(t, x[0], x[1])
	case kir.Lt:
		return g.order(t, x[1], x[0])
	case kir.Le:
		return g.not(g.order(t, x[0], x[1]))
	}
	return g.not(g.order(t, x[1], x[0])) // Ge
}

func (g *gen) add(size int, x, y vreg) vreg {
	return g.op(pick(size, amd64.VPADDD, amd64.VPADDQ), x, y)
}
func (g *gen) sub(size int, x, y vreg) vreg {
	return g.op(pick(size, amd64.VPSUBD, amd64.VPSUBQ), x, y)
}

func (g *gen) equal(size int, x, y vreg) vreg {
	return g.cmp(pick(size, amd64.VPCMPEQD, amd64.VPCMPEQQ), -1, size, x, y)
}

// greater compares signed integers.
func (g *gen) greater(size int, x, y vreg) vreg {
	return g.cmp(pick(size, amd64.VPCMPGTD, amd64.VPCMPGTQ), -1, size, x, y)
}

// order is x > y.
func (g *gen) order(t dtype.Type, x, y vreg) vreg {
	if t.IsUnsigned() {
		s := g.sign(t.Size())
		x, y = g.xor(x, s), g.xor(y, s)
	}
	return g.greater(t.Size(), x, y)
}

func (g *gen) mul(size int, x, y vreg) vreg {
	switch {
	case size == 4:
		return g.op(amd64.VPMULLD, x, y)
	case g.wide:
		return g.op(amd64.VPMULLQ, x, y)
	}
	high := func(x vreg) vreg { return g.opImm(amd64.VPSRLQ, 32, x) }
	cross := g.add(8, g.op(amd64.VPMULUDQ, high(x), y), g.op(amd64.VPMULUDQ, x, high(y)))
	return g.add(8, g.op(amd64.VPMULUDQ, x, y), g.opImm(amd64.VPSLLQ, 32, cross))
}

// threefry lowers kir.Threefry: 20 rounds on words.
func (l *lane) threefry(v kir.Val, args []kir.Val) {
	g := l.g
	k0, k1, x, y := l.word(args[0]), l.word(args[1]), l.word(args[2]), l.word(args[3])
	rotations := [2][4]int{{13, 15, 26, 6}, {17, 29, 16, 24}}
	ks := [3]vreg{k0, k1, g.xor(g.xor(k0, k1), g.word(0x1bd11bda))}
	x, y = g.add(4, x, k0), g.add(4, y, k1)
	for i := range 5 {
		for _, r := range rotations[i%2] {
			x = g.add(4, x, y)
			y = g.xor(g.or(g.opImm(amd64.VPSLLD, r, y), g.opImm(amd64.VPSRLD, 32-r, y)), x)
		}
		x = g.add(4, x, ks[(i+1)%3])
		y = g.add(4, g.add(4, y, ks[(i+2)%3]), g.word(uint32(i+1)))
	}
	high, low := g.widen(amd64.VPMOVZXDQ, x), g.widen(amd64.VPMOVZXDQ, y)
	var out [2]vreg
	for p := range out {
		out[p] = g.or(g.opImm(amd64.VPSLLQ, 32, high[p]), low[p])
	}
	l.setHalves(v, out)
}
