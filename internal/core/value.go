package core

import (
	"fmt"
	"unsafe"

	"gojax/internal/dtype"
	"gojax/internal/mem"
)

// A Value is an array or stands for one: it has a Buffer or a Tracer. Where a
// tangent or cotangent is meant, the nil *Value is zero.
//
// A call may return hundreds of scalars, and most of what that costs is memory to clear,
// write and collect. So a value points to its type, which many share, and to its tracer.
type Value struct {
	*shared
	Buf    *Buffer
	tracer *Tracer // nil for arrays, literal for literals
}

// shared is a Type that does not change any more; by another name, as Type is a method.
type shared = Type

// literal is where the tracers of literals are: there is none.
var literal Tracer

// Type returns the type.
func (v *Value) Type() Type { return *v.shared }

// Tracer returns what stands for the value, or nil if it is an array.
func (v *Value) Tracer() Tracer {
	if v.tracer == nil {
		return nil
	}
	return *v.tracer
}

// Traced reports whether v has a tracer.
func (v *Value) Traced() bool { return v.tracer != nil && v.tracer != &literal }

// Literal reports whether v was made from a Go number: a scalar that belongs to the
// program's text.
func (v *Value) Literal() bool { return v.tracer == &literal }

// SetLiteral makes v, a new scalar, a literal, and returns it.
func (v *Value) SetLiteral() *Value {
	v.tracer = &literal
	return v
}

// Stands is a value that stands for an array, with its type and tracer. Traces embed it.
type Stands struct {
	value  Value
	typ    Type
	tracer Tracer
}

// Init makes s the value of type t that tracer stands for, and returns it.
func (s *Stands) Init(t Type, tracer Tracer) *Value {
	s.typ, s.tracer = t, tracer
	s.value.shared, s.value.tracer = &s.typ, &s.tracer
	return &s.value
}

// scalars are the types of scalars, by element type.
var scalars = func() (types [256]Type) {
	for i := range types {
		types[i].DType = dtype.Type(i)
	}
	return types
}()

// A Tracer is what a trace knows about one of its values.
type Tracer interface {
	Trace() Trace
	Known() *Value // what the value is now; nil if that shows only at run time
}

// A Fn is a function on values. (*ir.Func).Call is one.
type Fn = func(x ...*Value) []*Value

// cell is a value with its buffer and, if they are few, its elements: eager
// scalars cost one allocation.
type cell struct {
	Value
	buffer Buffer
	small  [1]uint64
}

// typed is a cell with a type of its own.
type typed struct {
	cell
	typ Type
}

// lone returns a new cell of type t.
func lone(t Type) *cell {
	if len(t.Shape) == 0 {
		return &cell{Value: Value{shared: &scalars[t.DType]}}
	}
	c := &typed{typ: t}
	c.shared = &c.typ
	return &c.cell
}

// New returns an array of type t whose elements are all zero and may be written
// until the array is shown to others.
func New(t Type, d Device) *Value { return alloc(nil, t, d, t.Bytes(), true) }

func alloc(what fmt.Stringer, t Type, d Device, bytes int, zero bool) *Value {
	c := lone(t)
	c.init(place(d), bytes)
	if bytes > len(c.small)*8 {
		c.buffer.alloc(what, t, zero)
	}
	return &c.Value
}

// init makes c an array of bytes that are in c.small.
func (c *cell) init(d *Device, bytes int) {
	c.Buf = &c.buffer
	c.buffer.device, c.buffer.n, c.buffer.p = d, bytes, unsafe.Pointer(&c.small)
}

// slabCells are as many cells as just fit into 4 KiB with what Go's allocator adds: one more,
// or half of them and one, would waste an eighth of it.
const slabCells = 63

// NewAll returns arrays for the results of what, whose elements are not defined, with one
// allocation for several scalars. Arrays with memory of their own stand alone, or one that
// is kept would keep its neighbours'. The types must not change any more.
func NewAll(what fmt.Stringer, types []Type, d Device) []*Value {
	out := make([]*Value, len(types))
	at := place(d)
	var slab []cell
	for i := range types {
		t := &types[i]
		bytes := t.DType.Size()
		if len(t.Shape) == 0 {
			t = &scalars[t.DType] // so that one that is kept does not keep types
		} else {
			bytes = t.Bytes()
		}
		if bytes > len(cell{}.small)*8 {
			out[i] = alloc(what, *t, d, bytes, false)
			continue
		}
		if len(slab) == 0 {
			slab = make([]cell, min(len(types)-i, slabCells))
		}
		c := &slab[0]
		slab = slab[1:]
		c.shared = t
		c.init(at, bytes)
		out[i] = &c.Value
	}
	return out
}

// NewIn returns an array of type t in the given buffer.
func NewIn(t Type, b *Buffer) *Value {
	if len(t.Shape) == 0 {
		return &Value{shared: &scalars[t.DType], Buf: b}
	}
	v := &struct {
		Value
		typ Type
	}{Value{Buf: b}, t}
	v.shared = &v.typ
	return &v.Value
}

// Element is a Go type that elements have in memory; halves are uint16.
type Element interface {
	bool | int8 | int16 | int32 | int64 | uint8 | uint16 | uint32 | uint64 |
		float32 | float64 | complex64 | complex128
}

// From returns a new array of type t with a copy of data, whose elements must be as those
// of t are in memory.
func From[T any](t Type, data []T) *Value {
	v := alloc(nil, t, nil, t.Bytes(), false)
	if mem.Copy(Fresh[T](v.Buf), data) != t.Size() {
		panic(fmt.Sprintf("core: %d elements for %v", len(data), t))
	}
	return v
}

// Number returns the scalar x converted to type d.
func Number(d dtype.Type, x float64) *Value {
	v := New(Type{DType: d}, nil)
	Put(v, 0, complex(x, 0))
	return v
}

// Concrete returns the array that v is at this moment. Derivatives are taken at
// a point and know it, so native control flow may look; a staged or batched
// value is not one array, and asking for it panics. what names who asks.
func (v *Value) Concrete(what string) *Value {
	for v.Traced() {
		base := v.Tracer().Trace().Base()
		base.check(what)
		known := v.Tracer().Known()
		if known == nil {
			panic(Errorf(what, "%v is traced by %s; its value is not known until the program runs. "+
				"Use jnp.Where for choices, return it from the function to look at it, "+
				"or pass it as a static argument", v.Type(), base.Owner))
		}
		v = known
	}
	return v
}

// Host returns the buffer with v's elements in host memory, when they are there.
func (v *Value) Host(what string) *Buffer {
	b := v.Concrete(what).Buf
	b.View()
	b.Wait(what)
	if d := b.Device(); d != nil {
		return d.Host(b)
	}
	return b
}

// Read calls f with v in host memory, when it is there. f keeps nothing of it.
func (v *Value) Read(what string, f func(v *Value)) {
	v = v.Concrete(what)
	b := v.Buf
	b.Pin()
	defer b.Unpin()
	b.Wait(what) // it checks that b is there
	if d := b.Device(); d != nil {
		v = NewIn(v.Type(), d.Host(b))
	}
	f(v)
}

// Types lists the types of values.
func Types(v []*Value) []Type {
	types := make([]Type, len(v))
	for i := range v {
		types[i] = v[i].Type()
	}
	return types
}

// A hole is an unknown operand of a linear operation.
type hole struct{}

func (hole) Trace() Trace  { return holes }
func (hole) Known() *Value { return nil }

type holeTrace struct{ *Frame }

var holes = holeTrace{&Frame{Owner: Owner{What: "Transpose"}}}

func (holeTrace) Apply(op Op, in []*Value) []*Value {
	panic(Errorf(op.String(), "not linear in an operand of which only the type is known"))
}

// Hole returns a value of which only the type may be used.
func Hole(t Type) *Value { return new(Stands).Init(t, hole{}) }

// IsHole reports whether v is an operand of unknown value.
func IsHole(v *Value) bool {
	_, ok := v.Tracer().(hole)
	return ok
}
