package lax

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/internal/kir"
	"gojax/internal/rule"
)

// topK returns the K largest elements along the last axis, which is Axis, and where
// they were.
type topK struct{ Axis, K int }

// TopK returns the k largest elements of x along its last axis, in descending order, and
// their indices (i32); of equal elements the first comes first. The order of real numbers
// is total: -NaN < -Inf < … < -0 < 0 < … < Inf < NaN.
func TopK(x Array, k int) (values, indices Array) {
	out := bindAll(topK{x.present("top_k").Rank() - 1, k}, x)
	return Of(out[0]), Of(out[1])
}

func (topK) String() string { return "top_k" }

// Operands is how many there are.
func (topK) Operands() int { return 1 }

func (op topK) Infer(in []Type) ([]Type, error) {
	x := in[0]
	switch {
	case x.DType.IsComplex():
		return nil, fmt.Errorf("operand has type %v, want real elements", x)
	case x.Rank() == 0 || op.Axis != x.Rank()-1:
		return nil, fmt.Errorf("operand has type %v, axis %d, want the last axis", x, op.Axis)
	case op.K < 0 || op.K > x.Shape[op.Axis]:
		return nil, fmt.Errorf("operand has type %v, k %d, want 0 to %d", x, op.K, x.Shape[op.Axis])
	}
	shape := slices.Clone(x.Shape)
	shape[op.Axis] = op.K
	return []Type{x.Shaped(shape...), core.Of(dtype.Int32, shape...)}, nil
}

// Step is the back end's selection.
func (op topK) Step() kir.Step { return kir.TopK{K: op.K} }

func (op topK) Eval(in []*Value) []*Value {
	x := in[0]
	t, _ := op.Infer(core.Types(in))
	values, indices := newLike(t[0]), newLike(t[1])
	for n, line := range lines(x.Shape, op.Axis) {
		sorted := axes(0, len(line))
		slices.SortStableFunc(sorted, func(i, j int) int { return compareTotal(x, line[j], line[i]) })
		for k, i := range sorted[:op.K] {
			copyElement(values, n*op.K+k, x, line[i])
			core.PutInt(indices, n*op.K+k, int64(i))
		}
	}
	return []*Value{values, indices}
}

// compareTotal compares elements i and j of x, not complex, in the total order of TopK.
func compareTotal(x *Value, i, j int) int {
	if !x.DType.IsFloat() {
		return compareElements(x, i, j)
	}
	rank := func(f float64) int64 { // in the order of the numbers
		bits := int64(math.Float64bits(f))
		return bits ^ int64(uint64(bits>>63)>>1)
	}
	return cmp.Compare(rank(real(core.At(x, i))), rank(real(core.At(x, j))))
}

// JVP moves the tangent as the elements move.
func (op topK) JVP(x, y, t []*Value) []*Value {
	return append(moveTangents(t, Of(y[1]), op.Axis), nil)
}

func (op topK) Batch(a rule.Axis, x []*Value, stacked core.Mask) ([]*Value, core.Mask) {
	return Bind(topK{op.Axis + 1, op.K}, x...), core.All(2)
}
