package cpu_test

import (
	"fmt"
	"strings"
	"testing"

	"gojax/internal/core"
	"gojax/internal/cpu"
	"gojax/internal/cpu/move"
	"gojax/internal/cpu/run"
	"gojax/internal/dtype"
	"gojax/lax"
)

// Products read parts of arrays where they are.
func TestPartsOfArrays(t *testing.T) {
	defer run.SetThreads(0)
	dot := func(x, y array, i, j int) array {
		return lax.DotGeneral(x, y, [2][]int{{i}, {j}}, [2][]int{}, dtype.Invalid)
	}
	of := func(t dtype.Type, n ...int) core.Type { return core.Of(t, n...) }
	heads := func(x array, n int) array { return lax.Reshape(slice(x, 2, 64*n, 64*n+64), core.Shape{3, 70, 4, 16}) }
	for _, d := range []dtype.Type{dtype.Float32, dtype.Float64, dtype.BFloat16} {
		for _, c := range []struct {
			name   string
			copies int
			f      func(x, y array) array
			x, y   core.Type
		}{
			{"columns", 0, func(x, y array) array { return dot(slice(x, 1, 20, 170), y, 1, 0) }, of(d, 90, 200), of(d, 150, 70)},
			{"columns of both", 0, func(x, y array) array { return dot(slice(x, 1, 20, 170), slice(y, 1, 3, 50), 1, 0) }, of(d, 90, 200), of(d, 150, 70)},
			{"columns, turned", 0, func(x, y array) array { return dot(slice(x, 1, 20, 170), slice(y, 1, 3, 53), 0, 1) }, of(d, 50, 200), of(d, 150, 70)},
			{"rows", 0, func(x, y array) array { return dot(slice(x, 0, 20, 170), y, 1, 0) }, of(d, 200, 90), of(d, 90, 70)},
			{"every other column", 0, func(x, y array) array { return dot(lax.SliceInDim(x, 1, 200, 2, 1), y, 1, 0) }, of(d, 90, 200), of(d, 100, 70)},
			{"a vector", 0, func(x, y array) array { return dot(y, lax.Reshape(slice(x, 1, 7, 8), core.Shape{90}), 1, 0) }, of(d, 90, 200), of(d, 500, 90)},
			{"a matrix by a vector", 0, func(x, y array) array { return dot(slice(x, 1, 7, 97), y, 1, 0) }, of(d, 900, 200), of(d, 90)},
			{"one of several matrices", 0, func(x, y array) array { return dot(lax.Reshape(slice(x, 0, 2, 3), core.Shape{90, 80}), y, 1, 0) }, of(d, 5, 90, 80), of(d, 80, 70)},
			{"heads", 0, func(x, y array) array {
				return lax.DotGeneral(heads(x, 0), heads(x, 1), [2][]int{{3}, {3}}, [2][]int{{0, 2}, {0, 2}}, dtype.Invalid)
			}, of(d, 3, 70, 192), of(d, 1)},
			{"what is computed besides", 0, func(x, y array) array { return dot(slice(x, 1, 20, 170), y.Mul(2), 1, 0).Add(1) }, of(d, 90, 200), of(d, 150, 70)},
			{"backwards", 1, func(x, y array) array { return dot(lax.Rev(x, []int{1}), y, 1, 0) }, of(d, 90, 200), of(d, 200, 70)},
		} {
			f := staged(func(in []array) []array { return []array{c.f(in[0], in[1])} }, c.x, c.y)
			what := fmt.Sprint(d, " ", c.name)
			if text := cpu.CompileForTest(f).String(); move.Native() != nil && strings.Count(text, "copy") != c.copies {
				t.Errorf("%s:\n%s", what, text)
			}
			sameBits(t, what, f)
		}
	}
}
