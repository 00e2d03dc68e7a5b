package core

import (
	"fmt"
	"math"
	"math/bits"
	"slices"
	"strconv"

	"gojax/internal/dtype"
)

// A Shape lists the sizes of an array's axes; a scalar has none.
type Shape = []int

// A Type is what is known of a value before it is computed.
type Type struct {
	DType dtype.Type
	Shape Shape
}

// Of returns the type of an array with elements t.
func Of(t dtype.Type, shape ...int) Type { return Type{t, shape} }

// Shaped is the type of an array of t's elements.
func (t Type) Shaped(shape ...int) Type { return Type{t.DType, shape} }

// With is the type of an array of t's shape.
func (t Type) With(d dtype.Type) Type { return Type{d, t.Shape} }

// Equal reports whether t and u are the same type.
func (t Type) Equal(u Type) bool { return t.DType == u.DType && slices.Equal(t.Shape, u.Shape) }

// Rank is the number of axes.
func (t Type) Rank() int { return len(t.Shape) }

// Inexact reports whether values of type t have derivatives.
func (t Type) Inexact() bool { return t.DType.IsInexact() }

// Size is the number of elements.
func (t Type) Size() int { return Size(t.Shape) }

// Bytes is the size of the elements in memory, or math.MaxInt if it is beyond that.
func (t Type) Bytes() int {
	n, size := t.Size(), t.DType.Size()
	if n > math.MaxInt/16 && size > 0 {
		return math.MaxInt
	}
	return n * size
}

// Size is the number of elements in an array of the given shape, or math.MaxInt if it is
// beyond that.
func Size(shape Shape) int {
	n := 1
	for _, d := range shape {
		if uint(n|d) >= 1<<(bits.UintSize/2-1) && d > 0 && n > math.MaxInt/d {
			if slices.Contains(shape, 0) {
				return 0
			}
			return math.MaxInt
		}
		n *= d
	}
	return n
}

// Check reports what makes t no type of an array.
func (t Type) Check() error {
	for _, d := range t.Shape {
		if d < 0 {
			return fmt.Errorf("shape is %v, want no negative size", t.Shape)
		}
	}
	switch {
	case !t.DType.IsValid():
		return fmt.Errorf("the element type is invalid (the zero DType), want one such as jax.Float32")
	case t.Bytes() > math.MaxInt&(1<<46-1):
		return fmt.Errorf("the result has type %v, want no more than 2^46 bytes", t)
	}
	return nil
}

// Stacked is the type of n values of type t.
func (t Type) Stacked(n int) Type {
	shape := make(Shape, len(t.Shape)+1)
	shape[0] = n
	copy(shape[1:], t.Shape)
	return Type{t.DType, shape}
}

// Append appends t as it prints: f32[3,4].
func (t Type) Append(b []byte) []byte {
	b = append(b, t.DType.String()...)
	b = append(b, '[')
	for i, d := range t.Shape {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, int64(d), 10)
	}
	return append(b, ']')
}

func (t Type) String() string { return string(t.Append(nil)) }
