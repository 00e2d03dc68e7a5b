package run

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gojax/internal/core"
	"gojax/internal/mem"
)

func withThreads(t testing.TB, n int) {
	SetThreads(n)
	t.Cleanup(func() { SetThreads(0) })
}

// cover checks that Parallel covers [0, n) once with the same parts as ever.
func cover(t *testing.T, n, grain int) {
	t.Helper()
	hits := make([]atomic.Int32, n)
	Parallel(n, grain, func(lo, hi int) {
		if lo%grain != 0 || hi-lo < min(n, grain) || hi-lo >= 2*grain {
			t.Errorf("n=%d grain=%d: part [%d, %d)", n, grain, lo, hi)
		}
		for i := lo; i < hi; i++ {
			hits[i].Add(1)
		}
	})
	for i := range hits {
		if hits[i].Load() != 1 {
			t.Fatalf("n=%d grain=%d: %d was covered %d times", n, grain, i, hits[i].Load())
		}
	}
}

func TestParallelCovers(t *testing.T) {
	for _, threads := range []int{1, 2, 5} {
		withThreads(t, threads)
		for _, n := range []int{0, 1, 2, 3, 7, 100, 1001} {
			for _, grain := range []int{1, 2, 3, 10, 2000} {
				cover(t, n, grain)
			}
		}
	}
}

func TestParallelNestedFromMany(t *testing.T) {
	withThreads(t, 4)
	var sum atomic.Int64
	var callers sync.WaitGroup
	for range 80 { // more than there are slots
		callers.Go(func() {
			for range 20 {
				Parallel(8, 1, func(lo, hi int) {
					Parallel(16, 1, func(lo, hi int) { sum.Add(int64(hi - lo)) })
				})
			}
		})
	}
	callers.Wait()
	if got, want := sum.Load(), int64(80*20*8*16); got != want {
		t.Errorf("sum = %d, want %d", got, want)
	}
	if n := everyone.jobs.Load(); n != 0 {
		t.Errorf("%d jobs left", n)
	}
}

func catch(f func()) (v any) {
	defer func() { v = recover() }()
	f()
	return nil
}

func TestParallelPanics(t *testing.T) {
	withThreads(t, 3)
	for range 50 {
		var after atomic.Int64
		v := catch(func() {
			Parallel(1000, 1, func(lo, hi int) {
				if lo == 3 {
					panic("three")
				}
				time.Sleep(10 * time.Microsecond)
				after.Add(1)
			})
		})
		p, ok := v.(*Panic)
		if !ok || p.Value != "three" || !strings.Contains(string(p.Stack), "TestParallelPanics") {
			t.Fatalf("panicked with %v", v)
		}
		if after.Load() == 999 {
			t.Error("no part was left out")
		}
	}
	want := core.Errorf("op", "wrong")
	if got := catch(func() { Parallel(10, 1, func(lo, hi int) { panic(want) }) }); got != want {
		t.Errorf("panicked with %v, want %v", got, want)
	}
}

func TestThreadsCanChange(t *testing.T) {
	for i := range 200 {
		withThreads(t, 1+i%6)
		cover(t, 40, 2)
	}
}

func buffers(n int) []*core.Buffer {
	b := make([]*core.Buffer, n)
	for i := range b {
		b[i] = core.NewBuffer(nil, 8)
	}
	return b
}

// do is Do without plans.
func (s *Stream) do(op string, cost time.Duration, in, out []*core.Buffer, f func()) {
	s.Expect(out)
	s.Do(Task{Op: op, Cost: cost, In: in, Out: out, Run: f})
}

func TestStreamOrder(t *testing.T) {
	var s Stream
	b := buffers(3000)
	core.Slice[int64](b[0])[0] = 1
	for i := 1; i < len(b); i++ {
		cost := time.Duration(i%3) * time.Millisecond
		s.do("inc", cost, b[i-1:i], b[i:i+1], func() {
			core.Slice[int64](b[i])[0] = core.Slice[int64](b[i-1])[0] + 1
		})
	}
	b[2999].Wait("test")
	if got := core.Slice[int64](b[2999])[0]; got != 3000 {
		t.Errorf("got %d, want 3000", got)
	}
	s.Wait()
}

func TestStreamReturnsAtOnce(t *testing.T) {
	var s Stream
	b := buffers(2)
	gate := make(chan struct{})
	s.do("slow", time.Second, nil, b[:1], func() { <-gate })
	ran := false
	s.do("small", 0, nil, b[1:], func() { ran = true })
	if b[0].Pending() == nil || b[1].Pending() == nil {
		t.Error("not pending")
	}
	close(gate)
	s.Wait()
	if !ran || b[0].Pending() != nil || b[1].Pending() != nil {
		t.Error("pending after Wait")
	}
}

func TestStreamSmallRunsAtOnce(t *testing.T) {
	var s Stream
	b := buffers(1)
	ran := false
	s.do("small", time.Microsecond, nil, b, func() { ran = true })
	if !ran || b[0].Pending() != nil {
		t.Error("did not run on the caller")
	}
}

func TestStreamFailures(t *testing.T) {
	for _, cost := range []time.Duration{0, time.Second} {
		var s Stream
		b := buffers(4)
		s.do("bad", cost, nil, b[:1], func() {
			var x []int
			x[3] = 1
		})
		s.do("next", cost, b[:1], b[1:2], func() { t.Error("ran with a failed input") })
		s.do("fine", cost, nil, b[2:3], func() {})
		var e *core.Error
		v := catch(func() { b[1].Wait("test") })
		err, _ := v.(error)
		if !errors.As(err, &e) || e.Op != "bad" || !strings.Contains(e.Msg, "index out of range") {
			t.Errorf("failed with %v", v)
		}
		var p *Panic
		if !errors.As(err, &p) || !strings.Contains(string(p.Stack), "TestStreamFailures") {
			t.Error("no stack")
		}
		b[2].Wait("test")
		want := core.Errorf("mine", "no good")
		s.do("typed", cost, nil, b[3:], func() { Parallel(9, 1, func(lo, hi int) { panic(want) }) })
		if got := catch(func() { b[3].Wait("test") }); got != want {
			t.Errorf("failed with %v, want %v", got, want)
		}
		s.do("print", cost, nil, nil, func() { panic(want) })
		if got := catch(s.Wait); got != want {
			t.Errorf("Wait: %v, want %v", got, want)
		}
		s.Wait()
	}
}

func TestStreamBounded(t *testing.T) {
	var s Stream
	gate := make(chan struct{})
	producer := make(chan struct{})
	var asked atomic.Int64
	go func() {
		for range maxTasks + 10 {
			s.do("slow", time.Second, nil, nil, func() { <-gate })
			asked.Add(1)
		}
		close(producer)
	}()
	for asked.Load() < maxTasks {
		time.Sleep(time.Millisecond)
	}
	time.Sleep(5 * time.Millisecond)
	if n := asked.Load(); n > maxTasks+1 { // one has left the queue
		t.Errorf("%d tasks outstanding", n)
	}
	close(gate)
	<-producer
	s.Wait()
}

// Results of only so many bytes are outstanding, whoever asks for them.
func TestStreamBoundsBytes(t *testing.T) {
	var s Stream
	const each = maxBytes / 4
	gate := make(chan struct{})
	var asked atomic.Int64
	var callers sync.WaitGroup
	for range 3 {
		callers.Go(func() {
			for range 5 {
				s.do("slow", time.Second, nil, []*core.Buffer{core.WrapBuffer(nil, make([]byte, each))}, func() { <-gate })
				asked.Add(1)
			}
		})
	}
	for asked.Load() < 4 {
		time.Sleep(time.Millisecond)
	}
	time.Sleep(5 * time.Millisecond)
	if n := asked.Load(); n > 4 {
		t.Errorf("%d results of %d bytes are outstanding", n, each)
	}
	close(gate)
	callers.Wait()
	s.Wait()
	if s.tasks != 0 || s.bytes != 0 || s.held != 0 || len(s.lanes) != 0 && len(s.idle) == 0 {
		t.Errorf("left: %d tasks, %d bytes, %d expected", s.tasks, s.bytes, s.held)
	}
}

// A task that waits for a gate does not keep that of another caller waiting, nor does one that
// would take too much memory beside it keep it for ever.
func TestStreamLanes(t *testing.T) {
	var s Stream
	gate, begun := make(chan struct{}), make(chan struct{})
	b := buffers(3)
	s.do("slow", time.Second, nil, b[:1], func() { close(begun); <-gate })
	<-begun
	s.do("after", time.Second, nil, b[1:2], func() {})
	done := make(chan struct{})
	go func() {
		s.do("other", time.Second, nil, b[2:], func() {})
		b[2].Wait("test")
		close(done)
	}()
	<-done
	if b[1].Pending() == nil {
		t.Error("a task came before the one that its caller had asked for earlier")
	}
	large := make(chan struct{})
	go func() {
		end := core.NewEvent()
		s.Expect(nil)
		s.Do(Task{Op: "large", Cost: time.Second, End: end, Memory: 1 << 60, Run: func() {}})
		end.Wait()
		close(large)
	}()
	select {
	case <-large:
		t.Error("too much memory is taken side by side")
	case <-time.After(5 * time.Millisecond):
	}
	close(gate)
	<-large
	s.Wait()
}

func TestMemory(t *testing.T) {
	var m *Memory
	before := mem.Shared.Stats()
	a := Of[float32](m, 100_000)
	a[0] = 7
	if len(a) != 100_000 {
		t.Fatal(len(a))
	}
	if live := mem.Shared.Stats().Live - before.Live; live != 400_000 {
		t.Errorf("live = %d", live)
	}
	Give(m, a)
	if live := mem.Shared.Stats().Live - before.Live; live != 0 {
		t.Errorf("live = %d afterwards", live)
	}
	fresh := mem.Shared.Stats().Fresh
	Give(m, Of[uint32](m, 99_000))
	if mem.Shared.Stats().Fresh != fresh {
		t.Error("not recycled")
	}
	Give(m, Of[byte](m, 7))
}

func BenchmarkParallelHot(b *testing.B) {
	for b.Loop() {
		Parallel(2, 1, func(lo, hi int) {})
	}
}

func BenchmarkStreamInline(b *testing.B) {
	var s Stream
	x := buffers(2)
	for b.Loop() {
		s.do("small", 0, x[:1], x[1:], func() {})
	}
}

func TestShareCovers(t *testing.T) {
	for _, threads := range []int{1, 3} {
		withThreads(t, threads)
		for range 50 {
			var sum atomic.Int64
			Share(100, 3, 1000, func(lo, hi int) {
				for i := lo; i < hi; i++ {
					sum.Add(int64(i))
				}
			})
			if sum.Load() != 4950 {
				t.Fatalf("the sum of what was covered is %d, want 4950", sum.Load())
			}
		}
	}
}

// Threads take their own parts in order, and then the last ones of others.
func TestPortions(t *testing.T) {
	for _, c := range []struct {
		o       order
		threads int
		claims  []int // by thread
		want    []int // chunks of 7
	}{
		{apart, 2, []int{0, 1, 0, 1, 1, 1, 1, 0}, []int{0, 4, 1, 5, 6, 3, 2, -1}},
		{apart, 3, []int{2, 1, 1, 1, 4, 0, 0, 0}, []int{5, 3, 4, 6, 2, 0, 1, -1}},
		{apart, 20, []int{6, 5, 5, 25, 0, 1, 2, 3}, []int{6, 5, 0, 4, 1, 2, 3, -1}},
		{together, 2, []int{0, 1, 1, 0, 0, 1, 0, 1}, []int{0, 1, 2, 3, 4, 5, 6, -1}},
	} {
		j := job{chunks: 7}
		j.divide(c.o, c.threads)
		for i, thread := range c.claims {
			if j.exhausted() != (i == 7) {
				t.Errorf("%v after %d chunks: exhausted is %v", c, i, j.exhausted())
			}
			if got := j.claim(thread); got != c.want[i] {
				t.Errorf("%v: claim %d takes %d", c, i, got)
			}
		}
	}
}

func TestPortionsMeet(t *testing.T) {
	const chunks = 100_000
	j := job{chunks: chunks}
	j.divide(apart, 3)
	taken := make([]atomic.Int32, chunks)
	var threads sync.WaitGroup
	for n := range 5 {
		threads.Go(func() {
			for i := j.claim(n); i >= 0; i = j.claim(n) {
				taken[i].Add(1)
			}
		})
	}
	threads.Wait()
	for i := range taken {
		if taken[i].Load() != 1 {
			t.Fatalf("chunk %d was taken %d times", i, taken[i].Load())
		}
	}
}

func TestGrain(t *testing.T) {
	for _, c := range []struct {
		n    int
		ns   float64
		want int
	}{
		{1000, 100, 40000}, {1000, 4000, 1000}, {1000, 16000, 250}, {1000, 64000, 125}, {1000, 320000, 63}, {3, 1e9, 1}, {0, 0, 0},
	} {
		if got := Grain(c.n, c.ns); got != max(c.want, 1) {
			t.Errorf("Grain(%d, %v) is %d, want %d", c.n, c.ns, got, c.want)
		}
	}
}

func TestEven(t *testing.T) {
	for _, c := range []struct{ n, grain, unit, want, parts, last int }{
		{1000000, 34783, 64, 35712, 28, 35776},
		{1000, 90, 1, 100, 10, 100},
		{1000, 16, 1, 16, 62, 24},
		{100, 30, 64, 50, 2, 50},
		{100, 60, 1, 60, 1, 100},
		{10, 0, 1, 1, 10, 1},
		{0, 5, 8, 5, 0, 0},
	} {
		got := Even(c.n, c.grain, c.unit)
		parts, last := 0, 0
		SetThreads(1)
		Parallel(c.n, got, func(lo, hi int) { parts, last = parts+1, hi-lo })
		SetThreads(0)
		if got != c.want || parts != max(c.parts, min(c.n, 1)) || last != c.last {
			t.Errorf("Even(%d, %d, %d) is %d: %d parts, the last of %d", c.n, c.grain, c.unit, got, parts, last)
		}
	}
}

// Threads that take pieces of several sizes, in any order, find room for all of them.
func TestLots(t *testing.T) {
	if mem.Shared.Poisoned() {
		t.Skip("pieces are lent one by one")
	}
	const threads = 3
	sizes := []int{100, 5000, 64, 900}
	each := Room(sizes...)
	all := ofBytes(threads*each + Room(700))
	defer all.End()
	first := all.Alloc(700)
	lots := all.Lots(threads, each)
	withThreads(t, threads)
	Parallel(500, 1, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			m := []func() *Memory{lots.Take, func() *Memory { return lots.TakeAt(i, 500) }}[i%2]()
			var have [][]byte
			for k := range sizes {
				b := m.Alloc(sizes[(i+k)%len(sizes)])
				b[0] = byte(i)
				have = append(have, b)
			}
			for k := range have {
				if b := have[(k*i+k)%len(have)]; b[0] != byte(i) {
					t.Errorf("memory is shared: %d, want %d", b[0], byte(i))
				}
			}
			for _, k := range []int{i % 4, (i + 2) % 4, (i + 1) % 4, (i + 3) % 4} {
				m.Free(have[k])
			}
			lots.Give(m)
		}
	})
	lots.Free()
	all.Free(first)
	if most, over := all.Used(); most > threads*each+Room(700) || over != 0 {
		t.Errorf("%d bytes were lent, %d borrowed", most, over)
	}
	if b := all.Alloc(threads*each + Room(700)); len(b) == 0 {
		t.Error("lots are not given back")
	} else if _, over := all.Used(); over != 0 {
		t.Error("the block is in pieces")
	}
}

// ofBytes returns a Memory of so many bytes.
func ofBytes(bytes int) *Memory {
	m := new(Memory)
	m.Begin(make([]byte, bytes))
	return m
}

// A worker that has worked for long waits longer for more, but not for ever.
func TestPatience(t *testing.T) {
	for _, c := range []struct{ awake, want time.Duration }{
		{0, spin}, {spin, spin}, {8 * spin, 2 * spin}, {time.Hour, 5 * spin},
	} {
		if got := patience(c.awake); got != c.want {
			t.Errorf("after %v awake: %v, want %v", c.awake, got, c.want)
		}
	}
}
