package cpu

import (
	"slices"
	"sync"
	"unsafe"

	"gojax/internal/cpu/code"
	"gojax/internal/cpu/gen"
	"gojax/internal/cpu/interp"
	"gojax/internal/cpu/tile"
	"gojax/internal/dtype"
	"gojax/internal/kir"
	"gojax/internal/kir/macro"
)

// elements returns the Func of an instruction by the type of its last operand, nil if
// there is none: what a kernel does to elements, bit for bit. Functions that kernels
// make of basic instructions are a kernel of their own here.
func elements(c kir.Code, t dtype.Type) tile.Func {
	f := tile.Of(c, t)
	if f == nil || !remade(c, t) {
		return f
	}
	e := &expansions[c][t]
	e.once.Do(func() { e.f = elementKernel(c, t) })
	return e.f
}

// remade reports whether kernels make an instruction of basic ones whose bits are not
// those of package tile.
func remade(c kir.Code, t dtype.Type) bool {
	switch c {
	case kir.Sign:
		return t.IsComplex()
	case kir.Div:
		return false
	case kir.RoundAway, kir.IsFinite, kir.Square, kir.NextAfter, kir.Rem, kir.Real, kir.Imag, kir.Conj,
		kir.Max, kir.Min, kir.Lt, kir.Le, kir.Gt, kir.Ge:
		return false
	}
	return t.IsInexact() && !macro.Basic(c, t)
}

// expand makes basic instructions of those in a kernel that are remade, and, where there
// is machine code, of what that has only in this form.
func expand(k *kir.Kernel) *kir.Kernel {
	level, _ := code.Chosen()
	return expandFor(level, k)
}

// expandFor is expand for a level.
func expandFor(level code.Level, k *kir.Kernel) *kir.Kernel {
	wants := func(i *kir.Instr, t dtype.Type) bool {
		return remade(i.Code, t) || level != code.Portable && !macro.Basic(i.Code, t) && !gen.Has(i.Code, t)
	}
	if !slices.ContainsFunc(k.Code, func(i kir.Instr) bool {
		return i.Code.Args() > 0 && wants(&i, k.Code[i.Args[len(i.Args)-1]].Type)
	}) {
		return k
	}
	return k.Rewrite(func(b *kir.Builder, i *kir.Instr, args []kir.Val) (kir.Val, bool) {
		if !wants(i, b.Type(args[len(args)-1])) {
			return 0, false
		}
		return macro.Emit(b, i.Code, args...), true
	})
}

// expansions has the kernels that were asked for.
var expansions [kir.Codes][dtype.Count]struct {
	once sync.Once
	f    tile.Func
}

// elementKernel returns the kernel of one instruction as a Func.
func elementKernel(c kir.Code, t dtype.Type) tile.Func {
	b := kir.NewBuilder()
	shape := []int{atOnce}
	var in []kir.Operand
	for range c.Args() {
		in = append(in, b.Memory(b.In(t, atOnce), shape))
	}
	at := b.Loops([]int{0}, shape)
	var args []kir.Val
	for _, x := range in {
		args = append(args, x.At(at))
	}
	v := b.Emit(c, args...)
	to := b.Type(v)
	b.Store(b.Out(to, atOnce), at[0], v)
	k := interp.Compile(expand(b.Kernel()))
	if len(in) == 1 {
		return func(d, x, _, _, _ unsafe.Pointer, n int) {
			for ; n > atOnce; n -= atOnce {
				k.Elements(atOnce, x, d)
				d, x = unsafe.Add(d, atOnce*to.Size()), unsafe.Add(x, atOnce*t.Size())
			}
			k.Elements(n, x, d)
		}
	}
	return func(d, x, y, _, _ unsafe.Pointer, n int) {
		for ; n > atOnce; n -= atOnce {
			k.Elements(atOnce, x, y, d)
			d = unsafe.Add(d, atOnce*to.Size())
			x, y = unsafe.Add(x, atOnce*t.Size()), unsafe.Add(y, atOnce*t.Size())
		}
		k.Elements(n, x, y, d)
	}
}
