package tile

import (
	"unsafe"

	"gojax/internal/dtype"
	"gojax/internal/ref"
)

func makeConverts() *[dtype.Count]row {
	t := new([dtype.Count]row)
	fromInt[uint8](&t[dtype.Bool])
	fromInt[int8](&t[dtype.Int8])
	fromInt[int16](&t[dtype.Int16])
	fromInt[int32](&t[dtype.Int32])
	fromInt[int64](&t[dtype.Int64])
	fromInt[uint8](&t[dtype.Uint8])
	fromInt[uint16](&t[dtype.Uint16])
	fromInt[uint32](&t[dtype.Uint32])
	fromInt[uint64](&t[dtype.Uint64])
	fromFloat(&t[dtype.Float16], func(x uint16) float64 { return float64(dtype.F16ToF32(x)) })
	fromFloat(&t[dtype.BFloat16], func(x uint16) float64 { return float64(dtype.BF16ToF32(x)) })
	fromFloat(&t[dtype.Float32], func(x float32) float64 { return float64(x) })
	fromFloat(&t[dtype.Float64], func(x float64) float64 { return x })
	fromFloat(&t[dtype.Complex64], func(x complex64) float64 { return float64(real(x)) })
	fromFloat(&t[dtype.Complex128], func(x complex128) float64 { return real(x) })
	t[dtype.Complex64][dtype.Complex128] = func(d, x, _, _, _ unsafe.Pointer, n int) {
		ds, xs := of[complex128](d, n), of[complex64](x, n)
		for i := range ds {
			ds[i] = complex128(xs[i])
		}
	}
	t[dtype.Complex128][dtype.Complex64] = func(d, x, _, _, _ unsafe.Pointer, n int) {
		ds, xs := of[complex64](d, n), of[complex128](x, n)
		for i := range ds {
			ds[i] = complex64(xs[i])
		}
	}
	t[dtype.Complex64][dtype.Float32], t[dtype.Complex128][dtype.Float64] = part[float32](0), part[float64](0)
	t[dtype.Float32][dtype.Complex64], t[dtype.Float64][dtype.Complex64] = complexOf[float32, float32], complexOf[float64, float32]
	t[dtype.Float32][dtype.Complex128], t[dtype.Float64][dtype.Complex128] = complexOf[float32, float64], complexOf[float64, float64]
	floatToInts[float32](&t[dtype.Float32])
	floatToInts[float64](&t[dtype.Float64])
	t[dtype.Float32][dtype.Float64] = cast[float32, float64]
	t[dtype.Float64][dtype.Float32] = cast[float64, float32]
	t[dtype.Float32][dtype.Float16] = mapTo(dtype.F32ToF16)
	t[dtype.Float32][dtype.BFloat16] = mapTo(dtype.F32ToBF16)
	t[dtype.Float16][dtype.Float32] = mapTo(dtype.F16ToF32)
	t[dtype.BFloat16][dtype.Float32] = mapTo(dtype.BF16ToF32)
	t[dtype.Int64][dtype.BFloat16] = mapTo(func(x int64) uint16 { return dtype.F64ToBF16(float64(sticky(x))) })
	t[dtype.Uint64][dtype.BFloat16] = mapTo(func(x uint64) uint16 { return dtype.F64ToBF16(float64(sticky(x))) })
	for d := dtype.Bool; d < dtype.Count; d++ {
		t[d][d] = Copy(d)
	}
	return t
}

// fromInt sets the conversions of integers, which wrap, and of bool, which is the
// byte 0 or 1.
func fromInt[F ref.Integer](t *row) {
	t[dtype.Bool] = mapTo(func(x F) bool { return x != 0 })
	t[dtype.Int8] = cast[F, int8]
	t[dtype.Int16] = cast[F, int16]
	t[dtype.Int32] = cast[F, int32]
	t[dtype.Int64] = cast[F, int64]
	t[dtype.Uint8] = cast[F, uint8]
	t[dtype.Uint16] = cast[F, uint16]
	t[dtype.Uint32] = cast[F, uint32]
	t[dtype.Uint64] = cast[F, uint64]
	t[dtype.Float32] = cast[F, float32]
	t[dtype.Float64] = cast[F, float64]
	t[dtype.Float16] = mapTo(func(x F) uint16 { return dtype.F64ToF16(float64(x)) })
	t[dtype.BFloat16] = mapTo(func(x F) uint16 { return dtype.F64ToBF16(float64(x)) })
	t[dtype.Complex64] = mapTo(func(x F) complex64 { return complex(float32(x), 0) })
	t[dtype.Complex128] = mapTo(func(x F) complex128 { return complex(float64(x), 0) })
}

// sticky returns x with all but the 53 highest digits gathered in the last of those,
// so that x, converted to float64 and rounded again, is rounded right.
func sticky[T int64 | uint64](x T) T {
	if x&0x7ff != 0 && (x >= 1<<53 || x < 0 && -x >= 1<<53) {
		return x&^0x7ff | 0x800
	}
	return x
}

// fromFloat sets the conversions of floating-point types, by way of float64; of
// complex numbers only the real part counts.
func fromFloat[F any](t *row, f func(x F) float64) {
	t[dtype.Bool] = mapTo(func(x F) bool { return f(x) != 0 })
	t[dtype.Int8] = mapTo(func(x F) int8 { return ref.ToInt[int8](f(x)) })
	t[dtype.Int16] = mapTo(func(x F) int16 { return ref.ToInt[int16](f(x)) })
	t[dtype.Int32] = mapTo(func(x F) int32 { return ref.ToInt[int32](f(x)) })
	t[dtype.Int64] = mapTo(func(x F) int64 { return ref.ToInt[int64](f(x)) })
	t[dtype.Uint8] = mapTo(func(x F) uint8 { return ref.ToInt[uint8](f(x)) })
	t[dtype.Uint16] = mapTo(func(x F) uint16 { return ref.ToInt[uint16](f(x)) })
	t[dtype.Uint32] = mapTo(func(x F) uint32 { return ref.ToInt[uint32](f(x)) })
	t[dtype.Uint64] = mapTo(func(x F) uint64 { return ref.ToInt[uint64](f(x)) })
	t[dtype.Float16] = mapTo(func(x F) uint16 { return dtype.F64ToF16(f(x)) })
	t[dtype.BFloat16] = mapTo(func(x F) uint16 { return dtype.F64ToBF16(f(x)) })
	t[dtype.Float32] = mapTo(func(x F) float32 { return float32(f(x)) })
	t[dtype.Float64] = mapTo(f)
	t[dtype.Complex64] = mapTo(func(x F) complex64 { return complex(float32(f(x)), 0) })
	t[dtype.Complex128] = mapTo(func(x F) complex128 { return complex(f(x), 0) })
}

// floatToInts sets conversions without a function call for what is in range.
func floatToInts[F float32 | float64](t *row) {
	t[dtype.Int8] = truncate[F, int8](-1<<7, 1<<7)
	t[dtype.Int16] = truncate[F, int16](-1<<15, 1<<15)
	t[dtype.Int32] = truncate[F, int32](-1<<31, 1<<31)
	t[dtype.Int64] = truncate[F, int64](-1<<63, 1<<63)
	t[dtype.Uint8] = truncate[F, uint8](0, 1<<8)
	t[dtype.Uint16] = truncate[F, uint16](0, 1<<16)
	t[dtype.Uint32] = truncate[F, uint32](0, 1<<32)
}

// truncate converts numbers from lo until hi as Go does.
func truncate[F float32 | float64, T ref.Integer](lo, hi F) Func {
	return func(d, x, _, _, _ unsafe.Pointer, n int) {
		ds, xs := of[T](d, n), of[F](x, n)
		for i, x := range xs {
			if x >= lo && x < hi {
				ds[i] = T(x)
			} else {
				ds[i] = ref.ToInt[T](float64(x))
			}
		}
	}
}

func cast[F, T number](d, x, _, _, _ unsafe.Pointer, n int) {
	ds, xs := of[T](d, n), of[F](x, n)
	for i := range ds {
		ds[i] = T(xs[i])
	}
}

// complexOf makes complex numbers with parts of type R.
func complexOf[F, R float32 | float64](d, x, _, _, _ unsafe.Pointer, n int) {
	ds, xs := of[[2]R](d, n), of[F](x, n)
	for i := range ds {
		ds[i] = [2]R{R(xs[i])}
	}
}
