// Package npfmt prints arrays character for character as NumPy and JAX do: Append
// writes what print(x) shows and AppendRepr what repr(x) shows.
//
// An array is printed in two steps. First the elements that will be seen decide how
// all of them look: whether in scientific notation, with how many digits, how wide
// (elem.go, float.go). Then they are laid out in rows, which wrap at the line width
// and of which a large array shows only the two ends (layout.go). Decimal digits come
// from Dragon4 (digits.go), the algorithm of NumPy, because its cutoffs and its
// shortest digits of float16 are not to be had from strconv.
//
// The text is that of NumPy 2.4, the NumPy of JAX 0.10.2. Since 2.3 the limit at
// which scientific notation begins depends on the element type.
package npfmt

import (
	"bytes"
	"strconv"

	"gojax/internal/dtype"
)

// Options are NumPy's print options. The zero value is of little use; begin with
// Default.
type Options struct {
	// Precision is the most digits after the point, fewer being written where
	// fewer tell a value from its neighbours; a negative one is no limit. With a
	// Verb it is the exact number.
	Precision int
	// Threshold is the largest number of elements written in full.
	Threshold int
	// EdgeItems is how many items a larger array shows at each end of an axis,
	// at least one.
	EdgeItems int
	// LineWidth is the column at which rows wrap.
	LineWidth int
	// Suppress writes small numbers without an exponent, as zero if they are less
	// than the precision shows.
	Suppress bool
	// Verb, if not zero, is a format of strconv, such as 'f', 'e' or 'g', in which
	// each floating-point number is written. Then the type plays no part, nor does
	// Suppress.
	Verb byte
}

// Default returns the options that NumPy has unless told otherwise.
func Default() Options {
	return Options{Precision: 8, Threshold: 1000, EdgeItems: 3, LineWidth: 75}
}

// Append appends the text of an array, what print(x) shows in JAX. The data are the
// elements in row-major order: a []bool; an []int8 to []int64 or []uint8 to []uint64;
// a []float32, also for float16 and bfloat16; a []float64; or a []complex64 or
// []complex128. They are not kept. Append panics if they do not suit the type.
func Append(b []byte, t dtype.Type, shape []int, data any) []byte {
	return AppendOptions(b, t, shape, data, Default())
}

// AppendOptions is Append with other options. As in NumPy, the text of a single number
// (rank 0) heeds none of them but Verb and its Precision.
func AppendOptions(b []byte, t dtype.Type, shape []int, data any, o Options) []byte {
	switch {
	case len(shape) == 0:
		return scalar(t, data, o)(b, 0)
	case size(shape) == 0:
		return append(b, "[]"...)
	}
	return layout(b, t, shape, data, o, " ", 0)
}

const prefix = "Array("

// AppendRepr appends what repr(x) shows in JAX, of a type that is not weak:
//
//	Array([1., 2.], dtype=float32)
func AppendRepr(b []byte, t dtype.Type, shape []int, data any) []byte {
	return AppendReprOptions(b, t, shape, data, Default())
}

// AppendReprOptions is AppendRepr with other options, which here apply to a single
// number too.
func AppendReprOptions(b []byte, t dtype.Type, shape []int, data any, o Options) []byte {
	b = append(b, prefix...)
	start := len(b)
	if size(shape) == 0 {
		b = append(b, "[], shape="...)
		b = appendTuple(b, shape)
	} else {
		in := o
		in.LineWidth-- // for the comma
		b = layout(b, t, shape, data, in, ", ", len(prefix))
	}
	// JAX widens the gap where NumPy would begin a new line, and it measures the last
	// line from its newline, two columns too wide.
	last := len(b) - start - bytes.LastIndexByte(b[start:], '\n') + 1
	b = append(b, ", "...)
	if last+len("dtype=")+len(t.Name())+2 > o.LineWidth {
		b = pad(b, len(prefix)-1, ' ')
	}
	b = append(b, "dtype="...)
	b = append(b, t.Name()...)
	return append(b, ')')
}

func appendTuple(b []byte, shape []int) []byte {
	b = append(b, '(')
	for i, n := range shape {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = strconv.AppendInt(b, int64(n), 10)
	}
	if len(shape) == 1 {
		b = append(b, ',')
	}
	return append(b, ')')
}

func size(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}

// pad appends n times c, nothing if n is negative.
func pad(b []byte, n int, c byte) []byte {
	for ; n > 0; n-- {
		b = append(b, c)
	}
	return b
}
