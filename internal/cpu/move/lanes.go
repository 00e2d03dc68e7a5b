package move

import "unsafe"

// Lanes are the elements of a walk one after the other, any run of which can be fetched.
type Lanes struct{ w *weave }

// NewLanes returns the lanes of elements of size bytes along loops, the last one fastest, that
// step so far in memory; nil if kernels have no quick way to fetch them.
func NewLanes(u *Unit, size int, extents, strides []int) *Lanes {
	if u == nil || size > 16 {
		return nil
	}
	dims := Dense(extents, strides)
	for n := len(dims) - 1; n >= 0; n-- { // what merge does, but elements remain what they are
		if dims[n].N == 1 {
			dims = append(dims[:n], dims[n+1:]...)
		}
	}
	for n := len(dims) - 1; n > 0; n-- {
		if d, o := dims[n], &dims[n-1]; o.From == d.From*d.N {
			*o = Dim{o.N * d.N, d.From, d.To}
			dims = append(dims[:n], dims[n+1:]...)
		}
	}
	if len(dims) == 0 {
		return nil
	}
	w := newWeave(size, dims)
	if w == nil || w.tableFor(u) == nil {
		return nil
	}
	return &Lanes{w}
}

// Margin is how many elements before and behind what is fetched may be written.
func (l *Lanes) Margin() int { return len(l.w.from) - 1 }

// Fetch writes lanes [first, first+n) to dst. The walk begins at src.
func (l *Lanes) Fetch(u *Unit, dst, src unsafe.Pointer, first, n int) {
	w := l.w
	t, row := w.tableFor(u), len(w.from)
	step, end := first/row, (first+n+row-1)/row
	dst = unsafe.Add(dst, (step*row-first)*w.size)
	for step < end {
		o, at := step/w.step.N, step%w.step.N
		n := min(w.step.N-at, end-step)
		from, _ := places(w.outer, o)
		w.steps(u, t, dst, src, from+at*w.step.From, n)
		dst = unsafe.Add(dst, n*row*w.size)
		step += n
	}
}
