package cpu_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"gojax/internal/core"
	"gojax/internal/cpu"
	"gojax/internal/cpu/kirtest"
	"gojax/internal/cpu/run"
	"gojax/internal/dtype"
	"gojax/lax"
)

// TestSiblings has reductions that are one kernel, and some that are not.
func TestSiblings(t *testing.T) {
	sum := func(x array, axes ...int) array { return lax.ReduceSum(x, axes) }
	for _, c := range []struct {
		name    string
		kernels int
		f       func(x, y array) []array
	}{
		{"of one array", 1, func(x, y array) []array {
			return []array{sum(x, 0, 1), lax.ReduceMax(x, []int{0, 1}), lax.ReduceMin(x, []int{0, 1}), sum(x.Mul(x), 0, 1)}
		}},
		{"rows", 1, func(x, y array) []array { return []array{sum(x.Exp(), 1), sum(x.Mul(y), 1), sum(y, 1)} }},
		{"columns", 1, func(x, y array) []array { return []array{lax.ReduceProd(x, []int{0}), sum(x, 0)} }},
		{"one that is used before another is made", 1, func(x, y array) []array {
			s := sum(x, 0, 1)
			return []array{s.Div(3), lax.ReduceMax(x, []int{0, 1}).Sub(s)}
		}},
		{"the mean comes first", 2, func(x, y array) []array {
			m := sum(x, 0, 1).Div(60_000)
			d := x.Sub(lax.BroadcastInDim(m, x.Shape(), nil))
			return []array{m, lax.ReduceMax(x, []int{0, 1}), sum(d.Mul(d), 0, 1)}
		}},
		{"other arrays", 2, func(x, y array) []array { return []array{sum(x, 1), sum(y, 1)} }},
		{"other axes", 2, func(x, y array) []array { return []array{sum(x, 1), sum(x, 0)} }},
		{"of a product", 1, func(x, y array) []array {
			p := lax.DotGeneral(x, y, [2][]int{{1}, {1}}, [2][]int{}, x.DType())
			return []array{sum(p, 1), lax.ReduceMax(p, []int{1})}
		}},
		{"of short parts: twelve, of which eight are one", 2, func(x, y array) []array {
			z := stackOf4(x)
			return []array{sum(z, 2), lax.ReduceMax(z, []int{2}), sum(z.Mul(z), 2)}
		}},
	} {
		f := staged(func(x []array) []array { return c.f(x[0], x[1]) }, f32(200, 300), f32(200, 300))
		text := cpu.Text(f)
		if got := strings.Count(text, "reduce from"); got != c.kernels {
			t.Errorf("%s: %d kernels, want %d:\n%s", c.name, got, c.kernels, text)
		}
		if err := cpu.CheckKernels(f); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// stackOf4 has parts so short, in the middle, that they are stores of one loop.
func stackOf4(x array) array {
	rows := lax.Reshape(x, []int{3000, 1, 20})
	return lax.Concatenate(1, lax.Neg(rows), rows, lax.Abs(rows), lax.Neg(rows))
}

// TestSiblingsOfShortParts has more of them than one reduction has values.
func TestSiblingsOfShortParts(t *testing.T) {
	f := func(x []array) []array {
		z := stackOf4(x[0])
		return []array{lax.ReduceSum(z, []int{2}), lax.ReduceMax(z, []int{2}), lax.ReduceSum(z.Mul(z), []int{2})}
	}
	in := []*core.Value{filled(f32(200, 300))}
	want := f([]array{lax.Of(in[0])})
	got := core.Run(called{f: staged(f, f32(200, 300))}, cpu.Default(), in)
	for i := range want {
		got[i].Buf.Wait("")
		want[i].Value().Buf.Wait("")
		if !bytes.Equal(data(got[i]), data(want[i].Value())) {
			t.Errorf("result %d is another than alone", i)
		}
	}
}

// TestSiblingsLaw holds that random siblings have the bits that each reduction has alone, with
// any number of threads.
func TestSiblingsLaw(t *testing.T) {
	defer run.SetThreads(0)
	r := rand.New(rand.NewPCG(1, 2))
	shapes := [][]int{{20_000}, {3 * 4096}, {61}, {64}, {9, 3000}, {70, 130}, {130, 64}, {200, 33}, {4, 50, 70}, {3, 9000}, {20, 5000}}
	types := []dtype.Type{dtype.Float32, dtype.Float32, dtype.Float32, dtype.Float64, dtype.BFloat16, dtype.Float16, dtype.Int32,
		dtype.Int64, dtype.Uint8, dtype.Complex64}
	for n := range 60 {
		shape := shapes[r.IntN(len(shapes))]
		ty := core.Of(types[r.IntN(len(types))], shape...)
		axes := [][]int{{r.IntN(len(shape))}, {len(shape) - 1}, {0}}[r.IntN(3)]
		if r.IntN(4) == 0 {
			axes = []int{0, 1, 2}[:len(shape)]
		}
		var list []int64
		for range 2 + r.IntN(5) {
			list = append(list, r.Int64())
		}
		f := func(x []array) (out []array) {
			for _, seed := range list {
				out = append(out, sibling(rand.New(rand.NewPCG(uint64(seed), 0)), x, axes))
			}
			return out
		}
		in := []*core.Value{filled(ty), filled(ty)}
		name := fmt.Sprint(n, ty, axes)
		want := f([]array{lax.Of(in[0]), lax.Of(in[1])})
		p := staged(f, ty, ty)
		for _, threads := range []int{1, 2, 3, 5} {
			run.SetThreads(threads)
			got := core.Run(called{f: p}, cpu.Default(), in)
			for i := range want {
				got[i].Buf.Wait("")
				want[i].Value().Buf.Wait("")
				if !bytes.Equal(data(got[i]), data(want[i].Value())) {
					t.Fatalf("%s: result %d of %d threads is another than alone:\n%s", name, i, threads, cpu.Text(p))
				}
			}
		}
	}
}

// sibling is a random reduction of what is computed of x.
func sibling(r *rand.Rand, x []array, axes []int) array {
	y, t := x[r.IntN(4)/3], x[0].DType()
	for range r.IntN(3) {
		switch n := r.IntN(6); {
		case n < 2:
			y = lax.Mul(y, x[0])
		case n == 2 && t.IsFloat():
			y = lax.Exp(lax.Neg(lax.Abs(y)))
		case n == 3 && !t.IsComplex():
			y = lax.Max(y, x[1])
		case n == 4:
			y = lax.Add(y, lax.Number(t, 1))
		default:
			y = lax.Neg(y)
		}
	}
	reduce := []func(array, []int) array{lax.ReduceSum, lax.ReduceSum, lax.ReduceProd, lax.ReduceMax, lax.ReduceMin}
	return reduce[r.IntN(len(reduce))](y, axes)
}

// TestArgReduce has greatest and least elements that are there more than once, zeros of either
// sign and NaN, alone and of what is computed, which are reductions like others.
func TestArgReduce(t *testing.T) {
	defer run.SetThreads(0)
	r := rand.New(rand.NewPCG(17, 18))
	shapes := [][]int{{20_000}, {70}, {1, 5}, {40, 300}, {3, 9000}, {300, 100}, {5, 70, 130}, {2, 30, 3}}
	types := []dtype.Type{dtype.Float32, dtype.Float64, dtype.BFloat16, dtype.Float16, dtype.Int8, dtype.Int32, dtype.Int64,
		dtype.Uint8, dtype.Uint16, dtype.Uint32, dtype.Uint64, dtype.Bool}
	for n := range 150 {
		shape := shapes[r.IntN(len(shapes))]
		x := core.New(core.Of(types[n%len(types)], shape...), cpu.Default())
		kirtest.Fill(r, x.DType, core.Slice[byte](x.Buf))
		if few := 1 + r.IntN(8); n%3 > 0 { // the same again and again
			b, size := core.Slice[byte](x.Buf), x.DType.Size()
			for i := range x.Size() {
				copy(b[i*size:][:size], b[r.IntN(few)*size%len(b):][:size])
			}
		}
		axis, index := r.IntN(len(shape)), []dtype.Type{dtype.Int32, dtype.Int64, dtype.Uint8}[r.IntN(3)]
		f := func(x []array) []array {
			y := x[0]
			if n%2 == 0 && y.DType().IsFloat() {
				y = lax.Neg(y)
			}
			return []array{lax.ArgMax(y, axis, index), lax.ArgMin(y, axis, index)}
		}
		p := staged(f, x.Type())
		y := x
		if n%2 == 0 && y.DType.IsFloat() {
			y = lax.Neg(lax.Of(x)).Value()
			y.Buf.Wait("")
		}
		for _, threads := range []int{1, 2, 5} {
			run.SetThreads(threads)
			got := core.Run(called{f: p}, cpu.Default(), []*core.Value{x})
			for i, op := range []core.Op{p.Eqns[len(p.Eqns)-2].Op, p.Eqns[len(p.Eqns)-1].Op} {
				got[i].Buf.Wait("")
				if want := op.Eval([]*core.Value{y})[0]; !bytes.Equal(data(got[i]), data(want)) {
					t.Fatalf("%v of %v along axis %d, %d threads: got %v, want %v", op, x.Type(), axis, threads, lax.Of(got[i]), lax.Of(want))
				}
			}
		}
	}
}

// TestSoftmaxOfManyAgain has the exponentials of a large softmax made twice, as they would not
// be in a cache, and those of a small one, or of rows, once.
func TestSoftmaxOfManyAgain(t *testing.T) {
	for _, c := range []struct {
		shape []int
		exps  int
	}{{[]int{1 << 20}, 1}, {[]int{1<<21 + 100}, 2}, {[]int{3, 1 << 20}, 2}, {[]int{2048, 1024}, 1}} {
		axes := []int{len(c.shape) - 1}
		spread := func(x array) array { return lax.BroadcastInDim(x, c.shape, []int{0, 1}[:len(c.shape)-1]) }
		f := func(x []array) []array {
			e := lax.Exp(lax.Sub(x[0], spread(lax.ReduceMax(x[0], axes))))
			return []array{lax.Div(e, spread(lax.ReduceSum(e, axes)))}
		}
		p := staged(f, f32(c.shape...))
		if text := cpu.Text(p); strings.Count(text, "= exp ") != c.exps {
			t.Errorf("%v: want %d times exp:\n%s", c.shape, c.exps, text)
		}
		x := filled(f32(c.shape...))
		got, want := core.Run(called{f: p}, cpu.Default(), []*core.Value{x})[0], f([]array{lax.Of(x)})[0].Value()
		got.Buf.Wait("")
		want.Buf.Wait("")
		if !bytes.Equal(data(got), data(want)) {
			t.Errorf("%v: other bits than one operation at a time", c.shape)
		}
	}
}
