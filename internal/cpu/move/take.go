package move

import (
	"bytes"
	"math"
	"slices"
	"unsafe"

	"gojax/internal/cpu/code"
	"gojax/internal/cpu/run"
	"gojax/internal/dtype"
)

// An Index is one of the integers in memory that say where elements come from.
type Index struct {
	Type    dtype.Type // of the integers
	Strides []int      // between them, by axis of the walk
	Wrap    int        // added to negative ones, or 0
	Limit   int        // the largest that is in bounds; 0 is the least
	By      int        // elements of the source that they count
}

// A Take copies, for each step of a walk, what lies where indices say: rows of elements
// that are neighbours.
type Take struct {
	size  int   // bytes of an element …
	row   int   // … and how many go together
	outer []Dim // axes of rows
	last  Dim   // the innermost axis that indices depend on
	index []Index
	fill  []byte // an element, or nil

	absent   []byte // a row of fill, if rows are short
	inPlaces bool   // see counted
}

// PrepareTake returns the copy of elements of size bytes along dims, at what index adds
// to where dims says. Indices out of bounds are moved to the nearest that is in bounds;
// but fill, an element, is copied instead if it is not nil. The result is nil if what
// does not depend on indices is more than rows of neighbours.
func PrepareTake(size int, dims []Dim, index []Index, fill []byte) *Take {
	t := &Take{size: size, row: 1, index: index, fill: fill}
	n := len(dims)
	for ; n > 0 && t.steady(n-1); n-- {
		d := dims[n-1]
		if d.N != 1 && (d.From != t.row || d.To != t.row) {
			return nil
		}
		t.row *= d.N
	}
	if n == 0 || dims[n-1].To != t.row {
		return nil
	}
	t.outer, t.last = slices.Clone(dims[:n-1]), dims[n-1]
	if t.inPlaces = t.counted(); t.inPlaces {
		t.absent = bytes.Repeat(fill, t.row)
	}
	return t
}

// steady reports whether no index changes along axis a.
func (t *Take) steady(a int) bool {
	return !slices.ContainsFunc(t.index, func(x Index) bool { return x.Strides[a] != 0 })
}

// Row is how many elements go together.
func (t *Take) Row() int { return t.row }

// Bytes is how much is copied.
func (t *Take) Bytes() int { return length(t.outer) * t.last.N * t.row * t.size }

// Copy copies to dst from src, with the integers at index; all begin where the walk
// does. Without kernels, a nil u, it takes longer.
func (t *Take) Copy(u *Unit, dst, src unsafe.Pointer, index []unsafe.Pointer) {
	n := t.last.N
	cut(length(t.outer)*n, t.row*t.size+8, func(lo, hi int) {
		for lo < hi {
			m := min(hi-lo, n-lo%n)
			t.run(u, dst, src, index, lo/n, lo%n, m)
			lo += m
		}
	})
}

// run copies steps [i, i+m) along the last axis in row o of the others.
func (t *Take) run(u *Unit, dst, src unsafe.Pointer, index []unsafe.Pointer, o, i, m int) {
	from, to := places(t.outer, o)
	from, to = from+i*t.last.From, to+i*t.last.To
	ints := make([]unsafe.Pointer, len(index))
	for k, p := range index {
		ints[k] = unsafe.Add(p, t.index[k].place(t.outer, o, i)*t.index[k].Type.Size())
	}
	dst = unsafe.Add(dst, to*t.size)
	if x := &t.index[0]; len(t.index) == 1 && x.Type == dtype.Int32 && x.Strides[len(t.outer)] == 1 &&
		t.row == 1 && t.last.From == 0 && x.By == 1 && (t.fill == nil || u != nil && t.size <= 8) {
		t.plain(u, dst, unsafe.Add(src, from*t.size), unsafe.Slice((*int32)(ints[0]), m))
		return
	}
	if u != nil && t.inPlaces {
		t.byPlaces(u, dst, unsafe.Add(src, from*t.size), ints, m)
		return
	}
	var at [256]int
	for done := 0; done < m; done += len(at) {
		p := at[:min(m-done, len(at))]
		for j := range p {
			p[j] = from + (done+j)*t.last.From
		}
		for k := range t.index {
			x := &t.index[k]
			stride := x.Strides[len(t.outer)]
			addPlaces(x, p, unsafe.Add(ints[k], done*stride*x.Type.Size()), stride, t.fill != nil, nowhere)
		}
		t.move(unsafe.Add(dst, done*t.row*t.size), src, p)
	}
}

// place returns which integer belongs to step i of row o.
func (x *Index) place(outer []Dim, o, i int) int {
	at := i * x.Strides[len(outer)]
	for a := len(outer) - 1; a >= 0; a-- {
		at += o % outer[a].N * x.Strides[a]
		o /= outer[a].N
	}
	return at
}

// plain is run where one index of i32 says which single elements to copy.
func (t *Take) plain(u *Unit, dst, src unsafe.Pointer, index []int32) {
	if n := len(index) &^ 7; u != nil && n > 0 && t.size <= 8 && max(t.index[0].Wrap, t.index[0].Limit) <= math.MaxInt32 {
		p := picking{src: src, dst: dst, index: unsafe.Pointer(&index[0]), eights: n / 8,
			wrap: int32(t.index[0].Wrap), limit: int32(t.index[0].Limit)}
		t.pick(u, &p)
		if n == len(index) {
			return
		}
		dst, index = unsafe.Add(dst, n*t.size), index[n:]
	}
	switch t.size {
	case 1:
		plain[uint8](t, dst, src, index)
	case 2:
		plain[uint16](t, dst, src, index)
	case 4:
		plain[uint32](t, dst, src, index)
	case 8:
		plain[uint64](t, dst, src, index)
	default:
		plain[[2]uint64](t, dst, src, index)
	}
}

// pick runs the kernel for elements of up to 8 bytes.
func (t *Take) pick(u *Unit, p *picking) {
	if t.fill == nil {
		code.Call(u.picks[t.size], unsafe.Pointer(p))
		return
	}
	copy(unsafe.Slice((*byte)(unsafe.Pointer(&p.fill)), 8), t.fill)
	code.Call(u.fills[t.size], unsafe.Pointer(p))
}

func plain[T any](t *Take, dst, src unsafe.Pointer, index []int32) {
	x := &t.index[0]
	out := unsafe.Slice((*T)(dst), len(index))
	from := unsafe.Slice((*T)(src), x.Limit+1)
	wrap, limit := x.Wrap, x.Limit
	for j, i := range index {
		p := int(i)
		p += wrap & (p >> 63)
		if uint(p) > uint(limit) && t.fill != nil {
			out[j] = *(*T)(unsafe.Pointer(&t.fill[0]))
			continue
		}
		out[j] = from[min(max(p, 0), limit)]
	}
}

// nowhere is the place of what is out of bounds: no sum of places is so low. Places count
// from where the walk begins, so those of a reversed source are negative.
const nowhere = math.MinInt / 2

// addPlaces adds to places what an index says, of which the integers begin at data; those out
// of bounds become outside if there is a fill.
func addPlaces[P int | int32](x *Index, p []P, data unsafe.Pointer, stride int, fill bool, outside P) {
	switch x.Type {
	case dtype.Int8:
		add[int8](x, p, data, stride, fill, outside)
	case dtype.Int16:
		add[int16](x, p, data, stride, fill, outside)
	case dtype.Int32:
		add[int32](x, p, data, stride, fill, outside)
	case dtype.Int64:
		add[int64](x, p, data, stride, fill, outside)
	case dtype.Uint8:
		add[uint8](x, p, data, stride, fill, outside)
	case dtype.Uint16:
		add[uint16](x, p, data, stride, fill, outside)
	case dtype.Uint32:
		add[uint32](x, p, data, stride, fill, outside)
	}
}

func add[T int8 | int16 | int32 | int64 | uint8 | uint16 | uint32, P int | int32](x *Index, p []P, data unsafe.Pointer, stride int, fill bool, outside P) {
	step := stride * int(unsafe.Sizeof(T(0)))
	wrap, limit, by := x.Wrap, x.Limit, x.By
	for j := range p {
		i := int(*(*T)(unsafe.Add(data, j*step)))
		i += wrap & (i >> 63)
		inside := min(max(i, 0), limit)
		if fill && inside != i {
			p[j] = outside
			continue
		}
		p[j] += P(inside * by)
	}
}

// move copies rows from places.
func (t *Take) move(dst, src unsafe.Pointer, p []int) {
	if t.row == 1 && t.fill == nil {
		switch t.size {
		case 1:
			single[uint8](dst, src, p)
			return
		case 2:
			single[uint16](dst, src, p)
			return
		case 4:
			single[uint32](dst, src, p)
			return
		case 8:
			single[uint64](dst, src, p)
			return
		}
	}
	bytes := t.row * t.size
	if t.fill == nil && bytes >= 4 && bytes <= 64 {
		fewBytes(dst, src, p, t.size, bytes)
		return
	}
	for j, from := range p {
		row := unsafe.Slice((*byte)(unsafe.Add(dst, j*bytes)), bytes)
		if from != nowhere {
			if old := unsafe.Slice((*byte)(unsafe.Add(src, from*t.size)), bytes); bytes < part {
				copy(row, old)
			} else {
				run.Copy(row, old)
			}
			continue
		}
		for n := 0; n < bytes; n += t.size {
			copy(row[n:], t.fill)
		}
	}
}

func single[T any](dst, src unsafe.Pointer, p []int) {
	out := unsafe.Slice((*T)(dst), len(p))
	for j, from := range p {
		out[j] = *(*T)(unsafe.Add(src, from*int(unsafe.Sizeof(out[0]))))
	}
}

// fewBytes copies rows of 4 to 64 bytes: the first and the last part of each, which may overlap.
func fewBytes(dst, src unsafe.Pointer, p []int, size, bytes int) {
	switch {
	case bytes < 8:
		ends[uint32](dst, src, p, size, bytes)
	case bytes < 16:
		ends[uint64](dst, src, p, size, bytes)
	case bytes < 32:
		ends[[2]uint64](dst, src, p, size, bytes)
	default:
		ends[[4]uint64](dst, src, p, size, bytes)
	}
}

func ends[T any](dst, src unsafe.Pointer, p []int, size, bytes int) {
	last := bytes - int(unsafe.Sizeof(*(*T)(dst)))
	for j, from := range p {
		to, from := unsafe.Add(dst, j*bytes), unsafe.Add(src, from*size)
		first, end := *(*T)(from), *(*T)(unsafe.Add(from, last))
		*(*T)(to), *(*T)(unsafe.Add(to, last)) = first, end
	}
}
