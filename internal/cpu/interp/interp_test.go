package interp

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"gojax/internal/cpu/code"
	"gojax/internal/cpu/kirtest"
	"gojax/internal/cpu/run"
	"gojax/internal/dtype"
	"gojax/internal/kir"
)

// levels lists what this machine can run.
func levels() []code.Level {
	var all []code.Level
	for l := code.Portable; l <= code.Best(code.Host()); l++ {
		all = append(all, l)
	}
	return all
}

// check runs a kernel on random memory at all levels, with one thread and with more: all
// bits must be those of its definition.
func check(t *testing.T, name string, k *kir.Kernel) {
	t.Helper()
	mem := kirtest.NewMemory(rand.New(rand.NewPCG(1, 2)), k)
	want := mem.Clone()
	kirtest.Define(k, want.Pointers())
	for _, k := range []*kir.Kernel{k, k.Collapse()} {
		if err := kir.Check(k); err != nil {
			t.Fatalf("%s: %v\n%v", name, err, k)
		}
		for _, l := range levels() {
			c := CompileFor(l, k)
			for _, threads := range []int{1, 3} {
				run.SetThreads(threads)
				got := mem.Clone()
				c.Run(got.Pointers())
				if err := got.Differ(k, want); err != nil {
					t.Fatalf("%s: %v, %d threads: %v\n%v", name, l, threads, err, k)
				}
			}
		}
	}
	run.SetThreads(0)
}

func sizes(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}

// TestElementwise tries chains of instructions on all types and sizes.
func TestElementwise(t *testing.T) {
	for _, d := range dtype.All() {
		for _, shape := range [][]int{{}, {0}, {1}, {3}, {513}, {2, 3}, {7, 200}, {3, 0, 2}, {5, 1, 4}} {
			b := kir.NewBuilder()
			n := sizes(shape)
			x, y := b.Memory(b.In(d, n), shape), b.Memory(b.In(d, 1), nil)
			out, test := b.Out(d, n), b.Out(dtype.Bool, n)
			i := b.Loops(make([]int, len(shape)), shape)
			v := b.Emit(kir.Mul, x.At(i), y.At(nil))
			v = b.Emit(kir.Add, v, b.Number(d, 1))
			less := b.Emit(kir.Lt, v, x.At(i))
			v = b.Emit(kir.Select, less, b.Emit(kir.Max, v, y.At(nil)), b.Emit(kir.Min, v, y.At(nil)))
			b.Store(out, b.Address(shape, i), v)
			b.Store(test, b.Address(shape, i), less)
			check(t, fmt.Sprint(d, shape), b.Kernel())
		}
	}
}

// TestAddresses moves elements around.
func TestAddresses(t *testing.T) {
	for _, d := range []dtype.Type{dtype.Bool, dtype.Float16, dtype.Float32, dtype.Complex64, dtype.Complex128} {
		for _, shape := range [][]int{{1, 1}, {3, 5}, {130, 7}, {2, 600}, {0, 3}} {
			b := kir.NewBuilder()
			n := sizes(shape)
			turned := []int{shape[1], shape[0]}
			x, row := b.Memory(b.In(d, n), turned), b.Memory(b.In(d, shape[1]), shape[1:])
			col := b.Memory(b.In(d, shape[0]), shape[:1])
			out, back := b.Out(d, n), b.Out(d, n)
			i := b.Loops([]int{0, 0}, shape)
			v := b.Emit(kir.Add, x.At([]kir.Val{i[1], i[0]}), row.At(i[1:]))
			v = b.Emit(kir.Add, v, col.At(i[:1]))
			// Backwards along the first axis, and an index as data.
			v = b.Emit(kir.Mul, v, b.Convert(d, b.Emit(kir.Add, i[1], i[0])))
			rev := b.Emit(kir.Sub, b.At(shape[0]-1), i[0])
			b.Store(out, b.Address(shape, []kir.Val{rev, i[1]}), v)
			b.Store(back, b.Address(turned, []kir.Val{i[1], i[0]}), v)
			check(t, fmt.Sprint(d, shape), b.Kernel())
		}
	}
}

// TestGather reads at computed indices.
func TestGather(t *testing.T) {
	for _, shape := range [][]int{{5, 3}, {40, 30}} {
		b := kir.NewBuilder()
		x := b.Memory(b.In(dtype.Float32, 12*shape[1]), []int{12, shape[1]})
		at := b.Memory(b.In(dtype.Int32, shape[0]), shape[:1])
		out := b.Out(dtype.Float32, sizes(shape))
		i := b.Loops([]int{0, 0}, shape)
		j := b.Emit(kir.Rem, b.Convert(kir.Index, at.At(i[:1])), b.At(12))
		j = b.Emit(kir.Max, b.Emit(kir.Min, j, b.At(11)), b.At(0))
		b.Store(out, b.Address(shape, i), x.At([]kir.Val{j, i[1]}))
		check(t, fmt.Sprint(shape), b.Kernel())
	}
}

// TestReduce reduces over the first, the last, and all axes, with one carry and with
// two.
func TestReduce(t *testing.T) {
	for _, shape := range [][]int{{1, 1}, {3, 1}, {1, 70}, {5, 64}, {200, 3}, {3, 700}, {0, 4}, {4, 0}, {2, 9000}, {9000, 2}} {
		for axis := range 3 {
			for _, d := range []dtype.Type{dtype.Float32, dtype.Int32, dtype.Complex64} {
				if sizes(shape) > 10000 && d != dtype.Float32 {
					continue
				}
				check(t, fmt.Sprint(d, shape, axis), reduction(d, shape, axis))
			}
		}
	}
}

func reduction(d dtype.Type, shape []int, axis int) *kir.Kernel {
	b := kir.NewBuilder()
	x := b.Memory(b.In(d, sizes(shape)), shape)
	kept, gone := shape[1-axis%2:][:1], shape[axis%2:][:1]
	if axis == 2 {
		kept, gone = nil, shape
	}
	sum, most, where := b.Out(d, sizes(kept)), b.Out(d, sizes(kept)), b.Out(dtype.Int64, sizes(kept))
	i := b.Loops(make([]int, len(kept)), kept)
	at := func(j []kir.Val) []kir.Val {
		switch axis {
		case 0:
			return []kir.Val{j[0], i[0]}
		case 1:
			return []kir.Val{i[0], j[0]}
		}
		return j
	}
	zero := b.Number(d, 0)
	s := b.Reduce(gone, []kir.Val{zero}, func(j []kir.Val) []kir.Val {
		return []kir.Val{b.Emit(kir.Mul, x.At(at(j)), b.Number(d, 1.5))}
	}, func(p, q []kir.Val) []kir.Val { return []kir.Val{b.Emit(kir.Add, p[0], q[0])} })
	m := b.Reduce(gone, []kir.Val{zero, b.Int(dtype.Int64, 1<<40)}, func(j []kir.Val) []kir.Val {
		return []kir.Val{x.At(at(j)), b.Address(gone, j)}
	}, func(p, q []kir.Val) []kir.Val {
		greater := b.Emit(kir.Gt, p[0], q[0])
		tie := b.Emit(kir.And, b.Emit(kir.Eq, p[0], q[0]), b.Emit(kir.Lt, p[1], q[1]))
		first := b.Emit(kir.Or, greater, tie)
		return []kir.Val{b.Emit(kir.Select, first, p[0], q[0]), b.Emit(kir.Select, first, p[1], q[1])}
	})
	b.Store(sum, b.Address(kept, i), b.Emit(kir.Add, s[0], b.Number(d, 1)))
	b.Store(most, b.Address(kept, i), m[0])
	b.Store(where, b.Address(kept, i), m[1])
	return b.Kernel()
}

// TestNested reduces inside of a reduction.
func TestNested(t *testing.T) {
	for _, n := range [][3]int{{3, 4, 5}, {1, 100, 3}, {70, 2, 90}, {2, 80, 70}} {
		b := kir.NewBuilder()
		x, y := b.Memory(b.In(dtype.Float32, n[0]*n[1]), n[:2]), b.Memory(b.In(dtype.Float32, n[1]*n[2]), n[1:])
		out := b.Out(dtype.Float32, n[0])
		i := b.Loops([]int{0}, n[:1])
		add := func(p, q []kir.Val) []kir.Val { return []kir.Val{b.Emit(kir.Add, p[0], q[0])} }
		zero := []kir.Val{b.Number(dtype.Float32, 0)}
		s := b.Reduce(n[1:2], zero, func(j []kir.Val) []kir.Val {
			in := b.Reduce(n[2:], zero, func(l []kir.Val) []kir.Val {
				return []kir.Val{b.Emit(kir.Mul, x.At([]kir.Val{i[0], j[0]}), y.At([]kir.Val{j[0], l[0]}))}
			}, add)
			return []kir.Val{b.Emit(kir.Square, in[0])}
		}, add)
		b.Store(out, i[0], s[0])
		check(t, fmt.Sprint(n), b.Kernel())
	}
}
