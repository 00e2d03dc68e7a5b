package kir

import (
	"testing"

	"gojax/internal/dtype"
)

// TestCutFolds cuts a sum of columns of what is padded on both sides.
func TestCutFolds(t *testing.T) {
	b := NewBuilder()
	x, y := b.In(dtype.Float32, 90*8), b.Out(dtype.Float32, 8)
	i := b.Loops([]int{0}, []int{8})
	s := b.Reduce([]int{100}, []Val{b.Number(dtype.Float32, 0)}, func(j []Val) []Val {
		at := b.Emit(Sub, j[0], b.At(4))
		in := b.Emit(And, b.Emit(Ge, at, b.At(0)), b.Emit(Lt, at, b.At(90)))
		at = b.Emit(Max, b.Emit(Min, at, b.At(89)), b.At(0))
		return []Val{b.Emit(Select, in, b.Load(x, b.Address([]int{90, 8}, []Val{at, i[0]})), b.Number(dtype.Float32, 2))}
	}, func(x, y []Val) []Val { return []Val{b.Emit(Add, x[0], y[0])} })
	b.Store(y, i[0], s[0])
	k := b.Kernel().CutFolds()
	lines(t, k, `kernel in0:f32[720] out1:f32[8] {
  for i0<8 {
    a:f32 = reduce from 0.0 by add i1<100 {
      b:f32 = piece for i2<4 {
      } 2.0 for i3<90 {
        c:f32 = in0[i0 + i3*8]
      } c for i4<6 {
      } 2.0
      yield b
    }
    out1[i0] = a
  }
}
`)
	if err := Check(k); err != nil {
		t.Error(err)
	}
	if k.CutFolds() != k {
		t.Error("it is cut again")
	}
}

// TestFind goes over the boxes of loops of which two are cut.
func TestFind(t *testing.T) {
	c := &Cut{Extents: []int{3, 10, 5, 2}, Edges: [][]int{{0, 3}, {0, 4, 10}, {0, 5}, {0, 1, 2}}}
	sizes := []int{3 * 4 * 5, 3 * 4 * 5, 3 * 6 * 5, 3 * 6 * 5}
	next := make([]int, len(sizes))
	for i := 0; i < 300; {
		box, at, run := c.Find(i)
		if at != next[box] || run != 1 {
			t.Fatalf("iteration %d is number %d of box %d for %d, want number %d for 1", i, at, box, run, next[box])
		}
		next[box] += run
		i += run
	}
	for box, n := range next {
		if n != sizes[box] {
			t.Errorf("box %d has %d iterations, want %d", box, n, sizes[box])
		}
	}
	c.Edges[3] = []int{0, 2}
	for _, x := range []struct{ i, box, at, run int }{{0, 0, 0, 40}, {39, 0, 39, 1}, {40, 1, 0, 60}, {100, 0, 40, 40}, {161, 1, 81, 39}} {
		if box, at, run := c.Find(x.i); box != x.box || at != x.at || run != x.run {
			t.Errorf("iteration %d is number %d of box %d for %d, want %v", x.i, at, box, run, x)
		}
	}
}
