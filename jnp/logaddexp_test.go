package jnp_test

import (
	"math/cmplx"
	"testing"

	"gojax/jax"
	"gojax/jnp"
)

// The imaginary parts of complex logarithms of sums are those of JAX.
func TestComplexLogaddexp(t *testing.T) {
	a := jax.FromSlice([]complex64{2 + 6i, 8 + 5i})
	b := jax.FromSlice([]complex64{1.5 - 9i, 12.3 + 9.3i})
	for _, row := range []struct {
		name string
		got  jax.Array
		want []complex64
	}{
		{"logaddexp", jnp.Logaddexp(a, b), []complex64{1.5966532 - 0.91471124i, 12.294624 + 3.0293128i}},
		{"logaddexp2", jnp.Logaddexp2(a, b), []complex64{1.7461902 - 1.9528437i, 12.225886 + 0.2229147i}},
	} {
		for i, v := range jax.Values[complex64](row.got) {
			if cmplx.Abs(complex128(v-row.want[i])) > 1e-5 {
				t.Errorf("%s: got %v, want %v", row.name, v, row.want[i])
			}
		}
	}
}
