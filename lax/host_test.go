package lax_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"gojax/internal/ad"
	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/lax"
)

func TestFromSliceAndValues(t *testing.T) {
	roundTrip(t, []bool{true, false}, "bool[2] [ True False]")
	roundTrip(t, []int8{-1, 2}, "i8[2] [-1  2]")
	roundTrip(t, []int16{-1, 2}, "i16[2] [-1  2]")
	roundTrip(t, []int32{-1, 2}, "i32[2] [-1  2]")
	roundTrip(t, []int64{math.MinInt64, 2}, "i64[2] [-9223372036854775808                    2]")
	roundTrip(t, []uint8{255}, "u8[1] [255]")
	roundTrip(t, []uint16{1, 2}, "u16[2] [1 2]")
	roundTrip(t, []uint32{math.MaxUint32}, "u32[1] [4294967295]")
	roundTrip(t, []uint64{math.MaxUint64}, "u64[1] [18446744073709551615]")
	roundTrip(t, []float32{1.5, -2}, "f32[2] [ 1.5 -2. ]")
	roundTrip(t, []float64{1.5, -2}, "f64[2] [ 1.5 -2. ]")
	roundTrip(t, []complex64{1 + 2i}, "c64[1] [1.+2.j]")
	roundTrip(t, []complex128{1 + 2i}, "c128[1] [1.+2.j]")
	roundTrip(t, []int{-1, 2}, "i32[2] [-1  2]")
	roundTrip(t, []float32{}, "f32[0] []")
	half := lax.FromHalf(dtype.BFloat16, []uint16{0x3f80, 0xbf80})
	if got := lax.Values[uint16](half); !slices.Equal(got, []uint16{0x3f80, 0xbf80}) {
		t.Errorf("got %v", got)
	}
	if got := lax.Values[float32](half); !slices.Equal(got, []float32{1, -1}) {
		t.Errorf("got %v", got)
	}
	data := []float32{1, 2, 3, 4, 5, 6}
	x := lax.FromSlice(data, 2, 3)
	if data[0] = 9; x.String() != "[[1. 2. 3.]\n [4. 5. 6.]]" {
		t.Errorf("got %v", x)
	}
	if lax.Values[float32](x)[0] = 9; x.Index(0, 0).Float() != 1 {
		t.Errorf("Values did not copy")
	}
}

func roundTrip[T lax.Element](t *testing.T, data []T, want string) {
	t.Helper()
	x := lax.FromSlice(data)
	if got := fmt.Sprintf("%+v", x); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := lax.Values[T](x); !slices.Equal(got, data) {
		t.Errorf("got %v, want %v", got, data)
	}
}

func TestNested(t *testing.T) {
	x := lax.FromSlice([]float32{1, 2})
	for i, row := range []struct {
		y    any
		want string
	}{
		{[][]float32{{1, 2}, {3, 4}, {5, 6}}, "f32[3,2]\n[[1. 2.]\n [3. 4.]\n [5. 6.]]"},
		{[2][1]int{{7}, {8}}, "i32[2,1]\n[[7]\n [8]]"},
		{[]celsius{1, 2}, "f64[2] [1. 2.]"},
		{[][]bool{{}, {}}, "bool[2,0]\n[]"},
		{[]any{1, 2.5}, "f32[2] [1.  2.5]"},
		{[]any{[]int{1, 2}, []any{3, 4}}, "i32[2,2]\n[[1 2]\n [3 4]]"},
		{[]array{x, x}, "f32[2,2]\n[[1. 2.]\n [1. 2.]]"},
		{[]array{x.Index(0), x.Index(1)}, "f32[2] [1. 2.]"},
		{[][]array{{x.Index(1)}, {x.Index(0)}}, "f32[2,1]\n[[2.]\n [1.]]"},
		{[]any{x.Index(1), 3, 1 + 2i}, "c64[3] [2.+0.j 3.+0.j 1.+2.j]"},
		{[]array{}, "f32[0] []"},
		{[]uint{1}, "u32[1] [1]"},
		{[]uint64{math.MaxUint64}, "u64[1] [18446744073709551615]"},
	} {
		if got := fmt.Sprintf("%+v", lax.Operand("test", row.y)); got != row.want {
			t.Errorf("row %d: got %s, want %s", i, got, row.want)
		}
	}
	f := stage(func(x ...array) array { return lax.Operand("test", []any{x[0], 2}) }, core.Of(dtype.Float32))
	if got := f.Call(core.Number(dtype.Float32, 5))[0]; lax.Of(got).String() != "[5. 2.]" {
		t.Errorf("got %v", lax.Of(got))
	}
}

type celsius float64

func TestItem(t *testing.T) {
	i := lax.FromSlice([]int32{-3}, 1, 1)
	u := lax.FromSlice([]uint64{math.MaxUint64}, 1)
	if lax.Item[int8](i) != -3 || lax.Item[float64](i) != -3 || lax.Item[complex64](i) != -3 || i.Int() != -3 ||
		lax.Item[uint64](u) != math.MaxUint64 || lax.Item[float64](u) != math.MaxUint64 ||
		!lax.FromSlice([]bool{true}).Bool() || lax.FromSlice([]bool{true}).Int() != 1 ||
		lax.FromHalf(dtype.Float16, []uint16{0x3c00}).Float() != 1 || lax.Item[float32](lax.FromSlice([]float64{0.1})) != 0.1 ||
		lax.Item[complex128](lax.FromSlice([]complex64{2i})) != 2i {
		t.Error("wrong item")
	}
}

func TestHostErrors(t *testing.T) {
	x, i := lax.FromSlice([]float32{1, 2}), lax.FromSlice([]int{-300})
	gone := lax.FromSlice([]int{1})
	gone.Delete()
	gone.Delete()
	for n, row := range []struct {
		f    func()
		want string
	}{
		{func() { lax.FromSlice([]int{1, 2, 3}, 2) }, "FromSlice: there are 3 elements, want as many as shape [2] has"},
		{func() { lax.FromSlice([]int{}, 0, -1) }, "FromSlice: the shape is [0 -1], want sizes that are not negative"},
		{func() { lax.FromSlice([]int{1, 5e9}) }, "FromSlice: element 1 is 5000000000, which is out of the range of int32: pass a []int64"},
		{func() { lax.FromSlice([]uint{5e9}) }, "FromSlice: element 0 is 5000000000, which is out of the range of uint32: pass a []uint64"},
		{func() { lax.FromHalf(dtype.Int16, nil) }, "FromHalf: the element type is i16, want f16 or bf16"},
		{func() { lax.Operand("Sum", [][]float32{{1, 2}, {3}}) },
			"Sum: the slices are ragged: operand[1] has length 1, want the same as operand[0]"},
		{func() { lax.Operand("Sum", []any{1, []int{2}}) },
			"Sum: the slices are ragged: operand[1] is a slice, want the same as operand[0]"},
		{func() { lax.Operand("Sum", []any{[]int{2}, 1}) },
			"Sum: the slices are ragged: operand[1] is no slice, want the same as operand[0]"},
		{func() { lax.Operand("Sum", [][]int{{1}, {5e9}}) },
			"Sum: operand[1][0] is 5000000000, want a number of 32 bits, or a slice of int64"},
		{func() { lax.Operand("Sum", []any{1, nil}) }, "Sum: an element of the slice is nil, want an Array or a number"},
		{func() { lax.Operand("Sum", []array{x, i}) }, "Sum: the slice has elements of types f32[2] and f32[1], want one shape"},
		{func() { lax.Operand("Sum", []string{"a"}) }, "Sum: operand is a []string, want an Array, a number or a slice of them"},
		{func() { lax.Operand("Sum", "a") }, "Sum: operand is a string, want an Array, a number or a slice of them"},
		{func() { lax.Values[float64](x) }, "Values: the array has type f32[2], want Values[float32], not Values[float64]"},
		{func() { lax.Values[int](x) }, "Values: the array has type f32[2], want Values[float32], not Values[int]"},
		{func() { lax.Values[celsius](x) }, "Values: the array has type f32[2], want Values[float32], not Values[lax_test.celsius]"},
		{func() { lax.View[float32](lax.FromHalf(dtype.Float16, []uint16{1})) },
			"View: the array has type f16[1], want View[uint16], not View[float32]"},
		{func() { lax.Item[float64](x) },
			"Item: the array has type f32[2], want one element: use Values, or Index to choose one"},
		{func() { lax.Item[int](x.Index(0)) }, "Item: the array has type f32[], want a Go type of its kind, not int"},
		{func() { lax.Item[int8](i) }, "Item: the element is -300, which is out of the range of int8"},
		{func() { lax.Item[uint](i) }, "Item: the element is -300, which is out of the range of uint"},
		{func() { x.Bool() }, "Bool: the array has type f32[2], want one element of bool: compare, or use jnp.Any or jnp.All"},
		{func() { gone.Int() }, "Int: the array was deleted"},
		{func() { gone.Add(1) }, "add: the array was deleted"},
		{func() {
			stage(func(x ...array) array { return lax.Number(dtype.Float32, x[0].Float()) }, core.Of(dtype.Float32))
		},
			"Float: f32[] is traced by Jit; its value is not known until the program runs. Use jnp.Where for choices, " +
				"return it from the function to look at it, or pass it as a static argument"},
		{func() { stage(func(x ...array) array { x[0].Delete(); return x[0] }, core.Of(dtype.Float32)) },
			"Delete: the array is traced, want one that holds elements"},
	} {
		if got := panicOf(row.f); got != row.want {
			t.Errorf("row %d: got %q, want %q", n, got, row.want)
		}
	}
}

func TestViewOutlivesDelete(t *testing.T) {
	host := slices.Repeat([]float32{1, 2, 3}, 10_000)
	x := lax.FromSlice(host)
	v := lax.View[float32](x)
	b := x.Value().Buf
	x.Delete()
	lax.FromSlice(make([]float32, len(host))) // would be there if the memory were free
	if !b.Viewed() || !slices.Equal(v, host) {
		t.Errorf("got %v", v[:3])
	}
	if moved := b.Move(); !moved.Viewed() {
		t.Error("the mark is lost")
	}
}

func TestWaiting(t *testing.T) {
	v := core.New(core.Of(dtype.Float32, 2), nil)
	e := core.NewEvent()
	v.Buf.Begin(e)
	x := lax.Of(v)
	if x.IsReady() {
		t.Error("ready before the end")
	}
	go e.Finish(nil)
	if !x.BlockUntilReady().IsReady() {
		t.Error("not ready after the wait")
	}
	failed := core.NewEvent()
	v.Buf.Begin(failed)
	failed.Finish(core.Errorf("dot_general", "out of memory"))
	if got := panicOf(func() { x.BlockUntilReady() }); got != "dot_general: out of memory" {
		t.Errorf("got %q", got)
	}
	f := stage(func(x ...array) array { return x[0].BlockUntilReady() }, core.Of(dtype.Float32))
	if len(f.Eqns) != 0 {
		t.Errorf("got %v", f)
	}
}

func TestFormat(t *testing.T) {
	x := lax.FromSlice([]float32{1, 0.25, -3}, 3)
	i := lax.FromSlice([]int32{1, 20}, 2)
	gone := lax.FromSlice([]int{1})
	gone.Delete()
	for n, row := range []struct{ got, want string }{
		{fmt.Sprint(x), "[ 1.    0.25 -3.  ]"},
		{fmt.Sprintf("%v %s", i, i), "[ 1 20] [ 1 20]"},
		{fmt.Sprintf("%d", i), "[ 1 20]"},
		{fmt.Sprintf("%.3f", x), "[ 1.000  0.250 -3.000]"},
		{fmt.Sprintf("%.1e", x), "[ 1.0e+00  2.5e-01 -3.0e+00]"},
		{fmt.Sprintf("%f", x.Index(1)), "0.250000"},
		{fmt.Sprintf("%g", x), "[   1 0.25   -3]"},
		{fmt.Sprintf("%.2v", x), "[   1 0.25   -3]"},
		{fmt.Sprintf("%8.2f|%-8.2f|", x.Index(1), x.Index(1)), "    0.25|0.25    |"},
		{fmt.Sprintf("%+.2f|%08.2f|% .2f|%+08.1f", x.Index(1), x.Index(1), x.Index(1), x.Index(2)), "+0.25|00000.25| 0.25|-00003.0"},
		{fmt.Sprintf("%+d|%04d|%-4d|", i.Index(1), i.Index(1), i.Index(1)), "+20|0020|20  |"},
		{fmt.Sprintf("%06.1f", lax.Number(dtype.Float32, math.Inf(1))), "   inf"},
		{fmt.Sprintf("%+v", x), "f32[3] [ 1.    0.25 -3.  ]"},
		{fmt.Sprintf("%+v", lax.Reshape(x, lax.Shape{3, 1})), "f32[3,1]\n[[ 1.  ]\n [ 0.25]\n [-3.  ]]"},
		{fmt.Sprintf("%#v", x), "Array([ 1.  ,  0.25, -3.  ], dtype=float32)"},
		{fmt.Sprintf("%d", x), "%!d([ 1.    0.25 -3.  ])"},
		{fmt.Sprintf("%q", i), "%!q([ 1 20])"},
		{fmt.Sprintf("%.2f", i), "[ 1 20]"},
		{fmt.Sprint(array{}), "<absent>"},
		{fmt.Sprintf("%+v %8v %d", array{}, array{}, array{}), "<absent> <absent> %!d(<absent>)"},
		{fmt.Sprint(lax.FromHalf(dtype.BFloat16, []uint16{0x3f80})), "[1]"},
	} {
		if row.got != row.want {
			t.Errorf("row %d: got %q, want %q", n, row.got, row.want)
		}
	}
	if got := fmt.Sprint(gone); !strings.HasPrefix(got, "host_test.go:") || !strings.HasSuffix(got, ": String: the array was deleted") {
		t.Errorf("got %s", got)
	}
	var text string
	stage(func(x ...array) array { text = fmt.Sprintf("%v|%+v|%.3f|%d", x[0], x[0], x[0], x[0]); return x[0] }, core.Of(dtype.Float32, 3))
	if want := "Traced<f32[3]> by Jit|Traced<f32[3]> by Jit|Traced<f32[3]> by Jit|%!d(Traced<f32[3]> by Jit)"; text != want {
		t.Errorf("got %s, want %s", text, want)
	}
	ad.JVP(core.Owner{What: "Jvp"}, fn(func(x ...array) []array { text = fmt.Sprint(x[0]); return x }),
		[]*value{x.Value()}, []*value{x.Value()})
	if want := "Traced<f32[3]> by Jvp with value [ 1.    0.25 -3.  ]"; text != want {
		t.Errorf("got %s, want %s", text, want)
	}
}

// TestFlatSlices holds slices that are copied at once to those that are looked at element
// by element: of a type of one's own.
func TestFlatSlices(t *testing.T) {
	type (
		f32 float32
		f64 float64
		i   int
	)
	for _, c := range [][2]any{
		{[]float32{1, -2.5, 3}, []f32{1, -2.5, 3}},
		{[]float64{1, -2.5}, []f64{1, -2.5}},
		{[]int{1, -2}, []i{1, -2}},
		{[]float32(nil), []f32{}},
		{[]bool{true, false}, [2]bool{true, false}},
		{[]uint8{1, 255}, [2]uint8{1, 255}},
		{[][]float32{{1, 2}, {3, 4}, {5, 6}}, [][2]f32{{1, 2}, {3, 4}, {5, 6}}},
		{[][]float32{}, [][]f32{}},
		{[][]float64{{}, {}}, [][]f64{{}, {}}},
	} {
		got, want := lax.Operand("test", c[0]), lax.Operand("test", c[1])
		if got.Type().String() != want.Type().String() || got.String() != want.String() {
			t.Errorf("%T: got %v %v, want %v %v", c[0], got.Type(), got, want.Type(), want)
		}
	}
	data := []float32{1, 2}
	x := lax.Operand("test", data)
	data[0] = 9
	if got := lax.Values[float32](x)[0]; got != 1 {
		t.Errorf("an array changes with the slice that it was made of: got %v", got)
	}
}
