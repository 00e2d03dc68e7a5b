package lax

import (
	"fmt"

	"gojax/internal/core"
	"gojax/internal/kir"
	"gojax/internal/rule"
)

// transpose reorders axes: axis a of the result is axis Permutation[a] of the operand.
type transpose struct{ Permutation []int }

// Transpose returns x with its axes reordered: axis i of the result is axis perm[i]
// of x. perm has each axis once.
func Transpose(x Array, perm []int) Array { return bind(transpose{perm}, x) }

// MoveAxis returns x with axis from at place to; the other axes keep their order.
func MoveAxis(x Array, from, to int) Array {
	n := x.present("moveaxis").Rank()
	if from < 0 || from >= n || to < 0 || to >= n {
		panic(core.Errorf("moveaxis", "axes are %d and %d, want axes of %v", from, to, x.p.Type()))
	}
	if from == to {
		return x
	}
	rest := without(n, []int{from})
	perm := append(append(append(make([]int, 0, n), rest[:to]...), from), rest[to:]...)
	return Transpose(x, perm)
}

func (transpose) String() string { return "transpose" }

// Operands is how many there are.
func (transpose) Operands() int { return 1 }

// Deferrable says that eager mode may put it off.
func (transpose) Deferrable() {}

func (op transpose) Infer(in []Type) ([]Type, error) {
	if !isPermutation(op.Permutation, in[0].Rank()) {
		return nil, fmt.Errorf("operand has type %v, permutation %v, want each of its axes once", in[0], op.Permutation)
	}
	return []Type{in[0].Shaped(at(in[0].Shape, op.Permutation)...)}, nil
}

// Permuted lets a product take its operand as it lies.
func (op transpose) Permuted() []int { return op.Permutation }

// Kernel looks where the element was.
func (op transpose) Kernel(b *kir.Builder, out Type, x []kir.Operand, i []kir.Val) kir.Val {
	return x[0].At(at(i, inverse(op.Permutation)))
}

func (op transpose) Eval(in []*Value) []*Value {
	from := make([]int, in[0].Rank())
	return pull(in[0], in[0].Shaped(at(in[0].Shape, op.Permutation)...), func(i []int) []int {
		for a, p := range op.Permutation {
			from[p] = i[a]
		}
		return from
	})
}

func (op transpose) JVP(x, y, t []*Value) []*Value { return Bind(op, t...) }

func (op transpose) Transpose(ct, x []*Value) []*Value {
	return Bind(transpose{inverse(op.Permutation)}, ct...)
}

func (op transpose) Batch(a rule.Axis, x []*Value, stacked core.Mask) ([]*Value, core.Mask) {
	return Bind(transpose{lead(op.Permutation)}, x...), stacked
}

func isPermutation(perm []int, n int) bool {
	return len(perm) == n && isAxes(perm, n)
}

// isAxes reports whether all members of some are axes of an array of rank n, none of
// them twice.
func isAxes(some []int, n int) bool {
	seen := make([]bool, n)
	for _, a := range some {
		if a < 0 || a >= n || seen[a] {
			return false
		}
		seen[a] = true
	}
	return true
}

// inverse returns the permutation that undoes perm.
func inverse(perm []int) []int {
	inv := make([]int, len(perm))
	for i, p := range perm {
		inv[p] = i
	}
	return inv
}
