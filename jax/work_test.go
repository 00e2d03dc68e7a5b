package jax_test

import (
	"errors"
	"strings"
	"testing"

	"gojax/internal/mem"
	"gojax/jax"
	"gojax/jnp"
	"gojax/lax"
	"gojax/random"
)

// The steps that work in memory.
var workers = map[string]func(x, y jax.Array) jax.Array{
	"product":             func(x, y jax.Array) jax.Array { return jnp.Dot(x, y) },
	"product, transposed": func(x, y jax.Array) jax.Array { return jnp.Dot(x.T(), y.T()).T() },
	"x·xᵀ":                func(x, y jax.Array) jax.Array { return jnp.Dot(x, x.T()) },
	"matrix and vector":   func(x, y jax.Array) jax.Array { return jnp.Dot(x.T(), y.Index(jax.All, 0)) },
	"batches": func(x, y jax.Array) jax.Array {
		return jnp.Einsum("bij,bjk->bik", x.Reshape(x.Shape()[0]/20, 20, -1), y.Reshape(y.Shape()[0]/20, -1, 20))
	},
	"sort":            func(x, y jax.Array) jax.Array { return jnp.Sort(x.Ravel()) },
	"sort of columns": func(x, y jax.Array) jax.Array { return jnp.Sort(x, jnp.Axis(0)) },
	"argsort":         func(x, y jax.Array) jax.Array { return jnp.Argsort(x.Ravel()) },
	"argsort of rows": func(x, y jax.Array) jax.Array { return jnp.Argsort(x) },
	"top k": func(x, y jax.Array) jax.Array {
		_, i := lax.TopK(x, x.Shape()[1]/2)
		return i
	},
	"sums along rows":    func(x, y jax.Array) jax.Array { return jnp.Cumsum(x.Ravel()) },
	"sums along columns": func(x, y jax.Array) jax.Array { return jnp.Cumsum(x.Reshape(-1, 10), jnp.Axis(0)) },
	"argmax":             func(x, y jax.Array) jax.Array { return jnp.Argmax(x.Reshape(-1, 2), jnp.Axis(1)) },
	"scatter":            func(x, y jax.Array) jax.Array { return x.At(jnp.Argmax(x, jnp.Axis(1))).Add(y) },
	"chain": func(x, y jax.Array) jax.Array {
		return jnp.Dot(jnp.Tanh(jnp.Dot(jnp.Sort(x), y)), y.T())
	},
}

// A step works in what MemoryAnalysis says: not in more and, where there is one thread, hardly
// in less. So the peak that is predicted is the one that is measured.
func TestWorkIsPredicted(t *testing.T) {
	defer jax.SetThreads(0)
	for _, dtype := range []jax.DType{jax.Float32, jax.Float64, jax.BFloat16, jax.Float16, jax.Int32, jax.Uint64, jax.Int8, jax.Complex64} {
		for _, n := range []int{40, 280} {
			x := random.Normal(random.PRNGKey(1), jax.Shape{n, n}).Astype(dtype).BlockUntilReady()
			y := random.Normal(random.PRNGKey(2), jax.Shape{n, n}).Astype(dtype).BlockUntilReady()
			for name, f := range workers {
				if !takes(name, dtype) {
					continue
				}
				jax.SetThreads(1)
				checkWork(t, name, f, x, y, 1)
				if n > 100 {
					jax.SetThreads(3)
					checkWork(t, name, f, x, y, 3)
				}
			}
		}
	}
}

// takes reports whether a worker takes elements of a type.
func takes(name string, dtype jax.DType) bool {
	switch dtype {
	case jax.Complex64:
		return !strings.HasPrefix(name, "top") && !strings.HasPrefix(name, "argmax") && name != "scatter"
	case jax.Int32, jax.Int8, jax.Uint64:
		return name != "chain"
	}
	return true
}

// overlooked is what is not lent: results, temporaries and work that are small.
const overlooked = 8<<10 + 2*64<<10

func checkWork(t *testing.T, name string, f func(x, y jax.Array) jax.Array, x, y jax.Array, threads int) {
	t.Helper()
	c := jax.Lower(f, x, y).Compile()
	m := c.MemoryAnalysis()
	before := settled(x, y)
	z := c.Call(x, y)[0].(jax.Array).BlockUntilReady()
	s := mem.Shared.Stats()
	z.Delete()
	measured, said := s.Peak-before, m.PeakMemory-m.ArgumentSize
	apart := mem.Shared.Poisoned() && threads > 1 // lent one by one to those that take part
	if measured > said || !apart && said > measured+measured/10+overlooked {
		t.Errorf("%s of %v, %d threads: a peak of %d bytes besides the arguments, predicted %d (%v)", name, x.Type(), threads, measured, said, m)
	}
	if mem.Shared.Poisoned() {
		return
	}
	if s.Peak != s.Planned || s.Worked > m.WorkSize || threads == 1 && m.WorkSize > s.Worked+s.Worked/10+1024 {
		t.Errorf("%s of %v, %d threads: it worked in %d bytes, of which %d were not planned, predicted %d", name, x.Type(), threads, s.Worked, s.Peak-s.Planned, m.WorkSize)
	}
}

// What steps work in counts for the limit of memory, and errors say which step it is for.
func TestWorkOverLimit(t *testing.T) {
	if mem.Shared.Poisoned() {
		t.Skip("pieces are lent one by one")
	}
	defer jax.SetMemoryLimit(0)
	x := jnp.Full(jax.Shape{1000, 1000}, 2)
	sorted := func(x jax.Array) jax.Array {
		return jnp.Argsort(x.Ravel()).Add(1)
	}
	jax.SetMemoryLimit(settled(x) + 14_000_000)
	for name, ask := range map[string]func(){
		"eager": func() { jnp.Argsort(x.Ravel()).BlockUntilReady() },
		"jit":   func() { jax.Jit(sorted)(x).BlockUntilReady() },
	} {
		err := jax.Try(ask)
		var m *jax.MemoryError
		var e *jax.Error
		if !errors.As(err, &m) || !errors.As(err, &e) {
			t.Fatalf("%s: got %v", name, err)
		}
		if m.Want < 16_000_000 || !strings.HasSuffix(e.File, "work_test.go") || !strings.Contains(e.Msg, "to work in for sort") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The parts of a product of few rows are not of one width.
func TestWorkOfFewRows(t *testing.T) {
	defer jax.SetThreads(0)
	for _, dtype := range []jax.DType{jax.BFloat16, jax.Float16, jax.Float32} {
		for _, n := range []int{33, 40, 48, 65, 100, 129, 200} {
			x := jnp.Full(jax.Shape{n, 1000}, 0.5).Astype(dtype).BlockUntilReady()
			for threads := 1; threads <= 3; threads++ {
				jax.SetThreads(threads)
				checkWork(t, "x·xᵀ", workers["x·xᵀ"], x, x, threads)
			}
		}
	}
}
