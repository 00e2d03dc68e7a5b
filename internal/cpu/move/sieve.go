package move

import (
	"sync"

	. "gojax/internal/asm/amd64"
	"gojax/internal/cpu/code"
)

// A Sieve has the kernels of a level that tell items by their kind, for sorts and scatters,
// and make kinds of numbers.
type Sieve struct {
	deals   [2]code.Func    // of items of 4 and of 8 bytes
	tallies [2][4]code.Func // by how many bytes of those, and tallyApart
	orders  [2][orderings]code.Func
	starts  code.Func

	sift      code.Func
	siftLanes int            // indices of a vector
	lanes     *[256][8]uint8 // see packed; nil where the processor moves lanes itself
}

// NewSieve makes the kernels of a level; nil for Portable. The error is that of code.Make.
func NewSieve(level code.Level) (*Sieve, error) {
	if level == code.Portable {
		return nil, nil
	}
	s := &Sieve{siftLanes: 16}
	if level < code.AVX512 {
		s.siftLanes, s.lanes = 8, packed()
	}
	var kernels []*code.Func
	var emit []func(a *Asm)
	add := func(to *code.Func, e func(a *Asm)) { kernels, emit = append(kernels, to), append(emit, e) }
	add(&s.sift, func(a *Asm) { emitSift(a, level == code.AVX512) })
	add(&s.starts, emitStarts)
	for i, size := range []int{4, 8} {
		add(&s.deals[i], func(a *Asm) { emitDeal(a, size) })
		for kernel := range s.tallies[i] {
			add(&s.tallies[i][kernel], func(a *Asm) { emitTally(a, size, kernel) })
		}
		for kernel := range s.orders[i] {
			add(&s.orders[i][kernel], func(a *Asm) { emitOrder(a, size, kernel) })
		}
	}
	c, err := code.Make(emit...)
	if err != nil {
		return nil, err
	}
	for i, k := range kernels {
		*k = c.Func(i)
	}
	return s, nil
}

// NativeSieve returns the kernels at the level of this process, nil if it is without
// machine code.
func NativeSieve() *Sieve { return nativeSieve() }

var nativeSieve = sync.OnceValue(func() *Sieve {
	level, _ := code.Chosen()
	s, _ := NewSieve(level) // nil where the system refuses machine code
	return s
})
