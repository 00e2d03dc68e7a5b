package optest

import (
	"gojax/internal/control"
	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/internal/ir"
	"gojax/lax"
)

// checkTypes holds the type rule to the definition and to what runs.
func (k *checker) checkTypes() {
	x := k.draw()
	want := core.Types(k.eval(x...))
	if k.Fn == nil {
		got, err := k.Op.Infer(k.types())
		if err != nil {
			k.errorf("type rule: %v", err)
			return
		}
		k.sameTypes("the type rule says", got, want)
	}
	k.sameTypes("results have", core.Types(k.call(x...)), want)
	k.sameTypes("staged results have", k.stage(k.call, k.types()).OutTypes(), want)
}

func (k *checker) sameTypes(what string, got, want []core.Type) {
	same := len(got) == len(want)
	for i := range want {
		same = same && got[i].Equal(want[i])
	}
	if !same {
		k.errorf("%s types %v, the definition's %v", what, got, want)
	}
}

// stage returns the program of f, which captures nothing. Staging checks it.
func (k *checker) stage(f core.Fn, types []core.Type) *ir.Func {
	return ir.Derive("optest", types, f)
}

// checkText prints the operation and what is derived from it, and reads it back.
func (k *checker) checkText() {
	k.readBack("the operation", k.call, k.types())
	if !k.full() || !thorough && k.r.IntN(3) > 0 {
		return
	}
	for _, d := range k.derived() {
		types := make([]core.Type, len(d.in))
		for i, o := range d.in {
			types[i] = o.Type
		}
		k.readBack(d.name, d.fn, types)
	}
	for m := range k.masks(core.All(len(k.In))) {
		types := k.types()
		for i, on := range m {
			if on {
				types[i] = types[i].Stacked(2)
			}
		}
		k.readBack("rows", func(x ...*core.Value) []*core.Value { return vmap(2, k.call, m, x) }, types)
	}
}

// operations are those that programs may have in text.
func (k *checker) operations() ir.Resolver {
	ops := ir.Resolve(lax.Ops()...)
	if k.Fn == nil {
		ops[k.Op.String()] = k.Op
	}
	return ops
}

func (k *checker) readBack(what string, fn core.Fn, types []core.Type) {
	f := k.stage(fn, types)
	text := f.String()
	g, err := ir.Parse(text, k.operations())
	if err != nil {
		k.errorf("text of %s: %v\n%s", what, err, text)
		return
	}
	if again := g.String(); again != text {
		k.errorf("text of %s is read as another program:\n%s\n%s", what, text, again)
	}
	k.sameTypes("read programs give", g.OutTypes(), f.OutTypes())
}

// checkBackEnd compares what the device makes of the operation with its definition,
// alone and between others in a compiled program, on plain and on special values.
func (k *checker) checkBackEnd() {
	for round := range 3 {
		x := k.draw()
		if round > 0 {
			if k.Finite {
				break
			}
			for i, o := range k.In {
				if round == 1 || k.r.IntN(2) == 0 {
					x[i] = o.special(k.r)
				}
			}
		}
		want := k.eval(x...)
		k.same("the device's", k.call(x...), want, k.ULP)
		k.checkFused(x, want)
	}
}

// checkFused puts the operation between elementwise ones that change nothing, which
// shows only when the program runs: eager, compiled and defined results are the same.
func (k *checker) checkFused(x, want []*core.Value) {
	yes := core.New(core.Of(dtype.Bool), nil)
	core.PutInt(yes, 0, 1)
	chain := func(v ...*core.Value) []*core.Value {
		keep := func(v []*core.Value) []*core.Value { return v }
		if len(v) > 0 {
			s := lax.Of(v[0])
			keep = func(v []*core.Value) []*core.Value {
				out := make([]*core.Value, len(v))
				for i := range v {
					out[i] = lax.Select(s, lax.Of(v[i]), other(lax.Of(v[i]))).Value()
				}
				return out
			}
		}
		return keep(k.call(keep(v[1:])...))
	}
	in := append([]*core.Value{yes}, x...)
	eager := chain(in...)
	k.same("fused, eager", eager, want, k.ULP)
	if !k.full() && k.r.IntN(3) > 0 {
		return
	}
	f := k.stage(chain, core.Types(in))
	k.same("fused, compiled", control.Call("fused", f, in...), eager, 0)
	alone := k.stage(k.call, core.Types(x))
	k.same("compiled alone", control.Call("alone", alone, x...), k.call(x...), 0)
}

// other returns an array unlike x.
func other(x lax.Array) lax.Array {
	if x.DType() == dtype.Bool {
		return lax.BitwiseNot(x)
	}
	return lax.Neg(x)
}
