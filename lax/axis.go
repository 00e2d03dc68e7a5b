package lax

import (
	"fmt"
	"slices"

	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/internal/rule"
)

// psum adds over the examples of named axes.
type psum struct{ Axes []string }

// PSum returns the sum of x over all examples of the Vmap whose axis has the given name.
// What is the same in all examples is multiplied by their number. Elements are numbers.
func PSum(x Array, axis string) Array { return bind(psum{[]string{axis}}, x) }

// PMean returns the mean of x, with floating-point elements, over all examples of the
// Vmap whose axis has the given name.
func PMean(x Array, axis string) Array {
	return Div(PSum(x, axis), PSum(one(x), axis))
}

// AxisSize returns the number of examples of the Vmap whose axis has the given name: an
// i32 scalar.
func AxisSize(axis string) Array { return PSum(literal(dtype.Int32, 1), axis) }

func (psum) String() string { return "psum" }

// Operands is how many there are.
func (psum) Operands() int { return 1 }

func (op psum) Infer(in []Type) ([]Type, error) {
	if in[0].DType == dtype.Bool {
		return nil, fmt.Errorf("operand has type %v, want numbers", in[0])
	}
	return in[:1:1], nil
}

func (op psum) Eval(in []*Value) []*Value     { panic(unbound(op, op.Axes)) }
func (op psum) Effects() core.Effects         { return core.Effects{Axes: op.Axes} }
func (op psum) JVP(x, y, t []*Value) []*Value { return Bind(op, t...) }

// Transpose adds too: the operand of each example goes to the results of all.
func (op psum) Transpose(ct, x []*Value) []*Value { return Bind(op, ct...) }

func (op psum) Batch(a rule.Axis, x []*Value, stacked core.Mask) ([]*Value, core.Mask) {
	return collect(op.Axes, a, x, stacked, func(rest []string) core.Op { return psum{rest} }, func(x Array) Array {
		if stacked[0] {
			return ReduceSum(x, []int{0})
		}
		n := literal(x.p.DType, float64(a.Size))
		if x.p.Literal() { // AxisSize is a number of the program
			y := mul.Eval([]*Value{x.p, n.p})[0]
			return Of(y.SetLiteral())
		}
		return Mul(x, n)
	})
}

// pmax takes the largest or smallest over the examples of named axes.
type pmax struct {
	rule.NotDifferentiable
	by   reducer
	Axes []string
}

// PMax returns the largest of x over all examples of the Vmap whose axis has the given
// name. It has no derivative, as in JAX.
func PMax(x Array, axis string) Array { return bind(pmax{by: reduceMax, Axes: []string{axis}}, x) }

// PMin returns the smallest of x over all examples of the Vmap whose axis has the given
// name. It has no derivative, as in JAX.
func PMin(x Array, axis string) Array { return bind(pmax{by: reduceMin, Axes: []string{axis}}, x) }

func (op pmax) String() string { return "p" + reducers[op.by].name[len("reduce_"):] }

// Operands is how many there are.
func (pmax) Operands() int { return 1 }

func (op pmax) Infer(in []Type) ([]Type, error) { return in[:1:1], nil }
func (op pmax) Eval(in []*Value) []*Value       { panic(unbound(op, op.Axes)) }
func (op pmax) Effects() core.Effects           { return core.Effects{Axes: op.Axes} }

func (op pmax) Batch(a rule.Axis, x []*Value, stacked core.Mask) ([]*Value, core.Mask) {
	rest := func(rest []string) core.Op { return pmax{by: op.by, Axes: rest} }
	return collect(op.Axes, a, x, stacked, rest, func(x Array) Array {
		if stacked[0] {
			return reduceBy(op.by, x, []int{0})
		}
		return x
	})
}

// collect is the batching rule of collective operations over the named axes: over reduces
// what is stacked on one of them, of makes the operation over the others.
func collect(names []string, a rule.Axis, x []*Value, stacked core.Mask,
	of func(rest []string) core.Op, over func(x Array) Array) ([]*Value, core.Mask) {
	i := slices.Index(names, a.Name)
	if i < 0 || a.Name == "" {
		return Bind(of(names), x...), stacked
	}
	y := over(Of(x[0]))
	if rest := slices.Delete(slices.Clone(names), i, i+1); len(rest) > 0 {
		y = bind(of(rest), y)
	}
	return []*Value{y.p}, core.Mask{false}
}

// axisIndex is the position of the example along a named axis.
type axisIndex struct {
	rule.ZeroGrad
	AxisName string
}

// AxisIndex returns the index of the example among those of the Vmap whose axis has the
// given name: an i32 scalar.
func AxisIndex(axis string) Array { return bind(axisIndex{AxisName: axis}) }

func (axisIndex) String() string { return "axis_index" }

// Operands is how many there are.
func (axisIndex) Operands() int                      { return 0 }
func (op axisIndex) Infer(in []Type) ([]Type, error) { return []Type{core.Of(dtype.Int32)}, nil }
func (op axisIndex) Eval(in []*Value) []*Value       { panic(unbound(op, []string{op.AxisName})) }
func (op axisIndex) Effects() core.Effects           { return core.Effects{Axes: []string{op.AxisName}} }

// Batch is asked only by the trace of the axis itself, as there are no operands.
func (op axisIndex) Batch(a rule.Axis, x []*Value, stacked core.Mask) ([]*Value, core.Mask) {
	return []*Value{Iota(dtype.Int32, a.Size).p}, core.Mask{true}
}

func unbound(op core.Op, names []string) *core.Error {
	return core.Errorf(op.String(), "unbound axis name: got %q, want names of axes of Vmaps around", names)
}
