package initializers_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/jax"
	"gojax/lax"
	"gojax/nn/initializers"
	"gojax/random"
)

var key = random.PRNGKey(7)

// calls returns the calls that the rows of testdata/golden.json tell the results of.
func calls() map[string]lax.Array {
	shape := lax.Shape{3, 4}
	c := map[string]lax.Array{
		"zeros":                 initializers.Zeros(key, shape),
		"ones":                  initializers.Ones(key, shape, dtype.Float64),
		"constant":              initializers.Constant(-7)(key, shape),
		"constant array":        initializers.Constant([]float32{1, 2, 3, 4})(key, shape, dtype.Float16),
		"uniform":               initializers.Uniform(10)(key, shape),
		"truncated_normal":      initializers.TruncatedNormal(5, -2, 2)(key, shape),
		"truncated_normal wide": initializers.TruncatedNormal(0.1, -1, 3)(key, shape),
		"glorot_uniform":        initializers.GlorotUniform()(key, shape),
		"glorot_normal":         initializers.GlorotNormal()(key, shape),
		"lecun_uniform":         initializers.LecunUniform()(key, shape),
		"lecun_normal":          initializers.LecunNormal()(key, shape),
		"window":                initializers.HeUniform()(key, lax.Shape{3, 3, 2, 4}),
		"axes": initializers.LecunNormal(initializers.InAxis(0, 1), initializers.OutAxis(2),
			initializers.BatchAxis(3))(key, lax.Shape{2, 3, 4, 2}),
		"geometric": initializers.VarianceScaling(2, initializers.FanGeoAvg, initializers.UniformDistribution,
			initializers.InAxis(0), initializers.OutAxis(1))(key, lax.Shape{2, 3, 5}),
	}
	for _, t := range []lax.DType{dtype.Float32, dtype.Float64, dtype.Float16, dtype.BFloat16, dtype.Complex64, dtype.Complex128} {
		c[fmt.Sprint("normal ", t)] = initializers.Normal(0.5)(key, shape, t)
		c[fmt.Sprint("he_normal ", t)] = initializers.HeNormal()(key, shape, t)
		c[fmt.Sprint("he_uniform ", t)] = initializers.HeUniform()(key, shape, t)
		scaled := initializers.VarianceScaling(0.7, initializers.FanOut, initializers.NormalDistribution)
		c[fmt.Sprint("scaling normal ", t)] = scaled(key, shape, t)
	}
	return c
}

func TestGolden(t *testing.T) {
	data, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var rows map[string]struct {
		Shape  []int
		Values []string
	}
	if err := json.Unmarshal(data, &rows); err != nil {
		t.Fatal(err)
	}
	calls := calls()
	if len(calls) != len(rows) {
		t.Errorf("there are %d calls and %d rows", len(calls), len(rows))
	}
	for name, want := range rows {
		x := calls[name]
		if x.IsAbsent() || !slices.Equal(x.Shape(), want.Shape) {
			t.Errorf("%s is %v, want shape %v", name, x, want.Shape)
			continue
		}
		eps := dtype.FInfo(x.DType()).Eps
		if x.DType().Real() == dtype.Float64 {
			eps *= 8 // XLA's log1p is off by so much
		}
		for i, got := range numbers(x) {
			w, _ := strconv.ParseFloat(want.Values[i], 64)
			if math.Abs(got-w) > 4*eps*(math.Abs(w)+0.1) {
				t.Errorf("%s: element %d is %v, want %v", name, i, got, w)
			}
		}
	}
}

// numbers lists the elements of x, of complex ones both parts.
func numbers(x lax.Array) []float64 {
	v := core.New(x.Type(), nil)
	copy(core.Slice[byte](v.Buf), core.Slice[byte](x.Value().Host("test")))
	var n []float64
	for i := range v.Size() {
		c := core.At(v, i)
		if n = append(n, real(c)); v.DType.IsComplex() {
			n = append(n, imag(c))
		}
	}
	return n
}

func TestErrors(t *testing.T) {
	for _, c := range []struct {
		f    func()
		want string
	}{
		{func() { initializers.HeNormal()(key, lax.Shape{3}) },
			"HeNormal: the shape is [3], want one with axis -2: say with InAxis and OutAxis what its axes are"},
		{func() { initializers.Zeros(key, lax.Shape{-1}) }, "Zeros: the shape is [-1], want no negative size"},
		{func() { initializers.Ones(key, nil, dtype.Int8, dtype.Int8) }, "Ones: got 2 element types, want at most one"},
		{func() { initializers.LecunNormal()(key, lax.Shape{1, 1}, dtype.Int32) },
			"LecunNormal: the element type is i32, want a floating or complex type"},
		{func() { initializers.VarianceScaling(1, 9, 0)(key, lax.Shape{1, 1}) },
			"VarianceScaling: the mode is 9, want FanIn, FanOut, FanAvg or FanGeoAvg"},
	} {
		err := jax.Try(c.f)
		if err == nil || !strings.HasPrefix(err.Error(), "initializers_test.go:") || !strings.HasSuffix(err.Error(), ": "+c.want) {
			t.Errorf("error is %v, want initializers_test.go:…: %s", err, c.want)
		}
	}
}

func ExampleHeNormal() {
	dense := initializers.HeNormal()
	fmt.Printf("%.4f\n", dense(random.PRNGKey(42), jax.Shape{2, 3}))
	// Output:
	// [[-0.0307  0.5052  0.3205]
	//  [ 0.1666 -0.1346  0.2352]]
}
