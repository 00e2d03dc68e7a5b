package gemm

import (
	"unsafe"

	. "gojax/internal/asm/amd64"
)

// abreast is how many panels the kernel of this file fills at once, so that it reads
// more than a line of memory before it goes on to the next row.
const abreast = 4

// A copying is the argument of the kernel that copies rows into panels, which lie one
// after the other. Distances are in bytes.
type copying struct {
	src, dst unsafe.Pointer
	srcRow   int
	dstPanel int // between panels
	rows     int // at least 1
}

// emitLines emits the kernel for n panels.
func emitLines(a *Asm, f form, n int) {
	const early = 8 // rows
	field := func(at uintptr) Mem { return Ptr(RDI, int32(at)) }
	panel := []Reg{R8, R9}
	a.Op(MOV, RAX, field(unsafe.Offsetof(copying{}.src)))
	a.Op(MOV, RCX, field(unsafe.Offsetof(copying{}.dst)))
	a.Op(MOV, RSI, field(unsafe.Offsetof(copying{}.srcRow)))
	emitMultiples(a, panel, field(unsafe.Offsetof(copying{}.dstPanel)), n)
	a.Op(MOV, RDX, field(unsafe.Offsetof(copying{}.rows)))
	a.Align(32)
	loop := a.NewLabel()
	a.Bind(loop)
	for i := range 2 * n {
		a.Op(VMOVUPS, Vec(i, f.width), Ptr(RAX, int32(i*f.width)))
	}
	for at := 0; at < 2*n*f.width; at += 64 {
		a.Op(PREFETCHT0, Ptr(RAX, int32(at)).Index(RSI, early))
	}
	for i := range 2 * n {
		a.Op(VMOVUPS, row(RCX, panel, i/2).Add(int32(i%2*f.width)), Vec(i, f.width))
	}
	a.Op(ADD, RAX, RSI)
	a.Op(ADD, RCX, Imm(2*f.width))
	a.Op(DEC, RDX)
	a.Jcc(NotEqual, loop)
	a.Op(VZEROUPPER)
	a.Op(RET)
}
