// Package batch runs a function written for one example on many at once.
package batch

import (
	"slices"

	"gojax/internal/core"
	"gojax/internal/ir"
	"gojax/internal/rule"
	"gojax/lax"
)

// A vmap is the current trace of its function, so that operations without
// operands which read the axis find it.
type vmap struct {
	*core.Frame
	axis rule.Axis
}

// rows is a value for each example: x has them along its leading axis.
type rows struct {
	v *vmap
	x *core.Value
}

func (r *rows) Trace() core.Trace  { return r.v }
func (r *rows) Known() *core.Value { return nil }

func (v *vmap) wrap(x []*core.Value, stacked core.Mask) []*core.Value {
	out := make([]*core.Value, len(x))
	for i := range x {
		if out[i] = x[i]; stacked[i] {
			out[i] = new(core.Stands).Init(x[i].Type().Shaped(x[i].Shape[1:]...), &rows{v, x[i]})
		}
	}
	return out
}

func (v *vmap) unwrap(in []*core.Value) ([]*core.Value, core.Mask) {
	x, stacked := make([]*core.Value, len(in)), make(core.Mask, len(in))
	for i := range in {
		x[i] = in[i]
		if r, ok := in[i].Tracer().(*rows); ok && r.v == v {
			x[i], stacked[i] = r.x, true
		}
	}
	return x, stacked
}

// Apply runs the operation on all examples.
func (v *vmap) Apply(op core.Op, in []*core.Value) (out []*core.Value) {
	x, stacked := v.unwrap(in)
	v.Outside(func() {
		if !stacked.Any() && !v.mentioned(op) {
			out = lax.Bind(op, x...)
			return
		}
		b, ok := op.(rule.Batchable)
		if !ok {
			panic(core.Errorf(op.String(), "it has no batching rule, which Vmap needs (%s)", v.Owner))
		}
		out = v.wrap(b.Batch(v.axis, x, stacked))
	})
	return out
}

// mentioned reports whether op reads the axis.
func (v *vmap) mentioned(op core.Op) bool {
	return v.axis.Name != "" && slices.Contains(core.EffectsOf(op).Axes, v.axis.Name)
}

// Vmap runs fn on the examples in the rows of the marked operands, all at once.
func Vmap(owner core.Owner, a rule.Axis, fn core.Fn, x []*core.Value, stacked core.Mask) (y []*core.Value, out core.Mask) {
	v := &vmap{core.NewFrame(owner), a}
	defer v.End()
	core.Under(v, func() { y = fn(v.wrap(x, stacked)...) })
	return v.unwrap(y)
}

type key struct {
	axis     rule.Axis
	in, want string
}

type batched struct {
	f   *ir.Func
	out core.Mask
}

// Batched derives from f a program on rows of the marked operands, and says
// which results are rows: those wanted and all others that differ.
func Batched(f *ir.Func, a rule.Axis, in, want core.Mask) (*ir.Func, core.Mask) {
	b := ir.Memo(f, key{a, in.String(), want.String()}, func() (b batched) {
		types := f.InTypes()
		for i := range types {
			if in[i] {
				types[i] = types[i].Stacked(a.Size)
			}
		}
		b.f = ir.Derive("Vmap", types, func(x ...*core.Value) []*core.Value {
			y, out := Vmap(core.Owner{What: "Vmap"}, a, f.Call, x, in)
			b.out = out.Or(want)
			return Stack(a, y, out, want)
		})
		return b
	})
	return b.f, b.out
}

// Stack gives the wanted values the leading axis a.
func Stack(a rule.Axis, x []*core.Value, stacked, want core.Mask) []*core.Value {
	out := slices.Clone(x)
	for i := range want {
		if want[i] {
			out[i] = lax.Stack(a, x[i], stacked[i])
		}
	}
	return out
}
