package jax_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/internal/kir"
	"gojax/internal/optest"
	"gojax/internal/rule"
	"gojax/jax"
	"gojax/lax"
)

// These two, one of them with a kernel, are known to no other file, and are held to the
// laws of all operations.

// upwind is the linear operation yᵢ = C·(xᵢ - xᵢ₋₁) along the last axis of x, which is a
// ring; of Back yᵢ = C·(xᵢ - xᵢ₊₁), its transpose. It has no kernel: the back end runs Eval.
type upwind struct {
	C    int
	Back bool
}

func (upwind) String() string { return "upwind" }

func (op upwind) Infer(in []core.Type) ([]core.Type, error) {
	if x := in[0]; x.Rank() == 0 || !x.DType.IsFloat() {
		return nil, fmt.Errorf("operand has type %v, want floating elements along an axis", x)
	}
	return in[:1:1], nil
}

func (op upwind) Eval(in []*core.Value) []*core.Value {
	x, y := in[0], core.New(in[0].Type(), nil)
	n := x.Shape[x.Rank()-1]
	for i := range x.Size() {
		row, at := i/n*n, i%n
		other := row + (at+n-1)%n
		if op.Back {
			other = row + (at+1)%n
		}
		core.Put(y, i, complex(float64(op.C), 0)*(core.At(x, i)-core.At(x, other)))
	}
	return []*core.Value{y}
}

func (op upwind) JVP(x, y, t []*core.Value) []*core.Value { return lax.Bind(op, t...) }

func (op upwind) Transpose(ct, x []*core.Value) []*core.Value {
	return lax.Bind(upwind{op.C, !op.Back}, ct...)
}

func (op upwind) Batch(a rule.Axis, x []*core.Value, stacked core.Mask) ([]*core.Value, core.Mask) {
	return lax.Bind(op, x...), stacked
}

// squash is x/(1+|x|), elementwise, with a kernel.
type squash struct{}

func (squash) String() string { return "squash" }

func (squash) Infer(in []core.Type) ([]core.Type, error) {
	if x := in[0]; !x.DType.IsFloat() {
		return nil, fmt.Errorf("operand has type %v, want floating elements", x)
	}
	return in[:1:1], nil
}

func (squash) Eval(in []*core.Value) []*core.Value {
	y := core.New(in[0].Type(), nil)
	for i := range y.Size() {
		x := real(core.At(in[0], i))
		core.Put(y, i, complex(x/(1+math.Abs(x)), 0))
	}
	return []*core.Value{y}
}

func (squash) Kernel(b *kir.Builder, out core.Type, x []kir.Operand, i []kir.Val) kir.Val {
	v := x[0].At(i)
	return b.Emit(kir.Div, v, b.Emit(kir.Add, b.Number(out.DType, 1), b.Emit(kir.Abs, v)))
}

func (squash) JVP(x, y, t []*core.Value) []*core.Value {
	d := lax.Abs(lax.Of(x[0])).Add(1)
	return []*core.Value{lax.Of(t[0]).Div(d.Mul(d)).Value()}
}

func (squash) Batch(a rule.Axis, x []*core.Value, stacked core.Mask) ([]*core.Value, core.Mask) {
	return lax.Bind(squash{}, x...), stacked
}

func apply(op core.Op) fn {
	return func(x Array) Array { return lax.Of(lax.Bind(op, x.Value())[0]) }
}

// TestCustomOperationLaws holds both to the laws of all operations.
func TestCustomOperationLaws(t *testing.T) {
	for _, shape := range [][]int{{5}, {2, 3}, {1}, {0}, {2, 0}} {
		for _, back := range []bool{false, true} {
			optest.Check(t, &optest.Case{Name: "C=3", Op: upwind{3, back}, In: []optest.Operand{{Type: core.Of(dtype.Float64, shape...)}}})
		}
		optest.Check(t, &optest.Case{Op: squash{}, In: []optest.Operand{{Type: core.Of(dtype.Float64, shape...)}}})
	}
	optest.Check(t, &optest.Case{Op: squash{}, In: []optest.Operand{{Type: core.Of(dtype.Float64)}}})
}

// TestCustomOperation uses both as a program does, under every transformation, eager
// and jitted.
func TestCustomOperations(t *testing.T) {
	x, v := vector(.5, -1.2, 2), vector(1, -2, .5)
	diff, soft := apply(upwind{C: 3}), apply(squash{})
	f := func(x Array) Array { return soft(diff(x)).Mul(soft(x)) }
	// g is f in terms of other operations.
	g := func(x Array) Array {
		d := x.Sub(lax.Concatenate(0, lax.SliceInDim(x, 2, 3, 1, 0), lax.SliceInDim(x, 0, 2, 1, 0))).Mul(3)
		s := func(x Array) Array { return x.Div(lax.Abs(x).Add(1)) }
		return s(d).Mul(s(x))
	}
	xs := lax.BroadcastTo(x, jax.Shape{2, 3}).Mul(lax.BroadcastedIota(jax.Float32, jax.Shape{2, 3}, 0).Add(1))
	for _, c := range []struct {
		name string
		of   func(f fn) fn
		x    Array
	}{
		{"value", func(f fn) fn { return f }, x},
		{"jvp", func(f fn) fn { return func(x Array) Array { _, t := jax.Jvp(f, x, v); return t } }, x},
		{"vjp", func(f fn) fn { return func(x Array) Array { _, pull := jax.Vjp(f, x); return pull(v) } }, x},
		{"linearize", func(f fn) fn { return func(x Array) Array { _, push := jax.Linearize(f, x); return push(v) } }, x},
		{"grad", func(f fn) fn { return jax.Grad(total(f)) }, x},
		{"jacfwd", func(f fn) fn { return jax.Jacfwd(f) }, x},
		{"jacrev", func(f fn) fn { return jax.Jacrev(f) }, x},
		{"hessian", func(f fn) fn { return jax.Hessian(total(f)) }, x},
		{"vmap", func(f fn) fn { return jax.Vmap(f) }, xs},
		{"vmap of grad", func(f fn) fn { return jax.Vmap(jax.Grad(total(f))) }, xs},
		{"grad of vmap", func(f fn) fn { return jax.Grad(total2(jax.Vmap(f))) }, xs},
		{"grad of jit", func(f fn) fn { return jax.Grad(jax.Jit(total(jax.Jit(f)))) }, x},
	} {
		want := c.of(g)(c.x)
		near(t, c.name, c.of(f)(c.x), want, 1e-5)
		near(t, c.name+", jitted", jax.Jit(c.of(f))(c.x), want, 1e-5)
		near(t, c.name+" of jitted", c.of(jax.Jit(f))(c.x), want, 1e-5)
	}
	back := jax.LinearTranspose(diff, x)
	near(t, "transposed", back(v), apply(upwind{3, true})(v), 0)
	text := jax.MakeJaxpr(f)(x).String()
	for _, want := range []string{"upwind[back=False c=3] a", "squash b", "squash a"} {
		if !strings.Contains(text, want) {
			t.Errorf("the program has no %q:\n%s", want, text)
		}
	}
	if err := jax.Try(func() { soft(jax.FromSlice([]int32{1})) }); err == nil ||
		!strings.Contains(err.Error(), "squash: operand has type i32[1], want floating elements") {
		t.Errorf("got the error %v", err)
	}
}

func total2(f fn) fn { return func(x Array) Array { return lax.ReduceSum(f(x), []int{0, 1}) } }
