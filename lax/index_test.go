package lax_test

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"

	"gojax/internal/ad"
	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/internal/ir"
	"gojax/lax"
)

// item is an index in testdata.
type item struct{ any }

func (i *item) UnmarshalJSON(text []byte) error {
	var name string
	var special struct {
		Bool  *bool
		Int   *int
		Slice []*int
	}
	var a stored
	if json.Unmarshal(text, &name) == nil {
		i.any = map[string]lax.Marker{"new": lax.NewAxis, "...": lax.Ellipsis}[name]
		return nil
	}
	if err := json.Unmarshal(text, &special); err != nil {
		return err
	}
	switch {
	case special.Bool != nil:
		i.any = *special.Bool
	case special.Int != nil:
		i.any = *special.Int
	case special.Slice != nil:
		ends := [3]int{lax.Open, lax.Open, 1}
		for k, end := range special.Slice {
			if end != nil {
				ends[k] = *end
			}
		}
		i.any = lax.R(ends[0], ends[1], ends[2])
		if ends == [3]int{lax.Open, lax.Open, 1} {
			i.any = lax.All
		}
	default:
		err := json.Unmarshal(text, &a)
		i.any = lax.Of(a.value())
		return err
	}
	return nil
}

// indexCase is an index expression as JAX evaluates it. With x = 1, 2, … in the given
// shape and y = x[index], g is the gradient of sum(w·y²). Each method has the result of
// updating x with u, and where it has _gx and _gu, the gradients of the sum of v times
// its square.
type indexCase struct {
	Shape                   []int
	Index                   []item
	Inside                  bool
	Y, W, G, U, V           stored
	Set, Add, Max, Min, Mul stored
	GetClip                 stored  `json:"get_clip"`
	GetFill                 stored  `json:"get_fill"`
	SetClip                 stored  `json:"set_clip"`
	SetGx                   *stored `json:"set_gx"`
	SetGu                   *stored `json:"set_gu"`
	AddGx                   *stored `json:"add_gx"`
	AddGu                   *stored `json:"add_gu"`
	MaxGx                   *stored `json:"max_gx"`
	MaxGu                   *stored `json:"max_gu"`
	MinGx                   *stored `json:"min_gx"`
	MinGu                   *stored `json:"min_gu"`
}

func (c *indexCase) items() []any {
	items := make([]any, len(c.Index))
	for i := range items {
		items[i] = c.Index[i].any
	}
	return items
}

// gradient returns the gradients of the sum of w·f(x…)².
func gradient(f func(x ...array) array, w array, x ...array) []*value {
	in := make([]*value, len(x))
	for i := range x {
		in[i] = x[i].Value()
	}
	sum := fn(func(x ...array) []array {
		y := f(x...)
		return []array{lax.ReduceSum(lax.Mul(w, lax.Mul(y, y)), allAxes(y.Value()))}
	})
	_, l := ad.Linearize(owner, sum, in, core.All(len(in)), core.Mask{true})
	g := l.Pull([]*value{core.Number(dtype.Float32, 1)})
	for i := range g {
		g[i] = lax.Dense(g[i], in[i].Type())
	}
	return g
}

func TestIndexAsJAX(t *testing.T) {
	text, err := os.ReadFile("testdata/index.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []indexCase
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	for n, c := range cases {
		x := lax.Reshape(lax.Add(lax.Iota(dtype.Float32, core.Size(c.Shape)), lax.Number(dtype.Float32, 1)), c.Shape)
		items := c.items()
		check := func(what string, got *value, want *stored) {
			if want != nil && !closeTo(got, want.value()) {
				t.Errorf("row %d, %s of shape %v at %v: got %v, want %v", n, what, c.Shape, items, lax.Of(got), lax.Of(want.value()))
			}
		}
		index := func(x ...array) array { return x[0].Index(items...) }
		check("Index", index(x).Value(), &c.Y)
		if c.Inside { // elsewhere JAX has 0 for elements that its own Index returns
			check("gradient of Index", gradient(index, lax.Of(c.W.value()), x)[0], &c.G)
		}
		fill := x.At(items...).Get(lax.FillValue(-1))
		check("Get clipped", x.At(items...).Get(lax.Clip).Value(), &c.GetClip)
		check("Get filled", fill.Value(), &c.GetFill)

		u, v := lax.Of(c.U.value()), lax.Of(c.V.value())
		check("Set clipped", x.At(items...).Set(u, lax.Clip).Value(), &c.SetClip)
		check("Mul", x.At(items...).Mul(u).Value(), &c.Mul)
		for _, row := range []struct {
			name   string
			f      func(p lax.Place, y any, o ...lax.IndexOption) array
			want   stored
			gx, gu *stored
		}{
			{"Set", lax.Place.Set, c.Set, c.SetGx, c.SetGu},
			{"Add", lax.Place.Add, c.Add, c.AddGx, c.AddGu},
			{"Max", lax.Place.Max, c.Max, c.MaxGx, c.MaxGu},
			{"Min", lax.Place.Min, c.Min, c.MinGx, c.MinGu},
		} {
			f := func(x ...array) array { return row.f(x[0].At(items...), x[1]) }
			check(row.name, f(x, u).Value(), &row.want)
			g := gradient(f, v, x, u)
			check(row.name+" gradient", g[0], row.gx)
			check(row.name+" gradient in the updates", g[1], row.gu)
		}
	}
}

// stage records f as Jit does.
func stage(f func(x ...array) array, types ...core.Type) *ir.Func {
	g, _ := ir.Stage(core.Owner{What: "Jit"}, types, fn(func(x ...array) []array { return []array{f(x...)} }))
	return g
}

func TestIndexTraced(t *testing.T) {
	x := lax.FromSlice([]float32{10, 20, 30})
	for i, row := range []struct {
		f    func(x ...array) array
		at   []int
		want []float32
	}{
		{func(x ...array) array { return x[0].Index(x[1]) }, []int{1}, []float32{20}},
		{func(x ...array) array { return x[0].Index(x[1]) }, []int{-1}, []float32{30}},
		{func(x ...array) array { return x[0].Index(x[1]) }, []int{7}, []float32{30}},
		{func(x ...array) array { return x[0].Index(x[1]) }, []int{-7}, []float32{10}},
		{func(x ...array) array { return x[0].Index(x[1]) }, []int{0, -1, 9}, []float32{10, 30, 30}},
		{func(x ...array) array { return x[0].At(x[1]).Get(lax.FillValue(5)) }, []int{0, -1, 9}, []float32{10, 30, 5}},
		{func(x ...array) array { return x[0].At(x[1]).Set(7) }, []int{-1}, []float32{10, 20, 7}},
		{func(x ...array) array { return x[0].At(x[1]).Set(7) }, []int{3, -4}, []float32{10, 20, 30}},
		{func(x ...array) array { return x[0].At(x[1]).Set(7, lax.Clip) }, []int{3}, []float32{10, 20, 7}},
		{func(x ...array) array { return x[0].At(x[1]).Add(7) }, []int{1, 1, 1}, []float32{10, 41, 30}},
	} {
		idx := lax.FromSlice(row.at)
		if len(row.at) == 1 {
			idx = lax.Reshape(idx, nil)
		}
		for _, f := range []core.Fn{
			fn(func(x ...array) []array { return []array{row.f(x...)} }),
			stage(row.f, x.Type(), idx.Type()).Call,
		} {
			if got := lax.Values[float32](lax.Of(f(x.Value(), idx.Value())[0])); !slices.Equal(got, row.want) {
				t.Errorf("row %d: got %v, want %v", i, got, row.want)
			}
		}
	}
}

func TestIndexOutOfBoundsGradient(t *testing.T) {
	x := lax.FromSlice([]float32{10, 20, 30})
	f := func(x ...array) array { return x[0].Index([]int{9, -9, 1}) }
	if got := lax.Of(gradient(f, lax.FromSlice([]float32{1, 1, 1}), x)[0]).String(); got != "[20. 40. 60.]" {
		t.Errorf("got %s", got)
	}
}

func TestPlaces(t *testing.T) {
	x := lax.FromSlice([]float32{1, 2, 4})
	i := lax.FromSlice([]int32{1, 2, 4})
	for k, row := range []struct {
		got  array
		want string
	}{
		{x.At(1).Sub(5), "[ 1. -3.  4.]"},
		{x.At(lax.R(1, lax.Open)).Div(4), "[1.  0.5 1. ]"},
		{x.At([]int{0, 0}).Div(2), "[0.25 2.   4.  ]"},
		{i.At(2).Div(3), "[1 2 1]"},
		{i.At([]int{2, 2}).Mul(3), "[ 1  2 36]"},
		{x.At([]bool{true, false, true}).Apply(lax.Neg), "[-1.  2. -4.]"},
		{x.At(lax.All).Set(3), "[3. 3. 3.]"},
		{x.At().Set([]int{7, 8, 9}), "[7. 8. 9.]"},
		{x.At(0).Set(true), "[1. 2. 4.]"},
		{x.At(7).Get(lax.Clip), "4.0"},
		{x.At(7).Get(lax.FillOrDrop), "nan"},
		{i.At(7).Get(lax.FillOrDrop), "-2147483648"},
		{i.At(-7).Set(3, lax.FillOrDrop), "[1 2 4]"},
		{i.At(-7).Set(3, lax.Clip), "[3 2 4]"},
		{i.Index(uint8(2)), "4"},
		{i.Index([]uint64{math.MaxUint64, 1}), "[4 2]"},
		{i.Index([]int64{math.MaxInt64, -1, math.MinInt64}), "[4 4 1]"},
		{i.Index([][]int{{0}, {1}}), "[[1]\n [2]]"},
		{i.Index([]int{}), "[]"},
	} {
		if got := row.got.String(); got != row.want {
			t.Errorf("row %d: got %s, want %s", k, got, row.want)
		}
	}
	n := 0
	for i, row := range lax.Reshape(lax.Iota(dtype.Int32, 6), lax.Shape{3, 2}).All() {
		if n += int(row.Index(1).Int()); row.Index(0).Int() != int64(2*i) {
			t.Errorf("row %d: got %v", i, row)
		}
	}
	if n != 9 {
		t.Errorf("got %d", n)
	}
}

func TestIndexErrors(t *testing.T) {
	x := lax.Reshape(lax.Iota(dtype.Float32, 6), lax.Shape{2, 3})
	for i, row := range []struct {
		f    func()
		want string
	}{
		{func() { x.Index(2) }, "Index: index 2 is out of range in axis 0 of f32[2,3], want -2 ≤ index < 2"},
		{func() { x.Index(0, -4) }, "Index: index -4 is out of range in axis 1 of f32[2,3], want -3 ≤ index < 3"},
		{func() { x.At(5).Set(1) }, "Set: index 5 is out of range in axis 0 of f32[2,3], want -2 ≤ index < 2"},
		{func() { x.Index(0, 0, 0) }, "Index: there are indices for 3 axes, want at most 2 for f32[2,3]"},
		{func() { x.Index(lax.Ellipsis, lax.Ellipsis) }, "Index: there are two Ellipsis among the indices, want at most one"},
		{func() { x.Index(1.5) }, "Index: an index is of type float64, want an integer, R(…), All, Ellipsis, NewAxis, or an array or slice of integers or bools"},
		{func() { x.Index(x) }, "Index: an index is an array of type f32[2,3], want integers or bools"},
		{func() { x.Index(nil) }, "Index: an index is nil, want an integer, R(…), All, Ellipsis, NewAxis, or an array or slice of integers or bools"},
		{func() { x.Index([]bool{true}) }, "Index: the mask has type bool[1], want the sizes of the axes from 0 on of f32[2,3]"},
		{func() { x.Index([]int{0, 1}, []int{0, 1, 2}) }, "Index: the index arrays have shapes [2] and [3], want shapes that broadcast: equal sizes or 1, aligned at the last axis"},
		{func() { x.Index(lax.R(0, 1, 0)) }, "R: the step is [0], want one number that is not 0"},
		{func() { lax.FromSlice([]int{}).Index([]int{1}) }, "Index: axis 0 of i32[0] is empty, so no index is in its range"},
		{func() { lax.FromSlice([]int{}).At(0).Get(lax.Clip) }, "Get: axis 0 of i32[0] is empty, so no index is in its range"},
		{func() { x.At(0).Set([]int{1, 2}) }, "Set: updates have type f32[2], want a shape that broadcasts to [3]"},
		{func() { lax.FromSlice([]int{1}).At(0).Add(1.5) }, "Add: the update is the number 1.5, want one that i32 holds"},
		{func() { lax.FromSlice([]int{1}).At(0).Set(x.Index(0, 0)) }, "Set: updates have type f32[], want elements that i32 holds: convert them with Astype"},
		{func() { lax.FromSlice([]int8{1}).At(0).Set(300) }, "Set: the number 300 is out of the range of i8"},
		{func() { x.At(9).Get(lax.FillValue("a")) }, "FillValue: got a string, want a Go number"},
		{func() { stage(func(x ...array) array { return x[0].Index(x[0].Gt(0)) }, x.Type()) },
			"Index: the mask has type bool[2,3] and is traced by Jit, so how many elements it selects is not known until the program runs. " +
				"Use jnp.Where(mask, x, 0) or x.Mul(mask), which keep the shape of x"},
		{func() { lax.Array{}.At(0).Get() }, "Get: the array is absent (the zero Array)"},
		{func() { x.Index(0, lax.Array{}) }, "Index: an index is absent (the zero Array)"},
	} {
		if got := panicOf(row.f); got != row.want {
			t.Errorf("row %d: got %q, want %q", i, got, row.want)
		}
	}
}

// panicOf returns the message of the error that f panics with.
func panicOf(f func()) (msg string) {
	defer func() {
		if e, ok := recover().(*core.Error); ok {
			msg = e.Op + ": " + e.Msg
		}
	}()
	f()
	return "no error"
}
