package lax

import (
	"fmt"

	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/internal/kir"
	"gojax/internal/ref"
	"gojax/internal/rule"
)

// threefry2x32 hashes counters under keys.
type threefry2x32 struct{ rule.ZeroGrad }

// Threefry2x32 returns the hash of the counter (count0, count1) under the key (key0,
// key1), elementwise: the generator of jax.random, with 20 rounds. Operands are u32;
// each may be a scalar. The result is u64, the first word in the high half.
func Threefry2x32(key0, key1, count0, count1 Array) Array {
	return bind(threefry2x32{}, key0, key1, count0, count1)
}

func (threefry2x32) String() string { return "threefry2x32" }

// Code says which instruction it is.
func (threefry2x32) Code() kir.Code { return kir.Threefry }

func (threefry2x32) Infer(in []Type) ([]Type, error) {
	wide, err := common(in)
	if err != nil {
		return nil, err
	}
	if in[0].DType != dtype.Uint32 {
		return nil, fmt.Errorf("operand has type %v, want u32", in[0])
	}
	return []Type{wide[0].With(dtype.Uint64)}, nil
}

func (op threefry2x32) Eval(in []*Value) []*Value {
	types, _ := op.Infer(core.Types(in))
	y := newLike(types[0])
	for i := range y.Size() {
		var word [4]uint32
		for j, x := range in {
			word[j] = uint32(core.Int(x, i%x.Size())) // the first of a scalar
		}
		hi, lo := ref.Threefry(word[0], word[1], word[2], word[3])
		core.PutInt(y, i, int64(uint64(hi)<<32|uint64(lo)))
	}
	return []*Value{y}
}

func (op threefry2x32) Batch(a rule.Axis, x []*Value, stacked core.Mask) ([]*Value, core.Mask) {
	return Bind(op, align(a, x, stacked)...), core.Mask{true}
}
