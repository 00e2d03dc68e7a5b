package optest

import (
	"math/rand/v2"
	"testing"

	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/jax"
	"gojax/lax"
)

// rowsOfOperand are the dimension numbers of taking or updating rows of a matrix, or
// elements of a vector, at indices in one column.
func rowsOfOperand(rank int) (lax.GatherDimensionNumbers, lax.ScatterDimensionNumbers) {
	window := []int{}
	for a := 1; a < rank; a++ {
		window = append(window, a)
	}
	return lax.GatherDimensionNumbers{OffsetDims: window, CollapsedSliceDims: []int{0}, StartIndexMap: []int{0}},
		lax.ScatterDimensionNumbers{UpdateWindowDims: window, InsertedWindowDims: []int{0}, ScatterDimsToOperandDims: []int{0}}
}

// large are functions of arrays so large that the back end divides the work.
var large = []struct {
	name string
	in   []Operand
	f    func(x ...array) array
}{
	{"exp", big(dtype.Float32, []int{90000}), func(x ...array) array { return lax.Exp(x[0]) }},
	{"select", big(dtype.Float32, []int{300, 301}), func(x ...array) array { return lax.Select(lax.Gt(x[0], x[0].Mul(x[0])), x[0], x[0].Sin()) }},
	{"sum of all", big(dtype.Float32, []int{300, 301}), func(x ...array) array { return lax.ReduceSum(x[0], []int{0, 1}) }},
	{"sum of rows", big(dtype.Float32, []int{300, 301}), func(x ...array) array { return lax.ReduceSum(x[0], []int{1}) }},
	{"sum of columns", big(dtype.Float32, []int{300, 301}), func(x ...array) array { return lax.ReduceSum(x[0], []int{0}) }},
	{"max of columns", big(dtype.Float64, []int{301, 300}), func(x ...array) array { return lax.ReduceMax(x[0], []int{0}) }},
	{"product", big(dtype.Float32, []int{131, 97}, []int{97, 143}), func(x ...array) array { return lax.Dot(x[0], x[1]) }},
	{"matrix and vector", big(dtype.Float64, []int{500, 400}, []int{400}), func(x ...array) array { return lax.Dot(x[0], x[1]) }},
	{"cumsum", big(dtype.Float32, []int{90000}), func(x ...array) array { return lax.CumSum(x[0], 0, false) }},
	{"cumsum of columns", big(dtype.Float32, []int{300, 301}), func(x ...array) array { return lax.CumSum(x[0], 0, true) }},
	{"cummax", big(dtype.Int32, []int{90000}), func(x ...array) array { return lax.CumMax(x[0], 0, true) }},
	{"argmax", big(dtype.Float32, []int{40, 2000}), func(x ...array) array { return lax.ArgMax(x[0], 1, dtype.Int32) }},
	{"sort", big(dtype.Float32, []int{60000}), func(x ...array) array { return lax.Sort(x[0], 0) }},
	{"sort of columns", big(dtype.Int32, []int{200, 200}), func(x ...array) array { return lax.Sort(x[0], 0) }},
	{"top_k", big(dtype.Float32, []int{30, 2000}), func(x ...array) array { y, _ := lax.TopK(x[0], 9); return y }},
	{"transpose", big(dtype.Float32, []int{40, 50, 45}), func(x ...array) array { return lax.Transpose(x[0], []int{2, 0, 1}) }},
	{"concatenate", big(dtype.Float32, []int{200, 150}, []int{200, 250}), func(x ...array) array { return lax.Concatenate(1, x...) }},
	{"pad", big(dtype.Float32, []int{200, 150}), func(x ...array) array {
		return lax.Pad(x[0], lax.Number(dtype.Float32, 2), []lax.Padding{{3, -2, 1}, {0, 5, 0}})
	}},
	{"gather", append(big(dtype.Float32, []int{500, 60}), index(2000, 499)), func(x ...array) array {
		d, _ := rowsOfOperand(2)
		return lax.Gather(x[0], x[1], d, []int{1, 60}, lax.Clip)
	}},
	{"scatter-add", append(big(dtype.Float32, []int{500, 60}, []int{2000, 60}), index(2000, 510)), func(x ...array) array {
		_, d := rowsOfOperand(2)
		return lax.ScatterAdd(x[0], x[2], x[1], d)
	}},
	{"scatter", append(big(dtype.Int32, []int{700}, []int{60000}), index(60000, 710)), func(x ...array) array {
		_, d := rowsOfOperand(1)
		return lax.Scatter(x[0], x[2], x[1], d)
	}},
}

func big(d dtype.Type, shapes ...[]int) []Operand {
	in := make([]Operand, len(shapes))
	for i, s := range shapes {
		in[i] = Operand{Type: core.Of(d, s...)}
		if !d.IsInexact() {
			in[i].Lo, in[i].Hi = -1000, 1000
		}
	}
	return in
}

func index(n, hi int) Operand {
	return Operand{Type: core.Of(dtype.Int32, n, 1), Lo: -3, Hi: float64(hi)}
}

// TestThreads: results, eager and compiled, are the same to the bit with any number of
// threads, and near to what the definitions say.
func TestThreads(t *testing.T) {
	threads := jax.Threads()
	defer jax.SetThreads(threads)
	for _, c := range large {
		r := rand.New(rand.NewPCG(1, uint64(len(c.name))))
		x := make([]array, len(c.in))
		for i, v := range drawAll(r, c.in) {
			x[i] = lax.Of(v)
		}
		f := func(x []array) array { return c.f(x...) }
		neighbours := jax.Jit(func(x []array) array { // the operands are computed on the way
			y := make([]array, len(x))
			for i := range x {
				if y[i] = x[i]; y[i].DType().IsInexact() {
					y[i] = lax.Neg(lax.Neg(x[i]).Mul(1))
				}
			}
			return lax.Neg(lax.Neg(c.f(y...)))
		})
		var first *core.Value
		for _, n := range []int{1, 2, 5} {
			jax.SetThreads(n)
			for what, g := range map[string]func(x []array) array{"eager": f, "compiled": jax.Jit(f), "among others": neighbours} {
				y := host(g(x).Value())
				if first == nil {
					first = y
				}
				if err := Close(y, first, 0); err != nil {
					t.Errorf("%s, %s with %d threads: %v", c.name, what, n, err)
				}
			}
		}
		if err := closeBy(first, defined(c.f, x), 1e-4); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// defined returns what f gives when each operation runs by its definition.
func defined(f func(x ...array) array, x []array) *core.Value {
	v := make([]*core.Value, len(x))
	for i := range x {
		v[i] = host(x[i].Value())
	}
	k := &checker{}
	program := k.stage(func(v ...*core.Value) []*core.Value {
		x := make([]array, len(v))
		for i := range v {
			x[i] = lax.Of(v[i])
		}
		return []*core.Value{f(x...).Value()}
	}, core.Types(v))
	return program.CallBy(func(op core.Op, in ...*core.Value) []*core.Value { return op.Eval(in) }, v...)[0]
}
