package lib

import (
	"gojax/internal/core"
	"gojax/internal/cpu/run"
	"gojax/internal/dtype"
	"gojax/internal/kir"
)

// scatter copies the operand, unless the result is in its memory, and applies the updates
// to it one after the other, so that the order of additions is that of the updates. A
// window that is not wholly inside is left out, or moved inside if s.Clip.
func scatter(m *run.Memory, s kir.Scatter, operand, indices, updates, out *core.Value) {
	if out.Buf.Pointer() != operand.Buf.Pointer() {
		copyBytes(out, operand)
	}
	if updates.Size() == 0 || out.Size() == 0 {
		return
	}
	w := newWindows(s, operand.Shape, updates.Shape)
	w.indices, w.memory, w.element = indices, m, out.DType
	switch out.DType {
	case dtype.Bool:
		scatterBits(w, s.By, out, updates)
	case dtype.Int8:
		scatterNumbers[int8](w, s, out, updates)
	case dtype.Int16:
		scatterNumbers[int16](w, s, out, updates)
	case dtype.Int32:
		scatterNumbers[int32](w, s, out, updates)
	case dtype.Int64:
		scatterNumbers[int64](w, s, out, updates)
	case dtype.Uint8:
		scatterNumbers[uint8](w, s, out, updates)
	case dtype.Uint16:
		scatterNumbers[uint16](w, s, out, updates)
	case dtype.Uint32:
		scatterNumbers[uint32](w, s, out, updates)
	case dtype.Uint64:
		scatterNumbers[uint64](w, s, out, updates)
	case dtype.Float32:
		scatterNumbers[float32](w, s, out, updates)
	case dtype.Float64:
		scatterNumbers[float64](w, s, out, updates)
	case dtype.Float16:
		scatterHalves(w, s, out, updates, dtype.F16ToF32, dtype.F32ToF16)
	case dtype.BFloat16:
		scatterHalves(w, s, out, updates, dtype.BF16ToF32, dtype.F32ToBF16)
	case dtype.Complex64:
		scatterComplex[complex64](w, s, out, updates)
	case dtype.Complex128:
		scatterComplex[complex128](w, s, out, updates)
	}
}

// copyBytes copies the elements of src to dst.
func copyBytes(dst, src *core.Value) {
	run.Copy(slice[byte](dst), slice[byte](src))
}

// windows says where the elements of updates go: into one window an index vector.
type windows struct {
	s       kir.Scatter
	indices *core.Value
	memory  *run.Memory
	element dtype.Type
	stride  []int // of the operand
	limits  []int // the last places along its axes where a window can begin
	batch   []int // sizes of the axes that number the windows
	steps   []int // their strides in updates
	n       int   // windows
	// The walk over the elements of one window: how many there are along each axis,
	// and how far apart in updates and in the operand, which has so many places along it.
	extent          []int
	inUpdates, into []int
	places          []int
}

func newWindows(s kir.Scatter, operand, updates []int) *windows {
	w := &windows{s: s, stride: strides(operand)}
	w.walk(operand, updates)
	stride := strides(updates)
	for a := range updates {
		if !contains(s.UpdateWindow, a) {
			w.batch = append(w.batch, updates[a])
			w.steps = append(w.steps, stride[a])
		}
	}
	w.n = core.Size(w.batch)
	return w
}

// walk sets the walk over a window, and the limits.
func (w *windows) walk(operand, updates []int) {
	s := &w.s
	w.limits = make([]int, len(operand))
	inOperand, inUpdates := w.stride, strides(updates)
	next := 0
	for a, n := range operand {
		if contains(s.InsertedWindow, a) || contains(s.OperandBatching, a) {
			w.limits[a] = n - 1
			continue
		}
		u := s.UpdateWindow[next]
		next++
		w.limits[a] = n - updates[u]
		if k := len(w.extent) - 1; k >= 0 && w.into[k] == inOperand[a]*updates[u] &&
			w.inUpdates[k] == inUpdates[u]*updates[u] {
			w.extent[k] *= updates[u]
			w.places[k] *= n
			w.into[k], w.inUpdates[k] = inOperand[a], inUpdates[u]
			continue
		}
		w.extent = append(w.extent, updates[u])
		w.inUpdates = append(w.inUpdates, inUpdates[u])
		w.into = append(w.into, inOperand[a])
		w.places = append(w.places, n)
	}
}

// outside is where a window begins that is left out.
const outside = -1

// place writes to starts where windows begin in the operand.
func (w *windows) place(starts []int) {
	s := &w.s
	parts := len(s.ScatterToOperand)
	read := reader(w.indices)
	run.Parallel(w.n, grain(10*float64(parts+1)), func(lo, hi int) {
		for i := lo; i < hi; i++ {
			at := 0
			for c, a := range s.ScatterToOperand {
				p, limit := read(i*parts+c), int64(w.limits[a])
				if s.Clip {
					p = min(max(p, 0), limit)
				}
				if p < 0 || p > limit {
					at = outside
					break
				}
				at += int(p) * w.stride[a]
			}
			starts[i] = at
		}
	})
	if len(s.OperandBatching) == 0 {
		return
	}
	index := make([]int, len(w.batch))
	for i := range starts {
		if starts[i] != outside {
			for b, a := range s.OperandBatching {
				starts[i] += index[s.IndicesBatching[b]] * w.stride[a]
			}
		}
		advance(index, w.batch)
	}
}

// reader returns the function that reads integers of an array; what exceeds int64
// is its largest.
func reader(v *core.Value) func(i int) int64 {
	switch v.DType {
	case dtype.Int32:
		x := slice[int32](v)
		return func(i int) int64 { return int64(x[i]) }
	case dtype.Uint64:
		x := slice[uint64](v)
		return func(i int) int64 { return int64(min(x[i], 1<<63-1)) }
	}
	return func(i int) int64 { return core.Int(v, i) }
}

func strides(shape []int) []int {
	s := make([]int, len(shape))
	n := 1
	for a := len(shape) - 1; a >= 0; a-- {
		s[a] = n
		n *= shape[a]
	}
	return s
}

func contains(axes []int, a int) bool {
	for _, b := range axes {
		if a == b {
			return true
		}
	}
	return false
}

// advance moves index to the next one in row-major order.
func advance(index, shape []int) {
	for a := len(shape) - 1; a >= 0; a-- {
		if index[a]++; index[a] < shape[a] {
			return
		}
		index[a] = 0
	}
}

// runs calls f with where each run of n elements begins in the operand and in
// updates; along a run their strides are p and q. Long runs are cut where the operand is, wherever
// they begin, and each part of that is changed by one thread, from the first run to the last.
func (w *windows) runs(f func(into, from, n, p, q int)) {
	starts := run.Of[int](w.memory, w.n)
	defer run.Give(w.memory, starts)
	w.place(starts)
	n, p, q, places := 1, 1, 1, 1
	outer := w.extent
	if last := len(w.extent) - 1; last >= 0 {
		n, p, q, places = w.extent[last], w.into[last], w.inUpdates[last], w.places[last]
		outer = w.extent[:last]
	}
	rows := core.Size(outer)
	one := float64(w.n) * float64(rows) * float64(n) / float64(places)
	run.Parallel(places, max(shortest, grain(one)), func(lo, hi int) {
		index, window := make([]int, len(outer)), make([]int, len(w.batch))
		for _, at := range starts {
			first := dotInts(window, w.steps)
			advance(window, w.batch)
			if at == outside {
				continue
			}
			begin := at / p % places
			i, end := max(lo-begin, 0), min(hi-begin, n)
			if i >= end {
				continue
			}
			for range rows {
				f(at+dotInts(index, w.into)+i*p, first+dotInts(index, w.inUpdates)+i*q, end-i, p, q)
				advance(index, outer)
			}
		}
	})
}

// shortest is the part of a run that one thread takes at least.
const shortest = 32

func dotInts(index, strides []int) (at int) {
	for a, i := range index {
		at += i * strides[a]
	}
	return at
}

func scatterNumbers[T number](w *windows, s kir.Scatter, out, updates *core.Value) {
	x, u := slice[T](out), slice[T](updates)
	switch s.By {
	case kir.NoCode:
		scatterSet(w, x, u)
	case kir.Add:
		scatterAdd(w, x, u)
	case kir.Mul:
		scatterBy(w, x, u, func(a, b T) T { return a * b })
	case kir.Min:
		scatterBy(w, x, u, func(a, b T) T { return min(a, b) })
	case kir.Max:
		scatterBy(w, x, u, func(a, b T) T { return max(a, b) })
	default:
		unknown(s)
	}
}

// scatterBits is scatter of bools: the smaller of two is their conjunction.
func scatterBits(w *windows, by kir.Code, out, updates *core.Value) {
	x, u := slice[uint8](out), slice[uint8](updates)
	switch by {
	case kir.NoCode:
		scatterSet(w, x, u)
	case kir.Min, kir.Mul, kir.And:
		scatterBy(w, x, u, func(a, b uint8) uint8 { return a & b })
	case kir.Max, kir.Add, kir.Or:
		scatterBy(w, x, u, func(a, b uint8) uint8 { return a | b })
	default:
		unknown(kir.Scatter{By: by})
	}
}

// scatterHalves rounds after each update.
func scatterHalves(w *windows, s kir.Scatter, out, updates *core.Value, wide func(uint16) float32, half func(float32) uint16) {
	x, u := slice[uint16](out), slice[uint16](updates)
	var op func(a, b float32) float32
	switch s.By {
	case kir.NoCode:
		scatterSet(w, x, u)
		return
	case kir.Add:
		op = func(a, b float32) float32 { return a + b }
	case kir.Mul:
		op = func(a, b float32) float32 { return a * b }
	case kir.Min:
		op = func(a, b float32) float32 { return min(a, b) }
	case kir.Max:
		op = func(a, b float32) float32 { return max(a, b) }
	default:
		unknown(s)
	}
	scatterBy(w, x, u, func(a, b uint16) uint16 { return half(op(wide(a), wide(b))) })
}

func scatterComplex[T complex64 | complex128](w *windows, s kir.Scatter, out, updates *core.Value) {
	x, u := slice[T](out), slice[T](updates)
	switch s.By {
	case kir.NoCode:
		scatterSet(w, x, u)
	case kir.Add:
		scatterBy(w, x, u, func(a, b T) T { return a + b })
	case kir.Mul:
		scatterBy(w, x, u, func(a, b T) T { return T(times(complex128(a), complex128(b))) })
	case kir.Min:
		scatterBy(w, x, u, smaller[T])
	case kir.Max:
		scatterBy(w, x, u, larger[T])
	default:
		unknown(s)
	}
}

func unknown(s kir.Scatter) {
	panic(core.Errorf(s.Step(), "code %d does not combine", s.By))
}
