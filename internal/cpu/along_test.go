package cpu_test

import (
	"bytes"
	"strings"
	"testing"

	"gojax/internal/core"
	"gojax/internal/cpu"
	"gojax/internal/cpu/run"
	"gojax/lax"
)

// TestAlong has results that are stored where others come by, and some that are not: how many
// kernels there are, and how many large temporaries.
func TestAlong(t *testing.T) {
	sum := func(x array, axes ...int) array { return lax.ReduceSum(x, axes) }
	all := func(x array) array { return sum(x, 0, 1) }
	for _, c := range []struct {
		name        string
		kernels     int
		temporaries int
		f           func(x, y array) []array
	}{
		{"of one function, with its sum", 1, 0, func(x, y array) []array {
			e := x.Exp()
			return []array{e.Add(1), e.Mul(2), all(e)}
		}},
		{"after the sum", 1, 0, func(x, y array) []array {
			e := x.Exp()
			return []array{all(e), e.Add(1), e.Mul(2)}
		}},
		{"with sums of rows", 1, 0, func(x, y array) []array {
			e := x.Exp()
			return []array{sum(e, 1), lax.ReduceMax(x, []int{1}), e, e.Mul(y)}
		}},
		{"a loss and what its gradient is made of", 1, 0, func(x, y array) []array {
			p := x.Tanh()
			d := p.Sub(y)
			return []array{all(d.Mul(d)), d.Mul(2).Mul(lax.Sub(lax.Number(p.DType(), 1), p.Mul(p))), d.Neg()}
		}},
		{"elements that read the same", 1, 0, func(x, y array) []array { return []array{x.Add(y), x.Sub(y), x.Mul(y)} }},
		{"functions that share nothing", 2, 0, func(x, y array) []array { return []array{x.Sin(), x.Cos()} }},
		{"other arrays", 2, 0, func(x, y array) []array { return []array{all(x), y.Add(1)} }},
		{"columns", 2, 0, func(x, y array) []array { e := x.Exp(); return []array{sum(e, 0), e} }},
		{"what waits for the sum, and what does not", 2, 0, func(x, y array) []array {
			e := x.Exp()
			s := lax.BroadcastInDim(all(e), x.Shape(), nil)
			return []array{e.Div(s), e.Add(1)}
		}},
		{"in another order", 1, 1, func(x, y array) []array {
			e := x.Exp()
			return []array{sum(e, 1), lax.Transpose(e, []int{1, 0})}
		}},
		{"many results", 2, 1, func(x, y array) []array {
			e := x.Exp()
			return []array{sum(e, 1), e.Add(1), e.Mul(2), e.Sub(3), e.Mul(e)}
		}},
		{"of what a product makes", 3, 0, func(x, y array) []array {
			p := lax.DotGeneral(x, y, [2][]int{{1}, {1}}, [2][]int{}, x.DType()).Tanh()
			return []array{sum(p, 1), p.Mul(2)}
		}},
	} {
		f := staged(func(x []array) []array { return c.f(x[0], x[1]) }, f32(300, 300), f32(300, 300))
		text := cpu.Text(f)
		if got := strings.Count(text, "run kernel"); got != c.kernels {
			t.Errorf("%s: %d kernels, want %d:\n%s", c.name, got, c.kernels, text)
		}
		if m, _ := cpu.Analyse(f, nil); m.Temporaries/(4*300*300) != c.temporaries {
			t.Errorf("%s: temporaries of %d bytes, want %d arrays", c.name, m.Temporaries, c.temporaries)
		}
		if err := cpu.CheckKernels(f); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		in := inputs(f)
		want := c.f(lax.Of(in[0]), lax.Of(in[1]))
		for _, threads := range []int{1, 2, 3} {
			run.SetThreads(threads)
			got := core.Run(called{f: f}, cpu.Default(), in)
			for i := range want {
				want[i].Value().Buf.Wait("")
				got[i].Buf.Wait("")
				if !bytes.Equal(data(got[i]), data(want[i].Value())) {
					t.Errorf("%s: result %d is another with %d threads", c.name, i, threads)
				}
			}
		}
	}
	run.SetThreads(0)
}

// TestStepInPlace has the results of one kernel in the memory of operands that are donated.
func TestStepInPlace(t *testing.T) {
	const n = 50_000
	step := func(x []array) []array {
		p, m, v, g := x[0], x[1], x[2], x[3]
		m = m.Mul(0.9).Add(g.Mul(0.1))
		v = v.Mul(0.999).Add(g.Mul(g).Mul(0.001))
		return []array{p.Sub(m.Div(lax.Sqrt(lax.Abs(v)).Add(1e-8)).Mul(0.01)), m, v}
	}
	f := staged(step, f32(n), f32(n), f32(n), f32(n))
	donated := core.Mask{true, true, true, false}
	if m, _ := cpu.Analyse(f, donated); m.Aliased != 3*4*n || m.Temporaries > 64 {
		t.Errorf("%d bytes are where operands were, want %d; temporaries of %d bytes", m.Aliased, 3*4*n, m.Temporaries)
	}
	in, kept := inputs(f), inputs(f)
	want := core.Run(called{f: f}, cpu.Default(), kept)
	got := core.Run(called{f, donated}, cpu.Default(), in)
	for i := range want {
		got[i].Buf.Wait("")
		want[i].Buf.Wait("")
		if !bytes.Equal(data(got[i]), data(want[i])) {
			t.Errorf("result %d differs when operands are donated", i)
		}
	}
}

// TestNeutralBroadcasts has gradients of sums: a product with ones is no work.
func TestNeutralBroadcasts(t *testing.T) {
	ones := func(x array) array { return lax.BroadcastInDim(lax.Number(x.DType(), 1), x.Shape(), nil) }
	f := staged(func(x []array) []array {
		return []array{lax.Exp(x[0]).Mul(ones(x[0])), ones(x[0]).Mul(x[1]).Add(x[1].Mul(2))}
	},
		f32(1000), f32(1000))
	if text := cpu.Text(f); strings.Count(text, "mul") != 1 {
		t.Errorf("products with 1 are left:\n%s", text)
	}
}

// What is computed beside a reduction of another operand, in the same loop, takes the memory of what it alone is computed of.
func TestDonatedBeside(t *testing.T) {
	const n = 100_000
	for _, of := range []int{0, 1} { // what is reduced
		f := staged(func(in []array) []array {
			return []array{in[0].Mul(0.99).Add(in[1].Mul(0.01)), lax.ReduceMax(in[of], []int{0})}
		}, f32(n), f32(n))
		want := f.Call(inputs(f)...)
		for donated := range 2 {
			mask := core.Mask{donated == 0, donated == 1}
			if m, _ := cpu.Analyse(f, mask); donated != of && m.Aliased != 4*n { // else it is read again after that
				t.Errorf("maximum of %d, donated %d: %d bytes in place", of, donated, m.Aliased)
			}
			for i, got := range core.Run(called{f, mask}, cpu.Default(), inputs(f)) {
				if !bytes.Equal(data(got), data(want[i])) {
					t.Errorf("maximum of %d, donated %d: other bits of result %d", of, donated, i)
				}
			}
		}
	}
}
