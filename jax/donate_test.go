package jax_test

import (
	"testing"

	"gojax/jax"
	"gojax/jnp"
)

// A donated array may be another operand too, passed twice or captured: its memory is not
// written while it is read elsewhere.
func TestDonateWhatIsReadElsewhere(t *testing.T) {
	const n = 5000
	iota := func() jax.Array { return jnp.Arange(float64(n)) }
	for name, f := range map[string]func(x, y jax.Array) jax.Array{
		"flip":   func(x, y jax.Array) jax.Array { return x.Add(jnp.Flip(y)) },
		"gather": func(x, y jax.Array) jax.Array { return x.Add(y.Index(jnp.Flip(jnp.Arange(n)))) },
		"set":    func(x, y jax.Array) jax.Array { return x.At(jax.R(0, 5)).Set(y.Index(jax.R(5, 10))).Add(jnp.Flip(y)) },
	} {
		want := f(iota(), iota())
		x := iota()
		if got := jax.Jit(f, jax.DonateArgs(0))(x, x); !jnp.ArrayEqual(got, want).Bool() {
			t.Errorf("%s of an array passed twice: %v, want %v", name, got, want)
		}
		if jax.Try(func() { x.Add(1) }) == nil {
			t.Errorf("%s: the donated array can be used again", name)
		}
		w := iota()
		g := jax.Jit(func(x jax.Array) jax.Array { return f(x, w) }, jax.DonateArgs(0))
		if got := g(w); !jnp.ArrayEqual(got, want).Bool() {
			t.Errorf("%s of a captured array: %v, want %v", name, got, want)
		}
	}
}
