package lib

import (
	"cmp"
	"slices"
	"sync/atomic"

	"gojax/internal/cpu/run"
)

// selectFrom is how long rows are of which the least are selected before these are sorted.
const selectFrom = 1 << 15

// selects reports whether the first k of n elements are found so: where they are few of them.
func selects(k, n int) bool { return n >= selectFrom && 16*k <= n }

// mostSelected is how many elements are sorted at most.
func mostSelected(k int) int { return max(2*k, k+1<<12) }

// A selected element has its key and its place.
type selected struct {
	key uint64
	at  uint32
}

func selectRoom(k int) int { return run.Rooms[selected](mostSelected(k)) }

// digitBits is how many bits of the keys one pass over a row tells apart.
const digitBits = 12

// selectMany returns the positions of the k least keys of n, in order: those of equal keys as
// they come. It finds a bound digit by digit, as radix sorts do, that little more than k keys are within,
// and sorts these alone.
func selectMany(m *run.Memory, col column, from, n, k int) []uint32 {
	below, prefix := 0, uint64(0) // how many keys begin with less than prefix
	shift := 32
	if col.wide {
		shift = 64
	}
	for {
		last := shift
		shift = max(0, shift-digitBits)
		counts := countDigits(col, from, n, shift, last, prefix)
		d := 0
		for ; below+int(counts[d]) < k; d++ {
			below += int(counts[d])
		}
		prefix = prefix<<(last-shift) | uint64(d)
		if shift == 0 || below+int(counts[d]) <= mostSelected(k) {
			break
		}
	}
	few := run.Of[selected](m, mostSelected(k))
	defer run.Give(m, few)
	found := pick(few, col, from, n, shift, prefix, k-below)
	slices.SortFunc(found, func(x, y selected) int {
		return cmp.Or(cmp.Compare(x.key, y.key), cmp.Compare(x.at, y.at))
	})
	order := make([]uint32, k)
	for i := range order {
		order[i] = found[i].at
	}
	return order
}

// countDigits counts the keys that begin with prefix, down to bit last, by what they have from there
// down to bit shift.
func countDigits(col column, from, n, shift, last int, prefix uint64) *[1 << digitBits]uint32 {
	var total [1 << digitBits]uint32
	mask := uint64(1)<<(last-shift) - 1
	run.Parallel(n, chunk, func(lo, hi int) {
		var counts [1 << digitBits]uint32
		eachKeys(col, from, lo, hi, func(keys []uint64, _ int) {
			for _, key := range keys {
				if key>>last == prefix {
					counts[key>>shift&mask]++
				}
			}
		})
		for d, c := range counts {
			if c > 0 {
				atomic.AddUint32(&total[d], c)
			}
		}
	})
	return &total
}

// pick collects the keys that begin with less than prefix, down to bit shift, and those that begin
// with it, of which there are more than have room only if they are equal: then the first ones.
func pick(few []selected, col column, from, n, shift int, prefix uint64, equal int) []selected {
	var found atomic.Int64
	collect := func(keys []uint64, at int) {
		for j, key := range keys {
			p := key >> shift
			if p > prefix {
				continue
			}
			if shift == 0 && p == prefix {
				if equal == 0 {
					continue
				}
				equal--
			}
			few[found.Add(1)-1] = selected{key, uint32(at + j)}
		}
	}
	if shift == 0 { // equal ones in order
		eachKeys(col, from, 0, n, collect)
	} else {
		run.Parallel(n, chunk, func(lo, hi int) { eachKeys(col, from, lo, hi, collect) })
	}
	return few[:found.Load()]
}

// eachKeys calls f with the keys from lo until hi, some at a time, and where those begin.
func eachKeys(col column, from, lo, hi int, f func(keys []uint64, at int)) {
	var keys [512]uint64
	for i := lo; i < hi; i += len(keys) {
		part := keys[:min(len(keys), hi-i)]
		col.fill(part, from+i)
		f(part, i)
	}
}
