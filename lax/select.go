package lax

import (
	"fmt"

	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/internal/kir"
	"gojax/internal/rule"
)

// selectN takes each element from the case that its first operand numbers: a bool,
// where false is case 0, or an integer. Scalar operands go with every element.
type selectN struct{}

// Select returns onTrue where p is true and onFalse elsewhere. The two have one type
// and p is a bool array of that shape; each of the three may be a scalar.
func Select(p, onTrue, onFalse Array) Array { return bind(selectN{}, p, onFalse, onTrue) }

// SelectN returns in each place the element of the case that which, an integer or
// bool array, numbers there; numbers out of range choose the nearest case. The cases
// have one type, and which its shape; each may be a scalar.
func SelectN(which Array, cases ...Array) Array {
	return bind(selectN{}, append([]Array{which}, cases...)...)
}

func (selectN) String() string { return "select_n" }

// Deferrable says that eager mode may put it off.
func (selectN) Deferrable() {}

func (selectN) Infer(in []Type) ([]Type, error) {
	if len(in) < 2 {
		return nil, fmt.Errorf("got no cases, want at least one")
	}
	which, cases := in[0], in[1:]
	switch {
	case !bits.has(which.DType):
		return nil, fmt.Errorf("the chooser has type %v, want bool or integer elements", which)
	case which.DType == dtype.Bool && len(cases) > 2:
		return nil, fmt.Errorf("got %d cases for a bool chooser, want at most 2", len(cases))
	}
	t, err := common(cases)
	if err != nil {
		return nil, err
	}
	if t[0].Rank() == 0 {
		return []Type{which.With(t[0].DType)}, nil
	}
	if which.Rank() > 0 && !which.Equal(t[0].With(which.DType)) {
		return nil, fmt.Errorf("the chooser has type %v and the cases %v, want equal shapes", which, t[0])
	}
	return t, nil
}

// Kernel chooses between two halves of the cases, as XLA does.
func (selectN) Kernel(b *kir.Builder, out Type, x []kir.Operand, i []kir.Val) kir.Val {
	which := element(x[0], i)
	cases := make([]kir.Val, len(x)-1)
	for n := range cases {
		cases[n] = element(x[n+1], i)
	}
	if b.Type(which) == dtype.Bool {
		return b.Emit(kir.Select, which, cases[len(cases)-1], cases[0])
	}
	y := cases[len(cases)-1]
	for n := len(cases) - 2; n >= 0; n-- {
		y = b.Emit(kir.Select, b.Emit(kir.Le, which, b.Int(b.Type(which), int64(n))), cases[n], y)
	}
	return y
}

func (op selectN) Eval(in []*Value) []*Value {
	t, _ := op.Infer(core.Types(in))
	y, which, cases := newLike(t[0]), in[0], in[1:]
	for i := range y.Size() {
		n := core.Int(which, i%which.Size())
		if n < 0 && which.DType == dtype.Uint64 {
			n = int64(len(cases))
		}
		c := cases[min(max(n, 0), int64(len(cases)-1))]
		copyElement(y, i, c, i%c.Size())
	}
	return []*Value{y}
}

func (op selectN) JVP(x, y, t []*Value) []*Value {
	in := make([]*Value, len(x))
	in[0] = x[0]
	for i := 1; i < len(x); i++ {
		if in[i] = t[i]; t[i] == nil {
			in[i] = zero(Of(x[i])).p
		}
	}
	return []*Value{to(Of(Bind(op, in...)[0]), y[0].Shape).p}
}

// Transpose sends the cotangent to the case that was chosen, and zero to the others.
func (selectN) Transpose(ct, x []*Value) []*Value {
	which, c := Of(x[0]), Of(ct[0])
	back := make([]*Value, len(x))
	for i := 1; i < len(x); i++ {
		if !core.IsHole(x[i]) {
			continue
		}
		var y Array
		switch {
		case which.p.DType != dtype.Bool:
			y = Select(chosen(which, i-1, len(x)-1), c, zero(c))
		case len(x) == 2:
			y = c
		case i == 1:
			y = Select(which, zero(c), c)
		default:
			y = Select(which, c, zero(c))
		}
		back[i] = from(y, x[i].Shape).p
	}
	return back
}

// chosen reports where case i of n is chosen, by numbers out of range too.
func chosen(which Array, i, n int) Array {
	k := intNumber(int64(i)).as("select_n", which.p.DType)
	switch {
	case n == 1:
		return Eq(which, which)
	case i == 0:
		return Le(which, k)
	case i == n-1:
		return Ge(which, k)
	}
	return Eq(which, k)
}

func (op selectN) Batch(a rule.Axis, x []*Value, stacked core.Mask) ([]*Value, core.Mask) {
	return Bind(op, align(a, x, stacked)...), core.Mask{true}
}
