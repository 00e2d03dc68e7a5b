package jnp

import (
	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/lax"
)

// Array returns an array of x: a number, an Array, or a slice of them, nested too. A
// slice of Arrays, traced ones too, is stacked along a new leading axis. A []float64
// makes f64, a []float32 f32, a []int i32; a single float makes f32. The element type
// may be chosen instead.
func Array(x any, t ...lax.DType) lax.Array {
	const what = "array"
	if d := one(what, t, dtype.Invalid); d != dtype.Invalid {
		return as(what, x, d)
	}
	return made(lax.Operand(what, x))
}

// made returns x as an array of its own: a program that captures a number made outside of
// it has it as an operand, not as a literal, which every value of it would compile anew.
func made(x lax.Array) lax.Array {
	v := x.Value()
	if !v.Literal() || core.Current() != nil {
		return x
	}
	return lax.Of(core.NewIn(v.Type(), v.Buf))
}

// Asarray is Array.
func Asarray(x any, t ...lax.DType) lax.Array { return Array(x, t...) }

// one returns the one element type that was given, or else the default.
func one(what string, t []lax.DType, otherwise lax.DType) lax.DType {
	switch len(t) {
	case 0:
		return otherwise
	case 1:
		return t[0]
	}
	panic(core.Errorf(what, "the element types are %v, want at most one", t))
}

// checkShape panics if shape has a negative size.
func checkShape(what string, shape core.Shape) {
	for _, d := range shape {
		if d < 0 {
			panic(core.Errorf(what, "the shape is %v, want no negative sizes", shape))
		}
	}
}

// fill returns an array of the given shape full of the scalar v.
func fill(what string, shape core.Shape, v lax.Array) lax.Array {
	checkShape(what, shape)
	return made(lax.BroadcastInDim(v, shape, nil))
}

// Zeros returns an array of zeros, f32 if no element type is given.
func Zeros(shape core.Shape, t ...lax.DType) lax.Array {
	return fill("zeros", shape, lax.Number(one("zeros", t, dtype.Float32), 0))
}

// Ones returns an array of ones, f32 if no element type is given.
func Ones(shape core.Shape, t ...lax.DType) lax.Array {
	return fill("ones", shape, lax.Number(one("ones", t, dtype.Float32), 1))
}

// Empty is Zeros.
func Empty(shape core.Shape, t ...lax.DType) lax.Array {
	return fill("empty", shape, lax.Number(one("empty", t, dtype.Float32), 0))
}

// Full returns an array of the given shape that v is broadcast to. The element type is
// that of v if none is given: f32 or i32 of a number.
func Full(shape core.Shape, v any, t ...lax.DType) lax.Array {
	const what = "full"
	checkShape(what, shape)
	return broadcastTo(what, Array(v, t...), shape)
}

// ZerosLike returns zeros in the shape and, if none is given, the element type of x.
func ZerosLike(x lax.Array, t ...lax.DType) lax.Array { return FullLike(x, 0, t...) }

// OnesLike returns ones in the shape and, if none is given, the element type of x.
func OnesLike(x lax.Array, t ...lax.DType) lax.Array { return FullLike(x, 1, t...) }

// EmptyLike is ZerosLike.
func EmptyLike(x lax.Array, t ...lax.DType) lax.Array { return FullLike(x, 0, t...) }

// FullLike returns an array with the shape of x that v is broadcast to, and its element
// type if none is given.
func FullLike(x lax.Array, v any, t ...lax.DType) lax.Array {
	const what = "full_like"
	d := one(what, t, operand(what, x).DType())
	return broadcastTo(what, as(what, v, d), x.Shape())
}

// as returns v with element type t.
func as(what string, v any, t lax.DType) lax.Array { return made(lax.OperandAs(what, v, t)) }

// Bool returns x as bool.
func Bool(x any) lax.Array { return as("bool", x, dtype.Bool) }

// Int8 returns x as i8.
func Int8(x any) lax.Array { return as("int8", x, dtype.Int8) }

// Int16 returns x as i16.
func Int16(x any) lax.Array { return as("int16", x, dtype.Int16) }

// Int32 returns x as i32.
func Int32(x any) lax.Array { return as("int32", x, dtype.Int32) }

// Int64 returns x as i64.
func Int64(x any) lax.Array { return as("int64", x, dtype.Int64) }

// Uint8 returns x as u8.
func Uint8(x any) lax.Array { return as("uint8", x, dtype.Uint8) }

// Uint16 returns x as u16.
func Uint16(x any) lax.Array { return as("uint16", x, dtype.Uint16) }

// Uint32 returns x as u32.
func Uint32(x any) lax.Array { return as("uint32", x, dtype.Uint32) }

// Uint64 returns x as u64.
func Uint64(x any) lax.Array { return as("uint64", x, dtype.Uint64) }

// Float16 returns x as f16.
func Float16(x any) lax.Array { return as("float16", x, dtype.Float16) }

// BFloat16 returns x as bf16.
func BFloat16(x any) lax.Array { return as("bfloat16", x, dtype.BFloat16) }

// Float32 returns x as f32.
func Float32(x any) lax.Array { return as("float32", x, dtype.Float32) }

// Float64 returns x as f64.
func Float64(x any) lax.Array { return as("float64", x, dtype.Float64) }

// Complex64 returns x as c64.
func Complex64(x any) lax.Array { return as("complex64", x, dtype.Complex64) }

// Complex128 returns x as c128.
func Complex128(x any) lax.Array { return as("complex128", x, dtype.Complex128) }
