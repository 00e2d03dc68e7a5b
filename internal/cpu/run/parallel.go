// Package run is the runtime of the CPU back ends: threads for loops (parallel.go,
// worker.go), an asynchronous queue (stream.go), memory for temporaries
// (memory.go), and copies of large arrays (copy.go).
package run

import (
	"fmt"
	"math"
	"runtime"
	"runtime/debug"
	"sync/atomic"
	"time"

	"gojax/internal/core"
)

// Parallel calls f for parts [lo, hi) that make up [0, n), possibly at the same
// time. Which parts depends on n and grain alone: there is one while n is less than
// 2·grain, else they have grain elements, but for the last, which may have up to
// twice as many. A part should take 20 to 50 µs, so that the work is not split
// when splitting would cost more than it brings.
//
// Each thread begins with parts of its own, neighbours of each other, the same ones at each
// call as far as possible: they are in the caches of its core if the same memory was used
// before. Who has none left takes the last ones of others.
//
// Calls may nest and come from many goroutines. If f panics, parts that have not
// begun are left out, and Parallel panics with the same *core.Error or, for any
// other value, with a *Panic.
func Parallel(n, grain int, f func(lo, hi int)) {
	share(n, grain, apart, n >= wakeFrom*max(grain, 1), f)
}

// Grain returns how many of n items that take ns nanoseconds in all make a part: an eighth of
// them, but so many that it takes 4 to 20 µs. A part costs some 0.3 µs.
func Grain(n int, ns float64) int {
	part := min(max(ns/8, 4_000), 20_000)
	return max(1, int(math.Ceil(float64(n)*part/max(ns, 1))))
}

// Even returns the grain with which Parallel makes parts of one size out of n, about as large
// as grain would make them: an even number of them, so that two threads end together. A part
// is a multiple of unit if that is small beside it.
func Even(n, grain, unit int) int {
	parts := n / max(grain, 1) &^ 1
	if parts < 2 {
		return grain
	}
	if even := n / parts / unit * unit; even > 0 && n/even == parts && n-parts*even < even/8 {
		return even
	}
	return n / parts
}

// Share is Parallel for work of about ns nanoseconds, in parts that may be smaller. If
// it is less than what waking a worker takes, only those help that are awake. One is
// woken for the work to come where little time has passed since the last.
func Share(n, grain int, ns float64, f func(lo, hi int)) {
	share(n, grain, apart, pays(ns), f)
	everyone.ended.Store(int64(time.Since(begun)))
}

// Together is Share where the threads take parts in order, so that they use the same memory at
// the same time.
func Together(n, grain int, ns float64, f func(lo, hi int)) {
	share(n, grain, together, pays(ns), f)
	everyone.ended.Store(int64(time.Since(begun)))
}

// pays reports whether a worker is to be woken for work of so many nanoseconds.
func pays(ns float64) bool { return ns >= 100_000 || ns >= 10_000 && everyone.busy() }

// An order is which parts threads begin with.
type order bool

const (
	apart    order = false // each with its own
	together order = true  // with the first
)

func share(n, grain int, o order, wake bool, f func(lo, hi int)) {
	grain = max(grain, 1, n/mostChunks+1)
	chunks := n / grain
	if chunks < 2 {
		if n > 0 {
			f(0, n)
		}
		GiveWay()
		return
	}
	threads := Threads()
	j := &job{f: f, n: n, grain: grain, chunks: int64(chunks), slot: -1}
	j.divide(o, threads)
	if threads > 1 {
		everyone.offer(j, threads, wake)
	}
	for j.step(0) {
	}
	everyone.withdraw(j)
	j.join()
	if p := j.failed.Load(); p != nil {
		p.rethrow()
	}
}

// slice is how long computations go on while other goroutines wait: Go's scheduler would let
// them run for 10 ms, and more where it cannot stop machine code.
const slice = 200 * time.Microsecond

// GiveWay lets other goroutines run for a while, if it is time.
func GiveWay() {
	now := int64(time.Since(begun))
	last := everyone.gave.Load()
	if now-last > int64(slice) && everyone.gave.CompareAndSwap(last, now) {
		runtime.Gosched()
	}
}

// A job is one call of Parallel.
type job struct {
	f        func(lo, hi int)
	n, grain int
	chunks   int64
	slot     int          // where workers find it, or -1
	own      []portion    // of the threads: the caller's is the first
	few      [8]portion   // they, if there are no more
	done     atomic.Int64 // chunks that have ended or been left out
	failed   atomic.Pointer[Panic]
	parked   atomic.Pointer[chan struct{}] // the caller, if it sleeps
}

// exhausted reports whether all chunks have been claimed.
func (j *job) exhausted() bool {
	for i := range j.own {
		if j.own[i].left() > 0 {
			return false
		}
	}
	return true
}

// step claims a chunk for a thread, runs it, and gives way if it is time; it reports false when
// there is none left.
func (j *job) step(thread int) bool {
	i := j.claim(thread)
	if i < 0 {
		return false
	}
	lo, hi := i*j.grain, (i+1)*j.grain
	if i == int(j.chunks)-1 {
		hi = j.n
	}
	j.call(lo, hi)
	GiveWay()
	return true
}

func (j *job) call(lo, hi int) {
	ended := false
	defer func() {
		if !ended {
			j.failed.CompareAndSwap(nil, caught(recover()))
		}
		if j.done.Add(1) == j.chunks {
			if c := j.parked.Load(); c != nil {
				close(*c)
			}
		}
	}()
	if j.failed.Load() == nil {
		j.f(lo, hi)
	}
	ended = true
}

// join returns when all chunks have ended. The caller found none to claim, so what
// is left is running.
func (j *job) join() {
	if j.done.Load() == j.chunks {
		return
	}
	for t := newTimer(spin); j.done.Load() < j.chunks; {
		if t.expired() {
			c := make(chan struct{})
			j.parked.Store(&c)
			if j.done.Load() < j.chunks {
				<-c
			}
			return
		}
	}
}

// A timer bounds spinning.
type timer struct {
	begin time.Time
	limit time.Duration
	turns int
}

const spin = 50 * time.Microsecond

var begun = time.Now() // what times are counted from

func newTimer(limit time.Duration) timer { return timer{begin: time.Now(), limit: limit} }

// expired reports whether the time to spin is over; it looks at the clock now and
// then.
func (t *timer) expired() bool {
	if t.turns++; t.turns%64 != 0 {
		return false
	}
	return time.Since(t.begin) > t.limit
}

// A Panic is what a function panicked with in another goroutine.
type Panic struct {
	Value any
	Stack []byte // of the goroutine that panicked
}

func (p *Panic) Error() string { return fmt.Sprintf("%v\n\n%s", p.Value, p.Stack) }

// short is the message without the stack.
func (p *Panic) short() string { return fmt.Sprint(p.Value) }

// Unwrap returns the value if it is an error.
func (p *Panic) Unwrap() error {
	err, _ := p.Value.(error)
	return err
}

// caught returns the panic in progress with value v, which is nil if the
// goroutine is exiting.
func caught(v any) *Panic {
	if v == nil {
		v = "runtime.Goexit was called"
	}
	if p, ok := v.(*Panic); ok {
		return p
	}
	return &Panic{v, debug.Stack()}
}

func (p *Panic) rethrow() {
	if e, ok := p.Value.(*core.Error); ok {
		panic(e)
	}
	panic(p)
}

var threads atomic.Int64

// Threads returns how many threads Parallel uses, the caller's included:
// GOMAXPROCS unless SetThreads said otherwise.
func Threads() int {
	if runtime.GOARCH == "wasm" {
		return 1
	}
	if n := threads.Load(); n > 0 {
		return int(n)
	}
	return runtime.GOMAXPROCS(0)
}

// SetThreads sets how many threads Parallel uses; 0 means GOMAXPROCS.
func SetThreads(n int) { threads.Store(int64(max(n, 0))) }
