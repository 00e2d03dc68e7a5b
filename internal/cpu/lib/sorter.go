package lib

import (
	"cmp"
	"slices"

	"gojax/internal/core"
	"gojax/internal/cpu/run"
)

// A pair is a key and where it came from.
type pair struct {
	key uint64
	at  uint32
}

// A sorter sorts the positions of one row at a time by columns of keys. Keys of up
// to 32 bits share a word with their position.
type sorter struct {
	n      int
	keys   []uint64
	packed [2][]uint64
	pairs  [2][]pair
}

func newSorter(n int, wide bool) *sorter {
	s := &sorter{n: n, keys: run.Of[uint64](&run.Temporaries, n)}
	for i := range 2 {
		s.packed[i] = run.Of[uint64](&run.Temporaries, n)
		if wide {
			s.pairs[i] = run.Of[pair](&run.Temporaries, n)
		}
	}
	return s
}

func (s *sorter) free() {
	run.Give(&run.Temporaries, s.keys)
	for i := range 2 {
		run.Give(&run.Temporaries, s.packed[i])
		if s.pairs[i] != nil {
			run.Give(&run.Temporaries, s.pairs[i])
		}
	}
}

// sort writes to order the positions of the row that begins at from, sorted.
func (s *sorter) sort(order []uint32, cols []column, from int) {
	for i := range order {
		order[i] = uint32(i)
	}
	for i := len(cols) - 1; i >= 0; i-- {
		cols[i].fill(s.keys, from)
		if cols[i].wide {
			s.sortWide(order)
		} else {
			s.sortNarrow(order)
		}
	}
}

// sortNarrow sorts order, which may be any permutation, stably by keys of 32 bits.
func (s *sorter) sortNarrow(order []uint32) {
	p := s.packed[0]
	// Positions in order, not in the array, make equal keys different.
	for i, at := range order {
		p[i] = s.keys[at]<<32 | uint64(i)
	}
	sorted := sortWords(p, s.packed[1], 32, 64)
	old := s.keys[:0] // the keys are not needed any more
	for _, at := range order {
		old = append(old, uint64(at))
	}
	for i, w := range sorted {
		order[i] = uint32(old[uint32(w)])
	}
}

// sortWide sorts order stably by keys of 64 bits.
func (s *sorter) sortWide(order []uint32) {
	p := s.pairs[0]
	for i, at := range order {
		p[i] = pair{s.keys[at], at}
	}
	for i, q := range sortPairs(p, s.pairs[1]) {
		order[i] = q.at
	}
}

// Rows up to these lengths are sorted by comparisons, and with small digits.
const (
	shortRow  = 128
	mediumRow = 1 << 13
)

// sortWords sorts x by its bits [lo, hi), stably; those below lo must be increasing
// already. It returns the result, which is in x or tmp.
func sortWords(x, tmp []uint64, lo, hi int) []uint64 {
	if len(x) <= shortRow {
		insertWords(x)
		return x
	}
	return radix(x, tmp, lo, hi, func(w uint64) uint64 { return w })
}

func insertWords(x []uint64) {
	if len(x) > 24 {
		slices.Sort(x)
		return
	}
	for i := 1; i < len(x); i++ {
		w := x[i]
		j := i
		for ; j > 0 && x[j-1] > w; j-- {
			x[j] = x[j-1]
		}
		x[j] = w
	}
}

func sortPairs(x, tmp []pair) []pair {
	if len(x) <= shortRow {
		slices.SortStableFunc(x, func(a, b pair) int { return cmp.Compare(a.key, b.key) })
		return x
	}
	return radix(x, tmp, 0, 64, func(p pair) uint64 { return p.key })
}

// radix sorts x by the bits [lo, hi) of its keys, stably, digit by digit from the
// least; digits that are the same everywhere are skipped.
func radix[T any](x, tmp []T, lo, hi int, key func(T) uint64) []T {
	width := 8
	if len(x) > mediumRow {
		width = 11
	}
	mask := uint64(1)<<width - 1
	var counts [8][1 << 11]uint32
	digits := (hi - lo + width - 1) / width
	for _, e := range x {
		k := key(e) >> lo
		for d := range digits {
			counts[d][k&mask]++
			k >>= width
		}
	}
	tmp = tmp[:len(x)]
	for d := range digits {
		c := &counts[d]
		shift := lo + d*width
		if c[key(x[0])>>shift&mask] == uint32(len(x)) {
			continue
		}
		sum := uint32(0)
		for i := range c[:mask+1] {
			c[i], sum = sum, sum+c[i]
		}
		for _, e := range x {
			p := &c[key(e)>>shift&mask]
			tmp[*p] = e
			*p++
		}
		x, tmp = tmp, x
	}
	return x
}

// sortPlain sorts rows of one operand by itself. It reports false if it cannot:
// where different elements are equal, or there are no integer keys.
func sortPlain(n int, x, out *core.Value) bool { return false }
