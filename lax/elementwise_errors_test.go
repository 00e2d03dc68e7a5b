package lax

import (
	"testing"

	"gojax/internal/core"
	"gojax/internal/dtype"
)

// TestElementwiseErrors has what the type rules say.
func TestElementwiseErrors(t *testing.T) {
	f, g := core.Of(dtype.Float32, 3), core.Of(dtype.Float32, 4)
	i, u, b, c := core.Of(dtype.Int32, 3), core.Of(dtype.Uint8, 3), core.Of(dtype.Bool, 3), core.Of(dtype.Complex64, 3)
	h := core.Of(dtype.Float16, 3)
	for _, e := range []struct {
		op   core.Op
		in   []Type
		want string
	}{
		{exp, []Type{i}, "operand has type i32[3], want floating or complex elements"},
		{floor, []Type{c}, "operand has type c64[3], want floating elements"},
		{abs, []Type{u}, "operand has type u8[3], want signed integer, floating or complex elements"},
		{neg, []Type{b}, "operand has type bool[3], want integer, floating or complex elements"},
		{not, []Type{f}, "operand has type f32[3], want bool or integer elements"},
		{realPart, []Type{f}, "operand has type f32[3], want complex elements"},
		{clz, []Type{b}, "operand has type bool[3], want integer elements"},
		{round{}, []Type{i}, "operand has type i32[3], want floating elements"},
		{conj{}, []Type{f}, "operand has type f32[3], want complex elements"},
		{add, []Type{f, g}, "operands have types f32[3] and f32[4], want equal types"},
		{add, []Type{f, i}, "operands have types f32[3] and i32[3], want equal types"},
		{sub, []Type{b, b}, "operand has type bool[3], want integer, floating or complex elements"},
		{rem, []Type{c, c}, "operand has type c64[3], want integer or floating elements"},
		{and, []Type{f, f}, "operand has type f32[3], want bool or integer elements"},
		{shiftLeft, []Type{b, b}, "operand has type bool[3], want integer elements"},
		{nextAfter, []Type{c, c}, "operand has type c64[3], want floating elements"},
		{complexOf{}, []Type{h, h}, "operand has type f16[3], want f32 or f64 elements"},
		{complexOf{}, []Type{f, g}, "operands have types f32[3] and f32[4], want equal types"},
		{lt, []Type{c, c}, "operand has type c64[3], want bool, integer or floating elements"},
		{eq, []Type{f, i}, "operands have types f32[3] and i32[3], want equal types"},
		{pow{}, []Type{i, i}, "operand has type i32[3], want floating or complex elements"},
		{pow{}, []Type{f, h}, "operands have types f32[3] and f16[3], want equal types or an integer power"},
		{pow{}, []Type{f, core.Of(dtype.Int8, 4)}, "operands have types f32[3] and i8[4], want equal shapes or scalars"},
		{integerPow{-1}, []Type{i}, "operand has type i32[3], want floating or complex elements for the power -1"},
		{integerPow{2}, []Type{b}, "operand has type bool[3], want integer, floating or complex elements"},
		{polygamma{}, []Type{i, i}, "operand has type i32[3], want floating elements"},
		{selectN{}, []Type{b}, "got no cases, want at least one"},
		{selectN{}, []Type{f, f, f}, "the chooser has type f32[3], want bool or integer elements"},
		{selectN{}, []Type{b, f, f, f}, "got 3 cases for a bool chooser, want at most 2"},
		{selectN{}, []Type{b, f, g}, "operands have types f32[3] and f32[4], want equal types"},
		{selectN{}, []Type{b, g, g}, "the chooser has type bool[3] and the cases f32[4], want equal shapes"},
		{clamp{}, []Type{g, f, f}, "operand has type f32[3] and the bounds f32[4] and f32[3], want equal types or scalar bounds"},
		{clamp{}, []Type{i, f, f}, "operand has type f32[3] and the bounds i32[3] and f32[3], want equal types or scalar bounds"},
		{bitcastConvertType{NewDtype: dtype.Int32}, []Type{b}, "operand has type bool[3] and the new type is i32, want two integer or floating types"},
		{bitcastConvertType{NewDtype: dtype.Float64}, []Type{f}, "operand has type f32[3], want a last axis of size 2 to make elements of type f64"},
	} {
		_, err := e.op.Infer(e.in)
		if err == nil || err.Error() != e.want {
			t.Errorf("%s%v:\n got %v\nwant %s", e.op, e.in, err, e.want)
		}
	}
}

// TestOperandErrors has what the methods say of operands.
func TestOperandErrors(t *testing.T) {
	some := func(d DType) Array { return to(literal(d, 1), Shape{3}) }
	for _, e := range []struct {
		f    func()
		want string
	}{
		{func() { some(dtype.Uint8).Add(256) }, "add: the number 256 is out of the range of u8"},
		{func() { some(dtype.Uint8).Mul(-1) }, "mul: the number -1 is out of the range of u8"},
		{func() { some(dtype.Int32).Add(uint64(1 << 63)) }, "add: the number 9223372036854775808 is out of the range of i32"},
		{func() { some(dtype.Float32).Add(Array{}) }, "add: an operand is absent (the zero Array)"},
		{func() { Array{}.Add(1) }, "add: an operand is absent (the zero Array)"},
		{func() { Array{}.Exp() }, "exp: operand 0 is absent (the zero Array)"},
		{func() { some(dtype.Float32).Add("x") }, "add: operand is a string, want an Array, a number or a slice of them"},
		{func() { some(dtype.Float32).And(1) }, "and: operand has type f32[3], want bool or integer elements"},
		{func() { some(dtype.Float32).Add(to(literal(dtype.Float32, 1), Shape{4})) },
			"add: operands have shapes [3] and [4], want shapes that broadcast: equal sizes or 1, aligned at the last axis"},
		{func() { some(dtype.Int32).Pow(-2) },
			"integer_pow: operand has type i32[3], want floating or complex elements for the power -2"},
		{func() { some(dtype.Complex64).FloorDiv(2) }, "floor_divide: operands have type c64[3], want integer or floating elements"},
	} {
		err := caught(e.f)
		if err == nil || err.Op+": "+err.Msg != e.want {
			t.Errorf("got %v\nwant %s", err, e.want)
		}
	}
}

func caught(f func()) (err *core.Error) {
	defer func() { err, _ = recover().(*core.Error) }()
	f()
	return nil
}
