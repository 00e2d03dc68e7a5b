package lax

import (
	"gojax/internal/core"
	"gojax/internal/dtype"
)

// manyProducts is how many multiplications of integers are worth being made as those of floats.
const manyProducts = 1 << 14

// Alternative makes products of integers of up to 32 bits from products of floats that hold their
// sums exactly, for which there are faster instructions. Elements of 32 bits are cut into halves: of the
// products of upper ones nothing is left modulo 2³².
func (op dotGeneral) Alternative(in []Type) func(x []*Value) []*Value {
	t, out := in[0].DType, op.PreferredElementType
	if !t.IsInt() || t.Bits() > 32 || !out.IsInt() {
		return nil
	}
	k := core.Size(at(in[0].Shape, op.DimensionNumbers.Contract[0]))
	types, err := op.Infer(in)
	if err != nil || k < 2 || k >= 1<<20 || types[0].Size()*k < manyProducts {
		return nil
	}
	product := func(x, y Array, t DType) Array {
		d := op.DimensionNumbers
		return Convert(DotGeneral(Convert(x, t), Convert(y, t), d.Contract, d.Batch, t), dtype.Int64)
	}
	return func(in []*Value) []*Value {
		x, y := Of(in[0]), Of(in[1])
		switch {
		case t.Bits() == 8 && k <= 1<<8: // 2⁸·2¹⁶ has 24 bits
			return []*Value{Convert(product(x, y, dtype.Float32), out).p}
		case t.Bits() <= 16:
			return []*Value{Convert(product(x, y, dtype.Float64), out).p}
		}
		shift := ShiftRightLogical
		if t.IsSigned() {
			shift = ShiftRightArithmetic
		}
		half := Number(t, 16)
		low := func(x Array) Array { return BitwiseAnd(x, Number(t, 1<<16-1)) }
		high := func(x Array) Array { return shift(x, half) }
		of := func(x, y Array) Array { return product(x, y, dtype.Float64) }
		up := func(x Array, bits float64) Array { return ShiftLeft(x, Number(dtype.Int64, bits)) }
		z := Add(of(low(x), low(y)), up(Add(of(high(x), low(y)), of(low(x), high(y))), 16))
		if out.Bits() > 32 {
			z = Add(z, up(of(high(x), high(y)), 32))
		}
		return []*Value{Convert(z, out).p}
	}
}
