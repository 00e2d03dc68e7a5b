package cpu

import (
	"fmt"
	"slices"
	"strings"

	"gojax/internal/core"
	"gojax/internal/cpu/lib"
	"gojax/internal/kir"
	"gojax/internal/rule"
)

// A dot is a product of which operands lie otherwise than its operation says.
type dot struct {
	core.Op
	step kir.Dot
}

func (d dot) Step() kir.Step { return d.step }

// A product is the step of a dot.
type product struct {
	step      kir.Dot
	p         *lib.Product
	x, y, out int // slots
}

// product adds the step of a dot.
func (m *maker) product(n *node, s kir.Dot) {
	x, y, out := n.in[0], n.in[1], n.out[0]
	p := lib.NewProduct(s, m.g.types[x], m.g.types[y], m.g.types[out], nil)
	m.p.cost += p.Cost()
	step := &product{step: s, p: p, x: m.reads(x), y: m.reads(y)}
	step.out = m.writes(out)
	m.add(step)
}

func (s *product) run(f *frame) { s.p.Run(f.ptr[s.x], f.ptr[s.y], f.ptr[s.out], nil) }

func (s *product) text(b *strings.Builder) { fmt.Fprintf(b, "%s %+v\n", s.step.Step(), s.step) }

// dot returns the product op of what its operands are transpositions of, so that these
// need not be made, and x·xᵀ is seen to be a product of one array.
func (g *graph) dot(s kir.Dot, op core.Op, in []int) (core.Op, []int) {
	x, y := in[0], in[1]
	x, s.BatchX, s.ContractX = g.untransposed(x, s.BatchX, s.ContractX)
	y, s.BatchY, s.ContractY = g.untransposed(y, s.BatchY, s.ContractY)
	if x == in[0] && y == in[1] {
		return op, in
	}
	return dot{op, s}, []int{x, y}
}

// untransposed returns the value that v is a transposition of, if the axes that a
// product keeps of it have the same order there, and where the named axes are.
func (g *graph) untransposed(v int, batch, contract []int) (of int, b, c []int) {
	for g.defs[v] >= 0 {
		n := &g.nodes[g.defs[v]]
		op, ok := n.op.(rule.Permutation)
		if !ok {
			break
		}
		perm, last := op.Permuted(), -1
		for a, p := range perm {
			if slices.Contains(batch, a) || slices.Contains(contract, a) {
				continue
			}
			if p < last {
				return v, batch, contract
			}
			last = p
		}
		batch, contract = places(perm, batch), places(perm, contract)
		v = n.in[0]
	}
	return v, batch, contract
}

func places(perm, axes []int) []int {
	to := make([]int, len(axes))
	for i, a := range axes {
		to[i] = perm[a]
	}
	return to
}
