package tile

import (
	"unsafe"

	"gojax/internal/dtype"
	"gojax/internal/kir"
	"gojax/internal/ref"
)

type number interface {
	ref.Integer | ~float32 | ~float64
}

// of returns n elements at p.
func of[T any](p unsafe.Pointer, n int) []T { return unsafe.Slice((*T)(p), n) }

// arithmetic sets what Go's operators do on all real numbers.
func arithmetic[T number](t *[kir.Codes]row, d dtype.Type) {
	t[kir.Neg][d] = neg[T]
	t[kir.Square][d] = square[T]
	t[kir.Add][d] = add[T]
	t[kir.Sub][d] = sub[T]
	t[kir.Mul][d] = mul[T]
	t[kir.Max][d] = maximum[T]
	t[kir.Min][d] = minimum[T]
	t[kir.Eq][d] = eq[T]
	t[kir.Ne][d] = ne[T]
	t[kir.Lt][d] = lt[T]
	t[kir.Le][d] = le[T]
	t[kir.Gt][d] = gt[T]
	t[kir.Ge][d] = ge[T]
}

// integer sets what there is on integers.
func integer[T ref.Integer](t *[kir.Codes]row, d dtype.Type) {
	arithmetic[T](t, d)
	t[kir.Sign][d] = map1(ref.SignInt[T])
	t[kir.Abs][d] = map1(ref.AbsInt[T])
	t[kir.Not][d] = not[T]
	t[kir.PopulationCount][d] = map1(ref.PopCount[T])
	t[kir.Clz][d] = map1(ref.Clz[T])
	t[kir.Div][d] = map2(ref.Div[T])
	t[kir.Rem][d] = map2(ref.Mod[T])
	t[kir.Pow][d] = map2(ref.PowInt[T])
	t[kir.And][d] = and[T]
	t[kir.Or][d] = or[T]
	t[kir.Xor][d] = xor[T]
	t[kir.ShiftLeft][d] = map2(ref.ShiftLeft[T])
	t[kir.ShiftRightArithmetic][d] = map2(ref.ShiftRightArithmetic[T])
	t[kir.ShiftRightLogical][d] = map2(ref.ShiftRightLogical[T])
	t[kir.Fma][d] = func(d, x, y, z, _ unsafe.Pointer, n int) {
		ds, xs, ys, zs := of[T](d, n), of[T](x, n), of[T](y, n), of[T](z, n)
		for i := range ds {
			ds[i] = xs[i]*ys[i] + zs[i]
		}
	}
}

// bools sets what there is on truth values, which are the bytes 0 and 1: false is
// less than true, sums are disjunctions, products conjunctions.
func bools(t *[kir.Codes]row) {
	for _, c := range []kir.Code{kir.Eq, kir.Ne, kir.Lt, kir.Le, kir.Gt, kir.Ge, kir.And, kir.Or, kir.Xor, kir.Max, kir.Min} {
		t[c][dtype.Bool] = t[c][dtype.Uint8]
	}
	t[kir.Add][dtype.Bool] = or[uint8]
	t[kir.Mul][dtype.Bool] = and[uint8]
	t[kir.Not][dtype.Bool] = func(d, x, _, _, _ unsafe.Pointer, n int) {
		ds, xs := of[uint8](d, n), of[uint8](x, n)
		for i := range ds {
			ds[i] = xs[i] ^ 1
		}
	}
}

// map1 and map2 apply a function element by element.
func map1[T any](f func(x T) T) Func { return mapTo(f) }

func mapTo[T, R any](f func(x T) R) Func {
	return func(d, x, _, _, _ unsafe.Pointer, n int) {
		ds, xs := of[R](d, n), of[T](x, n)
		for i := range ds {
			ds[i] = f(xs[i])
		}
	}
}

func map2[T any](f func(x, y T) T) Func { return mapTo2(f) }

func mapTo2[T, R any](f func(x, y T) R) Func {
	return func(d, x, y, _, _ unsafe.Pointer, n int) {
		ds, xs, ys := of[R](d, n), of[T](x, n), of[T](y, n)
		for i := range ds {
			ds[i] = f(xs[i], ys[i])
		}
	}
}

func neg[T number](d, x, _, _, _ unsafe.Pointer, n int) {
	ds, xs := of[T](d, n), of[T](x, n)
	for i := range ds {
		ds[i] = -xs[i]
	}
}

func not[T ref.Integer](d, x, _, _, _ unsafe.Pointer, n int) {
	ds, xs := of[T](d, n), of[T](x, n)
	for i := range ds {
		ds[i] = ^xs[i]
	}
}

func square[T number](d, x, _, _, _ unsafe.Pointer, n int) {
	ds, xs := of[T](d, n), of[T](x, n)
	for i := range ds {
		ds[i] = xs[i] * xs[i]
	}
}

func add[T number](d, x, y, _, _ unsafe.Pointer, n int) {
	ds, xs, ys := of[T](d, n), of[T](x, n), of[T](y, n)
	for i := range ds {
		ds[i] = xs[i] + ys[i]
	}
}

func sub[T number](d, x, y, _, _ unsafe.Pointer, n int) {
	ds, xs, ys := of[T](d, n), of[T](x, n), of[T](y, n)
	for i := range ds {
		ds[i] = xs[i] - ys[i]
	}
}

func mul[T number](d, x, y, _, _ unsafe.Pointer, n int) {
	ds, xs, ys := of[T](d, n), of[T](x, n), of[T](y, n)
	for i := range ds {
		ds[i] = xs[i] * ys[i]
	}
}

// div is of floats only: integers must look at zeros.
func div[T ~float32 | ~float64](d, x, y, _, _ unsafe.Pointer, n int) {
	ds, xs, ys := of[T](d, n), of[T](x, n), of[T](y, n)
	for i := range ds {
		ds[i] = xs[i] / ys[i]
	}
}

func maximum[T number](d, x, y, _, _ unsafe.Pointer, n int) {
	ds, xs, ys := of[T](d, n), of[T](x, n), of[T](y, n)
	for i := range ds {
		ds[i] = max(xs[i], ys[i])
	}
}

func minimum[T number](d, x, y, _, _ unsafe.Pointer, n int) {
	ds, xs, ys := of[T](d, n), of[T](x, n), of[T](y, n)
	for i := range ds {
		ds[i] = min(xs[i], ys[i])
	}
}

func and[T ref.Integer](d, x, y, _, _ unsafe.Pointer, n int) {
	ds, xs, ys := of[T](d, n), of[T](x, n), of[T](y, n)
	for i := range ds {
		ds[i] = xs[i] & ys[i]
	}
}

func or[T ref.Integer](d, x, y, _, _ unsafe.Pointer, n int) {
	ds, xs, ys := of[T](d, n), of[T](x, n), of[T](y, n)
	for i := range ds {
		ds[i] = xs[i] | ys[i]
	}
}

func xor[T ref.Integer](d, x, y, _, _ unsafe.Pointer, n int) {
	ds, xs, ys := of[T](d, n), of[T](x, n), of[T](y, n)
	for i := range ds {
		ds[i] = xs[i] ^ ys[i]
	}
}

func eq[T comparable](d, x, y, _, _ unsafe.Pointer, n int) {
	ds, xs, ys := of[bool](d, n), of[T](x, n), of[T](y, n)
	for i := range ds {
		ds[i] = xs[i] == ys[i]
	}
}

func ne[T comparable](d, x, y, _, _ unsafe.Pointer, n int) {
	ds, xs, ys := of[bool](d, n), of[T](x, n), of[T](y, n)
	for i := range ds {
		ds[i] = xs[i] != ys[i]
	}
}

func lt[T number](d, x, y, _, _ unsafe.Pointer, n int) {
	ds, xs, ys := of[bool](d, n), of[T](x, n), of[T](y, n)
	for i := range ds {
		ds[i] = xs[i] < ys[i]
	}
}

func le[T number](d, x, y, _, _ unsafe.Pointer, n int) {
	ds, xs, ys := of[bool](d, n), of[T](x, n), of[T](y, n)
	for i := range ds {
		ds[i] = xs[i] <= ys[i]
	}
}

func gt[T number](d, x, y, z, w unsafe.Pointer, n int) { lt[T](d, y, x, z, w, n) }
func ge[T number](d, x, y, z, w unsafe.Pointer, n int) { le[T](d, y, x, z, w, n) }

// choose is Select; T is any type of the elements' size.
func choose[T any](d, p, x, y, _ unsafe.Pointer, n int) {
	ds, ps, xs, ys := of[T](d, n), of[bool](p, n), of[T](x, n), of[T](y, n)
	for i := range ds {
		x, y := xs[i], ys[i] // both, so that the compiler needs no branch
		if ps[i] {
			y = x
		}
		ds[i] = y
	}
}

func threefry(d, k0, k1, c0, c1 unsafe.Pointer, n int) {
	ds, as, bs, xs, ys := of[uint64](d, n), of[uint32](k0, n), of[uint32](k1, n), of[uint32](c0, n), of[uint32](c1, n)
	for i := range ds {
		x, y := ref.Threefry(as[i], bs[i], xs[i], ys[i])
		ds[i] = uint64(x)<<32 | uint64(y)
	}
}

// entry finds elements in a table, by their low bits.
func entry(table *[8]uint32) Func {
	return func(d, x, _, _, _ unsafe.Pointer, n int) {
		ds, xs := of[uint32](d, n), of[uint32](x, n)
		for i, x := range xs {
			ds[i] = table[x%8]
		}
	}
}
