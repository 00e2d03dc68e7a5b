package main

import (
	"fmt"

	"gojax/jax"
	"gojax/jnp"
	"gojax/random"
)

// growth lists one elementwise operation, one reduction and one product at five sizes,
// each ten times the work of the one before.
func growth() []workload {
	var list []workload
	add := func(name string, n int, f func(Array) Array, shape ...int) {
		list = append(list, workload{fmt.Sprintf("growth %s %d", name, n), func() func(int) float64 {
			x, g := random.Normal(random.PRNGKey(0), shape), jax.Jit(f)
			return loop(func() Array { return g(x) })
		}})
	}
	decades := []int{1_000, 10_000, 100_000, 1_000_000, 10_000_000}
	for _, n := range decades {
		add("exp", n, jnp.Exp, n)
	}
	for _, n := range decades {
		add("sum", n, func(x Array) Array { return jnp.Sum(x) }, n)
	}
	for _, n := range []int{32, 69, 149, 321, 690} {
		add("matmul", n, func(x Array) Array { return jnp.Matmul(x, x) }, n, n)
	}
	return list
}
