package ir

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"gojax/internal/core"
	"gojax/internal/dtype"
)

// A param is a parameter of an operation: an exported field. The field's tag "ir"
// may say
//
//	omitzero  it does not print if it is zero, empty, or a mask that marks nothing
//	none      zero prints as None
//	implied   it does not print: it is the shape or the element type of the first result
type param struct {
	name  string // the field's, in snake case
	tag   string
	value reflect.Value
}

var (
	dtypeType = reflect.TypeFor[dtype.Type]()
	typeType  = reflect.TypeFor[core.Type]()
)

// params lists op's parameters as JAX does: "name" and then the others in
// alphabetical order. Operations that are not structs, such as rows of tables, have
// none.
func params(op core.Op) []param { return fields(reflect.Indirect(reflect.ValueOf(op)), true) }

// fields lists the exported fields of a struct, those of embedded structs included.
func fields(v reflect.Value, sorted bool) []param {
	if v.Kind() != reflect.Struct {
		return nil
	}
	var list []param
	for _, f := range reflect.VisibleFields(v.Type()) {
		if f.IsExported() && !f.Anonymous {
			list = append(list, param{snake(f.Name), f.Tag.Get("ir"), v.FieldByIndex(f.Index)})
		}
	}
	if sorted {
		slices.SortStableFunc(list, func(a, b param) int {
			switch {
			case a.name == "name":
				return -1
			case b.name == "name":
				return 1
			}
			return strings.Compare(a.name, b.name)
		})
	}
	return list
}

// snake writes a Go name as Python would: NewDtype is new_dtype.
func snake(name string) string {
	var b []byte
	for i, r := range name {
		if unicode.IsUpper(r) && i > 0 {
			b = append(b, '_')
		}
		b = append(b, string(unicode.ToLower(r))...)
	}
	return string(b)
}

// zero reports whether p is zero, empty, or a mask that marks nothing.
func (p param) zero() bool {
	if m, ok := p.value.Interface().(core.Mask); ok {
		return !m.Any()
	}
	return p.value.IsZero() || p.value.Kind() == reflect.Slice && p.value.Len() == 0
}

func (p param) hidden() bool { return p.tag == "implied" || p.tag == "omitzero" && p.zero() }

// text is the value of a parameter that is not a program.
func (p param) text() string {
	switch {
	case p.tag == "none" && p.zero():
		return "None"
	case p.value.Kind() == reflect.String:
		return quote(p.value.String(), "")
	}
	return string(appendParam(nil, p.value))
}

// quote returns a word with marks around it, and any other string in double quotes.
func quote(s, marks string) string {
	if s != "" && s == words(s) {
		return marks + s + marks
	}
	return strconv.Quote(s)
}

// words returns s without what a word cannot have.
func words(s string) string {
	return strings.Map(func(r rune) rune {
		if isWord(r) {
			return r
		}
		return -1
	}, s)
}

// isWord reports whether r may be part of a string that prints without quotes.
func isWord(r rune) bool {
	return strings.ContainsRune("_-.<>", r) || unicode.IsLetter(r) || unicode.IsDigit(r)
}

// appendParam writes a value as Python's str would write JAX's: tuples with a
// comma at least, enumerations and structs by their String method, other structs
// like named tuples.
func appendParam(b []byte, v reflect.Value) []byte {
	if v.Type() == dtypeType {
		if v.IsZero() {
			return append(b, "None"...)
		}
		return append(b, v.Interface().(dtype.Type).Name()...)
	}
	if s, ok := v.Interface().(fmt.Stringer); ok && (v.Kind() == reflect.Struct || v.CanInt() || v.CanUint()) {
		return append(b, s.String()...)
	}
	switch v.Kind() {
	case reflect.Bool:
		return appendBool(b, v.Bool())
	case reflect.String:
		return append(b, quote(v.String(), "'")...)
	case reflect.Float32, reflect.Float64:
		return appendFloat(b, v.Float(), ".0")
	case reflect.Complex64, reflect.Complex128:
		return appendComplex(b, v.Complex())
	case reflect.Slice, reflect.Array:
		b = append(b, '(')
		for i := range v.Len() {
			if i > 0 {
				b = append(b, ", "...)
			}
			b = appendParam(b, v.Index(i))
		}
		if v.Len() == 1 {
			b = append(b, ',')
		}
		return append(b, ')')
	case reflect.Struct:
		b = append(append(b, v.Type().Name()...), '(')
		for i, p := range fields(v, false) {
			if i > 0 {
				b = append(b, ", "...)
			}
			b = appendParam(append(append(b, p.name...), '='), p.value)
		}
		return append(b, ')')
	case reflect.Func, reflect.Pointer, reflect.Interface:
		switch {
		case v.IsNil():
			return append(b, "None"...)
		case v.Kind() != reflect.Func:
			return appendParam(b, v.Elem())
		}
		return append(b, words(core.Owner{PC: v.Pointer()}.Func())...)
	}
	return fmt.Append(b, v.Interface())
}

func appendBool(b []byte, x bool) []byte {
	if x {
		return append(b, "True"...)
	}
	return append(b, "False"...)
}

// appendFloat writes x as Python's repr does; whole numbers end in whole.
func appendFloat(b []byte, x float64, whole string) []byte {
	switch a := math.Abs(x); {
	case math.IsNaN(x):
		return append(b, "nan"...)
	case math.IsInf(x, 1):
		return append(b, "inf"...)
	case math.IsInf(x, -1):
		return append(b, "-inf"...)
	case a != 0 && a < 1e-4 || a >= 1e16:
		return strconv.AppendFloat(b, x, 'e', -1, 64)
	}
	n := len(b)
	b = strconv.AppendFloat(b, x, 'f', -1, 64)
	if !slices.Contains(b[n:], '.') {
		b = append(b, whole...)
	}
	return b
}

// appendComplex writes x as Python's repr does.
func appendComplex(b []byte, x complex128) []byte {
	if re := real(x); re == 0 && !math.Signbit(re) {
		return append(appendFloat(b, imag(x), ""), 'j')
	}
	b = appendFloat(append(b, '('), real(x), "")
	if im := imag(x); !math.Signbit(im) || math.IsNaN(im) {
		b = append(b, '+')
	}
	return append(appendFloat(b, imag(x), ""), "j)"...)
}

// LiteralText is the element of a scalar, as Python writes it.
func LiteralText(v *core.Value) string {
	x := core.NewIn(v.Type(), v.Host("String"))
	var b []byte
	switch d := v.DType; {
	case d == dtype.Bool:
		b = appendBool(b, core.Int(x, 0) != 0)
	case d == dtype.Uint64:
		b = strconv.AppendUint(b, uint64(core.Int(x, 0)), 10)
	case d.IsInt():
		b = strconv.AppendInt(b, core.Int(x, 0), 10)
	case d.IsComplex():
		b = appendComplex(b, core.At(x, 0))
	default:
		b = appendFloat(b, real(core.At(x, 0)), ".0")
	}
	return string(b)
}
