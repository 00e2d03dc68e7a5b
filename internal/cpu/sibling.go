package cpu

import (
	"fmt"
	"slices"

	"gojax/internal/rule"
)

// Reductions of arrays of one shape along the same axes, of which none depends on another,
// are siblings if they read some of the same memory: then one kernel makes them all, and
// goes over that once. Each is combined as it would be alone, to the bit.

const (
	mostSiblings = 8  // of a kernel
	mostRead     = 4  // large arrays that they read: kernels that read more are slower than several
	mostMoved    = 16 // nodes that go with a reduction that comes earlier
	mostSources  = 24 // nodes that are looked at for what a reduction reads
)

// family is the same for reductions that may be siblings.
func (g *graph) family(n *node) string {
	return fmt.Sprint(g.types[n.in[0]].Shape, n.op.(rule.Reduction).Reduced())
}

// sources lists the large values that v is computed of by kernels alone.
func (g *graph) sources(v int) (list []int) {
	seen, left := g.looking(), mostSources
	size := g.types[v].Size()
	var visit func(v int)
	visit = func(v int) {
		if left == 0 || 2*g.types[v].Size() < size || seen(v) {
			return
		}
		left--
		if i := g.defs[v]; i >= 0 && g.nodes[i].movable() {
			for _, x := range g.nodes[i].in {
				visit(x)
			}
			return
		}
		list = append(list, v)
	}
	visit(v)
	return list
}

// movable reports whether a node is computed within the kernels of others.
func (n *node) movable() bool { return n.kind == byCode || n.kind == byKernel }

func meets(x, y []int) bool {
	return slices.ContainsFunc(x, func(v int) bool { return slices.Contains(y, v) })
}

// siblings puts reductions right behind the first of their siblings, as far as what they
// depend on can come there too: what uses that one may stand between.
func (g *graph) siblings() {
	families := map[string][]int{}
	place := make([]int, len(g.nodes)) // by node: twice where it comes; it comes behind who is there, if that is odd
	sources := map[int][]int{}
	for i := range g.nodes {
		n := &g.nodes[i]
		place[i] = 2*i + 1
		if n.kind != byReduce || g.types[n.out[0]].Size() == 0 {
			continue
		}
		name := g.family(n)
		sources[i] = g.sources(n.in[0])
		for _, first := range families[name] {
			if meets(sources[first], sources[i]) && g.comesTo(i, first, place) {
				break
			}
		}
		if place[i] == 2*i+1 {
			families[name] = append(families[name], i)
		}
	}
	g.ahead(place)
	g.order(place)
}

// comesTo places node i, and what it needs, behind an earlier one, unless it depends on
// that or on what would have to be computed before by other steps.
func (g *graph) comesTo(i, first int, place []int) bool {
	moved := []int{i}
	var visit func(v int) bool
	visit = func(v int) bool {
		d := g.defs[v]
		if d < 0 || place[d] < 2*first+1 || slices.Contains(moved, d) {
			return true
		}
		n := &g.nodes[d]
		if !n.movable() {
			return false
		}
		if place[d] == 2*first+1 {
			return true // it has come before
		}
		if moved = append(moved, d); len(moved) > mostMoved {
			return false
		}
		return !slices.ContainsFunc(n.in, func(v int) bool { return !visit(v) })
	}
	if !visit(g.nodes[i].in[0]) {
		return false
	}
	for _, d := range moved {
		place[d] = 2*first + 1
	}
	return true
}

// beside makes reduction i one more result of the kernel of a sibling, if all who use it come
// after that.
func (f *fusion) beside(i int, n *node, t *traits, u uses) bool {
	if n.kind != byReduce || f.g.types[n.out[0]].Size() == 0 {
		return false
	}
	name := f.g.family(n)
	sources := f.g.sources(n.in[0])
	for _, at := range f.families[name] {
		gr := &f.groups[at]
		if len(gr.stores) == mostSiblings || gr.nodes >= maxNodes || u.first <= gr.root ||
			slices.ContainsFunc(u.all, func(x use) bool { return x.group != memory && f.groups[x.group].root <= gr.root }) {
			continue
		}
		all, meet := slices.Clone(sources), false
		for _, v := range gr.stores {
			theirs := f.g.sources(f.g.nodes[f.g.defs[v]].in[0])
			meet = meet || meets(sources, theirs)
			all = append(all, theirs...)
		}
		slices.Sort(all)
		if !meet || len(slices.Compact(all)) > mostRead {
			continue
		}
		v := n.out[0]
		f.stored[v] = true
		gr.stores = append(gr.stores, v)
		f.inline(i, n, t, []use{{at, 0}})
		return true
	}
	return false
}

// afar reports whether a node is one function that had better be computed twice, by a
// reduction and by another group, than be stored by one: its array is in no cache when it is
// read again, since it is large, and the reduction does not go over rows that are run in
// passes. So the exponentials of a large softmax are made twice.
func (f *fusion) afar(n *node, at []use) bool {
	t := f.g.types[n.out[0]]
	if !f.byTwo(n, at) || t.Bytes() < afarFrom || !t.DType.IsFloat() || codeWeight(n.code) > afarWeight {
		return false
	}
	return slices.ContainsFunc(at, func(u use) bool {
		gr := &f.groups[u.group]
		return f.g.nodes[gr.root].kind == byReduce && !f.passable(gr)
	})
}

const (
	afarWeight = 10      // of a function
	afarFrom   = 8 << 20 // bytes of an array that the caches do not keep
	rowBytes   = 1 << 20 // … of a row that the cache of a core keeps
)

// passable reports whether a reduction goes over rows that may be run in passes.
func (f *fusion) passable(gr *group) bool {
	n := &f.g.nodes[gr.root]
	in, rows := f.g.types[n.in[0]], f.g.types[n.out[0]].Size()
	axes := n.op.(rule.Reduction).Reduced()
	return axes[0] == in.Rank()-len(axes) && rows >= rowsFrom && in.Bytes()/rows <= rowBytes
}
