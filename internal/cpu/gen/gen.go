// Package gen compiles straight-line code on lanes to machine code: chains of
// instructions of package kir that a kernel applies to many elements become one loop
// over vectors, with AVX2 or AVX-512, from which values go to memory only where
// somebody else wants them.
//
//	gen.go      blocks, and what they are called with
//	lower.go    instructions of kir as those of vectors
//	float.go    … on floating-point numbers
//	integer.go  … on integers and truth values
//	divide.go   … that divide integers
//	convert.go  … between types
//	small.go    … on elements of one and two bytes
//	complex.go  … on complex numbers
//	long.go     elements of 16 bytes
//	gather.go   loads at addresses that are computed
//	step.go     inputs with gaps, or backwards
//	rare.go     what is seldom needed
//	alloc.go    registers
//	whole.go    whole blocks of reductions
//	rows.go     blocks that take turns over rows
//	emit.go     vector instructions in registers
//	loop.go     loops and what is left of them
//	operand.go  values from memory, and to it
//	text.go     instructions of vectors as text
//
// A vector has as many lanes as it has words of 32 bits. Elements of 64 bits are in two
// vectors, those of 128 in four, and a truth value is a word of ones or zeros. What an instruction does to a
// lane is what package tile does to an element, bit for bit, the payloads of NaN aside.
package gen

import (
	"bytes"
	"errors"
	"strings"
	"sync"
	"unsafe"

	"gojax/internal/asm/amd64"
	"gojax/internal/cpu/code"
	"gojax/internal/kir"
)

// A Kind says how lanes find a value that is made elsewhere.
type Kind uint8

const (
	Lanes Kind = iota // in memory, an element for each lane
	Same              // one element in memory
	Ramp              // an integer that grows by Stride from lane to lane
	Table             // memory that the Load of Val reads, Elems elements
)

// An Input is a value that a block does not compute.
type Input struct {
	Val    kir.Val
	Kind   Kind
	Stride int64
	Elems  int
	Small  bool  // a Ramp that 32 bits hold in all lanes
	Step   int64 // of Lanes: how far apart the elements are, if that is not 1: see CanStep
}

// An Output is where a value goes, an element for each lane.
type Output struct {
	Val  kir.Val
	Fold kir.Code // combine with what is there, on the left, if not kir.NoCode
	Ring bool     // there are kir.Lanes elements, which the lanes take turns with

	// Whole says of a Ring that the elements are the block's own, and are combined with
	// each other in the end: one element is stored, as kir has it if there are kir.Lanes
	// lanes or more, or a power of two. With that, in the end, the element that Init has the bits of is combined on
	// the left, if it has any.
	Whole bool
	Init  []uint64
	Few   int // how many lanes there are, if it is another number and the order matters: see CanFew
}

// A Block is code to compile: the values Vals of a kernel, in an order in which they
// can be computed, out of inputs and constants.
type Block struct {
	K    *kir.Kernel
	Vals []kir.Val
	In   []Input
	Out  []Output

	Listing bool // keep the text of the code
}

// Beside reports whether code of a level has registers for the accumulators of Whole or Ring
// outputs of kernel k, besides some for what they accumulate.
func Beside(level code.Level, k *kir.Kernel, out []Output) bool {
	g := gen{Block: &Block{K: k, Out: out}, w: level.Width(), wide: level.Width() == 64}
	const others = 6
	return g.rings() && g.accumulators()+others <= g.w/2
}

// Args is what code is called with. Ptr has the addresses of the inputs that are in
// memory, in order, then of the outputs; Base the first elements of the ramps. Lanes
// may be read and written at one address, but not at overlapping others.
type Args struct {
	N       int64          // lanes
	Scratch unsafe.Pointer // as many bytes as the code says
	Ptr     [MaxPtr]unsafe.Pointer
	Base    [MaxBase]int64
}

// Limits of a block.
const (
	MaxPtr  = 24
	MaxBase = 8
)

// A Code is machine code, not yet loaded.
type Code struct {
	Bytes   []byte
	Need    amd64.Feature
	Scratch int

	// With Block.Listing.
	Vectors string // the instructions of vectors, before they have registers
	Text    string // those of the machine, with their bytes
}

var errLimits = errors.New("gen: too many operands")

// Compile returns the code of a block whose instructions are all Supported.
func Compile(level code.Level, b *Block) (*Code, error) {
	r := rooms.Get().(*room)
	defer rooms.Put(r)
	r.asm.Reset()
	r.asm.Listing = b.Listing
	g := r.gen(level, b)
	ptrs, bases := len(b.Out), 0
	for _, in := range b.In {
		if in.Kind == Ramp {
			bases++
		} else {
			ptrs++
		}
	}
	if ptrs > MaxPtr || bases > MaxBase {
		return nil, errLimits
	}
	g.findLong()
	g.findRare()
	g.function()
	r.keep(g)
	text, err := g.a.Finish()
	if err == nil {
		err = g.err
	}
	if err != nil {
		return nil, err
	}
	return &Code{Bytes: bytes.Clone(text), Need: g.a.Need(), Scratch: g.scratch, Vectors: g.text.String(), Text: g.a.Text()}, nil
}

// A room is memory that blocks are compiled in, one after another.
type room struct {
	asm   amd64.Asm
	defs  []def
	code  []ins
	parts []parts
	lists []vreg
}

// gen returns what compiles a block in r.
func (r *room) gen(level code.Level, b *Block) *gen {
	w := level.Width()
	return &gen{Block: b, a: &r.asm, w: w, lanes: w / 4, wide: w == 64, nregs: w / 2,
		defs: r.defs[:0], code: r.code[:0], spare: r.parts, largest: r.parts, lists: r.lists[:0]}
}

// keep takes back the memory of g, which has grown.
func (r *room) keep(g *gen) { r.defs, r.code, r.parts, r.lists = g.defs, g.code, g.largest, g.lists }

var rooms = sync.Pool{New: func() any { return &room{parts: make([]parts, 512)} }}

// gen compiles a block.
type gen struct {
	*Block
	a       *amd64.Asm
	w       int  // bytes of a vector
	lanes   int  // words of a vector
	wide    bool // AVX-512
	nregs   int
	scratch int // bytes used
	err     error
	text    strings.Builder

	slots  []int // by input: where the vector of a Same is in the scratch memory
	ptr    []int // by input: the number of its pointer, or of its base
	outPtr []int
	wholes []int             // by output: where the elements of a whole one are in the scratch memory
	held   map[int]amd64.Reg // registers of pointers
	top    amd64.Label

	long  bool // elements of 16 bytes are in memory
	quads int  // the masks of what is left of these are there in the scratch memory

	rows bool // the code of rows: inputs that are the same for all lanes have no slot
	one  bool // there is one lane

	rare    map[kir.Val]bool // only detours compute these
	detours []*detour
	probing bool // no code will be made of the body

	// One body.
	masked  bool
	rest    int  // lanes of the last copy of a body, if they are not all there
	ring    bool // accumulators are in registers
	carry   []carried
	copies  []*lane
	defs    []def
	code    []ins
	consts  map[uint64]vreg
	pool    map[string]vreg  // other constants
	joins   map[vreg][2]vreg // the halves that vectors were made of
	turns   [4]vreg          // constants that turn words by bytes
	spare   []parts
	largest []parts // what spare is a rest of
	lists   []vreg
	taken   []*detour
	tails   [3]vreg // masks of what is left: of words, of the two halves
	fours   [4]vreg // … of the four vectors of elements of 16 bytes
}

// room returns the offset of new scratch memory.
func (g *gen) room(bytes int) int {
	at := g.scratch
	g.scratch += (bytes + g.w - 1) / g.w * g.w
	return at
}

// fail records an error.
func (g *gen) fail(err error) {
	if g.err == nil {
		g.err = err
	}
}

// A carried is an accumulator that stays in a register through a loop. Those of an output
// come one after the other, in the order of what they are in memory; before them that of
// NaN, if it is ranged.
type carried struct {
	v     vreg
	out   ins  // where it is in memory
	odd   bool // it is for NaN, and nowhere in memory
	taken vreg // of that: what was taken in last, or NaN; or none
}
