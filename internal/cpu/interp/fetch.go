package interp

import (
	"slices"
	"unsafe"

	"gojax/internal/cpu/code"
	"gojax/internal/cpu/move"
	"gojax/internal/kir"
)

// Lanes that do not lie one after the other, because rows are short, are brought together by
// vector code: columns of narrow rows, rows backwards, elements that a row shares, or rows that
// all are the same. So are iterations of a reduction. What of that an index is, as in a comparison
// with it, is copied likewise, from memory with its values.

// A fetched is a value whose tiles are made so.
type fetched struct {
	lanes *move.Lanes
	off   int // where the walk begins, in elements
	buf   int // of what
	size  int
	outer []stride // loops that are not lanes

	values []int64 // of an index, which they are fetched from instead
}

// mostValues is how many values of an index are in memory.
const mostValues = 128

// findFetched finds the values that are fetched.
func (p *plan) findFetched() {
	k := p.k
	p.fetched = map[kir.Val]*fetched{}
	if p.native.level == code.Portable {
		return
	}
	for n := range k.Code {
		v, i := kir.Val(n), &k.Code[n]
		e := k.Regions[i.Region].Extents
		if i.Region == 0 || p.laneRegion(i.Region) != i.Region || !p.varys[v] || p.chosen[v] != nil || p.native.on[v] || p.native.ramp[v] {
			continue
		}
		var f *fetched
		switch {
		case i.Code == kir.Load && !p.native.still[v] && p.native.step[v] == 0:
			f = p.fetchedLoad(i, e)
		case i.Code == kir.LoopIndex && i.Region == 1 && p.data[v] && e[i.N] <= mostValues && e[len(e)-1] < rowTiles:
			f = fetchedIndex(i.N, e)
		}
		if f != nil {
			p.fetched[v] = f
		}
	}
}

// fetchedLoad is how a load is fetched, nil if it is not.
func (p *plan) fetchedLoad(i *kir.Instr, e []int) *fetched {
	a := p.address(i.Args[0], i.Region)
	x := access{off: a.off, strides: slices.Clone(a.lanes)}
	f := &fetched{off: int(a.off), buf: i.Buf, size: i.Type.Size()}
	within := slices.Clone(e)
	for _, s := range a.scalar {
		if !slices.Contains(a.loops, s.at) {
			f.outer = append(f.outer, s)
			x.strides, within = append(x.strides, s.by), append(within, a.size[s.at])
		}
	}
	if a.unit || len(a.varying) > 0 || len(a.uniform) > 0 || !x.inside(within, 1, 0, p.k.Bufs[i.Buf].Elems) {
		return nil
	}
	strides := make([]int, len(e))
	for n := range e {
		strides[n] = int(a.lanes[n])
	}
	if f.lanes = move.NewLanes(move.Native(), f.size, e, strides); f.lanes == nil {
		return nil
	}
	return f
}

// fetchedIndex is how the index of a loop is fetched, nil if it is not.
func fetchedIndex(loop int, e []int) *fetched {
	f := &fetched{size: kir.Index.Size(), values: make([]int64, e[loop])}
	for i := range f.values {
		f.values[i] = int64(i)
	}
	strides := make([]int, len(e))
	strides[loop] = 1
	if f.lanes = move.NewLanes(move.Native(), f.size, e, strides); f.lanes == nil {
		return nil
	}
	return f
}

// fetch returns the step that makes a tile of v.
func (p *plan) fetch(v kir.Val, f *fetched) step {
	margin := f.lanes.Margin() * f.size
	at := p.memory(p.c.width*f.size+2*margin) + margin
	p.c.places[v] = place{elsewhere, false, -1}
	u, region := move.Native(), p.k.Code[v].Region
	loops, extents := p.c.loops[region], p.k.Regions[region].Extents
	return func(m *machine) {
		first := 0
		for n, l := range loops {
			first = first*extents[n] + int(m.idx[l])
		}
		m.ptr[v] = m.address(at)
		from := unsafe.Pointer(unsafe.SliceData(f.values))
		if f.values == nil {
			off := int64(f.off)
			for _, s := range f.outer {
				off += s.by * m.idx[s.at]
			}
			from = unsafe.Add(m.bufs[f.buf], int(off)*f.size)
		}
		f.lanes.Fetch(u, m.ptr[v], from, first, m.n)
	}
}
