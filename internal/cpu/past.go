package cpu

import (
	"slices"
	"sync"
	"sync/atomic"
	"weak"

	"gojax/internal/core"
	"gojax/internal/mem"
)

// A call in a loop usually drops the results of the last call, or of the one before that if
// those of the last are its operands, but Go tells so late: every result would be in memory
// that has left the caches long ago. So a program whose results were found dropped, time after
// time, takes the memory of earlier ones for the next. If that was wrong and somebody looks at
// them, they are computed again from the operands of then, with the same bits. Only programs do
// so that take little longer to run than memory to write, and each mistake makes a program
// believe later. Each result is judged by itself.

// past is what a program knows of its results.
type past struct {
	able  bool      // it is cheap enough to be run twice
	large []*record // of results that are large enough

	mu           sync.Mutex
	last, before turn  // the last call, and what the next ones had no verdict on
	judged       int64 // the collections that were seen
}

// A record is what became of one result, call after call.
type record struct {
	at   int          // which result of the program
	open []verdict    // yet to come
	good int          // results in a row that nobody had any more
	need atomic.Int64 // how many it takes
}

// A turn is a call.
type turn struct {
	op  core.Op                     // nil if it is not to be repeated
	in  []weak.Pointer[core.Buffer] // its operands
	out []weak.Pointer[core.Buffer] // its large results, without those that were left to the collector
}

// A verdict on a result is due when a collection that began after a later one was made is
// over.
type verdict struct {
	result weak.Pointer[core.Buffer]
	since  int64
}

// Tests change these.
var (
	leastRecall       = 8 << 10 // bytes of a result, like mem.Large
	mostRecall        = 2.      // nanoseconds a byte of all, by the estimate for one thread
	firstNeed   int64 = 8
)

// trust is how many results may be taken until there are verdicts: wrong ones cost no more than
// right ones have saved.
func (r *record) trust() int { return max(leastOpen, min(r.good, mostOpen)) }

const (
	leastOpen = 256
	mostOpen  = 8192
)

// init finds out whether p is a program to do so.
func (h *past) init(p *program) {
	if p.eval {
		return
	}
	bytes := 0
	for i := range p.out {
		if n := p.out[i].Bytes(); n >= max(leastRecall, mem.Large) {
			r := &record{at: i}
			r.need.Store(firstNeed)
			h.large = append(h.large, r)
			bytes += n
		}
	}
	if h.able = len(h.large) > 0 && float64(p.cost) <= float64(bytes)*mostRecall; h.able {
		h.last.out = make([]weak.Pointer[core.Buffer], len(h.large))
		h.before.out = make([]weak.Pointer[core.Buffer], len(h.large))
	}
}

// learnt reports whether so many results were dropped that the next will be.
func (r *record) learnt() bool { return r.good >= int(r.need.Load()) }

// mistaken notes that a result was wanted whose memory was taken.
func (r *record) mistaken() { r.need.Store(min(2*r.need.Load(), 1<<20)) }

// reclaim takes the memory of earlier results back, if they are probably not needed. The
// operands that p will be run on have been pinned, and so they are left. It returns the
// arrays that are kept for that, which the caller holds when p has run.
func (p *program) reclaim() (kept []*core.Value) {
	h := &p.past
	if !h.mu.TryLock() {
		return nil
	}
	defer h.mu.Unlock()
	h.judge()
	kept, _ = p.leave(&h.before, false)
	again, some := p.leave(&h.last, true)
	if some {
		h.last, h.before = h.before, h.last
	}
	return append(kept, again...)
}

// leave takes the memory of what nobody has of the results of t, and lets go of all of them; but
// if that may stay what is in use is left for the next call. It reports whether there is such.
func (p *program) leave(t *turn, stay bool) (kept []*core.Value, some bool) {
	h := &p.past
	var r *recall
	var room [4]forgotten
	list := room[:0]
	tried := t.op == nil
	for i, rec := range slices.Backward(h.large) { // so that the first one's memory is lent first
		b := t.out[i].Value()
		if b == nil || b.Gone() { // as a collection has shown, or the user has said
			t.out[i] = weak.Pointer[core.Buffer]{}
			continue
		}
		switch idle := b.Idle(); {
		case idle && rec.learnt() && len(rec.open) < rec.trust():
			if !tried {
				tried, r = true, p.recall(t)
			}
			if r != nil {
				list = append(list, forgotten{b, r.add(i, t.out[i])})
			}
		case !idle && stay && !b.Viewed():
			some = true
			continue
		}
		rec.expect(t.out[i], h.judged)
		t.out[i] = weak.Pointer[core.Buffer]{}
	}
	if r != nil {
		kept = r.forget(list)
	}
	return kept, some
}

// expect asks for a verdict on a result of which nothing more is expected.
func (r *record) expect(b weak.Pointer[core.Buffer], now int64) {
	if r.open = append(r.open, verdict{b, now}); len(r.open) > 2*r.trust() {
		r.open = slices.Delete(r.open, 0, r.trust())
	}
}

// remember notes that op computes result(i) for each i of the operands.
func (p *program) remember(op core.Op, in []*core.Value, result func(i int) *core.Buffer) {
	h := &p.past
	if !h.able || !h.mu.TryLock() {
		return
	}
	defer h.mu.Unlock()
	t, learnt := &h.last, false
	for i, r := range h.large {
		t.out[i] = weak.Make(result(r.at))
		learnt = learnt || r.learnt()
	}
	if t.op = nil; !learnt {
		return
	}
	t.op, t.in = op, slices.Grow(t.in[:0], len(in))[:len(in)]
	for i, v := range in {
		if t.in[i].Value() != v.Buf { // most are the same each time
			t.in[i] = weak.Make(v.Buf)
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
	for _, r := range h.large {
		r.judge(now)
	}
}

func (r *record) judge(now int64) {
	r.open = slices.DeleteFunc(r.open, func(v verdict) bool {
		b := v.result.Value()
		switch {
		case b == nil:
			r.good++
		case b.Gone(): // the user has said so
		case now < v.since+2: // the first may have begun earlier
			return false
		default:
			r.good = 0
			if again, ok := b.Lazy().(*recalled); ok && plenty() {
				again.Start() // before its operands are in the way
			}
		}
		return true
	})
}
