package npfmt

import (
	"fmt"
	"math"
	"strconv"

	"gojax/internal/dtype"
)

// A view reads the element at an offset; one narrower than float64 is widened, which is
// exact.
type view func(at int) float64

// slice returns the data as the type that they should have.
func slice[E any](t dtype.Type, data any) []E {
	x, ok := data.([]E)
	if !ok {
		panic(fmt.Sprintf("npfmt: data of an array of %s are %T, want %T", t.Name(), data, x))
	}
	return x
}

func integers(t dtype.Type, data any) elem {
	switch t {
	case dtype.Int8:
		return signed(slice[int8](t, data))
	case dtype.Int16:
		return signed(slice[int16](t, data))
	case dtype.Int32:
		return signed(slice[int32](t, data))
	case dtype.Int64:
		return signed(slice[int64](t, data))
	case dtype.Uint8:
		return unsigned(slice[uint8](t, data))
	case dtype.Uint16:
		return unsigned(slice[uint16](t, data))
	case dtype.Uint32:
		return unsigned(slice[uint32](t, data))
	}
	return unsigned(slice[uint64](t, data))
}

func signed[E int8 | int16 | int32 | int64](x []E) elem {
	return func(b []byte, at int) []byte { return strconv.AppendInt(b, int64(x[at]), 10) }
}

func unsigned[E uint8 | uint16 | uint32 | uint64](x []E) elem {
	return func(b []byte, at int) []byte { return strconv.AppendUint(b, uint64(x[at]), 10) }
}

func floats(t dtype.Type, data any) view {
	if t == dtype.Float64 {
		x := slice[float64](t, data)
		return func(at int) float64 { return x[at] }
	}
	x := slice[float32](t, data)
	return func(at int) float64 { return float64(x[at]) }
}

// parts returns the real and the imaginary parts.
func parts(t dtype.Type, data any) (re, im view) {
	if t == dtype.Complex128 {
		x := slice[complex128](t, data)
		return func(at int) float64 { return real(x[at]) }, func(at int) float64 { return imag(x[at]) }
	}
	x := slice[complex64](t, data)
	return func(at int) float64 { return float64(real(x[at])) },
		func(at int) float64 { return float64(imag(x[at])) }
}

func finite(v float64) bool { return v-v == 0 }

// appendSpecial appends a number that is not finite. The sign of a NaN is not shown.
func appendSpecial(b []byte, v float64, plus bool) []byte {
	switch {
	case v < 0:
		b = append(b, '-')
	case plus:
		b = append(b, '+')
	}
	if math.IsNaN(v) {
		return append(b, "nan"...)
	}
	return append(b, "inf"...)
}
