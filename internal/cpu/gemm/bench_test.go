package gemm

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"gojax/internal/cpu/run"
)

// timed reports the best time of one product, and what that is in floating-point
// operations.
func timed(b *testing.B, u *Unit, p Product[float32]) {
	p.Out = make([]float32, p.B*p.M*p.N)
	best := time.Hour
	for b.Loop() {
		begin := time.Now()
		Multiply(u, &p, nil)
		best = min(best, time.Since(begin))
	}
	b.ReportMetric(float64(best.Nanoseconds())/1e3, "µs-best")
	b.ReportMetric(2*float64(p.B*p.M*p.N*p.K)/float64(best.Nanoseconds()), "GF/s")
}

func BenchmarkProducts(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, u := range units[float32](b) {
		for _, threads := range []int{1, 2} {
			run.SetThreads(threads)
			name := fmt.Sprintf("%d/%d/", 8*u.width, threads)
			for _, n := range []int{128, 512, 1024} {
				x, y := dense[float32](r, 1, n, n, false), dense[float32](r, 1, n, n, true)
				b.Run(fmt.Sprint(name, n), func(b *testing.B) { timed(b, u, Product[float32]{B: 1, M: n, N: n, K: n, X: x, Y: y}) })
				if n == 1024 {
					b.Run(fmt.Sprint(name, n, "T"), func(b *testing.B) { timed(b, u, Product[float32]{B: 1, M: n, N: n, K: n, X: y, Y: x}) })
					b.Run(fmt.Sprint(name, n, "mirror"), func(b *testing.B) {
						timed(b, u, Product[float32]{B: 1, M: n, N: n, K: n, X: x, Y: x})
					})
				}
			}
			many := dense[float32](r, 1000, 16, 16, false)
			turned := dense[float32](r, 1000, 16, 16, true)
			b.Run(name+"1000x16", func(b *testing.B) {
				timed(b, u, Product[float32]{B: 1000, M: 16, N: 16, K: 16, X: many, Y: turned})
			})
			mat, vec := dense[float32](r, 1, 4096, 4096, false), dense[float32](r, 1, 1, 4096, false)
			b.Run(name+"mv4096", func(b *testing.B) {
				timed(b, u, Product[float32]{B: 1, M: 4096, N: 1, K: 4096, X: mat, Y: vec})
			})
			mat.Row, mat.Col = 1, 4096
			b.Run(name+"vm4096", func(b *testing.B) {
				timed(b, u, Product[float32]{B: 1, M: 1, N: 4096, K: 4096, X: vec, Y: mat})
			})
		}
	}
	run.SetThreads(0)
}
