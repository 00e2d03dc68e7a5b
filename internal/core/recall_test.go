package core

import (
	"runtime"
	"sync"
	"testing"
	"weak"

	"gojax/internal/dtype"
)

// again computes an array of ones again. Its Start waits for mu.
type again struct {
	Lazy
	mu     sync.Mutex
	starts int
}

func newAgain(b *Buffer) *again {
	r := &again{}
	r.Again(r, weak.Make(b))
	return r
}

func (r *again) Start() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.Wanted() {
		r.starts++
		r.Settle(ones().Buf)
	}
}

func ones() *Value {
	v := New(Of(dtype.Uint8, manyBytes), nil)
	for i := range Fresh[uint8](v.Buf) {
		Fresh[uint8](v.Buf)[i] = 1
	}
	return v
}

// What has no users gives its memory back and is computed again, once, for who asks.
func TestForget(t *testing.T) {
	for what, ask := range map[string]func(b *Buffer){
		"pin":  func(b *Buffer) { b.Pin(); b.Unpin() },
		"view": func(b *Buffer) { b.View() },
		"wait": func(b *Buffer) { b.Wait("test") },
		"on":   func(b *Buffer) { b.On(nil) },
	} {
		v := ones()
		r := newAgain(v.Buf)
		full := live()
		if !v.Buf.Forget(&r.Lazy) || r.Begun() || live() >= full || v.Buf.Gone() || v.Buf.Viewed() {
			t.Fatalf("%s: not forgotten, or not well", what)
		}
		if v.Buf.Forget(&newAgain(v.Buf).Lazy) {
			t.Errorf("%s: forgotten twice", what)
		}
		ask(v.Buf)
		if r.starts != 1 || !r.Begun() || live() < full {
			t.Errorf("%s: begun %d times, with %d of %d bytes", what, r.starts, live(), full)
		}
		ask(v.Buf)
		if r.starts != 1 || At(v, manyBytes-1) != 1 {
			t.Errorf("%s: begun %d times to no avail", what, r.starts)
		}
	}
}

// What somebody uses, sees, waits for or has dropped stays as it is.
func TestForgetIsRefused(t *testing.T) {
	failed, running := NewEvent(), NewEvent()
	failed.Finish("failed")
	defer running.Finish(nil)
	reader := newCounted()
	for what, before := range map[string]func(b *Buffer){
		"pinned":  func(b *Buffer) { b.Pin() },
		"queued":  func(b *Buffer) { b.Pin(); b.Queue(NewEvent()) },
		"viewed":  (*Buffer).View,
		"moved":   func(b *Buffer) { b.Move() },
		"read":    func(b *Buffer) { b.ReadLater(&reader.Lazy) },
		"failed":  func(b *Buffer) { b.Begin(failed) },
		"running": func(b *Buffer) { b.Begin(running) },
		"deleted": func(b *Buffer) { b.Drop("deleted") },
	} {
		v := ones()
		r := newAgain(v.Buf)
		before(v.Buf)
		if v.Buf.Forget(&r.Lazy) {
			t.Errorf("%s: forgotten", what)
		}
		if !r.Begun() || v.Buf.Lazy() != nil {
			t.Errorf("%s: left lazy", what)
		}
	}
	small := New(Of(dtype.Uint8, 100), nil)
	if small.Buf.Forget(&newAgain(small.Buf).Lazy) {
		t.Error("small memory was forgotten")
	}
}

// Drop of what was forgotten computes it again only for those who are yet to read it, and
// for them before it returns.
func TestDropOfForgotten(t *testing.T) {
	v := ones()
	r := newAgain(v.Buf)
	v.Buf.Forget(&r.Lazy)
	if !v.Buf.Drop("deleted") || v.Buf.Drop("deleted") || r.starts != 0 {
		t.Errorf("computed %d times for nobody, or dropped twice", r.starts)
	}
	v = ones()
	r = newAgain(v.Buf)
	full := live()
	reader := newCounted()
	v.Buf.Forget(&r.Lazy)
	v.Buf.ReadLater(&reader.Lazy)
	if !v.Buf.Drop("deleted") || r.starts != 1 || reader.starts != 1 || live() >= full {
		t.Errorf("computed %d times for %d readers, %d bytes left of %d", r.starts, reader.starts, live(), full)
	}
	x, v := ones(), ones()
	r = newAgain(v.Buf) // of x
	var whole Lazy
	whole.Again(r, weak.Pointer[Buffer]{})
	x.Buf.ReadLater(&whole)
	v.Buf.Forget(&r.Lazy)
	if x.Buf.Drop("deleted"); r.starts != 1 || !r.Begun() {
		t.Errorf("computed %d times before its operand went", r.starts)
	}
}

// Of those who forget, pin and drop at the same time nobody sees memory that is not theirs.
func TestForgetAmongOthers(t *testing.T) {
	for round := range 40 {
		v := ones()
		var all sync.WaitGroup
		for range 3 {
			all.Go(func() {
				for range 5 {
					p := v.Buf.Pin()
					if !v.Buf.Closed() && (p == nil || *(*uint8)(p) != 1) {
						t.Error("pinned memory without elements")
					}
					v.Buf.Unpin()
				}
			})
		}
		all.Go(func() {
			for range 5 {
				r := newAgain(v.Buf)
				r.mu.Lock()
				v.Buf.Forget(&r.Lazy)
				r.mu.Unlock()
			}
		})
		if round%2 == 1 {
			all.Go(func() { v.Buf.Drop("deleted") })
		}
		all.Wait()
	}
}

// Memory moves to another buffer or is given back, not both.
func TestForgetOrMove(t *testing.T) {
	for range 100 {
		v := ones()
		r := newAgain(v.Buf)
		var all sync.WaitGroup
		all.Go(func() {
			r.mu.Lock()
			v.Buf.Forget(&r.Lazy)
			r.mu.Unlock()
		})
		c := v.Buf.Move()
		all.Wait()
		other := New(Of(dtype.Uint8, manyBytes), nil)
		if other.Buf.Pin() == c.Pin() || *(*uint8)(c.p) != 1 {
			t.Fatal("the memory has two owners")
		}
		v.Buf.Drop("donated")
		c.Unpin()
		c.Drop("deleted")
		other.Buf.Drop("deleted")
	}
}

// What was dropped before it was computed is kept for what is yet to read it, and free then.
func TestForgetOfDroppedThatIsRead(t *testing.T) {
	u := &many{}
	u.Init(Of(dtype.Uint8, manyBytes), nil, u)
	b, reader := u.Value().Buf, newCounted()
	b.ReadLater(&reader.Lazy)
	b.Drop("deleted")
	u.Start()
	full := live()
	if b.Forget(&newAgain(b).Lazy) || b.Closed() || live() < full {
		t.Error("closed before it was read")
	}
	reader.Start()
	if b.Forget(&newAgain(b).Lazy) || !b.Closed() || live() >= full {
		t.Error("kept after it was read")
	}
}

// What stands for several arrays keeps none of them, and ends for those that read them.
func TestForgottenAreKeptByNobody(t *testing.T) {
	x, r := ones(), &again{}
	r.Again(r, weak.Pointer[Buffer]{})
	x.Buf.ReadLater(&r.Lazy)
	a, b := ones(), ones()
	parts := make([]Lazy, 2)
	for i, v := range []*Value{a, b} {
		if parts[i].Again(r, weak.Make(v.Buf)); parts[i].Wanted() || !v.Buf.Forget(&parts[i]) || !parts[i].Wanted() {
			t.Errorf("array %d was not forgotten", i)
		}
	}
	if !x.Buf.awaited() {
		t.Error("nobody is to read the operand")
	}
	runtime.KeepAlive(a)
	a = nil
	runtime.GC()
	if parts[0].Wanted() || !parts[1].Wanted() || b.Buf.Lazy() != Starter(r) {
		t.Error("an array is kept by what computes it again")
	}
	parts[0].Settle(ones().Buf) // for nobody
	parts[0].Fail("failed")
	if r.End(); !r.Begun() || x.Buf.awaited() {
		t.Error("the operand is yet to be read")
	}
	parts[1].Settle(ones().Buf)
	if parts[1].Wanted() || At(b, 1) != 1 {
		t.Error("what was settled waits")
	}
}

// many is a lazy array of ones.
type many struct{ Unmade }

func (m *many) Start() { m.Settle(ones().Buf) }
