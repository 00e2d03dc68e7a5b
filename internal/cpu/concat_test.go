package cpu_test

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	"gojax/internal/core"
	"gojax/internal/cpu"
	"gojax/internal/cpu/run"
	"gojax/internal/dtype"
	"gojax/internal/ir"
	"gojax/lax"
)

func slice(x array, a, lo, hi int) array { return lax.SliceInDim(x, lo, hi, 1, a) }

// TestJoinsFuse has concatenations for which nothing is stored but results.
func TestJoinsFuse(t *testing.T) {
	for _, c := range []struct {
		name    string
		kernels int
		f       func(x, y array) array
		x, y    core.Type
	}{
		{"computed operands", 2, func(x, y array) array { return lax.Concatenate(0, x.Exp(), y.Mul(2)) }, f32(50_000), f32(20_000)},
		{"one that is copied", 1, func(x, y array) array { return lax.Concatenate(0, x, y.Mul(2)) }, f32(50_000), f32(20_000)},
		{"what uses it", 2, func(x, y array) array { return lax.Concatenate(0, x, y).Exp().Add(1) }, f32(50_000), f32(20_000)},
		{"inner axis", 2, func(x, y array) array { return lax.Concatenate(1, x.Exp(), y).Mul(2) }, f32(1000, 16), f32(1000, 20)},
		{"stack", 1, func(x, y array) array {
			return lax.Concatenate(1, x.Mul(2).ExpandDims(1), y.ExpandDims(1), y.Neg().ExpandDims(1))
		}, f32(5000), f32(5000)},
		{"rotary", 2, func(x, y array) array {
			z := lax.Concatenate(2, slice(x, 2, 16, 32).Neg(), slice(x, 2, 0, 16))
			return z.Mul(y).Add(x.Mul(y))
		}, f32(40, 50, 32), f32(40, 50, 32)},
		{"differences", 2, func(x, y array) array {
			z := lax.Concatenate(0, y, x)
			return slice(z, 0, 1, 30_001).Sub(slice(z, 0, 0, 30_000))
		}, f32(30_000), f32(1)},
		{"rows of sums", 2, func(x, y array) array { return lax.ReduceSum(lax.Concatenate(0, x.Exp(), y), []int{1}) }, f32(300, 70), f32(200, 70)},
		{"transposed", 1, func(x, y array) array { return lax.Transpose(lax.Concatenate(0, x, y), []int{1, 0}).Exp() }, f32(1, 9000), f32(2, 9000)},
		{"of others", 4, func(x, y array) array {
			return lax.Concatenate(0, lax.Concatenate(1, x.Exp(), y.Exp()), lax.Concatenate(1, y.Neg(), x.Neg()))
		}, f32(100, 100), f32(100, 110)},
		{"sum", 1, func(x, y array) array { return lax.ReduceSum(lax.Concatenate(0, x, y, x).Exp(), []int{0}) }, f32(30_000), f32(5000)},
		{"sums of rows", 1, func(x, y array) array {
			return lax.ReduceMax(lax.Concatenate(1, x, slice(y, 1, 30, 100)), []int{1})
		}, f32(200, 70), f32(200, 100)},
		{"sum of products with a roll", 1, func(x, y array) array {
			return lax.ReduceSum(lax.Concatenate(1, slice(x, 1, 297, 300), slice(x, 1, 0, 297)).Mul(y), []int{0, 1})
		}, f32(100, 300), f32(100, 300)},
		{"sums of rows of a function of a roll", 1, func(x, y array) array {
			return lax.ReduceMax(lax.Concatenate(1, slice(x, 1, 297, 300), slice(x, 1, 0, 297)).Sin().Add(y), []int{1})
		}, f32(100, 300), f32(100, 300)},
		{"sum of what is padded", 2, func(x, y array) array {
			pad := func(x array, lo, hi int) array {
				return lax.Pad(x, lax.Number(dtype.Float32, 0), []lax.Padding{{}, {lo, hi}})
			}
			return pad(x.Sin().Mul(y), 0, 100).Add(pad(y.Exp(), 100, 0))
		}, f32(100, 100), f32(100, 100)},
		{"sum of computed operands", 1, func(x, y array) array { return lax.ReduceSum(lax.Concatenate(0, x.Exp(), y.Sin()), []int{0}) }, f32(30_000), f32(5000)},
		{"sums of rows of computed operands", 1, func(x, y array) array { return lax.ReduceSum(lax.Concatenate(1, x.Exp(), y.Sin()), []int{1}) }, f32(100, 300), f32(100, 90)},
		{"sums of columns of computed operands", 1, func(x, y array) array { return lax.ReduceSum(lax.Concatenate(0, x.Exp(), y.Sin()), []int{0}) }, f32(300, 100), f32(90, 100)},
		{"sums of columns of products with a roll", 1, func(x, y array) array {
			return lax.ReduceSum(lax.Concatenate(0, slice(x, 0, 297, 300), slice(x, 0, 0, 297)).Mul(y), []int{0})
		}, f32(300, 100), f32(300, 100)},
		{"sums of a stack", 1, func(x, y array) array {
			return lax.ReduceSum(lax.Concatenate(0, x.Exp().ExpandDims(0), y.ExpandDims(0)), []int{0})
		}, f32(90, 100), f32(90, 100)},
		{"sums of columns of what is padded", 1, func(x, y array) array {
			pad := func(x array, lo, hi int) array {
				return lax.Pad(x, lax.Number(dtype.Float32, 0), []lax.Padding{{lo, hi}, {}})
			}
			return lax.ReduceSum(pad(x.Sin().Mul(y), 0, 100).Add(pad(y.Exp(), 100, 0)), []int{0})
		}, f32(100, 100), f32(100, 100)},
		{"few elements", 1, func(x, y array) array {
			return lax.Concatenate(0, slice(x, 0, 0, 1).Sin(), slice(y, 0, 1, 3).Mul(2)).Add(1)
		}, f32(9), f32(9)},
	} {
		f := staged(func(x []array) []array { return []array{c.f(x[0], x[1])} }, c.x, c.y)
		text := cpu.Text(f)
		if got := strings.Count(text, "run kernel"); got != c.kernels || strings.Contains(text, "eval") {
			t.Errorf("%s: %d kernels, want %d:\n%s", c.name, got, c.kernels, text)
		}
		if join := strings.Count(text, "join"); join != 0 && c.name != "one that is copied" {
			t.Errorf("%s: there are %d joins:\n%s", c.name, join, text)
		}
		if m, _ := cpu.Analyse(f, nil); m.Temporaries != 0 {
			t.Errorf("%s: there are %d bytes of temporaries:\n%s", c.name, m.Temporaries, text)
		}
		if strings.Contains(text, "select") && c.name != "few elements" && !strings.HasPrefix(c.name, "sum") { // which are cut when they are compiled
			t.Errorf("%s: kernels have conditions:\n%s", c.name, text)
		}
	}
}

// TestJoinsCopy has concatenations of what is in memory: one step, whatever lies how.
func TestJoinsCopy(t *testing.T) {
	for _, c := range []struct {
		name string
		f    func(x array) array
	}{
		{"roll", func(x array) array { return lax.Concatenate(1, slice(x, 1, 5, 64), slice(x, 1, 0, 5)) }},
		{"rows", func(x array) array { return lax.Concatenate(0, slice(x, 0, 70, 100), slice(x, 0, 0, 70)) }},
		{"columns", func(x array) array {
			var all []array
			for i := range 64 {
				all = append(all, slice(x, 1, 63-i, 64-i))
			}
			return lax.Concatenate(1, all...)
		}},
	} {
		f := staged(func(x []array) []array { return []array{c.f(x[0])} }, f32(100, 64))
		text := cpu.Text(f)
		if strings.Count(text, "\n") != 1 || !strings.Contains(text, "join") {
			t.Errorf("%s: want one step:\n%s", c.name, text)
		}
	}
}

// TestManyOperands bounds what concatenations of many operands become.
// A reduction that stores its elements in passing is not cut: what a concatenation is of is computed before.
func TestJoinsInPassing(t *testing.T) {
	below := func(x []array) []array {
		z := lax.Concatenate(1, x[0].Mul(2), x[1])
		top := lax.BroadcastInDim(lax.ReduceMax(z, []int{1}), core.Shape{300, 500}, []int{0})
		return []array{z.Sub(top).Abs()}
	}
	g := staged(below, f32(300, 200), f32(300, 300))
	sameAsDefined(t, g, func() []*core.Value { return []*core.Value{filled(f32(300, 200)), filled(f32(300, 300))} })
	if got := cpu.CompileForTest(g).String(); !strings.Contains(got, "} with s0 s2\n") || !strings.Contains(got, "} with s2 s1 s3 s4\n") {
		t.Errorf("the greatest of rows that are stored as well:\n%s", got)
	}
}

func TestManyOperands(t *testing.T) {
	f := staged(func(x []array) []array {
		var all []array
		for i := range 100 {
			all = append(all, slice(x[0], 0, i, i+20).Mul(float64(i)))
		}
		return []array{lax.Concatenate(0, all...).Exp()}
	}, f32(200))
	text := cpu.Text(f)
	if len(text) > 60_000 || strings.Contains(text, "select") {
		t.Errorf("there are %d bytes of text:\n%.2000s", len(text), text)
	}
}

// TestJoinsOfOneInstruction has many operands that one instruction makes: it is done once, to
// what has been copied.
func TestJoinsOfOneInstruction(t *testing.T) {
	f := staged(func(x []array) []array {
		var all []array
		for i := range 150 {
			all = append(all, slice(x[0], 0, 199-i, 200-i).Sin().Mul(2))
		}
		return []array{lax.Concatenate(0, all...)}
	}, f32(200))
	text := cpu.Text(f)
	if strings.Count(text, "join") != 1 || strings.Contains(text, "run kernel") || strings.Count(text, "sin") != 1 {
		t.Errorf("want a copy and two instructions:\n%s", text)
	}
	in := inputs(f)
	if got := core.Run(called{f: f}, cpu.Default(), in)[0]; !bytes.Equal(data(got), data(oneByOne(f, in)[0])) {
		t.Errorf("got %v", lax.Of(got))
	}
}

// TestJoinsArePutOff joins in eager mode: what is joined, and what is made of it, is one
// program.
func TestJoinsArePutOff(t *testing.T) {
	x := large(t, f32(70, 90))[0]
	join := func(x array, n int) array {
		all := []array{x.Exp(), x.Neg()}
		for range n {
			all = append(all, x.Mul(x))
		}
		return lax.Concatenate(1, all...).Mul(2).Add(1)
	}
	for _, n := range []int{0, 10} { // so many are not put off, but run with what they are of
		var y array
		if got, want := compilations(func() {
			y = join(x, n)
			y.BlockUntilReady()
		}), int64(1+n/10); got != want {
			t.Errorf("%d programs were compiled, want %d", got, want)
		}
		f := staged(func(x []array) []array { return []array{join(x[0], n)} }, x.Type())
		if want := oneByOne(f, []*core.Value{x.Value()})[0]; !bytes.Equal(data(y.Value()), data(want)) {
			t.Errorf("got %v, want %v", y, lax.Of(want))
		}
	}
}

// TestJoinsLaw holds that random concatenations of what is computed in many ways, used in
// many ways, have the bits of one operation at a time.
func TestJoinsLaw(t *testing.T) {
	defer run.SetThreads(0)
	r := rand.New(rand.NewPCG(3, 4))
	types := []dtype.Type{dtype.Float32, dtype.Float32, dtype.Float64, dtype.Int32, dtype.Int64, dtype.Uint8, dtype.Int16, dtype.Bool, dtype.Float16,
		dtype.BFloat16, dtype.Complex64, dtype.Complex128}
	shapes := [][]int{{4000}, {700}, {30}, {900, 3}, {900, 1}, {5, 100}, {3, 70, 90}, {300, 16}, {300, 17}, {9, 500}, {40, 12, 8}, {1, 700}, {3, 5, 4, 33}, {2, 9000}, {20, 1, 40}, {0, 3}}
	for n := range 250 {
		ty := core.Of(types[r.IntN(len(types))], shapes[r.IntN(len(shapes))]...)
		seed := r.Uint64()
		f := staged(func(x []array) []array { return joins(rand.New(rand.NewPCG(seed, 0)), x) }, ty, ty, ty)
		if err := cpu.CheckKernels(f); err != nil {
			t.Fatalf("%d: %v\n%v", n, err, f)
		}
		if some := cpu.Unread(f); some > 0 {
			t.Fatalf("%d: %d temporaries are stored that nobody reads:\n%v", n, some, f)
		}
		in := []*core.Value{filled(ty), filled(ty), filled(ty)}
		want := oneByOne(f, in)
		for _, threads := range []int{1, 2, 3} {
			run.SetThreads(threads)
			for i, got := range core.Run(called{f: f}, cpu.Default(), in) {
				if got.Buf.Wait(""); !bytes.Equal(data(got), data(want[i])) {
					t.Fatalf("%d: result %d of %d threads is another than by one operation at a time:\n%v\n%v", n, i, threads, f, cpu.Text(f))
				}
			}
		}
	}
}

// oneByOne computes the results of f, each operation of it when the others before are done.
func oneByOne(f *ir.Func, in []*core.Value) []*core.Value {
	env := f.NewEnv()
	env.Set(f.In, in)
	for _, e := range f.Eqns {
		out := core.Run(e.Op, cpu.Default(), env.Get(e.In))
		for _, v := range out {
			v.Buf.Wait("")
		}
		env.Set(e.Out, out)
	}
	return env.Get(f.Out)
}

// joins returns what uses random concatenations.
func joins(r *rand.Rand, x []array) (out []array) {
	rank := x[0].Rank()
	for range 1 + r.IntN(2) {
		a, stack := r.IntN(rank), r.IntN(3) == 0
		var parts []array
		for range 1 + r.IntN(5) {
			y := produced(r, x[r.IntN(3)], a, !stack)
			if stack {
				y = y.ExpandDims(a)
			}
			parts = append(parts, y)
		}
		y := lax.Concatenate(a, parts...)
		out = append(out, consumed(r, y, y, a))
		if r.IntN(3) == 0 {
			out = append(out, consumed(r, y, out[0], a))
		}
	}
	return out
}

// produced is x, or something computed of it, perhaps of another size along axis a.
func produced(r *rand.Rand, x array, a int, any bool) array {
	t, n := x.DType(), x.Shape()[a]
	for range r.IntN(3) {
		switch k := r.IntN(9); {
		case k < 2 && t != dtype.Bool:
			x = x.Mul(x)
		case k == 2 && t.IsInexact():
			x = x.Exp()
		case k == 3:
			x = lax.Rev(x, []int{a})
		case k == 4 && any && n > 0:
			lo := r.IntN(n)
			x = slice(x, a, lo, lo+r.IntN(n-lo+1))
			n = x.Shape()[a]
		case k == 5 && any:
			c := make([]lax.Padding, x.Rank())
			c[a] = lax.Padding{r.IntN(3), r.IntN(4), 0}
			x = lax.Pad(x, lax.Number(t, 1), c)
			n = x.Shape()[a]
		case k == 6:
			x = lax.BroadcastInDim(lax.Number(t, 3), x.Shape(), nil)
		case k == 7 && t.IsFloat() && x.Size() > 0:
			s := lax.ReduceMax(x, []int{x.Rank() - 1})
			x = x.Sub(lax.BroadcastInDim(s, x.Shape(), upTo(0, x.Rank()-1)))
		case t == dtype.Bool:
			x = lax.BitwiseNot(x)
		default:
			x = x.Add(x)
		}
	}
	return x
}

// consumed is a result computed of a concatenation x along axis a, or of x and another.
func consumed(r *rand.Rand, x, other array, a int) array {
	t, n := x.DType(), x.Shape()[a]
	y := x
	for range 1 + r.IntN(3) {
		a = max(0, min(a, y.Rank()-1))
		switch k := r.IntN(11); {
		case k == 0 && t != dtype.Bool:
			y = y.Neg()
		case k == 1 && y.Type().Equal(other.Type()) && t != dtype.Bool:
			y = y.Mul(other)
		case k == 2 && y.Rank() > 0:
			y = lax.Transpose(y, r.Perm(y.Rank()))
		case k == 3 && y.Rank() > 0 && y.Shape()[a] > 0:
			lo := r.IntN(y.Shape()[a])
			y = slice(y, a, lo, y.Shape()[a])
		case k == 4 && y.Rank() > 0 && t != dtype.Bool:
			y = lax.ReduceSum(y, []int{r.IntN(y.Rank())})
		case k == 5:
			y = lax.Reshape(y, core.Shape{y.Size()})
		case k == 6 && y.Rank() > 0 && y.Shape()[0] > 0:
			index := lax.Reshape(lax.Rem(lax.Iota(dtype.Int32, 37).Mul(5), lax.Number(dtype.Int32, float64(y.Shape()[0]))), core.Shape{37, 1})
			d := lax.GatherDimensionNumbers{OffsetDims: upTo(1, y.Rank()), CollapsedSliceDims: []int{0}, StartIndexMap: []int{0}}
			y = lax.Gather(y, index, d, append([]int{1}, y.Shape()[1:]...), lax.Clip)
		case k == 7 && y.Rank() > 0 && y.Rank() < 4:
			y = lax.BroadcastInDim(y, append(core.Shape{2}, y.Shape()...), upTo(1, y.Rank()+1))
		case k == 8 && y.Rank() > 0 && n > 1 && y.Type().Equal(x.Type()): // differences
			z := slice(y, a, 1, n)
			if t != dtype.Bool {
				z = z.Sub(slice(y, a, 0, n-1))
			}
			y = z
			n--
		case t.IsInexact() && !t.IsComplex():
			y = lax.Tanh(y)
		}
	}
	return y
}

// TestJoinsOfWholeMemory has operands that end where their memory ends, and others that begin
// there: the race detector, which checks pointers, finds what goes from one to the next.
func TestJoinsOfWholeMemory(t *testing.T) {
	for _, n := range []int{64, 1024, 2048} {
		var in []*core.Value
		for i := range 8 {
			data := make([]float32, n)
			for k := range data {
				data[k] = float32(i)
			}
			in = append(in, lax.FromSlice(data, n).Value())
		}
		f := func(x []array) []array {
			z := lax.Concatenate(0, x...)
			return []array{lax.ReduceSum(lax.Reshape(z, []int{8, n}), []int{1}), lax.ReduceSum(z, []int{0}), lax.CumSum(z, 0, false)}
		}
		types := make([]core.Type, len(in))
		all := make([]array, len(in))
		for i, v := range in {
			types[i], all[i] = v.Type(), lax.Of(v)
		}
		want := f(all)
		for i, got := range core.Run(called{f: staged(f, types...)}, cpu.Default(), in) {
			got.Buf.Wait("")
			want[i].Value().Buf.Wait("")
			if !bytes.Equal(data(got), data(want[i].Value())) {
				t.Errorf("%d elements each: result %d is %v, want %v", n, i, lax.Of(got), want[i])
			}
		}
		if got := core.At(want[1].Value(), 0); got != complex(float64(28*n), 0) {
			t.Errorf("%d elements each: a sum of %v, want %d", n, got, 28*n)
		}
	}
}
