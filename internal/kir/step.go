package kir

// A Step is an algorithm that back ends have by name. Its fields say which
// variant; operands and results are those of the operation.
type Step interface{ Step() string }

// Dot is dot_general: X and Y list axes of the two operands. The result has the
// batch axes, the free axes of the first, those of the second, in order. Sums are
// made in the precision of the result's type, or in f32 for half types. Operands have
// one type, but the result may have another: wider integers, or any floating-point or
// complex type. A result of bool is whether any product is true.
type Dot struct {
	BatchX, BatchY       []int
	ContractX, ContractY []int
}

// Sort sorts all operands along Axis by the first Keys of them, lexicographically,
// stably, in JAX's total order (-0 = 0, NaN last; complex: real part, then
// imaginary part).
type Sort struct{ Axis, Keys int }

// TopK returns the K largest along the last axis, in order, and their i32 indices;
// of equal ones the first comes first.
type TopK struct{ K int }

// Cumulative accumulates along Axis: By is Add, Mul, Max, Min, or LogSumExp.
type Cumulative struct {
	By      Code
	LogSum  bool // log-sum-exp instead of By
	Axis    int
	Reverse bool
}

// Scatter combines the third operand, updates, into a copy of the first at the
// indices in the second, in the order of the index vectors. By is NoCode (set), Add, Mul, Min
// or Max. The axes are those of StableHLO's scatter with batching dimensions;
// indices, of any integer type, are in the last axis of the second operand.
//
// A window has the sizes of updates along UpdateWindow, which are those axes of the
// operand in order that are neither inserted nor batching, and size 1 along these. It
// begins at the index; at 0 along axes that no component is for. One that is partly or
// wholly out of bounds is moved to the nearest place in bounds if Clip is set, else
// left out as a whole, whether FillOrDrop is set or the program promises that there is
// none (neither).
type Scatter struct {
	By               Code
	UpdateWindow     []int // axes of updates that are of windows, increasing
	InsertedWindow   []int // axes of the operand that windows lack, increasing
	OperandBatching  []int // axes of the operand that go together, increasing …
	IndicesBatching  []int // … with these of the indices, and so of updates
	ScatterToOperand []int // operand axis of each component of an index
	Clip, FillOrDrop bool  // what happens out of bounds
}

func (Dot) Step() string        { return "dot" }
func (Sort) Step() string       { return "sort" }
func (TopK) Step() string       { return "top_k" }
func (Cumulative) Step() string { return "cumulative" }
func (Scatter) Step() string    { return "scatter" }
