package lax

import (
	"gojax/internal/core"
	"gojax/internal/dtype"
)

// A Place is an array with indices, as x.At returns it: its methods return the elements
// there, or x with other ones there.
//
// Updates are Arrays, Go numbers or slices that broadcast to the shape of x.Index of
// the same indices; they must have, or be able to become, the element type of x. In
// arrays of indices, or traced, those that are out of bounds are left out, unless an
// option says otherwise. An element that is named more than once is updated as often,
// in the order of the indices.
type Place struct {
	x     Array
	items []any
}

// At returns the place of the given indices, which are those of Index.
func (x Array) At(indices ...any) Place { return Place{x, indices} }

// Get returns the elements, as Index does, but for what the options say.
func (p Place) Get(options ...IndexOption) Array { return p.get("Get", options) }

// Set returns the array with y there. Of several updates of one element the last stays.
func (p Place) Set(y any, options ...IndexOption) Array {
	return p.update("Set", scatterSet, p.x, y, options)
}

// Add returns the array with y added there.
func (p Place) Add(y any, options ...IndexOption) Array {
	return p.update("Add", scatterAdd, p.x, y, options)
}

// Sub returns the array with y subtracted there.
func (p Place) Sub(y any, options ...IndexOption) Array {
	return p.update("Sub", scatterAdd, p.x, Neg(p.operand("Sub", y)), options)
}

// Mul returns the array multiplied by y there.
func (p Place) Mul(y any, options ...IndexOption) Array {
	return p.update("Mul", scatterMul, p.x, y, options)
}

// Div returns the array divided by y there; integers are divided towards zero.
func (p Place) Div(y any, options ...IndexOption) Array {
	ones := FullLike(p.array("Div"), 1)
	return Div(p.x, p.update("Div", scatterMul, ones, y, options))
}

// Min returns the array with what is less of it and y there.
func (p Place) Min(y any, options ...IndexOption) Array {
	return p.update("Min", scatterMin, p.x, y, options)
}

// Max returns the array with what is greater of it and y there.
func (p Place) Max(y any, options ...IndexOption) Array {
	return p.update("Max", scatterMax, p.x, y, options)
}

// Apply returns the array with f of its elements there, which must keep their shape.
// An element that is named more than once is still mapped once.
func (p Place) Apply(f func(Array) Array, options ...IndexOption) Array {
	return p.Set(f(p.Get(options...)), options...)
}

// array returns the array that the place is in.
func (p Place) array(what string) Array {
	if p.x.p == nil {
		panic(core.Errorf(what, "the array is absent (the zero Array)"))
	}
	return p.x
}

func (p Place) get(what string, options []IndexOption) Array {
	o := indexOptions{mode: PromiseInBounds}
	o.set(options)
	v := p.array(what)
	x := parse(what, v.p.Type(), p.items, !o.chosen)
	if x.isBlock() && o.mode != FillOrDrop {
		return x.block(v)
	}
	g := x.plan()
	if core.Size(g.shape) == 0 {
		return Of(Zeros(v.p.Type().Shaped(g.shape...)))
	}
	v = ExpandDims(v, g.boolAxes)
	if len(g.dims.StartIndexMap) > 0 {
		op := gather{DimensionNumbers: g.dims, Mode: o.mode, SliceSizes: g.sizes,
			UniqueIndices: o.unique || !g.duplicates, IndicesAreSorted: o.sorted || !g.duplicates}
		if o.mode == FillOrDrop {
			op.FillValue = o.fillValue(v.p.DType)
		}
		v = bind(op, v, g.indices)
	}
	return ExpandDims(Rev(v, g.backwards), g.newAxes)
}

// operand returns y with the element type of the array.
func (p Place) operand(what string, y any) Array {
	t := p.array(what).p.DType
	if n, ok := numberOf(y); ok {
		if dtype.PromoteWeak(t, n.kind) != t {
			panic(core.Errorf(what, "the update is the number %v, want one that %v holds", y, t))
		}
		return n.as(what, t)
	}
	u := Operand(what, y)
	if dtype.Promote(t, u.p.DType) != t {
		panic(core.Errorf(what, "updates have type %v, want elements that %v holds: convert them with Astype", u.p.Type(), t))
	}
	return Convert(u, t)
}

// update returns v, an array like that of the place, updated there.
func (p Place) update(what string, by scatterer, v Array, y any, options []IndexOption) Array {
	o := indexOptions{mode: FillOrDrop}
	o.set(options)
	u := p.operand(what, y)
	s := parse(what, v.p.Type(), p.items, !o.chosen).plan()
	if shape, err := BroadcastShapes(u.Shape(), s.shape); err != nil || len(shape) != len(s.shape) || core.Size(shape) != core.Size(s.shape) {
		panic(core.Errorf(what, "updates have type %v, want a shape that broadcasts to %v", u.p.Type(), s.shape))
	}
	if core.Size(s.shape) == 0 {
		return v
	}
	u = Rev(Squeeze(BroadcastTo(u, s.shape), s.newAxes), s.backwards)
	op := scatter{by: by, Mode: o.mode,
		UniqueIndices: o.unique || !s.duplicates, IndicesAreSorted: o.sorted || !s.duplicates,
		DimensionNumbers: ScatterDimensionNumbers{s.dims.OffsetDims, s.dims.CollapsedSliceDims, s.dims.StartIndexMap, nil, nil}}
	return Squeeze(bind(op, ExpandDims(v, s.boolAxes), s.indices, u), s.boolAxes)
}
