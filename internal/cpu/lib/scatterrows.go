package lib

import (
	"math"
	"unsafe"

	"gojax/internal/core"
	"gojax/internal/cpu/move"
	"gojax/internal/cpu/rowwise"
	"gojax/internal/cpu/run"
	"gojax/internal/dtype"
)

// Windows that are rows of the operand, one row of updates for each, as in x.At(i).Add(u): the
// operand is divided among threads, each of which goes through all windows and applies those
// that are for its part, in their order. So none waits for another, and no result depends on how
// many there are.

// row returns how many elements the windows have if they are rows: each is in one piece, begins
// at a multiple of its length, and the updates have one after the other. It is 0 otherwise.
func (w *windows) row() int {
	n := 1
	switch {
	case len(w.extent) == 1 && w.into[0] == 1 && w.inUpdates[0] == 1:
		n = w.extent[0]
	case len(w.extent) > 0:
		return 0
	}
	together := n
	for a := len(w.batch) - 1; a >= 0; a-- {
		if w.batch[a] != 1 && w.steps[a] != together {
			return 0
		}
		together *= w.batch[a]
	}
	for _, axes := range [][]int{w.s.ScatterToOperand, w.s.OperandBatching} {
		for _, a := range axes {
			if w.stride[a]%n != 0 && w.limits[a] > 0 {
				return 0
			}
		}
	}
	return n
}

// A division says how windows that are rows are applied: by parts of the operand, or of all its
// rows where those are long.
type division struct {
	n       int  // elements of a row
	rows    int  // of the operand
	parts   int  // that are applied at the same time, or more
	columns bool // they are parts of rows
	threads int
	direct  bool    // indices of i32 are the numbers of rows, or out of bounds
	ns      float64 // what all windows take
}

// division returns it for a number of threads, indices of type t and an operand of so many
// elements of type d. It is false where the windows are no rows.
func (w *windows) division(operand int, t, d dtype.Type, threads int) (v division, ok bool) {
	n := w.row()
	if n == 0 || operand/n > math.MaxInt32 || w.n > math.MaxInt32 {
		return v, false
	}
	bytes := n * d.Size()
	v = division{n: n, rows: operand / n, threads: threads, columns: bytes >= longRow}
	v.ns = float64(w.n) * (1 + 0.05*float64(bytes))
	if operand*d.Size() > 1<<20 { // it is not in the nearest caches
		v.ns += 2 * float64(w.n)
	}
	v.parts = min(threads, maxParts, int(v.ns/worthDividing))
	if v.columns {
		v.parts = max(v.parts, 1, bytes/longPart)
	} else {
		v.parts = max(1, min(v.parts, v.rows))
	}
	c := w.s.ScatterToOperand
	v.direct = len(c) == 1 && t == dtype.Int32 && len(w.s.OperandBatching) == 0 && !w.s.Clip &&
		w.stride[c[0]] == n && w.limits[c[0]] == v.rows-1
	return v, true
}

const (
	// worthDividing is how many nanoseconds a part takes at least.
	worthDividing = 40_000
	// maxParts bounds how often all windows are gone through.
	maxParts = 16
	// longRow is how many bytes rows have that are cut, into parts of longPart if there are
	// not fewer.
	longRow, longPart = 4 << 10, 128 << 10
	// Threads look at so many windows at a time; what they find stays in the fastest cache. It is
	// fewer where they have more than so many bytes: machine code is not to take long.
	sifted, together = 1024, 512 << 10
	// outsideRow is the row of a window that is left out.
	outsideRow = math.MaxUint32
)

// scratch is what divided works in.
func (v *division) scratch(windows int) (sum int) {
	if !v.direct {
		sum = run.Rooms[uint32](windows)
	}
	return sum + run.Concurrent(v.parts, 1, v.threads)*2*run.Rooms[uint32](sifted+move.Spare)
}

// A batch is some windows that are rows, numbered from first on: number says which of them, and
// at where they begin, counted from row lo of the operand. Elements [from, to) of all rows are
// to be applied.
type batch struct {
	lo, first  int
	at, number []uint32
	from, to   int
}

// divided calls apply for all windows, in their order as far as rows are the same.
func (w *windows) divided(v *division, size int, apply func(b batch)) {
	var rows []int32
	if v.direct {
		rows = slice[int32](w.indices)[:w.n]
	} else {
		places := run.Of[uint32](w.memory, w.n)
		defer run.Give(w.memory, places)
		w.number(places, v.n)
		rows = unsafe.Slice((*int32)(unsafe.Pointer(&places[0])), len(places))
	}
	u := move.NativeSieve()
	run.Share(v.parts, 1, v.ns, func(begin, end int) {
		at, number := run.Of[uint32](w.memory, sifted+move.Spare), run.Of[uint32](w.memory, sifted+move.Spare)
		defer run.Give(w.memory, at)
		defer run.Give(w.memory, number)
		for i := begin; i < end; i++ {
			b, hi := batch{to: v.n}, v.rows
			if v.columns {
				b.from, b.to = i*v.n/v.parts, (i+1)*v.n/v.parts
			} else {
				b.lo, hi = i*v.rows/v.parts, (i+1)*v.rows/v.parts
			}
			most := max(1, min(sifted, together/((b.to-b.from)*size)))
			for b.first = 0; b.first < len(rows); b.first += most {
				n := u.Sift(rows[b.first:min(b.first+most, len(rows))], uint32(b.lo), uint32(hi-b.lo), at, number)
				b.at, b.number = at[:n], number[:n]
				apply(b)
				run.GiveWay()
			}
		}
	})
}

// number sets rows to the numbers of the rows that windows are, of n elements each.
func (w *windows) number(rows []uint32, n int) {
	parts := len(w.s.ScatterToOperand)
	ns := float64(len(rows)) * float64(1+2*parts+8*len(w.s.OperandBatching))
	run.Share(len(rows), run.Grain(len(rows), ns), ns, func(lo, hi int) {
		clear(rows[lo:hi])
		for c, a := range w.s.ScatterToOperand {
			l := line{rows[lo:hi], uint64(w.limits[a]), uint32(w.stride[a] / n), w.s.Clip}
			switch at := lo*parts + c; w.indices.DType {
			case dtype.Int32:
				addNumbers(l, slice[int32](w.indices), at, parts)
			case dtype.Int64:
				addNumbers(l, slice[int64](w.indices), at, parts)
			case dtype.Uint32:
				addNumbers(l, slice[uint32](w.indices), at, parts)
			case dtype.Uint64:
				addNumbers(l, slice[uint64](w.indices), at, parts)
			case dtype.Int16:
				addNumbers(l, slice[int16](w.indices), at, parts)
			case dtype.Uint16:
				addNumbers(l, slice[uint16](w.indices), at, parts)
			case dtype.Int8:
				addNumbers(l, slice[int8](w.indices), at, parts)
			case dtype.Uint8:
				addNumbers(l, slice[uint8](w.indices), at, parts)
			default:
				panic(core.Errorf(w.s.Step(), "indices have type %v", w.indices.DType))
			}
		}
		w.batches(rows[lo:hi], lo, n)
	})
}

// A line is what one component of indices says about the rows of some windows.
type line struct {
	rows  []uint32
	limit uint64 // the last place that is inside
	step  uint32 // rows
	moved bool   // what is outside counts as the nearest that is inside
}

// addNumbers adds what indices say: those from at on, every parts-th. As uint64, what is negative
// exceeds all limits.
func addNumbers[T int8 | int16 | int32 | int64 | uint8 | uint16 | uint32 | uint64](l line, index []T, at, parts int) {
	for i, row := range l.rows {
		x := index[at]
		at += parts
		p := uint64(x)
		if p > l.limit {
			switch {
			case !l.moved:
				l.rows[i] = outsideRow
				continue
			case x < 0:
				p = 0
			default:
				p = l.limit
			}
		}
		if row != outsideRow {
			l.rows[i] = row + uint32(p)*l.step
		}
	}
}

// batches adds to the rows of windows from the lo-th on what their batching axes say.
func (w *windows) batches(rows []uint32, lo, n int) {
	if len(w.s.OperandBatching) == 0 {
		return
	}
	index := make([]int, len(w.batch))
	for a := len(index) - 1; a >= 0; a-- {
		index[a] = lo % w.batch[a]
		lo /= w.batch[a]
	}
	for i := range rows {
		if rows[i] != outsideRow {
			for b, a := range w.s.OperandBatching {
				rows[i] += uint32(index[w.s.IndicesBatching[b]] * (w.stride[a] / n))
			}
		}
		advance(index, w.batch)
	}
}

// inRows applies windows if they are rows: by machine code, or else by each, which changes the
// elements of a row by those of another. It reports whether they are.
func inRows[T any](w *windows, out, updates []T, each func(x, u []T)) bool {
	v, ok := w.division(len(out), w.indices.DType, w.element, run.Threads())
	if !ok {
		return false
	}
	n := v.n
	if u := rowwise.Native(w.element, w.s.By); u != nil {
		w.divided(&v, w.element.Size(), func(b batch) {
			x, y := &out[b.lo*n+b.from], &updates[b.first*n+b.from]
			u.Rows(unsafe.Pointer(x), unsafe.Pointer(y), b.at, b.number, b.to-b.from, n)
		})
		return true
	}
	w.divided(&v, w.element.Size(), func(b batch) {
		for i, p := range b.at {
			x := out[(b.lo+int(p))*n:][b.from:b.to]
			u := updates[(b.first+int(b.number[i]))*n:][b.from:b.to]
			each(x, u)
		}
	})
	return true
}
