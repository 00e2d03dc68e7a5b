package interp

import (
	"fmt"
	"testing"

	"gojax/internal/cpu/code"
	"gojax/internal/dtype"
	"gojax/internal/kir"
)

// TestFew reduces rows of all lengths up to some vectors, in which the order of sums is not that
// of a power of two, many and a few of them.
func TestFew(t *testing.T) {
	var lengths []int
	for n := 2; n <= 35; n++ {
		lengths = append(lengths, n)
	}
	lengths = append(lengths, 40, 47, 49, 62, 63, 65, 100, 200)
	for _, d := range []dtype.Type{dtype.Float32, dtype.Float64, dtype.BFloat16, dtype.Float16, dtype.Int32, dtype.Uint8, dtype.Int64, dtype.Complex64} {
		for _, by := range []kir.Code{kir.Add, kir.Mul, kir.Max} {
			if d.IsComplex() && by != kir.Add {
				continue
			}
			for _, n := range lengths {
				for _, rows := range []int{3, 130} {
					if rows == 130 && n%3 != 1 && d != dtype.Float32 {
						continue
					}
					b := kir.NewBuilder()
					in := b.In(d, rows*n)
					i := b.Loops([]int{0}, []int{rows})
					sum := b.Reduce([]int{n}, []kir.Val{b.Number(d, 1)}, func(j []kir.Val) []kir.Val {
						return []kir.Val{b.Memory(in, []int{rows, n}).At([]kir.Val{i[0], j[0]})}
					}, func(x, y []kir.Val) []kir.Val { return []kir.Val{b.Emit(by, x[0], y[0])} })
					b.Store(b.Out(d, rows), i[0], sum[0])
					k := b.Kernel()
					check(t, fmt.Sprint(d, by, n, rows), k)
					if rows == 130 && d == dtype.Float32 && n >= 7 {
						for _, l := range levels() {
							if l != code.Portable && n < 63 && CompileFor(l, k).short == nil {
								t.Errorf("%v: %d rows of %d are no loop of machine code", l, rows, n)
							}
						}
					}
				}
			}
		}
	}
}
