// Quickstart goes through JAX's Quickstart in Go, cell by cell and in its order:
// multiplying matrices, compiling functions with Jit, differentiating them with Grad,
// and writing them for one example and running them on many with Vmap.
//
//	go run ./examples/quickstart          # with times as IPython's %timeit prints them
//	go run ./examples/quickstart -quick   # each time from one short run
package main

import (
	"flag"
	"fmt"
	"os"

	"gojax/jax"
	"gojax/jnp"
	"gojax/random"
)

func main() {
	quick := flag.Bool("quick", false, "time one short run of each")
	flag.Parse()
	t := timer{out: os.Stdout, quick: *quick}

	// Random numbers come from an explicit key, so the same program always draws the
	// same ones, in whatever order it runs.
	key := random.PRNGKey(0)

	multiplyMatrices(t, key)
	compileFunctions(t, key)
	takeDerivatives()
	higherDerivatives()
	vectorize(t, key)
	useGo()
}

// multiplyMatrices draws arrays and multiplies big ones.
func multiplyMatrices(t timer, key jax.Array) {
	fmt.Println("Multiplying matrices")
	x := random.Normal(key, jax.Shape{10})
	fmt.Println(x)

	// Operations return before their results are computed. BlockUntilReady waits, so
	// that the time is that of the product and not of asking for it.
	const size = 3000
	x = random.Normal(key, jax.Shape{size, size}, jax.Float32).BlockUntilReady()
	t.time("dot(x, x.T), x from random.Normal", func() { jnp.Dot(x, x.T()).BlockUntilReady() })

	// A Go slice becomes an array by being copied, here for each product.
	host := make([]float32, size*size)
	for i := range host {
		host[i] = float32(i%7) - 3
	}
	t.time("dot(x, x.T), x a host slice", func() {
		x := jax.FromSlice(host, size, size)
		jnp.Dot(x, x.T()).BlockUntilReady()
	})

	// DevicePut copies it to the device once. On the CPU that saves little; on an
	// accelerator it saves the way there.
	onDevice := jax.DevicePut(jax.FromSlice(host, size, size)).BlockUntilReady()
	t.time("dot(x, x.T), x put on the device", func() { jnp.Dot(onDevice, onDevice.T()).BlockUntilReady() })
}

// selu is the scaled exponential linear unit.
func selu(x jax.Array) jax.Array {
	const alpha, lambda = 1.67, 1.05
	return jnp.Where(x.Gt(0), x, x.Exp().Mul(alpha).Sub(alpha)).Mul(lambda)
}

// compileFunctions runs the operations of selu one by one, and then as one program.
func compileFunctions(t timer, key jax.Array) {
	fmt.Println("\nUsing Jit to speed up functions")
	x := random.Normal(key, jax.Shape{1_000_000}).BlockUntilReady()
	t.time("selu(x)", func() { selu(x).BlockUntilReady() })

	// Jit traces selu at the first call, compiles what it recorded, and keeps that.
	seluJit := jax.Jit(selu)
	t.time("seluJit(x)", func() { seluJit(x).BlockUntilReady() })
}

// sumLogistic has a derivative that can be checked in the head: σ(1-σ).
func sumLogistic(x jax.Array) jax.Array {
	return jnp.Sum(jnp.Div(1, x.Neg().Exp().Add(1)))
}

// takeDerivatives compares a gradient with finite differences.
func takeDerivatives() {
	fmt.Println("\nTaking derivatives with Grad")
	x := jnp.Arange(3.0)
	fmt.Println(jax.Grad(sumLogistic)(x))
	fmt.Println(firstFiniteDifferences(sumLogistic, x))
}

// firstFiniteDifferences moves x a little to both sides, in the direction of each row of
// the identity matrix.
func firstFiniteDifferences(f func(jax.Array) jax.Array, x jax.Array) jax.Array {
	const eps = 1e-3
	var slopes []jax.Array
	for _, v := range jnp.Eye(x.Len()).All() {
		step := v.Mul(eps)
		slopes = append(slopes, f(x.Add(step)).Sub(f(x.Sub(step))).Div(2*eps))
	}
	return jnp.Array(slopes)
}

// higherDerivatives composes transformations.
func higherDerivatives() {
	// Grad and Jit mix in any order and to any depth.
	third := jax.Grad(jax.Jit(jax.Grad(jax.Jit(jax.Grad(sumLogistic)))))
	fmt.Println(third(jnp.Float32(1)))

	// Jacrev differentiates in reverse and Jacfwd forwards; one inside the other computes
	// all second derivatives.
	x := jnp.Arange(3.0)
	hessian := func(f func(jax.Array) jax.Array) func(jax.Array) jax.Array {
		return jax.Jit(jax.Jacfwd(jax.Jacrev(f)))
	}
	fmt.Println(hessian(sumLogistic)(x))

	// Vjp pulls a cotangent of the result back, Jvp pushes a tangent of the argument
	// forward, and one of the other is a product with the Hessian that never forms it.
	v := jnp.Ones(jax.Shape{3})
	value, pullback := jax.Vjp(sumLogistic, x)
	fmt.Println(value, pullback(jnp.Float32(1)))
	value, slope := jax.Jvp(sumLogistic, x, v)
	fmt.Println(value, slope)
	gradient := func(x jax.Array) jax.Array {
		_, pullback := jax.Vjp(sumLogistic, x)
		return pullback(jnp.Float32(1))
	}
	_, hvp := jax.Jvp(gradient, x, v)
	fmt.Println(hvp)
}

// vectorize multiplies a matrix with a batch of vectors in three ways.
func vectorize(t timer, key jax.Array) {
	fmt.Println("\nAuto-vectorization with Vmap")
	mat := random.Normal(key, jax.Shape{150, 100})
	batch := random.Normal(key, jax.Shape{10, 100})
	applyMatrix := func(v jax.Array) jax.Array { return jnp.Dot(mat, v) }

	// A Go loop over the rows works, with one product for each.
	naive := func(vs jax.Array) jax.Array {
		var rows []jax.Array
		for _, v := range vs.All() {
			rows = append(rows, applyMatrix(v))
		}
		return jnp.Stack(rows)
	}
	t.time("naively batched", func() { naive(batch).BlockUntilReady() })

	// This case can be batched by hand, as Dot takes a matrix as well as a vector.
	manual := jax.Jit(func(vs jax.Array) jax.Array { return jnp.Dot(vs, mat.T()) })
	t.time("manually batched", func() { manual(batch).BlockUntilReady() })

	// Vmap does it for any function, without a loop and without a thought.
	auto := jax.Jit(func(vs jax.Array) jax.Array { return jax.Vmap(applyMatrix)(vs) })
	t.time("auto-vectorized with Vmap", func() { auto(batch).BlockUntilReady() })

	same := func(a, b jax.Array) bool { return jnp.Allclose(a, b, jnp.Rtol(1e-4), jnp.Atol(1e-4)).Bool() }
	fmt.Println("all equal:", same(naive(batch), manual(batch)) && same(manual(batch), auto(batch)))
}

// power is recursion: x to the power n.
func power(x jax.Array, n int) jax.Array {
	if n == 0 {
		return jnp.OnesLike(x)
	}
	return power(x, n-1).Mul(x)
}

// useGo differentiates a function made of Go's own control flow.
func useGo() {
	fmt.Println("\nLoops, ifs, recursion and closures")
	scale := jnp.Float32(0.5)
	f := func(x jax.Array) jax.Array {
		y := x
		for i := range 3 { // a loop
			y = y.Add(x.Mul(i).Sin())
		}
		if y.Gt(1).Bool() { // a choice by value, which is known under Grad
			y = power(y, 3) // recursion
		}
		return y.Mul(scale) // a closure
	}
	x := jnp.Float32(0.8)
	fmt.Println(f(x), jax.Grad(f)(x), jax.Grad(jax.Grad(f))(x), jax.Grad(jax.Grad(jax.Grad(f)))(x))

	// A mask picks elements, and how many is known when it has values.
	negatives := func(x jax.Array) jax.Array { return x.Index(x.Lt(0)) }
	xs := jnp.Array([]float32{-2, -1, 0, 1, 2})
	fmt.Println(negatives(xs))

	// Under Jit it has none, and the size of the result would depend on them.
	if err := jax.Try(func() { jax.Jit(negatives)(xs) }); err != nil {
		fmt.Println(err)
	}
}
