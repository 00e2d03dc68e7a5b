package core

import (
	"runtime"
	"sync"
	"testing"
	"time"

	"gojax/internal/dtype"
)

// counted is a lazy array of one number; starts counts who asked.
type counted struct {
	Unmade
	mu     sync.Mutex
	starts int
}

func newCounted() *counted {
	c := &counted{}
	c.Init(Of(dtype.Float32, 2), nil, c)
	return c
}

func (c *counted) Start() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.starts++
	if !c.Begun() {
		c.Settle(From(Of(dtype.Float32, 2), []float32{3, 4}).Buf)
	}
}

// All that looks at the elements of a lazy array begins their computation; its type and
// size can be had without.
func TestLazyBeginsWhenAsked(t *testing.T) {
	for what, ask := range map[string]func(b *Buffer){
		"Wait":    func(b *Buffer) { b.Wait("test") },
		"Pending": func(b *Buffer) { b.Pending() },
		"Pointer": func(b *Buffer) { b.Pointer() },
		"Move":    func(b *Buffer) { b.Move() },
		"On":      func(b *Buffer) { b.On(nil) },
	} {
		c := newCounted()
		v := c.Value()
		if v.Buf.Bytes() != 8 || v.Buf.Gone() || v.Buf.Viewed() || c.Begun() || v.Buf.Lazy() != Starter(c) {
			t.Fatalf("%s: begun by what does not look at elements", what)
		}
		ask(v.Buf)
		if !c.Begun() || v.Buf.Lazy() != nil || At(v, 1) != 4 {
			t.Errorf("%s: not begun, or to no avail", what)
		}
		ask(v.Buf)
		if c.starts != 1 {
			t.Errorf("%s: begun %d times", what, c.starts)
		}
	}
}

func TestLazyFails(t *testing.T) {
	c := newCounted()
	failure := Errorf("dot", "failed")
	c.Fail(failure)
	if got := caught(t, func() { c.Value().Buf.Wait("Item") }); got != failure || c.starts != 0 {
		t.Errorf("got %v after %d starts", got, c.starts)
	}
}

// Drop begins the readers that somebody still has, and no reader of what is lazy itself.
func TestDropStartsReaders(t *testing.T) {
	b := NewBuffer(nil, 8)
	had, begun := newCounted(), newCounted()
	begun.Start()
	for range 100 {
		b.ReadLater(&newCounted().Lazy)
	}
	b.ReadLater(&had.Lazy)
	b.ReadLater(&begun.Lazy)
	if !b.Hold() || b.Hold() || !b.Held() {
		t.Error("the memory is not held once")
	}
	runtime.GC()
	runtime.GC()
	if n := len(b.readers().list); n > 50 && b.Held() && n == len(b.readers().list) {
		t.Errorf("all of %d readers are kept", n)
	}
	b.Drop("deleted")
	if had.starts != 1 || begun.starts != 1 || b.Held() {
		t.Errorf("begun %d and %d times, held %v", had.starts, begun.starts, b.Held())
	}
	lazy, reader := newCounted(), newCounted()
	lazy.Value().Buf.ReadLater(&reader.Lazy)
	lazy.Value().Buf.Drop("deleted")
	if lazy.starts+reader.starts != 0 {
		t.Error("something was begun for a lazy array that was deleted")
	}
}

// gated is an array that says when it is being computed, and waits.
type gated struct {
	Unmade
	once             sync.Once
	starting, finish chan bool
}

func (g *gated) Start() {
	g.once.Do(func() {
		close(g.starting)
		<-g.finish
		g.Settle(From(Of(dtype.Float32, 2), []float32{3, 4}).Buf)
	})
}

// Drop waits for readers that somebody else is beginning.
func TestDropAmongStarts(t *testing.T) {
	b := NewBuffer(nil, 8)
	g := &gated{starting: make(chan bool), finish: make(chan bool)}
	g.Init(Of(dtype.Float32, 2), nil, g)
	b.ReadLater(&g.Lazy)
	go b.StartReaders()
	<-g.starting
	time.AfterFunc(10*time.Millisecond, func() { close(g.finish) })
	if b.Drop("deleted"); !g.Begun() {
		t.Error("dropped before it was read")
	}
}
