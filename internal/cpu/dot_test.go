package cpu_test

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	"gojax/internal/core"
	"gojax/internal/cpu"
	"gojax/internal/dtype"
	"gojax/lax"
)

// TestTransposedOperands has products of transposed operands, which programs take as
// they lie: the same bits as when they are transposed first.
func TestTransposedOperands(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 60 {
		// Axes of length 2 can be batched and contracted with each other.
		x, y := f32(2, 3, 2, 5), f32(2, 2, 4)
		xp, xq, yp := r.Perm(4), r.Perm(4), r.Perm(3)
		f := staged(func(in []array) []array {
			u := lax.Transpose(lax.Transpose(in[0], xp), xq)
			v := lax.Transpose(in[1], yp)
			of := func(x array) (axes []int) {
				for a, n := range x.Shape() {
					if n == 2 {
						axes = append(axes, a)
					}
				}
				return axes
			}
			a, b := of(u), of(v)
			return []array{lax.DotGeneral(u, v, [2][]int{a[:1], b[:1]}, [2][]int{a[1:], b[1:]}, dtype.Invalid),
				lax.DotGeneral(u, v, [2][]int{a, b}, [2][]int{}, dtype.Invalid),
				lax.DotGeneral(u, in[1], [2][]int{a[1:], {0}}, [2][]int{}, dtype.Invalid)}
		}, x, y)
		in := inputs(f)
		got := core.Run(called{f: f}, cpu.Default(), in)
		for i, v := range f.Call(in...) {
			if !v.Type.Equal(got[i].Type) || !bytes.Equal(data(v), data(got[i])) {
				t.Fatalf("%v %v %v: result %d is %v, want %v", xp, xq, yp, i, lax.Of(got[i]), lax.Of(v))
			}
		}
	}
	f := staged(func(in []array) []array { return []array{lax.Dot(in[0], lax.Transpose(in[0], []int{1, 0}))} }, f32(30, 30))
	if text := cpu.CompileForTest(f).String(); strings.Contains(text, "kernel") {
		t.Errorf("the transposition is made:\n%s", text)
	}
}
