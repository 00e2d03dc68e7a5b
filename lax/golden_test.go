package lax_test

import (
	"bufio"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"gojax/internal/ad"
	"gojax/internal/batch"
	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/internal/rule"
	"gojax/lax"
)

var (
	inf, nan  = math.Inf(1), math.NaN()
	negZero   = math.Copysign(0, -1)
	ties      = vector(1., 1, 1, 1, 1, 2, 2)
	zeros     = vector(0., 2, 0, 3, 0)
	ends      = vector(-inf, -inf, 1, inf, inf)
	holes     = vector(2., nan, 3, -1)
	signs     = vector(3, nan, negZero, 0, -inf, inf, 0, negZero)
	named     = map[string]array{"ties": ties, "zeros": zeros, "ends": ends, "holes": holes, "signs": signs}
	complexes = vector(1+2i, complex(nan, 0), 1+1i, complex(0, nan), 5i, 0)
)

// vector returns the array of the given elements.
func vector[T core.Element](x ...T) array {
	t := dtype.Float64
	switch any(x).(type) {
	case []bool:
		t = dtype.Bool
	case []int8:
		t = dtype.Int8
	case []int32:
		t = dtype.Int32
	case []int64:
		t = dtype.Int64
	case []uint64:
		t = dtype.Uint64
	case []complex128:
		t = dtype.Complex128
	}
	return lax.Of(core.From(core.Of(t, len(x)), x))
}

// jacobian returns the derivatives of f at the vector x; the last axis is x's.
func jacobian(f func(x array) array, x array) array {
	n := x.Len()
	columns := make([]array, n)
	for i := range n {
		t := core.New(x.Type(), nil)
		core.Put(t, i, 1)
		_, ty := ad.JVP(owner, fn(one(f)), []*value{x.Value()}, []*value{t})
		y := lax.Of(lax.Dense(ty[0], core.Of(dtype.Float64)))
		columns[i] = lax.ExpandDims(y, []int{y.Rank()})
	}
	return lax.Concatenate(columns[0].Rank()-1, columns...)
}

// grad returns the derivative of the scalar function f at x.
func grad(f func(x array) array, x array) array {
	y, linear := ad.Linearize(owner, fn(one(f)), []*value{x.Value()}, core.Mask{true}, core.Mask{true})
	ct := lax.Full(y[0].Shape, 1, y[0].DType)
	return lax.Of(lax.Dense(linear.Pull([]*value{ct.Value()})[0], x.Type()))
}

// rows maps f over the numbers 0, 1 and 2.
func rows(f func(x array) array, x array) array {
	a := rule.Axis{Name: "i", Size: x.Len()}
	y, stacked := batch.Vmap(owner, a, fn(one(f)), []*value{x.Value()}, core.Mask{true})
	return lax.Of(lax.Stack(a, y[0], stacked[0]))
}

func scanCases(add func(key string, x array)) {
	scans := map[string]func(x array, axis int, reverse bool) array{"cumsum": lax.CumSum, "cumprod": lax.CumProd,
		"cummax": lax.CumMax, "cummin": lax.CumMin, "cumlogsumexp": lax.CumLogSumExp}
	for op, f := range scans {
		for _, name := range []string{"ties", "zeros", "ends", "holes"} {
			for _, reverse := range []bool{false, true} {
				key := fmt.Sprintf("%s %s %v", op, name, reverse)
				f := func(x array) array { return f(x, 0, reverse) }
				add(key, f(named[name]))
				if name != "holes" {
					add("jac "+key, jacobian(f, named[name]))
				}
			}
		}
	}
	add("cumsum i8", lax.CumSum(vector[int8](100, 100, 3), 0, false))
	add("cumprod i8", lax.CumProd(vector[int8](100, 100, 3), 0, false))
	add("cumlogsumexp c128", lax.CumLogSumExp(vector(2+3i, 1-3i, 3+2i), 0, false))
	add("cummax c128", lax.CumMax(vector(2+3i, 1-3i, 3+2i, 3+1i), 0, false))
	add("cummax u64", lax.CumMax(vector[uint64](1<<63, 5, 1<<64-1), 0, false))
}

func reduceCases(add func(key string, x array)) {
	along := func(f func(x array, axes []int) array) func(x array) array {
		return func(x array) array { return f(x, []int{0}) }
	}
	for op, f := range map[string]func(x array, axes []int) array{"reduce_sum": lax.ReduceSum, "reduce_prod": lax.ReduceProd,
		"reduce_max": lax.ReduceMax, "reduce_min": lax.ReduceMin} {
		for _, name := range []string{"ties", "zeros", "ends", "holes"} {
			add(op+" "+name, along(f)(named[name]))
			add("grad "+op+" "+name, jacobian(along(f), named[name]))
		}
		for _, t := range []lax.DType{dtype.Float16, dtype.Int8, dtype.Uint64, dtype.Complex64} {
			add(op+" nothing "+t.Name(), along(f)(lax.Full([]int{0, 2}, 0, t)))
		}
	}
	bools := lax.Reshape(vector(true, false, false, false), []int{2, 2})
	add("reduce_max bool", along(lax.ReduceMax)(bools))
	add("reduce_min bool", along(lax.ReduceMin)(bools))
	add("reduce_max c128", along(lax.ReduceMax)(vector(1+2i, 1+3i, 0)))
	add("reduce_min u64", along(lax.ReduceMin)(vector[uint64](1<<63, 1<<64-1)))
	add("reduce_max i64", along(lax.ReduceMax)(vector[int64](1<<62+1, 1<<62)))
	add("reduce_sum i8", along(lax.ReduceSum)(vector[int8](100, 100)))
	for op, f := range map[string]func(x array, axes []int) array{"reduce_and": lax.ReduceAnd, "reduce_or": lax.ReduceOr,
		"reduce_xor": lax.ReduceXor} {
		add(op+" i32", along(f)(vector[int32](6, 3)))
		add(op+" bool", along(f)(lax.Reshape(vector(true, false, true, true, false, false), []int{2, 3})))
		add(op+" nothing u8", along(f)(lax.Full([]int{0}, 0, dtype.Uint8)))
		add(op+" nothing bool", along(f)(lax.Full([]int{0}, false, dtype.Bool)))
	}
	for op, f := range map[string]func(x array, axis int, t lax.DType) array{"argmax": lax.ArgMax, "argmin": lax.ArgMin} {
		for name, x := range named {
			add(op+" "+name, f(x, 0, dtype.Int32))
		}
		add(op+" bool", f(vector(false, true, true), 0, dtype.Int32))
		add(op+" u64", f(vector[uint64](5, 1<<63, 3), 0, dtype.Int32))
	}
	add("argmax narrow", lax.ArgMax(lax.Iota(dtype.Int64, 300), 0, dtype.Uint8))
	add("iota u8", lax.SliceInDim(lax.Iota(dtype.Uint8, 300), 297, 300, 1, 0))
	add("iota bfloat16", lax.SliceInDim(lax.Iota(dtype.BFloat16, 300), 297, 300, 1, 0))
}

func axisCases(add func(key string, x array)) {
	x := vector(0., 1, 2)
	two := lax.Number(dtype.Float64, 2)
	add("psum", rows(func(x array) array { return lax.PSum(x.Mul(x), "i") }, x))
	add("psum of constant", rows(func(x array) array { return lax.PSum(two, "i").Add(x) }, x))
	add("grad psum", rows(func(x array) array {
		return grad(func(x array) array { return lax.PSum(x.Mul(x), "i") }, x)
	}, x))
	add("grad psum of constant", rows(func(x array) array {
		return grad(func(c array) array { return lax.PSum(c, "i") }, two).Add(x)
	}, x))
	add("grad psum of product", rows(func(x array) array {
		return grad(func(c array) array { return lax.PSum(c.Mul(x), "i") }, two)
	}, x))
	add("grad of rows", grad(func(x array) array {
		return lax.ReduceSum(rows(func(x array) array { return lax.PSum(x.Mul(x), "i").Mul(x) }, x), []int{0})
	}, x))
	add("grad pmean", rows(func(x array) array {
		return grad(func(x array) array { return lax.PMean(x.Mul(x), "i") }, x)
	}, x))
	add("axis_index", rows(func(x array) array { return lax.AxisIndex("i") }, x))
	add("pmax", rows(func(x array) array { return lax.PMax(x, "i") }, x))
	add("pmin", rows(func(x array) array { return lax.PMin(x, "i") }, x))
}

// TestGolden compares with testdata/structure.txt.
func TestGolden(t *testing.T) {
	want := readGolden(t, "testdata/structure.txt")
	add := func(key string, x array) {
		w, ok := want[key]
		if !ok {
			t.Errorf("%s: there is no golden", key)
			return
		}
		delete(want, key)
		near(t, key, x.Value(), w, 1e-13)
		for i := range w.Size() {
			if p, q := real(core.At(x.Value(), i)), real(core.At(w, i)); p == 0 && math.Signbit(p) != math.Signbit(q) &&
				!strings.HasPrefix(key, "jac") && !strings.HasPrefix(key, "grad") {
				t.Errorf("%s: element %d is %v, want %v", key, i, p, q)
			}
		}
	}
	scanCases(add)
	reduceCases(add)
	axisCases(add)
	placeCases(add)
	for key := range want {
		t.Errorf("%s: not compared", key)
	}
}

func readGolden(t *testing.T, name string) map[string]*value {
	t.Helper()
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	all := map[string]*value{}
	for lines := bufio.NewScanner(file); lines.Scan(); {
		key, rest, _ := strings.Cut(lines.Text(), ": ")
		words := strings.Fields(rest)
		d, _ := dtype.Parse(words[0])
		shape := []int{}
		for _, s := range strings.FieldsFunc(words[1], func(r rune) bool { return strings.ContainsRune("[],", r) }) {
			n, _ := strconv.Atoi(s)
			shape = append(shape, n)
		}
		v := core.New(core.Of(d, shape...), nil)
		for i, s := range words[2:] {
			if err := parseElement(v, i, s); err != nil {
				t.Fatalf("%s: %v", key, err)
			}
		}
		all[key] = v
	}
	return all
}

func parseElement(v *value, i int, s string) error {
	switch {
	case v.DType == dtype.Bool:
		b, err := strconv.ParseBool(s)
		core.Slice[bool](v.Buf)[i] = b
		return err
	case v.DType == dtype.Uint64:
		n, err := strconv.ParseUint(s, 10, 64)
		core.PutInt(v, i, int64(n))
		return err
	case v.DType.IsInt():
		n, err := strconv.ParseInt(s, 10, 64)
		core.PutInt(v, i, n)
		return err
	}
	first, second, _ := strings.Cut(s, ",")
	re, err := strconv.ParseFloat(first, 64)
	if err != nil {
		return err
	}
	im := 0.
	if second != "" {
		im, err = strconv.ParseFloat(second, 64)
	}
	core.Put(v, i, complex(re, im))
	return err
}
