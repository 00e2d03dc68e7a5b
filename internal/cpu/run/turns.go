package run

import (
	"sync"

	"gojax/internal/mem"
)

// Turns bound how much work of several lanes runs at the same time: how many tasks, and how
// much memory they take, so that callers side by side do not need so much more than one after
// the other. What comes first runs first.
type turns struct {
	mu      sync.Mutex
	running int
	bytes   int
	queue   []turn
}

type turn struct {
	bytes int
	come  chan struct{}
}

const (
	maxRunning = 16
	// share is the part of all memory that tasks take which run side by side.
	shareOfMemory = 4
)

// enter returns when a task that takes so much memory may run.
func (t *turns) enter(bytes int) {
	t.mu.Lock()
	if len(t.queue) == 0 && t.fits(bytes) {
		t.begin(bytes)
		t.mu.Unlock()
		return
	}
	q := turn{bytes, make(chan struct{})}
	t.queue = append(t.queue, q)
	t.mu.Unlock()
	<-q.come
}

// leave says that such a task has ended.
func (t *turns) leave(bytes int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.running--
	t.bytes -= bytes
	for len(t.queue) > 0 && t.fits(t.queue[0].bytes) {
		t.begin(t.queue[0].bytes)
		close(t.queue[0].come)
		t.queue = t.queue[1:]
	}
}

// fits reports whether another task may run now.
func (t *turns) fits(bytes int) bool {
	return t.running == 0 || t.running < maxRunning && (bytes == 0 || t.bytes+bytes <= mem.Shared.Stats().Limit/shareOfMemory)
}

func (t *turns) begin(bytes int) {
	t.running++
	t.bytes += bytes
}
