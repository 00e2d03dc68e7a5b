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
			own := make([]bool, len(p.All.Bufs)) // what one makes and others read is nowhere else
			if seed%2 == 1 {
				for _, s := range p.Slots[:len(p.Slots)-1] {
					own[s[len(s)-1]] = true
				}
			}
			r := togetherAt(l, p, own)
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
				if err := runTogether(r, p, mem, want, own, inPlace); err != nil {
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

func togetherAt(l code.Level, p *kirtest.Rows, own []bool) *Rows {
	var b Batch
	var list []RowKernel
	for n, k := range p.Kernels {
		k := RowKernel{Code: b.CompileFor(l, k), Slots: p.Slots[n]}
		for _, s := range k.Slots {
			k.Own = append(k.Own, own[s])
		}
		list = append(list, k)
	}
	r := b.Rows(p.N, list)
	b.Load()
	return r
}

// runTogether runs rows in parts.
func runTogether(r *Rows, p *kirtest.Rows, mem, want kirtest.Memory, own []bool, inPlace bool) error {
	got := mem.Clone()
	ptr := got.Pointers()
	for s := range own {
		if own[s] {
			ptr[s], got[s] = nil, want[s]
		}
	}
	to, from := p.InPlace[0], p.InPlace[1]
	if inPlace && to != from && !own[from] {
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
	if inPlace && to != from && !own[from] {
		got[to], got[from] = got[from], want[from]
		if fmt.Sprint(p.All.Bufs[to]) != fmt.Sprint(p.All.Bufs[from]) {
			return fmt.Errorf("buffers %d and %d differ", to, from)
		}
	}
	return got.Differ(p.All, want)
}
