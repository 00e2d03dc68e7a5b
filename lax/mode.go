package lax

import (
	"math"

	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/internal/ir"
	"gojax/internal/kir"
)

// GatherScatterMode is what happens to windows that are partly or wholly out of
// bounds. It is an IndexOption.
type GatherScatterMode uint8

// The modes. Whichever it is, no memory outside the operand is touched.
const (
	// PromiseInBounds promises that there are none. Gather treats them as Clip does,
	// Scatter as FillOrDrop.
	PromiseInBounds GatherScatterMode = iota
	// Clip moves them to the nearest place in bounds.
	Clip
	// FillOrDrop gathers a fill value for them and leaves them out of a scatter.
	FillOrDrop
)

func (m GatherScatterMode) String() string {
	return "GatherScatterMode." + [...]string{"PROMISE_IN_BOUNDS", "CLIP", "FILL_OR_DROP"}[m]
}

// An IndexOption changes what reading or updating at indices does: it is a
// GatherScatterMode, a FillValue, UniqueIndices or SortedIndices.
type IndexOption interface{ set(o *indexOptions) }

type indexOptions struct {
	mode           GatherScatterMode
	chosen         bool // the mode, by the user
	fill           any
	unique, sorted bool
}

type indexOption func(o *indexOptions)

func (f indexOption) set(o *indexOptions)       { f(o) }
func (m GatherScatterMode) set(o *indexOptions) { o.mode, o.chosen = m, true }

func (o *indexOptions) set(options []IndexOption) {
	for _, option := range options {
		option.set(o)
	}
}

// FillValue makes the mode FillOrDrop and y, a Go number, what is gathered out of
// bounds, instead of NaN, the least signed integer, the largest unsigned one, or true.
func FillValue(y any) IndexOption {
	return indexOption(func(o *indexOptions) { o.mode, o.chosen, o.fill = FillOrDrop, true, y })
}

// UniqueIndices promises that no two indices lead to the same element. The result is
// unspecified where that is not so.
func UniqueIndices() IndexOption { return indexOption(func(o *indexOptions) { o.unique = true }) }

// SortedIndices promises that the indices are in increasing order.
func SortedIndices() IndexOption { return indexOption(func(o *indexOptions) { o.sorted = true }) }

// Fill is a number of an element type; the zero Fill is none.
type Fill struct {
	DType DType
	Bits  [2]uint64 // as in memory, the rest 0
}

// fillValue returns what fills an array of type t.
func (o *indexOptions) fillValue(t DType) Fill {
	if o.fill != nil {
		n, ok := numberOf(o.fill)
		if !ok {
			panic(core.Errorf("FillValue", "got a %T, want a Go number", o.fill))
		}
		if n.kind > t.Kind() && n.kind > dtype.IntKind {
			panic(core.Errorf("FillValue", "got %v, want a number that %v holds", o.fill, t))
		}
		return fillFrom(n.as("FillValue", t).p)
	}
	switch {
	case t == dtype.Bool:
		return fillOf(t, 1)
	case t.IsInexact():
		return fillOf(t, math.NaN())
	}
	v := core.New(Type{DType: t}, nil)
	if limits := dtype.IInfo(t); t.IsSigned() {
		core.PutInt(v, 0, limits.Min)
	} else {
		core.PutInt(v, 0, int64(limits.Max))
	}
	return fillFrom(v)
}

// fillOf returns x as a number of type t.
func fillOf(t DType, x float64) Fill { return fillFrom(core.Number(t, x)) }

func fillFrom(v *Value) Fill {
	f := Fill{DType: v.DType}
	for i, c := range core.Slice[byte](v.Buf) {
		f.Bits[i/8] |= uint64(c) << (i % 8 * 8)
	}
	return f
}

// value returns f as an array, nil if it is none.
func (f Fill) value() *Value {
	if f.DType == dtype.Invalid {
		return nil
	}
	v := core.New(Type{DType: f.DType}, nil)
	for i := range core.Slice[byte](v.Buf) {
		core.Slice[byte](v.Buf)[i] = byte(f.Bits[i/8] >> (i % 8 * 8))
	}
	return v
}

// emit returns f in a kernel.
func (f Fill) emit(b *kir.Builder) kir.Val { return b.Bits(f.DType, f.Bits) }

// String writes f as Python does, None if it is none.
func (f Fill) String() string {
	if f.DType == dtype.Invalid {
		return "None"
	}
	return ir.LiteralText(f.value())
}

// ReadParam reads what String writes, of the element type of a gather's result.
func (f *Fill) ReadParam(text string, out Type) error {
	if text == "None" {
		*f = Fill{}
		return nil
	}
	v, err := ir.ParseLiteral(text, out.DType)
	if err == nil {
		*f = fillFrom(v)
	}
	return err
}
