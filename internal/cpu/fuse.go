package cpu

import (
	"slices"

	"gojax/internal/kir"
	"gojax/internal/rule"
)

// Fusion decides, from the last node to the first, where each value is computed: in
// the loops of those that use it, or in loops of its own, from where it is in memory.
// A group is a set of nodes that share loops. It is run at the position of its root,
// which is its last node; the others are computed in passing, and some of them are
// stored as well.

// A group is what becomes one kernel.
type group struct {
	root   int   // a node
	stores []int // values, that of the root first
	inner  []int // values that are stored where the reductions of a group come by …
	body   int   // … which is this path
	reads  []int // large arrays that so many of its results are computed of
	known  int
	nodes  int
	space  int  // iterations of the innermost loops
	parts  int  // boxes at most that its concatenations cut it into
	boxes  int  // the same of padding
	plain  bool // all nodes are instructions, at the same index
	cut    bool // its reductions are cut where computed operands of concatenations meet
}

// all lists what a group stores.
func (gr *group) all() []int { return append(gr.stores[:len(gr.stores):len(gr.stores)], gr.inner...) }

// A use says how a consumer sees a value: at which index in the loops of which
// group. Equal paths are equal indices; path 0 is the index of the loops.
type use struct{ group, path int }

// memory is the group of those that want a value in memory.
const memory = -1

type uses struct {
	all   []use
	first int // the earliest position at which memory is read
}

// A fusion is the result.
type fusion struct {
	g      *graph
	groups []group
	rootOf []int  // by node: its group if it is a root, else -1
	joins  []bool // by node: a concatenation that copies all its operands
	stored []bool // by value: in memory
	again  []int  // by value: how many light nodes in a row lead to it
	uses   []uses
	traits []traits
	paths  map[hop]int
	hops   []hop // by path, minus 1
	spaces []int // by path, minus 1: at how many indices of the loops there is one of the path
	probes *kir.Builder

	families map[string][]int // groups of reductions that may have siblings
	feeds    []bool           // by value: products and their like read it

	lower lowering
}

// A hop is a part of a path: through which operand of which node.
type hop struct{ path, node, operand, group int }

const (
	maxUses  = 8  // of a value that is computed anew for each
	maxNodes = 96 // of a group
)

// traits are what a kernel does to the indices of its operands.
type traits struct {
	at     []access // by operand
	cheap  bool     // it computes nothing
	work   int      // instructions on elements
	reduce int      // iterations of reductions inside
}

type access uint8

const (
	never  access = iota
	same          // at the index of the result
	scalar        // the one element of a scalar
	moved         // at one other index
	often         // at several indices
)

func fuse(g *graph) *fusion {
	f := &fusion{g: g, rootOf: make([]int, len(g.nodes)), joins: make([]bool, len(g.nodes)), stored: make([]bool, len(g.types)),
		again: make([]int, len(g.types)), uses: make([]uses, len(g.types)), paths: map[hop]int{}, probes: kir.Borrow(), traits: make([]traits, len(g.nodes)),
		families: map[string][]int{}, feeds: g.fed()}
	for v := range f.uses {
		f.uses[v].first = len(g.nodes)
	}
	for i := range f.rootOf {
		f.rootOf[i] = -1
	}
	for _, v := range g.in {
		f.stored[v] = true
	}
	for _, v := range g.out {
		f.wants(v, len(g.nodes))
	}
	for i := len(g.nodes) - 1; i >= 0; i-- {
		switch n := &g.nodes[i]; n.kind {
		case byEval, byLibrary, byRecast, byView:
			for _, v := range n.out {
				f.stored[v] = true
			}
			for _, v := range n.in {
				f.wants(v, i)
			}
		default:
			f.place(i, n)
		}
	}
	f.lower = lowering{f: f, b: f.probes, slot: map[int]int{}, done: map[int][]elem{}}
	return f
}

// wants records that a value must be in memory at a position.
func (f *fusion) wants(v, position int) {
	f.add(v, use{memory, 0})
	f.uses[v].first = min(f.uses[v].first, position)
}

func (f *fusion) add(v int, u use) {
	if all := &f.uses[v].all; !slices.Contains(*all, u) {
		*all = append(*all, u)
	}
}

// place decides where node i is computed.
func (f *fusion) place(i int, n *node) {
	v := n.out[0]
	u := f.uses[v]
	if len(u.all) == 0 {
		return
	}
	t := f.traitsOf(i)
	inMemory := slices.ContainsFunc(u.all, func(u use) bool { return u.group == memory })
	switch {
	case n.kind == byJoin && f.copied(n):
		f.joins[i], f.stored[v] = true, true
		for _, x := range n.in {
			f.wants(x, i)
		}
	case n.kind == byJoin && f.absorbed(n, u.all):
		f.inline(i, n, t, u.all)
	case n.kind == byJoin && !inMemory && len(u.all) == 1: // who stored it in passing would have no reader
		f.open(i, n, t)
	case n.kind == byJoin:
		f.joinOrOpen(i, n, t, u)
	case n.alias && inMemory:
		f.view(n, u)
	case f.takesRows(n): // what is copied row by row is there before others could fetch its elements
		f.open(i, n, t)
	case n.kind == byReduce || t.reduce > 0:
		if !f.beside(i, n, t, u) {
			f.open(i, n, t)
		}
	case !inMemory && len(u.all) == 1 && f.room(u.all[0]):
		f.inline(i, n, t, u.all)
	case !inMemory && t.cheap && len(u.all) <= maxUses:
		f.inline(i, n, t, u.all)
	case !inMemory && f.slight(v, u.all):
		f.inline(i, n, t, u.all)
	case !inMemory && (f.light(n, u.all) || f.afar(n, u.all)):
		for _, x := range n.in {
			f.again[x] = max(f.again[x], f.again[v]+1)
		}
		f.inline(i, n, t, u.all)
	case n.alias:
		f.view(n, u)
	default:
		f.joinOrOpen(i, n, t, u)
	}
}

// joinOrOpen computes node i in the loops of a group that uses it, or else in loops of its own.
func (f *fusion) joinOrOpen(i int, n *node, t *traits, u uses) {
	if !f.join(i, n, t, u) && !f.accompany(i, n, t, u) {
		f.open(i, n, t)
	}
}

// view makes the result of a node a view of its operand, which must be in memory then.
func (f *fusion) view(n *node, u uses) {
	f.stored[n.out[0]] = true
	first := u.first
	for _, x := range u.all {
		if x.group != memory {
			first = min(first, f.groups[x.group].root)
		}
	}
	f.wants(n.in[0], first)
}

// open begins a group with node i as the root.
func (f *fusion) open(i int, n *node, t *traits) {
	v := n.out[0]
	f.stored[v] = true
	f.rootOf[i] = len(f.groups)
	space := f.g.types[v].Size() * max(1, t.reduce)
	if n.kind == byReduce {
		space = f.g.types[n.in[0]].Size()
		name := f.g.family(n)
		f.families[name] = append(f.families[name], len(f.groups))
	}
	f.groups = append(f.groups, group{root: i, stores: []int{v}, space: space, parts: 1, boxes: 1, plain: true})
	if n.kind == byReduce {
		f.groups[f.rootOf[i]].body = f.path(hop{0, i, 0, f.rootOf[i]})
	}
	f.inline(i, n, t, []use{{f.rootOf[i], 0}})
}

// join makes v one more result of the first group that uses it, if that computes it
// at the index of its loops anyway, and all others come later.
func (f *fusion) join(i int, n *node, t *traits, u uses) bool {
	first, at := memory, len(f.g.nodes)
	for _, x := range u.all {
		if x.group == memory {
			continue
		}
		if root := f.groups[x.group].root; root < at {
			first, at = x.group, root
		}
	}
	if first == memory || u.first <= at {
		return false
	}
	return f.along(first, i, n, t, u)
}

// inline computes node i where it is used, and passes the uses on to its operands.
func (f *fusion) inline(i int, n *node, t *traits, at []use) {
	for _, u := range at {
		gr := &f.groups[u.group]
		gr.nodes++
		if !t.cheap {
			gr.nodes += f.times(u) - 1
		}
		gr.parts *= f.pieces(n)
		if p, ok := n.op.(rule.Padded); ok && gr.boxes <= maxBoxes {
			gr.boxes *= max(p.Boxes(), 1)
		}
		gr.plain = gr.plain && n.kind == byCode
		for k, v := range n.in {
			if f.g.lits[v] != nil {
				continue
			}
			w := u
			switch t.at[k] {
			case never:
				continue
			case same:
			case scalar:
				w.path = -1
			case moved:
				if w.path = f.path(hop{u.path, i, k, u.group}); n.kind == byReduce { // siblings see the same
					w.path = f.path(hop{u.path, gr.root, k, u.group})
				}
			case often:
				w = use{memory, 0}
			}
			// A reduction that stores in passing goes over its elements in one piece.
			if w.group != memory && n.kind == byJoin && !f.lies(v) && f.reduced(n, u) {
				if gr.cut = len(gr.inner) == 0; !gr.cut {
					w = use{memory, 0}
				}
			}
			// What is computed once must not be computed for every element.
			if few := f.g.types[v].Size(); w.group != memory && few != 1 && f.g.smaller(v, f.space(w)) && !f.cheap(v) {
				w = use{memory, 0}
			}
			if w.group == memory {
				f.wants(v, gr.root)
				continue
			}
			f.add(v, w)
		}
	}
}

func (f *fusion) path(h hop) int {
	p, ok := f.paths[h]
	if !ok {
		p = len(f.paths) + 1
		f.paths[h] = p
		f.hops, f.spaces = append(f.hops, h), append(f.spaces, f.spaceOf(h))
	}
	return p
}

// cheap reports whether a value is no work to compute again.
func (f *fusion) cheap(v int) bool {
	i := f.g.defs[v]
	if i < 0 {
		return true
	}
	k := f.g.nodes[i].kind
	return k == byKernel && f.traitsOf(i).cheap
}

func (f *fusion) traitsOf(i int) *traits {
	t := &f.traits[i]
	if t.at == nil {
		*t = f.probe(&f.g.nodes[i])
	}
	return t
}

// probe finds the traits of a node.
func (f *fusion) probe(n *node) traits {
	t := traits{at: make([]access, len(n.in), len(n.in)+1)}
	out := f.g.types[n.out[0]]
	switch n.kind {
	case byJoin:
		return f.probeJoin(n, t)
	case byCode:
		for k, v := range n.in {
			t.at[k] = same
			if f.g.types[v].Rank() < out.Rank() {
				t.at[k] = scalar
			}
		}
		return t
	case byReduce:
		for k := range n.in {
			t.at[k] = moved
		}
		return t
	}
	if out.Size() == 0 {
		return t
	}
	b := f.probes
	b.Reset()
	i := b.Loops(make([]int, out.Rank()), out.Shape)
	seen := make([][]kir.Val, len(n.in))
	ops := make([]kir.Operand, len(n.in))
	for k, v := range n.in {
		ty := f.g.types[v]
		memory := b.Memory(b.In(ty.DType, ty.Size()), ty.Shape)
		at := memory.At
		memory.At = func(j []kir.Val) kir.Val {
			switch {
			case len(j) == 0:
				t.at[k] = scalar
			case t.at[k] == never && slices.Equal(i, j):
				t.at[k] = same
			case t.at[k] == never:
				t.at[k] = moved
			case !slices.Equal(seen[k], j) && n.few == 0:
				t.at[k] = often
			}
			seen[k] = slices.Clone(j)
			return at(j)
		}
		ops[k] = memory
	}
	n.kernel(b, out, ops, i)
	work := b.Work()
	t.cheap, t.work, t.reduce = work.Elements == 0 && work.Iterations == 0, work.Elements, work.Iterations
	return t
}

// resolve returns the value whose memory v is a view of, or v.
func (f *fusion) resolve(v int) int {
	for {
		i := f.g.defs[v]
		if i < 0 {
			return v
		}
		switch n := &f.g.nodes[i]; {
		case n.kind == byView:
			v = n.in[slices.Index(n.out, v)]
		case n.alias && (f.stored[v] || f.inMemory(n.in[0])):
			v = n.in[0]
		default:
			return v
		}
	}
}

// inMemory reports whether the elements of v are somewhere in memory, in order.
func (f *fusion) inMemory(v int) bool {
	if f.stored[v] {
		return true
	}
	i := f.g.defs[v]
	return i >= 0 && f.g.nodes[i].alias && f.inMemory(f.g.nodes[i].in[0])
}
