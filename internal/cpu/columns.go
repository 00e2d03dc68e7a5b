package cpu

import (
	"slices"

	"gojax/internal/core"
	"gojax/internal/kir"
	"gojax/internal/rule"
)

// Indices of several components are columns side by side, as x[i, j] makes them. What reads them component
// by component takes the columns themselves as operands, so that nobody has to put them side by side.

// columns is an operation whose operands from number first on are the columns of one of its own.
type columns struct {
	core.Op
	first, n int
}

// byColumn returns an operation that reads an operand by its components, and its operands, with the columns
// of that operand if it is a concatenation of such.
func (g *graph) byColumn(op core.Op, in []int) (core.Op, []int) {
	c, ok := op.(rule.ByComponent)
	if !ok {
		return op, in
	}
	k := c.Components()
	d := g.defs[in[k]]
	if d < 0 || g.nodes[d].kind != byJoin {
		return op, in
	}
	join := &g.nodes[d]
	last := g.types[in[k]].Rank() - 1
	if join.op.(rule.Concatenation).Along() != last ||
		slices.ContainsFunc(join.in, func(v int) bool { return g.types[v].Shape[last] != 1 }) {
		return op, in
	}
	return columns{op, k, len(join.in)}, slices.Concat(in[:k], join.in, in[k+1:])
}

// Kernel hands in the columns as the one operand that they are.
func (c columns) Kernel(b *kir.Builder, out core.Type, x []kir.Operand, i []kir.Val) kir.Val {
	each := x[c.first:][:c.n]
	last := len(each[0].Shape) - 1
	all := kir.Operand{DType: each[0].DType, Shape: slices.Clone(each[0].Shape), At: func(at []kir.Val) kir.Val {
		n, _ := b.Range(at[last])
		at = slices.Clone(at)
		at[last] = b.At(0)
		return each[n].At(at)
	}}
	all.Shape[last] = c.n
	return c.Op.(rule.Kernel).Kernel(b, out, slices.Concat(x[:c.first], []kir.Operand{all}, x[c.first+c.n:]), i)
}
