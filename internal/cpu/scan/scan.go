package scan

import (
	"unsafe"

	"gojax/internal/cpu/run"
)

// Group is how many elements are accumulated before what comes before them is known.
const Group = 512

// eight is how many elements are accumulated at a time.
const eight = 8

// A View is an array seen as Outer × N × Inner elements, accumulated along N, from the
// last to the first if Reverse.
type View struct {
	Outer, N, Inner int
	Reverse         bool
}

// row is where row p, counted in the order of accumulation, begins.
func (v *View) row(o, p int) int {
	if v.Reverse {
		p = v.N - 1 - p
	}
	return (o*v.N + p) * v.Inner
}

func (v *View) groups() int { return (v.N + Group - 1) / Group }

// Around is what else happens to elements [lo, hi), once to each: Before x is read there, and
// After out is written there. They are called at the same time for different elements. Nothing
// is written to out, unless it is x, before all of x has been there, if there are several groups.
type Around struct{ Before, After func(lo, hi int) }

// before calls Before for elements [lo, hi).
func (a Around) before(lo, hi int) {
	if a.Before != nil {
		a.Before(lo, hi)
	}
}

func (a Around) after(lo, hi int) {
	if a.After != nil {
		a.After(lo, hi)
	}
}

// Run writes to out, which may be x, what accumulates of x. It works in memory of mem: see
// Scratch. Where Inner is not 1, what is around happens in one go.
func Run[T any](mem *run.Memory, m *Method[T], v View, x, out []T, around Around) {
	switch {
	case len(x) == 0:
	case v.Inner == 1 && m.Unit != nil:
		nativeRows(mem, m, v, x, out, around)
	case v.Inner == 1:
		rows(mem, m, v, x, out, around)
	default:
		around.before(0, len(x))
		if m.acrossNative(v) {
			nativeColumns(mem, m, v, x, out)
		} else {
			columns(mem, m, v, x, out)
		}
		around.after(0, len(x))
	}
}

// elements returns where the elements of n groups from the g-th of row o are.
func (v *View) elements(o, g, n int) (lo, hi int) {
	lo, hi = g*Group, min((g+n)*Group, v.N)
	if v.Reverse {
		lo, hi = v.N-hi, v.N-lo
	}
	return o*v.N + lo, o*v.N + hi
}

// inPieces calls f for the elements of the groups [lo, hi) of all rows, as many at once as lie
// together.
func (v *View) inPieces(lo, hi int, f func(lo, hi int)) {
	if v.groups() == 1 {
		f(lo*v.N, hi*v.N)
		return
	}
	byRow(lo, hi, v.groups(), func(o, g, n int) { f(v.elements(o, g, n)) })
}

// byRow calls f for the groups [lo, hi) of all rows, each of which has so many, row by row.
func byRow(lo, hi, groups int, f func(o, g, n int)) {
	for lo < hi {
		o, g := lo/groups, lo%groups
		n := min(hi-lo, groups-g)
		f(o, g, n)
		lo += n
	}
}

// acrossNative reports whether machine code accumulates rows of elements.
func (m *Method[T]) acrossNative(v View) bool {
	return m.Unit != nil && v.Inner > 1 && v.Inner >= m.Unit.lanes()/2
}

// Scratch returns how many bytes Run works in.
func Scratch[T any](m *Method[T], v View) int {
	size := int(unsafe.Sizeof(*new(T)))
	switch {
	case v.Outer*v.N*v.Inner == 0:
		return 0
	case m.acrossNative(v):
		first := run.Room(min(strip/size, v.Inner) * size)
		return max(first, run.Room(v.totals(true)*size)+max(first, Scratch(m, v.ofTotals(true))))
	case m.Unit == nil:
		return ScratchOf(size, v)
	case v.totals(v.Inner == 1) == 0:
		return 0
	}
	native := v.Inner == 1
	return run.Room(v.totals(native)*size) + Scratch(m, v.ofTotals(native))
}

// ScratchOf is Scratch for a method without machine code, of elements of the given size.
func ScratchOf(size int, v View) int {
	n := v.totals(false)
	if n == 0 {
		return 0
	}
	return run.Room(n*size) + ScratchOf(size, v.ofTotals(false))
}

// totals is how many last elements of groups there are to be accumulated, machine code leaving
// out the last groups.
func (v *View) totals(native bool) int {
	t := v.ofTotals(native)
	if v.groups() == 1 {
		return 0
	}
	return t.Outer * t.N * t.Inner
}

// ofTotals is the view of these.
func (v *View) ofTotals(native bool) View {
	n := v.groups()
	if native {
		n--
	}
	return View{Outer: v.Outer, N: n, Inner: v.Inner}
}

// grain is how many items of ns nanoseconds make a part for run.Parallel.
func grain(ns float64) int { return max(1, int(40_000/max(ns, 0.1))) }

// rows is Run in Go where the elements lie one after the other.
func rows[T any](mem *run.Memory, m *Method[T], v View, x, out []T, around Around) {
	groups := v.groups()
	// each calls f for the elements of each group, which begin at at.
	each := func(before, after func(lo, hi int), f func(o, g, at, n int)) {
		run.Parallel(v.Outer*groups, grain(m.Ns*float64(min(v.N, Group))), func(lo, hi int) {
			v.inPieces(lo, hi, before)
			for i := lo; i < hi; i++ {
				o, g := i/groups, i%groups
				at, end := v.elements(o, g, 1)
				f(o, g, at, end-at)
			}
			v.inPieces(lo, hi, after)
		})
	}
	nothing := func(lo, hi int) {}
	accumulate := func(o, g, at, n int) { m.chain(out[at:at+n], x[at:at+n], v.Reverse) }
	if groups == 1 {
		each(around.before, around.after, accumulate)
		return
	}
	if pointer(x) == pointer(out) {
		each(around.before, nothing, accumulate)
	} else {
		if around.Before != nil {
			each(around.before, nothing, func(o, g, at, n int) {})
		}
		each(nothing, nothing, accumulate)
	}
	totals := run.Of[T](mem, v.totals(false))
	defer run.Give(mem, totals)
	each(nothing, nothing, func(o, g, at, n int) {
		if !v.Reverse {
			at += n - 1
		}
		totals[o*groups+g] = out[at]
	})
	Run(mem, m, v.ofTotals(false), totals, totals, Around{})
	each(nothing, around.after, func(o, g, at, n int) {
		if g > 0 {
			m.spread(out[at:at+n], totals[o*groups+g-1])
		}
	})
}

// wide is how many columns one thread takes at least.
const wide = 1024

// columns is Run in Go where rows of elements are accumulated.
func columns[T any](mem *run.Memory, m *Method[T], v View, x, out []T) {
	groups, blocks := v.groups(), (v.Inner+wide-1)/wide
	// each calls f for the rows [lo, hi), in the order of accumulation, of each group,
	// and some columns [c, d).
	each := func(f func(o, g, lo, hi, c, d int)) {
		ns := m.Ns * float64(min(v.N, Group)*min(v.Inner, wide))
		run.Parallel(v.Outer*groups*blocks, grain(ns), func(from, to int) {
			for i := from; i < to; i++ {
				o, g, b := i/(groups*blocks), i/blocks%groups, i%blocks
				f(o, g, g*Group, min((g+1)*Group, v.N), b*wide, min((b+1)*wide, v.Inner))
			}
		})
	}
	each(func(o, g, lo, hi, c, d int) {
		row := func(a []T, p int) []T { return a[v.row(o, p):][c:d] }
		m.down(lo, hi, func(p int) []T { return row(x, p) }, func(p int) []T { return row(out, p) })
	})
	if groups == 1 {
		return
	}
	totals := run.Of[T](mem, v.totals(false))
	defer run.Give(mem, totals)
	each(func(o, g, lo, hi, c, d int) {
		copy(totals[(o*groups+g)*v.Inner+c:][:d-c], out[v.row(o, hi-1)+c:])
	})
	Run(mem, m, v.ofTotals(false), totals, totals, Around{})
	each(func(o, g, lo, hi, c, d int) {
		if g == 0 {
			return
		}
		before := totals[(o*groups+g-1)*v.Inner:][c:d]
		for p := lo; p < hi; p++ {
			r := out[v.row(o, p):][c:d]
			m.Rows(r, before, r)
		}
	})
}
