package jax

import (
	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/lax"
	"gojax/tree"
)

// Array is an immutable array of elements of one type, or stands for one while a
// function is traced. Its methods are documented in package lax.
type Array = lax.Array

// Shape lists the sizes of an array's axes.
type Shape = core.Shape

// DType is an element type.
type DType = dtype.Type

// The element types.
const (
	Bool       = dtype.Bool
	Int8       = dtype.Int8
	Int16      = dtype.Int16
	Int32      = dtype.Int32
	Int64      = dtype.Int64
	Uint8      = dtype.Uint8
	Uint16     = dtype.Uint16
	Uint32     = dtype.Uint32
	Uint64     = dtype.Uint64
	Float16    = dtype.Float16
	BFloat16   = dtype.BFloat16
	Float32    = dtype.Float32
	Float64    = dtype.Float64
	Complex64  = dtype.Complex64
	Complex128 = dtype.Complex128
)

// Static makes any comparable Go value part of an argument's structure; see package tree.
type Static[T comparable] = tree.Static[T]

// FromSlice returns an array with a copy of data; see package lax.
func FromSlice[T lax.Element](data []T, shape ...int) Array { return lax.FromSlice(data, shape...) }

// Values returns a copy of the elements of x in row-major order; see package lax.
func Values[T any](x Array) []T { return lax.Values[T](x) }

// Item returns the one element of x; see package lax.
func Item[T lax.Element](x Array) T { return lax.Item[T](x) }

// View returns the elements of x without copying, to be read only; see package lax.
func View[T any](x Array) []T { return lax.View[T](x) }

// FromHalf returns an f16 or bf16 array with the given bits; see package lax.
func FromHalf(t DType, bits []uint16, shape ...int) Array { return lax.FromHalf(t, bits, shape...) }
