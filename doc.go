// Package gojax is the root of a module that brings JAX to Go: arrays like NumPy's and
// composable transformations of ordinary functions. It has no code of its own; start
// with packages jax, jnp and random, and with docs/tour.md.
package gojax
