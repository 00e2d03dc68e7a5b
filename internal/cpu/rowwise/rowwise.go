// Package rowwise has machine code that combines rows of elements with rows at other places, one
// after the other, as scatters do.
//
//	rowwise.go which operations there are, and their calls
//	emit.go    the loop over rows, and over the parts of a row
//	form.go    what is done with a part
package rowwise

import (
	"sync"
	"unsafe"

	"gojax/internal/cpu/code"
	"gojax/internal/dtype"
	"gojax/internal/kir"
)

// A Unit has the kernels of one operation on elements of one type.
type Unit struct {
	size      int       // bytes of an element
	rows, one code.Func // of any rows, and of rows of one element
}

// New makes the kernels of an operation (kir.NoCode to replace, or Add, Mul, Min, Max, And, Or)
// at a level. It is nil for Portable, and where machine code has no such operation. The error is
// that of code.Make.
func New(level code.Level, t dtype.Type, by kir.Code) (*Unit, error) {
	f, ok := formOf(t, by)
	if level == code.Portable || !ok {
		return nil, nil
	}
	c, err := code.Make(f.emitRows, f.emitOne)
	if err != nil {
		return nil, err
	}
	return &Unit{size: f.size, rows: c.Func(0), one: c.Func(1)}, nil
}

// Native returns the kernels of an operation at the level of this process, nil if there are none.
func Native(t dtype.Type, by kir.Code) *Unit {
	k := operation(by)
	if k < 0 {
		return nil
	}
	p := &natives[t][k]
	p.once.Do(func() {
		level, _ := code.Chosen()
		p.unit, _ = New(level, t, by) // nil where the system refuses machine code
	})
	return p.unit
}

// operations are those that there are kernels for.
var operations = [...]kir.Code{kir.NoCode, kir.Add, kir.Mul, kir.Min, kir.Max, kir.And, kir.Or}

func operation(by kir.Code) int {
	for k, c := range operations {
		if c == by {
			return k
		}
	}
	return -1
}

var natives [dtype.Count][len(operations)]struct {
	once sync.Once
	unit *Unit
}

// A combining is the argument of the kernels.
type combining struct {
	dst, src, at, number unsafe.Pointer
	n                    int // rows, at least 1
	bytes                int // of a row, at least an element
	pitch                int // bytes from a row to the next
}

// Rows combines row at[i] of dst, where the result goes, with row number[i] of src, for one i
// after the other. Rows have so many elements, at least one, and begin so many apart; dst and
// src do not overlap.
func (u *Unit) Rows(dst, src unsafe.Pointer, at, number []uint32, elements, apart int) {
	if len(at) == 0 {
		return
	}
	_ = number[len(at)-1]
	m := combining{dst: dst, src: src, at: unsafe.Pointer(&at[0]), number: unsafe.Pointer(&number[0]),
		n: len(at), bytes: elements * u.size, pitch: apart * u.size}
	f := u.rows
	if elements == 1 && apart == 1 {
		f = u.one
	}
	code.Call(f, unsafe.Pointer(&m))
}
