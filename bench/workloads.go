package main

import (
	"fmt"
	"math"
	"os"
	"os/exec"
	"time"

	"gojax/jax"
	"gojax/jnp"
	"gojax/lax"
	"gojax/nn"
	"gojax/random"
)

type Array = jax.Array

// workloads lists what is timed, under the names that the peer knows.
func workloads() []workload {
	list := []workload{
		{"process start to first array", processStart},
		{"dot3000 device", func() func(int) float64 {
			x := big(0)
			return loop(func() Array { return jnp.Dot(x, x.T()) })
		}},
		{"dot3000 host numpy", func() func(int) float64 {
			host := jax.Values[float32](big(0))
			return loop(func() Array {
				x := jax.FromSlice(host, 3000, 3000)
				return jnp.Dot(x, x.T())
			})
		}},
		{"dot 3000 a@b (distinct)", func() func(int) float64 {
			x, y := big(0), big(1)
			f := jax.Jit(func(x, y Array) Array { return jnp.Dot(x, y) })
			return loop(func() Array { return f(x, y) })
		}},
		{"numpy dot3000", func() func(int) float64 {
			x := big(0)
			return loop(func() Array { return jnp.Dot(x, x) })
		}},
		{"numpy x@x.T", func() func(int) float64 {
			x := big(0)
			return loop(func() Array { return jnp.Dot(x, x.T()) })
		}},
		{"random.normal 3000x3000", func() func(int) float64 { return loop(func() Array { return big(0) }) }},
		{"selu 1M eager", func() func(int) float64 {
			x := million()
			return loop(func() Array { return selu(x) })
		}},
		{"dispatch jit scalar a+1", func() func(int) float64 {
			x, f := jnp.Ones(jax.Shape{}), jax.Jit(func(a Array) Array { return a.Add(1) })
			return loop(func() Array { return f(x) })
		}},
		{"dispatch jit scalar a+1 (no block)", func() func(int) float64 {
			x, f := jnp.Ones(jax.Shape{}), jax.Jit(func(a Array) Array { return a.Add(1) })
			return noWait(func() Array { return f(x) })
		}},
		{"dispatch eager add", func() func(int) float64 {
			x := jnp.Ones(jax.Shape{})
			return noWait(func() Array { return x.Add(1) })
		}},
		{"dispatch eager jnp.sin", func() func(int) float64 {
			x := jnp.Ones(jax.Shape{})
			return noWait(func() Array { return jnp.Sin(x) })
		}},
		{"grad(sum_logistic) eager", func() func(int) float64 {
			x, g := jnp.Arange(3.0), jax.Grad(sumLogistic)
			return loop(func() Array { return g(x) })
		}},
		{"jit grad(sum_logistic)", func() func(int) float64 {
			x, g := jnp.Arange(3.0), jax.Jit(jax.Grad(sumLogistic))
			return loop(func() Array { return g(x) })
		}},
		{"200-leaf dict dispatch", leaves200},
	}
	list = append(list, compiles()...)
	list = append(list, batched()...)
	list = append(list, arrays()...)
	list = append(list, models()...)
	return append(list, growth()...)
}

// loop times n calls of f, each waited for.
func loop(f func() Array) func(int) float64 {
	return func(n int) float64 {
		start := time.Now()
		for range n {
			f().BlockUntilReady()
		}
		return time.Since(start).Seconds()
	}
}

// noWait times n calls of f, of which the last is waited for afterwards.
func noWait(f func() Array) func(int) float64 {
	return func(n int) float64 {
		var last Array
		start := time.Now()
		for range n {
			last = f()
		}
		s := time.Since(start).Seconds()
		last.BlockUntilReady()
		return s
	}
}

var fresh int

// first times first calls of new functions, less a warm call: trace and compile. make
// must return a program of another structure for each i. Both calls are the fastest of
// several, as one that was disturbed would be taken for compile time; the warm ones come
// first, so that every difference is to the same. Nothing that was compiled before is known.
func first[A, R any](x A, make func(i int) func(A) R) func(int) float64 {
	call := func(f func(A) R) float64 {
		start := time.Now()
		jax.BlockUntilReady(f(x))
		return time.Since(start).Seconds()
	}
	next := func() func(A) R {
		fresh++
		jax.ClearCaches()
		return make(fresh)
	}
	warm, f := math.Inf(1), next()
	call(f)
	for start := time.Now(); time.Since(start) < 3*time.Second; {
		warm = min(warm, call(f))
	}
	return func(n int) float64 {
		cold := math.Inf(1)
		for range n {
			call(f) // memory has cooled down while the peer ran
			f = next()
			cold = min(cold, call(f))
			warm = min(warm, call(f), call(f), call(f))
		}
		const resolution = 1e-6 // what a difference of clocks is worth
		return max(cold-warm, resolution) * float64(n)
	}
}

func selu(x Array) Array {
	const alpha, lambda = 1.67, 1.05
	return jnp.Where(x.Gt(0), x, x.Exp().Mul(alpha).Sub(alpha)).Mul(lambda)
}

func sumLogistic(x Array) Array { return jnp.Sum(jnp.Div(1, x.Neg().Exp().Add(1))) }

func big(seed int) Array {
	return random.Normal(random.PRNGKey(seed), jax.Shape{3000, 3000}, jax.Float32)
}

func part(x Array, lo, hi int) Array { return lax.SliceInDim(x, lo, hi, 1, 0) }

// rotary turns pairs of columns of what attention compares, by angles that positions have.
func rotary(z Array) Array {
	const size, angles = 8 * 128 * 8 * 32, 128 * 32
	x := part(z, 0, size).Reshape(8, 128, 8, 32)
	sin, cos := part(z, size, size+angles).Reshape(128, 1, 32), part(z, size+angles, size+2*angles).Reshape(128, 1, 32)
	turned := jnp.Concatenate([]Array{lax.SliceInDim(x, 16, 32, 1, 3).Neg(), lax.SliceInDim(x, 0, 16, 1, 3)}, jnp.Axis(3))
	return x.Mul(cos).Add(turned.Mul(sin))
}

func million() Array { return random.Normal(random.PRNGKey(0), jax.Shape{1_000_000}) }

// processStart runs this program anew, which prints one array.
func processStart() func(int) float64 {
	self, err := os.Executable()
	if err != nil {
		fatal(err)
	}
	return func(n int) float64 {
		start := time.Now()
		for range n {
			if err := exec.Command(self, "-first").Run(); err != nil {
				fatal(fmt.Errorf("starting %s: %w", self, err))
			}
		}
		return time.Since(start).Seconds()
	}
}

// leaves200 is dispatch of a function of a struct with 200 arrays.
func leaves200() func(int) float64 {
	type tree struct{ K [200]Array }
	var p tree
	for i := range p.K {
		p.K[i] = jnp.Ones(jax.Shape{})
	}
	f := jax.Jit(func(p tree) tree {
		for i, v := range p.K {
			p.K[i] = v.Add(1)
		}
		return p
	})
	return func(n int) float64 {
		start := time.Now()
		for range n {
			jax.BlockUntilReady(f(p))
		}
		return time.Since(start).Seconds()
	}
}

// compiles lists what is traced and compiled.
func compiles() []workload {
	return []workload{
		{"compile selu", func() func(int) float64 {
			return first(million(), func(i int) func(Array) Array {
				return jax.Jit(func(x Array) Array { return selu(x).Add(float64(i)) })
			})
		}},
		{"compile grad^3", func() func(int) float64 {
			return first(jnp.Float32(1), func(i int) func(Array) Array {
				f := func(x Array) Array { return sumLogistic(x).Mul(1 + i) }
				return jax.Jit(jax.Grad(jax.Jit(jax.Grad(jax.Jit(jax.Grad(f))))))
			})
		}},
		{"compile hessian", func() func(int) float64 {
			return first(jnp.Arange(3.0), func(i int) func(Array) Array {
				f := func(x Array) Array { return sumLogistic(x).Mul(1 + i) }
				return jax.Jit(jax.Jacfwd(jax.Jacrev(f)))
			})
		}},
		{"compile unrolled 400", func() func(int) float64 {
			return first(jnp.Ones(jax.Shape{32}), func(i int) func(Array) Array { return jax.Jit(unrolled(i)) })
		}},
		{"compile unrolled 400 grad", func() func(int) float64 {
			return first(jnp.Ones(jax.Shape{32}), func(i int) func(Array) Array { return jax.Jit(jax.Grad(unrolled(i))) })
		}},
	}
}

func unrolled(i int) func(Array) Array {
	w := random.Normal(random.PRNGKey(0), jax.Shape{32, 32}).Mul(.1)
	return func(x Array) Array {
		for range 400 {
			x = jnp.Sin(jnp.Dot(x, w))
		}
		return jnp.Sum(x).Mul(1 + i)
	}
}

// batched lists the matrix-vector example of the Quickstart, three ways.
func batched() []workload {
	setup := func(f func(mat Array) func(Array) Array) func() func(int) float64 {
		return func() func(int) float64 {
			key := random.PRNGKey(0)
			g, vs := f(random.Normal(key, jax.Shape{150, 100})), random.Normal(key, jax.Shape{10, 100})
			return loop(func() Array { return g(vs) })
		}
	}
	return []workload{
		{"naive batched", setup(func(mat Array) func(Array) Array {
			return func(vs Array) Array {
				var rows []Array
				for _, v := range vs.All() {
					rows = append(rows, jnp.Dot(mat, v))
				}
				return jnp.Stack(rows)
			}
		})},
		{"manual batched", setup(func(mat Array) func(Array) Array {
			return jax.Jit(func(vs Array) Array { return jnp.Dot(vs, mat.T()) })
		})},
		{"vmap batched", setup(func(mat Array) func(Array) Array {
			one := func(v Array) Array { return jnp.Dot(mat, v) }
			return jax.Jit(func(vs Array) Array { return jax.Vmap(one)(vs) })
		})},
	}
}

// arrays lists single operations on large arrays.
func arrays() []workload {
	onMillion := func(name string, f func(Array) Array) workload {
		return workload{name, func() func(int) float64 {
			x, g := million(), jax.Jit(f)
			return loop(func() Array { return g(x) })
		}}
	}
	square := func(x Array) Array { return jnp.Reshape(x, jax.Shape{1000, 1000}) }
	list := []workload{
		onMillion("selu 1M jit", selu),
		onMillion("sum 1M", func(x Array) Array { return jnp.Sum(x) }),
		onMillion("mean+var 1M", func(x Array) Array { return jnp.Mean(x).Add(jnp.Var(x)) }),
		onMillion("exp 1M", jnp.Exp),
		onMillion("tanh 1M", jnp.Tanh),
		onMillion("log 1M", func(x Array) Array { return jnp.Log(jnp.Abs(x)) }),
		onMillion("erf 1M", lax.Erf),
		onMillion("sin 1M", jnp.Sin),
		onMillion("sort 1M", func(x Array) Array { return jnp.Sort(x) }),
		onMillion("argsort 1e6", func(x Array) Array { return jnp.Argsort(x) }),
		onMillion("cumsum 1M", func(x Array) Array { return jnp.Cumsum(x) }),
		onMillion("softmax 1000x1000", func(x Array) Array { return nn.Softmax(square(x)) }),
		onMillion("layer-norm 1000x1000", func(x Array) Array {
			y := square(x)
			return layerNorm(y, y.Index(0))
		}),
		onMillion("transpose 1000x1000", func(x Array) Array { return square(x).T().Add(0) }),
		onMillion("roll 1M", func(x Array) Array { return jnp.Roll(x, 1000) }),
		onMillion("concatenate exps of 500k", func(x Array) Array {
			return jnp.Concatenate([]Array{jnp.Exp(part(x, 500_000, 1_000_000)), jnp.Exp(part(x, 0, 500_000))})
		}),
		onMillion("stack 3x300k", func(x Array) Array {
			y, z := part(x, 300_000, 600_000), part(x, 600_000, 900_000)
			return jnp.Stack([]Array{part(x, 0, 300_000).Mul(2), y.Add(1), z.Mul(z)}, jnp.Axis(-1))
		}),
		onMillion("rotary 8x128x8x32", rotary),
		{"gather 1M", func() func(int) float64 {
			x, i := million(), indices()
			f := jax.Jit(func(x, i Array) Array { return x.Index(i) })
			return loop(func() Array { return f(x, i) })
		}},
		{"scatter-add 1M", func() func(int) float64 {
			x, i := million(), indices()
			f := jax.Jit(func(x, i Array) Array { return jnp.ZerosLike(x).At(i).Add(x) })
			return loop(func() Array { return f(x, i) })
		}},
		{"permutation 1e6", func() func(int) float64 {
			f := jax.Jit(func(key Array) Array { return random.Permutation(key, 1_000_000) })
			return loop(func() Array { return f(random.PRNGKey(0)) })
		}},
	}
	product := func(name string, x, y jax.Shape) {
		list = append(list, workload{name, func() func(int) float64 {
			a, b := random.Normal(random.PRNGKey(0), x), random.Normal(random.PRNGKey(1), y)
			f := jax.Jit(func(x, y Array) Array { return jnp.Matmul(x, y) })
			return loop(func() Array { return f(a, b) })
		}})
	}
	product("matvec 4096", jax.Shape{4096, 4096}, jax.Shape{4096})
	product("matmul 1000 of 16x16", jax.Shape{1000, 16, 16}, jax.Shape{1000, 16, 16})
	for _, n := range []int{128, 512, 1024} {
		list = append(list, workload{fmt.Sprintf("matmul %d", n), func() func(int) float64 {
			a := random.Normal(random.PRNGKey(0), jax.Shape{n, n})
			f := jax.Jit(func(x, y Array) Array { return jnp.Dot(x, y) })
			return loop(func() Array { return f(a, a) })
		}})
	}
	return list
}

func indices() Array {
	return random.Randint(random.PRNGKey(0), jax.Shape{1_000_000}, 0, 1_000_000)
}
