package ad

import (
	"slices"

	"gojax/internal/core"
	"gojax/internal/ir"
	"gojax/lax"
)

// A Linear is the derivative of a function at a point.
type Linear struct {
	Func      *ir.Func      // Residuals…, tangents… → tangents…
	Residuals []*core.Value // what the tangents depend on besides
	In, Out   core.Mask     // which operands and results have a tangent
}

// Linearize runs fn at x. The results are computed at once; what happens to the
// tangents of the marked operands is staged.
func Linearize(owner core.Owner, fn core.Fn, x []*core.Value, in, want core.Mask) ([]*core.Value, *Linear) {
	tangents := ir.NewStaging(owner)
	defer tangents.End()
	t := make([]*core.Value, len(x))
	for i := range x {
		if in[i] {
			t[i] = tangents.Input(x[i].Type())
		}
	}
	y, ty := (&jvp{core.NewFrame(owner), true}).run(fn, x, t)
	ty = Dense(ty, y, want)
	out := core.Present(ty)
	f, residuals := tangents.Finish(out.Pick(ty))
	return y, &Linear{f, residuals, in, out}
}

// Push maps tangents forward.
func (l *Linear) Push(t []*core.Value) []*core.Value {
	return l.Out.Spread(l.Func.CallBy(lax.Bind, slices.Concat(l.Residuals, l.In.Pick(t))...))
}

// Pull maps cotangents back; nil stands for zero.
func (l *Linear) Pull(ct []*core.Value) []*core.Value {
	n := len(l.Residuals)
	in := slices.Clone(l.Residuals)
	for _, v := range l.Func.In[n:] {
		in = append(in, core.Hole(l.Func.Type(v)))
	}
	return l.In.Spread(Transpose(l.Func, in, l.Out.Pick(ct))[n:])
}

// Split derives two programs from f, x… → y…:
//
//	primal: x… → y…, residuals…
//	linear: residuals…, t… → ty…
//
// with tangents t of the operands marked in, and ty of the results marked out:
// those wanted and all others that have one.
func Split(f *ir.Func, in, want core.Mask) (primal, linear *ir.Func, out core.Mask) {
	type both struct {
		primal *ir.Func
		linear *Linear
	}
	b := ir.Memo(f, key{"split", in.String(), want.String()}, func() (b both) {
		b.primal = ir.Derive("Split", f.InTypes(), func(x ...*core.Value) (y []*core.Value) {
			y, b.linear = Linearize(core.Owner{What: "Split"}, f.Call, x, in, want)
			return slices.Concat(y, b.linear.Residuals)
		})
		b.linear.Residuals = nil // they were of this one run
		return b
	})
	return b.primal, b.linear.Func, b.linear.Out
}
