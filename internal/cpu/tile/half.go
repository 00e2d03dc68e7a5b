package tile

import (
	"unsafe"

	"gojax/internal/dtype"
	"gojax/internal/kir"
	"gojax/internal/ref"
)

// half is one of the 16-bit types: how it becomes float32 and back.
type half struct {
	wide  func(uint16) float32
	round func(float32) uint16
	next  func(x, y uint16) uint16
	t     dtype.Type
}

func halves(t *[kir.Codes]row) {
	half{dtype.F16ToF32, dtype.F32ToF16, ref.NextAfter16, dtype.Float16}.set(t)
	half{dtype.BF16ToF32, dtype.F32ToBF16, ref.NextAfterBF16, dtype.BFloat16}.set(t)
}

// set fills in a column of the table: what float32 does, rounded after each
// instruction. (The sum, product, quotient and root of halves are rounded right by
// rounding twice.)
func (h half) set(t *[kir.Codes]row) {
	for c := kir.Neg; c < kir.Codes; c++ {
		if f := scalar1(c); f != nil {
			t[c][h.t] = map1(h.of1(f))
		}
		if f := scalar2(c); f != nil {
			t[c][h.t] = map2(h.of2(f))
		}
	}
	t[kir.Neg][h.t] = map1(func(x uint16) uint16 { return x ^ 1<<15 })
	t[kir.Abs][h.t] = map1(func(x uint16) uint16 { return x &^ (1 << 15) })
	t[kir.Square][h.t] = map1(h.of1(func(x float32) float32 { return x * x }))
	t[kir.Add][h.t] = map2(h.of2(func(x, y float32) float32 { return x + y }))
	t[kir.Sub][h.t] = map2(h.of2(func(x, y float32) float32 { return x - y }))
	t[kir.Mul][h.t] = map2(h.of2(func(x, y float32) float32 { return x * y }))
	t[kir.Div][h.t] = map2(h.of2(func(x, y float32) float32 { return x / y }))
	t[kir.Max][h.t] = map2(h.of2(func(x, y float32) float32 { return max(x, y) }))
	t[kir.Min][h.t] = map2(h.of2(func(x, y float32) float32 { return min(x, y) }))
	t[kir.NextAfter][h.t] = map2(h.next)
	t[kir.IsFinite][h.t] = mapTo(func(x uint16) bool { return isFinite32(h.wide(x)) })
	t[kir.Eq][h.t] = h.test(func(x, y float32) bool { return x == y })
	t[kir.Ne][h.t] = h.test(func(x, y float32) bool { return x != y })
	t[kir.Lt][h.t] = h.test(func(x, y float32) bool { return x < y })
	t[kir.Le][h.t] = h.test(func(x, y float32) bool { return x <= y })
	t[kir.Gt][h.t] = h.test(func(x, y float32) bool { return x > y })
	t[kir.Ge][h.t] = h.test(func(x, y float32) bool { return x >= y })
	// The product of two halves is exact in float64, and so is the sum but for its
	// last bits.
	t[kir.Fma][h.t] = map3(func(x, y, z uint16) uint16 {
		return h.round(ref.FMA32(h.wide(x), h.wide(y), h.wide(z)))
	})
}

func (h half) of1(f func(x float32) float32) func(x uint16) uint16 {
	return func(x uint16) uint16 { return h.round(f(h.wide(x))) }
}

func (h half) of2(f func(x, y float32) float32) func(x, y uint16) uint16 {
	return func(x, y uint16) uint16 { return h.round(f(h.wide(x), h.wide(y))) }
}

func (h half) test(f func(x, y float32) bool) Func {
	return mapTo2(func(x, y uint16) bool { return f(h.wide(x), h.wide(y)) })
}

func map3[T any](f func(x, y, z T) T) Func {
	return func(d, x, y, z, _ unsafe.Pointer, n int) {
		ds, xs, ys, zs := of[T](d, n), of[T](x, n), of[T](y, n), of[T](z, n)
		for i := range ds {
			ds[i] = f(xs[i], ys[i], zs[i])
		}
	}
}
