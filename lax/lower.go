package lax

import (
	"math"
	"slices"

	"gojax/internal/core"
	"gojax/internal/dtype"
)

// Indices become a slice if none is an array, a dynamic slice if the arrays are
// scalars, and else one gather or scatter.

// has reports whether one of the indices is of a given kind.
func (x *indexer) has(kind indexKind) bool {
	return slices.ContainsFunc(x.indices, func(i index) bool { return i.kind == kind })
}

// isBlock reports whether the indices name a block of elements, which Slice or
// DynamicSlice returns.
func (x *indexer) isBlock() bool {
	dynamic := x.has(places)
	for _, i := range x.indices {
		switch {
		case i.kind == scalarBool, i.kind == places && i.array.Rank() > 0,
			i.kind == span && dynamic && i.r.step != 1 && i.r.step != -1:
			return false
		}
	}
	return true
}

// block returns the elements of v at indices of a block: it slices, reverses what goes
// backwards, and changes the axes. Integers out of range are moved into it.
func (x *indexer) block(v Array) Array {
	n := v.Rank()
	start, limit, stride := make([]int, n), make([]int, n), make([]int, n)
	var gone, backwards, fresh []int
	rank := 0 // of the result so far
	for _, i := range x.indices {
		a := i.axis
		switch i.kind {
		case newAxis:
			fresh = append(fresh, rank)
			rank++
		case single, places:
			x.needElements(a)
			start[a] = min(max(i.i, 0), v.Shape()[a]-1)
			limit[a], stride[a] = start[a]+1, 1
			gone = append(gone, a)
		case span:
			from, to, count := i.r.on(v.Shape()[a])
			switch start[a], limit[a], stride[a] = from, max(from, to), i.r.step; {
			case i.r.step < 0 && count > 0:
				start[a], limit[a] = from+i.r.step*(count-1), from+1
			case i.r.step < 0:
				start[a], limit[a] = 0, 0
			}
			if i.r.step < 0 {
				stride[a] = -i.r.step
				backwards = append(backwards, a)
			}
			rank++
		}
	}
	v = x.slice(v, start, limit, stride)
	return ExpandDims(Squeeze(Rev(v, backwards), gone), fresh)
}

// slice is Slice, but begins where those indices say that are arrays.
func (x *indexer) slice(v Array, start, limit, stride []int) Array {
	dynamic, dense := x.has(places), core.Size(stride) == 1
	switch {
	case dynamic:
	case dense && slices.Equal(limit, v.Shape()) && slices.Max(append(start, 0)) == 0:
		return v
	case !dense || core.Current() != nil:
		return Slice(v, start, limit, stride)
	}
	// Where no program is being staged the start is an operand in any case, for else
	// each place would be compiled by itself.
	in, sizes, t := make([]Array, len(start)+1), make([]int, len(start)), x.indexType()
	in[0] = v
	for a, i := range start {
		number := core.New(Type{DType: t}, nil)
		if dynamic {
			number.SetLiteral()
		}
		core.PutInt(number, 0, int64(i))
		in[a+1], sizes[a] = Of(number), limit[a]-i
	}
	for _, i := range x.indices {
		if i.kind == places {
			in[i.axis+1] = x.column(i, t)
		}
	}
	return bind(dynamicSlice{sizes}, in...)
}

// needElements panics if an axis has none that an index could name.
func (x *indexer) needElements(axis int) {
	if x.of.Shape[axis] == 0 {
		panic(core.Errorf(x.what, "axis %d of %v is empty, so no index is in its range", axis, x.of))
	}
}

// A plan is how indices become one gather or scatter.
type plan struct {
	shape      Shape // of the elements that the indices name
	newAxes    []int // axes of that which NewAxis made and the gather's result lacks
	backwards  []int // axes of the gather's result to be reversed
	boolAxes   []int // axes of size 1 that the operand gets first, one for each scalar bool
	indices    Array
	sizes      []int
	dims       GatherDimensionNumbers
	duplicates bool // an element may be named twice
}

// A planner makes a plan, index by index.
type planner struct {
	plan
	t       DType    // of indices
	rank    int      // of the gather's result so far
	batch   Shape    // of the indices so far
	columns []column // their components
}

// A column is an array of one component of the indices; its axes are those of the
// indices from start on.
type column struct {
	array Array
	start int
}

// plan prepares a gather or scatter.
func (x *indexer) plan() plan {
	p := planner{t: x.indexType()}
	x = p.expand(x)
	joint := slices.ContainsFunc(x.indices, func(i index) bool { return i.kind == places && i.array.Rank() > 0 })
	together := func(i index) bool { return joint && (i.kind == places || i.kind == single) }
	first := 0 // where the arrays' axes go
	if x.adjacent {
		first = slices.IndexFunc(x.indices, together)
	}
	for n, i := range x.indices {
		if joint && n == first {
			p.places(x, together)
		}
		switch {
		case together(i):
			p.sizes = append(p.sizes, 1)
		case i.kind == newAxis:
			p.newAxes = append(p.newAxes, len(p.shape))
			p.shape = append(p.shape, 1)
		case i.kind == span:
			p.span(i.r, i.axis, x.of.Shape[i.axis])
		default:
			p.collapse(x.column(i, p.t), i.axis, len(p.batch))
			p.sizes = append(p.sizes, 1)
		}
	}
	p.indices = p.joined()
	slices.Sort(p.dims.CollapsedSliceDims)
	return p.plan
}

// indexType is what indices are converted to: i32, or i64 where that might not do.
func (x *indexer) indexType() DType {
	if slices.ContainsFunc(x.of.Shape, func(d int) bool { return d > math.MaxInt32 }) {
		return dtype.Int64
	}
	for _, i := range x.indices {
		if i.kind == places && (i.array.DType().Size() == 8 || i.array.DType() == dtype.Uint32) {
			return dtype.Int64
		}
	}
	return dtype.Int32
}

// expand makes scalar bools indices of new axes of size 1, with all or none of that.
func (p *planner) expand(x *indexer) *indexer {
	y := &indexer{x.what, x.of, slices.Clone(x.indices), x.adjacent}
	y.of.Shape = slices.Clone(y.of.Shape)
	axis := 0
	for n, i := range y.indices {
		if i.kind == newAxis {
			continue
		}
		if i.kind == scalarBool {
			p.boolAxes = append(p.boolAxes, axis)
			y.of.Shape = slices.Insert(y.of.Shape, axis, 1)
			i = index{kind: places, array: Iota(p.t, i.i), bounded: true}
		}
		i.axis = axis
		y.indices[n] = i
		axis++
	}
	return y
}

// column returns the places that an integer or an array names, those counted from the
// end too.
func (x *indexer) column(i index, t DType) Array {
	n := x.of.Shape[i.axis]
	if i.kind == single {
		x.needElements(i.axis)
		return Number(t, float64(min(max(i.i, -1), n)))
	}
	a := i.array
	if a.Size() > 0 && !i.bounded {
		x.needElements(i.axis)
	}
	switch d := a.DType(); {
	case i.bounded:
		return Convert(a, t)
	case d == dtype.Uint64: // of which the upper half would convert to negative numbers
		return Convert(Min(a, Number(d, float64(n))), t)
	case d.IsUnsigned():
		return Convert(a, t)
	}
	a = Convert(a, t)
	return Select(Lt(a, Number(t, 0)), Add(a, Number(t, float64(n))), a)
}

// places adds all arrays and integers, broadcast together.
func (p *planner) places(x *indexer, together func(index) bool) {
	var arrays []Array
	var axes []int
	for _, i := range x.indices {
		if together(i) {
			arrays, axes = append(arrays, x.column(i, p.t)), append(axes, i.axis)
		}
	}
	shape, err := BroadcastShapes(shapes(arrays)...)
	if err != nil {
		panic(core.Errorf(x.what, "the index arrays have %w", err))
	}
	start := len(p.batch)
	for n, a := range arrays {
		p.collapse(BroadcastTo(a, shape), axes[n], start)
	}
	p.batch = append(p.batch, shape...)
	p.shape = append(p.shape, shape...)
	p.rank += len(shape)
	p.duplicates = true
}

// span adds a Range in an axis of size n.
func (p *planner) span(r Range, axis, n int) {
	from, _, count := r.on(n)
	switch {
	case r.step == 1:
		if count < n {
			p.columns = append(p.columns, column{Number(p.t, float64(from)), len(p.batch)})
			p.dims.StartIndexMap = append(p.dims.StartIndexMap, axis)
		}
		p.sizes = append(p.sizes, count)
		p.dims.OffsetDims = append(p.dims.OffsetDims, p.rank)
	default:
		step := r.step
		if step < 0 {
			from, step = from+step*max(0, count-1), -step
			p.backwards = append(p.backwards, p.rank)
		}
		at := Add(Mul(Iota(p.t, count), Number(p.t, float64(min(step, n)))), Number(p.t, float64(from)))
		p.collapse(at, axis, len(p.batch))
		p.batch = append(p.batch, count)
		p.sizes = append(p.sizes, 1)
	}
	p.shape = append(p.shape, count)
	p.rank++
}

// collapse adds a component for an axis along which slices have size 1.
func (p *planner) collapse(a Array, axis, start int) {
	p.columns = append(p.columns, column{a, start})
	p.dims.StartIndexMap = append(p.dims.StartIndexMap, axis)
	p.dims.CollapsedSliceDims = append(p.dims.CollapsedSliceDims, axis)
}

// joined returns the columns side by side.
func (p *planner) joined() Array {
	shape := append(slices.Clone(p.batch), 1)
	parts := make([]Array, len(p.columns))
	for n, c := range p.columns {
		parts[n] = BroadcastInDim(c.array, shape, axes(c.start, c.start+c.array.Rank()))
	}
	if len(parts) == 0 {
		return Of(Zeros(core.Of(p.t, 0)))
	}
	return Concatenate(len(p.batch), parts...)
}
