package dtype

import "math/bits"

// The types and the weak Go numbers are the nodes of JAX's promotion lattice, in
// which a mixture has the least upper bound of what is mixed. This is the lattice of
// jax_explicit_x64_dtypes=allow: 64-bit types exist and are kept, and no mixture of
// others makes one (so u32 with i32 is i32, and i64 with u64 is f32).
//
//	bool - int - u8 ----- u16 ---- u32 -- u64 ---.         .- bf16 -.
//	          \    \         \        \           float --+- f16 --- f32 - f64 ---.
//	           i8 - i16 ----- i32 -----`- i64 ---'         `- complex -`- c64 - c128
//
// The nodes are numbered so that each is below those that it is promoted to.
type node uint8

const (
	nBool node = iota
	nInt       // a Go int
	nI8
	nU8
	nI16
	nU16
	nU32
	nI32
	nI64
	nU64
	nFloat // a Go float
	nBF16
	nF16
	nF32
	nF64
	nComplex // a Go complex
	nC64
	nC128
)

// The set of nodes at or above each node.
const (
	upC128    = 1 << nC128
	upC64     = 1<<nC64 | upC128
	upComplex = 1<<nComplex | upC64
	upF64     = 1<<nF64 | upC128
	upF32     = 1<<nF32 | upF64 | upC64
	upF16     = 1<<nF16 | upF32
	upBF16    = 1<<nBF16 | upF32
	upFloat   = 1<<nFloat | upBF16 | upF16 | upComplex
	upU64     = 1<<nU64 | upFloat
	upI64     = 1<<nI64 | upFloat
	upI32     = 1<<nI32 | upI64
	upU32     = 1<<nU32 | upI32 | upU64
	upU16     = 1<<nU16 | upI32 | upU32
	upI16     = 1<<nI16 | upI32
	upU8      = 1<<nU8 | upI16 | upU16
	upI8      = 1<<nI8 | upI16
	upInt     = 1<<nInt | upU8 | upI8
	upBool    = 1<<nBool | upInt
)

var upOfType = [Count]uint32{
	Bool: upBool,
	Int8: upI8, Int16: upI16, Int32: upI32, Int64: upI64,
	Uint8: upU8, Uint16: upU16, Uint32: upU32, Uint64: upU64,
	Float16: upF16, BFloat16: upBF16, Float32: upF32, Float64: upF64,
	Complex64: upC64, Complex128: upC128,
}

var upOfKind = [...]uint32{
	BoolKind: upBool, UintKind: upInt, IntKind: upInt, FloatKind: upFloat, ComplexKind: upComplex,
}

// typeOf has each node's type; that of a weak number is the default one of its kind.
var typeOf = [...]Type{
	nBool: Bool, nInt: Int32,
	nI8: Int8, nU8: Uint8, nI16: Int16, nU16: Uint16, nU32: Uint32, nI32: Int32,
	nI64: Int64, nU64: Uint64,
	nFloat: Float32, nBF16: BFloat16, nF16: Float16, nF32: Float32, nF64: Float64,
	nComplex: Complex64, nC64: Complex64, nC128: Complex128,
}

// least returns the type of the least node of a set of common upper bounds: that
// with the least number, since every other one is above it.
func least(common uint32) Type {
	if common == 0 { // one of them was Invalid
		return Invalid
	}
	return typeOf[bits.TrailingZeros32(common)]
}

// Promote returns the type of a mixture of arrays of types a and b.
func Promote(a, b Type) Type { return least(upOfType[a.known()] & upOfType[b.known()]) }

// PromoteWeak returns the type of a mixture of an array of type t and a Go number
// of kind k. An int keeps all types but bool, which becomes i32; a float keeps
// inexact types and makes f32 of the others; a complex makes c128 of f64 and c64 of
// the other real types; a bool keeps t.
func PromoteWeak(t Type, k Kind) Type { return least(upOfType[t.known()] & upOfKind[k]) }

// PromoteAll returns the type of a mixture of arrays of the given types, at least
// one. It is not Promote taken pair by pair: i64 and u64 with f16 is f16.
func PromoteAll(ts ...Type) Type { return PromoteMixed(ts, nil) }

// PromoteMixed returns the type of a mixture of arrays of types ts and Go numbers of
// kinds ks, at least one in all. Of Go numbers alone it is the default type of the
// highest kind: bool, i32, f32 or c64.
func PromoteMixed(ts []Type, ks []Kind) Type {
	common := uint32(upBool)
	for _, t := range ts {
		common &= upOfType[t.known()]
	}
	for _, k := range ks {
		common &= upOfKind[k]
	}
	return least(common)
}
