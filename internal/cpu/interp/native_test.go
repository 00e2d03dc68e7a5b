package interp

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"gojax/internal/cpu/code"
	"gojax/internal/cpu/gen"
	"gojax/internal/cpu/kirtest"
	"gojax/internal/cpu/tile"
	"gojax/internal/dtype"
	"gojax/internal/kir"
)

// TestNativeOps compares each instruction by itself on elements of all kinds.
func TestNativeOps(t *testing.T) {
	count := 0
	for _, from := range dtype.All() {
		for c := kir.Neg; c <= kir.Bitcast; c++ {
			targets := []dtype.Type{from}
			switch c {
			case kir.Convert:
				targets = dtype.All()
			case kir.Raise: // of few operands, which random kernels give it
				continue
			}
			for _, to := range targets {
				k := one(c, from, to, 333)
				if k == nil {
					continue
				}
				if last := &k.Code[k.Stores[0].Val]; gen.Supported(k, last) {
					count++
				}
				check(t, fmt.Sprint(c, from, to), k)
			}
		}
	}
	if count < 500 {
		t.Errorf("machine code has %d instructions", count)
	}
}

// one is the kernel of one instruction, or nil.
func one(c kir.Code, from, to dtype.Type, n int) *kir.Kernel {
	b := kir.NewBuilder()
	var args []kir.Val
	shape := []int{n}
	var in []kir.Operand
	for a := range max(c.Args(), 1) {
		t := from
		if (c == kir.Select || c == kir.Rarely) && a == 0 {
			t = dtype.Bool
		}
		in = append(in, b.Memory(b.In(t, n), shape))
	}
	i := b.Loops([]int{0}, shape)
	for _, x := range in {
		args = append(args, x.At(i))
	}
	var v kir.Val
	switch {
	case c == kir.Convert:
		if from == to {
			return nil
		}
		v = b.Convert(to, args[0])
	case c.Args() == 0 || tile.Of(c, from) == nil || from == kir.Index && c == kir.Neg:
		return nil
	default:
		v = b.Emit(c, args...)
	}
	b.Store(b.Out(b.Type(v), n), i[0], v)
	return b.Kernel()
}

// TestRarelyOfTruths has a detour that takes the masks of elements of 8 bytes, which the
// body goes on with as masks of words.
func TestRarelyOfTruths(t *testing.T) {
	const n = 100
	b := kir.NewBuilder()
	shape := []int{n}
	p, y := b.Memory(b.In(dtype.Bool, n), shape), b.Memory(b.In(dtype.Int64, n), shape)
	i := b.Loops([]int{0}, shape)
	x := b.Emit(kir.Gt, y.At(i), b.Int(dtype.Int64, 3))
	b.Store(b.Out(dtype.Bool, n), i[0], b.Emit(kir.Rarely, p.At(i), b.Emit(kir.Eq, x, x), x))
	check(t, "rarely", b.Kernel())
}

// TestRarelyOfIndices has a detour that converts an index, for each copy of the body.
func TestRarelyOfIndices(t *testing.T) {
	const n = 200
	b := kir.NewBuilder()
	shape := []int{n}
	p, y := b.Memory(b.In(dtype.Bool, n), shape), b.Memory(b.In(dtype.Int32, n), shape)
	i := b.Loops([]int{0}, shape)
	at := b.Convert(dtype.Int32, i[0])
	b.Store(b.Out(dtype.Int32, n), i[0], b.Emit(kir.Rarely, p.At(i), b.Emit(kir.Mul, at, at), y.At(i)))
	check(t, "rarely", b.Kernel())
}

// TestRows has kernels of which one call does a row, on rows that move in different ways,
// and on parts of them.
func TestRows(t *testing.T) {
	add := func(b *kir.Builder) func(x, y []kir.Val) []kir.Val {
		return func(x, y []kir.Val) []kir.Val { return []kir.Val{b.Emit(kir.Add, x[0], y[0])} }
	}
	greatest := func(b *kir.Builder) func(x, y []kir.Val) []kir.Val {
		return func(x, y []kir.Val) []kir.Val { return []kir.Val{b.Emit(kir.Max, x[0], y[0])} }
	}
	for _, n := range []int{96, 130, 1000, 4096} {
		const rows = 7
		for name, by := range map[string]struct {
			init    complex128
			combine func(b *kir.Builder) func(x, y []kir.Val) []kir.Val
		}{"add": {0.5, add}, "max": {complex(math.Inf(-1), 0), greatest}} {
			b := kir.NewBuilder()
			x, y, z := b.In(dtype.Float32, rows*n), b.In(dtype.Float32, rows), b.Out(dtype.Float32, rows)
			i := b.Loops([]int{0}, []int{rows})
			s := b.Reduce([]int{n}, []kir.Val{b.Number(dtype.Float32, by.init)}, func(j []kir.Val) []kir.Val {
				v := b.Memory(x, []int{rows, n}).At([]kir.Val{i[0], j[0]})
				return []kir.Val{b.Emit(kir.Sub, v, b.Memory(y, []int{rows}).At(i))}
			}, by.combine(b))
			b.Store(z, i[0], s[0])
			checkRows(t, fmt.Sprint(name, " ", n), b.Kernel(), 1)
		}
		b := kir.NewBuilder()
		shape := []int{rows, n}
		x, y := b.Memory(b.In(dtype.Float32, rows*n), shape), b.Memory(b.In(dtype.Float32, n), []int{n})
		i := b.Loops([]int{0, 0}, shape)
		v := b.Emit(kir.Mul, x.At(i), b.Emit(kir.Sub, y.At(i[1:]), b.Memory(b.In(dtype.Float32, rows), []int{rows}).At(i[:1])))
		b.Store(b.Out(dtype.Float32, rows*n), b.Address(shape, i), v)
		checkRows(t, fmt.Sprint("lanes ", n), b.Kernel(), n)
	}
}

// checkRows runs a kernel whole, and in parts of its 7 rows of so many iterations.
func checkRows(t *testing.T, name string, k *kir.Kernel, each int) {
	t.Helper()
	check(t, name, k)
	mem := kirtest.NewMemory(rand.New(rand.NewPCG(1, 2)), k)
	want := mem.Clone()
	kirtest.Define(k, want.Pointers())
	for _, l := range levels() {
		c, got := CompileFor(l, k), mem.Clone()
		if (c.rows != nil) != (l != code.Portable) {
			t.Errorf("%s: %v: one call does a row: %v", name, l, c.rows != nil)
		}
		r := c.Begin(got.Pointers())
		for _, part := range [][2]int{{2 * each, 5 * each}, {0, 2 * each}, {5*each + each/2, 7 * each}, {5 * each, 5*each + each/2}} {
			if part[0] < part[1] {
				r.Part(part[0], part[1])
			}
		}
		r.End()
		if err := got.Differ(k, want); err != nil {
			t.Errorf("%s: %v: %v", name, l, err)
		}
	}
}

// TestManyOperands has more operands and results than one call of machine code takes.
func TestManyOperands(t *testing.T) {
	const n, operands = 700, 60
	for _, fold := range []bool{false, true} {
		b := kir.NewBuilder()
		shape := []int{n}
		var in []kir.Operand
		for range operands {
			in = append(in, b.Memory(b.In(dtype.Float32, n), shape))
		}
		sum := func(i []kir.Val) (all []kir.Val) {
			v := b.Convert(dtype.Float32, i[0])
			for _, x := range in {
				v = b.Emit(kir.Sub, b.Emit(kir.Mul, v, b.Number(dtype.Float32, 0.5)), x.At(i))
				all = append(all, v)
			}
			return all
		}
		if fold {
			i := b.Loops(nil, nil)
			s := b.Reduce(shape, []kir.Val{b.Number(dtype.Float32, 0)}, func(i []kir.Val) []kir.Val { return sum(i)[operands-1:] },
				func(x, y []kir.Val) []kir.Val { return []kir.Val{b.Emit(kir.Add, x[0], y[0])} })
			b.Store(b.Out(dtype.Float32, 1), b.Address(nil, i), s[0])
		} else {
			i := b.Loops([]int{0}, shape)
			for _, v := range sum(i) {
				b.Store(b.Out(dtype.Float32, n), i[0], v)
			}
		}
		k := b.Kernel()
		check(t, "many", k)
		if l := List(code.AVX2, k); len(l.Plain) > 0 {
			t.Errorf("not machine code: %v", l.Plain)
		}
	}
}
