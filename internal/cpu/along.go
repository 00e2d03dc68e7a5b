package cpu

import (
	"slices"

	"gojax/internal/cpu/tile"
	"gojax/internal/kir"
	"gojax/internal/rule"
)

// What is computed of each element of arrays goes along with others that go over these: it is
// stored by their kernel. With a reduction it is stored where that comes by, so that the value of
// a loss and what its gradient is made of are one pass, and what both need is computed once and
// is nowhere in memory.

const (
	mostAlong    = 3  // results that a reduction stores in passing
	mostResults  = 6  // … of a kernel of elements
	mostStreams  = 6  // large arrays that kernels of elements read
	mostLooked   = 8  // groups that a result may go along with
	mostCone     = 64 // values that are looked at for what a result is computed of
	alongRow     = 64 // elements of a row that a reduction goes over, at least
	simpleWeight = 3  // of a division
	ownWeight    = 24 // of what a result needs that the others do not, in simple instructions
)

// along makes the value of node i one more result of a group, at the index of its innermost loops,
// if it can be.
func (f *fusion) along(at, i int, n *node, t *traits, u uses) bool {
	gr, v := &f.groups[at], n.out[0]
	root := &f.g.nodes[gr.root]
	path, over := 0, root.out[0]
	if root.kind == byReduce {
		path, over = gr.body, root.in[0]
		if len(gr.inner) == mostAlong || gr.parts > 1 || gr.cut || len(f.streams(gr, v)) > mostRead || !f.g.passes(root, v) {
			return false
		}
	}
	if f.traits[gr.root].reduce > 0 || gr.nodes >= maxNodes || !slices.Equal(f.g.types[over].Shape, f.g.types[v].Shape) || gr.parts*f.pieces(n) > maxBoxes {
		return false
	}
	if slices.ContainsFunc(u.all, func(x use) bool { return x.group == at && x.path != path }) {
		return false
	}
	f.stored[v] = true
	if root.kind == byReduce {
		gr.inner = append(gr.inner, v)
	} else {
		gr.stores = append(gr.stores, v)
	}
	f.inline(i, n, t, []use{{at, path}})
	return true
}

// accompany makes the value of node i one more result of a group that goes over the same elements
// of some of the same arrays, if all who use it come later.
func (f *fusion) accompany(i int, n *node, t *traits, u uses) bool {
	v := n.out[0]
	if !n.movable() || f.g.types[v].Size() <= tile.Size || f.feeds[v] || f.g.bound(v) || !f.g.straight(v) {
		return false
	}
	sources, looked := f.g.sources(v), 0
	for at := len(f.groups) - 1; at >= 0 && looked < mostLooked; at-- { // the nearest first
		gr := &f.groups[at]
		root := &f.g.nodes[gr.root]
		over := root.out[0]
		if root.kind == byReduce {
			over = root.in[0]
		}
		if u.first <= gr.root || !slices.Equal(f.g.types[over].Shape, f.g.types[v].Shape) || !root.movable() && root.kind != byReduce ||
			slices.ContainsFunc(u.all, func(x use) bool { return x.group != memory && f.groups[x.group].root <= gr.root }) {
			continue
		}
		if looked++; !meets(sources, f.reads(gr)) {
			continue
		}
		if root.kind != byReduce && (len(gr.stores) == mostResults || f.feeds[over] || f.g.bound(over) || !f.g.straight(over) ||
			len(f.streams(gr, v)) > mostStreams) {
			continue
		}
		if f.g.shares(f.results(gr), v) && f.along(at, i, n, t, u) {
			return true
		}
	}
	return false
}

// results lists what a group computes of elements: what it reduces, and what it stores.
func (f *fusion) results(gr *group) []int {
	if f.g.nodes[gr.root].kind != byReduce {
		return gr.stores
	}
	list := slices.Clone(gr.inner)
	for _, v := range gr.stores {
		list = append(list, f.g.nodes[f.g.defs[v]].in[0])
	}
	return list
}

// streams lists the large arrays that a group would read with v as one more result.
func (f *fusion) streams(gr *group, v int) []int {
	all := append(f.g.sources(v), f.reads(gr)...)
	slices.Sort(all)
	return slices.Compact(all)
}

// reads lists the large arrays that a group reads.
func (f *fusion) reads(gr *group) []int {
	if list := f.results(gr); len(list) != gr.known {
		gr.reads, gr.known = nil, len(list)
		for _, x := range list {
			gr.reads = append(gr.reads, f.g.sources(x)...)
		}
	}
	return gr.reads
}

// passes reports whether v can be stored where a reduction comes by, which goes over rows of some
// length in order, if nothing that v is computed of is made by a step that would rather compute v
// itself. Along outer axes reductions go over strips, which nothing fetches ahead, and in which
// functions take longer.
func (g *graph) passes(r *node, v int) bool {
	t, axes := g.types[r.in[0]], r.op.(rule.Reduction).Reduced()
	row := 1
	for n, a := range axes {
		if a != t.Rank()-len(axes)+n {
			return false
		}
		row *= t.Shape[a]
	}
	return row >= alongRow && t.Size() > tile.Size && !g.bound(v) && g.straight(v) && g.straight(r.in[0])
}

// cone calls f for the nodes that v is computed of by kernels, and for what else it is computed
// of with node -1, once each, until f returns false or there are too many. It reports whether
// there are not.
func (g *graph) cone(v int, f func(v, node int) bool) bool {
	seen, left := g.looking(), mostCone
	var visit func(v int) bool
	visit = func(v int) bool {
		if seen(v) || g.lits[v] != nil {
			return true
		}
		if left--; left < 0 {
			return false
		}
		i := g.defs[v]
		if i < 0 || !g.nodes[i].movable() {
			return f(v, -1)
		}
		return f(v, i) && !slices.ContainsFunc(g.nodes[i].in, func(x int) bool { return !visit(x) })
	}
	return visit(v)
}

// looking begins a look at some values, one at a time: what it returns reports whether one has been
// seen before.
func (g *graph) looking() (seen func(v int) bool) {
	if len(g.marks) < len(g.types) {
		g.marks = make([]int, len(g.types))
	}
	g.looks++
	now := g.looks
	return func(v int) bool {
		old := g.marks[v] == now
		g.marks[v] = now
		return old
	}
}

// bound reports whether v is computed of elements that a product or another algorithm makes, of
// which it can be a part.
func (g *graph) bound(v int) bool {
	size := g.types[v].Size()
	return !g.cone(v, func(x, i int) bool {
		return i >= 0 || g.defs[x] < 0 || g.nodes[g.defs[x]].kind != byLibrary || g.types[x].Size() != size
	})
}

// straight reports whether v is computed, element by element, of others at the same place, and of
// what is repeated.
func (g *graph) straight(v int) bool {
	size := g.types[v].Size()
	return g.cone(v, func(x, i int) bool { return i < 0 || g.types[x].Size() < size || g.inPlace(x, &g.nodes[i]) })
}

// inPlace reports whether a node, of value v, computes elements of those at the same index of
// operands that are as large.
func (g *graph) inPlace(v int, n *node) bool {
	if n.kind == byCode {
		return true
	}
	if yes, ok := g.placed[v]; ok {
		return yes
	}
	b, t, yes := kir.Borrow(), g.types[v], true
	at := b.Loops(make([]int, t.Rank()), t.Shape)
	ops := make([]kir.Operand, len(n.in))
	for k, y := range n.in {
		of := g.types[y]
		ops[k] = b.Memory(b.In(of.DType, of.Size()), of.Shape)
		memory := ops[k].At
		ops[k].At = func(j []kir.Val) kir.Val {
			yes = yes && (2*of.Size() < t.Size() || slices.Equal(at, j))
			return memory(j)
		}
	}
	n.kernel(b, t, ops, at)
	b.Return()
	if g.placed == nil {
		g.placed = map[int]bool{}
	}
	g.placed[v] = yes
	return yes
}

// shares reports whether v had better be computed together with others: they read some of the same
// memory, and what it needs besides is little work, without functions, or less than what they share.
func (g *graph) shares(others []int, v int) bool {
	theirs, reads := map[int]bool{}, map[int]bool{}
	for _, x := range others {
		g.cone(x, func(x, i int) bool {
			if i >= 0 {
				theirs[i] = true
			} else {
				reads[x] = true
			}
			return true
		})
	}
	own, most, shared, meets := 0, 0, 0, false
	size := g.types[v].Size()
	ok := g.cone(v, func(x, i int) bool {
		switch {
		case i < 0:
			meets = meets || reads[x] && 2*g.types[x].Size() >= size
		case theirs[i]:
			shared += g.weight(i)
		default:
			own, most = own+g.weight(i), max(most, g.weight(i))
		}
		return true
	})
	return ok && meets && (own <= shared || most <= simpleWeight && own <= ownWeight+shared)
}

// weight is how many simple instructions an element of node i takes.
func (g *graph) weight(i int) int {
	n := &g.nodes[i]
	if n.kind == byCode {
		return codeWeight(n.code)
	}
	return n.few
}

// ahead places results that can go along with an earlier reduction before that, with what they
// need: what comes first is stored in passing. by is where nodes are to be; it is doubled.
func (g *graph) ahead(place []int) {
	for _, v := range g.out {
		e := g.defs[v]
		if e < 0 || !g.nodes[e].movable() || g.types[v].Size() <= tile.Size {
			continue
		}
		for r := range e {
			n := &g.nodes[r]
			if n.kind == byReduce && slices.Equal(g.types[n.in[0]].Shape, g.types[v].Shape) && g.passes(n, v) && g.shares(n.in, v) && g.comesBefore(e, r, place) {
				break
			}
		}
	}
}

// comesBefore places node e, and what it needs, before an earlier one, unless it depends on that or
// on what other steps have to compute.
func (g *graph) comesBefore(e, r int, place []int) bool {
	var moved []int
	var visit func(d int) bool
	visit = func(d int) bool {
		if d < 0 || place[d] <= 2*r || slices.Contains(moved, d) {
			return true
		}
		if moved = append(moved, d); d == r || !g.nodes[d].movable() || len(moved) > mostMoved {
			return false
		}
		return !slices.ContainsFunc(g.nodes[d].in, func(v int) bool { return !visit(g.defs[v]) })
	}
	if !visit(e) {
		return false
	}
	for _, d := range moved {
		place[d] = 2 * r
	}
	return true
}

// order puts nodes where they have been placed; those in one place stay in order.
func (g *graph) order(place []int) {
	order := make([]int, len(g.nodes))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(x, y int) int { return place[x] - place[y] })
	nodes := make([]node, len(order))
	for at, i := range order {
		nodes[at] = g.nodes[i]
		for _, v := range nodes[at].out {
			g.defs[v] = at
		}
	}
	g.nodes = nodes
}

// fed marks the values that products and other algorithms read, or views of them.
func (g *graph) fed() []bool {
	fed := make([]bool, len(g.types))
	for _, n := range slices.Backward(g.nodes) {
		if n.kind == byLibrary || (n.alias || n.kind == byView) && slices.ContainsFunc(n.out, func(v int) bool { return fed[v] }) {
			for _, v := range n.in {
				fed[v] = true
			}
		}
	}
	return fed
}
