// Package ad differentiates. Forward mode runs the operations' JVP rules;
// reverse mode runs the same rules with tangents that are being staged, and
// then that linear program backwards. There are no reverse rules but those of
// the few linear operations.
//
//	jvp.go        the trace
//	linearize.go  tangents staged
//	transpose.go  linear programs backwards
package ad

import (
	"gojax/internal/core"
	"gojax/internal/ir"
	"gojax/internal/rule"
	"gojax/lax"
)

// jvp is the trace of values that have tangents. It is never current: what
// depends on none of its values is not differentiated.
type jvp struct {
	*core.Frame
	linear bool // tangents are being staged, and no result may depend on one
}

// dual is what the trace knows of a value: what it is, and its tangent.
type dual struct {
	j    *jvp
	x, t *core.Value
}

func (d *dual) Trace() core.Trace  { return d.j }
func (d *dual) Known() *core.Value { return d.x }

func (j *jvp) pair(x, t []*core.Value) []*core.Value {
	duals := make([]*core.Value, len(x))
	for i := range x {
		if duals[i] = x[i]; t[i] != nil {
			cell := &struct {
				core.Stands
				dual
			}{dual: dual{j, x[i], t[i]}}
			duals[i] = cell.Init(x[i].Type(), &cell.dual)
		}
	}
	return duals
}

func (j *jvp) split(duals []*core.Value) (x, t []*core.Value) {
	both := make([]*core.Value, 2*len(duals))
	x, t = both[:len(duals):len(duals)], both[len(duals):]
	for i, v := range duals {
		x[i] = v
		if d, ok := v.Tracer().(*dual); ok && d.j == j {
			x[i], t[i] = d.x, d.t
		}
	}
	return x, t
}

// Apply computes the results and their tangents.
func (j *jvp) Apply(op core.Op, in []*core.Value) (out []*core.Value) {
	x, t := j.split(in)
	j.Outside(func() { out = j.pair(j.apply(op, x, t)) })
	return out
}

func (j *jvp) apply(op core.Op, x, t []*core.Value) (y, ty []*core.Value) {
	if p, ok := op.(rule.Program); ok {
		if j.linear {
			return p.Linearize(x, t)
		}
		return p.Push(x, t)
	}
	y = lax.Bind(op, x...)
	if d, ok := op.(rule.Differentiable); ok {
		ty = d.JVP(x, y, t)
	}
	if ty == nil {
		panic(core.Errorf(op.String(), "it has no derivative: wrap its operand in StopGradient "+
			"if it is to count as a constant (differentiating for %s)", j.Owner))
	}
	if len(ty) != len(y) {
		panic(core.Errorf(op.String(), "its JVP gave %d tangents, want %d, one for each result", len(ty), len(y)))
	}
	return y, ty
}

func (j *jvp) run(fn core.Fn, x, t []*core.Value) (y, ty []*core.Value) {
	defer j.End()
	return j.split(fn(j.pair(x, t)...))
}

// JVP runs fn at x and pushes the tangents t through it.
func JVP(owner core.Owner, fn core.Fn, x, t []*core.Value) (y, ty []*core.Value) {
	return (&jvp{core.NewFrame(owner), false}).run(fn, x, t)
}

// derived is a program made of another, and which results of that have a tangent
// in it.
type derived struct {
	f   *ir.Func
	out core.Mask
}

type key struct{ what, in, out string }

// Push derives from f: x…, t… → y…, ty…, with tangents of the marked operands,
// and of the wanted results and all others that have one.
func Push(f *ir.Func, in, want core.Mask) (*ir.Func, core.Mask) {
	d := ir.Memo(f, key{"push", in.String(), want.String()}, func() (d derived) {
		types := f.InTypes()
		n := len(types)
		types = append(types, core.Pick(in, types)...)
		d.f = ir.Derive("Push", types, func(v ...*core.Value) []*core.Value {
			y, ty := JVP(core.Owner{What: "Push"}, f.Call, v[:n], in.Spread(v[n:]))
			ty = Dense(ty, y, want)
			d.out = core.Present(ty)
			return append(y, d.out.Pick(ty)...)
		})
		return d
	})
	return d.f, d.out
}

// Dense makes arrays of the zeros among the wanted tangents.
func Dense(ty, y []*core.Value, want core.Mask) []*core.Value {
	for i := range want {
		if want[i] {
			ty[i] = lax.Dense(ty[i], y[i].Type())
		}
	}
	return ty
}
