package kir

import (
	"testing"

	"gojax/internal/dtype"
)

// lines compares a kernel's text.
func lines(t *testing.T, k *Kernel, want string) {
	t.Helper()
	if got := k.String(); got != want {
		t.Errorf("got:\n%swant:\n%s", got, want)
	}
}

func TestElementwise(t *testing.T) {
	b := NewBuilder()
	shape := []int{3, 4}
	x, y := b.Memory(b.In(dtype.Float32, 12), shape), b.Out(dtype.Float32, 12)
	i := b.Loops([]int{0, 0}, shape)
	v := b.Emit(Exp, x.At(i))
	b.Store(y, b.Address(shape, i), b.Emit(Add, b.Emit(Mul, v, b.Number(dtype.Float32, 2)), v))
	lines(t, b.Kernel().Collapse(), `kernel in0:f32[12] out1:f32[12] {
  for i0<12 {
    a:f32 = in0[i0]
    b:f32 = exp a
    c:f32 = mul b 2.0
    d:f32 = add c b
    out1[i0] = d
  }
}
`)
}

func TestReshapeIsAffine(t *testing.T) {
	b := NewBuilder()
	x, y := b.Memory(b.In(dtype.Int32, 60), []int{5, 12}), b.Out(dtype.Int32, 60)
	shape := []int{5, 3, 4}
	i := b.Loops([]int{0, 0, 0}, shape)
	// (5, 12) -> (5, 3, 4) -> transposed (5, 4, 3): the index of the middle array is
	// made a number and taken apart again.
	n := b.Address(shape, i)
	from := []Val{b.Emit(Div, n, b.At(12)), b.Emit(Rem, n, b.At(12))}
	b.Store(y, b.Address([]int{5, 4, 3}, []Val{i[0], i[2], i[1]}), x.At(from))
	lines(t, b.Kernel().Collapse(), `kernel in0:i32[60] out1:i32[60] {
  for i0<5 i1<3 i2<4 {
    a:i32 = in0[i0*12 + i1*4 + i2]
    out1[i0*12 + i1 + i2*3] = a
  }
}
`)
}

func TestSplit(t *testing.T) {
	// (16, 6) of which each row is repeated, and each element three times.
	b := NewBuilder()
	x, y := b.In(dtype.Float32, 96), b.Out(dtype.Float32, 576)
	i := b.Loops([]int{0, 0}, []int{32, 18})
	from := b.Address([]int{16, 6}, []Val{b.Emit(Div, i[0], b.At(2)), b.Emit(Div, i[1], b.At(3))})
	b.Store(y, b.Address([]int{32, 18}, i), b.Load(x, from))
	lines(t, b.Kernel().Split(), `kernel in0:f32[96] out1:f32[576] {
  for i0<16 i1<2 i2<6 i3<3 {
    a:f32 = in0[i0*6 + i2]
    out1[i0*36 + i1*18 + i2*3 + i3] = a
  }
}
`)
	// Of a sum of two indices, and within a reduction, whose order stays.
	b = NewBuilder()
	x, y = b.In(dtype.Float32, 96), b.Out(dtype.Float32, 6)
	i = b.Loops([]int{0}, []int{6})
	sum := b.Reduce([]int{8, 4}, []Val{b.Number(dtype.Float32, 0)}, func(j []Val) []Val {
		n := b.Address([]int{8, 4}, j)
		return []Val{b.Load(x, b.Affine(0, Term{b.Emit(Div, n, b.At(8)), 24}, Term{b.Emit(Rem, n, b.At(2)), 12}, Term{i[0], 1}))}
	}, func(x, y []Val) []Val { return []Val{b.Emit(Add, x[0], y[0])} })
	b.Store(y, i[0], sum[0])
	lines(t, b.Kernel().Split(), `kernel in0:f32[96] out1:f32[6] {
  for i0<6 {
    a:f32 = reduce from 0.0 by add i1<4 i2<2 i3<2 i4<2 {
      b:f32 = in0[i0 + i1*24 + i4*12]
      yield b
    }
    out1[i0] = a
  }
}
`)
	// Not where parts are of different sizes, or the quotient would be one all the same.
	b = NewBuilder()
	x, y = b.In(dtype.Float32, 96), b.Out(dtype.Float32, 70)
	i = b.Loops([]int{0, 0}, []int{10, 7})
	n := b.Address([]int{10, 7}, i)
	b.Store(y, n, b.Emit(Add, b.Load(x, b.Emit(Div, n, b.At(4))), b.Load(x, b.Emit(Div, i[1], b.At(2)))))
	if k := b.Kernel(); k.Split() != k {
		t.Errorf("split:\n%v", k.Split())
	}
}

func TestRejoin(t *testing.T) {
	b := NewBuilder()
	i := b.Loops([]int{0}, []int{120})[0]
	// Taken apart by sizes that do not fit each other, and put together again.
	c, n := b.Emit(Rem, i, b.At(5)), b.Emit(Div, i, b.At(5))
	d, e := b.Emit(Rem, n, b.At(8)), b.Emit(Div, n, b.At(8))
	if got := b.Address([]int{3, 8, 5}, []Val{e, d, c}); got != i {
		t.Errorf("the parts of %d make up %d", i, got)
	}
}

func TestRanges(t *testing.T) {
	b := NewBuilder()
	i := b.Loops([]int{0, 4}, []int{4, 8})
	for _, c := range []struct {
		got, want Val
	}{
		{b.Emit(Lt, i[0], b.At(4)), b.Int(dtype.Bool, 1)},
		{b.Emit(Ge, i[1], b.At(4)), b.Int(dtype.Bool, 1)},
		{b.Emit(Lt, i[1], i[0]), b.Int(dtype.Bool, 0)},
		{b.Emit(Max, i[0], b.At(0)), i[0]},
		{b.Emit(Min, i[1], b.At(7)), i[1]},
		{b.Emit(Div, i[1], b.At(8)), b.At(0)},
		{b.Emit(Rem, i[0], b.At(4)), i[0]},
		{b.Emit(Sub, b.Emit(Add, i[0], i[1]), i[1]), i[0]},
	} {
		if c.got != c.want {
			t.Errorf("got %d, want %d in\n%v", c.got, c.want, b.Kernel())
		}
	}
}

func TestReduce(t *testing.T) {
	b := NewBuilder()
	x, y := b.Memory(b.In(dtype.Float32, 60), []int{5, 12}), b.Out(dtype.Float32, 5)
	i := b.Loops([]int{0}, []int{5})
	s := b.Reduce([]int{12}, []Val{b.Number(dtype.Float32, 0)}, func(j []Val) []Val {
		return []Val{b.Emit(Square, x.At([]Val{i[0], j[0]}))}
	}, func(p, q []Val) []Val { return []Val{b.Emit(Add, p[0], q[0])} })
	b.Store(y, i[0], b.Emit(Sqrt, s[0]))
	lines(t, b.Kernel().Collapse(), `kernel in0:f32[60] out1:f32[5] {
  for i0<5 {
    a:f32 = reduce from 0.0 by add i1<12 {
      b:f32 = in0[i0*12 + i1]
      c:f32 = square b
      yield c
    }
    d:f32 = sqrt a
    out1[i0] = d
  }
}
`)
}

// Integers that count loops are indices where they cannot wrap.
func TestExactIndices(t *testing.T) {
	b := NewBuilder()
	i := b.Loops([]int{0, 0}, []int{100, 200})
	n8, n32 := b.Convert(dtype.Uint8, i[0]), b.Convert(dtype.Int32, i[1])
	add := func(x Val, n int64) Val { return b.Emit(Add, x, b.Int(b.Type(x), n)) }
	for _, c := range []struct {
		name string
		x    Val
		want Val // or -1
	}{
		{"the index itself", n32, i[1]},
		{"a sum", add(n32, 5), b.Emit(Add, i[1], b.At(5))},
		{"a difference", add(n32, -5), b.Emit(Add, i[1], b.At(-5))},
		{"a multiple", b.Emit(Mul, n32, b.Int(dtype.Int32, 3)), b.Emit(Mul, i[1], b.At(3))},
		{"of both", b.Emit(Add, b.Convert(dtype.Int32, i[0]), n32), b.Emit(Add, i[0], i[1])},
		{"up to the limit", add(n8, 156), b.Emit(Add, i[0], b.At(156))},
		{"beyond the limit", add(n8, 157), -1},
		{"below 0", b.Emit(Sub, n8, b.Int(dtype.Uint8, 1)), -1},
		{"too large before", b.Emit(Sub, add(n8, 200), b.Int(dtype.Uint8, 200)), -1},
		{"a type that is too narrow", b.Convert(dtype.Int8, i[1]), -1},
		{"a product of indices", b.Emit(Mul, n32, n32), -1},
	} {
		if got := b.Convert(Index, c.x); c.want >= 0 && got != c.want || c.want < 0 && b.k.Code[got].Code != Convert {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}
