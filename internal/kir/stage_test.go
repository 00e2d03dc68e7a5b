package kir

import (
	"testing"

	"gojax/internal/dtype"
)

// Copies of what a reduction reads lie in the order of its loops.
func TestStage(t *testing.T) {
	b := NewBuilder()
	x, y := b.Memory(b.In(dtype.Float32, 60), []int{20, 3}), b.Memory(b.In(dtype.Float32, 90), []int{30, 3})
	i := b.Loops([]int{0}, []int{20})
	least := b.Reduce([]int{30}, []Val{b.Number(dtype.Float32, 9)}, func(j []Val) []Val {
		return []Val{b.Emit(Sub, x.At([]Val{i[0], b.At(1)}), y.At([]Val{j[0], b.At(2)}))}
	}, func(p, q []Val) []Val { return []Val{b.Emit(Min, p[0], q[0])} })
	b.Store(b.Out(dtype.Float32, 20), i[0], least[0])
	none := func(Walk) bool { return false }
	k, staged := b.Kernel().Stage(none, func(w Walk) bool { return w.Strides[1] == 3 })
	if err := Check(k); err != nil {
		t.Error(err)
	}
	if len(staged) != 1 || staged[0].From != 1 || staged[0].Walk.Off != 2 || staged[0].At.Strides[1] != 1 {
		t.Errorf("copies are %+v", staged)
	}
	lines(t, k, `kernel in0:f32[60] in1:f32[90] out2:f32[20] in3:f32[30] {
  for i0<20 {
    a:f32 = in0[i0*3 + 1]
    b:f32 = reduce from 9.0 by min i1<30 {
      c:f32 = in3[i1]
      d:f32 = sub a c
      yield d
    }
    out2[i0] = b
  }
}
`)
}
