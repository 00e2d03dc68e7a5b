package cpu_test

import (
	"bytes"
	"math"
	"math/cmplx"
	"testing"

	"gojax/internal/core"
	"gojax/internal/cpu"
	"gojax/internal/dtype"
	"gojax/internal/ir"
	"gojax/internal/rule"
	"gojax/lax"
)

// special are numbers at which functions are often wrong.
var special = []float64{0, math.Copysign(0, -1), 1, -1, 0.5, -0.5, 2, 3, -3, 7.25, 0.1, -0.9, 1e-7, 20, -20, 100, 1e6, -1e6,
	math.Inf(1), math.Inf(-1), math.NaN(), 1e-40, 127, 128, 255, 256, 32767, 65535, 1e9, -1e9, 1e19}

// numbers returns an array of special numbers, in an order that the shift varies.
func numbers(d dtype.Type, n, shift int) *core.Value {
	v := core.New(core.Of(d, n), cpu.Default())
	for i := range n {
		x := special[(i*shift+i/len(special))%len(special)]
		z := complex(x, 0)
		if d.IsComplex() {
			z = complex(x, special[(i*5+3)%len(special)])
		}
		if d.IsInt() {
			info := dtype.IInfo(d)
			if x != x {
				x = 5
			}
			z = complex(math.Trunc(max(min(x, float64(info.Max/2)), float64(info.Min/2))), 0)
		}
		core.Put(v, i, z)
	}
	return v
}

// TestInstructions compares every elementwise operation on every type, at once and in
// a program, small and large, with its definition.
func TestInstructions(t *testing.T) {
	for _, op := range lax.Ops() {
		e, ok := op.(rule.Elementwise)
		if !ok {
			continue
		}
		n := e.Code().Args()
		for _, d := range dtype.All() {
			types := make([]core.Type, n)
			for i := range types {
				types[i] = core.Of(d, 5000)
			}
			out, err := op.Infer(types)
			if err != nil {
				continue
			}
			in := make([]*core.Value, n)
			for i := range in {
				in[i] = numbers(d, 5000, 1+6*i)
			}
			want := op.Eval(in)[0]
			f := &ir.Func{}
			for _, t := range types {
				f.In = append(f.In, f.NewVar(t))
			}
			f.Out = []ir.Var{f.NewVar(out[0])}
			f.Eqns = []ir.Eqn{{Op: op, In: f.In, Out: f.Out}}
			large := core.Run(op, cpu.Default(), in)[0]
			program := core.Run(called{f: f}, cpu.Default(), in)[0]
			if !bytes.Equal(data(large), data(program)) {
				t.Errorf("%v of %v: the program has other bits", op, d)
			}
			part := make([]*core.Value, n)
			for i := range part {
				part[i] = lax.Slice(lax.Of(in[i]), []int{0}, []int{1000}, []int{1}).Value()
			}
			small := core.Run(op, cpu.Default(), part)[0]
			if !bytes.Equal(data(large)[:len(data(small))], data(small)) {
				t.Errorf("%v of %v: small arrays have other bits", op, d)
			}
			bad := 0
			for i := range 1000 {
				x, y := core.At(large, i), core.At(want, i)
				if op.String() == "digamma" && math.Abs(real(x-y)) <= dtype.FInfo(d).Eps {
					continue // next to its zeros
				}
				if d == dtype.Complex128 && op.String() != "square" && cmplx.Abs(x-y) <= 8*dtype.FInfo(d).Eps*cmplx.Abs(y) {
					continue // the parts are made of each other
				}
				if !close1(real(x), real(y), out[0].DType) || !close1(imag(x), imag(y), out[0].DType) {
					if bad++; bad < 4 {
						args := make([]complex128, n)
						for k := range args {
							args[k] = core.At(in[k], i)
						}
						t.Errorf("%v of %v: %v gives %v, want %v", op, d, args, x, y)
					}
				}
			}
		}
	}
}

// close1 reports whether x and y are the same to rounding.
func close1(x, y float64, d dtype.Type) bool {
	if x != x || y != y {
		return x != x && y != y
	}
	if x == y {
		return math.Signbit(x) == math.Signbit(y)
	}
	if !d.IsInexact() {
		return false
	}
	info := dtype.FInfo(d)
	return math.Abs(x-y) <= 4*info.Eps*math.Abs(y)+4*info.SmallestSubnormal
}
