package cpu_test

import (
	"math/rand/v2"
	"testing"

	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/lax"
)

// Padding between elements is made of concatenations where there are many: whatever is cut at
// the ends.
func TestPadInside(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	types := []dtype.Type{dtype.Float32, dtype.Float64, dtype.Int16, dtype.Uint8, dtype.Complex128, dtype.Bool, dtype.BFloat16}
	for n := 0; n < 60; {
		shape := make(core.Shape, 1+r.IntN(3))
		config := make([]lax.Padding, len(shape))
		size, inside := 1, 0
		for a := range shape {
			shape[a] = 1 + r.IntN([]int{4, 40, 400}[r.IntN(3)])
			config[a] = lax.Padding{r.IntN(12) - 5, r.IntN(12) - 5, r.IntN(5) * r.IntN(2)}
			if r.IntN(3) == 0 {
				config[a][0], config[a][1] = 0, config[a][2]
			}
			inside += config[a][2]
			size *= max(0, config[a][0]+config[a][1]+shape[a]+(shape[a]-1)*config[a][2])
		}
		if inside == 0 || size < 1000 || size > 30_000 {
			continue
		}
		n++
		x, value := core.Of(types[r.IntN(len(types))], shape...), core.Type{}
		value = core.Of(x.DType)
		sameAsDefined(t, staged(func(in []array) []array {
			y := lax.Pad(in[0], in[1], config)
			if n%2 == 0 || x.DType == dtype.Bool {
				return []array{y}
			}
			return []array{lax.Neg(lax.Pad(lax.Neg(in[0]), in[1], config)), y}
		}, x, value), func() []*core.Value { return []*core.Value{filled(x), filled(value)} })
	}
}
