package cpu_test

import (
	"strings"
	"testing"

	"gojax/internal/core"
	"gojax/internal/cpu"
	"gojax/internal/dtype"
	"gojax/lax"
)

// Reductions of few elements are computed where they are used, and those of many are not.
func TestFew(t *testing.T) {
	pairs := func(x array) array { // squares of distances
		n, k := x.Shape()[0], x.Shape()[1]
		d := lax.BroadcastInDim(x, core.Shape{n, n, k}, []int{0, 2}).Sub(lax.BroadcastInDim(x, core.Shape{n, n, k}, []int{1, 2}))
		return lax.ReduceSum(d.Mul(d), []int{2})
	}
	norm := func(axis int) func(x array) array {
		return func(x array) array { return lax.Sqrt(lax.ReduceSum(x.Mul(x), []int{axis})) }
	}
	for _, c := range []struct {
		name             string
		shape            []int
		kernels, reduces int
		temporaries      int // bytes
		f                func(x array) array
	}{
		{"norms of columns", []int{16, 3000}, 1, 0, 0, norm(0)},
		{"norms of rows", []int{3000, 5}, 1, 0, 0, norm(1)},
		{"norms of longer rows", []int{3000, 6}, 2, 1, 0, norm(1)},
		{"norms of long columns", []int{17, 3000}, 2, 1, 0, norm(0)},
		{"sums of windows that are functions", []int{16, 3000}, 2, 1, 0, func(x array) array {
			return lax.Sqrt(lax.ReduceSum(lax.Tanh(x), []int{0}))
		}},
		{"sums of sums", []int{16, 3000}, 1, 1, 0, func(x array) array { return lax.ReduceSum(norm(0)(x), []int{0}) }},
		{"nearest", []int{300, 3}, 1, 1, 3 * 4 * 304, func(x array) array { return lax.ReduceMin(pairs(x), []int{1}) }},
		{"nearest of the others", []int{300, 3}, 1, 1, 3 * 4 * 304, func(x array) array { return lax.ReduceMin(pairs(x), []int{0}) }},
		{"kernel", []int{300, 8}, 1, 1, 8 * 4 * 304, func(x array) array {
			return lax.ReduceSum(lax.Exp(lax.Neg(pairs(x))), []int{0, 1})
		}},
		{"many dimensions", []int{300, 16}, 2, 2, 4 * 300 * 300, func(x array) array { return lax.ReduceMin(pairs(x), []int{1}) }},
		{"once for all", []int{3000, 4}, 2, 0, 4 * 3008, func(x array) array {
			return x.Div(lax.BroadcastInDim(norm(1)(x), x.Shape(), []int{0}))
		}},
	} {
		for _, d := range []dtype.Type{dtype.Float32, dtype.BFloat16, dtype.Float64} {
			x := core.Of(d, c.shape...)
			g := staged(func(in []array) []array { return []array{c.f(in[0])} }, x)
			if err := cpu.CheckKernels(g); err != nil {
				t.Fatal(c.name, err)
			}
			got := core.Run(called{f: g}, cpu.Default(), []*core.Value{filled(x)})[0]
			if want := c.f(lax.Of(filled(x))).Value(); string(data(got)) != string(data(want)) {
				t.Errorf("%s of %v differs from what its operations compute", c.name, d)
			}
			if d != dtype.Float32 {
				continue
			}
			text := cpu.CompileForTest(g).String()
			if n := strings.Count(text, "run kernel"); n != c.kernels {
				t.Errorf("%s: %d kernels, want %d:\n%s", c.name, n, c.kernels, text)
			}
			if n := strings.Count(text, "reduce from"); n != c.reduces {
				t.Errorf("%s: %d reductions with loops, want %d:\n%s", c.name, n, c.reduces, text)
			}
			if m, _ := cpu.Analyse(g, nil); m.Temporaries > c.temporaries {
				t.Errorf("%s: %d bytes of temporaries, want %d", c.name, m.Temporaries, c.temporaries)
			}
		}
	}
}
