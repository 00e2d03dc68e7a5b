package core

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"gojax/internal/dtype"
	"gojax/internal/mem"
)

const manyBytes = 300_000

func live() int { return mem.Shared.Stats().Live }

// What is dropped while nobody uses it is free at once.
func TestDropFreesAtOnce(t *testing.T) {
	for name, c := range map[string]struct {
		before, after func(b *Buffer)
		free          bool // after Drop, and then after after
		finally       bool
	}{
		"unused":   {func(b *Buffer) {}, func(b *Buffer) {}, true, true},
		"pinned":   {func(b *Buffer) { b.Pin() }, (*Buffer).Unpin, false, true},
		"queued":   {func(b *Buffer) { b.Pin(); b.Queue(NewEvent()) }, (*Buffer).Unqueue, false, true},
		"read":     {func(b *Buffer) { b.Pin(); b.Unpin() }, func(b *Buffer) {}, true, true},
		"viewed":   {(*Buffer).View, func(b *Buffer) {}, false, false},
		"a slice":  {func(b *Buffer) { Slice[byte](b) }, func(b *Buffer) {}, false, false},
		"on two":   {func(b *Buffer) { b.On(nil) }, func(b *Buffer) {}, false, false},
		"moved on": {func(b *Buffer) { b.Move() }, func(b *Buffer) {}, false, false},
	} {
		b := NewBuffer(nil, manyBytes)
		full := live()
		c.before(b)
		if !b.Drop("deleted") || b.Drop("deleted") {
			t.Errorf("%s: Drop is wrong", name)
		}
		if free := live() < full; free != c.free {
			t.Errorf("%s: free %v", name, free)
		}
		c.after(b)
		if free := live() < full; free != c.finally {
			t.Errorf("%s: free %v in the end", name, free)
		}
	}
}

// Memory is taken only from who has no other users.
func TestTake(t *testing.T) {
	for name, c := range map[string]struct {
		before func(b *Buffer)
		ok     bool
	}{
		"unused":       {func(b *Buffer) {}, true},
		"queued":       {func(b *Buffer) { b.Pin(); b.Queue(NewEvent()) }, true},
		"pinned":       {func(b *Buffer) { b.Pin() }, false},
		"viewed":       {(*Buffer).View, false},
		"gone already": {func(b *Buffer) { b.Pin(); b.Drop("deleted") }, false},
	} {
		b := NewBuffer(nil, manyBytes)
		p := b.Pin() // the taker's
		c.before(b)
		got := b.Take("donated", 1)
		if (got != nil) != c.ok || !b.Gone() {
			t.Errorf("%s: got %v", name, got)
		}
		b.Unpin()
		if got == nil {
			continue
		}
		if name == "queued" {
			b.Unqueue()
		}
		full := live()
		if got.Pin() != p || got.Gone() {
			t.Errorf("%s: the wrong memory", name)
		}
		got.Unpin()
		if got.Drop("deleted"); live() != full-manyBytes {
			t.Errorf("%s: the memory is not the new buffer's", name)
		}
	}
	if NewBuffer(nil, 100).Take("donated", 1) != nil {
		t.Error("small memory was taken")
	}
}

// Readers that race with Drop see that the array is gone, or what was in it.
func TestDropRaces(t *testing.T) {
	for i := range 200 {
		b := NewBuffer(nil, manyBytes)
		x := Fresh[int](b)
		x[0], x[len(x)-1] = i, i
		var wg sync.WaitGroup
		for range 2 {
			wg.Go(func() {
				b.Pin()
				defer b.Unpin()
				if b.Closed() {
					return
				}
				if x := Fresh[int](b); x[0] != i || x[len(x)-1] != i {
					t.Errorf("read %d, %d, want %d", x[0], x[len(x)-1], i)
				}
			})
		}
		wg.Go(func() { b.Drop("deleted") })
		wg.Go(func() {
			c := NewBuffer(nil, manyBytes)
			for i := range Fresh[int](c) {
				Fresh[int](c)[i] = -1
			}
		})
		wg.Wait()
		if !b.Gone() {
			t.Fatal("not gone")
		}
	}
}

func TestNewIsZero(t *testing.T) {
	for range 3 {
		b := NewBuffer(nil, manyBytes)
		for i, x := range Fresh[uint64](b) {
			if x != 0 {
				t.Fatalf("element %d is %x", i, x)
			}
			Fresh[uint64](b)[i] = 1
		}
		b.Drop("deleted")
	}
}

type named string

func (n named) String() string { return string(n) }

func TestBudget(t *testing.T) {
	defer mem.Shared.SetLimit(0)
	kept := NewAll(named("dot_general"), []Type{Of(dtype.Float32, 1000, 1000), Of(dtype.Float32, 3000, 1000)}, nil)
	mem.Shared.Collect() // what other tests left
	mem.Shared.SetLimit(live() + 1<<20)
	e := caught(t, func() { NewAll(named("exp"), []Type{Of(dtype.Float32, 2000, 1000)}, nil) })
	var m *MemoryError
	if !errors.As(e, &m) {
		t.Fatalf("got %v", e)
	}
	if e.Op != "exp" || m.Want != Of(dtype.Float32, 2000, 1000).Bytes() || m.Limit-m.Live >= m.Want || len(m.Largest) < 2 {
		t.Errorf("got %+v", m)
	}
	u := m.Largest[0]
	if u.Bytes != kept[1].Bytes() || u.Op != "dot_general" || !u.Type.Equal(kept[1].Type()) || !strings.HasSuffix(u.File, "memory_test.go") || u.Line == 0 {
		t.Errorf("the largest is %+v", u)
	}
	for _, part := range []string{"exp: ", "are needed, but ", "of dot_general (memory_test.go:"} {
		if !strings.Contains(e.Error(), part) {
			t.Errorf("%q is not in %q", part, e.Error())
		}
	}
	kept[1].Buf.Drop("deleted")
	NewAll(named("exp"), []Type{Of(dtype.Float32, 1000, 1000)}, nil)
}
