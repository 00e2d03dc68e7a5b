package lax

import (
	"fmt"

	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/internal/kir"
	"gojax/internal/rule"
)

// bitcastConvertType reads the same bits as another type.
type bitcastConvertType struct {
	rule.ZeroGrad
	NewDtype DType
}

// BitcastConvertType returns the bits of x as elements of type t. If those are
// narrower there is one more axis at the end, the lowest bits first; if they are
// wider the last axis, whose size must be the ratio, is gone. Bool and complex
// elements stay what they are. The derivative is zero, as in JAX.
func BitcastConvertType(x Array, t DType) Array {
	return bind(bitcastConvertType{NewDtype: t}, x)
}

func (bitcastConvertType) String() string { return "bitcast_convert_type" }

// Operands is how many there are.
func (bitcastConvertType) Operands() int { return 1 }

// Deferrable says that eager mode may put it off.
func (bitcastConvertType) Deferrable() {}

func (op bitcastConvertType) Infer(in []Type) ([]Type, error) {
	x, to := in[0], op.NewDtype
	if x.DType == to {
		return in[:1:1], nil
	}
	if k := integers | floats; !k.has(x.DType) || !k.has(to) {
		return nil, fmt.Errorf("operand has type %v and the new type is %v, want two integer or floating types", x, to)
	}
	n := x.Rank()
	switch old, now := x.DType.Size(), to.Size(); {
	case old == now:
		return []Type{x.With(to)}, nil
	case old > now:
		return []Type{core.Of(to, append(x.Shape[:n:n], old/now)...)}, nil
	case n == 0 || x.Shape[n-1]*old != now:
		return nil, fmt.Errorf("operand has type %v, want a last axis of size %d to make elements of type %v", x, now/old, to)
	}
	return []Type{core.Of(to, x.Shape[:n-1]...)}, nil
}

// Recasts reports whether elements change their size.
func (op bitcastConvertType) Recasts(x Type) bool { return x.DType.Size() != op.NewDtype.Size() }

// uintOf has the unsigned type of each size in bytes.
var uintOf = [...]DType{1: dtype.Uint8, 2: dtype.Uint16, 4: dtype.Uint32, 8: dtype.Uint64}

// Kernel shifts the parts of the wider type.
func (op bitcastConvertType) Kernel(b *kir.Builder, out Type, x []kir.Operand, i []kir.Val) kir.Val {
	if x[0].DType == op.NewDtype {
		return x[0].At(i)
	}
	old, now := x[0].DType.Size(), op.NewDtype.Size()
	narrow, wide := uintOf[min(old, now)], uintOf[max(old, now)]
	switch {
	case old == now:
		return b.Bitcast(op.NewDtype, x[0].At(i))
	case old > now:
		last := len(i) - 1
		shift := b.Emit(kir.Mul, b.Convert(wide, i[last]), b.Int(wide, int64(8*now)))
		v := b.Emit(kir.ShiftRightLogical, b.Bitcast(wide, x[0].At(i[:last])), shift)
		return b.Bitcast(op.NewDtype, b.Convert(narrow, v))
	}
	v := b.Int(wide, 0)
	for n := range now / old {
		part := x[0].At(append(i[:len(i):len(i)], b.At(n)))
		part = b.Convert(wide, b.Bitcast(narrow, part))
		v = b.Emit(kir.Or, v, b.Emit(kir.ShiftLeft, part, b.Int(wide, int64(8*old*n))))
	}
	return b.Bitcast(op.NewDtype, v)
}

// Eval copies: memory has the lowest bits first.
func (op bitcastConvertType) Eval(in []*Value) []*Value {
	t, _ := op.Infer(core.Types(in))
	y := newLike(t[0])
	copy(core.Slice[byte](y.Buf), core.Slice[byte](in[0].Buf))
	return []*Value{y}
}

func (op bitcastConvertType) Batch(a rule.Axis, x []*Value, stacked core.Mask) ([]*Value, core.Mask) {
	return Bind(op, x...), stacked
}
