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
	vals  []kir.Val    // what is in these
	out   []stripInput // where the body stores
	first [][2]uint64  // by carry: the identity, twice if it has but 64 bits
	turn  int          // iterations of the innermost loop, which a call stays in
}

// A stripInput is where an input is, and what that grows by from one iteration to the next; or
// an integer that does, and is the same for all lanes.
type stripInput struct {
	at    *address
	buf   kir.Buf
	n     int // of the buffer
	by    int64
	lanes bool
	table int  // offset of as many integers as there are iterations in a call, -1 if it is none …
	size  int  // … of so many bytes
	made  bool // it is a value of the machine
}

const (
	// stripLanes is how broad strips are: their accumulators fit in the nearest cache.
	stripLanes = 64
	// stripsFrom is how many iterations are worth strips that are narrow as rows are short.
	stripsFrom = 32
)

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

// strips compiles the steps that combine, which were compiled last, for strips.
func (p *plan) strips(f *fold) *strips {
	if p.native.failed != nil || !f.lanes || f.size == 0 || p.c.width > stripLanes {
		return nil
	}
	s := &strips{first: make([][2]uint64, len(f.carries)), turn: p.k.Regions[f.region].Extents[p.inmost(f.region)]}
	r := gen.Rows{Group: kir.Lanes}
	made, steps := p.made(f)
	for n, c := range steps {
		if !c.straight() {
			return nil
		}
		b := *made[n]
		b.Listing = false
		for k, t := range c.out {
			if !t.acc {
				continue
			}
			bits, ok := gen.Identity(b.Out[k].Fold, p.k.Code[t.val].Type)
			if !ok || b.Out[k].Ring {
				return nil
			}
			s.first[t.carry] = [2]uint64{bits, bits}
		}
		var ptr []int
		for k := range c.in {
			at, ok := p.stripInput(f, s, c.in[k], b.In[k].Kind == gen.Lanes)
			if !ok {
				return nil
			}
			ptr = append(ptr, at)
		}
		r.Stages = append(r.Stages, gen.Stage{Block: &b, Ptr: ptr})
	}
	for k, v := range s.vals {
		by := int(s.in[k].by) * p.k.Code[v].Type.Size()
		if s.in[k].table >= 0 {
			by = s.in[k].size
		}
		r.By = append(r.By, by)
	}
	for n := range f.carries {
		r.By = append(r.By, p.c.width*f.carries[n].size)
	}
	halve := gen.Rows{Group: kir.Lanes}
	for n, c := range steps {
		for k, t := range c.out {
			if !t.acc {
				out := stripInput{at: t.to, buf: p.k.Bufs[t.buf], n: t.buf, lanes: true, table: -1}
				if !out.moves(p, f) {
					return nil
				}
				r.Stages[n].Ptr, r.By = append(r.Stages[n].Ptr, len(r.By)), append(r.By, int(out.by)*t.size)
				s.out = append(s.out, out)
				continue
			}
			by := p.c.width * f.carries[t.carry].size
			r.Stages[n].Ptr = append(r.Stages[n].Ptr, len(s.in)+t.carry)
			two := gen.Block{K: p.k, In: []gen.Input{{Val: t.val, Kind: gen.Lanes}}, Out: made[n].Out[k : k+1]}
			halve.Stages = append(halve.Stages, gen.Stage{Block: &two, Ptr: []int{2 * t.carry, 2*t.carry + 1}})
			halve.By = append(halve.By, by, by)
		}
	}
	for _, lanes := range p.stripWidths() {
		for n := range r.Stages {
			r.Stages[n].N = lanes
		}
		for n := range halve.Stages {
			halve.Stages[n].N = lanes
		}
		c, h := p.compileRows(&r), p.compileRows(&halve)
		if c == nil || h == nil {
			return nil
		}
		s.calls, s.halve, s.lanes = append(s.calls, c), append(s.halve, h), append(s.lanes, lanes)
	}
	p.c.strip = p.c.width
	return s
}

// stripInput returns the number of an input of strips, a new one if it has none.
func (p *plan) stripInput(f *fold, s *strips, v kir.Val, lanes bool) (at int, ok bool) {
	if at := slices.Index(s.vals, v); at >= 0 {
		return at, s.in[at].lanes == lanes
	}
	i := &p.k.Code[v]
	in := stripInput{lanes: lanes, table: -1}
	switch {
	case i.Code == kir.Load:
		in.at, in.buf, in.n = p.address(i.Args[0], i.Region), p.k.Bufs[i.Buf], i.Buf
	case i.Region <= 1: // which has been computed for all iterations
		s.in, s.vals = append(s.in, stripInput{lanes: lanes, table: -1, made: true}), append(s.vals, v)
		return len(s.in) - 1, true
	case !lanes && i.Type.IsInt() && i.Type.Size() >= 4:
		of := v
		if i.Code == kir.Convert && p.k.Code[i.Args[0]].Type == kir.Index {
			of = i.Args[0]
		}
		if c := p.k.Code[of].Code; c != kir.LoopIndex && c != kir.Linear {
			return 0, false
		}
		in.at, in.table, in.size = p.address(of, i.Region), p.memory(kir.Lanes*i.Type.Size()), i.Type.Size()
	default:
		return 0, false
	}
	if !in.moves(p, f) {
		return 0, false
	}
	s.in, s.vals = append(s.in, in), append(s.vals, v)
	return len(s.in) - 1, true
}

// moves sets what an address grows by; it reports false if it does so in another way.
func (in *stripInput) moves(p *plan, f *fold) bool {
	if len(in.at.uniform) > 0 || len(in.at.varying) > 0 || in.lanes && !in.at.unit {
		return false
	}
	loop := p.c.loops[f.region][p.inmost(f.region)]
	for _, t := range in.at.scalar {
		if t.at == loop {
			in.by += t.by
		}
	}
	return true
}

// inmost is the innermost loop of a region that has several iterations, or the innermost one.
func (p *plan) inmost(region int) int {
	e := p.k.Regions[region].Extents
	n := len(e) - 1
	for n > 0 && e[n] == 1 {
		n--
	}
	return n
}

// stripWidths lists how many lanes tiles have.
func (p *plan) stripWidths() []int {
	e := p.k.Regions[1].Extents
	row := p.k.Regions[1].Size()
	if last := len(e) - 1; last > 0 && (p.c.within || e[last] >= rowTiles) {
		row = e[last]
	}
	var widths []int
	if row >= p.c.width {
		widths = append(widths, p.c.width)
	}
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
	acc := f.rows(m, 0, false)
	for n := range f.carries {
		tile.Fill(acc[n], unsafe.Pointer(&s.first[n]), f.carries[n].size, min(count, kir.Lanes)*f.cells)
	}
	for i := 0; i < count; {
		g, at, run := f.boxOf(lo + i)
		turn := g.strips.turn
		rows := min(run, turn-at%turn, kir.Lanes-i%kir.Lanes, count-i)
		m.seek(g.region, at)
		first := acc
		for n := range f.carries {
			first[n] = unsafe.Add(acc[n], i%kir.Lanes*f.cells*f.carries[n].size)
		}
		g.strips.rows(m, which, rows, first[:len(f.carries)])
		i += rows
	}
	a := &m.args // begins as gen.RowArgs do
	c := s.halve[which]
	a.Scratch = m.address(c.scratch)
	for n := min(count, kir.Lanes); n > 1; {
		h := kir.Halve(n)
		for k := range f.carries {
			a.Ptr[2*k], a.Ptr[2*k+1] = unsafe.Add(acc[k], h*f.cells*f.carries[k].size), acc[k]
		}
		a.N = int64(n - h)
		code.Call(c.f, unsafe.Pointer(a))
		n = h
	}
}

// rows combines so many iterations, the first of which the machine is at, with rows of the
// accumulators.
func (s *strips) rows(m *machine, which, rows int, acc []unsafe.Pointer) {
	a := &m.args // begins as gen.RowArgs do
	a.Scratch = m.address(s.calls[which].scratch)
	for k := range s.in {
		in := &s.in[k]
		switch {
		case in.table >= 0:
			a.Ptr[k] = m.address(in.table)
			in.count(a.Ptr[k], in.at.first(m), rows)
		case in.made:
			a.Ptr[k] = m.ptr[s.vals[k]]
		default:
			a.Ptr[k] = in.memory(m, rows)
		}
	}
	copy(a.Ptr[len(s.in):], acc)
	for k := range s.out {
		a.Ptr[len(s.in)+len(acc)+k] = s.out[k].memory(m, rows)
	}
	a.N = int64(rows)
	code.Call(s.calls[which].f, unsafe.Pointer(a))
}

// memory is where so many rows begin.
func (in *stripInput) memory(m *machine, rows int) unsafe.Pointer {
	x, lanes := in.at.first(m), 1
	if in.lanes {
		lanes = m.n
	}
	end := x + in.by*int64(rows-1)
	if min(x, end) < 0 || max(x, end)+int64(lanes) > int64(in.buf.Elems) {
		panic(fmt.Sprintf("interp: addresses %d to %d of %d elements", x, end, in.buf.Elems))
	}
	return unsafe.Add(m.bufs[in.n], int(x)*in.buf.Type.Size())
}

// count stores the integers from x on of so many iterations.
func (in *stripInput) count(to unsafe.Pointer, x int64, rows int) {
	for r := range rows {
		if in.size == 4 {
			*(*int32)(unsafe.Add(to, 4*r)) = int32(x)
		} else {
			*(*int64)(unsafe.Add(to, 8*r)) = x
		}
		x += in.by
	}
}
