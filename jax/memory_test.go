package jax_test

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"gojax/internal/mem"
	"gojax/jax"
	"gojax/jnp"
)

// chain has temporaries of several sizes, some of which are computed in place.
func chain(x, w jax.Array) (jax.Array, jax.Array) {
	h := jnp.Dot(jnp.Tanh(jnp.Dot(x, w)), w.T())
	s := jnp.Sort(jnp.Exp(h.Sub(jnp.Max(h))))
	return jnp.Dot(s, w).Add(1), jnp.Sum(s, jnp.Axis(0))
}

// settled waits until nothing is computed and what was dropped is known to be.
func settled(x ...jax.Array) int {
	jax.BlockUntilReady(x)
	mem.Shared.Collect()
	mem.Shared.ResetPeak()
	return jax.MemoryStats().BytesInUse
}

// The peak that is predicted is the peak that is measured, to the byte.
func TestMemoryAnalysisIsExact(t *testing.T) {
	if mem.Shared.Poisoned() {
		t.Skip("what steps work in is lent one by one")
	}
	type fn = func(x, w jax.Array) (jax.Array, jax.Array)
	for name, f := range map[string]fn{
		"chain":   chain,
		"one":     func(x, w jax.Array) (jax.Array, jax.Array) { return jnp.Exp(x).Mul(2), w.Add(1) },
		"donated": jax.Jit(func(x, w jax.Array) (jax.Array, jax.Array) { return x.Mul(2), jnp.Flip(w) }, jax.DonateArgs(0, 1)),
		"passed":  func(x, w jax.Array) (jax.Array, jax.Array) { return x, jnp.Dot(jnp.Dot(x, w), w.T()) },
	} {
		x, w := jnp.Ones(jax.Shape{300, 400}), jnp.Full(jax.Shape{400, 200}, 0.5)
		c := jax.Lower(f, x, w).Compile()
		m := c.MemoryAnalysis()
		before := settled(x, w)
		out := c.Call(x, w)
		y, z := out[0].(jax.Array), out[1].(jax.Array)
		jax.BlockUntilReady([]jax.Array{y, z})
		small := 0 // what is not lent
		if n := z.Size() * 4; n < mem.Large {
			small = n
		}
		if got, want := mem.Shared.Stats().Peak-before, m.PeakMemory-m.ArgumentSize-small; got != want {
			t.Errorf("%s: %d bytes at the peak besides the arguments, predicted %d (%v)", name, got, want, m)
		}
		if m.ArgumentSize != 4*(300*400+400*200) || m.OutputSize != 4*(y.Size()+z.Size()) || (m.AliasSize > 0) != (name == "donated") {
			t.Errorf("%s: %v", name, m)
		}
		y.Delete()
		z.Delete()
	}
}

func TestCostAnalysis(t *testing.T) {
	f := func(x, w jax.Array) jax.Array { return jnp.Sum(jnp.Exp(jnp.Dot(x, w)).Mul(3)) }
	x, w := jnp.Ones(jax.Shape{30, 40}), jnp.Ones(jax.Shape{40, 20})
	got := jax.Lower(f, x, w).Compile().CostAnalysis()
	want := jax.CompiledCost{Flops: 2*30*40*20 + 600 + 599, Transcendentals: 600, BytesAccessed: 4 * (30*40 + 40*20 + 600 + 600 + 1)}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestCompiled(t *testing.T) {
	type params struct{ W, B jax.Array }
	f := func(p params, x jax.Array, n int) (params, jax.Array) {
		for range n {
			x = jnp.Tanh(x.Mul(p.W).Add(p.B))
		}
		return params{B: x}, jnp.Sum(x)
	}
	p, x := params{jnp.Ones(jax.Shape{3}), jnp.Zeros(jax.Shape{3})}, jnp.Arange(3.0)
	c := jax.Lower(f, p, x, 2).Compile()
	out := c.Call(p, x, 2)
	q, sum := jax.Jit(f)(p, x, 2)
	if !jnp.ArrayEqual(out[0].(params).B, q.B).Bool() || !out[0].(params).W.IsAbsent() || !jnp.ArrayEqual(out[1].(jax.Array), sum).Bool() {
		t.Errorf("got %v, want %v and %v", out, q, sum)
	}
	for want, call := range map[string]func(){
		"another structure or other static parts": func() { c.Call(p, x, 3) },
		"array 2 has type f32[4], want f32[3]":    func() { c.Call(p, jnp.Arange(4.0), 2) },
		"got 2 arguments, want 3":                 func() { c.Call(p, x) },
	} {
		if err := jax.Try(call); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "memory_test.go") {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

// What goes over the limit is an error, where it is asked for or where it is waited for,
// that names the largest arrays.
func TestMemoryLimit(t *testing.T) {
	defer jax.SetMemoryLimit(0)
	big := jnp.Ones(jax.Shape{1000, 1000}).BlockUntilReady()
	now := jnp.Tanh(big).BlockUntilReady()
	jax.SetMemoryLimit(settled(big, now) + 1<<20)
	later := jax.Jit(func(x jax.Array) jax.Array { return jnp.Sum(jnp.Sort(jnp.Sort(x).T())) })
	for name, ask := range map[string]func(){
		"a result":    func() { jnp.Dot(big, now).BlockUntilReady() },
		"temporaries": func() { later(big).BlockUntilReady() },
	} {
		err := jax.Try(ask)
		var m *jax.MemoryError
		if !errors.As(err, &m) {
			t.Fatalf("%s: got %v", name, err)
		}
		if m.Live < 8_000_000 || m.Want < 4_000_000 || len(m.Largest) < 2 || m.Largest[0].Type.Size() < 1_000_000 ||
			!strings.HasSuffix(m.Largest[0].File, "memory_test.go") {
			t.Errorf("%s: %+v", name, m)
		}
	}
	big.Delete() // makes room
	jnp.Exp(now).BlockUntilReady()
}

// A loop that drops large results does not grow the process.
func TestDroppedResults(t *testing.T) {
	f := jax.Jit(func(x jax.Array) jax.Array { return x.Add(1) })
	x := jnp.Zeros(jax.Shape{1 << 20})
	before := settled(x)
	for range 400 {
		f(x).BlockUntilReady()
	}
	if s := jax.MemoryStats(); s.PeakBytesInUse-before > 300<<20 {
		t.Errorf("400 results of 4 MiB: %d bytes at the peak", s.PeakBytesInUse-before)
	}
	for range 400 {
		x = f(x)
		if y := f(x); y.IsReady() {
			y.Delete()
		}
	}
	if got := x.Index(7).Float(); got != 400 {
		t.Errorf("the end is %v", got)
	}
}

// Nor does one in which results are waited for or not, large or small, computed by a program or
// one operation at a time, by one goroutine or several: of what the process has for arrays, lent
// and kept, there is no more in the end than after a few.
func TestDroppedResultsOfAllKinds(t *testing.T) {
	if testing.Short() {
		t.Skip("some seconds")
	}
	const most = 800 // MiB: what collections may leave, see mem, and what is still to be computed
	add := func(x jax.Array) jax.Array { return x.Add(1) }
	for _, c := range []struct {
		name        string
		f           func(x jax.Array) jax.Array
		elements, n int // 1 to 2 GB in all
		workers     int
		wait        bool
	}{
		{"36 MB", jax.Jit(add), 9_000_000, 40, 1, false},
		{"36 MB, waited for", jax.Jit(add), 9_000_000, 40, 1, true},
		{"36 MB, one operation at a time", add, 9_000_000, 40, 1, true},
		{"36 MB, by several", jax.Jit(add), 9_000_000, 40, 4, true},
		{"4 MB, by several", jax.Jit(add), 1 << 20, 600, 4, false},
		{"another order", func(x jax.Array) jax.Array { return jnp.Flip(x) }, 1 << 20, 500, 1, false},
		{"36 kB", jax.Jit(add), 9000, 30_000, 1, false},
		{"36 kB, by several", jax.Jit(add), 9000, 30_000, 3, true},
		{"36 kB, one operation at a time", add, 9000, 30_000, 1, true},
	} {
		x := jnp.Zeros(jax.Shape{c.elements})
		settled(x)
		jax.TrimMemory()
		before := held()
		var wg sync.WaitGroup
		var begun atomic.Int64
		for range c.workers {
			wg.Go(func() {
				for int(begun.Add(1)) <= c.n {
					if y := c.f(x); c.wait {
						y.BlockUntilReady()
					}
				}
			})
		}
		wg.Wait()
		if got := (held() - before) >> 20; got > most {
			t.Errorf("%s: %d results that were dropped left %d MiB", c.name, c.n, got)
		}
	}
}

// held is how many bytes the process has for arrays, those included that wait to be lent again.
func held() int {
	s := mem.Shared.Stats()
	return s.Live + s.Kept
}

// Deleted arrays are free at once.
func TestDeleteFrees(t *testing.T) {
	f := jax.Jit(func(x jax.Array) jax.Array { return jnp.Dot(x, x).Add(1) })
	x := jnp.Ones(jax.Shape{300, 300})
	y := f(x).BlockUntilReady()
	jax.Values[float32](y) // reads, and holds nothing
	before := settled(x, y)
	y.Delete()
	if s := jax.MemoryStats(); s.BytesInUse != before-300*300*4 {
		t.Errorf("%d bytes in use, before %d", s.BytesInUse, before)
	}
	jax.TrimMemory()
	if s := jax.MemoryStats(); s.BytesLimit <= 0 || s.NumAllocs == 0 || s.LargestAllocSize == 0 {
		t.Errorf("%+v", s)
	}
}

// Where there is no memory for a program the error lists what that takes: results, temporaries
// and what its steps work in, each with the line that asked for it.
func TestMemoryLimitOfPrograms(t *testing.T) {
	if mem.Shared.Poisoned() {
		t.Skip("what steps work in is lent one by one")
	}
	defer jax.SetMemoryLimit(0)
	defer jax.SetThreads(0)
	jax.SetThreads(1)
	x := jnp.Ones(jax.Shape{1000, 1000}).BlockUntilReady()
	_, _, line, _ := runtime.Caller(0)
	layers := func(x jax.Array) (jax.Array, jax.Array) {
		h := jnp.Dot(x, x)
		c := jnp.Concatenate([]jax.Array{h, h.Exp()})
		h = jnp.Dot(c, h).Add(c)
		s := jnp.Sort(h.Ravel())
		return jnp.Flip(s), jnp.Sum(h)
	}
	for name, f := range map[string]func(jax.Array) (jax.Array, jax.Array){
		"jit":         jax.Jit(layers),
		"jit of jits": jax.Jit(func(x jax.Array) (jax.Array, jax.Array) { return jax.Jit(layers)(x) }),
	} {
		m := jax.Lower(f, x).Compile().MemoryAnalysis()
		for where, room := range map[string]int{
			"results":     m.OutputSize / 2,
			"temporaries": m.OutputSize + m.TempSize/2,
			"work":        m.OutputSize + m.TempSize + m.WorkSize/2,
		} {
			jax.SetMemoryLimit(settled(x) + room)
			err := jax.Try(func() {
				y, _ := f(x)
				y.BlockUntilReady()
			})
			jax.SetMemoryLimit(0)
			var m *jax.MemoryError
			if !errors.As(err, &m) {
				t.Fatalf("%s, %s: got %v", name, where, err)
			}
			text := err.Error()
			at := strings.Index(text, "; the largest of what the program itself takes: ")
			if at < 0 || len(m.Program) != 5 {
				t.Fatalf("%s, %s: %v", name, where, err)
			}
			for _, want := range []string{
				fmt.Sprintf("15.3 MiB to work in of sort (memory_test.go:%d)", line+5),
				fmt.Sprintf("7.6 MiB f32[2000000] of rev (memory_test.go:%d)", line+6),
				fmt.Sprintf("7.6 MiB f32[2000,1000] of concatenate (memory_test.go:%d)", line+3),
				fmt.Sprintf("3.8 MiB f32[1000,1000] of dot_general (memory_test.go:%d)", line+2),
			} {
				if !strings.Contains(text[at:], want) {
					t.Errorf("%s, %s: %q is not in %q", name, where, want, text)
				}
			}
		}
	}
}
