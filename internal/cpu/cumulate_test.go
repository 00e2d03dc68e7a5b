package cpu_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"gojax/internal/core"
	"gojax/internal/cpu"
	"gojax/internal/cpu/run"
	"gojax/internal/dtype"
	"gojax/lax"
)

// TestAroundScans has scans of what is computed, and what is computed of scans, with kernels that
// are parts of the scan and some that are not: the same bits as operation by operation, with any
// number of threads.
func TestAroundScans(t *testing.T) {
	defer run.SetThreads(0)
	row := func(x array) array {
		return lax.BroadcastInDim(lax.Reshape(lax.SliceInDim(x, 0, 1, 1, 0), x.Shape()[1:]), x.Shape(), []int{1})
	}
	programs := []struct {
		name          string
		before, after bool
		f             func(x array, axis int, reverse bool) []array
	}{
		{"before", true, false, func(x array, a int, r bool) []array { return []array{lax.CumSum(lax.Tanh(x), a, r)} }},
		{"after", false, true, func(x array, a int, r bool) []array { return []array{lax.CumMax(x, a, r).Mul(3)} }},
		{"both", true, true, func(x array, a int, r bool) []array {
			return []array{lax.CumProd(lax.Add(x, row(x)), a, r).Neg()}
		}},
		{"all are results", true, true, func(x array, a int, r bool) []array {
			y := lax.Mul(x, x)
			z := lax.CumMin(y, a, r)
			return []array{y, z, lax.Sub(z, y)}
		}},
		{"backwards", true, false, func(x array, a int, r bool) []array {
			return []array{lax.Rev(lax.CumSum(lax.Rev(lax.Abs(x), []int{0, 1}), a, r), []int{1}).Add(1)}
		}},
		{"one after the other", true, true, func(x array, a int, r bool) []array {
			return []array{lax.CumSum(lax.CumSum(x.Mul(2), a, r).Add(1), a, !r).Add(x)}
		}},
		{"log-sum-exp", true, true, func(x array, a int, r bool) []array { return []array{lax.CumLogSumExp(x.Mul(0.5), a, r).Sub(1)} }},
	}
	for _, c := range []struct {
		t    core.Type
		axis int
	}{
		{f32(2, 140_000), 1}, {f32(300, 1001), 1}, {f32(700, 400), 1}, {f32(1001, 300), 0}, {core.Of(dtype.Float64, 3, 50_001), 1},
		{core.Of(dtype.BFloat16, 2, 300_000), 1}, {f32(5, 900), 1},
	} {
		for n, p := range programs {
			if p.name == "log-sum-exp" && c.t.DType != dtype.Float64 {
				continue
			}
			reverse := n%2 == 1
			f := func(x []array) []array { return p.f(x[0], c.axis, reverse) }
			prog := staged(f, c.t)
			name := fmt.Sprint(p.name, " of ", c.t, c.axis)
			text := cpu.Text(prog)
			parts := c.axis == 1 && c.t.DType != dtype.BFloat16 && c.t.Bytes() >= 1<<20
			if got := strings.Contains(text, "after what came before"); got != (parts && p.before) {
				t.Errorf("%s: the kernel before is a part: %v\n%s", name, got, text)
			}
			if got := strings.Contains(text, "with what comes next"); got != (parts && p.after) {
				t.Errorf("%s: the kernel after is a part: %v\n%s", name, got, text)
			}
			x := filled(c.t)
			want := f([]array{lax.Of(x)})
			for _, threads := range []int{1, 2, 3, 5} {
				run.SetThreads(threads)
				got := core.Run(called{f: prog}, cpu.Default(), []*core.Value{x})
				for i := range want {
					got[i].Buf.Wait("")
					want[i].Value().Buf.Wait("")
					if !bytes.Equal(data(got[i]), data(want[i].Value())) {
						t.Fatalf("%s: result %d of %d threads is another than alone:\n%s", name, i, threads, text)
					}
				}
			}
		}
	}
}
