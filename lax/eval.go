package lax

import (
	"gojax/internal/core"
)

// Definitions (Eval methods) are slow and obvious: they visit elements by index
// and compute in float64, complex128 or int64.

// newLike returns an array to be filled by a definition.
func newLike(t Type) *Value { return core.New(t, nil) }

// next advances index, an index of an array of the given shape, in row-major order.
func next(index []int, shape Shape) {
	for a := len(shape) - 1; a >= 0; a-- {
		if index[a]++; index[a] < shape[a] {
			return
		}
		index[a] = 0
	}
}

// offset is where the element at index lies.
func offset(index []int, shape Shape) int {
	n := 0
	for a, i := range index {
		n = n*shape[a] + i
	}
	return n
}

// copyElement copies element j of x to element i of y, which has x's dtype.
func copyElement(y *Value, i int, x *Value, j int) {
	n := x.DType.Size()
	copy(core.Slice[byte](y.Buf)[i*n:(i+1)*n], core.Slice[byte](x.Buf)[j*n:(j+1)*n])
}

// pull is the definition of operations that move elements: the result of type t has
// at index i the element of x at from(i).
func pull(x *Value, t Type, from func(i []int) []int) []*Value {
	y := newLike(t)
	index := make([]int, t.Rank())
	for n := range t.Size() {
		copyElement(y, n, x, offset(from(index), x.Shape))
		next(index, t.Shape)
	}
	return []*Value{y}
}

// axes returns from, …, to-1.
func axes(from, to int) []int {
	s := make([]int, 0, max(to-from, 0))
	for i := from; i < to; i++ {
		s = append(s, i)
	}
	return s
}

// without returns the axes of an array of rank n that are not in some.
func without(n int, some []int) []int {
	s := make([]int, 0, n)
next:
	for i := range n {
		for _, j := range some {
			if i == j {
				continue next
			}
		}
		s = append(s, i)
	}
	return s
}

// shift renumbers axes after a new leading one.
func shift(axes []int) []int {
	s := make([]int, len(axes))
	for i := range s {
		s[i] = axes[i] + 1
	}
	return s
}

// lead renumbers axes after a new leading one, and lists that first.
func lead(axes []int) []int { return append([]int{0}, shift(axes)...) }

// at returns s[i] for i in some.
func at[T any](s []T, some []int) []T {
	out := make([]T, len(some))
	for i, a := range some {
		out[i] = s[a]
	}
	return out
}
