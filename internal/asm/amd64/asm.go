package amd64

import (
	"encoding/binary"
	"fmt"
	"math"
)

// An Asm collects the code of a kernel. The zero Asm is ready to use; after [Asm.Reset]
// it is again, with its memory kept.
type Asm struct {
	// Listing makes the Asm keep the text of what it emits, for [Asm.Text].
	Listing bool

	buf    []byte
	labels []int // offsets; -1 while unbound
	fixups []fixup
	pool   pool
	lines  []line
	need   Feature
	err    error
}

// A fixup is a distance to fill in: that from end to what ref names (see [Mem]), added to
// what stands at at.
type fixup struct {
	at, end int
	ref     int32
	size    int
}

// A Label is a place in the code of one Asm.
type Label int32

// A Feature is a set of what a processor can do.
type Feature uint32

const (
	HasBase Feature = 1 << iota // any x86-64
	HasPOPCNT
	HasLZCNT
	HasBMI1
	HasBMI2
	HasAVX
	HasAVX2
	HasFMA
	HasF16C
	HasAVX512F
	HasAVX512VL
	HasAVX512DQ
	HasAVX512BW
	HasAVX512CD
	HasAVX512VBMI
	HasAVX512VPOPCNTDQ
)

var featureNames = [...]string{"base", "popcnt", "lzcnt", "bmi1", "bmi2", "avx", "avx2", "fma",
	"f16c", "avx512f", "avx512vl", "avx512dq", "avx512bw", "avx512cd", "avx512vbmi", "avx512vpopcntdq"}

// String lists the features by the names that Linux has for them.
func (f Feature) String() string {
	var b []byte
	for i, name := range featureNames {
		if f>>i&1 != 0 {
			b = append(append(b, ' '), name...)
		}
	}
	if b == nil {
		return "none"
	}
	return string(b[1:])
}

// Reset drops the code, labels, constants, listing and error, keeping the memory.
func (a *Asm) Reset() {
	a.buf, a.labels, a.fixups, a.lines = a.buf[:0], a.labels[:0], a.fixups[:0], a.lines[:0]
	a.pool.reset()
	a.need, a.err = 0, nil
}

// Len is the number of bytes emitted so far.
func (a *Asm) Len() int { return len(a.buf) }

// Need is the set of processor features that the code uses.
func (a *Asm) Need() Feature { return a.need }

// NewLabel makes a label, to be bound once.
func (a *Asm) NewLabel() Label {
	a.labels = append(a.labels, -1)
	return Label(len(a.labels) - 1)
}

// Bind makes l name this place.
func (a *Asm) Bind(l Label) {
	if a.labels[l] >= 0 {
		a.errorf("label L%d is bound twice", l)
	}
	a.labels[l] = len(a.buf)
	if a.Listing {
		a.lines = append(a.lines, line{at: len(a.buf), text: fmt.Sprintf("L%d:", l)})
	}
}

// At is the memory at l, to read or to take the address of with LEA.
func (a *Asm) At(l Label) Mem { return Mem{ref: int32(l) + 1} }

// A Cond is the condition of a jump, a CMOVcc or a SETcc.
type Cond uint8

const (
	Overflow Cond = iota
	NotOverflow
	Below // unsigned, as are AboveEqual, BelowEqual, Above
	AboveEqual
	Equal
	NotEqual
	BelowEqual
	Above
	Negative
	NotNegative
	Parity // unordered, after VUCOMISS
	NotParity
	Less // signed, as are GreaterEqual, LessEqual, Greater
	GreaterEqual
	LessEqual
	Greater
)

// Not is the opposite condition.
func (c Cond) Not() Cond { return c ^ 1 }

// Cmov and Set are the conditional move and SETcc of c.
func (c Cond) Cmov() Op { return CMOVO + Op(c) }
func (c Cond) Set() Op  { return SETO + Op(c) }

// Jmp jumps to l: in two bytes if l is bound and near, in five otherwise.
func (a *Asm) Jmp(l Label) { a.jump("jmp", 0xEB, []byte{0xE9}, l, false) }

// JmpShort jumps to l in two bytes; it is an error if l comes to lie too far.
func (a *Asm) JmpShort(l Label) { a.jump("jmp", 0xEB, nil, l, true) }

// Jcc jumps to l if c holds: in two bytes if l is bound and near, in six otherwise.
func (a *Asm) Jcc(c Cond, l Label) {
	a.jump("j"+condNames[c], 0x70|byte(c), []byte{0x0F, 0x80 | byte(c)}, l, false)
}

// JccShort is Jcc in two bytes; it is an error if l comes to lie too far.
func (a *Asm) JccShort(c Cond, l Label) { a.jump("j"+condNames[c], 0x70|byte(c), nil, l, true) }

func (a *Asm) jump(name string, short byte, near []byte, l Label, force bool) {
	start := len(a.buf)
	size := 4
	if to := a.labels[l]; force || to >= 0 && to-(start+2) >= math.MinInt8 {
		size = 1
		a.buf = append(a.buf, short, 0)
	} else {
		a.buf = append(append(a.buf, near...), 0, 0, 0, 0)
	}
	a.fixups = append(a.fixups, fixup{at: len(a.buf) - size, end: len(a.buf), ref: int32(l) + 1, size: size})
	if a.Listing {
		a.lines = append(a.lines, line{at: start, end: len(a.buf), text: fmt.Sprintf("%s L%d", name, l)})
	}
}

// Align fills with no-operations up to a multiple of n bytes from the start, n a power
// of two of at most [Alignment].
func (a *Asm) Align(n int) {
	start := len(a.buf)
	for gap := -start & (n - 1); gap > 0; {
		nop := nops[min(gap, len(nops))-1]
		a.buf = append(a.buf, nop...)
		gap -= len(nop)
	}
	if a.Listing && len(a.buf) > start {
		a.lines = append(a.lines, line{at: start, end: len(a.buf), text: fmt.Sprintf(".balign %d", n)})
	}
}

// nops are the no-operations of 1 to 9 bytes that the makers recommend.
var nops = [...]string{
	"\x90",
	"\x66\x90",
	"\x0f\x1f\x00",
	"\x0f\x1f\x40\x00",
	"\x0f\x1f\x44\x00\x00",
	"\x66\x0f\x1f\x44\x00\x00",
	"\x0f\x1f\x80\x00\x00\x00\x00",
	"\x0f\x1f\x84\x00\x00\x00\x00\x00",
	"\x66\x0f\x1f\x84\x00\x00\x00\x00\x00",
}

// MovImm loads v by the shortest instruction that sets all 64 bits of r and, unlike
// XOR, leaves the flags.
func (a *Asm) MovImm(r Reg, v int64) {
	if uint64(v) <= math.MaxUint32 {
		a.Op(MOV, r.R32(), Imm(v))
		return
	}
	a.Op(MOV, r.R64(), Imm(v))
}

// Finish appends the constants, fills in all distances, and returns the code, which is
// to be placed at a multiple of [Alignment] and shares the Asm's memory. The error is
// the first of an operand that no instruction takes, an unbound label or a short jump
// too far.
func (a *Asm) Finish() ([]byte, error) {
	end := len(a.buf)
	a.place()
	for _, f := range a.fixups {
		to := 0
		if f.ref < 0 {
			to = a.pool.items[-f.ref-1].at
		} else if to = a.labels[f.ref-1]; to < 0 {
			a.errorf("label L%d is not bound", f.ref-1)
			break
		}
		switch d := to - f.end; {
		case f.size == 4:
			old := binary.LittleEndian.Uint32(a.buf[f.at:])
			binary.LittleEndian.PutUint32(a.buf[f.at:], old+uint32(d))
		case d == int(int8(d)):
			a.buf[f.at] = byte(d)
		default:
			a.errorf("short jump to L%d over %d bytes", f.ref-1, d)
		}
	}
	a.fixups = a.fixups[:0]
	if a.err != nil {
		return nil, a.err
	}
	if a.Listing {
		a.listPool(end)
	}
	return a.buf, nil
}

func (a *Asm) errorf(format string, args ...any) {
	if a.err == nil {
		a.err = fmt.Errorf("amd64: "+format, args...)
	}
}

// fail records that no row takes in.
func (a *Asm) fail(in *inst) {
	a.errorf("no encoding of %s", in.String())
}
