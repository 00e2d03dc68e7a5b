// Package dtype has the element types of arrays: their names, sizes and kinds
// (dtype.go), which type a mixture of them has (promote.go), and the arithmetic of
// the two 16-bit floating-point types (half.go).
package dtype

// A Type is an element type. The zero Type is none.
type Type uint8

// The element types.
const (
	Invalid Type = iota
	Bool
	Int8
	Int16
	Int32
	Int64
	Uint8
	Uint16
	Uint32
	Uint64
	Float16
	BFloat16
	Float32
	Float64
	Complex64
	Complex128
	Count // the number of types, Invalid included
)

// A Kind groups types that behave alike.
type Kind uint8

// The kinds, in the order in which they are promoted.
const (
	None Kind = iota
	BoolKind
	UintKind
	IntKind
	FloatKind
	ComplexKind
)

var info = [Count]struct {
	name, short string
	kind        Kind
	size        uint8
}{
	Invalid:    {"invalid", "invalid", None, 0},
	Bool:       {"bool", "bool", BoolKind, 1},
	Int8:       {"int8", "i8", IntKind, 1},
	Int16:      {"int16", "i16", IntKind, 2},
	Int32:      {"int32", "i32", IntKind, 4},
	Int64:      {"int64", "i64", IntKind, 8},
	Uint8:      {"uint8", "u8", UintKind, 1},
	Uint16:     {"uint16", "u16", UintKind, 2},
	Uint32:     {"uint32", "u32", UintKind, 4},
	Uint64:     {"uint64", "u64", UintKind, 8},
	Float16:    {"float16", "f16", FloatKind, 2},
	BFloat16:   {"bfloat16", "bf16", FloatKind, 2},
	Float32:    {"float32", "f32", FloatKind, 4},
	Float64:    {"float64", "f64", FloatKind, 8},
	Complex64:  {"complex64", "c64", ComplexKind, 8},
	Complex128: {"complex128", "c128", ComplexKind, 16},
}

// known returns t, or Invalid if t is beyond the types that there are.
func (t Type) known() Type {
	if t >= Count {
		return Invalid
	}
	return t
}

// IsValid reports whether t is one of the types.
func (t Type) IsValid() bool { return t.known() != Invalid }

// String returns the short name, as in f32[3].
func (t Type) String() string { return info[t.known()].short }

// Name returns NumPy's name, such as float32.
func (t Type) Name() string { return info[t.known()].name }

// Size returns the bytes of one element; a bool takes one.
func (t Type) Size() int { return int(info[t.known()].size) }

// Kind returns the type's kind.
func (t Type) Kind() Kind { return info[t.known()].kind }

// Bits returns the width in bits; that of bool is 1.
func (t Type) Bits() int {
	if t == Bool {
		return 1
	}
	return 8 * t.Size()
}

// IsInt reports whether t is a signed or unsigned integer type; bool is not.
func (t Type) IsInt() bool { return t.Kind() == IntKind || t.Kind() == UintKind }

// IsSigned reports whether t is a signed integer type.
func (t Type) IsSigned() bool { return t.Kind() == IntKind }

// IsUnsigned reports whether t is an unsigned integer type.
func (t Type) IsUnsigned() bool { return t.Kind() == UintKind }

// IsFloat reports whether t is a real floating-point type.
func (t Type) IsFloat() bool { return t.Kind() == FloatKind }

// IsComplex reports whether t is a complex type.
func (t Type) IsComplex() bool { return t.Kind() == ComplexKind }

// IsInexact reports whether t is a real or complex floating-point type: the
// types that have derivatives.
func (t Type) IsInexact() bool { return t.Kind() >= FloatKind }

// IsHalf reports whether t is one of the two 16-bit floating-point types.
func (t Type) IsHalf() bool { return t == Float16 || t == BFloat16 }

// Real returns the type of the real part: that of a complex type is a float
// type, that of any other is itself.
func (t Type) Real() Type {
	switch t {
	case Complex64:
		return Float32
	case Complex128:
		return Float64
	}
	return t
}

// Complex returns the complex type whose parts can hold t.
func (t Type) Complex() Type {
	if t == Float64 || t == Complex128 {
		return Complex128
	}
	return Complex64
}

// Parse returns the type with the given short or long name.
func Parse(name string) (Type, bool) {
	for t := Bool; t < Count; t++ {
		if info[t].name == name || info[t].short == name {
			return t, true
		}
	}
	return Invalid, false
}

// All lists the types.
func All() []Type {
	all := make([]Type, 0, Count-1)
	for t := Bool; t < Count; t++ {
		all = append(all, t)
	}
	return all
}
