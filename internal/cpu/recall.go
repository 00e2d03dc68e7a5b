package cpu

import (
	"sync"
	"sync/atomic"
	"weak"

	"gojax/internal/core"
	"gojax/internal/mem"
)

// recalls counts calls that were computed again.
var recalls atomic.Int64

// A recall computes results of a call again, whose memory was taken.
type recall struct {
	core.Lazy            // what the operands know it by
	mu        sync.Mutex // held until the memory has been taken, and while they are computed
	p         *program
	op        core.Op
	in        []*core.Value
	parts     []recalled // by records of p
	depth     int        // how many others are run before, one after the other

	room [1]recalled
}

// A recalled array is one of them, if it has been added.
type recalled struct {
	core.Lazy
	by *recall
	of *record
}

// mostDepth bounds how many programs are run again, one of the results of another, for an array
// that is wanted after all. In a loop whose results are its next operands, every so many calls
// leave one in memory.
const mostDepth = 16

// recall returns what computes results of t again, or nil if an operand is not there.
func (p *program) recall(t *turn) *recall {
	if !plenty() {
		return nil
	}
	r := &recall{p: p, op: t.op, in: make([]*core.Value, len(t.in))}
	bytes := 0
	for i, w := range t.in {
		b := w.Value()
		if b == nil || b.Gone() {
			return nil
		}
		switch l := b.Lazy().(type) {
		case nil:
		case *recalled:
			r.depth = max(r.depth, l.by.depth+1)
		default:
			return nil
		}
		r.in[i] = core.NewIn(p.in[i], b)
		bytes += b.Bytes()
	}
	if r.depth > mostDepth || bytes > heldLimit()/8 { // more would have to be computed again soon
		return nil
	}
	r.Again(r, weak.Pointer[core.Buffer]{})
	if r.parts = r.room[:]; len(p.past.large) > 1 {
		r.parts = make([]recalled, len(p.past.large))
	}
	return r
}

// plenty reports whether there is so much memory that a result can be computed again later.
func plenty() bool {
	s := mem.Shared.Stats()
	return s.Live <= s.Limit/2
}

// add makes b, whose record is number i, one that r computes again.
func (r *recall) add(i int, b weak.Pointer[core.Buffer]) *recalled {
	l := &r.parts[i]
	l.by, l.of = r, r.p.past.large[i]
	l.Again(l, b)
	return l
}

// A forgotten array is one whose memory is to be taken, and what stands for it then.
type forgotten struct {
	b *core.Buffer
	l *recalled
}

// forget takes the memory of arrays. It returns what r computes them of, if that holds memory.
func (r *recall) forget(list []forgotten) (kept []*core.Value) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, v := range r.in {
		v.Buf.ReadLater(&r.Lazy)
	}
	// Of this and a Drop of an operand, one sees the other.
	for _, v := range r.in {
		if v.Buf.Gone() {
			r.End()
			return nil
		}
	}
	for _, t := range list {
		if t.b.Forget(&t.l.Lazy) {
			kept = r.in
		}
	}
	if kept == nil {
		r.End()
	}
	return kept
}

// holdAll notes that the memory of arrays is held, like that of what a link is computed of.
func holdAll(in []*core.Value) {
	for _, v := range in {
		if core.Recycled(v.Buf.Bytes()) {
			hold(v.Buf)
		}
	}
}

// Start computes the result that somebody asks for, and others of the call that are wanted.
func (l *recalled) Start() {
	r := l.by
	r.mu.Lock()
	defer r.mu.Unlock()
	if l.Wanted() {
		l.of.mistaken()
		r.run()
	}
}

// Start computes all that are wanted: an operand is about to go.
func (r *recall) Start() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.Begun() {
		return
	}
	some := false
	for i := range r.parts {
		if l := &r.parts[i]; l.Wanted() {
			l.of.mistaken()
			some = true
		}
	}
	if some {
		r.run()
	} else {
		r.end()
	}
}

// run computes what is wanted. r is locked.
func (r *recall) run() {
	defer func() {
		if r.Begun() {
			return
		}
		switch err := recover().(type) {
		case nil: // the goroutine is exiting
		case *core.Error:
			for i := range r.parts {
				if l := &r.parts[i]; l.Wanted() {
					l.Fail(err)
				}
			}
			r.end()
		default:
			panic(err)
		}
	}()
	recalls.Add(1)
	out := r.p.run(r.op, r.in, nil)
	for i := range r.parts {
		b := out[r.p.past.large[i].at].Buf
		if l := &r.parts[i]; l.Wanted() {
			l.Settle(b)
		} else {
			b.Drop("computed for nobody")
		}
	}
	r.end()
}

// end lets go of the operands.
func (r *recall) end() {
	r.End()
	r.in = nil
}
