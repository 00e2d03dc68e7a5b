package macro

import (
	"fmt"
	"math"
	"os"
	"strconv"
	"testing"
	"unsafe"

	"gojax/internal/cpu/interp"
	"gojax/internal/dtype"
	"gojax/internal/kir"
	"gojax/internal/ref"
)

// program compiles a kernel that applies an instruction to n elements of arrays of
// type t, and expands it if that is wanted.
func program(c kir.Code, t, out dtype.Type, n int) *kir.Kernel {
	b := kir.NewBuilder()
	bufs := make([]int, c.Args())
	for i := range bufs {
		bufs[i] = b.In(t, n)
	}
	to := b.Out(out, n)
	at := b.Loops([]int{0}, []int{n})[0]
	args := make([]kir.Val, len(bufs))
	for i, m := range bufs {
		args[i] = b.Load(m, at)
	}
	b.Store(to, at, b.Emit(c, args...))
	return b.Kernel()
}

// run applies an expanded instruction to arrays.
func run[T, R any](c kir.Code, t, out dtype.Type, in ...[]T) []R {
	n := len(in[0])
	y := make([]R, n)
	var bufs []unsafe.Pointer
	for _, x := range in {
		bufs = append(bufs, unsafe.Pointer(unsafe.SliceData(x)))
	}
	bufs = append(bufs, unsafe.Pointer(unsafe.SliceData(y)))
	interp.Compile(Expand(program(c, t, out, n))).Run(bufs)
	return y
}

// function32 is a function of float32 with what it is compared with.
type function32 struct {
	code kir.Code
	f    func(float64) float64
	ulps float64
}

var functions32 = []function32{
	{kir.Exp, ref.Exp, 1},
	{kir.Exp2, ref.Exp2, 1},
	{kir.Expm1, ref.Expm1, 2},
	{kir.Log, ref.Log, 2},
	{kir.Log1p, ref.Log1p, 1},
	{kir.Rsqrt, ref.Rsqrt, 2},
	{kir.Cbrt, ref.Cbrt, 1},
	{kir.Sin, ref.Sin, 2},
	{kir.Cos, ref.Cos, 2},
	{kir.Tan, ref.Tan, 2},
	{kir.Asin, ref.Asin, 2},
	{kir.Acos, ref.Acos, 2},
	{kir.Atan, ref.Atan, 2},
	{kir.Sinh, ref.Sinh, 2},
	{kir.Cosh, ref.Cosh, 2},
	{kir.Tanh, ref.Tanh, 1.25},
	{kir.Asinh, ref.Asinh, 2},
	{kir.Acosh, ref.Acosh, 2},
	{kir.Atanh, ref.Atanh, 2},
	{kir.Logistic, ref.Logistic, 2},
	{kir.Erf, ref.Erf, 1.15},
	{kir.Erfc, ref.Erfc, 2},
	{kir.ErfInv, ref.ErfInv, 1},
	{kir.ErfInvGiles, ref.ErfInv, 100}, // XLA's, which is no better: see TestXLABits
	{kir.Lgamma, ref.Lgamma, 1},
	{kir.Digamma, ref.Digamma, 1},
}

// stride is how far the bit patterns of a sweep over float32 are apart; a prime.
func stride() uint32 {
	if s, err := strconv.Atoi(os.Getenv("GOJAX_STRIDE")); err == nil {
		return uint32(s)
	}
	return 32771
}

// ulps32 is how far got is from want in units of the last place of float32, and
// infinite where one of them is no number and the other not the same.
func ulps32(got float32, want float64) float64 {
	rounded := float32(want)
	switch {
	case got != got || want != want:
		if got != got && want != want {
			return 0
		}
		return math.Inf(1)
	case got == rounded && math.Signbit(float64(got)) == math.Signbit(want):
		if math.IsInf(float64(got), 0) || got == 0 {
			return 0
		}
	case got == 0 && rounded == 0: // of another sign
		return math.Inf(1)
	}
	unit := math.Ldexp(1, max(math.Ilogb(want), -126)-23)
	return math.Abs(float64(got)-want) / unit
}

func TestFloat32(t *testing.T) {
	step := stride()
	var x []float32
	for b := uint64(0); b < 1<<32; b += uint64(step) {
		x = append(x, math.Float32frombits(uint32(b)))
	}
	for _, v := range specials {
		x = append(x, float32(v), -float32(v))
	}
	for _, fn := range functions32 {
		t.Run(fn.code.String(), func(t *testing.T) {
			t.Parallel()
			y := run[float32, float32](fn.code, dtype.Float32, dtype.Float32, x)
			worst, at := 0.0, float32(0)
			bad := 0
			for i, v := range x {
				want := fn.f(float64(v))
				u := ulps32(y[i], want)
				if u > worst {
					worst, at = u, v
				}
				if !(u <= fn.ulps) {
					if bad++; bad < 10 {
						t.Errorf("%v(%v = %#x) = %v, want %v: off by %.3g", fn.code, v, math.Float32bits(v), y[i], want, u)
					}
				}
			}
			t.Logf("%-9v %.3f ulp at %v (%#x), %s", fn.code, worst, at, math.Float32bits(at), cost(fn.code, dtype.Float32))
		})
	}
}

// What is made of pieces is odd, near the exact numbers on both sides of where they meet, and
// does not come back from 1.
func TestPieces(t *testing.T) {
	for _, c := range []struct {
		function32
		meet []float64
		one  float32 // the least number at which the function is 1, rounded
	}{
		{function32{kir.Erf, ref.Erf, 1.15}, []float64{0.5 / 1.9, 1.5 / 1.9, 2.5 / 1.9, 3.5 / 1.9, 4.5 / 1.9, 5.5 / 1.9, 6.5 / 1.9}, 3.9192059},
		{function32{kir.Tanh, ref.Tanh, 1.25}, []float64{0.25, 0.75, 1.25, 2.25, 3.25, 5.25, 7.25}, 9.010914},
	} {
		const near = 2000
		var x []float32
		for _, m := range append(c.meet, float64(c.one)) {
			b := math.Float32bits(float32(m))
			for i := b - near; i < b+near; i++ {
				x = append(x, math.Float32frombits(i))
			}
		}
		for v := c.one; v < 1e38; v *= 1.01 {
			x = append(x, v)
		}
		minus := make([]float32, len(x))
		for i, v := range x {
			minus[i] = -v
		}
		y := run[float32, float32](c.code, dtype.Float32, dtype.Float32, append(x, minus...))
		for i, v := range x {
			if u := ulps32(y[i], c.f(float64(v))); u > c.ulps || v > c.one*1.0005 && y[i] != 1 || y[len(x)+i] != -y[i] {
				t.Fatalf("%v(±%v) = %v and %v, off by %.3g", c.code, v, y[i], y[len(x)+i], u)
			}
		}
	}
}

// specials are numbers, tested with either sign.
var specials = []float64{
	0, 1, 0.5, 2, 3, 4, 8, math.Pi, math.Inf(1), math.NaN(), 0x1p-149, 0x1p-148, 0x1p-126, 0x1.fffffep-127, 0x1p-100,
	math.MaxFloat32, 88.7228, 88.7229, 87.3365, 103.97, 103.98, 0.5493, 0x1p16, 0x1p24, 0x1.fffffep-1, 0x1.000002p0,
}

// cost counts the instructions that are left of one.
func cost(c kir.Code, t dtype.Type) string {
	k := Expand(program(c, t, t, 1))
	rare := k.Rare()
	n, m, constants := 0, 0, 0
	for v := range k.Code {
		switch i := &k.Code[v]; {
		case i.Code == kir.Constant:
			constants++
		case i.Code >= kir.Constant || i.Code == kir.Bitcast:
		case rare[v]:
			m++
		default:
			n++
		}
	}
	return fmt.Sprintf("%d+%d instructions, %d constants", n, m, constants)
}
