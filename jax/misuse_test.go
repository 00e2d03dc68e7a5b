package jax_test

import (
	"errors"
	"strings"
	"testing"

	"gojax/jax"
	"gojax/jnp"
	"gojax/lax"
)

// What is no operand at all, no function or no type is an error of the user's line, never
// a panic of Go's runtime, and never the end of the process.
func TestMisuse(t *testing.T) {
	type A = jax.Array
	var absent A
	var no func(A) A
	x := jnp.Arange(3.0)
	deleted := jnp.Arange(3.0)
	deleted.Delete()
	for _, c := range []struct {
		f    func()
		want string
	}{
		{func() { jax.Jit(no) }, "Jit: the function is nil"},
		{func() { jax.Vmap(no) }, "Vmap: the function is nil"},
		{func() { jax.Grad(no)(x) }, "Grad: the function is nil"},
		{func() { jax.Vjp(no, x) }, "Vjp: the function is nil"},
		{func() { jnp.ApplyAlongAxis(nil, 0, x) }, "the function is nil"},
		{func() { jnp.Piecewise(x, []any{x.Gt(0)}, []func(A) A{nil}, jnp.Sin) }, "the function is nil"},
		{func() { absent.Type() }, "Type: the operand is absent"},
		{func() { absent.LogicalAnd(true) }, "logical_and: the operand is absent"},
		{func() { lax.Reshape(absent, jax.Shape{1}) }, "reshape: the operand is absent"},
		{func() { lax.ReduceSum(absent, nil) }, "is absent"},
		{func() { jnp.Roll(x, absent) }, "roll: the operand is absent"},
		{func() { jnp.Zeros(jax.Shape{2}, 0) }, "the element type is invalid"},
		{func() { lax.Convert(x, 99) }, "the element type is invalid"},
		{func() { x.Astype(0) }, "the element type is invalid"},
		{func() { jax.ShapeDtype(jax.Float32, -1) }, "no negative size"},
		{func() { jnp.Zeros(jax.Shape{1 << 20, 1 << 20}) }, "an array of type f32[1048576,1048576] takes"},
		{func() { jnp.Zeros(jax.Shape{1 << 30, 1 << 30, 1 << 30}) }, "no more than 2^46 bytes"},
		{func() { jax.FromSlice([]float32{}, 1<<30, 1<<30, 1<<30) }, "there are 0 elements"},
		{func() { jax.AxisSize(-1) }, "the number of examples is -1"},
		{func() {
			for range deleted.Rows() {
				break
			}
		}, "the array was deleted"},
	} {
		err := jax.Try(c.f)
		var e *jax.Error
		if !errors.As(err, &e) || !strings.Contains(err.Error(), c.want) || !strings.HasSuffix(e.File, "misuse_test.go") {
			t.Errorf("got %v, want %q at this file", err, c.want)
		}
	}
}
