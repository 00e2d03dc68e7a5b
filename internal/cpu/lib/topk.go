package lib

import (
	"gojax/internal/core"
	"gojax/internal/cpu/run"
	"gojax/internal/dtype"
)

// topK writes the k largest elements of each row, in order, and their positions. The
// order is IEEE's total order, as in JAX: -NaN is least, NaN largest, and 0 comes
// before -0.
func topK(k int, x, values, indices *core.Value) {
	n := x.Shape[len(x.Shape)-1]
	if k == 0 || x.Size() == 0 {
		return
	}
	cols := totalOrder(x)
	run.Parallel(x.Size()/n, grain(30*float64(n)), func(lo, hi int) {
		order := run.Of[uint32](&run.Temporaries, n)
		defer run.Give(&run.Temporaries, order)
		s := newSorter(n, cols[0].wide)
		defer s.free()
		for r := lo; r < hi; r++ {
			s.sort(order, cols, r*n)
			for i, at := range order[:k] {
				slice[int32](indices)[r*k+i] = int32(at)
			}
			pick(values, x, r*k, r*n, order[:k])
		}
	})
}

// pick copies elements of a row that begins at from to a row that begins at to.
func pick(out, x *core.Value, to, from int, order []uint32) {
	switch x.DType.Size() {
	case 1:
		gatherRow(slice[uint8](out)[to:], slice[uint8](x)[from:], order)
	case 2:
		gatherRow(slice[uint16](out)[to:], slice[uint16](x)[from:], order)
	case 4:
		gatherRow(slice[uint32](out)[to:], slice[uint32](x)[from:], order)
	case 8:
		gatherRow(slice[uint64](out)[to:], slice[uint64](x)[from:], order)
	}
}

// totalOrder returns keys that are least for the largest elements.
func totalOrder(x *core.Value) []column {
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
	rising := c.fill
	mask := uint64(1<<32 - 1)
	if c.wide {
		mask = 1<<64 - 1
	}
	c.fill = func(key []uint64, from int) {
		rising(key, from)
		for i := range key {
			key[i] = ^key[i] & mask
		}
	}
	return []column{c}
}
