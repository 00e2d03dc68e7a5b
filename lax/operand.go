package lax

import (
	"slices"

	"gojax/internal/core"
	"gojax/internal/dtype"
)

// number is a Go number or bool that a user passed as an operand: its type
// adapts to that of the array it meets.
type number struct {
	kind dtype.Kind
	i    int64
	c    complex128 // for all kinds but integers beyond 2⁵³, the value
	big  bool       // a uint64 beyond int64: i wraps
}

// numberOf returns y as a number, if it is one.
func numberOf(y any) (n number, ok bool) {
	integer := func(i int64) (number, bool) { return intNumber(i), true }
	float := func(f float64) (number, bool) { return number{kind: dtype.FloatKind, c: complex(f, 0)}, true }
	switch y := y.(type) {
	case int:
		return integer(int64(y))
	case float64:
		return float(y)
	case float32:
		return float(float64(y))
	case bool:
		if y {
			return number{kind: dtype.BoolKind, i: 1, c: 1}, true
		}
		return number{kind: dtype.BoolKind}, true
	case int8:
		return integer(int64(y))
	case int16:
		return integer(int64(y))
	case int32:
		return integer(int64(y))
	case int64:
		return integer(y)
	case uint8:
		return integer(int64(y))
	case uint16:
		return integer(int64(y))
	case uint32:
		return integer(int64(y))
	case uint:
		n, _ := integer(int64(y))
		n.c, n.big = complex(float64(y), 0), int64(y) < 0
		return n, true
	case uint64:
		n, _ := integer(int64(y))
		n.c, n.big = complex(float64(y), 0), int64(y) < 0
		return n, true
	case complex64:
		return number{kind: dtype.ComplexKind, c: complex128(y)}, true
	case complex128:
		return number{kind: dtype.ComplexKind, c: y}, true
	}
	return number{}, false
}

func intNumber(i int64) number {
	return number{kind: dtype.IntKind, i: i, c: complex(float64(i), 0)}
}

// as returns n as a literal of type t, which must be able to hold an integer.
func (n number) as(what string, t DType) Array {
	v := scalar(what, t)
	switch {
	case n.kind == dtype.IntKind && t.IsInt():
		if n.big && t != dtype.Uint64 || !n.big && !dtype.Fits(n.i, t) {
			if n.big {
				panic(core.Errorf(what, "the number %d is out of the range of %v", uint64(n.i), t))
			}
			panic(core.Errorf(what, "the number %d is out of the range of %v", n.i, t))
		}
		core.PutInt(v, 0, n.i)
	case n.kind == dtype.BoolKind:
		core.PutInt(v, 0, n.i)
	default:
		core.Put(v, 0, n.c)
	}
	return Of(v)
}

// literal returns the number x as a literal of type t.
func literal(t DType, x float64) Array {
	v := scalar("", t)
	core.Put(v, 0, complex(x, 0))
	return Of(v)
}

// scalar returns a literal of type t that is yet to be set.
func scalar(what string, t DType) *Value {
	if !t.IsValid() {
		panic(core.Errorf(what, "the element type is invalid (the zero DType), want one such as jax.Float32"))
	}
	v := core.New(Type{DType: t}, Device())
	return v.SetLiteral()
}

// Number returns the scalar x of type t, a part of the program where it is traced.
func Number(t DType, x float64) Array { return literal(t, x) }

// weak is the type of a number that meets no array.
func (n number) weak() DType {
	switch n.kind {
	case dtype.BoolKind:
		return dtype.Bool
	case dtype.IntKind:
		return dtype.Int32
	case dtype.FloatKind:
		return dtype.Float32
	}
	return dtype.Complex64
}

// Operand returns what a user passed for an array: an Array, a Go number, or a
// slice of them, nested too. what names the function for errors.
func Operand(what string, y any) Array {
	if x, ok := y.(Array); ok {
		if x.p == nil {
			panic(core.Errorf(what, "an operand is absent (the zero Array)"))
		}
		return x
	}
	if n, ok := numberOf(y); ok {
		return n.as(what, n.weak())
	}
	return fromAny(what, y)
}

// OperandAs is Operand with element type t. A Go number is converted at once, not by
// way of the type that it has alone; integers must be in the range of t.
func OperandAs(what string, y any, t DType) Array {
	n, ok := numberOf(y)
	switch {
	case !ok:
		return Operand(what, y).Astype(t)
	case n.kind == dtype.ComplexKind && !t.IsComplex() && t != dtype.Bool:
		panic(core.Errorf(what, "the number is %v, want a real one for %v", n.c, t))
	}
	return n.as(what, t)
}

// Promote returns operands with one element type, that of their mixture by JAX's
// rules; Go numbers adapt.
func Promote(what string, in ...any) []Array {
	out := make([]Array, len(in))
	var types []DType
	var numbers []dtype.Kind
	for i, y := range in {
		if n, ok := numberOf(y); ok {
			numbers = append(numbers, n.kind)
			continue
		}
		out[i] = Operand(what, y)
		types = append(types, out[i].p.DType)
	}
	if len(types)+len(numbers) == 0 {
		return nil
	}
	t := dtype.PromoteMixed(types, numbers)
	for i, y := range in {
		if out[i].p == nil {
			n, _ := numberOf(y)
			out[i] = n.as(what, t)
		}
		out[i] = Convert(out[i], t)
	}
	return out
}

// PromoteInexact is Promote to a floating or complex type: integers become floats,
// those of 64 bits f64 and others f32.
func PromoteInexact(what string, in ...any) []Array {
	out := Promote(what, in...)
	for i := range out {
		out[i] = Inexact(out[i])
	}
	return out
}

// Promote2 is Promote and Broadcast of two operands.
func Promote2(what string, x, y any) (Array, Array) {
	if a, ok := x.(Array); ok {
		return promote2(what, a, y)
	}
	if b, ok := y.(Array); ok {
		b, a := promote2(what, b, x)
		return a, b
	}
	in := Broadcast(what, Promote(what, x, y)...)
	return in[0], in[1]
}

// promote2 is Promote2 whose usual cases, equal types and a number, are fast.
func promote2(what string, x Array, y any) (Array, Array) {
	if x.p == nil {
		panic(core.Errorf(what, "an operand is absent (the zero Array)"))
	}
	switch y := y.(type) {
	case Array:
		if y.p != nil && x.p.DType == y.p.DType &&
			(x.Rank() == 0 || y.Rank() == 0 || slices.Equal(x.p.Shape, y.p.Shape)) {
			return x, y
		}
	case int:
		if x.p.DType != dtype.Bool {
			return x, intNumber(int64(y)).as(what, x.p.DType)
		}
	case float64:
		if x.p.DType.IsInexact() {
			return x, literal(x.p.DType, y)
		}
	}
	in := Broadcast(what, Promote(what, x, y)...)
	return in[0], in[1]
}

// Broadcast returns operands with one shape by NumPy's rules. Scalars stay
// scalars, for elementwise operations take them.
func Broadcast(what string, in ...Array) []Array {
	shape, err := BroadcastShapes(shapes(in)...)
	if err != nil {
		panic(core.Errorf(what, "operands have %w", err))
	}
	for i, x := range in {
		if x.Rank() > 0 {
			in[i] = BroadcastTo(x, shape)
		}
	}
	return in
}

func shapes(in []Array) []Shape {
	s := make([]Shape, len(in))
	for i, x := range in {
		s[i] = x.Shape()
	}
	return s
}
