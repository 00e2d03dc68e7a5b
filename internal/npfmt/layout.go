package npfmt

import (
	"bytes"
	"iter"

	"gojax/internal/dtype"
)

// A printer lays out one array.
type printer struct {
	shape  []int
	stride []int
	elem   elem
	edge   int // the items shown at each end of an axis; 0 shows all
	width  int // of a line
	indent int // of the rows: the prefix and the outermost bracket
	sep    string
	word   []byte // the element being placed
}

// layout appends an array that is not empty and stands after a prefix of a number of
// characters.
func layout(b []byte, t dtype.Type, shape []int, data any, o Options, sep string, prefix int) []byte {
	p := printer{
		shape:  shape,
		stride: make([]int, len(shape)),
		width:  o.LineWidth,
		indent: prefix + 1,
		sep:    sep,
	}
	n := 1
	for k := len(shape) - 1; k >= 0; k-- {
		p.stride[k] = n
		n *= shape[k]
	}
	if n > o.Threshold {
		p.edge = max(o.EdgeItems, 1)
	}
	if len(shape) == 0 && t == dtype.Bool {
		return scalar(t, data, o)(b, 0) // there is nothing for a True to be aligned with
	}
	p.elem = column(t, data, p.shown(), o)
	if len(shape) == 0 {
		return p.elem(b, 0)
	}
	return p.block(b, 0, 0)
}

// ends returns how many items of an axis are shown before the dots and how many after
// them. No dots means that all are after.
func (p *printer) ends(axis int) (head, tail int) {
	if n := p.shape[axis]; p.edge == 0 || n <= 2*p.edge {
		return 0, n
	}
	return p.edge, p.edge
}

// shown yields the offsets of the elements that are shown. They alone decide the
// format, and nothing else of the array is looked at.
func (p *printer) shown() iter.Seq[int] {
	return func(yield func(int) bool) { p.walk(0, 0, yield) }
}

func (p *printer) walk(axis, at int, yield func(int) bool) bool {
	if axis == len(p.shape) {
		return yield(at)
	}
	n := p.shape[axis]
	head, tail := p.ends(axis)
	for i := 0; i < n; i++ {
		if i == head {
			i = n - tail
		}
		if !p.walk(axis+1, at+i*p.stride[axis], yield) {
			return false
		}
	}
	return true
}

// block appends the part of the array that begins at an offset and has the axes from
// axis on.
func (p *printer) block(b []byte, axis, at int) []byte {
	if axis == len(p.shape)-1 {
		return p.row(b, at)
	}
	n, stride := p.shape[axis], p.stride[axis]
	head, tail := p.ends(axis)
	next := func() {
		b = append(b, bytes.TrimRight([]byte(p.sep), " ")...)
		b = pad(b, len(p.shape)-axis-1, '\n')
		b = pad(b, p.indent+axis, ' ')
	}
	b = append(b, '[')
	for i := range head {
		b = p.block(b, axis+1, at+i*stride)
		next()
	}
	if head > 0 {
		b = append(b, "..."...)
		next()
	}
	for i := n - tail; i < n; i++ {
		b = p.block(b, axis+1, at+i*stride)
		if i < n-1 {
			next()
		}
	}
	return append(b, ']')
}

// row appends the elements of the last axis that begin at an offset, wrapped.
func (p *printer) row(b []byte, at int) []byte {
	rank := len(p.shape)
	indent := p.indent + rank - 1
	// An element must leave room for what closes it: a separator or the brackets of
	// all axes.
	width := p.width - rank
	b = append(b, '[')
	line := len(b) - indent // where the line begins, or would without text before it
	put := func(word []byte) {
		if used := len(b) - line; used+len(word) > width && used > indent {
			b = append(bytes.TrimRight(b, " "), '\n')
			line = len(b)
			b = pad(b, indent, ' ')
		}
		b = append(b, word...)
	}
	n := p.shape[rank-1]
	head, tail := p.ends(rank - 1)
	for i := range head {
		p.word = p.elem(p.word[:0], at+i)
		put(p.word)
		b = append(b, p.sep...)
	}
	if head > 0 {
		put([]byte("..."))
		b = append(b, p.sep...)
	}
	for i := n - tail; i < n; i++ {
		p.word = p.elem(p.word[:0], at+i)
		put(p.word)
		if i < n-1 {
			b = append(b, p.sep...)
		}
	}
	return append(b, ']')
}
