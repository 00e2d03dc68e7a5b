package jax_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"gojax/jax"
	"gojax/jnp"
	"gojax/lax"
)

func scalar(x float32) Array { return jax.FromSlice([]float32{x}, []int{}...) }

// traces counts how often f's traces are reported while it runs.
func traces(t *testing.T, f func()) []jax.Retrace {
	t.Helper()
	var mu sync.Mutex
	var all []jax.Retrace
	stop := jax.OnTrace(func(r jax.Retrace) {
		mu.Lock()
		defer mu.Unlock()
		all = append(all, r)
	})
	defer stop()
	f()
	return all
}

type config struct {
	W     Array
	Name  string
	Steps int
	Rate  float64 `jax:"static"`
	on    bool
}

func TestJitTracesOnceForEachSignature(t *testing.T) {
	calls := 0
	f := jax.Jit(func(c config, xs map[string]Array, n int) (Array, []Array) {
		calls++
		y := c.W.Mul(c.Rate)
		for range c.Steps + n {
			y = y.Add(xs["a"])
		}
		return y, []Array{xs["b"], c.W}
	})
	call := func(c config, n int) (Array, []Array) {
		return f(c, map[string]Array{"a": vector(1, 1), "b": vector(5)}, n)
	}
	c := config{W: vector(1, 2), Name: "x", Steps: 1, Rate: .5}
	told := traces(t, func() {
		for range 3 {
			y, rest := call(c, 1)
			near(t, "value", y, vector(2.5, 3), 0)
			near(t, "passed through", rest[0], vector(5), 0)
			near(t, "passed through", rest[1], vector(1, 2), 0)
		}
		call(c, 2)
		c.Rate = 2
		call(c, 2)
		c.on = true
		call(c, 2)
		c.W = vector(1, 2).Astype(jax.Float64)
		call(c, 2)
		call(config{W: vector(1, 2), Name: "x", Steps: 1, Rate: .5}, 1)
	})
	if calls != 5 {
		t.Errorf("traced %d times, want 5", calls)
	}
	want := []string{"first call", "argument 2 has another structure or static value",
		"argument 0 has another structure or static value (before against now): Rate", "on", "argument 0, leaf W has type f64[2], before f32[2]"}
	for i, w := range want {
		if i >= len(told) || !strings.Contains(told[i].Reason, w) {
			t.Errorf("trace %d: told %v, want a reason with %q", i+1, told, w)
		}
	}
}

func TestJitCapturedTracerIsNotKept(t *testing.T) {
	told := traces(t, func() {
		f := func(x Array) Array {
			inner := jax.Jit(func(y Array) Array { return x.Mul(y) })
			return inner(x).Add(inner(x))
		}
		near(t, "gradient", jax.Grad(total(f))(vector(3)), vector(12), 0)
	})
	if len(told) != 2 || !strings.Contains(told[0].Reason, "captured f32[1] traced by Grad") {
		t.Errorf("told %v, want two traces that captured a tracer of Grad", told)
	}
}

func TestJitStagesWhatDependsOnNothing(t *testing.T) {
	big := vector(1, 2, 3)
	program := jax.MakeJaxpr(func() Array { return big.Exp().Add(lax.Iota(jax.Float32, 3)) })().String()
	for _, op := range []string{"exp", "iota", "add"} {
		if !strings.Contains(program, op) {
			t.Errorf("%s is not in the program:\n%s", op, program)
		}
	}
	near(t, "value", jax.Jit(func() Array { return big.Mul(2) })(), vector(2, 4, 6), 0)
}

func TestJitFromManyGoroutines(t *testing.T) {
	f := jax.Jit(func(x Array) Array { return jax.Grad(total(func(x Array) Array { return x.Mul(x).Sin() }))(x) })
	want := f(vector(1, 2))
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			n := i%5 + 2
			x := lax.BroadcastTo(vector(1), jax.Shape{n})
			for range 10 {
				if got := f(x); got.Len() != n {
					t.Errorf("got %v", got.Type())
				}
				near(t, "value", f(vector(1, 2)), want, 0)
			}
		})
	}
	wg.Wait()
}

func TestJitDonates(t *testing.T) {
	f := jax.Jit(func(x, y Array) (Array, Array) { return x.Add(y), y }, jax.DonateArgs(0, 1))
	x, y := vector(1, 2), vector(3, 4)
	sum, same := f(x, y)
	near(t, "sum", sum, vector(4, 6), 0)
	near(t, "passed through", same, vector(3, 4), 0)
	err := jax.Try(func() { x.Add(1) })
	if err == nil || !strings.Contains(err.Error(), "the array was donated to Jit (TestJitDonates.func1") {
		t.Errorf("using a donated array: %v", err)
	}
	kept := vector(1, 2)
	jax.Grad(total(func(x Array) Array { s, _ := f(x, x.Mul(2)); return s }))(kept)
	near(t, "not donated under a transformation", kept, vector(1, 2), 0)
}

func TestJitContext(t *testing.T) {
	f := jax.Jit(func(ctx context.Context, x Array) Array { return x.Add(1) })
	near(t, "value", f(context.Background(), vector(1)), vector(2), 0)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	err := jax.Try(func() { f(ctx, vector(1)) })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
}

func TestJitOfFunctionThatPanics(t *testing.T) {
	f := jax.Jit(func(x Array) Array { panic("mine") })
	for range 2 { // a trace that failed leaves nothing behind
		func() {
			defer func() {
				if r := recover(); r != "mine" {
					t.Errorf("recovered %v, want the user's own panic", r)
				}
			}()
			f(vector(1))
		}()
	}
	near(t, "next", vector(1).Add(1), vector(2), 0)
}

func TestEvalShapeComputesNothing(t *testing.T) {
	f := jax.EvalShape(func(x Array) Array { return lax.Dot(x, lax.Transpose(x, []int{1, 0})) })
	y := f(jax.ShapeDtype(jax.BFloat16, 1_000_000, 1_000_000))
	if got := y.Type().String(); got != "bf16[1000000,1000000]" {
		t.Errorf("got %s", got)
	}
}

func TestLeakedTracer(t *testing.T) {
	var leak Array
	jax.Jit(func(x Array) Array { leak = x.Add(1); return x })(vector(1))
	err := jax.Try(func() { leak.Add(1) })
	if err == nil || !strings.Contains(err.Error(), "add: an operand was traced by Jit (TestLeakedTracer.func1, jit_test.go:") {
		t.Errorf("got %v", err)
	}
	err = jax.Try(func() {
		jax.Jit(func(x Array) Array {
			var err error
			done := make(chan bool)
			go func() {
				defer close(done)
				err = jax.Try(func() { x.Add(1) })
			}()
			<-done
			if err != nil {
				panic(err)
			}
			return x
		})(vector(1))
	})
	if err == nil || !strings.Contains(err.Error(), "in another goroutine") {
		t.Errorf("got %v", err)
	}
}

func TestJaxprPlaces(t *testing.T) {
	places := jax.MakeJaxpr(func(x Array) Array {
		y := x.Exp()
		return y.Add(1)
	})(vector(1)).Places()
	var line int
	if n, err := fmt.Sscanf(places[0], "jit_test.go:%d", &line); n != 1 || err != nil || len(places) != 2 ||
		places[1] != fmt.Sprintf("jit_test.go:%d", line+1) {
		t.Errorf("got %q, want this file and neighbouring lines", places)
	}
}

func TestJaxprParsesAndRuns(t *testing.T) {
	f := func(x Array) Array { return jax.Jit(lax.Exp)(x).Add(1) }
	program := jax.MakeJaxpr(jax.Grad(total(f)))(vector(1, 2))
	again, err := jax.ParseJaxpr(program.String())
	if err != nil || again.String() != program.String() {
		t.Fatalf("%v: parsed back:\n%v\nwant\n%v", err, again, program)
	}
	near(t, "value", again.Call(vector(1, 2))[0], jax.Grad(total(f))(vector(1, 2)), 0)
	if _, err := jax.ParseJaxpr("{ lambda ; a:f32[3]. let b:f32[3] = nonsense a in (b,) }"); err == nil {
		t.Error("no error for an operation that does not exist")
	}
}

func TestCompiledProgramsAreShared(t *testing.T) {
	call := func() { jax.Jit(func(x Array) Array { return x.Sin().Mul(x).Sub(0.731) })(vector(1, 2, 3)) }
	call()
	before := jax.CompileStats()
	call()
	after := jax.CompileStats()
	if after.Compilations != before.Compilations || after.Hits == before.Hits {
		t.Errorf("jitting the same function again: from %+v to %+v, want a hit and no compilation", before, after)
	}
}

func TestDispatchIsAsynchronous(t *testing.T) {
	const n = 512
	mean := lax.Full(jax.Shape{n, n}, 1./n, jax.Float32).BlockUntilReady()
	y := mean
	for range 20 { // enough for one to be left even if this goroutine has to wait
		y = lax.Dot(y, mean)
	}
	if y.IsReady() {
		t.Error("the last of many products was finished when it was returned")
	}
	near(t, "element", y.Index(3, 5), scalar(1./n), 1e-5)
}

// What Name says stands in reports and errors too.
func TestNameIsReported(t *testing.T) {
	f := jax.Jit(func(x Array) Array {
		if x.Float() > 0 {
			return x
		}
		return x.Neg()
	}, jax.Name("net"))
	err := jax.Try(func() { f(scalar(1)) })
	if err == nil || !strings.Contains(err.Error(), "traced by Jit (net, jit_test.go:") {
		t.Errorf("got %v", err)
	}
	told := traces(t, func() { jax.Jit(func(x Array) Array { return x }, jax.Name("net"))(scalar(1)) })
	if len(told) != 1 || !strings.HasPrefix(told[0].Func, "Jit (net, jit_test.go:") {
		t.Errorf("told %v", told)
	}
}

// Calls that are computed later have their own operands, whatever is called meanwhile.
func TestCallsInFlight(t *testing.T) {
	f := jax.Jit(func(x, y jax.Array) jax.Array { return jnp.Dot(x, x).Add(y) })
	small := jax.Jit(func(x, y jax.Array) jax.Array { return x.Add(y) })
	eye := jnp.Eye(300)
	var all []jax.Array
	for i := range 20 {
		all = append(all, f(eye, jnp.Full(jax.Shape{300, 300}, float32(i))))
		small(jnp.Float32(1), jnp.Float32(2))
	}
	for i, y := range all {
		if got := jax.Item[float32](y.Index(7, 7)); got != float32(i+1) {
			t.Errorf("call %d: got %v, want %d", i, got, i+1)
		}
	}
}
