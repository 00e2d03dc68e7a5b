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

// TestPrologueOfVector has products of a computed matrix and a vector, or a few: the same bits as
// operation by operation, with any number of threads, and no memory for the matrix.
func TestPrologueOfVector(t *testing.T) {
	defer run.SetThreads(0)
	computed := map[string]func(x, row, col array) array{
		"scaled": func(x, row, col array) array { return lax.Mul(x, lax.Number(x.DType(), 0.375)) },
		"active": func(x, row, col array) array { return lax.Exp(lax.Neg(lax.Abs(x))) },
		"masked": func(x, row, col array) array {
			last := x.Rank() - 1
			of := func(v array, axis int) array { return lax.BroadcastInDim(v, x.Shape(), []int{axis}) }
			return lax.Select(lax.Gt(x, of(row, last)), x, of(col, last-1))
		},
		"widened": func(x, row, col array) array { return lax.Convert(x, dtype.Float32) },
	}
	for _, c := range []struct{ b, rows, k, n int }{ // matrices, and columns of the other
		{1, 530, 611, 1}, {1, 36, 9000, 1}, {1, 5, 50_000, 1}, {1, 3000, 70, 1}, {1, 40_000, 5, 1}, {1, 1, 300_000, 1}, {1, 1030, 300, 1},
		{1, 5000, 33, 1}, {3, 300, 200, 1}, {9, 211, 190, 1}, {9, 3, 15_000, 1}, {1, 700, 300, 5}, {1, 300, 5000, 12}, {1, 500, 333, 30},
	} {
		for _, d := range []dtype.Type{dtype.Float32, dtype.Float64, dtype.BFloat16} {
			for name, p := range computed {
				for _, turned := range []bool{false, true} { // columns of the matrix are in one piece
					if (name == "widened") != d.IsHalf() || turned && (c.n > 16 || c.n > 8 && d == dtype.Float64 || c.n > 1 && d.IsHalf()) {
						continue
					}
					shape, axis := []int{c.rows, c.k}, 1
					if turned {
						shape, axis = []int{c.k, c.rows}, 0
					}
					of := func(s ...int) core.Type {
						if c.b > 1 {
							s = append([]int{c.b}, s...)
						}
						return core.Of(d, s...)
					}
					k := min(c.b, 2) - 1
					batch := []int{0}[:k]
					for _, left := range []bool{true, false} {
						f := staged(func(in []array) []array {
							x, y := p(in[0], in[2], in[3]), in[1]
							by := [2][]int{{k + axis}, {k}}
							if y = lax.Convert(y, x.DType()); !left {
								x, y, by = y, x, [2][]int{{k}, {k + axis}}
							}
							return []array{lax.DotGeneral(x, y, by, [2][]int{batch, batch}, dtype.Invalid)}
						}, of(shape...), of(c.k, c.n), core.Of(d, shape[1]), core.Of(d, shape[0]))
						what := fmt.Sprintf("%s %v of %v, turned %v, left %v", name, c, d, turned, left)
						text := cpu.CompileForTest(f).String()
						always := c.n == 1 || c.n <= 12 && !turned // for others it depends on how wide vectors are
						if always && !strings.Contains(text, "within") && move.Native() != nil {
							t.Errorf("%s: no kernel is part of the product\n%s", what, text)
						}
						sameBits(t, what, f)
					}
				}
			}
		}
	}
}

// Products of vectors that lie side by side, of which one or both are computed.
func TestPrologueSideBySide(t *testing.T) {
	defer run.SetThreads(0)
	for _, c := range []struct{ k, n int }{{3, 5000}, {40, 300}, {700, 90}, {5000, 33}, {20_000, 70}} {
		for both := range 2 {
			f := staged(func(in []array) []array {
				x, y := lax.Exp(in[0]), in[1]
				if both > 0 {
					y = lax.Mul(y, lax.Sin(in[0]))
				}
				return []array{lax.DotGeneral(x, y, [2][]int{{0}, {0}}, [2][]int{{1}, {1}}, dtype.Invalid)}
			}, f32(c.k, c.n), f32(c.k, c.n))
			sameBits(t, fmt.Sprint(c, both), f)
		}
	}
}
