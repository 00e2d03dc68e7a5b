package interp

import (
	"fmt"
	"testing"

	"gojax/internal/cpu/gen"
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
			if c == kir.Convert {
				targets = dtype.All()
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
	if count < 150 {
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
