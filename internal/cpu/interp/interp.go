// Package interp runs kernels of package kir: each instruction is a closure over a
// tile, a few hundred iterations of one loop nest (the lanes). What does not change
// with the lanes is computed once, as a tile of one. Where the processor has AVX2, runs
// of instructions on lanes are machine code of package gen, which has the same bits.
//
//	interp.go   compiled kernels and how they are run
//	plan.go     which loops are lanes, which values change with them, where they are
//	lanes.go    addresses
//	fetch.go    lanes that are brought together by vector code
//	pieced.go   choices that are stretches of memory
//	step.go     instructions, loads and stores
//	fold.go     reductions
//	cut.go      … of which each range of iterations has a body
//	strips.go   reductions of lanes side by side
//	blocks.go   many blocks of reductions at once
//	native.go   steps of machine code
//	rows.go     kernels of which one call does a row
//	line.go     … or a line
//	short.go    … and those of which one call does many short rows
//	stage.go    many kernels of which one call does many rows
//	batch.go    kernels whose machine code is loaded together
//	share.go    the same kernels, compiled once
//	list.go     a compiled kernel as text
package interp

import (
	"fmt"
	"slices"
	"sync"
	"time"
	"unsafe"

	"gojax/internal/cpu/code"
	"gojax/internal/cpu/gen"
	"gojax/internal/cpu/run"
	"gojax/internal/cpu/tile"
	"gojax/internal/kir"
)

// A Code is a compiled kernel. Many goroutines may run it at once.
type Code struct {
	k      *kir.Kernel
	source *kir.Kernel // what it was asked for by: see Source
	lanes  int         // the region whose iterations are lanes: 1, or 0 if those of reductions are
	width  int         // lanes of a tile at most
	cost   float64
	strip  int  // lanes that reductions had better have at once; 0: any
	early  bool // it stores something before it has read all that is at that index
	within bool // tiles lie within rows of the innermost parallel loop, however short

	places  []place
	loops   [][]int // by region: the numbers of its loops
	nloops  int
	bytes   int // of memory that a machine has
	native  int // bytes of machine code
	splats  []splat
	folds   []*fold
	outside []step   // region 0
	body    []step   // region 1
	rows    *rowCode // instead of these, where whole rows are run
	line    *rowCode // … or the beginnings of rows
	stages  []*stage // what it is for Rows
	short   *shortCode
	level   code.Level

	pool sync.Pool
}

// A step is a part of the program of a kernel.
type step func(m *machine)

// A machine is what one goroutine runs a kernel with.
type machine struct {
	c    *Code
	bufs []unsafe.Pointer
	few  [MostElements]unsafe.Pointer
	ptr  []unsafe.Pointer // of values: where their tile is
	idx  []int64          // of loops; of lanes that of the first
	list []stretch        // of a value that is chosen
	n    int              // lanes at the moment
	mem  []uint64
	at   []int64 // addresses, a tile of them
	args gen.Args
	acc  side // accumulators
}

// Compile prepares a kernel, which must hold what kir.Check asks.
func Compile(k *kir.Kernel) *Code {
	level, _ := code.Chosen()
	return CompileFor(level, k)
}

// CompileFor is Compile with machine code of the given level.
func CompileFor(level code.Level, k *kir.Kernel) *Code {
	var b Batch
	c := b.CompileFor(level, k)
	b.Load()
	return c
}

// prepare compiles a kernel, but loads no machine code.
func prepare(level code.Level, k *kir.Kernel, l *Listing) (*Code, *plan) {
	k = k.CutFolds()
	var before Listing
	if l != nil {
		before = *l
	}
	c, p := prepareAs(level, k, l, true)
	if c.within && slices.ContainsFunc(c.folds, func(f *fold) bool { return f.strips == nil }) {
		if l != nil {
			*l = before
		}
		return prepareAs(level, k, l, false)
	}
	return c, p
}

// prepareAs is prepare with tiles that may lie within rows, however short, or not.
func prepareAs(level code.Level, k *kir.Kernel, l *Listing, within bool) (*Code, *plan) {
	c := &Code{k: k, level: level, within: within}
	p := newPlan(c, level, l)
	c.outside = p.block(0)
	c.body = p.block(1)
	c.rows, c.line, c.stages = p.rows(), p.line(), p.stages()
	c.short = p.short()
	p.countStores()
	c.cost += 200
	return c, p
}

// Source is the kernel that Batch.Shared was first called with for c: those who keep it
// rather than their own, which is the same, keep less.
func (c *Code) Source() *kir.Kernel { return c.source }

// Cost estimates how long one goroutine takes.
func (c *Code) Cost() time.Duration { return time.Duration(c.cost) }

// Strip is how many iterations of the parallel loops had better be run at once, a multiple of
// which parts should be; 0 if it makes no difference.
func (c *Code) Strip() int {
	e := c.k.Regions[1].Extents
	if last := len(e) - 1; c.strip > 0 && last > 0 && (c.within || e[last] > c.strip) {
		return e[last]
	}
	return c.strip
}

// InPlace lists which results may be computed in the memory of which operands.
func (c *Code) InPlace() []kir.Place {
	places := c.k.InPlace()
	if c.early {
		places = slices.DeleteFunc(places, func(p kir.Place) bool { return !c.k.OnlyFor(p.From, p.To) })
	}
	return places
}

// Run runs the kernel on the memory of its buffers.
func (c *Code) Run(bufs []unsafe.Pointer) {
	n := c.k.Regions[1].Size()
	if n == 0 {
		return
	}
	part := run.Grain(n, c.cost)
	if part >= n {
		c.Part(bufs, 0, n)
		return
	}
	if unit := c.Strip(); unit > 0 {
		part = (part + unit - 1) / unit * unit
	} else {
		unit := kir.Lanes
		if c.short != nil {
			unit = c.short.unit(part)
		}
		part = run.Even(n, part, unit)
	}
	run.Share(n, part, c.cost, func(lo, hi int) { c.Part(bufs, lo, hi) })
}

// Part runs the iterations of the parallel loops from lo until hi, in row-major order.
// Memory that only others use may be absent.
func (c *Code) Part(bufs []unsafe.Pointer, lo, hi int) {
	r := c.Begin(bufs)
	r.Part(lo, hi)
	r.End()
}

// MostElements is how many buffers Elements and Lines take.
const MostElements = 12

// Elements runs the first n iterations of the parallel loops on the calling goroutine.
// Of each buffer only what these use must be there.
func (c *Code) Elements(n int, bufs ...unsafe.Pointer) {
	c.Lines(n, 1, bufs, nil)
}

// do runs the iterations of region 1 from lo until hi, in row-major order.
func (m *machine) do(lo, hi int) {
	c := m.c
	if c.rows != nil && (c.short == nil || c.short.n > 1) && c.rows.fits(lo, hi) && lo < hi {
		m.rows(lo, hi)
		return
	}
	if c.short != nil {
		n := c.short.n
		if first, end := (lo+n-1)/n, hi/n; first < end {
			m.tiles(lo, first*n)
			m.short(first, end)
			lo = end * n
		}
	}
	m.tiles(lo, hi)
}

// tiles runs iterations of region 1, a tile of them at a time.
func (m *machine) tiles(lo, hi int) {
	if lo >= hi {
		return
	}
	c := m.c
	m.n = 1
	m.steps(c.outside)
	r := &c.k.Regions[1]
	at := c.loops[1]
	m.seek(1, lo)
	if c.lanes != 1 {
		for range hi - lo {
			m.steps(c.body)
			m.advance(1, 1)
		}
		return
	}
	for lo < hi {
		m.n = min(c.width, hi-lo)
		if k := len(at) - 1; k > 0 && (c.within || r.Extents[k] >= rowTiles) {
			m.n = min(m.n, r.Extents[k]-int(m.idx[at[k]]))
		}
		m.steps(c.body)
		lo += m.n
		m.advance(1, m.n)
	}
}

// rowTiles is how long the innermost loop must be for tiles to stay within it.
const rowTiles = 96

func (m *machine) steps(list []step) {
	for _, s := range list {
		s(m)
	}
}

// seek sets the loops of a region to iteration i.
func (m *machine) seek(region, i int) {
	r, at := &m.c.k.Regions[region], m.c.loops[region]
	for a := len(at) - 1; a >= 0; a-- {
		m.idx[at[a]] = int64(i % r.Extents[a])
		i /= r.Extents[a]
	}
}

// advance moves the loops of a region n iterations on.
func (m *machine) advance(region, n int) {
	r, at := &m.c.k.Regions[region], m.c.loops[region]
	for a := len(at) - 1; a >= 0; a-- {
		i := &m.idx[at[a]]
		*i += int64(n)
		e := int64(r.Extents[a])
		if *i < e {
			return
		}
		n = int(*i / e)
		*i %= e
	}
}

func (c *Code) newMachine() *machine {
	m := &machine{
		c:   c,
		ptr: make([]unsafe.Pointer, len(c.k.Code)),
		idx: make([]int64, c.nloops+1),
		mem: make([]uint64, c.bytes/8+slack),
		at:  make([]int64, c.width),
	}
	for v, p := range c.places {
		switch p.kind {
		case inMemory:
			m.ptr[v] = m.address(p.offset)
		case isIndex:
			m.ptr[v] = unsafe.Pointer(&m.idx[p.offset])
		}
	}
	for v := range c.k.Code {
		if i := &c.k.Code[v]; i.Code == kir.Constant && c.places[v].kind == inMemory {
			tile.Write(m.ptr[v], i.Bits, i.Type.Size())
		}
	}
	for _, s := range c.splats {
		if c.k.Code[s.val].Code == kir.Constant {
			tile.Fill(m.address(s.offset), m.ptr[s.val], s.size, c.width)
		}
	}
	return m
}

func (m *machine) address(offset int) unsafe.Pointer {
	return unsafe.Add(unsafe.Pointer(unsafe.SliceData(m.mem)), offset)
}

// slack is how many words vectors may read beyond a tile.
const slack = 16

// release returns m to its pool, without pointers to others' memory.
func (m *machine) release() {
	m.bufs = nil
	clear(m.args.Ptr[:])
	for v, p := range m.c.places {
		if p.kind == elsewhere {
			m.ptr[v] = nil
		}
	}
	m.c.pool.Put(m)
}

func outOfRange(addr int64, b kir.Buf) string {
	return fmt.Sprintf("kir: address %d in a buffer of %d elements", addr, b.Elems)
}

// Bytes estimates the memory that c takes, with what it is run with.
func (c *Code) Bytes() int { return 200*len(c.k.Code) + c.bytes + c.native }
