package cpu_test

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"gojax/internal/core"
	"gojax/internal/cpu"
	"gojax/internal/cpu/gemm"
	"gojax/internal/dtype"
	"gojax/lax"
)

// Products whose sums have one term are elementwise, to the bit what sums are: -0 becomes 0.
func TestOuter(t *testing.T) {
	type axes = [2][]int
	for _, c := range []struct {
		x, y            core.Shape
		contract, batch axes
	}{
		{core.Shape{70, 1}, core.Shape{1, 3}, axes{{1}, {0}}, axes{}},
		{core.Shape{70}, core.Shape{300}, axes{}, axes{}},
		{core.Shape{1, 70}, core.Shape{40, 1}, axes{{0}, {1}}, axes{}},
		{core.Shape{30, 50}, core.Shape{50, 30}, axes{}, axes{{0, 1}, {1, 0}}},
		{core.Shape{5, 1, 6, 1}, core.Shape{1, 7, 5, 1}, axes{{1, 3}, {3, 0}}, axes{{0}, {2}}},
		{core.Shape{1, 1}, core.Shape{1, 1}, axes{{0}, {0}}, axes{}},
		{core.Shape{0, 1}, core.Shape{1, 3}, axes{{1}, {0}}, axes{}},
	} {
		for _, d := range []dtype.Type{dtype.Float32, dtype.Float64, dtype.BFloat16, dtype.Float16, dtype.Int8, dtype.Uint64, dtype.Complex64, dtype.Bool} {
			x, y := core.Of(d, c.x...), core.Of(d, c.y...)
			g := staged(func(in []array) []array {
				z := lax.DotGeneral(in[0], in[1], c.contract, c.batch, dtype.Invalid)
				if d == dtype.Bool {
					return []array{z}
				}
				return []array{z, lax.Neg(lax.DotGeneral(lax.Neg(in[0]), in[1], c.contract, c.batch, dtype.Invalid))}
			}, x, y)
			sameAsDefined(t, g, func() []*core.Value {
				x, y := filled(x), filled(y)
				if d.IsFloat() && x.Size() > 3 {
					for i, f := range []float64{math.Copysign(0, -1), math.Inf(1), math.NaN()} {
						core.Put(x, i, complex(f, 0))
					}
				}
				return []*core.Value{x, y}
			})
			text := cpu.CompileForTest(g).String()
			if dots := strings.Contains(text, "dot"); dots != (d == dtype.Bool || d.IsComplex()) && core.Size(c.x) > 0 {
				t.Errorf("of %v and %v:\n%s", x, y, text)
			}
		}
	}
}

// Sums of a few terms are made element by element where that takes less, to the bits of a product of
// rows and columns that are longer by zeros.
func TestFewTerms(t *testing.T) {
	type axes = [2][]int
	for _, c := range []struct {
		x, y            core.Shape
		contract, batch axes
		want            bool // no product
	}{
		{core.Shape{9000, 4, 4}, core.Shape{9000, 4}, axes{{2}, {1}}, axes{{0}, {0}}, true},
		{core.Shape{9000, 4, 4}, core.Shape{9000, 4}, axes{{1}, {1}}, axes{{0}, {0}}, true},
		{core.Shape{3, 12000}, core.Shape{3, 3, 12000}, axes{{0}, {1}}, axes{{1}, {2}}, true},
		{core.Shape{9000, 2, 2}, core.Shape{9000, 2, 2}, axes{{2}, {1}}, axes{{0}, {0}}, true},
		{core.Shape{9000, 4, 4}, core.Shape{9000, 4, 4}, axes{{2}, {1}}, axes{{0}, {0}}, false},
		{core.Shape{12000, 3}, core.Shape{3, 3}, axes{{1}, {1}}, axes{}, true},
		{core.Shape{1000, 3}, core.Shape{3, 50}, axes{{1}, {0}}, axes{}, true},
		{core.Shape{1000, 3}, core.Shape{50, 3}, axes{{1}, {1}}, axes{}, false},
		{core.Shape{50000, 3}, core.Shape{3}, axes{{1}, {0}}, axes{}, false},
		{core.Shape{5000, 2, 2, 2}, core.Shape{2, 2, 5000, 2}, axes{{1, 3}, {0, 1}}, axes{{0}, {2}}, false},
		{core.Shape{20000, 2, 2, 2}, core.Shape{2, 2, 20000}, axes{{1, 3}, {0, 1}}, axes{{0}, {2}}, true},
	} {
		for _, d := range []dtype.Type{dtype.Float32, dtype.Float64} {
			x, y := core.Of(d, c.x...), core.Of(d, c.y...)
			f := staged(func(in []array) []array {
				return []array{lax.DotGeneral(in[0], in[1], c.contract, c.batch, d)}
			}, x, y)
			g := staged(func(in []array) []array {
				long := func(x array, a int) array {
					p := make([]lax.Padding, x.Rank())
					p[a][1] = 5
					return lax.Pad(x, lax.Number(d, 0), p)
				}
				return []array{lax.DotGeneral(long(in[0], c.contract[0][0]), long(in[1], c.contract[1][0]), c.contract, c.batch, d)}
			}, x, y)
			in := []*core.Value{filled(x), filled(y)}
			got, want := core.Run(called{f: f}, cpu.Default(), in), core.Run(called{f: g}, cpu.Default(), in)
			if !bytes.Equal(data(got[0]), data(want[0])) {
				t.Errorf("%v by %v: the bits are not those of a product", x, y)
			}
			native := gemm.Native[float64]() != nil
			if made := !strings.Contains(cpu.CompileForTest(f).String(), "dot"); made != (c.want && native) {
				t.Errorf("%v by %v: element by element: %t, want %t", x, y, made, c.want)
			}
		}
	}
}
