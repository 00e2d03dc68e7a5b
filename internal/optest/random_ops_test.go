package optest

import (
	"fmt"
	"slices"

	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/lax"
)

func without(s core.Shape, a int) core.Shape { return slices.Delete(slices.Clone(s), a, a+1) }

func with(s core.Shape, a, n int) core.Shape {
	s = slices.Clone(s)
	s[a] = n
	return s
}

// axisOf picks a variable that has axes, and one of them.
func (g *generator) axisOf() (v, axis int) {
	if v = g.pick(hasAxes); v < 0 {
		return v, 0
	}
	return v, g.IntN(len(g.shapes[v]))
}

func reduceNode(g *generator) *node {
	v, a := g.axisOf()
	if v < 0 {
		return nil
	}
	k := g.IntN(4)
	name := []string{"sum", "prod", "max", "min"}[k]
	f := []func(x array, axes []int) array{lax.ReduceSum, lax.ReduceProd, lax.ReduceMax, lax.ReduceMin}[k]
	axes, shape := []int{a}, without(g.shapes[v], a)
	if a+1 < len(g.shapes[v]) && g.IntN(3) == 0 {
		axes, shape = append(axes, a+1), without(shape, a)
	}
	return &node{text: fmt.Sprintf("%s[%v](%%s)", name, axes), in: []int{v}, shape: shape,
		f: func(x ...array) array { return f(x[0], axes) }}
}

func scanNode(g *generator) *node {
	v, a := g.axisOf()
	if v < 0 {
		return nil
	}
	k, reverse := g.IntN(5), g.IntN(2) == 0
	name := []string{"cumsum", "cumprod", "cummax", "cummin", "cumlogsumexp"}[k]
	f := []func(x array, axis int, reverse bool) array{lax.CumSum, lax.CumProd, lax.CumMax, lax.CumMin, lax.CumLogSumExp}[k]
	return &node{text: fmt.Sprintf("%s[%d %v](%%s)", name, a, reverse), in: []int{v}, shape: g.shapes[v],
		f: func(x ...array) array { return f(x[0], a, reverse) }}
}

// moveNode reorders or repeats.
func moveNode(g *generator) *node {
	v, a := g.axisOf()
	if v < 0 {
		v = g.pick(anyShape)
		n := 1 + g.IntN(3)
		return &node{text: "repeat(%s)", in: []int{v}, shape: core.Shape{n},
			f: func(x ...array) array { return lax.BroadcastInDim(x[0], []int{n}, nil) }}
	}
	s := g.shapes[v]
	switch g.IntN(5) {
	case 0:
		perm := g.Perm(len(s))
		shape := make(core.Shape, len(s))
		for i, p := range perm {
			shape[i] = s[p]
		}
		return &node{text: fmt.Sprintf("transpose%v(%%s)", perm), in: []int{v}, shape: shape,
			f: func(x ...array) array { return lax.Transpose(x[0], perm) }}
	case 1:
		return &node{text: fmt.Sprintf("rev[%d](%%s)", a), in: []int{v}, shape: s,
			f: func(x ...array) array { return lax.Rev(x[0], []int{a}) }}
	case 2:
		shape := core.Shape{core.Size(s)}
		if n := core.Size(s); n%2 == 0 && g.IntN(2) == 0 {
			shape = core.Shape{n / 2, 2}
		}
		return &node{text: "reshape(%s)", in: []int{v}, shape: shape, f: func(x ...array) array { return lax.Reshape(x[0], shape) }}
	case 3:
		return &node{text: fmt.Sprintf("expand_dims[%d](%%s)", a), in: []int{v}, shape: slices.Insert(slices.Clone(s), a, 1),
			f: func(x ...array) array { return lax.ExpandDims(x[0], []int{a}) }}
	}
	n := 1 + g.IntN(3)
	shape, dims := slices.Insert(slices.Clone(s), a, n), []int{}
	for i := range shape {
		if i != a {
			dims = append(dims, i)
		}
	}
	return &node{text: fmt.Sprintf("repeat[%d](%%s)", a), in: []int{v}, shape: shape,
		f: func(x ...array) array { return lax.BroadcastInDim(x[0], shape, dims) }}
}

func sliceNode(g *generator) *node {
	v, a := g.axisOf()
	if v < 0 {
		return nil
	}
	n := g.shapes[v][a]
	from, by := g.IntN(n), 1+g.IntN(2)
	to := from + 1 + g.IntN(n-from)
	return &node{text: fmt.Sprintf("slice[%d: %d:%d:%d](%%s)", a, from, to, by), in: []int{v}, shape: with(g.shapes[v], a, (to-from+by-1)/by),
		f: func(x ...array) array { return lax.SliceInDim(x[0], from, to, by, a) }}
}

func joinNode(g *generator) *node {
	v, a := g.axisOf()
	if v < 0 {
		return nil
	}
	s := g.shapes[v]
	w := g.pick(func(t core.Shape) bool { return len(t) == len(s) && slices.Equal(with(t, a, 0), with(s, a, 0)) })
	return &node{text: fmt.Sprintf("concatenate[%d](%%s, %%s)", a), in: []int{v, w}, shape: with(s, a, s[a]+g.shapes[w][a]),
		f: func(x ...array) array { return lax.Concatenate(a, x...) }}
}

func padNode(g *generator) *node {
	v, a := g.axisOf()
	w := g.pick(like(nil))
	if v < 0 || w < 0 {
		return nil
	}
	config := make([]lax.Padding, len(g.shapes[v]))
	config[a] = lax.Padding{g.IntN(3) - 1, g.IntN(3), g.IntN(2)}
	n := g.shapes[v][a]
	n += (n-1)*config[a][2] + config[a][0] + config[a][1]
	if n < 1 {
		return nil
	}
	return &node{text: fmt.Sprintf("pad%v(%%s, %%s)", config), in: []int{v, w}, shape: with(g.shapes[v], a, n),
		f: func(x ...array) array { return lax.Pad(x[0], x[1], config) }}
}

// dotNode contracts an axis of one array with one of the same size of another, and goes
// along the leading axes together if they have one size.
func dotNode(g *generator) *node {
	v, a := g.axisOf()
	if v < 0 {
		return nil
	}
	s := g.shapes[v]
	w := g.pick(func(t core.Shape) bool { return slices.Contains(t, s[a]) })
	t := g.shapes[w]
	b := slices.Index(t, s[a])
	contract, batch := [2][]int{{a}, {b}}, [2][]int{}
	shape := slices.Concat(without(s, a), without(t, b))
	if a > 0 && b > 0 && s[0] == t[0] && g.IntN(2) == 0 {
		batch = [2][]int{{0}, {0}}
		shape = slices.Concat(s[:1], without(s, a)[1:], without(t, b)[1:])
	}
	return &node{text: fmt.Sprintf("dot%v%v(%%s, sin(%%s))", contract, batch), in: []int{v, w}, shape: shape,
		f: func(x ...array) array { return lax.DotGeneral(x[0], lax.Sin(x[1]), contract, batch, 0) }}
}

func sortNode(g *generator) *node {
	v, a := g.axisOf()
	if v < 0 {
		return nil
	}
	s := g.shapes[v]
	switch g.IntN(3) {
	case 0:
		return &node{text: fmt.Sprintf("sort[%d](%%s)", a), in: []int{v}, shape: s, f: func(x ...array) array { return lax.Sort(x[0], a) }}
	case 1:
		w := g.pick(like(s))
		return &node{text: fmt.Sprintf("sort[%d](%%s, %%s)[1]", a), in: []int{v, w}, shape: s,
			f: func(x ...array) array { return lax.SortMulti(x, a, 1)[1] }}
	}
	k := 1 + g.IntN(s[len(s)-1])
	return &node{text: fmt.Sprintf("top_k[%d](%%s)", k), in: []int{v}, shape: with(s, len(s)-1, k),
		f: func(x ...array) array { y, _ := lax.TopK(x[0], k); return y }}
}

// indices are n random ones below limit, some of them equal, few out of bounds.
func (g *generator) indices(n, limit int) array {
	i := make([]int32, n)
	for k := range i {
		i[k] = int32(g.IntN(limit))
		if g.IntN(12) == 0 {
			i[k] = int32(limit + g.IntN(2))
		}
	}
	return lax.FromSlice(i, n, 1)
}

func gatherNode(g *generator) *node {
	v, _ := g.axisOf()
	if v < 0 {
		return nil
	}
	s, n := g.shapes[v], 1+g.IntN(4)
	i, mode := g.indices(n, s[0]), lax.Clip
	sizes, offset := with(s, 0, 1), []int{}
	for a := 1; a < len(s); a++ {
		offset = append(offset, a)
	}
	d := lax.GatherDimensionNumbers{OffsetDims: offset, CollapsedSliceDims: []int{0}, StartIndexMap: []int{0}}
	return &node{text: fmt.Sprintf("gather%v(%%s)", lax.Values[int32](i)), in: []int{v}, shape: with(s, 0, n),
		f: func(x ...array) array { return lax.Gather(x[0], i, d, sizes, mode) }}
}

func scatterNode(g *generator) *node {
	v, _ := g.axisOf()
	if v < 0 {
		return nil
	}
	s := g.shapes[v]
	w := g.pick(func(t core.Shape) bool { return len(t) == len(s) && slices.Equal(t[1:], s[1:]) })
	window := []int{}
	for a := 1; a < len(s); a++ {
		window = append(window, a)
	}
	i, k := g.indices(g.shapes[w][0], s[0]), g.IntN(5)
	d := lax.ScatterDimensionNumbers{UpdateWindowDims: window, InsertedWindowDims: []int{0}, ScatterDimsToOperandDims: []int{0}}
	name := []string{"scatter", "scatter_add", "scatter_mul", "scatter_min", "scatter_max"}[k]
	f := []func(x, i, u array, d lax.ScatterDimensionNumbers, o ...lax.IndexOption) array{
		lax.Scatter, lax.ScatterAdd, lax.ScatterMul, lax.ScatterMin, lax.ScatterMax}[k]
	return &node{text: fmt.Sprintf("%s%v(%%s, %%s)", name, lax.Values[int32](i)), in: []int{v, w}, shape: s,
		f: func(x ...array) array { return f(x[0], i, x[1], d) }}
}

// blockNode reads or writes a block that begins where a value says.
func blockNode(g *generator) *node {
	v, w := g.pick(func(s core.Shape) bool { return len(s) == 1 }), g.pick(like(nil))
	if v < 0 || w < 0 {
		return nil
	}
	start := func(x array) []array { return []array{lax.Convert(lax.Floor(x.Mul(3)), dtype.Int32)} }
	n := g.shapes[v][0]
	if u := g.pick(func(s core.Shape) bool { return len(s) == 1 && s[0] <= n }); g.IntN(2) == 0 {
		return &node{text: "dynamic_update_slice(%s, %s, 3*%s)", in: []int{v, u, w}, shape: g.shapes[v],
			f: func(x ...array) array { return lax.DynamicUpdateSlice(x[0], x[1], start(x[2])) }}
	}
	k := 1 + g.IntN(n)
	return &node{text: fmt.Sprintf("dynamic_slice[%d](%%s, 3*%%s)", k), in: []int{v, w}, shape: core.Shape{k},
		f: func(x ...array) array { return lax.DynamicSlice(x[0], start(x[1]), []int{k}) }}
}

// indexNode takes elements of a vector at indices that values say, or where the largest is.
func indexNode(g *generator) *node {
	v, w := g.pick(func(s core.Shape) bool { return len(s) == 1 }), g.pick(anyShape)
	if v < 0 {
		return nil
	}
	d := lax.GatherDimensionNumbers{CollapsedSliceDims: []int{0}, StartIndexMap: []int{0}}
	take := func(x, i array) array {
		return lax.Gather(x, lax.ExpandDims(i, []int{i.Rank()}), d, []int{1}, lax.Clip)
	}
	if g.IntN(2) == 0 {
		return &node{text: "%s[argmax(sin)]", in: []int{v}, shape: core.Shape{},
			f: func(x ...array) array { return take(x[0], lax.ArgMax(lax.Sin(x[0]), 0, dtype.Int32)) }}
	}
	return &node{text: "%s[3*%s]", in: []int{v, w}, shape: g.shapes[w], f: func(x ...array) array {
		return take(x[0], lax.Convert(lax.Floor(x[1].Mul(3)), dtype.Int32))
	}}
}

func complexNode(g *generator) *node {
	v := g.pick(anyShape)
	w := g.pick(like(g.shapes[v]))
	k := g.IntN(3)
	return &node{text: []string{"real(exp(i %s) %s)", "imag(tanh(%s + i %s/4))", "|(2+sin %s) + i %s|"}[k], in: []int{v, w}, shape: g.shapes[v],
		f: func(x ...array) array {
			zero := number(0)
			switch k {
			case 0:
				return lax.Real(lax.Mul(lax.Exp(lax.Complex(zero, x[0])), lax.Complex(lax.Sin(x[1]), x[0])))
			case 1:
				return lax.Imag(lax.Tanh(lax.Complex(x[0], lax.Tanh(x[1]).Div(4))))
			}
			return lax.Abs(lax.Conj(lax.Complex(lax.Sin(x[0]).Add(2), x[1])))
		}}
}
