package kir

// A Code is an instruction on elements. Its operands have one type unless its
// comment says otherwise, and its result has theirs.
type Code uint8

// The codes.
const (
	NoCode Code = iota

	// One operand.
	Neg
	Sign
	Abs // of a complex number: its magnitude, a real number
	Floor
	Ceil
	RoundAway // halves away from zero
	RoundEven // halves to even
	IsFinite  // bool
	Exp
	Exp2
	Expm1
	Log
	Log1p
	Sqrt
	Rsqrt
	Cbrt
	Square
	Sin
	Cos
	Tan
	Asin
	Acos
	Atan
	Sinh
	Cosh
	Tanh
	Asinh
	Acosh
	Atanh
	Logistic
	Erf
	Erfc
	ErfInv
	Lgamma
	Digamma
	Real // of a complex number
	Imag
	Conj
	Not // bitwise; of bool: logical
	PopulationCount
	Clz

	// Two operands.
	Add
	Sub
	Mul
	Div
	Rem
	Max
	Min
	Pow
	Atan2
	NextAfter
	MakeComplex // of two real numbers
	And
	Or
	Xor
	ShiftLeft
	ShiftRightArithmetic
	ShiftRightLogical

	// Two operands, bool result.
	Eq
	Ne
	Lt
	Le
	Gt
	Ge

	// Three and more.
	Select   // bool, then two of one type: the first where true
	Fma      // x·y + z, rounded once
	Threefry // key 0, key 1, count 0, count 1, all u32; u64 of the first word and the second

	// With a target type.
	Convert
	Bitcast

	Codes // the number of codes
)
