package scan

import (
	"encoding/binary"

	. "gojax/internal/asm/amd64"
)

// wides is how many vectors of AVX-512, of two eights each, are accumulated side by side.
const wides = 4

// Registers of wide beside those of rowKernel, whose lower halves mean the same there and
// here: the i-th vector is in Z(16+i), with Z(i) and Z(4+i) for use, and Z8.
const (
	halves = Z12 // the index, for the last four lanes of an eight, of what comes before them
	final  = Z20 // the index of the last lane, that of the second eight
)

var upper, second = K1, K2 // the last four lanes of eights, and the second eight

// isWide reports whether elements are accumulated in vectors of AVX-512: those that are no
// encoded floats.
func (k *rowKernel) isWide() bool { return k.avx512 && k.size == 4 && k.nan == 0 && !k.totals }

// prepareWide loads the constants of wide.
func (k *rowKernel) prepareWide() {
	a := k.Asm
	index := func(r Reg, of func(lane int) int) {
		b := make([]byte, 64)
		for i := range 16 {
			binary.LittleEndian.PutUint32(b[4*i:], uint32(of(i)))
		}
		a.Op(VMOVUPS, r, a.Const(b))
	}
	index(halves, func(i int) int { return i&8 + 3 })
	index(lasts.Z(), func(int) int { return 7 })
	index(final, func(int) int { return 15 })
	index(turned.Z(), func(i int) int { return 15 - i }) // 7 to 0, where there are 8 lanes
	for _, c := range []struct {
		r    Reg
		bits uint64
	}{{identity.Z(), k.form.identity}, {ones.Z(), 0x3f800000}} {
		a.Op(VBROADCASTSS, c.r, k.splat(a, c.bits))
	}
	for _, m := range []struct {
		r     Reg
		lanes int
	}{{upper, 0xf0f0}, {second, 0xff00}} {
		a.Op(MOV, EAX, Imm(m.lanes))
		a.Op(KMOVW, m.r, EAX)
	}
}

// wide is fours in vectors of AVX-512: the same steps, two eights at a time.
func (k *rowKernel) wide() {
	a, carry, before, identity := k.Asm, carry.Z(), before.Z(), identity.Z()
	each := func(f func(i int, r, t, u Reg)) {
		for i := range wides {
			f(i, Z(16+i), Z(i), Z(wides+i))
		}
	}
	place := func(base Reg, i int) Mem {
		if k.reverse {
			return Ptr(base, int32(k.bytes((2*i+1)*eight))) // where the second eight begins
		}
		return Ptr(base, int32(k.bytes(2*i*eight)))
	}
	each(func(i int, r, _, _ Reg) {
		if k.reverse {
			a.Op(VPERMPS, r, turned.Z(), place(RSI, i))
		} else {
			a.Op(VMOVUPS, r, place(RSI, i))
		}
	})
	each(func(_ int, r, t, _ Reg) { a.Op(VPALIGNR, t, r, identity, Imm(12)) })
	each(func(_ int, r, t, _ Reg) { k.combine(r, t) })
	each(func(_ int, r, t, _ Reg) { a.Op(VPALIGNR, t, r, identity, Imm(8)) })
	each(func(_ int, r, t, _ Reg) { a.Op(k.op, r, t, r) })
	each(func(_ int, r, t, _ Reg) { a.Op(VPERMPS, t, halves, r) })
	each(func(_ int, r, t, _ Reg) { a.Op(k.op, r.Mask(upper), t, r) })
	each(func(_ int, r, t, u Reg) {
		a.Op(VPERMPS, t, lasts.Z(), r)
		a.Op(VPERMPS, u, final, r)
	})
	each(func(_ int, _, t, u Reg) {
		a.Op(k.op, Z8, carry, t)
		a.Op(VBLENDMPS, t.Mask(second), carry, Z8)
		a.Op(k.op, carry, Z8, u)
	})
	each(func(_ int, r, t, _ Reg) { k.combine(r, t) })
	each(func(_ int, r, _, _ Reg) { a.Op(k.op, r, before, r) })
	each(func(i int, r, _, _ Reg) {
		if k.reverse {
			a.Op(VPERMPS, r, turned.Z(), r)
		}
		a.Op(VMOVUPS, place(RCX, i), r)
	})
}
