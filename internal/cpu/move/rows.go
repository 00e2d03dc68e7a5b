package move

import (
	"math/bits"
	"unsafe"

	. "gojax/internal/asm/amd64"
	"gojax/internal/cpu/code"
)

// A rowing is the argument of the kernels that copy short rows. Distances are in bytes.
type rowing struct {
	src, dst         unsafe.Pointer
	srcStep, dstStep int
	n                int // rows, at least 1
	bytes            int // of a row
}

// shortRow is how many bytes rows have for which calls of Go's copy would take most of the time.
const shortRow = 512

// shortRows copies n rows of so many bytes, fewer than shortRow.
func (u *Unit) shortRows(dst, src unsafe.Pointer, dstStep, srcStep, n, bytes int) {
	r := rowing{src: src, dst: dst, srcStep: srcStep, dstStep: dstStep, n: n, bytes: bytes}
	code.Call(u.rows[min(bits.Len(uint(bytes))-1, len(u.rows)-1)], unsafe.Pointer(&r))
}

// emitRows emits the kernel for rows of 1<<class bytes or more, and less than twice that unless
// there is no larger class: a row is its first and its last so many bytes, which overlap.
func emitRows(a *Asm, class int) {
	a.Op(MOV, RSI, field(unsafe.Offsetof(rowing{}.src)))
	a.Op(MOV, RDX, field(unsafe.Offsetof(rowing{}.dst)))
	a.Op(MOV, R8, field(unsafe.Offsetof(rowing{}.srcStep)))
	a.Op(MOV, R9, field(unsafe.Offsetof(rowing{}.dstStep)))
	a.Op(MOV, RCX, field(unsafe.Offsetof(rowing{}.n)))
	a.Op(MOV, RBX, field(unsafe.Offsetof(rowing{}.bytes)))
	a.Op(SUB, RBX, Imm(1<<class)) // where the last part begins
	a.Align(32)
	next := a.NewLabel()
	a.Bind(next)
	rowParts(a, class)
	a.Op(ADD, RSI, R8)
	a.Op(ADD, RDX, R9)
	a.Op(DEC, RCX)
	a.Jcc(NotEqual, next)
	a.Op(VZEROUPPER)
	a.Op(RET)
}

// rowParts emits the copy of a row from RSI to RDX; RBX is where its last part begins. RAX, R10
// and R11 are changed.
func rowParts(a *Asm, class int) {
	one := func(at, to Mem, n int) {
		switch class {
		case 0:
			a.Op(MOVZX, []Reg{EAX, R10D}[n], at.Sized(1))
			a.Op(MOV, to, []Reg{EAX, R10D}[n].R8())
		case 1:
			a.Op(MOVZX, []Reg{EAX, R10D}[n], at.Sized(2))
			a.Op(MOV, to, []Reg{EAX, R10D}[n].R16())
		case 2:
			a.Op(MOV, []Reg{EAX, R10D}[n], at)
			a.Op(MOV, to, []Reg{EAX, R10D}[n])
		case 3:
			a.Op(MOV, []Reg{RAX, R10}[n], at)
			a.Op(MOV, to, []Reg{RAX, R10}[n])
		case 4:
			a.Op(VMOVDQU, X(n), at)
			a.Op(VMOVDQU, to, X(n))
		default:
			a.Op(VMOVDQU, Y(n), at)
			a.Op(VMOVDQU, to, Y(n))
		}
	}
	one(Ptr(RSI, 0), Ptr(RDX, 0), 0)
	if class == rowClasses-1 {
		along, end := a.NewLabel(), a.NewLabel()
		a.Op(MOV, R11D, Imm(1<<class))
		a.Bind(along)
		a.Op(CMP, R11, RBX)
		a.Jcc(GreaterEqual, end)
		one(Ptr(RSI, 0).Index(R11, 1), Ptr(RDX, 0).Index(R11, 1), 0)
		a.Op(ADD, R11, Imm(1<<class))
		a.Jmp(along)
		a.Bind(end)
	}
	one(Ptr(RSI, 0).Index(RBX, 1), Ptr(RDX, 0).Index(RBX, 1), 1)
}

// rowClasses is the number of kernels for short rows.
const rowClasses = 6
