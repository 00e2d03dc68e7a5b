package ref

import (
	"bufio"
	"math"
	"math/cmplx"
	"os"
	"strconv"
	"strings"
	"testing"

	"gojax/internal/dtype"
)

// golden calls f with each line of a file that testdata/gen.py wrote: a name and the
// rest, split at spaces.
func golden(t *testing.T, file string, f func(t *testing.T, name string, rest []string)) {
	t.Helper()
	r, err := os.Open("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	n := 0
	s := bufio.NewScanner(r)
	for ; s.Scan(); n++ {
		w := strings.Fields(s.Text())
		f(t, w[0], w[1:])
	}
	if s.Err() != nil || n == 0 {
		t.Fatalf("%s: %d lines, %v", file, n, s.Err())
	}
}

func numbers(t *testing.T, words []string) []float64 {
	t.Helper()
	v := make([]float64, len(words))
	for i, w := range words {
		var err error
		if v[i], err = strconv.ParseFloat(w, 64); err != nil {
			t.Fatal(err)
		}
	}
	return v
}

var realFuncs = map[string]func(float64) float64{
	"exp": Exp, "exp2": Exp2, "expm1": Expm1, "log": Log, "log1p": Log1p, "sqrt": Sqrt,
	"rsqrt": Rsqrt, "cbrt": Cbrt, "logistic": Logistic, "sin": Sin, "cos": Cos, "tan": Tan,
	"asin": Asin, "acos": Acos, "atan": Atan, "sinh": Sinh, "cosh": Cosh, "tanh": Tanh,
	"asinh": Asinh, "acosh": Acosh, "atanh": Atanh, "erf": Erf, "erfc": Erfc, "erfinv": ErfInv,
	"lgamma": Lgamma, "digamma": Digamma, "sign": Sign, "round": Round, "roundeven": RoundEven,
}

var realPairs = map[string]func(x, y float64) float64{
	"pow": Pow, "atan2": Atan2, "logaddexp": LogAddExp, "max": Max, "min": Min, "rem": Rem,
	"nextafter64": NextAfter64,
	"nextafter32": func(x, y float64) float64 { return float64(NextAfter32(float32(x), float32(y))) },
	"nextafter16": func(x, y float64) float64 {
		return float64(dtype.F16ToF32(NextAfter16(dtype.F64ToF16(x), dtype.F64ToF16(y))))
	},
	"nextafterbf16": func(x, y float64) float64 {
		return float64(dtype.BF16ToF32(NextAfterBF16(dtype.F64ToBF16(x), dtype.F64ToBF16(y))))
	},
}

// apply evaluates a function by its name; the last number is what it should return.
func apply(t *testing.T, name string, v []float64) (got, want float64) {
	t.Helper()
	if f := realFuncs[name]; f != nil && len(v) == 2 {
		return f(v[0]), v[1]
	}
	if f := realPairs[name]; f != nil && len(v) == 3 {
		return f(v[0], v[1]), v[2]
	}
	t.Fatalf("no function %s of %d numbers", name, len(v)-1)
	return
}

// ulps returns the distance of got from want in units of the last place of scale.
func ulps(got, want, scale float64) float64 {
	if got == want || got != got && want != want {
		return 0
	}
	_, e := math.Frexp(scale)
	return math.Abs(got-want) / math.Ldexp(1, max(e-53, -1074))
}

func TestReal(t *testing.T) {
	limit := map[string]float64{
		"exp": 1, "pow": 1, "sin": 1, "cos": 1, "tan": 2, "sqrt": 0.5, "exp2": 1, "expm1": 1,
		"log": 1, "log1p": 1, "cbrt": 1, "erf": 1, "erfc": 1.5, "erfinv": 3, "lgamma": 4,
		"digamma": 4,
	}
	worst := map[string]float64{}
	golden(t, "real.txt", func(t *testing.T, name string, rest []string) {
		v := numbers(t, rest)
		got, want := apply(t, name, v)
		tol, ok := limit[name]
		if !ok {
			tol = 2.5
		}
		u := ulps(got, want, want)
		worst[name] = max(worst[name], u)
		if !(u <= tol) {
			t.Errorf("%s %v = %v, want %v: off by %.3g ulps", name, v[:len(v)-1], got, want, u)
		}
	})
	t.Logf("largest errors in ulps: %v", worst)
}

// same reports whether two values are equal, zeros in their sign too; others to the
// few bits by which JAX is wrong.
func same(got, want float64) bool {
	return ulps(got, want, max(1, math.Abs(want))) < 20 && (want != 0 || math.Signbit(got) == math.Signbit(want))
}

func TestSpecials(t *testing.T) {
	golden(t, "special.txt", func(t *testing.T, name string, rest []string) {
		v := numbers(t, rest)
		if got, want := apply(t, name, v); !same(got, want) {
			t.Errorf("%s %v = %v, want %v", name, v[:len(v)-1], got, want)
		}
	})
}

var complexFuncs = map[string]func(complex128) complex128{
	"exp": CExp, "exp2": CExp2, "expm1": CExpm1, "log": CLog, "log1p": CLog1p, "sqrt": CSqrt,
	"rsqrt": CRsqrt, "sin": CSin, "cos": CCos, "tan": CTan, "sinh": CSinh, "cosh": CCosh,
	"tanh": CTanh, "asin": CAsin, "acos": CAcos, "atan": CAtan, "asinh": CAsinh, "acosh": CAcosh,
	"atanh": CAtanh, "logistic": CLogistic, "square": CSquare, "sign": CSign,
}

// Both parts are accurate beside the absolute value, and most of the functions keep
// each part accurate by itself.
func TestComplex(t *testing.T) {
	whole := map[string]bool{"expm1": true, "logistic": true, "pow": true}
	worst := map[string]float64{}
	golden(t, "complex.txt", func(t *testing.T, name string, rest []string) {
		v := numbers(t, rest)
		z, n := complex(v[0], v[1]), len(v)
		want := complex(v[n-2], v[n-1])
		var got complex128
		tol := 6.0
		if name == "pow" {
			w := complex(v[2], v[3])
			got = CPow(z, w)
			tol += 2 * cmplx.Abs(w*cmplx.Log(z))
		} else if f := complexFuncs[name]; f != nil {
			got = f(z)
		} else {
			t.Fatalf("no function %s", name)
		}
		re, im := real(want), imag(want)
		if whole[name] {
			re, im = cmplx.Abs(want), cmplx.Abs(want)
		}
		u := max(ulps(real(got), real(want), re), ulps(imag(got), imag(want), im))
		worst[name] = max(worst[name], u)
		if !(u <= tol) {
			t.Errorf("%s %v = %v, want %v: off by %.3g ulps", name, v[:n-2], got, want, u)
		}
	})
	t.Logf("largest errors in ulps: %v", worst)
}

func TestComplexSpecials(t *testing.T) {
	golden(t, "cspecial.txt", func(t *testing.T, name string, rest []string) {
		v := numbers(t, rest)
		got := complexFuncs[name](complex(v[0], v[1]))
		re, im := real(got), imag(got)
		if v[2] != v[2] { // the sign of a zero or infinity beside a NaN is open
			im = math.Copysign(im, v[3])
		} else if v[3] != v[3] {
			re = math.Copysign(re, v[2])
		}
		if !same(re, v[2]) || !same(im, v[3]) {
			t.Errorf("%s %v = %v, want %v", name, v[:2], got, complex(v[2], v[3]))
		}
	})
}
