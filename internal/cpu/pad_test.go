package cpu_test

import (
	"math/rand/v2"
	"testing"

	"gojax/internal/core"
	"gojax/internal/cpu"
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

// TestPadOfEnds has arrays padded with what they have at their ends, along one axis after the other: what is padded first is
// in no memory.
func TestPadOfEnds(t *testing.T) {
	ends := func(x array, axis int) array {
		n := x.Shape()[axis]
		return lax.Concatenate(axis, lax.Rev(lax.SliceInDim(x, 1, 4, 1, axis), []int{axis}), x, lax.Rev(lax.SliceInDim(x, n-4, n-1, 1, axis), []int{axis}))
	}
	for _, computed := range []bool{false, true} {
		const n = 300
		f := staged(func(in []array) []array {
			x := in[0]
			if computed {
				x = lax.Tanh(x)
			}
			return []array{lax.Neg(ends(ends(x, 0), 1))}
		}, f32(n, n))
		want := 0
		if computed { // it is used many times
			want = 4 * n * n
		}
		if m, _ := cpu.Analyse(f, nil); m.Temporaries > want {
			t.Errorf("computed: %v: %d bytes of temporaries, want %d\n%v", computed, m.Temporaries, want, cpu.CompileForTest(f))
		}
		sameBits(t, "padded", f)
	}
}

// TestPadWritten has a reduction that is cut where padding begins, of what was written to from an index on: where that is read does
// not depend on the iteration, and is kept for all pieces.
func TestPadWritten(t *testing.T) {
	for _, c := range [][2]int{{4, 3}, {20, 19}, {35, 30}, {400, 300}} {
		n, k := c[0], c[1]
		f := staged(func(in []array) []array {
			x := lax.Pad(in[0], lax.Full(nil, 0, dtype.Float32), []lax.Padding{{1, 3, 0}, {0, 0, 0}})
			u := lax.Convert(lax.Exp(lax.Convert(lax.Slice(in[0], []int{0, 0}, []int{2, k}, nil), dtype.Float64)), dtype.Float32)
			return []array{lax.ReduceMax(lax.DynamicUpdateSlice(x, u, []array{in[1], in[1]}), []int{0})}
		}, core.Of(dtype.Float32, 3, n), core.Of(dtype.Int32))
		sameBits(t, "written", f)
	}
}
