// Package ir has the one typed program: what staging records, transformations
// derive, and back ends compile. It prints as JAX's jaxpr.
//
//	func.go    programs, and running them operation by operation
//	stage.go   recording one
//	print.go   as text: names, and what stands where
//	layout.go  where lines end
//	param.go   parameters of operations, and literals
//	parse.go   text as a program
//	value.go   text as parameters and literals
//	key.go     which programs are the same
//	check.go   what must hold of each
package ir

import (
	"slices"
	"sync"

	"gojax/internal/core"
)

// A Var is a variable of a Func if it is not negative: it is defined once, as an
// operand or by an equation. ^v numbers the literals.
type Var int32

// Literal reports whether v stands for a constant in the text of the program.
func (v Var) Literal() bool { return v < 0 }

// An Eqn defines Out as the results of Op.
type Eqn struct {
	Op      core.Op
	In, Out []Var
	Src     []uintptr // the calls that it came from, innermost first
}

// Place returns the file and line of the user's code that e came from, or nothing if
// e was derived from other programs.
func (e *Eqn) Place() (file string, line int) { return core.ResolveUser(e.Src) }

// A Func is a straight-line program. It refers to nothing outside: the first
// Captured operands are what the Go function that it was staged from captured.
// It must not be changed once others see it.
type Func struct {
	Captured int
	In       []Var
	Eqns     []Eqn
	Out      []Var
	Types    []core.Type   // of variables
	Lits     []*core.Value // scalars
	memo     sync.Map
}

// Type returns the type of a variable or literal.
func (f *Func) Type(v Var) core.Type {
	if v.Literal() {
		return f.Lits[^v].Type()
	}
	return f.Types[v]
}

// TypesOf lists the types of variables.
func (f *Func) TypesOf(vars []Var) []core.Type {
	types := make([]core.Type, len(vars))
	for i, v := range vars {
		types[i] = f.Type(v)
	}
	return types
}

// InTypes lists the types of the operands, OutTypes those of the results.
func (f *Func) InTypes() []core.Type  { return f.TypesOf(f.In) }
func (f *Func) OutTypes() []core.Type { return f.TypesOf(f.Out) }

// NewVar adds a variable, while f is being made.
func (f *Func) NewVar(t core.Type) Var {
	f.Types = append(f.Types, t)
	return Var(len(f.Types) - 1)
}

// NewLiteral adds a literal, while f is being made.
func (f *Func) NewLiteral(v *core.Value) Var {
	f.Lits = append(f.Lits, v)
	return ^Var(len(f.Lits) - 1)
}

// An Env holds values of the variables of a Func.
type Env struct {
	f    *Func
	vals []*core.Value
}

// NewEnv returns an Env without values.
func (f *Func) NewEnv() Env { return Env{f, make([]*core.Value, len(f.Types))} }

// Set gives variables values.
func (env Env) Set(vars []Var, vals []*core.Value) {
	for i, v := range vars {
		env.vals[v] = vals[i]
	}
}

// Get returns the values of variables and literals.
func (env Env) Get(vars []Var) []*core.Value {
	vals := make([]*core.Value, len(vars))
	for i, v := range vars {
		if v.Literal() {
			vals[i] = env.f.Lits[^v]
		} else {
			vals[i] = env.vals[v]
		}
	}
	return vals
}

// Call runs f with Bind, so any trace may interpret it.
func (f *Func) Call(in ...*core.Value) []*core.Value { return f.CallBy(core.Bind, in...) }

// CallBy runs f with a Bind that knows, say, where operations on arrays that are on no
// device run.
func (f *Func) CallBy(bind func(op core.Op, in ...*core.Value) []*core.Value, in ...*core.Value) []*core.Value {
	env := f.NewEnv()
	env.Set(f.In, in)
	for _, e := range f.Eqns {
		env.Set(e.Out, bind(e.Op, env.Get(e.In)...))
	}
	return env.Get(f.Out)
}

// Effects joins those of the equations.
func (f *Func) Effects() core.Effects {
	return Memo(f, "effects", func() (all core.Effects) {
		for _, e := range f.Eqns {
			all = all.Union(core.EffectsOf(e.Op))
		}
		return all
	})
}

// Prune returns f without the equations that neither a result nor the world
// depends on.
func (f *Func) Prune() *Func {
	live := make([]bool, len(f.Types))
	mark := func(vars []Var) {
		for _, v := range vars {
			if !v.Literal() {
				live[v] = true
			}
		}
	}
	mark(f.Out)
	kept := make([]Eqn, 0, len(f.Eqns))
	for _, e := range slices.Backward(f.Eqns) {
		if slices.ContainsFunc(e.Out, func(v Var) bool { return live[v] }) || core.EffectsOf(e.Op).World {
			mark(e.In)
			kept = append(kept, e)
		}
	}
	slices.Reverse(kept)
	return &Func{Captured: f.Captured, In: f.In, Eqns: kept, Out: f.Out, Types: f.Types, Lits: f.Lits}
}

// Memo returns what make returned for the first call with this f and key, so
// that a program is transformed once however often it runs.
func Memo[K comparable, V any](f *Func, key K, make func() V) V {
	if v, ok := f.memo.Load(key); ok {
		return v.(V)
	}
	v, _ := f.memo.LoadOrStore(key, make())
	return v.(V)
}

// Counted operations take so many operands, neither more nor fewer, and Check holds
// programs to it. Those that are one instruction take its operands.
type Counted interface{ Operands() int }

// A Donor is an operation that may destroy the marked operands.
type Donor interface{ Donated() core.Mask }

// A Caller is an operation that runs a program, operands to results; back ends
// compile that as part of the whole.
type Caller interface {
	core.Op
	Program() *Func
}
