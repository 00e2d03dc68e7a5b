package interp

import (
	"math/rand/v2"
	"slices"
	"testing"

	"gojax/internal/cpu/kirtest"
	"gojax/internal/dtype"
	"gojax/internal/kir"
)

// TestInPlace has one result of a kernel in the memory of an operand of which the other is a
// conversion, or made in a few instructions, and all lengths of tails.
func TestInPlace(t *testing.T) {
	forms := map[string]func(b *kir.Builder, x kir.Val) kir.Val{
		"itself": func(_ *kir.Builder, x kir.Val) kir.Val { return x },
	}
	for _, to := range dtype.All() {
		forms[to.String()] = func(b *kir.Builder, x kir.Val) kir.Val { return b.Convert(to, x) }
		forms["bits of "+to.String()] = func(b *kir.Builder, x kir.Val) kir.Val {
			if from := b.Type(x); from.Size() != to.Size() || from == dtype.Bool || to == dtype.Bool || from.IsComplex() || to.IsComplex() {
				return x
			}
			return b.Bitcast(to, x)
		}
	}
	for _, c := range []kir.Code{kir.Abs, kir.Neg, kir.Real, kir.Imag, kir.Conj} {
		forms[c.String()] = func(b *kir.Builder, x kir.Val) kir.Val {
			if d := b.Type(x); d == dtype.Bool || c >= kir.Real && !d.IsComplex() {
				return x
			}
			return b.Emit(c, x)
		}
	}
	forms["complex"] = func(b *kir.Builder, x kir.Val) kir.Val {
		if d := b.Type(x); d != dtype.Float32 && d != dtype.Float64 {
			return x
		}
		return b.Emit(kir.MakeComplex, x, b.Number(b.Type(x), 0))
	}
	tested := 0
	for _, from := range dtype.All() {
		for name, form := range forms {
			for _, n := range []int{1, 7, 16, 45, 131} {
				for _, first := range []bool{false, true} {
					k := twoResults(from, n, form, first)
					mem := kirtest.NewMemory(rand.New(rand.NewPCG(1, 2)), k)
					for _, l := range levels() {
						c := CompileFor(l, k)
						for _, p := range c.InPlace() {
							tested++
							got, want := mem.Shared(p), mem.Shared(p)
							c.Run(got.Pointers())
							kirtest.Define(k, want.Pointers())
							if err := got.Unshared(p).Differ(k, want); err != nil {
								t.Fatalf("%v of %v: %v: %v: %v\n%v", name, from, l, p, err, k)
							}
						}
					}
				}
			}
		}
	}
	if tested < 1000 {
		t.Errorf("%d results were where operands are", tested)
	}
}

// twoResults makes something of an operand, and of another a result that may be where the first
// is, either of them first.
func twoResults(from dtype.Type, n int, form func(b *kir.Builder, x kir.Val) kir.Val, first bool) *kir.Kernel {
	b := kir.NewBuilder()
	x, y := b.In(from, n), b.In(from, n)
	i := b.Loops([]int{0}, []int{n})[0]
	read, over := b.Load(x, i), b.Load(y, i)
	var made kir.Val
	steps := []func(){
		func() {
			if from != dtype.Bool {
				over = b.Emit(kir.Add, over, over)
			}
			b.Store(b.Out(from, n), i, over)
		},
		func() {
			made = form(b, read)
			b.Store(b.Out(b.Type(made), n), i, made)
		},
	}
	if first {
		slices.Reverse(steps)
	}
	for _, s := range steps {
		s()
	}
	return b.Kernel()
}
