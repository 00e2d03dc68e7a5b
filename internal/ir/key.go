package ir

import (
	"encoding/binary"
	"math"
	"reflect"

	"gojax/internal/core"
)

// An appender writes what makes programs and operations the same. Parameters that
// are Go functions, or cannot be looked into, make an operation different from all
// others.
type appender struct {
	b      []byte
	unique bool
}

// Key returns the same text for programs that compute the same: those with equal
// operations, parameters, types, and literals, to the bit. Names of variables do not
// matter. Not ok means that f is like no other.
func (f *Func) Key() (key string, ok bool) {
	type memo struct {
		key string
		ok  bool
	}
	m := Memo(f, "key", func() memo {
		a := appender{}
		a.program(f)
		return memo{string(a.b), !a.unique}
	})
	return m.key, m.ok
}

// AppendOp appends what an operation is: its type and all its parameters. Not ok
// means that it is like no other.
func AppendOp(b []byte, op core.Op) ([]byte, bool) {
	a := appender{b: b}
	a.op(op)
	return a.b, !a.unique
}

// AppendType appends a type.
func AppendType(b []byte, t core.Type) []byte {
	b = append(b, byte(t.DType), byte(len(t.Shape)))
	for _, d := range t.Shape {
		b = binary.AppendUvarint(b, uint64(d))
	}
	return b
}

func (a *appender) number(n int) { a.b = binary.AppendVarint(a.b, int64(n)) }

func (a *appender) program(f *Func) {
	names := make([]int, len(f.Types)) // variables in the order of their definitions
	next := 0
	define := func(vars []Var) {
		a.number(len(vars))
		for _, v := range vars {
			names[v] = next
			next++
			a.b = AppendType(a.b, f.Types[v])
		}
	}
	use := func(vars []Var) {
		a.number(len(vars))
		for _, v := range vars {
			if v.Literal() {
				a.number(-1)
				a.literal(f.Lits[^v])
			} else {
				a.number(names[v])
			}
		}
	}
	define(f.In)
	a.number(len(f.Eqns))
	for _, e := range f.Eqns {
		a.op(e.Op)
		use(e.In)
		define(e.Out)
	}
	use(f.Out)
}

func (a *appender) literal(v *core.Value) {
	a.b = AppendType(a.b, v.Type())
	a.b = append(a.b, core.Slice[byte](v.Host("literal"))...)
}

func (a *appender) op(op core.Op) {
	if c, ok := op.(Caller); ok { // which has a name, for people
		a.b = append(a.b, 1)
		a.nested(c.Program())
		return
	}
	a.b = append(a.b, 2)
	a.any(reflect.ValueOf(op))
}

func (a *appender) nested(f *Func) {
	key, ok := f.Key()
	a.unique = a.unique || !ok
	a.number(len(key))
	a.b = append(a.b, key...)
}

// any appends a value with its type.
func (a *appender) any(v reflect.Value) {
	if !v.IsValid() { // a nil interface
		a.b = append(a.b, 0)
		return
	}
	a.b = binary.LittleEndian.AppendUint64(a.b, uint64(reflect.ValueOf(v.Type()).Pointer()))
	a.value(v)
}

var funcType = reflect.TypeFor[*Func]()

func (a *appender) value(v reflect.Value) {
	switch v.Kind() {
	case reflect.Bool:
		if v.Bool() {
			a.b = append(a.b, 1)
		} else {
			a.b = append(a.b, 0)
		}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		a.b = binary.AppendVarint(a.b, v.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		a.b = binary.AppendUvarint(a.b, v.Uint())
	case reflect.Float32, reflect.Float64:
		a.b = binary.LittleEndian.AppendUint64(a.b, math.Float64bits(v.Float()))
	case reflect.Complex64, reflect.Complex128:
		c := v.Complex()
		a.b = binary.LittleEndian.AppendUint64(a.b, math.Float64bits(real(c)))
		a.b = binary.LittleEndian.AppendUint64(a.b, math.Float64bits(imag(c)))
	case reflect.String:
		a.number(v.Len())
		a.b = append(a.b, v.String()...)
	case reflect.Slice, reflect.Array:
		n := v.Len()
		a.number(n)
		for i := range n {
			a.value(v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			a.value(v.Field(i))
		}
	case reflect.Interface:
		a.any(v.Elem())
	case reflect.Pointer:
		a.pointer(v)
	default:
		a.unique = true
	}
}

// pointer appends what is pointed to, if that cannot change: a program.
func (a *appender) pointer(v reflect.Value) {
	switch {
	case v.IsNil():
		a.b = append(a.b, 0)
	case v.Type() == funcType:
		a.b = append(a.b, 1)
		a.nested((*Func)(v.UnsafePointer()))
	default:
		a.unique = true
	}
}
