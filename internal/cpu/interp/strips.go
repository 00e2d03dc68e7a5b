package interp

import (
	"fmt"
	"slices"
	"unsafe"

	"gojax/internal/cpu/code"
	"gojax/internal/cpu/gen"
	"gojax/internal/cpu/tile"
	"gojax/internal/kir"
)

// A reduction with the parallel loops as lanes, which is one block of machine code, goes over
// strips of them: its iterations are rows of the strip, kir.Lanes of which are combined with
// the accumulators by one call.

// strips is such code.
type strips struct {
	calls []*call // for strips of so many lanes
	halve []*call // combine rows of accumulators with others
	lanes []int
	in    []stripInput
	size  int // of an accumulator
	first []uint64
}

// A stripInput is where an input is, and what that grows by from one iteration to the next.
type stripInput struct {
	at    *address
	buf   kir.Buf
	n     int // of the buffer
	by    int64
	lanes bool
}

// stripLanes is how broad strips are: their accumulators fit in the nearest cache.
const stripLanes = 64

// stripped reports whether reductions walk over memory as strips of lanes do.
func (p *plan) stripped() bool {
	k := p.k
	inner := p.innermost()
	any := false
	for v := range k.Code {
		i := &k.Code[v]
		if i.Code != kir.Load || i.Region <= 1 {
			continue
		}
		_, terms := k.Form(i.Args[0])
		for _, t := range terms {
			if t.Atom == inner {
				any = true
				if t.Stride != 1 {
					return false
				}
			}
		}
	}
	return any
}

// strips compiles the step that combines, which was compiled last, for strips.
func (p *plan) strips(f *fold) *strips {
	n := &p.native
	at := len(n.steps) - 1
	if n.failed != nil || !f.lanes || len(n.steps[at].ramps) > 0 || f.size < 2 || p.c.width > stripLanes {
		return nil
	}
	b := *n.made[at]
	b.Listing = false
	o := b.Out[0]
	bits, ok := gen.Identity(o.Fold, p.k.Code[o.Val].Type)
	if !ok || o.Ring {
		return nil
	}
	s := &strips{size: f.carries[0].size, first: []uint64{bits}}
	r := gen.Rows{Group: kir.Lanes, Stages: []gen.Stage{{Block: &b}}}
	loops := map[int]bool{}
	for a, l := range p.c.loops[f.region] {
		loops[l] = p.k.Regions[f.region].Extents[a] > 1
	}
	for k, v := range n.steps[at].in {
		i := &p.k.Code[v]
		if i.Code != kir.Load {
			return nil
		}
		in := stripInput{at: p.address(i.Args[0], i.Region), buf: p.k.Bufs[i.Buf], n: i.Buf, lanes: b.In[k].Kind == gen.Lanes}
		if len(in.at.uniform) > 0 || len(in.at.varying) > 0 || in.lanes && !in.at.unit {
			return nil
		}
		for _, t := range in.at.scalar {
			if loops[t.at] {
				in.by += t.by
			}
		}
		s.in, r.By = append(s.in, in), append(r.By, int(in.by)*i.Type.Size())
	}
	if e := p.k.Regions[f.region].Extents; len(s.in) == 0 || countLong(e) != 1 {
		return nil
	}
	r.By = append(r.By, p.c.width*s.size)
	for k := range r.By {
		r.Stages[0].Ptr = append(r.Stages[0].Ptr, k)
	}
	two := gen.Block{K: p.k, In: []gen.Input{{Val: o.Val, Kind: gen.Lanes}}, Out: b.Out}
	by := p.c.width * s.size
	halve := gen.Rows{Group: kir.Lanes, By: []int{by, by}, Stages: []gen.Stage{{Block: &two, Ptr: []int{0, 1}}}}
	for _, lanes := range p.stripWidths() {
		r.Stages[0].N, halve.Stages[0].N = lanes, lanes
		c, h := p.compileRows(&r), p.compileRows(&halve)
		if c == nil || h == nil {
			return nil
		}
		s.calls, s.halve, s.lanes = append(s.calls, c), append(s.halve, h), append(s.lanes, lanes)
	}
	p.c.strip = p.c.width
	return s
}

// countLong counts the loops of more than one iteration.
func countLong(extents []int) (n int) {
	for _, e := range extents {
		if e > 1 {
			n++
		}
	}
	return n
}

// stripWidths lists how many lanes tiles have.
func (p *plan) stripWidths() []int {
	e := p.k.Regions[1].Extents
	row := p.k.Regions[1].Size()
	if last := len(e) - 1; last > 0 && e[last] >= rowTiles {
		row = e[last]
	}
	widths := []int{p.c.width}
	if rest := row % p.c.width; rest > 1 {
		widths = append(widths, rest)
	}
	return widths
}

// find returns which code is for so many lanes, or -1.
func (s *strips) find(lanes int) int {
	if s == nil {
		return -1
	}
	return slices.Index(s.lanes, lanes)
}

// strip reduces count iterations from lo on, a block at most, to the first row of the
// accumulators, by code number which.
func (f *fold) strip(m *machine, which, lo, count int) {
	s := f.strips
	c := s.calls[which]
	acc := m.address(f.carries[0].acc)
	tile.Fill(acc, unsafe.Pointer(&s.first[0]), s.size, min(count, kir.Lanes)*f.cells)
	a := &m.args // begins as gen.RowArgs do
	a.Scratch = m.address(c.scratch)
	a.Ptr[len(s.in)] = acc
	for i := 0; i < count; i += kir.Lanes {
		rows := min(kir.Lanes, count-i)
		m.seek(f.region, lo+i)
		for k := range s.in {
			in := &s.in[k]
			x, lanes := in.at.first(m), 1
			if in.lanes {
				lanes = m.n
			}
			end := x + in.by*int64(rows-1)
			if min(x, end) < 0 || max(x, end)+int64(lanes) > int64(in.buf.Elems) {
				panic(fmt.Sprintf("interp: addresses %d to %d of %d elements", x, end, in.buf.Elems))
			}
			a.Ptr[k] = unsafe.Add(m.bufs[in.n], int(x)*in.buf.Type.Size())
		}
		a.N = int64(rows)
		code.Call(c.f, unsafe.Pointer(a))
	}
	c = s.halve[which]
	a.Scratch = m.address(c.scratch)
	for n := min(count, kir.Lanes); n > 1; {
		h := kir.Halve(n)
		a.Ptr[0], a.Ptr[1], a.N = unsafe.Add(acc, h*f.cells*s.size), acc, int64(n-h)
		code.Call(c.f, unsafe.Pointer(a))
		n = h
	}
}
