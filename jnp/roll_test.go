package jnp_test

import (
	"testing"

	"gojax/jax"
	"gojax/jnp"
)

// Shifts that are arrays move as ints do, whatever their element type can hold.
func TestRollByArrays(t *testing.T) {
	x := jnp.Arange(6).Reshape(2, 3)
	want := jnp.Roll(x, []int{1, 2}, jnp.Axis(0, 1))
	if got := jnp.Roll(x, jnp.Array([]int{1, 2}), jnp.Axis(0, 1)); !jnp.ArrayEqual(got, want).Bool() {
		t.Errorf("by an array: %v, want %v", got, want)
	}
	roll := jax.Jit(func(x, by jax.Array) jax.Array { return jnp.Roll(x, by) })
	for _, n := range []int{3, 200, 300} {
		x := jnp.Arange(n)
		for _, by := range []jax.Array{jnp.Uint8(1), jnp.Int8(-2), jnp.Uint64(7)} {
			i := int(by.Astype(jax.Int32).Int())
			if got, want := roll(x, by), jnp.Roll(x, i); !jnp.ArrayEqual(got, want).Bool() {
				t.Errorf("%d elements by %v: %v, want %v", n, by, got, want)
			}
		}
	}
	if err := jax.Try(func() { jnp.Roll(x, jnp.Arange(3), jnp.Axis(0, 1)) }); err == nil {
		t.Error("three shifts for two axes: no error")
	}
}
