// Package jax transforms ordinary Go functions on trees of arrays: it differentiates,
// batches, and compiles them, to any depth and in any order.
//
// A tree is an [Array], or a struct, slice, Go array, map or pointer of trees; see
// package tree. Functions of trees need not know of transformations: Go's own if, for,
// recursion and closures work under [Grad], [Jvp] and [Vjp], which see values. Under
// [Jit], and for the batched values of [Vmap], a value is not known while the function
// runs, and asking for it is an error that says so.
//
// Wrong use panics with an [*Error] that has the user's file and line; [Try] makes an
// error value of it.
//
//	alias.go     names from other packages: Array, dtypes, indexing
//	lift.go      functions on trees as functions on leaves
//	jit.go       Jit; retrace.go tells why it traced again
//	grad.go      Grad, ValueAndGrad and their kin
//	jvp.go       Jvp, Vjp, Linearize, LinearTranspose
//	jacobian.go  Jacfwd, Jacrev, Hessian, Ravel
//	vmap.go      Vmap
//	inspect.go   MakeJaxpr, EvalShape
//	lower.go     Lower, Compile
//	memory.go    how much memory there is and what takes it
//	device.go    devices, DevicePut, BlockUntilReady, Delete
package jax
