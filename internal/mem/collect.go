package mem

import (
	"runtime"
	"runtime/metrics"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"
)

// collector finds memory that was dropped without Free. Go's collector runs when the heap
// has doubled, and lending again what is kept does not make it grow. So the arena asks for
// a collection whenever it has lent a certain amount, its allowance: at first in the
// background, and where that does not come to an end in time while the lender waits. The
// allowance goes with what collections take, so that they stay a small part of all work.
type collector struct {
	epoch       int          // counts collections
	collections atomic.Int64 // that came to an end
	suspects    int          // bytes lent since the last one began, which may have been dropped
	judged      int          // bytes lent before the one that is on its way
	allowance   int
	settled     int       // bytes that were lent after the last one
	busy        bool      // a collection is on its way
	asked       int       // how many of them were asked for
	ended       time.Time // when the last of them was done
	watched     bool
	moved       sync.Cond // waits for the end of one
}

const (
	leastAllowance = 16 << 20
	mostAllowance  = 128 << 20

	// patience is how long idle memory is kept, at least.
	patience = 5 * time.Second
)

// expect notes that b may be dropped.
func (a *Arena) expect(b *block) {
	b.epoch = a.epoch
	a.suspects += b.bytes
	a.watch()
	if a.suspects >= a.allowed() && !a.busy {
		a.busy = true
		go func() {
			a.mu.Lock()
			a.cycle()
			a.mu.Unlock()
		}()
	}
}

func (a *Arena) allowed() int { return max(a.allowance, a.settled/8, leastAllowance) }

// overdue reports whether so much was lent that a collection will find something.
func (a *Arena) overdue() bool { return a.suspects+a.judged >= 2*a.allowed() }

// relieve returns after the collection that is on its way, or another one.
func (a *Arena) relieve() {
	if !a.busy {
		a.busy = true
		a.cycle()
	}
	for a.busy {
		a.moved.L = &a.mu
		a.moved.Wait()
	}
}

// Collect looks for what was dropped, by a collection of garbage that begins later.
func (a *Arena) Collect() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.collect()
}

// collect returns after a collection that began later.
func (a *Arena) collect() {
	for asked := a.asked; a.asked == asked || a.busy; {
		a.relieve()
	}
}

// cycle runs a collection, with a.busy set, and lets others work meanwhile.
func (a *Arena) cycle() {
	a.asked++
	a.stats.Forced++
	a.next()
	a.mu.Unlock()
	start := time.Now()
	runtime.GC()
	finalized()
	end := time.Now()
	a.mu.Lock()
	a.collections.Add(1)
	a.judged = 0
	a.settled = a.stats.Live
	a.adapt(end.Sub(start), start.Sub(a.ended))
	a.ended = end
	a.busy = false
	a.moved.Broadcast()
}

// adapt sets the allowance by what a collection took and how long none was needed.
func (a *Arena) adapt(took, between time.Duration) {
	switch {
	case took > between/8:
		a.allowance = min(2*max(a.allowance, leastAllowance), mostAllowance)
	case took < between/32:
		a.allowance /= 2
	}
}

// Collections counts the collections of garbage that the arena has seen the end of.
func (a *Arena) Collections() int64 { return a.collections.Load() }

// next begins an epoch: what was lent before is looked at.
func (a *Arena) next() {
	a.epoch++
	a.judged = a.suspects
	a.suspects = 0
}

// clear forgets the suspicion against b, which is no longer lent.
func (a *Arena) clear(b *block) {
	switch b.epoch {
	case never:
	case a.epoch:
		a.suspects -= b.bytes
	case a.epoch - 1:
		a.judged = max(0, a.judged-b.bytes)
	}
}

// finalized waits for finalizers that are due, but not for ever: others' may be stuck.
func finalized() {
	s := []metrics.Sample{{Name: "/gc/finalizers/queued:finalizers"}, {Name: "/gc/finalizers/executed:finalizers"}}
	metrics.Read(s)
	queued := s[0].Value.Uint64()
	for wait := 10 * time.Microsecond; s[1].Value.Uint64() < queued && wait < 50*time.Millisecond; wait *= 2 {
		time.Sleep(wait)
		metrics.Read(s)
	}
}

// drop takes back memory that nothing points to.
func (a *Arena) drop(p *byte) {
	a.mu.Lock()
	defer a.mu.Unlock()
	b := a.blocks[uintptr(unsafe.Pointer(p))]
	b.armed = false
	a.keep(p, b)
}

// A watch sees every collection of garbage.
type watch struct{ a *Arena }

// watch makes the arena see collections that it did not ask for.
func (a *Arena) watch() {
	if !a.watched {
		a.watched = true
		runtime.SetFinalizer(&watch{a}, (*watch).seen)
	}
}

func (w *watch) seen() {
	w.a.mu.Lock()
	if !w.a.busy { // else it is the one that was asked for
		w.a.collections.Add(1)
		w.a.next() // what was lent while it ran stays judged until another one ends
	}
	w.a.trim()
	w.a.mu.Unlock()
	runtime.SetFinalizer(w, (*watch).seen)
}

// trim returns what has been idle for long.
func (a *Arena) trim() {
	a.forget(func(b *block) bool { return time.Since(b.since) > patience })
}

// shrink returns at least so many bytes of what is kept, if there are.
func (a *Arena) shrink(bytes int) {
	a.forget(func(b *block) bool { bytes -= b.size; return bytes+b.size > 0 })
}

// Trim returns all memory that is kept for later.
func (a *Arena) Trim() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.forget(func(*block) bool { return true })
}

// forget leaves kept memory to the garbage collector, and its pages to the system.
func (a *Arena) forget(which func(*block) bool) {
	for i := range a.bins {
		stay := a.bins[i][:0]
		for _, k := range a.bins[i] {
			if !which(k.b) {
				stay = append(stay, k)
				continue
			}
			runtime.SetFinalizer(k.p, nil)
			delete(a.blocks, uintptr(unsafe.Pointer(k.p)))
			a.stats.Kept -= k.b.size
			discard(unsafe.Slice(k.p, k.b.size))
		}
		clear(a.bins[i][len(stay):])
		a.bins[i] = stay
	}
}
