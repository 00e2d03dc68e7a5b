package run

import (
	"sync"
	"time"

	"gojax/internal/core"
)

// A Stream runs work later than asked. What one goroutine asks for runs in that order; what
// several ask for runs side by side, each after what its inputs come from, so that little work
// of one is not behind much of another. The zero Stream is ready. Work must not ask for results
// of work: what calls users' functions runs on the caller's goroutine.
type Stream struct {
	mu    sync.Mutex
	lanes map[uintptr]*lane // by goroutine that asks, as long as they have work
	idle  []*lane           // those without, whose goroutines wait
	tasks int               // that have not ended
	bytes int               // of their results
	held  int               // bytes of results of tasks that are about to come
	moved sync.Cond
	turns turns
	lost  any // the first failure of work that has no results, until Wait
}

// A lane is the work of one goroutine.
type lane struct {
	caller uintptr
	queue  []Task
	head   int // of queue
	work   sync.Cond
}

// A Task is a piece of work.
type Task struct {
	Op     string // what it is called for people
	Cost   time.Duration
	In     []*core.Buffer
	Out    []*core.Buffer
	Before []*core.Event // what has to end before, well or not
	End    *core.Event   // of it; nil: Do makes one
	Memory int           // bytes that it takes while it runs
	Run    func()

	in    []*core.Event // of In, not ended when it came
	bytes int
}

const (
	// soon is how much work a caller does itself rather than wake somebody else.
	soon = 50 * time.Microsecond

	maxTasks = 1024
	kept     = 64       // room for tasks that stays when there are none
	maxIdle  = 4        // goroutines without work
	maxBytes = 64 << 20 // of results to come: enough to keep a device busy
)

// Expect waits while too much work is outstanding, and then lets Do begin a task with results of
// so many bytes without waiting. Who waits in Do may keep others waiting who wait for memory
// that he is to read.
func (s *Stream) Expect(out []*core.Buffer) {
	bytes := bytesOf(out)
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.tasks >= maxTasks || s.tasks > 0 && s.bytes+s.held+bytes > maxBytes {
		s.wait()
	}
	s.held += bytes
}

func bytesOf(list []*core.Buffer) (sum int) {
	for _, b := range list {
		sum += b.Bytes()
	}
	return sum
}

// Do runs t.Run, which computes t.Out from t.In, for whose results Expect was called. If that
// takes little by the estimate and nothing is before it, it runs at once; else Do returns while
// the results are pending. If an input failed, so does every result, and t does not run. A
// panic is the failure of every result: a *core.Error as it is, anything else as the cause
// of one.
//
// The memory of inputs and results must stay until the work has ended: t.Run lets go of it.
func (s *Stream) Do(t Task) {
	t.in, t.bytes = pending(t.In), bytesOf(t.Out)
	caller := core.Goroutine()
	s.mu.Lock()
	s.held -= t.bytes
	if t.Cost < soon && len(t.in) == 0 && s.lanes[caller] == nil && ended(t.Before) {
		s.mu.Unlock()
		s.finish(&t, t.run())
		return
	}
	defer s.mu.Unlock()
	if t.End == nil {
		t.End = core.NewEvent()
	}
	for _, b := range t.Out {
		b.Begin(t.End)
	}
	s.tasks++
	s.bytes += t.bytes
	l := s.lanes[caller]
	if l != nil {
		l.queue = append(l.queue, t)
		return
	}
	if last := len(s.idle) - 1; last >= 0 {
		l, s.idle = s.idle[last], s.idle[:last]
		l.work.Signal()
	} else {
		l = &lane{}
		l.work.L = &s.mu
		go s.serve(l)
	}
	if s.lanes == nil {
		s.lanes = map[uintptr]*lane{}
	}
	l.caller, s.lanes[caller] = caller, l
	l.queue = append(l.queue, t)
}

func ended(list []*core.Event) bool {
	for _, e := range list {
		if !e.Ended() {
			return false
		}
	}
	return true
}

// Wait returns when all the work so far has ended. It panics if some that has no
// results failed, with the first such failure.
func (s *Stream) Wait() {
	s.mu.Lock()
	for s.tasks > 0 {
		s.wait()
	}
	lost := s.lost
	s.lost = nil
	s.mu.Unlock()
	if lost != nil {
		panic(lost)
	}
}

// wait returns after some task has ended; s is locked.
func (s *Stream) wait() {
	s.moved.L = &s.mu
	s.moved.Wait()
}

// serve runs the tasks of lanes, one after the other: a goroutine for each time that there are
// some would have to grow its stack again, which takes longer than small tasks do.
func (s *Stream) serve(l *lane) {
	for s.one(l) {
	}
}

// one waits for a task and runs it. Nothing of it is on the stack while serve waits for the next.
// It reports false if there are enough goroutines that wait.
func (s *Stream) one(l *lane) bool {
	t, ok := s.next(l)
	if !ok {
		return false
	}
	s.finish(&t, s.turn(&t))
	s.mu.Lock()
	s.tasks--
	s.bytes -= t.bytes
	s.moved.Broadcast()
	s.mu.Unlock()
	return true
}

// turn runs a task when it is its turn.
func (s *Stream) turn(t *Task) (failure any) {
	for _, e := range t.Before {
		e.Wait()
	}
	if failure := t.inputs(); failure != nil {
		return failure
	}
	s.turns.enter(t.Memory)
	defer s.turns.leave(t.Memory)
	return t.run()
}

// next returns the first task of a lane, when there is one.
func (s *Stream) next(l *lane) (t Task, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if l.head == len(l.queue) {
		delete(s.lanes, l.caller)
		if l.queue, l.head = l.queue[:0], 0; cap(l.queue) > kept {
			l.queue = nil
		}
		if len(s.idle) == maxIdle {
			return t, false
		}
		s.idle = append(s.idle, l)
		for len(l.queue) == 0 {
			l.work.Wait()
		}
	}
	t = l.queue[l.head]
	l.queue[l.head] = Task{} // for the garbage collector
	if l.head++; l.head == len(l.queue) {
		l.queue, l.head = l.queue[:0], 0
	}
	return t, true
}

// finish ends the task.
func (s *Stream) finish(t *Task, failure any) {
	if failure != nil && len(t.Out) == 0 {
		s.mu.Lock()
		if s.lost == nil {
			s.lost = failure
		}
		s.mu.Unlock()
	}
	if t.End == nil && failure != nil {
		t.End = core.NewEvent()
	}
	if failure != nil { // also of what ran at once
		for _, b := range t.Out {
			b.Begin(t.End)
		}
	}
	if t.End != nil {
		t.End.Finish(failure)
	}
}

// inputs waits for the inputs, and returns why one failed.
func (t *Task) inputs() (failure any) {
	for _, e := range t.in {
		if failure := e.Wait(); failure != nil {
			return failure
		}
	}
	return nil
}

// run returns what t.Run panicked with.
func (t *Task) run() (failure any) {
	ended := false
	defer func() {
		if !ended {
			failure = t.failure(caught(recover()))
		}
	}()
	t.Run()
	ended = true
	return nil
}

func (t *Task) failure(p *Panic) any {
	if e, ok := p.Value.(*core.Error); ok {
		return e
	}
	return &core.Error{Op: t.Op, Msg: "a panic while it ran: " + p.short(), Err: p}
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
