package move

import (
	"unsafe"

	. "gojax/internal/asm/amd64"
)

func field(at uintptr) Mem { return Ptr(RDI, int32(at)) }

// rows are the addresses of up to eight rows from a base, given registers with 1, 3, 5
// and 7 times their distance.
type rowsAt struct {
	base Reg
	by   [4]Reg
}

func (r rowsAt) row(i int) Mem {
	if i == 0 {
		return Ptr(r.base, 0)
	}
	scale := i & -i
	return Ptr(r.base, 0).Index(r.by[(i/scale-1)/2], scale)
}

// multiply sets the registers from the distance in the first.
func (r rowsAt) multiply(a *Asm) {
	d := r.by[0]
	a.Op(LEA, r.by[1], Ptr(d, 0).Index(d, 2))
	a.Op(LEA, r.by[2], Ptr(d, 0).Index(d, 4))
	a.Op(LEA, r.by[3], Ptr(r.by[1], 0).Index(d, 4))
}

// emitTurn emits the kernel for elements of a size, of which square exchanges one
// square.
func emitTurn(a *Asm, size int, square func(a *Asm, src, dst rowsAt)) {
	src := rowsAt{RAX, [4]Reg{R8, R9, R10, R11}}
	dst := rowsAt{RDX, [4]Reg{R12, R13, R14, R15}}
	side := 8
	if size == 8 {
		side = 4
	}
	a.Op(MOV, RSI, field(unsafe.Offsetof(turn{}.src)))
	a.Op(MOV, RCX, field(unsafe.Offsetof(turn{}.dst)))
	a.Op(MOV, R8, field(unsafe.Offsetof(turn{}.srcStep)))
	a.Op(MOV, R12, field(unsafe.Offsetof(turn{}.dstStep)))
	src.multiply(a)
	dst.multiply(a)
	next, along := a.NewLabel(), a.NewLabel()
	a.Bind(next)
	a.Op(MOV, RAX, RSI)
	a.Op(MOV, RDX, RCX)
	a.Op(MOV, RBX, field(unsafe.Offsetof(turn{}.n)))
	a.Align(16)
	a.Bind(along)
	square(a, src, dst)
	a.Op(LEA, RAX, Ptr(RAX, 0).Index(R8, side))
	a.Op(ADD, RDX, Imm(side*size))
	a.Op(DEC, RBX)
	a.Jcc(NotEqual, along)
	a.Op(ADD, RSI, Imm(side*size))
	a.Op(LEA, RCX, Ptr(RCX, 0).Index(R12, side))
	a.Op(DEC, field(unsafe.Offsetof(turn{}.m)).Sized(8))
	a.Jcc(NotEqual, next)
	a.Op(VZEROUPPER)
	a.Op(RET)
}

// turn4 exchanges 8 × 8 elements of 4 bytes. Halves of rows i and i+4 share a register
// from the load on, so that nothing crosses its middle later.
func turn4(a *Asm, src, dst rowsAt) {
	for half := range 2 {
		for i := range 4 {
			a.Op(VMOVUPS, X(i), src.row(i).Add(int32(16*half)))
			a.Op(VINSERTF128, Y(i), Y(i), src.row(i+4).Add(int32(16*half)), Imm(1))
		}
		a.Op(VUNPCKLPS, Y4, Y0, Y1)
		a.Op(VUNPCKHPS, Y5, Y0, Y1)
		a.Op(VUNPCKLPS, Y6, Y2, Y3)
		a.Op(VUNPCKHPS, Y7, Y2, Y3)
		a.Op(VUNPCKLPD, Y8, Y4, Y6)
		a.Op(VUNPCKHPD, Y9, Y4, Y6)
		a.Op(VUNPCKLPD, Y10, Y5, Y7)
		a.Op(VUNPCKHPD, Y11, Y5, Y7)
		for i := range 4 {
			a.Op(VMOVUPS, dst.row(4*half+i), Y(8+i))
		}
	}
}

// turn8 exchanges 4 × 4 elements of 8 bytes in the same way.
func turn8(a *Asm, src, dst rowsAt) {
	for half := range 2 {
		for i := range 2 {
			a.Op(VMOVUPS, X(i), src.row(i).Add(int32(16*half)))
			a.Op(VINSERTF128, Y(i), Y(i), src.row(i+2).Add(int32(16*half)), Imm(1))
		}
		a.Op(VUNPCKLPD, Y2, Y0, Y1)
		a.Op(VUNPCKHPD, Y3, Y0, Y1)
		a.Op(VMOVUPS, dst.row(2*half), Y2)
		a.Op(VMOVUPS, dst.row(2*half+1), Y3)
	}
}

// turn2 exchanges 8 × 8 elements of 2 bytes.
func turn2(a *Asm, src, dst rowsAt) {
	for i := range 8 {
		a.Op(VMOVUPS, X(i), src.row(i))
	}
	for i := 0; i < 8; i += 2 { // pairs of rows
		a.Op(VPUNPCKLWD, X(8+i), X(i), X(i+1))
		a.Op(VPUNPCKHWD, X(9+i), X(i), X(i+1))
	}
	for i := 0; i < 8; i += 4 { // fours, each register with two columns
		a.Op(VPUNPCKLDQ, X(i), X(8+i), X(10+i))
		a.Op(VPUNPCKHDQ, X(i+1), X(8+i), X(10+i))
		a.Op(VPUNPCKLDQ, X(i+2), X(9+i), X(11+i))
		a.Op(VPUNPCKHDQ, X(i+3), X(9+i), X(11+i))
	}
	for i := range 4 {
		a.Op(VPUNPCKLQDQ, X8, X(i), X(4+i))
		a.Op(VPUNPCKHQDQ, X9, X(i), X(4+i))
		a.Op(VMOVUPS, dst.row(2*i), X8)
		a.Op(VMOVUPS, dst.row(2*i+1), X9)
	}
}

// turn1 exchanges 8 × 8 elements of a byte.
func turn1(a *Asm, src, dst rowsAt) {
	for i := range 8 {
		a.Op(VMOVQ, X(i), src.row(i))
	}
	for i := range 4 { // pairs of rows
		a.Op(VPUNPCKLBW, X(8+i), X(2*i), X(2*i+1))
	}
	for i := range 2 { // fours, each register with four columns
		a.Op(VPUNPCKLWD, X(2*i), X(8+2*i), X(9+2*i))
		a.Op(VPUNPCKHWD, X(2*i+1), X(8+2*i), X(9+2*i))
	}
	for i := range 2 {
		a.Op(VPUNPCKLDQ, X8, X(i), X(2+i))
		a.Op(VPUNPCKHDQ, X9, X(i), X(2+i))
		a.Op(VMOVQ, dst.row(4*i), X8)
		a.Op(VPEXTRQ, dst.row(4*i+1), X8, Imm(1))
		a.Op(VMOVQ, dst.row(4*i+2), X9)
		a.Op(VPEXTRQ, dst.row(4*i+3), X9, Imm(1))
	}
}
