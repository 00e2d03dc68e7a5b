package lax

import (
	"fmt"
	"math"

	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/internal/rule"
)

// argReduce returns the index of the first largest or smallest element along its axis.
type argReduce struct {
	rule.ZeroGrad
	largest    bool
	Axes       []int // one
	IndexDtype DType
}

// ArgMax returns the indices, of integer type t, of the first largest elements along
// axis. The first NaN counts as largest.
func ArgMax(x Array, axis int, t DType) Array {
	return bind(argReduce{largest: true, Axes: []int{axis}, IndexDtype: t}, x)
}

// ArgMin returns the indices, of integer type t, of the first smallest elements along
// axis. The first NaN counts as smallest.
func ArgMin(x Array, axis int, t DType) Array {
	return bind(argReduce{Axes: []int{axis}, IndexDtype: t}, x)
}

func (op argReduce) String() string {
	if op.largest {
		return "argmax"
	}
	return "argmin"
}

// Operands is how many there are.
func (argReduce) Operands() int { return 1 }

func (op argReduce) Infer(in []Type) ([]Type, error) {
	x := in[0]
	switch {
	case len(op.Axes) != 1 || op.Axes[0] < 0 || op.Axes[0] >= x.Rank():
		return nil, fmt.Errorf("axes are %v, want one axis of %v", op.Axes, x)
	case x.DType.IsComplex():
		return nil, fmt.Errorf("operand has type %v, want real elements", x)
	case !op.IndexDtype.IsInt():
		return nil, fmt.Errorf("index dtype is %v, want an integer type", op.IndexDtype)
	case x.Shape[op.Axes[0]] == 0:
		return nil, fmt.Errorf("operand has type %v, want an element along axis %d", x, op.Axes[0])
	}
	return []Type{core.Of(op.IndexDtype, at(x.Shape, without(x.Rank(), op.Axes))...)}, nil
}

// Expand looks for the extreme first, and then for the least index at which it is, or NaN.
func (op argReduce) Expand(in []*Value) []*Value {
	x := Of(in[0])
	if x.DType() == dtype.Bool {
		x = Convert(x, dtype.Uint8)
	}
	extreme := ReduceMin
	if op.largest {
		extreme = ReduceMax
	}
	kept := without(x.Rank(), op.Axes)
	found := Eq(x, BroadcastInDim(extreme(x, op.Axes), x.Shape(), kept))
	if x.DType().IsInexact() {
		found = BitwiseOr(found, Ne(x, x))
	}
	t, n := dtype.Int32, x.Shape()[op.Axes[0]]
	if n > math.MaxInt32 {
		t = dtype.Int64
	}
	at := BroadcastedIota(t, x.Shape(), op.Axes[0])
	first := ReduceMin(Select(found, at, Number(t, float64(n))), op.Axes)
	return []*Value{Convert(first, op.IndexDtype).p}
}

func (op argReduce) Eval(in []*Value) []*Value {
	x, axis := in[0], op.Axes[0]
	t, _ := op.Infer(core.Types(in))
	y := newLike(t[0])
	for n, line := range lines(x.Shape, axis) {
		best := 0
		for i := range line {
			if op.better(x, line[i], line[best]) {
				best = i
			}
		}
		core.PutInt(y, n, int64(best))
	}
	return []*Value{y}
}

// better reports whether element i of x beats element j, which comes before it.
func (op argReduce) better(x *Value, i, j int) bool {
	if x.DType.IsInexact() {
		switch p, q := real(core.At(x, i)), real(core.At(x, j)); {
		case p != p || q != q:
			return q == q
		case op.largest:
			return p > q
		default:
			return p < q
		}
	}
	p, q := core.Int(x, i), core.Int(x, j)
	if op.largest {
		p, q = q, p
	}
	return lessInt(p, q, x.DType)
}

// lines lists the places of the elements of each line along axis, of an array of the
// given shape, in row-major order of the other axes.
func lines(shape Shape, axis int) [][]int {
	inner := core.Size(shape[axis+1:])
	all := make([][]int, core.Size(shape[:axis])*inner)
	for n := range all {
		start := n/inner*shape[axis]*inner + n%inner
		for i := range shape[axis] {
			all[n] = append(all[n], start+i*inner)
		}
	}
	return all
}

func (op argReduce) Batch(a rule.Axis, x []*Value, stacked core.Mask) ([]*Value, core.Mask) {
	op.Axes = shift(op.Axes)
	return Bind(op, x...), stacked
}
