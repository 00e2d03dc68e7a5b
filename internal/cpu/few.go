package cpu

import (
	"slices"

	"gojax/internal/core"
	"gojax/internal/kir"
	"gojax/internal/rule"
)

// A reduction of few elements is written out: it is no loop, but instructions on these, combined
// in the order that the loop would have. So it is computed where it is used, like other
// operations on elements, and takes in what it reduces as they do.

const (
	mostFew   = 16  // elements that a reduction combines which is written out …
	mostNear  = 5   // … if they are neighbours in memory, which are brought apart for that
	mostWrote = 160 // instructions of them all, estimated
	mostReads = 20  // … and loads
)

// writeOut finds the reductions that are written out.
func (g *graph) writeOut() {
	for i := range g.nodes {
		n := &g.nodes[i]
		if n.kind != byReduce || g.types[n.in[0]].Size() == 0 {
			continue
		}
		few := g.combined(n)
		if few > mostFew || few > mostNear && g.near(n) {
			continue
		}
		if work, reads := g.work(n.in[0]); few*(1+work) <= mostWrote && few*reads <= mostReads {
			n.kind, n.few = byKernel, few
		}
	}
}

// near reports whether the elements that a reduction combines are neighbours in a large array.
func (g *graph) near(n *node) bool {
	axes := n.op.(rule.Reduction).Reduced()
	return axes[len(axes)-1] == g.types[n.in[0]].Rank()-1 && len(g.sources(n.in[0])) > 0
}

// combined is how many elements a reduction makes one of.
func (g *graph) combined(n *node) int {
	shape, few := g.types[n.in[0]].Shape, 1
	for _, a := range n.op.(rule.Reduction).Reduced() {
		few *= shape[a]
	}
	return few
}

// work estimates the instructions that an element of v takes, computed of what is in memory, and
// counts the loads; the former is more than any limit if there are too many to
// look at.
func (g *graph) work(v int) (sum, reads int) {
	size := g.types[v].Size()
	if !g.cone(v, func(x, i int) bool {
		switch {
		case i < 0:
			return true
		case !g.smaller(x, size):
			sum += g.weight(i)
		}
		for k, y := range g.nodes[i].in {
			if d := g.defs[y]; g.lits[y] == nil && (d < 0 || !g.nodes[d].movable()) && !slices.Contains(g.nodes[i].in[:k], y) {
				reads++
			}
		}
		return true
	}) {
		return mostWrote, reads
	}
	return sum, max(reads, 1)
}

// smaller reports whether v has so few elements, compared with size, that what is computed of it is nothing
// beside that: it is computed before, or stays in registers.
func (g *graph) smaller(v, size int) bool { return 5*g.types[v].Size() < 4*size }

// kernel returns an element of what a node computes.
func (n *node) kernel(b *kir.Builder, out core.Type, ops []kir.Operand, at []kir.Val) kir.Val {
	if n.few > 0 {
		b.WriteOut()
	}
	return n.op.(rule.Kernel).Kernel(b, out, ops, at)
}

// times is how often the code of a kernel has what is computed for a use: once for each of the
// elements that reductions on the way are written out for.
func (f *fusion) times(u use) int {
	n := 1
	for u.path > 0 {
		h := f.hops[u.path-1]
		n *= max(1, f.g.nodes[h.node].few)
		u.path = h.path
	}
	return n
}

// room reports whether a group has room for one more node at a use.
func (f *fusion) room(u use) bool { return f.groups[u.group].nodes+f.times(u) <= maxNodes }
