package scan

import (
	"encoding/binary"
	"math"
	"sync"
	"unsafe"

	. "gojax/internal/asm/amd64"
	"gojax/internal/cpu/code"
	"gojax/internal/cpu/run"
)

// A Unit has the kernels of one operation on elements of one type.
type Unit struct {
	form
	totals, row [2]code.Func // by whether they go backwards
	sums, down  [2]code.Func // for four vectors of columns, or part of one
	many        [2]code.Func // totals of several groups at once, where size is 4 and nan 0
}

// A form is an operation in machine code.
type form struct {
	size     int    // bytes of an element, 4 or 8
	op       Op     // of the second and the third operand, of which one comes before
	identity uint64 // the bits of what changes no element that it is combined with
	// Floats are compared as integers in the order of IEEE, among which NaN is this one;
	// 0 means that they are not.
	nan    uint32
	avx512 bool
}

// A Form names an operation on elements of some type that has machine code.
type Form int

const (
	SumFloat32 Form = iota
	SumFloat64
	ProductFloat32
	ProductFloat64
	SumInt32 // of either sign
	SumInt64
	MaxFloat32
	MinFloat32
	MaxInt32
	MinInt32
	MaxUint32
	MinUint32
	forms
)

var formOf = [forms]form{
	SumFloat32:     {size: 4, op: VADDPS, identity: 1 << 31}, // -0
	SumFloat64:     {size: 8, op: VADDPD, identity: 1 << 63},
	ProductFloat32: {size: 4, op: VMULPS, identity: 0x3f800000},
	ProductFloat64: {size: 8, op: VMULPD, identity: 0x3ff0 << 48},
	SumInt32:       {size: 4, op: VPADDD},
	SumInt64:       {size: 8, op: VPADDQ},
	MaxFloat32:     {size: 4, op: VPMAXSD, identity: 0xff800000, nan: math.MaxInt32},
	MinFloat32:     {size: 4, op: VPMINSD, identity: 0x7f800000, nan: 1 << 31},
	MaxInt32:       {size: 4, op: VPMAXSD, identity: 1 << 31},
	MinInt32:       {size: 4, op: VPMINSD, identity: math.MaxInt32},
	MaxUint32:      {size: 4, op: VPMAXUD},
	MinUint32:      {size: 4, op: VPMINUD, identity: math.MaxUint32},
}

// New makes the kernels of an operation at a level; nil for the level Portable. The
// error is that of code.Make.
func New(level code.Level, op Form) (*Unit, error) {
	if level == code.Portable {
		return nil, nil
	}
	u := &Unit{form: formOf[op]}
	u.avx512 = level == code.AVX512
	emit := []func(a *Asm){
		func(a *Asm) { emitRow(a, u.form, true, false) },
		func(a *Asm) { emitRow(a, u.form, true, true) },
		func(a *Asm) { emitRow(a, u.form, false, false) },
		func(a *Asm) { emitRow(a, u.form, false, true) },
		func(a *Asm) { emitColumns(a, u.form, true, 4) },
		func(a *Asm) { emitColumns(a, u.form, true, 1) },
		func(a *Asm) { emitColumns(a, u.form, false, 4) },
		func(a *Asm) { emitColumns(a, u.form, false, 1) },
	}
	if u.size == 4 && u.nan == 0 {
		emit = append(emit, func(a *Asm) { emitTotals(a, u.form, false) }, func(a *Asm) { emitTotals(a, u.form, true) })
	}
	c, err := code.Make(emit...)
	if err != nil {
		return nil, err
	}
	for i := range 2 {
		u.totals[i], u.row[i], u.sums[i], u.down[i] = c.Func(i), c.Func(2+i), c.Func(4+i), c.Func(6+i)
		if len(emit) > 8 {
			u.many[i] = c.Func(8 + i)
		}
	}
	return u, nil
}

// Native returns the kernels of an operation at the level of this process, nil if it is
// without machine code.
func Native(op Form) *Unit {
	p := &natives[op]
	p.once.Do(func() {
		level, _ := code.Chosen()
		p.unit, _ = New(level, op) // nil where the system refuses machine code
	})
	return p.unit
}

var natives [forms]struct {
	once sync.Once
	unit *Unit
}

// lanes is how many elements a vector has.
func (f *form) lanes() int { return 32 / f.size }

// args are the arguments of all kernels. What x and out are is in row.go and column.go.
type args struct {
	x, out unsafe.Pointer
	before unsafe.Pointer // what comes before each group or column, or where totals go
	at     int            // bytes from x and out to where the kernel begins
	groups int            // at least 1 …
	eights int            // … of so many eights each …
	tail   int            // … and of so many elements more
	stride int            // bytes from a row to the next
	rows   int
	blocks int      // of columns, at least 1
	mask   [64]byte // of the elements of the tail, or the columns of a part
}

func field(at uintptr) Mem { return Ptr(RDI, int32(at)) }

// fill sets elements [lo, hi) of the mask.
func (g *args) fill(size, lo, hi int) {
	clear(g.mask[:])
	for i := lo * size; i < hi*size; i++ {
		g.mask[i] = 0xff
	}
}

func pick(size int, single, double Op) Op {
	if size == 4 {
		return single
	}
	return double
}

// splat is the constant vector of an element.
func (f *form) splat(a *Asm, bits uint64) Mem {
	b := make([]byte, 32)
	for i := 0; i < len(b); i += f.size {
		if f.size == 4 {
			binary.LittleEndian.PutUint32(b[i:], uint32(bits))
		} else {
			binary.LittleEndian.PutUint64(b[i:], bits)
		}
	}
	return a.Const(b)
}

// encode makes integers of the floats in r; t and u are changed, and nan has what is in
// place of NaN.
func (f *form) encode(a *Asm, r, t, u, nan Reg) {
	if f.nan == 0 {
		return
	}
	a.Op(VCMPPS, u, r, r, Imm(3)) // unordered
	f.decode(a, r, t)
	a.Op(VBLENDVPS, r, r, nan, u)
}

// decode undoes encode.
func (f *form) decode(a *Asm, r, t Reg) {
	if f.nan == 0 {
		return
	}
	a.Op(VPSRAD, t, r, Imm(31))
	a.Op(VPSRLD, t, t, Imm(1))
	a.Op(VPXOR, r, r, t)
}

// part is how many bytes one thread accumulates at least.
const part = 256 << 10

// cut calls f for parts of n items of so many bytes each.
func cut(n, bytes int, f func(lo, hi int)) {
	run.Parallel(n, run.Even(n, max(1, part/max(bytes, 1)), 1), f)
}
