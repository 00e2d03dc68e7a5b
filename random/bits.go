package random

import (
	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/lax"
)

// Bits returns random bits as unsigned integers of type t, u32 if it is left out.
func Bits(key lax.Array, shape lax.Shape, t ...lax.DType) lax.Array {
	return bits("Bits", key, shape, typeOf("Bits", t, dtype.Uint32, "an unsigned integer type", lax.DType.IsUnsigned))
}

func bits(what string, key lax.Array, shape lax.Shape, t lax.DType) lax.Array {
	checkShape(what, shape)
	h := hash(what, key, shape)
	if t == dtype.Uint64 {
		return h
	}
	return lax.Convert(lax.BitwiseXor(high(h), low(h)), t)
}

// hash returns the 64 bits that the place of each element in row-major order has under
// the key.
func hash(what string, key lax.Array, shape lax.Shape) lax.Array {
	hi, lo := words(what, key)
	n := core.Size(shape)
	if uint64(n) < 1<<32 {
		count := lax.Reshape(lax.Iota(dtype.Uint32, n), shape)
		return lax.Threefry2x32(hi, lo, word(0), count)
	}
	count := lax.Reshape(lax.Iota(dtype.Uint64, n), shape)
	return lax.Threefry2x32(hi, lo, high(count), low(count))
}
