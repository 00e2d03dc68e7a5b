package npfmt

import (
	"bytes"
	"iter"
	"math"
	"strconv"

	"gojax/internal/dtype"
)

// An elem appends the text of the element at an offset.
type elem func(b []byte, at int) []byte

// column returns how the elements of an array look, given the offsets of those that
// are shown.
func column(t dtype.Type, data any, shown iter.Seq[int], o Options) elem {
	switch t.Kind() {
	case dtype.BoolKind:
		return boolean(slice[bool](t, data), " True")
	case dtype.IntKind, dtype.UintKind:
		return align(integers(t, data), shown)
	case dtype.FloatKind:
		x := floats(t, data)
		switch {
		case o.Verb != 0:
			return align(verb(t, x, o, false), shown)
		case t == dtype.BFloat16:
			return bfloat(x)
		}
		return newFloat(t, x, shown, o, false).append
	}
	re, im := parts(t, data)
	t = t.Real()
	if o.Verb != 0 {
		return imaginary(align(verb(t, re, o, false), shown), align(verb(t, im, o, true), shown))
	}
	return imaginary(newFloat(t, re, shown, o, false).append, newFloat(t, im, shown, o, true).append)
}

// scalar returns how the elements look as single numbers, those of rank 0.
func scalar(t dtype.Type, data any, o Options) elem {
	number := func(x view, plus, point bool) elem {
		if o.Verb != 0 {
			return verb(t.Real(), x, o, plus)
		}
		return func(b []byte, at int) []byte { return appendScalar(b, t.Real(), x(at), plus, point) }
	}
	switch t.Kind() {
	case dtype.BoolKind:
		return boolean(slice[bool](t, data), "True")
	case dtype.IntKind, dtype.UintKind:
		return integers(t, data)
	case dtype.FloatKind:
		x := floats(t, data)
		if t == dtype.BFloat16 && o.Verb == 0 {
			return bfloat(x)
		}
		return number(x, false, true)
	}
	re, im := parts(t, data)
	return func(b []byte, at int) []byte {
		// As Python writes complex numbers: a real part of zero is left out, but not
		// one of minus zero.
		if v := re(at); v == 0 && !math.Signbit(v) {
			return append(number(im, false, false)(b, at), 'j')
		}
		b = number(re, false, false)(append(b, '('), at)
		return append(number(im, true, false)(b, at), "j)"...)
	}
}

// align pads an elem on the left to the width of the widest.
func align(f elem, shown iter.Seq[int]) elem {
	var word []byte
	width := 0
	for at := range shown {
		word = f(word[:0], at)
		width = max(width, len(word))
	}
	return func(b []byte, at int) []byte {
		word = f(word[:0], at)
		return append(pad(b, width-len(word), ' '), word...)
	}
}

// imaginary joins two parts. The j stands before the padding of the second.
func imaginary(re, im elem) elem {
	return func(b []byte, at int) []byte {
		b = im(re(b, at), at)
		n := len(bytes.TrimRight(b, " "))
		b = append(b, ' ')
		copy(b[n+1:], b[n:])
		b[n] = 'j'
		return b
	}
}

func boolean(x []bool, yes string) elem {
	return func(b []byte, at int) []byte {
		if x[at] {
			return append(b, yes...)
		}
		return append(b, "False"...)
	}
}

// bfloat returns the elements of bfloat16. NumPy does not know the type and leaves the
// text to it, which is that of C's %g: not aligned, and not always enough digits to
// tell values apart.
func bfloat(x view) elem {
	return func(b []byte, at int) []byte {
		v := x(at)
		if !finite(v) {
			return appendSpecial(b, v, false)
		}
		return strconv.AppendFloat(b, v, 'g', 6, 64)
	}
}

// verb returns the elements in a format of strconv, with a sign before positive
// numbers if plus is set.
func verb(t dtype.Type, x view, o Options, plus bool) elem {
	bits := 32
	if t == dtype.Float64 {
		bits = 64
	}
	return func(b []byte, at int) []byte {
		v := x(at)
		if !finite(v) {
			return appendSpecial(b, v, plus)
		}
		if plus && !math.Signbit(v) {
			b = append(b, '+')
		}
		return strconv.AppendFloat(b, v, o.Verb, o.Precision, bits)
	}
}
