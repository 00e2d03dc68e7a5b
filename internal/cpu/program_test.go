package cpu_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"gojax/internal/core"
	"gojax/internal/cpu"
	"gojax/internal/cpu/run"
	"gojax/internal/dtype"
	"gojax/internal/ir"
	"gojax/internal/kir"
	"gojax/lax"
)

// grow makes random programs: operations on arrays of few types and shapes.
type grow struct {
	*rand.Rand
	have  []array
	where array // indices
}

func (g *grow) any() array { return g.have[g.IntN(len(g.have))] }

// like returns an array of x's type, or a number.
func (g *grow) like(x array) array {
	for range 4 {
		if y := g.any(); y.Type().Equal(x.Type()) || y.Rank() == 0 && y.DType() == x.DType() {
			return y
		}
	}
	return lax.Number(x.DType(), float64(g.IntN(4)))
}

// step returns the result of one operation.
func (g *grow) step() array {
	x := g.any()
	r := x.Rank()
	axis := 0
	if r > 0 {
		axis = g.IntN(r)
	}
	switch n := g.IntN(30); {
	case n < 4:
		return lax.Add(x, g.like(x))
	case n < 6:
		return lax.Mul(x, g.like(x))
	case n == 6:
		return lax.Max(x, g.like(x))
	case n == 7 && x.DType().IsInexact():
		return lax.Tanh(x)
	case n == 8 && x.DType().IsInexact():
		return lax.Exp(lax.Tanh(x))
	case n == 9 && !x.DType().IsComplex():
		y := g.like(x)
		if y.Rank() < r {
			y = lax.BroadcastTo(y, x.Shape())
		}
		return lax.Select(lax.Gt(x, y), x, lax.Sub(y, x))
	case n == 10 && r > 1:
		return lax.Transpose(x, g.Perm(r))
	case n == 11:
		return lax.Reshape(x, core.Shape{x.Size()})
	case n == 12 && r == 1 && x.Size()%2 == 0 && x.Size() > 0:
		return lax.Reshape(x, core.Shape{2, x.Size() / 2})
	case n == 13 && r > 0:
		return lax.ReduceSum(x, []int{axis})
	case n == 14 && r > 0 && !x.DType().IsComplex() && x.Shape()[axis] > 0:
		return lax.ReduceMax(x, []int{axis})
	case n == 15 && r < 3:
		return lax.BroadcastInDim(x, append(core.Shape{3}, x.Shape()...), upTo(1, r+1))
	case n == 16 && r > 0 && x.Shape()[axis] > 1:
		return lax.SliceInDim(x, 1, x.Shape()[axis], 1+g.IntN(2), axis)
	case n == 17 && r > 0:
		return lax.Concatenate(axis, x, lax.Mul(x, x))
	case n == 18 && r > 0:
		return lax.Rev(x, []int{axis})
	case n == 19:
		c := make([]lax.Padding, r)
		for i := range c {
			c[i] = lax.Padding{g.IntN(3), g.IntN(2), g.IntN(2)}
		}
		return lax.Pad(x, lax.Number(x.DType(), 2), c)
	case n == 20 && !x.DType().IsComplex():
		return lax.Convert(x, []dtype.Type{dtype.Float32, dtype.Int32, dtype.Float16}[g.IntN(3)])
	case n == 21 && r > 0:
		return lax.CumSum(x, axis, g.IntN(2) == 0)
	case n == 22 && r > 0:
		return lax.Sort(x, axis)
	case n >= 23 && r > 0:
		return g.move(n, x, axis)
	}
	return lax.Add(lax.BroadcastedIota(x.DType(), append(core.Shape{2}, x.Shape()...), 0), lax.Number(x.DType(), 1))
}

// move returns what one of the operations that copy, by indices and without, makes of x:
// they take in how x lies in memory, and are steps of their own or parts of kernels.
func (g *grow) move(n int, x array, axis int) array {
	r, size := x.Rank(), x.Shape()[axis]
	window := slices.Clone(x.Shape())
	switch n {
	case 23, 24: // rows, or elements
		m := g.IntN(40)
		window[axis] = 1
		out := slices.Clone(x.Shape())
		out[axis] = m
		if size == 0 {
			break
		}
		d := lax.GatherDimensionNumbers{CollapsedSliceDims: []int{axis}, StartIndexMap: []int{axis}}
		for a := range r - 1 {
			d.OffsetDims = append(d.OffsetDims, a+1)
		}
		return lax.Gather(x, g.indices(m), d, window, []lax.GatherScatterMode{lax.Clip, lax.FillOrDrop}[g.IntN(2)])
	case 25, 26: // updates of rows, or of elements
		m := g.IntN(40)
		window[axis] = m
		if size == 0 {
			break
		}
		d := lax.ScatterDimensionNumbers{InsertedWindowDims: []int{axis}, ScatterDimsToOperandDims: []int{axis}}
		u := lax.BroadcastedIota(x.DType(), append(core.Shape{m}, without(window, axis)...), 0)
		if y := g.any(); y.Type().Equal(u.Type()) {
			u = y
		}
		for a := range r - 1 {
			d.UpdateWindowDims = append(d.UpdateWindowDims, a+1)
		}
		f := lax.ScatterAdd
		if g.IntN(2) == 0 {
			f = lax.Scatter
		}
		return f(x, g.indices(m), u, d, []lax.GatherScatterMode{lax.Clip, lax.FillOrDrop}[g.IntN(2)])
	case 27, 28:
		starts := make([]array, r)
		for a := range starts {
			starts[a] = lax.Number(dtype.Int32, float64(g.IntN(9)-4))
			window[a] = g.IntN(window[a] + 1)
		}
		y := lax.DynamicSlice(x, starts, window)
		if n == 27 {
			return y
		}
		return lax.DynamicUpdateSlice(x, lax.Mul(y, y), starts)
	case 29:
		if y := g.any(); y.DType() == x.DType() && y.Rank() > 0 && y.Shape()[0] == size && x.Size()*y.Size() < 100000 && size < 1000 {
			return lax.DotGeneral(x, y, [2][]int{{axis}, {0}}, [2][]int{}, x.DType())
		}
	}
	return lax.Rev(x, []int{axis})
}

// indices returns m of them, some out of bounds, in the order that they are in memory or
// in another.
func (g *grow) indices(m int) array {
	y := lax.SliceInDim(g.where, 0, m, 1, 0)
	if g.IntN(3) == 0 {
		y = lax.Rev(y, []int{0})
	}
	return lax.Reshape(y, core.Shape{m, 1})
}

func without(s core.Shape, a int) core.Shape { return slices.Delete(slices.Clone(s), a, a+1) }

func upTo(lo, hi int) (list []int) {
	for i := lo; i < hi; i++ {
		list = append(list, i)
	}
	return list
}

// randomProgram returns a program with a few results.
func randomProgram(seed uint64, size int) *ir.Func {
	r := rand.New(rand.NewPCG(seed, 7))
	types := []core.Type{f32(), f32(3, 4), f32(size), core.Of(dtype.Int32, 40), core.Of(dtype.Float16, 2, 3),
		core.Of(dtype.Complex64, 3)}
	return staged(func(x []array) []array {
		g := &grow{r, x, x[3]}
		for range 5 + r.IntN(20) {
			if y := g.step(); y.Size() < 100000 {
				g.have = append(g.have, y)
			}
		}
		var out []array
		for range 1 + r.IntN(4) {
			out = append(out, g.have[len(g.have)-1-r.IntN(min(6, len(g.have)))])
		}
		return out
	}, types...)
}

func inputs(f *ir.Func) (in []*core.Value) {
	for _, t := range f.InTypes() {
		v := filled(t)
		for i := range v.Size() {
			if t.DType == dtype.Int32 {
				core.Put(v, i, complex(float64(i*7%13-2), 0))
			}
		}
		in = append(in, v)
	}
	return in
}

func data(v *core.Value) []byte { return core.Slice[byte](v.Host("test"))[:v.Bytes()] }

// TestProgramsAreWhatTheirOperationsAre compares compiled programs with one operation
// at a time, to the bit, and both with the definitions.
func TestProgramsAreWhatTheirOperationsAre(t *testing.T) {
	for seed := range uint64(600) {
		f := randomProgram(seed, []int{0, 1, 6, 600, 20000}[seed%5])
		if err := cpu.CheckKernels(f); err != nil {
			t.Fatalf("seed %d: %v\n%v", seed, err, f)
		}
		in := inputs(f)
		eager := f.Call(in...)
		jit := core.Run(called{f: f}, cpu.Default(), in)
		host := make([]*core.Value, len(in))
		for i, v := range in {
			host[i] = core.NewIn(v.Type(), v.Buf.On(nil))
		}
		want := define(f, host)
		for i := range eager {
			if !bytes.Equal(data(eager[i]), data(jit[i])) {
				t.Fatalf("seed %d: result %d is %v in eager mode, %v in a program\n%v\n%v",
					seed, i, lax.Of(eager[i]), lax.Of(jit[i]), f, cpu.CompileForTest(f))
			}
			if why := far(jit[i], want[i]); why != "" {
				t.Fatalf("seed %d: result %d: %s\n%v", seed, i, why, f)
			}
		}
	}
}

// define runs a program by the definitions of its operations.
func define(f *ir.Func, in []*core.Value) []*core.Value {
	env := f.NewEnv()
	env.Set(f.In, in)
	for _, e := range f.Eqns {
		env.Set(e.Out, e.Op.Eval(env.Get(e.In)))
	}
	return env.Get(f.Out)
}

// far says where x and y differ by more than rounding explains.
func far(x, y *core.Value) string {
	tol := 2e-3
	if x.DType.IsInt() { // converted from what rounding brought to the next number
		tol = 1
	}
	if x.DType.IsHalf() || y.DType.IsComplex() {
		tol = 5e-2
	}
	for i := range x.Size() {
		a, b := core.At(x, i), core.At(y, i)
		d, m := max(abs(real(a)-real(b)), abs(imag(a)-imag(b))), max(1, abs(real(b)), abs(imag(b)))
		if d > tol*m {
			return fmt.Sprintf("%v: element %d is %v, want %v", x.Type(), i, a, b)
		}
	}
	return ""
}

func abs(x float64) float64 { return max(x, -x) }

// TestResultsThatAreNotComputed has results that are operands, numbers, views of those,
// and the same value twice.
func TestResultsThatAreNotComputed(t *testing.T) {
	f := staged(func(x []array) []array {
		y := lax.Sin(x[0])
		two := lax.Reshape(number(2), core.Shape{1, 1})
		b := lax.OptimizationBarrier(x[0], y, number(3))
		return []array{x[0], lax.Reshape(x[0], core.Shape{6}), number(5), two, y, y, lax.Reshape(y, core.Shape{3, 2}),
			b[0], b[1], b[2], lax.Sort(lax.Reshape(two, core.Shape{1}), 0), lax.Add(two, lax.Reshape(x[1], core.Shape{1, 1}))}
	}, f32(2, 3), f32())
	in := inputs(f)
	got := core.Run(called{f: f}, cpu.Default(), in)
	for i, v := range f.Call(in...) {
		if !v.Type().Equal(got[i].Type()) || !bytes.Equal(data(v), data(got[i])) {
			t.Errorf("result %d is %v, want %v", i, lax.Of(got[i]), lax.Of(v))
		}
		for k := range i {
			if got[k].Buf.Pointer() == got[i].Buf.Pointer() {
				t.Errorf("results %d and %d are in the same memory", k, i)
			}
		}
	}
}

// TestViewsOfMany has a view of what is computed that more kernels read than would compute it
// anew.
func TestViewsOfMany(t *testing.T) {
	f := staged(func(x []array) (out []array) {
		y := lax.Reshape(lax.Tanh(x[0]), core.Shape{3, 1})
		out = append(out, lax.Rev(y, []int{0}))
		for i := range 12 {
			out = append(out, lax.Pad(y, number(1), []lax.Padding{{0, 0, 0}, {i, 1, 0}}), lax.Sin(y))
		}
		return out
	}, f32(3))
	in := inputs(f)
	got := core.Run(called{f: f}, cpu.Default(), in)
	for i, v := range f.Call(in...) {
		if !bytes.Equal(data(v), data(got[i])) {
			t.Errorf("result %d is %v, want %v", i, lax.Of(got[i]), lax.Of(v))
		}
	}
}

func TestThreadsDoNotMatter(t *testing.T) {
	f := staged(func(x []array) []array {
		y := x[0].Mul(x[0]).Add(1)
		return []array{lax.Tanh(y), lax.ReduceSum(y, []int{0, 1}), lax.ReduceSum(lax.Transpose(y, []int{1, 0}), []int{1}),
			lax.ReduceSum(y, []int{1})}
	}, f32(300, 700))
	in := inputs(f)
	var want []*core.Value
	for _, threads := range []int{1, 2, 5} {
		run.SetThreads(threads)
		got := core.Run(called{f: f}, cpu.Default(), in)
		for i := range want {
			if !bytes.Equal(data(got[i]), data(want[i])) {
				t.Errorf("result %d differs with %d threads", i, threads)
			}
		}
		if want == nil {
			want = got
		}
	}
	run.SetThreads(0)
}

func TestProgramsAreShared(t *testing.T) {
	program := func(c float64) *ir.Func {
		return staged(func(x []array) []array { return []array{lax.Sin(x[0]).Mul(c)} }, f32(77))
	}
	before := cpu.Stats()
	for range 3 {
		f := program(1.25)
		core.Run(called{f: f}, cpu.Default(), inputs(f))
	}
	if n := cpu.Stats().Compilations - before.Compilations; n != 1 {
		t.Errorf("one program was compiled %d times", n)
	}
	f := program(-1.25)
	core.Run(called{f: f}, cpu.Default(), inputs(f))
	if n := cpu.Stats().Compilations - before.Compilations; n != 2 {
		t.Errorf("two programs were compiled %d times", n)
	}
	cpu.ClearCaches()
	if s := cpu.Stats(); s.Programs != 0 || s.Bytes != 0 {
		t.Errorf("%d programs are known that were forgotten, %d bytes", s.Programs, s.Bytes)
	}
	f = program(1.25)
	core.Run(called{f: f}, cpu.Default(), inputs(f))
	if n := cpu.Stats().Compilations - before.Compilations; n != 3 {
		t.Errorf("a forgotten program was compiled %d times in all, want again", n)
	}
}

// failing is an operation whose definition panics.
type failing struct{}

func (failing) String() string                            { return "failing" }
func (failing) Infer(in []core.Type) ([]core.Type, error) { return in, nil }
func (failing) Eval(in []*core.Value) []*core.Value       { panic("it fails") }

func TestResultsCome(t *testing.T) {
	f := staged(func(x []array) []array {
		y := x[0]
		for range 20 {
			y = lax.Sin(y)
		}
		return []array{y}
	}, f32(1000000))
	y := core.Run(called{f: f}, cpu.Default(), inputs(f))[0]
	if y.Buf.Pending() == nil {
		t.Errorf("20 million sines were computed at once")
	}
	// A small operation on what is pending comes after it.
	z := lax.Slice(lax.Of(y), []int{3}, []int{5}, []int{1}).Add(1)
	want := lax.Slice(lax.Of(f.Call(inputs(f)...)[0]), []int{3}, []int{5}, []int{1}).Add(1)
	if !bytes.Equal(data(z.Value()), data(want.Value())) {
		t.Errorf("got %v, want %v", z, want)
	}
}

// astray is a kernel that reads outside of its operand.
type astray struct{}

func (astray) String() string                            { return "astray" }
func (astray) Infer(in []core.Type) ([]core.Type, error) { return in[1:2], nil }
func (astray) Eval(in []*core.Value) []*core.Value       { return in }
func (astray) Kernel(b *kir.Builder, _ core.Type, x []kir.Operand, i []kir.Val) kir.Val {
	return x[1].At([]kir.Val{b.Convert(kir.Index, x[0].At(nil))})
}

func TestFailuresReachWhoWaits(t *testing.T) {
	for _, n := range []int{10, 1000000} {
		at, x := core.Number(dtype.Int32, float64(n)), filled(f32(n))
		at.Buf.SetDevice(cpu.Default())
		err := try(func() {
			y := core.Run(astray{}, cpu.Default(), []*core.Value{at, x})[0]
			z := lax.Tanh(lax.Of(y)).Value()
			z.Buf.Wait("test")
		})
		if !strings.Contains(fmt.Sprint(err), fmt.Sprintf("address %d in a buffer of %d elements", n, n)) {
			t.Errorf("%d elements: got %v", n, err)
		}
	}
}

// try returns what f panics with.
func try(f func()) (failure any) {
	defer func() { failure = recover() }()
	f()
	return nil
}

func TestDonation(t *testing.T) {
	f := staged(func(x []array) []array { return []array{lax.Add(x[0], x[1]), lax.Rev(x[1], []int{0})} }, f32(100_000), f32(100_000))
	in, kept := inputs(f), inputs(f)
	want := core.Run(called{f: f}, cpu.Default(), kept)
	at := in[0].Buf.Pin() // nobody else uses it
	in[0].Buf.Unpin()
	got := core.Run(called{f, core.Mask{true, true}}, cpu.Default(), in)
	for i := range want {
		if !bytes.Equal(data(got[i]), data(want[i])) {
			t.Errorf("result %d differs when operands are donated", i)
		}
	}
	if got[0].Buf.Pointer() != at {
		t.Errorf("the sum is not in the memory of the first operand")
	}
	if !in[0].Buf.Gone() {
		t.Errorf("the first operand is still there")
	}
}

// A temporary that is read for the last time leaves its memory to what is computed of it,
// and to whatever comes later.
func TestTemporariesShareMemory(t *testing.T) {
	sort := func(x array) array { return lax.Sort(x, 0) }
	for name, c := range map[string]struct {
		f     func(x array) array
		bytes int
	}{
		"in place":      {func(x array) array { return sort(lax.Exp(sort(x))) }, 0},
		"read later":    {func(x array) array { y := sort(x); return lax.Add(sort(lax.Exp(y)), y) }, 1},
		"one by one":    {func(x array) array { return sort(sort(sort(sort(x)))) }, 0},
		"other places":  {func(x array) array { return sort(lax.Add(lax.Rev(sort(x), []int{0}), x)) }, 1},
		"in a result":   {func(x array) array { return lax.Exp(sort(x)) }, 0},
		"several reads": {func(x array) array { y := sort(x); return sort(lax.Mul(lax.Sin(y), y)) }, 0},
	} {
		n := 32_000
		f := staged(func(x []array) []array { return []array{c.f(x[0])} }, f32(n))
		m, _ := cpu.Analyse(f, nil)
		if m.Temporaries != c.bytes*4*n {
			t.Errorf("%s: %d bytes, want %d arrays of %d\n%s", name, m.Temporaries, c.bytes, 4*n, cpu.Text(f))
		}
		in := inputs(f)
		got := core.Run(called{f: f}, cpu.Default(), in)[0]
		want := f.Call(in...)[0]
		if !bytes.Equal(data(got), data(want)) {
			t.Errorf("%s: wrong elements", name)
		}
	}
}

func TestProgramText(t *testing.T) {
	for _, c := range []struct {
		name string
		fn   func(x []array) []array
		in   []core.Type
		want string
	}{
		{"an expression is one kernel", func(x []array) []array { return []array{selu(x[0])} }, []core.Type{f32(30, 100)}, `
run kernel in0:f32[3000] out1:f32[3000] {
  for i0<3000 {
    a:f32 = in0[i0]
    b:bool = gt a 0.0
    c:f32 = exp a
    d:f32 = mul c 1.67
    e:f32 = sub d 1.67
    f:f32 = select b a e
    g:f32 = mul f 1.05
    out1[i0] = g
  }
} with s0 s1
`},
		{"small arrays need none", func(x []array) []array { return []array{x[0].Mul(2).Add(x[1])} }, []core.Type{f32(3), f32()}, `
s3:f32[3] = splat s2
s4:f32[3] = mul s0 s3
s5:f32[3] = splat s1
s6:f32[3] = add s4 s5
`},
		{"a reduction takes in what it reduces", func(x []array) []array {
			return []array{lax.ReduceSum(lax.Exp(lax.Transpose(x[0], []int{1, 0})), []int{0})}
		}, []core.Type{f32(30, 100)}, `
run kernel in0:f32[3000] out1:f32[30] {
  for i0<30 {
    a:f32 = reduce from 0.0 by add i1<100 {
      b:f32 = in0[i0*100 + i1]
      c:f32 = exp b
      yield c
    }
    out1[i0] = a
  }
} with s0 s1
`},
		{"what two want is stored in passing", func(x []array) []array {
			y := lax.Exp(x[0])
			return []array{y, lax.Sin(y)}
		}, []core.Type{f32(3000)}, `
run kernel in0:f32[3000] out1:f32[3000] out2:f32[3000] {
  for i0<3000 {
    a:f32 = in0[i0]
    b:f32 = exp a
    c:f32 = sin b
    out1[i0] = c
    out2[i0] = b
  }
} with s0 s1 s2
`},
		{"padding is peeled off", func(x []array) []array {
			return []array{lax.Pad(x[0], number(7), []lax.Padding{{2, 1, 0}, {0, 0, 0}}).Mul(2)}
		}, []core.Type{f32(100, 200)}, `
run kernel in0:f32[20000] out1:f32[20600] {
  a:f32 = mul 7.0 2.0
  for i0<400 {
    out1[i0] = a
  }
} with s0 s1
run kernel in0:f32[20000] out1:f32[20600] {
  for i0<20000 {
    a:f32 = in0[i0]
    b:f32 = mul a 2.0
    out1[i0 + 400] = b
  }
} with s0 s1
run kernel in0:f32[20000] out1:f32[20600] {
  a:f32 = mul 7.0 2.0
  for i0<200 {
    out1[i0 + 20400] = a
  }
} with s0 s1
`},
		{"equal operations are one, what is not used is none, neutral ones vanish", func(x []array) []array {
			lax.Cos(x[0])
			return []array{lax.Add(lax.Sin(x[0]), lax.Sin(x[0])).Mul(1).Sub(0)}
		}, []core.Type{f32(2)}, `
s1:f32[2] = sin s0
s2:f32[2] = add s1 s1
`},
		{"what undoes itself vanishes", func(x []array) []array {
			return []array{lax.Neg(lax.Sin(lax.Neg(lax.Neg(x[0]))))}
		}, []core.Type{f32(2)}, `
s1:f32[2] = sin s0
s2:f32[2] = neg s1
`},
	} {
		got := "\n" + cpu.CompileForTest(staged(c.fn, c.in...)).String()
		if got != c.want {
			t.Errorf("%s: got:%swant:%s", c.name, got, c.want)
		}
	}
}

func TestPanicsReachTheCaller(t *testing.T) {
	f := staged(func(x []array) []array {
		return []array{lax.Of(core.Bind(failing{}, x[0].Value())[0]).Add(1)}
	}, f32(3))
	if r := fmt.Sprint(try(func() { core.Run(called{f: f}, cpu.Default(), inputs(f)) })); !strings.Contains(r, "it fails") {
		t.Errorf("the panic was %q", r)
	}
}

// Several goroutines may ask for a program while one of them compiles it.
func TestCompiledAtOnce(t *testing.T) {
	x := lax.Of(filled(f32(3, 7)))
	for n := range 20 {
		cpu.ClearCaches()
		var wait sync.WaitGroup
		for range 8 {
			wait.Go(func() {
				for i := range 4 {
					y := lax.BroadcastInDim(x, core.Shape{2 + i, 3, 7}, []int{1, 2})
					if y.Shape()[0] != 2+i {
						t.Errorf("round %d: a result of shape %v", n, y.Shape())
					}
				}
			})
		}
		wait.Wait()
	}
}
