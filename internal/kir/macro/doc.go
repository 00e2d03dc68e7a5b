// Package macro expands the functions of package kir, from exp to digamma, into basic
// instructions: what a vector unit has for one element in each lane. A code generator
// that knows only these has all functions vectorised, and they fuse with what is
// around them.
//
// The basic instructions on floating-point numbers are Add, Sub, Mul, Div, Fma, Sqrt,
// Neg, Abs, Floor, Ceil, RoundEven, the comparisons, Select and Rarely, and Max and
// Min where a program has them, and Raise, which ends exponentials of float32; on the
// unsigned integers of the same width Add, Sub, And, Or, Xor, Not, the shifts, by
// constants but for few, and Table; Bitcast between the two, And, Or, Xor and Not of
// bools. Convert occurs where half types are computed in
// float32, lgamma and digamma of float32 in float64, and words of Threefry are joined.
// There are no branches, no tables but those of kir.Tables, and no reciprocal approximations.
// Division and remainder of integers, and sums, products and magnitudes of complex numbers, stay as
// they are.
//
// The same bits come from every back end. Each basic instruction is exact or rounded
// once to nearest even, with subnormals, by IEEE 754; Fma is an instruction of its own
// and nothing else may be fused or reordered. So the interpreter, AVX2 and AVX-512
// agree on each number and on the signs of zeros. What they need not agree on are the
// sign and the payload of NaN, which no function here looks at.
//
// Two forms are meant to be recognised, for x86 has an instruction for them: Select of
// Lt(x, y), x, y is MINPS, and of Gt(x, y), x, y is MAXPS, with NaN as well. Neg of an
// operand of Fma is one of its variants. Rarely guards what few arguments need, such as
// the reduction of huge angles, so that it may be skipped.
//
// Accuracy, in units of the last place over all arguments, subnormals and their results
// included: below 2 in both formats; the powers below 1.1. Exceptions are erf_inv_giles
// of float32, which is XLA's to the bit so that random normals are JAX's (65 next to ±1), and
// in float64 the neighbourhood of the zeros of lgamma and digamma on the negative axis,
// where the error is small beside the terms that cancel.
//
//	macro.go     which instructions are expanded
//	lanes.go     what expansions are written in; small functions
//	exp.go       exponentials and hyperbolic functions
//	log.go       logarithms
//	trig.go      sine, cosine, tangent, and the reduction of angles
//	inverse.go   inverse functions, roots
//	erf.go       error functions
//	gamma.go     log Γ and digamma
//	pow.go       powers
//	rem.go       remainders
//	integer.go   integers
//	complex.go   complex numbers: order, logarithms, roots
//	complexexp.go, complexinverse.go, complexpow.go, complexdiv.go
//	             their exponentials, inverse functions, powers, and quotients
//	coefs.go     the polynomials, made by testdata/coefs.py; kir.Tables by tables.py there
package macro
