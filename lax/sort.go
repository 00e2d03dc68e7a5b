package lax

import (
	"cmp"
	"fmt"
	"slices"

	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/internal/kir"
	"gojax/internal/rule"
)

// sort sorts all operands alike, along an axis, by the first NumKeys of them.
type sort struct {
	Dimension int
	NumKeys   int
}

// Sort returns the elements of x in ascending order along axis: NaN comes last, -0 and
// 0 are equal, complex numbers go by their real parts, then by their imaginary parts.
// Equal elements keep their order.
func Sort(x Array, axis int) Array { return bind(sort{axis, 1}, x) }

// SortMulti sorts along axis by the first numKeys operands, as Sort does: by the first,
// what is equal in it by the second, and so on. The operands, of one shape, are
// reordered alike.
func SortMulti(operands []Array, axis, numKeys int) []Array {
	return arrays(bindAll(sort{axis, numKeys}, operands...))
}

func (sort) String() string { return "sort" }

func (op sort) Infer(in []Type) ([]Type, error) {
	if len(in) == 0 {
		return nil, fmt.Errorf("there are no operands, want at least one")
	}
	if op.NumKeys < 1 || op.NumKeys > len(in) {
		return nil, fmt.Errorf("there are %d operands and %d keys, want 1 to %d keys", len(in), op.NumKeys, len(in))
	}
	if op.Dimension < 0 || op.Dimension >= in[0].Rank() {
		return nil, fmt.Errorf("dimension is %d, want an axis of %v", op.Dimension, in[0])
	}
	for _, t := range in[1:] {
		if !slices.Equal(t.Shape, in[0].Shape) {
			return nil, fmt.Errorf("operands have types %v and %v, want equal shapes", in[0], t)
		}
	}
	return slices.Clone(in), nil
}

// Step is the back end's sort.
func (op sort) Step() kir.Step { return kir.Sort{Axis: op.Dimension, Keys: op.NumKeys} }

func (op sort) Eval(in []*Value) []*Value {
	out := make([]*Value, len(in))
	for k, x := range in {
		out[k] = newLike(x.Type())
	}
	for _, line := range lines(in[0].Shape, op.Dimension) {
		sorted := slices.Clone(line)
		slices.SortStableFunc(sorted, func(i, j int) int {
			for _, key := range in[:op.NumKeys] {
				if c := compareElements(key, i, j); c != 0 {
					return c
				}
			}
			return 0
		})
		for k, x := range in {
			for n, to := range line {
				copyElement(out[k], to, x, sorted[n])
			}
		}
	}
	return out
}

// compareElements compares elements i and j of x in the order of Sort.
func compareElements(x *Value, i, j int) int {
	switch {
	case x.DType == dtype.Uint64:
		return cmp.Compare(uint64(core.Int(x, i)), uint64(core.Int(x, j)))
	case !x.DType.IsInexact():
		return cmp.Compare(core.Int(x, i), core.Int(x, j))
	}
	p, q := core.At(x, i), core.At(x, j)
	if c := compareFloats(real(p), real(q)); c != 0 {
		return c
	}
	return compareFloats(imag(p), imag(q))
}

func compareFloats(p, q float64) int {
	switch {
	case p != p && q != q:
		return 0
	case p != p:
		return 1
	case q != q:
		return -1
	}
	return cmp.Compare(p, q)
}

// JVP moves the tangents as the elements move.
func (op sort) JVP(x, y, t []*Value) []*Value {
	places := BroadcastedIota(dtype.Int32, x[0].Shape, op.Dimension)
	sorted := Bind(op, append(slices.Clone(x), places.p)...)
	return moveTangents(t, Of(sorted[len(x)]), op.Dimension)
}

// moveTangents takes from each tangent, along axis, the elements at the given places.
func moveTangents(t []*Value, places Array, axis int) []*Value {
	moved := make([]*Value, len(t))
	for i, v := range t {
		if v != nil {
			moved[i] = takeAlong(Of(v), places, axis).p
		}
	}
	return moved
}

func (op sort) Batch(a rule.Axis, x []*Value, stacked core.Mask) ([]*Value, core.Mask) {
	return Bind(sort{op.Dimension + 1, op.NumKeys}, stackAll(a, x, stacked)...), core.All(len(x))
}

// takeAlong returns, in each place, the element of x whose index along axis is there in
// places; the other axes have equal sizes.
func takeAlong(x, places Array, axis int) Array {
	n := x.Rank()
	rest := without(n, []int{axis})
	d := GatherDimensionNumbers{
		CollapsedSliceDims:       []int{axis},
		StartIndexMap:            []int{axis},
		OperandBatchingDims:      rest,
		StartIndicesBatchingDims: rest,
	}
	indices := Reshape(places, append(slices.Clone(places.p.Shape), 1))
	return Gather(x, indices, d, slices.Repeat([]int{1}, n), PromiseInBounds)
}
