package cpu_test

import (
	"fmt"
	"testing"

	"gojax/internal/core"
	"gojax/internal/cpu"
	"gojax/internal/dtype"
	"gojax/internal/ir"
	"gojax/lax"
)

type array = lax.Array

// staged returns the program of fn for operands of the given types.
func staged(fn func(x []array) []array, types ...core.Type) *ir.Func {
	f, _ := ir.Stage(core.Owner{What: "test"}, types, func(x ...*core.Value) []*core.Value {
		in := make([]array, len(x))
		for i, v := range x {
			in[i] = lax.Of(v)
		}
		out := fn(in)
		vals := make([]*core.Value, len(out))
		for i, y := range out {
			vals[i] = y.Value()
		}
		return vals
	})
	return f
}

// called is an operation that runs a program.
type called struct {
	f       *ir.Func
	donated core.Mask
}

func (called) String() string                              { return "test" }
func (c called) Infer(in []core.Type) ([]core.Type, error) { return c.f.OutTypes(), nil }
func (c called) Eval(in []*core.Value) []*core.Value       { return c.f.Call(in...) }
func (c called) Program() *ir.Func                         { return c.f }
func (c called) Donated() core.Mask                        { return c.donated }

func f32(shape ...int) core.Type { return core.Of(dtype.Float32, shape...) }

func filled(t core.Type) *core.Value {
	v := core.New(t, cpu.Default())
	for i := range v.Size() {
		core.Put(v, i, complex(float64(i%97)/31-1.5, 0))
	}
	return v
}

func selu(x array) array {
	return lax.Select(lax.Gt(x, number(0)), x, x.Exp().Mul(1.67).Sub(1.67)).Mul(1.05)
}

func number(x float64) array { return lax.Number(dtype.Float32, x) }

func BenchmarkEagerScalarAdd(b *testing.B) {
	x, y := lax.Of(filled(f32())), lax.Of(filled(f32()))
	b.ReportAllocs()
	for b.Loop() {
		lax.Add(x, y)
	}
}

func BenchmarkEagerTranspose(b *testing.B) {
	x := lax.Of(filled(f32(3, 4)))
	b.ReportAllocs()
	for b.Loop() {
		lax.Transpose(x, []int{1, 0})
	}
}

func benchmark(b *testing.B, f *ir.Func) {
	op := called{f: f}
	var in []*core.Value
	for _, t := range f.InTypes() {
		in = append(in, filled(t))
	}
	b.ReportAllocs()
	for b.Loop() {
		for _, v := range core.Run(op, cpu.Default(), in) {
			v.Buf.Wait("")
		}
	}
}

func BenchmarkJitScalarAdd(b *testing.B) {
	benchmark(b, staged(func(x []array) []array { return []array{x[0].Add(1)} }, f32()))
}

func Benchmark200Leaves(b *testing.B) {
	types := make([]core.Type, 200)
	for i := range types {
		types[i] = f32()
	}
	benchmark(b, staged(func(x []array) []array {
		out := make([]array, len(x))
		for i := range x {
			out[i] = x[i].Add(1)
		}
		return out
	}, types...))
}

func BenchmarkSelu(b *testing.B) {
	benchmark(b, staged(func(x []array) []array { return []array{selu(x[0])} }, f32(1000000)))
}

// BenchmarkEagerSelu begins with arrays that are just too large to be computed at once.
func BenchmarkEagerSelu(b *testing.B) {
	for _, n := range []int{5000, 50000, 1000000} {
		x := lax.Of(filled(f32(n)))
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				selu(x).BlockUntilReady()
			}
		})
	}
}

func BenchmarkSum(b *testing.B) {
	benchmark(b, staged(func(x []array) []array { return []array{lax.ReduceSum(x[0], []int{0})} }, f32(1000000)))
}

func BenchmarkSumRows(b *testing.B) {
	benchmark(b, staged(func(x []array) []array { return []array{lax.ReduceSum(x[0], []int{1})} }, f32(1000, 1000)))
}

func BenchmarkSumColumns(b *testing.B) {
	benchmark(b, staged(func(x []array) []array { return []array{lax.ReduceSum(x[0], []int{0})} }, f32(1000, 1000)))
}

func BenchmarkTranspose(b *testing.B) {
	benchmark(b, staged(func(x []array) []array { return []array{lax.Transpose(x[0], []int{1, 0})} }, f32(1000, 1000)))
}

func BenchmarkSmallChain(b *testing.B) {
	benchmark(b, staged(func(x []array) []array {
		y := x[0]
		for range 10 {
			y = y.Mul(y).Add(x[0])
		}
		return []array{y}
	}, f32(10)))
}

func BenchmarkCompileSelu(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		f := staged(func(x []array) []array { return []array{selu(x[0])} }, f32(1000))
		cpu.CompileForTest(f)
	}
}

func BenchmarkCompileLong(b *testing.B) {
	f := staged(func(x []array) []array {
		y := x[0]
		for range 333 {
			y = y.Mul(y).Add(x[0]).Sin()
		}
		return []array{y}
	}, f32(1000))
	b.ReportAllocs()
	for b.Loop() {
		cpu.CompileForTest(f)
	}
}

func BenchmarkEagerScalarSin(b *testing.B) {
	x := lax.Of(filled(f32()))
	b.ReportAllocs()
	for b.Loop() {
		lax.Sin(x)
	}
}
