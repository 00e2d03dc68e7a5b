package gemm

import (
	"unsafe"

	"gojax/internal/cpu/code"
	"gojax/internal/cpu/run"

	. "gojax/internal/asm/amd64"
)

// Halves are multiplied as float32, and each is widened on its way: as it is packed, or with
// a small matrix. Sums are float32 until they are complete, in a strip of rows of the result.

// A Kind is how elements lie in memory.
type Kind uint8

const (
	Whole    Kind = iota // as they are multiplied
	Float16              // of the unit for float32 alone
	BFloat16             // likewise
)

// size is that of an element, in bytes.
func (k Kind) size(whole int) int {
	if k == Whole {
		return whole
	}
	return 2
}

// A sheet is the argument of the kernels that change the type of rows of elements.
type sheet struct {
	src, dst       unsafe.Pointer
	srcRow, dstRow int // bytes between rows
	n, rows        int // elements of each, and how many; at least 1
}

// emitSheet emits a kernel for a sheet. Its two parts change 16 elements, and one; both are in
// the registers from X0 on.
func emitSheet(a *Asm, from, to int, prepare, many, one func()) {
	field := func(at uintptr) Mem { return Ptr(RDI, int32(at)) }
	prepare()
	a.Op(MOV, R8, field(unsafe.Offsetof(sheet{}.src)))
	a.Op(MOV, R9, field(unsafe.Offsetof(sheet{}.dst)))
	a.Op(MOV, R10, field(unsafe.Offsetof(sheet{}.rows)))
	next, single, rest, loop, done := a.NewLabel(), a.NewLabel(), a.NewLabel(), a.NewLabel(), a.NewLabel()
	a.Bind(next)
	a.Op(MOV, RSI, R8)
	a.Op(MOV, RCX, R9)
	a.Op(MOV, RDX, field(unsafe.Offsetof(sheet{}.n)))
	a.Op(SUB, RDX, Imm(16))
	a.Jcc(Less, rest)
	a.Align(32)
	a.Bind(loop)
	many()
	a.Op(ADD, RSI, Imm(16*from))
	a.Op(ADD, RCX, Imm(16*to))
	a.Op(SUB, RDX, Imm(16))
	a.Jcc(GreaterEqual, loop)
	a.Bind(rest)
	a.Op(ADD, RDX, Imm(16))
	a.Jcc(Equal, done)
	a.Bind(single)
	one()
	a.Op(ADD, RSI, Imm(from))
	a.Op(ADD, RCX, Imm(to))
	a.Op(DEC, RDX)
	a.Jcc(NotEqual, single)
	a.Bind(done)
	a.Op(ADD, R8, field(unsafe.Offsetof(sheet{}.srcRow)))
	a.Op(ADD, R9, field(unsafe.Offsetof(sheet{}.dstRow)))
	a.Op(DEC, R10)
	a.Jcc(NotEqual, next)
	a.Op(VZEROUPPER)
	a.Op(RET)
}

// emitWiden emits the kernel that makes float32 of halves.
func emitWiden(a *Asm, k Kind) {
	emitSheet(a, 2, 4, func() {}, func() {
		for i := range 2 {
			from, to := Ptr(RSI, int32(16*i)), Ptr(RCX, int32(32*i))
			if k == Float16 {
				a.Op(VCVTPH2PS, Y(i), from)
			} else {
				a.Op(VPMOVZXWD, Y(i), from)
				a.Op(VPSLLD, Y(i), Y(i), Imm(16))
			}
			a.Op(VMOVUPS, to, Y(i))
		}
	}, func() {
		a.Op(MOVZX, EAX, Ptr(RSI, 0).Sized(2))
		if k == Float16 {
			a.Op(VMOVD, X(0), EAX)
			a.Op(VCVTPH2PS, X(0), X(0))
			a.Op(VMOVSS, Ptr(RCX, 0), X(0))
			return
		}
		a.Op(SHL, EAX, Imm(16))
		a.Op(MOV, Ptr(RCX, 0), EAX)
	})
}

// emitNarrow emits the kernel that makes of float32 the nearest halves.
func emitNarrow(a *Asm, k Kind) {
	if k == Float16 {
		emitSheet(a, 4, 2, func() {}, func() {
			for i := range 2 {
				a.Op(VMOVUPS, Y(i), Ptr(RSI, int32(32*i)))
				a.Op(VCVTPS2PH, Ptr(RCX, int32(16*i)), Y(i), Imm(0))
			}
		}, func() {
			a.Op(VMOVSS, X(0), Ptr(RSI, 0))
			a.Op(VCVTPS2PH, X(0), X(0), Imm(0))
			a.Op(VMOVD, EAX, X(0))
			a.Op(MOV, Ptr(RCX, 0), EAX.R16())
		})
		return
	}
	const one, half, quiet = 13, 14, 15
	constant := func(to int, bits int) {
		a.MovImm(RAX, int64(bits))
		a.Op(VMOVD, X(to), EAX)
		a.Op(VPBROADCASTD, Y(to), X(to))
	}
	// round makes the word in r of the bits of the half: it adds what carries if what goes is
	// more than a half, or a half where the result would be odd. A NaN becomes quiet.
	round := func(vec func(int) Reg, r, t int) {
		a.Op(VPSRLD, vec(t), vec(r), Imm(16))
		a.Op(VPAND, vec(t), vec(t), vec(one))
		a.Op(VPADDD, vec(t), vec(t), vec(half))
		a.Op(VPADDD, vec(t), vec(t), vec(r))
		a.Op(VPOR, vec(t+1), vec(r), vec(quiet))
		a.Op(VCMPPS, vec(t+2), vec(r), vec(r), Imm(3)) // unordered
		a.Op(VBLENDVPS, vec(t), vec(t), vec(t+1), vec(t+2))
		a.Op(VPSRLD, vec(r), vec(t), Imm(16))
	}
	emitSheet(a, 4, 2, func() {
		constant(one, 1)
		constant(half, 0x7fff)
		constant(quiet, 1<<22)
	}, func() {
		for i := range 2 {
			a.Op(VMOVUPS, Y(i), Ptr(RSI, int32(32*i)))
			round(Y, i, 2+3*i)
		}
		a.Op(VPACKUSDW, Y(0), Y(0), Y(1))
		a.Op(VPERMQ, Y(0), Y(0), Imm(0xd8))
		a.Op(VMOVUPS, Ptr(RCX, 0), Y(0))
	}, func() {
		a.Op(VMOVSS, X(0), Ptr(RSI, 0))
		round(X, 0, 2)
		a.Op(VMOVD, EAX, X(0))
		a.Op(MOV, Ptr(RCX, 0), EAX.R16())
	})
}

// widen sets dst, rows of line bytes, to rows of n elements of o.
func (u *Unit) widen(dst unsafe.Pointer, line int, o operand, rows, n int) {
	t := sheet{src: o.p, dst: dst, srcRow: o.row, dstRow: line, n: n, rows: rows}
	code.Call(u.toWhole[o.kind-1], unsafe.Pointer(&t))
}

// halve sets rows of n elements of o, to those of src, rows of line bytes.
func (u *Unit) halve(o operand, src unsafe.Pointer, line, rows, n int) {
	t := sheet{src: src, dst: o.p, srcRow: line, dstRow: o.row, n: n, rows: rows}
	code.Call(u.toHalf[o.kind-1], unsafe.Pointer(&t))
}

// ofWhole is how n rows of d elements of o lie when they are widened.
func (u *Unit) ofWhole(o operand, n, d int) operand {
	switch {
	case !o.apart():
		return o
	case o.row == o.kind.size(u.size):
		return operand{row: u.size, col: u.pitch(n)}
	}
	return operand{row: u.pitch(d), col: u.size}
}

// ofWhole is the plan of one product of what is widened.
func (p *Plan) ofWhole() *Plan {
	q := &Plan{Unit: p.Unit, b: 1, m: p.m, n: p.n, k: p.k, to: p.to,
		x: p.Unit.ofWhole(p.x, p.m, p.k), y: p.Unit.ofWhole(p.y, p.n, p.k)}
	if q.to.kind != Whole {
		q.to = operand{row: p.n * p.size, col: p.size}
	}
	return q
}

// compute sets to to n rows of d elements of o, which is not in memory.
func (u *Unit) compute(to, o operand, n, d int) {
	size := o.kind.size(u.size)
	l := Lined{o.off / size, d, n, o.row / size, to.row}
	if o.row == size {
		l = Lined{o.off / size, n, d, o.col / size, to.col}
	}
	if o.kind == Whole {
		o.lines(to.p, l.whole(size))
		return
	}
	// Halves are at the ends of their lines, which are widened from the beginning, some while they are
	// in the nearest cache.
	const some = 16 << 10
	for at, end := 0, l.Lines; at < end; at += l.Lines {
		l.Lines = min(max(some/l.Row, 1), end-at)
		dst, half := unsafe.Add(to.p, at*l.Row), o
		half.p, half.row = unsafe.Add(dst, l.N*size), l.Row
		o.lines(half.p, l)
		u.widen(dst, l.Row, half, l.Lines, l.N)
		l.At += l.Lines * l.Step
	}
}

// area is how many bytes n rows of d elements take when they are widened.
func (u *Unit) area(n, d int) int { return max(n*u.pitch(d), d*u.pitch(n)) }

// widened returns n rows of d elements of o as they are multiplied, in room.
func (u *Unit) widened(room unsafe.Pointer, o operand, n, d int) operand {
	to := u.ofWhole(o, n, d)
	to.p = room
	if o.lines != nil {
		u.compute(to, o, n, d)
		return to
	}
	switch {
	case o.row == 2:
		o.row = o.col
		u.widen(room, to.col, o, d, n)
	case o.col == 2:
		u.widen(room, to.row, o, n, d)
	default: // columns of one element
		for i := range n {
			row := o.at(i, 0)
			row.row = o.col
			u.widen(to.at(i, 0).p, u.size, row, d, 1)
		}
	}
	return to
}

// allWide is widened by all threads, in memory that the caller frees.
func (p *product) allWide(o operand, n, d int) (operand, []byte) {
	room := p.memory.Alloc(p.area(n, d))
	to := p.Unit.ofWhole(o, n, d)
	to.p = unsafe.Pointer(unsafe.SliceData(room))
	if o.row == o.kind.size(p.size) {
		run.Parallel(d, grain(float64(n)/10), func(lo, hi int) {
			from := o.at(0, lo)
			if o.lines != nil {
				p.widened(to.at(0, lo).p, from, n, hi-lo)
				return
			}
			from.row = o.col
			p.widen(to.at(0, lo).p, to.col, from, hi-lo, n)
		})
		return to, room
	}
	run.Parallel(n, grain(float64(d)/10), func(lo, hi int) { p.widened(to.at(lo, 0).p, o.at(lo, 0), hi-lo, d) })
	return to, room
}

// enough is memory that is lent when it is needed.
type enough struct{ room []byte }

// of returns at least n bytes.
func (e *enough) of(m *run.Memory, n int) unsafe.Pointer {
	if len(e.room) < n {
		e.free(m)
		e.room = m.Alloc(n)
	}
	return e.p()
}

// p is what was lent.
func (e *enough) p() unsafe.Pointer { return unsafe.Pointer(unsafe.SliceData(e.room)) }

func (e *enough) free(m *run.Memory) {
	m.Free(e.room)
	e.room = nil
}

// smallHalves is small for a product with halves.
func (p *product) smallHalves(w *work) {
	if p.k == 0 {
		p.zero()
		p.finished(p.out, p.m*p.n)
		return
	}
	q := *p
	q.Plan, q.to, q.row, q.then = p.wider, p.wider.to, p.wider.to.row, Then{}
	if p.x.kind != Whole {
		q.x = p.widened(w.x.of(w.memory, p.area(p.m, p.k)), p.x, p.m, p.k)
	}
	if p.y.kind != Whole {
		q.y = p.widened(w.y.of(w.memory, p.area(p.n, p.k)), p.y, p.n, p.k)
	}
	if p.to.kind != Whole {
		q.out = w.sums.of(w.memory, p.m*q.row)
	}
	q.small(w)
	if p.to.kind != Whole {
		p.halve(p.result(), q.out, q.row, p.m, p.n)
	}
	p.finished(p.out, p.m*p.n)
}

// result is where the result goes, if p.out is that.
func (p *product) result() operand {
	o := p.to
	o.p = p.out
	return o
}

// fewHalves is how many elements one thread widens.
const fewHalves = 1 << 18

// vectorOfHalves multiplies a matrix of n rows and a vector, as large does.
func (p *product) vectorOfHalves(a, v operand, n int, all bool, w *work) {
	q := *p
	q.Plan, q.to, q.then = p.wider, p.wider.to, Then{}
	if v.apart() && !p.isWideRow(n) {
		v = p.widened(w.y.of(w.memory, p.area(1, p.k)), v, 1, p.k)
	}
	if p.to.kind != Whole {
		q.out = w.sums.of(w.memory, n*p.size)
	}
	switch {
	case n*p.k > fewHalves:
		q.large(a, v, n, all, w)
	case a.apart():
		c := p.portionOf(a, n)
		q.portioned(a, v, q.out, n, c, w.x.of(w.memory, c.room(p.Plan, a)))
	default:
		q.vector(a, v, q.out, n)
	}
	if p.to.kind != Whole {
		to := p.result()
		p.halve(to, q.out, 0, 1, n)
	}
}

// isWideRow reports whether a matrix of n rows is one that is so long that the vector is widened by
// blocks as well.
func (p *Plan) isWideRow(n int) bool { return n == 1 && p.k > fewHalves }

// ofVectorHalves is what vectorOfHalves works in.
func (p *Plan) ofVectorHalves(a, v operand, n, threads int, all bool) int {
	bytes := 0
	if v.apart() && !p.isWideRow(n) {
		bytes += run.Room(p.area(1, p.k))
		v = p.Unit.ofWhole(operand{row: v.row, col: v.col, kind: v.kind}, 1, p.k)
	}
	if p.to.kind != Whole {
		bytes += run.Room(n * p.size)
	}
	switch {
	case n*p.k > fewHalves:
		bytes += p.ofMatrix(a, v, n, threads, all)
	case a.apart():
		bytes += run.Room(p.portionOf(a, n).room(p, a))
	}
	return bytes
}
