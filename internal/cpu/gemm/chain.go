package gemm

import (
	"unsafe"

	. "gojax/internal/asm/amd64"
)

// chains is how many sums the kernel of chains makes at once, so that none waits for
// itself.
const chains = 8

// A bundle is the argument of the kernels that make up to eight sums of at most depth
// products, element by element, for what lies too scattered for vectors.
type bundle struct {
	a, b       unsafe.Pointer
	aRow, bRow int             // bytes between the operands of the sums
	aCol, bCol int             // bytes between elements of successive k
	k          int             // at least 1
	sums       [chains]float64 // or as many float32 at the beginning
}

func emitChains(a *Asm, f form, n int) {
	field := func(at uintptr) Mem { return Ptr(RDI, int32(at)) }
	byRow := []Reg{R12, R13, R14, R15}
	a.Op(MOV, RAX, field(unsafe.Offsetof(bundle{}.a)))
	a.Op(MOV, RCX, field(unsafe.Offsetof(bundle{}.b)))
	emitMultiples(a, multiples[:4], field(unsafe.Offsetof(bundle{}.aRow)), n)
	emitMultiples(a, byRow, field(unsafe.Offsetof(bundle{}.bRow)), n)
	a.Op(MOV, RSI, field(unsafe.Offsetof(bundle{}.aCol)))
	a.Op(MOV, RBX, field(unsafe.Offsetof(bundle{}.bCol)))
	a.Op(MOV, RDX, field(unsafe.Offsetof(bundle{}.k)))
	for i := range n {
		a.Op(VXORPS, X(i), X(i), X(i))
	}
	a.Align(16)
	loop := a.NewLabel()
	a.Bind(loop)
	move := pick(f.size, VMOVSS, VMOVSD)
	for i := range n {
		a.Op(move, X(8+i), row(RAX, multiples, i))
		a.Op(pick(f.size, VFMADD231SS, VFMADD231SD), X(i), X(8+i), row(RCX, byRow, i))
	}
	a.Op(ADD, RAX, RSI)
	a.Op(ADD, RCX, RBX)
	a.Op(DEC, RDX)
	a.Jcc(NotEqual, loop)
	for i := range n {
		a.Op(move, field(unsafe.Offsetof(bundle{}.sums)+uintptr(i*f.size)), X(i))
	}
	a.Op(VZEROUPPER)
	a.Op(RET)
}
