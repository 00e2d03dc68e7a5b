package cpu_test

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	"gojax/internal/core"
	"gojax/internal/cpu"
	"gojax/internal/cpu/code"
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
			if !v.Type().Equal(got[i].Type()) || !bytes.Equal(data(v), data(got[i])) {
				t.Fatalf("%v %v %v: result %d is %v, want %v", xp, xq, yp, i, lax.Of(got[i]), lax.Of(v))
			}
		}
	}
	f := staged(func(in []array) []array { return []array{lax.Dot(in[0], lax.Transpose(in[0], []int{1, 0}))} }, f32(30, 30))
	if text := cpu.CompileForTest(f).String(); strings.Contains(text, "kernel") {
		t.Errorf("the transposition is made:\n%s", text)
	}
}

// TestTransposedResults has products that are transposed, which programs make so: the
// same bits as when they are transposed afterwards.
func TestTransposedResults(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	turned := 0
	for range 60 {
		x, y := f32(2, 3, 9, 5), f32(2, 3, 4, 5)
		perms := [][]int{{0, 2, 1, 3}, {0, 1, 3, 2}, {2, 0, 1, 3}, r.Perm(4)}
		p, q := perms[r.IntN(4)], perms[r.IntN(4)]
		f := staged(func(in []array) []array {
			d := lax.DotGeneral(in[0], in[1], [2][]int{{3}, {3}}, [2][]int{{0, 1}, {0, 1}}, dtype.Invalid)
			e := lax.DotGeneral(in[0], in[0], [2][]int{{3}, {3}}, [2][]int{{0, 1}, {0, 1}}, dtype.Invalid)
			g := lax.DotGeneral(in[1], in[1], [2][]int{{3}, {3}}, [2][]int{{0, 1}, {0, 1}}, dtype.Invalid)
			return []array{lax.Transpose(d, p), lax.Transpose(lax.Transpose(e, p), q), lax.Exp(e),
				lax.Transpose(lax.Transpose(g, r.Perm(4)), q)}
		}, x, y)
		turned += strings.Count(cpu.CompileForTest(f).String(), "axes")
		in := inputs(f)
		got := core.Run(called{f: f}, cpu.Default(), in)
		for i, v := range f.Call(in...) {
			if !v.Type().Equal(got[i].Type()) || !bytes.Equal(data(v), data(got[i])) {
				t.Fatalf("%v %v: result %d is %v, want %v", p, q, i, lax.Of(got[i]), lax.Of(v))
			}
		}
	}
	if level, _ := code.Chosen(); level != code.Portable && turned < 20 {
		t.Errorf("of 60 products %d come out transposed, want most", turned)
	}
}
