package kir

import (
	"fmt"
	"slices"

	"gojax/internal/dtype"
)

// In declares memory that the kernel reads, Out memory that it writes.
func (b *Builder) In(t dtype.Type, elems int) int { return b.declare(Buf{t, elems, false}) }

// Out declares memory that the kernel writes.
func (b *Builder) Out(t dtype.Type, elems int) int { return b.declare(Buf{t, elems, true}) }

func (b *Builder) declare(m Buf) int {
	b.k.Bufs = append(b.k.Bufs, m)
	return len(b.k.Bufs) - 1
}

// Loops begins the parallel loops of the kernel, over the box of indices from lo
// until hi, and returns the indices.
func (b *Builder) Loops(lo, hi []int) []Val {
	if len(b.k.Regions) != 1 {
		panic("kir: a kernel has one nest of parallel loops")
	}
	extents := make([]int, len(lo))
	for a := range lo {
		extents[a] = hi[a] - lo[a]
	}
	b.region = b.open(extents)
	at := slices.Clone(b.k.Regions[b.region].Index)
	for a := range at {
		at[a] = b.Affine(int64(lo[a]), Term{at[a], 1})
	}
	return at
}

// open begins a region inside the present one.
func (b *Builder) open(extents []int) int {
	r := len(b.k.Regions)
	index := make([]Val, len(extents))
	for n, e := range extents {
		index[n] = b.Affine(0)
		if e != 1 {
			index[n] = b.add(Instr{Code: LoopIndex, Type: Index, Region: r, N: n}, bounds{0, int64(max(e-1, 0))})
		}
	}
	b.k.Regions = append(b.k.Regions, Region{b.region, slices.Clone(extents), index})
	return r
}

// Load reads element addr of a buffer.
func (b *Builder) Load(buf int, addr Val) Val {
	return b.intern(Instr{Code: Load, Type: b.k.Bufs[buf].Type, Args: []Val{addr}, Buf: buf}, unbounded)
}

// Store makes every iteration of the parallel loops, or of Each, write element addr of a buffer.
func (b *Builder) Store(buf int, addr, x Val) {
	if t := b.k.Bufs[buf].Type; t != b.Type(x) {
		panic(fmt.Sprintf("kir: store of a %v in a buffer of %v", b.Type(x), t))
	}
	b.k.Stores = append(b.k.Stores, Store{buf, addr, x, max(b.region, 1)})
}

// Address returns the address in a row-major array of the element at an index.
func (b *Builder) Address(shape []int, at []Val) Val {
	terms := make([]Term, len(shape))
	stride := int64(1)
	for a := len(shape) - 1; a >= 0; a-- {
		terms[a] = Term{at[a], stride}
		stride *= int64(shape[a])
	}
	return b.Affine(0, terms...)
}

// Memory returns a buffer as the operand that it is the row-major array of.
func (b *Builder) Memory(buf int, shape []int) Operand {
	return Operand{b.k.Bufs[buf].Type, shape, func(at []Val) Val { return b.Load(buf, b.Address(shape, at)) }}
}

// Reduce combines body(i) over all index vectors i below extents. combine must be
// associative and commutative, with the identity init. Several values reduce
// together. The order is fixed by extents alone: see Block.
func (b *Builder) Reduce(extents []int, init []Val, body func(i []Val) []Val,
	combine func(x, y []Val) []Val) []Val {
	if b.written {
		b.written = false
		return b.writeOut(extents, init, body, combine)
	}
	if !slices.ContainsFunc(extents, func(e int) bool { return e != 1 }) {
		return combine(init, body(b.zeros(len(extents))))
	}
	outer := b.region
	defer func() { b.region = outer }()
	f := &Fold{}
	f.Body = b.body(extents, len(init))
	b.region = f.Body
	f.Yield = slices.Clone(body(slices.Clone(b.k.Regions[f.Body].Index)))

	b.region = outer
	f.Combine = b.open(nil)
	for n := range 2 * len(init) {
		t := b.Type(init[n%len(init)])
		f.Params = append(f.Params, b.add(Instr{Code: Param, Type: t, Region: f.Combine, N: n}, unbounded))
	}
	b.region = f.Combine
	f.Combined = slices.Clone(combine(f.Params[:len(init)], f.Params[len(init):]))
	for n, x := range init {
		if y, c := b.Type(f.Yield[n]), b.Type(f.Combined[n]); b.Type(x) != y || y != c {
			panic(fmt.Sprintf("kir: a reduction of %v begins with %v and combines to %v", y, b.Type(x), c))
		}
	}
	return b.results(f, init, outer)
}

// WriteOut makes the next reduction instructions on all of its elements, which must be one at least and
// Lanes at most, in place of loops. They are combined in the same order.
func (b *Builder) WriteOut() { b.written = true }

func (b *Builder) writeOut(extents []int, init []Val, body func(i []Val) []Val, combine func(x, y []Val) []Val) []Val {
	var lanes [][]Val
	at := make([]int, len(extents))
	for next := true; next; next = advance(at, extents) {
		i := make([]Val, len(at))
		for a, x := range at {
			i[a] = b.At(x)
		}
		lanes = append(lanes, body(i))
	}
	for n := len(lanes); n > 1; n = Halve(n) {
		h := Halve(n)
		for j := range n - h {
			lanes[j] = combine(lanes[j], lanes[h+j])
		}
	}
	return combine(init, lanes[0])
}

// advance goes on to the next index below extents; it reports false behind the last.
func advance(at, extents []int) bool {
	for a := len(at) - 1; a >= 0; a-- {
		if at[a]++; at[a] < extents[a] {
			return true
		}
		at[a] = 0
	}
	return false
}

// zeros returns so many indices that are 0.
func (b *Builder) zeros(n int) []Val {
	at := make([]Val, n)
	for a := range at {
		at[a] = b.Affine(0)
	}
	return at
}

func (b *Builder) results(f *Fold, init []Val, region int) []Val {
	v := b.add(Instr{Code: Reduce, Type: b.Type(init[0]), Region: region, Args: slices.Clone(init), Fold: f}, unbounded)
	out := []Val{v}
	for n := 1; n < len(init); n++ {
		out = append(out, b.add(Instr{Code: Result, Type: b.Type(init[n]), Region: region, Args: []Val{v}, N: n}, unbounded))
	}
	return out
}

// Kernel returns what has been built, without code that nothing depends on.
func (b *Builder) Kernel() *Kernel {
	k := b.k
	if len(b.shared) > 0 {
		return k.prune().merged()
	}
	return k.prune()
}

// prune returns k without dead code; the buffers stay.
func (k *Kernel) prune() *Kernel {
	live := make([]bool, len(k.Code))
	mark := func(vals []Val) {
		for _, v := range vals {
			live[v] = true
		}
	}
	for _, s := range k.Stores {
		live[s.Addr], live[s.Val] = true, true
	}
	for _, r := range k.Regions { // the index of a loop of one iteration is a constant
		mark(r.Index)
	}
	for v := len(k.Code) - 1; v >= 0; v-- {
		i := &k.Code[v]
		if i.Code == Param || k.StoresIn(i.Fold) {
			live[v] = true
		}
		if !live[v] {
			continue
		}
		mark(i.Args)
		if i.Fold != nil {
			mark(i.Fold.Yield)
			mark(i.Fold.Combined)
			for n := range i.Args { // results stay together
				live[v+n] = true
			}
		}
	}
	return k.renumber(live)
}

// renumber returns k with only the marked instructions.
func (k *Kernel) renumber(live []bool) *Kernel {
	code, args := 0, 0
	for v := range k.Code {
		if live[v] {
			code++
			args += len(k.Code[v].Args)
		}
	}
	n := &Kernel{Bufs: k.Bufs, Regions: slices.Clone(k.Regions), Code: make([]Instr, 0, code), Stores: make([]Store, 0, len(k.Stores))}
	now := make([]Val, len(k.Code))
	room := make([]Val, 0, args)
	all := func(vals []Val) []Val {
		from := len(room)
		for _, v := range vals {
			room = append(room, now[v])
		}
		return room[from:len(room):len(room)]
	}
	for v, i := range k.Code {
		if !live[v] {
			continue
		}
		now[v] = Val(len(n.Code))
		i.Args = all(i.Args)
		if i.Fold != nil {
			f := *i.Fold
			f.Yield, f.Params, f.Combined = all(f.Yield), all(f.Params), all(f.Combined)
			i.Fold = &f
		}
		n.Code = append(n.Code, i)
	}
	for r := range n.Regions {
		n.Regions[r].Index = all(n.Regions[r].Index)
	}
	for _, s := range k.Stores {
		n.Stores = append(n.Stores, Store{s.Buf, now[s.Addr], now[s.Val], s.Region})
	}
	return n
}

// Work is what a kernel does.
type Work struct {
	Elements   int // instructions on elements; conversions and indices do not count
	Iterations int // of its reductions
}

// Work looks at the instructions so far.
func (b *Builder) Work() (w Work) {
	for v := range b.k.Code {
		switch i := &b.k.Code[v]; {
		case i.Code == Reduce:
			w.Iterations += max(1, b.k.Regions[i.Fold.Body].Size())
		case i.Code < Convert && i.Type != Index:
			w.Elements++
		}
	}
	return w
}
