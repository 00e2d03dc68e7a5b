package lib

import (
	"gojax/internal/core"
	"gojax/internal/cpu/run"
	"gojax/internal/dtype"
	"gojax/internal/kir"
	"gojax/internal/ref"
)

// group is how many elements are accumulated one after the other. The last of each
// group are accumulated in the same way, and what comes before a group is then
// combined with each of its elements: so the rounding errors of n elements are
// those of log n / log group short chains, and the order is fixed by n alone.
const group = 64

// cumulative accumulates along an axis.
func cumulative(s kir.Cumulative, x, out *core.Value) {
	v := around(x.Shape, s.Axis)
	switch x.DType {
	case dtype.Int8:
		cumulateReal(s, v, slice[int8](x), slice[int8](out))
	case dtype.Int16:
		cumulateReal(s, v, slice[int16](x), slice[int16](out))
	case dtype.Int32:
		cumulateReal(s, v, slice[int32](x), slice[int32](out))
	case dtype.Int64:
		cumulateReal(s, v, slice[int64](x), slice[int64](out))
	case dtype.Bool, dtype.Uint8:
		cumulateReal(s, v, slice[uint8](x), slice[uint8](out))
	case dtype.Uint16:
		cumulateReal(s, v, slice[uint16](x), slice[uint16](out))
	case dtype.Uint32:
		cumulateReal(s, v, slice[uint32](x), slice[uint32](out))
	case dtype.Uint64:
		cumulateReal(s, v, slice[uint64](x), slice[uint64](out))
	case dtype.Float32:
		cumulateReal(s, v, slice[float32](x), slice[float32](out))
	case dtype.Float64:
		cumulateReal(s, v, slice[float64](x), slice[float64](out))
	case dtype.Float16, dtype.BFloat16:
		wide := run.Of[float32](&run.Temporaries, x.Size())
		widen(wide, slice[uint16](x), x.DType)
		cumulateReal(s, v, wide, wide)
		narrow(slice[uint16](out), wide, x.DType)
		run.Give(&run.Temporaries, wide)
	case dtype.Complex64:
		cumulate(stepsBy(complexOp[complex64](s), 5), v, s.Reverse, slice[complex64](x), slice[complex64](out))
	case dtype.Complex128:
		cumulate(stepsBy(complexOp[complex128](s), 5), v, s.Reverse, slice[complex128](x), slice[complex128](out))
	}
}

func cumulateReal[T number](s kir.Cumulative, v view, x, out []T) {
	cumulate(realSteps[T](s), v, s.Reverse, x, out)
}

// steps are the loops that accumulation is made of.
type steps[T any] struct {
	ns     float64                        // an element
	rows   func(dst, a, b []T)            // dst = a op b
	chain  func(dst, x []T, reverse bool) // dst accumulates x
	spread func(dst []T, a T)             // dst = a op dst
}

// stepsBy makes them of one operation, which takes ns nanoseconds.
func stepsBy[T any](op func(a, b T) T, ns float64) steps[T] {
	return steps[T]{
		ns: ns,
		rows: func(dst, a, b []T) {
			a, b = a[:len(dst)], b[:len(dst)]
			for i := range dst {
				dst[i] = op(a[i], b[i])
			}
		},
		chain: func(dst, x []T, reverse bool) {
			if reverse {
				i := len(x) - 1
				acc := x[i]
				for dst[i] = acc; i > 0; {
					i--
					acc = op(acc, x[i])
					dst[i] = acc
				}
				return
			}
			acc := x[0]
			dst[0] = acc
			for i := 1; i < len(x); i++ {
				acc = op(acc, x[i])
				dst[i] = acc
			}
		},
		spread: func(dst []T, a T) {
			for i := range dst {
				dst[i] = op(a, dst[i])
			}
		},
	}
}

// sums are the steps of addition.
func sums[T number]() steps[T] {
	return steps[T]{
		ns: 1,
		rows: func(dst, a, b []T) {
			a, b = a[:len(dst)], b[:len(dst)]
			for i := range dst {
				dst[i] = a[i] + b[i]
			}
		},
		chain: func(dst, x []T, reverse bool) {
			x = x[:len(dst)]
			if reverse {
				acc := x[len(x)-1]
				dst[len(x)-1] = acc
				for i := len(x) - 2; i >= 0; i-- {
					acc += x[i]
					dst[i] = acc
				}
				return
			}
			acc := x[0]
			dst[0] = acc
			for i := 1; i < len(x); i++ {
				acc += x[i]
				dst[i] = acc
			}
		},
		spread: func(dst []T, a T) {
			for i := range dst {
				dst[i] += a
			}
		},
	}
}

func realSteps[T number](s kir.Cumulative) steps[T] {
	switch {
	case s.LogSum:
		return stepsBy(func(a, b T) T { return T(ref.LogAddExp(float64(a), float64(b))) }, 40)
	case s.By == kir.Add:
		return sums[T]()
	case s.By == kir.Mul:
		return stepsBy(func(a, b T) T { return a * b }, 2)
	case s.By == kir.Max:
		return stepsBy(func(a, b T) T { return max(a, b) }, 2)
	case s.By == kir.Min:
		return stepsBy(func(a, b T) T { return min(a, b) }, 2)
	}
	panic(core.Errorf(s.Step(), "code %d does not accumulate", s.By))
}

// columns is how many elements of a row one thread takes at least.
const columns = 1024

// cumulate writes to out, which may be x, what accumulates of x.
func cumulate[T any](s steps[T], v view, reverse bool, x, out []T) {
	if len(x) == 0 {
		return
	}
	groups := (v.n + group - 1) / group
	blocks := (v.inner + columns - 1) / columns
	size := float64(min(v.n, group) * min(v.inner, columns))
	// each calls f for the rows [lo, hi) of a group, in the order of accumulation,
	// and some columns [c, d).
	each := func(f func(o, g, lo, hi, c, d int)) {
		run.Parallel(v.outer*groups*blocks, grain(s.ns*size), func(from, to int) {
			for i := from; i < to; i++ {
				o, g, b := i/(groups*blocks), i/blocks%groups, i%blocks
				lo, hi := g*group, min((g+1)*group, v.n)
				f(o, g, lo, hi, b*columns, min((b+1)*columns, v.inner))
			}
		})
	}
	each(func(o, g, lo, hi, c, d int) { s.local(v, reverse, x, out, o, lo, hi, c, d) })
	if groups == 1 {
		return
	}
	// Accumulate the last row of each group; then what comes before.
	totals := run.Of[T](&run.Temporaries, v.outer*groups*v.inner)
	defer run.Give(&run.Temporaries, totals)
	each(func(o, g, lo, hi, c, d int) {
		at := v.row(o, hi-1, reverse)
		copy(totals[(o*groups+g)*v.inner+c:][:d-c], out[at+c:])
	})
	cumulate(s, view{v.outer, groups, v.inner}, false, totals, totals)
	each(func(o, g, lo, hi, c, d int) {
		if g == 0 {
			return
		}
		before := totals[(o*groups+g-1)*v.inner:][:v.inner]
		if v.inner == 1 {
			at := min(v.row(o, lo, reverse), v.row(o, hi-1, reverse))
			s.spread(out[at:at+hi-lo], before[0])
			return
		}
		for p := lo; p < hi; p++ {
			row := out[v.row(o, p, reverse):]
			s.rows(row[c:d], before[c:d], row[c:d])
		}
	})
}

// row is where row p, counted in the order of accumulation, begins.
func (v view) row(o, p int, reverse bool) int {
	if reverse {
		p = v.n - 1 - p
	}
	return (o*v.n + p) * v.inner
}

// local accumulates the rows [lo, hi) of one group in columns [c, d).
func (s *steps[T]) local(v view, reverse bool, x, out []T, o, lo, hi, c, d int) {
	if v.inner == 1 {
		at := min(v.row(o, lo, reverse), v.row(o, hi-1, reverse))
		s.chain(out[at:at+hi-lo], x[at:at+hi-lo], reverse)
		return
	}
	last := out[v.row(o, lo, reverse):][c:d]
	copy(last, x[v.row(o, lo, reverse):][c:d])
	for p := lo + 1; p < hi; p++ {
		at := v.row(o, p, reverse)
		s.rows(out[at+c:at+d], last, x[at+c:at+d])
		last = out[at+c : at+d]
	}
}
