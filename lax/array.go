// Package lax has the first-order operations: one file a family, with the
// operations, their rules and their functions, and nothing about them elsewhere.
//
// Its functions take operands of equal types, as JAX's do; the methods of Array
// and package jnp promote and broadcast as NumPy does.
//
//	array.go      Array
//	operand.go    what users pass as operands; promotion and broadcasting
//	eval.go       loops that definitions share
//	unary.go, binary.go, …   the operations
//	ops.go        the list of all of them
package lax

import (
	"sync/atomic"

	"gojax/internal/core"
	"gojax/internal/cpu"
	"gojax/internal/dtype"
)

type (
	// Value is what traces see of an Array.
	Value = core.Value
	// Type is an element type with a shape.
	Type = core.Type
	// Shape lists the sizes of axes.
	Shape = core.Shape
	// DType is an element type.
	DType = dtype.Type
)

// An Array is an immutable array, or stands for one while a function is traced.
// The zero Array is absent: a leaf that a tree leaves out. Arrays may be shared
// between goroutines.
type Array struct {
	_ [0]func() // == would compare addresses, so it does not compile
	p *Value
}

// Of returns the Array of a traced value; nil gives the absent Array.
func Of(p *Value) Array { return Array{p: p} }

// Value returns what traces see of x.
func (x Array) Value() *Value { return x.p }

// IsAbsent reports whether x is the zero Array.
func (x Array) IsAbsent() bool { return x.p == nil }

// Type returns the element type and shape.
func (x Array) Type() Type { return x.present("Type").p.Type() }

// DType returns the element type.
func (x Array) DType() DType { return x.present("DType").p.DType }

// Shape returns the sizes of the axes; it must not be changed.
func (x Array) Shape() Shape { return x.present("Shape").p.Shape }

// Rank returns the number of axes.
func (x Array) Rank() int { return len(x.present("Rank").p.Shape) }

// Size returns the number of elements.
func (x Array) Size() int { return x.present("Size").p.Size() }

// Len returns the size of the leading axis.
func (x Array) Len() int {
	if x.present("Len").Rank() == 0 {
		panic(core.Errorf("Len", "%v has no axes", x.p.Type()))
	}
	return x.p.Shape[0]
}

// defaultDevice is where arrays are made: the one documented process-wide
// default, set by SetDefaultDevice.
var defaultDevice atomic.Pointer[core.Device]

// Device returns the device on which arrays are made.
func Device() core.Device {
	if d := defaultDevice.Load(); d != nil {
		return *d
	}
	return cpu.Default()
}

// SetDefaultDevice changes the device on which arrays are made from now on.
func SetDefaultDevice(d core.Device) { defaultDevice.Store(&d) }

// bind applies an operation with one result.
func bind(op core.Op, in ...Array) Array { return Of(bindAll(op, in...)[0]) }

func bindAll(op core.Op, in ...Array) []*Value {
	vals := make([]*Value, len(in))
	for i, x := range in {
		if x.p == nil {
			panic(core.Errorf(op.String(), "operand %d is absent (the zero Array)", i))
		}
		vals[i] = x.p
	}
	return Bind(op, vals...)
}

// Bind applies an operation. What no trace handles and has no operand on a device
// runs on the default device.
func Bind(op core.Op, in ...*Value) []*Value {
	if core.Top(in) != nil {
		return core.Bind(op, in...)
	}
	return core.Run(op, Device(), in)
}

// BindAs is Bind of an operation whose operands are known to give results of the given
// types.
func BindAs(op core.Op, out []Type, in []*Value) []*Value {
	if core.Top(in) != nil {
		return core.Bind(op, in...)
	}
	return core.RunAs(op, Device(), in, out)
}
