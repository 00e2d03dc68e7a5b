package lax

import (
	"fmt"
	"math"
	"math/cmplx"
	"math/rand/v2"
	"testing"

	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/internal/rule"
)

// differentiable lists the elementwise operations with tangents, and the types of
// their operands.
func differentiable() map[string]struct {
	op core.Op
	in []Type
} {
	type c = struct {
		op core.Op
		in []Type
	}
	all := map[string]c{}
	add := func(op core.Op, in ...Type) { all[fmt.Sprintf("%s%v", op, in)] = c{op, in} }
	scalar := func(d DType) Type { return core.Of(d) }
	for _, d := range []DType{dtype.Float64, dtype.Complex128} {
		x := core.Of(d, 4)
		for op := range unaryCount {
			if unaries[op].takes.has(d) {
				add(op, x)
			}
		}
		for op := range binaryCount {
			if b := &binaries[op]; b.takes.has(d) && b.dx != nil && !(d.IsComplex() && (op == maximum || op == minimum)) {
				add(op, x, x)
				add(op, x, scalar(d))
				add(op, scalar(d), x)
			}
		}
		for _, n := range []int{-3, -1, 0, 1, 2, 3, 6} {
			all[fmt.Sprint("integer_pow", n, d)] = c{integerPow{n}, []Type{x}}
		}
		add(pow{}, x, x)
		add(pow{}, scalar(d), x)
		add(pow{}, x, core.Of(dtype.Int32, 4))
		add(selectN{}, core.Of(dtype.Bool, 4), x, x)
		add(selectN{}, core.Of(dtype.Bool, 4), scalar(d), x)
		add(selectN{}, core.Of(dtype.Bool), x, x)
		add(selectN{}, core.Of(dtype.Int8, 4), x, scalar(d), x)
		all[fmt.Sprint("convert", d)] = c{convertElementType{NewDtype: dtype.Float64}, []Type{x}}
		all[fmt.Sprint("convert to complex", d)] = c{convertElementType{NewDtype: dtype.Complex128}, []Type{x}}
	}
	f := core.Of(dtype.Float64, 4)
	add(conj{dtype.Complex128}, core.Of(dtype.Complex128, 4))
	add(complexOf{}, f, f)
	add(complexOf{}, scalar(dtype.Float64), f)
	add(clamp{}, f, f, f)
	add(clamp{}, scalar(dtype.Float64), f, scalar(dtype.Float64))
	return all
}

// sample returns an array with elements in an interval.
func sample(r *rand.Rand, t Type, in Interval) *Value {
	if in == (Interval{}) {
		in = Interval{-1.6, 1.6}
	}
	part := func() float64 { return in.Lo + (in.Hi-in.Lo)*r.Float64() }
	v := newLike(t)
	for i := range v.Size() {
		x := complex(part(), 0)
		if t.DType.IsComplex() {
			x = complex(real(x), part())
		}
		core.Put(v, i, x)
	}
	return v
}

func sampleAll(r *rand.Rand, op core.Op, types []Type) []*Value {
	in := make([]*Value, len(types))
	for i, t := range types {
		domain := Interval{}
		if s, ok := op.(Sampled); ok && !t.DType.IsComplex() { // all four quadrants
			domain = s.Domain(i)
		}
		in[i] = sample(r, t, domain)
	}
	return in
}

// move returns x + h·t.
func move(x, t *Value, h float64) *Value {
	y := newLike(x.Type())
	for i := range y.Size() {
		core.Put(y, i, core.At(x, i)+complex(h, 0)*core.At(t, i))
	}
	return y
}

func TestElementwiseTangents(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 33))
	const h = 1e-5
	for name, c := range differentiable() {
		in := sampleAll(r, c.op, c.in)
		y := c.op.Eval(in)
		for operand := range in {
			if !c.in[operand].Inexact() {
				continue
			}
			tangents := make([]*Value, len(in))
			tangents[operand] = sample(r, c.in[operand], Interval{})
			got := c.op.(rule.Differentiable).JVP(in, y, tangents)
			moved := func(h float64) *Value {
				at := append([]*Value{}, in...)
				at[operand] = move(in[operand], tangents[operand], h)
				return c.op.Eval(at)[0]
			}
			up, down := moved(h), moved(-h)
			if got == nil || len(got) != 1 {
				t.Errorf("%s: no tangent of operand %d", name, operand)
				continue
			}
			if got[0] != nil && !got[0].Type().Equal(y[0].Type()) {
				t.Errorf("%s: tangent of operand %d has type %v, want %v", name, operand, got[0].Type(), y[0].Type())
				continue
			}
			for i := range y[0].Size() {
				want, dot := (core.At(up, i)-core.At(down, i))/(2*h), 0i
				if got[0] != nil {
					dot = core.At(got[0], i)
				}
				if !(cmplx.Abs(dot-want) <= 1e-6*max(1, cmplx.Abs(want))) {
					t.Errorf("%s: tangent of operand %d at %v is %v, want %v", name, operand, core.At(in[operand], i%in[operand].Size()), dot, want)
				}
			}
		}
	}
}

// TestElementwiseTransposes holds Re⟨ct, J t⟩ = Re⟨Jᵀ ct, t⟩.
func TestElementwiseTransposes(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	checked := 0
	for name, c := range differentiable() {
		op, ok := c.op.(rule.Linear)
		if u, is := c.op.(unary); !ok || is && unaries[u].back == nil {
			continue
		}
		in := sampleAll(r, c.op, c.in)
		y := c.op.Eval(in)[0]
		for operand := range in {
			if b, is := c.op.(binary); is && !b.linear(operand) || !c.in[operand].Inexact() {
				continue
			}
			tangents := make([]*Value, len(in))
			tangents[operand] = sample(r, c.in[operand], Interval{})
			ct := sample(r, y.Type(), Interval{})
			holes := append([]*Value{}, in...)
			holes[operand] = core.Hole(c.in[operand])
			back := op.Transpose([]*Value{ct}, holes)[operand]
			if !back.Type().Equal(c.in[operand]) {
				t.Errorf("%s: cotangent of operand %d has type %v, want %v", name, operand, back.Type(), c.in[operand])
				continue
			}
			out := c.op.(rule.Differentiable).JVP(in, []*Value{y}, tangents)[0]
			if a, b := inner(ct, out), inner(back, tangents[operand]); math.Abs(a-b) > 1e-12 {
				t.Errorf("%s: operand %d: ⟨ct, J t⟩ = %v and ⟨Jᵀ ct, t⟩ = %v", name, operand, a, b)
			}
			checked++
		}
	}
	if checked < 30 {
		t.Errorf("checked %d transposes", checked)
	}
}

func (op binary) linear(operand int) bool { return binaries[op].linear[operand] }

func inner(x, y *Value) (sum float64) {
	for i := range x.Size() {
		sum += real(core.At(x, i) * core.At(y, i))
	}
	return sum
}

// TestKinks has JAX's derivatives (measured) where there is none.
func TestKinks(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	f := func(x float64) Array { return Number(dtype.Float64, x) }
	i := func(x int) Array { return Number(dtype.Int32, float64(x)) }
	for _, c := range []struct {
		op   core.Op
		in   []Array
		want []float64 // by operand
	}{
		{abs, []Array{f(0)}, []float64{1}},
		{sqrt, []Array{f(0)}, []float64{inf}},
		{maximum, []Array{f(1), f(1)}, []float64{0.5, 0.5}},
		{maximum, []Array{f(0), f(math.Copysign(0, -1))}, []float64{0.5, 0.5}},
		{maximum, []Array{f(nan), f(1)}, []float64{0, 0}},
		{minimum, []Array{f(1), f(1)}, []float64{0.5, 0.5}},
		{pow{}, []Array{f(0), f(2)}, []float64{0, 0}},
		{pow{}, []Array{f(0), f(1)}, []float64{1, 0}},
		{pow{}, []Array{f(0), f(0)}, []float64{nan, 0}},
		{pow{}, []Array{f(0), f(-1)}, []float64{-inf, nan}},
		{pow{}, []Array{f(0), f(0.5)}, []float64{inf, 0}},
		{pow{}, []Array{f(-2), f(2)}, []float64{-4, nan}},
		{pow{}, []Array{f(0), i(0)}, []float64{0}},
		{pow{}, []Array{f(0), i(1)}, []float64{1}},
		{pow{}, []Array{f(-2), i(-3)}, []float64{-0.1875}},
		{clamp{}, []Array{f(0), f(-1), f(1)}, []float64{1, 0, 0}},
		{clamp{}, []Array{f(0), f(0), f(1)}, []float64{0, 0, 0}},
		{clamp{}, []Array{f(0), f(0.5), f(1)}, []float64{0, 1, 0}},
		{clamp{}, []Array{f(0), f(1), f(1)}, []float64{0, 0, 0}},
		{clamp{}, []Array{f(0), f(2), f(1)}, []float64{0, 0, 1}},
	} {
		in := make([]*Value, len(c.in))
		for k, x := range c.in {
			in[k] = x.p
		}
		for k, want := range c.want {
			tangents := make([]*Value, len(in))
			tangents[k] = f(1).p
			got := real(core.At(c.op.(rule.Differentiable).JVP(in, c.op.Eval(in), tangents)[0], 0))
			if got != want && !(got != got && want != want) {
				t.Errorf("%s%v: derivative in operand %d is %v, want %v", c.op, in, k, got, want)
			}
		}
	}
}
