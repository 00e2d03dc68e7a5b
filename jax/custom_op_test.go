package jax_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"gojax/internal/core"
	"gojax/internal/rule"
	"gojax/jax"
	"gojax/jnp"
	"gojax/lax"
)

// Operations that no other file knows. They have no kernel: programs run their Eval.

// softsign is x/(1+|x|)^Power, elementwise, of f32.
type softsign struct{ Power int }

// stretch is x·By: linear, so it has a transpose.
type stretch struct{ By int }

var (
	_ rule.Complete = softsign{}
	_ rule.Complete = stretch{}
	_ rule.Linear   = stretch{}
)

func (softsign) String() string { return "softsign" }
func (stretch) String() string  { return "stretch" }

func (softsign) Infer(in []core.Type) ([]core.Type, error) { return sameF32(in) }
func (stretch) Infer(in []core.Type) ([]core.Type, error)  { return sameF32(in) }

func sameF32(in []core.Type) ([]core.Type, error) {
	if in[0].DType != jax.Float32 {
		return nil, fmt.Errorf("operand has type %v, want elements of f32", in[0])
	}
	return in, nil
}

func (op softsign) Eval(in []*core.Value) []*core.Value {
	return each(in[0], func(x float64) float64 { return x / math.Pow(1+math.Abs(x), float64(op.Power)) })
}

func (op stretch) Eval(in []*core.Value) []*core.Value {
	return each(in[0], func(x float64) float64 { return x * float64(op.By) })
}

func each(x *core.Value, f func(float64) float64) []*core.Value {
	y := core.New(x.Type(), nil)
	for i, v := range core.Slice[float32](x.Buf)[:x.Size()] {
		core.Slice[float32](y.Buf)[i] = float32(f(float64(v)))
	}
	return []*core.Value{y}
}

// JVP uses d/dx x/(1+|x|)^p = (1+|x|-p·|x|) / (1+|x|)^(p+1).
func (op softsign) JVP(x, y, t []*core.Value) []*core.Value {
	size := lax.Of(x[0]).Abs()
	slope := size.Mul(1 - op.Power).Add(1).Div(size.Add(1).Pow(op.Power + 1))
	return []*core.Value{lax.Of(t[0]).Mul(slope).Value()}
}

func (op stretch) JVP(x, y, t []*core.Value) []*core.Value     { return lax.Bind(op, t...) }
func (op stretch) Transpose(ct, x []*core.Value) []*core.Value { return lax.Bind(op, ct...) }
func (op softsign) Batch(a rule.Axis, x []*core.Value, _ core.Mask) ([]*core.Value, core.Mask) {
	return lax.Bind(op, x...), core.Mask{true}
}
func (op stretch) Batch(a rule.Axis, x []*core.Value, _ core.Mask) ([]*core.Value, core.Mask) {
	return lax.Bind(op, x...), core.Mask{true}
}

// TestCustomOp compares a composition of the two with the same of known operations,
// under every transformation.
func TestCustomOp(t *testing.T) {
	custom := func(x Array) Array {
		y := lax.Bind(softsign{2}, lax.Bind(stretch{3}, x.Value())...)
		return lax.Of(y[0])
	}
	known := func(x Array) Array { return x.Mul(3).Div(x.Mul(3).Abs().Add(1).Square()) }
	sum := func(f fn) fn { return func(x Array) Array { return jnp.Sum(f(x)) } }
	x, v := vector(0.3, -1, 2), vector(1, 0.5, -2)
	for _, c := range []struct {
		name  string
		under func(fn) Array
	}{
		{"eager", func(f fn) Array { return f(x) }},
		{"jit", func(f fn) Array { return jax.Jit(f)(x) }},
		{"vmap", func(f fn) Array { return jax.Vmap(f)(jnp.Outer(v, x)) }},
		{"jvp", func(f fn) Array { _, t := jax.Jvp(f, x, v); return t }},
		{"vjp", func(f fn) Array { _, pull := jax.Vjp(f, x); return pull(v) }},
		{"linearize", func(f fn) Array { _, push := jax.Linearize(f, x); return push(v) }},
		{"grad of jit", func(f fn) Array { return jax.Grad(sum(jax.Jit(f)))(x) }},
		{"jit of vmap of grad", func(f fn) Array { return jax.Jit(jax.Vmap(jax.Grad(f)))(x) }},
		{"jacfwd", func(f fn) Array { return jax.Jacfwd(f)(x) }},
		{"hessian", func(f fn) Array { return jax.Jit(jax.Hessian(sum(f)))(x) }},
		{"grad³", func(f fn) Array { return jax.Vmap(jax.Grad(jax.Grad(jax.Grad(f))))(x) }},
	} {
		near(t, c.name, c.under(custom), c.under(known), 1e-4)
	}
	back := jax.LinearTranspose(func(x Array) Array { return lax.Of(lax.Bind(stretch{3}, x.Value())[0]) }, x)
	near(t, "linear transpose", back(v), v.Mul(3), 0)

	want := `{ lambda ; a:f32[3]. let
    b:f32[3] = stretch[by=3] a
    c:f32[3] = softsign[power=2] b
  in (c,) }`
	if got := fmt.Sprint(jax.MakeJaxpr(custom)(x)); got != want {
		t.Errorf("it prints as\n%s\nwant\n%s", got, want)
	}
	if err := jax.Try(func() { custom(jnp.Arange(3)) }); err == nil {
		t.Error("i32 operands: no error")
	}
}

// Rules of careless give a list of another length than they must.
type careless struct{ stretch }

func (careless) JVP(x, y, t []*core.Value) []*core.Value { return append(t[:1:1], nil) }

type carelessBack struct{ stretch }

func (op carelessBack) JVP(x, y, t []*core.Value) []*core.Value { return lax.Bind(op, t...) }
func (carelessBack) Transpose(ct, x []*core.Value) []*core.Value {
	return append(ct[:1:1], nil)
}

func TestRulesOfWrongLength(t *testing.T) {
	for _, row := range []struct {
		op   core.Op
		want string
	}{
		{careless{stretch{2}}, "stretch: its JVP gave 2 tangents, want 1, one for each result"},
		{carelessBack{stretch{2}}, "stretch: its Transpose gave 2 cotangents, want 1, one for each operand"},
	} {
		f := func(x Array) Array { return jnp.Sum(lax.Of(lax.Bind(row.op, x.Value())[0])) }
		err := jax.Try(func() { jax.Grad(f)(vector(1, 2)) })
		if err == nil || !strings.HasSuffix(err.Error(), row.want) {
			t.Errorf("got %v, want %s", err, row.want)
		}
	}
}
