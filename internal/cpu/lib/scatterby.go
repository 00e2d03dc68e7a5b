package lib

import (
	"math"

	"gojax/internal/cpu/move"
	"gojax/internal/cpu/run"
	"gojax/internal/dtype"
)

// Singles are windows of one element each in the order of updates, at one stride, as in
// x.At(i).Add(u): those loops are worth having.
type singles struct {
	index  []int32
	limit  uint32 // the last index that is inside
	stride int
}

func (w *windows) singles() (s singles, ok bool) {
	if len(w.extent) > 0 || len(w.s.ScatterToOperand) != 1 || len(w.s.OperandBatching) > 0 || w.s.Clip ||
		w.indices.DType != dtype.Int32 {
		return s, false
	}
	axis := w.s.ScatterToOperand[0]
	return singles{slice[int32](w.indices), uint32(min(w.limits[axis], math.MaxInt32)), w.stride[axis]}, true
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
	parts := min(run.Threads(), maxParts, int(s.limit)+1)
	if parts < 2 || len(s.index) < worthDividing {
		return false
	}
	u := move.NativeSieve()
	if u == nil {
		return false
	}
	s.parts(u, parts, apply)
	return true
}

// maxParts bounds how often the indices are gone through.
const maxParts = 16

func (s *singles) parts(u *move.Sieve, parts int, apply func(lo, first int, at, number []uint32)) {
	size := int(s.limit) + 1
	run.Share(parts, 1, 1.25*float64(len(s.index)), func(from, to int) {
		at, number := make([]uint32, sifted+move.Spare), make([]uint32, sifted+move.Spare)
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
