package ad

import (
	"slices"

	"gojax/internal/core"
	"gojax/internal/ir"
	"gojax/internal/rule"
	"gojax/lax"
)

// Transpose runs f, which is linear in those operands that are holes, backwards:
// it returns their cotangents given those of the results. What does not depend
// on a hole, as where residuals are computed again, runs forwards first.
func Transpose(f *ir.Func, in, ct []*core.Value) []*core.Value {
	env := f.NewEnv()
	env.Set(f.In, in)
	linear := make([]*ir.Eqn, 0, len(f.Eqns))
	for i := range f.Eqns {
		e := &f.Eqns[i]
		if x := env.Get(e.In); !slices.ContainsFunc(x, core.IsHole) {
			env.Set(e.Out, lax.Bind(e.Op, x...))
			continue
		}
		linear = append(linear, e)
		for _, v := range e.Out {
			env.Set([]ir.Var{v}, []*core.Value{core.Hole(f.Type(v))})
		}
	}
	back := make(cotangents, len(f.Types))
	back.add(f.Out, ct)
	for _, e := range slices.Backward(linear) {
		ct := back.get(e.Out)
		if !core.Present(ct).Any() {
			continue
		}
		op, ok := e.Op.(rule.Linear)
		if !ok {
			panic(core.Errorf(e.Op.String(), "not a linear operation, so it cannot be transposed"))
		}
		x := op.Transpose(ct, env.Get(e.In))
		if len(x) != len(e.In) {
			panic(core.Errorf(e.Op.String(), "its Transpose gave %d cotangents, want %d, one for each operand", len(x), len(e.In)))
		}
		back.add(e.In, x)
	}
	return back.get(f.In)
}

// cotangents are summed for each variable.
type cotangents []*core.Value

func (m cotangents) add(vars []ir.Var, ct []*core.Value) {
	for i, v := range vars {
		if !v.Literal() {
			m[v] = lax.Sum(m[v], ct[i])
		}
	}
}

func (m cotangents) get(vars []ir.Var) []*core.Value {
	ct := make([]*core.Value, len(vars))
	for i, v := range vars {
		if !v.Literal() {
			ct[i] = m[v]
		}
	}
	return ct
}

// Transposed derives from f, linear in the marked operands: the other operands…,
// cotangents of the marked results… → cotangents of the linear operands…, all dense.
func Transposed(f *ir.Func, linear, out core.Mask) *ir.Func {
	return ir.Memo(f, key{"transpose", linear.String(), out.String()}, func() *ir.Func {
		types := f.InTypes()
		var holes []*core.Value
		for _, t := range core.Pick(linear, types) {
			holes = append(holes, core.Hole(t))
		}
		known := core.Pick(linear.Not(), types)
		n := len(known)
		return ir.Derive("Transpose", append(known, core.Pick(out, f.OutTypes())...), func(v ...*core.Value) []*core.Value {
			in := linear.Merge(holes, v[:n])
			ct := Transpose(f, in, out.Spread(v[n:]))
			return linear.Pick(Dense(ct, in, linear))
		})
	})
}
