package interp

import (
	"fmt"
	"testing"

	"gojax/internal/cpu/code"
	"gojax/internal/dtype"
	"gojax/internal/kir"
)

// joined returns the element at an index of arrays that lie one after the other along axis a, of
// the given sizes: what is computed of each is something else, and between the first and the
// second there are zeros.
func joined(b *kir.Builder, t dtype.Type, shape []int, a int, sizes []int, at []kir.Val) kir.Val {
	y, start := kir.Val(-1), 0
	for n, size := range sizes {
		own, from := append([]int(nil), shape...), append([]kir.Val(nil), at...)
		own[a] = size
		from[a] = b.Emit(kir.Max, b.Emit(kir.Min, b.Emit(kir.Sub, at[a], b.At(start)), b.At(size-1)), b.At(0))
		elems := 1
		for _, e := range own {
			elems *= e
		}
		var x kir.Val
		switch n {
		case 1:
			x = b.Number(t, 0)
		case 2:
			x = b.Memory(b.In(t, elems), own).At(from)
		default:
			x = b.Memory(b.In(t, elems), own).At(from)
			x = b.Emit(kir.Mul, x, b.Emit(kir.Add, x, b.Memory(b.In(t, shape[0]), shape[:1]).At(at[:1])))
		}
		if y < 0 {
			y = x
		} else {
			y = b.Emit(kir.Select, b.Emit(kir.Lt, at[a], b.At(start)), y, x)
		}
		start += size
	}
	return y
}

// TestCuts has reductions of what is joined, along each of the axes that are reduced: rows, which
// are machine code as a whole, columns, which are strips, and blocks.
func TestCuts(t *testing.T) {
	for _, c := range []struct {
		shape       []int
		axis        int // along which it is joined, of
		sizes       []int
		reduced     []int
		short, strp bool
	}{
		{[]int{30, 1000}, 1, []int{480, 20, 400, 100}, []int{1}, true, false},
		{[]int{30, 131}, 1, []int{1, 60, 69, 1}, []int{1}, true, false},
		{[]int{3, 2*kir.Block + 100}, 1, []int{5000, 2000, 1292}, []int{1}, false, false},
		{[]int{20, 60, 40}, 1, []int{20, 30, 10}, []int{1, 2}, true, false},
		{[]int{20, 3, 400}, 2, []int{100, 200, 100}, []int{1, 2}, false, false},
		{[]int{1000, 130}, 0, []int{480, 20, 400, 100}, []int{0}, false, true},
		{[]int{5, 7, 130}, 1, []int{3, 2, 2}, []int{1}, false, true},
		{[]int{9, 40, 130}, 1, []int{20, 10, 10}, []int{0, 1}, false, true},
	} {
		for _, d := range []dtype.Type{dtype.Float32, dtype.Float64, dtype.BFloat16, dtype.Int16} {
			for _, converted := range []bool{false, true} {
				b := kir.NewBuilder()
				at := make([]kir.Val, len(c.shape))
				var lo, hi, inner, axes []int
				for a, e := range c.shape {
					if len(axes) < len(c.reduced) && c.reduced[len(axes)] == a {
						inner, axes = append(inner, e), append(axes, a)
					} else {
						lo, hi = append(lo, 0), append(hi, e)
					}
				}
				i := b.Loops(lo, hi)
				s := b.Reduce(inner, []kir.Val{b.Number(d, 1)}, func(j []kir.Val) []kir.Val {
					outer, in := i, j
					for a := range at {
						if len(in) > 0 && axes[len(axes)-len(in)] == a {
							at[a], in = in[0], in[1:]
						} else {
							at[a], outer = outer[0], outer[1:]
						}
					}
					return []kir.Val{joined(b, d, c.shape, c.axis, c.sizes, at)}
				}, func(x, y []kir.Val) []kir.Val { return []kir.Val{b.Emit(kir.Add, x[0], y[0])} })
				elems := 1
				for _, e := range hi {
					elems *= e
				}
				if converted {
					s[0] = b.Emit(kir.Sub, b.Emit(kir.Mul, s[0], s[0]), b.Load(b.In(d, elems), b.Address(hi, i)))
				}
				b.Store(b.Out(d, elems), b.Address(hi, i), s[0])
				k, name := b.Kernel().Collapse(), fmt.Sprint(c, d, converted)
				check(t, name, k)
				for _, l := range levels() {
					f := CompileFor(l, k)
					native := l != code.Portable
					if f.folds[0].cut == nil || (f.short != nil) != (c.short && native) || (f.folds[0].strips != nil) != (c.strp && native) {
						t.Errorf("%s: %v: cut %v, rows %v, strips %v", name, l, f.folds[0].cut != nil, f.short != nil, f.folds[0].strips != nil)
					}
				}
			}
		}
	}
}
