package rowwise

import (
	"unsafe"

	. "gojax/internal/asm/amd64"
)

// begin emits what all kernels begin with: RDX has dst, RSI src, R8 at, R9 number, RCX n and
// RBX bytes.
func (f *form) begin(a *Asm) {
	a.Op(MOV, RDX, field(unsafe.Offsetof(combining{}.dst)))
	a.Op(MOV, RSI, field(unsafe.Offsetof(combining{}.src)))
	a.Op(MOV, R8, field(unsafe.Offsetof(combining{}.at)))
	a.Op(MOV, R9, field(unsafe.Offsetof(combining{}.number)))
	a.Op(MOV, RCX, field(unsafe.Offsetof(combining{}.n)))
	a.Op(MOV, RBX, field(unsafe.Offsetof(combining{}.bytes)))
	if f.prepare != nil {
		f.prepare(a)
	}
}

// end emits what follows a row, for which next is bound.
func end(a *Asm, next Label) {
	a.Op(ADD, R8, Imm(4))
	a.Op(ADD, R9, Imm(4))
	a.Op(DEC, RCX)
	a.Jcc(NotEqual, next)
	a.Op(VZEROUPPER)
	a.Op(RET)
}

func field(at uintptr) Mem { return Ptr(RDI, int32(at)) }

// emitOne emits the kernel for rows of one element without gaps.
func (f *form) emitOne(a *Asm) {
	f.begin(a)
	a.Align(32)
	next := a.NewLabel()
	a.Bind(next)
	a.Op(MOV, EAX, Ptr(R8, 0))
	a.Op(MOV, R10D, Ptr(R9, 0))
	scale := f.size
	if scale == 16 {
		a.Op(SHL, RAX, Imm(4))
		a.Op(SHL, R10, Imm(4))
		scale = 1
	}
	f.part(a, f.size, Ptr(RDX, 0).Index(RAX, scale), Ptr(RSI, 0).Index(R10, scale))
	end(a, next)
}

// emitRows emits the kernel for rows of any length: parts as large as registers are, and then
// smaller and smaller ones. As all rows have the same length, it is known in advance which of
// these there are.
func (f *form) emitRows(a *Asm) {
	f.begin(a)
	a.Align(32)
	next := a.NewLabel()
	a.Bind(next)
	a.Op(MOV, EAX, Ptr(R8, 0))
	a.Op(MOV, R10D, Ptr(R9, 0))
	a.Op(IMUL, RAX, field(unsafe.Offsetof(combining{}.pitch)))
	a.Op(IMUL, R10, field(unsafe.Offsetof(combining{}.pitch)))
	a.Op(ADD, RAX, RDX)
	a.Op(ADD, R10, RSI)
	a.Op(MOV, R11, RBX)
	a.Op(SUB, R11, Imm(f.step))
	loop, rest, done := a.NewLabel(), a.NewLabel(), a.NewLabel()
	a.Jcc(Less, rest)
	a.Align(16)
	a.Bind(loop)
	f.part(a, f.step, Ptr(RAX, 0), Ptr(R10, 0))
	a.Op(ADD, RAX, Imm(f.step))
	a.Op(ADD, R10, Imm(f.step))
	a.Op(SUB, R11, Imm(f.step))
	a.Jcc(GreaterEqual, loop)
	a.Bind(rest)
	a.Op(AND, R11, Imm(f.step-1))
	a.Jcc(Equal, done)
	for bytes := f.step / 2; bytes >= f.size; bytes /= 2 {
		without := a.NewLabel()
		a.Op(MOV, R12D, R11D)
		a.Op(AND, R12D, Imm(bytes))
		a.Jcc(Equal, without)
		f.part(a, bytes, Ptr(RAX, 0), Ptr(R10, 0))
		a.Op(ADD, RAX, Imm(bytes))
		a.Op(ADD, R10, Imm(bytes))
		a.Bind(without)
	}
	a.Bind(done)
	end(a, next)
}

// part emits the combination of so many bytes. Lanes of registers that have none are zero, and
// whatever comes of them is not stored.
func (f *form) part(a *Asm, bytes int, x, u Mem) {
	if f.combine == nil {
		load(a, bytes, 0, u)
		store(a, bytes, x)
		return
	}
	load(a, bytes, 0, x)
	load(a, bytes, 1, u)
	f.combine(a, bytes)
	store(a, bytes, x)
}

// load emits that vector register r gets so many bytes.
func load(a *Asm, bytes, r int, from Mem) {
	switch bytes {
	case 32:
		a.Op(VMOVDQU, Y(r), from)
	case 16:
		a.Op(VMOVDQU, X(r), from)
	case 8:
		a.Op(VMOVQ, X(r), from)
	case 4:
		a.Op(VMOVD, X(r), from)
	default:
		a.Op(MOVZX, R13D, from.Sized(bytes))
		a.Op(VMOVD, X(r), R13D)
	}
}

// store emits that so many bytes of register 0 are stored.
func store(a *Asm, bytes int, to Mem) {
	switch bytes {
	case 32:
		a.Op(VMOVDQU, to, Y0)
	case 16:
		a.Op(VMOVDQU, to, X0)
	case 8:
		a.Op(VMOVQ, to, X0)
	case 4:
		a.Op(VMOVD, to, X0)
	case 2:
		a.Op(VMOVD, R13D, X0)
		a.Op(MOV, to, R13D.R16())
	default:
		a.Op(VMOVD, R13D, X0)
		a.Op(MOV, to, R13D.R8())
	}
}
