package jax_test

import (
	"strings"
	"testing"

	"gojax/jax"
	"gojax/lax"
)

type params struct {
	W      Array
	Layers []layer
	Count  Array // integers: not differentiated
	Extra  Array // absent
	Depth  int
}

type layer struct{ W, B Array }

func newParams() params {
	return params{W: vector(1, 2), Layers: []layer{{vector(3, 4), vector(5, 6)}}, Count: jax.FromSlice([]int32{7}), Depth: 2}
}

func loss(p params) Array {
	return lax.ReduceSum(p.W.Mul(p.Layers[0].W).Add(p.Layers[0].B.Mul(p.Depth)), []int{0})
}

func TestGradOfTree(t *testing.T) {
	g := jax.Grad(loss)(newParams())
	near(t, "W", g.W, vector(3, 4), 0)
	near(t, "Layers[0].W", g.Layers[0].W, vector(1, 2), 0)
	near(t, "Layers[0].B", g.Layers[0].B, vector(2, 2), 0)
	if !g.Count.IsAbsent() || !g.Extra.IsAbsent() || g.Depth != 2 {
		t.Errorf("got Count %v, Extra %v, Depth %d; want absent, absent and 2", g.Count, g.Extra, g.Depth)
	}
	y, g2 := jax.Jit(jax.ValueAndGrad(loss))(newParams())
	near(t, "value under Jit", y, loss(newParams()), 0)
	near(t, "gradient under Jit", g2.W, g.W, 0)
}

func TestGradVariants(t *testing.T) {
	f := func(x Array) (Array, map[string]Array) {
		y := x.Mul(x)
		return lax.ReduceSum(y, []int{0}), map[string]Array{"y": y}
	}
	g, aux := jax.GradAux(f)(vector(1, 2))
	near(t, "gradient", g, vector(2, 4), 0)
	near(t, "second result", aux["y"], vector(1, 4), 0)
	v, aux, g := jax.ValueAndGradAux(f)(vector(1, 2))
	near(t, "value", v, scalar(5), 0)
	near(t, "second result", aux["y"], vector(1, 4), 0)
	near(t, "gradient", g, vector(2, 4), 0)
	mul := func(x, y Array) Array { return lax.ReduceSum(x.Mul(y), []int{0}) }
	gx, gy := jax.Grad2(mul)(vector(1, 2), vector(3, 4))
	near(t, "first", gx, vector(3, 4), 0)
	near(t, "second", gy, vector(1, 2), 0)
	near(t, "fixed", jax.Grad(jax.With(mul, vector(3, 4)))(vector(1, 2)), vector(3, 4), 0)
	stopped := jax.Grad(func(x Array) Array { return mul(x, jax.StopGradient(x)) })(vector(1, 2))
	near(t, "stopped", stopped, vector(1, 2), 0)
	back := jax.LinearTranspose(func(x Array) Array { return lax.BroadcastTo(x.Mul(3), jax.Shape{2, 2}) }, vector(0, 0))
	near(t, "transposed", back(lax.BroadcastTo(vector(1), jax.Shape{2, 2})), vector(6, 6), 0)
}

func TestGradSeesValues(t *testing.T) {
	var f func(x Array, n int) Array
	f = func(x Array, n int) Array { // recursion, a choice by value, a loop
		if n == 0 || x.Gt(100).Bool() {
			return x
		}
		for range 2 {
			x = x.Mul(x)
		}
		return f(x, n-1)
	}
	g := func(x Array) Array { return f(x, 2) } // x¹⁶ for small x
	near(t, "first", jax.Grad(g)(scalar(1)), scalar(16), 0)
	near(t, "second", jax.Grad(jax.Grad(g))(scalar(1)), scalar(240), 1e-6)
	near(t, "third", jax.Grad(jax.Grad(jax.Grad(g)))(scalar(1)), scalar(3360), 1e-6)
}

func TestJacobianOfTree(t *testing.T) {
	type in struct{ A, B Array }
	f := func(x in) Array {
		return lax.BroadcastTo(x.A, jax.Shape{2, 2}).Mul(lax.BroadcastInDim(x.B, jax.Shape{2, 2}, []int{0}))
	}
	x := in{vector(1, 2), vector(3, 4)}
	fwd, rev := jax.Jacfwd(f)(x), jax.Jacrev(f)(x)
	near(t, "A", fwd.A, rev.A, 0)
	near(t, "B", fwd.B, rev.B, 0)
	near(t, "A", fwd.A, vector(3, 0, 0, 3, 4, 0, 0, 4), 0)
	flat, unravel := jax.Ravel(x)
	near(t, "raveled", flat, vector(1, 2, 3, 4), 0)
	near(t, "unraveled", unravel(flat.Add(1)).B, vector(4, 5), 0)
}

func TestVmap(t *testing.T) {
	m := lax.Reshape(vector(1, 2, 3, 4, 5, 6), jax.Shape{2, 3})
	dot := func(x, y Array) Array { return lax.ReduceSum(x.Mul(y), []int{0}) }
	near(t, "columns with one vector", jax.Vmap(dot, jax.InAxes(1, nil))(m, vector(1, 10)), vector(41, 52, 63), 0)
	near(t, "out axis", jax.Vmap(lax.Neg, jax.InAxes(1), jax.OutAxes(-1))(m), m.Neg(), 0)
	type pair struct{ W, B Array }
	f := jax.Vmap(func(p pair, x Array) Array { return p.W.Mul(x).Add(p.B) }, jax.InAxes(jax.Axes{"W": 0, "*": nil}, nil))
	near(t, "axes by name", f(pair{vector(1, 2), scalar(10)}, scalar(3)), vector(13, 16), 0)
	sum := jax.Vmap(func(x Array) Array { return jax.Psum(x, "i").Add(jax.AxisIndex("i")) }, jax.AxisName("i"))
	near(t, "psum and axis_index", sum(vector(1, 2, 3)), vector(6, 7, 8), 0)
	none := jax.Vmap(func() Array { return jax.AxisIndex("i") }, jax.AxisName("i"), jax.AxisSize(3))
	near(t, "without arguments", none().Astype(jax.Float32), vector(0, 1, 2), 0)
	g := jax.Vmap(jax.Grad(func(x Array) Array { return jax.Psum(x.Mul(x), "i") }), jax.AxisName("i"))
	near(t, "gradient through psum", g(vector(1, 2)), vector(4, 8), 0)
	jitted := jax.Jit(func(x Array) Array { return x.Div(jax.Psum(x, "i")) })
	near(t, "axis read inside Jit", jax.Vmap(jitted, jax.AxisName("i"))(vector(1, 3)), vector(.25, .75), 0)
}

// TestErrors holds what wrong use is told. Each message begins with this file and a line.
func TestErrors(t *testing.T) {
	x := vector(1, 2, 3)
	ints := jax.FromSlice([]int32{1, 2, 3})
	gone := vector(1)
	gone.Delete()
	type bad struct {
		W     Array
		Scale float64
	}
	for _, row := range []struct {
		name string
		f    func()
		want string
	}{
		{"shapes", func() { x.Add(vector(1, 2)) }, "add: operands have shapes [3] and [2], want shapes that broadcast"},
		{"strict shapes", func() { lax.Mul(x, vector(1)) }, "mul: operands have types f32[3] and f32[1], want equal types"},
		{"dtypes", func() { lax.Add(x, ints) }, "add: operands have types f32[3] and i32[3]"},
		{"integer out of range", func() { jax.FromSlice([]int8{1}).Add(300) }, "add: the number 300 is out of the range of i8"},
		{"vector gradient", func() { jax.Grad(lax.Neg)(x) }, "Grad: Neg returned f32[3], want a scalar"},
		{"integer gradient", func() { jax.Grad(lax.Neg)(ints) }, "Grad: the argument of Neg has no floating leaf"},
		{"integer loss", func() { jax.Grad(func(x Array) Array { return lax.ReduceSum(x.Astype(jax.Int32), []int{0}) })(x) },
			"returned i32[], want a real floating type"},
		{"float in a tree", func() { jax.Grad(func(p bad) Array { return lax.ReduceSum(p.W, []int{0}) })(bad{W: x}) },
			"Scale: float64 is neither an array nor static"},
		{"value under Jit", func() { jax.Jit(func(x Array) Array { x.Bool(); return x })(scalar(1)) },
			"f32[] is traced by Jit (TestErrors.func"},
		{"value under Vmap", func() { jax.Vmap(func(x Array) Array { x.Float(); return x })(x) },
			"f32[] is traced by Vmap (TestErrors.func"},
		{"deleted", func() { gone.Add(1) }, "add: the array was deleted"},
		{"tangent tree", func() { jax.Jvp(loss, newParams(), params{}) }, "the (co)tangent is not a tree like that of loss: Layers: "},
		{"tangent type", func() { jax.Jvp(lax.Neg, x, vector(1)) }, "Jvp: the (co)tangent has type f32[1], want f32[3]"},
		{"tangent leaf", func() {
			p := newParams()
			p.Layers[0].W = vector(1)
			jax.Jvp(loss, newParams(), p)
		}, "the (co)tangent of leaf Layers[0].W has type f32[1], want f32[2]"},
		{"sizes of examples", func() { jax.Vmap(lax.Add)(x, vector(1)) },
			"Vmap: argument 0 has size 3 in its mapped axis and argument 1 has 1, want equal sizes"},
		{"no axis", func() { jax.Vmap(lax.Neg)(scalar(1)) }, "argument 0 has type f32[], which has no axis 0 to map over"},
		{"nothing mapped", func() { jax.Vmap(lax.Neg, jax.InAxes(nil))(x) }, "no argument of Neg is mapped over"},
		{"axes", func() { jax.Vmap(lax.Neg, jax.InAxes(0, 0)) }, "InAxes has 2 axes, but Neg has 1 arguments"},
		{"unbound axis", func() { jax.Psum(x, "i").BlockUntilReady() }, `"i"`},
		{"too large for the machine", func() { lax.Full(jax.Shape{1 << 45}, 1, jax.Int8) },
			"an array of type i8[35184372088832] takes 32768.0 GiB, more than the"},
		{"donation", func() { jax.Jit(lax.Neg, jax.DonateArgs(1)) }, "DonateArgs has position 1, but Neg has 1 arguments"},
	} {
		t.Run(row.name, func(t *testing.T) {
			err := jax.Try(row.f)
			if err == nil {
				t.Fatalf("no error, want %q", row.want)
			}
			if got := err.Error(); !strings.Contains(got, row.want) || !strings.HasPrefix(got, "grad_test.go:") {
				t.Errorf("got  %s\nwant grad_test.go:line: … %s", got, row.want)
			}
		})
	}
}
