package lib

import (
	"sync/atomic"

	"gojax/internal/core"
	"gojax/internal/cpu/run"
	"gojax/internal/dtype"
)

// A pairer sorts rows of keys of up to 32 bits that each have one other element, of up to
// 32 bits: both share a word, so that nothing is to be gathered afterwards.
type pairer struct {
	n        int
	key      column
	load     func(words [][1]uint64, key []uint64, from int) // joins keys and the other elements
	store    func(words [][1]uint64, from int)               // writes them
	same     func(key []uint64, from int) bool               // whether keys say which elements they are of
	restore  func(words [][1]uint64, from int)               // writes those; nil if nobody wants them
	ties     func(from int)                                  // and then those of which keys do not say it
	words    [2][][1]uint64
	counters []uint32
	memory   *run.Memory
}

// newPairer returns a pairer of rows of n elements, nil if there cannot be one; out[0],
// the sorted keys, may be nil.
func newPairer(m *run.Memory, n int, cols []column, in, out []*core.Value) *pairer {
	if !pairs(core.Types(in), typesOf(out), len(cols), cols[0].wide) {
		return nil
	}
	p := &pairer{n: n, key: cols[0], memory: m}
	switch in[1].DType.Size() {
	case 1:
		p.load, p.store = others(slice[uint8](in[1]), slice[uint8](out[1]))
	case 2:
		p.load, p.store = others(slice[uint16](in[1]), slice[uint16](out[1]))
	case 4:
		p.load, p.store = others(slice[uint32](in[1]), slice[uint32](out[1]))
	}
	if out[0] != nil {
		p.decodes(in[0], out[0])
	}
	p.words = [2][][1]uint64{run.Of[[1]uint64](m, n), run.Of[[1]uint64](m, n)}
	p.counters = run.Of[uint32](m, counters(n))
	return p
}

// pairs reports whether arrays are sorted by a pairer. Results that nobody wants have no type.
func pairs(in, out []core.Type, cols int, wide bool) bool {
	if len(in) != 2 || cols != 1 || wide || out[1].DType == 0 || in[1].DType.Size() > 4 {
		return false
	}
	switch out[0].DType {
	case 0, dtype.Uint32, dtype.Int32, dtype.Float32:
		return true
	}
	return false
}

func (p *pairer) free() {
	m := p.memory
	run.Give(m, p.words[0])
	run.Give(m, p.words[1])
	run.Give(m, p.counters)
}

func others[B uint8 | uint16 | uint32](x, out []B) (load func(words [][1]uint64, key []uint64, from int), store func(words [][1]uint64, from int)) {
	return func(words [][1]uint64, key []uint64, from int) {
			words = words[:len(key)]
			for i, y := range x[from : from+len(key)] {
				words[i][0] = key[i]<<32 | uint64(y)
			}
		}, func(words [][1]uint64, from int) {
			out := out[from : from+len(words)]
			for i := range out {
				out[i] = B(words[i][0])
			}
		}
}

// decodes sets what makes elements of keys again.
func (p *pairer) decodes(x, out *core.Value) {
	back := func(u uint32) uint32 { return u }
	switch x.DType {
	case dtype.Int32:
		back = func(u uint32) uint32 { return u ^ 1<<31 }
	case dtype.Float32:
		back = unorder32
	}
	bits, to := slice[uint32](x), slice[uint32](out)
	p.same = func(key []uint64, from int) bool {
		same := true
		for i, b := range bits[from : from+len(key)] {
			same = same && back(uint32(key[i])) == b
		}
		return same
	}
	p.restore = func(words [][1]uint64, from int) {
		to := to[from : from+len(words)]
		for i := range to {
			to[i] = back(uint32(words[i][0] >> 32))
		}
	}
	p.ties = func(from int) { ties(to[from:from+p.n], bits[from:from+p.n], bits32) }
}

// sort sorts the row that begins at from.
func (p *pairer) sort(from int) {
	var odd atomic.Bool
	run.Parallel(p.n, piece(p.n), func(lo, hi int) {
		if !p.fill(from, lo, hi) {
			odd.Store(true)
		}
	})
	sorted := p.words[0]
	radix[[1]uint64, uint64](sorted, p.words[1], p.counters, 32, 64)
	run.Parallel(p.n, piece(p.n), func(lo, hi int) {
		p.store(sorted[lo:hi], from+lo)
		if p.restore != nil {
			p.restore(sorted[lo:hi], from+lo)
		}
	})
	if odd.Load() {
		p.ties(from)
	}
}

// fill makes the words [lo, hi) of the row that begins at from. It reports false if some keys
// do not say which elements they are of.
func (p *pairer) fill(from, lo, hi int) bool {
	same := true
	var keys [256]uint64
	for ; lo < hi; lo += len(keys) {
		k := keys[:min(len(keys), hi-lo)]
		p.key.fill(k, from+lo)
		same = same && (p.same == nil || p.same(k, from+lo))
		p.load(p.words[0][lo:], k, from+lo)
	}
	return same
}
