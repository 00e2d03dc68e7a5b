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
// at once and then loads element by element, as many as possible on their way from a
// distant cache at the same time, and stores them together: a store for each would fill the
// queue of those that wait for their line.
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
	var from []Mem
	for i, p := range pairs {
		low := []Reg{R10, R11, R12, R13}[i]
		a.Op(MOV, low.R32(), p.R32())
		a.Op(SHR, p, Imm(32))
		from = append(from, Ptr(RSI, 0).Index(low, size), Ptr(RSI, 0).Index(p, size))
	}
	collect(a, size, from)
	a.Op(ADD, RCX, Imm(32))
	a.Op(ADD, RDI, Imm(8*size))
	a.Op(DEC, RDX)
	a.Jcc(NotEqual, loop)
	a.Op(VZEROUPPER)
	a.Op(RET)
}

// collect stores eight elements at RDI.
func collect(a *Asm, size int, from []Mem) {
	if size < 4 {
		a.Op(MOVZX, R10.R32(), from[0].Sized(size)) // its own index, which nothing else needs
		a.Op(VMOVD, X0, R10.R32())
		insert, store := VPINSRB, VMOVQ
		if size == 2 {
			insert, store = VPINSRW, VMOVDQU
		}
		for j, m := range from[1:] {
			a.Op(insert, X0, X0, m, Imm(j+1))
		}
		a.Op(store, Ptr(RDI, 0), X0)
		return
	}
	first, insert, lanes := VMOVD, VPINSRD, 4
	if size == 8 {
		first, insert, lanes = VMOVQ, VPINSRQ, 2
	}
	for i := 0; i < len(from); i += 2 * lanes {
		for half, v := range []Reg{X0, X1} {
			group := from[i+half*lanes:][:lanes]
			a.Op(first, v, group[0])
			for j, m := range group[1:] {
				a.Op(insert, v, v, m, Imm(j+1))
			}
		}
		a.Op(VINSERTI128, Y0, Y0, X1, Imm(1))
		a.Op(VMOVDQU, Ptr(RDI, int32(i*size)), Y0)
	}
}
