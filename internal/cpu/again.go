package cpu

import (
	"slices"

	"gojax/internal/cpu/tile"
	"gojax/internal/kir"
)

// What several need is computed once and stored, unless it is less work than that: then each who
// uses it computes it again.

const (
	maxAgain   = 3 // light nodes in a row
	slightWork = 8 // simple instructions in all that are done again for an element
)

// light reports whether a node had better be computed again by the two groups that use
// it than be stored by one, since it is one instruction that costs less than memory; but
// not many of them in a row.
func (f *fusion) light(n *node, at []use) bool {
	if t := f.g.types[n.out[0]].DType; !f.byTwo(n, at) || t.IsComplex() || t.IsHalf() {
		return false
	}
	switch n.code {
	case kir.Neg, kir.Abs, kir.Square, kir.Add, kir.Sub, kir.Mul, kir.Max, kir.Min, kir.And, kir.Or, kir.Xor, kir.Not,
		kir.Eq, kir.Ne, kir.Lt, kir.Le, kir.Gt, kir.Ge, kir.Select:
		return true
	}
	return false
}

// slight reports whether value v is so little work that it had better be computed at each of the places that
// use it, and reads no more memory for that: they are of one group, as those of a gradient of differences, or
// what it is computed of is no larger than it is, as an array and rows or columns that scale it. What a product
// makes the elements of is computed while it does.
func (f *fusion) slight(v int, at []use) bool {
	t := f.g.types[v]
	if len(at) < 2 || t.Size() <= tile.Size || t.DType.IsComplex() || t.DType.IsHalf() || f.g.bound(v) || f.crowded(at) {
		return false
	}
	together := !slices.ContainsFunc(at, func(u use) bool { return u.group != at[0].group })
	work, bytes := 0, 0
	return f.g.cone(v, func(x, i int) bool {
		if i < 0 {
			bytes += f.g.types[x].Bytes()
			return together || 4*bytes <= 5*t.Bytes()
		}
		n := &f.g.nodes[i]
		if !f.g.smaller(x, t.Size()) {
			work += f.work(i)
		}
		found := n.kind != byCode && len(n.in) > 1 && slices.ContainsFunc(n.in[1:], func(y int) bool { return f.g.types[y].DType.IsInt() })
		return (len(at)-1)*work <= slightWork && n.kind != byJoin && !found
	})
}

// work is how many simple instructions an element of node i takes.
func (f *fusion) work(i int) int {
	if f.g.nodes[i].kind == byCode {
		return f.g.weight(i)
	}
	return f.traitsOf(i).work
}

// byTwo reports whether a node is an instruction that two groups use, which have room for it,
// and not the last of too many that are computed again.
func (f *fusion) byTwo(n *node, at []use) bool {
	return n.kind == byCode && len(at) == 2 && at[0].group != at[1].group && f.again[n.out[0]] != maxAgain && !f.crowded(at)
}

// crowded reports whether a group of some uses has no room for one more node.
func (f *fusion) crowded(at []use) bool {
	return slices.ContainsFunc(at, func(u use) bool { return !f.room(u) })
}
