package random_test

import (
	"fmt"
	"math"

	"gojax/internal/dtype"
	"gojax/lax"
	"gojax/random"
)

func scalar[T lax.Element](v T) lax.Array { return lax.FromSlice([]T{v}, lax.Shape{}...) }

// as returns numbers in an array of type t.
func as(t lax.DType, v ...float64) lax.Array { return lax.Convert(lax.FromSlice(v), t) }

// column gives a vector a second axis.
func column(x lax.Array) lax.Array { return lax.Reshape(x, lax.Shape{-1, 1}) }

func keyDraws(d draws) {
	for _, s := range []int64{0, 1, 42, math.MaxInt32, math.MaxUint32, 1<<32 + 5, math.MaxInt64,
		math.MinInt32 - 1, -1, -7, math.MinInt32} {
		d.exact(fmt.Sprintf("seed %d", s), func(key lax.Array) lax.Array { return random.PRNGKey(s) })
	}
	for name, seed := range map[string]any{
		"i32 -7": scalar(int32(-7)), "i64 -7": scalar(int64(-7)), "u8 7": scalar(uint8(7)),
		"u64": uint64(math.MaxUint64 - 2),
	} {
		d.exact("seed "+name, func(key lax.Array) lax.Array { return random.Key(seed) })
	}
	d.exact("split", func(key lax.Array) lax.Array { return random.Split(key) })
	d.exact("split 5", func(key lax.Array) lax.Array { return random.Split(key, 5) })
	d.exact("split 0", func(key lax.Array) lax.Array { return random.Split(key, 0) })
	d.exact("split 2 3", func(key lax.Array) lax.Array { return random.Split(key, 2, 3) })
	for _, data := range []uint32{0, 1, 7, 1 << 31, math.MaxUint32} {
		d.exact(fmt.Sprintf("fold %d", data), func(key lax.Array) lax.Array { return random.FoldIn(key, data) })
	}
	d.exact("fold i32 -1", func(key lax.Array) lax.Array { return random.FoldIn(key, scalar(int32(-1))) })
	d.exact("fold i64", func(key lax.Array) lax.Array { return random.FoldIn(key, scalar(int64(1<<33+9))) })
}

func uniformDraws(d draws) {
	shapes := []lax.Shape{{}, {0}, {7}, {3, 5}, {2, 0, 3}, {300, 230}}
	list := func(s lax.Shape) string {
		text := "["
		for i, n := range s {
			if i > 0 {
				text += ", "
			}
			text += fmt.Sprint(n)
		}
		return text + "]"
	}
	for _, t := range []lax.DType{dtype.Uint8, dtype.Uint16, dtype.Uint32, dtype.Uint64} {
		for _, s := range shapes {
			d.exact(fmt.Sprintf("bits %v %s", t, list(s)), func(key lax.Array) lax.Array { return random.Bits(key, s, t) })
		}
	}
	for _, t := range floats {
		for _, s := range shapes {
			d.exact(fmt.Sprintf("uniform %v %s", t, list(s)), func(key lax.Array) lax.Array { return random.Uniform(key, s, t) })
		}
		for _, b := range [][2]float64{{-1, 1}, {-2.5, 3.7}, {0.1, 0.3}, {5, 2}, {-1000, 1}, {1000, 1000.5}, {0, 3}} {
			d.exact(fmt.Sprintf("uniform %v %v %v", t, b[0], b[1]), func(key lax.Array) lax.Array {
				return random.UniformIn(key, lax.Shape{40}, b[0], b[1], t)
			})
		}
		d.exact(fmt.Sprintf("uniform %v arrays", t), func(key lax.Array) lax.Array {
			return random.UniformIn(key, lax.Shape{2, 3}, column(as(t, -1.5, 2)), as(t, 0.25, 3, 17), t)
		})
	}
}

func randintDraws(d draws) {
	spans := map[lax.DType][][2]int64{
		dtype.Int8:   {{0, 10}, {-128, 128}, {-5, 3}, {3, 3}, {5, 2}, {100, 1000}, {-1000, -900}, {127, 200}},
		dtype.Uint8:  {{0, 256}, {3, 250}, {0, 7}, {-5, 3}, {255, 300}},
		dtype.Int16:  {{0, 10}, {-32768, 32768}, {-300, 3000}},
		dtype.Uint16: {{0, 65536}, {3, 60000}},
		dtype.Int32: {{0, 10}, {0, 8}, {-7, 100003}, {-1 << 31, 1 << 31}, {-1 << 31, 1<<31 - 1}, {1<<31 - 1, 1 << 31},
			{0, 65536}, {0, 65537}, {5, 2}, {-1 << 40, 1 << 40}},
		dtype.Uint32: {{0, 1 << 32}, {1, 1<<32 - 1}, {0, 1000}, {-9, 9}, {1 << 31, 1 << 32}},
		dtype.Int64:  {{0, 10}, {math.MinInt64, math.MaxInt64}, {-1 << 40, 205891132094649}, {0, 1 << 33}, {-1, 0}},
		dtype.Uint64: {{0, 10}, {5, math.MaxInt64}, {0, 1<<40 + 1}},
	}
	for t, bounds := range spans {
		for _, b := range bounds {
			d.exact(fmt.Sprintf("randint %v %d %d", t, b[0], b[1]), func(key lax.Array) lax.Array {
				return random.Randint(key, lax.Shape{11}, b[0], b[1], t)
			})
		}
	}
	ints := lax.FromSlice[int32]
	d.exact("randint i32 large", func(key lax.Array) lax.Array { return random.Randint(key, lax.Shape{300, 230}, 0, 1000003) })
	d.exact("randint i32 []", func(key lax.Array) lax.Array { return random.Randint(key, lax.Shape{}, 0, 10) })
	d.exact("randint i32 [0]", func(key lax.Array) lax.Array { return random.Randint(key, lax.Shape{0}, 0, 10) })
	d.exact("randint arrays", func(key lax.Array) lax.Array {
		return random.Randint(key, lax.Shape{3, 4}, column(ints([]int32{0, -5, 7})), []int32{3, 100, math.MaxInt32, 7})
	})
	d.exact("randint u8 arrays", func(key lax.Array) lax.Array {
		return random.Randint(key, lax.Shape{4}, []int32{0, 9, -3, 255}, []int32{256, 20, 300, 256}, dtype.Uint8)
	})
	d.exact("randint i64 u64", func(key lax.Array) lax.Array {
		return random.Randint(key, lax.Shape{3}, []uint64{0, 1 << 63, 5}, []uint64{math.MaxUint64, 1<<63 + 5, 9}, dtype.Int64)
	})
	d.exact("randint u64 all", func(key lax.Array) lax.Array {
		return random.Randint(key, lax.Shape{3}, 0, uint64(math.MaxUint64), dtype.Uint64)
	})
}

func discreteDraws(d draws) {
	for name, p := range map[string]float64{"0.0": 0, "0.25": 0.25, "0.5": 0.5, "0.9": 0.9, "1.0": 1} {
		d.exact("bernoulli "+name, func(key lax.Array) lax.Array { return random.Bernoulli(key, p, lax.Shape{40}) })
	}
	for _, t := range floats[1:] {
		d.exact(fmt.Sprintf("bernoulli %v", t), func(key lax.Array) lax.Array {
			return random.Bernoulli(key, as(t, 0.1, 0.5, 0.8), nil)
		})
	}
	d.exact("bernoulli arrays", func(key lax.Array) lax.Array {
		return random.Bernoulli(key, []float32{0.1, 0.5, 0.8}, lax.Shape{4, 3})
	})
	for _, t := range []lax.DType{dtype.Int32, dtype.Uint8, dtype.Float32} {
		d.exact(fmt.Sprintf("rademacher %v", t), func(key lax.Array) lax.Array { return random.Rademacher(key, lax.Shape{20}, t) })
	}
	d.exact("geometric", func(key lax.Array) lax.Array { return random.Geometric(key, 0.1, lax.Shape{20}) })
}

func permutationDraws(d draws) {
	for _, n := range []int{0, 1, 2, 10, 1000} {
		d.exact(fmt.Sprintf("permutation %d", n), func(key lax.Array) lax.Array { return random.Permutation(key, n) })
	}
	x := lax.Reshape(lax.Iota(dtype.Float32, 24), lax.Shape{4, 6})
	d.exact("permutation x 0", func(key lax.Array) lax.Array { return random.Permutation(key, x) })
	d.exact("permutation x 1", func(key lax.Array) lax.Array { return random.Permutation(key, x, random.Axis(1)) })
	d.exact("permutation x independent", func(key lax.Array) lax.Array {
		return random.Permutation(key, x, random.Axis(-1), random.Independent())
	})
	d.exact("permutation bool", func(key lax.Array) lax.Array {
		return random.Permutation(key, []bool{true, false, false, true, true})
	})
}

func continuousDraws(d draws) {
	s := lax.Shape{20}
	for _, t := range floats {
		ulps := uint64(3)
		if t == dtype.Float64 {
			ulps = 30 // where XLA's log1p is off by so many
		}
		d.near(ulps, fmt.Sprintf("normal %v", t), func(key lax.Array) lax.Array { return random.Normal(key, lax.Shape{50}, t) })
		d.near(ulps, fmt.Sprintf("truncated_normal %v", t), func(key lax.Array) lax.Array { return random.TruncatedNormal(key, -2, 2, s, t) })
		d.near(ulps, fmt.Sprintf("exponential %v", t), func(key lax.Array) lax.Array { return random.Exponential(key, s, t) })
		d.near(ulps, fmt.Sprintf("gumbel %v", t), func(key lax.Array) lax.Array { return random.Gumbel(key, s, t) })
		d.near(ulps, fmt.Sprintf("laplace %v", t), func(key lax.Array) lax.Array { return random.Laplace(key, s, t) })
		d.near(ulps, fmt.Sprintf("logistic %v", t), func(key lax.Array) lax.Array { return random.Logistic(key, s, t) })
		d.near(ulps, fmt.Sprintf("cauchy %v", t), func(key lax.Array) lax.Array { return random.Cauchy(key, s, t) })
	}
	d.near(3, "normal c64", func(key lax.Array) lax.Array { return random.Normal(key, lax.Shape{50}, dtype.Complex64) })
	d.near(30, "normal c128", func(key lax.Array) lax.Array { return random.Normal(key, lax.Shape{50}, dtype.Complex128) })
	d.near(3, "normal f32 []", func(key lax.Array) lax.Array { return random.Normal(key, lax.Shape{}) })
	d.near(3, "normal f32 [2,3]", func(key lax.Array) lax.Array { return random.Normal(key, lax.Shape{2, 3}) })
	d.near(3, "truncated_normal arrays", func(key lax.Array) lax.Array {
		return random.TruncatedNormal(key, []float32{-3, 0, 1}, [][]float32{{0.5}, {7}}, nil)
	})
	d.near(3, "truncated_normal narrow", func(key lax.Array) lax.Array { return random.TruncatedNormal(key, 0.5, 0.5001, s) })
	d.near(3, "lognormal", func(key lax.Array) lax.Array { return random.LogNormal(key, 0.5, s) })
	d.near(8, "pareto", func(key lax.Array) lax.Array { return random.Pareto(key, []float32{0.5, 2, 7}, lax.Shape{5, 3}) })
	d.near(3, "rayleigh", func(key lax.Array) lax.Array { return random.Rayleigh(key, []float32{0.5, 2, 7}, nil) })
	d.near(3, "weibull_min", func(key lax.Array) lax.Array { return random.WeibullMin(key, 2, 1.5, s) })
	d.near(3, "triangular", func(key lax.Array) lax.Array { return random.Triangular(key, -1, 0.5, 4, s) })
}

func choiceDraws(d draws) {
	logits := lax.Log(lax.Operand("test", [][]float32{{0.1, 0.2, 0.3, 0.4}, {0.7, 0.1, 0.1, 0.1}, {1, 0, 0, 0}}))
	two := lax.Slice(logits, []int{0, 0}, []int{2, 4}, nil)
	categorical := func(name string, logits lax.Array, options ...random.Option) {
		d.exact("categorical"+name, func(key lax.Array) lax.Array { return random.Categorical(key, logits, options...) })
	}
	categorical("", logits)
	categorical(" axis 0", logits, random.Axis(0))
	categorical(" samples", logits, random.Samples(10, 3))
	categorical(" axis 0 samples", logits, random.Axis(0), random.Samples(2, 3, 4))
	categorical(" distinct", two, random.Samples(3, 2), random.WithoutReplacement())
	categorical(" f64", lax.Convert(logits, dtype.Float64), random.Samples(10, 3))
	categorical(" f16", as(dtype.Float16, 0.5, 2, 1, 0), random.Samples(20))

	p := []float32{0.1, 0, 0.3, 0.4, 0.05, 0.15}
	y := lax.Reshape(lax.Iota(dtype.Float32, 12), lax.Shape{6, 2})
	second := lax.Reshape(lax.Slice(y, []int{0, 1}, []int{6, 2}, nil), lax.Shape{6})
	choice := func(name string, a any, shape lax.Shape, options ...random.Option) {
		d.exact("choice "+name, func(key lax.Array) lax.Array { return random.Choice(key, a, shape, options...) })
	}
	weighted, distinct := random.Probabilities(p), random.WithoutReplacement()
	choice("n", 5, lax.Shape{20})
	choice("n []", 5, lax.Shape{})
	choice("n distinct", 30, lax.Shape{5, 2}, distinct)
	choice("n p", 6, lax.Shape{30}, weighted)
	choice("n p distinct", 6, lax.Shape{5}, distinct, weighted)
	choice("x", y, lax.Shape{4})
	choice("x axis 1", y, lax.Shape{2, 2}, random.Axis(1))
	choice("x distinct", y, lax.Shape{3}, distinct)
	choice("x p", y, lax.Shape{2, 3}, weighted)
	wide := lax.Convert(lax.FromSlice(p), dtype.Float64)
	choice("vector p f64", second, lax.Shape{10}, random.Probabilities(wide))
	choice("empty", 5, lax.Shape{0})
}
