package cpu

import (
	"slices"

	"gojax/internal/core"
	"gojax/internal/cpu/tile"
	"gojax/internal/kir"
	"gojax/internal/rule"
)

// A concatenation is computed like other operations, where it is used or in loops of its
// own: each of its operands goes straight to its part of the result. What it is fused with
// is cut into boxes in each of which there is one operand (peel.go), so that nothing is
// computed that is not wanted.

// maxJoined bounds the operands of concatenations of few elements that are fused: there
// each element is computed of all operands, and one is chosen.
const maxJoined = 8

// sunk returns a concatenation of many operands that are results of one instruction as that
// instruction on concatenations: one kernel instead of one for each.
func (g *graph) sunk(op rule.Concatenation, in []int, t core.Type) (v int, ok bool) {
	if len(in) <= maxJoined || g.defs[in[0]] < 0 {
		return 0, false
	}
	first := g.nodes[g.defs[in[0]]]
	args := make([][]int, len(first.in))
	for _, v := range in {
		if g.defs[v] < 0 {
			return 0, false
		}
		n := &g.nodes[g.defs[v]]
		if n.kind != byCode || n.code != first.code {
			return 0, false
		}
		for k, x := range n.in {
			same := g.types[x].DType == g.types[first.in[k]].DType
			if scalar := g.types[x].Rank() < t.Rank(); !same || scalar && x != first.in[k] || !scalar && g.types[x].Rank() != g.types[first.in[k]].Rank() {
				return 0, false
			}
			args[k] = append(args[k], x)
		}
	}
	n := node{op: first.op, kind: byCode, code: first.code, in: make([]int, len(args))}
	for k, xs := range args {
		if n.in[k] = xs[0]; g.types[xs[0]].Rank() == t.Rank() {
			of := core.Of(g.types[xs[0]].DType, t.Shape...)
			n.in[k] = g.apply(op.(core.Op), xs, func(int) core.Type { return of }, 1)[0]
		}
	}
	return g.elementwise(n, t), true
}

// copied reports whether a concatenation is of few elements and a step that copies them, rather
// than a kernel.
func (f *fusion) copied(n *node) bool {
	return f.g.types[n.out[0]].Size() <= tile.Size && (!f.kernels(n) || f.pieces(n) > maxJoined && !f.copies(n))
}

// kernels reports whether some operand of a concatenation takes a kernel to compute, and not
// just instructions, which need not be compiled for few elements.
func (f *fusion) kernels(n *node) bool {
	left := 64 // values to look at
	var does func(v int) bool
	does = func(v int) bool {
		i := f.g.defs[v]
		if left--; i < 0 || f.stored[v] || left < 0 {
			return false
		}
		switch d := &f.g.nodes[i]; d.kind {
		case byCode:
			return slices.ContainsFunc(d.in, does)
		case byKernel:
			return !d.alias || does(d.in[0])
		}
		return false
	}
	return slices.ContainsFunc(n.in, does)
}

// pieces counts the operands with elements of a concatenation; it is 1 for other nodes.
func (f *fusion) pieces(n *node) int {
	if n.kind != byJoin {
		return 1
	}
	some := 0
	for _, v := range n.in {
		if f.g.types[v].Size() > 0 {
			some++
		}
	}
	return max(some, 1)
}

// absorbed reports whether a concatenation had better be computed by those that use it: by
// one alone, or by a few if it only chooses among what is in memory.
func (f *fusion) absorbed(n *node, at []use) bool {
	v := n.out[0]
	few := len(at) <= 3 && f.chooses(n)
	if len(at) > 1 && !few || f.g.types[v].Size() <= tile.Size && f.pieces(n) > maxJoined {
		return false
	}
	for _, u := range at {
		if u.group == memory {
			return false
		}
		gr := &f.groups[u.group]
		if gr.nodes >= maxNodes || gr.parts*f.pieces(n) > maxBoxes {
			return false
		}
		// At computed indices there is no box for each operand.
		seldom := few && 4*f.space(u) <= f.g.types[v].Size() && f.pieces(n) <= 4
		if !f.follows(n, u) && !f.reduced(n, u) && !seldom {
			return false
		}
	}
	return true
}

// chooses reports whether a concatenation only chooses among what is in memory, or will be, since several of its
// operands are parts of that, as where an array is padded with what it has at its ends.
func (f *fusion) chooses(n *node) bool {
	return !slices.ContainsFunc(n.in, func(x int) bool {
		parts := 0
		for _, y := range n.in {
			if f.partOf(y) == f.partOf(x) {
				parts++
			}
		}
		return parts < 2 && !f.cheap(x)
	})
}

// partOf returns the value that v has elements of, through operations that compute nothing.
func (f *fusion) partOf(v int) int {
	for i := f.g.defs[v]; i >= 0 && f.cheap(v) && len(f.g.nodes[i].in) == 1; i = f.g.defs[v] {
		v = f.g.nodes[i].in[0]
	}
	return v
}

// follows reports whether the index of a use of a concatenation, along its axis, depends on
// one of the parallel loops alone, or on none.
func (f *fusion) follows(n *node, u use) bool {
	region, ok := f.loopsOf(n, u)
	return ok && region <= 1
}

// loopsOf returns the loops one of which the index of a use of a concatenation, along its axis,
// depends on alone: 0 if on none.
func (f *fusion) loopsOf(n *node, u use) (region int, ok bool) {
	if u.path == 0 {
		return 1, true
	}
	b := kir.Borrow()
	defer b.Return()
	return b.Follows(f.indices(b, u)[n.op.(rule.Concatenation).Along()])
}

// shortRun is from how many elements of an operand that lie together, on average, it is worth
// while to cut a reduction of rows.
const shortRun = 64

// reduced reports whether the index of a use of a concatenation, along its axis, is that of a
// reduction, which goes over one operand after the other.
func (f *fusion) reduced(n *node, u use) bool {
	if u.path <= 0 {
		return false
	}
	h := f.hops[u.path-1]
	for h.path > 0 {
		h = f.hops[h.path-1]
	}
	of := &f.g.nodes[h.node]
	r, ok := of.op.(rule.Reduction)
	if !ok || h.path < 0 {
		return false
	}
	if region, ok := f.loopsOf(n, u); !ok || region <= 1 {
		return false
	}
	shape, along := f.g.types[n.out[0]].Shape, n.op.(rule.Concatenation).Along()
	rows := slices.Contains(r.Reduced(), f.g.types[of.in[0]].Rank()-1)
	return !rows || core.Size(shape[along:]) >= shortRun*f.pieces(n)
}

// copies reports whether a concatenation only copies what is in memory.
func (f *fusion) copies(n *node) bool {
	return n.kind == byJoin && !slices.ContainsFunc(n.in, func(v int) bool { return !f.lies(v) })
}

// lies reports whether a value is in memory, or a part of what is, in some order.
func (f *fusion) lies(v int) bool {
	i := f.g.defs[v]
	if i < 0 || f.stored[v] {
		return true
	}
	switch n := &f.g.nodes[i]; n.kind {
	case byLibrary, byEval, byReduce, byRecast:
		return true
	case byKernel:
		return len(n.in) == 1 && f.traitsOf(i).cheap && f.lies(n.in[0])
	}
	return false
}

// indices returns the indices of a path in the loops of its group.
func (f *fusion) indices(b *kir.Builder, u use) (at []kir.Val) {
	switch u.path {
	case -1:
		return nil
	case 0:
		shape := f.g.types[f.groups[u.group].stores[0]].Shape
		return b.Loops(make([]int, len(shape)), shape)
	}
	h := f.hops[u.path-1]
	n := &f.g.nodes[h.node]
	from := f.indices(b, use{h.group, h.path})
	if n.kind == byJoin {
		at = slices.Clone(from)
		a := n.op.(rule.Concatenation).Along()
		for _, v := range n.in[:h.operand] {
			at[a] = b.Affine(-int64(f.g.types[v].Shape[a]), kir.Term{Atom: at[a], Stride: 1})
		}
		return at
	}
	ops := make([]kir.Operand, len(n.in))
	for k, v := range n.in {
		ty := f.g.types[v]
		ops[k] = b.Memory(b.In(ty.DType, ty.Size()), ty.Shape)
		if memory := ops[k].At; k == h.operand {
			ops[k].At = func(j []kir.Val) kir.Val {
				at = slices.Clone(j)
				return memory(j)
			}
		}
	}
	n.kernel(b, f.g.types[n.out[0]], ops, from)
	return at
}

// probeJoin finds the traits of a concatenation, which asks each operand for one element.
func (f *fusion) probeJoin(n *node, t traits) traits {
	for k, v := range n.in {
		if f.g.types[v].Size() > 0 {
			t.at[k] = moved
		}
	}
	return t
}

// space is at how many indices of the innermost loops a value is used.
func (f *fusion) space(u use) int {
	if u.path > 0 {
		return f.spaces[u.path-1]
	}
	return f.groups[u.group].space
}

// spaceOf is space for the path that a hop leads to: of a concatenation, or of what is padded, an
// operand is used only where it is.
func (f *fusion) spaceOf(h hop) int {
	u := use{h.group, h.path}
	n := &f.g.nodes[h.node]
	from := f.space(u) * max(1, n.few)
	if n.kind != byJoin && (h.operand > 0 || !f.bordered(n, u)) {
		return from
	}
	part, all := f.g.types[n.in[h.operand]].Size(), f.g.types[n.out[0]].Size()
	return int(float64(from) * min(float64(part)/float64(all), 1))
}

// bordered reports whether a use of what is padded is in loops that are cut where the padding
// begins.
func (f *fusion) bordered(n *node, u use) bool {
	p, ok := n.op.(rule.Padded)
	if gr := &f.groups[u.group]; !ok || p.Boxes() < 2 || gr.space < peelFrom || gr.boxes > maxBoxes || gr.parts > 1 {
		return false
	}
	if u.path == 0 {
		return true
	}
	b := kir.Borrow()
	defer b.Return()
	for _, at := range f.indices(b, u) {
		if _, ok := b.Follows(at); !ok {
			return false
		}
	}
	return true
}
