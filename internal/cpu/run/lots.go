package run

import (
	"sync"
	"unsafe"
)

// Lots are parts of a Memory, all of one size, that threads work in at the same time: each takes
// one and lends from it as it likes. As none lends from another's, there is room for every piece
// whatever the order in which threads come and go, where one block that all lend from may be
// left with gaps that are too small.
type Lots struct {
	m    *Memory
	room []byte
	each []Memory

	mu   sync.Mutex
	idle []*Memory
}

// Lots makes n lots of so many bytes. Take returns m itself where one thread needs no lot, where
// they would be empty, and where m has no room for them.
func (m *Memory) Lots(n, bytes int) *Lots {
	l := &Lots{m: m}
	bytes = Room(bytes)
	if m == nil || n < 2 || bytes == 0 {
		return l
	}
	p := m.claim(n * bytes)
	if p == nil {
		return l
	}
	l.room = view(p, n*bytes)
	l.each, l.idle = make([]Memory, n), make([]*Memory, n)
	for i := range l.each {
		lot := &l.each[i]
		lot.of = m
		lot.Begin(l.room[i*bytes:][:bytes])
		l.idle[n-1-i] = lot
	}
	return l
}

// Take returns what one thread may lend from until it calls Give. If more threads come than
// there are lots, the last ones get the memory that these are of.
func (l *Lots) Take() *Memory {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.take()
}

// TakeAt is Take for a thread that is at item i of n that Share cuts: as threads begin with parts of
// their own, they mostly get the lots that they had at the last call, which are in their caches.
func (l *Lots) TakeAt(i, n int) *Memory {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.idle) > 0 {
		best, last := &l.each[i*len(l.each)/n], len(l.idle)-1
		for k, lot := range l.idle {
			if lot == best {
				l.idle[k], l.idle[last] = l.idle[last], lot
			}
		}
	}
	return l.take()
}

// take takes the last lot that is idle, if there is one. l is locked.
func (l *Lots) take() *Memory {
	last := len(l.idle) - 1
	if last < 0 {
		return l.m
	}
	lot := l.idle[last]
	l.idle = l.idle[:last]
	return lot
}

// Give takes back what Take returned, of which nothing is in use.
func (l *Lots) Give(lot *Memory) {
	if lot == l.m {
		return
	}
	l.mu.Lock()
	l.idle = append(l.idle, lot)
	l.mu.Unlock()
}

// Free gives back all of them; nobody has one any more.
func (l *Lots) Free() {
	if l.room != nil {
		l.m.disclaim(unsafe.Pointer(&l.room[0]), len(l.room))
	}
}
