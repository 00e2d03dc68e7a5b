package code

import (
	"bytes"
	"io"
	"math/rand/v2"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"

	"gojax/internal/asm/amd64"
)

// grow uses up stack, then calls f: stacks move and shrink under the callers of kernels.
//
//go:noinline
func grow(depth int, f func()) byte {
	var pad [512]byte
	if depth > 0 {
		pad[depth] = grow(depth-1, f)
	} else {
		f()
	}
	return pad[depth/2] + 1
}

// TestStress calls kernels from many goroutines, arguments and some buffers on their
// stacks, while the garbage collector runs without pause, stacks grow and shrink, and
// the profiler interrupts.
func TestStress(t *testing.T) {
	eachLevel(t, func(t *testing.T, level Level) {
		f := load(t, func(a *amd64.Asm) { axpb(a, level) })
		defer debug.SetGCPercent(debug.SetGCPercent(1))
		if err := pprof.StartCPUProfile(io.Discard); err == nil {
			defer pprof.StopCPUProfile()
		}
		var stop atomic.Bool
		var calls, wrong atomic.Int64
		var wg sync.WaitGroup
		for g := range 64 {
			wg.Go(func() {
				rng := rand.New(rand.NewPCG(uint64(g), 0))
				for !stop.Load() {
					n := 1 + rng.IntN(2000)
					grow(rng.IntN(40), func() {
						if !axpbRight(f, n, float32(g)) || !axpbRightOnStack(f, float32(g)) {
							wrong.Add(1)
						}
					})
					calls.Add(2)
				}
			})
		}
		for end := time.Now().Add(250 * time.Millisecond); time.Now().Before(end); {
			runtime.GC()
			runtime.Stack(make([]byte, 1<<16), true)
		}
		stop.Store(true)
		wg.Wait()
		if wrong.Load() != 0 {
			t.Errorf("%d of %d calls gave wrong results", wrong.Load(), calls.Load())
		}
		t.Logf("%d calls", calls.Load())
	})
}

// axpbRight runs the kernel over n elements of new memory and checks them all.
func axpbRight(f Func, n int, b float32) bool {
	x, y := make([]float32, n), make([]float32, n+2)
	for i := range x {
		x[i] = float32(i)
	}
	y[0], y[n+1] = -1, -1
	Call(f, unsafe.Pointer(&axpbArgs{unsafe.Pointer(&x[0]), unsafe.Pointer(&y[1]), 2, b, 0, int64(n)}))
	for i, v := range y[1 : n+1] {
		if v != 2*float32(i)+b {
			return false
		}
	}
	return y[0] == -1 && y[n+1] == -1
}

// axpbRightOnStack does so with buffers that the compiler keeps on the stack.
func axpbRightOnStack(f Func, b float32) bool {
	var x, y [50]float32
	for i := range x {
		x[i] = float32(i)
	}
	args := axpbArgs{unsafe.Pointer(&x), unsafe.Pointer(&y), 2, b, 0, 50}
	Call(f, unsafe.Pointer(&args))
	for i, v := range y {
		if v != 2*float32(i)+b {
			return false
		}
	}
	return true
}

// TestPoll holds that a loop of calls does not hold up garbage collections, much longer than
// a loop in Go does on a busy machine.
func TestPoll(t *testing.T) {
	if Best(Host()) < AVX2 {
		t.Skip("no AVX2")
	}
	f := load(t, func(a *amd64.Asm) { axpb(a, AVX2) })
	x := make([]float32, 1<<16)
	// collections returns how long five of them take beside such loops.
	collections := func(limit time.Duration, loop func(y []float32)) time.Duration {
		start := time.Now()
		var stop atomic.Bool
		var wg sync.WaitGroup
		for range runtime.GOMAXPROCS(0) {
			y := make([]float32, len(x))
			wg.Go(func() {
				for !stop.Load() && time.Since(start) < limit {
					for range 1000 { // without any other point to stop at
						loop(y)
					}
				}
			})
		}
		for range 5 {
			runtime.GC()
		}
		took := time.Since(start)
		stop.Store(true)
		wg.Wait()
		return took
	}
	inGo := collections(time.Minute, func(y []float32) {
		for i := range y[:1000] {
			y[i] = 2*x[i] + 1
		}
	})
	limit := 2*time.Second + 3*inGo // each took a second and more without the check in Call
	took := collections(3*limit, func(y []float32) {
		args := axpbArgs{unsafe.Pointer(&x[0]), unsafe.Pointer(&y[0]), 2, 1, 0, int64(len(x))}
		Call(f, unsafe.Pointer(&args))
	})
	if took > limit {
		t.Errorf("5 collections took %v", took)
	}
	t.Logf("5 collections took %v, %v beside loops in Go", took, inGo)
}

// caught runs f and returns what it panics with.
func caught(f func()) (v any) {
	defer func() { v = recover() }()
	f()
	return nil
}

// TestFault holds that a bad address in a kernel is a panic like any other.
func TestFault(t *testing.T) {
	if Best(Host()) < AVX2 || runtime.GOOS == "windows" {
		t.Skip("needs AVX2, and a system where faults in machine code can be caught")
	}
	f := load(t, func(a *amd64.Asm) { axpb(a, AVX2) })
	var y [64]float32
	for range 3 {
		v := caught(func() {
			Call(f, unsafe.Pointer(&axpbArgs{nil, unsafe.Pointer(&y), 2, 1, 0, 64}))
		})
		if err, ok := v.(runtime.Error); !ok || !strings.Contains(err.Error(), "nil pointer") {
			t.Errorf("nil operand: got panic %v, want a nil dereference", v)
		}
		v = caught(func() {
			defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
			Call(f, unsafe.Pointer(&axpbArgs{unsafe.Pointer(&y), unsafe.Pointer(&y), 2, 1, 1 << 40, 1<<40 + 8}))
		})
		if _, ok := v.(runtime.Error); !ok {
			t.Errorf("wild operand: got panic %v, want a runtime error", v)
		}
		if v := caught(func() { Call(Func{}, nil) }); v == nil {
			t.Error("the zero Func was called")
		}
		runtime.GC()
		if !axpbRight(f, 100, 3) {
			t.Error("a call after a fault gave wrong results")
		}
	}
}

// TestFree holds that memory of code is returned: at once by Free, later by the
// collector, and not while a Func can be reached.
func TestFree(t *testing.T) {
	if Best(Host()) < AVX2 {
		t.Skip("no AVX2")
	}
	ret := []byte{0xC3}
	before := Mapped()
	c, err := Load(amd64.HasBase, ret)
	if err != nil {
		t.Fatal(err)
	}
	if Mapped() != before+int64(os.Getpagesize()) {
		t.Errorf("got %d bytes more, want a page", Mapped()-before)
	}
	c.Free()
	c.Free()
	if Mapped() != before {
		t.Errorf("%d bytes left after Free", Mapped()-before)
	}
	kept, err := Load(amd64.HasBase, ret)
	if err != nil {
		t.Fatal(err)
	}
	f := kept.Func(0)
	for range 100 {
		if _, err := Load(amd64.HasBase, ret, make([]byte, 5000)); err != nil {
			t.Fatal(err)
		}
	}
	for range 100 {
		if runtime.GC(); Mapped() == before+int64(os.Getpagesize()) {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if Mapped() != before+int64(os.Getpagesize()) {
		t.Errorf("%d bytes left of dropped code", Mapped()-before)
	}
	Call(f, nil)
}

// TestNeverBoth holds that no memory of the process is writable and executable.
func TestNeverBoth(t *testing.T) {
	if Best(Host()) < AVX2 {
		t.Skip("no AVX2")
	}
	load(t, func(a *amd64.Asm) { axpb(a, AVX2) })
	maps, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		t.Skip("no list of mappings to read:", err)
	}
	if bytes.Contains(maps, []byte(" rwx")) {
		t.Errorf("memory is writable and executable:\n%s", maps)
	}
}

func TestLack(t *testing.T) {
	const never amd64.Feature = 1 << 31
	if _, err := Load(never|amd64.HasBase, nil); err == nil || !strings.HasPrefix(err.Error(), "code: this processor has no") {
		t.Errorf("got error %v, want a lacking feature", err)
	}
}

func BenchmarkCall(b *testing.B) {
	f := load(b, func(a *amd64.Asm) { a.Op(amd64.RET) })
	var args [4]uint64
	b.ReportAllocs()
	for b.Loop() {
		Call(f, unsafe.Pointer(&args))
	}
}

func BenchmarkEmitLoad(b *testing.B) {
	x, y := make([]float32, 16), make([]float32, 16)
	args := axpbArgs{unsafe.Pointer(&x[0]), unsafe.Pointer(&y[0]), 2, 1, 0, 16}
	var a amd64.Asm
	b.ReportAllocs()
	for b.Loop() {
		a.Reset()
		axpb(&a, AVX2)
		code, err := a.Finish()
		if err != nil {
			b.Fatal(err)
		}
		c, err := Load(a.Need(), code)
		if err != nil {
			b.Fatal(err)
		}
		Call(c.Func(0), unsafe.Pointer(&args))
		c.Free()
	}
}
