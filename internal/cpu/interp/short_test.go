package interp

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"gojax/internal/cpu/code"
	"gojax/internal/cpu/kirtest"
	"gojax/internal/dtype"
	"gojax/internal/kir"
)

// TestShort has rows of all lengths that lie with gaps, are repeated, or are the same for
// some of the loops around them, whole and in parts that begin and end within rows.
func TestShort(t *testing.T) {
	const outer, rows = 3, 350
	for _, d := range []dtype.Type{dtype.Float32, dtype.Float64, dtype.BFloat16, dtype.Uint8, dtype.Complex64} {
		for _, n := range []int{2, 7, 8, 16, 17, 33, 95} {
			b := kir.NewBuilder()
			wide := []int{outer, rows, 2 * n}
			x, y, z := b.In(d, outer*rows*2*n), b.In(d, rows*n), b.In(d, outer*rows)
			i := b.Loops([]int{0, 0, 0}, []int{outer, rows, n})
			right := []kir.Val{i[0], i[1], b.Affine(int64(n), kir.Term{Atom: i[2], Stride: 1})}
			v := b.Emit(kir.Mul, b.Memory(x, wide).At(i), b.Memory(y, []int{rows, n}).At(i[1:]))
			v = b.Emit(kir.Add, v, b.Emit(kir.Sub, b.Memory(x, wide).At(right), b.Memory(z, []int{outer, rows}).At(i[:2])))
			b.Store(b.Out(d, outer*rows*2*n), b.Address(wide, right), v)
			checkShort(t, fmt.Sprint(d, n), b.Kernel(), n)
		}
	}
}

// checkShort runs a kernel whole, and in parts.
func checkShort(t *testing.T, name string, k *kir.Kernel, n int) {
	t.Helper()
	check(t, name, k)
	mem := kirtest.NewMemory(rand.New(rand.NewPCG(1, 2)), k)
	want := mem.Clone()
	kirtest.Define(k, want.Pointers())
	all := k.Regions[1].Size()
	for _, l := range levels() {
		c, got := CompileFor(l, k), mem.Clone()
		if short := l != code.Portable && all >= shortFrom; (c.short != nil) != short {
			t.Errorf("%s: %v: rows are a loop of machine code: %v", name, l, c.short != nil)
		}
		for _, cut := range [][2]int{{3*n + 1, all - 1}, {0, n}, {n, 3*n + 1}, {all - 1, all}} {
			c.Part(got.Pointers(), cut[0], cut[1])
		}
		if err := got.Differ(k, want); err != nil {
			t.Errorf("%s: %v: %v", name, l, err)
		}
	}
}

// TestPieces has choices among operands by their index, in reductions and in loops, some of
// which have limits within them.
func TestPieces(t *testing.T) {
	for _, c := range [][3]int{{5000, 3000, 700}, {64, 64, 64}, {4096, 1, 4095}, {1, 70, 9000}, {30, 20, 14}} {
		n := c[0] + c[1] + c[2]
		for _, late := range []int{0, 5} { // an operand is chosen so much later than it begins
			choose := func(b *kir.Builder, in [3]int, i kir.Val) kir.Val {
				var v kir.Val
				at := 0
				for k, size := range c {
					from := b.Emit(kir.Max, b.Emit(kir.Min, b.Affine(int64(-at), kir.Term{Atom: i, Stride: 1}), b.At(size-1)), b.At(0))
					if x := b.Load(in[k], from); k == 0 {
						v = x
					} else {
						v = b.Emit(kir.Select, b.Emit(kir.Lt, i, b.At(at+late)), v, x)
					}
					at += size
				}
				return v
			}
			for _, d := range []dtype.Type{dtype.Float32, dtype.Uint8, dtype.Complex128} {
				b := kir.NewBuilder()
				in := [3]int{b.In(d, c[0]), b.In(d, c[1]), b.In(d, c[2])}
				i := b.Loops([]int{0}, []int{2})
				sum := b.Reduce([]int{n}, []kir.Val{b.Number(d, 0)}, func(j []kir.Val) []kir.Val { return []kir.Val{choose(b, in, j[0])} },
					func(x, y []kir.Val) []kir.Val { return []kir.Val{b.Emit(kir.Add, x[0], y[0])} })
				b.Store(b.Out(d, 2), i[0], sum[0])
				check(t, fmt.Sprint("sum ", c, late, d), b.Kernel())

				b = kir.NewBuilder()
				in = [3]int{b.In(d, c[0]), b.In(d, c[1]), b.In(d, c[2])}
				i = b.Loops([]int{0}, []int{n})
				b.Store(b.Out(d, n), i[0], choose(b, in, i[0]))
				check(t, fmt.Sprint("loop ", c, late, d), b.Kernel())
			}
		}
	}
}
