package gemm

import (
	"unsafe"

	"gojax/internal/cpu/code"

	. "gojax/internal/asm/amd64"
)

// Products of vectors that lie side by side, so that the elements of one k of all of them are
// neighbours, as those of the columns of two matrices, are made by vectors of products.

// sideVectors is how many vectors of sums the kernel makes at once.
const sideVectors = 8

// A sides is the argument of the kernels that make the sums of at most depth products of each of some
// neighbours.
type sides struct {
	a, b, sums unsafe.Pointer
	aCol, bCol int // bytes between successive k
	k          int // at least 1
	add        int // add to what is in sums instead of storing, if not 0
}

// emitSides emits the kernel for n vectors of neighbours.
func emitSides(a *Asm, f form, n int) {
	field := func(at uintptr) Mem { return Ptr(RDI, int32(at)) }
	a.Op(MOV, RAX, field(unsafe.Offsetof(sides{}.a)))
	a.Op(MOV, RCX, field(unsafe.Offsetof(sides{}.b)))
	a.Op(MOV, RSI, field(unsafe.Offsetof(sides{}.aCol)))
	a.Op(MOV, RBX, field(unsafe.Offsetof(sides{}.bCol)))
	a.Op(MOV, RDX, field(unsafe.Offsetof(sides{}.k)))
	a.Op(MOV, R8, field(unsafe.Offsetof(sides{}.sums)))
	sum := func(i int) Reg { return Vec(i, f.width) }
	at := func(base Reg, i int) Mem { return Ptr(base, int32(i*f.width)) }
	for i := range n {
		a.Op(VXORPS, X(i), X(i), X(i))
	}
	a.Align(32)
	loop := a.NewLabel()
	a.Bind(loop)
	for i := range n {
		x := Vec(sideVectors+i, f.width)
		a.Op(VMOVUPS, x, at(RAX, i))
		a.Op(pick(f.size, VFMADD231PS, VFMADD231PD), sum(i), x, at(RCX, i))
	}
	a.Op(ADD, RAX, RSI)
	a.Op(ADD, RCX, RBX)
	a.Op(DEC, RDX)
	a.Jcc(NotEqual, loop)
	store := a.NewLabel()
	a.Op(CMP, field(unsafe.Offsetof(sides{}.add)).Sized(8), Imm(0))
	a.Jcc(Equal, store)
	for i := range n {
		a.Op(pick(f.size, VADDPS, VADDPD), sum(i), sum(i), at(R8, i))
	}
	a.Bind(store)
	for i := range n {
		a.Op(VMOVUPS, at(R8, i), sum(i))
	}
	a.Op(VZEROUPPER)
	a.Op(RET)
}

// isSideBySide reports whether the vectors that are multiplied lie side by side, enough of them for a
// vector.
func (p *Plan) isSideBySide() bool {
	if p.b == 1 || p.m != 1 || p.n != 1 || p.halves() {
		return false
	}
	last := p.axes[len(p.axes)-1]
	return last == Axis{last.N, p.size, p.size, p.size} && last.N >= p.lanes()
}

// lanes is how many elements a vector has.
func (f form) lanes() int { return f.width / f.size }

// sideBySide multiplies some vectors that lie side by side.
func (p *product) sideBySide(a, v operand, some int) {
	for i := 0; i < some; {
		n := sideVectors
		if some < n*p.lanes() {
			n = 1
		}
		// The last ones are made again with those before them: nobody has added to their sums yet
		// but they themselves.
		i = min(i, some-n*p.lanes())
		for k := 0; k < p.k; k += depth {
			off := i * p.size
			t := sides{a: unsafe.Add(a.at(0, k).p, off), b: unsafe.Add(v.at(0, k).p, off), sums: unsafe.Add(p.out, off),
				aCol: a.col, bCol: v.col, k: min(depth, p.k-k), add: k}
			code.Call(p.side[min(n, 2)-1], unsafe.Pointer(&t))
		}
		i += n * p.lanes()
	}
}
