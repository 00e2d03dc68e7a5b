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
	for _, t := range []dtype.Type{dtype.Float32, dtype.Float64, dtype.Complex64, dtype.Complex128} {
		x, y, z := make([]float64, 2*n), make([]float64, 2*n), make([]float64, 2*n)
		p, q := unsafe.Pointer(&x[0]), unsafe.Pointer(&y[0])
		for i := range 2 * n {
			u, v := float64(i%97)/97+0.01, float64(i%89)/40+0.02
			if t == dtype.Float32 || t == dtype.Complex64 {
				unsafe.Slice((*float32)(p), 2*n)[i], unsafe.Slice((*float32)(q), 2*n)[i] = float32(u), float32(v)
			} else {
				x[i], y[i] = u, v
			}
		}
		for c := kir.Sign; c <= kir.Atan2; c++ {
			f := cpu.ElementsForTest(c, t)
			function := c >= kir.Exp && c <= kir.Digamma || c >= kir.Pow
			arithmetic := c <= kir.Abs || c >= kir.Real && c <= kir.Conj || c >= kir.Add && c <= kir.Min
			if f == nil || !function && !(arithmetic && t.IsComplex()) {
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
