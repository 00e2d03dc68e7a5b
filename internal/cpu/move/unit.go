package move

import (
	"sync"
	"unsafe"

	. "gojax/internal/asm/amd64"
	"gojax/internal/cpu/code"
)

// A Unit has the kernels of a level.
type Unit struct {
	turns [9]code.Func // by the size of elements
	picks [9]code.Func
}

// New makes the kernels of a level; nil for Portable. The error is that of code.Make.
func New(level code.Level) (*Unit, error) {
	if level == code.Portable {
		return nil, nil
	}
	c, err := code.Make(
		func(a *Asm) { emitTurn(a, 1, turn1) },
		func(a *Asm) { emitTurn(a, 2, turn2) },
		func(a *Asm) { emitTurn(a, 4, turn4) },
		func(a *Asm) { emitTurn(a, 8, turn8) },
		func(a *Asm) { emitPick(a, 1) },
		func(a *Asm) { emitPick(a, 2) },
		func(a *Asm) { emitPick(a, 4) },
		func(a *Asm) { emitPick(a, 8) },
	)
	if err != nil {
		return nil, err
	}
	u := &Unit{}
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
