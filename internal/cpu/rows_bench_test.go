package cpu_test

import (
	"testing"
	"time"
	"unsafe"

	"gojax/internal/cpu"
	"gojax/internal/cpu/interp"
	"gojax/internal/ir"
	"gojax/lax"
)

// across makes rows of a column.
func across(x, y array) array { return lax.BroadcastInDim(y, x.Shape(), []int{0}) }

func softmax(x array) array {
	e := x.Sub(across(x, lax.ReduceMax(x, []int{1}))).Exp()
	s := lax.ReduceSum(e, []int{1})
	return e.Mul(across(x, lax.Div(lax.BroadcastInDim(number(1), s.Shape(), nil), s)))
}

func layerNorm(x, g array) array {
	n := float64(x.Shape()[1])
	c := x.Sub(across(x, lax.ReduceSum(x, []int{1}).Div(n)))
	v := lax.ReduceSum(c.Mul(c), []int{1}).Div(n)
	return c.Mul(across(x, lax.Rsqrt(v.Add(1e-5)))).Mul(lax.BroadcastInDim(g, x.Shape(), []int{1}))
}

// BenchmarkRows measures rows of programs in the nearest cache, on one thread: the fastest of
// many turns.
func BenchmarkRows(b *testing.B) {
	const n, length = 1000, 1000
	for _, c := range []struct {
		name string
		f    *ir.Func
	}{
		{"softmax", staged(func(x []array) []array { return []array{softmax(x[0])} }, f32(n, length))},
		{"layer norm", staged(func(x []array) []array { return []array{layerNorm(x[0], x[1])} }, f32(n, length), f32(length))},
	} {
		b.Run(c.name, func(b *testing.B) {
			r, kernels, slots := cpu.RowsForTest(c.f)
			if !r.Ready() {
				b.Skip("no machine code")
			}
			memory := map[int]unsafe.Pointer{}
			var bufs []unsafe.Pointer
			for i, k := range kernels {
				for j, x := range k {
					if memory[slots[i][j]] == nil {
						m := make([]float32, x.Elems+64)
						for i := range m {
							m[i] = float32(i%97)/31 - 1.5
						}
						memory[slots[i][j]] = unsafe.Pointer(&m[0])
					}
					bufs = append(bufs, memory[slots[i][j]])
				}
			}
			for _, rows := range []int{1, 3, n} {
				best := time.Duration(1 << 60)
				for range b.N + 1000*3/rows {
					start := time.Now()
					for range 30 / min(rows, 30) {
						r.Run(bufs, 0, rows)
					}
					best = min(best, time.Since(start)/time.Duration(30/min(rows, 30)))
				}
				b.ReportMetric(float64(best.Nanoseconds())/float64(rows), map[int]string{1: "ns/row-of-1", 3: "ns/row-of-3", n: "ns/row-of-1000"}[rows])
			}
		})
	}
}

func BenchmarkCompileRows(b *testing.B) {
	f := staged(func(x []array) []array { return []array{softmax(x[0])} }, f32(1000, 1000))
	b.ReportAllocs()
	for b.Loop() {
		interp.ClearCaches()
		cpu.CompileForTest(f)
	}
}
