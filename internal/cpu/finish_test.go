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

// Operands that a product, or what it is computed of, needs are not written over by what is computed of its
// elements or rows.
func TestDonatedFactors(t *testing.T) {
	defer run.SetThreads(0)
	const n = 512
	dot := func(x, y array) array {
		return lax.DotGeneral(x, y, [2][]int{{1}, {0}}, [2][]int{}, dtype.Invalid)
	}
	sums := func(x array) array { return lax.BroadcastInDim(lax.ReduceSum(x, []int{1}), x.Shape(), []int{0}) }
	mean := func(x array) array { return x.Sub(sums(x)) }
	programs := map[string]func(x, a, b array) array{
		"factor":                func(x, a, b array) array { return dot(x, b).Add(b) },
		"left":                  func(x, a, b array) array { return dot(b, x).Add(b) },
		"computed":              func(x, a, b array) array { return dot(x, a.Mul(b)).Add(b) },
		"computed left":         func(x, a, b array) array { return dot(lax.Exp(a.Mul(b)), x).Add(b) },
		"rows":                  func(x, a, b array) array { return mean(dot(x, b).Add(b)) },
		"rows, left":            func(x, a, b array) array { return mean(dot(b, x).Add(b)) },
		"rows, computed":        func(x, a, b array) array { return mean(dot(x, a.Mul(b))).Add(b) },
		"rows, factor":          func(x, a, b array) array { return sums(dot(x, b)).Mul(b) },
		"rows, computed factor": func(x, a, b array) array { return sums(dot(x, a.Sub(b))).Mul(b) },
		"rows, residual twice":  func(x, a, b array) array { return mean(lax.Tanh(dot(x, a).Add(b))).Mul(b) },
		"rows, residual":        func(x, a, b array) array { return mean(dot(x, a)).Mul(b) },
		"rows, then rows":       func(x, a, b array) array { return mean(mean(dot(x, lax.Sin(b))).Mul(b)) },
	}
	for name, f := range programs {
		f := staged(func(in []array) []array { return []array{f(in[0], in[1], in[2])} }, f32(n, n), f32(n, n), f32(n, n))
		in := inputs(f)
		want := f.Call(in...)[0]
		for _, threads := range []int{1, 3} {
			for i := range 8 {
				run.SetThreads(threads)
				donated := core.Mask{i&1 > 0, i&2 > 0, i&4 > 0}
				given := inputs(f) // without views, which would hold them
				got := core.Run(called{f, donated}, cpu.Default(), given)[0]
				if !bytes.Equal(data(got), data(want)) {
					t.Errorf("%s, donated %v, %d threads: other bits\n%s", name, donated, threads, cpu.CompileForTest(f))
				}
			}
		}
	}
}

// Kernels that go over the same rows write parts of them, and others read these of another array: its memory is
// not theirs.
func TestPartsOfRows(t *testing.T) {
	const n, m = 3000, 13
	zero := number(0)
	gated := func(d, q array) []array {
		scaled := d.Mul(lax.BroadcastInDim(lax.ReduceSum(q, []int{1}), d.Shape(), []int{0}))
		return []array{scaled.Add(lax.Pad(slice(d, 1, 0, 6), zero, []lax.Padding{{}, {6, 1, 0}}))}
	}
	f := staged(func(in []array) []array { return gated(in[0], in[1]) }, f32(n, m), f32(n, 40))
	want := f.Call(inputs(f)...)[0]
	got := core.Run(called{f, core.Mask{true, false}}, cpu.Default(), inputs(f))[0]
	if !bytes.Equal(data(got), data(want)) {
		t.Errorf("other bits\n%s", cpu.CompileForTest(f))
	}
	g := staged(func(in []array) []array { // of what is computed before, too
		return gated(lax.Cos(in[0]).Mul(in[0].Add(1)).Exp(), in[1])
	}, f32(n, m), f32(n, 40))
	sameBits(t, "computed", g)
}

// What is wanted of a product are reductions of its rows, or what is computed of these: they are made as
// its rows are.
func TestFinish(t *testing.T) {
	defer run.SetThreads(0)
	sum := func(x array) array { return lax.ReduceSum(x, []int{x.Rank() - 1}) }
	most := func(x array) array { return lax.ReduceMax(x, []int{x.Rank() - 1}) }
	spread := func(x, like array) array {
		axes := make([]int, x.Rank())
		for a := range axes {
			axes[a] = a
		}
		return lax.BroadcastInDim(x, like.Shape(), axes)
	}
	last := func(x, like array) array { return lax.BroadcastInDim(x, like.Shape(), []int{like.Rank() - 1}) }
	programs := []struct {
		name   string
		own    bool // the product has no memory
		result func(d array, in []array) array
	}{
		{"sum", true, func(d array, in []array) array { return sum(d) }},
		{"of a function", true, func(d array, in []array) array { return sum(lax.Exp(d.Mul(0.01))) }},
		{"logsumexp", true, func(d array, in []array) array {
			return lax.Log(sum(lax.Exp(d.Sub(spread(most(d), d))))).Add(most(d))
		}},
		{"of a bias", true, func(d array, in []array) array {
			e := lax.Tanh(d.Mul(0.01).Add(last(in[2], d)))
			return sum(e.Sub(spread(most(e), e)))
		}},
		{"least place", true, func(d array, in []array) array { return lax.ArgMin(d, d.Rank()-1, dtype.Int32) }},
		{"masked", true, func(d array, in []array) array {
			mask := lax.BroadcastInDim(in[3], d.Shape(), []int{d.Rank() - 2, d.Rank() - 1})
			return sum(lax.Mul(d, mask).Add(1))
		}},
		{"by others first", true, func(d array, in []array) array {
			return most(d.Div(spread(sum(lax.Mul(in[4], in[4])).Add(100), d)))
		}},
		{"softmax", false, func(d array, in []array) array {
			e := lax.Exp(d.Sub(spread(most(d), d)))
			return e.Div(spread(sum(e), d))
		}},
		{"and its columns", false, func(d array, in []array) array {
			return lax.Sub(d, last(lax.ReduceSum(lax.Mul(d, spread(sum(d), d)), []int{0, 1}[:d.Rank()-1]), d))
		}},
		{"columns of each", true, func(d array, in []array) array {
			return lax.ReduceMax(lax.Tanh(d.Mul(0.1)), []int{d.Rank() - 2})
		}},
		{"moments of columns", true, func(d array, in []array) array {
			mean := lax.ReduceSum(d, []int{d.Rank() - 2})
			return lax.ReduceSum(lax.Mul(d, d), []int{d.Rank() - 2}).Sub(mean)
		}},
		{"index", false, func(d array, in []array) array {
			return sum(lax.Mul(d, lax.BroadcastInDim(lax.Iota(dtype.Float32, d.Shape()[d.Rank()-2]), d.Shape(), []int{d.Rank() - 2})))
		}},
	}
	for _, c := range [][4]int{ // batch, rows, columns, sums
		{0, 600, 500, 20}, {0, 300, 1000, 300}, {0, 40_000, 10, 30}, {4, 300, 300, 40}, {40, 90, 110, 30}, {3000, 10, 12, 6}, {70, 150, 160, 90},
	} {
		b, batch := []int{}, []int{}
		if c[0] > 0 {
			b, batch = []int{c[0]}, []int{0}
		}
		k := len(b)
		types := []core.Type{f32(append(b, c[1], c[3])...), f32(append(b, c[3], c[2])...), f32(c[2]), f32(c[1], c[2]), f32(append(b, c[1], 30)...)}
		for _, p := range programs {
			f := staged(func(in []array) []array {
				d := lax.DotGeneral(in[0], in[1], [2][]int{{k + 1}, {k}}, [2][]int{batch, batch}, dtype.Invalid)
				return []array{p.result(d, in)}
			}, types...)
			name := fmt.Sprint(p.name, c)
			sameBits(t, name, f)
			if l, _ := code.Chosen(); l == code.Portable {
				continue // products make no rows one by one there
			}
			m, _ := cpu.Analyse(f, nil)
			text := cpu.CompileForTest(f).String()
			own := p.own
			if strings.Contains(p.name, "columns of") || strings.Contains(p.name, "of columns") {
				own = c[0] >= 8 // else threads have rows of a matrix each
			}
			if own && (m.Temporaries >= 4*max(c[0], 1)*c[1]*c[2] || !strings.Contains(text, "in no memory else")) {
				t.Errorf("%s: temporaries of %d bytes\n%s", name, m.Temporaries, text)
			}
			if p.name == "softmax" && 4*c[2] >= 512 && !strings.Contains(text, "with its rows") {
				t.Errorf("%s: rows are apart\n%s", name, text)
			}
		}
	}
}
