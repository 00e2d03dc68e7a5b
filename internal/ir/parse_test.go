package ir_test

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"gojax/internal/ad"
	"gojax/internal/batch"
	"gojax/internal/core"
	"gojax/internal/ir"
	"gojax/internal/rule"
	"gojax/lax"
)

func TestParseErrors(t *testing.T) {
	ops := resolver()
	for _, row := range []struct{ text, want string }{
		{"", `1:1: got the end, want "{"`},
		{"{ lambda", `1:9: got the end, want ";"`},
		{"{ lambda ; a:f32[3]. let in (a,) } x", `1:36: got "x" after the program, want its end`},
		{"{ lambda ; a:f33[3]. let in (a,) }", `1:14: there is no element type f33`},
		{"{ lambda ; a:f32[x]. let in (a,) }", `1:18: got "x", want an integer of type int`},
		{"{ lambda ; a:f32[3,-1]. let in (a,) }", `1:20: size is -1, want at least 0`},
		{"{ lambda ; a:f32[3] a:f32[]. let in (a,) }", `1:21: variable a is defined twice`},
		{"{ lambda ; a:f32[3]. let in (b,) }", `1:30: got "b", want a variable or a literal`},
		{"{ lambda ; a:f32[3]. let\n    b:f32[3] = sin a\n    b:f32[3] = cos a\n  in (b,) }", `3:5: variable b is defined twice`},
		{"{ lambda ; a:f32[3]. let\n    b:f32[3] = sni a\n  in (b,) }", `2:16: sni is neither an operation nor a variable defined before`},
		{"{ lambda ; a:f32[3]. let\n    b:f32[3] = add a c\n  in (b,) }", `2:22: c is neither an operation nor a variable defined before`},
		{"{ lambda ; a:f32[3]. let\n    b:f32[4] = sin a\n  in (b,) }",
			`2:5: equation 0 (sin): variable 1 has type f32[4], want f32[3], that of result 0`},
		{"{ lambda ; a:i32[3]. let b:i32[3] = add a 1.5:i32[] in (b,) }", `1:43: 1.5 is no int32`},
		{"{ lambda ; a:i8[3]. let b:i8[3] = add a 300:i8[] in (b,) }", `1:41: 300 is no int8`},
		{"{ lambda ; a:bool[3]. let b:bool[3] = and a 1:bool[] in (b,) }", `1:45: 1 is no bool`},
		{"{ lambda ; a:f32[3]. let b:f32[3] = add a 1.0:f32[3] in (b,) }", `1:43: literal has type f32[3], want a scalar`},
		{"{ lambda ; a:f32[3]. let b:f32[] = reduce_sum[axis=0] a in (b,) }", `1:47: reduce_sum has no parameter axis, or has it already`},
		{"{ lambda ; a:f32[3]. let b:f32[] = reduce_sum a in (b,) }", `1:46: reduce_sum has no value for its parameter axes`},
		{"{ lambda ; a:f32[3]. let b:f32[] = reduce_sum[axes=0] a in (b,) }", `1:52: got "0", want "("`},
		{"{ lambda ; a:f32[3]. let b:f32[3] = cumsum[axis=0 reverse=yes] a in (b,) }", `1:59: got "yes", want True or False`},
		{"{ lambda ; a:f32[3]. let b:i32[3] = convert_element_type[new_dtype=long weak_type=False] a in (b,) }",
			`1:68: there is no element type long`},
		{"{ lambda ; a:f32[3]. let b:f32[5] = pad[padding_config=((1, 1),)] a 0.0:f32[] in (b,) }",
			`1:57: got a list of 2, want 3`},
		{"{ lambda ; a:f32[3]. let b:f32[3] = jit[name=f jaxpr=g] a in (b,) }",
			`1:54: there is no program g, or it contains itself`},
		{"let g = { lambda ; a:f32[3]. let b:f32[3] = jit[name=g jaxpr=g] a in (b,) } in\n" +
			"{ lambda ; a:f32[3]. let b:f32[3] = jit[name=f jaxpr=g] a in (b,) }",
			`1:62: there is no program g, or it contains itself`},
		{"let g = { lambda ; a:f32[3]. let", `1:9: the program that begins here does not end`},
		{"{ lambda ; a:f32[3]. let b:f32[3] = jit[name=f jaxpr={ lambda ; a:f32[4]. let in (a,) }] a in (b,) }",
			`1:26: equation 0 (jit): operand 0 has type f32[3], want f32[4]`},
		{"{ lambda ; a:f32[3]. let gather[dimension_numbers=((), (), (), (), ()) fill_value=1.0] a a in () }",
			`1:83: the type of 1.0 is not known`},
		{`{ lambda ; a:f32[3]. let b:f32[3] = jit[name="f jaxpr=g] a in (b,) }`, `1:46: the string that begins here does not end`},
	} {
		f, err := ir.Parse(row.text, ops)
		if err == nil {
			t.Errorf("%s\nparsed to %v, want %s", row.text, f, row.want)
		} else if err.Error() != row.want {
			t.Errorf("%s\ngot  %v\nwant %s", row.text, err, row.want)
		}
	}
}

// Programs derived from the goldens' are the same after printing and parsing.
func TestDerivedProgramsRoundTrip(t *testing.T) {
	ops := resolver()
	for name, c := range cases {
		f := stage(c.f, c.types...)
		roundTrip(t, name, f, ops)
		if len(f.In) == 0 || len(f.Out) == 0 || name == "psum" { // whose axis is not there
			continue
		}
		all := core.All(len(f.In))
		g, _ := batch.Batched(f, rule.Axis{Size: 2}, all, nil)
		roundTrip(t, "batched "+name, g, ops)
		in := make(core.Mask, len(f.In))
		for i, u := range f.InTypes() {
			in[i] = u.Inexact()
		}
		if !in.Any() || name == "bitcast" { // which has no derivative
			continue
		}
		g, _ = ad.Push(f, in, nil)
		roundTrip(t, "jvp of "+name, g, ops)
		primal, linear, out := ad.Split(f, in, nil)
		roundTrip(t, "primal part of "+name, primal, ops)
		roundTrip(t, "linear part of "+name, linear, ops)
		if !out.Any() {
			continue
		}
		holes := make(core.Mask, len(linear.In))
		for i := len(holes) - in.Count(); i < len(holes); i++ {
			holes[i] = true
		}
		roundTrip(t, "transpose of "+name, ad.Transposed(linear, holes, core.All(len(linear.Out))), ops)
	}
}

// Complex literals are read however their parts look.
func TestComplexLiteralsRoundTrip(t *testing.T) {
	parts := []float64{0, math.Copysign(0, -1), 1.5, -2, 1e30, -1e-30, math.Inf(1), math.Inf(-1), math.NaN()}
	for _, re := range parts {
		for _, im := range parts {
			f := stage(func(x []array) []array { return []array{lax.Mul(x[0], complexNum(complex(re, im)))} }, comps)
			roundTrip(t, fmt.Sprint(re, im), f, resolver())
		}
	}
}

func roundTrip(t *testing.T, name string, f *ir.Func, ops ir.Resolver) {
	t.Helper()
	text := f.String()
	g, err := ir.Parse(text, ops)
	if err != nil {
		t.Errorf("%s: %v\n%s", name, err, text)
		return
	}
	if again := g.String(); again != text {
		t.Errorf("%s:\n%s\nafter parsing and printing\n%s", name, text, again)
	}
	if !same(f, g) {
		t.Errorf("%s: the parsed program differs from\n%s", name, text)
	}
}

// same reports whether programs differ in the numbers of their variables at most.
func same(f, g *ir.Func) bool {
	if f.Captured != g.Captured || len(f.In) != len(g.In) || len(f.Eqns) != len(g.Eqns) || len(f.Out) != len(g.Out) {
		return false
	}
	number := map[ir.Var]ir.Var{}
	equal := func(v, w []ir.Var) bool {
		if len(v) != len(w) {
			return false
		}
		for i := range v {
			switch {
			case v[i].Literal() != w[i].Literal() || !f.Type(v[i]).Equal(g.Type(w[i])):
				return false
			case v[i].Literal():
				x, y := core.Slice[byte](f.Lits[^v[i]].Buf), core.Slice[byte](g.Lits[^w[i]].Buf)
				if !reflect.DeepEqual(x, y) {
					return false
				}
			default:
				if n, ok := number[v[i]]; ok && n != w[i] {
					return false
				}
				number[v[i]] = w[i]
			}
		}
		return true
	}
	if !equal(f.In, g.In) {
		return false
	}
	for i, e := range f.Eqns {
		h := g.Eqns[i]
		if !equal(e.In, h.In) || !equal(e.Out, h.Out) || !sameOp(e.Op, h.Op) {
			return false
		}
	}
	return equal(f.Out, g.Out)
}

func sameOp(x, y core.Op) bool {
	if c, ok := x.(ir.Caller); ok {
		d, ok := y.(ir.Caller)
		return ok && same(c.Program(), d.Program())
	}
	return reflect.TypeOf(x) == reflect.TypeOf(y) && ir.OpText(x) == ir.OpText(y)
}

// Whatever the text is, Parse returns, and what it accepts prints as what it accepts.
func FuzzParse(f *testing.F) {
	ops := resolver()
	for _, c := range cases {
		f.Add(stage(c.f, c.types...).String())
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := ir.Parse(text, ops)
		if err != nil {
			return
		}
		roundTrip(t, "fuzz", p, ops)
	})
}

// No variable of a long program is called by a word of the syntax.
func TestLongProgramRoundTrips(t *testing.T) {
	f := stage(one(times(12000, lax.Neg)), scalar)
	text := f.String()
	for _, word := range []string{"\n    in:", "\n    let:", "\n    inf:", "\n    nan:"} {
		if strings.Contains(text, word) {
			t.Errorf("a variable is called %q", word)
		}
	}
	g, err := ir.Parse(text, resolver())
	if err != nil || !same(f, g) {
		t.Errorf("got another program; error %v", err)
	}
}
