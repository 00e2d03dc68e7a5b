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

	sift      code.Func
	siftLanes int            // indices of a vector
	lanes     *[256][8]uint8 // see packed; nil where the processor moves lanes itself
}

// NewSieve makes the kernels of a level; nil for Portable. The error is that of code.Make.
func NewSieve(level code.Level) (*Sieve, error) {
	if level == code.Portable {
		return nil, nil
	}
	emit := []func(a *Asm){
		func(a *Asm) { emitSift(a, level == code.AVX512) },
		func(a *Asm) { emitDeal(a, 4) },
		func(a *Asm) { emitDeal(a, 8) },
	}
	for i := range 8 {
		emit = append(emit, func(a *Asm) { emitTally(a, 4+i/4*4, i%4) })
	}
	for i := range 2 * orderings {
		emit = append(emit, func(a *Asm) { emitOrder(a, 4+i/orderings*4, i%orderings) })
	}
	c, err := code.Make(emit...)
	if err != nil {
		return nil, err
	}
	s := &Sieve{sift: c.Func(0), siftLanes: 16, deals: [2]code.Func{c.Func(1), c.Func(2)}}
	if level < code.AVX512 {
		s.siftLanes, s.lanes = 8, packed()
	}
	for i := range 8 {
		s.tallies[i/4][i%4] = c.Func(3 + i)
	}
	for i := range 2 * orderings {
		s.orders[i/orderings][i%orderings] = c.Func(11 + i)
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
