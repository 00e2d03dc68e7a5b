package optest

import (
	"testing"

	"gojax/internal/core"
	"gojax/jax"
	"gojax/lax"
)

// TestAxes gives Vmap examples along any axes of operands and results, counted from
// either end, for the first few cases of each operation on f64 or i32.
func TestAxes(t *testing.T) {
	for name, group := range byName(t) {
		tried := 0
		for _, c := range group {
			if tried == 4 || len(c.In) == 0 || c.Wide != nil || !everyday(c) {
				continue
			}
			tried++
			t.Run(name, func(t *testing.T) { checkAxes(newChecker(t, c)) })
		}
	}
}

func checkAxes(k *checker) {
	const n = 3
	f := func(x []array) []array {
		v := k.call(valuesOf(x)...)
		y := make([]array, len(v))
		for i := range v {
			y[i] = lax.Of(v[i])
		}
		return y
	}
	in, x := make([]any, len(k.In)), make([]array, len(k.In))
	examples := make([][]array, n)
	for i := range examples {
		examples[i] = make([]array, len(k.In))
	}
	for j, o := range k.In {
		shared := lax.Of(o.draw(k.r, j, len(k.In)))
		if x[j] = shared; j > 0 && k.r.IntN(3) == 0 { // the first is always mapped
			for i := range examples {
				examples[i][j] = shared
			}
			continue
		}
		axis := k.r.IntN(o.Rank() + 1)
		rows := make([]array, n)
		for i := range rows {
			examples[i][j] = lax.Of(o.draw(k.r, j, len(k.In)))
			rows[i] = lax.ExpandDims(examples[i][j], []int{axis})
		}
		x[j] = lax.Concatenate(axis, rows...)
		if in[j] = axis; k.r.IntN(2) == 0 {
			in[j] = axis - o.Rank() - 1
		}
	}
	one := f(examples[0])
	out, from := make([]any, len(one)), make([]int, len(one))
	for i, y := range one {
		from[i] = k.r.IntN(y.Rank() + 1)
		if out[i] = from[i]; k.r.IntN(2) == 0 {
			out[i] = from[i] - y.Rank() - 1
		}
	}
	y := jax.Vmap(f, jax.InAxes(in), jax.OutAxes(out))(x)
	for row, example := range examples {
		want := f(example)
		got := make([]array, len(y))
		for i := range y {
			got[i] = lax.Squeeze(lax.SliceInDim(y[i], row, row+1, 1, from[i]), []int{from[i]})
		}
		before := k.failed
		if k.same("rows along axes", valuesOf(got), valuesOf(want), k.ULP); k.failed > before {
			k.errorf("in axes %v, out axes %v", in, out)
		}
	}
}

func valuesOf(x []array) []*core.Value {
	v := make([]*core.Value, len(x))
	for i := range x {
		v[i] = x[i].Value()
	}
	return v
}
