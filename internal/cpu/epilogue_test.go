package cpu_test

import (
	"bytes"
	"strings"
	"testing"

	"gojax/internal/core"
	"gojax/internal/cpu"
	"gojax/internal/cpu/run"
	"gojax/internal/dtype"
	"gojax/lax"
)

// TestEpilogues has products of which something is computed: the same bits as operation
// by operation, with any number of threads.
func TestEpilogues(t *testing.T) {
	defer run.SetThreads(0)
	along := func(v array, shape []int, axis int) array { return lax.BroadcastInDim(v, shape, []int{axis}) }
	programs := map[string]func(d array, in []array) []array{
		"bias": func(d array, in []array) []array {
			return []array{lax.Add(d, along(in[2], d.Shape(), d.Rank()-1))}
		},
		"activation": func(d array, in []array) []array {
			b := lax.Add(d, along(in[2], d.Shape(), d.Rank()-1))
			positive := lax.Gt(b, lax.Mul(b, b))
			return []array{lax.Tanh(b), positive}
		},
		"residual": func(d array, in []array) []array { return []array{lax.Add(lax.Mul(d, d), in[3])} },
		"both":     func(d array, in []array) []array { return []array{lax.Exp(d), d} },
		"rows too": func(d array, in []array) []array {
			return []array{lax.Neg(d), lax.ReduceSum(d, []int{d.Rank() - 1})}
		},
		"shape": func(d array, in []array) []array {
			return []array{lax.Sin(lax.Reshape(d, []int{d.Size()}))}
		},
		"later": func(d array, in []array) []array {
			e := lax.Sqrt(lax.Abs(in[3])) // after the product in the program
			return []array{lax.Add(d, lax.Mul(e, in[3])), e}
		},
		"later row": func(d array, in []array) []array {
			e := lax.Exp(lax.Mul(in[2], in[2])) // which is computed once, not for every element
			return []array{lax.Add(lax.Mul(d, along(e, d.Shape(), d.Rank()-1)), in[3]), e}
		},
	}
	for _, c := range [][4]int{ // batch, rows, columns, sums
		{1, 40, 50, 3}, {1, 64, 64, 64}, {5, 48, 48, 20}, {1, 100, 300, 260}, {1, 300, 300, 70}, {1, 2100, 1, 40},
		{1, 1, 2500, 300}, {7, 5, 6, 7}, {2, 270, 140, 300},
	} {
		batch, b, x, y := []int{}, []int{c[0]}, f32(c[0], c[1], c[3]), f32(c[0], c[3], c[2])
		if c[0] == 1 {
			b, x, y = nil, f32(c[1], c[3]), f32(c[3], c[2])
		}
		for a := range b {
			batch = append(batch, a)
		}
		k := len(b)
		bias, whole := f32(c[2]), f32(append(b, c[1], c[2])...)
		for name, after := range programs {
			f := staged(func(in []array) []array {
				d := lax.DotGeneral(in[0], in[1], [2][]int{{k + 1}, {k}}, [2][]int{batch, batch}, dtype.Invalid)
				return after(d, in)
			}, x, y, bias, whole)
			text := cpu.CompileForTest(f).String()
			if joined := strings.Contains(text, "and then"); !joined && c[1]*c[2] > 600 {
				t.Errorf("%s %v: the kernel is apart:\n%s", name, c, text)
			}
			in := inputs(f)
			want := f.Call(in...)
			for _, threads := range []int{1, 3} {
				run.SetThreads(threads)
				for i, got := range core.Run(called{f: f}, cpu.Default(), in) {
					if !got.Type().Equal(want[i].Type()) || !bytes.Equal(data(got), data(want[i])) {
						t.Fatalf("%s %v with %d threads: result %d is %v, want %v", name, c, threads, i, lax.Of(got), lax.Of(want[i]))
					}
				}
			}
		}
	}
}

// TestEpilogueDonated has results that may take the memory of operands: of one that the
// kernel alone reads, but not of one that the product reads.
func TestEpilogueDonated(t *testing.T) {
	defer run.SetThreads(0)
	for _, n := range []int{120, 290} {
		x, w := f32(n, n), f32(n, n)
		f := staged(func(in []array) []array {
			return []array{lax.Add(in[0], lax.Dot(in[0], in[1])), lax.Sub(in[2], lax.Mul(lax.Dot(in[1], in[0]), in[2]))}
		}, x, w, x)
		for threads := range 3 {
			run.SetThreads(threads + 1)
			for _, donated := range []core.Mask{{true, false, true}, nil} {
				in := inputs(f)
				want := f.Call(in...)
				for i, got := range core.Run(called{f: f, donated: donated}, cpu.Default(), in) {
					if !bytes.Equal(data(got), data(want[i])) {
						t.Fatalf("result %d is %v, want %v", i, lax.Of(got), lax.Of(want[i]))
					}
				}
				if in[0].Buf.Gone() || in[2].Buf.Gone() != (donated != nil) {
					t.Errorf("of donated %v, taken are %v and %v, want the second operand only", donated, in[0].Buf.Gone(), in[2].Buf.Gone())
				}
			}
		}
		if text := cpu.CompileForTest(f).String(); strings.Count(text, "and then") != 2 {
			t.Errorf("kernels are apart:\n%s", text)
		}
	}
}

// A product that a residual is added to is made where the result will be: it needs memory of its
// own only where that is the residual's.
func TestProductsInResults(t *testing.T) {
	x := f32(300, 300)
	f := staged(func(in []array) []array {
		return []array{lax.Add(lax.Tanh(lax.Dot(in[0], in[1])), in[2])}
	}, x, x, x)
	for n, want := range []int{0, 0, x.Bytes()} {
		donated := make(core.Mask, 3)
		donated[n] = n > 0
		m, _ := cpu.Analyse(f, donated)
		if m.Aliased != want || m.Temporaries < want || m.Temporaries > want+64 {
			t.Errorf("operand %d donated: %d bytes of temporaries and %d in place, want %d", n, m.Temporaries, m.Aliased, want)
		}
	}
}
