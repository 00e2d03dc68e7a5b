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
	fills [9]code.Func // with what is out of bounds replaced

	locates [locateWays][len(locatedBy)]code.Func

	wide   bool // vectors of 64 bytes
	weaves [weavers][weaveLoads + 1]code.Func
	rows   [rowClasses]code.Func
	taken  [rowClasses]code.Func
}

// New makes the kernels of a level; nil for Portable. The error is that of code.Make.
func New(level code.Level) (*Unit, error) {
	if level == code.Portable {
		return nil, nil
	}
	u := &Unit{wide: level == code.AVX512}
	var kernels []func(a *Asm)
	var places []*code.Func
	add := func(place *code.Func, emit func(a *Asm)) {
		places, kernels = append(places, place), append(kernels, emit)
	}
	add(&u.turns[1], func(a *Asm) { emitTurn(a, 1, turn1) })
	add(&u.turns[2], func(a *Asm) { emitTurn(a, 2, turn2) })
	add(&u.turns[4], func(a *Asm) { emitTurn(a, 4, turn4) })
	add(&u.turns[8], func(a *Asm) { emitTurn(a, 8, turn8) })
	for _, size := range []int{1, 2, 4, 8} {
		add(&u.picks[size], func(a *Asm) { emitPick(a, size, false) })
		add(&u.fills[size], func(a *Asm) { emitPick(a, size, true) })
	}
	for loads := 1; loads <= weaveLoads; loads++ {
		add(&u.weaves[weaveBytes][loads], func(a *Asm) { emitWeave(a, weaveBytes, loads) })
		way := weaveWords
		if u.wide {
			way = weaveWide
		}
		add(&u.weaves[way][loads], func(a *Asm) { emitWeave(a, way, loads) })
	}
	for class := range rowClasses {
		add(&u.rows[class], func(a *Asm) { emitRows(a, class) })
		add(&u.taken[class], func(a *Asm) { emitTakeRows(a, class) })
	}
	for way := range locateWays {
		for t := range locatedBy {
			add(&u.locates[way][t], func(a *Asm) { emitLocate(a, way, t) })
		}
	}
	c, err := code.Make(kernels...)
	if err != nil {
		return nil, err
	}
	for i, place := range places {
		*place = c.Func(i)
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
