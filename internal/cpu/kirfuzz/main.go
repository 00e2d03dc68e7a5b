// Kirfuzz makes random kernels and holds everything that runs them to their definition,
// bit for bit: at every level of instructions that the machine has, with several numbers
// of threads, in slices, with canaries round all memory. Then it makes random programs,
// which must compute the same one operation at a time, as a whole, and at every level.
//
//	go run ./internal/cpu/kirfuzz -seed 1 -n 20000 -programs 1000
//
// Kernel number i is that of seed + i. What fails is printed with its seed and as the
// smallest kernel that was found to fail too; -n 1 with that seed runs it again.
//
//	main.go     the numbers
//	kernel.go   one kernel
//	program.go  one program
//	grow.go     … and its operations
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"gojax/internal/cpu/run"
)

var (
	seed     = flag.Uint64("seed", 0, "of the first kernel; 0: taken from the clock")
	n        = flag.Uint64("n", 20000, "how many kernels")
	programs = flag.Uint64("programs", 1000, "how many programs")
	printing = flag.Bool("print", false, "print what programs compute at the level of this process, and nothing else")
	most     = flag.Int("fail", 1, "stop after so many failures")
)

func main() {
	log.SetFlags(0)
	flag.Parse()
	if *seed == 0 {
		*seed = uint64(time.Now().Unix()) << 20
	}
	if *printing {
		if err := printPrograms(*seed, *programs); err != nil {
			log.Fatal(err)
		}
		return
	}
	fmt.Printf("kirfuzz -seed %d -n %d -programs %d, levels %v\n", *seed, *n, *programs, levels())
	begin := time.Now()
	failed := all(*seed, *n, *most, checkKernel)
	fmt.Printf("%d kernels, %d failures, %.1f s\n", *n, failed, time.Since(begin).Seconds())
	if failed > 0 {
		os.Exit(1)
	}
	begin = time.Now()
	if err := comparePrograms(*seed, *programs); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%d programs, no failures, %.1f s\n", *programs, time.Since(begin).Seconds())
}

// threads are numbers of threads to run with, one after the other.
var threads = []int{1, 2, 3, 5}

// round is how many kernels are tried with one number of threads.
const round = 256

// all tries the kernels of n seeds and returns how many failed; more than most are not
// looked for.
func all(seed, n uint64, most int, check func(seed uint64) error) int {
	var failed atomic.Int64
	for lo := uint64(0); lo < n && int(failed.Load()) < most; lo += round {
		run.SetThreads(threads[(seed+lo)/round%uint64(len(threads))])
		var next atomic.Uint64
		next.Store(lo)
		var group sync.WaitGroup
		for range runtime.GOMAXPROCS(0) {
			group.Go(func() {
				for {
					i := next.Add(1) - 1
					if i >= min(lo+round, n) || int(failed.Load()) >= most {
						return
					}
					if err := check(seed + i); err != nil {
						failed.Add(1)
						log.Printf("\nFAILED: kirfuzz -seed %d -n 1, with %d threads\n%v", seed+i, run.Threads(), err)
					}
				}
			})
		}
		group.Wait()
	}
	run.SetThreads(0)
	return int(failed.Load())
}
