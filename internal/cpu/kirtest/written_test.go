package kirtest

import (
	"testing"

	"gojax/internal/dtype"
	"gojax/internal/kir"
)

// A reduction that is written out has the bits of one with loops.
func TestWriteOut(t *testing.T) {
	for _, d := range []dtype.Type{dtype.Float32, dtype.Float64, dtype.Float16, dtype.Uint8} {
		for n := 1; n <= kir.Lanes; n++ {
			for _, extents := range [][]int{{n}, {n / 3, 3}, {2, 1, n / 2}} {
				if size := extents[0] * extents[len(extents)-1]; size == 0 || len(extents) > 1 && size > kir.Lanes {
					continue
				}
				b := kir.NewBuilder()
				shape := append([]int{5}, extents...)
				size := 1
				for _, e := range shape {
					size *= e
				}
				x, out := b.Memory(b.In(d, size), shape), [2]int{}
				i := b.Loops([]int{0}, []int{5})
				for way := range out {
					if way == 1 {
						b.WriteOut()
					}
					y := b.Reduce(extents, []kir.Val{b.Number(d, 0), b.Number(d, 3)}, func(j []kir.Val) []kir.Val {
						y := x.At(append([]kir.Val{i[0]}, j...))
						return []kir.Val{y, b.Emit(kir.Mul, y, y)}
					}, func(p, q []kir.Val) []kir.Val {
						return []kir.Val{b.Emit(kir.Add, p[0], q[0]), b.Emit(kir.Add, p[1], q[1])}
					})
					out[way] = b.Out(d, 10)
					for c, v := range y {
						b.Store(out[way], b.Affine(int64(c), kir.Term{Atom: i[0], Stride: 2}), v)
					}
				}
				k := b.Kernel()
				if err := kir.Check(k); err != nil {
					t.Fatal(err, k)
				}
				if n > 1 && len(extents) == 1 && len(k.Regions) != 4 { // the one loop, and what combines in it
					t.Fatalf("%d regions\n%v", len(k.Regions), k)
				}
				mem := NewMemory(source(uint64(n)), k)
				p := mem.Pointers()
				Define(k, p)
				for e := range int64(10) {
					if got, want := memory(p[out[1]], e, d.Size()), memory(p[out[0]], e, d.Size()); !Same(d, got, want) {
						t.Fatalf("%v: sum %d over %v is %v, want %v:\n%v", d, e, extents, text(d, got), text(d, want), k)
					}
				}
			}
		}
	}
}
