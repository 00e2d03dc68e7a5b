package lib

import (
	"gojax/internal/core"
	"gojax/internal/cpu/run"
	"gojax/internal/dtype"
)

// topK writes the k largest elements of each row, in order, and their positions. The
// order is IEEE's total order, as in JAX: -NaN is least, NaN largest, and 0 comes
// before -0.
func topK(m *run.Memory, k int, x, values, indices *core.Value) {
	if k == 0 || x.Size() == 0 {
		return
	}
	n := x.Shape[len(x.Shape)-1]
	col := totalOrder(x)
	at := slice[int32](indices)
	lots := m.Lots(topKLots(k, x.Type(), run.Threads()))
	defer lots.Free()
	run.Parallel(x.Size()/n, topKPart(n), func(lo, hi int) {
		m := lots.Take()
		defer lots.Give(m)
		var s *sorter
		if sortsRows(k, n) {
			s = newSorter(m, n, []column{col})
			defer s.free()
		}
		for r := lo; r < hi; r++ {
			var order []uint32
			switch {
			case s != nil:
				order = s.sort([]column{col}, r*n)[:k]
			case k > fewest:
				order = selectMany(m, col, r*n, n, k)
			default:
				order = selectFew(col, r*n, n, k)
			}
			for i, j := range order {
				at[r*k+i] = int32(j)
			}
			gather(values, x, r*k, r*n, order)
		}
	})
}

// topKPart is how many rows of n elements make a part.
func topKPart(n int) int { return grain(30 * float64(n)) }

// sortsRows reports whether all of n elements are sorted for the first k.
func sortsRows(k, n int) bool { return !selects(k, n) && (k > fewest || 8*k > n) }

// fewest is how many elements are kept in order while others are looked at.
const fewest = 64

// topKScratch is what topK works in, but for the few.
func topKScratch(k int, x core.Type, threads int) int {
	if k == 0 || x.Size() == 0 {
		return 0
	}
	n, each := topKLots(k, x, threads)
	return n * each
}

// topKLots is how many threads look for the first k, and what each works in.
func topKLots(k int, x core.Type, threads int) (lots, each int) {
	n := x.Shape[len(x.Shape)-1]
	switch _, wide := columnsIn(x.DType); {
	case sortsRows(k, n):
		each = sorterRoom(n, wide)
	case k > fewest:
		each = selectRoom(k)
	}
	return run.Concurrent(x.Size()/n, topKPart(n), threads), each
}

// selectFew returns the positions of the k least keys of n by keeping the k least
// so far: first those of each part of the row, then those of all parts.
func selectFew(col column, from, n, k int) []uint32 {
	parts := max(1, n/chunk) // those of run.Parallel
	best := make([][][2]uint64, parts)
	run.Parallel(n, chunk, func(lo, hi int) {
		var keys [512]uint64
		few := make([][2]uint64, 0, k)
		for i := lo; i < hi; i += len(keys) {
			part := keys[:min(len(keys), hi-i)]
			col.fill(part, from+i)
			for j, key := range part {
				if len(few) < k || key < few[k-1][0] {
					few = insert(few, k, [2]uint64{key, uint64(i + j)})
				}
			}
		}
		best[lo/chunk] = few
	})
	all := best[0]
	for _, few := range best[1:] {
		for _, e := range few {
			if len(all) < k || e[0] < all[k-1][0] {
				all = insert(all, k, e)
			}
		}
	}
	order := make([]uint32, k)
	for i, e := range all {
		order[i] = uint32(e[1])
	}
	return order
}

// insert puts e behind those of few that are not larger, and keeps k.
func insert(few [][2]uint64, k int, e [2]uint64) [][2]uint64 {
	if len(few) < k {
		few = append(few, e)
	}
	i := len(few) - 1
	for ; i > 0 && few[i-1][0] > e[0]; i-- {
		few[i] = few[i-1]
	}
	few[i] = e
	return few
}

// totalOrder returns keys that are least for the largest elements.
func totalOrder(x *core.Value) column {
	var c column
	switch x.DType {
	case dtype.Float16, dtype.BFloat16:
		c.fill = filler(slice[uint16](x), func(h uint16) uint64 {
			return uint64(h ^ (uint16(int16(h)>>15) | 1<<15))
		})
	case dtype.Float32:
		c.fill = filler(slice[uint32](x), func(b uint32) uint64 { return uint64(order32(b)) })
	case dtype.Float64:
		c.wide, c.fill = true, filler(slice[uint64](x), order64)
	case dtype.Complex64, dtype.Complex128:
		panic(core.Errorf("top_k", "elements are %v, want an ordered type", x.DType))
	default:
		c = columnsOf(x)[0]
	}
	rising, mask := c.fill, uint64(1<<32-1)
	if c.wide {
		mask = 1<<64 - 1
	}
	c.fill = func(key []uint64, from int) {
		rising(key, from)
		for i := range key {
			key[i] = ^key[i] & mask
		}
	}
	return c
}
