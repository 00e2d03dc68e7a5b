package gemm

import (
	"sync"

	"gojax/internal/cpu/run"
)

// A part is a tile: m rows from the i-th and n columns from the j-th.
type part struct{ i, m, j, n, strip int }

// A cut is how the rows and columns of a grid are divided into tiles: large ones, which
// pack and fetch little for what they compute, and for the rows from the split on small
// ones, with which all threads end at the same time.
type cut struct {
	height, width [2]int // of large tiles, and of small ones, which are not larger
	split, rows   int
	across        [2]int
	large         int // how many
}

// tiling is the cut of a grid of m rows and n columns. Widths are one or two units of columns. Small
// tiles bring as many columns near for fewer rows, and take longer for what they compute: so they are
// few, and each thread makes as many of the large ones as any other.
func (p *Plan) tiling(u Use, m, n int, mirror bool, threads int) cut {
	const (
		fits = 640 << 10 // bytes of a tile, and of its rows packed, in the second cache
		rows = 256 << 10 // … and of rows that are in no other memory
		few  = 4         // small tiles for each thread
	)
	c := cut{rows: m}
	unit := even(n, beside(p.size), p.columns)
	c.width = [2]int{min(2*unit, up(n, unit)), unit}
	c.across = [2]int{count(n, c.width[0]), count(n, c.width[1])}
	panels := fits / ((c.width[0] + depth) * p.size * p.rows)
	if u.Own {
		panels = min(panels, rows/(n*p.size*p.rows))
	}
	most := max(panels, 2) * p.rows
	last := count(2*threads, c.across[0]) * most
	if mirror {
		last *= 2 // of which half is made
	}
	first := m - min(last, m/4)
	strips := up(count(first, most), count(threads, c.across[0]))
	c.height[0] = max(first/(strips*p.rows), 2) * p.rows
	low := min((m-first)*c.across[1]/(few*threads), c.height[0]/2)
	c.height[1] = max(low/p.rows, 2) * p.rows
	if line := 64 / p.size; p.x.row == p.x.kind.size(p.size) { // whole lines of each k are copied
		c.height[1] = up(c.height[1], line)
		c.height[0] = max(c.height[0]/line*line, c.height[1])
	}
	c.split = first / c.height[0] * c.height[0]
	c.large = c.split / c.height[0] * c.across[0]
	return c
}

// beside is how many columns of the right operand are packed together, those of one block of k: they
// are in the second cache then.
func beside(size int) int { return 1024 / size }

// tiles is how many there are.
func (c *cut) tiles() int { return c.large + count(c.rows-c.split, c.height[1])*c.across[1] }

// strips is how many rows of tiles there are.
func (c *cut) strips() int { return c.split/c.height[0] + count(c.rows-c.split, c.height[1]) }

// part is the s-th tile of n columns in all.
func (c *cut) part(s, n int) part {
	kind, first, before := 0, 0, 0
	if s >= c.large {
		kind, first, before, s = 1, c.split, c.split/c.height[0], s-c.large
	}
	i, j := first+s/c.across[kind]*c.height[kind], s%c.across[kind]*c.width[kind]
	return part{i, min(c.height[kind], c.rows-i), j, min(c.width[kind], n-j), before + s/c.across[kind]}
}

// even is the size of even parts of n, of at most most, and a multiple of unit.
func even(n, most, unit int) int { return up(count(n, count(n, max(most, unit))), unit) }

// A place is where one thread packs rows: those that it uses, and those to come.
type place struct {
	room [2][]byte // nil if rows are not packed
	x    operand   // in the first
	have rows      // what x is
	own  enough    // for a unit of columns
	wide enough    // for what is packed of it
	soon []nearing // what is read when tiles are complete

	memory *run.Memory // which all that is of
}

// rows are m from the i-th, of one block of k.
type rows struct{ i, m, k int }

// places are those of the threads.
type places struct {
	lots  *run.Lots
	bytes int // of each room; 0 if none is needed
	mu    sync.Mutex
	idle  []*place
}

// take returns a place for t, that where its first rows are if there is one.
func (p *places) take(t part) *place {
	p.mu.Lock()
	defer p.mu.Unlock()
	last := len(p.idle) - 1
	if last < 0 {
		at := &place{memory: p.lots.Take()}
		if p.bytes > 0 {
			at.room = [2][]byte{at.memory.Alloc(p.bytes), at.memory.Alloc(p.bytes)}
		}
		return at
	}
	for i, at := range p.idle {
		if at.have == (rows{t.i, t.m, 0}) {
			p.idle[i], p.idle[last] = p.idle[last], at
		}
	}
	at := p.idle[last]
	p.idle = p.idle[:last]
	return at
}

func (p *places) leave(at *place) {
	p.mu.Lock()
	p.idle = append(p.idle, at)
	p.mu.Unlock()
}

// wanted is what is worth fetching now, before first.
func (p *place) wanted(first *nearing) *nearing {
	for i := range p.soon {
		if p.soon[i].left > 0 {
			return &p.soon[i]
		}
	}
	return first
}

// free gives back what the places have lent; all have been left.
func (p *places) free() {
	for _, at := range p.idle {
		at.memory.Free(at.room[0])
		at.memory.Free(at.room[1])
		at.own.free(at.memory)
		at.wide.free(at.memory)
	}
	p.lots.Free()
}
