package cpu_test

import (
	"testing"
	"time"

	"gojax/internal/core"
	"gojax/internal/cpu"
	"gojax/internal/cpu/run"
	"gojax/internal/dtype"
	"gojax/lax"
)

// BenchmarkEstimates compares estimates with what programs take on one thread, the fastest of
// many turns: how threads share work depends on estimates.
func BenchmarkEstimates(b *testing.B) {
	run.SetThreads(1)
	defer run.SetThreads(0)
	matrix := []core.Type{f32(250, 256)}
	of := func(t dtype.Type) []core.Type { return []core.Type{core.Of(t, 250, 256)} }
	for _, p := range []struct {
		name string
		in   []core.Type
		f    func(x []array) array
	}{
		{"add", matrix, func(x []array) array { return x[0].Add(1) }},
		{"add of two", []core.Type{f32(250, 256), f32(250, 256)}, func(x []array) array { return x[0].Add(x[1]) }},
		{"div", matrix, func(x []array) array { return x[0].Div(x[0].Add(3)) }},
		{"sqrt", matrix, func(x []array) array { return x[0].Sqrt() }},
		{"ten", matrix, func(x []array) array {
			y := x[0]
			for range 5 {
				y = y.Mul(x[0]).Add(1)
			}
			return y
		}},
		{"exp", matrix, func(x []array) array { return x[0].Exp() }},
		{"tanh", matrix, func(x []array) array { return x[0].Tanh() }},
		{"sin", matrix, func(x []array) array { return x[0].Sin() }},
		{"log", matrix, func(x []array) array { return x[0].Abs().Log() }},
		{"pow", matrix, func(x []array) array { return x[0].Abs().Pow(x[0]) }},
		{"selu", matrix, func(x []array) array { return selu(x[0]) }},
		{"f64 add", of(dtype.Float64), func(x []array) array { return x[0].Add(1) }},
		{"f64 exp", of(dtype.Float64), func(x []array) array { return x[0].Exp() }},
		{"bf16 add", of(dtype.BFloat16), func(x []array) array { return x[0].Add(1) }},
		{"i8 add", of(dtype.Int8), func(x []array) array { return x[0].Add(1) }},
		{"i32 div", of(dtype.Int32), func(x []array) array { return x[0].FloorDiv(3) }},
		{"i64 mul", of(dtype.Int64), func(x []array) array { return x[0].Mul(x[0]) }},
		{"c64 mul", of(dtype.Complex64), func(x []array) array { return x[0].Mul(x[0]) }},
		{"c64 exp", of(dtype.Complex64), func(x []array) array { return x[0].Exp() }},
		{"convert", of(dtype.Int32), func(x []array) array { return x[0].Astype(dtype.Float32) }},
		{"sum", matrix, func(x []array) array { return x[0].Sum() }},
		{"sum rows", matrix, func(x []array) array { return x[0].Sum(1) }},
		{"sum columns", matrix, func(x []array) array { return x[0].Sum(0) }},
		{"sum exp", matrix, func(x []array) array { return x[0].Exp().Sum() }},
		{"max", matrix, func(x []array) array { return x[0].Max() }},
		{"argmax", matrix, func(x []array) array { return x[0].Argmax(1) }},
		{"softmax", matrix, func(x []array) array {
			y := x[0].Sub(x[0].Max(1).Reshape(250, 1)).Exp()
			return y.Div(y.Sum(1).Reshape(250, 1))
		}},
		{"transpose", matrix, func(x []array) array { return x[0].T() }},
		{"transpose add", matrix, func(x []array) array { return x[0].T().Add(1) }},
		{"reverse", matrix, func(x []array) array { return lax.Rev(x[0], []int{0, 1}) }},
		{"cumsum", matrix, func(x []array) array { return x[0].Ravel().Cumsum() }},
		{"cumsum rows", matrix, func(x []array) array { return x[0].Cumsum(1) }},
		{"cumsum columns", matrix, func(x []array) array { return x[0].Cumsum(0) }},
		{"sort", matrix, func(x []array) array { return x[0].Ravel().Sort() }},
		{"sort rows", matrix, func(x []array) array { return x[0].Sort(1) }},
		{"argsort", matrix, func(x []array) array { return x[0].Ravel().Argsort() }},
		{"take", []core.Type{f32(64000), core.Of(dtype.Int32, 64000)}, func(x []array) array { return x[0].Index(x[1]) }},
		{"take rows", []core.Type{f32(250, 256), core.Of(dtype.Int32, 250)}, func(x []array) array { return x[0].Index(x[1]) }},
		{"dot", matrix, func(x []array) array { return x[0].Dot(x[0].T()) }},
		{"dot vector", matrix, func(x []array) array { return x[0].Dot(x[0].Index(0)) }},
	} {
		f := staged(func(x []array) []array { return []array{p.f(x)} }, p.in...)
		op := called{f: f}
		var in []*core.Value
		for _, t := range p.in {
			in = append(in, filled(t))
		}
		b.Run(p.name, func(b *testing.B) {
			best := time.Hour
			for b.Loop() {
				start := time.Now()
				for _, v := range core.Run(op, cpu.Default(), in) {
					v.Buf.Wait("")
				}
				best = min(best, time.Since(start))
			}
			estimate := cpu.CostForTest(f)
			b.ReportMetric(float64(estimate)/1e3, "estimate-µs")
			b.ReportMetric(float64(best)/1e3, "min-µs")
			b.ReportMetric(float64(estimate)/float64(best), "ratio")
			b.ReportMetric(0, "ns/op")
		})
	}
}
