package cpu

import (
	"slices"

	"gojax/internal/cpu/tile"
	"gojax/internal/kir"
	"gojax/internal/rule"
)

// Where operands of a concatenation meet, and where padding begins, kernels are cut: one is
// made for each box of indices, which needs no conditions.

// maxBoxes bounds how many kernels one is peeled into, and peelFrom is the size from
// which it is worth while where no concatenation is to be cut.
const (
	maxBoxes = 16
	peelFrom = 1 << 10
)

// Along short axes the elements are not loops but stores: so many at most, and fewer than
// shortPart for a part on average. That wants rows to be the lanes.
const (
	shortAxis = 16
	shortPart = 4
	shortRows = 64
)

// A part is a kernel for some of the indices of a group, and the values in whose memory its
// buffers are.
type part struct {
	k    *kir.Kernel
	vals []int
}

// peel adds the kernels of a group.
func (m *maker) peel(gr *group) {
	var parts []part
	of := whole(m.f, gr)
	if n := &m.g.nodes[gr.root]; m.f.pieces(n) > 1 && (m.peels(gr) || m.f.copies(n)) {
		if !m.f.copies(n) || !m.zipped(n, gr, of) {
			parts = m.cut(nil, gr, of, m.seams(n), max(maxBoxes, len(n.in)))
			parts = m.joined(n, parts)
		}
	} else {
		parts = filled(m.parts(nil, gr, of, maxBoxes))
	}
	for _, p := range parts {
		m.kernel(p.k, p.vals)
	}
}

// filled makes one part, of all of a result, of those that write a constant to it, where that
// takes less as they write a few elements here and there.
func filled(parts []part) []part {
	var constants, others []part
	runs := 0
	for _, p := range parts {
		n, ok := constant(p.k)
		if !ok || len(constants) > 0 && !sameFill(p, constants[0]) {
			if len(p.k.InPlace()) > 0 { // which may be where the result is
				return parts
			}
			others = append(others, p)
			continue
		}
		constants, runs = append(constants, p), runs+n
	}
	if len(constants) == 0 {
		return parts
	}
	k := constants[0].k
	out := k.Bufs[k.Stores[0].Buf]
	if fill := float64(out.Elems*out.Type.Size()) * perFilled; float64(runs)*perRun < fill {
		return parts
	}
	b := kir.Borrow()
	defer b.Return()
	at := b.Loops([]int{0}, []int{out.Elems})
	x := b.Bits(out.Type, k.Code[k.Stores[0].Val].Bits)
	b.Store(b.Out(out.Type, out.Elems), at[0], x)
	return append([]part{{b.Kernel(), constants[0].vals[k.Stores[0].Buf:][:1]}}, others...)
}

// What it takes to write a byte of many, and a few that lie apart from others, in nanoseconds.
const (
	perFilled = 0.02
	perRun    = 1.
)

// constant reports whether a kernel does nothing but write one constant to one buffer, and to how
// many places that lie apart.
func constant(k *kir.Kernel) (runs int, ok bool) {
	for _, s := range k.Stores {
		w, ok := k.WalkOf(s.Addr)
		if !ok || k.Code[s.Val].Code != kir.Constant || s.Buf != k.Stores[0].Buf || k.Code[s.Val].Bits != k.Code[k.Stores[0].Val].Bits {
			return 0, false
		}
		n := k.Regions[1].Size()
		if last := len(w.Extents) - 1; last >= 0 && w.Strides[last] == 1 {
			n /= w.Extents[last]
		}
		runs += n
	}
	return runs, len(k.Regions) == 2
}

// sameFill reports whether parts that write constants write the same to the same result.
func sameFill(p, q part) bool {
	x, y := p.k.Stores[0], q.k.Stores[0]
	a, b := &p.k.Code[x.Val], &q.k.Code[y.Val]
	return p.vals[x.Buf] == q.vals[y.Buf] && a.Type == b.Type && a.Bits == b.Bits
}

// peels reports whether a group is worth cutting.
func (m *maker) peels(gr *group) bool {
	return gr.space >= peelFrom || gr.parts > 1 && m.g.types[gr.stores[0]].Size() > tile.Size
}

// seams lists for each axis where operands of a concatenation meet.
func (m *maker) seams(n *node) [][]int {
	cuts := make([][]int, m.g.types[n.out[0]].Rank())
	a, at := n.op.(rule.Concatenation).Along(), 0
	for _, v := range n.in {
		if e := m.g.types[v].Shape[a]; e > 0 {
			if at > 0 {
				cuts[a] = append(cuts[a], at)
			}
			at += e
		}
	}
	return cuts
}

// parts adds to a list the kernels of a group for the indices in a box: one, or several
// without the conditions of that.
func (m *maker) parts(list []part, gr *group, of box, most int) []part {
	k, vals := lower(m.f, gr, of)
	if m.peels(gr) {
		if cuts := k.Cuts(); slices.ContainsFunc(cuts, func(c []int) bool { return len(c) > 0 }) {
			if parts := m.cut(list, gr, of, cuts, most); len(parts) > len(list) {
				return parts
			}
		}
	}
	return append(list, part{k, vals})
}

// cut adds the kernels for the boxes that cuts make of one, nothing if there are too many.
func (m *maker) cut(list []part, gr *group, of box, cuts [][]int, most int) []part {
	if a, ok := short(gr, of, cuts); ok {
		outer := box{of.lo, slices.Clone(of.hi)}
		for i := a; i < len(of.hi); i++ {
			outer.hi[i] = outer.lo[i] + 1
		}
		return m.unrolled(list, gr, outer, inside(of, a), most)
	}
	parts := boxes(of, cuts, most)
	if len(parts) == 1 {
		return list
	}
	for _, b := range parts {
		list = m.parts(list, gr, b, max(1, min(most, maxBoxes)/len(parts)))
	}
	return list
}

// short returns the axis from which on a box is better gone over by stores than by loops:
// the innermost one that is cut, if there and inside of it parts are short.
func short(gr *group, of box, cuts [][]int) (axis int, ok bool) {
	for axis = len(cuts) - 1; axis > 0 && len(cuts[axis]) == 0; axis-- {
	}
	inner, outer := 1, 1
	for a := range of.hi {
		if e := of.hi[a] - of.lo[a]; a >= axis {
			inner *= e
		} else {
			outer *= e
		}
	}
	parts := len(cuts[axis]) + 1
	return axis, inner <= shortAxis && inner < shortPart*parts && outer >= shortRows && inner*gr.nodes <= 16*maxNodes &&
		inner*len(gr.stores) <= 2*shortAxis
}

// inside lists the indices of a box from an axis on.
func inside(of box, axis int) [][]int {
	all := [][]int{nil}
	for a := axis; a < len(of.hi); a++ {
		var next [][]int
		for _, at := range all {
			for i := of.lo[a]; i < of.hi[a]; i++ {
				next = append(next, append(slices.Clone(at), i))
			}
		}
		all = next
	}
	return all
}

// unrolled adds kernels that go over a box, which has one index along the inner axes, and
// store at all of the given indices along these.
func (m *maker) unrolled(list []part, gr *group, outer box, inner [][]int, most int) []part {
	var at []box
	for _, in := range inner {
		b := box{slices.Clone(outer.lo), slices.Clone(outer.hi)}
		first := len(b.lo) - len(in)
		for i, x := range in {
			b.lo[first+i], b.hi[first+i] = x, x+1
		}
		at = append(at, b)
	}
	k, vals := lower(m.f, gr, at...)
	if parts := boxes(outer, k.Cuts(), most); len(parts) > 1 {
		for _, b := range parts {
			list = m.unrolled(list, gr, b, inner, max(1, most/len(parts)))
		}
		return list
	}
	return append(list, part{k, vals})
}

// boxes cuts a box at indices that are counted from its corner. One that would have
// more than most parts stays whole.
func boxes(of box, cuts [][]int, most int) []box {
	all := []box{{}}
	for a := range of.hi {
		edges := []int{of.lo[a]}
		for _, c := range cuts[a] {
			edges = append(edges, of.lo[a]+c)
		}
		edges = append(edges, of.hi[a])
		if len(all)*(len(edges)-1) > most {
			return []box{of}
		}
		var next []box
		for _, b := range all {
			for i := range len(edges) - 1 {
				next = append(next, box{append(slices.Clone(b.lo), edges[i]), append(slices.Clone(b.hi), edges[i+1])})
			}
		}
		all = next
	}
	return all
}
