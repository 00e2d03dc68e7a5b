package cpu_test

import (
	"bytes"
	"strings"
	"testing"

	"gojax/internal/core"
	"gojax/internal/cpu"
	"gojax/internal/cpu/move"
	"gojax/internal/cpu/run"
	"gojax/internal/dtype"
	"gojax/lax"
)

// TestPrologues has products of what is computed element by element: the same bits as operation
// by operation, with any number of threads, and a part of the product where that packs.
func TestPrologues(t *testing.T) {
	defer run.SetThreads(0)
	scale := func(x, s array) array { return lax.Mul(x, lax.BroadcastInDim(s, x.Shape(), nil)) }
	programs := []struct {
		name  string
		apart bool // it is no part of the product
		f     func(x, y, s array) (array, array, []array)
	}{
		{"scaled", false, func(x, y, s array) (array, array, []array) { return scale(x, s), y, nil }},
		{"active", false, func(x, y, s array) (array, array, []array) { return x, lax.Tanh(y), nil }},
		{"both", false, func(x, y, s array) (array, array, []array) {
			return lax.Abs(scale(x, s)), lax.Sin(lax.Mul(y, y)), nil
		}},
		{"long", true, func(x, y, s array) (array, array, []array) { return lax.Sin(x), y, nil }},
		{"index", true, func(x, y, s array) (array, array, []array) {
			return lax.Add(x, lax.Convert(lax.BroadcastedIota(dtype.Int32, x.Shape(), x.Rank()-1), x.DType())), y, nil
		}},
		{"twice", true, func(x, y, s array) (array, array, []array) {
			x = lax.Neg(x)
			return x, y, []array{x}
		}},
		{"sum of two", true, func(x, y, s array) (array, array, []array) { return lax.Add(x, lax.Rev(x, []int{0})), y, nil }},
	}
	for _, c := range []struct {
		batch, m, n, k int
		x, y           int // the axis that is summed over, of the last two
	}{
		{1, 300, 300, 70, 1, 0}, {1, 260, 520, 600, 0, 0}, {1, 400, 130, 257, 1, 1}, {1, 257, 1100, 33, 0, 1}, {3, 270, 190, 130, 1, 0},
	} {
		shape := func(free, summed int) []int {
			s := []int{free, c.k}
			if summed == 0 {
				s = []int{c.k, free}
			}
			if c.batch > 1 {
				s = append([]int{c.batch}, s...)
			}
			return s
		}
		x, y := f32(shape(c.m, c.x)...), f32(shape(c.n, c.y)...)
		k := x.Rank() - 2
		batch := []int{0}[:k]
		for _, p := range programs {
			f := staged(func(in []array) []array {
				x, y, more := p.f(in[0], in[1], in[2])
				d := lax.DotGeneral(x, y, [2][]int{{k + c.x}, {k + c.y}}, [2][]int{batch, batch}, dtype.Invalid)
				return append(more, lax.Abs(d))
			}, x, y, f32())
			text := cpu.CompileForTest(f).String()
			if joined := strings.Contains(text, "within"); joined == p.apart && move.Native() != nil {
				t.Errorf("%s %v: a kernel is part of the product: %v\n%s", p.name, c, joined, text)
			}
			in := inputs(f)
			want := f.Call(in...)
			for _, threads := range []int{1, 3} {
				run.SetThreads(threads)
				for i, got := range core.Run(called{f: f}, cpu.Default(), in) {
					if !bytes.Equal(data(got), data(want[i])) {
						t.Fatalf("%s %v with %d threads: result %d is %v, want %v", p.name, c, threads, i, lax.Of(got), lax.Of(want[i]))
					}
				}
			}
		}
	}
}

// TestPrologueOfCopy has a product of what is computed of a transposition, which is copied to
// where that would be: the copy needs the memory that the kernel does not.
func TestPrologueOfCopy(t *testing.T) {
	for _, batch := range []int{1, 2} {
		f := staged(func(in []array) []array {
			x := lax.Transpose(in[0], []int{0, 2, 1})
			y := lax.Mul(x, lax.BroadcastInDim(in[1], x.Shape(), nil))
			return []array{lax.DotGeneral(y, in[0], [2][]int{{2}, {1}}, [2][]int{{0}, {0}}, dtype.Invalid)}
		}, f32(batch, 226, 553), f32())
		in := inputs(f)
		want := f.Call(in...)
		for i, got := range core.Run(called{f: f}, cpu.Default(), in) {
			if !bytes.Equal(data(got), data(want[i])) {
				t.Errorf("%d in a batch: got %v, want %v\n%v", batch, lax.Of(got), lax.Of(want[i]), cpu.CompileForTest(f))
			}
		}
	}
}
