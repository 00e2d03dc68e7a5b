package lib

import (
	"fmt"
	"math"
	"math/cmplx"
	"math/rand/v2"
	"testing"

	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/internal/kir"
	"gojax/internal/ref"
)

func TestCumulativeIntegers(t *testing.T) {
	r := rand.New(rand.NewPCG(19, 20))
	for n := range 400 {
		all := dtype.All()
		d := all[n%len(all)]
		if !d.IsInt() {
			continue
		}
		x, s := randomCumulative(r, d)
		s.By = []kir.Code{kir.Add, kir.Mul, kir.Max, kir.Min}[r.IntN(4)]
		want := core.New(x.Type(), nil)
		follow(x.Shape, s, func(before, at int) {
			copyElement(want, at, x, at)
			if before < 0 {
				return
			}
			a, b := core.Int(want, before), core.Int(x, at)
			switch {
			case s.By == kir.Add:
				a += b
			case s.By == kir.Mul:
				a *= b
			case (s.By == kir.Max) == (compare2(d, a, b) < 0):
				a = b
			}
			core.PutInt(want, at, a)
		})
		exact(t, fmt.Sprintf("%+v of %v", s, x.Type()), runs(t, s, []*core.Value{x}, x.Type())[0], want)
	}
}

func compare2(d dtype.Type, a, b int64) int {
	if d == dtype.Uint64 {
		a, b = a^math.MinInt64, b^math.MinInt64
	}
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func randomCumulative(r *rand.Rand, d dtype.Type) (*core.Value, kir.Cumulative) {
	shape := make([]int, 1+r.IntN(3))
	for a := range shape {
		shape[a] = r.IntN([]int{3, 12, 300}[r.IntN(3)]) + r.IntN(2)
	}
	if core.Size(shape) > 50_000 {
		shape = []int{20_000 + r.IntN(3)}
	}
	return random(r, core.Of(d, shape...), r.IntN(3) == 0), kir.Cumulative{Axis: r.IntN(len(shape)), Reverse: r.IntN(2) == 0}
}

// follow calls f for each element with the place of that which comes before it, or
// -1, in the order of accumulation.
func follow(shape []int, s kir.Cumulative, f func(before, at int)) {
	rowsAlong(shape, s.Axis, func(row []int) {
		before := -1
		for k := range row {
			i := row[k]
			if s.Reverse {
				i = row[len(row)-1-k]
			}
			f(before, i)
			before = i
		}
	})
}

func TestCumulativeFloats(t *testing.T) {
	r := rand.New(rand.NewPCG(21, 22))
	eps := map[dtype.Type]float64{dtype.Float16: 0x1p-10, dtype.BFloat16: 0x1p-7, dtype.Float32: 0x1p-22, dtype.Float64: 0x1p-51,
		dtype.Complex64: 0x1p-21, dtype.Complex128: 0x1p-50}
	for n := range 700 {
		all := dtype.All()
		d := all[n%len(all)]
		if !d.IsInexact() {
			continue
		}
		x, s := randomCumulative(r, d)
		kind := r.IntN(5)
		s.By = []kir.Code{kir.Add, kir.Mul, kir.Max, kir.Min, kir.NoCode}[kind]
		s.LogSum = kind == 4
		if d.IsComplex() && kind >= 2 {
			x = random(r, x.Type(), false) // NaN makes it depend on the order
		}
		got := runs(t, s, []*core.Value{x}, x.Type())[0]
		acc, scale := make([]complex128, x.Size()), make([]float64, x.Size())
		follow(x.Shape, s, func(before, at int) {
			a := core.At(x, at)
			acc[at], scale[at] = a, cmplx.Abs(a)
			if before >= 0 {
				acc[at] = combine(s, d, acc[before], a)
				scale[at] = scale[before] + cmplx.Abs(a)
				if s.By == kir.Mul {
					scale[at] = max(scale[before], cmplx.Abs(acc[at])) // of what was rounded
				}
			}
			g, w := core.At(got, at), acc[at]
			if d.IsComplex() && (hasNaN(w) || cmplx.IsInf(w) || hasNaN(g)) {
				return // parts may differ by the order of operations
			}
			if g == w || hasNaN(g) && hasNaN(w) {
				return
			}
			tol := eps[d] * scale[at]
			if s.By == kir.Mul {
				tol = eps[d] * 60 * cmplx.Abs(w)
			}
			small := d.Real() != dtype.Float64 && cmplx.Abs(w) < 1e-30 || cmplx.Abs(w) < 1e-300 || d == dtype.Float16 && cmplx.Abs(w) < 1e-3
			if s.By == kir.Mul && (small || cmplx.IsInf(w) || cmplx.IsInf(g)) {
				return
			}
			if !(cmplx.Abs(g-w) <= tol+eps[d]) {
				t.Fatalf("%+v of %v at %d: %v, want %v ± %v", s, x.Type(), at, g, w, tol)
			}
		})
	}
}

func combine(s kir.Cumulative, d dtype.Type, a, b complex128) complex128 {
	switch {
	case s.LogSum && d.IsComplex():
		return logAddExp(a, b)
	case s.LogSum:
		return complex(ref.LogAddExp(real(a), real(b)), 0)
	case s.By == kir.Add:
		return a + b
	case s.By == kir.Mul && d.IsComplex():
		return a * b
	case s.By == kir.Mul:
		return complex(real(a)*real(b), 0)
	case d.IsComplex() && s.By == kir.Max:
		return larger(a, b)
	case d.IsComplex():
		return smaller(a, b)
	case s.By == kir.Max:
		return complex(max(real(a), real(b)), 0)
	}
	return complex(min(real(a), real(b)), 0)
}

// The sum of many numbers is about as exact as JAX's, which is 3.2e-7 (relative) for
// a million uniform numbers and 2e-7 of the largest for normal ones.
func TestCumsumAccuracy(t *testing.T) {
	r := rand.New(rand.NewPCG(23, 24))
	const n = 1_000_000
	x := core.New(core.Of(dtype.Float32, n), nil)
	for i := range core.Slice[float32](x.Buf) {
		core.Slice[float32](x.Buf)[i] = r.Float32()
	}
	got := runs(t, kir.Cumulative{By: kir.Add}, []*core.Value{x}, x.Type())[0]
	sum, worst := 0.0, 0.0
	for i, v := range core.Slice[float32](x.Buf) {
		sum += float64(v)
		worst = max(worst, math.Abs(float64(core.Slice[float32](got.Buf)[i])-sum)/sum)
	}
	if worst > 4e-7 {
		t.Errorf("relative error %v", worst)
	}
}

func BenchmarkCumulative(b *testing.B) {
	const n = 1_000_000
	x := random(rand.New(rand.NewPCG(1, 1)), core.Of(dtype.Float32, n), false)
	y := core.New(x.Type(), nil)
	for name, s := range map[string]kir.Cumulative{"sum": {By: kir.Add}, "reverse": {By: kir.Add, Reverse: true},
		"max": {By: kir.Max}, "logsumexp": {LogSum: true}} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				Run(nil, s, []*core.Value{x}, []*core.Value{y})
			}
		})
	}
	x2, y2 := core.NewIn(core.Of(dtype.Float32, 1000, 1000), x.Buf), core.NewIn(core.Of(dtype.Float32, 1000, 1000), y.Buf)
	for axis := range 2 {
		b.Run(fmt.Sprint("sum1000 axis ", axis), func(b *testing.B) {
			for b.Loop() {
				Run(nil, kir.Cumulative{By: kir.Add, Axis: axis}, []*core.Value{x2}, []*core.Value{y2})
			}
		})
	}
}
