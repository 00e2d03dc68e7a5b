package lax

import (
	"fmt"
	"slices"

	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/internal/kir"
	"gojax/internal/rule"
)

// Padding is what Pad adds to one axis: low and high at its ends, where negative
// numbers take away, and interior between any two elements.
type Padding = [3]int

// pad surrounds its first operand by copies of its second, a scalar.
type pad struct{ PaddingConfig []Padding }

// Pad returns x with copies of the scalar value around and between its elements.
// There is one Padding for each axis; negative ends cut after the interior is added.
func Pad(x, value Array, config []Padding) Array { return bind(pad{config}, x, value) }

func (pad) String() string { return "pad" }

// Operands is how many there are.
func (pad) Operands() int { return 2 }

func (op pad) Infer(in []Type) ([]Type, error) {
	x, value := in[0], in[1]
	switch {
	case x.DType != value.DType || value.Rank() > 0:
		return nil, fmt.Errorf("operand has type %v, padding value %v, want a scalar of type %v", x, value, x.DType)
	case len(op.PaddingConfig) != x.Rank():
		return nil, fmt.Errorf("operand has type %v, padding configuration %v, want one padding for each axis", x, op.PaddingConfig)
	}
	shape := make(Shape, x.Rank())
	for a, p := range op.PaddingConfig {
		if p[2] < 0 {
			return nil, fmt.Errorf("padding configuration is %v, want no negative interior padding", op.PaddingConfig)
		}
		shape[a] = p[0] + p[1] + dilated(x.Shape[a], p[2])
		if shape[a] < 0 {
			return nil, fmt.Errorf("operand has type %v, padding %v in axis %d, which leaves size %d, want at least 0",
				x, p, a, shape[a])
		}
	}
	return []Type{x.Shaped(shape...)}, nil
}

// dilated is the size of an axis of size n with interior padding.
func dilated(n, interior int) int { return n + max(n-1, 0)*interior }

// Kernel asks the operand for the element nearest to the index and selects the
// padding value where that is elsewhere.
func (op pad) Kernel(b *kir.Builder, out Type, x []kir.Operand, i []kir.Val) kir.Val {
	value := x[1].At(nil)
	if core.Size(x[0].Shape) == 0 {
		return value
	}
	from, inside := make([]kir.Val, len(i)), kir.Val(-1)
	and := func(c kir.Val) {
		if inside >= 0 {
			c = b.Emit(kir.And, inside, c)
		}
		inside = c
	}
	for a, p := range op.PaddingConfig {
		last := dilated(x[0].Shape[a], p[2]) - 1
		at := offsetBy(b, i[a], -p[0])
		if p[0] > 0 {
			and(b.Emit(kir.Ge, at, b.At(0)))
			at = b.Emit(kir.Max, at, b.At(0))
		}
		if p[1] > 0 {
			and(b.Emit(kir.Le, at, b.At(last)))
			at = b.Emit(kir.Min, at, b.At(last))
		}
		if from[a] = at; p[2] > 0 {
			step := b.At(p[2] + 1)
			and(b.Emit(kir.Eq, b.Emit(kir.Rem, at, step), b.At(0)))
			from[a] = b.Emit(kir.Div, at, step)
		}
	}
	if inside < 0 {
		return x[0].At(from)
	}
	return b.Emit(kir.Select, inside, x[0].At(from), value)
}

// Boxes is for back ends.
func (op pad) Boxes() int {
	n := 1
	for _, p := range op.PaddingConfig {
		if p[2] > 0 {
			return 0
		}
		n *= 1 + min(max(p[0], 0), 1) + min(max(p[1], 0), 1)
	}
	return n
}

// manyFrom is how large an array is that is worth being padded in parts.
const manyFrom = 1 << 10

// Alternative puts padding between elements by concatenation along an axis of its own, which
// takes no condition for each element.
func (op pad) Alternative(in []Type) func(x []*Value) []*Value {
	if !slices.ContainsFunc(op.PaddingConfig, func(p Padding) bool { return p[2] > 0 }) {
		return nil
	}
	out, err := op.Infer(in)
	if err != nil || in[0].Size() == 0 || out[0].Size() < manyFrom {
		return nil
	}
	return func(in []*Value) []*Value {
		x, value := Of(in[0]), Of(in[1])
		around := slices.Clone(op.PaddingConfig)
		for a, p := range op.PaddingConfig {
			if p[2] > 0 {
				x, around[a] = spread(x, value, a, p, out[0].Shape[a]), Padding{}
			}
		}
		if slices.ContainsFunc(around, func(p Padding) bool { return p != Padding{} }) {
			x = Pad(x, value, around)
		}
		return []*Value{x.p}
	}
}

// spread pads x along axis a to n elements. Those of x are a block apart, and each begins as
// many elements after the beginning of its own.
func spread(x, value Array, a int, p Padding, n int) Array {
	block := 1 + p[2]
	before := (p[0]%block + block) % block
	blocks, first := (n+block-1)/block, (p[0]-before)/block
	if around := (Padding{first, blocks - x.Shape()[a] - first}); around != (Padding{}) {
		config := make([]Padding, x.Rank())
		config[a] = around
		x = Pad(x, value, config)
	}
	outer, inner := x.Shape()[:a+1], x.Shape()[a+1:]
	of := func(n int) Shape { return slices.Concat(outer, Shape{n}, inner) }
	parts := []Array{Reshape(x, of(1))}
	for i, n := range []int{before, p[2] - before} {
		if n > 0 {
			parts = slices.Insert(parts, i*len(parts), BroadcastInDim(value, of(n), nil))
		}
	}
	all := slices.Concat(outer[:a], Shape{blocks * block}, inner)
	return SliceInDim(Reshape(Concatenate(a+1, parts...), all), 0, n, 1, a)
}

func (op pad) Eval(in []*Value) []*Value {
	t, _ := op.Infer(core.Types(in))
	x, y := in[0], newLike(t[0])
	for n := range y.Size() {
		copyElement(y, n, in[1], 0)
	}
	index := make([]int, x.Rank())
next:
	for n := range x.Size() {
		to := make([]int, len(index))
		copy(to, index)
		next(index, x.Shape)
		for a, p := range op.PaddingConfig {
			to[a] = p[0] + to[a]*(p[2]+1)
			if to[a] < 0 || to[a] >= y.Shape[a] {
				continue next
			}
		}
		copyElement(y, offset(to, y.Shape), x, n)
	}
	return []*Value{y}
}

func (op pad) JVP(x, y, t []*Value) []*Value { return Bind(op, denseLike(t, x)...) }

func (op pad) Transpose(ct, x []*Value) []*Value {
	back := make([]*Value, 2)
	if core.IsHole(x[0]) {
		back[0] = op.unpad(Of(ct[0])).p
	}
	if core.IsHole(x[1]) {
		c := Of(ct[0])
		outside := Select(op.mask(x[0].Shape), zero(c), c)
		back[1] = ReduceSum(outside, axes(0, c.Rank())).p
	}
	return back
}

// unpad returns what is left of ct without the padding.
func (op pad) unpad(ct Array) Array {
	ends, strides := make([]Padding, ct.Rank()), make([]int, ct.Rank())
	for a, p := range op.PaddingConfig {
		ends[a], strides[a] = Padding{-p[0], -p[1], 0}, p[2]+1
	}
	inner := Pad(ct, zero(ct), ends)
	return Slice(inner, make([]int, ct.Rank()), inner.p.Shape, strides)
}

// mask is true where the elements of an operand of the given shape are.
func (op pad) mask(shape Shape) Array {
	return Pad(to(literal(dtype.Bool, 1), shape), literal(dtype.Bool, 0), op.PaddingConfig)
}

func (op pad) Batch(a rule.Axis, x []*Value, stacked core.Mask) ([]*Value, core.Mask) {
	b := pad{append([]Padding{{}}, op.PaddingConfig...)}
	operand, value := Of(Stack(a, x[0], stacked[0])), Of(x[1])
	if !stacked[1] {
		return Bind(b, operand.p, value.p), core.Mask{true}
	}
	y := Pad(operand, zero(operand), b.PaddingConfig)
	around := BroadcastInDim(value, y.p.Shape, []int{0})
	return []*Value{Select(b.mask(operand.p.Shape), y, around).p}, core.Mask{true}
}
