package cpu

import (
	"testing"
	"time"

	"gojax/internal/cpu/interp"
	"gojax/internal/cpu/tile"
	"gojax/internal/dtype"
	"gojax/internal/ir"
	"gojax/internal/kir"
)

// CompileForTest compiles f, whatever the caches have, and returns the text.
func CompileForTest(f *ir.Func) interface{ String() string } { return compile(f) }

// CheckKernels checks the kernels of the program of f.
func CheckKernels(f *ir.Func) error {
	for _, s := range compile(f).kernels() {
		if err := kir.Check(s.k); err != nil {
			return err
		}
	}
	return nil
}

// SetMaxHeld sets the limit and returns what it was.
func SetMaxHeld(bytes int) (before int) {
	before, maxHeld = maxHeld, bytes
	return before
}

// ElementsForTest applies an instruction to n elements of a type.
func ElementsForTest(c kir.Code, t dtype.Type) tile.Func { return elements(c, t) }

// KernelForTest returns the first kernel of f, to be run on memory.
func KernelForTest(f *ir.Func) *interp.Code { return compile(f).steps[0].(*fused).code }

// PassesForTest returns how many kernels of the program of f are run together with others.
func PassesForTest(f *ir.Func) (n int) {
	for _, s := range compile(f).steps {
		if k, ok := s.(*fused); ok && k.with != nil {
			n++
		}
	}
	return n
}

// Unread returns how many temporaries of the program of f, of more than a few elements, are
// written and never read.
func Unread(f *ir.Func) (n int) {
	m := build(newGraph(f))
	defer m.f.probes.Return()
	for s, size := range m.size {
		if size > 1000 && m.last[s] < 0 {
			n++
		}
	}
	return n
}

// AlwaysRecall makes all programs that are compiled from now on take the memory of their last
// results, whether those were dropped or not, until the test is over.
func AlwaysRecall(t testing.TB) {
	least, most, need := leastRecall, mostRecall, firstNeed
	leastRecall, mostRecall, firstNeed = 0, 1<<30, -1<<40
	programs.clear()
	t.Cleanup(func() {
		leastRecall, mostRecall, firstNeed = least, most, need
		programs.clear()
	})
}

// RowsForTest returns the machine code of the kernels of f that are run together first, nil
// if there is none, with the buffers of each kernel as numbers of memory.
func RowsForTest(f *ir.Func) (r *interp.Rows, kernels [][]kir.Buf, slots [][]int) {
	for _, s := range compile(f).steps {
		if k, ok := s.(*fused); ok && k.with != nil {
			for _, k := range k.with.list {
				kernels, slots = append(kernels, k.k.Bufs), append(slots, k.bufs)
			}
			return k.with.code, kernels, slots
		}
	}
	return nil, nil, nil
}

// CostForTest is the estimate of how long the program of f takes on one thread.
func CostForTest(f *ir.Func) time.Duration { return compile(f).cost }
