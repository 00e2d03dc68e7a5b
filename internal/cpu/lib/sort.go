package lib

import (
	"math"
	"slices"
	"unsafe"

	"gojax/internal/core"
	"gojax/internal/cpu/run"
	"gojax/internal/dtype"
	"gojax/internal/kir"
)

// sortAll sorts rows along an axis. Results that are nil are not made. One operand is sorted by
// itself if its elements have keys that say which they are; else positions are sorted by one key
// after the other, the last key first (each time stably), and then all operands are gathered.
func sortAll(m *run.Memory, s kir.Sort, in, out []*core.Value) {
	v := around(in[0].Shape, s.Axis)
	if v.n < 2 {
		for i := range in {
			if out[i] != nil {
				copyBytes(out[i], in[i])
			}
		}
		return
	}
	if in[0].Size() == 0 {
		return
	}
	rows := make([]*core.Value, len(in))
	for i, x := range in {
		rows[i] = x
		if v.inner > 1 {
			room := m.Alloc(x.Bytes())
			defer m.Free(room)
			rows[i] = value(core.Of(x.DType, v.outer, v.inner, v.n), unsafe.Pointer(unsafe.SliceData(room)))
			permuteValue(rows[i], x, v.swapped())
		}
	}
	sorted := out
	if v.inner > 1 {
		sorted = make([]*core.Value, len(in))
		for i, x := range rows {
			if len(in) == 1 && SortsInPlace(x.DType) {
				sorted[i] = x
			} else if out[i] != nil {
				room := m.Alloc(x.Bytes())
				defer m.Free(room)
				sorted[i] = value(x.Type(), unsafe.Pointer(unsafe.SliceData(room)))
			}
		}
	}
	sortRows(m, s, v, rows, sorted)
	if v.inner > 1 {
		for i, x := range sorted {
			if x != nil {
				permuteValue(out[i], x, v.back())
			}
		}
	}
}

// permuteValue is permute for any element type.
func permuteValue(dst, src *core.Value, dims []dim) {
	switch src.DType.Size() {
	case 1:
		permute(slice[uint8](dst), slice[uint8](src), dims)
	case 2:
		permute(slice[uint16](dst), slice[uint16](src), dims)
	case 4:
		permute(slice[uint32](dst), slice[uint32](src), dims)
	case 8:
		permute(slice[uint64](dst), slice[uint64](src), dims)
	case 16:
		permute(slice[complex128](dst), slice[complex128](src), dims)
	}
}

// sortRows sorts rows of v.n elements that lie one after the other.
func sortRows(m *run.Memory, s kir.Sort, v view, in, out []*core.Value) {
	var cols []column
	for _, x := range in[:s.Keys] {
		cols = append(cols, columnsOf(x)...)
	}
	lots := m.Lots(sortLots(s, v, core.Types(in), typesOf(out), in[0].Buf.Pointer() == pointerOf(out[0]), run.Threads()))
	defer lots.Free()
	run.Parallel(v.outer*v.inner, sortPart(v.n, len(cols)), func(lo, hi int) {
		m := lots.Take()
		defer lots.Give(m)
		sort, done := rowSorter(m, v.n, cols, in, out)
		defer done()
		for r := lo; r < hi; r++ {
			sort(r * v.n)
		}
	})
}

// sortPart is how many rows of n elements, sorted by some columns, make a part.
func sortPart(n, columns int) int { return grain(30 * float64(n*columns)) }

// rowSorter returns a function that sorts the row of n elements from a place on. done gives back
// its memory.
func rowSorter(m *run.Memory, n int, cols []column, in, out []*core.Value) (sort func(from int), done func()) {
	if len(in) == 1 {
		if sort, done = plainSorter(m, n, in[0], out[0]); sort != nil {
			return sort, done
		}
	} else if p := newPairer(m, n, cols, in, out); p != nil {
		return p.sort, p.free
	}
	s := newSorter(m, n, cols)
	return func(from int) {
		order := s.sort(cols, from)
		for i := range in {
			if out[i] != nil {
				gather(out[i], in[i], from, from, order)
			}
		}
	}, s.free
}

// pointerOf is where v is, nil if it is nowhere.
func pointerOf(v *core.Value) unsafe.Pointer {
	if v == nil {
		return nil
	}
	return v.Buf.Pointer()
}

// sortScratch is what sortAll works in, where the result is in the place of the operand if inPlace.
func sortScratch(s kir.Sort, in, out []core.Type, inPlace bool, threads int) (sum int) {
	v := around(in[0].Shape, s.Axis)
	if v.n < 2 || in[0].Size() == 0 {
		return 0
	}
	if v.inner > 1 {
		for i, t := range in {
			sum += run.Room(t.Bytes())
			if len(in) == 1 && SortsInPlace(t.DType) {
				inPlace = true
			} else if out[i].DType != 0 {
				sum += run.Room(t.Bytes())
			}
		}
	}
	n, each := sortLots(s, v, in, out, inPlace, threads)
	return sum + n*each
}

// sortLots is how many threads sort rows of v.n elements, and what each works in.
func sortLots(s kir.Sort, v view, in, out []core.Type, inPlace bool, threads int) (n, each int) {
	var wide []bool
	for _, t := range in[:s.Keys] {
		n, w := columnsIn(t.DType)
		wide = append(wide, slices.Repeat([]bool{w}, n)...)
	}
	each = sorterRoom(v.n, wide...)
	if size := plainSize(in[0].DType); len(in) == 1 && size > 0 {
		each = plainRoom(v.n, size)
		if inPlace {
			each += inPlaceRoom(in[0].DType, v.n)
		}
	} else if pairs(in, out, len(wide), wide[0]) {
		each = plainRoom(v.n, 8)
	}
	return run.Concurrent(v.outer*v.inner, sortPart(v.n, len(wide)), threads), each
}

// typesOf lists the types of results; those that nobody wants have none.
func typesOf(out []*core.Value) []core.Type {
	types := make([]core.Type, len(out))
	for i, v := range out {
		if v != nil {
			types[i] = v.Type()
		}
	}
	return types
}

// gather writes to out, from element to on, the elements of the row of x that begins
// at from, in the given order.
func gather(out, x *core.Value, to, from int, order []uint32) {
	switch x.DType.Size() {
	case 1:
		gatherRow(slice[uint8](out)[to:], slice[uint8](x)[from:], order)
	case 2:
		gatherRow(slice[uint16](out)[to:], slice[uint16](x)[from:], order)
	case 4:
		gatherRow(slice[uint32](out)[to:], slice[uint32](x)[from:], order)
	case 8:
		gatherRow(slice[uint64](out)[to:], slice[uint64](x)[from:], order)
	case 16:
		gatherRow(slice[complex128](out)[to:], slice[complex128](x)[from:], order)
	}
}

func gatherRow[T any](out, x []T, order []uint32) {
	out = out[:len(order)]
	run.Parallel(len(order), 1<<15, func(lo, hi int) {
		o := out[lo:hi]
		for i, j := range order[lo:hi] {
			o[i] = x[j]
		}
	})
}

// A column is a key of each element of an array: unsigned integers in the order of
// the elements, equal where those are.
type column struct {
	wide bool // of 64 bits
	fill func(key []uint64, from int)
}

// columnsIn is how many columns arrays of type t have, and whether those are of 64 bits.
func columnsIn(t dtype.Type) (n int, wide bool) {
	switch t {
	case dtype.Complex128:
		return 2, true
	case dtype.Uint64, dtype.Int64, dtype.Float64, dtype.Complex64:
		return 1, true
	}
	return 1, false
}

// columnsOf returns the keys of x, the first most important.
func columnsOf(x *core.Value) []column {
	narrow := func(fill func(key []uint64, from int)) []column { return []column{{false, fill}} }
	wide := func(fill func(key []uint64, from int)) []column { return []column{{true, fill}} }
	switch x.DType {
	case dtype.Bool, dtype.Uint8:
		return narrow(flipped(slice[uint8](x), 0))
	case dtype.Int8:
		return narrow(flipped(slice[uint8](x), 1<<7))
	case dtype.Uint16:
		return narrow(flipped(slice[uint16](x), 0))
	case dtype.Int16:
		return narrow(flipped(slice[uint16](x), 1<<15))
	case dtype.Uint32:
		return narrow(flipped(slice[uint32](x), 0))
	case dtype.Int32:
		return narrow(flipped(slice[uint32](x), 1<<31))
	case dtype.Uint64:
		return wide(flipped(slice[uint64](x), 0))
	case dtype.Int64:
		return wide(flipped(slice[uint64](x), 1<<63))
	case dtype.Float16:
		return narrow(filler(slice[uint16](x), func(h uint16) uint64 { return key32(dtype.F16ToF32(h)) }))
	case dtype.BFloat16:
		return narrow(filler(slice[uint16](x), func(h uint16) uint64 { return key32(dtype.BF16ToF32(h)) }))
	case dtype.Float32:
		return narrow(fill32(slice[float32](x)))
	case dtype.Float64:
		return wide(filler(slice[float64](x), key64))
	case dtype.Complex64:
		// Both parts in one key.
		return wide(filler(slice[complex64](x), func(z complex64) uint64 {
			return key32(real(z))<<32 | key32(imag(z))
		}))
	default:
		z := slice[complex128](x)
		return append(wide(filler(z, func(z complex128) uint64 { return key64(real(z)) })),
			wide(filler(z, func(z complex128) uint64 { return key64(imag(z)) }))...)
	}
}

func filler[T any](x []T, key func(T) uint64) func(dst []uint64, from int) {
	return func(dst []uint64, from int) {
		for i, y := range x[from : from+len(dst)] {
			dst[i] = key(y)
		}
	}
}

// flipped makes keys of integers: their bits, with the sign inverted.
func flipped[T uint8 | uint16 | uint32 | uint64](x []T, sign T) func(dst []uint64, from int) {
	return func(dst []uint64, from int) {
		for i, y := range x[from : from+len(dst)] {
			dst[i] = uint64(y ^ sign)
		}
	}
}

// fill32 makes keys by key32.
func fill32(x []float32) func(dst []uint64, from int) {
	return func(dst []uint64, from int) {
		for i, y := range x[from : from+len(dst)] {
			dst[i] = key32(y)
		}
	}
}

// key32 orders floats: the zeros are equal, and so are NaNs, which are last.
func key32(x float32) uint64 {
	switch {
	case x == 0:
		return 1 << 31
	case x != x:
		return 1<<32 - 1
	}
	return uint64(order32(math.Float32bits(x)))
}

func key64(x float64) uint64 {
	switch {
	case x == 0:
		return 1 << 63
	case x != x:
		return 1<<64 - 1
	}
	return order64(math.Float64bits(x))
}

// order32 maps bits of floats to integers in IEEE's total order.
func order32(b uint32) uint32   { return b ^ (uint32(int32(b)>>31) | 1<<31) }
func unorder32(u uint32) uint32 { return u ^ (uint32(int32(^u)>>31) | 1<<31) }

func order64(b uint64) uint64   { return b ^ (uint64(int64(b)>>63) | 1<<63) }
func unorder64(u uint64) uint64 { return u ^ (uint64(int64(^u)>>63) | 1<<63) }
