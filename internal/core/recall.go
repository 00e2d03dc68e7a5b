package core

import "weak"

// Nobody tells when an array is dropped: only a collection of garbage shows it. So that a
// result can be written where the last one was, which is still in the caches, the last one
// may give its memory back although its array is there. If somebody has that after all and
// looks at it, it is computed again. It is for those who call Forget to see that this is
// seldom and cheap.

// Again makes l what computes elements again by by.Start, for Forget to be given: those of
// was, which l does not keep. Or l is none of an array, but what the operands of such a
// computation know it by, for ReadLater, until End.
func (l *Lazy) Again(by Starter, was weak.Pointer[Buffer]) { l.by, l.was, l.again = by, was, true }

// End says that the computation has begun that l stands for, or never will.
func (l *Lazy) End() { l.of.Store(ended) }

// ended waits for nothing.
var ended = new(Buffer)

// Wanted reports whether somebody may have the array that l stands for, and it waits for l.
func (l *Lazy) Wanted() bool {
	b := l.array()
	return b != nil && b.waits(l)
}

// Forget gives the memory of b back, whose elements are computed by l again when somebody
// asks for them. It reports whether it did so: not where somebody uses or views the memory or
// has put off reading it, where the computation of b has not come to a good end, and where
// b was dropped. l's Start must wait until Forget has returned, and do nothing then unless l
// is Wanted.
func (b *Buffer) Forget(l *Lazy) bool {
	s := b.state.Load()
	if s == nil || !s.own.Load() {
		return false
	}
	if !s.lazy.CompareAndSwap(nil, l) {
		return false
	}
	// Whoever pins, views or drops b from now on sees l; who did so before is seen here.
	lent := s.loan.Load()
	if b.busy(s) || !s.own.Swap(false) {
		s.lazy.Store(nil)
		if s.left.Load() && !b.awaited() && s.own.Swap(false) {
			s.closed.Store(true)
			lent.finish()
		}
		return false
	}
	b.p = nil
	s.loan.Store(new(loan)) // of nothing: lent is never nil for large memory
	lent.finish()
	return true
}

// Idle reports whether Forget would give memory back now.
func (b *Buffer) Idle() bool {
	s := b.state.Load()
	return s != nil && s.own.Load() && s.lazy.Load() == nil && !b.busy(s)
}

// busy reports whether the memory of b has to stay.
func (b *Buffer) busy(s *bstate) bool {
	lent := s.loan.Load()
	return lent.users.Load() != 0 || lent.viewed.Load() || s.gone.Load() != nil || b.awaited() || !s.fine()
}

// fine reports whether the computation has come to a good end.
func (s *bstate) fine() bool {
	e := s.pending.Load()
	if e == nil {
		return true
	}
	select {
	case <-e.done:
		return e.err == nil
	default:
		return false
	}
}

// awaited reports whether something was put off that reads b.
func (b *Buffer) awaited() bool {
	r := b.readers()
	if r == nil {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.trim()
}

// present reports whether b, which is being dropped, has memory. If something was put off
// that reads what was forgotten, it has again.
func (b *Buffer) present() bool {
	s := b.state.Load()
	l := s.lazy.Load()
	if l != nil && l.again && b.awaited() {
		l.by.Start()
		return true
	}
	return l == nil
}
