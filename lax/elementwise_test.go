package lax

import (
	"encoding/hex"
	"fmt"
	"math"
	"math/cmplx"
	"os"
	"strconv"
	"strings"
	"testing"

	"gojax/internal/core"
	"gojax/internal/dtype"
)

// opNamed returns the operation that a golden line names; numbers after dots are
// parameters.
func opNamed(t *testing.T, name string) core.Op {
	name, param, _ := strings.Cut(name, ".")
	n, _ := strconv.Atoi(param)
	d, _ := dtype.Parse(param)
	switch name {
	case "round":
		return round{RoundingMethod: RoundingMethod(n)}
	case "conj":
		return conj{}
	case "complex":
		return complexOf{}
	case "pow":
		return pow{}
	case "integer_pow":
		return integerPow{n}
	case "polygamma":
		return polygamma{}
	case "clamp":
		return clamp{}
	case "select_n":
		return selectN{}
	case "bitcast_convert_type":
		return bitcastConvertType{NewDtype: d}
	case "convert_element_type":
		return convertElementType{NewDtype: d}
	}
	for op := range unaryCount {
		if op.String() == name {
			return op
		}
	}
	for op := range binaryCount {
		if op.String() == name {
			return op
		}
	}
	for op := range compareCount {
		if op.String() == name {
			return op
		}
	}
	t.Fatalf("no operation %q", name)
	return nil
}

// parseArray reads type:hex, with @ behind if it is a scalar.
func parseArray(t *testing.T, s string) *Value {
	name, digits, _ := strings.Cut(s, ":")
	digits, scalar := strings.CutSuffix(digits, "@")
	d, ok := dtype.Parse(name)
	data, err := hex.DecodeString(digits)
	if !ok || err != nil {
		t.Fatalf("bad array %q", s)
	}
	typ := core.Of(d, len(data)/d.Size())
	if scalar {
		typ = core.Of(d)
	}
	v := core.New(typ, nil)
	copy(core.Slice[byte](v.Buf), data)
	return v
}

// ulps returns how many units in the last place of type d lie between x and y.
func ulps(x, y float64, d DType) float64 {
	switch {
	case x == y || x != x && y != y:
		return 0
	case math.IsInf(x, 0) || math.IsInf(y, 0) || x != x || y != y:
		return math.Inf(1)
	}
	info := dtype.FInfo(d)
	scale := max(math.Abs(x), math.Abs(y), info.SmallestNormal)
	_, e := math.Frexp(scale)
	return math.Abs(x-y) / math.Ldexp(info.Eps, e-1)
}

// errors is by how many units in the last place XLA's values may lie off ours, which
// are right to one; of other operations none, but for those of complex numbers.
var errors = map[string]float64{
	"abs": 1, "acos": 1, "acosh": 1, "asin": 1, "asinh": 1, "atan": 2, "atan2": 1, "atanh": 1, "cbrt": 1, "cos": 1, "cosh": 15,
	"digamma": 30, "erf": 2, "erf_inv": 5, "erfc": 5, "exp": 1, "exp2": 16, "expm1": 3, "lgamma": 30, "log": 1, "log1p": 1,
	"logistic": 2, "polygamma": 30, "pow": 1, "rsqrt": 1, "sin": 1, "sinh": 15, "tan": 1, "tanh": 2,
}

// complexErrors is that of the magnitude of complex numbers, where it is not 4.
var complexErrors = map[string]float64{"sinh": 40, "cosh": 40, "pow": 100, "logistic": 9}

// TestElementwiseGoldens holds the definitions to JAX, and the back end to the
// definitions: where those are exact, to the bit.
func TestElementwiseGoldens(t *testing.T) {
	text, err := os.ReadFile("testdata/elementwise.txt")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	for n, line := range lines {
		left, want, ok := strings.Cut(line, " -> ")
		if !ok {
			continue
		}
		fields := strings.Fields(left)
		var in []*Value
		for _, f := range fields[1:] {
			if ref, ok := strings.CutPrefix(f, "="); ok {
				k, _ := strconv.Atoi(ref)
				f = lines[k]
			}
			in = append(in, parseArray(t, f))
		}
		op := opNamed(t, fields[0])
		types, err := op.Infer(core.Types(in))
		if err != nil {
			t.Errorf("line %d: %s: %v", n+1, fields[0], err)
			continue
		}
		got, w := op.Eval(in)[0], parseArray(t, want)
		if !got.Type().Equal(types[0]) || !got.Type().Equal(w.Type()) {
			t.Errorf("line %d: %s%v = %v, inferred %v, want %v", n+1, fields[0], core.Types(in), got.Type(), types[0], w.Type())
			continue
		}
		compareGolden(t, n+1, fields[0], in, got, w)
		run := core.Run(op, Device(), in)[0]
		run.Buf = run.Host(fields[0])
		compareGolden(t, n+1, fields[0], in, run, got)
	}
}

func compareGolden(t *testing.T, line int, name string, in []*Value, got, want *Value) {
	for i := range got.Size() {
		x, y := core.At(got, i), core.At(want, i)
		if close(name, x, y, got.DType) && (got.DType.IsInexact() || core.Int(got, i) == core.Int(want, i)) {
			continue
		}
		var args []string
		for _, v := range in {
			args = append(args, fmt.Sprint(core.At(v, i%v.Size())))
		}
		t.Errorf("line %d: %s of %v: (%s) = %v, want %v", line, name, in[0].DType, strings.Join(args, ", "), x, y)
	}
}

// close reports whether x may stand where JAX has y.
func close(name string, x, y complex128, d DType) bool {
	if fmt.Sprint(x) == fmt.Sprint(y) { // signs of zeros and NaN count
		return true
	}
	tiny := 2 * dtype.FInfo(d).SmallestNormal
	a, b := real(x), real(y)
	switch {
	case d.IsComplex():
		limit := 4.
		if n, ok := complexErrors[name]; ok {
			limit = n
		}
		return cmplx.Abs(x-y) <= limit*dtype.FInfo(d).Eps*cmplx.Abs(y)
	case b == 0 && a != 0:
		return math.Abs(a) < tiny // XLA flushes
	case a == 0 && b == 0:
		return false
	case name == "lgamma" || name == "digamma" || name == "polygamma": // lost near zeros
		return math.Abs(a-b) < errors[name]*dtype.FInfo(d).Eps*max(1, math.Abs(b))
	}
	return ulps(a, b, d) <= errors[name]
}
