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

// A block of a large array is written over, wherever it begins, and nothing else is where the
// array is donated.
func TestUpdateOfBlock(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 40 {
		shape, block := make(core.Shape, 1+r.IntN(3)), core.Shape{}
		for a := range shape {
			shape[a] = []int{1, 3, 40, 50, 2048}[r.IntN(5)]
			block = append(block, r.IntN(shape[a]+1))
		}
		d := []dtype.Type{dtype.Float32, dtype.BFloat16, dtype.Uint8, dtype.Complex128, dtype.Bool}[r.IntN(5)]
		start := []dtype.Type{dtype.Int32, dtype.Int64, dtype.Uint8}[r.IntN(3)]
		x, update := core.Of(d, shape...), core.Of(d, block...)
		if x.Size() > 500_000 {
			continue
		}
		types := []core.Type{x, update}
		for range shape {
			types = append(types, core.Of(start))
		}
		f := staged(func(in []array) []array { return []array{lax.DynamicUpdateSlice(in[0], in[1], in[2:])} }, types...)
		at := make([]int64, len(shape))
		for a := range at {
			at[a] = int64(r.IntN(2*shape[a]+2) - shape[a]/2)
			if start == dtype.Uint8 {
				at[a] = max(at[a], 0) & 0xff
			}
		}
		sameAsDefined(t, f, func() []*core.Value {
			in := []*core.Value{filled(x), filled(update)}
			for _, i := range at {
				v := core.New(core.Of(start), nil)
				core.PutInt(v, 0, i)
				in = append(in, v)
			}
			return in
		})
	}
	i32 := core.Of(dtype.Int32)
	f := staged(func(in []array) []array { return []array{lax.DynamicUpdateSlice(in[0], in[1], in[2:])} },
		f32(1000, 100), f32(1, 100), i32, i32)
	if text := cpu.Text(f); !strings.Contains(text, "scatter") {
		t.Errorf("a row of many is not written over:\n%s", text)
	}
}
