package move

import (
	"sync"
	"unsafe"

	. "gojax/internal/asm/amd64"
	"gojax/internal/cpu/code"
)

// A Unit has the kernels of a level.
type Unit struct {
	turns   [9]code.Func // by the size of elements
	picks   [9]code.Func
	deals   [2]code.Func    // of 4 and of 8 bytes
	tallies [2][3]code.Func // by how many bytes of those

	sift      code.Func
	siftLanes int            // indices of a vector
	lanes     *[256][8]uint8 // see packed; nil where the processor moves lanes itself
}

// New makes the kernels of a level; nil for Portable. The error is that of code.Make.
func New(level code.Level) (*Unit, error) {
	if level == code.Portable {
		return nil, nil
	}
	emit := []func(a *Asm){
		func(a *Asm) { emitTurn(a, 1, turn1) },
		func(a *Asm) { emitTurn(a, 2, turn2) },
		func(a *Asm) { emitTurn(a, 4, turn4) },
		func(a *Asm) { emitTurn(a, 8, turn8) },
		func(a *Asm) { emitPick(a, 1) },
		func(a *Asm) { emitPick(a, 2) },
		func(a *Asm) { emitPick(a, 4) },
		func(a *Asm) { emitPick(a, 8) },
		func(a *Asm) { emitSift(a, level == code.AVX512) },
		func(a *Asm) { emitDeal(a, 4) },
		func(a *Asm) { emitDeal(a, 8) },
	}
	for i := range 6 {
		emit = append(emit, func(a *Asm) { emitTally(a, 4+i/3*4, 1+i%3) })
	}
	c, err := code.Make(emit...)
	if err != nil {
		return nil, err
	}
	u := &Unit{sift: c.Func(8), siftLanes: 16, deals: [2]code.Func{c.Func(9), c.Func(10)}}
	if level < code.AVX512 {
		u.siftLanes, u.lanes = 8, packed()
	}
	for i := range 6 {
		u.tallies[i/3][i%3] = c.Func(11 + i)
	}
	for i := range 4 {
		u.turns[1<<i] = c.Func(i)
		u.picks[1<<i] = c.Func(4 + i)
	}
	return u, nil
}

// Native returns the kernels at the level of this process, nil if it is without machine
// code.
func Native() *Unit { return native() }

var native = sync.OnceValue(func() *Unit {
	level, _ := code.Chosen()
	u, _ := New(level) // nil where the system refuses machine code
	return u
})

// side is that of the squares that kernels exchange, 0 if there is none for the size.
func (u *Unit) side(size int) int {
	switch size {
	case 1, 2, 4:
		return 8
	case 8:
		return 4
	}
	return 0
}

// A turn is the argument of the kernels that exchange the axes of squares. Distances are
// in bytes.
type turn struct {
	src, dst         unsafe.Pointer
	srcStep, dstStep int // between rows of what is read, and of what is written
	m, n             int // squares along a row of what is read, and of what is written
}
