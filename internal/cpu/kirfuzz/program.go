package main

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"os"
	"os/exec"
	"runtime/debug"
	"strings"

	"gojax/internal/core"
	"gojax/internal/cpu/code"
	"gojax/internal/cpu/kirtest"
	"gojax/internal/cpu/run"
	"gojax/internal/dtype"
	"gojax/jax"
	"gojax/lax"
)

// A function is a random function of arrays: that of a seed, of so many operations.
type function struct {
	seed  uint64
	steps int
}

func functionOf(seed uint64) function { return function{seed, 3 + source(seed+3).IntN(25)} }

// call applies the function. What it does depends on the types of x alone.
func (f function) call(x []jax.Array) []jax.Array {
	if f.multiplies() {
		return f.multiply(x)
	}
	if f.batches() {
		return f.multiplyAll(x)
	}
	g := &grow{source(f.seed + 1), append([]jax.Array(nil), x...)}
	for range f.steps {
		if y := g.step(); y.Size() <= f.most() {
			g.have = append(g.have, y)
		}
	}
	n := len(g.have)
	return g.have[max(0, n-1-source(f.seed+2).IntN(4)):]
}

// most is how many elements arrays have at most.
func (f function) most() int {
	if f.seed%16 == 11 {
		return 400_000
	}
	return 60_000
}

// inputs are random operands.
func (f function) inputs() []jax.Array {
	if f.multiplies() {
		return f.factors()
	}
	if f.batches() {
		return f.stacks()
	}
	r := source(f.seed)
	n := []int{1, 3, 6, 33, 128, 600, 5000, f.most() / 3}[r.IntN(8)]
	m := []int{1, 2, 3, 7, 64}[r.IntN(5)]
	shapes := []jax.Shape{{}, {n}, {m, min(n, f.most()/100)}, {m}, {2, 3, m}}
	types := []dtype.Type{dtype.Float32, dtype.Float32, dtype.Float32, dtype.Float64, dtype.Int32, dtype.Int64, dtype.Uint8,
		dtype.Uint32, dtype.Bool, dtype.Float16, dtype.BFloat16, dtype.Complex64}
	var x []jax.Array
	for range 3 + r.IntN(4) {
		t := core.Of(types[r.IntN(len(types))], shapes[r.IntN(len(shapes))]...)
		v := core.New(t, lax.Device())
		kirtest.Fill(r, t.DType, core.Slice[byte](v.Buf))
		x = append(x, lax.Of(v))
	}
	return x
}

// checkProgram holds that a function computes the same one operation at a time, staged
// and compiled as a whole, and with other numbers of threads. It returns a hash of each
// result.
func checkProgram(seed uint64) (hashes string, err error) {
	f := functionOf(seed)
	hashes, err = f.check()
	if err == nil {
		return hashes, nil
	}
	for f.steps = 1; ; f.steps++ {
		if _, err := f.check(); err != nil {
			return "", fmt.Errorf("%d operations: %w", f.steps, err)
		}
		if f.steps > 100 {
			return "", err // it fails now and then
		}
	}
}

func (f function) check() (hashes string, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	defer run.SetThreads(0)
	x := f.inputs()
	j := jax.MakeJaxpr(f.call)(x)
	want := results(f.call(x))
	for _, threads := range []int{2, 1, 3} {
		run.SetThreads(threads)
		got := results(j.Call(x...))
		for i := range want {
			if err := want[i].differs(got[i]); err != nil {
				return "", fmt.Errorf("result %d, %d threads: %w\n%v", i, threads, err, j)
			}
		}
		if err := f.checkMemory(threads == 1); err != nil {
			return "", fmt.Errorf("%d threads: %w", threads, err)
		}
	}
	for _, r := range want {
		h := fnv.New64a()
		kirtest.Canonical(r.t, r.bytes)
		h.Write(r.bytes)
		hashes += fmt.Sprintf(" %016x", h.Sum64())
	}
	return hashes, nil
}

// A result is a copy of an array.
type result struct {
	t     dtype.Type
	bytes []byte
}

func results(x []jax.Array) []result {
	all := make([]result, len(x))
	for i, a := range x {
		v := a.Value()
		all[i] = result{v.DType, bytes.Clone(core.Slice[byte](v.Host("kirfuzz"))[:v.Bytes()])}
	}
	return all
}

// differs says where one operation at a time makes r, and a program s.
func (r result) differs(s result) error {
	n := r.t.Size()
	for i := 0; i < len(r.bytes); i += n {
		if x, y := r.bytes[i:i+n], s.bytes[i:i+n]; !kirtest.Same(r.t, x, y) {
			return fmt.Errorf("element %d of type %v is %x in eager mode, %x in a program", i/n, r.t, x, y)
		}
	}
	return nil
}

// printPrograms checks the programs of n seeds and prints what they computed.
func printPrograms(seed, n uint64) error {
	for i := range n {
		hashes, err := checkProgram(seed + i)
		if err != nil {
			level, _ := code.Chosen()
			return fmt.Errorf("FAILED: GOJAX_CPU=%v kirfuzz -seed %d -n 0 -programs 1\n%w", level, seed+i, err)
		}
		fmt.Printf("%d%s\n", seed+i, hashes)
	}
	return nil
}

// comparePrograms has printPrograms run in a process for each level, and compares.
func comparePrograms(seed, n uint64) error {
	if n == 0 {
		return nil
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	want := make([]string, n)
	for _, l := range levels() {
		cmd := exec.Command(self, "-print", fmt.Sprintf("-seed=%d", seed), fmt.Sprintf("-programs=%d", n))
		cmd.Env = append(os.Environ(), code.Variable+"="+l.String())
		cmd.Stderr = os.Stderr
		out, err := cmd.Output()
		if err != nil {
			return fmt.Errorf("programs at %v: %w", l, err)
		}
		for i, line := range strings.Split(strings.TrimSpace(string(out)), "\n") {
			f := functionOf(seed + uint64(i))
			switch {
			case want[i] == "":
				// Without machine code, products round each number before it is added.
				if j := jax.MakeJaxpr(f.call)(f.inputs()); l > code.Portable || !strings.Contains(j.String(), "dot_general") {
					want[i] = line
				}
			case line != want[i]:
				return fmt.Errorf("FAILED: kirfuzz -seed %d -n 0 -programs 1: hashes of results are %s at %v, want %s\n%v",
					f.seed, line, l, want[i], jax.MakeJaxpr(f.call)(f.inputs()))
			}
		}
	}
	return nil
}

// A grow makes a function: it has arrays, and makes others of them.
type grow struct {
	*rand.Rand
	have []jax.Array
}
