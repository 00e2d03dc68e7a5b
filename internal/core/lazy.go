package core

import (
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"weak"
)

// A Lazy stands for elements that are not in memory until somebody asks for them, in
// whatever way: all that looks at their buffer, or waits for it, begins their computation
// first. There is one rule for the arrays that they are computed of: who takes their memory
// away begins what is yet to read it (see ReadLater).
type Lazy struct {
	of    atomic.Pointer[Buffer] // the array
	was   weak.Pointer[Buffer]   // or this one, which was forgotten
	by    Starter
	again bool // the elements have been in memory: see Again
}

// A Starter begins a computation. When Start returns the Lazy has been settled, by it or
// by another goroutine.
type Starter interface{ Start() }

// An Unmade array is lazy from the beginning. What knows how to compute it embeds it.
type Unmade struct {
	Lazy
	value  Value
	typ    Type
	buffer Buffer
	state  bstate
	later  readers
	asked  []uintptr // the calls that asked for it, if it is large
}

// Init makes l the array of type t on device d that by computes, and returns it. It panics
// if there will never be memory for it.
func (l *Unmade) Init(t Type, d Device, by Starter) *Value {
	what, _ := by.(fmt.Stringer)
	affordable(what, t, t.Bytes())
	if t.Bytes() >= noted {
		l.asked = Callers(1)
	}
	l.of.Store(&l.buffer)
	l.by = by
	l.typ = t
	l.value.shared, l.value.Buf = &l.typ, &l.buffer
	l.buffer.device, l.buffer.n = place(d), t.Bytes()
	l.buffer.state.Store(&l.state)
	l.state.readers.Store(&l.later)
	l.state.lazy.Store(&l.Lazy)
	return &l.value
}

// Value returns the array.
func (l *Unmade) Value() *Value { return &l.value }

// Asked returns the calls that asked for l, innermost first, or nil if it is small.
func (l *Unmade) Asked() []uintptr { return l.asked }

// array returns what l stands for, or nil if it stands for nothing yet or nobody has that
// any more.
func (l *Lazy) array() *Buffer {
	if b := l.of.Load(); b != nil {
		return b
	}
	return l.was.Value()
}

// Begun reports whether l has been settled.
func (l *Lazy) Begun() bool {
	b := l.array()
	return b != nil && !b.waits(l)
}

// waits reports whether the elements of b are yet to be computed by l.
func (b *Buffer) waits(l *Lazy) bool {
	s := b.state.Load()
	return s != nil && s.lazy.Load() == l
}

// Settle gives l the memory of b, a buffer that nobody else uses, in which its elements
// are or will be.
func (l *Lazy) Settle(b *Buffer) {
	if of := l.array(); of != nil {
		of.adopt(b)
		of.state.Load().lazy.Store(nil)
	}
}

// Fail settles l as the result of a computation that failed.
func (l *Lazy) Fail(failure any) {
	if of := l.array(); of != nil {
		e := NewEvent()
		e.Finish(failure)
		s := of.state.Load()
		s.pending.Store(e)
		s.lazy.Store(nil)
	}
}

// Lazy returns what begins the computation of b, or nil if it has begun.
func (b *Buffer) Lazy() Starter {
	if s := b.state.Load(); s != nil {
		if l := s.lazy.Load(); l != nil {
			return l.by
		}
	}
	return nil
}

// begin begins the computation of the buffer whose state s is, if it was put off.
func (s *bstate) begin() {
	if l := s.lazy.Load(); l != nil {
		l.by.Start()
	}
}

// readers are the arrays that are yet to be computed of a buffer, as far as somebody
// still has them.
type readers struct {
	mu   sync.Mutex
	list []weak.Pointer[Lazy]
	held bool // what Hold says
	room [2]weak.Pointer[Lazy]
}

// ReadLater says that l will be computed of b: Drop begins that first.
func (b *Buffer) ReadLater(l *Lazy) {
	s := b.ensure()
	r := s.readers.Load()
	if r == nil {
		s.readers.CompareAndSwap(nil, new(readers))
		r = s.readers.Load()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.list == nil {
		r.list = r.room[:0]
	}
	if len(r.list) == cap(r.list) {
		r.trim()
	}
	r.list = append(r.list, weak.Make(l))
}

// trim forgets those that have begun and those that nobody has. It reports whether others
// are left.
func (r *readers) trim() bool {
	r.list = slices.DeleteFunc(r.list, func(p weak.Pointer[Lazy]) bool {
		l := p.Value()
		return l == nil || l.Begun()
	})
	return len(r.list) > 0
}

func (b *Buffer) readers() *readers {
	if s := b.state.Load(); s != nil {
		return s.readers.Load()
	}
	return nil
}

// Hold marks the memory of b as held by arrays that are yet to be computed of it, if
// there are such and it is not marked already.
func (b *Buffer) Hold() bool {
	r := b.readers()
	if r == nil || b.Lazy() != nil {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.held || len(r.list) == 0 {
		return false
	}
	r.held = true
	return true
}

// Held reports whether the memory of b is still held. If not, the mark is removed.
func (b *Buffer) Held() bool {
	r := b.readers()
	if r == nil {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.held = r.trim()
	return r.held
}

// fewForgotten arrays take no longer to compute again than to find out if somebody has them.
const fewForgotten = 8

// forgotten counts the arrays in list whose elements have been in memory, and returns one.
func forgotten(list []weak.Pointer[Lazy]) (n int, one *Lazy) {
	for _, p := range list {
		if l := p.Value(); l != nil && l.again {
			n++
			one = l
		}
	}
	return n, one
}

// StartReaders begins all that is yet to be computed of b, the last first: that has the
// others on its way. Of several at once all return when it has begun.
func (b *Buffer) StartReaders() {
	r := b.readers()
	if r == nil {
		return
	}
	r.mu.Lock()
	list := slices.Clone(r.list)
	r.held = false
	r.mu.Unlock()
	if len(list) == 0 {
		return
	}
	n, one := forgotten(list)
	if n > fewForgotten {
		runtime.GC() // most of those have been dropped
	}
	for _, p := range slices.Backward(list) {
		if l := p.Value(); l != nil {
			l.by.Start()
		}
	}
	runtime.KeepAlive(one) // whose Start shows that it was not worth while to forget
	r.mu.Lock()
	r.trim()
	r.mu.Unlock()
}
