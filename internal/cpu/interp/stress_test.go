package interp

import (
	"bytes"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"runtime"
	"runtime/pprof"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gojax/internal/cpu/code"
	"gojax/internal/cpu/kirtest"
	"gojax/internal/cpu/run"
	"gojax/internal/dtype"
	"gojax/internal/kir"
	"gojax/internal/kir/macro"
)

// A job is a kernel with memory, and what that is afterwards.
type job struct {
	k         *kir.Kernel
	c         *Code
	mem, want kirtest.Memory
}

func jobs(l code.Level, n int) []job {
	var all []job
	var b Batch
	for seed := range uint64(n) {
		source := func() *rand.Rand { return rand.New(rand.NewPCG(seed+1000, 0)) }
		k := kirtest.Random(source())
		if seed < 2 {
			k = large(int(seed))
		}
		j := job{k: k, c: b.CompileFor(l, k), mem: kirtest.NewMemory(source(), k)}
		j.want = j.mem.Clone()
		kirtest.Define(k, j.want.Pointers())
		all = append(all, j)
	}
	b.Load()
	return all
}

// large is a kernel that threads share: one result for each element, or one for all.
func large(reduced int) *kir.Kernel {
	const n = 50000
	b := kir.NewBuilder()
	x := b.Memory(b.In(dtype.Float32, n), []int{n})
	f := func(i []kir.Val) kir.Val {
		y := macro.Emit(b, kir.Tanh, x.At(i))
		return b.Emit(kir.Fma, y, y, x.At(i))
	}
	if reduced == 0 {
		i := b.Loops([]int{0}, []int{n})
		b.Store(b.Out(dtype.Float32, n), i[0], f(i))
		return b.Kernel()
	}
	b.Loops(nil, nil)
	sum := b.Reduce([]int{n}, []kir.Val{b.Number(dtype.Float32, 0)}, func(i []kir.Val) []kir.Val { return []kir.Val{f(i)} },
		func(x, y []kir.Val) []kir.Val { return []kir.Val{b.Emit(kir.Add, x[0], y[0])} })
	b.Store(b.Out(dtype.Float32, 1), b.At(0), sum[0])
	return b.Kernel()
}

func (j *job) run() error {
	got := j.mem.Clone()
	j.c.Run(got.Pointers())
	return got.Differ(j.k, j.want)
}

// deep runs f where the stack has grown by about n KB.
func deep(n int, f func() error) error {
	var frame [1 << 10]byte
	if n == 0 {
		return f()
	}
	frame[n&1023] = byte(n)
	err := deep(n-1, f)
	runtime.KeepAlive(&frame)
	return err
}

// TestStress runs kernels in many goroutines whose stacks grow and shrink, while the
// garbage collector runs without a break, a CPU profile is taken, and stacks are looked
// at: all results are right, and nothing else is written.
func TestStress(t *testing.T) {
	if err := pprof.StartCPUProfile(io.Discard); err == nil {
		defer pprof.StopCPUProfile()
	}
	run.SetThreads(3)
	defer run.SetThreads(0)
	during := 500 * time.Millisecond
	if testing.Short() {
		during = 100 * time.Millisecond
	}
	for _, l := range levels() {
		stress(t, l, during)
	}
}

func stress(t *testing.T, l code.Level, during time.Duration) {
	all := jobs(l, 24)
	var stop atomic.Bool
	var others, workers sync.WaitGroup
	others.Go(func() {
		for !stop.Load() {
			runtime.GC()
		}
	})
	others.Go(func() {
		stacks := make([]byte, 1<<20)
		for !stop.Load() {
			runtime.Stack(stacks, true)
			time.Sleep(time.Millisecond)
		}
	})
	var runs atomic.Int64
	end := time.Now().Add(during)
	for w := range 8 {
		workers.Go(func() {
			r := rand.New(rand.NewPCG(uint64(w), 1))
			for time.Now().Before(end) && !t.Failed() {
				j, depth := &all[r.IntN(len(all))], r.IntN(60)
				var err error
				var fresh sync.WaitGroup // a stack that is small at first
				fresh.Go(func() { err = deep(depth, j.run) })
				fresh.Wait()
				if runs.Add(1); err != nil {
					t.Errorf("%v: %v\n%v", l, err, j.k)
				}
			}
		})
	}
	workers.Wait()
	stop.Store(true)
	others.Wait()
	t.Logf("%v: %d runs", l, runs.Load())
}

// TestStressOfCollector is TestStress in a process where collections stop the world and
// overwrite what they free.
func TestStressOfCollector(t *testing.T) {
	cmd := exec.Command(os.Args[0], "-test.run=^TestStress$", "-test.v", "-test.short")
	cmd.Env = append(os.Environ(), "GODEBUG=gcstoptheworld=1,clobberfree=1")
	if out, err := cmd.CombinedOutput(); err != nil || !bytes.Contains(out, []byte("PASS: TestStress")) {
		t.Errorf("%v\n%s", err, out)
	}
}
