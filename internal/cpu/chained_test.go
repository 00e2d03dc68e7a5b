package cpu_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"gojax/internal/core"
	"gojax/internal/cpu"
	"gojax/internal/cpu/code"
	"gojax/internal/cpu/run"
	"gojax/internal/dtype"
	"gojax/lax"
)

// What a product makes for another one alone, and what is done with its rows before, has the bits that it has by itself,
// and is in memory for some rows only, whatever is donated.
func TestChained(t *testing.T) {
	defer run.SetThreads(0)
	along := func(x, like array) array { // of rows
		return lax.BroadcastInDim(x, like.Shape(), []int{0, 1, 2}[:x.Rank()])
	}
	last := func(d array) []int { return []int{d.Rank() - 1} }
	type answer int
	const (
		no answer = iota
		yes
		ofLong // if rows are long
		either
	)
	softmax := func(d array) array {
		e := lax.Exp(d.Sub(along(lax.ReduceMax(d, last(d)), d)))
		return e.Div(along(lax.ReduceSum(e, last(d)), e))
	}
	columns := func(x, like array) array { return lax.BroadcastInDim(x, like.Shape(), []int{like.Rank() - 1}) }
	half := func(d array, i int) array {
		n := d.Shape()[d.Rank()-1] / 2
		return lax.SliceInDim(d, i*n, i*n+n, 1, d.Rank()-1)
	}
	steps := []struct {
		name   string
		chains answer
		of     func(d array, in []array) []array // what is multiplied next, and other results
	}{
		{"itself", yes, func(d array, in []array) []array { return []array{d} }},
		{"bias, activation", yes, func(d array, in []array) []array { return []array{lax.Tanh(d.Add(columns(in[3], d)))} }},
		{"softmax", ofLong, func(d array, in []array) []array { return []array{softmax(d.Mul(0.2))} }},
		{"masked", ofLong, func(d array, in []array) []array {
			return []array{softmax(lax.Select(lax.BroadcastInDim(in[4].Gt(0), d.Shape(), []int{d.Rank() - 2, d.Rank() - 1}), d, lax.FullLike(d, -1e9)))}
		}},
		{"gated", either, func(d array, in []array) []array {
			return []array{lax.Concatenate(d.Rank()-1, lax.Tanh(half(d, 0)).Mul(half(d, 1)), half(d, 0))}
		}},
		{"normalised", ofLong, func(d array, in []array) []array {
			d = d.Sub(along(lax.ReduceSum(d, last(d)).Mul(0.01), d))
			return []array{d.Mul(along(lax.Rsqrt(lax.ReduceSum(d.Mul(d), last(d)).Add(1)), d))}
		}},
		{"and its sums", ofLong, func(d array, in []array) []array { return []array{softmax(d), lax.ReduceMax(d, last(d))} }},
		{"and itself", no, func(d array, in []array) []array { d = lax.Tanh(d); return []array{d, d} }},
		{"and its columns", no, func(d array, in []array) []array {
			d = lax.Sin(d)
			return []array{d, lax.ReduceSum(d, []int{0, 1}[:d.Rank()-1])}
		}},
	}
	for _, c := range []struct {
		batch, m, k, mid, n int
		t                   dtype.Type
		chains              bool
	}{
		{0, 4096, 32, 120, 40, dtype.Float32, true}, {0, 3001, 20, 100, 30, dtype.Float32, false}, {40, 128, 24, 130, 32, dtype.Float32, true},
		{9, 300, 300, 270, 20, dtype.Float64, true}, {0, 2048, 64, 300, 70, dtype.BFloat16, true}, {12, 200, 30, 256, 33, dtype.Float16, true},
		{300, 40, 12, 34, 6, dtype.Float32, true}, {0, 2000, 16, 600, 300, dtype.Float32, true}, {2, 1024, 48, 1024, 48, dtype.Float32, true},
	} {
		b, batch := []int{}, []int{}
		if c.batch > 0 {
			b, batch = []int{c.batch}, []int{0}
		}
		k := len(b)
		of := func(shape ...int) core.Type { return core.Of(c.t, shape...) }
		types := []core.Type{of(append(b, c.m, c.k)...), of(append(b, c.k, c.mid)...), of(append(b, c.mid, c.n)...), of(c.mid), of(c.m, c.mid),
			of(append(b, c.m, c.n)...)}
		for i, s := range steps {
			side := i % 3 // left; left and transposed; right
			f := staged(func(in []array) []array {
				d := lax.DotGeneral(in[0], in[1], [2][]int{{k + 1}, {k}}, [2][]int{batch, batch}, dtype.Invalid)
				all := s.of(d, in)
				x := all[0]
				if side == 2 {
					all[0] = lax.DotGeneral(in[2], x, [2][]int{{k}, {k + 1}}, [2][]int{batch, batch}, dtype.Invalid)
					return all
				}
				y := lax.DotGeneral(x, in[2], [2][]int{{k + 1}, {k}}, [2][]int{batch, batch}, dtype.Invalid)
				if side == 1 && k > 0 {
					y = lax.Transpose(y, []int{1, 0, 2})
				} else if i > 0 {
					y = lax.Tanh(y).Add(in[5])
				}
				all[0] = y
				return all
			}, types...)
			name := fmt.Sprint(s.name, c)
			sameBits(t, name, f)
			text := cpu.CompileForTest(f).String()
			want := f.Call(inputs(f)...)
			for i := range 8 {
				run.SetThreads(1 + i%2)
				donated := core.Mask{i&1 > 0, i&2 > 0, i&4 > 0, false, i&1 > 0, i&2 > 0}
				for n, got := range core.Run(called{f, donated}, cpu.Default(), inputs(f)) {
					if !bytes.Equal(data(got), data(want[n])) {
						t.Fatalf("%s, donated %v: other bits of result %d\n%s", name, donated, n, text)
					}
				}
			}
			if l, _ := code.Chosen(); l == code.Portable {
				continue // products make no rows one by one there
			}
			chained := strings.Contains(text, "some rows at a time")
			long := core.Of(c.t, c.mid).Bytes() >= 512 // shorter rows are lanes of kernels of their own
			expected := s.chains == yes || s.chains == ofLong && long
			if side == 2 && c.batch < 8 {
				expected = false // the pieces would be of columns
			}
			if chained != (c.chains && expected) && s.chains != either {
				t.Errorf("%s: made at once: %v\n%s", name, chained, text)
			}
			if m, _ := cpu.Analyse(f, nil); chained && m.Temporaries >= 1<<20 && c.m != 1024 {
				t.Errorf("%s: temporaries of %d bytes\n%s", name, m.Temporaries, text)
			}
		}
	}
}
