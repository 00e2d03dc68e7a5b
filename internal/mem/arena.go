package mem

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"
)

// An Arena lends memory. The zero Arena is ready.
type Arena struct {
	mu     sync.Mutex
	bins   [bins][]kept
	blocks map[uintptr]*block // by address
	stats  Stats
	limit  int
	poison bool
	worked atomic.Int64

	collector
}

// Stats says how much memory an arena has lent.
type Stats struct {
	Live    int // bytes lent now
	Peak    int // the most that were lent at once
	Work    int // bytes of Live that nobody has planned, by Borrow
	Planned int // the most that were lent at once for all but that
	Worked  int // the most that a step worked in, of what was planned for that

	Unplanned int // the most of Work

	Limit   int // the most that may be
	Kept    int // bytes of blocks that wait to be lent again
	Lent    int // how often memory was lent
	Fresh   int // how often it was new
	Largest int // the most that was lent in one piece
	Forced  int // collections of garbage that the arena asked for
}

// A block is what is known about a piece of memory: not the memory itself, or that would
// never be found unused.
type block struct {
	size  int // of the memory
	bytes int // how many were asked for, or -1 while it is kept
	label any
	as    use
	epoch int       // when it was lent, or never for what nobody drops
	since time.Time // when it was given back
	armed bool      // it has its finalizer
}

const never = -1

// A use is what memory is lent for.
type use uint8

const (
	array use = iota // it may be dropped
	temporary
	work
)

// kept is a piece of memory to be lent.
type kept struct {
	p *byte
	b *block
}

// Full says that memory would go over the limit.
type Full struct{ Want, Live, Limit int }

func (f *Full) Error() string { return "there is not enough memory" }

// Shared is the arena of this process.
var Shared Arena

// Lend returns memory of the given size, Large or more, aligned to 64 bytes. What it
// contains is not defined. It comes back when nothing points into it any more, or by
// Free. label says what it is for. The error is a *Full.
func (a *Arena) Lend(bytes int, label any) (unsafe.Pointer, error) {
	return a.lend(bytes, label, array)
}

// Place is Lend for a program's temporaries and what its steps work in, which Free will
// certainly take back.
func (a *Arena) Place(bytes int, label any) (unsafe.Pointer, error) {
	return a.lend(bytes, label, temporary)
}

// Borrow is Place for what a step works in and nobody has planned.
func (a *Arena) Borrow(bytes int, label any) (unsafe.Pointer, error) {
	return a.lend(bytes, label, work)
}

// fullTries is how often a lender waits for a collection to find memory: what it finds may be
// lent to others first.
const fullTries = 3

func (a *Arena) lend(bytes int, label any, as use) (unsafe.Pointer, error) {
	bin, size := class(bytes + a.margins())
	a.mu.Lock()
	defer a.mu.Unlock()
	for range fullTries {
		if bytes <= a.max()-a.stats.Live {
			break
		}
		a.collect()
	}
	if bytes > a.max()-a.stats.Live {
		return nil, &Full{bytes, a.stats.Live, a.max()}
	}
	k := a.take(bin, size)
	if k.p == nil && a.overdue() {
		a.relieve()
		k = a.take(bin, size)
	}
	if k.p == nil {
		k.b = &block{size: size}
	}
	k.b.bytes, k.b.label, k.b.epoch = bytes, label, never
	k.b.as = as
	a.count(k.b)
	if as == array {
		a.expect(k.b)
	}
	if k.p == nil {
		k.p = a.fresh(k.b)
	}
	if !k.b.armed {
		k.b.armed = true
		runtime.SetFinalizer(k.p, a.drop)
	}
	return a.open(k), nil
}

// take returns memory that is kept, of a size or one that is not much larger.
func (a *Arena) take(bin, size int) kept {
	for i := bin; i < bins && i <= bin+2; i++ {
		if n := len(a.bins[i]); n > 0 {
			k := a.bins[i][n-1]
			a.bins[i][n-1] = kept{}
			a.bins[i] = a.bins[i][:n-1]
			a.stats.Kept -= k.b.size
			return k
		}
	}
	return kept{}
}

// fresh returns new memory for a block, if need be in place of some that is kept.
func (a *Arena) fresh(b *block) *byte {
	if over := a.stats.Live + a.stats.Kept - a.max(); over > 0 {
		a.shrink(over)
	}
	a.stats.Fresh++
	a.mu.Unlock() // the allocator may take long
	data := make([]byte, b.size)
	huge(data)
	a.mu.Lock()
	p := unsafe.SliceData(data)
	if a.blocks == nil {
		a.blocks = map[uintptr]*block{}
	}
	a.blocks[uintptr(unsafe.Pointer(p))] = b
	return p
}

func (a *Arena) count(b *block) {
	s := &a.stats
	s.Live += b.bytes
	if b.as == work {
		s.Work += b.bytes
		s.Unplanned = max(s.Unplanned, s.Work)
	}
	s.Peak = max(s.Peak, s.Live)
	s.Planned = max(s.Planned, s.Live-s.Work)
	s.Largest = max(s.Largest, b.bytes)
	s.Lent++
}

// Worked notes how much of the memory that was planned for a step that had.
func (a *Arena) Worked(bytes int) {
	for {
		most := a.worked.Load()
		if int64(bytes) <= most || a.worked.CompareAndSwap(most, int64(bytes)) {
			return
		}
	}
}

// Free takes back memory that Lend or Borrow returned. Nobody may use it any more.
func (a *Arena) Free(p unsafe.Pointer) {
	a.mu.Lock()
	defer a.mu.Unlock()
	p = a.base(p)
	b := a.blocks[uintptr(p)]
	if b == nil || b.bytes < 0 {
		panic("mem: memory that is not lent is freed")
	}
	a.keep((*byte)(p), b)
}

// keep puts memory where it is found to be lent.
func (a *Arena) keep(p *byte, b *block) {
	a.close(p, b)
	a.stats.Live -= b.bytes
	if b.as == work {
		a.stats.Work -= b.bytes
	}
	a.stats.Kept += b.size
	a.clear(b)
	b.bytes, b.label, b.since = -1, nil, time.Now()
	bin, _ := class(b.size)
	a.bins[bin] = append(a.bins[bin], kept{p, b})
}

// Stats returns the figures of now.
func (a *Arena) Stats() Stats {
	a.mu.Lock()
	defer a.mu.Unlock()
	s := a.stats
	s.Limit, s.Worked = a.max(), int(a.worked.Load())
	return s
}

// ResetPeak begins to look for the most memory that is lent at once anew.
func (a *Arena) ResetPeak() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.stats.Peak, a.stats.Planned, a.stats.Unplanned = a.stats.Live, a.stats.Live-a.stats.Work, a.stats.Work
	a.worked.Store(0)
}

// A Loan is memory that is lent.
type Loan struct {
	Bytes int
	Label any
}

// Loans lists what is lent now.
func (a *Arena) Loans() []Loan {
	a.mu.Lock()
	defer a.mu.Unlock()
	var all []Loan
	for _, b := range a.blocks {
		if b.bytes >= 0 {
			all = append(all, Loan{b.bytes, b.label})
		}
	}
	return all
}
