package gemm

import (
	"unsafe"

	"gojax/internal/cpu/code"

	. "gojax/internal/asm/amd64"
)

// lines is how many rows the kernel of this file adds at once: each is read from one
// end to the other, as memory likes it, and sums are loaded and stored as seldom.
const lines = 8

// A pass is the argument of the kernel that adds rows of b, each times an element of a,
// to sums.
type pass struct {
	a, b, sums unsafe.Pointer
	aCol, bCol int // bytes between successive k
	vectors    int // of each row, at least 1
}

// emitPass emits the kernel for n successive k.
func emitPass(a *Asm, f form, n int) {
	field := func(at uintptr) Mem { return Ptr(RDI, int32(at)) }
	a.Op(MOV, RCX, field(unsafe.Offsetof(pass{}.a)))
	a.Op(MOV, RSI, field(unsafe.Offsetof(pass{}.aCol)))
	for i := range n {
		a.Op(pick(f.size, VBROADCASTSS, VBROADCASTSD), Vec(8+i, f.width), Ptr(RCX, 0))
		a.Op(ADD, RCX, RSI)
	}
	a.Op(MOV, RAX, field(unsafe.Offsetof(pass{}.b)))
	emitMultiples(a, multiples, field(unsafe.Offsetof(pass{}.bCol)), n)
	a.Op(MOV, RCX, field(unsafe.Offsetof(pass{}.sums)))
	a.Op(MOV, RDX, field(unsafe.Offsetof(pass{}.vectors)))
	a.Align(32)
	loop := a.NewLabel()
	a.Bind(loop)
	sum := Vec(0, f.width)
	a.Op(VMOVUPS, sum, Ptr(RCX, 0))
	for i := range n {
		a.Op(pick(f.size, VFMADD231PS, VFMADD231PD), sum, Vec(8+i, f.width), row(RAX, multiples, i))
	}
	a.Op(VMOVUPS, Ptr(RCX, 0), sum)
	a.Op(ADD, RAX, Imm(f.width))
	a.Op(ADD, RCX, Imm(f.width))
	a.Op(DEC, RDX)
	a.Jcc(NotEqual, loop)
	a.Op(VZEROUPPER)
	a.Op(RET)
}

// line is the most elements that streamed sums at once.
const line = 4096

// streamed sets n elements of out, at most line and whole vectors, to the product of the
// columns of a, each in one piece, and v. If a is made in portions, in room, these are
// of as many k as are added at once.
func (p *product) streamed(a, v operand, out unsafe.Pointer, n int, room unsafe.Pointer) {
	var added [line]float64
	sums := unsafe.Pointer(&added)
	for k := 0; k < p.k; k += depth {
		into := sums
		if k == 0 {
			into = out
		}
		clear(unsafe.Slice((*byte)(into), n*p.size))
		t := pass{sums: into, aCol: v.col, vectors: n * p.size / p.width}
		for i, end := k, min(k+depth, p.k); i < end; {
			some := 1
			if i+lines <= end {
				some = lines
			}
			b := a.at(0, i)
			if a.apart() {
				b = p.portion(room, b, n, some)
			}
			t.a, t.b, t.bCol = v.at(0, i).p, b.p, b.col
			code.Call(p.pass[some/lines], unsafe.Pointer(&t))
			i += some
		}
		switch {
		case k == 0:
		case p.size == 4:
			totals(unsafe.Slice((*float32)(out), n), unsafe.Slice((*float32)(sums), n), true)
		default:
			totals(unsafe.Slice((*float64)(out), n), unsafe.Slice((*float64)(sums), n), true)
		}
	}
}
