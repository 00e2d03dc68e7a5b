package optest

import (
	"iter"
	"slices"

	"gojax/internal/batch"
	"gojax/internal/core"
	"gojax/internal/rule"
)

// masks yields choices among the marked members, none of them empty: all of them, each
// alone, and others as far as there are few.
func (k *checker) masks(of core.Mask) iter.Seq[core.Mask] {
	return func(yield func(core.Mask) bool) {
		var marked []int
		for i, on := range of {
			if on {
				marked = append(marked, i)
			}
		}
		n := len(marked)
		for bits := 1<<n - 1; bits > 0; bits-- {
			if n > 3 && !thorough && bits != 1<<n-1 && bits&(bits-1) != 0 && k.r.IntN(1<<(n-2)) > 0 {
				continue
			}
			m := make(core.Mask, len(of))
			for j, i := range marked {
				m[i] = bits>>j&1 == 1
			}
			if !yield(m) {
				return
			}
		}
	}
}

// vmap returns the results of f on n examples, all of them with rows.
func vmap(n int, f core.Fn, in core.Mask, x []*core.Value) []*core.Value {
	a := rule.Axis{Size: n}
	y, stacked := batch.Vmap(owner, a, f, x, in)
	return batch.Stack(a, y, stacked, core.All(len(y)))
}

// checkRows compares the operation on rows, and its derivatives on rows, with loops.
func (k *checker) checkRows() {
	for m := range k.masks(core.All(len(k.In))) {
		for _, n := range []int{3, 1, 0} {
			k.rowsOf("rows", k.call, k.eval, k.In, m, n, k.ULP)
			if !k.full() {
				break
			}
		}
		if !k.full() && k.r.IntN(2) == 0 {
			break
		}
	}
	if !k.full() {
		return
	}
	for m := range k.masks(core.All(len(k.In))) { // rows of rows
		inner := slices.Clone(k.In)
		for i, on := range m {
			if on {
				inner[i].Type = inner[i].Type.Stacked(2)
			}
		}
		of := func(x ...*core.Value) []*core.Value { return vmap(2, k.call, m, x) }
		outer := make(core.Mask, len(m))
		for i := range outer {
			outer[i] = k.r.IntN(2) == 0
		}
		if outer.Any() {
			k.rowsOf("rows of rows", of, of, inner, outer, 2, k.ULP)
		}
	}
}

// rowsOf holds fn on n rows of the marked operands to one on each.
func (k *checker) rowsOf(what string, fn, one core.Fn, in []Operand, m core.Mask, n int, ulp float64) {
	all := make([][]*core.Value, n)
	first := drawAll(k.r, in)
	for i := range all {
		all[i] = slices.Clone(first)
		for j := range in {
			if m[j] {
				all[i][j] = in[j].draw(k.r, j, len(in))
			}
		}
	}
	x := slices.Clone(first)
	for j, o := range in {
		if m[j] {
			column := make([]*core.Value, n)
			for i := range column {
				column[i] = all[i][j]
			}
			x[j] = stack(o.Type, column)
		}
	}
	y := vmap(n, fn, m, x)
	if n == 0 {
		want := core.Types(one(first...))
		for i := range want {
			want[i] = want[i].Stacked(0)
		}
		k.sameTypes("no rows give", core.Types(y), want)
	}
	for i := range all {
		got := make([]*core.Value, len(y))
		for j := range y {
			got[j] = row(y[j], i)
		}
		before := k.failed
		if k.same(what, got, one(all[i]...), ulp); k.failed > before {
			k.errorf("%s: row %d of %d of the operands %v", what, i, n, m)
		}
	}
}
