package cpu

import (
	"slices"
	"sync"
	"sync/atomic"
	"weak"

	"gojax/internal/core"
	"gojax/internal/mem"
)

// A call in a loop usually drops the result of the last call, but Go tells so late: every
// result would be in memory that has left the caches long ago. So a program whose results
// were found dropped, time after time, takes the memory of its last result for the next one.
// If that was wrong and somebody looks at the last result, it is computed again from the
// operands of then, with the same bits. Only programs do so that take little longer to run
// than memory to write, and each mistake makes the program believe later.

// past is what a program knows of its results.
type past struct {
	mu   sync.Mutex
	able bool                        // there is one large result, cheap enough to be computed twice
	at   int                         // which
	op   core.Op                     // of the last call; nil if it is not to be repeated
	in   []weak.Pointer[core.Buffer] // its operands
	last weak.Pointer[core.Buffer]   // its result
	open []verdict                   // on results before that, yet to come

	judged int64        // the collections that were seen
	good   int          // results in a row that nobody had any more
	need   atomic.Int64 // how many it takes
}

// A verdict on a result is due when a collection that began after the next one was made is
// over.
type verdict struct {
	result weak.Pointer[core.Buffer]
	since  int64
}

// Tests change these.
var (
	leastRecall       = 8 << 10 // bytes of a result, like mem.Large
	mostRecall        = 1.      // nanoseconds a byte of it, by the estimate for one thread
	firstNeed   int64 = 8
)

// trust is how many results may be taken until there are verdicts: wrong ones cost no more than
// right ones have saved.
func (h *past) trust() int { return max(leastOpen, min(h.good, mostOpen)) }

const (
	leastOpen = 256
	mostOpen  = 8192
)

// init finds out whether p is a program to do so.
func (h *past) init(p *program) {
	h.need.Store(firstNeed)
	large := 0
	for i := range p.out {
		if p.out[i].Bytes() >= mem.Large {
			h.at = i
			large++
		}
	}
	if large == 1 && !p.eval {
		n := p.out[h.at].Bytes()
		h.able = n >= leastRecall && float64(p.cost) <= float64(n)*mostRecall
	}
}

// reclaim takes the memory of the last result back, if that is probably not needed: it is
// not among the operands that p will be run on. It returns the arrays that are kept for that,
// which the caller holds when p has run.
func (p *program) reclaim(in []*core.Value) (kept []*core.Value) {
	h := &p.past
	if !h.able || !h.mu.TryLock() {
		return nil
	}
	defer h.mu.Unlock()
	h.judge()
	b := h.last.Value()
	if b == nil {
		return nil
	}
	if h.learnt() && h.op != nil && len(h.open) < h.trust() && b.Idle() && !slices.ContainsFunc(in, func(v *core.Value) bool { return v.Buf == b }) {
		if r := p.recall(); r != nil {
			kept = r.forget(b)
		}
	}
	if h.open = append(h.open, verdict{weak.Make(b), h.judged}); len(h.open) > 2*h.trust() {
		h.open = slices.Delete(h.open, 0, h.trust())
	}
	h.last = weak.Pointer[core.Buffer]{}
	return kept
}

// learnt reports whether so many results were dropped that the next will be.
func (h *past) learnt() bool { return h.good >= int(h.need.Load()) }

// remember notes that op has computed b of operands.
func (p *program) remember(op core.Op, in []*core.Value, b *core.Buffer) {
	h := &p.past
	if !h.able || !h.mu.TryLock() {
		return
	}
	defer h.mu.Unlock()
	h.op, h.last = nil, weak.Make(b)
	if !h.learnt() {
		return
	}
	h.op, h.in = op, slices.Grow(h.in[:0], len(in))[:len(in)]
	for i, v := range in {
		if h.in[i].Value() != v.Buf { // most are the same each time
			h.in[i] = weak.Make(v.Buf)
		}
	}
}

// judge looks which results are still there after a collection of garbage: not during one, as
// looking at them makes them stay.
func (h *past) judge() {
	now := mem.Shared.Collections()
	if now == h.judged {
		return
	}
	h.judged = now
	h.open = slices.DeleteFunc(h.open, func(v verdict) bool {
		b := v.result.Value()
		switch {
		case b == nil:
			h.good++
		case b.Gone(): // the user has said so
		case now < v.since+2: // the first may have begun earlier
			return false
		default:
			h.good = 0
			if r, ok := b.Lazy().(*recall); ok && plenty() {
				r.Start() // before its operands are in the way
			}
		}
		return true
	})
}

// recalls counts results that were computed again.
var recalls atomic.Int64

// A recall computes a result again.
type recall struct {
	core.Lazy
	mu sync.Mutex // held until the memory has been taken, and while it is computed
	p  *program
	op core.Op
	in []*core.Value
}

// recall returns what computes the last result again, or nil if an operand is not there.
func (p *program) recall() *recall {
	h := &p.past
	if !plenty() {
		return nil
	}
	r := &recall{p: p, op: h.op, in: make([]*core.Value, len(h.in))}
	r.Again(r)
	bytes := 0
	for i, w := range h.in {
		b := w.Value()
		if b == nil || b.Lazy() != nil || b.Gone() {
			return nil
		}
		r.in[i] = core.NewIn(p.in[i], b)
		bytes += b.Bytes()
	}
	if bytes > heldLimit()/8 { // more would have to be computed again soon
		return nil
	}
	return r
}

// plenty reports whether there is so much memory that a result can be computed again later.
func plenty() bool {
	s := mem.Shared.Stats()
	return s.Live <= s.Limit/2
}

// forget makes r stand for b. It returns what r is computed of, if that holds memory.
func (r *recall) forget(b *core.Buffer) (kept []*core.Value) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, v := range r.in {
		v.Buf.ReadLater(&r.Lazy)
	}
	// Of this and a Drop of an operand, one sees the other.
	for _, v := range r.in {
		if v.Buf.Gone() {
			r.Waive(b)
			return nil
		}
	}
	if b.Forget(&r.Lazy) {
		return r.in
	}
	return nil
}

// holdAll notes that the memory of arrays is held, like that of what a link is computed of.
func holdAll(in []*core.Value) {
	for _, v := range in {
		if core.Recycled(v.Buf.Bytes()) {
			hold(v.Buf)
		}
	}
}

// Start computes the result.
func (r *recall) Start() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.Begun() {
		return
	}
	h := &r.p.past
	h.need.Store(min(2*h.need.Load(), 1<<20))
	defer func() {
		if r.Begun() {
			return
		}
		switch err := recover().(type) {
		case nil: // the goroutine is exiting
		case *core.Error:
			r.Fail(err)
		default:
			panic(err)
		}
	}()
	recalls.Add(1)
	r.Settle(r.p.run(r.op, r.in, nil)[h.at].Buf)
	r.in = nil
}
