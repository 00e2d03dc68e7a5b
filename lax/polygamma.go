package lax

import (
	"gojax/internal/core"
	"gojax/internal/ref"
	"gojax/internal/rule"
)

// polygamma is the m-th derivative of digamma at x, of operands m and x.
type polygamma struct{}

// Polygamma returns the m-th derivative of Digamma at x, elementwise. The operands
// have one floating type; either may be a scalar. Where m is not a natural number it
// is NaN. It has no derivative in m.
func Polygamma(m, x Array) Array { return bind(polygamma{}, m, x) }

func (polygamma) String() string { return "polygamma" }

// Operands is how many there are.
func (polygamma) Operands() int { return 2 }

func (polygamma) Infer(in []Type) ([]Type, error) {
	if err := floats.check(in...); err != nil {
		return nil, err
	}
	return common(in)
}

func (op polygamma) Eval(in []*Value) []*Value {
	t, _ := common(core.Types(in))
	y := newLike(t[0])
	for i := range y.Size() {
		m, x := core.At(in[0], i%in[0].Size()), core.At(in[1], i%in[1].Size())
		core.Put(y, i, complex(ref.Polygamma(real(m), real(x)), 0))
	}
	return []*Value{y}
}

// JVP needs the next order of x.
func (op polygamma) JVP(x, y, t []*Value) []*Value {
	if t[0] != nil {
		return nil
	}
	m, v, z := Of(x[0]), Of(x[1]), Of(y[0])
	return []*Value{Mul(to(Of(t[1]), z.p.Shape), Polygamma(Add(m, one(m)), v)).p}
}

func (op polygamma) Batch(a rule.Axis, x []*Value, stacked core.Mask) ([]*Value, core.Mask) {
	return Bind(op, align(a, x, stacked)...), core.Mask{true}
}
