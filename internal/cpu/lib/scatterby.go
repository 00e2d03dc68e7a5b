package lib

import (
	"math"

	"gojax/internal/core"
	"gojax/internal/cpu/move"
	"gojax/internal/cpu/run"
	"gojax/internal/dtype"
	"gojax/internal/kir"
)

// Singles are windows of one element each in the order of updates, at one stride, as in
// x.At(i).Add(u): those loops are worth having.
type singles struct {
	index  []int32
	limit  uint32 // the last index that is inside
	stride int
	memory *run.Memory
}

func (w *windows) singles() (s singles, ok bool) {
	if !w.single(w.indices.DType) {
		return s, false
	}
	axis := w.s.ScatterToOperand[0]
	return singles{slice[int32](w.indices), w.limit(), w.stride[axis], w.memory}, true
}

// single reports whether the windows, found by indices of type t, are singles.
func (w *windows) single(t dtype.Type) bool {
	return len(w.extent) == 0 && len(w.s.ScatterToOperand) == 1 && len(w.s.OperandBatching) == 0 && !w.s.Clip &&
		t == dtype.Int32
}

// limit is the last index that is inside, of singles.
func (w *windows) limit() uint32 {
	return uint32(min(w.limits[w.s.ScatterToOperand[0]], math.MaxInt32))
}

// scatterScratch is what scatter works in: where all windows begin or, of singles, what each
// thread finds.
func scatterScratch(s kir.Scatter, operand, indices, updates core.Type, threads int) int {
	if updates.Size() == 0 || operand.Size() == 0 {
		return 0
	}
	w := newWindows(s, operand.Shape, updates.Shape)
	if !w.single(indices.DType) {
		return run.Rooms[int](w.n)
	}
	parts := dividing(threads, indices.Size(), w.limit())
	return run.Concurrent(parts, 1, parts) * 2 * run.Rooms[uint32](sifted+move.Spare) * min(parts-1, 1)
}

const (
	// worthDividing is the number of updates from which threads divide them: one applies
	// 100,000 while another wakes up.
	worthDividing = 1 << 17
	// Threads look at so many indices at a time; what they find stays in the fastest cache.
	sifted = 1024
)

// divide gives each thread a part of the operand. It goes through all indices, which takes a
// fifth of what updates take, and applies those that are for its part, in their order. So
// none waits for another, and no result depends on how many there are.
//
// apply is called for updates numbered from first on: number says which of them are for the
// elements at at, counted from element lo of the operand. divide reports false, and does
// nothing, where one thread takes less time.
func (s *singles) divide(apply func(lo, first int, at, number []uint32)) bool {
	parts := dividing(run.Threads(), len(s.index), s.limit)
	if parts < 2 {
		return false
	}
	s.parts(move.NativeSieve(), parts, apply)
	return true
}

// dividing is how many parts of the operand there are for so many updates; one thread takes less
// time where it is 1.
func dividing(threads, updates int, limit uint32) int {
	if updates < worthDividing || move.NativeSieve() == nil {
		return 1
	}
	return max(1, min(threads, maxParts, int(limit)+1))
}

// maxParts bounds how often the indices are gone through.
const maxParts = 16

func (s *singles) parts(u *move.Sieve, parts int, apply func(lo, first int, at, number []uint32)) {
	size := int(s.limit) + 1
	run.Share(parts, 1, 1.25*float64(len(s.index)), func(from, to int) {
		at, number := run.Of[uint32](s.memory, sifted+move.Spare), run.Of[uint32](s.memory, sifted+move.Spare)
		defer run.Give(s.memory, at)
		defer run.Give(s.memory, number)
		for i := from; i < to; i++ {
			lo, hi := i*size/parts, (i+1)*size/parts
			for first := 0; first < len(s.index); first += sifted {
				index := s.index[first:min(first+sifted, len(s.index))]
				n := u.Sift(index, uint32(lo), uint32(hi-lo), at, number)
				apply(lo, first, at[:n], number[:n])
			}
		}
	})
}

// scatterBy applies op to every element and its update.
func scatterBy[T any](w *windows, out, updates []T, op func(x, u T) T) {
	if s, ok := w.singles(); ok {
		byOne(&s, out, updates, op)
		return
	}
	w.runs(func(into, from, n, p, q int) {
		for range n {
			out[into] = op(out[into], updates[from])
			into += p
			from += q
		}
	})
}

func byOne[T any](s *singles, out, updates []T, op func(x, u T) T) {
	stride := s.stride
	if s.divide(func(lo, first int, at, number []uint32) {
		x, u := out[lo*stride:], updates[first:]
		number = number[:len(at)]
		for i, p := range at {
			e := &x[int(p)*stride]
			*e = op(*e, u[number[i]])
		}
	}) {
		return
	}
	index := s.index
	for i, u := range updates {
		if p := uint32(index[i]); p <= s.limit {
			e := &out[int(p)*stride]
			*e = op(*e, u)
		}
	}
}

// scatterSet copies updates.
func scatterSet[T any](w *windows, out, updates []T) {
	if s, ok := w.singles(); ok {
		setOne(&s, out, updates)
		return
	}
	w.runs(func(into, from, n, p, q int) {
		if p == 1 && q == 1 {
			copy(out[into:into+n], updates[from:])
			return
		}
		for range n {
			out[into] = updates[from]
			into += p
			from += q
		}
	})
}

func setOne[T any](s *singles, out, updates []T) {
	stride := s.stride
	if s.divide(func(lo, first int, at, number []uint32) {
		x, u := out[lo*stride:], updates[first:]
		number = number[:len(at)]
		for i, p := range at {
			x[int(p)*stride] = u[number[i]]
		}
	}) {
		return
	}
	index := s.index
	for i, u := range updates {
		if p := uint32(index[i]); p <= s.limit {
			out[int(p)*stride] = u
		}
	}
}

// scatterAdd adds updates.
func scatterAdd[T number](w *windows, out, updates []T) {
	if s, ok := w.singles(); ok {
		addOne(&s, out, updates)
		return
	}
	w.runs(func(into, from, n, p, q int) {
		if p == 1 && q == 1 {
			x, u := out[into:into+n], updates[from:from+n]
			for i := range u {
				x[i] += u[i]
			}
			return
		}
		for range n {
			out[into] += updates[from]
			into += p
			from += q
		}
	})
}

func addOne[T number](s *singles, out, updates []T) {
	stride := s.stride
	if s.divide(func(lo, first int, at, number []uint32) {
		x, u := out[lo*stride:], updates[first:]
		number = number[:len(at)]
		if stride == 1 {
			for i, p := range at {
				x[p] += u[number[i]]
			}
			return
		}
		for i, p := range at {
			x[int(p)*stride] += u[number[i]]
		}
	}) {
		return
	}
	index := s.index[:len(updates)]
	if stride == 1 {
		out = out[:s.limit+1]
		for i, u := range updates {
			if p := uint32(index[i]); uint(p) < uint(len(out)) {
				out[p] += u
			}
		}
		return
	}
	for i, u := range updates {
		if p := uint32(index[i]); p <= s.limit {
			out[int(p)*stride] += u
		}
	}
}
