package move

import (
	"unsafe"

	. "gojax/internal/asm/amd64"
)

// A picking is the argument of the kernels that copy the elements that indices count.
type picking struct {
	src, dst, index unsafe.Pointer
	eights          int   // of indices, at least 1
	wrap, limit     int32 // as in an Index
}

// emitPick emits the kernel for elements of size bytes, at most 8. It makes eight indices
// at once and then copies element by element, as many as possible on their way from a
// distant cache at the same time.
func emitPick(a *Asm, size int) {
	a.Op(MOV, RSI, field(unsafe.Offsetof(picking{}.src)))
	a.Op(MOV, RCX, field(unsafe.Offsetof(picking{}.index)))
	a.Op(MOV, RDX, field(unsafe.Offsetof(picking{}.eights)))
	a.Op(VPBROADCASTD, Y2, field(unsafe.Offsetof(picking{}.wrap)))
	a.Op(VPBROADCASTD, Y3, field(unsafe.Offsetof(picking{}.limit)))
	a.Op(MOV, RDI, field(unsafe.Offsetof(picking{}.dst)))
	a.Op(VPXOR, Y4, Y4, Y4)
	a.Align(32)
	loop := a.NewLabel()
	a.Bind(loop)
	a.Op(VMOVDQU, Y0, Ptr(RCX, 0))
	a.Op(VPSRAD, Y1, Y0, Imm(31))
	a.Op(VPAND, Y1, Y1, Y2)
	a.Op(VPADDD, Y0, Y0, Y1)
	a.Op(VPMAXSD, Y0, Y0, Y4)
	a.Op(VPMINSD, Y0, Y0, Y3)
	a.Op(VEXTRACTI128, X1, Y0, Imm(1))
	pairs := []Reg{RAX, RBX, R8, R9}
	for i, v := range []Reg{X0, X1} {
		a.Op(VMOVQ, pairs[2*i], v)
		a.Op(VPEXTRQ, pairs[2*i+1], v, Imm(1))
	}
	for i, p := range pairs {
		low, high := []Reg{R10, R11}[i%2], p
		a.Op(MOV, low.R32(), p.R32())
		a.Op(SHR, high, Imm(32))
		for j, at := range []Reg{low, high} {
			from, to := Ptr(RSI, 0).Index(at, size), Ptr(RDI, int32((2*i+j)*size))
			switch size {
			case 1:
				a.Op(MOVZX, at.R32(), from.Sized(1))
				a.Op(MOV, to, at.R8())
			case 2:
				a.Op(MOVZX, at.R32(), from.Sized(2))
				a.Op(MOV, to, at.R16())
			case 4:
				a.Op(MOV, at.R32(), from)
				a.Op(MOV, to, at.R32())
			default:
				a.Op(MOV, at, from)
				a.Op(MOV, to, at)
			}
		}
	}
	a.Op(ADD, RCX, Imm(32))
	a.Op(ADD, RDI, Imm(8*size))
	a.Op(DEC, RDX)
	a.Jcc(NotEqual, loop)
	a.Op(VZEROUPPER)
	a.Op(RET)
}
