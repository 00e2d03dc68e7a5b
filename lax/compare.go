package lax

import (
	"cmp"

	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/internal/kir"
	"gojax/internal/rule"
)

// compare is an elementwise comparison of two operands of one type, either of which
// may be a scalar.
type compare uint8

const (
	eq compare = iota
	ne
	lt
	le
	gt
	ge
	compareCount
)

// comparisons has all there is to know of each: f and i are the definition on floats
// and on integers that compare as c does (-1, 0, 1). eq and ne alone take complex numbers.
var comparisons = [...]struct {
	name  string
	code  kir.Code
	takes kinds
	f     func(x, y float64) bool
	c     func(c int) bool
}{
	eq: {"eq", kir.Eq, anything, func(x, y float64) bool { return x == y }, func(c int) bool { return c == 0 }},
	ne: {"ne", kir.Ne, anything, func(x, y float64) bool { return x != y }, func(c int) bool { return c != 0 }},
	lt: {"lt", kir.Lt, ordered, func(x, y float64) bool { return x < y }, func(c int) bool { return c < 0 }},
	le: {"le", kir.Le, ordered, func(x, y float64) bool { return x <= y }, func(c int) bool { return c <= 0 }},
	gt: {"gt", kir.Gt, ordered, func(x, y float64) bool { return x > y }, func(c int) bool { return c > 0 }},
	ge: {"ge", kir.Ge, ordered, func(x, y float64) bool { return x >= y }, func(c int) bool { return c >= 0 }},
}

// Eq reports where x = y. Like all comparisons it takes operands of one type, either
// of which may be a scalar, and nothing equals NaN.
func Eq(x, y Array) Array { return bind(eq, x, y) }

// Ne reports where x ≠ y.
func Ne(x, y Array) Array { return bind(ne, x, y) }

// Lt reports where x < y.
func Lt(x, y Array) Array { return bind(lt, x, y) }

// Le reports where x ≤ y.
func Le(x, y Array) Array { return bind(le, x, y) }

// Gt reports where x > y.
func Gt(x, y Array) Array { return bind(gt, x, y) }

// Ge reports where x ≥ y.
func Ge(x, y Array) Array { return bind(ge, x, y) }

func (op compare) String() string { return comparisons[op].name }

// Code says which instruction op is.
func (op compare) Code() kir.Code { return comparisons[op].code }

func (op compare) Infer(in []Type) ([]Type, error) {
	if err := comparisons[op].takes.check(in...); err != nil {
		return nil, err
	}
	t, err := common(in)
	if err != nil {
		return nil, err
	}
	return []Type{t[0].With(dtype.Bool)}, nil
}

func (op compare) Eval(in []*Value) []*Value {
	c, x, y := &comparisons[op], in[0], in[1]
	t, _ := common(core.Types(in))
	z := newLike(t[0].With(dtype.Bool))
	truth := core.Slice[bool](z.Buf)
	for i := range truth {
		j, k := i%x.Size(), i%y.Size() // 0 in scalars
		switch {
		case x.DType.IsComplex():
			truth[i] = (core.At(x, j) == core.At(y, k)) == (op == eq)
		case x.DType.IsFloat():
			truth[i] = c.f(real(core.At(x, j)), real(core.At(y, k)))
		default:
			truth[i] = c.c(order(core.Int(x, j), core.Int(y, k), x.DType))
		}
	}
	return []*Value{z}
}

// JVP: what is true does not change a little.
func (compare) JVP(x, y, t []*Value) []*Value { return []*Value{nil} }

func (op compare) Batch(a rule.Axis, x []*Value, stacked core.Mask) ([]*Value, core.Mask) {
	return Bind(op, align(a, x, stacked)...), core.Mask{true}
}

// order compares integers of type t.
func order(x, y int64, t DType) int {
	if t == dtype.Uint64 {
		return cmp.Compare(uint64(x), uint64(y))
	}
	return cmp.Compare(x, y)
}
