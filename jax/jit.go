package jax

import (
	"context"
	"encoding/binary"
	"slices"
	"sync"
	"time"
	"unsafe"

	"gojax/internal/control"
	"gojax/internal/core"
	"gojax/internal/ir"
	"gojax/lax"
	"gojax/tree"
)

// A JitOption changes how Jit compiles.
type JitOption func(*jitted)

// DonateArgs lets the compiled function use the memory of the arguments with the given
// positions for its results. The arrays in them cannot be used again.
func DonateArgs(positions ...int) JitOption {
	return func(j *jitted) { j.donate = append(j.donate, positions...) }
}

// Name sets the name under which the program prints and is reported.
func Name(name string) JitOption { return func(j *jitted) { j.name, j.owner.Name = name, name } }

// Jit returns f, traced once for each structure and element types and shapes of its
// arguments and then run as one compiled program. f may have any number of arguments
// and results, all trees. Strings, bools and integers in the arguments are static:
// f is traced again for each value.
//
// f must be a pure function: while it is traced it sees arrays without values, and
// what it captures is looked at when it is traced. Arrays that it captures become
// inputs of the program. Compiled programs are shared by all functions with the same
// structure. The returned function may be called by many goroutines at once.
func Jit[F any](f F, opts ...JitOption) F {
	j := &jitted{fn: analyse("Jit", f), owner: ownerOf("Jit", f)}
	j.name = j.owner.Func()
	for _, opt := range opts {
		opt(j)
	}
	for _, p := range j.donate {
		if p < 0 || p >= len(j.fn.in) {
			panic(core.Errorf("Jit", "DonateArgs has position %d, but %s has %d arguments", p, j.name, len(j.fn.in)))
		}
	}
	for i, p := range j.fn.in {
		if err := p.Err(); err != nil {
			panic(core.Errorf("Jit", "argument %d of %s: %w", i, j.name, err))
		}
		j.contexts = j.contexts || p.HasContext()
	}
	return gather[F](j.fn, j.run)
}

// jitted is a function with the programs that it was traced to.
type jitted struct {
	fn       *function
	owner    core.Owner
	name     string
	donate   []int
	contexts bool
	mu       sync.RWMutex // of what follows
	programs map[string]*program
	traces   int
	last     *signature // of the latest trace, to tell what is different
}

// maxPrograms bounds how many programs a jitted function keeps.
const maxPrograms = 4096

// A program is a function traced for one kind of arguments.
type program struct {
	op       core.Op
	f        *ir.Func
	captured []*core.Value
	outs     results
	types    []core.Type
	donated  core.Mask
	args     []*tree.Structure // keep what the key stands for alive
}

// scratch is what one call needs to look up its program and to run it.
type scratch struct {
	leaves []Array
	key    []byte
	x      []*core.Value
}

var scratches = sync.Pool{New: func() any { return new(scratch) }}

func (j *jitted) run(args []unsafe.Pointer) []unsafe.Pointer {
	if j.contexts {
		j.checkContexts(args)
	}
	s := scratches.Get().(*scratch)
	leaves, key := s.leaves[:0], s.key[:0]
	var err error
	for i, a := range args {
		if leaves, key, err = j.fn.in[i].AppendBoth(leaves, key, a); err != nil {
			panic(core.Errorf("Jit", "argument %d of %s: %w", i, j.name, err))
		}
	}
	x, traced := s.x[:0], core.Current() != nil
	for _, leaf := range leaves {
		v := leaf.Value()
		if v == nil {
			key = append(key, 0)
			continue
		}
		key = appendType(key, v.Type())
		x = append(x, v)
		traced = traced || v.Traced()
	}
	j.mu.RLock()
	p := j.programs[string(key)]
	j.mu.RUnlock()
	if p == nil {
		p = j.trace(string(key), args)
	}
	s.leaves, s.key, s.x = leaves, key, x
	if traced { // a trace may keep operands, a device does not
		x = slices.Clone(x)
	}
	y := p.outs.build(j.fn, p.bind(x, j.owner))
	clear(leaves)
	clear(s.x)
	scratches.Put(s)
	return y
}

// appendType appends what tells types apart; it begins with a byte that is not 0.
func appendType(key []byte, t core.Type) []byte {
	key = append(key, byte(t.DType), byte(len(t.Shape)))
	for _, d := range t.Shape {
		key = binary.AppendUvarint(key, uint64(d))
	}
	return key
}

func (j *jitted) checkContexts(args []unsafe.Pointer) {
	var all []context.Context
	for i, a := range args {
		all, _ = j.fn.in[i].AppendContexts(all, a)
	}
	for _, ctx := range all {
		if err := ctx.Err(); err != nil {
			panic(core.Errorf("Jit", "%s was not called: %w", j.name, err))
		}
	}
}

// trace runs the function on values of which only the types are known.
func (j *jitted) trace(key string, args []unsafe.Pointer) *program {
	start := time.Now()
	l, x := j.fn.lift("Jit", args...)
	f, captured := ir.Stage(j.owner, core.Types(x), l.call)
	var donated core.Mask
	if len(j.donate) > 0 {
		donated = l.donated(j.donate, len(captured))
	}
	p := newProgram(control.NewCall(j.name, j.owner, f, donated), f, captured, l)
	traced := tracers(captured)
	j.report(l, p.args, x, traced, time.Since(start))
	if len(traced) > 0 { // tracers are of this one call
		return p
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.programs == nil || len(j.programs) >= maxPrograms {
		j.programs = map[string]*program{}
	}
	j.programs[key] = p
	return p
}

// donated marks the operands of the program that are leaves of the given arguments.
func (l *lifted) donated(positions []int, captured int) core.Mask {
	m := make(core.Mask, captured, captured+len(l.some))
	leaf := 0
	for a, n := range l.count {
		on := false
		for _, p := range positions {
			on = on || p == a
		}
		for range n {
			if l.some[leaf] {
				m = append(m, on)
			}
			leaf++
		}
	}
	return m
}

// tracers returns those of v that are not arrays.
func tracers(v []*core.Value) (traced []*core.Value) {
	for _, x := range v {
		if x.Traced() {
			traced = append(traced, x)
		}
	}
	return traced
}

// bind runs the program.
func (p *program) bind(x []*core.Value, owner core.Owner) []*core.Value {
	if len(p.captured) > 0 {
		x = append(append(make([]*core.Value, 0, len(x)+len(p.captured)), p.captured...), x...)
	}
	y := lax.BindAs(p.op, p.types, x)
	if p.donated != nil {
		p.drop(x, y, owner)
	}
	return y
}

// drop makes the donated arrays unusable. What the program passed through to a result
// moves there.
func (p *program) drop(x, y []*core.Value, owner core.Owner) {
	for i, v := range x {
		if !p.donated[i] || v.Traced() || v.Literal() {
			continue
		}
		for k, r := range y {
			if !r.Traced() && r.Buf == v.Buf {
				y[k] = core.NewIn(r.Type(), r.Buf.Move())
			}
		}
		v.Buf.Drop("donated to " + owner.String())
	}
}

// structures returns the structure of each argument.
func (l *lifted) structures() []*tree.Structure {
	s := make([]*tree.Structure, len(l.args))
	for i, a := range l.args {
		_, s[i], _ = l.fn.in[i].Flatten(a)
	}
	return s
}
