package kirtest

import (
	"math/rand/v2"
	"slices"

	"gojax/internal/cpu/tile"
	"gojax/internal/dtype"
	"gojax/internal/kir"
)

// Random returns a random kernel: loops of all sizes, operands at addresses that move
// every way with them or are computed, instructions on all types, and reductions.
func Random(r *rand.Rand) *kir.Kernel { return newMaker(r, false).kernel() }

// Hidden returns the kernel that Random returns for the same numbers, but whose indices
// are read from memory wherever they are data: the Builder cannot simplify by what it
// knows of them. Buffer 0 is to have the indices, see [Memory.Count]. The two compute
// the same.
func Hidden(r *rand.Rand) *kir.Kernel { return newMaker(r, true).kernel() }

// A maker makes a kernel. What it decides must not depend on what the Builder makes of
// it, so that Hidden decides the same.
type maker struct {
	*rand.Rand
	b     *kir.Builder
	hide  bool
	count int          // elements of buffer 0
	types []dtype.Type // of most values
	vals  map[dtype.Type][]kir.Val
	loops []loop // that are open, outermost first
	work  int    // iterations of these

	parallel int // how many of them are those of region 1
}

// A loop is an index that may be used: its value, which is lo and more, less than hi.
type loop struct {
	at     kir.Val
	lo, hi int
}

func (l loop) extent() int { return l.hi - l.lo }

func newMaker(r *rand.Rand, hide bool) *maker {
	m := &maker{Rand: r, b: kir.NewBuilder(), hide: hide, count: 1, vals: map[dtype.Type][]kir.Val{}}
	all := dtype.All()
	if r.IntN(2) == 0 { // what machine code has alone
		all = []dtype.Type{dtype.Float32, dtype.Float32, dtype.Float64, dtype.Int32, dtype.Int64, dtype.Uint32, dtype.Uint64, dtype.Bool,
			dtype.Float16, dtype.BFloat16, dtype.BFloat16, dtype.Int8, dtype.Uint8, dtype.Int16, dtype.Uint16, dtype.Complex64, dtype.Complex128}
	}
	for range 1 + r.IntN(4) {
		m.types = append(m.types, all[r.IntN(len(all))])
	}
	return m
}

// maxIndex bounds indices.
const maxIndex = 1 << 15

// extents are sizes at which loops have something to get wrong.
var extents = []int{1, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 24, 31, 32, 33, 63, 64, 65, 95, 96, 97, 127, 128, 129, 200, 255, 256, 257,
	511, 512, 513, 700, 1000, 1025, 2048}

// extent returns a size of at most most.
func (m *maker) extent(most int) int {
	if m.IntN(40) == 0 {
		return 0
	}
	n := len(extents)
	for extents[n-1] > max(most, 1) {
		n--
	}
	return extents[m.IntN(n)]
}

func (m *maker) kernel() *kir.Kernel {
	m.b.In(kir.Index, 1)
	most := 3000
	if m.IntN(200) == 0 { // enough for threads to share
		most = 30000
	}
	lo, hi := m.shortRows()
	m.work = max(1, product(hi))
	for range m.IntN(4) {
		if lo != nil {
			break
		}
		from, n := 0, m.extent(most/max(m.work, 1))
		if m.IntN(5) == 0 {
			from = m.IntN(5)
		}
		if most > 10000 && m.IntN(2) == 0 {
			n = most / max(m.work, 1)
		}
		lo, hi = append(lo, from), append(hi, from+n)
		m.work *= n
	}
	for a, i := range m.b.Loops(lo, hi) {
		m.loops = append(m.loops, loop{i, lo[a], hi[a]})
	}
	outer := slices.Clone(m.loops)
	m.parallel = len(outer)
	for range 1 + m.IntN(5) {
		m.add(m.operand(m.some()))
	}
	m.body(m.length())
	for range 1 + m.IntN(3) {
		m.result(outer)
	}
	k := m.b.Kernel()
	k.Bufs[0].Elems = m.count
	return k
}

// shortRows are, now and then, loops over many rows that are too short for tiles of their own.
func (m *maker) shortRows() (lo, hi []int) {
	if m.IntN(16) > 0 {
		return nil, nil
	}
	n := []int{2, 3, 5, 8, 15, 16, 17, 30, 32, 33, 64, 90}[m.IntN(12)]
	outer := 1 + m.IntN(4)
	return []int{0, 0, 0}, []int{outer, 2100/(outer*n) + 1, n}
}

func product(extents []int) int {
	n := 1
	for _, e := range extents {
		n *= e
	}
	return n
}

// length is how many instructions a block has.
func (m *maker) length() int {
	switch m.IntN(12) {
	case 0:
		return 40 + m.IntN(100)
	case 1, 2:
		return 0
	}
	return 1 + m.IntN(14)
}

// body adds random steps, with a reduction now and then.
func (m *maker) body(n int) {
	for range n {
		m.step()
	}
	for len(m.loops) < 6 && m.IntN(3) == 0 {
		m.reduction()
		for range m.IntN(4) {
			m.step()
		}
	}
}

// some is a type.
func (m *maker) some() dtype.Type {
	if m.IntN(12) == 0 {
		return dtype.All()[m.IntN(len(dtype.All()))]
	}
	return m.types[m.IntN(len(m.types))]
}

func (m *maker) add(v kir.Val) {
	t := m.b.Type(v)
	m.vals[t] = append(m.vals[t], v)
}

// any is a value of a type: one of the latest, one of all, or a constant.
func (m *maker) any(t dtype.Type) kir.Val {
	l := m.vals[t]
	switch n := m.IntN(8); {
	case len(l) == 0 || n == 0:
		return m.b.Bits(t, random(m.Rand, t))
	case n < 3:
		return l[len(l)-1]
	}
	return l[m.IntN(len(l))]
}

// index is a loop's index as data.
func (m *maker) index(l loop) kir.Val {
	if m.hide {
		m.count = max(m.count, l.hi)
		return m.b.Load(0, l.at)
	}
	return l.at
}

// operand reads memory.
func (m *maker) operand(t dtype.Type) kir.Val {
	switch m.IntN(10) {
	case 0:
		return m.gather(t)
	case 1:
		return m.padded(t)
	case 2:
		return m.reshaped(t)
	case 3:
		return m.joined(t)
	}
	addr, elems := m.affine()
	return m.b.Load(m.b.In(t, elems), addr)
}

// affine returns an address that is affine in the loops, some of them, in any order and
// direction, and the size of a buffer that it is in.
func (m *maker) affine() (addr kir.Val, elems int) {
	stride, off := 1+m.IntN(8)/6, m.IntN(3)
	if m.IntN(2) == 0 {
		stride, off = 1, 0
	}
	order := m.order(len(m.loops))
	terms := make([]kir.Term, 0, len(order))
	last := off
	for _, a := range slices.Backward(order) {
		l := m.loops[a]
		s, n := stride, max(l.extent(), 1)
		switch m.IntN(10) {
		case 0, 1:
			s = 0 // the same for all
		case 2:
			s = -s
			off += -s * (n - 1)
		case 3:
			s *= 1 + m.IntN(3)
		}
		off -= s * l.lo
		last += max(s, -s) * (n - 1)
		stride = max(stride, max(s, -s)*n)
		if last > maxIndex/2 {
			return m.b.At(0), 1
		}
		terms = append(terms, kir.Term{Atom: l.at, Stride: int64(s)})
	}
	return m.b.Affine(int64(off), terms...), last + 1 + m.IntN(2)
}

// order is mostly the natural one of n axes.
func (m *maker) order(n int) []int {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	if m.IntN(3) == 0 {
		m.Shuffle(n, func(i, j int) { order[i], order[j] = order[j], order[i] })
	}
	return order
}

// gather reads at a computed index.
func (m *maker) gather(t dtype.Type) kir.Val {
	n := 1 + m.IntN(50)
	j := m.b.Convert(kir.Index, m.any([]dtype.Type{dtype.Int32, dtype.Int64, dtype.Uint8, dtype.Int16}[m.IntN(4)]))
	if m.IntN(2) == 0 {
		j = m.b.Emit(kir.Rem, j, m.b.At(n))
	}
	j = m.b.Emit(kir.Max, m.b.Emit(kir.Min, j, m.b.At(n-1)), m.b.At(0))
	addr, elems := m.affine()
	if n*elems > maxIndex {
		addr, elems = m.b.At(0), 1
	}
	return m.b.Load(m.b.In(t, n*elems), m.b.Emit(kir.Add, m.b.Emit(kir.Mul, j, m.b.At(elems)), addr))
}

// padded reads what lies inside, and has another value outside.
func (m *maker) padded(t dtype.Type) kir.Val {
	if len(m.loops) == 0 {
		return m.any(t)
	}
	l := m.loops[m.IntN(len(m.loops))]
	n := 1 + m.IntN(max(l.extent(), 1)+3)
	j := m.b.Emit(kir.Sub, m.index(l), m.b.At(m.IntN(6)-2))
	in := m.b.Emit(kir.And, m.b.Emit(kir.Ge, j, m.b.At(0)), m.b.Emit(kir.Lt, j, m.b.At(n)))
	j = m.b.Emit(kir.Max, m.b.Emit(kir.Min, j, m.b.At(n-1)), m.b.At(0))
	return m.b.Emit(kir.Select, in, m.b.Load(m.b.In(t, n), j), m.any(t))
}

// joined reads one of several arrays, each of which has some of the indices of a loop, and
// computes something of it.
func (m *maker) joined(t dtype.Type) kir.Val {
	if len(m.loops) == 0 {
		return m.any(t)
	}
	l := m.loops[m.IntN(len(m.loops))]
	addr, elems := m.affine()
	y, start := kir.Val(-1), 0
	for range 2 + m.IntN(3) {
		n := 1 + m.IntN(max(l.extent(), 1))
		if n*elems > maxIndex {
			addr, elems = m.b.At(0), 1
		}
		j := m.b.Emit(kir.Sub, m.index(l), m.b.At(start))
		j = m.b.Emit(kir.Max, m.b.Emit(kir.Min, j, m.b.At(n-1)), m.b.At(0))
		x := m.b.Load(m.b.In(t, n*elems), m.b.Emit(kir.Add, m.b.Emit(kir.Mul, j, m.b.At(elems)), addr))
		if c := []kir.Code{kir.Neg, kir.Not, kir.Exp}[m.IntN(3)]; tile.Of(c, t) != nil {
			x = m.b.Emit(c, x)
		}
		if y < 0 {
			y = x
		} else {
			y = m.b.Emit(kir.Select, m.b.Emit(kir.Lt, m.index(l), m.b.At(start)), y, x)
		}
		start += n
	}
	return y
}

// reshaped reads at what a number in row-major order is taken apart into.
func (m *maker) reshaped(t dtype.Type) kir.Val {
	n, size := m.b.At(0), 1
	for _, l := range m.loops {
		if size*max(l.extent(), 1) > maxIndex {
			break
		}
		i := m.b.Emit(kir.Sub, m.index(l), m.b.At(l.lo))
		n = m.b.Emit(kir.Add, m.b.Emit(kir.Mul, n, m.b.At(max(l.extent(), 1))), i)
		size *= max(l.extent(), 1)
	}
	addr, elems := m.b.At(0), 1
	for range 1 + m.IntN(3) {
		d := m.divisor(size)
		part := m.b.Emit(kir.Rem, n, m.b.At(d))
		m.add(part)
		addr = m.b.Emit(kir.Add, addr, m.b.Emit(kir.Mul, part, m.b.At(elems)))
		elems *= d
		n = m.b.Emit(kir.Div, n, m.b.At(d))
		size = (size + d - 1) / d
		if elems > maxIndex/64 {
			break
		}
	}
	m.add(n)
	return m.b.Load(m.b.In(t, elems), addr)
}

// divisor is a size that n may be taken apart by: often one that divides it, or the
// extent of a loop.
func (m *maker) divisor(n int) int {
	d := 1 + m.IntN(40)
	switch m.IntN(3) {
	case 0:
		for n%d != 0 {
			d--
		}
	case 1:
		if len(m.loops) > 0 {
			d = max(1, m.loops[m.IntN(len(m.loops))].extent())
		}
	}
	return min(d, maxIndex/64)
}

// result stores a value, or two by turns.
func (m *maker) result(loops []loop) {
	t := m.some()
	for _, u := range dtype.All() { // no constants, if there is anything else
		if len(m.vals[t]) == 0 {
			t = u
		}
	}
	gap := 1
	if m.IntN(8) == 0 {
		gap = 2 + m.IntN(2)
	}
	off, elems := 0, gap
	var terms []kir.Term
	for _, a := range slices.Backward(m.order(len(loops))) {
		l := loops[a]
		s := elems
		if m.IntN(12) == 0 {
			s = -s
			off += -s * max(l.extent()-1, 0)
		}
		off -= s * l.lo
		terms = append(terms, kir.Term{Atom: l.at, Stride: int64(s)})
		elems *= l.extent()
	}
	addr := m.b.Affine(int64(off), terms...)
	out := m.b.Out(t, max(elems, 1))
	m.b.Store(out, addr, m.any(t))
	if gap > 1 && m.IntN(2) == 0 {
		m.b.Store(out, m.b.Emit(kir.Add, addr, m.b.At(gap-1)), m.any(t))
	}
}
