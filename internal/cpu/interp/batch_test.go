package interp

import (
	"errors"
	"math/rand/v2"
	"testing"

	"gojax/internal/asm/amd64"
	"gojax/internal/cpu/code"
	"gojax/internal/cpu/kirtest"
	"gojax/internal/cpu/move"
)

// TestRefused compiles kernels whose machine code the system does not take: they run
// without, and compute the same.
func TestRefused(t *testing.T) {
	move.Native() // what is there from the first use on
	move.NativeZipper()
	for _, level := range levels() {
		b := Batch{load: func(amd64.Feature, ...[]byte) (*code.Code, error) { return nil, errors.New("refused") }}
		before := code.Mapped()
		for seed := range uint64(10) {
			source := func() *rand.Rand { return rand.New(rand.NewPCG(seed, 0)) }
			k := kirtest.Random(source())
			c := b.CompileFor(level, k)
			b.Load()
			got := kirtest.NewMemory(source(), k)
			want := got.Clone()
			c.Run(got.Pointers())
			kirtest.Define(k, want.Pointers())
			if err := got.Differ(k, want); err != nil {
				t.Errorf("seed %d: %v", seed, err)
			}
		}
		if code.Mapped() > before {
			t.Errorf("%d bytes are mapped for what was refused", code.Mapped()-before)
		}
	}
}
