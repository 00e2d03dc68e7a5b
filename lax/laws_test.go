package lax_test

import (
	"fmt"
	"math"
	"math/cmplx"
	"math/rand/v2"
	"slices"
	"testing"

	"gojax/internal/ad"
	"gojax/internal/batch"
	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/internal/rule"
	"gojax/lax"
)

type (
	array = lax.Array
	value = core.Value
)

// fn makes a function of arrays one of values.
func fn(f func(x ...array) []array) core.Fn {
	return func(x ...*value) []*value {
		in := make([]array, len(x))
		for i := range x {
			in[i] = lax.Of(x[i])
		}
		out := f(in...)
		y := make([]*value, len(out))
		for i := range out {
			y[i] = out[i].Value()
		}
		return y
	}
}

var owner = core.Owner{What: "test"}

// draw returns a value of type t: distinct numbers in random order if it is inexact,
// small integers or bools otherwise.
func draw(r *rand.Rand, t core.Type) *value {
	v := core.New(t, nil)
	for i, p := range r.Perm(t.Size()) {
		if t.Inexact() {
			x := complex(float64(p)+1.5+r.Float64()/4-float64(t.Size())/2, 0)
			if t.DType.IsComplex() {
				x += complex(0, r.NormFloat64())
			}
			core.Put(v, i, x)
		} else {
			core.PutInt(v, i, int64(r.IntN(4)))
		}
	}
	return v
}

func draws(r *rand.Rand, types []core.Type) []*value {
	v := make([]*value, len(types))
	for i, t := range types {
		v[i] = draw(r, t)
	}
	return v
}

// dot is the sum of the products of the elements, without conjugation.
func dot(x, y []*value) (sum complex128) {
	for k := range x {
		if x[k] == nil || y[k] == nil || !x[k].Inexact() {
			continue
		}
		for i := range x[k].Size() {
			sum += core.At(x[k], i) * core.At(y[k], i)
		}
	}
	return sum
}

// near compares values; nil is zero.
func near(t *testing.T, what string, got, want *value, tolerance float64) {
	t.Helper()
	if got == nil && want == nil {
		return
	}
	if got == nil {
		got = core.New(want.Type(), nil)
	}
	if want == nil {
		want = core.New(got.Type(), nil)
	}
	if !got.Type().Equal(want.Type()) {
		t.Errorf("%s: got type %v, want %v", what, got.Type(), want.Type())
		return
	}
	for i := range got.Size() {
		p, q := core.At(got, i), core.At(want, i)
		if p == q || cmplx.IsNaN(p) && cmplx.IsNaN(q) {
			continue
		}
		if d := p - q; !(math.Hypot(real(d), imag(d)) <= tolerance*(1+math.Hypot(real(q), imag(q)))) {
			t.Errorf("%s: element %d is %v, want %v", what, i, p, q)
			return
		}
	}
}

// checkLaws holds f at operands of the given types, and its pullback, to numeric
// differences, to their own transposes, and to a loop.
func checkLaws(t *testing.T, name string, f func(x ...array) []array, types ...core.Type) {
	t.Run(name, func(t *testing.T) {
		r := rand.New(rand.NewPCG(1, 2))
		checkDerivative(t, r, fn(f), types)
		checkRows(t, r, fn(f), types)
		if back, types := pullback(fn(f), types); len(types) > 0 {
			checkDerivative(t, r, back, types)
			checkRows(t, r, back, types)
		}
	})
}

// pullback returns the function that maps operands of f and cotangents of its inexact
// results to cotangents of its inexact operands, and the types of what it maps; none if
// f has no derivative.
func pullback(f core.Fn, types []core.Type) (core.Fn, []core.Type) {
	n, out := len(types), core.Types(f(zerosOf(types)...))
	in, some := make(core.Mask, n), make(core.Mask, len(out))
	all := slices.Clone(types)
	for i, t := range types {
		in[i] = t.Inexact()
	}
	for k, t := range out {
		if some[k] = t.Inexact(); some[k] {
			all = append(all, t)
		}
	}
	if !in.Any() || !some.Any() {
		return nil, nil
	}
	return func(v ...*value) []*value {
		_, linear := ad.Linearize(owner, f, v[:n], in, some)
		ct := linear.Pull(some.Spread(v[n:]))
		for i, t := range types {
			ct[i] = lax.Dense(ct[i], t)
		}
		return in.Pick(ct)
	}, all
}

func zerosOf(types []core.Type) []*value {
	v := make([]*value, len(types))
	for i, t := range types {
		v[i] = core.New(t, nil)
	}
	return v
}

func checkDerivative(t *testing.T, r *rand.Rand, f core.Fn, types []core.Type) {
	x, mask := draws(r, types), make(core.Mask, len(types))
	for i, t := range types {
		mask[i] = t.Inexact()
	}
	if !mask.Any() {
		return
	}
	for only := range len(types) + 1 { // tangents of all operands, then of one
		in := slices.Clone(mask)
		if only < len(types) {
			in = make(core.Mask, len(types))
			in[only] = mask[only]
		}
		if !in.Any() {
			continue
		}
		dx := make([]*value, len(x))
		for i := range dx {
			if in[i] {
				dx[i] = draw(r, types[i])
			}
		}
		y, dy := ad.JVP(owner, f, x, dx)
		const h = 1e-5
		after, before := f(moved(x, dx, h)...), f(moved(x, dx, -h)...)
		for k := range y {
			if !y[k].Inexact() {
				near(t, fmt.Sprintf("tangent of integer result %d", k), dy[k], nil, 0)
				continue
			}
			slope := core.New(y[k].Type(), nil)
			for i := range slope.Size() {
				core.Put(slope, i, (core.At(after[k], i)-core.At(before[k], i))/(2*h))
			}
			near(t, fmt.Sprintf("tangent %d of %v", k, in), dy[k], slope, 1e-6)
		}
		_, linear := ad.Linearize(owner, f, x, in, nil)
		ct := make([]*value, len(y))
		for k := range y {
			if dy[k] != nil {
				ct[k] = draw(r, y[k].Type())
			}
		}
		ty := linear.Push(dx)
		for k := range dy {
			near(t, "linearized", ty[k], dy[k], 1e-12)
		}
		p, q := dot(ct, ty), dot(linear.Pull(ct), dx)
		if d := p - q; math.Hypot(real(d), imag(d)) > 1e-9*(1+math.Hypot(real(p), imag(p))) {
			t.Errorf("of %v: ⟨ct, J t⟩ = %v, ⟨Jᵀ ct, t⟩ = %v", in, p, q)
		}
	}
}

func moved(x, dx []*value, h float64) []*value {
	y := slices.Clone(x)
	for k := range x {
		if dx[k] == nil {
			continue
		}
		y[k] = core.New(x[k].Type(), nil)
		for i := range x[k].Size() {
			core.Put(y[k], i, core.At(x[k], i)+complex(h, 0)*core.At(dx[k], i))
		}
	}
	return y
}

func checkRows(t *testing.T, r *rand.Rand, f core.Fn, types []core.Type) {
	for _, n := range []int{3, 1, 0} {
		for bits := 1; bits < 1<<len(types); bits++ {
			in := make(core.Mask, len(types))
			x := make([]*value, len(types))
			for i, t := range types {
				if in[i] = bits>>i&1 == 1; in[i] {
					t = t.Stacked(n)
				}
				x[i] = draw(r, t)
			}
			y, stacked := batch.Vmap(owner, rule.Axis{Name: "rows", Size: n}, f, x, in)
			for k := range y {
				if stacked[k] && y[k].Shape[0] != n {
					t.Errorf("%d rows of %v: result %d has type %v", n, in, k, y[k].Type())
				}
			}
			for row := range n {
				one := slices.Clone(x)
				for i := range one {
					if in[i] {
						one[i] = rowOf(x[i], row)
					}
				}
				for k, want := range f(one...) {
					got := y[k]
					if stacked[k] {
						got = rowOf(y[k], row)
					}
					near(t, fmt.Sprintf("row %d of %d of %v, result %d", row, n, in, k), got, want, 1e-12)
				}
			}
		}
	}
}

func rowOf(x *value, row int) *value {
	y := core.New(x.Type().Shaped(x.Shape[1:]...), nil)
	n := y.Bytes()
	copy(core.Slice[byte](y.Buf), core.Slice[byte](x.Buf)[row*n:])
	return y
}

func f64(shape ...int) core.Type { return core.Of(dtype.Float64, shape...) }
func i32(shape ...int) core.Type { return core.Of(dtype.Int32, shape...) }

// one makes a function of one array and result a law's.
func one(f func(x array) array) func(x ...array) []array {
	return func(x ...array) []array { return []array{f(x[0])} }
}
