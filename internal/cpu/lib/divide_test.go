package lib

import (
	"math/rand/v2"
	"testing"

	"gojax/internal/core"
	"gojax/internal/cpu/run"
	"gojax/internal/dtype"
	"gojax/internal/kir"
)

// TestDivided holds scatters of so many elements that threads divide them to the same ones
// on one thread.
func TestDivided(t *testing.T) {
	defer run.SetThreads(0)
	r := rand.New(rand.NewPCG(27, 28))
	const n = worthwhile + 777
	index := core.New(core.Of(dtype.Int32, n, 1), nil)
	for _, shape := range [][]int{{10}, {1000}, {3001, 3}, {200_000}} {
		for i := range n {
			core.PutInt(index, i, int64(r.IntN(shape[0]+4)-2))
		}
		for _, d := range []dtype.Type{dtype.Float32, dtype.Bool, dtype.Int64, dtype.BFloat16, dtype.Complex128} {
			operand, updates := random(r, core.Of(d, shape...), false), random(r, core.Of(d, n), true)
			for _, by := range []kir.Code{kir.NoCode, kir.Add, kir.Max} {
				s := kir.Scatter{By: by, InsertedWindow: []int{0, 1}[:len(shape)], ScatterToOperand: []int{0}, FillOrDrop: true}
				var want *core.Value
				for _, threads := range []int{1, 2, 3, 16} {
					run.SetThreads(threads)
					got := core.New(operand.Type(), nil)
					Run(s, []*core.Value{operand, index, updates}, []*core.Value{got})
					if threads == 1 {
						want = got
					}
					same(t, s, got, want)
				}
			}
		}
	}
}
