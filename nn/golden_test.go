package nn_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strconv"
	"testing"

	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/jax"
	"gojax/lax"
	"gojax/nn"
)

// golden is a row of testdata/golden.json: y = f(x), and the cotangent g of x that the
// pullback of f makes of ct.
type golden struct {
	Name, DType, Result string
	Shape, To           []int
	X, Y, Ct, G         []string
}

var mask = lax.Operand("test", [][]bool{
	{true, true, false, true}, {false, true, true, true}, {true, false, false, true}, {true, true, true, false}})

var weights = [][]float32{{1, 2, 0.5, 0}, {1, -1, 1, 1}, {1, 1, 1, 1}, {0.1, 0.2, 0.3, 0.4}}

// weighted has the weights in the element type of x.
func weighted(x jax.Array) nn.Option {
	return nn.Weights(lax.Convert(lax.Operand("test", weights), x.DType()))
}

func sign(x jax.Array) jax.Array {
	_, s := nn.LogsumexpSign(x, nn.Axis(-1), weighted(x))
	return s
}

// with fixes the options of f.
func with(f func(jax.Array, ...nn.Option) jax.Array, options ...nn.Option) func(jax.Array) jax.Array {
	return func(x jax.Array) jax.Array { return f(x, options...) }
}

// A function may be off by 8 units in the last place or, as terms cancel, by slack units
// in the last place of 1.
type function struct {
	slack float64
	f     func(jax.Array) jax.Array
}

var functions = map[string]function{
	"Relu": {0, nn.Relu}, "Relu6": {0, nn.Relu6}, "LeakyRelu": {0, nn.LeakyRelu},
	"LeakyReluWith": {0, func(x jax.Array) jax.Array { return nn.LeakyReluWith(x, 0.25) }},
	// The derivative is expm1(x) + 1.
	"Elu":     {0.5, nn.Elu},
	"EluWith": {0.5, func(x jax.Array) jax.Array { return nn.EluWith(x, 0.5) }},
	"Selu":    {0.5, nn.Selu}, "Celu": {0.5, nn.Celu},
	"CeluWith": {0.5, func(x jax.Array) jax.Array { return nn.CeluWith(x, 2) }},
	"HardTanh": {0, nn.HardTanh}, "HardSigmoid": {0, nn.HardSigmoid}, "HardSilu": {0, nn.HardSilu},
	"SparsePlus": {0, nn.SparsePlus}, "SparseSigmoid": {0, nn.SparseSigmoid},
	"Sigmoid": {0.5, nn.Sigmoid}, "LogSigmoid": {0, nn.LogSigmoid}, "Softplus": {0, nn.Softplus},
	"SoftSign": {0.1, nn.SoftSign}, "Tanh": {4, nn.Tanh}, "Mish": {1, nn.Mish},
	// Far from 0, its derivative has x times what 1 - σ(x) lost.
	"Silu": {4, nn.Silu},
	"Gelu": {16, nn.Gelu}, "GeluExact": {1e-06, nn.GeluExact}, "Squareplus": {0.5, nn.Squareplus},
	"SquareplusWith": {0.5, func(x jax.Array) jax.Array { return nn.SquareplusWith(x, 0.5) }},
	"Log1mexp":       {0, nn.Log1mexp},

	"Softmax": {1, nn.Softmax}, "Softmax 0": {1, with(nn.SoftmaxWith, nn.Axis(0))},
	"Softmax all":   {1, with(nn.SoftmaxWith, nn.Axis())},
	"Softmax where": {1, with(nn.SoftmaxWith, nn.Where(mask))},
	"LogSoftmax":    {0, nn.LogSoftmax}, "LogSoftmax 0": {0, with(nn.LogSoftmaxWith, nn.Axis(0))},
	"LogSoftmax where": {0, with(nn.LogSoftmaxWith, nn.Where(mask))},
	"Logsumexp":        {0, nn.Logsumexp}, "Logsumexp -1": {0, with(nn.LogsumexpWith, nn.Axis(-1))},
	"Logsumexp 0 keep": {0, with(nn.LogsumexpWith, nn.Axis(0), nn.KeepDims())},
	"Logsumexp where":  {0, with(nn.LogsumexpWith, nn.Axis(-1), nn.Where(mask))},
	"Logsumexp weights": {0, func(x jax.Array) jax.Array {
		return nn.LogsumexpWith(x, nn.Axis(-1), weighted(x))
	}},
	"LogsumexpSign": {0, func(x jax.Array) jax.Array {
		y, _ := nn.LogsumexpSign(x, nn.Axis(-1), weighted(x))
		return y
	}},
	"Sign":       {0, sign},
	"Logmeanexp": {0, nn.Logmeanexp}, "Logmeanexp where": {0, with(nn.LogmeanexpWith, nn.Axis(1), nn.Where(mask))},
	"Logmeanexp keep": {0, with(nn.LogmeanexpWith, nn.Axis(1), nn.KeepDims())},
	"Glu":             {0.5, nn.Glu}, "Glu 0": {0, func(x jax.Array) jax.Array { return nn.GluAxis(x, 0) }},
	"Standardize":        {2, nn.Standardize},
	"Standardize 0":      {0, with(nn.StandardizeWith, nn.Axis(0), nn.Epsilon(0.1))},
	"Standardize stable": {2, with(nn.StandardizeWith, nn.Stable())},
	"Standardize where":  {0, with(nn.StandardizeWith, nn.Where(mask))},
	"Standardize given":  {0, with(nn.StandardizeWith, nn.Mean(0.5), nn.Variance([][]float32{{2}}))},
}

func TestGolden(t *testing.T) {
	data, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var rows []golden
	if err := json.Unmarshal(data, &rows); err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		f, ok := functions[r.Name]
		if !ok {
			t.Errorf("%s: no function for this row", r.Name)
			continue
		}
		t.Run(fmt.Sprint(r.Name, " ", r.DType, r.Shape), func(t *testing.T) {
			x := array(r.DType, r.Shape, r.X)
			ct := array(r.Result, r.To, r.Ct)
			both := func(x jax.Array) (y, g jax.Array) {
				y, pull := jax.Vjp(f.f, x)
				return y, pull(ct)
			}
			check := func(how string, y, g jax.Array) {
				compare(t, how+" value", f, r.X, y, array(r.Result, r.To, r.Y))
				compare(t, how+" derivative", f, r.X, g, array(r.DType, r.Shape, r.G))
			}
			check("eager", f.f(x), second(both(x)))
			y, g := jax.Jit(both)(x)
			check("jit", y, g)
			rows := lax.Concatenate(0, lax.ExpandDims(x, []int{0}), lax.ExpandDims(x, []int{0}))
			y, g = jax.Vmap(both)(rows)
			check("vmap", row(y, 1), row(g, 1))
		})
	}
}

func second(_, g jax.Array) jax.Array { return g }

// row returns x[i].
func row(x jax.Array, i int) jax.Array {
	return lax.Squeeze(lax.SliceInDim(x, i, i+1, 1, 0), []int{0})
}

func array(t string, shape []int, text []string) jax.Array {
	d, _ := dtype.Parse(t)
	v := core.New(core.Of(d, shape...), nil)
	for i, s := range text {
		core.Put(v, i, complex(number(s), 0))
	}
	return lax.Of(v)
}

func number(s string) float64 {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		panic(err)
	}
	return f
}

func compare(t *testing.T, what string, f function, x []string, got, want jax.Array) {
	t.Helper()
	if !got.Type().Equal(want.Type()) {
		t.Fatalf("%s has type %v, want %v", what, got.Type(), want.Type())
	}
	info := dtype.FInfo(got.DType())
	eps := info.Eps
	for i := range want.Size() {
		a, b := real(core.At(got.Value().Concrete("test"), i)), real(core.At(want.Value(), i))
		switch off := math.Abs(a - b); {
		case a == b || a != a && b != b:
		case off <= 8*eps*math.Abs(b):
		case off <= f.slack*eps:
		case off <= 128*info.SmallestNormal: // XLA takes subnormal numbers for 0
		default:
			at := ""
			if len(x) == want.Size() {
				at = " at " + x[i]
			}
			t.Errorf("%s %d%s is %v, want %v (%.3g eps)", what, i, at, a, b, off/eps)
		}
	}
}
