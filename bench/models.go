package main

import (
	"math"
	"time"

	"gojax/jax"
	"gojax/jnp"
	"gojax/lax"
	"gojax/nn"
	"gojax/random"
)

// models lists training steps.
func models() []workload {
	return []workload{
		{"mlp step b128", func() func(int) float64 { return steps(mlpStep(0), newMLP()) }},
		{"compile mlp step", func() func(int) float64 { return first(newMLP(), mlpStep) }},
		{"transformer4 grad step", func() func(int) float64 { return steps(transformerStep(0), newTransformer()) }},
		{"compile transformer4 grad", func() func(int) float64 { return first(newTransformer(), transformerStep) }},
	}
}

// steps times n calls of f, each waited for.
func steps[A, R any](f func(A) R, x A) func(int) float64 {
	return func(n int) float64 {
		start := time.Now()
		for range n {
			jax.BlockUntilReady(f(x))
		}
		return time.Since(start).Seconds()
	}
}

// layer is a dense layer of a multilayer perceptron.
type layer struct{ W, B Array }

type mlp struct {
	Layers []layer
	X, Y   Array
}

func newMLP() mlp {
	key := random.PRNGKey(0)
	sizes := []int{784, 512, 512, 10}
	keys := random.Split(key, len(sizes))
	m := mlp{
		X: random.Normal(key, jax.Shape{128, 784}),
		Y: nn.OneHot(jnp.Mod(jnp.Arange(128), 10), 10),
	}
	for i, n := range sizes[1:] {
		m.Layers = append(m.Layers, layer{
			W: random.Normal(keys.Index(i), jax.Shape{sizes[i], n}).Mul(0.01),
			B: jnp.Zeros(jax.Shape{n}),
		})
	}
	return m
}

func mlpLoss(layers []layer, m mlp) Array {
	x := m.X
	for _, l := range layers[:len(layers)-1] {
		x = nn.Relu(jnp.Matmul(x, l.W).Add(l.B))
	}
	last := layers[len(layers)-1]
	logits := jnp.Matmul(x, last.W).Add(last.B)
	logits = logits.Sub(jnp.Logsumexp(logits, jnp.Axis(1), jnp.KeepDims()))
	return jnp.Mean(jnp.Sum(logits.Mul(m.Y), jnp.Axis(1))).Neg()
}

func mlpStep(i int) func(mlp) []layer {
	rate := 0.1 + float64(i)
	return jax.Jit(func(m mlp) []layer {
		g := jax.Grad(jax.With(mlpLoss, m))(m.Layers)
		next := make([]layer, len(g))
		for i, l := range m.Layers {
			next[i] = layer{l.W.Sub(g[i].W.Mul(rate)), l.B.Sub(g[i].B.Mul(rate))}
		}
		return next
	})
}

// The sizes of the transformer: features, heads, positions, examples.
const features, heads, positions, examples = 256, 8, 128, 8

type block struct{ Wq, Wk, Wv, Wo, W1, W2, G1, G2 Array }

type transformer struct {
	Blocks []block
	X      Array
}

type stepped struct {
	Loss Array
	Grad []block
}

func newTransformer() transformer {
	key := random.PRNGKey(0)
	t := transformer{X: random.Normal(key, jax.Shape{examples, positions, features})}
	for _, k := range random.Split(key, 4).All() {
		ks := random.Split(k, 8)
		w := func(i, m, n int) Array { return random.Normal(ks.Index(i), jax.Shape{m, n}).Mul(0.02) }
		const d = features
		t.Blocks = append(t.Blocks, block{
			w(0, d, d), w(1, d, d), w(2, d, d), w(3, d, d), w(4, d, 4*d), w(5, 4*d, d),
			jnp.Ones(jax.Shape{d}), jnp.Ones(jax.Shape{d}),
		})
	}
	return t
}

func layerNorm(x, g Array) Array {
	m := jnp.Mean(x, jnp.Axis(-1), jnp.KeepDims())
	c := x.Sub(m)
	v := jnp.Mean(c.Mul(c), jnp.Axis(-1), jnp.KeepDims())
	return c.Mul(lax.Rsqrt(v.Add(1e-5))).Mul(g)
}

func (p block) apply(x Array) Array {
	h := layerNorm(x, p.G1)
	split := func(w Array) Array {
		return jnp.Reshape(jnp.Matmul(h, w), jax.Shape{examples, positions, heads, features / heads})
	}
	q, k, v := split(p.Wq), split(p.Wk), split(p.Wv)
	s := jnp.Einsum("bthd,bshd->bhts", q, k).Div(math.Sqrt(features / heads))
	s = jnp.Where(jnp.Tril(jnp.Ones(jax.Shape{positions, positions}, jax.Bool)), s, -1e30)
	o := jnp.Einsum("bhts,bshd->bthd", nn.Softmax(s), v)
	x = x.Add(jnp.Matmul(jnp.Reshape(o, jax.Shape{examples, positions, features}), p.Wo))
	return x.Add(jnp.Matmul(nn.Gelu(jnp.Matmul(layerNorm(x, p.G2), p.W1)), p.W2))
}

func transformerStep(i int) func(transformer) stepped {
	loss := func(blocks []block, x Array) Array {
		for _, b := range blocks {
			x = b.apply(x)
		}
		return jnp.Mean(x.Mul(x)).Mul(1 + i)
	}
	return jax.Jit(func(t transformer) stepped {
		y, g := jax.ValueAndGrad(jax.With(loss, t.X))(t.Blocks)
		return stepped{y, g}
	})
}
