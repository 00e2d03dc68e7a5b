package lib

import (
	"gojax/internal/core"
	"gojax/internal/cpu/run"
	"gojax/internal/cpu/scan"
	"gojax/internal/dtype"
	"gojax/internal/kir"
	"gojax/internal/ref"
)

// Accumulate is Run of s, with what is to be done to parts of the operand before these are read,
// and to parts of the result: see InParts.
func Accumulate(mem *run.Memory, s kir.Cumulative, x, out *core.Value, with scan.Around) {
	cumulative(mem, s, x, out, with)
}

// InParts reports whether Accumulate goes over arrays of type t part by part, and whether it
// writes parts of the result before it has read the whole operand.
func InParts(s kir.Cumulative, t core.Type) (ok, first bool) {
	v := around(t.Shape, s.Axis)
	return v.inner == 1 && !t.DType.IsHalf(), v.n <= scan.Group
}

// cumulative accumulates along an axis.
func cumulative(mem *run.Memory, s kir.Cumulative, x, out *core.Value, with scan.Around) {
	a := around(x.Shape, s.Axis)
	v := scan.View{Outer: a.outer, N: a.n, Inner: a.inner, Reverse: s.Reverse}
	switch x.DType {
	case dtype.Int8:
		scan.Run(mem, integers[int8](s), v, slice[int8](x), slice[int8](out), with)
	case dtype.Int16:
		scan.Run(mem, integers[int16](s), v, slice[int16](x), slice[int16](out), with)
	case dtype.Int32:
		scan.Run(mem, signed32(s), v, slice[int32](x), slice[int32](out), with)
	case dtype.Int64:
		scan.Run(mem, signed64(s), v, slice[int64](x), slice[int64](out), with)
	case dtype.Bool, dtype.Uint8:
		scan.Run(mem, integers[uint8](s), v, slice[uint8](x), slice[uint8](out), with)
	case dtype.Uint16:
		scan.Run(mem, integers[uint16](s), v, slice[uint16](x), slice[uint16](out), with)
	case dtype.Uint32:
		scan.Run(mem, unsigned32(s), v, slice[uint32](x), slice[uint32](out), with)
	case dtype.Uint64:
		scan.Run(mem, unsigned64(s), v, slice[uint64](x), slice[uint64](out), with)
	case dtype.Float32:
		scan.Run(mem, floats32(s), v, slice[float32](x), slice[float32](out), with)
	case dtype.Float64:
		scan.Run(mem, floats64(s), v, slice[float64](x), slice[float64](out), with)
	case dtype.Float16, dtype.BFloat16:
		if with.Before != nil {
			with.Before(0, x.Size())
		}
		wide := run.Of[float32](mem, x.Size())
		widen(wide, slice[uint16](x), x.DType)
		scan.Run(mem, floats32(s), v, wide, wide, scan.Around{})
		narrow(slice[uint16](out), wide, x.DType)
		run.Give(mem, wide)
		if with.After != nil {
			with.After(0, x.Size())
		}
	case dtype.Complex64:
		scan.Run(mem, scan.Of(complexOp[complex64](s), 4, true), v, slice[complex64](x), slice[complex64](out), with)
	case dtype.Complex128:
		scan.Run(mem, scan.Of(complexOp[complex128](s), 4, true), v, slice[complex128](x), slice[complex128](out), with)
	}
}

// none is in place of an operation without machine code.
const none scan.Form = -1

// native adds machine code to a method, of the form for the operation.
func native[T any](m *scan.Method[T], by kir.Code, sum, product, largest, smallest scan.Form) *scan.Method[T] {
	f := none
	switch by {
	case kir.Add:
		f = sum
	case kir.Mul:
		f = product
	case kir.Max:
		f = largest
	case kir.Min:
		f = smallest
	}
	if f != none {
		m.Unit = scan.Native(f)
	}
	return m
}

func integers[T number](s kir.Cumulative) *scan.Method[T] {
	if s.By == kir.Add {
		return scan.Sum[T](true)
	}
	return scan.Of(operation[T](s), 1.5, true)
}

func signed32(s kir.Cumulative) *scan.Method[int32] {
	return native(integers[int32](s), s.By, scan.SumInt32, none, scan.MaxInt32, scan.MinInt32)
}

func signed64(s kir.Cumulative) *scan.Method[int64] {
	return native(integers[int64](s), s.By, scan.SumInt64, none, none, none)
}

func unsigned32(s kir.Cumulative) *scan.Method[uint32] {
	return native(integers[uint32](s), s.By, scan.SumInt32, none, scan.MaxUint32, scan.MinUint32)
}

func unsigned64(s kir.Cumulative) *scan.Method[uint64] {
	return native(integers[uint64](s), s.By, scan.SumInt64, none, none, none)
}

func floats64(s kir.Cumulative) *scan.Method[float64] {
	m := floats[float64](s)
	if s.LogSum {
		return m
	}
	return native(m, s.By, scan.SumFloat64, scan.ProductFloat64, none, none)
}

func floats32(s kir.Cumulative) *scan.Method[float32] {
	m := floats[float32](s)
	if s.LogSum {
		return m
	}
	return native(m, s.By, scan.SumFloat32, scan.ProductFloat32, scan.MaxFloat32, scan.MinFloat32)
}

func floats[T float32 | float64](s kir.Cumulative) *scan.Method[T] {
	switch {
	case s.LogSum:
		op := func(a, b T) T { return T(ref.LogAddExp(float64(a), float64(b))) }
		return scan.Of(op, 40, true) // in one chain a group: that takes the fewest operations
	case s.By == kir.Add:
		return scan.Sum[T](false)
	}
	return scan.Of(operation[T](s), 1.5, s.By == kir.Max || s.By == kir.Min)
}

// operation returns what s combines elements by.
func operation[T number](s kir.Cumulative) func(a, b T) T {
	switch s.By {
	case kir.Add:
		return func(a, b T) T { return a + b }
	case kir.Mul:
		return func(a, b T) T { return a * b }
	case kir.Max:
		return func(a, b T) T { return max(a, b) }
	case kir.Min:
		return func(a, b T) T { return min(a, b) }
	}
	panic(core.Errorf(s.Step(), "code %d does not accumulate", s.By))
}
