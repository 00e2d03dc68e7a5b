package lax

import (
	"gojax/internal/core"
	"gojax/internal/kir"
	"gojax/internal/ref"
	"gojax/internal/rule"
)

// A RoundingMethod says where halves go.
type RoundingMethod int

const (
	// AwayFromZero rounds 0.5 to 1 and -0.5 to -1.
	AwayFromZero RoundingMethod = iota
	// ToNearestEven rounds 0.5 to 0 and 1.5 to 2.
	ToNearestEven
)

// round rounds floats to integers.
type round struct {
	rule.ZeroGrad
	RoundingMethod RoundingMethod
}

// Round returns the integer nearest to x, as a float, with halves rounded by m.
func Round(x Array, m RoundingMethod) Array { return bind(round{RoundingMethod: m}, x) }

func (round) String() string { return "round" }

// Code says which of the two it is.
func (op round) Code() kir.Code {
	if op.RoundingMethod == ToNearestEven {
		return kir.RoundEven
	}
	return kir.RoundAway
}

func (round) Infer(in []Type) ([]Type, error) { return in[:1:1], floats.check(in...) }

func (op round) Eval(in []*Value) []*Value {
	f := ref.Round
	if op.RoundingMethod == ToNearestEven {
		f = ref.RoundEven
	}
	y := newLike(in[0].Type())
	for i := range y.Size() {
		core.Put(y, i, complex(f(real(core.At(in[0], i))), 0))
	}
	return []*Value{y}
}

func (op round) Batch(a rule.Axis, x []*Value, stacked core.Mask) ([]*Value, core.Mask) {
	return Bind(op, x...), stacked
}
