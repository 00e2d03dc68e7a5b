package random

import (
	"math"

	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/lax"
)

// Randint returns integers from [lo, hi) of type t, i32 if it is left out. The bounds
// are Go integers or integer arrays that broadcast to the shape; they are moved into
// the range of t, whose last value hi may be one above. Where hi is not above lo the
// result is lo.
//
// Twice as many random bits as the type has, and at least 64, are reduced by their
// remainder, so that no number is noticeably more likely than another.
func Randint(key lax.Array, shape lax.Shape, lo, hi any, t ...lax.DType) lax.Array {
	d := intType("Randint", t)
	drawn := d
	if d.Size() < 4 {
		drawn = dtype.Int32
	}
	checkShape("Randint", shape)
	a, aKnown := integer(lo)
	b, bKnown := integer(hi)
	var x lax.Array
	if aKnown && bKnown {
		x = randintStatic(key, shape, a.clip(d), b.clip(d), b.above(d), drawn)
	} else {
		x = randintTraced(key, shape, boundArray(lo), boundArray(hi), d, drawn)
	}
	return lax.Convert(x, d)
}

// clip returns the number of type t nearest to n, which wraps if it is negative.
func (n whole) clip(t lax.DType) uint64 {
	info := dtype.IInfo(t)
	if n.negative {
		return uint64(max(int64(n.bits), info.Min))
	}
	return min(n.bits, info.Max)
}

// above reports whether n is greater than all numbers of type t.
func (n whole) above(t lax.DType) bool { return !n.negative && n.bits > dtype.IInfo(t).Max }

// randintStatic draws for bounds that are known and in range, with above one more.
func randintStatic(key lax.Array, shape lax.Shape, lo, hi uint64, above bool, t lax.DType) lax.Array {
	less := lo < hi
	if t.IsSigned() {
		less = int64(lo) < int64(hi)
	}
	all := uint64(math.MaxUint64) >> (64 - t.Bits())
	span := uint64(1)
	if less {
		span = hi - lo
		if above {
			span++
		}
		span &= all // 0 is all
	}
	u := uintOf(t)
	number := func(v uint64) lax.Array { return lax.Full(nil, v, u) }
	upper, lower := twoDraws(key, shape, u)
	if span != 0 {
		factor := (uint64(1) << (t.Bits() / 2)) % span
		factor = (factor * factor & all) % span
		if lower = lax.Rem(lower, number(span)); factor != 0 {
			product := lax.Mul(lax.Rem(upper(), number(span)), number(factor))
			lower = lax.Rem(lax.Add(product, lower), number(span))
		}
	}
	return lax.Convert(lax.Add(lower, number(lo&all)), t)
}

// twoDraws returns bits of the upper and the lower half, the former when asked for.
func twoDraws(key lax.Array, shape lax.Shape, u lax.DType) (upper func() lax.Array, lower lax.Array) {
	k1, k2 := split2("Randint", key)
	return func() lax.Array { return bits("Randint", k1, shape, u) }, bits("Randint", k2, shape, u)
}

// boundArray returns a bound that is an array; a Go integer becomes one of 64 bits.
func boundArray(y any) lax.Array {
	if n, ok := integer(y); ok {
		if n.negative || n.bits <= math.MaxInt64 {
			return lax.Full(nil, int64(n.bits), dtype.Int64)
		}
		return lax.Full(nil, n.bits, dtype.Uint64)
	}
	x := lax.Operand("Randint", y)
	if !x.DType().IsInt() {
		panic(core.Errorf("Randint", "a bound has type %v, want integers", x.Type()))
	}
	return x
}

// randintTraced draws numbers of type t for those of type d, for bounds that are arrays.
func randintTraced(key lax.Array, shape lax.Shape, lo, hi lax.Array, d, t lax.DType) lax.Array {
	checkParams("Randint", shape, lo, hi)
	var above lax.Array
	if d == t {
		above = aboveAll(hi, t)
		lo, hi = clipTo(lo, t), clipTo(hi, t)
	} else {
		info := dtype.IInfo(d)
		clamp := func(x lax.Array, last uint64) lax.Array {
			x = lax.Convert(x, t)
			return lax.Clamp(like(x, float64(info.Min)), x, like(x, float64(last)))
		}
		lo, hi = clamp(lo, info.Max), clamp(hi, info.Max+1)
		above = aboveAll(hi, t)
	}
	in := lax.Broadcast("Randint", lo, hi, above)
	lo, hi, above = in[0], in[1], in[2]
	u := uintOf(t)
	span := lax.Convert(lax.Sub(hi, lo), u)
	number := func(v uint64) lax.Array { return lax.Full(nil, v, u) }
	span = lax.Select(lax.Le(hi, lo), number(1), span)
	span = lax.Select(lax.BitwiseAnd(above, lax.Gt(hi, lo)), lax.Add(span, number(1)), span)
	factor := lax.Rem(number(1<<(t.Bits()/2)), span)
	factor = to(lax.Rem(lax.Mul(factor, factor), span), shape)
	span, lo = to(span, shape), to(lo, shape)
	upper, lower := twoDraws(key, shape, u)
	x := lax.Add(lax.Mul(lax.Rem(upper(), span), factor), lax.Rem(lower, span))
	return lax.Add(lo, lax.Convert(lax.Rem(x, span), t))
}

// aboveAll reports where x is greater than all numbers of type t.
func aboveAll(x lax.Array, t lax.DType) lax.Array {
	last := dtype.IInfo(t).Max
	if last >= dtype.IInfo(x.DType()).Max {
		return lax.Full(x.Shape(), false, dtype.Bool)
	}
	return lax.Gt(x, lax.Full(nil, last, x.DType()))
}

// clipTo returns x in type t, moved into its range.
func clipTo(x lax.Array, t lax.DType) lax.Array {
	from, into := dtype.IInfo(x.DType()), dtype.IInfo(t)
	least := lax.Full(nil, max(from.Min, into.Min), x.DType())
	return lax.Convert(lax.Clamp(least, x, lax.Full(nil, min(from.Max, into.Max), x.DType())), t)
}
