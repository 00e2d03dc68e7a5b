package jax

import (
	"unsafe"

	"gojax/internal/ad"
	"gojax/internal/core"
	"gojax/lax"
)

// Grad returns the gradient of f: a function with f's argument whose result is a tree
// like it, with the derivative of f in the direction of each element. f returns a scalar
// of a floating type. Integer and bool leaves are not differentiated and come back absent;
// an argument without a floating leaf is an error. The gradient of a real function of
// complex numbers is, as in JAX, the conjugate of the direction of steepest ascent.
func Grad[A any](f func(A) Array) func(A) A {
	fn := unaryFn(f)
	return func(x A) A {
		_, g := fn.valueAndGrad("Grad", unsafe.Pointer(&x))
		return *(*A)(g[0])
	}
}

// ValueAndGrad returns a function that computes f and its gradient; see [Grad].
func ValueAndGrad[A any](f func(A) Array) func(A) (Array, A) {
	fn := unaryFn(f)
	return func(x A) (Array, A) {
		y, g := fn.valueAndGrad("ValueAndGrad", unsafe.Pointer(&x))
		return *(*Array)(y[0]), *(*A)(g[0])
	}
}

// GradAux is [Grad] of a function with a second result, which is not differentiated and
// returned as well.
func GradAux[A, X any](f func(A) (Array, X)) func(A) (A, X) {
	fn := withAux(f)
	return func(x A) (A, X) {
		y, g := fn.valueAndGrad("GradAux", unsafe.Pointer(&x))
		return *(*A)(g[0]), *(*X)(y[1])
	}
}

// ValueAndGradAux is [ValueAndGrad] of a function with a second result, which is not
// differentiated: it returns value, second result, gradient.
func ValueAndGradAux[A, X any](f func(A) (Array, X)) func(A) (Array, X, A) {
	fn := withAux(f)
	return func(x A) (Array, X, A) {
		y, g := fn.valueAndGrad("ValueAndGradAux", unsafe.Pointer(&x))
		return *(*Array)(y[0]), *(*X)(y[1]), *(*A)(g[0])
	}
}

// Grad2 returns the gradient of a function of two arguments with respect to both; see
// [Grad]. To differentiate one of them only, fix the other: Grad(With(f, b)).
func Grad2[A, B any](f func(A, B) Array) func(A, B) (A, B) {
	fn := binaryFn(f)
	return func(a A, b B) (A, B) {
		_, g := fn.valueAndGrad("Grad2", unsafe.Pointer(&a), unsafe.Pointer(&b))
		return *(*A)(g[0]), *(*B)(g[1])
	}
}

// With fixes the second argument of f.
func With[A, B, R any](f func(A, B) R, b B) func(A) R {
	return func(a A) R { return f(a, b) }
}

// StopGradient returns x, which counts as a constant in derivatives.
func StopGradient[T any](x T) T {
	return mapLeaves("StopGradient", x, lax.StopGradient)
}

// valueAndGrad returns the results of the function and the gradient of the first of
// them with respect to all arguments.
func (fn *function) valueAndGrad(what string, args ...unsafe.Pointer) (y, g []unsafe.Pointer) {
	l, x := fn.lift(what, args...)
	in := l.floating(x)
	res, lin := ad.Linearize(l.owner, l.call, x, in, nil)
	l.checkLoss(res)
	ct := make([]*core.Value, len(res))
	if lin.Out[0] {
		ct[0] = lax.Number(res[0].DType, 1).Value()
	}
	return l.outs.build(fn, res), l.rebuild(pull(lin, x, ct))
}

// checkLoss refuses to take the gradient of what is not one real number.
func (l *lifted) checkLoss(res []*core.Value) {
	switch {
	case len(l.outs.some) == 0 || !l.outs.some[0]:
		panic(core.Errorf(l.owner.What, "%s returned no array, want a scalar of a floating type", l.owner.Func()))
	case res[0].Rank() != 0:
		panic(core.Errorf(l.owner.What, "%s returned %v, want a scalar: sum or average it, "+
			"or use Jacrev for the derivatives of all its elements", l.owner.Func(), res[0].Type()))
	case !res[0].DType.IsFloat():
		panic(core.Errorf(l.owner.What, "%s returned %v, want a real floating type", l.owner.Func(), res[0].Type()))
	}
}

// floating marks the values that have derivatives, of which there must be one.
func (l *lifted) floating(x []*core.Value) core.Mask {
	m := inexact(x)
	if !m.Any() {
		panic(core.Errorf(l.owner.What, "the argument of %s has no floating leaf, only %v: "+
			"there is nothing to differentiate (convert it with Astype(jax.Float32))", l.owner.Func(), core.Types(x)))
	}
	return m
}

// inexact marks the values that can have tangents.
func inexact(x []*core.Value) core.Mask {
	m := make(core.Mask, len(x))
	for i := range x {
		m[i] = x[i].Inexact()
	}
	return m
}

// pull returns cotangents of x, nil where x is not differentiated.
func pull(lin *ad.Linear, x, ct []*core.Value) []*core.Value {
	return ad.Dense(lin.Pull(ct), x, lin.In)
}
