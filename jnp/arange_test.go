package jnp_test

import (
	"testing"

	"gojax/jax"
	"gojax/jnp"
)

// How many numbers there are is JAX's: what Go numbers say is not rounded to f32 before.
func TestArangeLength(t *testing.T) {
	zero, tenth := jnp.Float32(0), jnp.Float32(0.1)
	for _, row := range []struct {
		x    jax.Array
		want int
	}{
		{jnp.Arange(0, 14.85, 0.55), 27},
		{jnp.Arange(-3, -2, 0.04), 25},
		{jnp.Arange(1, 1.3, 0.1), 4},
		{jnp.Arange(0.5, 3.5), 3},
		{jnp.Arange(5, 0, -1.5), 4},
		{jnp.Arange(zero, jnp.Float32(0.3), tenth), 3},
		{jnp.Arange(zero, 0.3, tenth), 3},
		{jnp.Arange(jnp.Int32(0), jnp.Int32(7), 2), 4},
		{jnp.Arange(2, 1), 0},
	} {
		if row.x.Len() != row.want {
			t.Errorf("%v has %d numbers, want %d", row.x, row.x.Len(), row.want)
		}
	}
}
