package optest

import (
	"fmt"
	"math"

	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/lax"
)

// Close returns an error that says where got is not what is wanted: another type, or
// an element more than the given units in the last place away. Within 0 units the sign
// of zero counts too. Any NaN is as good as another. A complex number is off by the
// magnitude of the difference, in units of its own magnitude.
func Close(got, want *core.Value, ulps float64) error {
	if got == nil || want == nil {
		if got == want {
			return nil
		}
		return fmt.Errorf("got %v, want %v", lax.Of(got), lax.Of(want))
	}
	if !got.Type().Equal(want.Type()) {
		return fmt.Errorf("got type %v, want %v", got.Type(), want.Type())
	}
	got, want = host(got), host(want)
	for i := range want.Size() {
		if !want.Inexact() {
			if p, q := core.Int(got, i), core.Int(want, i); p != q {
				return fmt.Errorf("element %d is %d, want %d, of %v", i, p, q, want.Type())
			}
			continue
		}
		p, q := core.At(got, i), core.At(want, i)
		if !near(p, q, want.DType, ulps) {
			return fmt.Errorf("element %d is %v, want %v, of %v (%.3g ulp)", i, p, q, want.Type(), distance(p, q, want.DType))
		}
	}
	return nil
}

// near reports whether x is y to some units in the last place of type d.
func near(x, y complex128, d dtype.Type, ulps float64) bool {
	if ulps == 0 || !finite(x) || !finite(y) {
		part := func(x, y float64) bool {
			return sameNumber(x, y) || ulps > 0 && distance(complex(x, 0), complex(y, 0), d) <= ulps // one is infinite, not both
		}
		return part(real(x), real(y)) && part(imag(x), imag(y)) || isNaN(x) && isNaN(y)
	}
	return distance(x, y, d) <= ulps
}

func sameNumber(x, y float64) bool {
	return math.IsNaN(x) && math.IsNaN(y) || x == y && math.Signbit(x) == math.Signbit(y)
}

func isNaN(x complex128) bool { return math.IsNaN(real(x)) || math.IsNaN(imag(x)) }

func finite(x complex128) bool {
	return !isNaN(x) && !math.IsInf(real(x), 0) && !math.IsInf(imag(x), 0)
}

// distance is |x - y| in units in the last place of the larger, of type d.
func distance(x, y complex128, d dtype.Type) float64 {
	info := dtype.FInfo(d)
	_, e := math.Frexp(max(abs(x), abs(y), info.SmallestNormal))
	return abs(x-y) / math.Ldexp(info.Eps, e-1)
}

func abs(x complex128) float64 { return math.Hypot(real(x), imag(x)) }

// closeBy compares inexact arrays, of which nil is zero: elements may differ by a part
// of the largest of them, or of 1.
func closeBy(got, want *core.Value, part float64) error {
	switch {
	case got == nil && want == nil:
		return nil
	case got == nil:
		got = core.New(want.Type(), nil)
	case want == nil:
		want = core.New(got.Type(), nil)
	}
	if !got.Type().Equal(want.Type()) {
		return fmt.Errorf("got type %v, want %v", got.Type(), want.Type())
	}
	got, want = host(got), host(want)
	scale := 1.
	for i := range want.Size() {
		if x := abs(core.At(want, i)); !math.IsInf(x, 0) {
			scale = max(scale, x)
		}
	}
	for i := range want.Size() {
		p, q := core.At(got, i), core.At(want, i)
		if !(abs(p-q) <= part*scale) && !(isNaN(p) && isNaN(q)) {
			return fmt.Errorf("element %d is %v, want %v, of %v", i, p, q, want.Type())
		}
	}
	return nil
}

// host returns v with its elements in host memory.
func host(v *core.Value) *core.Value {
	if !v.Traced() && v.Buf.Device() == nil {
		return v
	}
	return core.NewIn(v.Type(), v.Host("optest"))
}

func hosts(v []*core.Value) []*core.Value {
	h := make([]*core.Value, len(v))
	for i := range v {
		if v[i] != nil {
			h[i] = host(v[i])
		}
	}
	return h
}
