package kir

import (
	"encoding/binary"
	"math/bits"
	"slices"

	"gojax/internal/dtype"
)

// Values of type Index are kept in a normal form, an offset and multiples of
// atoms, which are values that are not sums: loop indices, loaded and computed
// integers. With the ranges of the atoms it tells which divisions and comparisons
// need no code, so that addresses become affine in the loops wherever they can be.

// A Term is a multiple of an atom.
type Term struct {
	Atom   Val
	Stride int64
}

// maxTerms bounds the length of a sum, so that long chains cost no more than they
// have links.
const maxTerms = 16

// bounds are the least and the greatest value, or unbounded.
type bounds struct{ lo, hi int64 }

const far = 1 << 62

var unbounded = bounds{-1 << 63, 1<<63 - 1}

func (r bounds) known() bool { return r.lo > -far && r.hi < far }

// scaled returns the bounds of s times a value, which are unbounded if that may
// overflow.
func (r bounds) scaled(s int64) bounds {
	if !r.known() {
		return unbounded
	}
	lo, ok1 := product(r.lo, s)
	hi, ok2 := product(r.hi, s)
	if !ok1 || !ok2 {
		return unbounded
	}
	return bounds{min(lo, hi), max(lo, hi)}
}

func product(x, y int64) (int64, bool) {
	hi, lo := bits.Mul64(uint64(max(x, -x)), uint64(max(y, -y)))
	return x * y, hi == 0 && lo < far
}

func (r bounds) plus(s bounds) bounds {
	if !r.known() || !s.known() {
		return unbounded
	}
	t := bounds{r.lo + s.lo, r.hi + s.hi}
	if !t.known() {
		return unbounded
	}
	return t
}

func (b *Builder) form(x Val) (off int64, terms []Term) { return b.k.Form(x) }

// Form returns the normal form of a value of type Index.
func (k *Kernel) Form(x Val) (off int64, terms []Term) {
	switch i := &k.Code[x]; i.Code {
	case Constant:
		return int64(i.Bits[0]), nil
	case Linear:
		terms = make([]Term, len(i.Args))
		for j, a := range i.Args {
			terms[j] = Term{a, i.Strides[j]}
		}
		return int64(i.Bits[0]), terms
	}
	return 0, []Term{{x, 1}}
}

// Affine returns the index off + Σ stride·atom. The terms may be in any order, and
// their atoms any indices.
func (b *Builder) Affine(off int64, terms ...Term) Val {
	var sum []Term
	for _, t := range terms {
		off, sum = b.addTerm(off, sum, t)
	}
	return b.normal(b.rejoin(off, sum))
}

// addTerm adds a multiple of any index to an offset and a sum, which is sorted by
// atoms and has none times 0.
func (b *Builder) addTerm(off int64, sum []Term, t Term) (int64, []Term) {
	switch i := &b.k.Code[t.Atom]; i.Code {
	case Constant:
		return off + t.Stride*int64(i.Bits[0]), sum
	case Linear:
		off += t.Stride * int64(i.Bits[0])
		for j, a := range i.Args {
			sum = insert(sum, Term{a, t.Stride * i.Strides[j]})
		}
		return off, sum
	}
	return off, insert(sum, t)
}

func insert(sum []Term, t Term) []Term {
	i, ok := slices.BinarySearchFunc(sum, t.Atom, func(u Term, a Val) int { return int(u.Atom - a) })
	switch {
	case !ok && t.Stride != 0:
		return slices.Insert(sum, i, t)
	case !ok:
		return sum
	}
	if sum[i].Stride += t.Stride; sum[i].Stride == 0 {
		return slices.Delete(sum, i, i+1)
	}
	return sum
}

// rejoin undoes splits of indices: d·(x/d) + x%d is x.
func (b *Builder) rejoin(off int64, sum []Term) (int64, []Term) {
	for i := 0; i < len(sum); i++ {
		t := sum[i]
		rem := &b.k.Code[t.Atom]
		if rem.Code != Rem {
			continue
		}
		d, ok := b.constant(rem.Args[1])
		if !ok || int64(d[0]) <= 0 {
			continue
		}
		x := rem.Args[0]
		whole := b.over(x, int64(d[0]))
		j := slices.Index(sum, Term{whole, t.Stride * int64(d[0])})
		if j < 0 {
			continue
		}
		sum = slices.Delete(sum, max(i, j), max(i, j)+1)
		sum = slices.Delete(sum, min(i, j), min(i, j)+1)
		off, sum = b.addTerm(off, sum, Term{x, t.Stride})
		i = -1
	}
	return off, sum
}

// normal returns the value of a sum in normal form.
func (b *Builder) normal(off int64, sum []Term) Val {
	switch {
	case len(sum) == 0:
		return b.Bits(Index, [2]uint64{uint64(off)})
	case len(sum) == 1 && off == 0 && sum[0].Stride == 1:
		return sum[0].Atom
	}
	b.buf = binary.AppendVarint(b.buf[:0], off)
	for _, t := range sum {
		b.buf = binary.AppendVarint(b.buf, int64(t.Atom))
		b.buf = binary.AppendVarint(b.buf, t.Stride)
	}
	if v, ok := b.linear[string(b.buf)]; ok {
		return v
	}
	name := string(b.buf)
	i := Instr{Code: Linear, Type: Index, Bits: [2]uint64{uint64(off)},
		Args: make([]Val, len(sum)), Strides: make([]int64, len(sum))}
	for j, t := range sum {
		i.Args[j], i.Strides[j] = t.Atom, t.Stride
	}
	i.Region = b.inner(i.Args)
	v := b.add(i, b.span(off, sum))
	b.linear[name] = v
	return v
}

// span returns the bounds of a sum.
func (b *Builder) span(off int64, sum []Term) bounds {
	r := bounds{off, off}
	for _, t := range sum {
		r = r.plus(b.known[t.Atom].scaled(t.Stride))
	}
	return r
}

// foldIndex applies an instruction on indices, if what is known of them tells the
// result or its normal form.
func (b *Builder) foldIndex(c Code, args []Val) (Val, bool) {
	x := args[0]
	if len(args) == 1 {
		if c == Neg {
			return b.Affine(0, Term{x, -1}), true
		}
		return 0, false
	}
	if len(args) != 2 {
		return 0, false
	}
	y := args[1]
	k, isConst := b.constant(y)
	d := int64(k[0])
	switch c {
	case Add, Sub:
		if len(b.k.Code[x].Args)+len(b.k.Code[y].Args) > maxTerms {
			return 0, false
		}
		if c == Sub {
			return b.Affine(0, Term{x, 1}, Term{y, -1}), true
		}
		return b.Affine(0, Term{x, 1}, Term{y, 1}), true
	case Mul:
		if isConst {
			return b.Affine(0, Term{x, d}), true
		}
		if k, ok := b.constant(x); ok {
			return b.Affine(0, Term{y, int64(k[0])}), true
		}
	case Div:
		if isConst && d > 0 && b.known[x].lo >= 0 && b.known[x].known() {
			return b.over(x, d), true
		}
	case Rem:
		if isConst && d > 0 && b.known[x].lo >= 0 && b.known[x].known() {
			return b.modulo(x, d), true
		}
	case Max, Min:
		return b.foldExtremum(c, x, y)
	case Eq, Ne, Lt, Le, Gt, Ge:
		return b.compare(c, x, y)
	}
	return 0, false
}

// split takes the multiples of d out of x, which is not negative: x is d times the
// value of the first sum, plus the second, which is not negative either.
func (b *Builder) split(x Val, d int64) (q int64, whole []Term, r int64, rest []Term, ok bool) {
	off, terms := b.form(x)
	for _, t := range terms {
		if t.Stride%d == 0 {
			whole = append(whole, Term{t.Atom, t.Stride / d})
		} else {
			rest = append(rest, t)
		}
	}
	r = (off%d + d) % d
	q = (off - r) / d
	s := b.span(r, rest)
	return q, whole, r, rest, s.known() && s.lo >= 0
}

// over returns x/d for an x that is not negative.
func (b *Builder) over(x Val, d int64) Val {
	if d == 1 {
		return x
	}
	q, whole, r, rest, ok := b.split(x, d)
	if !ok {
		return b.quotient(x, d)
	}
	if s := b.span(r, rest); s.hi < d {
		return b.Affine(q, whole...)
	}
	if q == 0 && len(whole) == 0 {
		return b.quotient(x, d)
	}
	return b.Affine(q, append(whole, Term{b.quotient(b.Affine(r, rest...), d), 1})...)
}

// quotient is the instruction x/d; one for quotients of quotients.
func (b *Builder) quotient(x Val, d int64) Val {
	if i := &b.k.Code[x]; i.Code == Div {
		if k, ok := b.constant(i.Args[1]); ok && b.known[i.Args[0]].lo >= 0 && int64(k[0]) > 0 {
			if e, ok := product(int64(k[0]), d); ok {
				return b.over(i.Args[0], e)
			}
		}
	}
	s := b.known[x]
	return b.intern(Instr{Code: Div, Type: Index, Args: []Val{x, b.Affine(d)}}, bounds{s.lo / d, s.hi / d})
}

// modulo returns x%d for an x that is not negative.
func (b *Builder) modulo(x Val, d int64) Val {
	if d == 1 {
		return b.Affine(0)
	}
	if _, _, r, rest, ok := b.split(x, d); ok {
		if x = b.Affine(r, rest...); b.known[x].hi < d {
			return x
		}
	}
	return b.intern(Instr{Code: Rem, Type: Index, Args: []Val{x, b.Affine(d)}},
		bounds{0, min(d-1, b.known[x].hi)})
}

// Range returns bounds of an index; the least and the greatest integers where nothing is
// known of it.
func (b *Builder) Range(x Val) (lo, hi int64) { return b.known[x].lo, b.known[x].hi }

// difference returns the bounds of x-y.
func (b *Builder) difference(x, y Val) bounds {
	if len(b.k.Code[x].Args)+len(b.k.Code[y].Args) > maxTerms {
		return unbounded
	}
	off, sum := b.addTerm(0, nil, Term{x, 1})
	off, sum = b.addTerm(off, sum, Term{y, -1})
	return b.span(off, sum)
}

func (b *Builder) foldExtremum(c Code, x, y Val) (Val, bool) {
	if x == y {
		return x, true
	}
	if d := b.difference(x, y); d.known() && b.known[x].known() && b.known[y].known() {
		switch {
		case d.lo >= 0 && c == Max, d.hi <= 0 && c == Min:
			return x, true
		case d.lo >= 0, d.hi <= 0:
			return y, true
		}
	}
	return 0, false
}

// compare tells how indices of known bounds compare.
func (b *Builder) compare(c Code, x, y Val) (Val, bool) {
	d := b.difference(x, y)
	if !d.known() || !b.known[x].known() || !b.known[y].known() {
		return 0, false
	}
	var never, always bool
	switch c {
	case Eq, Ne:
		never, always = d.lo > 0 || d.hi < 0, d.lo == 0 && d.hi == 0
	case Lt, Ge:
		never, always = d.lo >= 0, d.hi < 0
	case Le, Gt:
		never, always = d.lo > 0, d.hi <= 0
	}
	if !never && !always {
		return 0, false
	}
	if c == Ne || c == Ge || c == Gt {
		always = never
	}
	bit := uint64(0)
	if always {
		bit = 1
	}
	return b.Bits(dtype.Bool, [2]uint64{bit}), true
}

// boundsOf returns what is known of the result of an instruction.
func (b *Builder) boundsOf(c Code, args []Val) bounds {
	if b.Type(args[len(args)-1]) != Index {
		return unbounded
	}
	r := b.known[args[len(args)-1]]
	switch c {
	case Max, Min:
		s := b.known[args[0]]
		if c == Max {
			// One known side is enough, for the other may be anything.
			return bounds{max(r.lo, s.lo), max(r.hi, s.hi)}
		}
		return bounds{min(r.lo, s.lo), min(r.hi, s.hi)}
	case Select, Rarely:
		s := b.known[args[1]]
		return bounds{min(r.lo, s.lo), max(r.hi, s.hi)}
	}
	return unbounded
}
