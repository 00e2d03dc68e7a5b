package optest

import (
	"cmp"
	"math"
	"slices"

	"gojax/internal/ad"
	"gojax/internal/control"
	"gojax/internal/core"
	"gojax/internal/dtype"
)

// A derived function is made of the operation by a transformation.
type derived struct {
	name string
	fn   core.Fn
	in   []Operand
}

// smooth marks the operands that have derivatives.
func (k *checker) smooth() core.Mask {
	m := make(core.Mask, len(k.In))
	for i, o := range k.In {
		m[i] = o.Inexact() && !(k.Undefined != nil && k.Undefined[i])
	}
	return m
}

// inexactResults marks those of the results that can have tangents.
func (k *checker) inexactResults() core.Mask {
	types := k.stage(k.call, k.types()).OutTypes()
	m := make(core.Mask, len(types))
	for i, t := range types {
		m[i] = t.Inexact()
	}
	return m
}

// derived returns the functions that push tangents forward and that pull cotangents
// back, of all smooth operands; none if there are none or no result has a tangent.
func (k *checker) derived() []derived {
	in, out := k.smooth(), k.inexactResults()
	if !in.Any() || !out.Any() {
		return nil
	}
	n := len(k.In)
	push := derived{"tangents", nil, slices.Clone(k.In)}
	for i, o := range k.In {
		if in[i] {
			push.in = append(push.in, Operand{Type: o.Type})
		}
	}
	push.fn = func(v ...*core.Value) []*core.Value {
		y, ty := ad.JVP(owner, k.call, v[:n], in.Spread(v[n:]))
		return out.Pick(ad.Dense(ty, y, out))
	}
	pull := derived{"cotangents", nil, slices.Clone(k.In)}
	for i, t := range k.stage(k.call, k.types()).OutTypes() {
		if out[i] {
			pull.in = append(pull.in, Operand{Type: t})
		}
	}
	pull.fn = func(v ...*core.Value) []*core.Value {
		_, l := ad.Linearize(owner, k.call, v[:n], in, out)
		return in.Pick(ad.Dense(l.Pull(out.Spread(v[n:])), v[:n], in))
	}
	return []derived{push, pull}
}

// checkDerivatives holds tangents to numeric differences and cotangents to tangents; of
// f64 and c128 also those of the derivatives.
func (k *checker) checkDerivatives() {
	k.checkUndefined()
	if k.Kink {
		return
	}
	for m := range k.masks(k.smooth()) {
		k.checkAt("", k.call, k.wide().eval, k.In, m)
		if !k.full() && k.r.IntN(3) > 0 {
			break
		}
	}
	if !k.full() && k.r.IntN(4) > 0 {
		return
	}
	for _, d := range k.derived() {
		m := make(core.Mask, len(d.in))
		for i, o := range d.in {
			m[i] = o.Inexact() && !(i < len(k.Undefined) && k.Undefined[i])
		}
		if k.Wide == nil && !k.Constant {
			k.checkAt(d.name+", ", d.fn, d.fn, d.in, m)
		}
		some := core.All(len(d.in))
		if !thorough {
			for i := range some {
				some[i] = k.r.IntN(2) == 0
			}
		}
		k.rowsOf("rows of "+d.name, d.fn, d.fn, d.in, core.All(len(d.in)), 2, 64)
		if some.Any() {
			k.rowsOf("rows of "+d.name, d.fn, d.fn, d.in, some, 2, 64)
		}
	}
}

// checkUndefined wants an error where there is no derivative.
func (k *checker) checkUndefined() {
	for i, on := range k.Undefined {
		if !on || !k.In[i].Inexact() {
			continue
		}
		t := make([]*core.Value, len(k.In))
		t[i] = direction(k.r, k.In[i].Type)
		if message(func() { ad.JVP(owner, k.call, k.draw(), t) }) == "" {
			k.errorf("there is a derivative in operand %d, want an error", i)
		}
	}
}

// message returns the error that f panics with.
func message(f func()) (msg string) {
	defer func() {
		switch e := recover().(type) {
		case nil:
		case *core.Error:
			msg = e.Error()
		default:
			panic(e)
		}
	}()
	f()
	return ""
}

// precision is how far, in parts of the largest element, derivatives may be off.
func precision(t core.Type) float64 {
	if !t.Inexact() {
		return 0
	}
	return 64 * dtype.FInfo(t.DType).Eps
}

// checkAt holds fn at random operands, in one direction of those that are marked. wide
// is the same function on f64 and c128.
func (k *checker) checkAt(what string, fn, wide core.Fn, in []Operand, m core.Mask) {
	t := make([]*core.Value, len(in))
	for i, on := range m {
		if on {
			t[i] = direction(k.r, in[i].Type)
		}
	}
	x := drawAll(k.r, in)
	var want []*core.Value
	if !k.Constant {
		ok := false
		for try := 0; !ok && try < 20; try++ { // until no kink is hit
			x = drawAll(k.r, in)
			want, ok = slopes(wide, x, t)
		}
		if !ok {
			k.errorf("%sthere is a kink wherever one looks", what)
			return
		}
	}
	y, ty := ad.JVP(owner, fn, x, t)
	if k.Constant {
		want = make([]*core.Value, len(y))
	}
	for i := range y {
		switch {
		case !y[i].Inexact():
			if ty[i] != nil {
				k.errorf("%stangent of result %d of type %v, want none", what, i, y[i].Type())
			}
			continue
		}
		part := precision(y[i].Type())
		if part < 1e-7 {
			part = 1e-7
		}
		if err := closeBy(ty[i], narrow(want[i], y[i].Type()), part); err != nil {
			k.errorf("%stangent %d in the operands %v: %v", what, i, m, err)
		}
	}
	k.checkLinear(what, fn, x, t, y, ty)
}

// checkLinear holds the linearised function to the tangents ty, its transpose to
// itself, and both to those of the function as a compiled program.
func (k *checker) checkLinear(what string, fn core.Fn, x, t, y, ty []*core.Value) {
	m := core.Present(t)
	_, l := ad.Linearize(owner, fn, x, m, nil)
	k.equal(what+"linearized", l.Push(t), ty)
	ct := make([]*core.Value, len(y))
	for i := range y {
		if l.Out[i] {
			ct[i] = direction(k.r, y[i].Type())
		}
	}
	back := l.Pull(ct)
	for i := range back {
		if back[i] != nil && !(m[i] && back[i].Type().Equal(x[i].Type())) {
			k.errorf("%scotangent of operand %d has type %v, want that of %v", what, i, back[i].Type(), x[i].Type())
			return
		}
	}
	p, size := pairing(ct, ty)
	q, size2 := pairing(back, t)
	if part := precision(coarsest(slices.Concat(m.Pick(x), core.Present(ty).Pick(y)))); !(math.Abs(p-q) <= part*(size+size2)) {
		k.errorf("%s⟨ct, J t⟩ = %v, ⟨Jᵀ ct, t⟩ = %v, in the operands %v", what, p, q, m)
	}
	if !thorough && k.r.IntN(4) > 0 {
		return
	}
	program := k.stage(fn, core.Types(x))
	jitted := func(x ...*core.Value) []*core.Value { return control.Call("f", program, x...) }
	_, pushed := ad.JVP(owner, jitted, x, t)
	k.equal(what+"tangents of the program", pushed, ty)
	_, l = ad.Linearize(owner, jitted, x, m, nil)
	k.equal(what+"linearized program", l.Push(t), ty)
	k.equal(what+"cotangents of the program", l.Pull(ct), back)
}

// equal compares tangents, of which nil is zero, to the bit.
func (k *checker) equal(what string, got, want []*core.Value) {
	for i := range want {
		if err := closeBy(got[i], want[i], 0); err != nil {
			k.errorf("%s: %d: %v", what, i, err)
		}
	}
}

// coarsest returns the type with the least precision.
func coarsest(x []*core.Value) core.Type {
	return slices.MaxFunc(x, func(a, b *core.Value) int {
		return cmp.Compare(precision(a.Type()), precision(b.Type()))
	}).Type()
}

// pairing is the real part of the sum of the products, and the sum of their sizes.
func pairing(x, y []*core.Value) (sum, size float64) {
	for k := range x {
		if x[k] == nil || y[k] == nil {
			continue
		}
		p, q := host(x[k]), host(y[k])
		for i := range p.Size() {
			term := core.At(p, i) * core.At(q, i)
			sum += real(term)
			size += abs(core.At(p, i)) * abs(core.At(q, i))
		}
	}
	return sum, size
}

// slopes returns the derivatives of f at x in the direction t, from differences at two
// distances: their errors are of fourth order. It is not ok if the two say that f has
// a kink in between.
func slopes(f core.Fn, x, t []*core.Value) (slopes []*core.Value, ok bool) {
	const h = 1. / 4096
	x, t = widen(x), widen(t)
	ahead, behind := hosts(f(moved(x, t, h)...)), hosts(f(moved(x, t, -h)...))
	ahead2, behind2 := hosts(f(moved(x, t, 2*h)...)), hosts(f(moved(x, t, -2*h)...))
	slopes, ok = make([]*core.Value, len(ahead)), true
	for k := range ahead {
		if !ahead[k].Inexact() {
			continue
		}
		slopes[k] = core.New(ahead[k].Type(), nil)
		for i := range slopes[k].Size() {
			near := difference(ahead[k], behind[k], i) / (2 * h)
			far := difference(ahead2[k], behind2[k], i) / (4 * h)
			if abs(near-far) > 1e-2*(1+abs(far)) {
				ok = false
			}
			core.Put(slopes[k], i, (4*near-far)/3)
		}
	}
	return slopes, ok
}

// difference is that of elements i; none if both are the same NaN or infinity.
func difference(x, y *core.Value, i int) complex128 {
	p, q := core.At(x, i), core.At(y, i)
	if p == q || isNaN(p) && isNaN(q) {
		return 0
	}
	return p - q
}

// widen converts inexact values to f64 and c128.
func widen(x []*core.Value) []*core.Value {
	y := slices.Clone(x)
	for i, v := range x {
		if v != nil && v.Inexact() {
			y[i] = narrow(v, v.With(wideOf(v.DType)))
		}
	}
	return y
}

// wideOf is the element type that numeric differences of type d are taken in.
func wideOf(d dtype.Type) dtype.Type {
	switch d.Kind() {
	case dtype.FloatKind:
		return dtype.Float64
	case dtype.ComplexKind:
		return dtype.Complex128
	}
	return d
}

// narrow returns v, nil or not, with elements of type t.
func narrow(v *core.Value, t core.Type) *core.Value {
	if v == nil || v.Type().Equal(t) {
		return v
	}
	v = host(v)
	y := core.New(t, nil)
	for i := range v.Size() {
		core.Put(y, i, core.At(v, i))
	}
	return y
}

func moved(x, t []*core.Value, h float64) []*core.Value {
	y := slices.Clone(x)
	for k := range x {
		if t[k] == nil {
			continue
		}
		y[k] = core.New(x[k].Type(), nil)
		for i := range x[k].Size() {
			core.Put(y[k], i, core.At(x[k], i)+complex(h, 0)*core.At(t[k], i))
		}
	}
	return y
}
