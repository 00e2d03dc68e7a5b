package main

import (
	"gojax/internal/ir"
	"gojax/jax"
	"gojax/jnp"
	"gojax/lax"
	"gojax/nn"
	"gojax/random"
)

// A program is one to look at by name.
type program struct {
	name, what string
	trace      func() *ir.Func
}

var f32 = jax.Float32

// shape is an array of which only the type is known.
func shape(dims ...int) jax.Array { return jax.ShapeDtype(f32, dims...) }

func trace(f any, args ...any) func() *ir.Func {
	return func() *ir.Func { return jax.MakeJaxpr(f)(args...).Func() }
}

var programs = []program{
	{"axpb", "2x + y of 1,000 elements", trace(axpb, shape(1000), shape(1000))},
	{"selu", "one instruction after the other, and a transcendental one", trace(selu, shape(1000))},
	{"softmax", "of the rows of a matrix", trace(softmax, shape(100, 300))},
	{"layernorm", "of the rows of a matrix", trace(layerNorm, shape(100, 256))},
	{"logsumexp", "of a vector", trace(func(x jax.Array) jax.Array { return jnp.Logsumexp(x) }, shape(10000))},
	{"norm", "of a vector: a reduction that takes its operand in", trace(norm, shape(10000))},
	{"dense", "a layer: a product, a bias, and an activation", trace(dense, shape(32, 64), shape(64, 128), shape(128))},
	{"mlp", "the gradient of the loss of two layers", trace(jax.Grad2(loss), weights{shape(64, 32), shape(32), shape(32, 10)}, shape(16, 64))},
	{"hessian", "of a function of three numbers", trace(jax.Hessian(func(x jax.Array) jax.Array { return jnp.Sum(jnp.Sin(x).Mul(x)) }), shape(3))},
	{"transpose", "of a matrix, and a sum with it", trace(func(x jax.Array) jax.Array { return x.Add(x.T()) }, shape(100, 100))},
	{"pad", "and a convolution by hand: conditions on indices", trace(stencil, shape(20000))},
	{"take", "rows at indices", trace(take, shape(100, 16), jax.ShapeDtype(jax.Int32, 50))},
	{"uniform", "random numbers", trace(func(k jax.Array) jax.Array { return random.Uniform(k, jax.Shape{1000}) }, jax.ShapeDtype(jax.Uint32, 2))},
}

func axpb(x, y jax.Array) jax.Array { return x.Mul(2).Add(y) }

func selu(x jax.Array) jax.Array {
	const alpha, lambda = 1.6732632423543772, 1.0507009873554805
	return jnp.Where(x.Gt(0), x, jnp.Exp(x).Mul(alpha).Sub(alpha)).Mul(lambda)
}

func softmax(x jax.Array) jax.Array { return nn.Softmax(x) }

func layerNorm(x jax.Array) jax.Array {
	c := x.Sub(jnp.Mean(x, jnp.Axis(-1), jnp.KeepDims()))
	v := jnp.Mean(c.Mul(c), jnp.Axis(-1), jnp.KeepDims())
	return c.Mul(lax.Rsqrt(v.Add(1e-5)))
}

func norm(x jax.Array) jax.Array { return jnp.Sqrt(jnp.Sum(x.Mul(x))) }

func dense(x, w, b jax.Array) jax.Array { return nn.Relu(jnp.Matmul(x, w).Add(b)) }

type weights struct{ W1, B1, W2 jax.Array }

func loss(w weights, x jax.Array) jax.Array {
	return jnp.Mean(jnp.Logsumexp(jnp.Matmul(dense(x, w.W1, w.B1), w.W2), jnp.Axis(1)))
}

func stencil(x jax.Array) jax.Array {
	y, n := jnp.Pad(x, 1), x.Size()
	return lax.SliceInDim(y, 0, n, 1, 0).Add(lax.SliceInDim(y, 2, n+2, 1, 0)).Sub(x.Mul(2))
}

func take(x, at jax.Array) jax.Array { return jnp.Take(x, at, jnp.Axis(0)) }
