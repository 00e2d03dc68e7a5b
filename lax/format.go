package lax

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/internal/npfmt"
)

// String returns x as NumPy and JAX print it, when it is computed. A traced array
// shows its type and its transformation, and its value where it has one. What cannot
// be read, because it was deleted or its computation failed, shows the error:
// printing never panics.
func (x Array) String() string { return x.text(npfmt.Append) }

// Format implements fmt.Formatter. The verbs are
//
//	%v %s     as String
//	%+v       the type too: f32[2] [1. 2.]
//	%#v       as JAX's repr: Array([1., 2.], dtype=float32)
//	%d %t     as String, of integers and of bools
//	%f %e %g  each number like that, as %.3f does with three digits
//
// %.3v is %.3g. A width and the flags +, 0 and blank serve arrays without axes, as they
// serve numbers.
func (x Array) Format(s fmt.State, verb rune) {
	precision, precise := s.Precision()
	text := ""
	switch {
	case strings.ContainsRune("eEfFgGxX", verb) || precise && verb == 'v':
		text = x.numbers(verb, precision, precise)
	case verb == 'v' && s.Flag('#'):
		text = x.text(npfmt.AppendRepr)
	case verb == 'v' && s.Flag('+') && x.p != nil && !x.p.Traced():
		text = x.p.Type().String() + " " + x.String()
		if x.p.Rank() > 1 { // so that columns stay aligned
			text = x.p.Type().String() + "\n" + x.String()
		}
	case verb == 'v', verb == 's', verb == 'd' && x.p != nil && x.p.DType.IsInt(), verb == 't' && x.p != nil && x.p.DType == dtype.Bool:
		text = x.String()
	default:
		text = fmt.Sprintf("%%!%c(%v)", verb, x)
	}
	if x.p != nil && x.p.Rank() == 0 {
		text = padded(text, s, strings.ContainsRune("eEfFgGd", verb) && !x.p.Traced() && !x.p.DType.IsComplex())
	}
	io.WriteString(s, text)
}

// padded applies the flags and the width to text, which may be a number.
func padded(text string, s fmt.State, number bool) string {
	if number && !strings.HasPrefix(text, "-") {
		switch {
		case s.Flag('+'):
			text = "+" + text
		case s.Flag(' '):
			text = " " + text
		}
	}
	width, _ := s.Width()
	n := max(0, width-utf8.RuneCountInString(text))
	if s.Flag('-') {
		return text + strings.Repeat(" ", n)
	}
	if i := strings.IndexAny(text, "0123456789"); number && s.Flag('0') && i >= 0 {
		return text[:i] + strings.Repeat("0", n) + text[i:]
	}
	return strings.Repeat(" ", n) + text
}

// numbers returns the text of x with each number as verb prints it.
func (x Array) numbers(verb rune, precision int, precise bool) string {
	o := npfmt.Default()
	switch o.Verb = byte(verb); {
	case verb == 'v':
		o.Verb = 'g'
	case verb == 'F':
		o.Verb = 'f'
	}
	switch o.Precision = precision; {
	case precise:
	case strings.ContainsRune("eEfF", verb):
		o.Precision = 6
	default:
		o.Precision = -1
	}
	return x.text(func(b []byte, t DType, shape []int, data any) []byte {
		return npfmt.AppendOptions(b, t, shape, data, o)
	})
}

// text prints x by print. It does not use operations, so that printing is never
// traced.
func (x Array) text(print func(b []byte, t DType, shape []int, data any) []byte) (text string) {
	if x.p == nil {
		return "<absent>"
	}
	v := x.p
	prefix := ""
	for v.Traced() {
		if prefix == "" {
			prefix = fmt.Sprintf("Traced<%v> by %v", v.Type(), v.Tracer().Trace().Base().Owner)
		}
		known := v.Tracer().Known()
		if known == nil {
			return prefix
		}
		v = known
	}
	if prefix != "" {
		prefix += " with value "
	}
	defer func() {
		if err := recover(); err != nil {
			text = fmt.Sprint(err)
		}
	}()
	return prefix + string(print(nil, v.DType, v.Shape, data(core.NewIn(v.Type(), v.Host("String")))))
}

// data returns the elements of v, in host memory, as a slice of their Go type; halves
// are widened.
func data(v *Value) any {
	switch b := v.Buf; v.DType {
	case dtype.Bool:
		return core.Slice[bool](b)
	case dtype.Int8:
		return core.Slice[int8](b)
	case dtype.Int16:
		return core.Slice[int16](b)
	case dtype.Int32:
		return core.Slice[int32](b)
	case dtype.Int64:
		return core.Slice[int64](b)
	case dtype.Uint8:
		return core.Slice[uint8](b)
	case dtype.Uint16:
		return core.Slice[uint16](b)
	case dtype.Uint32:
		return core.Slice[uint32](b)
	case dtype.Uint64:
		return core.Slice[uint64](b)
	case dtype.Float32:
		return core.Slice[float32](b)
	case dtype.Float64:
		return core.Slice[float64](b)
	case dtype.Complex64:
		return core.Slice[complex64](b)
	case dtype.Complex128:
		return core.Slice[complex128](b)
	}
	return widened(v)
}
