package cpu_test

import (
	"bytes"
	"fmt"
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

// TestPrologueLines has products of what is computed of several arrays, and of rows and columns:
// the same bits as operation by operation, and no memory for the operands.
func TestPrologueLines(t *testing.T) {
	defer run.SetThreads(0)
	along := func(v array, shape []int, axis int) array { return lax.BroadcastInDim(v, shape, []int{axis}) }
	programs := map[string]func(x, z, row, col array) array{
		"sum":    func(x, z, row, col array) array { return lax.Add(x, z) },
		"row":    func(x, z, row, col array) array { return lax.Mul(x, along(row, x.Shape(), 1)) },
		"column": func(x, z, row, col array) array { return lax.Sub(along(col, x.Shape(), 0), x) },
		"all": func(x, z, row, col array) array {
			return lax.Add(lax.Mul(x, along(row, x.Shape(), 1)), lax.Mul(z, along(col, x.Shape(), 0)))
		},
		"masked": func(x, z, row, col array) array {
			return lax.Select(lax.Gt(x, along(row, x.Shape(), 1)), z, along(col, x.Shape(), 0))
		},
	}
	for n, c := range []struct{ m, n, k, x, y int }{ // the last two: the axis that is summed over
		{520, 530, 300, 1, 0}, {260, 520, 600, 1, 0}, {600, 260, 520, 1, 1}, {120, 600, 300, 1, 1}, {500, 400, 330, 0, 0},
	} {
		shape := func(free, summed int) []int { return [][]int{{c.k, free}, {free, c.k}}[summed] }
		for _, d := range []dtype.Type{dtype.Float32, dtype.Float64, dtype.BFloat16}[:1+2*((n+1)%2)] {
			of := func(s []int) []core.Type {
				return []core.Type{core.Of(d, s...), core.Of(d, s...), core.Of(d, s[1]), core.Of(d, s[0])}
			}
			types := append(of(shape(c.m, c.x)), of(shape(c.n, c.y))...)
			for name, p := range programs {
				f := staged(func(in []array) []array {
					x, y := p(in[0], in[1], in[2], in[3]), p(in[4], in[5], in[6], in[7])
					d := lax.DotGeneral(x, y, [2][]int{{c.x}, {c.y}}, [2][]int{}, dtype.Invalid)
					return []array{lax.Abs(d)}
				}, types...)
				text, want := cpu.CompileForTest(f).String(), 2
				if c.m < 256 || c.x == 0 { // rows are not packed, or not row by row
					want = 1
				}
				if joined := strings.Count(text, "within"); joined != want && (joined != 1 || d != dtype.BFloat16) && move.Native() != nil { // arithmetic of halves is more work
					t.Errorf("%s %v %v: %d kernels are part of the product, want %d\n%s", name, c, d, joined, want, text)
				}
				in := inputs(f)
				wanted := f.Call(in...)
				for _, threads := range []int{1, 3} {
					run.SetThreads(threads)
					for i, got := range core.Run(called{f: f}, cpu.Default(), in) {
						if !bytes.Equal(data(got), data(wanted[i])) {
							t.Fatalf("%s %v %v with %d threads: result %d is %v, want %v", name, c, d, threads, i, lax.Of(got), lax.Of(wanted[i]))
						}
					}
				}
			}
		}
	}
}

// TestProductOfTransposed has products of transposed, computed matrices and matrices of few columns: the transpose of each
// is made of lines of the matrix, which is nowhere in memory; not so if the other one is computed as well.
func TestProductOfTransposed(t *testing.T) {
	defer run.SetThreads(0)
	for _, n := range []int{3, 17, 24, 33, 64, 100, 256} {
		for _, both := range []bool{false, true} {
			for _, d := range []dtype.Type{dtype.Float32, dtype.Float64} {
				f := staged(func(in []array) []array {
					x, w := lax.Tanh(in[0]), in[1]
					if both {
						w = lax.Tanh(w)
					}
					return []array{lax.Abs(lax.DotGeneral(x, w, [2][]int{{0}, {0}}, [2][]int{}, dtype.Invalid))}
				}, core.Of(d, 600, 530), core.Of(d, 600, n))
				what := fmt.Sprintf("%d columns of %v, both: %v", n, d, both)
				if !both {
					noTemporaries(t, what, f)
				}
				sameBits(t, what, f)
			}
		}
	}
}
