package gemm

import (
	"unsafe"

	. "gojax/internal/asm/amd64"
)

// The kernels of this file read rows, a few elements of each, and turn them in
// registers, so that a vector has the elements of one k. Vectors have 32 bytes at every
// level: turning wider ones takes as long for each byte.

// group is how many rows are turned together, a vector of them.
func (f form) group() int { return 32 / f.size }

// step is how many elements of each row are turned at once.
func (f form) step() int { return 16 / f.size }

// emitColumns reads a step of each row of a group and returns the registers that have
// the columns. It uses eight registers from the first. If mask is one, the elements
// that it leaves out are not read, and zero.
func emitColumns(a *Asm, f form, first int, at func(i int) Mem, mask Reg) []Reg {
	y := func(n int) Reg { return Y(first + n) }
	half := f.group() / 2
	for i := range half {
		low, high := y(i), at(i+half)
		if mask == 0 {
			a.Op(VMOVUPS, low.X(), at(i))
			a.Op(VINSERTF128, low, low, high, Imm(1))
			continue
		}
		load := pick(f.size, VMASKMOVPS, VMASKMOVPD)
		a.Op(load, low.X(), mask, at(i))
		a.Op(load, X(first+7), mask, high)
		a.Op(VINSERTF128, low, low, X(first+7), Imm(1))
	}
	if f.size == 8 {
		a.Op(VUNPCKLPD, y(2), y(0), y(1))
		a.Op(VUNPCKHPD, y(3), y(0), y(1))
		return []Reg{y(2), y(3)}
	}
	a.Op(VUNPCKLPS, y(4), y(0), y(1))
	a.Op(VUNPCKLPS, y(5), y(2), y(3))
	a.Op(VUNPCKHPS, y(6), y(0), y(1))
	a.Op(VUNPCKHPS, y(7), y(2), y(3))
	a.Op(VUNPCKLPD, y(0), y(4), y(5))
	a.Op(VUNPCKHPD, y(1), y(4), y(5))
	a.Op(VUNPCKLPD, y(2), y(6), y(7))
	a.Op(VUNPCKHPD, y(3), y(6), y(7))
	return []Reg{y(0), y(1), y(2), y(3)}
}

// A turning is the argument of the kernel that transposes groups of rows.
type turning struct {
	src, dst       unsafe.Pointer
	srcRow, dstRow int // bytes between rows
	steps          int // at least 1
	groups         int // at least 1
}

func emitTurn(a *Asm, f form) {
	field := func(at uintptr) Mem { return Ptr(RDI, int32(at)) }
	a.Op(MOV, R12, field(unsafe.Offsetof(turning{}.src)))
	a.Op(MOV, R13, field(unsafe.Offsetof(turning{}.dst)))
	emitMultiples(a, multiples, field(unsafe.Offsetof(turning{}.srcRow)), f.group())
	a.Op(MOV, RSI, field(unsafe.Offsetof(turning{}.dstRow)))
	a.Op(LEA, RBX, Ptr(RSI, 0).Index(RSI, 2))
	a.Op(MOV, R14, field(unsafe.Offsetof(turning{}.groups)))
	next := a.NewLabel()
	a.Bind(next)
	a.Op(MOV, RAX, R12)
	a.Op(MOV, RCX, R13)
	a.Op(MOV, RDX, field(unsafe.Offsetof(turning{}.steps)))
	a.Align(32)
	loop := a.NewLabel()
	a.Bind(loop)
	columns := emitColumns(a, f, 0, func(i int) Mem { return row(RAX, multiples, i) }, 0)
	for i, c := range columns {
		a.Op(VMOVUPS, row(RCX, []Reg{RSI, RBX}, i), c)
	}
	a.Op(ADD, RAX, Imm(16))
	a.Op(LEA, RCX, Ptr(RCX, 0).Index(RSI, f.step()))
	a.Op(DEC, RDX)
	a.Jcc(NotEqual, loop)
	a.Op(LEA, R12, Ptr(R12, 0).Index(R8, f.group()))
	a.Op(ADD, R13, Imm(32))
	a.Op(DEC, R14)
	a.Jcc(NotEqual, next)
	a.Op(VZEROUPPER)
	a.Op(RET)
}

// A band is one or two groups of rows. These are the argument of the kernels for the products of
// bands, one after the other, and a vector, all in one piece along k.
type bands struct {
	a, v, out unsafe.Pointer
	early     uintptr // from where on memory is asked for, if in one piece, for the first band
	row       int     // bytes between rows of a
	k         int     // at least 1; a multiple of depth unless it is the last
	add       int     // begin with what is in out, if not 0
	n         int     // how many, at least 1
}

// A reading is how the kernel for bands reads.
type reading struct {
	groups int
	onward bool // ask for memory from early on, as much as is read
	paired bool // two blocks of k side by side, so that no sum waits for itself
}

var readings = [...]reading{
	cached: {groups: 2},
	nearer: {groups: 1, onward: true, paired: true},
	onward: {groups: 1, onward: true},
}

// Where a matrix is. Rows that are a power of two apart share few lines of the first
// cache, so a band of eight is read faster than one of 16; and memory likes to be read
// from one end to the other, hence the next band is asked for in that order.
const (
	cached = iota // in the second cache, or too wide
	nearer        // in the third
	onward        // in memory
)

// ahead is how many bytes before their use lines of each row are asked for. Processors
// do so by themselves for fewer rows than two groups have.
const ahead = 1024

// emitAlong emits the kernel for bands. There are: sums in Y8 and Y9, totals in Y10
// and Y11.
func emitAlong(a *Asm, f form, how reading) {
	field := func(at uintptr) Mem { return Ptr(RDI, int32(at)) }
	fma := pick(f.size, VFMADD231PS, VFMADD231PD)
	bcast := pick(f.size, VBROADCASTSS, VBROADCASTSD)
	bases := []Reg{RAX, RCX}[:how.groups]
	again, last := a.NewLabel(), a.NewLabel()
	emitMultiples(a, multiples, field(unsafe.Offsetof(bands{}.row)), 8)
	a.Op(MOV, R14, field(unsafe.Offsetof(bands{}.out)))
	a.Op(MOV, R12, field(unsafe.Offsetof(bands{}.n)))
	a.Bind(again)
	a.Op(MOV, RAX, field(unsafe.Offsetof(bands{}.a)))
	if how.onward {
		a.Op(MOV, RCX, field(unsafe.Offsetof(bands{}.early)))
	} else {
		a.Op(LEA, RCX, Ptr(RAX, 0).Index(R8, f.group()))
	}
	a.Op(MOV, RSI, field(unsafe.Offsetof(bands{}.v)))
	a.Op(MOV, RDX, field(unsafe.Offsetof(bands{}.k)))
	a.Op(MOV, R15, field(unsafe.Offsetof(bands{}.add)))
	for g := range bases {
		a.Op(VMOVUPS, Y(10+g), Ptr(R14, int32(32*g)))
	}

	end := a.NewLabel()
	if how.paired {
		emitPairs(a, f)
		a.Op(TEST, RDX, RDX)
		a.Jcc(Equal, end)
	}
	block, rest, loop, tail, done := a.NewLabel(), a.NewLabel(), a.NewLabel(), a.NewLabel(), a.NewLabel()
	a.Bind(block)
	a.MovImm(RBX, depth)
	a.Op(CMP, RDX, RBX)
	a.Op(Less.Cmov(), RBX, RDX)
	a.Op(SUB, RDX, RBX)
	for g := range bases {
		a.Op(VXORPS, Y(8+g), Y(8+g), Y(8+g))
	}
	// steps multiplies n steps of each row: all of one group first, for the lines of
	// 16 rows may be too many for one set of the first cache.
	steps := func(n int) {
		for g, base := range bases {
			for i := range f.group() * (n / 4) {
				early := row(base, multiples, i).Add(ahead)
				if how.onward {
					early = Ptr(RCX, int32(64*i))
				}
				a.Op(PREFETCHT0, early)
			}
			for s := range n {
				at := func(i int) Mem { return row(base, multiples, i).Add(int32(16 * s)) }
				for i, c := range emitColumns(a, f, 0, at, 0) {
					a.Op(bcast, Y12, Ptr(RSI, int32(16*s+i*f.size)))
					a.Op(fma, Y(8+g), c, Y12)
				}
			}
		}
		for _, r := range append([]Reg{RSI}, bases...) {
			a.Op(ADD, r, Imm(16*n))
		}
		if how.onward {
			a.Op(ADD, RCX, Imm(16*n*f.group()))
		}
	}
	lines := a.NewLabel()
	a.Op(MOV, R13, RBX)
	a.Op(SHR, R13, Imm(5-f.size/4)) // divided by four steps
	a.Jcc(Equal, rest)
	a.Align(32)
	a.Bind(lines)
	steps(4)
	a.Op(DEC, R13)
	a.Jcc(NotEqual, lines)
	a.Bind(rest)
	a.Op(MOV, R13, RBX)
	a.Op(SHR, R13, Imm(3-f.size/4)) // divided by the step
	a.Op(AND, R13, Imm(3))
	a.Jcc(Equal, tail)
	a.Bind(loop)
	steps(1)
	a.Op(DEC, R13)
	a.Jcc(NotEqual, loop)

	a.Bind(tail) // of the last block
	a.Op(AND, RBX, Imm(f.step()-1))
	a.Jcc(Equal, done)
	a.Op(VMOVQ, X15, RBX)
	emitMask(a, f, X15)
	for g, base := range bases {
		a.Op(MOV, R13, RBX)
		enough := a.NewLabel()
		for i, c := range emitColumns(a, f, 0, func(i int) Mem { return row(base, multiples, i) }, X15)[:f.step()-1] {
			a.Op(bcast, Y12, Ptr(RSI, int32(i*f.size)))
			a.Op(fma, Y(8+g), c, Y12)
			if i < f.step()-2 {
				a.Op(DEC, R13)
				a.Jcc(Equal, enough)
			}
		}
		a.Bind(enough)
	}

	a.Bind(done)
	later, joined := a.NewLabel(), a.NewLabel()
	a.Op(TEST, R15, R15)
	a.Jcc(NotEqual, later)
	for g := range bases {
		a.Op(VMOVAPS, Y(10+g), Y(8+g))
	}
	a.MovImm(R15, 1)
	a.Jmp(joined)
	a.Bind(later)
	for g := range bases {
		a.Op(pick(f.size, VADDPS, VADDPD), Y(10+g), Y(10+g), Y(8+g))
	}
	a.Bind(joined)
	a.Op(TEST, RDX, RDX)
	a.Jcc(NotEqual, block)
	a.Bind(end)
	for g := range bases {
		a.Op(VMOVUPS, Ptr(R14, int32(32*g)), Y(10+g))
	}
	a.Op(DEC, R12)
	a.Jcc(Equal, last)
	a.Op(ADD, R14, Imm(32*how.groups))
	next := []uintptr{unsafe.Offsetof(bands{}.a)}
	if how.onward {
		next = append(next, unsafe.Offsetof(bands{}.early))
	}
	for _, at := range next {
		a.Op(MOV, RAX, field(at))
		for range how.groups {
			a.Op(LEA, RAX, Ptr(RAX, 0).Index(R8, f.group()))
		}
		a.Op(MOV, field(at), RAX)
	}
	a.Jmp(again)
	a.Bind(last)
	a.Op(VZEROUPPER)
	a.Op(RET)
}

// emitPairs emits the part of a kernel for bands that goes along pairs of whole blocks.
func emitPairs(a *Asm, f form) {
	fma := pick(f.size, VFMADD231PS, VFMADD231PD)
	bcast := pick(f.size, VBROADCASTSS, VBROADCASTSD)
	add := pick(f.size, VADDPS, VADDPD)
	far := int32(depth * f.size)
	loop, lines, end := a.NewLabel(), a.NewLabel(), a.NewLabel()
	first := a.NewLabel()
	a.Bind(loop)
	a.Op(CMP, RDX, Imm(2*depth))
	a.Jcc(Less, end)
	a.Op(VXORPS, Y8, Y8, Y8)
	a.Op(VXORPS, Y9, Y9, Y9)
	a.MovImm(R13, int64(depth*f.size/64))
	a.Align(32)
	a.Bind(lines)
	for s := range 4 {
		for g := range 2 {
			for i := range f.group() / 4 {
				a.Op(PREFETCHT0, Ptr(RCX, int32(64*(i+f.group()/4*(2*s+g)))))
			}
			at := func(i int) Mem { return row(RAX, multiples, i).Add(int32(16*s) + int32(g)*far) }
			for i, c := range emitColumns(a, f, 0, at, 0) {
				a.Op(bcast, Y12, Ptr(RSI, int32(16*s+i*f.size)+int32(g)*far))
				a.Op(fma, Y(8+g), c, Y12)
			}
		}
	}
	a.Op(ADD, RAX, Imm(64))
	a.Op(ADD, RSI, Imm(64))
	a.Op(ADD, RCX, Imm(128*f.group()))
	a.Op(DEC, R13)
	a.Jcc(NotEqual, lines)
	a.Op(TEST, R15, R15)
	a.Jcc(Equal, first)
	a.Op(add, Y8, Y10, Y8)
	a.Bind(first)
	a.Op(add, Y10, Y8, Y9)
	a.MovImm(R15, 1)
	a.Op(ADD, RAX, Imm(int(far)))
	a.Op(ADD, RSI, Imm(int(far)))
	a.Op(SUB, RDX, Imm(2*depth))
	a.Jmp(loop)
	a.Bind(end)
}
