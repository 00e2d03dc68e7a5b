// Package control has the operations whose parameters are programs. Each rule
// derives programs from the operation's own and binds the same kind of
// operation again; the derived programs are memoised on what they come from.
package control

import (
	"fmt"
	"slices"

	"gojax/internal/ad"
	"gojax/internal/batch"
	"gojax/internal/core"
	"gojax/internal/ir"
	"gojax/internal/rule"
	"gojax/lax"
)

// call runs a program: what Jit compiles as a whole.
type call struct {
	Name          string
	Jaxpr         *ir.Func
	DonatedInvars core.Mask `ir:"omitzero"` // operands whose memory the program may use for results
	owner         core.Owner
}

// NewCall returns the operation that runs f for owner. Back ends may destroy the
// operands marked as donated.
func NewCall(name string, owner core.Owner, f *ir.Func, donated core.Mask) core.Op {
	return call{name, f, donated, owner}
}

// Call binds f as one operation.
func Call(name string, f *ir.Func, x ...*core.Value) []*core.Value {
	return lax.Bind(call{Name: name, Jaxpr: f}, x...)
}

func (call) String() string { return "jit" }

// Program is what back ends compile.
func (c call) Program() *ir.Func { return c.Jaxpr }

// Donated marks the operands that the program may destroy.
func (c call) Donated() core.Mask { return c.DonatedInvars }

// Owner is whom they are donated to.
func (c call) Owner() core.Owner { return c.owner }

func (c call) with(f *ir.Func) call { return call{Name: c.Name, Jaxpr: f} }

func (c call) Infer(in []core.Type) ([]core.Type, error) {
	return c.Jaxpr.OutTypes(), agree(c.Jaxpr, in)
}

// agree reports the first operand that is not of f's type.
func agree(f *ir.Func, in []core.Type) error {
	if len(in) != len(f.In) {
		return fmt.Errorf("there are %d operands, want %d", len(in), len(f.In))
	}
	for i, v := range f.In {
		if want := f.Type(v); !want.Equal(in[i]) {
			return fmt.Errorf("operand %d has type %v, want %v", i, in[i], want)
		}
	}
	return nil
}

func (c call) Eval(in []*core.Value) []*core.Value { return c.Jaxpr.Call(in...) }
func (c call) Effects() core.Effects               { return c.Jaxpr.Effects() }

// Push calls the program that maps operands and tangents to results and tangents.
func (c call) Push(x, t []*core.Value) (y, ty []*core.Value) {
	in := core.Present(t)
	f, out := ad.Push(c.Jaxpr, in, nil)
	n := len(c.Jaxpr.Out)
	z := lax.Bind(c.with(f), slices.Concat(x, in.Pick(t))...)
	return z[:n], out.Spread(z[n:])
}

// Linearize calls the program that computes residuals besides the results, and
// the linear one that maps them and the tangents to tangents.
func (c call) Linearize(x, t []*core.Value) (y, ty []*core.Value) {
	in := core.Present(t)
	n := len(c.Jaxpr.Out)
	primal, linear, out := ad.Split(c.Jaxpr, in, nil)
	z := lax.Bind(c.with(primal), x...)
	ty = lax.Bind(c.with(linear), slices.Concat(z[n:], in.Pick(t))...)
	return z[:n], out.Spread(ty)
}

// Transpose calls the linear program run backwards.
func (c call) Transpose(ct, x []*core.Value) []*core.Value {
	linear, out := holes(x), core.Present(ct)
	f := ad.Transposed(c.Jaxpr, linear, out)
	return linear.Spread(lax.Bind(c.with(f), slices.Concat(linear.Not().Pick(x), out.Pick(ct))...))
}

// Batch calls the program on many examples.
func (c call) Batch(a rule.Axis, x []*core.Value, stacked core.Mask) ([]*core.Value, core.Mask) {
	f, out := batch.Batched(c.Jaxpr, a, stacked, nil)
	return lax.Bind(c.with(f), x...), out
}

// holes marks the operands that a transpose is asked for.
func holes(x []*core.Value) core.Mask {
	m := make(core.Mask, len(x))
	for i := range x {
		m[i] = core.IsHole(x[i])
	}
	return m
}
