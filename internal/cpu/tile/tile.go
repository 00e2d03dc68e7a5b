// Package tile has the instructions of package kir as loops over a few hundred
// elements: what the portable back end is made of. What an instruction does to an
// element is a function of the element alone, so results do not depend on how the
// work is cut.
//
//	tile.go      the table
//	arith.go     loops for what is fast, on Go's own types
//	real.go      functions of float32 and float64
//	half.go      the two 16-bit types, computed in float32 and rounded
//	complex.go   the two complex types
//	convert.go   conversions
//	move.go      loads, stores and splats
package tile

import (
	"fmt"
	"unsafe"

	"gojax/internal/dtype"
	"gojax/internal/kir"
)

// A Func applies an instruction to n elements: d is where results go, the others
// point to operands, as many as there are. d may be one of them where elements have
// the same size.
type Func func(d, x, y, z, w unsafe.Pointer, n int)

// Size is the number of elements that tiles have at most.
const Size = 512

type row = [dtype.Count]Func

var (
	codes    = makeCodes()
	converts = makeConverts()
)

// Of returns the Func of an instruction by the type of its last operand; nil if
// there is none for the type.
func Of(c kir.Code, t dtype.Type) Func { return codes[c][t] }

// Convert returns the Func that converts elements.
func Convert(from, to dtype.Type) Func { return converts[from][to] }

// For returns the Func of an instruction on elements in a kernel, which must have one.
func For(k *kir.Kernel, i *kir.Instr) Func {
	t := k.Code[i.Args[len(i.Args)-1]].Type
	var f Func
	switch i.Code {
	case kir.Convert:
		f = Convert(t, i.Type)
	case kir.Bitcast:
		f = Copy(t)
	default:
		f = Of(i.Code, t)
	}
	if f == nil {
		panic(fmt.Sprintf("tile: no %v of %v", i.Code, t))
	}
	return f
}

func makeCodes() *[kir.Codes]row {
	t := new([kir.Codes]row)
	integer[int8](t, dtype.Int8)
	integer[int16](t, dtype.Int16)
	integer[int32](t, dtype.Int32)
	integer[int64](t, dtype.Int64)
	integer[uint8](t, dtype.Uint8)
	integer[uint16](t, dtype.Uint16)
	integer[uint32](t, dtype.Uint32)
	integer[uint64](t, dtype.Uint64)
	arithmetic[float32](t, dtype.Float32)
	arithmetic[float64](t, dtype.Float64)
	floats32(t)
	floats64(t)
	halves(t)
	complexes(t)
	bools(t)
	t[kir.Threefry][dtype.Uint32] = threefry
	for n := range kir.Tables {
		t[kir.Table+kir.Code(n)][dtype.Uint32] = entry(&kir.Tables[n])
	}
	for _, d := range dtype.All() {
		switch d.Size() {
		case 1:
			t[kir.Select][d] = choose[uint8]
		case 2:
			t[kir.Select][d] = choose[uint16]
		case 4:
			t[kir.Select][d] = choose[uint32]
		case 8:
			t[kir.Select][d] = choose[uint64]
		default:
			t[kir.Select][d] = choose[complex128]
		}
		t[kir.Rarely][d] = t[kir.Select][d]
	}
	return t
}
