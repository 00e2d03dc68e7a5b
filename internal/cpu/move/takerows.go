package move

import (
	"math/bits"
	"unsafe"

	. "gojax/internal/asm/amd64"
	"gojax/internal/cpu/code"
)

// A rowTaking is the argument of the kernels that copy short rows from places.
type rowTaking struct {
	src, dst, at unsafe.Pointer
	absent       unsafe.Pointer // the row that is copied for a negative place
	n            int            // rows, at least 1
	size, bytes  int            // of what places count, and of a row
}

// takeRows copies rows of so many bytes, fewer than shortRow, one after the other to dst: from
// places, which count elements of a size from src on, or from absent.
func (u *Unit) takeRows(dst, src unsafe.Pointer, at []int32, size, bytes int, absent []byte) {
	r := rowTaking{src: src, dst: dst, at: unsafe.Pointer(&at[0]), absent: unsafe.Pointer(unsafe.SliceData(absent)),
		n: len(at), size: size, bytes: bytes}
	code.Call(u.taken[min(bits.Len(uint(bytes))-1, len(u.taken)-1)], unsafe.Pointer(&r))
}

// emitTakeRows emits the kernel for rows of a class: see emitRows.
func emitTakeRows(a *Asm, class int) {
	a.Op(MOV, R8, field(unsafe.Offsetof(rowTaking{}.src)))
	a.Op(MOV, RDX, field(unsafe.Offsetof(rowTaking{}.dst)))
	a.Op(MOV, R9, field(unsafe.Offsetof(rowTaking{}.at)))
	a.Op(MOV, R12, field(unsafe.Offsetof(rowTaking{}.absent)))
	a.Op(MOV, RCX, field(unsafe.Offsetof(rowTaking{}.n)))
	a.Op(MOV, RBX, field(unsafe.Offsetof(rowTaking{}.bytes)))
	a.Op(MOV, R13, RBX)
	a.Op(SUB, RBX, Imm(1<<class)) // where the last part begins
	a.Align(32)
	next := a.NewLabel()
	a.Bind(next)
	a.Op(MOVSXD, RSI, Ptr(R9, 0))
	a.Op(MOV, RAX, RSI)
	a.Op(IMUL, RSI, field(unsafe.Offsetof(rowTaking{}.size)))
	a.Op(ADD, RSI, R8)
	a.Op(TEST, RAX, RAX)
	a.Op(CMOVS, RSI, R12)
	rowParts(a, class)
	a.Op(ADD, R9, Imm(4))
	a.Op(ADD, RDX, R13)
	a.Op(DEC, RCX)
	a.Jcc(NotEqual, next)
	a.Op(VZEROUPPER)
	a.Op(RET)
}
