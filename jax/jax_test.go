package jax_test

import (
	"math"
	"testing"

	"gojax/jax"
	"gojax/lax"
)

type Array = jax.Array
type fn = func(Array) Array

func vector(x ...float32) Array { return jax.FromSlice(x) }

// laws are functions of a vector of three.
var laws = []struct {
	name string
	f    fn
}{
	{"neg", lax.Array.Neg},
	{"exp", lax.Array.Exp},
	{"log", lax.Array.Log},
	{"tanh", lax.Array.Tanh},
	{"add", func(x Array) Array { return x.Add(1).Add(x.Sin()) }},
	{"sub", func(x Array) Array { return x.Sub(1).Neg().Sub(lax.ReduceSum(x, []int{0})) }},
	{"mul", func(x Array) Array { return x.Mul(x).Mul(lax.ReduceSum(x, []int{0})) }},
	{"div", func(x Array) Array { return x.Div(x.Sin().Add(2)).Div(lax.ReduceSum(x, []int{0})) }},
	{"select", func(x Array) Array { return lax.Select(x.Gt(1), x.Mul(x), x.Neg()) }},
	{"shapes", func(x Array) Array {
		return lax.ReduceSum(lax.Transpose(lax.BroadcastTo(x, jax.Shape{2, 3}), []int{1, 0}), []int{1}).Mul(x)
	}},
	{"dot", func(x Array) Array { return lax.Dot(x, x.Sin()) }},
	{"logistic", sl},
	{"jit", jax.Jit(func(x Array) Array { return x.Mul(lax.ReduceSum(x, []int{0})) })},
}

// TestLaws holds the laws that tie the transformations together.
func TestLaws(t *testing.T) {
	x, v, ct := vector(.5, 1.2, 2), vector(1, -2, .5), vector(.3, 1, -1)
	for _, law := range laws {
		t.Run(law.name, func(t *testing.T) {
			f := law.f
			if law.f(x).Rank() == 0 {
				f = func(x Array) Array { return lax.BroadcastTo(law.f(x), jax.Shape{3}) }
			}
			y, dy := jax.Jvp(f, x, v)

			const h = 1e-2
			hi, lo := f(x.Add(v.Mul(h))), f(x.Sub(v.Mul(h)))
			near(t, "jvp = difference", dy, hi.Sub(lo).Div(2*h), 5e-3)

			y2, pull := jax.Vjp(f, x)
			near(t, "vjp's value", y2, y, 0)
			near(t, "<ct, J v> = <Jt ct, v>", lax.Dot(ct, dy), lax.Dot(pull(ct), v), 1e-5)

			_, lin := jax.Linearize(f, x)
			near(t, "linearize = jvp", lin(v), dy, 1e-5)

			near(t, "jit = eager", jax.Jit(f)(x), y, 0)
			near(t, "jit grad = grad jit", jax.Jit(jax.Grad(total(f)))(x), jax.Grad(total(jax.Jit(f)))(x), 1e-5)
			near(t, "jacfwd = jacrev", jax.Jacfwd(f)(x), jax.Jacrev(f)(x), 1e-5)
			hess := jax.Hessian(total(f))(x)
			near(t, "hessian = its transpose", hess, lax.Transpose(hess, []int{1, 0}), 1e-4)

			xs := lax.BroadcastTo(x, jax.Shape{2, 3}).Mul(lax.BroadcastedIota(jax.Float32, jax.Shape{2, 3}, 0).Add(1))
			for _, g := range []fn{f, jax.Grad(total(f)), jax.Jit(f)} {
				all := jax.Values[float32](jax.Vmap(g)(xs))
				for i := range 2 {
					near(t, "vmap = loop", vector(all[3*i:3*i+3]...), g(x.Mul(i+1)), 1e-5)
				}
			}
		})
	}
}

func total(f fn) fn { return func(x Array) Array { return lax.ReduceSum(f(x), []int{0}) } }

func near(t *testing.T, law string, got, want Array, tolerance float64) {
	t.Helper()
	a, b := jax.Values[float32](got), jax.Values[float32](want)
	for i := range b {
		if len(a) != len(b) || !(math.Abs(float64(a[i]-b[i])) <= tolerance*max(1, math.Abs(float64(b[i])))) {
			t.Fatalf("%s: %v and %v", law, a, b)
		}
	}
}
