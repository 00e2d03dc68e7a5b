package gen

import (
	"bytes"
	"slices"
	"unsafe"

	"gojax/internal/asm/amd64"
	"gojax/internal/cpu/code"
)

// Blocks that go over the same rows are one piece of code: a loop over groups of rows, in
// which each block is run for the rows of the group. The rows of a group are in the
// nearest cache when the next block comes, and their latencies overlap. How many lanes a row
// has is known, so that what is left of them needs no loop.

// A Stage is a block that is run for each row. It has no ramps, no Ring that is not Whole,
// and no inputs with a Step if some lanes of a vector are left. If it has one lane all
// inputs are the Same.
type Stage struct {
	*Block
	N   int   // lanes
	Ptr []int // by pointer of the block: which of the Rows
}

// Rows are blocks that take turns.
type Rows struct {
	Stages []Stage
	By     []int // by pointer: bytes from one row to the next
	Own    []int // pointers to memory of the group, which the next one has again
	Group  int   // rows that a block is run for before the next is
}

// RowArgs is what code of Rows is called with. Args will do if it has pointers enough.
type RowArgs struct {
	Rows    int64 // 1 at least
	Scratch unsafe.Pointer
	Ptr     [MaxRowPtr]unsafe.Pointer // to what the first row has
}

// Args begins as RowArgs does.
var _ = [1]struct{}{}[unsafe.Offsetof(RowArgs{}.Ptr)-unsafe.Offsetof(Args{}.Ptr)]

// MaxRowPtr bounds the pointers of Rows.
const MaxRowPtr = 48

var rowArgsPtr = int32(unsafe.Offsetof(RowArgs{}.Ptr))

// CompileRows returns the code of r. The scratch memory that it wants is not looked at by
// the garbage collector: pointers are in it that may be behind all rows.
func CompileRows(level code.Level, r *Rows) (*Code, error) {
	if len(r.By) > MaxRowPtr {
		return nil, errLimits
	}
	m := rooms.Get().(*room)
	defer rooms.Put(m)
	m.asm.Reset()
	c := &rowsGen{Rows: r, a: &m.asm}
	for _, s := range r.Stages {
		c.a.Listing = c.a.Listing || s.Listing
	}
	c.left = 8 * len(r.By)
	c.count = c.left + 8
	scratch := (c.count + 8 + 63) &^ 63
	c.begin()
	c.a.Align(32)
	again := c.a.NewLabel()
	c.a.Bind(again)
	c.group()
	var text string
	for n := range r.Stages {
		s := &r.Stages[n]
		g := m.gen(level, s.Block)
		g.scratch, g.rows = scratch, true
		g.stage(c, s)
		scratch = g.scratch
		m.keep(g)
		text += g.text.String()
		if g.err != nil {
			return nil, g.err
		}
	}
	c.next(again)
	c.a.Op(amd64.VZEROUPPER)
	c.a.Op(amd64.RET)
	out, err := c.a.Finish()
	if err != nil {
		return nil, err
	}
	return &Code{Bytes: bytes.Clone(out), Need: c.a.Need(), Scratch: scratch, Vectors: text, Text: c.a.Text()}, nil
}

// rowsGen is the loop over groups. RSI has the scratch memory, which begins with the
// pointers, the number of rows that are left, and that of the rows of this group, which
// RDI counts down.
type rowsGen struct {
	*Rows
	a           *amd64.Asm
	left, count int // offsets
}

func (c *rowsGen) frame(offset int) amd64.Mem { return amd64.Ptr(amd64.RSI, int32(offset)) }

// begin copies the arguments.
func (c *rowsGen) begin() {
	c.a.Op(amd64.MOV, amd64.RSI, amd64.Ptr(amd64.RDI, argsScratch))
	for n := range c.By {
		c.a.Op(amd64.MOV, amd64.RAX, amd64.Ptr(amd64.RDI, rowArgsPtr+int32(8*n)))
		c.a.Op(amd64.MOV, c.frame(8*n), amd64.RAX)
	}
	c.a.Op(amd64.MOV, amd64.RAX, amd64.Ptr(amd64.RDI, 0))
	c.a.Op(amd64.MOV, c.frame(c.left), amd64.RAX)
}

// group says how many rows the next group has.
func (c *rowsGen) group() {
	c.a.Op(amd64.MOV, amd64.RAX, c.frame(c.left))
	c.a.Op(amd64.MOV, amd64.EDX, amd64.Imm(c.Group))
	c.a.Op(amd64.CMP, amd64.RAX, amd64.RDX)
	c.a.Op(amd64.Greater.Cmov(), amd64.RAX, amd64.RDX)
	c.a.Op(amd64.MOV, c.frame(c.count), amd64.RAX)
}

// next goes on to the next group.
func (c *rowsGen) next(again amd64.Label) {
	for n, by := range c.By {
		if by != 0 && !slices.Contains(c.Own, n) {
			c.a.Op(amd64.ADD, c.frame(8*n).Sized(8), amd64.Imm(by*c.Group))
		}
	}
	c.a.Op(amd64.SUB, c.frame(c.left).Sized(8), amd64.Imm(c.Group))
	c.a.Jcc(amd64.Greater, again)
}

// stage emits a block for the rows of a group.
func (g *gen) stage(c *rowsGen, s *Stage) {
	g.one = s.N == 1
	ptr := 0
	for range g.In {
		g.ptr = append(g.ptr, ptr)
		ptr++
	}
	ptr = g.outputs(ptr)
	g.findLong()
	if ptr > g.pointers() || g.refused(s.N) {
		g.fail(errLimits)
		return
	}
	g.held = map[int]amd64.Reg{}
	for n := range ptr {
		g.held[n] = pointerRegs[n]
		g.a.Op(amd64.MOV, pointerRegs[n], c.frame(8*s.Ptr[n]))
	}
	g.findRare()
	g.a.Op(amd64.MOV, amd64.RDI, c.frame(c.count))
	copies := 1
	if !g.one {
		copies = g.unroll()
	}
	if left := s.N % g.lanes; left > 0 && g.wide {
		g.a.Op(amd64.MOV, amd64.EDX, amd64.Imm(1<<left-1))
		g.setMasks()
	}
	row := g.a.NewLabel()
	g.a.Bind(row)
	if g.one {
		g.body(1, false)
		g.straight(newAlloc(g))
	} else {
		g.row(s, copies)
	}
	for n := range ptr {
		if by := c.By[s.Ptr[n]]; by != 0 {
			g.a.Op(amd64.ADD, pointerRegs[n], amd64.Imm(by))
		}
	}
	g.a.Op(amd64.DEC, amd64.RDI)
	g.a.Jcc(amd64.NotEqual, row)
}

// refused reports whether the block has anything that stages of n lanes do not.
func (g *gen) refused(n int) bool {
	for _, in := range g.In {
		if in.Kind == Ramp || in.Kind == Table || in.Kind == Lanes && in.Step != 0 && n%g.lanes != 0 {
			return true
		}
	}
	for _, o := range g.Out {
		if o.Ring && !o.Whole {
			return true
		}
	}
	return false
}

// row emits the lanes of one row.
func (g *gen) row(s *Stage, copies int) {
	g.begin()
	turn := copies * g.lanes
	whole, rest := s.N/turn*turn, s.N%turn
	g.a.Op(amd64.XOR, amd64.ECX, amd64.ECX)
	if whole > 0 {
		g.body(copies, false)
		g.turn(newAlloc(g), copies)
		g.a.Op(amd64.CMP, amd64.RCX, amd64.Imm(whole))
		g.a.Jcc(amd64.Less, g.top)
		g.detoured()
	}
	kept := g.ring && whole > 0
	if rest > 0 {
		g.rest = rest % g.lanes
		g.body((rest+g.lanes-1)/g.lanes, false)
	} else {
		g.reset(false)
	}
	if g.ring {
		g.endRing()
	}
	a := newAlloc(g)
	for k := range g.carry {
		if kept {
			a.keep(k)
		} else {
			a.begin(k)
		}
	}
	g.straight(a)
	g.rest = 0
	if !g.ring {
		g.end()
	}
}

// straight emits a body that has no loop.
func (g *gen) straight(a *alloc) {
	a.keepMasks()
	g.double()
	g.list(len(g.copies))
	a.emit()
	g.detoured()
}

// detoured emits the detours of a body.
func (g *gen) detoured() {
	if len(g.taken) > 0 {
		past := g.a.NewLabel()
		g.a.Jmp(past)
		g.emitDetours()
		g.a.Bind(past)
	}
}

// endRing adds to a body what combines the accumulators, which are in registers.
func (g *gen) endRing() {
	for n, o := range g.Out {
		if !o.Ring {
			continue
		}
		var x []vreg
		for _, c := range g.carried(n) {
			x = append(x, c.v)
		}
		if size := max(g.typ(o.Val).Size(), 4); g.ranged(n) {
			x[0] = g.orNaN(size, x[0], g.oddOf(n).v)
			if g.turned(n) {
				for i := range x {
					x[i] = g.xor(x[i], g.sign(size))
				}
			}
		}
		g.tree(n, x)
	}
}

// keep says that accumulator k is in its register already.
func (a *alloc) keep(k int) {
	c := &a.g.carry[k]
	a.has[k], a.reg[c.v] = c.v, int8(k)
	a.pinned |= 1 << k
}

// filled is what lanes that are not all there combine, with what changes nothing in the
// other lanes.
func (l *lane) filled(out, part int, v vreg) vreg {
	g := l.g
	size := max(g.typ(g.Out[out].Val).Size(), 4)
	bits, _ := g.identity(out)
	return g.sel(g.leftMask(size, part), v, g.bits(bits))
}

// leftMask is the constant that says which elements of a part of the last vector are there.
func (g *gen) leftMask(size, part int) vreg {
	all := make([]byte, g.w)
	for at := range all {
		if (part*g.w+at)/size < g.rest {
			all[at] = 0xff
		}
	}
	return g.pooled(all)
}

// spread loads the element of an input into all lanes of a register.
func (g *gen) spread(v vreg, r int) {
	n := g.defs[v].in
	g.fill(r, amd64.Ptr(g.pointer(g.ptr[n]), 0), g.typ(g.In[n].Val))
}
