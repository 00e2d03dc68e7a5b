package lib

import (
	"math/bits"
	"unsafe"

	"gojax/internal/cpu/move"
	"gojax/internal/cpu/run"
)

// An item is what is sorted: its first word is the key.
type item[K uint32 | uint64] interface{ ~[1]K | ~[2]K }

const (
	// Rows up to this length are sorted by insertion.
	shortRow = 64
	// Rows of so many bytes are sorted digit by digit, the last one first: they and their
	// copy stay in a cache. Longer ones are split by their first digit.
	nearRow = 32 << 10
	// mediumRow is the length up to which one thread sorts a row.
	mediumRow = 1 << 13
	// chunk is about how much of a row one thread counts and moves.
	chunk = 1 << 16
	// digit is how many bits are looked at at a time: where elements of so many kinds go
	// is in the fastest cache.
	digit = 8
	kinds = 1 << digit
)

// kind is the digit of a key from bit lo on.
func kind[K uint32 | uint64](key K, lo int) uint8 {
	return uint8(uint64(key) >> (uint(lo) & 63)) // the mask spares a comparison
}

// counters is the room that radix needs for n items.
func counters(n int) int {
	if n <= mediumRow {
		return 0
	}
	return max(1, n/piece(n)) << digit
}

// piece is how much of a row of n elements the parts have that run.Parallel makes, but for
// the last.
func piece(n int) int { return run.Even(n, chunk, 1) }

// A flow is where the items of a row come from, and where they go.
type flow[T any] struct {
	fill func(from, to int)       // makes these items of the row; nil if they are there
	full func()                   // is called when all are made, before any is taken, unless it is nil
	put  func(at int, sorted []T) // takes what the row has from item at on when it is sorted
}

// filled says that all items are there.
func (f *flow[T]) filled() {
	if f.fill != nil && f.full != nil {
		f.full()
	}
	f.fill = nil
}

// radix sorts x stably by the bits [lo, hi) of its keys, a multiple of digit; those below are
// ignored, and those above are the same everywhere. The result is in x. tmp is as long, and
// counts has room for counters.
func radix[T item[K], K uint32 | uint64](x, tmp []T, counts []uint32, lo, hi int) {
	radixFlow[T, K](x, tmp, counts, lo, hi, flow[T]{put: func(at int, sorted []T) {
		if to := x[at:]; unsafe.SliceData(to) != unsafe.SliceData(sorted) {
			copy(to, sorted)
		}
	}})
}

// radixFlow is radix of items that are made, and taken, while what lies next to them is in a cache.
func radixFlow[T item[K], K uint32 | uint64](x, tmp []T, counts []uint32, lo, hi int, f flow[T]) {
	if len(x) > mediumRow {
		split[T, K](x, tmp[:len(x)], counts, 0, lo, hi, f)
		return
	}
	if f.fill != nil {
		f.fill(0, len(x))
		f.filled()
	}
	within[T, K](x, tmp, 0, lo, hi, f.put)
}

// split is radixFlow by all threads, for long rows: x is what the row has from item at on.
func split[T item[K], K uint32 | uint64](x, tmp []T, counts []uint32, at, lo, hi int, f flow[T]) {
	var ends [kinds]uint32 // of the items with the same first digit
	for {
		if lo >= hi {
			run.Parallel(len(x), piece(len(x)), func(a, b int) { f.put(at+a, x[a:b]) })
			return
		}
		hi -= digit
		constant := count[T, K](x, counts, hi, &ends, f.fill)
		f.filled()
		if !constant {
			break
		}
	}
	grain := piece(len(x))
	run.Parallel(len(x), grain, func(a, b int) {
		scatterItems[T, K](tmp, x[a:b], (*[kinds]uint32)(counts[a/grain<<digit:]), hi)
	})
	// What is too much for one thread is sorted by all, then the rest by each.
	large := max(2*chunk, len(x)/4)
	begin := uint32(0)
	for _, end := range ends {
		if n := int(end - begin); n > large {
			split[T, K](tmp[begin:end], x[begin:end], counts, at+int(begin), lo, hi, f)
		}
		begin = end
	}
	run.Parallel(len(x), grain/4, func(a, b int) {
		begin := uint32(0)
		for _, end := range ends {
			if n := int(end - begin); n > 0 && n <= large && int(begin) >= a && int(begin) < b {
				within[T, K](tmp[begin:end], x[begin:end], at+int(begin), lo, hi, f.put)
			}
			begin = end
		}
	})
}

// count sets counts, for each part of x and each digit from bit lo on, to where the first
// such item of the part goes, and ends to where the last one has gone. It reports whether
// there is one digit only. Parts are filled before, if that is a function.
func count[T item[K], K uint32 | uint64](x []T, counts []uint32, lo int, ends *[kinds]uint32, fill func(from, to int)) (constant bool) {
	grain := piece(len(x))
	counts = counts[:max(1, len(x)/grain)<<digit]
	run.Parallel(len(x), grain, func(a, b int) {
		if fill != nil {
			fill(a, b)
		}
		var c [1][kinds]uint32
		tally[T, K](x[a:b], c[:], lo)
		copy(counts[a/grain<<digit:], c[0][:])
	})
	sum := uint32(0)
	for d := range ends {
		before := sum
		for c := d; c < len(counts); c += kinds {
			counts[c], sum = sum, sum+counts[c]
		}
		if sum-before == uint32(len(x)) {
			return true
		}
		ends[d] = sum
	}
	return false
}

// tally adds to counts how many items have which digit: counts[i] is for that from bit
// lo+i·digit on, whole bytes. There are three of those at most.
func tally[T item[K], K uint32 | uint64](x []T, counts [][kinds]uint32, lo int) {
	if size := int(unsafe.Sizeof(*new(T))); len(x) > shortRow && move.NativeSieve().Deals(size) {
		move.NativeSieve().Tally(size, unsafe.Pointer(&x[0]), len(x), lo/8, counts)
		return
	}
	for i := range counts {
		c, at := &counts[i], lo+i*digit
		for _, e := range x {
			c[kind(e[0], at)]++
		}
	}
}

// scatterItems copies items to the places that next has for their digits, whole bytes.
func scatterItems[T item[K], K uint32 | uint64](dst, x []T, next *[kinds]uint32, lo int) {
	if size := int(unsafe.Sizeof(*new(T))); len(x) > shortRow && move.NativeSieve().Deals(size) {
		move.NativeSieve().Deal(size, unsafe.Pointer(&dst[0]), unsafe.Pointer(&x[0]), len(x), lo/8, next)
		return
	}
	for _, e := range x {
		d := kind(e[0], lo)
		p := next[d]
		dst[p] = e
		next[d] = p + 1
	}
}

// within is split by one thread, of items that are there.
func within[T item[K], K uint32 | uint64](x, tmp []T, at, lo, hi int, put func(at int, sorted []T)) {
	var e T
	switch {
	case len(x) <= shortRow:
		settle[T, K](x, lo, shortRow*shortRow)
		put(at, x)
		return
	case len(x)*int(unsafe.Sizeof(e)) <= nearRow:
		put(at, digits[T, K](x, tmp[:len(x)], lo, hi))
		return
	}
	tmp = tmp[:len(x)]
	var ends [1][kinds]uint32
	for constant := true; constant; constant = one[T, K](x, &ends[0], hi) {
		if lo >= hi {
			put(at, x)
			return
		}
		hi -= digit
		clear(ends[:])
		tally[T, K](x, ends[:], hi)
	}
	move.NativeSieve().Starts(&ends[0])
	scatterItems[T, K](tmp, x, &ends[0], hi) // which makes ends of beginnings
	begin := uint32(0)
	for _, end := range ends[0] {
		if end > begin {
			within[T, K](tmp[begin:end], x[begin:end], at+int(begin), lo, hi, put)
		}
		begin = end
	}
}

// one reports whether the digits from bit lo on of all items, which were counted, are the same.
func one[T item[K], K uint32 | uint64](x []T, counts *[kinds]uint32, lo int) bool {
	return int(counts[kind(x[0][0], lo)]) == len(x)
}

// digits sorts items that are close digit by digit, the last one first, into x or tmp, which it
// returns. Where few items are left, few bits tell nearly all of them apart, and the rest is for
// settle.
func digits[T item[K], K uint32 | uint64](x, tmp []T, lo, hi int) []T {
	if most := hi - (bits.Len(uint(len(x)))+3+digit-1)/digit*digit; most >= lo+2*digit {
		x, tmp = passes[T, K](x, tmp, most, hi)
		if settle[T, K](x, lo, 2*len(x)) {
			return x
		}
	}
	x, _ = passes[T, K](x, tmp, lo, hi)
	return x
}

// passes sorts x by the bits [lo, hi), digit by digit. It returns where the result is, and the other
// memory.
func passes[T item[K], K uint32 | uint64](x, tmp []T, lo, hi int) (sorted, other []T) {
	const most = 3 // that are counted at once
	for ; lo < hi; lo += most * digit {
		var counts [most][kinds]uint32
		n := min(most, (hi-lo)/digit)
		tally[T, K](x, counts[:n], lo)
		for i := range n {
			if at := lo + i*digit; !one[T, K](x, &counts[i], at) {
				move.NativeSieve().Starts(&counts[i])
				scatterItems[T, K](tmp, x, &counts[i], at)
				x, tmp = tmp, x
			}
		}
	}
	return x, tmp
}

// settle sorts x stably by the bits from lo on by insertion. It reports false if that would take
// more than so many steps; then x is in some order in which those with the same key have changed
// no places.
func settle[T item[K], K uint32 | uint64](x []T, lo, steps int) bool {
	for i, e := range x {
		j := i
		for ; j > 0 && x[j-1][0]>>lo > e[0]>>lo; j-- {
			x[j] = x[j-1]
		}
		x[j] = e
		if steps -= i - j; steps < 0 {
			return false
		}
	}
	return true
}
