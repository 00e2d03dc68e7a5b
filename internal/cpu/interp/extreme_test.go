package interp

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"unsafe"

	"gojax/internal/cpu/code"
	"gojax/internal/dtype"
	"gojax/internal/kir"
)

// extremeOf is the kernel of the greatest or the least of each row of a matrix.
func extremeOf(c kir.Code, t dtype.Type, rows, n int) *kir.Kernel {
	b := kir.NewBuilder()
	x, y := b.Memory(b.In(t, rows*n), []int{rows, n}), b.Out(t, rows)
	i := b.Loops([]int{0}, []int{rows})
	first := math.Inf(1)
	if c == kir.Max {
		first = math.Inf(-1)
	}
	s := b.Reduce([]int{n}, []kir.Val{b.Number(t, complex(first, 0))}, func(j []kir.Val) []kir.Val {
		return []kir.Val{x.At([]kir.Val{i[0], j[0]})}
	}, func(p, q []kir.Val) []kir.Val { return []kir.Val{b.Emit(c, p[0], q[0])} })
	b.Store(y, i[0], s[0])
	return b.Kernel()
}

// One NaN anywhere is the greatest and the least, and -0 is less than 0, at every level.
func TestExtremes(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 9))
	for _, d := range []dtype.Type{dtype.Float32, dtype.Float64, dtype.BFloat16, dtype.Float16} {
		for _, c := range []kir.Code{kir.Max, kir.Min} {
			for _, n := range []int{1, 15, 16, 63, 64, 65, 130, 256, 300, 1000, 4096, 5000} {
				const rows = 7
				x := make([]byte, rows*n*d.Size())
				set := func(i int, v float64) {
					bits := kir.Encode(d, complex(v, 0))
					copy(x[i*d.Size():], unsafe.Slice((*byte)(unsafe.Pointer(&bits)), d.Size()))
				}
				for i := range rows * n {
					v := r.NormFloat64()
					switch row := i / n; {
					case row%3 == 0: // zeros, and what is on the other side of them
						v = [4]float64{math.Copysign(0, -1), 0, 0, math.Copysign(0, -1)}[r.IntN(1+row/2)]
						if r.IntN(2) == 0 {
							v = map[kir.Code]float64{kir.Max: -1, kir.Min: 1}[c]
						}
					case row == 4:
						v = math.Inf(r.IntN(2)*2 - 1)
					}
					set(i, v)
				}
				set(1*n+r.IntN(n), math.NaN())
				set(4*n+r.IntN(n), math.NaN())
				set(6*n+r.IntN(n), math.Copysign(math.NaN(), -1))
				k := extremeOf(c, d, rows, n)
				var want []byte
				for level := code.Portable; level <= code.Best(code.Host()); level++ {
					y := make([]byte, rows*d.Size())
					CompileFor(level, k).Run([]unsafe.Pointer{unsafe.Pointer(&x[0]), unsafe.Pointer(&y[0])})
					if want == nil {
						want = y
					}
					for i := range rows {
						got, exact := text(d, y, i), text(d, want, i)
						if nan := i == 1 || i == 4 || i == 6; got != exact || nan != (got == "NaN") {
							t.Fatalf("%v of %d %v at level %v: row %d is %s, want %s", c, n, d, level, i, got, exact)
						}
					}
				}
			}
		}
	}
}

// text is element i as kir prints it.
func text(d dtype.Type, x []byte, i int) string {
	var bits [2]uint64
	copy(unsafe.Slice((*byte)(unsafe.Pointer(&bits)), 16), x[i*d.Size():][:d.Size()])
	return fmt.Sprint(kir.Text(d, bits))
}
