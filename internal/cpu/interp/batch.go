package interp

import (
	"errors"

	"gojax/internal/asm/amd64"
	"gojax/internal/cpu/code"
	"gojax/internal/cpu/gen"
	"gojax/internal/kir"
)

// A Batch compiles kernels whose machine code is loaded together, into one mapping that
// goes when the last of them has gone: those of a program. They may be run after Load.
// The zero Batch is empty.
type Batch struct {
	plans []*plan // of those that have machine code
	own   map[string]*Code
	key   []byte

	rows     []*Rows
	rowsText []*gen.Code // of these
	ownRows  map[string]*Rows

	load func(need amd64.Feature, kernels ...[]byte) (*code.Code, error)
}

// maxMapped bounds the machine code of all kernels.
const maxMapped = 64 << 20

var errFull = errors.New("interp: there is too much machine code")

// Compile adds a kernel, which must hold what kir.Check asks.
func (b *Batch) Compile(k *kir.Kernel) *Code {
	level, _ := code.Chosen()
	return b.CompileFor(level, k)
}

// CompileFor is Compile with machine code of the given level.
func (b *Batch) CompileFor(level code.Level, k *kir.Kernel) *Code {
	c, p := prepare(level, k, nil)
	if p.native.failed != nil {
		c, p = prepare(code.Portable, k, nil)
	}
	if len(p.native.blocks) > 0 {
		b.plans = append(b.plans, p)
	}
	c.pool.New = func() any { return c.newMachine() }
	return c
}

// Load makes the machine code of all kernels executable. Where the system refuses, they
// do without.
func (b *Batch) Load() {
	if b.mapPlans() {
		kernels.add(b.own)
		sharedRows.add(b.ownRows)
	}
	b.plans, b.own, b.rows, b.rowsText, b.ownRows = nil, nil, nil, nil, nil
}

// mapPlans is Load. It reports whether all is as if there were memory without end.
func (b *Batch) mapPlans() bool {
	if len(b.plans) == 0 && len(b.rows) == 0 {
		return true
	}
	load := b.load
	if load == nil {
		load = code.Load
	}
	var all [][]byte
	var need amd64.Feature
	for _, p := range b.plans {
		for _, block := range p.native.blocks {
			all = append(all, block.Bytes)
			need |= block.Need
		}
	}
	for _, text := range b.rowsText {
		all = append(all, text.Bytes)
		need |= text.Need
	}
	var loaded *code.Code
	err := errFull
	if code.Mapped() <= maxMapped {
		loaded, err = load(need, all...)
	}
	next := 0
	for _, p := range b.plans {
		if err != nil {
			p.c.forgo()
			continue
		}
		for i, s := range p.native.steps {
			s.f = loaded.Func(next)
			p.c.native += len(p.native.blocks[i].Bytes)
			next++
		}
	}
	if err == nil {
		for _, r := range b.rows {
			r.f, r.ready = loaded.Func(next), true
			next++
		}
	}
	return err == nil
}

// forgo makes c do without machine code.
func (c *Code) forgo() {
	d, _ := prepare(code.Portable, c.k, nil)
	c.lanes, c.width, c.cost, c.strip, c.within = d.lanes, d.width, d.cost, d.strip, d.within
	c.places, c.loops, c.nloops = d.places, d.loops, d.nloops
	c.bytes, c.splats, c.folds = d.bytes, d.splats, d.folds
	c.outside, c.body, c.rows, c.stages, c.short = d.outside, d.body, nil, nil, nil
}
