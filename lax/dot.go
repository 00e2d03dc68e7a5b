package lax

import (
	"fmt"
	"slices"
	"strings"

	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/internal/kir"
	"gojax/internal/rule"
)

// dotGeneral multiplies over the contracting axes and goes along the batch axes of
// its operands together. The result has the batch axes, then the free axes of the
// first operand, then those of the second.
type dotGeneral struct {
	DimensionNumbers     DotDimensionNumbers
	PreferredElementType DType // of the result
}

// DotDimensionNumbers lists axes of the two operands of a product, in pairs.
type DotDimensionNumbers struct{ Contract, Batch [2][]int }

// DotGeneral returns the sums of products of x and y over pairs of contracting axes,
// for each index of the pairs of batch axes. The result's axes are the batch axes,
// the other axes of x, and the other axes of y. Operands have one element type; the
// result has preferred, which must be able to hold it, or the same if that is zero.
func DotGeneral(x, y Array, contract, batch [2][]int, preferred DType) Array {
	if preferred == dtype.Invalid && x.p != nil {
		preferred = x.p.DType
	}
	return bind(dotGeneral{DotDimensionNumbers{contract, batch}, preferred}, x, y)
}

// Dot contracts the last axis of x with the first of y. Both have one or two axes.
func Dot(x, y Array) Array {
	x, y = Operand("dot", x), Operand("dot", y)
	if r, s := x.Rank(), y.Rank(); r < 1 || r > 2 || s < 1 || s > 2 {
		panic(core.Errorf("dot", "operands have types %v and %v, want one or two axes: see DotGeneral", x.Type(), y.Type()))
	}
	return DotGeneral(x, y, [2][]int{{x.Rank() - 1}, {0}}, [2][]int{}, dtype.Invalid)
}

// String writes the axes as JAX does: (([1], [0]), ([], [])).
func (d DotDimensionNumbers) String() string {
	return fmt.Sprintf("((%s, %s), (%s, %s))", ints(d.Contract[0]), ints(d.Contract[1]), ints(d.Batch[0]), ints(d.Batch[1]))
}

func (dotGeneral) String() string { return "dot_general" }

// Operands is how many there are.
func (dotGeneral) Operands() int { return 2 }

// Step names the algorithm.
func (op dotGeneral) Step() kir.Step {
	d := op.DimensionNumbers
	return kir.Dot{BatchX: d.Batch[0], BatchY: d.Batch[1], ContractX: d.Contract[0], ContractY: d.Contract[1]}
}

// free lists the axes of operand i, of the given rank, that the result keeps from it
// alone.
func (op dotGeneral) free(i, rank int) []int {
	return without(rank, slices.Concat(op.DimensionNumbers.Batch[i], op.DimensionNumbers.Contract[i]))
}

func (op dotGeneral) Infer(in []Type) ([]Type, error) {
	x, y, d := in[0], in[1], op.DimensionNumbers
	for i, t := range in {
		named := slices.Concat(d.Batch[i], d.Contract[i])
		slices.Sort(named)
		for j, a := range named {
			if a < 0 || a >= t.Rank() || j > 0 && a == named[j-1] {
				return nil, fmt.Errorf("the axes of operand %d are %v (batch) and %v (contracting), want different axes of %v",
					i, d.Batch[i], d.Contract[i], t)
			}
		}
	}
	for _, pair := range [...]struct {
		what string
		axes [2][]int
	}{{"batch", d.Batch}, {"contracting", d.Contract}} {
		if len(pair.axes[0]) != len(pair.axes[1]) {
			return nil, fmt.Errorf("%s axes are %v and %v, want as many of each operand", pair.what, pair.axes[0], pair.axes[1])
		}
		if p, q := at(x.Shape, pair.axes[0]), at(y.Shape, pair.axes[1]); !slices.Equal(p, q) {
			return nil, fmt.Errorf("%s axes have sizes %v and %v (of %v and %v), want equal sizes", pair.what, p, q, x, y)
		}
	}
	if x.DType != y.DType {
		return nil, fmt.Errorf("operands have types %v and %v, want one element type", x, y)
	}
	if p := op.PreferredElementType; !sumsIn(x.DType, p) {
		return nil, fmt.Errorf("the preferred element type is %v, want one that holds sums of %v", p, x.DType)
	}
	shape := slices.Concat(at(x.Shape, d.Batch[0]), at(x.Shape, op.free(0, x.Rank())), at(y.Shape, op.free(1, y.Rank())))
	return []Type{core.Of(op.PreferredElementType, shape...)}, nil
}

// sumsIn reports whether sums of elements of type t may have type sum: no integer
// becomes narrower, no fraction an integer and no complex number real.
func sumsIn(t, sum DType) bool {
	switch {
	case t == sum:
		return true
	case t.IsInt() && sum.IsInt():
		return sum.Size() >= t.Size()
	}
	return t != dtype.Bool && sum.IsInexact() && (sum.IsComplex() || !t.IsComplex())
}

func (op dotGeneral) Eval(in []*Value) []*Value {
	types, _ := op.Infer(core.Types(in))
	z, d := newLike(types[0]), op.DimensionNumbers
	var free, from [2][]int
	for i, x := range in {
		free[i], from[i] = op.free(i, x.Rank()), make([]int, x.Rank())
	}
	index := make([]int, z.Rank())
	for n := range z.Size() {
		rest := index[len(d.Batch[0]):]
		for i := range in {
			put(from[i], d.Batch[i], index)
			put(from[i], free[i], rest)
			rest = rest[len(free[i]):]
		}
		op.sum(z, n, in, from)
		next(index, z.Shape)
	}
	return []*Value{z}
}

// sum sets element n of z to the sum of products of elements of x, at all indices of
// the contracting axes.
func (op dotGeneral) sum(z *Value, n int, x []*Value, index [2][]int) {
	contract := op.DimensionNumbers.Contract
	sizes := at(x[0].Shape, contract[0])
	var float complex128
	var whole int64
	k := make([]int, len(sizes))
	for range core.Size(sizes) {
		put(index[0], contract[0], k)
		put(index[1], contract[1], k)
		i, j := offset(index[0], x[0].Shape), offset(index[1], x[1].Shape)
		if z.DType.IsInexact() {
			float += core.At(x[0], i) * core.At(x[1], j)
		} else {
			whole += core.Int(x[0], i) * core.Int(x[1], j)
		}
		next(k, sizes)
	}
	if z.DType.IsInexact() {
		core.Put(z, n, float)
	} else {
		core.PutInt(z, n, whole) // of bool: whether a product was true
	}
}

// put sets s[i] for i in some.
func put[T any](s []T, some []int, to []T) {
	for i, a := range some {
		s[a] = to[i]
	}
}

func (op dotGeneral) JVP(x, y, t []*Value) []*Value {
	var dx, dy *Value
	if t[0] != nil {
		dx = Bind(op, t[0], x[1])[0]
	}
	if t[1] != nil {
		dy = Bind(op, x[0], t[1])[0]
	}
	return []*Value{Sum(dx, dy)}
}

func (op dotGeneral) Transpose(ct, x []*Value) []*Value {
	if core.IsHole(x[0]) {
		return []*Value{op.pull(0, Of(ct[0]), x[0].Type(), Of(x[1])).p, nil}
	}
	return []*Value{nil, op.pull(1, Of(ct[0]), x[1].Type(), Of(x[0])).p}
}

// pull maps the cotangent c of the result to that of operand i, of type t, given the
// other operand. It contracts c with it over the axes that the result has from it,
// and is left with three groups of axes: the batch axes, the free ones of operand i,
// and those that were contracted, in the order in which the other operand has them.
func (op dotGeneral) pull(i int, c Array, t Type, other Array) Array {
	d, o := op.DimensionNumbers, 1-i
	free, otherFree := op.free(i, t.Rank()), op.free(o, other.Rank())
	shared := axes(0, len(d.Batch[0]))
	before := len(shared) // axes of c before those from the other operand
	if i == 0 {
		before += len(free)
	}
	fromOther := axes(before, before+len(otherFree))
	contracted := slices.Clone(d.Contract[i])
	slices.SortFunc(contracted, func(a, b int) int {
		return d.Contract[o][slices.Index(d.Contract[i], a)] - d.Contract[o][slices.Index(d.Contract[i], b)]
	})
	sum := dtype.Promote(c.DType(), other.DType())
	back := DotGeneral(Convert(c, sum), Convert(other, sum),
		[2][]int{fromOther, otherFree}, [2][]int{shared, d.Batch[o]}, sum)
	return Convert(permute(back, inverse(slices.Concat(d.Batch[i], free, contracted))), t.DType)
}

// Batch makes the new axis one more batch axis if both operands have it, else one
// more free axis of the operand that does.
func (op dotGeneral) Batch(a rule.Axis, x []*Value, stacked core.Mask) ([]*Value, core.Mask) {
	d := op.DimensionNumbers
	for i, on := range stacked {
		if on {
			d.Batch[i], d.Contract[i] = shift(d.Batch[i]), shift(d.Contract[i])
		}
	}
	if stacked[0] && stacked[1] {
		for i := range x {
			d.Batch[i] = append([]int{0}, d.Batch[i]...)
		}
		return Bind(dotGeneral{d, op.PreferredElementType}, x...), core.Mask{true}
	}
	before := len(d.Batch[0]) // axes of the result before the new one
	if stacked[1] {
		if len(op.free(1, x[1].Rank()-1)) == 0 { // then it may as well come first
			d = DotDimensionNumbers{[2][]int{d.Contract[1], d.Contract[0]}, [2][]int{d.Batch[1], d.Batch[0]}}
			x = []*Value{x[1], x[0]}
		} else {
			before += len(op.free(0, x[0].Rank()))
		}
	}
	z := Of(Bind(dotGeneral{d, op.PreferredElementType}, x...)[0])
	return []*Value{MoveAxis(z, before, 0).p}, core.Mask{true}
}

// permute is Transpose, but leaves x alone if there is nothing to do.
func permute(x Array, perm []int) Array {
	if slices.IsSorted(perm) {
		return x
	}
	return Transpose(x, perm)
}

// ints writes axes as Python does: [1, 0].
func ints(s []int) string { return strings.ReplaceAll(fmt.Sprint(s), " ", ", ") }
