package core

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"unsafe"

	"gojax/internal/mem"
)

// Small arrays are in memory of Go's. Large ones are in memory that an arena lends: it
// comes back when nothing points into it any more, or at once when its array is dropped
// while nobody uses it. Those who use it say so by Pin; a pointer that is had in another
// way leaves it to the collector, so that memory may be late but never early.

// A loan is memory of an arena, with all the buffers that are in it.
type loan struct {
	p      unsafe.Pointer
	users  atomic.Int64 // who uses the memory now
	viewed atomic.Bool  // others may too
	over   atomic.Bool  // its owner was dropped
	back   atomic.Bool  // the arena has it again

	mu    sync.Mutex
	queue []*Event // the ends of uses that are queued, and of some that were
}

// pinned are uses of which nobody knows when they end, so that the contents must stay, queued
// those whose ends can be waited for.
const (
	pinned = 1 << 32
	queued = 1
)

// Recycled reports whether memory of that many bytes is lent, so that it can be taken.
func Recycled(bytes int) bool { return bytes >= mem.Large }

// alloc gets memory for b, which takes n bytes. what and t are for people.
func (b *Buffer) alloc(what fmt.Stringer, t Type, zero bool) {
	if !Recycled(b.n) {
		b.p = unsafe.Pointer(unsafe.SliceData(make([]uint64, (b.n+7)/8)))
		return
	}
	p, err := mem.Shared.Lend(b.n, Note(what, t, b.n))
	if err != nil {
		panic(OverBudget(what, t, err))
	}
	b.p = p
	s := b.ensure()
	s.loan.Store(&loan{p: p})
	s.own.Store(true)
	if zero {
		clear(unsafe.Slice((*byte)(p), b.n))
	}
}

// lent returns the loan of b, whose computation has begun, or nil.
func (b *Buffer) lent() *loan {
	s := b.state.Load()
	if s == nil {
		return nil
	}
	s.begin()
	return s.loan.Load()
}

// Pin returns the address of the first element and keeps the memory from being used again
// until Unpin. Who did not make b asks Closed afterwards.
func (b *Buffer) Pin() unsafe.Pointer {
	if !b.Plain() {
		b.pin()
	}
	return b.p
}

// pin notes the use first and then asks whether the memory is still that of b: Forget does it
// in the other order.
func (b *Buffer) pin() {
	for l := b.lent(); l != nil; l = b.lent() {
		l.users.Add(pinned)
		if b.has(l) {
			return
		}
		if l.users.Add(-pinned) == 0 {
			l.end()
		}
	}
}

// has reports whether the memory of b is there, and l.
func (b *Buffer) has(l *loan) bool {
	s := b.state.Load()
	return s.lazy.Load() == nil && s.loan.Load() == l
}

// Plain reports whether b is there, in memory that is not lent and that nobody has dropped:
// then Pin and Unpin do nothing, now and later.
func (b *Buffer) Plain() bool { return b.state.Load() == nil }

// Queue makes a use that Pin began one that ends before e does, for Unqueue to end it. If e is
// nil b waits for that end itself, as a result does.
func (b *Buffer) Queue(e *Event) {
	l := b.lent()
	if l == nil {
		return
	}
	if e != nil {
		l.mu.Lock()
		if len(l.queue) == cap(l.queue) {
			l.queue = slices.DeleteFunc(l.queue, (*Event).Ended)
		}
		l.queue = append(l.queue, e)
		l.mu.Unlock()
	}
	l.users.Add(queued - pinned) // after that, for Take looks there first
}

// Queued lists the ends of the uses of the memory that are queued.
func (b *Buffer) Queued() []*Event {
	l := b.lent()
	if l == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.queue = slices.DeleteFunc(l.queue, (*Event).Ended)
	return slices.Clone(l.queue)
}

// Unpin ends a use of the memory that Pin began.
func (b *Buffer) Unpin() {
	if !b.Plain() {
		b.leave(pinned)
	}
}

// Unqueue ends a use of the memory that was queued.
func (b *Buffer) Unqueue() { b.leave(queued) }

func (b *Buffer) leave(use int64) {
	if l := b.lent(); l != nil && l.users.Add(-use) == 0 {
		l.end()
	}
}

// end gives memory back that nobody owns or uses. Who pins or views does so first and then
// asks whether the buffer is closed or gone; this is the other order, so one sees the
// other.
func (l *loan) end() {
	if l.over.Load() && l.users.Load() == 0 && !l.viewed.Load() && l.back.CompareAndSwap(false, true) {
		mem.Shared.Free(l.p)
	}
}

// View marks the memory as seen by others, the user or another buffer: from now on it
// may not be written, and it is not used again until nothing points to it, even after
// Drop. Who views marks first and then calls Check; who takes the memory drops first and
// then asks, so that of two at once one sees the other.
func (b *Buffer) View() {
	for l := b.lent(); l != nil; l = b.lent() {
		if !l.viewed.Load() {
			l.viewed.Store(true)
		}
		if b.has(l) {
			return
		}
	}
}

// Viewed reports whether others may see the memory. Where it is small nobody asks.
func (b *Buffer) Viewed() bool {
	s := b.state.Load()
	if s == nil || s.lazy.Load() != nil {
		return false
	}
	l := s.loan.Load()
	return l != nil && l.viewed.Load()
}

// Drop forgets the contents; why ends the sentence "the array was …". It reports
// whether they were still there: of several callers one succeeds. What was put off and
// reads them has been begun when Drop returns. Memory that nobody uses is free then.
func (b *Buffer) Drop(why string) bool {
	s, ok := b.drop(why)
	if s != nil && s.own.Swap(false) {
		s.loan.Load().finish()
	}
	return ok
}

// finish ends the loan as soon as nobody uses the memory.
func (l *loan) finish() {
	l.over.Store(true)
	l.end()
}

// drop is Drop without an end of the loan. It returns the state of b, unless its contents
// have never been in memory or somebody else dropped them.
func (b *Buffer) drop(why string) (s *bstate, ok bool) {
	s = b.ensure()
	if !s.gone.CompareAndSwap(nil, &why) {
		return nil, false
	}
	if !b.present() { // what is yet to read it has the operands of its computation instead
		s.left.Store(true)
		if s.lazy.Load() != nil {
			return nil, true
		}
	}
	b.StartReaders()
	s.closed.Store(true)
	return s, true
}

// Closed reports whether b was dropped, so that nobody may begin to read it: not even what
// had been put off by then, as it has begun.
func (b *Buffer) Closed() bool {
	s := b.state.Load()
	return s != nil && s.closed.Load()
}

// Take drops b and returns another buffer with its memory, for what runs after what b had Queued
// then has ended. It returns nil where b was gone already, where others may use the
// memory, since there are views or more than pins have pinned it, and where it is too small
// for anybody to know.
func (b *Buffer) Take(why string, pins int) *Buffer {
	s, _ := b.drop(why)
	if s == nil {
		return nil
	}
	l := s.loan.Load()
	if l == nil {
		return nil
	}
	if l.viewed.Load() || int(l.users.Load()/pinned) > pins || !s.own.Load() {
		if s.own.Swap(false) {
			l.finish() // or whoever uses it last does
		}
		return nil
	}
	return b.Move()
}

// Move returns another buffer with the memory of b, which was dropped or will be.
func (b *Buffer) Move() *Buffer {
	c := &Buffer{device: b.device, n: b.n}
	b.Pin() // or Forget would give it back meanwhile
	c.adopt(b)
	b.Unpin()
	return c
}

// adopt makes the memory of c, which has none, that of b.
func (c *Buffer) adopt(b *Buffer) {
	l := b.lent()
	c.p = b.p
	if s := b.state.Load(); s != nil {
		t := c.ensure()
		t.handle = s.handle
		t.pending.Store(s.pending.Load())
		t.loan.Store(l)
		t.own.Store(s.own.Swap(false))
	}
}

// On returns another buffer for device d, which computes in host memory, with the
// memory of b.
func (b *Buffer) On(d Device) *Buffer {
	b.View()
	c := b.Move()
	c.device = place(d)
	return c
}

// A Use is large memory in use.
type Use struct {
	Bytes int
	Op    string // what made it, if known
	Type  Type   // of the array, or of no rank and type where it is something else
	Work  bool   // it is what the operation works in while it runs
	File  string // the user's source file, empty if not known
	Line  int
}

func (u Use) String() string {
	var b strings.Builder
	b.WriteString(size(u.Bytes))
	if u.Type.DType != 0 {
		fmt.Fprintf(&b, " %v", u.Type)
	}
	if u.Work {
		b.WriteString(" to work in")
	}
	if u.Op != "" {
		fmt.Fprintf(&b, " of %s", u.Op)
	}
	if u.File != "" {
		fmt.Fprintf(&b, " (%s:%d)", filepath.Base(u.File), u.Line)
	}
	return b.String()
}

// A MemoryError is the cause of the error of what would go over the budget of memory.
type MemoryError struct {
	Want, Live, Limit int   // bytes
	Largest           []Use // what is in use, the largest first
	Program           []Use // the largest that the program takes itself which wants it, if it takes several
}

func (e *MemoryError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s are needed, but %s of the %s that this process can have are in use", size(e.Want), size(e.Live), size(e.Limit))
	b.WriteString(listing("; the largest: ", e.Largest))
	b.WriteString(listing(theirs, e.Program))
	return b.String()
}

// theirs is what comes before MemoryError.Program.
const theirs = "; the largest of what the program itself takes: "

func listing(title string, uses []Use) string {
	text := ""
	for i, u := range uses {
		text += []string{title, ", "}[min(i, 1)] + u.String()
	}
	return text
}

// size prints a number of bytes.
func size(n int) string {
	switch {
	case n >= 1<<30:
		return fmt.Sprintf("%.1f GiB", float64(n)/(1<<30))
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
	}
	return fmt.Sprintf("%d bytes", n)
}

// note is what is known about memory that is lent.
type note struct {
	op   string
	by   Owner // the transformation that op is the program of, or none
	t    Type
	pcs  []uintptr
	work bool
}

// noted is the size from which it is worth while to note who asked.
const noted = 1 << 20

// listed is how many uses an error shows.
const listed = 5

// Note describes memory of the given size that op asks for now.
func Note(op fmt.Stringer, t Type, bytes int) any {
	if bytes < noted {
		return nil
	}
	n := &note{t: t}
	if op != nil {
		n.op = op.String()
	}
	if o, ok := op.(interface{ Owner() Owner }); ok {
		n.by = o.Owner()
	}
	if a, ok := op.(Asker); ok {
		n.pcs = a.Asked()
	} else {
		n.pcs = Callers(2)
	}
	return n
}

// NoteAsked is Note for temporaries that op was to need when the given calls asked for it; nil:
// those of now.
func NoteAsked(op fmt.Stringer, bytes int, asked []uintptr) any {
	n, ok := Note(op, Type{}, bytes).(*note)
	if !ok {
		return nil
	}
	if asked != nil {
		n.pcs = asked
	}
	return n
}

// NoteWork is NoteAsked for what op works in.
func NoteWork(op fmt.Stringer, bytes int, asked []uintptr) any {
	n, ok := NoteAsked(op, bytes, asked).(*note)
	if !ok {
		return nil
	}
	n.work = true
	return n
}

// An Asker is an operation that was asked for earlier, by the calls that it returns.
type Asker interface{ Asked() []uintptr }

// OverBudget returns the error of op, which wanted memory, if err says that there is not
// enough.
func OverBudget(op fmt.Stringer, t Type, err error) *Error {
	e := overBudget(op, t, err)
	if a, ok := op.(Asker); ok && len(a.Asked()) > 0 {
		e.File, e.Line = ResolveUser(a.Asked())
	}
	return e
}

// OverBudgetAsked is OverBudget for temporaries, or what step works in if it is not nil, of op,
// which the given calls asked for.
func OverBudgetAsked(op, step fmt.Stringer, asked []uintptr, err error) *Error {
	e := OverBudget(op, Type{}, err)
	if file, line := ResolveUser(asked); file != "" {
		e.File, e.Line = file, line
	}
	if step != nil {
		e.Msg = fmt.Sprintf("to work in for %s, %s", step, e.Msg)
	}
	return e
}

// Takes makes e, if it says that there is not enough memory, list the largest of what the program
// takes itself for which there is none: its results, its temporaries, and what its steps work in.
func (e *Error) Takes(all []Use) {
	var m *MemoryError
	if !errors.As(e, &m) || len(all) < 2 || m.Program != nil {
		return
	}
	slices.SortStableFunc(all, func(a, b Use) int { return b.Bytes - a.Bytes })
	m.Program = all[:min(len(all), listed)]
	e.Msg += listing(theirs, m.Program)
}

func overBudget(op fmt.Stringer, t Type, err error) *Error {
	what := "memory"
	if op != nil {
		what = op.String()
	}
	full, ok := err.(*mem.Full)
	if !ok {
		return Errorf(what, "%w", err)
	}
	cause := &MemoryError{Want: full.Want, Live: full.Live, Limit: full.Limit, Largest: Uses(listed)}
	switch {
	case t.DType == 0:
		return Errorf(what, "%w", cause)
	case full.Want > full.Limit:
		return Errorf(what, "an array of type %v takes %s, more than the %s that this process can have%w", t, size(full.Want), size(full.Limit), silent{cause})
	}
	return Errorf(what, "an array of type %v: %w", t, cause)
}

// affordable panics if there will never be memory for an array of type t that op, which may
// be nil, computes.
func affordable(op fmt.Stringer, t Type, bytes int) {
	if bytes < noted {
		return
	}
	if s := mem.Shared.Stats(); bytes > s.Limit {
		panic(OverBudget(op, t, &mem.Full{Want: bytes, Live: s.Live, Limit: s.Limit}))
	}
}

// silent is a cause that adds no text to an error.
type silent struct{ *MemoryError }

func (silent) Error() string   { return "" }
func (s silent) Unwrap() error { return s.MemoryError }

// Uses lists the largest memory in use, at most so many.
func Uses(most int) []Use {
	loans := mem.Shared.Loans()
	slices.SortStableFunc(loans, func(a, b mem.Loan) int { return b.Bytes - a.Bytes })
	uses := make([]Use, min(most, len(loans)))
	for i, l := range loans[:len(uses)] {
		uses[i].Bytes = l.Bytes
		if n, ok := l.Label.(*note); ok {
			uses[i].Op, uses[i].Type, uses[i].Work = n.op, n.t, n.work
			if n.by != (Owner{}) {
				uses[i].Op = n.by.String()
			}
			uses[i].File, uses[i].Line = ResolveUser(n.pcs)
		}
	}
	return uses
}
