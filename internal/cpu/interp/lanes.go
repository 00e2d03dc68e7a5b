package interp

import (
	"unsafe"

	"gojax/internal/cpu/tile"
	"gojax/internal/kir"
)

// An address is a sum prepared for tiles: what of it stands still within a tile, and
// how it moves from lane to lane.
type address struct {
	off     int64
	scalar  []stride // loops that are not lanes, or of lanes: what the first one has
	uniform []stride // values that do not vary
	lanes   []int64  // by axis of the lanes, the stride
	varying []stride // values that vary
	extents []int    // of the lanes
	loops   []int    // of the lanes
	unit    bool     // neighbouring lanes are neighbours in memory, all of them
	even    bool     // all of them are at one distance, the last stride
	still   bool     // all lanes have one address
	size    []int    // by number of a loop, its extent
}

type stride struct {
	at int // a loop or a value
	by int64
}

func (p *plan) address(v kir.Val, region int) *address {
	k := p.k
	lanes := p.laneRegion(region)
	a := &address{size: p.extents}
	if lanes != 0 {
		a.extents, a.loops = k.Regions[lanes].Extents, p.c.loops[lanes]
		a.lanes = make([]int64, len(a.extents))
	}
	var terms []kir.Term
	a.off, terms = k.Form(v)
	for _, t := range terms {
		i := &k.Code[t.Atom]
		switch {
		case i.Code == kir.LoopIndex:
			a.scalar = append(a.scalar, stride{p.loop[t.Atom], t.Stride})
			if i.Region == lanes {
				a.lanes[i.N] = t.Stride
			}
		case p.varys[t.Atom]:
			a.varying = append(a.varying, stride{int(t.Atom), t.Stride})
		default:
			a.uniform = append(a.uniform, stride{int(t.Atom), t.Stride})
		}
	}
	a.unit, a.still = len(a.varying) == 0, len(a.varying) == 0
	last := len(a.lanes) - 1
	a.even = last >= 0 && a.extents[last] > 1
	next, far := int64(1), int64(0)
	for n := len(a.lanes) - 1; n >= 0; n-- {
		if a.extents[n] == 1 {
			continue
		}
		a.unit = a.unit && a.lanes[n] == next
		a.still = a.still && a.lanes[n] == 0
		a.even = a.even && (n == last || a.lanes[n] == far)
		next *= int64(a.extents[n])
		far = a.lanes[n] * int64(a.extents[n])
	}
	if last >= 0 && len(a.varying) == 0 && p.rowed(region) {
		a.unit = a.unit || a.lanes[last] == 1
	}
	return a
}

// first returns the address of the first lane, without what varies.
func (a *address) first(m *machine) int64 {
	n := a.off
	for _, s := range a.scalar {
		n += s.by * m.idx[s.at]
	}
	for _, s := range a.uniform {
		n += s.by * *(*int64)(m.ptr[s.at])
	}
	return n
}

// rows calls f for runs of lanes in one row of the innermost loop, or all if they are at one
// distance: from lane i on n lanes, of which the first has the given address.
func (a *address) rows(m *machine, f func(i, n int, addr int64)) {
	addr := a.first(m)
	last := len(a.loops) - 1
	if last < 0 || a.even {
		f(0, m.n, addr)
		return
	}
	var index [8]int64
	at := index[:0]
	for _, l := range a.loops {
		at = append(at, m.idx[l])
	}
	for i := 0; i < m.n; {
		n := min(m.n-i, a.extents[last]-int(at[last]))
		f(i, n, addr)
		i += n
		at[last] += int64(n)
		addr += int64(n) * a.lanes[last]
		for x := last; x > 0 && at[x] == int64(a.extents[x]); x-- {
			addr += a.lanes[x-1] - at[x]*a.lanes[x]
			at[x] = 0
			at[x-1]++
		}
	}
}

// all returns the addresses of all lanes, in the machine's buffer for them.
func (a *address) all(m *machine) []int64 {
	to := m.at[:m.n]
	a.into(m, to)
	return to
}

func (a *address) into(m *machine, to []int64) {
	if a.still || len(a.loops) == 0 || a.flat() {
		x := a.first(m)
		for i := range to {
			to[i] = x
		}
	} else {
		by := a.lanes[len(a.lanes)-1]
		a.rows(m, func(i, n int, addr int64) {
			for j := range to[i : i+n] {
				to[i+j] = addr + int64(j)*by
			}
		})
	}
	for _, s := range a.varying {
		xs := unsafe.Slice((*int64)(m.ptr[s.at]), len(to))
		for i, x := range xs {
			to[i] += s.by * x
		}
	}
}

// flat reports whether the loops of the lanes do not count.
func (a *address) flat() bool {
	for _, s := range a.lanes {
		if s != 0 {
			return false
		}
	}
	return true
}

// inside panics unless the lanes from addr on, by elements apart, lie in the buffer.
func inside(addr, by int64, n int, b kir.Buf) {
	last := addr + by*int64(n-1)
	if uint64(addr) >= uint64(b.Elems) || uint64(last) >= uint64(b.Elems) {
		if uint64(addr) < uint64(b.Elems) {
			addr = last
		}
		panic(outOfRange(addr, b))
	}
}

// load returns the step that finds or fetches the lanes of a Load.
func (p *plan) load(v kir.Val, i *kir.Instr) step {
	a := p.address(i.Args[0], i.Region)
	b, buf, size := p.k.Bufs[i.Buf], i.Buf, i.Type.Size()
	switch {
	case !p.varys[v]:
		p.c.places[v] = place{elsewhere, false, -1}
		return func(m *machine) {
			x := a.first(m)
			inside(x, 0, 1, b)
			m.ptr[v] = unsafe.Add(m.bufs[buf], int(x)*size)
		}
	case p.native.still[v]:
		p.c.places[v] = place{elsewhere, false, -1}
		return func(m *machine) {
			x := a.first(m)
			inside(x, 0, m.n, b)
			m.ptr[v] = unsafe.Add(m.bufs[buf], int(x)*size)
		}
	case a.unit, p.native.step[v] != 0:
		p.c.places[v] = place{elsewhere, false, -1}
		by := int64(1)
		if !a.unit {
			by = p.native.step[v]
		}
		return func(m *machine) {
			x := a.first(m)
			inside(x, by, m.n, b)
			m.ptr[v] = unsafe.Add(m.bufs[buf], int(x)*size)
		}
	}
	if l := p.fetched[v]; l != nil {
		return p.fetch(v, l)
	}
	p.put(v)
	if len(a.varying) > 0 {
		return func(m *machine) {
			if bad, ok := tile.Gather(m.ptr[v], m.bufs[buf], b.Elems, a.all(m), size); !ok {
				panic(outOfRange(bad, b))
			}
		}
	}
	by := a.lanes[len(a.lanes)-1]
	return func(m *machine) {
		a.rows(m, func(i, n int, addr int64) {
			inside(addr, by, n, b)
			tile.Strided(unsafe.Add(m.ptr[v], i*size), 1, unsafe.Add(m.bufs[buf], int(addr)*size), int(by), size, n)
		})
	}
}

// store returns the step that writes the lanes of a Store.
func (p *plan) store(s kir.Store) step {
	a := p.address(s.Addr, s.Region)
	b, buf, size := p.k.Bufs[s.Buf], s.Buf, p.k.Code[s.Val].Type.Size()
	one := p.laneRegion(s.Region) == 0
	from := p.operand(s.Val, !one)
	switch {
	case one || a.unit:
		if d, ok := p.direct[s.Val]; ok && d == s {
			return nil
		}
		return func(m *machine) {
			x, n := a.first(m), m.n
			if one {
				n = 1
			}
			inside(x, 1, n, b)
			copy(unsafe.Slice((*byte)(unsafe.Add(m.bufs[buf], int(x)*size)), n*size),
				unsafe.Slice((*byte)(from.of(m)), n*size))
		}
	case len(a.varying) > 0:
		return func(m *machine) {
			if bad, ok := tile.Scatter(m.bufs[buf], b.Elems, a.all(m), from.of(m), size); !ok {
				panic(outOfRange(bad, b))
			}
		}
	}
	by := a.lanes[len(a.lanes)-1]
	return func(m *machine) {
		x := from.of(m)
		a.rows(m, func(i, n int, addr int64) {
			inside(addr, by, n, b)
			tile.Strided(unsafe.Add(m.bufs[buf], int(addr)*size), int(by), unsafe.Add(x, i*size), 1, size, n)
		})
	}
}
