package lax

import (
	"gojax/internal/core"
	"gojax/internal/kir"
	"gojax/internal/rule"
)

// stopGradient is the identity with derivative zero.
type stopGradient struct{ rule.ZeroGrad }

// StopGradient returns x, which counts as constant where derivatives are taken.
func StopGradient(x Array) Array { return bind(stopGradient{}, x) }

func (stopGradient) String() string { return "stop_gradient" }

// Operands is how many there are.
func (stopGradient) Operands() int { return 1 }

// Alias says that no element moves.
func (stopGradient) Alias() {}

// Kernel passes elements on.
func (stopGradient) Kernel(b *kir.Builder, out Type, x []kir.Operand, i []kir.Val) kir.Val {
	return x[0].At(i)
}

func (stopGradient) Infer(in []Type) ([]Type, error) { return in[:1:1], nil }
func (stopGradient) Eval(in []*Value) []*Value       { return copies(in) }

func (op stopGradient) Batch(a rule.Axis, x []*Value, stacked core.Mask) ([]*Value, core.Mask) {
	return Bind(op, x...), stacked
}

// optimizationBarrier is the identity of all its operands, which no optimisation may
// look through: all are computed before any result is used.
type optimizationBarrier struct{}

// OptimizationBarrier returns xs. No optimisation moves a computation from one side of
// it to the other.
func OptimizationBarrier(xs ...Array) []Array { return arrays(bindAll(optimizationBarrier{}, xs...)) }

func arrays(v []*Value) []Array {
	x := make([]Array, len(v))
	for i := range v {
		x[i] = Of(v[i])
	}
	return x
}

func (optimizationBarrier) String() string { return "optimization_barrier" }

// Alias says that no element moves.
func (optimizationBarrier) Alias() {}

func (optimizationBarrier) Infer(in []Type) ([]Type, error) { return in[:len(in):len(in)], nil }
func (optimizationBarrier) Eval(in []*Value) []*Value       { return copies(in) }

// JVP and Transpose put a barrier where there are tangents and cotangents.
func (op optimizationBarrier) JVP(x, y, t []*Value) []*Value { return throughBarrier(op, t) }

// Transpose is as JVP.
func (op optimizationBarrier) Transpose(ct, x []*Value) []*Value { return throughBarrier(op, ct) }

// throughBarrier applies op to what is not zero.
func throughBarrier(op optimizationBarrier, t []*Value) []*Value {
	some := core.Present(t)
	return some.Spread(Bind(op, some.Pick(t)...))
}

func (op optimizationBarrier) Batch(a rule.Axis, x []*Value, stacked core.Mask) ([]*Value, core.Mask) {
	return Bind(op, x...), stacked
}

func copies(in []*Value) []*Value {
	out := make([]*Value, len(in))
	for i, x := range in {
		out[i] = newLike(x.Type())
		copy(core.Slice[byte](out[i].Buf), core.Slice[byte](x.Buf))
	}
	return out
}
