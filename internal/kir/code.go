package kir

import "fmt"

// A Code is an instruction on elements. Its operands have one type unless its
// comment says otherwise, and its result has theirs.
type Code uint8

// The codes.
//
// Rarely computes what Select does. It says that the bool is seldom true, and that the
// first value is costly: a back end may skip all that nothing but first values of such
// instructions needs while their bools are false in every lane.
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
	ErfInvGiles // of f32 with XLA's bits
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
	Rarely   // Select by a bool that is seldom true
	Fma      // x·y + z, rounded once
	Threefry // key 0, key 1, count 0, count 1, all u32; u64 of the first word and the second

	// Three operands, f32: q, n and t = n + 1.5·2^20 + 254, for a multiple n of 1/8 from
	// -160 to 130, and |q| ≤ 1; or q is NaN. It is (1 + q)·2^n: where s is the entry of
	// EighthRoot, s + s·q is rounded once, and then, where the result is subnormal, again.
	Raise

	// One operand, u32, of which the three lowest bits count: Table+n finds the entry of
	// Tables[n].
	Table
)

// More codes.
const (
	// With a target type.
	Convert = Table + Code(len(Tables)) + iota
	Bitcast

	// What the Builder makes by itself.
	Constant
	LoopIndex
	Linear // an offset and multiples of integers of type Index
	Load
	Reduce
	Result // of a Reduce with several
	Param
	Piece // of what the boxes of a Cut make, that of the box which an iteration is in

	Codes // the number of codes
)

var codeNames = [Codes]string{
	"none",
	"neg", "sign", "abs", "floor", "ceil", "round_away", "round_even", "is_finite", "exp", "exp2", "expm1",
	"log", "log1p", "sqrt", "rsqrt", "cbrt", "square", "sin", "cos", "tan", "asin", "acos", "atan", "sinh",
	"cosh", "tanh", "asinh", "acosh", "atanh", "logistic", "erf", "erfc", "erf_inv_giles", "erf_inv", "lgamma", "digamma",
	"real", "imag", "conj", "not", "popcount", "clz",
	"add", "sub", "mul", "div", "rem", "max", "min", "pow", "atan2", "nextafter", "complex", "and", "or",
	"xor", "shl", "sar", "shr",
	"eq", "ne", "lt", "le", "gt", "ge",
	"select", "rarely", "fma", "threefry", "raise",
	Convert: "convert", "bitcast",
	"const", "index", "linear", "load", "reduce", "result", "param", "piece",
}

func (c Code) String() string {
	if c >= Table && c < Convert {
		return fmt.Sprintf("table%d", c-Table)
	}
	return codeNames[c]
}

// Args is the number of operands of an instruction that Emit takes, else 0.
func (c Code) Args() int {
	switch {
	case c == Threefry:
		return 4
	case c >= Select && c <= Fma || c == Raise:
		return 3
	case c >= Neg && c <= Clz || c >= Table && c < Convert:
		return 1
	case c >= Add && c <= Ge:
		return 2
	}
	return 0
}

// Test reports whether the result of c is a bool whatever its operands are.
func (c Code) Test() bool { return c == IsFinite || c >= Eq && c <= Ge }
