package cpu

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"gojax/internal/core"
	"gojax/internal/cpu/interp"
	"gojax/internal/cpu/lib"
	"gojax/internal/cpu/run"
	"gojax/internal/cpu/tile"
	"gojax/internal/dtype"
	"gojax/internal/ir"
	"gojax/internal/kir"
)

// A program is a compiled ir.Func: steps between slots of memory.
type program struct {
	in     []core.Type
	out    []core.Type
	steps  []step
	slots  int
	inSlot []int    // slots of operands
	lits   []lit    // slots of literals
	hosted []hosted // slots in the memory of results
	layout          // of temporaries …
	given  layout   // … where results take the memory of operands, which is to be no smaller
	result []result // where results come from
	reuse  []reuse
	cost   time.Duration
	eval   bool // it has operations that run by definition, on the caller's goroutine
	bytes  int  // an estimate of what the program itself takes
	work   Work
	past   past

	told    []buffer // the largest results and temporaries
	workers []worker // the steps that work in memory
	works   atomic.Pointer[working]

	frames sync.Pool
}

type lit struct {
	slot int
	v    *core.Value
}

type temp struct{ slot, offset int }

// A hosted temporary is where the result in another slot will be.
type hosted struct{ slot, in int }

// A result is computed in its own memory, or copied from a slot at the end, or made
// by an operation's definition.
type result struct {
	slot int
	way  way
}

type way uint8

const (
	computed way = iota
	copied
	made
)

// A reuse says that a result may be computed in the memory of an operand, if that
// was donated.
type reuse struct{ result, operand int }

// A step of a program runs on the slots of a frame.
type step interface {
	run(f *frame)
	text(b *strings.Builder)
}

// A frame is one run of a program.
type frame struct {
	p     *program
	ptr   []unsafe.Pointer
	bufs  []unsafe.Pointer
	vals  map[int]*core.Value // by slot: what definitions made
	arena []uint64

	memory run.Memory // what steps work in
	small  []byte     // the same, if that is little
	asked  []uintptr  // the calls that asked for what runs later and takes much memory

	in, out []*core.Value // in use
	held    int           // of out
	plain   bool          // all that is in use of in is core.Buffer.Plain
	late    bool          // the uses are queued
	given   bool          // results are in the memory of operands
	before  []*core.Event // the ends of uses of memory that was taken
}

// tiles are instructions on small arrays, each at once.
type tiles struct{ list []direct }

type direct struct {
	f          tile.Func
	d          int
	x, y, z, w int
	n          int
	code       kir.Code
	t          dtype.Type
}

func (s *tiles) run(f *frame) {
	p := f.ptr
	for i := range s.list {
		d := &s.list[i]
		d.f(p[d.d], p[d.x], p[d.y], p[d.z], p[d.w], d.n)
	}
}

func (s *tiles) text(b *strings.Builder) {
	for _, d := range s.list {
		if d.code == kir.NoCode {
			fmt.Fprintf(b, "s%d:%v[%d] = splat s%d\n", d.d, d.t, d.n, d.x)
			continue
		}
		fmt.Fprintf(b, "s%d:%v[%d] = %v", d.d, d.t, d.n, d.code)
		for _, x := range []int{d.x, d.y, d.z, d.w}[:d.code.Args()] {
			fmt.Fprintf(b, " s%d", x)
		}
		b.WriteByte('\n')
	}
}

// fused is a kernel.
type fused struct {
	code *interp.Code
	k    *kir.Kernel
	bufs []int

	with   *passes // what it is run with, when the first of that is
	copied bool    // the copy before it, or a scan beside it, runs it
}

func (s *fused) run(f *frame) {
	switch {
	case s.copied:
	case s.with == nil:
		s.code.Run(s.memory(f))
	case s.with.list[0] == s:
		s.with.run(f)
	}
}

// stores reports whether the kernel writes a slot.
func (s *fused) stores(slot int) bool {
	for i := range s.bufs[:len(s.k.Bufs)] {
		if s.bufs[i] == slot && s.k.Bufs[i].Out {
			return true
		}
	}
	return false
}

// memory lists where the buffers of the kernel are.
func (s *fused) memory(f *frame) []unsafe.Pointer {
	bufs := f.bufs[:len(s.bufs)]
	for i, slot := range s.bufs {
		bufs[i] = f.ptr[slot]
	}
	return bufs
}

func (s *fused) text(b *strings.Builder) {
	fmt.Fprintf(b, "run %s with", strings.TrimSuffix(s.k.String(), "\n"))
	for _, slot := range s.bufs {
		fmt.Fprintf(b, " s%d", slot)
	}
	b.WriteByte('\n')
}

// An operand is a slot as an array of a type.
type operand struct {
	slot int
	t    core.Type
}

// unwanted is the slot of what need not be made.
const unwanted = -1

func (o operand) value(f *frame) *core.Value {
	return core.NewIn(o.t, core.WrapBuffer(core.Device(host), unsafe.Slice((*byte)(f.ptr[o.slot]), o.t.Bytes())))
}

func values(f *frame, ops []operand) []*core.Value {
	v := make([]*core.Value, len(ops))
	for i, o := range ops {
		if o.slot != unwanted {
			v[i] = o.value(f)
		}
	}
	return v
}

// library is a library step.
type library struct {
	step    kir.Step
	in, out []operand
}

func (s *library) run(f *frame) { lib.Run(&f.memory, s.step, values(f, s.in), values(f, s.out)) }

func (s *library) text(b *strings.Builder) { fmt.Fprintf(b, "%s %+v\n", s.step.Step(), s.step) }

// definition runs an operation by its definition.
type definition struct {
	op      core.Op
	in, out []operand
}

func (s *definition) run(f *frame) {
	out := s.op.Eval(values(f, s.in))
	for i, o := range s.out {
		v := out[i]
		v.Buf.Wait(s.op.String())
		// A temporary does not live as long as the result.
		for _, x := range s.in {
			if v.Buf.Pointer() == f.ptr[x.slot] && v.Bytes() > 0 {
				w := core.New(v.Type(), host)
				run.Copy(core.Slice[byte](w.Buf), core.Slice[byte](v.Buf))
				v = w
			}
		}
		if f.vals == nil {
			f.vals = map[int]*core.Value{}
		}
		v.Buf.SetDevice(host)
		f.vals[o.slot], f.ptr[o.slot] = v, v.Buf.Pointer()
	}
}

func (s *definition) text(b *strings.Builder) { fmt.Fprintf(b, "eval %v\n", s.op) }

// kernels lists those of the program, in the order in which they run.
func (p *program) kernels() (list []*fused) {
	for _, s := range p.steps {
		switch s := s.(type) {
		case *fused:
			list = append(list, s)
		case *product:
			list = append(list, s.parts()...)
		}
	}
	return list
}

// String lists the steps.
func (p *program) String() string {
	var b strings.Builder
	for _, s := range p.steps {
		s.text(&b)
	}
	return b.String()
}

// Text lists the steps that f is compiled to.
func Text(f *ir.Func) string { return compiled(f).String() }
