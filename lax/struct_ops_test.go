package lax

import (
	"fmt"
	"slices"
	"testing"

	"gojax/internal/core"
	"gojax/internal/dtype"
)

// arange returns 0, 1, … as f32 in the given shape.
func arange(shape ...int) Array { return Reshape(Iota(dtype.Float32, core.Size(shape)), shape) }

// text shows the type and the elements of x.
func text(x Array) string {
	buf := core.NewIn(x.p.Type(), x.p.Host("text"))
	s := x.p.Type().String()
	for i := range x.Size() {
		switch c := core.At(buf, i); {
		case x.p.DType.IsComplex():
			s += fmt.Sprint(" ", c)
		case x.p.DType.IsFloat():
			s += fmt.Sprint(" ", real(c))
		default:
			s += fmt.Sprint(" ", core.Int(buf, i))
		}
	}
	return s
}

func TestMovingElements(t *testing.T) {
	x := arange(2, 3)
	for i, row := range []struct {
		got  Array
		want string
	}{
		{Transpose(x, []int{1, 0}), "f32[3,2] 0 3 1 4 2 5"},
		{MoveAxis(arange(2, 1, 3), 2, 0), "f32[3,2,1] 0 3 1 4 2 5"},
		{Rev(x, []int{1}), "f32[2,3] 2 1 0 5 4 3"},
		{Rev(x, []int{1, 0}), "f32[2,3] 5 4 3 2 1 0"},
		{BroadcastedIota(dtype.Int8, Shape{2, 3}, 1), "i8[2,3] 0 1 2 0 1 2"},
		{Slice(Iota(dtype.Uint8, 300), []int{298}, []int{300}, nil), "u8[2] 42 43"},
		{Iota(dtype.Complex64, 2), "c64[2] (0+0i) (1+0i)"},
		{Iota(dtype.Int32, 0), "i32[0]"},
		{Slice(x, []int{0, 0}, []int{2, 3}, []int{1, 2}), "f32[2,2] 0 2 3 5"},
		{Slice(x, []int{1, 1}, []int{1, 3}, nil), "f32[0,2]"},
		{SliceInDim(x, 1, 3, 1, 1), "f32[2,2] 1 2 4 5"},
		{Concatenate(1, x, SliceInDim(x, 0, 1, 1, 1), SliceInDim(x, 0, 0, 1, 1)), "f32[2,4] 0 1 2 0 3 4 5 3"},
		{Split(x, []int{1, 0, 2}, 1)[2], "f32[2,2] 1 2 4 5"},
		{Pad(arange(3), number9, []Padding{{-1, -2, 2}}), "f32[4] 9 9 1 9"},
		{Pad(arange(3), number9, []Padding{{2, 1, 1}}), "f32[8] 9 9 0 9 1 9 2 9"},
		{Pad(arange(0), number9, []Padding{{1, 1, 2}}), "f32[2] 9 9"},
		{Pad(x, number9, []Padding{{-1, 0, 0}, {0, 1, 0}}), "f32[1,4] 3 4 5 9"},
	} {
		if got := text(row.got); got != row.want {
			t.Errorf("row %d: got %s, want %s", i, got, row.want)
		}
	}
}

var number9 = Number(dtype.Float32, 9)

// message returns what f panics with.
func message(f func()) (msg string) {
	defer func() {
		if e, ok := recover().(*core.Error); ok {
			msg = e.Op + ": " + e.Msg
		}
	}()
	f()
	return "no error"
}

func TestMovingErrors(t *testing.T) {
	x := arange(2, 3)
	for i, row := range []struct {
		f    func()
		want string
	}{
		{func() { Transpose(x, []int{0, 0}) },
			"transpose: operand has type f32[2,3], permutation [0 0], want each of its axes once"},
		{func() { Rev(x, []int{2}) }, "rev: dimensions are [2], want different axes of f32[2,3]"},
		{func() { Iota(dtype.Bool, 3) }, "iota: dtype is bool, want a number type"},
		{func() { Iota(dtype.Int32, -1) }, "iota: shape is [-1], want no negative size"},
		{func() { BroadcastedIota(dtype.Int32, Shape{3}, 1) }, "iota: dimension is 1, want an axis of shape [3]"},
		{func() { Slice(x, []int{0}, []int{1}, nil) }, "slice: operand has type f32[2,3], start indices [0], " +
			"limit indices [1], strides [], want one of each for every axis"},
		{func() { Slice(x, []int{0, 2}, []int{2, 1}, nil) },
			"slice: operand has type f32[2,3], start 2 and limit 1 in axis 1, want 0 ≤ start ≤ limit ≤ 3"},
		{func() { Slice(x, []int{0, 0}, []int{2, 1}, []int{1, 0}) }, "slice: strides are [1 0], want positive ones"},
		{func() { Concatenate(0) }, "concatenate: there are no operands, want at least one"},
		{func() { Concatenate(2, x, x) }, "concatenate: dimension is 2, want an axis of f32[2,3]"},
		{func() { Concatenate(0, x, arange(3)) }, "concatenate: operands have types f32[2,3] and f32[3], want equal ranks"},
		{func() { Concatenate(0, x, arange(2, 2)) },
			"concatenate: operands have types f32[2,3] and f32[2,2], want equal sizes in all axes but 0"},
		{func() { Concatenate(0, x, BroadcastedIota(dtype.Int32, Shape{2, 3}, 0)) },
			"concatenate: operands have types f32[2,3] and i32[2,3], want one element type"},
		{func() { Pad(x, x, []Padding{{}, {}}) },
			"pad: operand has type f32[2,3], padding value f32[2,3], want a scalar of type f32"},
		{func() { Pad(x, number9, []Padding{{}}) },
			"pad: operand has type f32[2,3], padding configuration [[0 0 0]], want one padding for each axis"},
		{func() { Pad(x, number9, []Padding{{0, 0, -1}, {}}) },
			"pad: padding configuration is [[0 0 -1] [0 0 0]], want no negative interior padding"},
		{func() { Pad(x, number9, []Padding{{-1, -2, 0}, {}}) },
			"pad: operand has type f32[2,3], padding [-1 -2 0] in axis 0, which leaves size -1, want at least 0"},
		{func() { Split(x, []int{1}, 1) },
			"split: operand has type f32[2,3], sizes [1], want the sizes to add up to 3 (axis 1)"},
	} {
		if got := message(row.f); got != row.want {
			t.Errorf("row %d: got %q, want %q", i, got, row.want)
		}
	}
}

func TestInverse(t *testing.T) {
	if got := inverse([]int{2, 0, 1}); !slices.Equal(got, []int{1, 2, 0}) {
		t.Errorf("got %v", got)
	}
}
