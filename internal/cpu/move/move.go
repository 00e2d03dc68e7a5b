package move

import (
	"slices"
	"unsafe"

	"gojax/internal/cpu/run"
	"gojax/internal/cpu/tile"
)

// A Dim is an axis of a walk: N steps, each so many elements from the last one, where
// they come from and where they go to.
type Dim struct{ N, From, To int }

// Dense is the walk along axes, the last one fastest, that leaves no gaps where the
// elements go to; from has the strides where they come from.
func Dense(shape, from []int) []Dim {
	dims := make([]Dim, len(shape))
	to := 1
	for a := len(shape) - 1; a >= 0; a-- {
		dims[a] = Dim{shape[a], from[a], to}
		to *= shape[a]
	}
	return dims
}

// A Walk is how elements of one size are copied.
type Walk struct {
	size int
	dims []Dim
	near int // the axis along which elements lie one after the other, or -1

	weave *weave // if that is how it is copied
}

// Prepare returns the walk of elements of size bytes along dims.
func Prepare(size int, dims []Dim) *Walk {
	w := &Walk{near: -1}
	w.size, w.dims = merge(size, dims)
	for a, d := range w.dims[:len(w.dims)-1] {
		if d.From == 1 || d.From == -1 {
			w.near = a
		}
	}
	last := w.dims[len(w.dims)-1]
	row := last.From == 1 && last.N*w.size >= rowFrom
	square := w.near >= 0 && min(w.dims[w.near].N, last.N) >= squareFrom
	if last.To == 1 && !row && !square {
		w.weave = newWeave(w.size, w.dims)
	}
	return w
}

const (
	// rowFrom is how many bytes rows have that are better copied one by one.
	rowFrom = 32
	// squareFrom is the side of squares that are better exchanged.
	squareFrom = 8
)

// Bytes is how much is copied.
func (w *Walk) Bytes() int { return length(w.dims) * w.size }

// Copy copies elements along the walk, which begins at src and dst. They must not
// overlap.
func (w *Walk) Copy(u *Unit, dst, src unsafe.Pointer) {
	last := w.dims[len(w.dims)-1]
	switch {
	case length(w.dims) == 0:
	case w.weave != nil:
		w.weave.copy(u, dst, src, nil)
	case last.To != 1:
		strided(dst, src, w.size, w.dims)
	case last.From == 1:
		rows(u, dst, src, w.size, w.dims)
	case w.near >= 0:
		exchange(u, dst, src, w.size, w.dims, w.near, cut)
	default:
		strided(dst, src, w.size, w.dims)
	}
}

// merge returns the same walk with as few axes as possible, at least one; elements that
// always go together become one.
func merge(size int, dims []Dim) (int, []Dim) {
	dims = slices.DeleteFunc(slices.Clone(dims), func(d Dim) bool { return d.N == 1 })
	for a := len(dims) - 1; a > 0; a-- {
		d := dims[a]
		if o := &dims[a-1]; o.From == d.From*d.N && o.To == d.To*d.N {
			*o = Dim{o.N * d.N, d.From, d.To}
			dims = slices.Delete(dims, a, a+1)
		}
	}
	if last := len(dims) - 1; last > 0 {
		d := dims[last]
		together := d.From == 1 && d.To == 1 && size*d.N <= 16 && d.N&(d.N-1) == 0
		for _, o := range dims[:last] {
			together = together && o.From%d.N == 0 && o.To%d.N == 0
		}
		if together {
			dims = dims[:last]
			for a := range dims {
				dims[a].From /= d.N
				dims[a].To /= d.N
			}
			return merge(size*d.N, dims)
		}
	}
	if len(dims) == 0 {
		dims = append(dims, Dim{1, 1, 1})
	}
	return size, dims
}

func length(dims []Dim) int {
	n := 1
	for _, d := range dims {
		n *= d.N
	}
	return n
}

// places returns where the i-th step of a walk comes from and goes to, in elements.
func places(dims []Dim, i int) (from, to int) {
	for a := len(dims) - 1; a >= 0; a-- {
		p := i % dims[a].N
		from += p * dims[a].From
		to += p * dims[a].To
		i /= dims[a].N
	}
	return from, to
}

// Narrow reports whether rows are so short, or elements so few, that Lanes fetches them as well.
func (w *Walk) Narrow() bool { return w.weave != nil }

// Cost estimates how long one thread takes, in nanoseconds.
func (w *Walk) Cost() float64 {
	u := Native()
	n, bytes := float64(length(w.dims)), float64(w.Bytes())
	last := w.dims[len(w.dims)-1]
	switch {
	case w.weave != nil:
		return w.weave.cost(u)
	case last.To == 1 && last.From == 1 && u != nil:
		return bytes*perByte + n/float64(last.N)*2
	case last.To == 1 && last.From == 1:
		return bytes*perByte + n/float64(last.N)*5
	case w.near >= 0 && last.To == 1 && u != nil:
		return bytes*perByte + n*0.2
	}
	return bytes*perByte + n*0.6
}

// perByte is what it takes to read and write a byte in the second cache, in nanoseconds.
const perByte = 0.03

// part is how many bytes of a long row one thread copies at least.
const part = 128 << 10

// past is how many bytes Go copies past the caches, which is faster where there are many
// more.
const past = 1 << 20

// cut calls f for parts of n items of so many bytes each.
func cut(n, bytes int, f func(lo, hi int)) { cutBy(n, 0.05*float64(n)*float64(bytes), f) }

// cutBy is cut for n items that take so many nanoseconds in all.
func cutBy(n int, ns float64, f func(lo, hi int)) {
	run.Share(n, run.Even(n, run.Grain(n, ns), 1), ns, f)
}

// rows copies rows without gaps.
func rows(u *Unit, dst, src unsafe.Pointer, size int, dims []Dim) {
	last := len(dims) - 1
	bytes := dims[last].N * size
	outer := dims[:last]
	if bytes >= 2*part || len(outer) == 0 {
		outer = slices.Clone(outer)
		for a := range outer {
			outer[a].From *= size
			outer[a].To *= size
		}
		Rows(dst, src, outer, bytes)
		return
	}
	inner := outer[len(outer)-1] // rows that go on at one stride
	outer = outer[:len(outer)-1]
	cut(length(outer)*inner.N, bytes+16, func(lo, hi int) {
		for lo < hi {
			from, to := places(outer, lo/inner.N)
			i := lo % inner.N
			n := min(hi-lo, inner.N-i)
			s, d := unsafe.Add(src, (from+i*inner.From)*size), unsafe.Add(dst, (to+i*inner.To)*size)
			lo += n
			Lines(u, d, s, inner.To*size, inner.From*size, n, bytes)
		}
	})
}

// Lines copies n rows of so many bytes, and so far apart, on this goroutine.
func Lines(u *Unit, dst, src unsafe.Pointer, dstStep, srcStep, n, bytes int) {
	if u != nil && bytes < shortRow {
		u.shortRows(dst, src, dstStep, srcStep, n, bytes)
		return
	}
	for i := range n {
		copy(unsafe.Slice((*byte)(unsafe.Add(dst, i*dstStep)), bytes), unsafe.Slice((*byte)(unsafe.Add(src, i*srcStep)), bytes))
	}
}

// Rows copies rows of so many bytes along dims, which count bytes. Long rows are cut: no
// thread should have to wait for another one's row, nor a collection for all of it.
func Rows(dst, src unsafe.Pointer, dims []Dim, bytes int) {
	pieces := max(1, bytes/part)
	if bytes >= 4*past {
		pieces = bytes / past
	}
	run.Parallel(length(dims)*pieces, max(1, part/max(bytes, 1)), func(lo, hi int) {
		for i := lo; i < hi; i++ {
			from, to := places(dims, i/pieces)
			lo, hi := bytes*(i%pieces)/pieces, bytes*(i%pieces+1)/pieces
			copy(unsafe.Slice((*byte)(unsafe.Add(dst, to+lo)), hi-lo), unsafe.Slice((*byte)(unsafe.Add(src, from+lo)), hi-lo))
		}
	})
}

// strided copies one element after the other.
func strided(dst, src unsafe.Pointer, size int, dims []Dim) {
	outer, last := dims[:len(dims)-1], dims[len(dims)-1]
	cut(length(dims), size, func(lo, hi int) {
		for lo < hi {
			from, to := places(outer, lo/last.N)
			i := lo % last.N
			n := min(hi-lo, last.N-i)
			tile.Strided(unsafe.Add(dst, (to+i*last.To)*size), last.To, unsafe.Add(src, (from+i*last.From)*size), last.From, size, n)
			lo += n
		}
	})
}
