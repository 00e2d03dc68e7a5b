package lib

import (
	"math"
	"math/cmplx"

	"gojax/internal/core"
	"gojax/internal/kir"
	"gojax/internal/ref"
)

// complexOp returns the operation that a step accumulates complex numbers by.
func complexOp[T complex64 | complex128](s kir.Cumulative) func(a, b T) T {
	switch {
	case s.LogSum:
		return func(a, b T) T { return T(logAddExp(complex128(a), complex128(b))) }
	case s.By == kir.Add:
		return func(a, b T) T { return a + b }
	case s.By == kir.Mul:
		return func(a, b T) T { return T(times(complex128(a), complex128(b))) }
	case s.By == kir.Max:
		return func(a, b T) T { return larger(a, b) }
	case s.By == kir.Min:
		return func(a, b T) T { return smaller(a, b) }
	}
	panic(core.Errorf(s.Step(), "code %d does not accumulate", s.By))
}

// times is a·b, each of its operations rounded.
func times(a, b complex128) complex128 {
	return complex(float64(real(a)*real(b))-float64(imag(a)*imag(b)),
		float64(real(a)*imag(b))+float64(imag(a)*real(b)))
}

// isNaN reports whether a part of x is NaN, infinite or not the other.
func isNaN(x complex128) bool { return math.IsNaN(real(x)) || math.IsNaN(imag(x)) }

// before is the lexicographic order, in which nothing comes before or after NaN.
func before(a, b complex128) bool {
	switch {
	case isNaN(a) || isNaN(b):
		return false
	case real(a) != real(b):
		return real(a) < real(b)
	}
	return imag(a) < imag(b)
}

// larger returns a where it is larger than b or NaN, else b.
func larger[T complex64 | complex128](a, b T) T {
	if isNaN(complex128(a)) || before(complex128(b), complex128(a)) {
		return a
	}
	return b
}

// smaller returns a where it is smaller than b or NaN, else b.
func smaller[T complex64 | complex128](a, b T) T {
	if isNaN(complex128(a)) || before(complex128(a), complex128(b)) {
		return a
	}
	return b
}

// logAddExp returns log(exp(a) + exp(b)), whose imaginary part is in [-π, π).
func logAddExp(a, b complex128) complex128 {
	switch {
	case math.IsInf(real(a), -1):
		return b
	case math.IsInf(real(b), -1):
		return a
	}
	top := larger(a, b)
	z := top + ref.CLog1p(ref.CExp(a+b-2*top))
	if cmplx.IsNaN(z) || imag(z) >= -math.Pi && imag(z) < math.Pi {
		return z
	}
	turn := math.Mod(imag(z)+math.Pi, 2*math.Pi)
	if turn < 0 {
		turn += 2 * math.Pi
	}
	return complex(real(z), turn-math.Pi)
}
