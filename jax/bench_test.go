package jax_test

import (
	"testing"

	"gojax/jax"
	"gojax/lax"
)

// sl is the sum of the logistic function.
func sl(x Array) Array {
	return lax.ReduceSum(lax.Number(jax.Float32, 1).Div(x.Neg().Exp().Add(1)), []int{0})
}

func BenchmarkEagerGrad(b *testing.B) {
	g := jax.Grad(sl)
	x := vector(0, 1, 2)
	b.ReportAllocs()
	for b.Loop() {
		g(x)
	}
}
func BenchmarkEagerAdd(b *testing.B) {
	x := scalar(1)
	b.ReportAllocs()
	for b.Loop() {
		x.Add(1)
	}
}
func BenchmarkJitAdd(b *testing.B) {
	x := scalar(1)
	f := jax.Jit(func(x Array) Array { return x.Add(1) })
	b.ReportAllocs()
	for b.Loop() {
		f(x)
	}
}
func BenchmarkJit200(b *testing.B) {
	type tree struct{ K [200]Array }
	var p tree
	for i := range p.K {
		p.K[i] = scalar(1)
	}
	f := jax.Jit(func(p tree) tree {
		for i, v := range p.K {
			p.K[i] = v.Add(1)
		}
		return p
	})
	b.ReportAllocs()
	for b.Loop() {
		f(p)
	}
}
func BenchmarkCompileHessian(b *testing.B) {
	x := vector(0, 1, 2)
	for i := 0; b.Loop(); i++ {
		f := func(x Array) Array { return sl(x).Mul(i) }
		jax.Jit(jax.Jacfwd(jax.Jacrev(f)))(x)
	}
}
