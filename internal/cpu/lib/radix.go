package lib

import "gojax/internal/cpu/run"

// An item is what is sorted: its first word is the key.
type item[K uint32 | uint64] interface{ ~[1]K | ~[2]K }

const (
	// Rows up to this length are sorted by insertion.
	shortRow = 64
	// From mediumRow on, larger digits pay: there are fewer of them.
	mediumRow = 1 << 13
	// chunk is about how much of a row one thread counts and moves.
	chunk = 1 << 16
)

// counters is the room that radix needs for n items.
func counters(n int) int {
	if n <= shortRow {
		return 0
	}
	return max(1, n/piece(n)) << digit(n)
}

// piece is how much of a row of n elements the parts have that run.Parallel makes, but for
// the last.
func piece(n int) int { return run.Even(n, chunk, 1) }

func digit(n int) int {
	if n <= mediumRow {
		return 8
	}
	return 11
}

// radix sorts x stably by the bits [lo, hi) of its keys; those outside are ignored.
// It returns the result, which is in x or tmp.
func radix[T item[K], K uint32 | uint64](x, tmp []T, counts []uint32, lo, hi int) []T {
	if len(x) <= shortRow {
		insertionSort[T, K](x, lo)
		return x
	}
	tmp = tmp[:len(x)]
	width, grain := digit(len(x)), piece(len(x))
	for ; lo < hi; lo += width {
		mask := K(1)<<min(width, hi-lo) - 1
		if count[T, K](x, counts, width, lo, mask) {
			continue // one digit everywhere
		}
		run.Parallel(len(x), grain, func(a, b int) {
			next := counts[a/grain<<width:][:1<<width]
			for _, e := range x[a:b] {
				p := &next[e[0]>>lo&mask]
				tmp[*p] = e
				*p++
			}
		})
		x, tmp = tmp, x
	}
	return x
}

// count sets counts, for each chunk and digit, to where the first such item of the
// chunk goes. It reports whether there is one digit only.
func count[T item[K], K uint32 | uint64](x []T, counts []uint32, width, lo int, mask K) (constant bool) {
	grain := piece(len(x))
	chunks := max(1, len(x)/grain)
	counts = counts[:chunks<<width]
	run.Parallel(len(x), grain, func(a, b int) {
		c := counts[a/grain<<width:][:1<<width]
		clear(c)
		for _, e := range x[a:b] {
			c[e[0]>>lo&mask]++
		}
	})
	sum := uint32(0)
	for d := range 1 << width {
		before := sum
		for c := d; c < len(counts); c += 1 << width {
			counts[c], sum = sum, sum+counts[c]
		}
		if sum-before == uint32(len(x)) {
			return true
		}
	}
	return false
}

// insertionSort sorts x stably by the bits from lo on.
func insertionSort[T item[K], K uint32 | uint64](x []T, lo int) {
	for i := 1; i < len(x); i++ {
		e := x[i]
		j := i
		for ; j > 0 && x[j-1][0]>>lo > e[0]>>lo; j-- {
			x[j] = x[j-1]
		}
		x[j] = e
	}
}
