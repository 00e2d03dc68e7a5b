package lax

import (
	"fmt"
	"iter"
	"math"
	"reflect"

	"gojax/internal/core"
	"gojax/internal/dtype"
)

// A Range is an index of an axis: a slice of it, as Python writes start:stop:step.
type Range struct{ start, stop, step int }

// Open is an end of a Range that goes as far as the axis does.
const Open = math.MinInt

// R returns the Range from start up to stop, which is left out, in steps of step, or
// of 1. Negative ends count from the end of the axis, ends beyond the axis are moved
// to it, and a negative step goes backwards: R(Open, Open, -1) is the axis in reverse.
func R(start, stop int, step ...int) Range {
	switch {
	case len(step) == 0:
		return Range{start, stop, 1}
	case len(step) > 1 || step[0] == 0:
		panic(core.Errorf("R", "the step is %v, want one number that is not 0", step))
	}
	return Range{start, stop, step[0]}
}

func (r Range) String() string {
	end := func(i int) string {
		if i == Open {
			return ""
		}
		return fmt.Sprint(i)
	}
	return end(r.start) + ":" + end(r.stop) + ":" + end(r.step)
}

// on returns where r starts and stops in an axis of size n, and how many steps it makes.
func (r Range) on(n int) (start, stop, count int) {
	low, high := 0, n // where ends are moved to
	if r.step < 0 {
		low, high = -1, n-1
	}
	end := func(i, open int) int {
		switch {
		case i == Open:
			return open
		case i < 0:
			i += n
		}
		return min(max(i, low), high)
	}
	if r.step < 0 {
		start, stop = end(r.start, high), end(r.stop, low)
		return start, stop, max(0, (start-stop-r.step-1)/-r.step)
	}
	start, stop = end(r.start, low), end(r.stop, high)
	return start, stop, max(0, (stop-start+r.step-1)/r.step)
}

// A Marker is an index that stands for no element of its own.
type Marker uint8

// The markers.
const (
	All      Marker = iota // all of an axis
	Ellipsis               // all of as many axes as the other indices leave
	NewAxis                // a new axis of size 1
)

// Index returns the elements of x at the given indices, of which each is for the next
// axis of x, as in NumPy:
//
//   - an integer leaves the axis out; a negative one counts from the end;
//   - a Range (see R) or All takes a part of the axis;
//   - Ellipsis stands for All in as many axes as needed, and there is one at the end;
//   - NewAxis makes an axis of size 1, of none of x;
//   - an array of integers, or a slice of them, takes the elements at these places; of
//     several, which broadcast together, each gives one axis's places. Their axes come
//     where the first of them is, or first of all if other indices stand between;
//   - a mask, an array of bools, is for as many axes as it has and stands for the
//     indices of its true elements, whose number must be known: it may not be traced.
//
// An integer that is out of range is an error. In an array or where it is traced it is
// moved into the range, after the negative ones have been counted from the end; At has
// other modes.
func (x Array) Index(items ...any) Array { return Place{x, items}.get("Index", nil) }

// Rows returns the elements of x along its leading axis, in order.
func (x Array) Rows() iter.Seq[Array] {
	return func(yield func(Array) bool) {
		for _, row := range x.All() {
			if !yield(row) {
				return
			}
		}
	}
}

// All returns the indices of the leading axis of x and the elements there, in order.
func (x Array) All() iter.Seq2[int, Array] {
	n := x.Len()
	return func(yield func(int, Array) bool) {
		for i := range n {
			if !yield(i, x.Index(i)) {
				return
			}
		}
	}
}

// An index is what Index understood of an item, or of a part of a mask.
type index struct {
	kind    indexKind
	axis    int // of the array, that it is for
	i       int
	r       Range
	array   Array // of integers
	bounded bool  // all of them are in range, and none is negative
}

type indexKind uint8

const (
	single indexKind = iota
	span             // a Range
	newAxis
	scalarBool // a scalar bool: one new axis of size 0 or 1
	places
)

// An indexer is a list of indices, one for each axis of an array of the given shape
// and more for those that are new.
type indexer struct {
	what     string
	of       Type
	indices  []index
	adjacent bool // nothing stands between the integers and arrays of them
}

// parse understands items as indices of an array of type t. Integers out of range are
// errors if strict.
func parse(what string, t Type, items []any, strict bool) *indexer {
	x := &indexer{what: what, of: t, adjacent: true}
	plain := make([]any, len(items)) // with slices made arrays
	axes, ellipsis := 0, -1
	for n, item := range items {
		plain[n] = x.operand(item)
		switch item := plain[n].(type) {
		case Array:
			if axes++; item.DType() == dtype.Bool {
				axes += item.Rank() - 1
			}
		case Marker:
			switch item {
			case All:
				axes++
			case Ellipsis:
				if ellipsis >= 0 {
					panic(core.Errorf(what, "there are two Ellipsis among the indices, want at most one"))
				}
				ellipsis = n
			}
		case Range, int:
			axes++
		}
	}
	if axes > len(t.Shape) {
		panic(core.Errorf(what, "there are indices for %d axes, want at most %d for %v", axes, len(t.Shape), t))
	}
	if ellipsis < 0 {
		plain = append(plain, Ellipsis)
	}
	last, axis := -1, 0 // position of the last integer or array, and the next axis
	for n, item := range plain {
		if item == Ellipsis {
			for range len(t.Shape) - axes {
				x.add(index{kind: span, r: Range{Open, Open, 1}}, &axis)
			}
			continue
		}
		before := len(x.indices)
		x.understand(item, &axis, strict)
		if k := x.indices[before].kind; k == single || k == places {
			x.adjacent = x.adjacent && (last < 0 || last == n-1)
			last = n
		}
	}
	return x
}

// add appends an index of the next axis.
func (x *indexer) add(i index, axis *int) {
	i.axis = *axis
	*axis++
	x.indices = append(x.indices, i)
}

// operand returns item as one of int, bool, Range, Marker and Array.
func (x *indexer) operand(item any) any {
	switch item := item.(type) {
	case int, bool, Range:
		return item
	case Marker:
		if item > NewAxis {
			panic(core.Errorf(x.what, "an index is Marker(%d), want All, Ellipsis or NewAxis", item))
		}
		return item
	case Array:
		if item.IsAbsent() {
			panic(core.Errorf(x.what, "an index is absent (the zero Array)"))
		}
		if !item.DType().IsInt() && item.DType() != dtype.Bool {
			panic(core.Errorf(x.what, "an index is an array of type %v, want integers or bools", item.p.Type()))
		}
		return item
	}
	v := reflect.ValueOf(item)
	switch {
	case !v.IsValid():
	case v.CanInt():
		return int(v.Int())
	case v.CanUint():
		return int(min(v.Uint(), math.MaxInt))
	case isList(v) && v.Len() == 0:
		return Of(core.New(core.Of(dtype.Int32, 0), nil))
	case isList(v):
		return x.operand(fromAny(x.what, item))
	}
	kind := "nil"
	if item != nil {
		kind = fmt.Sprintf("of type %T", item)
	}
	panic(core.Errorf(x.what, "an index is %s, want an integer, R(…), All, Ellipsis, NewAxis, or an array or slice of integers or bools", kind))
}

func (x *indexer) understand(item any, axis *int, strict bool) {
	switch item := item.(type) {
	case int:
		n := x.of.Shape[*axis]
		if strict && (item < -n || item >= n) {
			panic(core.Errorf(x.what, "index %d is out of range in axis %d of %v, want -%d ≤ index < %d", item, *axis, x.of, n, n))
		}
		if item < 0 {
			item += n
		}
		x.add(index{kind: single, i: item}, axis)
	case Range:
		x.add(index{kind: span, r: item}, axis)
	case bool:
		x.mark(scalarBool, item)
	case Marker:
		if item == All {
			x.add(index{kind: span, r: Range{Open, Open, 1}}, axis)
		} else {
			x.mark(newAxis, false)
		}
	case Array:
		switch {
		case item.DType() != dtype.Bool:
			x.add(index{kind: places, array: item}, axis)
		case item.Rank() == 0:
			x.mark(scalarBool, x.mask(item, *axis)[0])
		default:
			for _, a := range nonzero(item.Shape(), x.mask(item, *axis)) {
				x.add(index{kind: places, array: a}, axis)
			}
		}
	}
}

// mark appends an index that is for no axis.
func (x *indexer) mark(kind indexKind, on bool) {
	i := index{kind: kind, axis: -1}
	if on {
		i.i = 1
	}
	x.indices = append(x.indices, i)
}

// mask returns the elements of a mask that is for the axes from axis on.
func (x *indexer) mask(m Array, axis int) []bool {
	for a, d := range m.Shape() {
		if d != x.of.Shape[axis+a] {
			panic(core.Errorf(x.what, "the mask has type %v, want the sizes of the axes from %d on of %v", m.Type(), axis, x.of))
		}
	}
	if m.buffer(x.what) == nil {
		panic(core.Errorf(x.what, "the mask has type %v and is traced by %v, so how many elements it selects is not known "+
			"until the program runs. Use jnp.Where(mask, x, 0) or x.Mul(mask), which keep the shape of x",
			m.Type(), m.p.Tracer().Trace().Base().Owner))
	}
	return core.Slice[bool](m.host(x.what).Buf)
}

// nonzero returns the indices of the true elements of a mask, an array for each axis.
func nonzero(shape Shape, mask []bool) []Array {
	where := make([][]int32, len(shape))
	at := make([]int, len(shape))
	for _, on := range mask {
		if on {
			for a, i := range at {
				where[a] = append(where[a], int32(i))
			}
		}
		next(at, shape)
	}
	arrays := make([]Array, len(shape))
	for a := range where {
		arrays[a] = FromSlice(where[a])
	}
	return arrays
}
