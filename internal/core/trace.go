// Package core is the small language in which everything else is written:
// values, operations, and traces, which give operations other meanings than
// evaluation. It knows no operation by name.
//
//	type.go, value.go   what flows
//	buffer.go           where elements are, and when
//	memory.go           large ones in memory that is lent, with its users
//	lazy.go             arrays that are not computed before somebody asks
//	recall.go           arrays that are computed again if somebody asks
//	trace.go            Bind, and which trace handles an operation
//	current.go, g_*     the current trace of this goroutine
//	mask.go             lists with gaps
//	callers.go          who asked for an operation
//	error.go            the one error type, and the user's line
package core

import (
	"fmt"
	"slices"
	"sync/atomic"
)

// An Op is an operation; its parameters are its exported fields and String is its
// name. Package rule has what else it may know.
type Op interface {
	fmt.Stringer
	Infer(in []Type) ([]Type, error) // the type rule, pure
	Eval(in []*Value) []*Value       // the definition, slow and obvious, on host memory
}

// Effects are what an operation does besides computing its results.
type Effects struct {
	World bool     // it must run exactly as often as the program says
	Axes  []string // named axes whose size or position it reads
}

// EffectsOf returns op's effects, most often none.
func EffectsOf(op Op) Effects {
	if e, ok := op.(interface{ Effects() Effects }); ok {
		return e.Effects()
	}
	return Effects{}
}

// Union has the effects of both.
func (e Effects) Union(f Effects) Effects {
	if len(f.Axes) == 0 {
		return Effects{e.World || f.World, e.Axes}
	}
	return Effects{e.World || f.World, slices.Concat(e.Axes, f.Axes)}
}

// A Trace gives operations another meaning.
type Trace interface {
	Base() *Frame
	Apply(op Op, in []*Value) []*Value
}

// A Frame is what traces have in common; they embed it.
type Frame struct {
	Owner  Owner // for people: the transformation and its function
	level  uint64
	parent Trace // current when this trace began
	only   uintptr
	ended  atomic.Bool
}

var levels atomic.Uint64

// NewFrame begins a trace above all that exist: inner transformations begin
// later than outer ones.
func NewFrame(owner Owner) *Frame {
	return &Frame{Owner: owner, level: levels.Add(1), parent: Current()}
}

// Base returns f itself.
func (f *Frame) Base() *Frame { return f }

// Confine forbids all other goroutines to use the trace, for its programs are
// sequences.
func (f *Frame) Confine() { f.only = g() }

// End makes the trace's values unusable.
func (f *Frame) End() { f.ended.Store(true) }

// Outside runs a rule in the context in which the trace began.
func (f *Frame) Outside(rule func()) { Under(f.parent, rule) }

func (f *Frame) check(what string) {
	switch {
	case f.ended.Load():
		panic(Errorf(what, "an operand was traced by %s, which has returned: "+
			"return traced values from the function, do not store them elsewhere", f.Owner))
	case f.only != 0 && f.only != g():
		panic(Errorf(what, "an operand is traced by %s in another goroutine: "+
			"a program is staged by one goroutine", f.Owner))
	}
}

// Top returns the trace that handles an operation on the given values: the
// highest among theirs and this goroutine's current trace. Without any it is
// nil, and the operation is evaluated.
func Top(in []*Value) Trace {
	top := Current()
	for _, v := range in {
		if !v.Traced() {
			continue
		}
		if t := v.Tracer().Trace(); top == nil || t.Base().level > top.Base().level {
			top = t
		}
	}
	return top
}

// Bind applies op to values.
func Bind(op Op, in ...*Value) []*Value {
	if top := Top(in); top != nil {
		top.Base().check(op.String())
		return top.Apply(op, in)
	}
	return Run(op, nil, in)
}

// Run evaluates op on arrays, on the device where they are. If none is on a
// device it runs on d, or by op's definition if that is nil.
func Run(op Op, d Device, in []*Value) []*Value {
	return RunAs(op, d, in, Infer(op, Types(in)))
}

// RunAs is Run of an operation whose operands are known to give results of the given
// types.
func RunAs(op Op, d Device, in []*Value, out []Type) []*Value {
	if at := device(op, in); at != nil {
		d = *at
	}
	if d != nil {
		return d.Run(op, in, out)
	}
	for _, v := range in {
		v.Buf.View()
		v.Buf.Wait(op.String())
	}
	return op.Eval(in)
}

// device returns the one device that the operands of op are on, or nil. Numbers
// go wherever the arrays are.
func device(op Op, in []*Value) (d *Device) {
	var number *Device
	for _, v := range in {
		if !v.Buf.Plain() {
			v.Buf.Check(op.String())
		}
		switch e := v.Buf.device; {
		case e == nil || e == d:
		case v.Literal():
			number = e
		case d == nil:
			d = e
		default:
			panic(Errorf(op.String(), "operands are on devices %v and %v, want one device: "+
				"move them with jax.DevicePut", *d, *e))
		}
	}
	if d == nil {
		return number
	}
	return d
}

// Infer returns the types of op's results and panics if it cannot be applied.
func Infer(op Op, in []Type) []Type {
	out, err := op.Infer(in)
	if err != nil {
		panic(Errorf(op.String(), "%w", err))
	}
	for _, t := range out {
		if err := t.Check(); err != nil {
			panic(Errorf(op.String(), "%w", err))
		}
	}
	return out
}
