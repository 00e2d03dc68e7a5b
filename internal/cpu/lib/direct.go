package lib

import (
	"slices"
	"time"
	"unsafe"

	"gojax/internal/core"
	"gojax/internal/cpu/gemm"
	"gojax/internal/cpu/run"
	"gojax/internal/dtype"
	"gojax/internal/kir"
)

// A direct product is made by machine code, of operands as they lie, or of copies of
// those where that cannot be.
type direct struct {
	plan *gemm.Plan
	x, y copied
}

// A copied operand is read by dims, into one piece. Without dims it is taken as it is.
type copied struct {
	dims  []dim
	bytes int
	size  int // of an element
}

// newDirect returns nil if there is no machine code for the types, or if the result
// does not lie so that it can be made at once. Strides are how far apart elements of the operands
// are along each axis; without, they have no gaps.
func newDirect(s kir.Dot, x, y, out core.Type, perm []int, strides [2][]int) *direct {
	u := unitFor(x.DType, y.DType, out.DType)
	if u == nil {
		return nil
	}
	d := &direct{}
	to := apart(out.Shape, perm)
	xs, ys := sorted(x.Shape, strides[0], s.BatchX, s.ContractX), sorted(y.Shape, strides[1], s.BatchY, s.ContractY)
	outB, to := to[:len(xs.batch)], to[len(xs.batch):]
	outX, outY := to[:len(xs.free)], to[len(xs.free):]
	d.x.use(&xs, outX, x.DType.Size())
	d.y.use(&ys, outY, y.DType.Size())
	if strides[0] != nil && d.x.bytes > 0 || strides[1] != nil && d.y.bytes > 0 {
		return nil // who leaves gaps copies as well
	}
	m, n := along(xs.free, outX), along(ys.free, outY)
	if !m.fits() || !n.fits() {
		return nil
	}
	shape := gemm.Shape{KindX: kindOf(x.DType), KindY: kindOf(y.DType), KindOut: kindOf(out.DType)}
	for i, b := range xs.batch {
		shape.Batch = append(shape.Batch, gemm.Axis{N: b.n, X: b.stride, Y: ys.batch[i].stride, Out: outB[i]})
	}
	for _, a := range m.outer {
		shape.Batch = append(shape.Batch, gemm.Axis{N: a.n, X: a.stride, Out: a.out})
	}
	for _, a := range n.outer {
		shape.Batch = append(shape.Batch, gemm.Axis{N: a.n, Y: a.stride, Out: a.out})
	}
	k, _ := joined(xs.contract)
	l, _ := joined(ys.contract)
	shape.M, shape.N, shape.K = m.n, n.n, k.n
	shape.X, shape.Y = gemm.Strides{Row: m.stride, Col: k.stride}, gemm.Strides{Row: n.stride, Col: l.stride}
	shape.Out = gemm.Strides{Row: m.out, Col: n.out}
	var ok bool
	if d.plan, ok = u.Plan(shape); !ok {
		return nil
	}
	return d
}

// unitFor returns the kernels for a product of elements of types x and y in out. Halves are
// multiplied, and summed, as float32.
func unitFor(x, y, out dtype.Type) *gemm.Unit {
	single := func(t dtype.Type) bool { return t == dtype.Float32 || t.IsHalf() }
	switch {
	case x == dtype.Float64 && y == x && out == x:
		return gemm.Native[float64]()
	case single(x) && single(y) && single(out):
		return gemm.Native[float32]()
	}
	return nil
}

// kindOf says what package gemm calls a type of a unit.
func kindOf(t dtype.Type) gemm.Kind {
	switch t {
	case dtype.Float16:
		return gemm.Float16
	case dtype.BFloat16:
		return gemm.BFloat16
	}
	return gemm.Whole
}

// apart lists how far apart neighbours along the axes of a product are, where axis a
// of an array of the given shape is axis perm[a] of it.
func apart(shape, perm []int) []int {
	s := make([]int, len(shape))
	for a := range shape {
		b := a
		if perm != nil {
			b = perm[a]
		}
		s[b] = core.Size(shape[a+1:])
	}
	return s
}

// Lists are the axes of an operand, each in the order in which products go along them.
type lists struct{ batch, free, contract []dim }

func sorted(shape, strides, batch, contract []int) (p lists) {
	at := func(a int) dim {
		if strides != nil {
			return dim{shape[a], strides[a]}
		}
		return dim{shape[a], core.Size(shape[a+1:])}
	}
	for _, a := range batch {
		p.batch = append(p.batch, at(a))
	}
	for _, a := range contract {
		p.contract = append(p.contract, at(a))
	}
	for a := range shape {
		if !contains(batch, a) && !contains(contract, a) {
			p.free = append(p.free, at(a))
		}
	}
	return p
}

// joined returns one axis for all, if they are at one stride.
func joined(dims []dim) (d dim, ok bool) {
	d, ok = dim{1, 0}, true
	for _, e := range dims {
		ok = d.join(e) && ok
	}
	return d, ok
}

// A track is an axis of an operand and of the result.
type track struct {
	dim
	out int // the stride in the result
}

// A side is the free axes of an operand: the innermost of them, which are one axis of a
// matrix, and those that matrices are repeated along.
type side struct {
	track
	outer []track
}

// fits reports whether the matrices are large enough.
func (s *side) fits() bool { return len(s.outer) == 0 || s.n >= 8 }

// along returns the side that axes of an operand are, with their strides in the result.
func along(free []dim, out []int) side {
	s := side{track: track{dim{1, 0}, 0}}
	for a := len(free) - 1; a >= 0; a-- {
		f := free[a]
		switch {
		case f.n == 1:
		case s.n == 1:
			s.dim, s.out = f, out[a]
		case len(s.outer) == 0 && f.stride == s.stride*s.n && out[a] == s.out*s.n:
			s.n *= f.n
		default:
			s.outer = append(s.outer, track{f, out[a]})
		}
	}
	slices.Reverse(s.outer)
	return s
}

// use decides whether the operand must be copied, and then makes p what it is there.
func (c *copied) use(p *lists, out []int, size int) {
	s := along(p.free, out)
	if _, ok := joined(p.contract); ok && s.fits() {
		return
	}
	c.dims = slices.Concat(p.batch, p.free, p.contract)
	stride := 1
	for _, part := range [][]dim{p.contract, p.free, p.batch} {
		for a := len(part) - 1; a >= 0; a-- {
			part[a].stride = stride
			stride *= part[a].n
		}
	}
	c.bytes, c.size = stride*size, size
}

// get returns the operand at p, copied if need be, and the memory of the copy.
func (c *copied) get(m *run.Memory, p unsafe.Pointer) (unsafe.Pointer, []byte) {
	if c.bytes == 0 {
		return p, nil
	}
	room := m.Alloc(c.bytes)
	to := unsafe.Pointer(unsafe.SliceData(room))
	n := c.bytes / c.size // of all the array, whose axes these are
	switch c.size {
	case 2:
		permute(unsafe.Slice((*uint16)(to), n), unsafe.Slice((*uint16)(p), n), c.dims)
	case 4:
		permute(unsafe.Slice((*uint32)(to), n), unsafe.Slice((*uint32)(p), n), c.dims)
	default:
		permute(unsafe.Slice((*uint64)(to), n), unsafe.Slice((*uint64)(p), n), c.dims)
	}
	return to, room
}

func (d *direct) cost() time.Duration {
	return d.plan.Cost() + time.Duration((d.x.bytes+d.y.bytes)/4)
}

// scratch is how many bytes run works in.
func (d *direct) scratch(u gemm.Use, threads int) int {
	return run.Room(d.x.bytes, d.y.bytes) + d.plan.Scratch(u, threads)
}

func (d *direct) run(m *run.Memory, x, y, out unsafe.Pointer, first gemm.Changes, then gemm.Then) {
	if d.x.bytes == 0 && d.y.bytes == 0 {
		d.plan.RunOf(m, x, y, out, first, then)
		return
	}
	x, copyX := d.x.get(m, x)
	y, copyY := d.y.get(m, y)
	d.plan.RunOf(m, x, y, out, first, then)
	m.Free(copyX)
	m.Free(copyY)
}
