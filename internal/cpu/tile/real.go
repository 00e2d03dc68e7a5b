package tile

import (
	"math"

	"gojax/internal/dtype"
	"gojax/internal/kir"
	"gojax/internal/ref"
)

// real1 are the functions of one number as float64 has them.
var real1 = map[kir.Code]func(x float64) float64{
	kir.Sign: ref.Sign, kir.Abs: math.Abs, kir.Floor: math.Floor, kir.Ceil: math.Ceil,
	kir.RoundAway: ref.Round, kir.RoundEven: ref.RoundEven,
	kir.Exp: ref.Exp, kir.Exp2: ref.Exp2, kir.Expm1: ref.Expm1,
	kir.Log: ref.Log, kir.Log1p: ref.Log1p, kir.Sqrt: ref.Sqrt, kir.Rsqrt: ref.Rsqrt, kir.Cbrt: ref.Cbrt,
	kir.Sin: ref.Sin, kir.Cos: ref.Cos, kir.Tan: ref.Tan,
	kir.Asin: ref.Asin, kir.Acos: ref.Acos, kir.Atan: ref.Atan,
	kir.Sinh: ref.Sinh, kir.Cosh: ref.Cosh, kir.Tanh: ref.Tanh,
	kir.Asinh: ref.Asinh, kir.Acosh: ref.Acosh, kir.Atanh: ref.Atanh,
	kir.Logistic: ref.Logistic, kir.Erf: ref.Erf, kir.Erfc: ref.Erfc, kir.ErfInv: ref.ErfInv, kir.ErfInvGiles: ref.ErfInv,
	kir.Lgamma: ref.Lgamma, kir.Digamma: ref.Digamma,
	kir.Real: same, kir.Conj: same, kir.Imag: func(float64) float64 { return 0 },
}

func same(x float64) float64 { return x }

// real2 are those of two.
var real2 = map[kir.Code]func(x, y float64) float64{
	kir.Rem: ref.Rem, kir.Pow: ref.Pow, kir.Atan2: ref.Atan2, kir.NextAfter: ref.NextAfter64,
}

// float1 are functions that float32 has of its own: faster than those of float64, or
// with XLA's bits.
var float1 = map[kir.Code]func(x float32) float32{
	kir.Exp: exp32, kir.Exp2: exp232, kir.Log: log32, kir.Tanh: tanh32, kir.Logistic: logistic32,
	kir.Sin: sin32, kir.Cos: cos32, kir.ErfInvGiles: ref.ErfInv32,
	kir.Abs: func(x float32) float32 { return math.Float32frombits(math.Float32bits(x) &^ (1 << 31)) },
	kir.Sign: func(x float32) float32 {
		switch {
		case x > 0:
			return 1
		case x < 0:
			return -1
		}
		return x
	},
}

// narrow returns the function of float32 that is f rounded.
func narrow(f func(x float64) float64) func(x float32) float32 {
	return func(x float32) float32 { return float32(f(float64(x))) }
}

// scalar1 returns a function of float32, or nil.
func scalar1(c kir.Code) func(x float32) float32 {
	if f := float1[c]; f != nil {
		return f
	}
	if f := real1[c]; f != nil {
		return narrow(f)
	}
	return nil
}

func scalar2(c kir.Code) func(x, y float32) float32 {
	if c == kir.NextAfter {
		return ref.NextAfter32
	}
	if f := real2[c]; f != nil {
		return func(x, y float32) float32 { return float32(f(float64(x), float64(y))) }
	}
	return nil
}

func isFinite32(x float32) bool { return x-x == 0 }
func isFinite64(x float64) bool { return x-x == 0 }

func floats32(t *[kir.Codes]row) {
	for c := kir.Neg; c < kir.Codes; c++ {
		if f := scalar1(c); f != nil {
			t[c][dtype.Float32] = map1(f)
		}
		if f := scalar2(c); f != nil {
			t[c][dtype.Float32] = map2(f)
		}
	}
	t[kir.Exp][dtype.Float32] = exp
	t[kir.Div][dtype.Float32] = div[float32]
	t[kir.Sqrt][dtype.Float32] = sqrt
	t[kir.IsFinite][dtype.Float32] = mapTo(isFinite32)
	t[kir.MakeComplex][dtype.Float32] = pair[float32]
	t[kir.Fma][dtype.Float32] = map3(ref.FMA32)
	t[kir.Raise][dtype.Float32] = map3(raise)
}

func floats64(t *[kir.Codes]row) {
	for c, f := range real1 {
		t[c][dtype.Float64] = map1(f)
	}
	for c, f := range real2 {
		t[c][dtype.Float64] = map2(f)
	}
	t[kir.Div][dtype.Float64] = div[float64]
	t[kir.IsFinite][dtype.Float64] = mapTo(isFinite64)
	t[kir.MakeComplex][dtype.Float64] = pair[float64]
	t[kir.Fma][dtype.Float64] = map3(math.FMA)
}

// raise is kir.Raise. As 2^n may be no number, half of its exponent comes last.
func raise(q, _, t float32) float32 {
	b := math.Float32bits(t)
	last := b << 19 & 0xff800000
	s := math.Float32frombits(kir.Tables[kir.Eighth-kir.Table][b%8] + b<<20 - last)
	return ref.FMA32(s, q, s) * math.Float32frombits(last)
}
