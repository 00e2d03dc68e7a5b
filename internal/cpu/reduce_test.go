package cpu_test

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"gojax/internal/core"
	"gojax/internal/cpu"
	"gojax/internal/dtype"
	"gojax/lax"
)

// Axes that others lie between are reduced one after the other. Where the order does not matter
// the bits are those of the definition, and sums of a few whole numbers are exact.
func TestReduceApart(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	types := []dtype.Type{dtype.Int32, dtype.Uint8, dtype.Float32, dtype.BFloat16, dtype.Float16, dtype.Float64, dtype.Complex64}
	for n := 0; n < 60; {
		shape, axes := make(core.Shape, 2+r.IntN(4)), []int{}
		for a := range shape {
			shape[a] = []int{1, 2, 7, 30, 100}[r.IntN(5)]
			if r.IntN(2) == 0 {
				axes = append(axes, a)
			}
		}
		if core.Size(shape) < 1000 || core.Size(shape) > 40_000 || len(axes) == 0 {
			continue
		}
		n++
		x := core.Of(types[r.IntN(len(types))], shape...)
		f := []func(x array, axes []int) array{lax.ReduceSum, lax.ReduceMax, lax.ReduceMin, lax.ReduceSum}[r.IntN(4)]
		sameAsDefined(t, staged(func(in []array) []array { return []array{f(in[0], axes), lax.Neg(f(lax.Neg(in[0]), axes))} }, x),
			func() []*core.Value {
				v := core.New(x, nil)
				for i := range v.Size() {
					few := i * 2654435761 >> 7
					if x.DType.IsInexact() {
						core.Put(v, i, complex(float64(few&1), 0))
					} else {
						core.PutInt(v, i, int64(few&63))
					}
				}
				return []*core.Value{v}
			})
	}
	text := func(axes ...int) []*core.Value {
		x := core.Of(dtype.Float32, 20, 30, 1, 40)
		g := staged(func(in []array) []array { return []array{lax.ReduceSum(in[0], axes)} }, x)
		return core.Run(called{f: g}, cpu.Default(), []*core.Value{filled(x)})
	}
	if a, b := text(0, 2, 3), text(0, 3); !bytes.Equal(data(a[0]), data(b[0])) {
		t.Error("an axis of size 1 changes a sum")
	}
}
