package kirtest

import (
	"math/rand/v2"
	"testing"

	"gojax/internal/kir"
	"gojax/internal/kir/macro"
)

// source is a new source of the random numbers of a seed.
func source(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0)) }

// result is the memory after a kernel was run on mem by its definition.
func result(k *kir.Kernel, mem Memory) Memory {
	mem = mem.Clone()
	Define(k, mem.Pointers())
	return mem
}

// TestRandom holds random kernels to what kernels are, and that what is simplified while
// they are built, rewritten or made of other loops computes the same.
func TestRandom(t *testing.T) {
	n := uint64(150)
	if testing.Short() {
		n = 20
	}
	for seed := range n {
		k, hidden := Random(source(seed)), Hidden(source(seed))
		mem := NewMemory(source(seed), hidden)
		mem.Count()
		for _, k := range []*kir.Kernel{k, hidden, macro.Expand(k)} {
			if err := kir.Check(k); err != nil {
				t.Fatalf("seed %d: %v\n%v", seed, err, k)
			}
		}
		want := result(hidden, mem)
		if err := result(k, mem).Differ(k, want); err != nil {
			t.Fatalf("seed %d: %v\n%v\nwant what this computes:\n%v", seed, err, k, hidden)
		}
		collapsed := k.Collapse()
		if err := kir.Check(collapsed); err != nil {
			t.Fatalf("seed %d: %v\n%v", seed, err, collapsed)
		}
		if err := result(collapsed, mem).Differ(k, want); err != nil {
			t.Fatalf("seed %d: collapsed: %v\n%v\ncollapsed:\n%v", seed, err, k, collapsed)
		}
		again := k.Rewrite(func(*kir.Builder, *kir.Instr, []kir.Val) (kir.Val, bool) { return 0, false })
		if err := result(again, mem).Differ(k, want); err != nil {
			t.Fatalf("seed %d: rewritten: %v\n%v\nrewritten:\n%v", seed, err, k, again)
		}
	}
}
