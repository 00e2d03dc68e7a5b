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

// radix sorts x stably by the bits [lo, hi) of its keys, a multiple of digit; those below are
// ignored, and those above are the same everywhere. The result is in x. tmp is as long, and
// counts has room for counters.
func radix[T item[K], K uint32 | uint64](x, tmp []T, counts []uint32, lo, hi int) {
	if len(x) <= mediumRow {
		within[T, K](x, tmp, lo, hi, false)
		return
	}
	split[T, K](x, tmp[:len(x)], counts, lo, hi, false)
}

// split is radix by all threads, for long rows. The result is in tmp if away, else in x.
func split[T item[K], K uint32 | uint64](x, tmp []T, counts []uint32, lo, hi int, away bool) {
	var ends [kinds]uint32 // of the items with the same first digit
	for {
		if lo >= hi {
			deliver(x, tmp, away)
			return
		}
		hi -= digit
		if !count[T, K](x, counts, hi, &ends) {
			break // not one digit everywhere
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
			split[T, K](tmp[begin:end], x[begin:end], counts, lo, hi, !away)
		}
		begin = end
	}
	run.Parallel(len(x), grain/4, func(a, b int) {
		begin := uint32(0)
		for _, end := range ends {
			if n := int(end - begin); n > 0 && n <= large && int(begin) >= a && int(begin) < b {
				within[T, K](tmp[begin:end], x[begin:end], lo, hi, !away)
			}
			begin = end
		}
	})
}

// count sets counts, for each part of x and each digit from bit lo on, to where the first
// such item of the part goes, and ends to where the last one has gone. It reports whether
// there is one digit only.
func count[T item[K], K uint32 | uint64](x []T, counts []uint32, lo int, ends *[kinds]uint32) (constant bool) {
	grain := piece(len(x))
	counts = counts[:max(1, len(x)/grain)<<digit]
	run.Parallel(len(x), grain, func(a, b int) {
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

// deliver puts the result, which is in x, into tmp if away.
func deliver[T any](x, tmp []T, away bool) {
	if away {
		copy(tmp, x)
	}
}

// within is split by one thread.
func within[T item[K], K uint32 | uint64](x, tmp []T, lo, hi int, away bool) {
	var e T
	switch {
	case len(x) <= shortRow:
		to := x
		if away {
			to = tmp
		}
		settle[T, K](to, x, lo, shortRow*shortRow)
		return
	case len(x)*int(unsafe.Sizeof(e)) <= nearRow:
		digits[T, K](x, tmp[:len(x)], lo, hi, away)
		return
	}
	tmp = tmp[:len(x)]
	var ends [kinds]uint32
	for constant := true; constant; {
		if lo >= hi {
			deliver(x, tmp, away)
			return
		}
		hi -= digit
		var c [1][kinds]uint32
		tally[T, K](x, c[:], hi)
		ends = c[0]
		constant = sums(&ends, len(x))
	}
	scatterItems[T, K](tmp, x, &ends, hi) // which makes ends of beginnings
	begin := uint32(0)
	for _, end := range ends {
		if end > begin {
			within[T, K](tmp[begin:end], x[begin:end], lo, hi, !away)
		}
		begin = end
	}
}

// sums makes the places of the first items of counts. It reports whether all n items are
// of one kind.
func sums(c *[kinds]uint32, n int) (constant bool) {
	sum := uint32(0)
	for d, k := range c {
		if int(k) == n {
			return true
		}
		c[d], sum = sum, sum+k
	}
	return false
}

// digits is within for items that are close: digit by digit, the last one first. Where few
// items are left, few bits tell nearly all of them apart, and the rest is for settle.
func digits[T item[K], K uint32 | uint64](x, tmp []T, lo, hi int, away bool) {
	if most := hi - (bits.Len(uint(len(x)))+3+digit-1)/digit*digit; most >= lo+2*digit {
		x, tmp, away = passes[T, K](x, tmp, most, hi, away)
		to := x
		if away {
			to = tmp
		}
		if settle[T, K](to, x, lo, 2*len(x)) {
			return
		}
		if away {
			x, tmp, away = tmp, x, false
		}
	}
	x, tmp, away = passes[T, K](x, tmp, lo, hi, away)
	deliver(x, tmp, away)
}

// passes sorts x by the bits [lo, hi), digit by digit. It returns where the result is, the
// other memory, and whether the result is to go there.
func passes[T item[K], K uint32 | uint64](x, tmp []T, lo, hi int, away bool) ([]T, []T, bool) {
	var counts [8][kinds]uint32
	n := (hi - lo) / digit
	for i := 0; i < n; i += 3 {
		tally[T, K](x, counts[i:min(i+3, n)], lo+i*digit)
	}
	for i := range n {
		if !sums(&counts[i], len(x)) {
			scatterItems[T, K](tmp, x, &counts[i], lo+i*digit)
			x, tmp, away = tmp, x, !away
		}
	}
	return x, tmp, away
}

// settle sorts x stably by the bits from lo on into to, which may be x, by insertion. It reports
// false if that would take more than so many steps; then to has the same items in some order
// in which those with the same key have changed no places.
func settle[T item[K], K uint32 | uint64](to, x []T, lo, steps int) bool {
	to = to[:len(x)]
	for i, e := range x {
		j := i
		for ; j > 0 && to[j-1][0]>>lo > e[0]>>lo; j-- {
			to[j] = to[j-1]
		}
		to[j] = e
		if steps -= i - j; steps < 0 {
			copy(to[i+1:], x[i+1:])
			return false
		}
	}
	return true
}
