package cpu

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unsafe"

	"gojax/internal/cpu/move"
	"gojax/internal/dtype"
	"gojax/internal/kir"
	"gojax/internal/rule"
)

// taken copies what lies at indices.
type taken struct {
	from, to int   // slots
	off, at  int   // bytes from where they begin
	index    []int // slots of integers …
	first    []int // … and the bytes from where they begin
	take     *move.Take
	by       []move.Index
}

func (s *taken) run(f *frame) {
	index := make([]unsafe.Pointer, len(s.index))
	for i, slot := range s.index {
		index[i] = unsafe.Add(f.ptr[slot], s.first[i])
	}
	s.take.Copy(move.Native(), unsafe.Add(f.ptr[s.to], s.at), unsafe.Add(f.ptr[s.from], s.off), index)
}

func (s *taken) text(b *strings.Builder) {
	fmt.Fprintf(b, "s%d = take s%d", s.to, s.from)
	for i, x := range s.by {
		fmt.Fprintf(b, " at s%d:%v≤%d·%d", s.index[i], x.Type, x.Limit, x.By)
	}
	b.WriteByte('\n')
}

// takes adds a kernel that does nothing but copy what lies at indices as such a step;
// else it reports false.
func (m *maker) takes(k *kir.Kernel, vals []int) bool {
	x := taking{k: k}
	t, load, to := x.prepare()
	if t == nil {
		return false
	}
	store, size := k.Stores[0], load.Type.Size()
	s := &taken{take: t, off: x.from.Off * size, at: to.Off * size, by: x.index, first: x.first}
	s.from = m.reads(vals[load.Buf])
	for _, b := range x.bufs {
		s.index = append(s.index, m.reads(vals[b]))
	}
	s.to = m.writes(vals[store.Buf])
	m.p.cost += 100 + time.Duration(t.Bytes()/32)
	m.add(s)
	return true
}

// longTake is how many elements rows have that are better copied than fetched one by one.
const longTake = 8

// takesRows reports whether a node copies long rows from where indices say.
func (f *fusion) takesRows(n *node) bool {
	out := f.g.types[n.out[0]]
	if n.kind != byKernel || len(n.in) < 2 || out.Size() < longTake*rowsFrom ||
		slices.ContainsFunc(n.in[1:], func(v int) bool { return !f.g.types[v].DType.IsInt() }) {
		return false
	}
	b := f.probes
	b.Reset()
	i := b.Loops(make([]int, out.Rank()), out.Shape)
	ops := make([]kir.Operand, len(n.in))
	for k, v := range n.in {
		t := f.g.types[v]
		ops[k] = b.Memory(b.In(t.DType, t.Size()), t.Shape)
	}
	v := n.op.(rule.Kernel).Kernel(b, out, ops, i)
	b.Store(b.Out(out.DType, out.Size()), b.Address(out.Shape, i), v)
	x := taking{k: b.Kernel().Split().Collapse()}
	t, _, _ := x.prepare()
	return t != nil && t.Row() >= longTake
}

// A taking recognises kernels that copy what lies at indices.
type taking struct {
	k     *kir.Kernel
	from  kir.Walk
	index []move.Index
	bufs  []int     // where their integers are …
	first []int     // … and the bytes from where they begin
	atoms []kir.Val // the limited indices
	test  kir.Val   // one that is compared with what it was before
}

// prepare returns what the kernel copies, the load of that, and where it goes; nil if that is not
// all it does.
func (x *taking) prepare() (t *move.Take, load *kir.Instr, to kir.Walk) {
	k := x.k
	if len(k.Stores) != 1 || len(k.Regions) != 2 {
		return nil, nil, to
	}
	store := k.Stores[0]
	to, ok := k.WalkOf(store.Addr)
	load, fill := x.filled(store.Val)
	if !ok || load == nil || !x.address(load.Args[0]) || fill != nil && (len(x.index) != 1 || x.test != x.atoms[0]) {
		return nil, nil, to
	}
	dims := make([]move.Dim, len(to.Extents))
	for a, n := range to.Extents {
		dims[a] = move.Dim{N: n, From: x.from.Strides[a], To: to.Strides[a]}
	}
	return move.PrepareTake(load.Type.Size(), dims, x.index, fill), load, to
}

// is returns the instruction of v if it has the code, else nil.
func (x *taking) is(v kir.Val, c kir.Code) *kir.Instr {
	if i := &x.k.Code[v]; i.Code == c {
		return i
	}
	return nil
}

// constant returns the integer v.
func (x *taking) constant(v kir.Val) (int, bool) {
	i := x.is(v, kir.Constant)
	if i == nil || !i.Type.IsInt() {
		return 0, false
	}
	shift := 64 - i.Type.Bits()
	return int(int64(i.Bits[0]) << shift >> shift), true
}

// filled returns the load that makes v, and the element in place of what is out of
// bounds: by a selection of one or the other.
func (x *taking) filled(v kir.Val) (load *kir.Instr, fill []byte) {
	if load = x.is(v, kir.Load); load != nil {
		return load, nil
	}
	s := x.is(v, kir.Select)
	if s == nil {
		return nil, nil
	}
	load = x.is(s.Args[1], kir.Load)
	c, eq := x.is(s.Args[2], kir.Constant), x.is(s.Args[0], kir.Eq)
	if load == nil || c == nil || eq == nil {
		return nil, nil
	}
	x.test = eq.Args[1]
	if old, _, _, ok := x.limited(x.test); !ok || old != eq.Args[0] {
		return nil, nil
	}
	fill = make([]byte, c.Type.Size())
	copy(fill, unsafe.Slice((*byte)(unsafe.Pointer(&c.Bits)), 16))
	return load, fill
}

// limited reports of what, and by what, v is the integer that is limited to be at least
// 0 and at most limit. What cannot be negative, or too large, may lack the instruction
// that says so: low is false, or limit negative.
func (x *taking) limited(v kir.Val) (old kir.Val, low bool, limit int, ok bool) {
	if i := x.is(v, kir.Max); i != nil {
		zero, ok := x.constant(i.Args[1])
		if !ok || zero != 0 {
			return 0, false, 0, false
		}
		low, v = true, i.Args[0]
	}
	if i := x.is(v, kir.Min); i != nil {
		limit, ok = x.constant(i.Args[1])
		return i.Args[0], low, limit, ok && limit >= 0
	}
	return v, low, -1, true
}

// address takes an address apart into loops and indices.
func (x *taking) address(addr kir.Val) bool {
	off, terms := x.k.Form(addr)
	n := len(x.k.Regions[1].Extents)
	x.from = kir.Walk{Off: int(off), Strides: make([]int, n)}
	for _, t := range terms {
		if i := &x.k.Code[t.Atom]; i.Code == kir.LoopIndex {
			x.from.Strides[i.N] = int(t.Stride)
			continue
		}
		if !x.read(t.Atom, int(t.Stride)) {
			return false
		}
	}
	return len(x.index) > 0
}

// read notes the limited index v, which comes from memory: as it is, or with a number
// added if it is negative.
func (x *taking) read(v kir.Val, by int) bool {
	old, low, limit, ok := x.limited(v)
	if !ok {
		return false
	}
	if c := x.is(old, kir.Convert); c != nil {
		old = c.Args[0]
	}
	index := move.Index{Limit: limit, By: by}
	if s := x.is(old, kir.Select); s != nil {
		lt, sum := x.is(s.Args[0], kir.Lt), x.is(s.Args[1], kir.Add)
		if lt == nil || sum == nil || lt.Args[0] != s.Args[2] || sum.Args[0] != s.Args[2] {
			return false
		}
		zero, ok := x.constant(lt.Args[1])
		wrap, ok2 := x.constant(sum.Args[1])
		if !ok || !ok2 || zero != 0 || wrap < 0 {
			return false
		}
		index.Wrap, old = wrap, s.Args[2]
	}
	load := x.is(old, kir.Load)
	if load == nil || load.Type == dtype.Uint64 || !load.Type.IsInt() {
		return false
	}
	// Where a limit is missing it is the type's.
	if !low && load.Type.IsSigned() || limit < 0 && load.Type.Bits() > 32 {
		return false
	}
	if limit < 0 {
		index.Limit = int(dtype.IInfo(load.Type).Max)
	}
	w, ok := x.k.WalkOf(load.Args[0])
	if !ok {
		return false
	}
	index.Type, index.Strides = load.Type, w.Strides
	x.index = append(x.index, index)
	x.bufs, x.first = append(x.bufs, load.Buf), append(x.first, w.Off*load.Type.Size())
	x.atoms = append(x.atoms, v)
	return true
}
