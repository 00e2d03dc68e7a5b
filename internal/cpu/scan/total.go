package scan

import (
	"unsafe"

	. "gojax/internal/asm/amd64"
)

// several is how many groups are accumulated side by side where only their totals are
// wanted: one in each lane.
const several = 8

// emitTotals makes the kernel that stores the totals of args.blocks times several groups,
// of elements of four bytes. The last of eight elements after the three steps is
//
//	((x[0] op x[1]) op (x[2] op x[3])) op ((x[4] op x[5]) op (x[6] op x[7]))
//
// and as operations are commutative it is the same where they lie in the other order.
func emitTotals(a *Asm, f form, reverse bool) {
	k := columnKernel{Asm: a, form: f}
	k.prepare()
	step := Imm(32)
	if reverse {
		step = Imm(-32)
	}
	block, next := a.NewLabel(), a.NewLabel()
	a.Bind(block)
	a.Op(MOV, RAX, RSI)
	a.Op(MOV, R10, field(unsafe.Offsetof(args{}.eights)))
	a.Op(VMOVUPS, Y15, f.splat(a, f.identity))
	a.Align(32)
	a.Bind(next)
	for i := range several {
		a.Op(VMOVUPS, Y(i), k.at(RAX, i, 0))
	}
	for _, d := range []int{1, 2} { // neighbours, and then twos of them
		for i := 0; i < several; i += 2 * d {
			a.Op(VSHUFPS, Y8, Y(i), Y(i+d), Imm(0x88))
			a.Op(VSHUFPS, Y9, Y(i), Y(i+d), Imm(0xdd))
			a.Op(f.op, Y(i), Y8, Y9)
		}
	}
	a.Op(VPERM2F128, Y8, Y0, Y4, Imm(0x20))
	a.Op(VPERM2F128, Y9, Y0, Y4, Imm(0x31))
	a.Op(f.op, Y8, Y8, Y9)
	a.Op(f.op, Y15, Y15, Y8)
	a.Op(ADD, RAX, step)
	a.Op(DEC, R10)
	a.Jcc(NotEqual, next)
	a.Op(VMOVUPS, Ptr(RBX, 0), Y15)
	a.Op(ADD, RBX, Imm(several*f.size))
	a.Op(LEA, RSI, Ptr(RSI, 0).Index(R8, 8))
	a.Op(DEC, R11)
	a.Jcc(NotEqual, block)
	a.Op(VZEROUPPER)
	a.Op(RET)
}
