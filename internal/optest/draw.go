package optest

import (
	"math"
	"math/rand/v2"

	"gojax/internal/core"
	"gojax/internal/dtype"
)

// draw returns values for the operands.
func (k *checker) draw() []*core.Value { return drawAll(k.r, k.In) }

func drawAll(r *rand.Rand, in []Operand) []*core.Value {
	v := make([]*core.Value, len(in))
	for i, o := range in {
		v[i] = o.draw(r, i, len(in))
	}
	return v
}

// draw returns values for operand i of n.
func (o Operand) draw(r *rand.Rand, i, n int) *core.Value {
	v := core.New(o.Type, nil)
	switch {
	case o.Unique > 0:
		lo, hi := o.whole()
		for start := 0; start < v.Size(); start += o.Unique {
			for e, p := range r.Perm(int(hi - lo + 1))[:o.Unique] {
				core.PutInt(v, start+e, lo+int64(p))
			}
		}
	case !o.Inexact():
		lo, hi := o.whole()
		for e := range v.Size() {
			core.PutInt(v, e, lo+r.Int64N(hi-lo+1))
		}
	case o.Whole:
		for e := range v.Size() {
			core.Put(v, e, complex(math.Floor(o.Lo+r.Float64()*(o.Hi-o.Lo+1)), 0))
		}
	default:
		re, im := o.lattice(r, i, n), o.lattice(r, i, n)
		if !o.DType.IsComplex() {
			clear(im)
		}
		for e := range v.Size() {
			core.Put(v, e, complex(re[e], im[e]))
		}
	}
	return v
}

// whole returns the bounds of integers.
func (o Operand) whole() (lo, hi int64) {
	lo, hi = int64(o.Lo), int64(o.Hi)
	if lo == 0 && hi == 0 {
		lo, hi = -4, 5
	}
	if !o.DType.IsSigned() {
		lo = max(lo, 0)
	}
	if o.DType == dtype.Bool {
		hi = 1
	}
	return lo, hi
}

// lattice returns as many numbers as o has elements, at different points of a lattice
// that belongs to operand i of n.
func (o Operand) lattice(r *rand.Rand, i, n int) []float64 {
	lo, hi := o.Lo, o.Hi
	if lo == 0 && hi == 0 {
		lo, hi = -3, 3
	}
	size := o.Size()
	step := 1. / 8
	points := int((hi - lo) / step)
	if points < size {
		points, step = size, (hi-lo)/float64(size)
	}
	x := make([]float64, size)
	for e, p := range r.Perm(points)[:size] {
		x[e] = lo + step*(float64(p)+(float64(i)+.4+.2*r.Float64())/float64(n))
	}
	return x
}

// specials are values at which definitions and kernels may part.
var (
	floats   = []float64{0, math.Copysign(0, -1), 1, -1, .5, -2.5, 1.5, math.Inf(1), math.Inf(-1), math.NaN(), 1e-3, 700, -90, 3e4}
	integers = []int64{0, 1, -1, 2, -7, math.MinInt64, math.MaxInt64, 31, 64, -128, 255}
)

// special returns values for an operand most of which are special.
func (o Operand) special(r *rand.Rand) *core.Value {
	if o.Unique > 0 {
		return o.draw(r, 0, 1)
	}
	v := core.New(o.Type, nil)
	number := func() float64 { return floats[r.IntN(len(floats))] }
	for e := range v.Size() {
		switch {
		case o.DType.IsComplex():
			core.Put(v, e, complex(number(), number()))
		case o.Inexact():
			core.Put(v, e, complex(number(), 0))
		case o.Lo != 0 || o.Hi != 0:
			lo, hi := o.whole()
			core.PutInt(v, e, lo+r.Int64N(hi-lo+1))
		default:
			core.PutInt(v, e, o.limited(integers[r.IntN(len(integers))]))
		}
	}
	return v
}

// limited brings an integer into the range of the type.
func (o Operand) limited(i int64) int64 {
	if o.DType == dtype.Bool {
		return i & 1
	}
	limits := dtype.IInfo(o.DType)
	if o.DType == dtype.Uint64 {
		return i
	}
	return min(max(i, limits.Min), int64(limits.Max))
}

// direction returns a tangent or cotangent of type t.
func direction(r *rand.Rand, t core.Type) *core.Value {
	v := core.New(t, nil)
	for e := range v.Size() {
		x := complex(1.5*r.Float64()+.25, 0)
		if r.IntN(2) == 0 {
			x = -x
		}
		if t.DType.IsComplex() {
			x += complex(0, 2*r.Float64()-1)
		}
		core.Put(v, e, x)
	}
	return v
}

// stack returns the rows as one array; t is the type of a row.
func stack(t core.Type, rows []*core.Value) *core.Value {
	v := core.New(t.Stacked(len(rows)), nil)
	n := t.Bytes()
	for i, row := range rows {
		copy(core.Slice[byte](v.Buf)[i*n:(i+1)*n], core.Slice[byte](host(row).Buf))
	}
	return v
}

// row returns row i of v.
func row(v *core.Value, i int) *core.Value {
	v = host(v)
	out := core.New(v.Shaped(v.Shape[1:]...), nil)
	n := out.Bytes()
	copy(core.Slice[byte](out.Buf), core.Slice[byte](v.Buf)[i*n:(i+1)*n])
	return out
}
