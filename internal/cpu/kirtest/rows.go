package kirtest

import (
	"math/rand/v2"

	"gojax/internal/dtype"
	"gojax/internal/kir"
)

// Rows are kernels that go over the same rows, one after the other, and the buffers of each
// by number, in memory that All describes.
type Rows struct {
	N       int
	Kernels []*kir.Kernel
	Slots   [][]int
	All     *kir.Kernel // has all buffers, and nothing else
	InPlace [2]int      // the buffers of the last kernel of which the first may be where the second is; equal: none
}

// RandomRows makes kernels that read rows, columns, and a row that is the same for all, and
// make rows or columns of them.
func RandomRows(r *rand.Rand) *Rows {
	types := []dtype.Type{dtype.Float32, dtype.Float32, dtype.Float32, dtype.Float64, dtype.Int32, dtype.Uint32, dtype.Int64,
		dtype.BFloat16, dtype.Float16, dtype.Int8, dtype.Uint16}
	m := &rowMaker{r: r, t: types[r.IntN(len(types))], outer: []int{1 + r.IntN(20)}, all: &kir.Kernel{}}
	m.lanes = []int{16, 30, 32, 64, 79, 100, 120, 128, 200, 1000, 1003, 4096}[r.IntN(12)]
	if r.IntN(4) == 0 {
		m.outer = []int{1 + r.IntN(5), 1 + r.IntN(4)}
	}
	m.n = m.outer[0]
	if len(m.outer) > 1 {
		m.n *= m.outer[1]
	}
	m.have(m.n*m.lanes, rowOf)
	m.have(m.n*m.lanes, rowOf)
	m.have(m.n, columnOf)
	m.have(m.lanes, sharedRow)
	p := &Rows{N: m.n, All: m.all}
	for range 2 + r.IntN(4) {
		k, slots := m.kernel()
		p.Kernels, p.Slots = append(p.Kernels, k), append(p.Slots, slots)
	}
	last := p.Slots[len(p.Slots)-1]
	out := last[len(last)-1]
	for _, s := range last[:len(last)-1] {
		if m.kinds[s] == m.kinds[out] && m.kinds[out] == rowOf {
			p.InPlace = [2]int{out, s}
		}
	}
	return p
}

type rowKind uint8

const (
	rowOf rowKind = iota
	columnOf
	sharedRow
)

type rowMaker struct {
	r     *rand.Rand
	t     dtype.Type
	outer []int
	n     int
	lanes int
	all   *kir.Kernel
	kinds []rowKind
}

// have adds a buffer.
func (m *rowMaker) have(elems int, kind rowKind) int {
	m.all.Bufs = append(m.all.Bufs, kir.Buf{Type: m.t, Elems: elems, Out: true})
	m.kinds = append(m.kinds, kind)
	return len(m.kinds) - 1
}

// kernel makes one kernel of what is there.
func (m *rowMaker) kernel() (*kir.Kernel, []int) {
	r, b := m.r, kir.NewBuilder()
	var slots, bufs []int
	for range 1 + r.IntN(3) {
		s := r.IntN(len(m.kinds))
		if r.IntN(3) == 0 {
			s = len(m.kinds) - 1 // what was made last
		}
		slots, bufs = append(slots, s), append(bufs, b.In(m.t, m.all.Bufs[s].Elems))
	}
	what := r.IntN(3)
	if what == 2 {
		s := 2 // a column
		if n := len(m.kinds) - 1; m.kinds[n] == columnOf {
			s = n
		}
		slots, bufs = append(slots, s), append(bufs, b.In(m.t, m.all.Bufs[s].Elems))
	}
	load := func(only func(rowKind) bool, i []kir.Val, j kir.Val) (v []kir.Val) {
		for n, s := range slots {
			if !only(m.kinds[s]) {
				continue
			}
			switch m.kinds[s] {
			case rowOf:
				v = append(v, b.Load(bufs[n], b.Address(append(append([]int(nil), m.outer...), m.lanes), append(append([]kir.Val(nil), i...), j))))
			case columnOf:
				v = append(v, b.Load(bufs[n], b.Address(m.outer, i)))
			case sharedRow:
				v = append(v, b.Load(bufs[n], j))
			}
		}
		if len(v) == 0 {
			v = append(v, b.Number(m.t, 3))
		}
		r.Shuffle(len(v), func(i, j int) { v[i], v[j] = v[j], v[i] })
		return v
	}
	any := func(rowKind) bool { return true }
	lo := make([]int, len(m.outer)+1)
	switch what {
	case 0: // rows
		i := b.Loops(lo, append(append([]int(nil), m.outer...), m.lanes))
		out := m.have(m.n*m.lanes, rowOf)
		at := b.Address(append(append([]int(nil), m.outer...), m.lanes), i)
		b.Store(b.Out(m.t, m.n*m.lanes), at, m.mix(b, load(any, i[:len(m.outer)], i[len(m.outer)])))
		slots = append(slots, out)
	case 1: // columns of rows, several at once now and then
		i := b.Loops(lo[1:], m.outer)
		var v []kir.Val
		var rows []int
		b.Together(func() {
			if r.IntN(2) == 0 {
				b.Each([]int{m.lanes}, func(j []kir.Val) {
					at := b.Address(append(append([]int(nil), m.outer...), m.lanes), append(append([]kir.Val(nil), i...), j[0]))
					x := m.mix(b, load(any, i, j[0]))
					rows = append(rows, m.have(m.n*m.lanes, rowOf))
					b.Store(b.Out(m.t, m.n*m.lanes), at, x)
				})
			}
			for range 1 + max(0, r.IntN(6)-3) {
				init, by := m.reducer()
				v = append(v, b.Reduce([]int{m.lanes}, []kir.Val{b.Number(m.t, init)}, func(j []kir.Val) []kir.Val {
					return []kir.Val{m.mix(b, load(any, i, j[0]))}
				}, func(x, y []kir.Val) []kir.Val { return []kir.Val{b.Emit(by, x[0], y[0])} })...)
			}
		})
		slots = append(slots, rows...)
		for _, x := range v {
			slots = append(slots, m.have(m.n, columnOf))
			b.Store(b.Out(m.t, m.n), b.Address(m.outer, i), x)
		}
	default: // columns of columns
		i := b.Loops(lo[1:], m.outer)
		v := m.mix(b, load(func(k rowKind) bool { return k == columnOf }, i, 0))
		b.Store(b.Out(m.t, m.n), b.Address(m.outer, i), v)
		slots = append(slots, m.have(m.n, columnOf))
	}
	return b.Kernel().Collapse(), slots
}

// reducer is what a reduction begins with and combines by.
func (m *rowMaker) reducer() (init complex128, by kir.Code) {
	codes := []kir.Code{kir.Add, kir.Add, kir.Max, kir.Min, kir.Mul}
	return complex(float64(m.r.IntN(3)), 0), codes[m.r.IntN(len(codes))]
}

// mix combines values by a few instructions.
func (m *rowMaker) mix(b *kir.Builder, v []kir.Val) kir.Val {
	pick := func() kir.Val { return v[m.r.IntN(len(v))] }
	loaded := len(v)
	v = append(v, b.Number(m.t, complex(float64(m.r.IntN(5)), 0)))
	for range 1 + m.r.IntN(5) {
		x, y := v[m.r.IntN(loaded)], pick()
		if len(v) > loaded+1 {
			x = v[len(v)-1]
		}
		codes := []kir.Code{kir.Add, kir.Sub, kir.Mul, kir.Max, kir.Min, kir.Select, kir.Rarely}
		if m.t.IsFloat() {
			codes = append(codes, kir.Div, kir.Sqrt, kir.Abs, kir.Fma)
		}
		switch c := codes[m.r.IntN(len(codes))]; c {
		case kir.Select:
			x = b.Emit(c, b.Emit(kir.Lt, x, y), pick(), x)
		case kir.Rarely:
			p := b.Emit(kir.Eq, x, y)
			x = b.Emit(c, p, b.Emit(kir.Mul, b.Emit(kir.Add, x, y), x), pick())
		case kir.Fma:
			x = b.Emit(c, x, y, pick())
		case kir.Sqrt, kir.Abs:
			x = b.Emit(c, x)
		default:
			x = b.Emit(c, x, y)
		}
		v = append(v, x)
	}
	return v[len(v)-1]
}
