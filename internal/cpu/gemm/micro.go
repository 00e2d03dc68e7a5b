package gemm

import (
	"encoding/binary"
	"unsafe"

	. "gojax/internal/asm/amd64"
)

// depth is how many products are added before their sum goes to the result.
const depth = 256

// A tile is the argument of a micro kernel, which makes one panel of columns of the
// result after the other, or the same one of several products. Distances are in bytes.
type tile struct {
	a, b, c    unsafe.Pointer
	aRow, aCol int // between rows of a, and between its elements of successive k
	aNext      int // to a for the next panel
	aAt        int // where a is for this one; begins with 0
	bCol       int // between the rows of b, of successive k
	bNext      int // from the end of a panel of b, k rows on, to the next
	cRow       int
	cNext      int     // to the next panel of the result
	k          int     // products to add, at least 1
	panels     int     // at least 1; 0 afterwards
	add        int     // add to what is in c instead of storing, if not 0
	tail       int     // elements of the last vector, at least 1
	next       uintptr // of lines that will be wanted
	nextRow    int     // between those lines, one for each k
	nextPanel  int     // to those that are asked for with the next panel
	rest       int     // of k, when all of the result has been asked for

	// A vector of each of some rows is copied with each panel. They must be fewer than k by
	// those of the result.
	from, to       uintptr // for this panel; it may go beyond an array for the next
	fromRow, toRow int     // between rows
	copies         int     // rows
	stop           int     // of k, when that is done
	keep           uintptr // c
}

const (
	tileA         = int32(unsafe.Offsetof(tile{}.a))
	tileB         = int32(unsafe.Offsetof(tile{}.b))
	tileC         = int32(unsafe.Offsetof(tile{}.c))
	tileARow      = int32(unsafe.Offsetof(tile{}.aRow))
	tileACol      = int32(unsafe.Offsetof(tile{}.aCol))
	tileANext     = int32(unsafe.Offsetof(tile{}.aNext))
	tileAAt       = int32(unsafe.Offsetof(tile{}.aAt))
	tileBCol      = int32(unsafe.Offsetof(tile{}.bCol))
	tileBNext     = int32(unsafe.Offsetof(tile{}.bNext))
	tileCRow      = int32(unsafe.Offsetof(tile{}.cRow))
	tileCNext     = int32(unsafe.Offsetof(tile{}.cNext))
	tileK         = int32(unsafe.Offsetof(tile{}.k))
	tilePanels    = int32(unsafe.Offsetof(tile{}.panels))
	tileAdd       = int32(unsafe.Offsetof(tile{}.add))
	tileTail      = int32(unsafe.Offsetof(tile{}.tail))
	tileNext      = int32(unsafe.Offsetof(tile{}.next))
	tileNextRow   = int32(unsafe.Offsetof(tile{}.nextRow))
	tileNextPanel = int32(unsafe.Offsetof(tile{}.nextPanel))
	tileRest      = int32(unsafe.Offsetof(tile{}.rest))
	tileFrom      = int32(unsafe.Offsetof(tile{}.from))
	tileTo        = int32(unsafe.Offsetof(tile{}.to))
	tileFromRow   = int32(unsafe.Offsetof(tile{}.fromRow))
	tileToRow     = int32(unsafe.Offsetof(tile{}.toRow))
	tileCopies    = int32(unsafe.Offsetof(tile{}.copies))
	tileStop      = int32(unsafe.Offsetof(tile{}.stop))
	tileKeep      = int32(unsafe.Offsetof(tile{}.keep))
)

// multiples are registers for 1, 3, 5 … times a distance: with the scales of an
// address, and a base, they reach 14 rows.
var multiples = []Reg{R8, R9, R10, R11, R12, R13, R14}

// emitMultiples loads the multiples that n rows need.
func emitMultiples(a *Asm, in []Reg, distance Mem, n int) {
	if n < 2 {
		return
	}
	a.Op(MOV, in[0], distance)
	for i, m := range []Mem{
		Ptr(in[0], 0).Index(in[0], 2),                 // 3
		Ptr(in[0], 0).Index(in[0], 4),                 // 5
		Ptr(in[1], 0).Index(in[0], 4),                 // 7
		Ptr(in[0], 0).Index(in[0], 8),                 // 9
		Ptr(in[1], 0).Index(in[0], 8),                 // 11
		Ptr(in[min(2, len(in)-1)], 0).Index(in[0], 8), // 13
	} {
		if 2*i+3 < n {
			a.Op(LEA, in[i+1], m)
		}
	}
}

// row is the i-th row from base.
func row(base Reg, in []Reg, i int) Mem {
	if i == 0 {
		return Ptr(base, 0)
	}
	scale := i & -i
	return Ptr(base, 0).Index(in[(i/scale-1)/2], scale)
}

// A micro is the generator of one micro kernel: r rows by v vectors of the result.
type micro struct {
	*Asm
	form
	r, v int
	mask bool // the last vector has tail elements
	part Reg  // its mask: K1, or a vector
}

// emitMicro emits the kernel for a tile. In registers are the sums, a row of b, and one
// or two elements of a. The order of factors is the same in all kernels, so that which
// NaN comes out of two does not depend on how rows are shared out to threads.
func emitMicro(a *Asm, f form, r, v int, mask bool) {
	m := micro{Asm: a, form: f, r: r, v: v, mask: mask}
	m.prepare()
	next := a.NewLabel()
	a.Bind(next)
	for i := range r * v {
		m.zero(m.vec(i))
	}
	a.Op(MOV, RAX, Ptr(RDI, tileA))
	a.Op(ADD, RAX, Ptr(RDI, tileAAt))
	a.Op(MOV, RDX, Ptr(RDI, tileK))
	if m.fetches() {
		m.fetching()
	} else {
		a.Align(32)
		loop := a.NewLabel()
		a.Bind(loop)
		if v > 2 {
			m.wideRow()
		} else {
			m.products()
		}
		a.Op(ADD, RAX, RSI)
		a.Op(ADD, RCX, RBX)
		a.Op(DEC, RDX)
		a.Jcc(NotEqual, loop)
	}
	m.finish()
	a.Op(MOV, RAX, Ptr(RDI, tileANext))
	a.Op(ADD, Ptr(RDI, tileAAt), RAX)
	a.Op(ADD, R15, Ptr(RDI, tileCNext))
	a.Op(ADD, RCX, Ptr(RDI, tileBNext))
	a.Op(DEC, Ptr(RDI, tilePanels).Sized(8))
	a.Jcc(NotEqual, next)
	a.Op(VZEROUPPER)
	a.Op(RET)
}

func (m *micro) vec(n int) Reg { return Vec(n, m.width) }

func (m *micro) zero(r Reg) {
	if m.evex {
		m.Op(VPXORD, r, r, r)
	} else {
		m.Op(VXORPS, r, r, r)
	}
}

// prepare loads what does not change, and the mask.
func (m *micro) prepare() {
	emitMultiples(m.Asm, multiples, Ptr(RDI, tileARow), m.r)
	if m.fetches() {
		m.MovImm(RSI, 0)
		m.Op(MOV, RAX, Ptr(RDI, tileK))
		m.Op(SUB, RAX, Imm(m.r))
		m.Op(Less.Cmov(), RAX, RSI)
		m.Op(MOV, Ptr(RDI, tileRest), RAX)
		m.Op(SUB, RAX, Ptr(RDI, tileCopies))
		m.Op(MOV, Ptr(RDI, tileStop), RAX)
	} else {
		m.Op(MOV, RSI, Ptr(RDI, tileACol))
		m.Op(MOV, RBX, Ptr(RDI, tileBCol))
	}
	m.Op(MOV, RCX, Ptr(RDI, tileB))
	m.Op(MOV, R15, Ptr(RDI, tileC))
	switch {
	case !m.mask:
	case m.evex:
		m.part = K1
		m.MovImm(RAX, 0xffff)
		m.Op(MOV, EDX, Ptr(RDI, tileTail))
		m.Op(BZHI, EAX, EAX, EDX)
		m.Op(KMOVW, K1, EAX)
	default:
		m.part = m.vec(15)
		m.Op(VMOVQ, m.part.X(), Ptr(RDI, tileTail))
		emitMask(m.Asm, m.form, m.part)
	}
}

// emitMask sets the elements of r, a vector of up to 32 bytes, that are before the
// number in its lowest element.
func emitMask(a *Asm, f form, r Reg) {
	iota := make([]byte, r.Bytes())
	for i := 0; i < len(iota); i += f.size {
		binary.LittleEndian.PutUint32(iota[i:], uint32(i/f.size))
	}
	a.Op(pick(f.size, VPBROADCASTD, VPBROADCASTQ), r, r.X())
	a.Op(pick(f.size, VPCMPGTD, VPCMPGTQ), r, r, a.Const(iota))
}

// fetches reports whether the kernel asks for memory that will be wanted.
func (m *micro) fetches() bool { return m.r*m.v >= 8 && m.r > 1 && m.v <= 2 }

// copies reports whether it copies, for which it has a register.
func (m *micro) copies() bool { return m.fetches() && m.v == 2 && (m.evex || !m.mask) }

// fetching is the loop over k of a kernel that asks for lines early, for one or two at
// a time, for those that come from afar take the places of those that come soon: first
// for those of the result. Then it copies; while the products are computed that is free.
func (m *micro) fetching() {
	each := func(more func(), again func(loop Label)) {
		m.Align(32)
		loop := m.NewLabel()
		m.Bind(loop)
		m.products()
		more()
		m.Op(ADD, RBX, RSI)
		m.Op(ADD, RAX, Ptr(RDI, tileACol))
		m.Op(ADD, RCX, Ptr(RDI, tileBCol))
		m.Op(DEC, RDX)
		again(loop)
	}
	until := func(at int32) func(loop Label) {
		return func(loop Label) {
			m.Op(CMP, RDX, Ptr(RDI, at))
			m.Jcc(NotEqual, loop)
		}
	}
	m.Op(MOV, RBX, R15)
	m.Op(MOV, RSI, Ptr(RDI, tileCRow))
	each(func() {
		// Ends of lines' worth: where a row lies across lines, its beginning has come with
		// the panel before.
		for at := min(64, m.v*m.width); at <= m.v*m.width; at += 64 {
			m.Op(PREFETCHT0, Ptr(RBX, int32(at-1)))
		}
	}, until(tileRest))
	done := m.NewLabel()
	if m.copies() {
		none := m.NewLabel()
		m.Op(CMP, Ptr(RDI, tileCopies).Sized(8), Imm(0))
		m.Jcc(Equal, none)
		m.Op(MOV, Ptr(RDI, tileKeep), R15)
		m.Op(MOV, R15, Ptr(RDI, tileTo))
		m.Op(MOV, RBX, Ptr(RDI, tileFrom))
		m.Op(MOV, RSI, Ptr(RDI, tileFromRow))
		each(func() {
			m.Op(VMOVUPS, m.spare(), Ptr(RBX, 0))
			m.Op(VMOVUPS, Ptr(R15, 0), m.spare())
			m.Op(PREFETCHT1, Ptr(RBX, int32(2*m.width-1))) // the end of what the next panel copies
			m.Op(ADD, R15, Ptr(RDI, tileToRow))
		}, until(tileStop))
		m.Op(MOV, R15, Ptr(RDI, tileKeep))
		m.Op(ADD, Ptr(RDI, tileFrom).Sized(8), Imm(m.width))
		m.Op(ADD, Ptr(RDI, tileTo).Sized(8), Imm(m.width))
		m.Bind(none)
	}
	m.Op(TEST, RDX, RDX)
	m.Jcc(Equal, done)
	m.Op(MOV, RBX, Ptr(RDI, tileNext))
	m.Op(MOV, RSI, Ptr(RDI, tileNextRow))
	each(func() { m.Op(PREFETCHT1, Ptr(RBX, 0)) }, func(loop Label) { m.Jcc(NotEqual, loop) })
	m.Op(MOV, RSI, Ptr(RDI, tileNextPanel))
	m.Op(ADD, Ptr(RDI, tileNext), RSI)
	m.Bind(done)
}

// last is the number of the last register for numbers.
func (m *micro) last() int {
	switch {
	case m.evex:
		return 31
	case m.mask:
		return 14
	}
	return 15
}

// spare is the register for what is copied.
func (m *micro) spare() Reg { return m.vec(m.last()) }

// products adds the products of one k.
func (m *micro) products() {
	fma := pick(m.size, VFMADD231PS, VFMADD231PD)
	sums := m.r * m.v
	for j := range m.v {
		m.load(m.vec(sums+j), Ptr(RCX, int32(j*m.width)), j)
	}
	free := m.last() - (sums + m.v) + 1
	if m.copies() {
		free--
	}
	for i := range m.r {
		x := m.vec(sums + m.v + i%min(free, 2))
		m.Op(pick(m.size, VBROADCASTSS, VBROADCASTSD), x, row(RAX, multiples, i))
		for j := range m.v {
			m.Op(fma, m.vec(i*m.v+j), m.vec(sums+j), x)
		}
	}
}

// wideRow is products for one row and many vectors.
func (m *micro) wideRow() {
	x := m.vec(m.v)
	m.Op(pick(m.size, VBROADCASTSS, VBROADCASTSD), x, Ptr(RAX, 0))
	for j := range m.v {
		m.Op(pick(m.size, VFMADD231PS, VFMADD231PD), m.vec(j), x, Ptr(RCX, int32(j*m.width)))
	}
}

// load loads the j-th vector of a panel, zeros beyond its end.
func (m *micro) load(to Reg, from Mem, j int) {
	switch {
	case !m.mask || j < m.v-1:
		m.Op(VMOVUPS, to, from)
	case m.evex:
		m.Op(pick(m.size, VMOVUPS, VMOVUPD), to.MaskZero(m.part), from)
	default:
		m.Op(pick(m.size, VMASKMOVPS, VMASKMOVPD), to, m.part, from)
	}
}

func (m *micro) store(to Mem, from Reg, j int) {
	switch {
	case !m.mask || j < m.v-1:
		m.Op(VMOVUPS, to, from)
	case m.evex:
		m.Op(pick(m.size, VMOVUPS, VMOVUPD), to.Mask(m.part), from)
	default:
		m.Op(pick(m.size, VMASKMOVPS, VMASKMOVPD), to, m.part, from)
	}
}

// finish stores the sums, or adds them to the result.
func (m *micro) finish() {
	plain, done := m.NewLabel(), m.NewLabel()
	m.Op(MOV, RAX, R15)
	m.Op(MOV, RDX, Ptr(RDI, tileCRow))
	m.Op(CMP, Ptr(RDI, tileAdd).Sized(8), Imm(0))
	m.Jcc(Equal, plain)
	m.eachSum(func(sum Reg, at Mem, j int) {
		old := m.vec(m.r * m.v) // where b was
		m.load(old, at, j)
		m.Op(pick(m.size, VADDPS, VADDPD), sum, old, sum)
		m.store(at, sum, j)
	})
	m.Jmp(done)
	m.Bind(plain)
	m.eachSum(func(sum Reg, at Mem, j int) { m.store(at, sum, j) })
	m.Bind(done)
}

func (m *micro) eachSum(f func(sum Reg, at Mem, j int)) {
	for i := range m.r {
		for j := range m.v {
			f(m.vec(i*m.v+j), Ptr(RAX, int32(j*m.width)), j)
		}
		if i < m.r-1 {
			m.Op(ADD, RAX, RDX)
		}
	}
}

// pick returns the instruction for elements of the size.
func pick(size int, single, double Op) Op {
	if size == 4 {
		return single
	}
	return double
}
