package jnp

import (
	"slices"
	"strings"

	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/lax"
)

// Einsum sums products over indices: spec names each axis of each operand by a letter,
// and after an arrow those of the result: Einsum("ij,jk->ik", x, y) is the product of
// matrices. Letters that the result lacks are summed over; one that an operand has twice
// stands for its diagonal; an ellipsis stands for axes without names, which are broadcast.
// Without an arrow the result has those, then the letters that are there once, in
// alphabetical order. Of several operands the pair that leaves the least is multiplied
// first.
func Einsum(spec string, operands ...any) lax.Array {
	const what = "einsum"
	in := lax.Promote(what, operands...)
	terms, result := parseEinsum(spec, in)
	factors := make([]factor, len(in))
	sizes := map[rune]int{}
	for i, x := range in {
		factors[i] = factor{x, terms[i]}
		factors[i].measure(spec, i, sizes)
	}
	for _, name := range result {
		if _, ok := sizes[name]; !ok {
			panic(core.Errorf(what, "the result of %q has the index %c, want one that an operand has", spec, name))
		}
	}
	for i := range factors {
		factors[i] = factors[i].squeezed(sizes).diagonal()
	}
	for len(factors) > 1 {
		i, j := cheapest(factors, result, sizes)
		product := multiply(factors[i], factors[j], needed(factors, result, i, j))
		factors = append(slices.Delete(slices.Delete(factors, j, j+1), i, i+1), product)
	}
	return factors[0].summed(result).ordered(result)
}

// A factor is an operand of a product and the names of its axes.
type factor struct {
	x     lax.Array
	names []rune
}

// unnamed is where the names begin of axes that an ellipsis stands for: the last one has
// the highest.
const unnamed = 0xe000

// parseEinsum returns the names of the axes of the operands and of the result.
func parseEinsum(spec string, in []lax.Array) (terms [][]rune, result []rune) {
	const what = "einsum"
	left, right, explicit := strings.Cut(strings.ReplaceAll(spec, " ", ""), "->")
	inputs := strings.Split(left, ",")
	if len(inputs) != len(in) || len(in) == 0 {
		panic(core.Errorf(what, "%q names %d operands and got %d, want as many, and at least one", spec, len(inputs), len(in)))
	}
	most := 0 // axes that an ellipsis stands for
	for i, term := range inputs {
		n := in[i].Rank() - len(letters(spec, term))
		if dots := strings.Contains(term, "..."); n < 0 || n > 0 && !dots {
			panic(core.Errorf(what, "operand %d has type %v, want as many axes as %q names in %q", i, in[i].Type(), term, spec))
		} else if dots {
			most = max(most, n)
		}
		terms = append(terms, expand(term, n))
	}
	if explicit {
		result = expand(right, most)
		letters(spec, right)
		if !strings.Contains(right, "...") && most > 0 {
			panic(core.Errorf(what, "the result of %q lacks the ellipsis, want it where an operand has axes for it", spec))
		}
		for i, name := range result {
			if slices.Contains(result[:i], name) {
				panic(core.Errorf(what, "the result of %q has the index %c twice, want it once", spec, name))
			}
		}
		return terms, result
	}
	return terms, implicit(left, most)
}

// letters returns the letters of a term, without its ellipsis.
func letters(spec, term string) string {
	rest := strings.Replace(term, "...", "", 1)
	for _, c := range rest {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			panic(core.Errorf("einsum", "%q has the index %q, want letters, ellipses, commas and one arrow", spec, string(c)))
		}
	}
	return rest
}

// expand returns the names in a term whose ellipsis stands for n axes.
func expand(term string, n int) []rune {
	before, after, dots := strings.Cut(term, "...")
	names := []rune(before)
	if dots {
		for i := range n {
			names = append(names, rune(unnamed+100-n+i))
		}
	}
	return append(names, []rune(after)...)
}

// implicit returns the names of a result that is not written down.
func implicit(left string, most int) []rune {
	var once []rune
	for _, c := range strings.ReplaceAll(strings.ReplaceAll(left, "...", ""), ",", "") {
		if strings.Count(left, string(c)) == 1 {
			once = append(once, c)
		}
	}
	slices.Sort(once)
	return append(expand("...", most), once...)
}

// measure enters the sizes of the axes of operand i.
func (f factor) measure(spec string, i int, sizes map[rune]int) {
	for a, name := range f.names {
		d := f.x.Shape()[a]
		switch old, ok := sizes[name]; {
		case !ok || old == 1:
			sizes[name] = d
		case d != 1 && d != old:
			panic(core.Errorf("einsum", "operand %d of %q has type %v, size %d in axis %d, want %d as others have for that index",
				i, spec, f.x.Type(), d, a, old))
		}
	}
}

// squeezed returns f without axes of size 1 that go along with longer ones.
func (f factor) squeezed(sizes map[rune]int) factor {
	var gone []int
	var names []rune
	for a, name := range f.names {
		if f.x.Shape()[a] == 1 && sizes[name] != 1 {
			gone = append(gone, a)
		} else {
			names = append(names, name)
		}
	}
	return factor{lax.Squeeze(f.x, gone), names}
}

// diagonal returns f with the diagonal in place of axes of one name.
func (f factor) diagonal() factor {
	for a := 0; a < len(f.names); a++ {
		b := slices.Index(f.names[a+1:], f.names[a]) + a + 1
		if b == a {
			continue
		}
		name := f.names[a]
		names := slices.Delete(slices.Delete(slices.Clone(f.names), b, b+1), a, a+1)
		f = factor{Diagonal(f.x, Axis(a, b)), append(names, name)}
		a = -1
	}
	return f
}

// needed lists the names that the product of factors i and j must keep.
func needed(factors []factor, result []rune, i, j int) []rune {
	names := slices.Clone(result)
	for k, f := range factors {
		if k != i && k != j {
			names = append(names, f.names...)
		}
	}
	return names
}

// cheapest returns the pair of factors whose product is the smallest, compared with what
// it replaces; of equal ones that with the fewest multiplications.
func cheapest(factors []factor, result []rune, sizes map[rune]int) (i, j int) {
	best, work := 0.0, 0.0
	size := func(names []rune) float64 {
		n := 1.0
		for k, name := range names {
			if !slices.Contains(names[:k], name) {
				n *= float64(sizes[name])
			}
		}
		return n
	}
	j = -1
	for p := range factors {
		for q := p + 1; q < len(factors); q++ {
			keep := needed(factors, result, p, q)
			all := slices.Concat(factors[p].names, factors[q].names)
			left := slices.DeleteFunc(slices.Clone(all), func(name rune) bool { return !slices.Contains(keep, name) })
			cost, ops := size(left)-size(factors[p].names)-size(factors[q].names), size(all)
			if j < 0 || cost < best || cost == best && ops < work {
				i, j, best, work = p, q, cost, ops
			}
		}
	}
	return i, j
}

// multiply contracts what is not kept.
func multiply(f, g factor, keep []rune) factor {
	f, g = f.summed(slices.Concat(keep, g.names)), g.summed(slices.Concat(keep, f.names))
	var contract, batch [2][]int
	var names []rune
	for a, name := range f.names {
		b := slices.Index(g.names, name)
		switch {
		case b < 0:
		case slices.Contains(keep, name):
			batch[0], batch[1] = append(batch[0], a), append(batch[1], b)
			names = append(names, name)
		default:
			contract[0], contract[1] = append(contract[0], a), append(contract[1], b)
		}
	}
	for i, h := range [2]factor{f, g} {
		for a, name := range h.names {
			if !slices.Contains(batch[i], a) && !slices.Contains(contract[i], a) {
				names = append(names, name)
			}
		}
	}
	return factor{lax.DotGeneral(f.x, g.x, contract, batch, dtype.Invalid), names}
}

// summed returns f summed over the axes that are not kept.
func (f factor) summed(keep []rune) factor {
	var gone []int
	var names []rune
	for a, name := range f.names {
		if slices.Contains(keep, name) {
			names = append(names, name)
		} else {
			gone = append(gone, a)
		}
	}
	if f.x.DType() == dtype.Bool {
		return factor{lax.ReduceOr(f.x, gone), names}
	}
	return factor{lax.ReduceSum(f.x, gone), names}
}

// ordered returns the axes of f in the given order.
func (f factor) ordered(names []rune) lax.Array {
	perm := make([]int, len(names))
	for i, name := range names {
		perm[i] = slices.Index(f.names, name)
	}
	if slices.IsSorted(perm) {
		return f.x
	}
	return lax.Transpose(f.x, perm)
}
