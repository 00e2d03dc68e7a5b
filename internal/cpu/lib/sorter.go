package lib

import (
	"slices"

	"gojax/internal/cpu/run"
)

// A sorter sorts the positions of one row at a time by columns of keys. Keys of up
// to 32 bits share a word with their position.
type sorter struct {
	order  []uint32
	keys   []uint64
	narrow [2][][1]uint64
	wide   [2][][2]uint64
	counts []uint32
	memory *run.Memory
}

// sorterRoom is what newSorter takes for columns that are of 64 bits or not.
func sorterRoom(n int, wide ...bool) int {
	sum := run.Rooms[uint32](n) + run.Rooms[uint64](n) + run.Rooms[uint32](counters(n))
	if slices.Contains(wide, true) {
		sum += 2 * run.Rooms[[2]uint64](n)
	}
	if slices.Contains(wide, false) {
		sum += 2 * run.Rooms[[1]uint64](n)
	}
	return sum
}

// newSorter returns a sorter of rows of n elements.
func newSorter(m *run.Memory, n int, cols []column) *sorter {
	s := &sorter{memory: m, order: run.Of[uint32](m, n), keys: run.Of[uint64](m, n), counts: run.Of[uint32](m, counters(n))}
	for _, c := range cols {
		for i := range 2 {
			if c.wide && s.wide[i] == nil {
				s.wide[i] = run.Of[[2]uint64](m, n)
			}
			if !c.wide && s.narrow[i] == nil {
				s.narrow[i] = run.Of[[1]uint64](m, n)
			}
		}
	}
	return s
}

func (s *sorter) free() {
	m := s.memory
	run.Give(m, s.order)
	run.Give(m, s.keys)
	run.Give(m, s.counts)
	for i := range 2 {
		run.Give(m, s.narrow[i])
		run.Give(m, s.wide[i])
	}
}

// sort returns the positions of the row that begins at from, sorted by the columns;
// they are valid until the next call.
func (s *sorter) sort(cols []column, from int) []uint32 {
	for i := range s.order {
		s.order[i] = uint32(i)
	}
	for i := len(cols) - 1; i >= 0; i-- {
		fillKeys(s.keys, cols[i], from)
		if cols[i].wide {
			s.sortWide()
		} else {
			s.sortNarrow()
		}
	}
	return s.order
}

// fillKeys sets keys to those of the row that begins at from.
func fillKeys(keys []uint64, c column, from int) {
	run.Parallel(len(keys), piece(len(keys)), func(lo, hi int) { c.fill(keys[lo:hi], from+lo) })
}

func (s *sorter) sortNarrow() {
	x := s.narrow[0]
	for i, at := range s.order {
		x[i][0] = s.keys[at]<<32 | uint64(at)
	}
	radix[[1]uint64, uint64](x, s.narrow[1], s.counts, 32, 64)
	for i, e := range x {
		s.order[i] = uint32(e[0])
	}
}

func (s *sorter) sortWide() {
	x := s.wide[0]
	for i, at := range s.order {
		x[i] = [2]uint64{s.keys[at], uint64(at)}
	}
	radix[[2]uint64, uint64](x, s.wide[1], s.counts, 0, 64)
	for i, e := range x {
		s.order[i] = uint32(e[1])
	}
}
