package ir

import (
	"fmt"
	"os"
	"testing"

	"gojax/internal/core"
)

// Staging is the trace that records a Func.
type Staging struct {
	*core.Frame
	f        *Func
	captured []*core.Value
	vars     map[*core.Value]Var // of captured values and literals
	places   bool                // record where operations come from
}

// staged is the value that a variable stands for while it is being recorded.
type staged struct {
	s *Staging
	v Var
}

func (t *staged) Trace() core.Trace  { return t.s }
func (t *staged) Known() *core.Value { return nil }

// NewStaging begins a recording, which is not the current trace: it sees only
// operations on its own values. This is how tangents are collected.
func NewStaging(owner core.Owner) *Staging {
	s := &Staging{Frame: core.NewFrame(owner), f: new(Func)}
	s.Confine()
	return s
}

// Input adds an operand.
func (s *Staging) Input(t core.Type) *core.Value {
	v := s.f.NewVar(t)
	s.f.In = append(s.f.In, v)
	return s.value(v)
}

func (s *Staging) value(v Var) *core.Value {
	cell := &struct {
		core.Stands
		staged
	}{staged: staged{s, v}}
	return cell.Init(s.f.Types[v], &cell.staged)
}

// atom returns the variable for v. What is not the staging's own was captured
// and becomes an operand, be it an outer tracer or an array: a copy inside the
// program would hide it from transformations outside. Numbers are literals.
func (s *Staging) atom(v *core.Value) Var {
	if t, ok := v.Tracer().(*staged); ok && t.s == s {
		return t.v
	}
	if x, ok := s.vars[v]; ok {
		return x
	}
	var x Var
	if v.Literal() {
		x = s.f.NewLiteral(v)
	} else {
		x = s.f.NewVar(v.Type())
		s.captured = append(s.captured, v)
	}
	if s.vars == nil {
		s.vars = map[*core.Value]Var{}
	}
	s.vars[v] = x
	return x
}

func (s *Staging) atoms(vals []*core.Value) []Var {
	vars := make([]Var, len(vals))
	for i, v := range vals {
		vars[i] = s.atom(v)
	}
	return vars
}

// Apply records one equation.
func (s *Staging) Apply(op core.Op, in []*core.Value) []*core.Value {
	types := core.Infer(op, core.Types(in))
	e := Eqn{Op: op, In: s.atoms(in), Out: make([]Var, len(types))}
	if s.places {
		e.Src = core.Callers(2)
	}
	out := make([]*core.Value, len(types))
	for i, t := range types {
		e.Out[i] = s.f.NewVar(t)
		out[i] = s.value(e.Out[i])
	}
	s.f.Eqns = append(s.f.Eqns, e)
	return out
}

// Finish returns the program with the given results, and what it captured.
func (s *Staging) Finish(out []*core.Value) (*Func, []*core.Value) {
	s.f.Out = s.atoms(out)
	s.f.Captured = len(s.captured)
	s.f.In = append(s.atoms(s.captured), s.f.In...)
	s.End()
	f := s.f.Prune()
	if checking {
		if err := Check(f); err != nil {
			panic(fmt.Sprintf("ir: %v staged a wrong program: %v", s.Owner, err))
		}
	}
	return f, s.captured
}

// checking says that each program is checked when it has been staged: in tests, and
// where the environment asks for it.
var checking = testing.Testing() || os.Getenv("GOJAX_CHECK") != ""

// Stage records what fn does to operands of the given types. It is the current
// trace meanwhile, so an operation whose operands are all captured, or that has
// none, is recorded too.
func Stage(owner core.Owner, types []core.Type, fn core.Fn) (f *Func, captured []*core.Value) {
	s := NewStaging(owner)
	s.places = true
	return s.stage(types, fn)
}

func (s *Staging) stage(types []core.Type, fn core.Fn) (f *Func, captured []*core.Value) {
	defer s.End()
	in := make([]*core.Value, len(types))
	for i, t := range types {
		in[i] = s.Input(t)
	}
	core.Under(s, func() { f, captured = s.Finish(fn(in...)) })
	return f, captured
}

// Derive stages fn, which makes a program out of programs and so has nothing to
// capture.
func Derive(what string, types []core.Type, fn core.Fn) *Func {
	f, captured := NewStaging(core.Owner{What: what}).stage(types, fn)
	if captured != nil {
		panic(core.Errorf(what, "a derived program captured %v", core.Types(captured)))
	}
	return f
}
