package ir_test

import (
	"math"
	"os"
	"strings"
	"testing"

	"gojax/internal/control"
	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/internal/ir"
	"gojax/lax"
)

type array = lax.Array

const f32, i32, c64 = dtype.Float32, dtype.Int32, dtype.Complex64

var (
	scalar = core.Of(f32)
	vec    = core.Of(f32, 3)
	mat    = core.Of(f32, 3, 4)
	ints   = core.Of(i32, 3)
	bools  = core.Of(dtype.Bool, 3)
	comps  = core.Of(c64, 3)
)

// fn makes a function of arrays one of values.
func fn(f func(x []array) []array) core.Fn {
	return func(x ...*core.Value) []*core.Value { return values(f(arrays(x))) }
}

func arrays(x []*core.Value) []array {
	a := make([]array, len(x))
	for i := range x {
		a[i] = lax.Of(x[i])
	}
	return a
}

func values(x []array) []*core.Value {
	v := make([]*core.Value, len(x))
	for i := range x {
		v[i] = x[i].Value()
	}
	return v
}

func stage(f func(x []array) []array, types ...core.Type) *ir.Func {
	p, _ := ir.Stage(core.Owner{What: "test"}, types, fn(f))
	return p
}

// jit calls f as one operation.
func jit(name string, f func(x []array) []array, x ...array) []array {
	return call(name, stage(f, core.Types(values(x))...), x...)
}

func call(name string, f *ir.Func, x ...array) []array {
	return arrays(control.Call(name, f, values(x)...))
}

func num(d dtype.Type, x float64) array { return lax.Number(d, x) }

func complexNum(x complex128) array {
	v := core.New(core.Of(c64), nil)
	v.SetLiteral()
	core.Put(v, 0, x)
	return lax.Of(v)
}

func one(f func(x array) array) func(x []array) []array {
	return func(x []array) []array { return []array{f(x[0])} }
}

// times applies f again and again.
func times(n int, f func(x array) array) func(x array) array {
	return func(x array) array {
		for range n {
			x = f(x)
		}
		return x
	}
}

func selu(x array) array {
	return lax.Mul(num(f32, float64(float32(1.05))),
		lax.Select(lax.Gt(x, num(f32, 0)), x, lax.Sub(lax.Mul(num(f32, 1.67), lax.Exp(x)), num(f32, 1.67))))
}

func twice(x array) array {
	f := stage(one(func(x array) array { return lax.Add(x, num(f32, 1)) }), vec)
	return call("<lambda>", f, call("<lambda>", f, x)[0])[0]
}

var rows = lax.GatherDimensionNumbers{OffsetDims: []int{1}, CollapsedSliceDims: []int{0}, StartIndexMap: []int{0}}

func pair(x []array) []array { return []array{lax.Mul(x[0], num(f32, 2)), lax.Neg(x[0])} }

var captured = lax.Of(core.New(vec, nil))

// cases has the programs of testdata/jaxprs.py.
var cases = map[string]struct {
	f     func(x []array) []array
	types []core.Type
}{
	"one":            {one(lax.Exp), []core.Type{vec}},
	"nothing":        {func(x []array) []array { return nil }, nil},
	"identity":       {func(x []array) []array { return x }, []core.Type{vec}},
	"no results":     {func(x []array) []array { return nil }, []core.Type{vec}},
	"repeated":       {func(x []array) []array { return []array{x[0], x[0]} }, []core.Type{vec}},
	"literal result": {func(x []array) []array { return []array{num(f32, 1), x[0]} }, []core.Type{vec}},
	"literals": {one(func(x array) array {
		return lax.Add(lax.Mul(x, num(f32, 0.1)), num(f32, 1e-5))
	}), []core.Type{vec}},
	"literals of all kinds": {func(x []array) (y []array) {
		for _, c := range []float64{1e20, math.Copysign(0, -1), math.Inf(1), math.Inf(-1), math.NaN(), 3.4e16, 123456.789} {
			y = append(y, lax.Add(x[0], num(f32, c)))
		}
		return append(y, lax.Add(x[1], num(i32, -7)), lax.BitwiseAnd(x[2], num(dtype.Bool, 1)))
	}, []core.Type{vec, ints, bools}},
	"complex literals": {func(x []array) (y []array) {
		for _, c := range []complex128{1i, -1 - 2i, complex(math.Copysign(0, -1), 2), 0.5, complex(math.NaN(), math.Inf(-1))} {
			y = append(y, lax.Mul(x[0], complexNum(c)))
		}
		return y
	}, []core.Type{comps}},
	"selu":     {one(selu), []core.Type{vec}},
	"captured": {one(func(x array) array { return lax.Mul(x, captured) }), []core.Type{vec}},
	"twelve":   {one(times(12, lax.Sin)), []core.Type{vec}},
	"names":    {one(times(60, lax.Neg)), []core.Type{scalar}},
	"many operands": {func(x []array) []array { return []array{lax.Concatenate(0, x...)} },
		core.Types(values(repeat(40, captured)))},
	"many results":     {func(x []array) []array { return repeat(25, x[0]) }, []core.Type{vec}},
	"reduce":           {one(func(x array) array { return lax.ReduceSum(x, []int{0}) }), []core.Type{mat}},
	"reduce all":       {one(func(x array) array { return lax.ReduceMax(x, []int{0, 1}) }), []core.Type{mat}},
	"broadcast":        {one(func(x array) array { return lax.BroadcastInDim(x, []int{2, 3}, []int{1}) }), []core.Type{vec}},
	"broadcast scalar": {one(func(x array) array { return lax.BroadcastInDim(x, []int{2, 3}, nil) }), []core.Type{scalar}},
	"reshape":          {one(func(x array) array { return lax.Reshape(x, []int{4, 3}) }), []core.Type{mat}},
	"transpose":        {one(func(x array) array { return lax.Transpose(x, []int{1, 0}) }), []core.Type{mat}},
	"squeeze":          {one(func(x array) array { return lax.Squeeze(x, []int{1}) }), []core.Type{core.Of(f32, 3, 1)}},
	"slice":            {one(func(x array) array { return lax.Slice(x, []int{0, 1}, []int{2, 3}, nil) }), []core.Type{mat}},
	"strided slice":    {one(func(x array) array { return lax.Slice(x, []int{0, 1}, []int{2, 4}, []int{1, 2}) }), []core.Type{mat}},
	"concatenate":      {one(func(x array) array { return lax.Concatenate(1, x, x) }), []core.Type{mat}},
	"pad": {one(func(x array) array {
		return lax.Pad(x, num(f32, 0), []lax.Padding{{1, -1, 0}, {0, 0, 2}})
	}), []core.Type{mat}},
	"rev":         {one(func(x array) array { return lax.Rev(x, []int{0, 1}) }), []core.Type{mat}},
	"iota":        {func(x []array) []array { return []array{lax.BroadcastedIota(i32, []int{3, 4}, 1)} }, nil},
	"convert":     {one(func(x array) array { return lax.Convert(x, i32) }), []core.Type{mat}},
	"bitcast":     {one(func(x array) array { return lax.BitcastConvertType(x, i32) }), []core.Type{mat}},
	"compare":     {func(x []array) []array { return []array{lax.SelectN(lax.Lt(x[0], x[1]), x...)} }, []core.Type{mat, mat}},
	"clamp":       {one(func(x array) array { return lax.Clamp(num(f32, 0), x, num(f32, 1)) }), []core.Type{mat}},
	"round":       {one(func(x array) array { return lax.Round(x, lax.ToNearestEven) }), []core.Type{mat}},
	"integer_pow": {one(func(x array) array { return lax.IntegerPow(x, -3) }), []core.Type{mat}},
	"cumsum":      {one(func(x array) array { return lax.CumSum(x, 1, true) }), []core.Type{mat}},
	"argmax":      {one(func(x array) array { return lax.ArgMax(x, 1, i32) }), []core.Type{mat}},
	"barrier":     {func(x []array) []array { return lax.OptimizationBarrier(x...) }, []core.Type{mat, vec}},
	"complex":     {func(x []array) []array { return []array{lax.Conj(lax.Complex(x[0], x[1]))} }, []core.Type{vec, vec}},
	"dot": {func(x []array) []array {
		return []array{lax.DotGeneral(x[0], x[1], [2][]int{{1}, {0}}, [2][]int{}, f32)}
	}, []core.Type{mat, core.Of(f32, 4, 2)}},
	"batched dot": {func(x []array) []array {
		return []array{lax.DotGeneral(x[0], x[1], [2][]int{{2}, {1}}, [2][]int{{0}, {0}}, f32)}
	}, []core.Type{core.Of(f32, 5, 2, 3), core.Of(f32, 5, 3, 4)}},
	"sort": {func(x []array) []array { return lax.SortMulti(x, 1, 2) }, []core.Type{mat, mat}},
	"top_k": {one(func(x array) array {
		y, _ := lax.TopK(x, 2)
		return y
	}), []core.Type{mat}},
	"dynamic_slice": {func(x []array) []array {
		return []array{lax.DynamicSlice(x[0], x[1:], []int{2})}
	}, []core.Type{vec, core.Of(i32)}},
	"dynamic_update_slice": {func(x []array) []array {
		return []array{lax.DynamicUpdateSlice(x[0], x[1], x[2:])}
	}, []core.Type{vec, vec, core.Of(i32)}},
	"gather": {func(x []array) []array {
		return []array{lax.Gather(x[0], x[1], rows, []int{1, 4}, lax.Clip)}
	}, []core.Type{mat, core.Of(i32, 2, 1)}},
	"filling gather": {func(x []array) []array {
		return []array{lax.Gather(x[0], x[1], rows, []int{1, 4}, lax.FillOrDrop)}
	}, []core.Type{mat, core.Of(i32, 2, 1)}},
	"scatter": {func(x []array) []array {
		return []array{lax.ScatterAdd(x[0], x[1], x[2], lax.ScatterDimensionNumbers{UpdateWindowDims: []int{1},
			InsertedWindowDims: []int{0}, ScatterDimsToOperandDims: []int{0}}, lax.FillOrDrop)}
	}, []core.Type{mat, core.Of(i32, 2, 1), core.Of(f32, 2, 4)}},
	"clz":        {one(lax.Clz), []core.Type{ints}},
	"psum":       {one(func(x array) array { return lax.PSum(x, "i") }), []core.Type{vec}},
	"axis_index": {func([]array) []array { return []array{lax.AxisIndex("i")} }, nil},
	"jit": {func(x []array) []array {
		return jit("<lambda>", one(func(y array) array { return lax.Mul(lax.Sin(y), num(f32, 2)) }), x...)
	}, []core.Type{vec}},
	"donating jit": {func(x []array) []array {
		f := stage(func(x []array) []array { return []array{lax.Add(x[0], x[1])} }, vec, vec)
		return arrays(core.Bind(control.NewCall("<lambda>", core.Owner{}, f, core.Mask{false, true}), values(x)...))
	}, []core.Type{vec, vec}},
	"short jit": {func(x []array) []array { return jit("<lambda>", one(lax.Sin), x...) }, []core.Type{vec}},
	"jit of two": {func(x []array) []array {
		return jit("<lambda>", func(x []array) []array { return []array{lax.Add(x[0], x[1]), x[0]} }, x[1], x[0])
	}, []core.Type{vec, vec}},
	"nested jit": {func(x []array) []array {
		return jit("<lambda>", one(func(y array) array {
			return lax.Neg(jit("<lambda>", one(times(2, lax.Sin)), lax.Exp(y))[0])
		}), x...)
	}, []core.Type{vec}},
	"long jit":   {func(x []array) []array { return jit("twelve", one(times(12, lax.Sin)), x...) }, []core.Type{vec}},
	"jit twice":  {one(twice), []core.Type{vec}},
	"jit thrice": {func(x []array) []array { return jit("twice", one(twice), lax.Neg(twice(x[0]))) }, []core.Type{vec}},
	"jit of pairs": {func(x []array) []array {
		y := jit("pair", pair, x...)
		return []array{lax.Add(y[0], y[1])}
	}, []core.Type{vec}},
}

func repeat(n int, x array) []array {
	all := make([]array, n)
	for i := range all {
		all[i] = x
	}
	return all
}

// goldens reads the texts that JAX printed, by name.
func goldens(t *testing.T) map[string]string {
	data, err := os.ReadFile("testdata/jaxprs.txt")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, part := range strings.Split("\n"+string(data), "\n-- ")[1:] {
		name, text, _ := strings.Cut(part, " --\n")
		all[name] = strings.TrimSuffix(text, "\n")
	}
	return all
}

// resolver knows all operations.
func resolver() ir.Resolver {
	r := ir.Resolve(lax.Ops()...)
	for _, e := range stage(cases["jit"].f, vec).Eqns {
		r[e.Op.String()] = e.Op
	}
	return r
}

// Programs print as in JAX.
func TestGolden(t *testing.T) {
	for name, want := range goldens(t) {
		c, ok := cases[name]
		if !ok {
			t.Errorf("%s: no program here", name)
			continue
		}
		if got := stage(c.f, c.types...).String(); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, want)
		}
	}
}

// JAX's text parses and prints again, and so does the text with other white space.
func TestGoldenParses(t *testing.T) {
	ops := resolver()
	for name, text := range goldens(t) {
		for _, text := range []string{text, strings.Join(strings.Fields(text), " ")} {
			f, err := ir.Parse(text, ops)
			if err != nil {
				t.Errorf("%s: %v\n%s", name, err, text)
				continue
			}
			if again := f.String(); strings.Join(strings.Fields(again), " ") != strings.Join(strings.Fields(text), " ") {
				t.Errorf("%s:\n%s\nafter parsing and printing\n%s", name, text, again)
			}
		}
	}
}
