package move

import (
	"unsafe"

	. "gojax/internal/asm/amd64"
	"gojax/internal/cpu/code"
)

// An ordering is the argument of the kernels that make unsigned integers in the order of numbers,
// or those numbers again.
type ordering struct {
	dst, src unsafe.Pointer
	vectors  int    // at least 1
	bits     uint64 // of integers, that are inverted
	odd      int    // set for floats: whether keys do not say which of equal floats they are of
}

// What an ordering is for.
const (
	fromFloats = iota
	toFloats
	fromInts // and to them
	orderings
)

// orderBytes is the size of their vectors at every level: they wait for memory.
const orderBytes = 32

// Order writes keys of floats of 4 or 8 bytes to dst: unsigned integers in their order, the same ones
// for both zeros, and for all NaN, which come last. It returns for how many of the n it has, from the first on:
// all but a few, or none at a level without kernels. odd reports whether there are other
// zeros than 0 among them, or NaN. dst may be src.
func (u *Sieve) Order(size int, dst, src unsafe.Pointer, n int) (done int, odd bool) {
	o := ordering{dst: dst, src: src}
	done = u.order(fromFloats, size, &o, n)
	return done, o.odd != 0
}

// Unorder writes the floats that have such keys, as Order does.
func (u *Sieve) Unorder(size int, dst, src unsafe.Pointer, n int) (done int) {
	return u.order(toFloats, size, &ordering{dst: dst, src: src}, n)
}

// Flip writes integers of 4 or 8 bytes with some bits inverted, as Order does.
func (u *Sieve) Flip(size int, dst, src unsafe.Pointer, n int, bits uint64) (done int) {
	return u.order(fromInts, size, &ordering{dst: dst, src: src, bits: bits}, n)
}

// order calls a kernel for whole vectors, and returns how many elements those have.
func (u *Sieve) order(kernel, size int, o *ordering, n int) int {
	o.vectors = n * size / orderBytes
	if !u.Deals(size) || o.vectors == 0 {
		return 0
	}
	code.Call(u.orders[size/8][kernel], unsafe.Pointer(o))
	return o.vectors * orderBytes / size
}

// emitOrder emits a kernel for elements of 4 or 8 bytes. Bits of floats are put into IEEE's total
// order: the sign of those without one is set, all of the others are inverted.
func emitOrder(a *Asm, size, kernel int) {
	ops := struct{ splat, greater, equal, sub Op }{VPBROADCASTQ, VPCMPGTQ, VPCMPEQQ, VPSUBQ}
	inf, splat := uint64(0x7ff)<<52, a.Splat64
	if size == 4 {
		ops.splat, ops.greater, ops.equal, ops.sub = VPBROADCASTD, VPCMPGTD, VPCMPEQD, VPSUBD
		inf, splat = 0xff<<55, func(v uint64, width int) Mem { return a.Splat32(uint32(v>>32), width) }
	}
	x, y, t := Y0, Y1, Y2
	sign, least, most, odd, zero := Y3, Y4, Y5, Y6, Y7
	a.Op(MOV, RSI, field(unsafe.Offsetof(ordering{}.src)))
	a.Op(MOV, RDX, field(unsafe.Offsetof(ordering{}.dst)))
	a.Op(MOV, RCX, field(unsafe.Offsetof(ordering{}.vectors)))
	switch kernel {
	case fromFloats:
		a.Op(VMOVUPS, sign, splat(1<<63, orderBytes))
		a.Op(VMOVUPS, most, splat(inf, orderBytes))
		a.Op(VPXOR, odd, odd, odd)
	case toFloats:
		a.Op(VPCMPEQD, most, most, most)
	case fromInts:
		a.Op(ops.splat, sign, field(unsafe.Offsetof(ordering{}.bits)))
	}
	a.Op(VMOVUPS, least, splat(1<<63-1, orderBytes))
	a.Op(VPXOR, zero, zero, zero)
	next := a.NewLabel()
	a.Align(32)
	a.Bind(next)
	a.Op(VMOVUPS, x, Ptr(RSI, 0))
	switch kernel {
	case fromFloats:
		a.Op(ops.greater, t, zero, x)
		a.Op(VPOR, t, t, sign)
		a.Op(VPXOR, t, t, x)
		a.Op(VPAND, y, x, least)
		a.Op(ops.greater, y, y, most) // NaN
		a.Op(ops.equal, x, x, sign)   // -0, which is one less than 0
		a.Op(ops.sub, t, t, x)
		a.Op(VPOR, t, t, y)
		a.Op(VPOR, odd, odd, x)
		a.Op(VPOR, odd, odd, y)
	case toFloats:
		a.Op(ops.greater, t, zero, x)
		a.Op(VPAND, t, t, least)
		a.Op(VPXOR, t, t, most)
		a.Op(VPXOR, t, t, x)
	case fromInts:
		a.Op(VPXOR, t, x, sign)
	}
	a.Op(VMOVUPS, Ptr(RDX, 0), t)
	a.Op(ADD, RSI, Imm(orderBytes))
	a.Op(ADD, RDX, Imm(orderBytes))
	a.Op(DEC, RCX)
	a.Jcc(NotEqual, next)
	if kernel == fromFloats {
		a.Op(VPMOVMSKB, EAX, odd)
		a.Op(MOV, field(unsafe.Offsetof(ordering{}.odd)), RAX)
	}
	a.Op(VZEROUPPER)
	a.Op(RET)
}
