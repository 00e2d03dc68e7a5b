package cpu

import (
	"gojax/internal/core"
	"gojax/internal/cpu/lib"
	"gojax/internal/cpu/run"
)

// A worker is a step that works in memory, which a program gets before it runs: as much as the
// one step that takes the most, for they run one after the other.
type worker struct {
	step interface{ scratch(threads int) int }
	op   core.Op
	path []int // the equations that it is in, the outermost first
}

// String is what errors call the step.
func (w worker) String() string { return w.op.String() }

func (s *library) scratch(threads int) int {
	return lib.Scratch(s.step, typesOf(s.in), typesOf(s.out), s.in[0].slot == s.out[0].slot, threads)
}

func typesOf(ops []operand) []core.Type {
	types := make([]core.Type, len(ops))
	for i, o := range ops {
		if o.slot != unwanted {
			types[i] = o.t
		}
	}
	return types
}

// Working is what the steps of a program work in with some number of threads.
type working struct {
	threads, bytes int
	most           int // which worker that is for
}

var noWork working

// working returns what the steps work in now.
func (p *program) working() *working {
	if len(p.workers) == 0 {
		return &noWork
	}
	threads := run.Threads()
	if w := p.works.Load(); w != nil && w.threads == threads {
		return w
	}
	w := &working{threads: threads}
	for i, s := range p.workers {
		if n := s.step.scratch(threads); n > w.bytes {
			w.bytes, w.most = n, i
		}
	}
	p.works.Store(w)
	return w
}
