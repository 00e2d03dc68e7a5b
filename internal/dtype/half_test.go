package dtype

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// formats describes both 16-bit types by what their definition says.
var formats = []struct {
	typ     Type
	widen   func(uint16) float32
	narrow  func(float32) uint16
	narrowD func(float64) uint16
	round   func(float32) float32
}{
	{Float16, F16ToF32, F32ToF16, F64ToF16, RoundF16},
	{BFloat16, BF16ToF32, F32ToBF16, F64ToBF16, RoundBF16},
}

// decode is the definition of a 16-bit pattern: (-1)^s · m · 2^e.
func decode(t Type, h uint16) float64 {
	i := FInfo(t)
	frac := int(h) & (1<<i.Mantissa - 1)
	exp := int(h) >> i.Mantissa & (1<<i.Exponent - 1)
	sign := math.Copysign(1, -float64(h>>15))
	if h>>15 == 0 {
		sign = 1
	}
	bias := 1<<(i.Exponent-1) - 1
	switch {
	case exp == 1<<i.Exponent-1 && frac != 0:
		return math.NaN()
	case exp == 1<<i.Exponent-1:
		return sign * math.Inf(1)
	case exp == 0:
		return sign * math.Ldexp(float64(frac), 1-bias-i.Mantissa)
	}
	return sign * math.Ldexp(float64(frac|1<<i.Mantissa), exp-bias-i.Mantissa)
}

func TestHalfRoundTrip(t *testing.T) {
	for _, f := range formats {
		for i := range 1 << 16 {
			h := uint16(i)
			w, want := f.widen(h), decode(f.typ, h)
			if want != want {
				quiet := h | 1<<(FInfo(f.typ).Mantissa-1)
				if w == w || f.narrow(w) != quiet || f.narrowD(float64(w)) != quiet {
					t.Fatalf("%v %#04x: NaN became %#04x", f.typ, h, f.narrow(w))
				}
				continue
			}
			if float64(w) != want || math.Signbit(float64(w)) != (h>>15 == 1) {
				t.Fatalf("%v %#04x = %v, want %v", f.typ, h, w, want)
			}
			if f.narrow(w) != h || f.narrowD(float64(w)) != h || f.round(w) != w {
				t.Fatalf("%v %#04x: came back as %#04x", f.typ, h, f.narrow(w))
			}
		}
	}
}

// Between every two neighbours the tie goes to the even one, and what lies next to
// the tie, by one ulp of the wider type, to its own side.
func TestHalfTies(t *testing.T) {
	for _, f := range formats {
		inf := f.narrow(float32(math.Inf(1)))
		for h := range inf {
			lo, hi := decode(f.typ, h), decode(f.typ, h+1)
			if h+1 == inf {
				hi = 2*lo - decode(f.typ, h-1)
			}
			tie := lo + (hi-lo)/2
			even := h + h&1
			for _, s := range []float64{1, -1} {
				sign := uint16(0)
				if s < 0 {
					sign = 0x8000
				}
				below, above := math.Nextafter(tie, 0), math.Nextafter(tie, math.Inf(1))
				if g := f.narrowD(s * tie); g != even|sign {
					t.Fatalf("%v: f64 %v = %#04x, want %#04x", f.typ, s*tie, g, even|sign)
				}
				if g := f.narrowD(s * below); g != h|sign {
					t.Fatalf("%v: f64 %v = %#04x, want %#04x", f.typ, s*below, g, h|sign)
				}
				if g := f.narrowD(s * above); g != h+1|sign {
					t.Fatalf("%v: f64 %v = %#04x, want %#04x", f.typ, s*above, g, h+1|sign)
				}
				x, i32 := float32(s*tie), float32(math.Inf(1))*float32(s)
				if float64(x) != s*tie {
					t.Fatalf("%v: tie %v is no float32", f.typ, tie)
				}
				if g := f.narrow(x); g != even|sign {
					t.Fatalf("%v: %v = %#04x, want %#04x", f.typ, x, g, even|sign)
				}
				if g := f.narrow(math.Nextafter32(x, 0)); g != h|sign {
					t.Fatalf("%v: below %v = %#04x, want %#04x", f.typ, x, g, h|sign)
				}
				if g := f.narrow(math.Nextafter32(x, i32)); g != h+1|sign {
					t.Fatalf("%v: above %v = %#04x, want %#04x", f.typ, x, g, h+1|sign)
				}
			}
		}
	}
}

func TestHalfSpecials(t *testing.T) {
	for _, f := range formats {
		inf := f.narrow(float32(math.Inf(1)))
		if w := f.widen(inf); !math.IsInf(float64(w), 1) {
			t.Errorf("%v: Inf became %v", f.typ, w)
		}
		for _, x := range []float64{math.Inf(1), math.MaxFloat64, 2 * FInfo(f.typ).Max} {
			if f.narrowD(x) != inf || f.narrowD(-x) != inf|0x8000 {
				t.Errorf("%v: %v = %#04x, want Inf", f.typ, x, f.narrowD(x))
			}
		}
		tiny := math.SmallestNonzeroFloat64
		if f.narrowD(tiny) != 0 || f.narrowD(-tiny) != 0x8000 {
			t.Errorf("%v: the smallest float64 = %#04x", f.typ, f.narrowD(tiny))
		}
		nan := math.Float32frombits(0x7f800001)
		if w := f.round(nan); w == w {
			t.Errorf("%v: NaN became %v", f.typ, w)
		}
	}
}

// A value just off a tie by less than a float32 can say must not be rounded twice.
func TestOddF32(t *testing.T) {
	if x := 1 + 0x1p-11 + 0x1p-40; F64ToF16(x) != 0x3c01 || F32ToF16(float32(x)) != 0x3c00 {
		t.Errorf("F64ToF16(%v) = %#04x; by way of float32 %#04x", x, F64ToF16(x), F32ToF16(float32(x)))
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for range 100000 {
		x := math.Float64frombits(rng.Uint64())
		if i := rng.IntN(2); i == 0 {
			x = math.Ldexp(rng.Float64()-0.5, rng.IntN(300)-150)
		}
		if x != x || math.Abs(x) > math.MaxFloat32 || x == 0 {
			continue
		}
		got := oddF32(x)
		down, _ := big.NewFloat(x).SetMode(big.ToZero).Float32() // rounds to even nonetheless
		if math.Abs(float64(down)) > math.Abs(x) {
			down = math.Nextafter32(down, 0)
		}
		want := down
		if float64(down) != x && math.Float32bits(down)&1 == 0 {
			want = math.Float32frombits(math.Float32bits(down) + 1)
			if down == 0 {
				want = float32(math.Copysign(math.SmallestNonzeroFloat32, x))
			}
		}
		if got != want {
			t.Fatalf("oddF32(%v) = %v, want %v", x, got, want)
		}
	}
}

var sink uint16

func BenchmarkHalf(b *testing.B) {
	for _, f := range formats {
		b.Run(f.typ.String(), func(b *testing.B) {
			for i := range b.N {
				sink += f.narrow(f.widen(uint16(i)))
			}
		})
	}
}
