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
	{"lookup", "what is computed of elements at indices", trace(lookup, shape(5000), jax.ShapeDtype(jax.Int32, 1000))},
	{"rotary", "a rotation of pairs: a concatenation of what is computed, and used by more", trace(rotary, shape(4, 100, 32), shape(100, 32), shape(100, 32))},
	{"roll", "a concatenation that only copies", trace(func(x jax.Array) jax.Array { return jnp.Roll(x, 100) }, shape(10000))},
	{"half", "2x + y of 16 bits", trace(axpb, jax.ShapeDtype(jax.BFloat16, 1000), jax.ShapeDtype(jax.BFloat16, 1000))},
	{"gate", "two results of one loop", trace(gate, shape(1000))},
	{"checkers", "what depends on indices", trace(checkers, shape(40, 50))},
	{"fit", "a loss and its gradient, in one pass", trace(func(x, y jax.Array) (jax.Array, jax.Array) {
		return jax.ValueAndGrad(func(x jax.Array) jax.Array { return squares(x, y) })(x)
	}, shape(10000), shape(10000))},
	{"adam", "an optimizer's step: three results of one loop", trace(adam, shape(10000), shape(10000), shape(10000), shape(10000))},
	{"moments", "three reductions of one array", trace(moments, shape(100, 300))},
	{"project", "a product of what is scaled, and an activation of it", trace(project, shape(512, 512), shape(512, 512), shape(512, 512))},
	{"nearest", "which of some points is the nearest, by a product that is in no memory", trace(nearest, shape(1000, 16), shape(800, 16))},
	{"cumsum", "of squares, and its exponential", trace(func(x jax.Array) jax.Array { return jnp.Exp(jnp.Cumsum(x.Mul(x))) }, shape(1_000_000))},
	{"sort", "of distances, and what is done to them", trace(func(x jax.Array) jax.Array { return jnp.Sort(jnp.Abs(x)).Mul(2) }, shape(10000))},
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

func lookup(x, at jax.Array) jax.Array { return jnp.Sqrt(jnp.Take(x, at, jnp.Axis(0))).Mul(2) }

func rotary(x, sin, cos jax.Array) jax.Array {
	h := x.Shape()[2] / 2
	turned := jnp.Concatenate([]jax.Array{lax.SliceInDim(x, h, 2*h, 1, 2).Neg(), lax.SliceInDim(x, 0, h, 1, 2)}, jnp.Axis(2))
	return x.Mul(cos).Add(turned.Mul(sin))
}

func gate(x jax.Array) []jax.Array {
	e := jnp.Exp(x)
	return []jax.Array{e, x.Mul(e).Add(1)}
}

func checkers(x jax.Array) jax.Array {
	s := x.Shape()
	sum := lax.BroadcastedIota(jax.Int32, s, 0).Add(lax.BroadcastedIota(jax.Int32, s, 1))
	return jnp.Where(jnp.BitwiseAnd(sum, 1).Eq(0), x, x.Neg())
}

func moments(x jax.Array) []jax.Array {
	return []jax.Array{jnp.Sum(x, jnp.Axis(1)), jnp.Sum(x.Mul(x), jnp.Axis(1)), jnp.Max(x, jnp.Axis(1))}
}

func squares(x, y jax.Array) jax.Array {
	d := jnp.Tanh(x).Sub(y)
	return jnp.Sum(d.Mul(d))
}

func adam(p, m, v, g jax.Array) []jax.Array {
	m = m.Mul(0.9).Add(g.Mul(0.1))
	v = v.Mul(0.999).Add(g.Mul(g).Mul(0.001))
	return []jax.Array{p.Sub(m.Mul(0.001).Div(jnp.Sqrt(v).Add(1e-8))), m, v}
}

func project(x, w, y jax.Array) jax.Array { return nn.Relu(jnp.Matmul(x.Mul(0.125), w).Add(y)) }

func nearest(x, y jax.Array) jax.Array {
	length := jnp.Sum(y.Mul(y), jnp.Axis(1))
	return jnp.Argmin(length.Sub(jnp.Matmul(x, y.T()).Mul(2)), jnp.Axis(1))
}

func take(x, at jax.Array) jax.Array { return jnp.Take(x, at, jnp.Axis(0)) }
