package run

import (
	"sync/atomic"
	"time"
)

// everyone is the one team, since threads are the process's.
var everyone = &team{wake: make(chan struct{}, maxWorkers)}

const (
	maxWorkers = 255
	slots      = 64
	// wakeFrom is the number of chunks from which waking a worker pays: that takes
	// about 100 µs until it works.
	wakeFrom = 4
)

// A team is a set of goroutines that help callers of Parallel with their jobs. A
// worker takes a chunk of each job in turn, so that a long one does not keep the
// others waiting. Nobody depends on workers: a caller runs whatever is left.
type team struct {
	slots   [slots]atomic.Pointer[job]
	jobs    atomic.Int64 // how many slots are not free, or about to be taken
	limit   atomic.Int64 // of workers
	workers atomic.Int64
	parked  atomic.Int64 // workers that sleep and nobody has yet decided to wake
	awake   atomic.Int64 // workers that spin
	wake    chan struct{}
	ended   atomic.Int64 // when shared work ended last
	gave    atomic.Int64 // when somebody gave way
}

// busy reports whether nobody spins although work comes soon after the last: then it is worth
// waking a worker for the work that will probably come next, even if it is late for this.
func (t *team) busy() bool {
	return t.awake.Load() == 0 && time.Since(begun)-time.Duration(t.ended.Load()) < 2*spin
}

// offer lets workers help with j, if there is a slot free.
func (t *team) offer(j *job, threads int, wake bool) {
	limit := int64(min(threads-1, maxWorkers))
	t.limit.Store(limit)
	t.jobs.Add(1)
	for i := range t.slots {
		s := &t.slots[i]
		if s.Load() != nil {
			continue
		}
		j.slot = i // before others can see j
		if s.CompareAndSwap(nil, j) {
			if wake {
				t.call(min(j.chunks-1, limit) - t.awake.Load())
			}
			return
		}
	}
	j.slot = -1
	t.jobs.Add(-1)
}

// call gets n workers up.
func (t *team) call(n int64) {
	for ; n > 0; n-- {
		if !t.wakeOne() && !t.hire() {
			return
		}
	}
}

// wakeOne wakes a worker that sleeps.
func (t *team) wakeOne() bool {
	if !t.unpark() {
		return false
	}
	t.wake <- struct{}{} // has room for all
	return true
}

// unpark takes one from the count of workers that sleep.
func (t *team) unpark() bool {
	for {
		n := t.parked.Load()
		if n == 0 {
			return false
		}
		if t.parked.CompareAndSwap(n, n-1) {
			return true
		}
	}
}

// hire starts another worker if there are too few.
func (t *team) hire() bool {
	for {
		n := t.workers.Load()
		if n >= t.limit.Load() {
			return false
		}
		if t.workers.CompareAndSwap(n, n+1) {
			go t.work(int(n) + 1)
			return true
		}
	}
}

// work is the life of a worker; the thread of callers is 0.
func (t *team) work(thread int) {
	defer t.workers.Add(-1) // also if a chunk ends the goroutine
	woken := time.Now()
	for first := 0; ; first++ {
		if t.workers.Load() > t.limit.Load() {
			return
		}
		if !t.serve(thread, first) && !t.spin(patience(time.Since(woken))) {
			t.sleep()
			woken = time.Now()
		}
	}
}

// patience is how long a worker spins that has been awake for some time: longer if that was
// long, for then more comes soon, from the next step of a program or from the next program, and
// waking takes about as long.
func patience(awake time.Duration) time.Duration { return min(max(spin, awake/4), 5*spin) }

// serve runs a chunk of each job and reports whether there was any.
func (t *team) serve(thread, first int) (worked bool) {
	if t.jobs.Load() == 0 {
		return false
	}
	for i := range t.slots {
		j := t.slots[(first+i)%slots].Load()
		if j == nil {
			continue
		}
		if j.step(thread) {
			worked = true
		}
		if j.exhausted() {
			t.withdraw(j)
		}
	}
	return worked
}

// withdraw frees the slot of a job that has no chunk left.
func (t *team) withdraw(j *job) {
	if j.slot >= 0 && t.slots[j.slot].CompareAndSwap(j, nil) {
		t.jobs.Add(-1)
	}
}

// spin waits for work, no longer than the limit.
func (t *team) spin(limit time.Duration) bool {
	t.awake.Add(1)
	defer t.awake.Add(-1)
	for timer := newTimer(limit); t.jobs.Load() == 0; {
		if timer.expired() {
			return false
		}
	}
	return true
}

// sleep waits for work for long.
func (t *team) sleep() {
	t.parked.Add(1)
	if t.jobs.Load() > 0 && t.unpark() {
		return
	}
	<-t.wake
}
