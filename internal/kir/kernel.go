// Package kir is the kernel IR: loops over index spaces with straight-line code on
// elements between explicit loads and stores. Operations describe themselves with a
// Builder; back ends compile what it built.
//
//	code.go      the instructions
//	kernel.go    kernels
//	tables.go    the tables that instructions look into
//	builder.go   how operations make them: constants, instructions, conversions
//	affine.go    integers that are affine in others, and their ranges
//	memory.go    loops, loads, stores, and reductions
//	collapse.go  adjacent loops made one
//	split.go     a loop made two
//	together.go  several reductions made one
//	stage.go     addresses that depend on loops alone, and copies of what they walk over
//	cuts.go      where conditions on indices change sides
//	pieces.go    reductions cut there
//	rewrite.go   a kernel built again with other instructions
//	print.go     as text
//	check.go     what must hold of each
//	step.go      algorithms that back ends have by name
package kir

import (
	"slices"

	"gojax/internal/dtype"
)

// A Val is a value of one element in a kernel being built.
type Val int32

// Index integers are Int64.
const Index = dtype.Int64

// An Instr makes one value out of others. Which fields mean something depends on
// the code.
type Instr struct {
	Code    Code
	Type    dtype.Type
	Region  int // the innermost loops that the value depends on
	Args    []Val
	Strides []int64   // Linear: of Args
	Bits    [2]uint64 // Constant: the element as it is in memory. Linear: the offset
	Buf     int       // Load
	N       int       // LoopIndex: which of its region; Param and Result: which
	Fold    *Fold     // Reduce
	Cut     *Cut      // Piece
}

// A Fold is a reduction: Yield is computed at all indices of region Body and
// combined, two by two, by the values Combined, which are made of Params (the left
// operands, then the right ones). See Blocks for the order.
type Fold struct {
	Body     int
	Yield    []Val
	Combine  int // the region of Params and Combined
	Params   []Val
	Combined []Val
}

// A Region is a nest of loops, outermost first; or, with no loops, code that is run
// where its parent says. Region 0 is outside of all loops, region 1 is the one whose
// iterations store.
type Region struct {
	Parent  int
	Extents []int
	Index   []Val // from 0
}

// Size is the number of iterations.
func (r *Region) Size() int {
	n := 1
	for _, e := range r.Extents {
		n *= e
	}
	return n
}

// A Buf is memory that a kernel is run with.
type Buf struct {
	Type  dtype.Type
	Elems int
	Out   bool // written, in every element or in part; else read
}

// A Store writes a value at an address in elements, in each iteration of a region: region 1,
// or the body of a reduction directly in that, of whose iterations each is run once.
type Store struct {
	Buf       int
	Addr, Val Val
	Region    int
}

// A Kernel is code that may be run: for all indices of region 1, in any order, it
// stores. Instructions stand before those that use them.
type Kernel struct {
	Bufs    []Buf
	Regions []Region
	Code    []Instr
	Stores  []Store
}

// StoresIn reports whether k stores in the body of a reduction, which then is run even if nothing
// needs its results.
func (k *Kernel) StoresIn(f *Fold) bool {
	return f != nil && slices.ContainsFunc(k.Stores, func(s Store) bool { return s.Region == f.Body })
}

// The order of a reduction over n elements in row-major order: they are taken in
// blocks of Block. In each, element i goes to lane i mod Lanes, and a lane combines
// its elements in order. Then, as long as there is more than one, the upper half of
// the lanes is combined into the lower half (Halve says how many those are). Then
// neighbouring blocks are combined two by two, again and again, an odd one at the
// end being kept. The initial value stands before all.
const (
	Block = 4096
	Lanes = 64
)

// Halve returns how many lanes are left of n, more than 1, after one combination:
// lane i takes in lane i+Halve(n), if there is such a lane.
func Halve(n int) int { return (n + 1) / 2 }
