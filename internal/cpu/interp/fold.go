package interp

import (
	"fmt"
	"math/bits"
	"unsafe"

	"gojax/internal/cpu/code"
	"gojax/internal/cpu/run"
	"gojax/internal/cpu/tile"
	"gojax/internal/kir"
)

// A fold is a compiled reduction. Its accumulators are kir.Lanes rows a carry; a row
// has a cell for each lane of the kernel if those are outside of the reduction, else
// one cell.
type fold struct {
	region  int // of the body
	size    int // iterations
	cells   int // of a row at most
	lanes   bool
	body    []step
	combine []step
	blended bool // each carry by its own instruction, instead of combine
	carries []carry
	split   bool        // blocks go to many goroutines
	into    []step      // machine code that combines what is yielded, if there is such code; see foldBody
	before  []step      // what of the body is run before it
	whole   bool        // it reduces all lanes of a block to one
	begins  bool        // … and combines the initial value with that: there is one block
	stores  []kir.Store // what into stores besides

	cut    *cut        // its boxes, or nil
	strips *strips     // machine code that reduces lanes side by side, or nil
	blocks *blocksCode // machine code that reduces many blocks, or nil
}

// A carry is one of the values that are reduced together.
type carry struct {
	size        int // of an element
	acc         int // offset of kir.Lanes rows
	stack       int // offset of a row for each level of the tree of blocks
	init, yield ref
	param       [2]kir.Val
	blend       tile.Func // the one instruction that combines, or nil
	combined    ref
	kept        int // offset of a row for what is combined
	parts       int // offset of what is made of many blocks, if they do not go to many goroutines
	result      kir.Val
}

// fold compiles a reduction.
func (p *plan) fold(v kir.Val, i *kir.Instr) step {
	f := &fold{region: i.Fold.Body, size: p.k.Regions[i.Fold.Body].Size(), cells: 1,
		split: i.Region == 1 && p.k.Regions[1].Size() < 8}
	if len(i.Args) > maxCarries {
		panic(fmt.Sprintf("interp: a reduction of %d values, want at most %d", len(i.Args), maxCarries))
	}
	p.c.folds = append(p.c.folds, f)
	if f.lanes = p.varys[v]; f.lanes {
		f.cells = p.c.width
	}
	levels := bits.Len(uint((f.size+kir.Block-1)/kir.Block)) + 1
	for n, x := range i.Args {
		c := carry{size: p.k.Code[x].Type.Size(), init: p.operand(x, f.lanes), result: v + kir.Val(n),
			param: [2]kir.Val{i.Fold.Params[n], i.Fold.Params[len(i.Args)+n]}}
		c.acc = p.memory(kir.Lanes * c.size * f.cells)
		c.stack = p.memory(levels * c.size * f.cells)
		p.c.places[c.result] = place{inMemory, !f.lanes, p.memory(max(c.size*f.cells, 16))}
		f.carries = append(f.carries, c)
	}
	f.cut = p.cut(f, i)
	f.body, f.before, f.into = p.foldBody(f, i)
	if f.into != nil && len(p.storesOf(f.region)) == len(f.stores) {
		f.blocks, f.strips = p.blocks(f), p.strips(f)
		if f.cut != nil && f.cut.strips() {
			f.strips = f.cut.boxes[0].strips
		}
		if f.strips != nil {
			p.c.cost += p.times[f.region] * inStrips
		}
	}
	for n := range f.carries {
		f.carries[n].yield = p.operand(i.Fold.Yield[n], true)
	}
	f.blended = true
	for n := range f.carries {
		f.carries[n].blend = p.blend(i.Fold, n)
		f.blended = f.blended && f.carries[n].blend != nil
	}
	p.c.early = p.c.early || !f.late(p)
	if !f.blended {
		// What is combined is in tiles of the body: these must be others.
		free := p.free
		p.free = map[int][]int{}
		f.combine = p.block(i.Fold.Combine)
		p.free = free
		for n := range f.carries {
			c := &f.carries[n]
			c.combined, c.kept = p.operand(i.Fold.Combined[n], true), p.memory(c.size*max(f.cells, kir.Lanes))
		}
	}
	if blocks := (f.size + kir.Block - 1) / kir.Block; f.blocks != nil && !f.split {
		for n := range f.carries {
			c := &f.carries[n]
			c.parts = p.memory((blocks + blocks/2) * c.size)
		}
	}
	if f.lanes {
		return f.outer
	}
	return f.inner
}

// late reports whether what the body stores is stored after all that it reads has been read, lane
// by lane.
func (f *fold) late(p *plan) bool {
	n := len(p.storesOf(f.region))
	return n == 0 || len(f.into) == 1 && len(f.stores) == n || p.native.level == code.Portable
}

// A side is where the rows are that are combined: one for each carry.
type side [maxCarries]unsafe.Pointer

const maxCarries = 8

// rows returns row i of the accumulators, or of the stack.
func (f *fold) rows(m *machine, i int, stack bool) (s side) {
	for n := range f.carries {
		c := &f.carries[n]
		at := c.acc
		if stack {
			at = c.stack
		}
		s[n] = m.address(at + i*f.cells*c.size)
	}
	return s
}

// yields returns what the body computed, from lane t on.
func (f *fold) yields(m *machine, t int) (s side) {
	for n := range f.carries {
		c := &f.carries[n]
		s[n] = unsafe.Add(c.yield.of(m), t*c.size)
	}
	return s
}

// from returns the places of element i of each carry.
func (f *fold) from(s *side, i int) (t side) {
	for n := range f.carries {
		t[n] = unsafe.Add(s[n], i*f.carries[n].size)
	}
	return t
}

func (f *fold) copy(x, y *side, n int) {
	for i := range f.carries {
		copyOver(x[i], y[i], n*f.carries[i].size)
	}
}

func copyOver(d, x unsafe.Pointer, n int) {
	copy(unsafe.Slice((*byte)(d), n), unsafe.Slice((*byte)(x), n))
}

// merge combines n cells of y into x.
func (f *fold) merge(m *machine, x, y *side, n int) {
	if f.blended {
		for i := range f.carries {
			f.carries[i].blend(x[i], x[i], y[i], nil, nil, n)
		}
		return
	}
	before := m.n
	m.n = n
	for i := range f.carries {
		c := &f.carries[i]
		m.ptr[c.param[0]], m.ptr[c.param[1]] = x[i], y[i]
	}
	m.steps(f.combine)
	m.n = before
	// An operand may be a result of another carry: none is overwritten before all are
	// out of the way.
	for i := range f.carries {
		c := &f.carries[i]
		copyOver(m.address(c.kept), c.combined.of(m), n*c.size)
	}
	for i := range f.carries {
		c := &f.carries[i]
		copyOver(x[i], m.address(c.kept), n*c.size)
	}
}

// halve combines the rows of n lanes, cells each, into the first.
func (f *fold) halve(m *machine, n, cells int) {
	for n > 1 {
		h := kir.Halve(n)
		if !f.lanes { // else the tiles of what combines have as many cells as a row
			x, y := f.rows(m, 0, false), f.rows(m, h, false)
			f.merge(m, &x, &y, n-h)
		} else {
			for i := range n - h {
				x, y := f.rows(m, i, false), f.rows(m, h+i, false)
				f.merge(m, &x, &y, cells)
			}
		}
		n = h
	}
}

// finish combines the blocks on the stack, and the initial value with them.
func (f *fold) finish(m *machine, depth, cells int) {
	for ; depth > 1; depth-- {
		x, y := f.rows(m, depth-2, true), f.rows(m, depth-1, true)
		f.merge(m, &x, &y, cells)
	}
	var init, result side
	for n := range f.carries {
		c := &f.carries[n]
		init[n], result[n] = c.init.of(m), m.ptr[c.result]
	}
	f.copy(&result, &init, cells)
	if depth == 1 {
		y := f.rows(m, 0, true)
		f.merge(m, &result, &y, cells)
	}
}

// push puts block number b, whose result is in the first row, on the stack, and
// combines neighbours that are complete.
func (f *fold) push(m *machine, b, depth, cells int) int {
	x, y := f.rows(m, depth, true), f.rows(m, 0, false)
	f.copy(&x, &y, cells)
	depth++
	for b++; b&1 == 0; b >>= 1 {
		depth--
		x, y := f.rows(m, depth-1, true), f.rows(m, depth, true)
		f.merge(m, &x, &y, cells)
	}
	return depth
}

// outer reduces, one iteration after the other, for all lanes at once.
func (f *fold) outer(m *machine) {
	depth := 0
	for lo := 0; lo < f.size; lo += kir.Block {
		count := min(kir.Block, f.size-lo)
		m.seek(f.region, lo)
		if which := f.strips.find(m.n); which >= 0 {
			f.strip(m, which, lo, count)
			depth = f.push(m, lo/kir.Block, depth, m.n)
			continue
		}
		for i := range count {
			x := f.rows(m, i%kir.Lanes, false)
			if f.into != nil && i >= kir.Lanes {
				m.steps(f.before)
				m.acc = x
				m.steps(f.into)
				m.advance(f.region, 1)
				continue
			}
			m.steps(f.body)
			y := f.yields(m, 0)
			if i < kir.Lanes {
				f.copy(&x, &y, m.n)
			} else {
				f.merge(m, &x, &y, m.n)
			}
			m.advance(f.region, 1)
		}
		f.halve(m, min(count, kir.Lanes), m.n)
		depth = f.push(m, lo/kir.Block, depth, m.n)
	}
	f.finish(m, depth, m.n)
}

// inner reduces with the iterations as lanes.
func (f *fold) inner(m *machine) {
	depth := 0
	blocks := (f.size + kir.Block - 1) / kir.Block
	switch {
	case f.split && blocks > 1:
		f.parallel(m, blocks)
		return
	case f.begins:
		f.block(m, 0)
		for n := range f.carries {
			c := &f.carries[n]
			copyOver(m.ptr[c.result], m.address(c.acc), c.size)
		}
		return
	case f.whole && blocks == 1: // as below, in fewer steps
		f.block(m, 0)
		acc := f.rows(m, 0, false)
		f.ends(m, &acc)
		return
	}
	if f.blocks != nil {
		var parts side
		for n := range f.carries {
			parts[n] = m.address(f.carries[n].parts)
		}
		f.some(m, 0, blocks, &parts)
		f.neighbours(&parts, blocks)
		f.ends(m, &parts)
		return
	}
	for b := range blocks {
		f.block(m, b)
		depth = f.push(m, b, depth, 1)
	}
	f.finish(m, depth, 1)
}

// ends combines the initial values with what has been made of all blocks.
func (f *fold) ends(m *machine, y *side) {
	for n := range f.carries {
		c := &f.carries[n]
		result := m.ptr[c.result]
		copyOver(result, c.init.of(m), c.size)
		c.blend(result, result, y[n], nil, nil, 1)
	}
}

// block reduces one block into the first row.
func (f *fold) block(m *machine, b int) {
	lo := b * kir.Block
	count := min(kir.Block, f.size-lo)
	extents, at := m.c.k.Regions[f.region].Extents, m.c.loops[f.region]
	last := len(at) - 1
	m.seek(f.region, lo)
	if f.whole {
		m.n = count
		m.steps(f.before)
		m.acc = f.rows(m, 0, false)
		m.steps(f.into)
		m.n = 1
		return
	}
	for i := 0; i < count; {
		m.n = min(m.c.width, count-i)
		if last > 0 && extents[last] >= rowTiles {
			m.n = min(m.n, extents[last]-int(m.idx[at[last]]))
		}
		if f.into != nil {
			// Machine code begins at the first lane, when all have something.
			if lane := i % kir.Lanes; lane == 0 && i > 0 {
				m.steps(f.before)
				m.acc = f.rows(m, 0, false)
				m.steps(f.into)
				i += m.n
				m.advance(f.region, m.n)
				continue
			}
			m.n = min(m.n, kir.Lanes-i%kir.Lanes)
		}
		m.steps(f.body)
		for t := 0; t < m.n; {
			lane := (i + t) % kir.Lanes
			n := min(kir.Lanes-lane, m.n-t)
			x, y := f.rows(m, lane, false), f.yields(m, t)
			if i+t < kir.Lanes {
				f.copy(&x, &y, n)
			} else {
				f.merge(m, &x, &y, n)
			}
			t += n
		}
		i += m.n
		m.advance(f.region, m.n)
	}
	m.n = 1
	f.halve(m, min(count, kir.Lanes), 1)
}

// parallel reduces the blocks in many goroutines.
func (f *fold) parallel(m *machine, blocks int) {
	ns := m.c.cost / float64(max(1, m.c.k.Regions[1].Size()))
	part := run.Even(blocks, run.Grain(blocks, ns), 1)
	if f.blocks != nil {
		var parts side
		for n := range f.carries {
			parts[n] = unsafe.Pointer(unsafe.SliceData(make([]uint64, ((blocks+blocks/2)*f.carries[n].size+7)/8)))
		}
		run.Share(blocks, part, ns, func(lo, hi int) {
			w := m.c.pool.Get().(*machine)
			w.follow(m)
			to := f.from(&parts, lo)
			f.some(w, lo, hi, &to)
			w.release()
		})
		f.neighbours(&parts, blocks)
		f.ends(m, &parts)
		return
	}
	parts := make([][]uint64, len(f.carries))
	for i := range parts {
		parts[i] = make([]uint64, (blocks*f.carries[i].size+7)/8)
	}
	of := func(b int) (s side) {
		for i := range f.carries {
			s[i] = unsafe.Add(unsafe.Pointer(unsafe.SliceData(parts[i])), b*f.carries[i].size)
		}
		return s
	}
	run.Share(blocks, part, ns, func(lo, hi int) {
		w := m.c.pool.Get().(*machine)
		w.follow(m)
		for b := lo; b < hi; b++ {
			f.block(w, b)
			x, y := of(b), f.rows(w, 0, false)
			f.copy(&x, &y, 1)
		}
		w.release()
	})
	for n := blocks; n > 1; n = (n + 1) / 2 {
		for i := range n / 2 {
			x, y := of(2*i), of(2*i+1)
			f.merge(m, &x, &y, 1)
			to := of(i)
			f.copy(&to, &x, 1)
		}
		if n&1 == 1 {
			x, to := of(n-1), of(n/2)
			f.copy(&to, &x, 1)
		}
	}
	x, y := f.rows(m, 0, true), of(0)
	f.copy(&x, &y, 1)
	f.finish(m, 1, 1)
}

// follow makes w know what m has computed outside of the lanes.
func (w *machine) follow(m *machine) {
	w.bufs, w.n = m.bufs, 1
	copy(w.idx, m.idx)
	for v, p := range m.c.places {
		switch {
		case p.kind == elsewhere && p.offset < 0:
			w.ptr[v] = m.ptr[v]
		case p.kind == inMemory && p.once:
			*(*[2]uint64)(w.ptr[v]) = *(*[2]uint64)(m.ptr[v])
		}
	}
	for _, s := range m.c.splats {
		copyOver(w.address(s.offset), m.address(s.offset), s.size*m.c.width)
	}
}
