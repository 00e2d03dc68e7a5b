package jnp_test

import (
	"bufio"
	"fmt"
	"math"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gojax/internal/dtype"
	"gojax/jax"
	"gojax/jnp"
)

// inputs are the arrays that golden cases are about; testdata/gen.py has the same ones.
type inputs struct {
	M, N, S, T, X, Y, Pos, Unit, Nan, Holes, I, J, K, B, Bb, D, H, Bf, C, E, I8, I16, I64, U8, U32, U64, Up, Z jax.Array
}

// An output is an array that JAX computed.
type output struct {
	dtype jax.DType
	shape jax.Shape
	vals  []string
}

func parseOutput(text string) output {
	f := strings.Fields(text)
	o := output{shape: jax.Shape{}, vals: f[2:]}
	o.dtype, _ = dtype.Parse(f[0])
	if f[1] != "-" {
		for _, d := range strings.Split(f[1], "x") {
			n, _ := strconv.Atoi(d)
			o.shape = append(o.shape, n)
		}
	}
	return o
}

// array returns the elements as an array.
func (o output) array() jax.Array {
	if o.dtype.IsComplex() {
		v := make([]complex128, len(o.vals)/2)
		for i := range v {
			v[i] = complex(parseFloat(o.vals[2*i]), parseFloat(o.vals[2*i+1]))
		}
		return jnp.Reshape(jnp.Array(v, o.dtype), o.shape)
	}
	v := make([]float64, len(o.vals))
	for i := range v {
		v[i] = parseFloat(o.vals[i])
	}
	return jnp.Reshape(jnp.Array(v, o.dtype), o.shape)
}

func parseFloat(s string) float64 {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		panic(err)
	}
	return f
}

// readGolden returns the inputs and what JAX gave for each expression.
func readGolden(t *testing.T) (in inputs, want map[string][]output) {
	file, err := os.Open("testdata/golden.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	want = map[string][]output{}
	expr := ""
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		line := lines.Text()
		if name, rest, ok := strings.Cut(line, " = "); ok && !strings.HasPrefix(line, "\t") && !strings.Contains(name, "(") {
			field := reflect.ValueOf(&in).Elem().FieldByName(strings.ToUpper(name[:1]) + name[1:])
			field.Set(reflect.ValueOf(parseOutput(rest).array()))
		} else if rest, ok := strings.CutPrefix(line, "\t"); ok {
			want[expr] = append(want[expr], parseOutput(rest))
		} else {
			expr = line
			want[expr] = nil
		}
	}
	return in, want
}

// cases collects what this package gives for expressions of JAX.
type cases struct {
	exprs []string
	first []int // of the results of each
	got   []jax.Array
	loose []float64
	slack float64
}

// is says that JAX gives got for expr.
func (c *cases) is(expr string, got ...jax.Array) {
	c.exprs, c.first = append(c.exprs, expr), append(c.first, len(c.got))
	c.got, c.loose = append(c.got, got...), append(c.loose, max(c.slack, 1))
}

// within allows errors that many times as large for the cases that follow.
func (c *cases) within(slack float64) { c.slack = slack }

// check compares the results, which may have been computed by another way than the
// cases say.
func (c *cases) check(t *testing.T, want map[string][]output, got []jax.Array) {
	t.Helper()
	for i, expr := range c.exprs {
		outs, ok := want[expr]
		if !ok {
			t.Errorf("%s: not in testdata/golden.txt: run gen.py", expr)
			continue
		}
		end := len(got)
		if i+1 < len(c.first) {
			end = c.first[i+1]
		}
		if n := end - c.first[i]; n != len(outs) {
			t.Errorf("%s: %d results, want %d", expr, n, len(outs))
			continue
		}
		for k, o := range outs {
			if msg := o.differs(got[c.first[i]+k], c.loose[i]); msg != "" {
				t.Errorf("%s: %s", expr, msg)
			}
		}
	}
}

// differs says how x is not what JAX gave, or nothing.
func (o output) differs(x jax.Array, slack float64) string {
	if x.DType() != o.dtype || !slices.Equal(x.Shape(), o.shape) {
		return fmt.Sprintf("type %v, want %v%v", x.Type(), o.dtype, o.shape)
	}
	tolerance := 0.0
	if o.dtype.IsInexact() {
		tolerance = 8 * slack * dtype.FInfo(o.dtype).Eps
	}
	got, want := parts(x), parts(o.array())
	scale := 0.0
	for _, w := range want {
		if !math.IsInf(w, 0) && !math.IsNaN(w) {
			scale = max(scale, math.Abs(w))
		}
	}
	for i, w := range want {
		g := got[i]
		same := g == w || math.IsNaN(g) && math.IsNaN(w)
		if near := math.Abs(g-w) <= tolerance*max(math.Abs(w), scale/4); !same && !near {
			return fmt.Sprintf("%v, want %v", x, o.array())
		}
	}
	return ""
}

// parts returns the elements of x as float64, of complex ones both parts.
func parts(x jax.Array) []float64 {
	if x.DType().IsComplex() {
		var out []float64
		for _, z := range jax.Values[complex128](x.Astype(jax.Complex128).Ravel()) {
			out = append(out, real(z), imag(z))
		}
		return out
	}
	return jax.Values[float64](x.Astype(jax.Float64).Ravel())
}

// families are the golden cases, by file. Those of values need to know the inputs.
var families = []struct {
	name   string
	add    func(v inputs, c *cases)
	values bool
}{
	{"elementwise", goldenElementwise, false},
	{"create", goldenCreate, false},
	{"reduce", goldenReduce, false},
	{"shape", goldenShape, false},
	{"index", goldenIndex, false},
	{"product", goldenProduct, false},
	{"grad", goldenGrad, false},
	{"edge", goldenEdge, false},
	{"values", goldenValues, true},
}

// TestGolden compares with JAX, eagerly, under Jit, and under Vmap.
func TestGolden(t *testing.T) {
	in, want := readGolden(t)
	for _, f := range families {
		var c cases
		t.Run(f.name, func(t *testing.T) {
			f.add(in, &c)
			c.check(t, want, c.got)
		})
		if f.values {
			continue
		}
		run := func(v inputs) []jax.Array {
			var c cases
			f.add(v, &c)
			return c.got
		}
		t.Run(f.name+"/jit", func(t *testing.T) { c.check(t, want, jax.Jit(run)(in)) })
		t.Run(f.name+"/vmap", func(t *testing.T) {
			c.check(t, want, second(jax.Vmap(run)(twice(in))))
		})
	}
}

// twice stacks each input with another array before it.
func twice(v inputs) inputs {
	fields := reflect.ValueOf(&v).Elem()
	for i := range fields.NumField() {
		x := fields.Field(i).Interface().(jax.Array)
		fields.Field(i).Set(reflect.ValueOf(jnp.Stack([]jax.Array{jnp.ZerosLike(x), x})))
	}
	return v
}

func second(xs []jax.Array) []jax.Array {
	out := make([]jax.Array, len(xs))
	for i, x := range xs {
		out[i] = jnp.Unstack(x)[1]
	}
	return out
}
