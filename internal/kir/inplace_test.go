package kir

import (
	"slices"
	"testing"

	"gojax/internal/dtype"
)

// A result may be where an operand is unless another result is what was read there, or a choice of it.
func TestInPlace(t *testing.T) {
	for _, c := range []struct {
		name   string
		second func(b *Builder, read, at Val) Val
		want   []Place
	}{
		{"a number", func(b *Builder, _, _ Val) Val { return b.Number(dtype.Float32, 1) }, []Place{{1, 0}}},
		{"computed", func(b *Builder, read, _ Val) Val { return b.Emit(Neg, read) }, []Place{{1, 0}}},
		{"what was read", func(_ *Builder, read, _ Val) Val { return read }, nil},
		{"a choice", func(b *Builder, read, at Val) Val {
			return b.Emit(Select, b.Emit(Lt, at, b.At(3)), b.Number(dtype.Float32, 1), read)
		}, nil},
	} {
		b := NewBuilder()
		x, y, z := b.In(dtype.Float32, 9), b.Out(dtype.Float32, 9), b.Out(dtype.Float32, 18)
		i := b.Loops([]int{0}, []int{9})[0]
		read := b.Load(x, i)
		b.Store(y, i, b.Emit(Exp, read))
		b.Store(z, b.Emit(Mul, i, b.At(2)), c.second(b, read, i))
		if got := b.Kernel().InPlace(); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
