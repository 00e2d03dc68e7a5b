package lax

import (
	"fmt"

	"gojax/internal/core"
	"gojax/internal/kir"
	"gojax/internal/rule"
)

// reduce combines elements along axes.
type reduce struct {
	by   reducer
	Axes []int
}

type reducer uint8

const (
	reduceSum reducer = iota
	reducerCount
)

var reducers = [...]struct {
	name string
	code kir.Code
	init func(t DType) complex128
	f    func(x, y complex128) complex128
}{
	reduceSum: {"reduce_sum", kir.Add, func(DType) complex128 { return 0 },
		func(x, y complex128) complex128 { return x + y }},
}

// ReduceSum adds over the given axes, increasing.
func ReduceSum(x Array, axes []int) Array { return reduceBy(reduceSum, x, axes) }

func reduceBy(by reducer, x Array, axes []int) Array {
	if len(axes) == 0 {
		return x
	}
	return bind(reduce{by, axes}, x)
}

func (op reduce) String() string { return reducers[op.by].name }

// Reduced lists the axes that are gone.
func (op reduce) Reduced() []int { return op.Axes }

func (op reduce) Infer(in []Type) ([]Type, error) {
	for i, a := range op.Axes {
		if a < 0 || a >= in[0].Rank() || i > 0 && a <= op.Axes[i-1] {
			return nil, fmt.Errorf("axes are %v, want increasing axes of %v", op.Axes, in[0])
		}
	}
	return []Type{in[0].Shaped(at(in[0].Shape, without(in[0].Rank(), op.Axes))...)}, nil
}

// Kernel combines what is at all indices of the axes that are gone.
func (op reduce) Kernel(b *kir.Builder, out Type, x []kir.Operand, i []kir.Val) kir.Val {
	kept := without(len(x[0].Shape), op.Axes)
	r := &reducers[op.by]
	init := []kir.Val{b.Number(out.DType, r.init(out.DType))}
	return b.Reduce(at(x[0].Shape, op.Axes), init, func(j []kir.Val) []kir.Val {
		from := make([]kir.Val, len(x[0].Shape))
		for n, a := range kept {
			from[a] = i[n]
		}
		for n, a := range op.Axes {
			from[a] = j[n]
		}
		return []kir.Val{x[0].At(from)}
	}, func(p, q []kir.Val) []kir.Val { return []kir.Val{b.Emit(r.code, p[0], q[0])} })[0]
}

func (op reduce) Eval(in []*Value) []*Value {
	x := in[0]
	t, _ := op.Infer(core.Types(in))
	y := newLike(t[0])
	sums := make([]complex128, y.Size())
	for i := range sums {
		sums[i] = reducers[op.by].init(x.DType)
	}
	kept, index := without(x.Rank(), op.Axes), make([]int, x.Rank())
	for i := range x.Size() {
		j := offset(at(index, kept), y.Shape)
		sums[j] = reducers[op.by].f(sums[j], core.At(x, i))
		next(index, x.Shape)
	}
	for i, s := range sums {
		core.Put(y, i, s)
	}
	return []*Value{y}
}

func (op reduce) JVP(x, y, t []*Value) []*Value { return core.Bind(op, t...) }

func (op reduce) Transpose(ct, x []*Value) []*Value {
	return []*Value{BroadcastInDim(Of(ct[0]), x[0].Shape, without(x[0].Rank(), op.Axes)).p}
}

func (op reduce) Batch(a rule.Axis, x []*Value, stacked core.Mask) ([]*Value, core.Mask) {
	return core.Bind(reduce{op.by, shift(op.Axes)}, x...), stacked
}
