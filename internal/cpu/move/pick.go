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
	fill            uint64
}

// emitPick emits the kernel for elements of size bytes, at most 8, with fill in place of those
// that are out of bounds if filled. It makes eight indices
// at once and then loads element by element, as many as possible on their way from a
// distant cache at the same time, and stores them together: a store for each would fill the
// queue of those that wait for their line.
func emitPick(a *Asm, size int, filled bool) {
	a.Op(MOV, RSI, field(unsafe.Offsetof(picking{}.src)))
	a.Op(MOV, RCX, field(unsafe.Offsetof(picking{}.index)))
	a.Op(MOV, RDX, field(unsafe.Offsetof(picking{}.eights)))
	a.Op(VPBROADCASTD, Y2, field(unsafe.Offsetof(picking{}.wrap)))
	a.Op(VPBROADCASTD, Y3, field(unsafe.Offsetof(picking{}.limit)))
	if filled {
		a.Op([]Op{1: VPBROADCASTB, 2: VPBROADCASTW, 4: VPBROADCASTD, 8: VPBROADCASTQ}[size], Y5, field(unsafe.Offsetof(picking{}.fill)))
	}
	a.Op(MOV, RDI, field(unsafe.Offsetof(picking{}.dst)))
	a.Op(VPXOR, Y4, Y4, Y4)
	a.Align(32)
	loop := a.NewLabel()
	a.Bind(loop)
	a.Op(VMOVDQU, Y0, Ptr(RCX, 0))
	limit(a)
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
	collect(a, size, from, filled)
	a.Op(ADD, RCX, Imm(32))
	a.Op(ADD, RDI, Imm(8*size))
	a.Op(DEC, RDX)
	a.Jcc(NotEqual, loop)
	a.Op(VZEROUPPER)
	a.Op(RET)
}

// collect stores eight elements at RDI; if filled those of Y5 where Y6 is zero, which counts
// elements of 4 bytes.
func collect(a *Asm, size int, from []Mem, filled bool) {
	if size < 4 {
		collectSmall(a, size, from, filled)
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
		switch {
		case filled && size == 4:
			a.Op(VBLENDVPS, Y0, Y5, Y0, Y6)
		case filled:
			a.Op(VPMOVSXDQ, Y7, X6)
			a.Op(VBLENDVPD, Y0, Y5, Y0, Y7)
			a.Op(VEXTRACTI128, X6, Y6, Imm(1))
		}
		a.Op(VMOVDQU, Ptr(RDI, int32(i*size)), Y0)
	}
}

// collectSmall is collect for elements of 1 or 2 bytes.
func collectSmall(a *Asm, size int, from []Mem, filled bool) {
	a.Op(MOVZX, R10.R32(), from[0].Sized(size)) // its own index, which nothing else needs
	a.Op(VMOVD, X0, R10.R32())
	insert, store := VPINSRB, VMOVQ
	if size == 2 {
		insert, store = VPINSRW, VMOVDQU
	}
	for j, m := range from[1:] {
		a.Op(insert, X0, X0, m, Imm(j+1))
	}
	if filled {
		a.Op(VEXTRACTI128, X7, Y6, Imm(1))
		a.Op(VPACKSSDW, X6, X6, X7)
		if size == 1 {
			a.Op(VPACKSSWB, X6, X6, X6)
		}
		a.Op(VPBLENDVB, X0, X5, X0, X6)
	}
	a.Op(store, Ptr(RDI, 0), X0)
}
