package jax

import (
	"fmt"
	"reflect"
	"slices"
	"unsafe"

	"gojax/internal/control"
	"gojax/internal/core"
	"gojax/internal/cpu"
	"gojax/internal/ir"
	"gojax/lax"
)

// Lowered is a function traced for certain arguments.
type Lowered struct {
	name    string
	program *ir.Func
	fn      *function
	key     []byte // of the arguments: their structure and static parts
	run     *program
	owner   core.Owner
}

// Lower traces f, which may have any signature, for arguments like args. If f comes from
// Jit the program is that of the function in it, with its donated arguments.
func Lower(f any, args ...any) *Lowered {
	fn := analyse("Lower", f)
	ptrs := fn.pointers("Lower", args)
	l, x := fn.lift("Lower", ptrs...)
	program, captured := ir.Stage(l.owner, core.Types(x), l.call)
	op := inner(program)
	if op == nil {
		op = control.NewCall(l.owner.Func(), l.owner, program, nil)
	}
	low := &Lowered{name: l.owner.Func(), program: program, fn: fn, owner: l.owner,
		run: newProgram(op, program, captured, l)}
	_, low.key = low.leaves(ptrs)
	return low
}

// newProgram returns what runs op, which is as f or f's one operation.
func newProgram(op core.Op, f *ir.Func, captured []*core.Value, l *lifted) *program {
	p := &program{op: op, f: f, captured: captured, outs: l.outs, types: f.OutTypes(), args: l.structures()}
	if d, ok := op.(ir.Donor); ok {
		p.donated = d.Donated()
	}
	return p
}

// inner returns the call that is all of f, or nil.
func inner(f *ir.Func) core.Op {
	if len(f.Eqns) != 1 {
		return nil
	}
	e := &f.Eqns[0]
	if _, ok := e.Op.(ir.Caller); !ok || !slices.Equal(e.In, f.In) || !slices.Equal(e.Out, f.Out) {
		return nil
	}
	return e.Op
}

// leaves returns the leaves of arguments and what tells their structures apart.
func (l *Lowered) leaves(args []unsafe.Pointer) (leaves []Array, key []byte) {
	for i, a := range args {
		var err error
		if leaves, key, err = l.fn.in[i].AppendBoth(leaves, key, a); err != nil {
			panic(core.Errorf("Compiled", "argument %d of %s: %w", i, l.name, err))
		}
	}
	return leaves, key
}

// Jaxpr returns the program.
func (l *Lowered) Jaxpr() Jaxpr { return Jaxpr{l.program} }

// String returns the program's text.
func (l *Lowered) String() string { return l.program.String() }

// InTypes lists the types of the arrays in the arguments.
func (l *Lowered) InTypes() []lax.Type { return l.program.InTypes()[l.program.Captured:] }

// OutTypes lists the types of the arrays in the results.
func (l *Lowered) OutTypes() []lax.Type { return l.program.OutTypes() }

// Compile compiles the program.
func (l *Lowered) Compile() *Compiled {
	c := &Compiled{Lowered: l}
	f := l.program
	if call, ok := l.run.op.(ir.Caller); ok {
		f = call.Program()
	}
	c.memory, c.work = cpu.Analyse(f, l.run.donated)
	return c
}

// Compiled is a function compiled for certain arguments.
type Compiled struct {
	*Lowered
	memory cpu.Memory
	work   cpu.Work
}

// Call runs the program on arguments with the structure, types and static parts of those
// that it was lowered for, and returns the function's results.
func (c *Compiled) Call(args ...any) []any {
	ptrs := c.fn.pointers("Compiled", args)
	leaves, key := c.leaves(ptrs)
	if string(key) != string(c.key) {
		panic(core.Errorf("Compiled", "%s was compiled for arguments with another structure or other static parts", c.name))
	}
	x, _ := present(leaves)
	want := c.InTypes()
	if len(x) != len(want) {
		panic(core.Errorf("Compiled", "got %d arrays, want %d as when %s was lowered", len(x), len(want), c.name))
	}
	for i, v := range x {
		if !v.Type().Equal(want[i]) {
			panic(core.Errorf("Compiled", "array %d has type %v, want %v as when %s was lowered", i, v.Type(), want[i], c.name))
		}
	}
	res := c.run.outs.build(c.fn, c.run.bind(x, c.owner))
	out := make([]any, len(res))
	for i, r := range res {
		out[i] = reflect.NewAt(c.fn.out[i].Type(), r).Elem().Interface()
	}
	return out
}

// CompiledMemoryStats says how many bytes a compiled program takes, known before it runs.
type CompiledMemoryStats struct {
	ArgumentSize      int
	OutputSize        int
	AliasSize         int // of the results that are in the memory of donated arguments
	TempSize          int // temporaries at once
	WorkSize          int // what products, sorts and the like work in, with as many threads as are set
	GeneratedCodeSize int // of the program itself, estimated
	PeakMemory        int // arguments, results, temporaries and work, less what is aliased
}

func (m CompiledMemoryStats) String() string {
	return fmt.Sprintf("argument %d, output %d, alias %d, temp %d, work %d, peak %d bytes",
		m.ArgumentSize, m.OutputSize, m.AliasSize, m.TempSize, m.WorkSize, m.PeakMemory)
}

// MemoryAnalysis says what memory the program takes on the CPU. Captured arrays count as
// arguments. What operations take that run by their definition, such as callbacks, is not
// included.
func (c *Compiled) MemoryAnalysis() CompiledMemoryStats {
	m := c.memory
	return CompiledMemoryStats{m.Arguments, m.Outputs, m.Aliased, m.Temporaries, m.Work, m.Code, m.Peak}
}

// CompiledCost says what a compiled program does each time.
type CompiledCost struct {
	Flops           float64 // arithmetic on elements; a product of m×k and k×n counts 2·m·n·k
	Transcendentals float64 // elements of exp, log, sin, …, which are not in Flops
	BytesAccessed   float64 // read and written by the steps that the program was fused to
}

// CostAnalysis says what the program does. Operations that run by their definition, such
// as callbacks, count for the bytes of operands and results alone.
func (c *Compiled) CostAnalysis() CompiledCost {
	return CompiledCost{c.work.Flops, c.work.Transcendentals, c.work.Bytes}
}
