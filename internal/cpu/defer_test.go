package cpu_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"testing"

	"gojax/internal/core"
	"gojax/internal/cpu"
	"gojax/internal/dtype"
	"gojax/internal/kir"
	"gojax/internal/mem"
	"gojax/lax"
)

// put reports whether the computation of x was put off.
func put(x array) bool { return x.Value().Buf.Lazy() != nil }

func large(t *testing.T, types ...core.Type) []array {
	t.Helper()
	x := make([]array, len(types))
	for i, typ := range types {
		x[i] = lax.Of(filled(typ))
	}
	return x
}

// opByOp is core.Bind that waits for the results.
func opByOp(op core.Op, in ...*core.Value) []*core.Value {
	out := core.Bind(op, in...)
	for _, v := range out {
		v.Buf.Wait("test")
	}
	return out
}

// TestChainsAreWhatTheirOperationsAre compares what was put off with one operation at a
// time, to the bit: with nothing looked at before the end, and with values looked at, in
// any order, while later ones are made.
func TestChainsAreWhatTheirOperationsAre(t *testing.T) {
	for seed := range uint64(120) {
		f := randomProgram(seed, []int{5000, 20000}[seed%2])
		in := inputs(f)
		want := f.CallBy(opByOp, in...)
		r := rand.New(rand.NewPCG(seed, 3))
		var made []*core.Value
		looking := func(op core.Op, in ...*core.Value) []*core.Value {
			out := core.Bind(op, in...)
			for made = append(made, out...); r.IntN(3) == 0; {
				made[r.IntN(len(made))].Buf.Wait("test")
			}
			return out
		}
		for what, got := range map[string][]*core.Value{"at the end": f.Call(in...), "meanwhile": f.CallBy(looking, in...)} {
			for i := range want {
				if !bytes.Equal(data(got[i]), data(want[i])) {
					t.Fatalf("seed %d: result %d looked at %s is %v, want %v\n%v", seed, i, what, lax.Of(got[i]), lax.Of(want[i]), f)
				}
			}
		}
	}
}

// elementwise makes random chains that are long and have many values in common.
func elementwise(r *rand.Rand, x []array) []array {
	any := func() array { return x[max(0, len(x)-1-r.IntN(6))] }
	for range 10 + r.IntN(60) {
		y, z := any(), any()
		switch r.IntN(9) {
		case 0:
			y = lax.Tanh(y)
		case 1:
			y = y.Mul(r.Float64())
		case 2:
			y = lax.Sub(y, z)
		case 3:
			y = lax.Select(lax.Lt(y, z), z, y)
		case 4:
			y = lax.Convert(lax.Convert(y, dtype.Float16), dtype.Float32)
		case 5:
			y = lax.Mul(y, lax.BroadcastInDim(lax.ReduceMax(z, []int{1}), z.Shape(), []int{0}))
		case 6:
			y = lax.Clamp(lax.Number(dtype.Float32, -2), lax.Transpose(lax.Reshape(y, core.Shape{70, 90}), []int{1, 0}), lax.Number(dtype.Float32, 2)).Reshape(90, 70)
		default:
			y = lax.Add(y, z)
		}
		x = append(x, y)
	}
	return x[len(x)-3:]
}

func TestLongChains(t *testing.T) {
	for seed := range uint64(40) {
		x := large(t, f32(90, 70), f32(90, 70))
		f := staged(func(x []array) []array { return elementwise(rand.New(rand.NewPCG(seed, 1)), x) }, f32(90, 70), f32(90, 70))
		in := inputs(f)
		want := f.CallBy(opByOp, in...)
		jit := core.Run(called{f: f}, cpu.Default(), in)
		for i, y := range elementwise(rand.New(rand.NewPCG(seed, 1)), x) {
			if !bytes.Equal(data(y.Value()), data(want[i])) || !bytes.Equal(data(jit[i]), data(want[i])) {
				t.Fatalf("seed %d: result %d is %v, %v in a program, want %v\n%v", seed, i, y, lax.Of(jit[i]), lax.Of(want[i]), f)
			}
		}
	}
}

// TestWhatIsPutOff has results that are computed when somebody asks, in each way to ask.
func TestWhatIsPutOff(t *testing.T) {
	x := large(t, f32(80, 90))[0]
	want := data(lax.Neg(x).Value())
	for what, ask := range map[string]func(y array){
		"Wait":    func(y array) { y.Value().Buf.Wait("test") },
		"Pending": func(y array) { y.IsReady() },
		"Values":  func(y array) { lax.Values[float32](y) },
		"print":   func(y array) { _ = fmt.Sprint(y) },
		"sort":    func(y array) { lax.Sort(y, 0) },
		"program": func(y array) {
			f := staged(func(x []array) []array { return []array{x[0].Add(1)} }, y.Type())
			core.Run(called{f: f}, cpu.Default(), []*core.Value{y.Value()})
		},
		"move": func(y array) { y.Value().Buf.Move() },
	} {
		y := lax.Neg(x)
		if !put(y) {
			t.Fatal("a large array was computed at once")
		}
		ask(y)
		if what != "sort" && put(y) { // a sort takes it in
			t.Errorf("%s: it was not begun", what)
		}
		if !bytes.Equal(data(y.Value()), want) {
			t.Errorf("%s: got %v", what, y)
		}
	}
	for what, y := range map[string]array{"scalar": x.Index(0, 0).Neg(), "row": x.Index(0).Neg(), "4095": lax.Neg(lax.Full(core.Shape{4095}, 1, dtype.Float32))} {
		if put(y) {
			t.Errorf("%s: a small array was put off", what)
		}
	}
}

// compilations counts the programs that f has compiled.
func compilations(f func()) int64 {
	before := cpu.Stats().Compilations
	f()
	return cpu.Stats().Compilations - before
}

// TestNumbersAreOperands compiles a chain once for all numbers, Go's and arrays'.
func TestNumbersAreOperands(t *testing.T) {
	x := large(t, f32(71, 73))[0]
	n := compilations(func() {
		for i := range 10 {
			y := lax.Tanh(x.Mul(float64(i)).Add(lax.Number(dtype.Float32, float64(i)).Add(1))).Sub(i)
			y.BlockUntilReady()
		}
	})
	if n != 1 {
		t.Errorf("a chain with different numbers was compiled %d times", n)
	}
	f := func(x array) array { return lax.ReduceSum(lax.Exp(x.Mul(.5)), []int{1}) }
	if n := compilations(func() { f(x); f(x).BlockUntilReady(); f(x.Add(0)); f(x.Add(0)) }); n != 2 {
		t.Errorf("sums of two chains took %d compilations", n)
	}
}

// TestLimitsOfChains computes no chain that is longer than it should be.
func TestLimitsOfChains(t *testing.T) {
	x := large(t, f32(5003))[0]
	n := compilations(func() {
		for range 1000 {
			x = x.Mul(1.01)
		}
		x.BlockUntilReady()
	})
	if n != 2 { // one of the full length, and the rest
		t.Errorf("1000 products were %d programs", n)
	}
	y := x
	for range 200 { // every value twice: paths double, links do not
		y = lax.Add(lax.Mul(y, y), y)
	}
	y.BlockUntilReady()
}

// TestKeptValues looks at the two rules for a result in the middle of a chain: one that
// is dear is computed once or twice, and one that others have no use for is not stored.
func TestKeptValues(t *testing.T) {
	x := large(t, f32(6001))[0]
	y := lax.Lgamma(x)
	a, b := y.Add(1), y.Mul(2)
	a.BlockUntilReady()
	if put(y) {
		t.Error("a dear value that others wait for was not kept")
	}
	if put(a) || !put(b) {
		t.Error("what was not asked for was computed")
	}
	y = lax.Neg(x)
	for range 8 {
		y.Add(1).BlockUntilReady()
	}
	if !put(y) {
		t.Error("a cheap value was kept at once")
	}
	for range 40 {
		y.Add(1).BlockUntilReady()
	}
	if put(y) {
		t.Error("a cheap value was computed 48 times")
	}
	y = lax.Lgamma(x)
	z := y.Add(1)
	z.BlockUntilReady()
	if !put(y) {
		t.Error("a value was stored that nobody has asked for")
	}
}

// TestDropBeginsReaders deletes and donates what is yet to be read.
func TestDropBeginsReaders(t *testing.T) {
	x := large(t, f32(77, 78))[0]
	want := data(lax.Neg(lax.Exp(x)).Value())
	y := lax.Exp(x)
	z := lax.Neg(y)
	x.Delete()
	if put(y) {
		t.Error("the reader of a deleted array was not begun")
	}
	y.Delete()
	if !bytes.Equal(data(z.Value()), want) {
		t.Errorf("got %v", z)
	}
	if err := try(func() { lax.Neg(y) }); err == nil {
		t.Error("a deleted array was read")
	}
	// What was put off is deleted itself: others have its operands.
	x = large(t, f32(77, 78))[0]
	y = lax.Exp(x)
	z = lax.Neg(y)
	y.Delete()
	if !put(y) || !bytes.Equal(data(z.Value()), want) {
		t.Errorf("got %v", z)
	}
	// Scalars too.
	x = large(t, f32(77, 78))[0]
	two := lax.Number(dtype.Float32, 1).Add(1)
	want = data(x.Mul(2).Value())
	y = x.Mul(two)
	two.Delete()
	if put(y) || !bytes.Equal(data(y.Value()), want) {
		t.Errorf("got %v", y)
	}
}

func TestDonationBeginsReaders(t *testing.T) {
	f := staged(func(x []array) []array { return []array{x[0].Add(1)} }, f32(70, 90))
	step := called{f: f, donated: core.Mask{true}}
	for range 3 {
		x := large(t, f32(70, 90))[0].Mul(3)
		want := data(x.Mul(2).Value())
		y := x.Mul(2)
		z := core.Run(step, cpu.Default(), []*core.Value{x.Value()})[0]
		if !bytes.Equal(data(y.Value()), want) {
			t.Errorf("what reads donated memory is %v", y)
		}
		z.Buf.Wait("test")
	}
}

// TestGoroutinesShareChains has many goroutines look at what hangs on the same arrays.
func TestGoroutinesShareChains(t *testing.T) {
	for seed := range uint64(20) {
		x := large(t, f32(90, 70))[0]
		a := lax.Tanh(x)
		b := lax.Mul(a, a)
		list := []array{a, b, lax.Add(a, b), lax.Sub(b, x), lax.ReduceSum(b, []int{1}), lax.Neg(b)}
		want := make([][]byte, len(list))
		y := lax.Tanh(x).BlockUntilReady()
		z := lax.Mul(y, y).BlockUntilReady()
		for i, v := range []array{y, z, lax.Add(y, z), lax.Sub(z, x), lax.ReduceSum(z, []int{1}), lax.Neg(z)} {
			want[i] = data(v.Value())
		}
		var wg sync.WaitGroup
		for g := range 8 {
			r := rand.New(rand.NewPCG(seed, uint64(g)))
			wg.Go(func() {
				for range 10 {
					i := r.IntN(len(list))
					if r.IntN(2) == 0 {
						if got := lax.Neg(lax.Neg(list[i])); !bytes.Equal(data(got.Value()), want[i]) {
							t.Errorf("seed %d: value %d negated twice is %v", seed, i, got)
						}
					}
					if !bytes.Equal(data(list[i].Value()), want[i]) {
						t.Errorf("seed %d: value %d is %v", seed, i, list[i])
					}
				}
			})
		}
		wg.Wait()
	}
}

// TestHeldMemory makes results that nobody looks at, of arrays that nobody else has.
func TestHeldMemory(t *testing.T) {
	const n, size = 60, 1 << 20
	defer cpu.SetMaxHeld(cpu.SetMaxHeld(10 * 4 * size))
	var keep []array
	for range n {
		x := lax.Full(core.Shape{size}, 1, dtype.Float32).BlockUntilReady()
		keep = append(keep, x.Gt(0))
	}
	lax.Neg(lax.Of(filled(f32(100000)))).BlockUntilReady() // what was begun has ended
	mem.Shared.Collect()
	if held := mem.Shared.Stats().Live; held > (n+10*4+40)*size {
		t.Errorf("%d results of %d bytes hold %d bytes", n, size, held)
	}
	runtime.KeepAlive(keep)
}

// TestFailuresOfChains has a leaf that failed, and an operation that is refused.
func TestFailuresOfChains(t *testing.T) {
	y := large(t, f32(5000))[0]
	failed := core.NewEvent()
	failed.Finish(core.Errorf("test", "it failed"))
	y.Value().Buf.Begin(failed)
	z := lax.Tanh(y).Add(1)
	for range 2 {
		if err, _ := try(func() { z.BlockUntilReady() }).(*core.Error); err == nil || err.Msg != "it failed" {
			t.Errorf("the failure of an operand became %v", err)
		}
	}
	err := try(func() { lax.Add(z, lax.Full(core.Shape{7}, 1, dtype.Float32)) })
	if e, ok := err.(*core.Error); !ok || e.Op != "add" || e.Line == 0 {
		t.Errorf("got %v, want an error of add at this line", err)
	}
}

// broken is a kernel that panics.
type broken struct{}

func (broken) String() string                            { return "broken" }
func (broken) Infer(in []core.Type) ([]core.Type, error) { return in, nil }
func (broken) Eval(in []*core.Value) []*core.Value       { return in }
func (broken) Deferrable()                               {}
func (broken) Kernel(*kir.Builder, core.Type, []kir.Operand, []kir.Val) kir.Val {
	panic("a kernel of the user's")
}

// TestPanicsInChains leaves other chains as they were.
func TestPanicsInChains(t *testing.T) {
	x := large(t, f32(5000))[0]
	y := lax.Neg(x)
	bad := lax.Of(core.Run(broken{}, cpu.Default(), []*core.Value{y.Value()})[0])
	z := bad.Add(1)
	bad.Mul(2) // another use: is it to be kept?
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if try(func() { z.BlockUntilReady() }) == nil {
				t.Error("a panic was lost")
			}
		})
	}
	wg.Wait()
	if !bytes.Equal(data(y.Add(1).Value()), data(lax.Neg(x).BlockUntilReady().Add(1).Value())) {
		t.Error("another chain is wrong")
	}
}

// TestLinesOfChains has no memory for a result: the error is the operation's, at the line
// where that was asked for.
func TestLinesOfChains(t *testing.T) {
	defer mem.Shared.SetLimit(0)
	x := large(t, f32(1000000))[0]
	y := lax.Neg(x).Add(1)
	_, _, line, _ := runtime.Caller(0)
	mem.Shared.Collect()
	mem.Shared.SetLimit(mem.Shared.Stats().Live + 1<<20)
	for range 2 {
		err, _ := try(func() { y.BlockUntilReady() }).(*core.Error)
		if err == nil || err.Op != "add" || err.Line != line-1 || !strings.Contains(err.Msg, "are needed") {
			t.Fatalf("got %v, want an error of add at line %d", err, line-1)
		}
	}
	mem.Shared.SetLimit(0)
	y = lax.Neg(x)
	_, _, line, _ = runtime.Caller(0)
	y.BlockUntilReady()
	for _, u := range core.Uses(100) {
		if u.Line == line-1 && u.Op == "neg" {
			return
		}
	}
	t.Errorf("line %d is not among the uses %v", line-1, core.Uses(100))
}
