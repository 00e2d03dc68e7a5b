package cpu_test

import (
	"testing"

	"gojax/internal/core"
	"gojax/internal/cpu"
	"gojax/internal/dtype"
	"gojax/lax"
)

// What is little work and used at several places is computed again there, unless memory would be read
// more often for that, or a product makes what it is of.
func TestComputedAgain(t *testing.T) {
	zero := lax.Number(dtype.Float32, 0)
	sums := func(x array) array { return lax.BroadcastInDim(lax.ReduceSum(x, []int{0}), x.Shape(), []int{1}) }
	for _, c := range []struct {
		name        string
		temporaries int // arrays
		f           func(x, y array) array
	}{
		{"gradient of differences", 0, func(x, y array) array {
			d := slice(x, 0, 1, 200).Sub(slice(x, 0, 0, 199)).Mul(2).Add(1).Abs()
			return lax.Pad(d, zero, []lax.Padding{{1, 0, 0}, {}}).Sub(lax.Pad(d, zero, []lax.Padding{{0, 1, 0}, {}}))
		}},
		{"of a function", 1, func(x, y array) array {
			d := slice(x, 0, 1, 200).Sub(slice(x, 0, 0, 199)).Sin()
			return lax.Pad(d, zero, []lax.Padding{{1, 0, 0}, {}}).Sub(lax.Pad(d, zero, []lax.Padding{{0, 1, 0}, {}}))
		}},
		{"by two kernels", 0, func(x, y array) array {
			d := x.Mul(2).Add(1).Abs().Sub(3)
			return d.Div(sums(d))
		}},
		{"of two arrays", 0, func(x, y array) array { // in the memory of the result
			d := x.Mul(2).Add(y).Abs().Sub(3)
			return d.Div(sums(d))
		}},
		{"scaled by rows that are work", 0, func(x, y array) array {
			column := lax.Tanh(lax.Sin(lax.Exp(lax.ReduceSum(y, []int{1}))))
			d := x.Mul(lax.BroadcastInDim(column, x.Shape(), []int{0})).Add(1).Abs().Sub(3)
			return lax.ReduceSum(d.Div(sums(d)), []int{0})
		}},
	} {
		types := []core.Type{f32(200, 300), f32(200, 300)}
		f := staged(func(in []array) []array { return []array{c.f(in[0], in[1])} }, types...)
		sameBits(t, c.name, f)
		if m, _ := cpu.Analyse(f, nil); m.Temporaries/(4*190*300) != c.temporaries {
			t.Errorf("%s: temporaries of %d bytes, want %d arrays", c.name, m.Temporaries, c.temporaries)
		}
	}
}
