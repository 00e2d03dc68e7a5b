package gemm

import (
	"sync"
	"unsafe"

	"gojax/internal/asm/amd64"
	"gojax/internal/cpu/code"
)

// A form is what kernels are generated for.
type form struct {
	size    int  // bytes of an element, 4 or 8
	width   int  // bytes of a vector register
	rows    int  // the most of a micro kernel
	wide    int  // vectors of the kernel for one row
	evex    bool // AVX-512
	columns int  // of a micro kernel at most: two vectors
}

func formOf(level code.Level, size int) form {
	f := form{size: size, width: 32, rows: 6, wide: 12}
	if level == code.AVX512 {
		f = form{size: size, width: 64, rows: 14, wide: 16, evex: true}
	}
	f.columns = 2 * f.width / size
	return f
}

// A Unit has the kernels for elements of one type at one level.
type Unit struct {
	form
	micro [][2][2]code.Func // by rows-1, vectors-1, and whether the last vector is a part
	wide  code.Func
	turn  code.Func
	lines [abreast]code.Func // by panels, less 1
	along [len(readings)]code.Func
	chain [chains]code.Func        // by how many, less 1
	pass  [2]code.Func             // for one row, and for lines of them
	swath [atPass - 1][2]code.Func // by rows of the result, less 2; for one k, and for lines of them
	side  [2]code.Func             // for one vector of neighbours, and for several

	toWhole, toHalf [2]code.Func // by kind, less 1
}

// Native returns the kernels for elements of type T at the level of this process, nil
// if it is without machine code.
func Native[T float32 | float64]() *Unit {
	var x T
	if unsafe.Sizeof(x) == 4 {
		return native32()
	}
	return native64()
}

var (
	native32 = sync.OnceValue(func() *Unit { return chosen(4) })
	native64 = sync.OnceValue(func() *Unit { return chosen(8) })
)

func chosen(size int) *Unit {
	level, _ := code.Chosen()
	u, err := New(level, size)
	if err != nil {
		return nil // the system refuses machine code, and everything goes without
	}
	return u
}

// New makes the kernels for elements of 4 or 8 bytes; nil for the level Portable. The
// error is that of code.Load.
func New(level code.Level, size int) (*Unit, error) {
	if level == code.Portable {
		return nil, nil
	}
	u := &Unit{form: formOf(level, size)}
	var g generator
	var places []*code.Func
	add := func(place *code.Func, emit func(*amd64.Asm)) {
		g.add(emit)
		places = append(places, place)
	}
	u.micro = make([][2][2]code.Func, u.rows)
	for r := range u.micro {
		for v := range 2 {
			for part := range 2 {
				if u.evex && part == 1 {
					continue // all of them mask
				}
				add(&u.micro[r][v][part], func(a *amd64.Asm) { emitMicro(a, u.form, r+1, v+1, u.evex || part == 1) })
			}
		}
	}
	add(&u.wide, func(a *amd64.Asm) { emitMicro(a, u.form, 1, u.form.wide, false) })
	add(&u.turn, func(a *amd64.Asm) { emitTurn(a, u.form) })
	for n := range u.lines {
		add(&u.lines[n], func(a *amd64.Asm) { emitLines(a, u.form, n+1) })
	}
	for i, how := range readings {
		add(&u.along[i], func(a *amd64.Asm) { emitAlong(a, u.form, how) })
	}
	add(&u.pass[0], func(a *amd64.Asm) { emitPass(a, u.form, 1) })
	add(&u.pass[1], func(a *amd64.Asm) { emitPass(a, u.form, lines) })
	for r := range u.swath {
		add(&u.swath[r][0], func(a *amd64.Asm) { emitSwath(a, u.form, r+2, 1) })
		add(&u.swath[r][1], func(a *amd64.Asm) { emitSwath(a, u.form, r+2, lines) })
	}
	add(&u.side[0], func(a *amd64.Asm) { emitSides(a, u.form, 1) })
	add(&u.side[1], func(a *amd64.Asm) { emitSides(a, u.form, sideVectors) })
	for n := range u.chain {
		add(&u.chain[n], func(a *amd64.Asm) { emitChains(a, u.form, n+1) })
	}
	for i, k := range []Kind{Float16, BFloat16} {
		if size == 4 {
			add(&u.toWhole[i], func(a *amd64.Asm) { emitWiden(a, k) })
			add(&u.toHalf[i], func(a *amd64.Asm) { emitNarrow(a, k) })
		}
	}
	c, err := g.load()
	if err != nil {
		return nil, err
	}
	for i, place := range places {
		*place = c.Func(i)
	}
	if u.evex {
		for r := range u.micro {
			for v := range 2 {
				u.micro[r][v][1] = u.micro[r][v][0]
			}
		}
	}
	return u, nil
}

// A generator collects kernels.
type generator struct {
	asm     amd64.Asm
	need    amd64.Feature
	kernels [][]byte
	err     error
}

func (g *generator) add(emit func(*amd64.Asm)) {
	g.asm.Reset()
	emit(&g.asm)
	text, err := g.asm.Finish()
	if err != nil && g.err == nil {
		g.err = err
	}
	g.need |= g.asm.Need()
	g.kernels = append(g.kernels, append([]byte(nil), text...))
}

func (g *generator) load() (*code.Code, error) {
	if g.err != nil {
		return nil, g.err
	}
	return code.Load(g.need, g.kernels...)
}
