package interp

import (
	"errors"
	"testing"

	"gojax/internal/asm/amd64"
	"gojax/internal/cpu/code"
	"gojax/internal/dtype"
	"gojax/internal/kir"
)

// added is the kernel that adds a number to the elements of an array.
func added(number float64, n int) *kir.Kernel {
	b := kir.NewBuilder()
	x := b.Memory(b.In(dtype.Float32, n), []int{n})
	at := b.Loops([]int{0}, []int{n})
	y := b.Emit(kir.Add, x.At(at), b.Number(dtype.Float32, complex(number, 0)))
	b.Store(b.Out(dtype.Float32, n), at[0], y)
	return b.Kernel()
}

func TestShared(t *testing.T) {
	same := func(k *kir.Kernel) *kir.Kernel { return k }
	ask := func(b *Batch, number float64, n int) *Code { return b.Shared(added(number, n), same) }
	var a, b Batch
	x := ask(&a, 1.0625, 1000)
	if ask(&a, 1.0625, 1000) != x {
		t.Error("a batch compiled a kernel twice")
	}
	if ask(&a, 1.125, 1000) == x || ask(&a, 1.0625, 1001) == x {
		t.Error("kernels with other numbers or sizes are the same")
	}
	if ask(&b, 1.0625, 1000) == x {
		t.Error("a batch got a kernel that cannot be run yet")
	}
	a.Load()
	var c Batch
	if ask(&c, 1.0625, 1000) != x {
		t.Error("a kernel was compiled again")
	}
	if k := added(1.0625, 1000); x.Source().String() != k.String() {
		t.Errorf("the source is %v, want %v", x.Source(), k)
	}
	refused := Batch{load: func(amd64.Feature, ...[]byte) (*code.Code, error) { return nil, errors.New("no") }}
	y := ask(&refused, 1.1875, 1000)
	refused.Load()
	if level, _ := code.Chosen(); level != code.Portable && ask(&c, 1.1875, 1000) == y {
		t.Error("a kernel that had to do without machine code is shared")
	}
}
