package main

import (
	"fmt"
	"math"
	"runtime"
	"sync"
	"time"
	"unsafe"

	"gojax/internal/asm/amd64"
	"gojax/internal/cpu/code"
)

// limits is what the machine can do with all threads at once.
type limits struct {
	flops  float64 // float32 operations a second in independent fused multiply-adds; 0 if not known
	cached float64 // bytes a second, read and written, of copies within 8 MB
	memory float64 // and within 256 MB
}

// measureLimits takes the fastest of many short runs.
func measureLimits(threads int) limits {
	if threads <= 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	return limits{flops: fmaPeak(threads), cached: copyRate(threads, 8<<20), memory: copyRate(threads, 256<<20)}
}

func (l limits) String() string {
	return fmt.Sprintf("machine: %.1f GFLOP/s of float32 FMA, copies at %.1f GB/s within 8 MB and %.1f within 256 MB (read and written)",
		l.flops/1e9, l.cached/1e9, l.memory/1e9)
}

// A cost is what a workload must do at least.
type cost struct{ flops, bytes float64 }

// share is the part that the machine's limit has in a time.
func (l limits) share(c cost, seconds float64) float64 {
	rate := l.cached
	if c.bytes > 32<<20 {
		rate = l.memory
	}
	least := c.bytes / rate
	if l.flops > 0 {
		least = max(least, c.flops/l.flops)
	}
	return least / seconds
}

// costs lists what workloads must do at least: operands are read once, results are
// written once, and products of a matrix with its own transpose compute one half.
func costs() map[string]cost {
	const million, square = 1e6 * 4, 4096 * 4096 * 4
	unary, product := cost{bytes: 2 * million}, func(n float64) cost { return cost{2 * n * n * n, 3 * 4 * n * n} }
	half := product(3000)
	half.flops /= 2
	return map[string]cost{
		"dot3000 device": half, "dot3000 host numpy": half, "numpy x@x.T": half,
		"dot 3000 a@b (distinct)": product(3000), "numpy dot3000": product(3000),
		"matmul 128": product(128), "matmul 512": product(512), "matmul 1024": product(1024),
		"matmul 1000 of 16x16": {1000 * 2 * 16 * 16 * 16, 1000 * 3 * 4 * 16 * 16},
		"matvec 4096":          {2 * 4096 * 4096, square},
		"selu 1M eager":        unary, "selu 1M jit": unary, "exp 1M": unary, "tanh 1M": unary, "log 1M": unary,
		"erf 1M": unary, "sin 1M": unary, "cumsum 1M": unary, "softmax 1000x1000": unary,
		"layer-norm 1000x1000": unary, "transpose 1000x1000": unary,
		"sum 1M": {bytes: million}, "mean+var 1M": {bytes: million},
		"gather 1M": {bytes: 3 * million}, "scatter-add 1M": {bytes: 4 * million},
		"random.normal 3000x3000": {bytes: 9e6 * 4},
	}
}

// copyRate is how many bytes a second are read and written in copies of half the given
// memory to the other half.
func copyRate(threads, bytes int) float64 {
	mem := make([]byte, bytes)
	for i := range mem {
		mem[i] = byte(i)
	}
	part := bytes / 2 / threads
	piece := part
	if bytes <= 8<<20 {
		piece = 16 << 10 // large copies go past the caches, which takes longer where there is room
	}
	times := max(1, 128<<20/bytes) // so that waking the threads does not count
	return float64(times*bytes) / fastest(threads, func(i int) {
		for range times {
			for at := i * part; at < (i+1)*part; at += piece {
				copy(mem[at:min(at+piece, (i+1)*part)], mem[bytes/2+at:])
			}
		}
	})
}

// fastest is the least time that the threads took together for f.
func fastest(threads int, f func(i int)) float64 {
	best := math.Inf(1)
	for deadline := time.Now().Add(300 * time.Millisecond); time.Now().Before(deadline); {
		start := time.Now()
		var wait sync.WaitGroup
		for i := range threads {
			wait.Go(func() { f(i) })
		}
		wait.Wait()
		best = min(best, time.Since(start).Seconds())
	}
	return best
}

// fmaPeak is how many float32 operations a second there are in a loop of independent
// fused multiply-adds of the level in use, two for each element.
func fmaPeak(threads int) float64 {
	level, err := code.Chosen()
	if err != nil || level == code.Portable {
		return 0
	}
	const chains, turns = 12, 1 << 14
	var a amd64.Asm
	a.Op(amd64.MOV, amd64.RAX, amd64.Ptr(amd64.RDI, 0))
	for i := range chains + 2 {
		a.Op(amd64.VXORPS, amd64.X(i), amd64.X(i), amd64.X(i))
	}
	again := a.NewLabel()
	a.Align(32)
	a.Bind(again)
	for i := range chains {
		a.Op(amd64.VFMADD231PS, amd64.Vec(i, level.Width()), amd64.Vec(chains, level.Width()), amd64.Vec(chains+1, level.Width()))
	}
	a.Op(amd64.SUB, amd64.RAX, amd64.Imm(1))
	a.Jcc(amd64.NotEqual, again)
	a.Op(amd64.VZEROUPPER)
	a.Op(amd64.RET)
	text, err := a.Finish()
	if err != nil {
		return 0
	}
	c, err := code.Load(a.Need(), text)
	if err != nil {
		return 0
	}
	defer c.Free()
	seconds := fastest(threads, func(int) {
		n := [1]int64{turns}
		for range 16 {
			n[0] = turns
			code.Call(c.Func(0), unsafe.Pointer(&n))
		}
	})
	return float64(threads) * 16 * turns * chains * float64(level.Width()/4) * 2 / seconds
}
