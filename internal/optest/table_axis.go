package optest

import (
	"gojax/internal/batch"
	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/internal/rule"
	"gojax/lax"
)

// Operations on a named axis have a meaning inside Vmap only: these functions of x
// give its rows, or columns, to examples.

// named maps f over the rows of x, or, if x is not stacked, over as many examples that
// share it.
func named(n int, stacked bool, x *core.Value, f func(x lax.Array) lax.Array) *core.Value {
	a := rule.Axis{Name: "i", Size: n}
	y, rows := batch.Vmap(owner, a, func(v ...*core.Value) []*core.Value {
		return []*core.Value{f(lax.Of(v[0])).Value()}
	}, []*core.Value{x}, core.Mask{stacked})
	return lax.Stack(a, y[0], rows[0])
}

// collective adds the cases of an operation that combines examples as the reduction with
// the given name does.
func collective(m *maker, op rule.Complete, f func(x lax.Array, axis string) lax.Array, reduce string) {
	along := func(x lax.Array) lax.Array { return f(x, "i") }
	by := map[string]func(x lax.Array, axes []int) lax.Array{
		"reduce_sum": lax.ReduceSum, "reduce_max": lax.ReduceMax, "reduce_min": lax.ReduceMin}[reduce]
	// of reduces n rows, those of x or equal ones, and repeats the result.
	of := func(n int, stacked bool) core.Fn {
		return func(v ...*core.Value) []*core.Value {
			a := rule.Axis{Size: n}
			rows := host(lax.Stack(a, v[0], stacked))
			reduction := lastBound(reduce, core.Types([]*core.Value{rows}), one(func(x lax.Array) lax.Array { return by(x, []int{0}) }))
			return []*core.Value{lax.Stack(a, reduction.Eval([]*core.Value{rows})[0], false)}
		}
	}
	add := func(fn, eval core.Fn, shape ...int) {
		c := m.add(op, m.positive(shape...))
		c.Fn, c.Eval = fn, eval
		c.Finite = m.d.IsComplex() // n·x is not x + … + x where a part is infinite
	}
	add(func(v ...*core.Value) []*core.Value { return []*core.Value{named(3, true, v[0], along)} }, of(3, true), 3, 2)
	add(func(v ...*core.Value) []*core.Value { return []*core.Value{named(1, true, v[0], along)} }, of(1, true), 1)
	add(func(v ...*core.Value) []*core.Value { return []*core.Value{named(3, false, v[0], along)} }, of(3, false), 2)
	add(func(v ...*core.Value) []*core.Value { // columns are examples of another, unnamed axis inside
		return []*core.Value{named(3, true, v[0], func(x lax.Array) lax.Array {
			y := vmap(2, func(v ...*core.Value) []*core.Value { return []*core.Value{along(lax.Of(v[0])).Value()} },
				core.All(1), []*core.Value{x.Value()})
			return lax.Of(y[0])
		})}
	}, of(3, true), 3, 2)
}

func psumCases(m *maker, op rule.Complete) {
	if m.d != dtype.Bool {
		collective(m, op, lax.PSum, "reduce_sum")
	}
}

func pmaxCases(m *maker, op rule.Complete) { collective(m, op, lax.PMax, "reduce_max") }
func pminCases(m *maker, op rule.Complete) { collective(m, op, lax.PMin, "reduce_min") }

func axisIndexCases(m *maker, op rule.Complete) {
	if m.d != dtype.Int32 {
		return
	}
	c := m.add(op, m.arg(3))
	c.Fn = func(v ...*core.Value) []*core.Value {
		return []*core.Value{named(3, true, v[0], func(x lax.Array) lax.Array { return lax.AxisIndex("i").Mul(x) })}
	}
	c.Eval = func(v ...*core.Value) []*core.Value {
		return []*core.Value{lax.Mul(lax.Of(v[0]), lax.Iota(dtype.Int32, 3)).Value()}
	}
}
