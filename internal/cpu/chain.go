package cpu

import (
	"encoding/binary"
	"sync"

	"gojax/internal/core"
	"gojax/internal/ir"
	"gojax/internal/kir"
	"gojax/internal/rule"
)

// A walk visits the links that values hang on, operands before what reads them. chains is
// locked meanwhile.
type walk struct {
	number uint64
	links  []*link
	leaves []*core.Value // where links end

	roomLinks  [8]*link
	roomLeaves [8]*core.Value
}

func (w *walk) init() {
	chains.walks++
	w.number = chains.walks
	w.links, w.leaves = w.roomLinks[:0], w.roomLeaves[:0]
}

// visit returns what stands for v: 2i for link i, 2i+1 for leaf i.
func (w *walk) visit(v *core.Value) int {
	l := linkOf(v.Buf)
	if l == nil {
		return 2*w.leaf(v) + 1
	}
	if l.walk != w.number {
		for _, x := range l.in {
			w.visit(x)
		}
		l.walk, l.place, l.reads = w.number, len(w.links), 0
		w.links = append(w.links, l)
	}
	return 2 * l.place
}

func (w *walk) leaf(v *core.Value) int {
	for i, x := range w.leaves {
		if x.Buf == v.Buf && x.Type().Equal(v.Type()) {
			return i
		}
	}
	w.leaves = append(w.leaves, v)
	return len(w.leaves) - 1
}

// A chain is a program made of links and, perhaps, of an operation after them.
type chain struct {
	walk
	begun []*link // whose results it stores: those that were asked for, and others
	roots int     // how many were
	eqns  []eqn
	key   []byte         // what tells programs apart; nil if one is like no other
	ended sync.WaitGroup // when the links have been settled, or given up

	roomKey [192]byte
}

// An eqn is an operation of a chain; its operands are numbered by visit.
type eqn struct {
	op  core.Op
	in  []int
	out []core.Type
}

// newChain returns the chain of the given links, or of those that the operands of op hang
// on, with op at the end. chains is locked.
func newChain(roots []*link, op core.Op, in []*core.Value, out []core.Type) *chain {
	c := &chain{roots: len(roots), begun: roots}
	c.init()
	c.ended.Add(1)
	for _, l := range roots {
		c.visit(l.Value())
	}
	for _, v := range in {
		c.visit(v)
	}
	c.keep(in)
	c.describe(op, in, out)
	for _, l := range c.begun {
		l.by = c
	}
	return c
}

// keep decides which links are stored besides the roots: a result that operations outside
// of the chain read as well is computed again for those, until that has cost as much as
// memory would have; then it is kept. in are read by an operation that is not a link.
func (c *chain) keep(in []*core.Value) {
	for _, l := range c.links {
		c.reads(l.in, 0)
	}
	c.reads(in, 1)
	for _, l := range c.begun {
		l.reads = l.uses // no question
	}
	var weights []int
	for i, l := range c.links {
		l.runs++
		if l.reads == l.uses || l.Value().Buf.Gone() {
			continue
		}
		if weights == nil {
			weights = c.weights()
		}
		if weights[i]*l.runs >= memoryWeight {
			c.begun = append(c.begun, l)
		}
	}
}

// reads counts operands, of which some are new.
func (c *chain) reads(in []*core.Value, new int) {
	for _, v := range in {
		if l := linkOf(v.Buf); l != nil {
			l.reads++
			l.uses += new
		}
	}
}

// describe sets the equations and the key.
func (c *chain) describe(op core.Op, in []*core.Value, out []core.Type) {
	c.eqns = make([]eqn, 0, len(c.links)+1)
	types := make([]core.Type, len(c.links))
	room := make([]int, 0, 2*len(c.links)+len(in))
	b := append(c.roomKey[:0], 1)
	add := func(op core.Op, in []*core.Value, out []core.Type) {
		from := len(room)
		for _, v := range in {
			room = append(room, c.visit(v))
			b = binary.AppendUvarint(b, uint64(room[len(room)-1]))
		}
		c.eqns = append(c.eqns, eqn{op, room[from:len(room):len(room)], out})
	}
	for i, l := range c.links {
		b = append(append(b, l.key...), byte(len(l.in)))
		types[i] = l.Value().Type()
		add(l.op, l.in, types[i:i+1])
	}
	b = append(b, 0, byte(len(c.begun)))
	for _, l := range c.begun {
		b = append(b, byte(l.place))
	}
	ok := true
	if op != nil {
		b, ok = ir.AppendOp(append(b, byte(len(in))), op)
		add(op, in, out)
	}
	for _, v := range c.leaves {
		b = ir.AppendType(b, v.Type())
	}
	if ok {
		c.key = b
	}
}

// run begins the computation and returns the results of the operation at the end.
func (c *chain) run() []*core.Value {
	ended := false
	defer func() {
		if !ended {
			c.fail(recover())
		}
	}()
	p, op := c.program(), c.name()
	y, kept := p.runAgain(op, c.leaves)
	c.settle(y)
	ended = true
	p.remember(op, c.leaves, func(i int) *core.Buffer {
		if i < len(c.begun) {
			return c.begun[i].Value().Buf
		}
		return y[i].Buf
	})
	holdAll(kept) // which may begin what is put off, so not before this has ended
	return y[len(c.begun):]
}

// name returns the operation under which people see the chain.
func (c *chain) name() core.Op {
	if c.roots > 0 {
		l := c.begun[c.roots-1]
		return earlier{c.eqns[l.place].op, l.Asked()}
	}
	return c.eqns[len(c.eqns)-1].op
}

// An earlier operation was asked for by the given calls.
type earlier struct {
	core.Op
	asked []uintptr
}

func (e earlier) Asked() []uintptr { return e.asked }

// settle gives the links their memory.
func (c *chain) settle(y []*core.Value) {
	chains.Lock()
	for i, l := range c.begun {
		l.by = nil
		l.Settle(y[i].Buf)
		l.forget()
	}
	chains.Unlock()
	c.ended.Done()
	for _, l := range c.begun {
		hold(l.Value().Buf) // what has been put off and reads it holds it from now on
	}
}

// fail ends the roots with an error, as there is nobody else to tell, and leaves other
// links as they were. What is no error for the user goes on as a panic.
func (c *chain) fail(failure any) {
	err, ok := failure.(*core.Error)
	ok = ok && c.roots > 0
	chains.Lock()
	for i, l := range c.begun {
		l.by = nil
		if ok && i < c.roots {
			l.Fail(err)
			l.forget()
		}
	}
	chains.Unlock()
	c.ended.Done()
	if !ok && failure != nil { // nil: the goroutine is exiting
		panic(failure)
	}
}

// program returns the compiled chain.
func (c *chain) program() *program {
	e := &c.eqns[0]
	switch {
	case len(c.eqns) == 1 && len(e.in) == len(c.leaves):
		return single(e.op, c.leaves, e.out)
	case c.key == nil:
		return programs.compile(c.equations())
	}
	if p := programs.find(c.key); p != nil {
		return p
	}
	return programs.get(c.key, c.equations)
}

// equations returns the chain as a program. All leaves are operands, numbers too: chains
// that differ in numbers are one program.
func (c *chain) equations() *ir.Func {
	f := &ir.Func{}
	for _, v := range c.leaves {
		f.In = append(f.In, f.NewVar(v.Type()))
	}
	var vars []ir.Var
	for _, e := range c.eqns {
		q := ir.Eqn{Op: e.op}
		for _, x := range e.in {
			if x&1 == 1 {
				q.In = append(q.In, f.In[x/2])
			} else {
				q.In = append(q.In, vars[x/2])
			}
		}
		for _, t := range e.out {
			q.Out = append(q.Out, f.NewVar(t))
		}
		f.Eqns = append(f.Eqns, q)
		vars = append(vars, q.Out[0])
	}
	for _, l := range c.begun {
		f.Out = append(f.Out, vars[l.place])
	}
	if len(c.eqns) > len(c.links) {
		f.Out = append(f.Out, f.Eqns[len(f.Eqns)-1].Out...)
	}
	return f
}

// memoryWeight is what it costs to write an element to new memory and to read it again,
// in simple instructions.
const memoryWeight = 32

// weights estimates, for each link, the instructions for one element of it.
func (c *chain) weights() []int {
	all := make([]int, len(c.links))
	for i, l := range c.links {
		all[i] = weight(l.op, core.Types(l.in), l.Value().Type())
		for _, v := range l.in {
			if x := linkOf(v.Buf); x != nil {
				all[i] = min(all[i]+all[x.place], memoryWeight)
			}
		}
	}
	return all
}

// weight is how many simple instructions an element of the result of op takes.
func weight(op core.Op, in []core.Type, out core.Type) int {
	if e, ok := op.(rule.Elementwise); ok {
		return codeWeight(e.Code())
	}
	b := kir.NewBuilder()
	at := b.Loops(make([]int, out.Rank()), out.Shape)
	ops := make([]kir.Operand, len(in))
	for i, t := range in {
		ops[i] = b.Memory(b.In(t.DType, t.Size()), t.Shape)
	}
	op.(rule.Kernel).Kernel(b, out, ops, at)
	sum := 0
	for _, i := range b.Kernel().Code {
		sum += codeWeight(i.Code)
	}
	return sum
}

func codeWeight(c kir.Code) int {
	switch {
	case c == kir.Lgamma || c == kir.Digamma || c == kir.Threefry:
		return memoryWeight
	case transcendental(c), c == kir.Rem:
		return 10
	case c == kir.Sqrt || c == kir.Div:
		return 3
	case c == kir.Constant || c == kir.LoopIndex || c == kir.Linear:
		return 0
	}
	return 1
}
