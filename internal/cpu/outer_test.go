package cpu_test

import (
	"math"
	"strings"
	"testing"

	"gojax/internal/core"
	"gojax/internal/cpu"
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
