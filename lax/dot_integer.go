package lax

import (
	"slices"

	"gojax/internal/core"
	"gojax/internal/dtype"
)

// manyProducts is how many multiplications of integers are worth being made as those of floats.
const manyProducts = 1 << 14

// Alternative makes products of integers of up to 32 bits from products of floats that hold their
// sums exactly, for which there are faster instructions. Elements of 32 bits are cut into halves: of the
// products of upper ones nothing is left modulo 2³². Products with vectors are sums of products, whose order
// does not matter.
func (op dotGeneral) Alternative(in []Type) func(x []*Value) []*Value {
	t, out := in[0].DType, op.PreferredElementType
	if !t.IsInt() || !out.IsInt() {
		return nil
	}
	if core.Size(at(in[0].Shape, op.free(0, in[0].Rank()))) == 1 || core.Size(at(in[1].Shape, op.free(1, in[1].Rank()))) == 1 {
		return op.summed
	}
	if t.Bits() > 32 {
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

// summed sums the products of elements: axes are those of the result, and then the contracting ones.
func (op dotGeneral) summed(in []*Value) []*Value {
	d := op.DimensionNumbers
	types, _ := op.Infer(core.Types(in))
	rank := types[0].Rank()
	shape := append(slices.Clone(types[0].Shape), at(in[0].Shape, d.Contract[0])...)
	first := len(d.Batch[0]) // of the free axes of an operand
	var z [2]Array
	for i := range z {
		x := Of(in[i])
		free := op.free(i, x.Rank())
		to := slices.Concat(axes(0, len(d.Batch[i])), axes(first, first+len(free)), axes(rank, len(shape)))
		x = Transpose(x, slices.Concat(d.Batch[i], free, d.Contract[i]))
		z[i] = BroadcastInDim(Convert(x, op.PreferredElementType), shape, to)
		first += len(free)
	}
	return []*Value{ReduceSum(Mul(z[0], z[1]), axes(rank, len(shape))).p}
}
