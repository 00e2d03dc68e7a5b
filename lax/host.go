package lax

import (
	"math/big"
	"reflect"
	"slices"

	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/internal/mem"
)

// Arrays come from Go slices and go back to them here; nested.go has slices of
// slices and of Arrays.

// Element is a Go type whose slices become arrays: every type keeps its size, but
// an int becomes an i32 and a uint a u32.
type Element interface {
	core.Element | int | uint
}

// FromSlice returns an array with a copy of data, in row-major order. Without a
// shape it has one axis. It panics if the shape has another size, or if an int or
// uint is out of the range of 32 bits.
func FromSlice[T Element](data []T, shape ...int) Array {
	const what = "FromSlice"
	switch data := any(data).(type) {
	case []int:
		return filled(what, dtype.Int32, narrow[int32](what, data), shape)
	case []uint:
		return filled(what, dtype.Uint32, narrow[uint32](what, data), shape)
	}
	return filled(what, goType(reflect.TypeFor[T]()), data, shape)
}

// FromHalf returns an array of element type f16 or bf16, for which Go has no type,
// given the bits of its elements. Without a shape it has one axis.
func FromHalf(t DType, bits []uint16, shape ...int) Array {
	if !t.IsHalf() {
		panic(core.Errorf("FromHalf", "the element type is %v, want f16 or bf16", t))
	}
	return filled("FromHalf", t, bits, shape)
}

// filled makes an array with a copy of data.
func filled[T any](what string, t DType, data []T, shape Shape) Array {
	if shape == nil {
		shape = Shape{len(data)}
	}
	if slices.ContainsFunc(shape, func(d int) bool { return d < 0 }) {
		panic(core.Errorf(what, "the shape is %v, want sizes that are not negative", shape))
	}
	if core.Size(shape) != len(data) {
		panic(core.Errorf(what, "there are %d elements, want as many as shape %v has", len(data), shape))
	}
	v := core.From(Type{DType: t, Shape: slices.Clone(shape)}, data)
	return Of(v)
}

// narrow converts Go integers to 32 bits.
func narrow[N int32 | uint32, T int | uint](what string, data []T) []N {
	out := make([]N, len(data))
	for i, x := range data {
		if out[i] = N(x); T(out[i]) != x {
			panic(core.Errorf(what, "element %d is %d, which is out of the range of %T: pass a []%T64", i, x, out[i], x))
		}
	}
	return out
}

// goType returns the element type of arrays made of a Go type's values, or
// Invalid.
func goType(t reflect.Type) DType {
	switch t.Kind() {
	case reflect.Int:
		return dtype.Int32
	case reflect.Uint:
		return dtype.Uint32
	case reflect.Bool, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64,
		reflect.Float32, reflect.Float64, reflect.Complex64, reflect.Complex128:
		d, _ := dtype.Parse(t.Kind().String())
		return d
	}
	return dtype.Invalid
}

// host returns x with its elements in host memory, when they are there. what names
// who asks.
func (x Array) host(what string) *Value {
	v := x.there(what)
	return core.NewIn(v.Type(), v.Host(what))
}

// there returns the value of x, which must not be absent.
func (x Array) there(what string) *Value {
	if x.p == nil {
		panic(core.Errorf(what, "the array is absent (the zero Array)"))
	}
	return x.p
}

// elements returns the memory of v, which the caller keeps from being used again and
// whose elements must be as T is in memory.
func elements[T any](what string, v *Value) []T {
	t := reflect.TypeFor[T]()
	switch k := t.Kind(); {
	case t.PkgPath() != "" || k == reflect.Int || k == reflect.Uint:
	case v.DType == goType(t), v.DType.IsHalf() && k == reflect.Uint16:
		return core.Fresh[T](v.Buf)
	}
	want := v.DType.Name()
	if v.DType.IsHalf() {
		want = "uint16"
	}
	panic(core.Errorf(what, "the array has type %v, want %s[%s], not %s[%v]", v.Type(), what, want, what, t))
}

// Values returns a copy of the elements of x, in row-major order, when they are
// computed. T is the Go type of the elements, or int for i32; the elements of f16
// and bf16 come as uint16, their bits, or as float32, their values. It panics if
// the elements have another type, or are not known because x is traced.
func Values[T any](x Array) []T {
	const what = "Values"
	var out []T
	x.there(what).Read(what, func(v *Value) { out = values[T](what, v) })
	return out
}

// values is Values of an array in host memory.
func values[T any](what string, v *Value) []T {
	switch any([]T(nil)).(type) {
	case []int:
		if v.DType == dtype.Int32 {
			data := core.Fresh[int32](v.Buf)
			out := make([]int, len(data))
			for i, x := range data {
				out[i] = int(x)
			}
			return any(out).([]T)
		}
	case []float32:
		if v.DType.IsHalf() {
			return any(widened(v)).([]T)
		}
	}
	return mem.Clone(elements[T](what, v))
}

// widened returns the elements of an array of a half type as float32.
func widened(v *Value) []float32 {
	widen := dtype.BF16ToF32
	if v.DType == dtype.Float16 {
		widen = dtype.F16ToF32
	}
	data := core.Fresh[uint16](v.Buf)
	out := make([]float32, len(data))
	for i, x := range data {
		out[i] = widen(x)
	}
	return out
}

// View returns the elements of x without copying them, when they are computed: the
// memory of x itself, which must not be written. The view stays good after Delete,
// and donating x to a program copies it first. T is the Go type of the elements;
// those of f16 and bf16 are uint16, their bits.
func View[T any](x Array) []T {
	const what = "View"
	v := x.host(what)
	data := elements[T](what, v)
	v.Buf.View()
	v.Buf.Check(what)
	return data
}

// Item returns the one element of x, when it is computed. Bool counts as an integer,
// integers as floating-point and these as complex numbers, never the other way
// round: a float64 may be had of an i32, but no int of an f32. Integers must be in
// the range of T; floating-point numbers are rounded to it.
func Item[T Element](x Array) T { return item[T]("Item", x) }

func item[T Element](what string, x Array) T {
	var out T
	v := x.host(what)
	if v.Size() != 1 {
		panic(core.Errorf(what, "the array has type %v, want one element: use Values, or Index to choose one", v.Type()))
	}
	to := reflect.ValueOf(&out).Elem()
	if goType(to.Type()).Kind() < v.DType.Kind() && !(v.DType.IsInt() && goType(to.Type()).IsInt()) {
		panic(core.Errorf(what, "the array has type %v, want a Go type of its kind, not %v", v.Type(), to.Type()))
	}
	switch {
	case to.Kind() == reflect.Bool:
		to.SetBool(core.Int(v, 0) != 0)
	case to.CanFloat() && v.DType == dtype.Uint64:
		to.SetFloat(float64(uint64(core.Int(v, 0))))
	case to.CanFloat():
		to.SetFloat(real(core.At(v, 0)))
	case to.CanComplex():
		to.SetComplex(core.At(v, 0))
	default:
		setInt(what, to, v)
	}
	return out
}

// setInt sets a Go integer to the one element of v, if it fits.
func setInt(what string, to reflect.Value, v *Value) {
	i := big.NewInt(core.Int(v, 0))
	if v.DType == dtype.Uint64 {
		i.SetUint64(uint64(core.Int(v, 0)))
	}
	switch {
	case to.CanInt() && i.IsInt64() && !to.OverflowInt(i.Int64()):
		to.SetInt(i.Int64())
	case to.CanUint() && i.IsUint64() && !to.OverflowUint(i.Uint64()):
		to.SetUint(i.Uint64())
	default:
		panic(core.Errorf(what, "the element is %v, which is out of the range of %v", i, to.Type()))
	}
}

// Bool returns the one element of a bool array, when it is computed.
func (x Array) Bool() bool {
	v := x.host("Bool")
	if v.DType != dtype.Bool || v.Size() != 1 {
		panic(core.Errorf("Bool", "the array has type %v, want one element of bool: compare, or use jnp.Any or jnp.All", v.Type()))
	}
	return core.Int(v, 0) != 0
}

// Float returns the one element of a real array, when it is computed.
func (x Array) Float() float64 { return item[float64]("Float", x) }

// Int returns the one element of an integer or bool array, when it is computed.
func (x Array) Int() int64 { return item[int64]("Int", x) }

// BlockUntilReady waits until x is computed and returns it. If its computation
// failed it panics with what went wrong. Where x is traced there is nothing to wait
// for.
func (x Array) BlockUntilReady() Array {
	if b := x.buffer("BlockUntilReady"); b != nil {
		b.Wait("BlockUntilReady")
	}
	return x
}

// IsReady reports whether x is computed, so that reading it would not wait. If its
// computation was put off it begins now, in the background.
func (x Array) IsReady() bool {
	b := x.buffer("IsReady")
	return b == nil || b.Pending() == nil
}

// Delete forgets the elements of x: it and all its copies cannot be used again. A
// second Delete does nothing.
func (x Array) Delete() {
	if x.p != nil && x.p.Traced() {
		panic(core.Errorf("Delete", "the array is traced, want one that holds elements"))
	}
	x.buffer("Delete").Drop("deleted")
}

// buffer returns where x's elements are or will be, or nil if x is traced.
func (x Array) buffer(what string) *core.Buffer {
	if x.p == nil {
		panic(core.Errorf(what, "the array is absent (the zero Array)"))
	}
	v := x.p
	for v != nil && v.Traced() {
		v = v.Tracer().Known()
	}
	if v == nil {
		return nil
	}
	return v.Buf
}
