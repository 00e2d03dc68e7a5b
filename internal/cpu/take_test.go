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

// Rows at indices are copied before what is computed of them; shorter ones are fetched.
func TestTakenRows(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	types := []dtype.Type{dtype.Float32, dtype.Int64, dtype.BFloat16, dtype.Uint8, dtype.Complex128}
	integers := []dtype.Type{dtype.Int32, dtype.Int64, dtype.Uint8, dtype.Uint64, dtype.Int16}
	for n := range 20 {
		row := []int{3, 8, 17, 300}[n%4]
		x, index := core.Of(types[r.IntN(len(types))], 90, row), core.Of(integers[r.IntN(len(integers))], 70, 1)
		at := lax.GatherDimensionNumbers{OffsetDims: []int{1}, CollapsedSliceDims: []int{0}, StartIndexMap: []int{0}}
		mode := []lax.GatherScatterMode{lax.Clip, lax.FillOrDrop}[n/4%2]
		f := staged(func(x []array) []array {
			y := lax.Gather(x[0], x[1], at, []int{1, row}, mode)
			z := lax.Mul(y, y)
			return []array{z, lax.ReduceSum(lax.Convert(lax.Add(z, y), dtype.Int32), []int{1})}
		}, x, index)
		sameAsDefined(t, f, func() []*core.Value {
			i, r := core.New(index, cpu.Default()), rand.New(rand.NewPCG(uint64(n), 1))
			for j := range i.Size() {
				core.PutInt(i, j, int64(r.IntN(100)-5))
			}
			return []*core.Value{filled(x), i}
		})
		copied := strings.Contains(cpu.CompileForTest(f).String(), " take ")
		if want := row >= 8 && index.DType != dtype.Uint64; copied != want {
			t.Errorf("rows of %d of %v at %v are copied: %v, want %v", row, x, index, copied, want)
		}
	}
}
