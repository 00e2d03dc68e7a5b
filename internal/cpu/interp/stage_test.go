package interp

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"unsafe"

	"gojax/internal/cpu/code"
	"gojax/internal/cpu/kirtest"
)

// TestRowsTogether compares random kernels that go over the same rows, run as one piece of
// machine code, with their definitions.
func TestRowsTogether(t *testing.T) {
	made, all := 0, 0
	for seed := range uint64(400) {
		p := kirtest.RandomRows(rand.New(rand.NewPCG(seed, 1)))
		mem := kirtest.NewMemory(rand.New(rand.NewPCG(seed, 2)), p.All)
		want := mem.Clone()
		for n, k := range p.Kernels {
			ptr := want.Pointers()
			kirtest.Define(k, bufsOf(ptr, p.Slots[n]))
		}
		for _, l := range levels() {
			r := togetherAt(l, p)
			if l == code.Portable {
				if r.Ready() {
					t.Fatalf("seed %d: there is machine code for %v", seed, l)
				}
				continue
			}
			if all++; !r.Ready() {
				continue
			}
			made++
			for _, inPlace := range []bool{false, true} {
				if err := runTogether(r, p, mem, want, inPlace); err != nil {
					t.Errorf("seed %d: %v: in place %v: %v", seed, l, inPlace, err)
				}
			}
		}
	}
	if made < all/3 {
		t.Errorf("%d of %d are machine code", made, all)
	}
}

func bufsOf(ptr []unsafe.Pointer, slots []int) (bufs []unsafe.Pointer) {
	for _, s := range slots {
		bufs = append(bufs, ptr[s])
	}
	return bufs
}

func togetherAt(l code.Level, p *kirtest.Rows) *Rows {
	var b Batch
	var list []RowKernel
	for n, k := range p.Kernels {
		list = append(list, RowKernel{b.CompileFor(l, k), p.Slots[n]})
	}
	r := b.Rows(p.N, list)
	b.Load()
	return r
}

// runTogether runs rows in parts.
func runTogether(r *Rows, p *kirtest.Rows, mem, want kirtest.Memory, inPlace bool) error {
	got := mem.Clone()
	ptr := got.Pointers()
	to, from := p.InPlace[0], p.InPlace[1]
	if inPlace && to != from {
		for n, s := range p.Slots {
			for _, x := range s {
				if x == from && n < len(p.Slots)-1 {
					return nil // who reads it before has not been asked about the rows of others
				}
			}
		}
		ptr[to] = ptr[from]
	}
	var bufs []unsafe.Pointer
	for _, s := range p.Slots {
		bufs = append(bufs, bufsOf(ptr, s)...)
	}
	half := p.N / 2
	r.Run(bufs, half, p.N)
	r.Run(bufs, 0, half)
	if inPlace && to != from {
		got[to], got[from] = got[from], want[from]
		if fmt.Sprint(p.All.Bufs[to]) != fmt.Sprint(p.All.Bufs[from]) {
			return fmt.Errorf("buffers %d and %d differ", to, from)
		}
	}
	return got.Differ(p.All, want)
}
