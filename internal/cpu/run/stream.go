package run

import (
	"sync"
	"time"

	"gojax/internal/core"
)

// A Stream runs work in the order in which it comes, most of it later than asked.
// The zero Stream is ready. Work on a stream must not ask its own stream for
// results: what calls users' functions runs through Now.
type Stream struct {
	mu    sync.Mutex
	queue []task
	head  int  // of queue
	bytes int  // of results that are not there yet
	busy  bool // there is work that has not ended
	moved sync.Cond
	alive bool // a goroutine serves the queue, or waits for work
	work  sync.Cond
	lost  any // the first failure of work that has no results, until Wait
}

type task struct {
	op    string
	in    []*core.Event // not ended when the task came
	out   []*core.Buffer
	end   *core.Event
	bytes int
	f     func()
}

const (
	// soon is how much work a caller does itself rather than wake somebody else.
	soon = 50 * time.Microsecond

	maxTasks = 1024
	kept     = 64      // room for tasks that stays when there are none
	maxBytes = 1 << 28 // enough to keep a device busy, without holding gigabytes
)

// Do runs f, which computes out from in and is called op for people. If that takes
// little by the estimate and nothing is before it, it runs at once; else Do returns
// while out is pending. If an input failed, so does every output, and f does not run.
// A panic of f is the failure of every output: a *core.Error as it is, anything
// else as the cause of one.
//
// Do waits while too much work is outstanding. The memory of inputs and outputs must
// stay until the work has ended: let go of it by work on the same stream.
func (s *Stream) Do(op string, cost time.Duration, in, out []*core.Buffer, f func()) {
	t := task{op: op, in: pending(in), out: out, f: f}
	if cost < soon && len(t.in) == 0 && s.idle() {
		s.finish(&t, t.run())
		return
	}
	t.end = core.NewEvent()
	for _, b := range out {
		t.bytes += b.Bytes()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.length() >= maxTasks || s.bytes > 0 && s.bytes+t.bytes > maxBytes {
		s.wait()
	}
	for _, b := range out {
		b.Begin(t.end)
	}
	s.queue = append(s.queue, t)
	s.bytes += t.bytes
	if s.busy {
		return
	}
	s.busy = true
	if s.alive {
		s.work.Signal()
		return
	}
	s.alive, s.work.L = true, &s.mu
	go s.serve()
}

// Now runs f on the caller's goroutine, after all the work before it.
func (s *Stream) Now(op string, in, out []*core.Buffer, f func()) {
	t := task{op: op, in: pending(in), out: out, f: f}
	s.drain()
	s.finish(&t, t.run())
}

// Wait returns when all the work so far has ended. It panics if some that has no
// results failed, with the first such failure.
func (s *Stream) Wait() {
	s.drain()
	s.mu.Lock()
	lost := s.lost
	s.lost = nil
	s.mu.Unlock()
	if lost != nil {
		panic(lost)
	}
}

func (s *Stream) drain() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.busy {
		s.wait()
	}
}

// wait returns after some task has ended; s is locked.
func (s *Stream) wait() {
	s.moved.L = &s.mu
	s.moved.Wait()
}

func (s *Stream) length() int { return len(s.queue) - s.head }

func (s *Stream) idle() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.busy
}

// serve runs tasks for ever: a goroutine for each time that there are some would have to grow
// its stack again, which takes longer than small tasks do.
func (s *Stream) serve() {
	for {
		s.one()
	}
}

// one waits for a task and runs it. Nothing of it is on the stack while serve waits for the next.
func (s *Stream) one() {
	t := s.next()
	s.finish(&t, t.run())
	s.mu.Lock()
	s.bytes -= t.bytes
	s.moved.Broadcast()
	s.mu.Unlock()
}

// next returns the first task of the queue, when there is one.
func (s *Stream) next() task {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.length() == 0 {
		s.busy = false
		if cap(s.queue) > kept {
			s.queue = nil
		}
		s.moved.Broadcast()
		s.work.Wait()
	}
	t := s.queue[s.head]
	s.queue[s.head] = task{} // for the garbage collector
	s.head++
	if s.head == len(s.queue) {
		s.queue, s.head = s.queue[:0], 0
	}
	return t
}

// finish ends the task.
func (s *Stream) finish(t *task, failure any) {
	if failure != nil && len(t.out) == 0 {
		s.mu.Lock()
		if s.lost == nil {
			s.lost = failure
		}
		s.mu.Unlock()
	}
	if t.end == nil && failure != nil {
		t.end = core.NewEvent()
		for _, b := range t.out {
			b.Begin(t.end)
		}
	}
	if t.end != nil {
		t.end.Finish(failure)
	}
}

// run returns what f panicked with, or why it could not run.
func (t *task) run() (failure any) {
	for _, e := range t.in {
		if failure := e.Wait(); failure != nil {
			return failure
		}
	}
	ended := false
	defer func() {
		if !ended {
			failure = t.failure(caught(recover()))
		}
	}()
	t.f()
	ended = true
	return nil
}

func (t *task) failure(p *Panic) any {
	if e, ok := p.Value.(*core.Error); ok {
		return e
	}
	return &core.Error{Op: t.op, Msg: "a panic while it ran: " + p.short(), Err: p}
}

// pending lists the computations that have not ended well.
func pending(in []*core.Buffer) (events []*core.Event) {
	for _, b := range in {
		if e := b.Pending(); e != nil {
			events = append(events, e)
		}
	}
	return events
}
