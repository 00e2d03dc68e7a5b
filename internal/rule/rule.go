// Package rule declares what operations may know about themselves. An operation
// implements what makes sense for it; each transformation asks for one rule. In
// all of them x are operands, y results, t tangents, ct cotangents; a nil
// tangent or cotangent is zero, and no rule is asked when all of them are.
package rule

import (
	"gojax/internal/core"
	"gojax/internal/kir"
)

// Differentiable operations map tangents t of x to tangents of y = op(x). A nil
// list means that there is no derivative.
type Differentiable interface {
	JVP(x, y, t []*core.Value) []*core.Value
}

// Program is differentiable as a whole: an operation whose parameters are
// programs makes others of them. Push computes results and tangents together;
// of Linearize the results must not depend on t, and the tangents be linear in it.
type Program interface {
	Push(x, t []*core.Value) (y, ty []*core.Value)
	Linearize(x, t []*core.Value) (y, ty []*core.Value)
}

// Linear operations map cotangents of their results to cotangents of those
// operands that are holes (known by type only, see ad.Transpose).
type Linear interface {
	Transpose(ct, x []*core.Value) []*core.Value
}

// An Axis is what Vmap maps over.
type Axis struct {
	Name string
	Size int
}

// Batchable operations apply to many examples at once. The marked operands, and
// the results reported as marked, have one example a row: the new axis leads.
type Batchable interface {
	Batch(a Axis, x []*core.Value, stacked core.Mask) ([]*core.Value, core.Mask)
}

// Complete operations can be transformed in every way.
type Complete interface {
	core.Op
	Differentiable
	Batchable
}

// Effectful operations do more than compute.
type Effectful interface{ Effects() core.Effects }

// The rules below tell a back end how to compile an operation; it has one of them,
// or else Eval runs.

// Elementwise operations are one instruction on the elements at equal indices; a
// scalar operand goes with every element.
type Elementwise interface {
	Code() kir.Code
}

// Kernel operations compute the element of their one result at index at, one
// integer an axis, from elements of their operands at any indices. The back end
// may hand in operands that are computed on the spot, so a kernel should ask for
// an element once.
type Kernel interface {
	Kernel(b *kir.Builder, out core.Type, x []kir.Operand, at []kir.Val) kir.Val
}

// Deferrable operations are kernels that eager mode may put off until somebody asks for
// the result, to compute them with others: they read an operand at most once for an
// element, and a program has few of them with different parameters.
type Deferrable interface {
	Kernel
	Deferrable()
}

// Reduction operations are kernels that read many elements of an operand for one
// of the result (they use Builder.Reduce).
type Reduction interface {
	Kernel
	Reduced() []int // the axes of the operand that are gone in the result
}

// Concatenation operations have as their result their operands, one after another
// along an axis. They are kernels too, for back ends that do not just copy.
type Concatenation interface {
	Kernel
	Along() int
}

// Padded operations have the elements of their first operand in one box of indices, and others
// outside of that.
type Padded interface {
	Kernel
	Boxes() int // that its loops are cut into so that none has conditions; 0 if none are
}

// ByComponent operations are kernels that read an operand, number Components(), at constant indices along
// its last axis only.
type ByComponent interface {
	Kernel
	Components() int
}

// Permutation operations are kernels that reorder axes: axis a of the result is axis
// Permuted()[a] of the operand.
type Permutation interface {
	Kernel
	Permuted() []int
}

// Library operations are algorithms that the back end has by name.
type Library interface {
	Step() kir.Step
}

// Alias operations have results with the elements of their operands, one by one,
// in the same order: no memory is touched.
type Alias interface {
	Alias()
}

// Recast operations may have results with the bytes of their operand, in the same order, as
// elements of another size: Recasts reports whether that is so for operands of some type.
type Recast interface {
	Kernel
	Recasts(x core.Type) bool
}

// Expander operations are written in terms of others.
type Expander interface {
	Expand(x []*core.Value) []*core.Value
}

// Alternative operations are written in terms of others for some types of operands, where back
// ends make more of those: to the same bits. A nil function means that this is not such a case.
type Alternative interface {
	Alternative(x []core.Type) func(x []*core.Value) []*core.Value
}

// ZeroGrad is the derivative of what is constant wherever it is smooth.
type ZeroGrad struct{}

func (ZeroGrad) JVP(x, y, t []*core.Value) []*core.Value { return make([]*core.Value, len(y)) }

// NotDifferentiable is embedded where a derivative would be wrong to assume.
type NotDifferentiable struct{}

func (NotDifferentiable) JVP(x, y, t []*core.Value) []*core.Value { return nil }
