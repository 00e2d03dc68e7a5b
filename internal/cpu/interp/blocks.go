package interp

import (
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
	call *call
	in   []kir.Val
}

// mostBlocks bounds how many blocks are reduced by one call, which nothing can interrupt.
const mostBlocks = 128

// blocks compiles the step that reduces a block, which was compiled last, for many blocks.
func (p *plan) blocks(f *fold) *blocksCode {
	n := &p.native
	at := len(n.steps) - 1
	if n.failed != nil || !f.whole || f.size < 2*kir.Block || len(n.steps[at].ramps) > 0 {
		return nil
	}
	b := *n.made[at]
	b.Listing = false
	r := gen.Rows{Group: 32, Stages: []gen.Stage{{Block: &b, N: kir.Block}}}
	for _, in := range b.In {
		by := 0
		if in.Kind == gen.Lanes {
			i := &p.k.Code[in.Val]
			if i.Code != kir.Load || p.c.places[in.Val].kind != elsewhere {
				return nil // another step makes a tile of it
			}
			by = kir.Block * i.Type.Size()
			if in.Step != 0 {
				by *= int(in.Step)
			}
		}
		r.By = append(r.By, by)
	}
	r.By = append(r.By, f.carries[0].size)
	for k := range r.By {
		r.Stages[0].Ptr = append(r.Stages[0].Ptr, k)
	}
	c := p.compileRows(&r)
	if c == nil {
		return nil
	}
	return &blocksCode{call: c, in: n.steps[at].in}
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
func (f *fold) many(m *machine, lo, hi int, to unsafe.Pointer) {
	a := &m.args // begins as gen.RowArgs do
	a.Scratch = m.address(f.blocks.call.scratch)
	for ; lo < hi; lo += mostBlocks {
		m.seek(f.region, lo*kir.Block)
		m.n = kir.Block
		m.steps(f.before)
		for n, v := range f.blocks.in {
			a.Ptr[n] = m.ptr[v]
		}
		a.Ptr[len(f.blocks.in)] = to
		a.N = int64(min(hi-lo, mostBlocks))
		code.Call(f.blocks.call.f, unsafe.Pointer(a))
		to = unsafe.Add(to, int(a.N)*f.carries[0].size)
	}
	m.n = 1
}

// some reduces the blocks from lo until hi to elements at an address.
func (f *fold) some(m *machine, lo, hi int, to unsafe.Pointer) {
	whole := min(hi, f.size/kir.Block)
	if lo < whole {
		f.many(m, lo, whole, to)
	}
	c := &f.carries[0]
	for b := max(lo, whole); b < hi; b++ { // the last may have a rest
		f.block(m, b)
		copyOver(unsafe.Add(to, (b-lo)*c.size), m.address(c.acc), c.size)
	}
}

// neighbours combines n elements two by two, again and again, an odd one at the end being
// kept, into the first. Behind them is room for half as many.
func (f *fold) neighbours(p unsafe.Pointer, n int) {
	size := f.carries[0].size
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
		f.blend(p, p, odd, nil, nil, h)
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
