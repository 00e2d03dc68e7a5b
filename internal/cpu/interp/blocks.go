package interp

import (
	"slices"
	"unsafe"

	"gojax/internal/cpu/code"
	"gojax/internal/cpu/gen"
	"gojax/internal/kir"
)

// A reduction of many blocks, of each of which machine code makes one element, has code for
// many of them: the blocks are its rows. What they make is combined by neighbours, half of
// it at once.

// A blocksCode is such code. Its call is not a step.
type blocksCode struct {
	call   *call
	in     []kir.Val
	stores []target // behind the carries
}

const (
	// mostBlocks bounds how many blocks are reduced by one call, which nothing can interrupt.
	mostBlocks = 128
	// blockGroup is how many of them machine code reduces before the next does, if there is one:
	// it finds them in the nearest cache.
	blockGroup = 1
)

// blocks compiles the steps that reduce a block, which were compiled last, for many blocks.
func (p *plan) blocks(f *fold) *blocksCode {
	n := &p.native
	if n.failed != nil || !f.whole || f.size < 2*kir.Block {
		return nil
	}
	made, steps := p.made(f)
	r := gen.Rows{Group: 32}
	if len(made) > 1 {
		r.Group = blockGroup
	}
	code := &blocksCode{}
	for s, c := range steps {
		if !c.straight() {
			return nil
		}
		b := *made[s]
		b.Listing = false
		var ptr []int
		for k, in := range b.In {
			by := 0
			if in.Kind == gen.Lanes {
				i := &p.k.Code[in.Val]
				if i.Code != kir.Load || p.c.places[in.Val].kind != elsewhere || p.fetched[in.Val] != nil {
					return nil // another step makes a tile of it
				}
				by = kir.Block * i.Type.Size()
				if in.Step != 0 {
					by *= int(in.Step)
				}
			}
			at := slices.Index(code.in, c.in[k])
			if at < 0 {
				at = len(code.in)
				code.in, r.By = append(code.in, c.in[k]), append(r.By, by)
			}
			ptr = append(ptr, at)
		}
		r.Stages = append(r.Stages, gen.Stage{Block: &b, N: kir.Block, Ptr: ptr})
	}
	for n := range f.carries {
		r.By = append(r.By, f.carries[n].size)
	}
	for s, c := range steps {
		for _, t := range c.out {
			at := len(code.in) + t.carry
			if !t.acc {
				at = len(r.By)
				code.stores, r.By = append(code.stores, t), append(r.By, kir.Block*t.size)
			}
			r.Stages[s].Ptr = append(r.Stages[s].Ptr, at)
		}
	}
	if code.call = p.compileRows(&r); code.call == nil {
		return nil
	}
	return code
}

// made returns the machine code of a reduction, which was made last.
func (p *plan) made(f *fold) ([]*gen.Block, []*call) {
	at := len(p.native.steps) - len(f.into)
	return slices.Clone(p.native.made[at:]), slices.Clone(p.native.steps[at:])
}

// compileRows makes a call of the rows of one block, which is not a step, or nil. The args
// of a machine must do for it.
func (p *plan) compileRows(r *gen.Rows) *call {
	n := &p.native
	if len(r.By) > gen.MaxPtr {
		return nil
	}
	text, err := gen.CompileRows(n.level, r)
	if err != nil {
		return nil
	}
	c := &call{scratch: p.memory(text.Scratch)}
	n.blocks, n.made, n.steps = append(n.blocks, text), append(n.made, r.Stages[0].Block), append(n.steps, c)
	return c
}

// many reduces the blocks from lo until hi, all of them whole, to elements at an address.
func (f *fold) many(m *machine, lo, hi int, to side) {
	a := &m.args // begins as gen.RowArgs do
	a.Scratch = m.address(f.blocks.call.scratch)
	for ; lo < hi; lo += mostBlocks {
		m.seek(f.region, lo*kir.Block)
		m.n = kir.Block
		m.steps(f.before)
		for n, v := range f.blocks.in {
			a.Ptr[n] = m.ptr[v]
		}
		copy(a.Ptr[len(f.blocks.in):], to[:len(f.carries)])
		a.N = int64(min(hi-lo, mostBlocks))
		for n := range f.blocks.stores {
			t := &f.blocks.stores[n]
			a.Ptr[len(f.blocks.in)+len(f.carries)+n] = t.memory(m, int(a.N)*kir.Block)
		}
		code.Call(f.blocks.call.f, unsafe.Pointer(a))
		if lo+mostBlocks < hi { // never to behind what there is
			to = f.from(&to, mostBlocks)
		}
	}
	m.n = 1
}

// some reduces the blocks from lo until hi to elements at an address.
func (f *fold) some(m *machine, lo, hi int, to *side) {
	whole := min(hi, f.size/kir.Block)
	if lo < whole {
		f.many(m, lo, whole, *to)
	}
	for b := max(lo, whole); b < hi; b++ { // the last may have a rest
		f.block(m, b)
		x, y := f.from(to, b-lo), f.rows(m, 0, false)
		f.copy(&x, &y, 1)
	}
}

// neighbours combines n elements of each carry two by two, again and again, an odd one at the
// end being kept, into the first. Behind them is room for half as many.
func (f *fold) neighbours(all *side, n int) {
	for k := range f.carries {
		f.carries[k].neighbours(all[k], n)
	}
}

func (c *carry) neighbours(p unsafe.Pointer, n int) {
	size := c.size
	for n > 1 {
		h := n / 2
		odd := unsafe.Add(p, n*size)
		switch size {
		case 4:
			split[uint32](p, odd, h)
		case 8:
			split[uint64](p, odd, h)
		default:
			for i := range h {
				copyOver(unsafe.Add(odd, i*size), unsafe.Add(p, (2*i+1)*size), size)
				copyOver(unsafe.Add(p, i*size), unsafe.Add(p, 2*i*size), size)
			}
		}
		c.blend(p, p, odd, nil, nil, h)
		if n&1 == 1 {
			copyOver(unsafe.Add(p, h*size), unsafe.Add(p, (n-1)*size), size)
		}
		n -= h
	}
}

// split moves every other of 2n elements to odd, and those between together.
func split[T any](p, odd unsafe.Pointer, n int) {
	x, y := unsafe.Slice((*T)(p), 2*n), unsafe.Slice((*T)(odd), n)
	for i := range y {
		y[i] = x[2*i+1]
		x[i] = x[2*i]
	}
}
