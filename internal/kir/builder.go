package kir

import (
	"fmt"
	"math"
	"sync"
	"unsafe"

	"gojax/internal/dtype"
)

// An Operand is an array that a kernel reads: an array in memory, or one that is
// computed on the spot.
type Operand struct {
	DType dtype.Type
	Shape []int
	At    func(at []Val) Val // the element at an index, which must be in range
}

// A Builder makes the code of one kernel. Equal instructions are one value. It
// folds constants and what is known of the ranges of indices.
type Builder struct {
	k      Kernel
	seen   map[key]Val
	linear map[string]Val // by linearKey
	known  []bounds       // of values of type Index
	region int            // where reductions are put
	buf    []byte
	args   []Val // room for operands

	written bool     // the next reduction is without a loop
	sharing bool     // reductions are made together
	shared  []sharer // the loops of those
}

// key is what makes instructions equal.
type key struct {
	code Code
	t    dtype.Type
	n    int32
	args [4]Val
	bits [2]uint64
}

// NewBuilder returns a Builder of a kernel without loops.
func NewBuilder() *Builder {
	return &Builder{
		k:      Kernel{Regions: []Region{{Parent: -1}}},
		seen:   map[key]Val{},
		linear: map[string]Val{},
	}
}

// builders have grown.
var builders = sync.Pool{New: func() any { return NewBuilder() }}

// Borrow is NewBuilder for who will Return it: it has the memory of others before.
func Borrow() *Builder {
	b := builders.Get().(*Builder)
	b.Reset()
	return b
}

// Return ends the use of b, which was borrowed. Kernels that it has returned stay as they
// are.
func (b *Builder) Return() { builders.Put(b) }

// Reset makes b a new Builder, which takes less time than NewBuilder. Kernels that it has
// returned stay as they are.
func (b *Builder) Reset() {
	b.k = Kernel{Regions: append(b.k.Regions[:0], Region{Parent: -1}), Code: b.k.Code[:0]}
	clear(b.seen)
	clear(b.linear)
	b.known, b.region, b.args = b.known[:0], 0, b.args[:0]
	b.written, b.sharing, b.shared = false, false, b.shared[:0]
}

// keep copies operands.
func (b *Builder) keep(args []Val) []Val {
	if cap(b.args)-len(b.args) < len(args) {
		b.args = make([]Val, 0, max(32, len(args)))
	}
	n := len(b.args)
	b.args = append(b.args, args...)
	return b.args[n:len(b.args):len(b.args)]
}

func (b *Builder) add(i Instr, r bounds) Val {
	b.k.Code = append(b.k.Code, i)
	b.known = append(b.known, r)
	return Val(len(b.k.Code) - 1)
}

// intern returns the value of an instruction with few operands, the same one for
// the same instruction.
func (b *Builder) intern(i Instr, r bounds) Val {
	k := key{i.Code, i.Type, int32(i.Buf), [4]Val{-1, -1, -1, -1}, i.Bits}
	copy(k.args[:], i.Args)
	if v, ok := b.seen[k]; ok {
		return v
	}
	i.Region = b.inner(i.Args)
	i.Args = b.keep(i.Args)
	v := b.add(i, r)
	b.seen[k] = v
	return v
}

// inner returns the innermost region among those of the values; all of them enclose
// each other, since the values can be used in one place.
func (b *Builder) inner(vals []Val) int {
	region := 0
	for _, v := range vals {
		region = max(region, b.k.Code[v].Region)
	}
	return region
}

// Type returns the element type of x.
func (b *Builder) Type(x Val) dtype.Type { return b.k.Code[x].Type }

// Number returns the constant x of type t, rounded; of bool, whether x is not 0.
func (b *Builder) Number(t dtype.Type, x complex128) Val { return b.Bits(t, Encode(t, x)) }

// Int returns the integer constant x of type t; it wraps.
func (b *Builder) Int(t dtype.Type, x int64) Val {
	if t == Index {
		return b.Affine(x)
	}
	if t.IsInt() {
		return b.Bits(t, [2]uint64{uint64(x) << (64 - t.Bits()) >> (64 - t.Bits())})
	}
	return b.Number(t, complex(float64(x), 0))
}

// At returns the index constant i.
func (b *Builder) At(i int) Val { return b.Affine(int64(i)) }

// Bits returns the constant of type t whose memory has the given bits.
func (b *Builder) Bits(t dtype.Type, bits [2]uint64) Val {
	r := unbounded
	if t == Index {
		r = bounds{int64(bits[0]), int64(bits[0])}
	}
	return b.intern(Instr{Code: Constant, Type: t, Bits: bits}, r)
}

// Encode returns the bits that the number x, rounded to type t, has in memory.
func Encode(t dtype.Type, x complex128) (bits [2]uint64) {
	switch t {
	case dtype.Bool:
		if x != 0 {
			bits[0] = 1
		}
	case dtype.Float16:
		bits[0] = uint64(dtype.F64ToF16(real(x)))
	case dtype.BFloat16:
		bits[0] = uint64(dtype.F64ToBF16(real(x)))
	case dtype.Float32:
		bits[0] = uint64(math.Float32bits(float32(real(x))))
	case dtype.Float64:
		bits[0] = math.Float64bits(real(x))
	case dtype.Complex64:
		*(*complex64)(unsafe.Pointer(&bits)) = complex64(x)
	case dtype.Complex128:
		*(*complex128)(unsafe.Pointer(&bits)) = x
	default:
		i := int64(real(x))
		if real(x) >= math.MaxInt64 {
			i = int64(uint64(real(x)))
		}
		bits[0] = uint64(i) << (64 - t.Bits()) >> (64 - t.Bits())
	}
	return bits
}

// constant returns the bits of x if it is a constant.
func (b *Builder) constant(x Val) (bits [2]uint64, ok bool) {
	i := &b.k.Code[x]
	return i.Bits, i.Code == Constant
}

// isBool reports whether x is the bool constant c.
func (b *Builder) isBool(x Val, c uint64) bool {
	i := &b.k.Code[x]
	return i.Code == Constant && i.Type == dtype.Bool && i.Bits[0] == c
}

// Emit applies an instruction.
func (b *Builder) Emit(c Code, args ...Val) Val {
	t := b.result(c, args)
	if v, ok := b.fold(c, args); ok {
		return v
	}
	return b.intern(Instr{Code: c, Type: t, Args: args}, b.boundsOf(c, args))
}

// result checks the operands of an instruction and returns the type of what it
// computes.
func (b *Builder) result(c Code, args []Val) dtype.Type {
	if len(args) != c.Args() || c.Args() == 0 {
		panic(fmt.Sprintf("kir: %v has %d operands, want %d", c, len(args), c.Args()))
	}
	same := args
	if c == Select || c == Rarely {
		if t := b.Type(args[0]); t != dtype.Bool {
			panic(fmt.Sprintf("kir: %v by a %v", c, t))
		}
		same = args[1:]
	}
	t := b.Type(same[0])
	for _, x := range same[1:] {
		if b.Type(x) != t {
			panic(fmt.Sprintf("kir: %v of %v and %v", c, t, b.Type(x)))
		}
	}
	switch {
	case c.Test():
		return dtype.Bool
	case c == Abs || c == Real || c == Imag:
		return t.Real()
	case c == MakeComplex:
		return t.Complex()
	case c == Threefry:
		return dtype.Uint64
	case c >= Table && c < Convert && t != dtype.Uint32 || c == Raise && t != dtype.Float32:
		panic(fmt.Sprintf("kir: %v of %v", c, t))
	}
	return t
}

// fold applies an instruction while the kernel is built.
func (b *Builder) fold(c Code, args []Val) (Val, bool) {
	switch c {
	case Select, Rarely:
		switch {
		case args[1] == args[2] || b.isBool(args[0], 1):
			return args[1], true
		case b.isBool(args[0], 0):
			return args[2], true
		}
		return 0, false
	case Not:
		if x, ok := b.constant(args[0]); ok && b.Type(args[0]) == dtype.Bool {
			return b.Bits(dtype.Bool, [2]uint64{x[0] ^ 1}), true
		}
		return 0, false
	case And, Or:
		for i, x := range args {
			if x == args[1-i] {
				return x, true
			}
			if k, ok := b.constant(x); ok && b.Type(x) == dtype.Bool {
				if (c == And) == (k[0] == 0) {
					return x, true
				}
				return args[1-i], true
			}
		}
		return 0, false
	}
	if b.Type(args[0]) == Index {
		return b.foldIndex(c, args)
	}
	return 0, false
}

// Convert returns x converted to type t: integers wrap, floats round to nearest
// even and towards zero to integers (saturating), NaN becomes 0.
func (b *Builder) Convert(t dtype.Type, x Val) Val {
	from := b.Type(x)
	if from == t {
		return x
	}
	if c, ok := b.constant(x); ok && (from.IsInt() || from == dtype.Bool) {
		i := signed(from, c[0])
		if exact := i >= -1<<53 && i <= 1<<53 && (from != dtype.Uint64 || i >= 0); exact || t.IsInt() {
			return b.Int(t, i)
		}
	}
	if t == Index {
		if y, ok := b.exactly(x, 8); ok {
			return y
		}
	}
	r := unbounded
	if t == Index && from != dtype.Uint64 && (from.IsInt() || from == dtype.Bool) {
		r.lo, r.hi = dtype.IInfo(from).Min, int64(dtype.IInfo(from).Max)
	}
	return b.intern(Instr{Code: Convert, Type: t, Args: []Val{x}}, r)
}

// signed returns the integer of type t with the given bits.
func signed(t dtype.Type, bits uint64) int64 {
	if t.IsSigned() {
		return int64(bits) << (64 - t.Bits()) >> (64 - t.Bits())
	}
	return int64(bits)
}

// Bitcast returns the bits of x as an element of a type of the same size.
func (b *Builder) Bitcast(t dtype.Type, x Val) Val {
	if b.Type(x).Size() != t.Size() {
		panic(fmt.Sprintf("kir: bitcast of %v to %v", b.Type(x), t))
	}
	if b.Type(x) == t {
		return x
	}
	return b.intern(Instr{Code: Bitcast, Type: t, Args: []Val{x}}, unbounded)
}
