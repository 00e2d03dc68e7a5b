package cpu

import (
	"slices"

	"gojax/internal/core"
	"gojax/internal/ir"
	"gojax/internal/kir"
	"gojax/internal/rule"
)

// Memory says how many bytes a program takes. Operations that run by their definition,
// such as callbacks, take more.
type Memory struct {
	Arguments, Outputs int
	Aliased            int // of the results that are in the memory of donated arguments
	Temporaries        int // at once
	Work               int // what the step that needs the most works in, with the threads that there are
	Code               int // of the program itself, estimated
	Peak               int // while it runs: arguments, results, temporaries and work
}

// Work says what a program does. A fused multiply-add is two operations.
type Work struct {
	Flops           float64 // operations on elements, those of products and reductions included
	Transcendentals float64 // elements of exp, log, sin, … which are not in Flops
	Bytes           float64 // read and written by steps of the program
}

// Analyse compiles f, as Run would for its operation, and says what it takes if the given
// operands are donated.
func Analyse(f *ir.Func, donated core.Mask) (Memory, Work) {
	p := compiled(f)
	m := Memory{Arguments: bytesOf(p.in), Outputs: bytesOf(p.out), Temporaries: p.arena, Code: p.bytes}
	if donated != nil {
		m.Aliased = p.aliased(donated)
		if slices.ContainsFunc(p.reuse, func(r reuse) bool { return donated[r.operand] }) {
			m.Temporaries = p.given.arena
		}
	}
	m.Work = p.working().bytes
	m.Peak = m.Arguments + m.Outputs - m.Aliased + m.Temporaries + m.Work
	return m, p.work
}

func bytesOf(types []core.Type) (sum int) {
	for _, t := range types {
		sum += t.Bytes()
	}
	return sum
}

// aliased returns the bytes of the results that take makes in the memory of operands, if
// nobody else sees those.
func (p *program) aliased(donated core.Mask) (bytes int) {
	gone, made := make([]bool, len(p.in)), make([]bool, len(p.out))
	for _, r := range p.reuse {
		if donated[r.operand] && !gone[r.operand] && !made[r.result] && core.Recycled(p.in[r.operand].Bytes()) {
			gone[r.operand], made[r.result] = true, true
			bytes += p.out[r.result].Bytes()
		}
	}
	return bytes
}

// count adds what a node does.
func (w *Work) count(g *graph, n *node) {
	if len(n.out) == 0 {
		return
	}
	size := float64(g.types[n.out[0]].Size())
	w.Flops += float64(max(n.few, 1)-1) * size
	switch n.kind {
	case byCode:
		if transcendental(n.code) {
			w.Transcendentals += size
		} else {
			w.Flops += size
		}
	case byReduce:
		w.Flops += float64(g.types[n.in[0]].Size()) - size
	case byLibrary:
		switch s := n.op.(rule.Library).Step().(type) {
		case kir.Dot:
			w.Flops += 2 * size * depth(s, g.types[n.in[0]])
		case kir.Cumulative:
			w.Flops += size
		}
	}
}

// depth returns how many products an element of a dot is the sum of.
func depth(s kir.Dot, x core.Type) float64 {
	k := 1
	for _, a := range s.ContractX {
		k *= x.Shape[a]
	}
	return float64(k)
}

// transcendental reports whether an instruction is a function that takes several
// operations to approximate.
func transcendental(c kir.Code) bool {
	switch c {
	case kir.Sqrt, kir.Square:
		return false
	case kir.Pow, kir.Atan2, kir.Lgamma, kir.Digamma:
		return true
	}
	return c >= kir.Exp && c <= kir.ErfInv
}
