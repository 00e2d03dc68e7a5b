package move

import (
	"sync"
	"unsafe"

	. "gojax/internal/asm/amd64"
	"gojax/internal/cpu/code"
	"gojax/internal/cpu/tile"
)

// A Zip puts short rows of several sources side by side: row i of what it writes is row i of
// each source, one after the other. All of them lie without gaps.
type Zip struct {
	widths []int // bytes of a row of each source
	row    int   // of all of them
	unit   int   // bytes of what the rows of all are a multiple of
	even   int   // the bytes of a row of each source if that is one element of 4 or 8 bytes, else 0
	table  *shuffles
}

// MostZipped is how many sources a Zip has at most.
const MostZipped = 8

const (
	zipVector = 32            // bytes that are written at once
	zipCall   = 64 << 10 / 32 // vectors that are written before anybody may interrupt
)

// NewZip returns the Zip of sources of which rows have so many bytes, nil if it is none: there
// are too few or too many, or rows are so long that it is not worth while.
func NewZip(widths ...int) *Zip {
	z := &Zip{widths: widths, unit: 16, even: widths[0]}
	for _, w := range widths {
		z.row += w
		z.unit = min(z.unit, w&-w)
		if w != z.even || w != 4 && w != 8 {
			z.even = 0
		}
	}
	if len(widths) < 2 || len(widths) > MostZipped {
		return nil
	}
	if z.even == 0 {
		if z.table = newShuffles(z); z.table == nil {
			return nil
		}
	}
	return z
}

// Rows writes n rows to dst.
func (z *Zip) Rows(u *Zipper, dst unsafe.Pointer, src []unsafe.Pointer, n int) {
	done := 0
	switch {
	case u == nil:
	case z.even > 0:
		done = z.pairs(u, dst, src, n)
	default:
		done = z.table.run(u, dst, src, n)
	}
	if done == n { // else pointers may go beyond their arrays
		return
	}
	at := done * z.row
	for s, w := range z.widths {
		for i := 0; i < w; i += z.unit {
			tile.Strided(unsafe.Add(dst, at+i), z.row/z.unit, unsafe.Add(src[s], done*w+i), w/z.unit, z.unit, n-done)
		}
		at += w
	}
}

// pairs writes as many rows as are whole vectors, of sources with rows of one element.
func (z *Zip) pairs(u *Zipper, dst unsafe.Pointer, src []unsafe.Pointer, n int) (done int) {
	rows := zipVector / z.even // of a period: one vector of each source
	most := zipCall / len(src)
	for n-done >= rows {
		a := zipping{dst: unsafe.Add(dst, done*z.row), periods: min((n-done)/rows, most)}
		for s := range src {
			a.src[s] = unsafe.Add(src[s], done*z.even)
		}
		code.Call(u.even[z.even/8][len(src)], unsafe.Pointer(&a))
		done += a.periods * rows
	}
	return done
}

// A zipping is the argument of the kernels for a Zip.
type zipping struct {
	src        [MostZipped]unsafe.Pointer
	dst, table unsafe.Pointer
	periods    int             // at least 1
	vectors    int             // of a period, and
	by         [MostZipped]int // its bytes in each source, where a table says what it is
}

// A Zipper has the kernels of a level for every Zip.
type Zipper struct {
	even  [2][MostZipped + 1]code.Func // for elements of 4 and of 8 bytes, by the number of sources
	table [MostZipped + 1]code.Func
}

// NewZipper makes the kernels of a level; nil for Portable. The error is that of code.Make.
func NewZipper(level code.Level) (*Zipper, error) {
	if level == code.Portable {
		return nil, nil
	}
	u := &Zipper{}
	var kernels []func(a *Asm)
	var places []*code.Func
	add := func(place *code.Func, emit func(a *Asm)) {
		places, kernels = append(places, place), append(kernels, emit)
	}
	for n := 2; n <= MostZipped; n++ {
		add(&u.even[0][n], func(a *Asm) { emitZip(a, n, zip4) })
		add(&u.even[1][n], func(a *Asm) { emitZip(a, n, zip8) })
		add(&u.table[n], func(a *Asm) { emitShuffles(a, n) })
	}
	c, err := code.Make(kernels...)
	if err != nil {
		return nil, err
	}
	for i, place := range places {
		*place = c.Func(i)
	}
	return u, nil
}

// NativeZipper returns the kernels at the level of this process, nil if it is without machine
// code.
func NativeZipper() *Zipper { return nativeZipper() }

var nativeZipper = sync.OnceValue(func() *Zipper {
	level, _ := code.Chosen()
	u, _ := NewZipper(level) // nil where the system refuses machine code
	return u
})

// zipFrom are the registers with where sources are read.
var zipFrom = [MostZipped]Reg{RSI, R9, R10, R11, R12, R13, R14, R15}

// emitZip emits the kernel for a vector of each of some sources at a time, in the registers from
// Y0 on. prepare returns what makes vector t of what is written, in Y8.
func emitZip(a *Asm, sources int, prepare func(a *Asm, sources int) (vector func(t int))) {
	for s := range sources {
		a.Op(MOV, zipFrom[s], field(unsafe.Offsetof(zipping{}.src)+uintptr(8*s)))
	}
	a.Op(MOV, RDX, field(unsafe.Offsetof(zipping{}.dst)))
	a.Op(MOV, RCX, field(unsafe.Offsetof(zipping{}.periods)))
	vector := prepare(a, sources)
	a.Op(XOR, EAX, EAX)
	a.Align(32)
	next := a.NewLabel()
	a.Bind(next)
	for s := range sources {
		a.Op(VMOVDQU, Y(s), Ptr(zipFrom[s], 0).Index(RAX, 1))
	}
	for t := range sources {
		vector(t)
		a.Op(VMOVDQU, Ptr(RDX, int32(zipVector*t)), Y8)
	}
	a.Op(ADD, RAX, Imm(zipVector))
	a.Op(ADD, RDX, Imm(zipVector*sources))
	a.Op(DEC, RCX)
	a.Jcc(NotEqual, next)
	a.Op(VZEROUPPER)
	a.Op(RET)
}

// picked makes Y8 of the sources, from which permute takes to a register elements in the order in
// which they are written: those at place i are of source (first+i) modulo their number.
func picked(a *Asm, sources, first, places int, permute func(to, from Reg)) {
	words := 8 / places // of an element
	to := Y8
	for s := range sources {
		mine := 0
		for i := range places {
			if (first+i)%sources == s {
				mine |= (1<<words - 1) << (i * words)
			}
		}
		if mine == 0 {
			continue
		}
		permute(to, Y(s))
		if to != Y8 {
			a.Op(VPBLENDD, Y8, Y8, to, Imm(mine))
		}
		to = Y9
	}
}

// zip8 is for elements of 8 bytes.
func zip8(a *Asm, sources int) (vector func(t int)) {
	return func(t int) {
		order := 0
		for i := range 4 {
			order |= (4*t + i) / sources << (2 * i)
		}
		picked(a, sources, 4*t, 4, func(to, from Reg) { a.Op(VPERMQ, to, from, Imm(order)) })
	}
}

// zip4 is for elements of 4 bytes. The orders that find no register are made each time.
func zip4(a *Asm, sources int) (vector func(t int)) {
	const first, registers = 11, 5
	order := func(r, t int) {
		bits := uint64(0)
		for i := range 8 {
			bits |= uint64((8*t+i)/sources) << (8 * i)
		}
		a.MovImm(RBX, int64(bits))
		a.Op(VMOVQ, X(r), RBX)
		a.Op(VPMOVZXBD, Y(r), X(r))
	}
	for t := range min(sources, registers) {
		order(first+t, t)
	}
	return func(t int) {
		r := first + t
		if t >= registers {
			r = first - 1
			order(r, t)
		}
		picked(a, sources, 8*t, 8, func(to, from Reg) { a.Op(VPERMD, to, Y(r), from) })
	}
}
