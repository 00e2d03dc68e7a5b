// Package ref is the scalar mathematics that operations are defined by: what each
// of them does to one element, slow where that is plainer, and right to a few units
// in the last place of float64, specials included. Eval methods, the portable
// kernels and tests are built on it.
//
// real.go has the functions of float64, over double-double arithmetic (dd.go) and
// the reduction of angles (trig.go) where package math is not good enough;
// special.go erf, gamma and their relatives; complex.go and inverse.go the functions
// of complex128; integer.go the integers, which wrap; convert.go rounding,
// conversions and neighbours; float32.go what must equal XLA's CPU code to the bit;
// threefry.go the random bits.
//
// Real specials, integers and conversions are JAX's on a CPU. Complex specials,
// branch cuts and signs of zero are those of C (Annex G) and NumPy; JAX's own vary
// with its rewrites, and it loses most signs of zero.
//
// Every product that must not be fused with a sum is converted, float64(x*y) + z:
// the language lets a compiler fuse the two otherwise.
package ref
