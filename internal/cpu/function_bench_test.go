package cpu_test

import (
	"testing"
	"time"
	"unsafe"

	"gojax/internal/cpu"
	"gojax/internal/dtype"
	"gojax/internal/kir"
)

// BenchmarkFunctions measures functions of numbers in the nearest cache, on one thread: the
// fastest of many turns.
func BenchmarkFunctions(b *testing.B) {
	const n = 2048
	for _, t := range []dtype.Type{dtype.Float32, dtype.Float64} {
		x, y, z := make([]float64, n), make([]float64, n), make([]float64, n)
		p, q := unsafe.Pointer(&x[0]), unsafe.Pointer(&y[0])
		for i := range n {
			u, v := float64(i%97)/97+0.01, float64(i%89)/40+0.02
			if t == dtype.Float32 {
				unsafe.Slice((*float32)(p), n)[i], unsafe.Slice((*float32)(q), n)[i] = float32(u), float32(v)
			} else {
				x[i], y[i] = u, v
			}
		}
		for c := kir.Exp; c <= kir.Atan2; c++ {
			f := cpu.ElementsForTest(c, t)
			if f == nil || c >= kir.Real && c <= kir.Clz || c >= kir.Add && c <= kir.Min {
				continue
			}
			b.Run(t.String()+" "+c.String(), func(b *testing.B) {
				best := time.Hour
				for b.Loop() {
					start := time.Now()
					for range 10 {
						f(unsafe.Pointer(&z[0]), p, q, nil, nil, n)
					}
					best = min(best, time.Since(start))
				}
				b.ReportMetric(float64(best.Nanoseconds())/10/n, "ns/elem")
			})
		}
	}
}
