package cpu_test

import (
	"strings"
	"testing"

	"gojax/internal/core"
	"gojax/internal/cpu"
	"gojax/internal/cpu/code"
	"gojax/internal/dtype"
	"gojax/lax"
)

// Functions are machine code at all levels that have some: where an instruction cannot be
// encoded everything is right still, and takes seventy times as long.
func TestFunctionsAreMachineCode(t *testing.T) {
	for name, f := range map[string]func(x array) array{
		"sin": lax.Sin, "cos": lax.Cos, "tan": lax.Tan, "exp": lax.Exp, "log": lax.Log, "log1p": lax.Log1p, "expm1": lax.Expm1,
		"tanh": lax.Tanh, "erf": lax.Erf, "erf_inv": lax.ErfInv, "logistic": lax.Logistic, "rsqrt": lax.Rsqrt, "cbrt": lax.Cbrt,
		"asin": lax.Asin, "acos": lax.Acos, "atan": lax.Atan, "sinh": lax.Sinh, "cosh": lax.Cosh, "asinh": lax.Asinh,
		"acosh": lax.Acosh, "atanh": lax.Atanh, "erfc": lax.Erfc,
		"pow":   func(x array) array { return lax.Pow(x, lax.Neg(x)) },
		"atan2": func(x array) array { return lax.Atan2(x, lax.Neg(x)) },
		"two":   func(x array) array { return lax.Mul(lax.Sin(x), lax.Cos(lax.Add(x, x))) },
	} {
		for _, d := range []dtype.Type{dtype.Float32, dtype.Float64, dtype.Float16, dtype.BFloat16} {
			for _, level := range []code.Level{code.AVX2, code.AVX512} {
				program := staged(func(x []array) []array { return []array{f(x[0])} }, core.Of(d, 5000))
				for _, s := range cpu.Stages(program, level) {
					if _, why, ok := strings.Cut(s.Text, "not machine code: "); ok && s.Name == "vectors" {
						why, _, _ = strings.Cut(why, "\n")
						t.Errorf("%s of %v at %v: %s", name, d, level, why)
					}
				}
			}
		}
	}
}

// What a reduction is of is machine code for all types, also where what combines is not, as for
// complex128.
func TestOperandsOfReductionsAreMachineCode(t *testing.T) {
	for _, d := range []dtype.Type{dtype.Float32, dtype.Float64, dtype.Float16, dtype.BFloat16, dtype.Complex64, dtype.Complex128} {
		for _, axis := range []int{0, 1} {
			for _, level := range []code.Level{code.AVX2, code.AVX512} {
				program := staged(func(x []array) []array {
					return []array{lax.ReduceSum(lax.Tanh(x[0]), []int{axis})}
				}, core.Of(d, 300, 400))
				for _, s := range cpu.Stages(program, level) {
					if s.Name == "vectors" && strings.Contains(s.Text, "not machine code: all of it") {
						t.Errorf("%v along %d at %v: %s", d, axis, level, s.Text)
					}
				}
			}
		}
	}
}
