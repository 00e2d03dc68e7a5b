package lax

import (
	"fmt"

	"gojax/internal/core"
	"gojax/internal/kir"
	"gojax/internal/rule"
)

// clamp limits its middle operand to the bounds left and right of it, which may be
// scalars.
type clamp struct{}

// Clamp returns x limited to at least lo and at most hi, elementwise. The operands
// have one element type; lo and hi have the shape of x or none. The derivative in x is
// 0 on the bounds.
func Clamp(lo, x, hi Array) Array { return bind(clamp{}, lo, x, hi) }

func (clamp) String() string { return "clamp" }

// Operands is how many there are.
func (clamp) Operands() int { return 3 }

// Deferrable says that eager mode may put it off.
func (clamp) Deferrable() {}

// Domain has the bounds in order.
func (clamp) Domain(operand int) Interval {
	return [...]Interval{{-1.5, -0.2}, {-2, 2}, {0.2, 1.5}}[operand]
}

func (clamp) Infer(in []Type) ([]Type, error) {
	x := in[1]
	if err := anything.check(x); err != nil {
		return nil, err
	}
	for _, t := range in {
		if t.DType != x.DType || t.Rank() > 0 && !t.Equal(x) {
			return nil, fmt.Errorf("operand has type %v and the bounds %v and %v, want equal types or scalar bounds",
				x, in[0], in[2])
		}
	}
	return in[1:2:2], nil
}

// Kernel takes the upper bound last: it wins where the two cross.
func (clamp) Kernel(b *kir.Builder, out Type, x []kir.Operand, i []kir.Val) kir.Val {
	return b.Emit(kir.Min, element(x[2], i), b.Emit(kir.Max, element(x[0], i), element(x[1], i)))
}

func (clamp) Eval(in []*Value) []*Value {
	return minimum.Eval([]*Value{in[2], maximum.Eval(in[:2])[0]})
}

func (clamp) JVP(x, y, t []*Value) []*Value {
	lo, v, hi := Of(x[0]), Of(x[1]), Of(x[2])
	var sum *Value
	for i, tangent := range t {
		if tangent == nil {
			continue
		}
		var on Array
		switch i {
		case 0:
			on = BitwiseAnd(Gt(lo, v), Lt(lo, hi))
		case 1:
			on = BitwiseAnd(Gt(v, lo), Lt(v, hi))
		default:
			on = Lt(hi, v)
		}
		sum = Sum(sum, Select(on, to(Of(tangent), v.p.Shape), zero(v)).p)
	}
	return []*Value{sum}
}

// Batch keeps the bounds scalars if it can; else they take the shape of x.
func (op clamp) Batch(a rule.Axis, x []*Value, stacked core.Mask) ([]*Value, core.Mask) {
	in := align(a, x, stacked)
	shape := in[1].Shape
	for _, v := range in {
		if v.Rank() > len(shape) {
			shape = v.Shape
		}
	}
	in[1] = to(Of(in[1]), shape).p
	return Bind(op, in...), core.Mask{true}
}

// element returns the element of x at an index, or the one that a scalar x has.
func element(x kir.Operand, i []kir.Val) kir.Val {
	if len(x.Shape) == 0 {
		return x.At(nil)
	}
	return x.At(i)
}
