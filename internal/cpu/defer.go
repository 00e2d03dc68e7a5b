package cpu

import (
	"runtime"
	"slices"
	"sync"
	"weak"

	"gojax/internal/core"
	"gojax/internal/ir"
	"gojax/internal/mem"
	"gojax/internal/rule"
)

// Eager mode computes no large array before somebody asks for it. The result of an
// operation on elements is a link, which knows the operation and the operands. What asks
// for it, or an operation of another kind that reads it, runs the chain of links that it
// hangs on as one program (chain.go).

// A link is an operation that was put off, and its result.
type link struct {
	core.Unmade
	op   core.Op
	key  []byte        // tells op from others
	in   []*core.Value // nil when the computation has begun
	by   *chain        // that is about to begin it
	ops  int           // at most so many links are in the chain that it ends
	uses int           // how often operations have it as an operand, begun or not
	runs int           // chains that computed it in passing

	// Of the latest walk that came by.
	walk  uint64
	place int
	reads int // how often operations of the chain have it as an operand

	roomIn  [3]*core.Value
	roomKey [24]byte
}

// chains guards the fields of all links.
var chains struct {
	sync.Mutex
	walks uint64
}

const (
	maxChain    = 32 // links
	maxOperands = 8  // of one
)

// maxHeld bounds the bytes of arrays that links are computed of; tests change it. So does
// an eighth of the memory that there is.
var maxHeld = 1 << 30

func heldLimit() int { return min(maxHeld, mem.Shared.Stats().Limit/8) }

// linkOf returns the link that b is the result of, or nil if its elements are in memory, or
// will be without more ado. chains is locked.
func linkOf(b *core.Buffer) *link {
	if l, ok := b.Lazy().(*link); ok && l.by == nil && l.in != nil {
		return l
	}
	return nil
}

// hangs reports whether an operand was put off.
func hangs(in []*core.Value) bool {
	for _, v := range in {
		if _, ok := v.Buf.Lazy().(*link); ok {
			return true
		}
	}
	return false
}

// deferred is putOff of a kernel, if that is one to be put off.
func deferred(op core.Op, in []*core.Value, out []core.Type) []*core.Value {
	if _, ok := op.(rule.Deferrable); ok && len(in) <= maxOperands {
		if v := putOff(op, in, out[0]); v != nil {
			return []*core.Value{v}
		}
	}
	return nil
}

// putOff returns the result of op as a link, or nil if op has to run now.
func putOff(op core.Op, in []*core.Value, out core.Type) *core.Value {
	if out.Size() < atOnce {
		return nil
	}
	l := &link{op: op}
	var ok bool
	if l.key, ok = ir.AppendOp(l.roomKey[:0], op); !ok {
		return nil
	}
	l.in = append(l.roomIn[:0], in...)
	l.attach()
	y := l.Init(out, host, l)
	for _, v := range in {
		if v.Literal() {
			continue
		}
		v.Buf.ReadLater(&l.Lazy)
		v.Buf.Check(op.String()) // of this and a Drop at the same time, one sees the other
		hold(v.Buf)
	}
	return y
}

// String is what errors call l.
func (l *link) String() string { return l.op.String() }

// attach makes l the end of a chain. If that is too long, the operands are begun.
func (l *link) attach() {
	for c := l.hang(); c != nil; c = l.hang() {
		c.run()
	}
}

// hang counts l among the uses of its operands. If its chain is too long it returns the one
// of the operands instead.
func (l *link) hang() *chain {
	chains.Lock()
	defer chains.Unlock()
	var roots []*link
	l.ops = l.length()
	for _, v := range l.in {
		if x := linkOf(v.Buf); x != nil && l.ops > maxChain && !slices.Contains(roots, x) {
			roots = append(roots, x)
		} else if x != nil {
			x.uses++
		}
	}
	if roots == nil {
		return nil
	}
	return newChain(roots, nil, nil, nil)
}

// length returns how many links the chain has that l ends, or somewhat more. chains is
// locked.
func (l *link) length() int {
	ops, some := 1, 0
	for _, v := range l.in {
		if x := linkOf(v.Buf); x != nil {
			ops += x.ops
			some++
		}
	}
	if some < 2 && ops <= maxChain {
		return ops
	}
	var w walk
	w.init()
	for _, v := range l.in {
		w.visit(v)
	}
	return 1 + len(w.links)
}

// Start begins the computation of l.
func (l *link) Start() {
	for {
		mine, other := l.claim()
		switch {
		case mine != nil:
			mine.run()
			return
		case other == nil:
			return
		}
		other.ended.Wait()
	}
}

// claim returns the chain that l ends, or another that is about to begin l, or none if it
// has begun.
func (l *link) claim() (mine, other *chain) {
	chains.Lock()
	defer chains.Unlock()
	if l.in != nil && l.by == nil {
		return newChain([]*link{l}, nil, nil, nil), nil
	}
	return nil, l.by
}

// forget lets go of what l was computed of.
func (l *link) forget() {
	l.op, l.key, l.in = nil, nil, nil
	clear(l.roomIn[:])
}

// runAfter runs op together with the chains that its operands hang on.
func runAfter(op core.Op, in []*core.Value, out []core.Type) []*core.Value {
	return after(op, in, out).run()
}

func after(op core.Op, in []*core.Value, out []core.Type) *chain {
	chains.Lock()
	defer chains.Unlock()
	return newChain(nil, op, in, out)
}

// held are the arrays that links hold in memory, the oldest first, and their size.
var held struct {
	sync.Mutex
	list  []holder
	bytes int
}

type holder struct {
	b     weak.Pointer[core.Buffer]
	bytes int
}

// hold notes that a link holds the memory of b. If that makes it too much altogether, the
// oldest links are begun.
func hold(b *core.Buffer) {
	if !b.Hold() {
		return
	}
	held.Lock()
	held.list = append(held.list, holder{weak.Make(b), b.Bytes()})
	held.bytes += b.Bytes()
	full := held.bytes > heldLimit()
	held.Unlock()
	if full {
		relieve()
	}
}

// relieve halves what links hold. Only a collection shows which of them somebody still
// has.
func relieve() {
	held.Lock()
	list := held.list
	held.list, held.bytes = nil, 0
	held.Unlock()
	list, bytes := holding(list)
	limit := heldLimit() / 2
	if bytes > limit {
		runtime.GC()
		list, bytes = holding(list)
	}
	for bytes > limit {
		if b := list[0].b.Value(); b != nil { // else it has been found dropped meanwhile
			b.StartReaders()
		}
		bytes -= list[0].bytes
		list = list[1:]
	}
	held.Lock()
	held.list = append(list, held.list...)
	held.bytes += bytes
	held.Unlock()
}

// holding returns those of list that are still held, and their size.
func holding(list []holder) (still []holder, bytes int) {
	for _, h := range list {
		if b := h.b.Value(); b != nil && b.Held() {
			still = append(still, h)
			bytes += h.bytes
		}
	}
	return still, bytes
}
