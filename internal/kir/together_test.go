package kir

import (
	"slices"
	"testing"

	"gojax/internal/dtype"
)

func TestTogether(t *testing.T) {
	b := NewBuilder()
	shape := []int{3, 100}
	x := b.Memory(b.In(dtype.BFloat16, 300), shape)
	i := b.Loops([]int{0}, []int{3})
	var v []Val
	b.Together(func() {
		for _, c := range []Code{Add, Max} {
			s := b.Reduce([]int{100}, []Val{b.Number(dtype.Float32, 0)}, func(j []Val) []Val {
				y := b.Convert(dtype.Float32, x.At([]Val{i[0], j[0]}))
				if c == Max {
					y = b.Emit(Mul, y, b.Convert(dtype.Float32, b.Load(b.In(dtype.BFloat16, 3), i[0])))
				}
				return []Val{y}
			}, func(x, y []Val) []Val { return []Val{b.Emit(c, x[0], y[0])} })
			v = append(v, b.Convert(dtype.BFloat16, s[0])) // before the other reduction
		}
	})
	for _, x := range v {
		b.Store(b.Out(dtype.BFloat16, 3), i[0], x)
	}
	k := b.Kernel().Collapse()
	if err := Check(k); err != nil {
		t.Error(err)
	}
	lines(t, k, `kernel in0:bf16[300] in1:bf16[3] out2:bf16[3] out3:bf16[3] {
  for i0<3 {
    a:bf16 = in1[i0]
    b:f32 = convert a
    c:f32 = reduce from 0.0 0.0 by add max i1<100 {
      d:bf16 = in0[i0*100 + i1]
      e:f32 = convert d
      f:f32 = mul e b
      yield e f
    }
    g:f32 = result 1 of c
    h:bf16 = convert c
    i:bf16 = convert g
    out2[i0] = h
    out3[i0] = i
  }
}
`)
}

// More than eight values are several reductions.
func TestTogetherMany(t *testing.T) {
	b := NewBuilder()
	x := b.Memory(b.In(dtype.Float32, 300), []int{3, 100})
	i := b.Loops([]int{0}, []int{3})
	b.Together(func() {
		for n := range 9 {
			s := b.Reduce([]int{100}, []Val{b.Number(dtype.Float32, 0)}, func(j []Val) []Val {
				return []Val{b.Emit(Mul, x.At([]Val{i[0], j[0]}), b.Number(dtype.Float32, complex(float64(n+2), 0)))}
			}, func(x, y []Val) []Val { return []Val{b.Emit(Add, x[0], y[0])} })
			b.Store(b.Out(dtype.Float32, 3), i[0], s[0])
		}
	})
	k := b.Kernel()
	if err := Check(k); err != nil {
		t.Error(err)
	}
	var values []int
	for _, i := range k.Code {
		if i.Code == Reduce {
			values = append(values, len(i.Args))
		}
	}
	slices.Sort(values)
	if !slices.Equal(values, []int{1, 8}) {
		t.Errorf("reductions of %v values, want 8 and 1", values)
	}
}
