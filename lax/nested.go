package lax

import (
	"reflect"
	"slices"
	"strconv"

	"gojax/internal/core"
	"gojax/internal/dtype"
)

// fromAny makes an array of a Go slice or array, nested too, of numbers, of Arrays
// or of both: an axis for each level, and after them those of the Arrays. Elements
// of one Go type give the element type that FromSlice gives them; a mixture is
// promoted.
func fromAny(what string, y any) Array {
	if x, ok := fromFlat(y); ok {
		return x
	}
	v := reflect.ValueOf(y)
	n := nest{what: what, depth: -1}
	if !v.IsValid() || !isList(v) {
		panic(core.Errorf(what, "operand is a %T, want an Array, a number or a slice of them", y))
	}
	leaf := v.Type()
	for leaf.Kind() == reflect.Slice || leaf.Kind() == reflect.Array {
		leaf = leaf.Elem()
		n.axes++
	}
	n.walk(v, 0)
	if t := goType(leaf); t != dtype.Invalid {
		return Of(n.numbers(t))
	}
	if leaf != reflect.TypeFor[Array]() && leaf.Kind() != reflect.Interface {
		panic(core.Errorf(what, "operand is a %T, want an Array, a number or a slice of them", y))
	}
	return n.join()
}

// fromFlat is fromAny of the slices that large arrays come in, without a look at each
// element by reflection. It reports false for others, and for what is an error.
func fromFlat(y any) (Array, bool) {
	switch y := y.(type) {
	case []float32:
		return FromSlice(y), true
	case []float64:
		return FromSlice(y), true
	case []int32:
		return FromSlice(y), true
	case []int64:
		return FromSlice(y), true
	case []uint8:
		return FromSlice(y), true
	case []uint32:
		return FromSlice(y), true
	case []bool:
		return FromSlice(y), true
	case []complex64:
		return FromSlice(y), true
	case []int:
		x := make([]int32, len(y))
		for i, n := range y {
			if x[i] = int32(n); int(x[i]) != n {
				return Array{}, false
			}
		}
		return FromSlice(x), true
	case [][]float32:
		return fromRows(y)
	case [][]float64:
		return fromRows(y)
	}
	return Array{}, false
}

func fromRows[T Element](rows [][]T) (Array, bool) {
	if len(rows) == 0 {
		return Array{}, false
	}
	n := len(rows[0])
	all := make([]T, 0, len(rows)*n)
	for _, r := range rows {
		if len(r) != n {
			return Array{}, false
		}
		all = append(all, r...)
	}
	return FromSlice(all, len(rows), n), true
}

func isList(v reflect.Value) bool { return v.Kind() == reflect.Slice || v.Kind() == reflect.Array }

// A nest is a slice of slices on the way to become an array.
type nest struct {
	what   string
	axes   int   // how many its Go type promises, at least
	shape  Shape // of the slices
	depth  int   // at which what is not a slice was found, -1 before that
	path   []int // where the walk is
	leaves []reflect.Value
}

// walk lists what is in v and checks that slices side by side are alike.
func (n *nest) walk(v reflect.Value, depth int) {
	for v.Kind() == reflect.Interface && !v.IsNil() {
		v = v.Elem()
	}
	if !isList(v) {
		if n.depth < 0 && depth == len(n.shape) {
			n.depth = depth
		}
		if n.depth != depth {
			n.ragged("is no slice")
		}
		n.leaves = append(n.leaves, v)
		return
	}
	switch {
	case n.depth >= 0 && depth >= n.depth:
		n.ragged("is a slice")
	case depth == len(n.shape):
		n.shape = append(n.shape, v.Len())
	case n.shape[depth] != v.Len():
		n.ragged("has length " + strconv.Itoa(v.Len()))
	}
	for i := range v.Len() {
		n.path = append(n.path, i)
		n.walk(v.Index(i), depth+1)
		n.path = n.path[:len(n.path)-1]
	}
}

// ragged panics: what is at n.path is not as its first sibling.
func (n *nest) ragged(is string) {
	first := slices.Repeat([]int{0}, len(n.path))
	panic(core.Errorf(n.what, "the slices are ragged: operand%s %s, want the same as operand%s",
		indices(n.path), is, indices(first)))
}

// indices writes a path as Go does: [1][0].
func indices(path []int) string {
	s := ""
	for _, i := range path {
		s += "[" + strconv.Itoa(i) + "]"
	}
	return s
}

// numbers makes an array of leaves of one Go type.
func (n *nest) numbers(t DType) *Value {
	v := core.New(Type{DType: t, Shape: n.shape}, nil)
	for i, x := range n.leaves {
		switch {
		case x.CanInt():
			if !dtype.Fits(x.Int(), t) {
				n.tooLarge(i, x)
			}
			core.PutInt(v, i, x.Int())
		case x.CanUint():
			if t != dtype.Uint64 && !dtype.Fits(int64(x.Uint()), t) {
				n.tooLarge(i, x)
			}
			core.PutInt(v, i, int64(x.Uint()))
		case x.CanFloat():
			core.Put(v, i, complex(x.Float(), 0))
		case x.CanComplex():
			core.Put(v, i, x.Complex())
		case x.Bool():
			core.PutInt(v, i, 1)
		}
	}
	return v
}

func (n *nest) tooLarge(i int, x reflect.Value) {
	path := make([]int, len(n.shape))
	for a := len(path) - 1; a >= 0; a-- {
		path[a], i = i%n.shape[a], i/n.shape[a]
	}
	panic(core.Errorf(n.what, "operand%s is %v, want a number of 32 bits, or a slice of %v64", indices(path), x, x.Kind()))
}

// join stacks leaves that are Arrays or numbers.
func (n *nest) join() Array {
	if len(n.leaves) == 0 {
		return Of(core.New(Type{DType: dtype.Float32, Shape: n.shape}, nil))
	}
	in := make([]any, len(n.leaves))
	for i, x := range n.leaves {
		if x.Kind() == reflect.Interface {
			panic(core.Errorf(n.what, "an element of the slice is nil, want an Array or a number"))
		}
		in[i] = x.Interface()
	}
	leaves := Promote(n.what, in...)
	rows := make([]Array, len(leaves))
	for i, x := range leaves {
		if !slices.Equal(x.Shape(), leaves[0].Shape()) {
			panic(core.Errorf(n.what, "the slice has elements of types %v and %v, want one shape", leaves[0].Type(), x.Type()))
		}
		rows[i] = Reshape(x, append(Shape{1}, x.Shape()...))
	}
	return Reshape(Concatenate(0, rows...), slices.Concat(n.shape, leaves[0].Shape()))
}
