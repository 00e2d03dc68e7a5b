package gen

import (
	"encoding/binary"
	"math"

	"gojax/internal/asm/amd64"
	"gojax/internal/cpu/code"
	"gojax/internal/dtype"
	"gojax/internal/kir"
)

// A whole Output is what the reduction of one block makes of its lanes: the accumulators
// begin with what changes no number, and are combined by halves in the end.

// Identity returns the bits of the element that changes no other, combined with it on the
// left by an instruction that an Output may combine by; false if there is none. One of 16 bytes
// is these bits twice.
func Identity(c kir.Code, t dtype.Type) (bits uint64, ok bool) {
	switch {
	case t.IsComplex():
		minus := math.Copysign(0, -1)
		return kir.Encode(t, complex(minus, minus))[0], c == kir.Add
	case c == kir.Add && t.IsFloat():
		return kir.Encode(t, complex(math.Copysign(0, -1), 0))[0], true
	case c == kir.Add, c == kir.Or, c == kir.Xor:
		return 0, !t.IsFloat()
	case c == kir.And:
		return math.MaxUint64 >> (64 - t.Bits()), !t.IsFloat()
	case c == kir.Mul:
		return kir.Encode(t, 1)[0], true
	case c != kir.Max && c != kir.Min:
		return 0, false
	case t.IsFloat():
		sign := 1
		if c == kir.Max {
			sign = -1
		}
		return kir.Encode(t, complex(math.Inf(sign), 0))[0], true
	}
	least, most := uint64(0), uint64(math.MaxUint64)>>(64-t.Bits())
	if t.IsSigned() {
		least, most = 1<<(t.Bits()-1), most>>1
	}
	if c == kir.Max {
		return least, true
	}
	return most, true
}

// begin fills the accumulators of whole outputs, where they do not begin in registers.
func (g *gen) begin() {
	for n, o := range g.Out {
		if _, ok := g.identity(n); o.Whole && !ok {
			g.fail(errLimits)
			return
		}
	}
	if !g.ring {
		g.fillWholes()
	}
}

// fillWholes fills the accumulators of whole outputs.
func (g *gen) fillWholes() {
	for n, o := range g.Out {
		if !o.Whole {
			continue
		}
		bits, _ := g.identity(n)
		g.a.Op(amd64.VMOVUPS, g.vec(0), g.a.Splat64(bits, g.w))
		for at := 0; at < kir.Lanes*max(g.typ(o.Val).Size(), 4); at += g.w {
			g.a.Op(amd64.VMOVUPS, amd64.Ptr(amd64.RSI, int32(g.wholes[n]+at)), g.vec(0))
		}
	}
}

// identity is the pattern of Identity for an output.
func (g *gen) identity(n int) (bits uint64, ok bool) {
	o := &g.Out[n]
	t := g.typ(o.Val)
	bits, ok = Identity(o.Fold, t)
	return g.pattern(t, bits), ok
}

// pattern is an element as lanes have it, twice if that is a word.
func (g *gen) pattern(t dtype.Type, bits uint64) uint64 {
	switch {
	case t.Size() < 4:
		bits = uint64(wordBits(t, bits))
	case t.Size() >= 8:
		return bits
	}
	return bits | bits<<32
}

// end combines the accumulators of whole outputs in the order of kir.Halve.
func (g *gen) end() {
	for n, o := range g.Out {
		if !o.Whole {
			continue
		}
		g.reset(false)
		t := g.typ(o.Val)
		size := max(t.Size(), 4)
		var x []vreg
		for at := 0; at < kir.Lanes*size; at += g.w {
			g.defs = append(g.defs, def{home: slot, mem: amd64.Ptr(amd64.RSI, int32(g.wholes[n]+at))})
			x = append(x, vreg(len(g.defs)-1))
		}
		if g.turned(n) {
			for i := range x {
				x[i] = g.xor(x[i], g.sign(size))
			}
		}
		g.tree(n, x)
		newAlloc(g).emit()
	}
}

// tree combines the accumulators of an output, which it may have turned, and stores the
// element.
func (g *gen) tree(n int, x []vreg) {
	o := g.Out[n]
	t := g.typ(o.Val)
	size := max(t.Size(), 4)
	combine := func(x, y vreg) vreg { return g.fold(o.Fold, t, x, y) }
	if g.turned(n) {
		combine = func(x, y vreg) vreg { return g.least(size, x, y) }
	}
	few := o.Few
	for few*size > g.w {
		x = g.halved(n, x, few, combine)
		few = kir.Halve(few)
	}
	if few > 0 {
		x = x[:1]
	}
	for h := len(x) / 2; h > 0; h /= 2 {
		for i := range h {
			x[i] = combine(x[i], x[i+h])
		}
	}
	y := x[0]
	if few&(few-1) != 0 {
		y = g.op(amd64.VPERMD, g.pooled(g.spaced(few, size)), y)
	}
	for w := g.w; w > size; w /= 2 {
		y = combine(y, g.upperHalf(y, w))
	}
	if g.turned(n) {
		y = g.xor(y, g.sign(size))
	}
	if len(o.Init) > 0 {
		var first vreg
		if longElement(t) {
			first = g.twoWords([2]uint64(o.Init))
		} else {
			first = g.bits(g.pattern(t, o.Init[0]))
		}
		y = g.fold(o.Fold, t, first, y)
	}
	g.element(n, y)
}

// CanFew reports whether code of a level can reduce n elements of a type to a whole Output, where
// n is less than kir.Lanes and no power of two, in the order of kir.Halve.
func CanFew(level code.Level, t dtype.Type, n int) bool {
	return n > 2 && !longElement(t) && level != code.Portable
}

// halved combines once, by halves, the few elements that are in vectors, and nothing that
// changes them behind.
func (g *gen) halved(n int, x []vreg, few int, combine func(x, y vreg) vreg) (y []vreg) {
	size := max(g.typ(g.Out[n].Val).Size(), 4)
	bits, _ := g.identity(n)
	nothing, lanes, h := g.bits(bits), g.w/size, kir.Halve(few)
	at := func(k int) vreg {
		if k*lanes < few {
			return x[k]
		}
		return nothing
	}
	for k := 0; k*lanes < h; k++ {
		q, by := k+h/lanes, h%lanes
		z := at(q)
		if by > 0 {
			turn := g.pooled(wordsOf(lanes, size, func(i int) int { return (i + by) % lanes }))
			z = g.sel(g.firstOf(lanes-by, size), g.op(amd64.VPERMD, turn, z), g.op(amd64.VPERMD, turn, at(q+1)))
		}
		z = combine(x[k], z)
		if left := h - k*lanes; left < lanes {
			z = g.sel(g.firstOf(left, size), z, nothing)
		}
		y = append(y, z)
	}
	return y
}

// firstOf is the constant that says which are the first n elements of a size.
func (g *gen) firstOf(n, size int) vreg {
	all := make([]byte, g.w)
	for i := range n * size {
		all[i] = 0xff
	}
	return g.pooled(all)
}

// wordsOf are the words by which VPERMD puts element at(i) of some of a size at place i.
func wordsOf(lanes, size int, at func(i int) int) (words []byte) {
	for i := range lanes {
		for w := range size / 4 {
			words = binary.LittleEndian.AppendUint32(words, uint32(at(i)*size/4+w))
		}
	}
	return words
}

// spaced are the words by which VPERMD puts n elements of a size where halves of a vector are
// combined in the order in which halves of n are: an element that is combined with no other has
// one beside it that changes nothing, as those from the n-th on.
func (g *gen) spaced(n, size int) []byte {
	lanes := g.w / size
	at := make([]int, lanes)
	for i := range at {
		at[i] = n
	}
	for i := range n {
		place, left, of := 0, i, n
		for h := lanes / 2; h > 0; h /= 2 {
			half := kir.Halve(of)
			if of > 1 && left >= half {
				place, left = place+h, left-half
			}
			of = half
		}
		at[place] = i
	}
	return wordsOf(lanes, size, func(i int) int { return at[i] })
}

// element stores the first element of a vector as an output that has no other.
func (g *gen) element(n int, y vreg) {
	t := g.typ(g.Out[n].Val)
	switch t {
	case dtype.Bool:
		y = g.and(y, g.word(1))
	case dtype.BFloat16:
		y = g.opImm(amd64.VPSRLD, 16, y)
	case dtype.Float16:
		y = g.toF16(y)
	}
	g.put(ins{form: single, dst: none, src: [3]vreg{y}, n: 1, x: n, size: t.Size()})
}

// signs are the sign bits of 64 bits of elements.
func (g *gen) signs(n int) uint64 {
	if g.typ(g.Out[n].Val).Size() <= 4 {
		return 1<<63 | 1<<31
	}
	return 1 << 63
}

// upperHalf moves the upper half of the low w bytes of a vector to the lower half.
func (g *gen) upperHalf(x vreg, w int) vreg {
	switch w {
	case 64:
		return g.upper(x)
	case 32:
		return g.sized(amd64.VEXTRACTF128, 1, [4]uint8{16, 32}, x)
	case 16:
		return g.opImm(amd64.VPSHUFD, 0xEE, x)
	}
	return g.opImm(amd64.VPSHUFD, 0x55, x)
}
