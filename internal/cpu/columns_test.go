package cpu_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"gojax/internal/core"
	"gojax/internal/cpu"
	"gojax/internal/dtype"
	"gojax/lax"
)

// Indices of several components are read as they are, not put side by side before.
func TestGatherByColumns(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	integers := []dtype.Type{dtype.Int32, dtype.Int64, dtype.Uint8, dtype.Int16}
	for n := range 24 {
		row := []int{1, 5, 20}[n%3]
		x, index := core.Of(dtype.Float32, 30, 40, row), core.Of(integers[r.IntN(len(integers))], 2000)
		at := lax.GatherDimensionNumbers{OffsetDims: []int{1}, CollapsedSliceDims: []int{0, 1}, StartIndexMap: []int{1, 0}}
		mode := []lax.GatherScatterMode{lax.Clip, lax.FillOrDrop, lax.PromiseInBounds}[n/3%3]
		f := staged(func(x []array) []array {
			column := func(i array) array {
				wrapped := lax.Select(lax.Lt(i, lax.Number(index.DType, 0)), lax.Add(i, lax.Number(index.DType, 30)), i)
				return lax.Reshape(wrapped, core.Shape{2000, 1})
			}
			i := lax.Concatenate(1, column(x[1]), column(x[2]))
			y := lax.Gather(x[0], i, at, []int{1, 1, row}, mode)
			z := lax.Gather(x[0], lax.Rev(i, []int{0}), at, []int{1, 1, row}, lax.Clip)
			return []array{y, lax.Mul(z, z)}
		}, x, index, index)
		sameAsDefined(t, f, func() []*core.Value {
			r := rand.New(rand.NewPCG(uint64(n), 1))
			in := []*core.Value{filled(x), core.New(index, cpu.Default()), core.New(index, cpu.Default())}
			for _, v := range in[1:] {
				for j := range v.Size() {
					core.PutInt(v, j, int64(r.IntN(50)-5))
				}
			}
			return in
		})
	}
	i := core.Of(dtype.Int32, 2000, 1)
	text := cpu.Text(staged(func(x []array) []array {
		at := lax.GatherDimensionNumbers{CollapsedSliceDims: []int{0, 1}, StartIndexMap: []int{0, 1}}
		return []array{lax.Gather(x[0], lax.Concatenate(1, x[1], x[2]), at, []int{1, 1}, lax.Clip)}
	}, f32(30, 40), i, i))
	if strings.Count(text, "\n") != 1 || !strings.Contains(text, "take") {
		t.Errorf("elements at two indices are not taken in one step:\n%s", text)
	}
}
