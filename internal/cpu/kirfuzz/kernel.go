package main

import (
	"fmt"
	"math/rand/v2"
	"runtime/debug"

	"gojax/internal/cpu/code"
	"gojax/internal/cpu/interp"
	"gojax/internal/cpu/kirtest"
	"gojax/internal/kir"
	"gojax/internal/kir/macro"
)

// levels lists what this machine can run.
func levels() (all []code.Level) {
	for l := code.Portable; l <= code.Best(code.Host()); l++ {
		all = append(all, l)
	}
	return all
}

func source(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0)) }

// A form is a way to write a kernel down in which it computes the same.
type form struct {
	name string
	of   func(k *kir.Kernel) *kir.Kernel
}

var forms = []form{
	{"as it is", func(k *kir.Kernel) *kir.Kernel { return k }},
	{"with its loops joined", (*kir.Kernel).Collapse},
	{"with its loops split", (*kir.Kernel).Split},
	{"with its loops split and joined", func(k *kir.Kernel) *kir.Kernel { return k.Split().Collapse() }},
	{"expanded", macro.Expand},
	{"expanded, with its loops joined", func(k *kir.Kernel) *kir.Kernel { return macro.Expand(k).Collapse() }},
}

// checkKernel holds everything that runs kernels to the definition of a random one. The
// error has the smallest kernel that fails too.
func checkKernel(seed uint64) error {
	k := kirtest.Random(source(seed))
	if err := checkSimplified(seed, k); err != nil {
		return err
	}
	f := forms[source(seed+1).IntN(len(forms))]
	k = f.of(k)
	err := checkRuns(seed, k)
	if err == nil {
		return nil
	}
	small := kirtest.Shrink(k, 2000, func(k *kir.Kernel) bool { return checkRuns(seed, k) != nil })
	return fmt.Errorf("kernel %s: %w\n\nThe smallest that fails too: %w\n%v", f.name, err, checkRuns(seed, small), small)
}

// checkSimplified holds that what the Builder knows of indices is right.
func checkSimplified(seed uint64, k *kir.Kernel) error {
	hidden := kirtest.Hidden(source(seed))
	for _, k := range []*kir.Kernel{k, hidden} {
		if err := kir.Check(k); err != nil {
			return fmt.Errorf("%w\n%v", err, k)
		}
	}
	mem := kirtest.NewMemory(source(seed), hidden)
	mem.Count()
	want, got := mem.Clone(), mem
	kirtest.Define(hidden, want.Pointers())
	kirtest.Define(k, got.Pointers())
	if err := got.Differ(k, want); err != nil {
		return fmt.Errorf("simplified: %w\n%v\nwant what this computes:\n%v", err, k, hidden)
	}
	return nil
}

// checkRuns runs a kernel on random memory at all levels.
func checkRuns(seed uint64, k *kir.Kernel) (err error) {
	if err := kir.Check(k); err != nil {
		return err
	}
	mem := kirtest.NewMemory(source(seed), k)
	want := mem.Clone()
	if !defined(k, want) {
		return nil
	}
	for _, l := range levels() {
		if err := checkLevel(source(seed+2), l, k, mem, want); err != nil {
			return fmt.Errorf("%v: %w", l, err)
		}
	}
	return nil
}

// defined runs the definition; it reports false if a kernel that was made smaller has
// addresses that are out of range.
func defined(k *kir.Kernel, mem kirtest.Memory) (ok bool) {
	defer func() { ok = recover() == nil }()
	kirtest.Define(k, mem.Pointers())
	return true
}

// checkLevel runs a kernel in one go, in slices, and with a result in the memory of an
// operand.
func checkLevel(r *rand.Rand, l code.Level, k *kir.Kernel, mem, want kirtest.Memory) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	c := interp.CompileFor(l, k)
	got := mem.Clone()
	c.Run(got.Pointers())
	if err := got.Differ(k, want); err != nil {
		return err
	}
	got = mem.Clone()
	for _, s := range cuts(r, k.Regions[1].Size()) {
		c.Part(got.Pointers(), s[0], s[1])
	}
	if err := got.Differ(k, want); err != nil {
		return fmt.Errorf("in slices: %w", err)
	}
	if err := checkGuarded(r, c, k, mem, want); err != nil {
		return err
	}
	for _, x := range c.InPlace() {
		got, want = mem.Shared(x), mem.Shared(x)
		c.Run(got.Pointers())
		kirtest.Define(k, want.Pointers())
		if err := got.Unshared(x).Differ(k, want); err != nil {
			return fmt.Errorf("buffer %d in the memory of buffer %d: %w", x.To, x.From, err)
		}
	}
	return nil
}

// checkGuarded runs some kernels where a fault follows from touching what lies before or
// after their memory.
func checkGuarded(r *rand.Rand, c *interp.Code, k *kir.Kernel, mem, want kirtest.Memory) error {
	n := k.Regions[1].Size()
	if r.IntN(6) > 0 || n < 8 { // few iterations may share their reductions with other goroutines
		return nil
	}
	end := r.IntN(3) > 0
	got, free, err := mem.Guarded(end)
	if err != nil {
		return nil // not on this system
	}
	defer free()
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	c.Part(got.Pointers(), 0, n)
	if err := got.Differ(k, want); err != nil {
		return fmt.Errorf("with pages around that may not be touched: %w", err)
	}
	return nil
}

// cuts are ranges that make up [0, n), in any order.
func cuts(r *rand.Rand, n int) (all [][2]int) {
	most := []int{1, 3, 8, 64, 100, 1000}[r.IntN(6)]
	for lo := 0; lo < n; {
		hi := min(n, lo+max(1+r.IntN(most), n/50))
		all = append(all, [2]int{lo, hi})
		lo = hi
	}
	r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all
}
