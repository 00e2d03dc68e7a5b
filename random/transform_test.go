package random_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/jax"
	"gojax/lax"
	"gojax/random"
)

// total adds all elements of x.
func total(x lax.Array) lax.Array {
	axes := make([]int, x.Rank())
	for i := range axes {
		axes[i] = i
	}
	return lax.ReduceSum(x, axes)
}

// TestDerivatives compares derivatives in the parameters of distributions with central
// differences, for which f64 has digits enough.
func TestDerivatives(t *testing.T) {
	const f64 = dtype.Float64
	shape := lax.Shape{7}
	for name, draw := range map[string]func(p lax.Array) lax.Array{
		"UniformIn lo":       func(p lax.Array) lax.Array { return random.UniformIn(key, shape, p, 3.3, f64) },
		"UniformIn hi":       func(p lax.Array) lax.Array { return random.UniformIn(key, shape, -1.7, p, f64) },
		"UniformIn both":     func(p lax.Array) lax.Array { return random.UniformIn(key, shape, p, p.Mul(3), f64) },
		"TruncatedNormal lo": func(p lax.Array) lax.Array { return random.TruncatedNormal(key, p, 2, shape, f64) },
		"TruncatedNormal hi": func(p lax.Array) lax.Array { return random.TruncatedNormal(key, -1, p, shape, f64) },
		"LogNormal":          func(p lax.Array) lax.Array { return random.LogNormal(key, p, shape, f64) },
		"Pareto":             func(p lax.Array) lax.Array { return random.Pareto(key, p, shape, f64) },
		"Rayleigh":           func(p lax.Array) lax.Array { return random.Rayleigh(key, p, shape, f64) },
		"WeibullMin scale":   func(p lax.Array) lax.Array { return random.WeibullMin(key, p, 2, shape, f64) },
		"WeibullMin power":   func(p lax.Array) lax.Array { return random.WeibullMin(key, 2, p, shape, f64) },
		"Triangular mode":    func(p lax.Array) lax.Array { return random.Triangular(key, -1, p, 2, shape, f64) },
		"Choice": func(p lax.Array) lax.Array {
			return random.Choice(key, lax.BroadcastTo(p.Square(), lax.Shape{4}), shape)
		},
		"Permutation": func(p lax.Array) lax.Array {
			return random.Permutation(key, lax.BroadcastTo(p.Square(), lax.Shape{4, 2}))
		},
	} {
		t.Run(name, func(t *testing.T) {
			weights := lax.Convert(lax.FromSlice([]float32{1, -2, 0.5, 3, 1.5, -1, 2, 0.25}), f64)
			f := func(p lax.Array) lax.Array {
				x := lax.Reshape(draw(p), lax.Shape{-1})
				return total(x.Mul(lax.SliceInDim(weights, 0, x.Size(), 1, 0)))
			}
			const at, h = 0.75, 1e-6
			value := func(p float64) float64 { return f(lax.Number(f64, p)).Float() }
			want := (value(at+h) - value(at-h)) / (2 * h)
			got := jax.Grad(f)(lax.Number(f64, at)).Float()
			if math.Abs(got-want) > 1e-6*(1+math.Abs(want)) {
				t.Errorf("derivative is %v, want %v", got, want)
			}
		})
	}
}

// TestUniformF32Derivatives are exact: of u·(hi-lo) + lo they are u and 1-u.
func TestUniformF32Derivatives(t *testing.T) {
	u := random.Uniform(key, lax.Shape{5})
	f := func(hi lax.Array) lax.Array { return random.UniformIn(key, lax.Shape{5}, 0.1, hi) }
	_, slope := jax.Jvp(f, lax.Number(dtype.Float32, 0.9), lax.Number(dtype.Float32, 1))
	if got, want := jax.Values[float32](slope), jax.Values[float32](u); !slices.Equal(got, want) {
		t.Errorf("derivative is %v, want %v", got, want)
	}
}

// TestBounds holds the ranges over many draws.
func TestBounds(t *testing.T) {
	shape := lax.Shape{4000}
	for name, c := range map[string]struct {
		x      lax.Array
		lo, hi float64 // closed
	}{
		"Uniform":         {random.Uniform(key, shape, dtype.Float16), 0, 1 - 0x1p-10},
		"UniformIn":       {random.UniformIn(key, shape, -3, 5), -3, 5},
		"UniformIn huge":  {random.UniformIn(key, shape, -1e308, 0.7e308, dtype.Float64), -1e308, 0.7e308},
		"TruncatedNormal": {random.TruncatedNormal(key, 0.5, 0.5000001, shape), 0.5, 0.5000002},
		"Exponential":     {random.Exponential(key, shape), 0, 16},
		"Randint":         {lax.Convert(random.Randint(key, shape, -5, 5, dtype.Int8), dtype.Float64), -5, 4},
		"Geometric":       {lax.Convert(random.Geometric(key, 0.5, shape), dtype.Float64), 1, 40},
		"Triangular":      {random.Triangular(key, 1, 2, 4, shape), 1, 4},
	} {
		lo := lax.ReduceMin(c.x, []int{0}).Astype(dtype.Float64).Float()
		hi := lax.ReduceMax(c.x, []int{0}).Astype(dtype.Float64).Float()
		if !(lo >= c.lo && hi <= c.hi) {
			t.Errorf("%s: draws lie in [%v, %v], want [%v, %v]", name, lo, hi, c.lo, c.hi)
		}
	}
}

// TestPermutes finds each thing once.
func TestPermutes(t *testing.T) {
	for _, n := range []int{0, 1, 2, 100, 3000} {
		got := jax.Values[int32](random.Permutation(key, n))
		slices.Sort(got)
		for i, v := range got {
			if int(v) != i {
				t.Fatalf("a permutation of %d, sorted, has %d at %d", n, v, i)
			}
		}
	}
}

// TestStaged draws as part of a program, with keys and without any operand.
func TestStaged(t *testing.T) {
	draw := func() lax.Array { return random.Normal(random.PRNGKey(3), lax.Shape{3}) }
	if got, want := fmt.Sprint(jax.Jit(draw)()), fmt.Sprint(draw()); got != want {
		t.Errorf("is %s under Jit, want %s", got, want)
	}
	shape := jax.EvalShape(func(key lax.Array) lax.Array {
		return random.Uniform(key, lax.Shape{1 << 20, 1 << 13}) // counters of more than 32 bits
	})(key)
	if !shape.Type().Equal(core.Of(dtype.Float32, 1<<20, 1<<13)) {
		t.Errorf("has type %v", shape.Type())
	}
	seeds := lax.Convert(lax.Iota(dtype.Int32, 3), dtype.Int32)
	keys := jax.Vmap(func(s lax.Array) lax.Array { return random.PRNGKey(s) })(seeds)
	if got := fmt.Sprint(keys); got != "[[0 0]\n [0 1]\n [0 2]]" {
		t.Errorf("keys of seeds are %s", got)
	}
}

// TestKeysDiffer looks at what no golden shows: that Split2 and SplitN are Split.
func TestKeysDiffer(t *testing.T) {
	a, b := random.Split2(key)
	all := fmt.Sprint(random.Split(key))
	if got := fmt.Sprintf("[%v\n %v]", a, b); got != all {
		t.Errorf("Split2 is %s, want %s", got, all)
	}
	for i, k := range random.SplitN(key, 4) {
		if got, want := fmt.Sprint(k), fmt.Sprint(random.FoldIn(key, i)); got != want {
			t.Errorf("key %d is %s, want %s", i, got, want)
		}
	}
}
