package cpu_test

import (
	"bytes"
	"testing"

	"gojax/internal/core"
	"gojax/internal/cpu"
	"gojax/internal/cpu/code"
	"gojax/internal/dtype"
	"gojax/lax"
)

// Kernels that are run together, a few rows at a time, have the results that they have
// one after the other.
func TestPasses(t *testing.T) {
	across := func(x, y array) array { return lax.BroadcastInDim(y, x.Shape(), []int{0}) }
	rows := func(x array) array { return across(x, lax.ReduceSum(x, []int{1})) }
	for _, c := range []struct {
		name   string
		shape  []int
		passes int // how many kernels are run together
		f      func(x array) []array
	}{
		{"mean taken off", []int{64, 200}, 2, func(x array) []array { return []array{x.Sub(rows(x))} }},
		{"softmax", []int{101, 300}, 3, func(x array) []array {
			e := x.Sub(across(x, lax.ReduceMax(x, []int{1}))).Exp()
			return []array{e.Div(rows(e))}
		}},
		{"columns", []int{64, 200}, 0, func(x array) []array {
			return []array{x.Sub(lax.BroadcastInDim(lax.ReduceSum(x, []int{0}), x.Shape(), []int{1}))}
		}},
		{"few rows", []int{8, 4000}, 0, func(x array) []array { return []array{x.Sub(rows(x))} }},
		{"two results", []int{40, 400}, 2, func(x array) []array {
			s := rows(x.Mul(x))
			return []array{s, x.Div(s)}
		}},
		{"rows in another order", []int{200, 200}, 0, func(x array) []array {
			return []array{x.Sub(lax.Rev(rows(x), []int{0}))}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := staged(func(x []array) []array { return c.f(x[0]) }, f32(c.shape...))
			if n := cpu.PassesForTest(f); n != c.passes {
				t.Errorf("%d kernels are run together, want %d: %v", n, c.passes, cpu.Text(f))
			}
			x := filled(f32(c.shape...))
			got := core.Run(called{f: f}, cpu.Default(), []*core.Value{x})
			for i, want := range c.f(lax.Of(x)) {
				want.Value().Buf.Wait("")
				got[i].Buf.Wait("")
				if !bytes.Equal(data(got[i]), data(want.Value())) {
					t.Errorf("result %d is another", i)
				}
			}
		})
	}
}

// What kernels that are run together make of each row, for each other alone, is not in memory.
func TestOwnRows(t *testing.T) {
	if l, _ := code.Chosen(); l == code.Portable {
		t.Skip("kernels have no memory of their own")
	}
	across := func(x, y array) array { return lax.BroadcastInDim(y, x.Shape(), []int{0}) }
	mean := func(x array) array { return lax.ReduceSum(x, []int{1}).Mul(0.01) }
	for _, c := range []struct {
		name        string
		temporaries int // a row has
		f           func(x array) []array
	}{
		{"softmax", 0, func(x array) []array {
			e := x.Sub(across(x, lax.ReduceMax(x, []int{1}))).Exp()
			return []array{e.Div(across(x, lax.ReduceSum(e, []int{1})))}
		}},
		{"deviation", 0, func(x array) []array {
			d := x.Sub(across(x, mean(x)))
			return []array{lax.Rsqrt(mean(d.Mul(d)))}
		}},
		{"logarithm of a sum", 0, func(x array) []array {
			return []array{lax.Convert(lax.Log(lax.ReduceSum(lax.Exp(x), []int{1})), dtype.Float64)}
		}},
		{"also a result", 0, func(x array) []array {
			s := mean(x)
			return []array{s, x.Sub(across(x, s))}
		}},
		{"also wanted in another order", 1, func(x array) []array {
			s := lax.ReduceSum(x, []int{1})
			return []array{x.Sub(across(x, s)), lax.ReduceSum(lax.Rev(s, []int{0}).Mul(s), []int{0})}
		}},
	} {
		const rows = 3000
		f := staged(func(x []array) []array { return c.f(x[0]) }, f32(rows, 100))
		if m, _ := cpu.Analyse(f, nil); m.Temporaries/(4*rows) != c.temporaries {
			t.Errorf("%s: temporaries of %d bytes, want %d a row\n%v", c.name, m.Temporaries, c.temporaries, cpu.CompileForTest(f))
		}
		x := filled(f32(rows, 100))
		got := core.Run(called{f: f}, cpu.Default(), []*core.Value{x})
		for i, want := range c.f(lax.Of(x)) {
			if !bytes.Equal(data(got[i]), data(want.Value())) {
				t.Errorf("%s: result %d is another", c.name, i)
			}
		}
	}
}
