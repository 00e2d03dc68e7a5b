package gemm

import (
	"unsafe"

	"gojax/internal/cpu/code"
	"gojax/internal/cpu/run"

	. "gojax/internal/asm/amd64"
)

// Few rows times a large matrix: that is read once, as for one row (line.go), a few rows of it from one
// end to the other, while what they add to all rows of the result is added to sums in a cache.

// atPass is how many rows of the result the kernel of this file makes at most; not one alone, for
// which there is another.
const atPass = 4

// A swath is the argument of the kernel that adds rows of b, each times an element of each row of a,
// to sums.
type swath struct {
	a, b, sums unsafe.Pointer
	out        unsafe.Pointer // of the last rows of a block of k: where the result is; else nil
	aRow, aCol int            // bytes between rows of a, and between successive k
	bCol       int            // between these
	sumsRow    int            // between rows of sums
	outRow     int            // and of the result
	panels     int            // two vectors of each row; at least 1
	first      int            // of a block of k: sums begin here, if not 0
	add        int            // add to the result instead of storing, if not 0
}

// emitSwath emits the kernel for r rows of a and n successive k.
func emitSwath(a *Asm, f form, r, n int) {
	field := func(at uintptr) Mem { return Ptr(RDI, int32(at)) }
	aRows, bRows, sumsRows := []Reg{R8, R9}, []Reg{R10, R11, R12, R13}, []Reg{R15, RBX}
	emitMultiples(a, aRows, field(unsafe.Offsetof(swath{}.aRow)), r)
	emitMultiples(a, bRows, field(unsafe.Offsetof(swath{}.bCol)), n)
	emitMultiples(a, sumsRows, field(unsafe.Offsetof(swath{}.sumsRow)), r)
	a.Op(MOV, RCX, field(unsafe.Offsetof(swath{}.b)))
	a.Op(MOV, R14, field(unsafe.Offsetof(swath{}.sums)))
	a.Op(MOV, RDX, field(unsafe.Offsetof(swath{}.panels)))
	sum := func(i, j int) Reg { return Vec(2*i+j, f.width) }
	each := func(do func(sum Reg, at Mem)) {
		for i := range r {
			for j := range 2 {
				do(sum(i, j), row(R14, sumsRows, i).Add(int32(j*f.width)))
			}
		}
	}
	a.Align(32)
	loop, begun, whole := a.NewLabel(), a.NewLabel(), a.NewLabel()
	later, next := a.NewLabel(), a.NewLabel()
	a.Bind(loop)
	for i := range 2 * r {
		a.Op(VXORPS, X(i), X(i), X(i))
	}
	a.Op(CMP, field(unsafe.Offsetof(swath{}.first)).Sized(8), Imm(0))
	a.Jcc(NotEqual, begun)
	each(func(sum Reg, at Mem) { a.Op(VMOVUPS, sum, at) })
	a.Bind(begun)
	a.Op(MOV, RAX, field(unsafe.Offsetof(swath{}.a)))
	a.Op(MOV, RSI, field(unsafe.Offsetof(swath{}.aCol)))
	for k := range n {
		b := []Reg{Vec(2*atPass, f.width), Vec(2*atPass+1, f.width)}
		for j := range b {
			a.Op(VMOVUPS, b[j], row(RCX, bRows, k).Add(int32(j*f.width)))
		}
		for i := range r {
			x := Vec(2*atPass+2+i%2, f.width)
			a.Op(pick(f.size, VBROADCASTSS, VBROADCASTSD), x, row(RAX, aRows, i))
			for j := range b {
				a.Op(pick(f.size, VFMADD231PS, VFMADD231PD), sum(i, j), b[j], x)
			}
		}
		if k < n-1 {
			a.Op(ADD, RAX, RSI)
		}
	}
	a.Op(MOV, RAX, field(unsafe.Offsetof(swath{}.out)))
	a.Op(TEST, RAX, RAX)
	a.Jcc(NotEqual, whole)
	each(func(sum Reg, at Mem) { a.Op(VMOVUPS, at, sum) })
	a.Bind(next)
	a.Op(ADD, RCX, Imm(2*f.width))
	a.Op(ADD, R14, Imm(2*f.width))
	a.Op(DEC, RDX)
	a.Jcc(NotEqual, loop)
	a.Op(VZEROUPPER)
	a.Op(RET)

	a.Bind(whole)
	a.Op(ADD, RAX, R14)
	a.Op(SUB, RAX, field(unsafe.Offsetof(swath{}.sums)))
	a.Op(MOV, RSI, field(unsafe.Offsetof(swath{}.outRow)))
	a.Op(CMP, field(unsafe.Offsetof(swath{}.add)).Sized(8), Imm(0))
	a.Jcc(NotEqual, later)
	for i := range r {
		for j := range 2 {
			a.Op(VMOVUPS, Ptr(RAX, int32(j*f.width)), sum(i, j))
		}
		a.Op(ADD, RAX, RSI)
	}
	a.Jmp(next)
	a.Bind(later)
	for i := range r {
		for j := range 2 {
			at := Ptr(RAX, int32(j*f.width))
			a.Op(pick(f.size, VADDPS, VADDPD), sum(i, j), sum(i, j), at)
			a.Op(VMOVUPS, at, sum(i, j))
		}
		a.Op(ADD, RAX, RSI)
	}
	a.Jmp(next)
}

// swathed makes n columns of the result, from the j-th: whole panels, and no more bytes than sums have.
func (p *product) swathed(j, n int) {
	var sums [sumsOfFew / 8]float64
	t := swath{sumsRow: n * p.size, outRow: p.row, aRow: p.x.row, aCol: p.x.col, bCol: p.y.col, panels: n / p.columns}
	for k, work := 0, 0; k < p.k; {
		some, end := 1, min(k/depth*depth+depth, p.k)
		if k+lines <= end {
			some = lines
		}
		t.b, t.first, t.add = p.y.at(j, k).p, 0, k/depth
		if k%depth == 0 {
			t.first = 1
		}
		for i := 0; i < p.m; {
			r := count(p.m-i, count(p.m-i, atPass)) // never one
			t.a, t.sums, t.out = p.x.at(i, k).p, unsafe.Add(unsafe.Pointer(&sums), i*t.sumsRow), nil
			if k+some == end {
				t.out = unsafe.Add(p.out, i*p.row+j*p.size)
			}
			code.Call(p.swath[r-2][some/lines], unsafe.Pointer(&t))
			i += r
		}
		k += some
		if work += p.m * n * some; work > long {
			run.GiveWay()
			work = 0
		}
	}
}

const (
	wide      = 1024     // elements of a row of the matrix, at least, that are read in one piece
	sumsOfFew = 32 << 10 // bytes of the sums of one thread
)

// isFew reports whether a product is made so.
func (p *Plan) isFew() bool {
	return p.m > 1 && p.m*wide*p.size <= sumsOfFew && p.n >= 2*wide && p.n*p.k*p.size > second/2 &&
		p.y.row == p.size && !p.halves()
}

// few is single for such a product, whose operands are in memory.
func (p *product) few() {
	units, most := count(p.n, wide), sumsOfFew/(p.m*p.size)/wide
	some := max(1, min(most, units/run.Threads()))
	run.Share(units, some, p.ns(p.m*p.n*p.k), func(lo, hi int) {
		j, end := lo*wide, min(hi*wide, p.n)
		for j+p.columns <= end {
			n := min(most*wide, (end-j)/p.columns*p.columns)
			p.swathed(j, n)
			j += n
		}
		if j < end {
			p.rowsOf(p.y.at(j, 0), unsafe.Add(p.out, j*p.size), end-j, false, &work{})
		}
	})
	p.ended()
}
