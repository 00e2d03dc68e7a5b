package run

import (
	"cmp"
	"slices"
	"sync"
	"unsafe"

	"gojax/internal/core"
	"gojax/internal/mem"
)

// A Memory is what one step after the other works in: a block, as large as the step said that
// it would need, which is lent piece by piece. What it has no room for is borrowed from the
// arena of the process, and so is all that a nil Memory lends. Many goroutines may use it at
// once.
type Memory struct {
	mu    sync.Mutex
	block unsafe.Pointer
	size  int
	gaps  []gap // of the block, by place, apart from each other
	lent  int   // bytes, what was borrowed included
	most  int   // of lent so far
	over  int   // bytes that were borrowed so far

	of *Memory // what m is a lot of, or nil
}

type gap struct{ at, n int }

// line is what pieces are a multiple of.
const line = 64

// Room is how many bytes of a block pieces of the given sizes take.
func Room(bytes ...int) (sum int) {
	for _, n := range bytes {
		sum += (max(n, 0) + line - 1) &^ (line - 1)
	}
	return sum
}

// Rooms is Room for n elements of a type.
func Rooms[T any](n int) int { return Room(n * int(unsafe.Sizeof(*new(T)))) }

// Begin makes block what m lends. It begins at a multiple of 64. Where memory is to show wrong
// use, pieces are borrowed one by one none the less.
func (m *Memory) Begin(block []byte) {
	m.lent, m.most, m.over = 0, 0, 0
	if mem.Shared.Poisoned() {
		return
	}
	m.block, m.size = unsafe.Pointer(unsafe.SliceData(block)), len(block)
	m.gaps = append(m.gaps[:0], gap{0, len(block)})
}

// End lets go of the block, of which nothing is in use.
func (m *Memory) End() {
	mem.Shared.Worked(m.most)
	m.block, m.size = nil, 0
}

// Used returns the most that m has lent at once since Begin, and how much it had to borrow.
func (m *Memory) Used() (most, over int) { return m.most, m.over }

// scratch is who wants memory that no step said that it would need.
type scratch struct{}

func (scratch) String() string { return "scratch" }

// Alloc returns memory of the given size, aligned to 64 bytes if it is of the block or at
// least mem.Large, else to 8. What it contains is not defined. Free gives it back. It panics
// with a *core.Error if that would go over the budget of memory.
func (m *Memory) Alloc(bytes int) []byte {
	if bytes <= 0 {
		return nil
	}
	if p := m.take(bytes); p != nil {
		return unsafe.Slice((*byte)(p), bytes)
	}
	if bytes < mem.Large {
		return view(unsafe.Pointer(unsafe.SliceData(make([]uint64, (bytes+7)/8))), bytes)
	}
	p, err := mem.Shared.Borrow(bytes, core.Note(scratch{}, core.Type{}, bytes))
	if err != nil {
		panic(core.OverBudget(scratch{}, core.Type{}, err))
	}
	return view(p, bytes)
}

// take returns a piece of the block, or nil.
func (m *Memory) take(bytes int) unsafe.Pointer {
	if m == nil {
		return nil
	}
	n := Room(bytes)
	p := m.claim(n)
	over := 0
	if p == nil {
		over = n
	}
	m.count(n, over)
	return p
}

// count notes that n bytes more are lent, some of them borrowed.
func (m *Memory) count(n, over int) {
	for ; m != nil; m = m.of {
		m.mu.Lock()
		m.lent += n
		m.most = max(m.most, m.lent)
		m.over += over
		m.mu.Unlock()
	}
}

// claim makes n bytes, whole lines, of the smallest gap that has room no longer a gap; it
// returns nil where none has.
func (m *Memory) claim(n int) unsafe.Pointer {
	m.mu.Lock()
	defer m.mu.Unlock()
	best := -1
	for i, g := range m.gaps {
		if m.block != nil && g.n >= n && (best < 0 || g.n < m.gaps[best].n) {
			best = i
		}
	}
	if best < 0 {
		return nil
	}
	g := &m.gaps[best]
	p := unsafe.Add(m.block, g.at)
	if g.at, g.n = g.at+n, g.n-n; g.n == 0 {
		m.gaps = slices.Delete(m.gaps, best, best+1)
	}
	return p
}

// Free gives back what Alloc returned, all of it and once.
func (m *Memory) Free(b []byte) {
	p := unsafe.Pointer(unsafe.SliceData(b))
	if len(b) == 0 || m.put(p, len(b)) {
		return
	}
	if len(b) >= mem.Large {
		mem.Shared.Free(p)
	}
}

// put takes back a piece, if it is of the block.
func (m *Memory) put(p unsafe.Pointer, bytes int) bool {
	if m == nil {
		return false
	}
	n := Room(bytes)
	m.count(-n, 0)
	return m.disclaim(p, n)
}

// disclaim makes n bytes a part of a gap, if they are of the block.
func (m *Memory) disclaim(p unsafe.Pointer, n int) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	at := int(uintptr(p) - uintptr(m.block))
	if m.block == nil || at < 0 || at >= m.size {
		return false
	}
	i, _ := slices.BinarySearchFunc(m.gaps, at, func(g gap, at int) int { return cmp.Compare(g.at, at) })
	m.gaps = slices.Insert(m.gaps, i, gap{at, n})
	for _, i := range [2]int{i + 1, i} { // the gap after it, and that before it
		if i > 0 && i < len(m.gaps) && m.gaps[i-1].at+m.gaps[i-1].n == m.gaps[i].at {
			m.gaps[i-1].n += m.gaps[i].n
			m.gaps = slices.Delete(m.gaps, i, i+1)
		}
	}
	return true
}

// Place returns memory that a program has planned, for what label says. Unplace gives it back.
func Place(bytes int, label any) ([]byte, error) {
	p, err := mem.Shared.Place(bytes, label)
	if err != nil {
		return nil, err
	}
	return view(p, bytes), nil
}

// Unplace gives back what Place returned.
func Unplace(b []byte) { mem.Shared.Free(unsafe.Pointer(unsafe.SliceData(b))) }

func view(p unsafe.Pointer, bytes int) []byte { return unsafe.Slice((*byte)(p), bytes) }

// Of returns memory of m as n elements of a type without pointers.
func Of[T any](m *Memory, n int) []T {
	var x T
	b := m.Alloc(n * int(unsafe.Sizeof(x)))
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(b))), n)
}

// Give gives back what Of returned.
func Give[T any](m *Memory, data []T) {
	var x T
	m.Free(unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(data))), len(data)*int(unsafe.Sizeof(x))))
}

// Concurrent returns how many parts of Parallel(n, grain, …) run at the same time at most, if
// it uses so many threads.
func Concurrent(n, grain, threads int) int {
	return max(1, min(threads, n/max(grain, 1)))
}
