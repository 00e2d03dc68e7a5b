package npfmt

import (
	"bytes"
	"iter"
	"math"
	"strconv"

	"gojax/internal/dtype"
)

// A format is what must be known of a floating-point format: the bits of its
// significand, the exponent of its smallest number, and where numbers become
// scientific.
type format struct {
	bits, least int
	single      float64 // from here up, if it is a single number
	large       float64 // from here up, in an array
	small       float64 // below here: 1e-4 in the format
	ratio       float64 // if the largest is more than so many times the smallest
}

// The quotient of two float16 is rounded before it is compared with 1000, and up to
// 1000.25 becomes 1000.
var formats = map[dtype.Type]format{
	dtype.Float16: {11, -24, 1e3, 1e3, 0x1.a38p-14, 1000.25},
	dtype.Float32: {24, -149, 1e6, 1e6, float64(float32(1e-4)), 1000},
	dtype.Float64: {53, -1074, 1e16, 1e8, 1e-4, 1000},
}

// A style is how numbers are written. Left and right are the widths before and after
// the point, to which spaces pad; right is kept only without an exponent.
type style struct {
	format      format
	plus        bool // a sign before positive numbers
	most, least int  // digits after the point, as in cutoff; zeros make up the least
	left, right int
	exp         int    // digits of the exponent; zero if there is none
	point       string // in place of a point that no digits follow
}

// appendScalar appends a single number: with as many digits as it needs, and no padding.
func appendScalar(b []byte, t dtype.Type, x float64, plus, point bool) []byte {
	s := style{format: formats[t], plus: plus, most: -1, least: -1, right: -1}
	if v := math.Abs(x); v != 0 && (v < 1e-4 || v >= s.format.single) {
		s.exp = 2
	} else if point {
		s.point = ".0"
	}
	return s.append(b, x)
}

// A float is how the elements of an array of floating-point numbers are written.
type float struct {
	style
	x view
}

// newFloat chooses the style that suits all elements that are shown.
func newFloat(t dtype.Type, x view, shown iter.Seq[int], o Options, plus bool) *float {
	s := style{format: formats[t], plus: plus, most: max(o.Precision, -1), least: -1, point: "."}
	var special, negative bool // whether there are any that are not finite, and -Inf
	least, most := math.Inf(1), 0.0
	for at := range shown {
		v := x(at)
		if !finite(v) {
			special = true
			negative = negative || math.IsInf(v, -1)
		} else if v != 0 {
			least = min(least, math.Abs(v))
			most = max(most, math.Abs(v))
		}
	}
	if s.scientific(least, most, t, o.Suppress) {
		s.exp = 2
	}

	// Write them all once, to learn their widths.
	var buf [64]byte
	var left, right, exp int
	for at := range shown {
		v := x(at)
		if !finite(v) {
			continue
		}
		word := s.append(buf[:0], v)
		if e := bytes.IndexByte(word, 'e'); e >= 0 {
			exp = max(exp, len(word)-e-2)
			word = word[:e]
		}
		point := bytes.IndexByte(word, '.')
		left = max(left, point)
		right = max(right, len(word)-point-1)
	}
	s.left, s.right = left, right
	s.least = 0
	if s.exp > 0 {
		s.most, s.least, s.exp = right, right, exp
		s.right += exp + 2
	}
	if special {
		signed := 0
		if plus || negative {
			signed = 1
		}
		s.left = max(s.left, len("inf")+signed-s.right-1)
	}
	return &float{s, x}
}

// scientific reports whether numbers of which the smallest and largest magnitudes are
// given, zeros aside, have exponents.
func (s *style) scientific(least, most float64, t dtype.Type, suppress bool) bool {
	if most == 0 {
		return false
	}
	ratio := most / least
	if t != dtype.Float64 {
		ratio = float64(float32(most) / float32(least))
	}
	return most >= s.format.large ||
		!suppress && (least < s.format.small || ratio > s.format.ratio)
}

func (f *float) append(b []byte, at int) []byte { return f.style.append(b, f.x(at)) }

// append appends a number.
func (s *style) append(b []byte, x float64) []byte {
	if !finite(x) {
		var buf [4]byte
		word := appendSpecial(buf[:0], x, s.plus)
		return append(pad(b, s.left+1+s.right-len(word), ' '), word...)
	}
	var buf [32]byte
	ds, exp := digits(buf[:0], math.Abs(x), s.format, s.cutoff())

	whole := exp + 1 // the digits before the point; if negative, zeros after it
	if s.exp > 0 {
		whole = 1
	}
	sign := ""
	if math.Signbit(x) {
		sign = "-"
	} else if s.plus {
		sign = "+"
	}
	b = pad(b, s.left-len(sign)-max(whole, 1), ' ')
	b = append(b, sign...)
	if whole <= 0 {
		b = append(b, '0')
	} else {
		n := min(whole, len(ds))
		b = append(b, ds[:n]...)
		b = pad(b, whole-n, '0')
		ds = ds[n:]
	}
	point := len(b)
	b = append(b, '.')
	b = pad(b, -whole, '0')
	b = append(b, ds...)
	b = bytes.TrimRight(b, "0")
	b = pad(b, point+1+s.least-len(b), '0')
	if len(b) == point+1 {
		b = append(b[:point], s.point...)
	}
	if s.exp > 0 {
		return appendExp(b, exp, s.exp)
	}
	return pad(b, point+1+s.right-len(b), ' ')
}

// cutoff returns the limits of digits as those of all digits if there is one before the
// point, of those after the point otherwise.
func (s *style) cutoff() cutoff {
	if s.exp == 0 {
		return cutoff{s.most, s.least, false}
	}
	c := cutoff{s.most, s.least, true}
	if c.most >= 0 {
		c.most++
	}
	if c.least >= 0 {
		c.least++
	}
	return c
}

// appendExp appends an exponent of at least n digits.
func appendExp(b []byte, exp, n int) []byte {
	sign := byte('+')
	if exp < 0 {
		sign, exp = '-', -exp
	}
	b = append(b, 'e', sign)
	var buf [4]byte
	word := strconv.AppendInt(buf[:0], int64(exp), 10)
	return append(pad(b, n-len(word), '0'), word...)
}
