// Package kir is the kernel IR: loops over index spaces with straight-line code on
// elements between explicit loads and stores. Operations describe themselves with a
// Builder; back ends compile what it built.
package kir

import "gojax/internal/dtype"

// A Val is a value of one element in a kernel being built.
type Val int32

// An Operand is an array that a kernel reads: an array in memory, or one that is
// computed on the spot.
type Operand struct {
	DType dtype.Type
	Shape []int
	At    func(at []Val) Val // the element at an index, which must be in range
}

// Index integers are Int64.
const Index = dtype.Int64

// A Builder makes the code of one kernel. Equal instructions are one value.
type Builder struct {
	code []instr
}

type instr struct {
	code Code
	t    dtype.Type
	args []Val
	bits uint64
}

func (b *Builder) add(i instr) Val {
	b.code = append(b.code, i)
	return Val(len(b.code) - 1)
}

// Type returns the element type of x.
func (b *Builder) Type(x Val) dtype.Type { return b.code[x].t }

// Number returns the constant x of type t, rounded; of bool, whether x is not 0.
func (b *Builder) Number(t dtype.Type, x complex128) Val { panic("kir: Number") }

// Int returns the integer constant x of type t.
func (b *Builder) Int(t dtype.Type, x int64) Val { panic("kir: Int") }

// At returns the index constant i.
func (b *Builder) At(i int) Val { return b.Int(Index, int64(i)) }

// Emit applies an instruction.
func (b *Builder) Emit(c Code, args ...Val) Val { panic("kir: Emit") }

// Convert returns x converted to type t: integers wrap, floats round to nearest
// even and towards zero to integers (saturating), NaN becomes 0.
func (b *Builder) Convert(t dtype.Type, x Val) Val { panic("kir: Convert") }

// Bitcast returns the bits of x as an element of a type of the same size.
func (b *Builder) Bitcast(t dtype.Type, x Val) Val { panic("kir: Bitcast") }

// Reduce combines body(i) over all index vectors i below extents, which must be
// associative in combine with the identity init. Several values reduce together.
// The order is fixed by extents alone.
func (b *Builder) Reduce(extents []int, init []Val, body func(i []Val) []Val,
	combine func(x, y []Val) []Val) []Val {
	panic("kir: Reduce")
}
