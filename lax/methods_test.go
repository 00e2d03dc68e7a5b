package lax

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"gojax/internal/core"
	"gojax/internal/dtype"
)

var methods2 = map[string]func(x Array, y any) Array{
	"Add": Array.Add, "Sub": Array.Sub, "Mul": Array.Mul, "Div": Array.Div, "FloorDiv": Array.FloorDiv, "Mod": Array.Mod,
	"Pow": Array.Pow, "Atan2": Array.Atan2, "Maximum": Array.Maximum, "Minimum": Array.Minimum, "Eq": Array.Eq,
	"Ne": Array.Ne, "Lt": Array.Lt, "Le": Array.Le, "Gt": Array.Gt, "Ge": Array.Ge, "And": Array.And, "Or": Array.Or,
	"Xor": Array.Xor, "Shl": Array.Shl, "Shr": Array.Shr, "LogicalAnd": Array.LogicalAnd, "LogicalOr": Array.LogicalOr,
	"LogicalXor": Array.LogicalXor,
}

var methods1 = map[string]func(x Array) Array{
	"Neg": Array.Neg, "Abs": Array.Abs, "Sign": Array.Sign, "Floor": Array.Floor, "Ceil": Array.Ceil, "Round": Array.Round,
	"Exp": Array.Exp, "Log": Array.Log, "Sqrt": Array.Sqrt, "Sin": Array.Sin, "Cos": Array.Cos, "Tan": Array.Tan,
	"Tanh": Array.Tanh, "Reciprocal": Array.Reciprocal, "Square": Array.Square, "Conj": Array.Conj, "Real": Array.Real,
	"Imag": Array.Imag, "IsNaN": Array.IsNaN, "IsInf": Array.IsInf, "IsFinite": Array.IsFinite,
	"LogicalNot": Array.LogicalNot, "Not": Array.Not,
}

// typeOf returns the element type that f makes, - if it panics with an error.
func typeOf(f func() Array) (t string) {
	defer func() {
		if e := recover(); e != nil {
			_ = e.(*core.Error)
			t = "-"
		}
	}()
	return f().DType().String()
}

// TestMethods holds the methods to the jnp functions, by types and by values.
func TestMethods(t *testing.T) {
	text, err := os.ReadFile("testdata/methods.txt")
	if err != nil {
		t.Fatal(err)
	}
	for n, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		left, want, ok := strings.Cut(line, " -> ")
		f := strings.Fields(left)
		two, one := methods2[f[0]], methods1[f[0]]
		switch {
		case ok && two != nil:
			got := two(Of(parseArray(t, f[1])), Of(parseArray(t, f[2])))
			sameValues(t, n+1, f[0], got.p, parseArray(t, want))
		case ok:
			sameValues(t, n+1, f[0], one(Of(parseArray(t, f[1]))).p, parseArray(t, want))
		default:
			sameTypes(t, n+1, f)
		}
	}
}

func sameValues(t *testing.T, line int, name string, got, want *Value) {
	if !got.Type().Equal(want.Type()) {
		t.Errorf("line %d: %s has type %v, want %v", line, name, got.Type(), want.Type())
		return
	}
	got.Host(name)
	for i := range want.Size() {
		a, b := core.At(got, i), core.At(want, i)
		if !close(strings.ToLower(name), a, b, want.DType) || !want.Inexact() && core.Int(got, i) != core.Int(want, i) {
			t.Errorf("line %d: %s, element %d: %v, want %v", line, name, i, a, b)
		}
	}
}

// sameTypes checks a line of types: a method, its receiver, and results.
func sameTypes(t *testing.T, line int, f []string) {
	some := func(d DType) Array { return to(literal(d, 1), Shape{2}) }
	d, _ := dtype.Parse(f[1])
	if one := methods1[f[0]]; one != nil {
		if got := typeOf(func() Array { return one(some(d)) }); got != f[2] {
			t.Errorf("line %d: %s of %v is %v, want %v", line, f[0], d, got, f[2])
		}
		return
	}
	operands := []any{}
	for _, d := range dtype.All() {
		operands = append(operands, some(d))
	}
	operands = append(operands, true, 2, 2.5, 1i)
	for i, y := range operands {
		if got := typeOf(func() Array { return methods2[f[0]](some(d), y) }); got != f[2+i] {
			t.Errorf("line %d: %s of %v and %v is %v, want %v", line, f[0], d, kindOf(y), got, f[2+i])
		}
	}
}

func kindOf(y any) string {
	if a, ok := y.(Array); ok {
		return a.DType().String()
	}
	return fmt.Sprintf("%T", y)
}
