package lib

import (
	"gojax/internal/core"
	"gojax/internal/cpu/run"
	"gojax/internal/dtype"
	"gojax/internal/kir"
)

// argReduce writes the positions of the largest or smallest elements along an axis.
// Of equal ones the first counts, and NaN counts more than any number. Complex
// numbers have no order here.
func argReduce(m *run.Memory, s kir.ArgReduce, x, out *core.Value) {
	if x.Size() == 0 {
		return
	}
	v := around(x.Shape, s.Axis)
	pos := run.Of[int](m, v.outer*v.inner)
	defer run.Give(m, pos)
	clear(pos)
	switch x.DType {
	case dtype.Bool, dtype.Uint8:
		positions(pos, slice[uint8](x), v, s.Max)
	case dtype.Int8:
		positions(pos, slice[int8](x), v, s.Max)
	case dtype.Int16:
		positions(pos, slice[int16](x), v, s.Max)
	case dtype.Int32:
		positions(pos, slice[int32](x), v, s.Max)
	case dtype.Int64:
		positions(pos, slice[int64](x), v, s.Max)
	case dtype.Uint16:
		positions(pos, slice[uint16](x), v, s.Max)
	case dtype.Uint32:
		positions(pos, slice[uint32](x), v, s.Max)
	case dtype.Uint64:
		positions(pos, slice[uint64](x), v, s.Max)
	case dtype.Float32:
		positions(pos, slice[float32](x), v, s.Max)
	case dtype.Float64:
		positions(pos, slice[float64](x), v, s.Max)
	case dtype.Float16, dtype.BFloat16:
		wide := run.Of[float32](m, x.Size())
		widen(wide, slice[uint16](x), x.DType)
		positions(pos, wide, v, s.Max)
		run.Give(m, wide)
	default:
		panic(core.Errorf(s.Step(), "elements are %v, want an ordered type", x.DType))
	}
	if out.DType == dtype.Int32 {
		for i, p := range pos {
			slice[int32](out)[i] = int32(p)
		}
		return
	}
	for i, p := range pos {
		core.PutInt(out, i, int64(p))
	}
}

// argReduceScratch is what argReduce works in.
func argReduceScratch(s kir.ArgReduce, x core.Type) int {
	if x.Size() == 0 {
		return 0
	}
	v := around(x.Shape, s.Axis)
	sum := run.Rooms[int](v.outer * v.inner)
	if isHalf(x.DType) {
		sum += run.Rooms[float32](x.Size())
	}
	return sum
}

// segment is how much of a long row one thread looks at.
const segment = 1 << 15

func positions[T number](pos []int, x []T, v view, largest bool) {
	switch {
	case v.inner > 1:
		positionsAcross(pos, x, v, largest)
	case v.n < 2*segment:
		run.Parallel(v.outer, grain(float64(v.n)), func(lo, hi int) {
			for i := lo; i < hi; i++ {
				pos[i] = position(x[i*v.n:(i+1)*v.n], largest)
			}
		})
	default:
		for i := range pos {
			pos[i] = positionLong(x[i*v.n:(i+1)*v.n], largest)
		}
	}
}

// beats reports whether an element counts more than an earlier one.
func beats[T number](x, best T, largest bool) bool {
	switch {
	case best != best:
		return false
	case x != x:
		return true
	case largest:
		return x > best
	}
	return x < best
}

func position[T number](x []T, largest bool) int {
	at := 0
	best := x[0]
	if best != best {
		return 0
	}
	if largest {
		for i, y := range x {
			if !(y <= best) {
				at, best = i, y
				if y != y {
					break
				}
			}
		}
		return at
	}
	for i, y := range x {
		if !(y >= best) {
			at, best = i, y
			if y != y {
				break
			}
		}
	}
	return at
}

func positionLong[T number](x []T, largest bool) int {
	parts := (len(x) + segment - 1) / segment
	at := make([]int, parts)
	run.Parallel(parts, 1, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			at[i] = i*segment + position(x[i*segment:min((i+1)*segment, len(x))], largest)
		}
	})
	best := at[0]
	for _, i := range at[1:] {
		if beats(x[i], x[best], largest) {
			best = i
		}
	}
	return best
}

// positionsAcross looks along an axis that is not the last, at some columns at once.
func positionsAcross[T number](pos []int, x []T, v view, largest bool) {
	const width = 256
	blocks := (v.inner + width - 1) / width
	run.Parallel(v.outer*blocks, grain(float64(v.n*min(width, v.inner))), func(lo, hi int) {
		var top [width]T
		for b := lo; b < hi; b++ {
			o, first := b/blocks, b%blocks*width
			p := pos[o*v.inner+first : o*v.inner+min(first+width, v.inner)]
			best := top[:len(p)]
			for i := range v.n {
				row := x[(o*v.n+i)*v.inner+first:][:len(p)]
				if i == 0 {
					copy(best, row)
					continue // pos is zero
				}
				for c, y := range row {
					if beats(y, best[c], largest) {
						best[c], p[c] = y, i
					}
				}
			}
		}
	})
}
