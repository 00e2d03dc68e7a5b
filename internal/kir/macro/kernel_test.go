package macro

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
	"unsafe"

	"gojax/internal/cpu/code"
	"gojax/internal/cpu/interp"
	"gojax/internal/dtype"
	"gojax/internal/kir"
)

// angles are numbers of which some need the reduction of huge angles.
func angles(r *rand.Rand, d dtype.Type, n int, huge float64) []uint64 {
	x := make([]uint64, n)
	for i := range x {
		v := 3 * r.NormFloat64()
		if r.Float64() < huge {
			v *= 1e12
		}
		if d == dtype.Float32 {
			(*[2]float32)(unsafe.Pointer(&x[i]))[0] = float32(v)
			(*[2]float32)(unsafe.Pointer(&x[i]))[1] = float32(v / 2)
		} else {
			x[i] = math.Float64bits(v)
		}
	}
	return x
}

// Several functions in one kernel, some of whose lanes need what others do not, with one
// or several results or a sum, have the same bits at every level.
func TestKernels(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	type body func(b *kir.Builder, x, y kir.Val) []kir.Val
	emit := func(b *kir.Builder, c kir.Code, x ...kir.Val) kir.Val { return b.Emit(c, x...) }
	bodies := []body{
		func(b *kir.Builder, x, y kir.Val) []kir.Val { return []kir.Val{emit(b, kir.Sin, x)} },
		func(b *kir.Builder, x, y kir.Val) []kir.Val {
			return []kir.Val{emit(b, kir.Sin, x), emit(b, kir.Cos, x), emit(b, kir.Tan, y)}
		},
		func(b *kir.Builder, x, y kir.Val) []kir.Val {
			s := emit(b, kir.Rem, emit(b, kir.Sin, emit(b, kir.Mul, x, y)), emit(b, kir.Cos, y))
			return []kir.Val{emit(b, kir.Sin, emit(b, kir.Mul, s, x)), emit(b, kir.Lgamma, y)}
		},
	}
	for _, d := range []dtype.Type{dtype.Float32, dtype.Float64} {
		for _, huge := range []float64{0.01, 0.5} {
			for n, f := range bodies {
				for _, size := range []int{1, 24, 331} {
					elems := size * 8 / d.Size()
					in := [][]uint64{angles(r, d, size, huge), angles(r, d, size, huge/2)}
					for _, k := range []*kir.Kernel{pointwise(d, elems, f), total(d, elems, f)} {
						k = Expand(k)
						var want []uint64
						for level := code.Portable; level <= code.Best(code.Host()); level++ {
							bufs := []unsafe.Pointer{unsafe.Pointer(&in[0][0]), unsafe.Pointer(&in[1][0])}
							out := make([]uint64, 3*size)
							for i := range k.Bufs[2:] {
								bufs = append(bufs, unsafe.Pointer(&out[i*size]))
							}
							interp.CompileFor(level, k).Run(bufs)
							if want == nil {
								want = out
							} else if i := unlike(d, out, want); i >= 0 {
								t.Errorf("body %d on %v[%d], huge %v, at level %v: word %d is %x, want %x",
									n, d, elems, huge, level, i, out[i], want[i])
							}
						}
					}
				}
			}
		}
	}
}

// pointwise is the kernel of a function of two arrays.
func pointwise(d dtype.Type, n int, f func(b *kir.Builder, x, y kir.Val) []kir.Val) *kir.Kernel {
	b := kir.NewBuilder()
	x, y := b.In(d, n), b.In(d, n)
	at := b.Loops([]int{0}, []int{n})[0]
	for _, v := range f(b, b.Load(x, at), b.Load(y, at)) {
		b.Store(b.Out(d, n), at, v)
	}
	return b.Kernel()
}

// total is the kernel of the sum of its first result.
func total(d dtype.Type, n int, f func(b *kir.Builder, x, y kir.Val) []kir.Val) *kir.Kernel {
	b := kir.NewBuilder()
	x, y, to := b.In(d, n), b.In(d, n), b.Out(d, 1)
	at := b.Loops([]int{0}, []int{1})[0]
	s := b.Reduce([]int{n}, []kir.Val{b.Number(d, 0)}, func(i []kir.Val) []kir.Val {
		return f(b, b.Load(x, i[0]), b.Load(y, i[0]))[:1]
	}, func(x, y []kir.Val) []kir.Val { return []kir.Val{b.Emit(kir.Add, x[0], y[0])} })
	b.Store(to, at, s[0])
	return b.Kernel()
}

// BenchmarkCompile is what it takes to expand and compile a kernel of one function.
func BenchmarkCompile(b *testing.B) {
	for _, c := range []kir.Code{kir.Add, kir.Exp, kir.Tanh, kir.Sin, kir.Pow, kir.Lgamma} {
		k := program(c, dtype.Float32, dtype.Float32, 10000)
		b.Run(c.String(), func(b *testing.B) {
			fastest := time.Hour
			for b.Loop() {
				start := time.Now()
				interp.Compile(Expand(k))
				fastest = min(fastest, time.Since(start))
			}
			b.ReportMetric(float64(fastest.Nanoseconds()), "min-ns")
		})
	}
}
