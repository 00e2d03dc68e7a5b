package jnp

import (
	"gojax/internal/core"
	"gojax/lax"
)

// Pad surrounds x along each axis. width is how many elements to add: an int for all
// ends, a [2]int for the two ends of all axes, or a [][2]int for each axis. Options:
// Mode: constant, the default, edge, reflect, symmetric or wrap; and FillValue, a scalar
// for constant, 0 by default.
func Pad(x any, width any, opts ...Option) lax.Array {
	const what = "pad"
	o := parse(what, opts, modeKind|fillKind)
	y := lax.Operand(what, x)
	widths := padWidths(what, width, y.Rank())
	if o.mode == "" || o.mode == "constant" {
		v := number(y, 0)
		if o.fill != nil {
			v = as(what, o.fill, y.DType())
		}
		config := make([]lax.Padding, len(widths))
		for a, w := range widths {
			config[a] = lax.Padding{w[0], w[1], 0}
		}
		return lax.Pad(y, v, config)
	}
	source, ok := padSources[o.mode]
	switch {
	case !ok:
		panic(core.Errorf(what, "the mode is %q, want constant, edge, reflect, symmetric or wrap", o.mode))
	case o.fill != nil:
		panic(core.Errorf(what, "it takes FillValue in mode constant, not %s", o.mode))
	}
	for a, w := range widths {
		if w == [2]int{} {
			continue
		}
		n := y.Shape()[a]
		if n == 0 {
			panic(core.Errorf(what, "operand has type %v, no elements in axis %d, want some for mode %s", y.Type(), a, o.mode))
		}
		y = padAxis(y, a, w, func(i int) int { return source(i, n) })
	}
	return y
}

// padSources says which element of n stands at place i, which may be negative or beyond.
var padSources = map[string]func(i, n int) int{
	"edge": func(i, n int) int { return min(max(i, 0), n-1) },
	"wrap": func(i, n int) int { return modulo(i, n) },
	"symmetric": func(i, n int) int {
		i = modulo(i, 2*n)
		return min(i, 2*n-1-i)
	},
	"reflect": func(i, n int) int {
		if n == 1 {
			return 0
		}
		i = modulo(i, 2*n-2)
		return min(i, 2*n-2-i)
	},
}

func modulo(i, n int) int { return (i%n + n) % n }

// padAxis returns x with elements added at both ends of an axis, in runs of elements
// that lie side by side in x.
func padAxis(x lax.Array, axis int, width [2]int, source func(i int) int) lax.Array {
	n := x.Shape()[axis]
	var parts []lax.Array
	run := func(from, to int) {
		for i := from; i < to; {
			first, step, end := source(i), 0, i+1
			if end < to {
				step = source(end) - first
			}
			for end < to && source(end)-source(end-1) == step && step*step <= 1 {
				end++
			}
			parts = append(parts, stretch(x, axis, first, step, end-i))
			i = end
		}
	}
	run(-width[0], 0)
	parts = append(parts, x)
	run(n, n+width[1])
	return lax.Concatenate(axis, parts...)
}

// stretch returns n elements of x along an axis from the first on, upwards, downwards or
// the same again.
func stretch(x lax.Array, axis, first, step, n int) lax.Array {
	switch {
	case step > 0 || n == 1:
		return span(x, axis, first, first+n)
	case step < 0:
		return lax.Rev(span(x, axis, first-n+1, first+1), []int{axis})
	}
	shape := append(core.Shape{}, x.Shape()...)
	shape[axis] = n
	return lax.BroadcastTo(span(x, axis, first, first+1), shape)
}

func padWidths(what string, width any, rank int) [][2]int {
	out := make([][2]int, rank)
	switch w := width.(type) {
	case int:
		for a := range out {
			out[a] = [2]int{w, w}
		}
	case [2]int:
		for a := range out {
			out[a] = w
		}
	case [][2]int:
		if len(w) != rank && len(w) != 1 {
			panic(core.Errorf(what, "the widths are %v, want one pair for each of %d axes, or one", w, rank))
		}
		for a := range out {
			out[a] = w[a%len(w)]
		}
	default:
		panic(core.Errorf(what, "the width is a %T, want an int, a [2]int or a [][2]int", width))
	}
	for _, w := range out {
		if w[0] < 0 || w[1] < 0 {
			panic(core.Errorf(what, "the widths are %v, want no negative ones", out))
		}
	}
	return out
}
