package jax

import (
	"fmt"
	"path/filepath"
	"reflect"
	"unsafe"

	"gojax/internal/control"
	"gojax/internal/core"
	"gojax/internal/cpu"
	"gojax/internal/ir"
	"gojax/lax"
	"gojax/tree"
)

// A Jaxpr is the program that a function was traced to. It prints in JAX's syntax.
type Jaxpr struct{ f *ir.Func }

func (j Jaxpr) String() string { return j.f.String() }

// Func returns the program.
func (j Jaxpr) Func() *ir.Func { return j.f }

// Call runs the program on the arrays that it captured, which come first, and its other
// operands, and returns its results. Any transformation may be around it.
func (j Jaxpr) Call(in ...Array) []Array {
	vals := make([]*core.Value, len(in))
	for i, x := range in {
		if vals[i] = x.Value(); vals[i] == nil {
			panic(core.Errorf("Jaxpr", "operand %d is absent (the zero Array)", i))
		}
	}
	out := lax.Bind(control.NewCall("jaxpr", core.Owner{What: "Jaxpr"}, j.f, nil), vals...)
	res := make([]Array, len(out))
	for i, v := range out {
		res[i] = lax.Of(v)
	}
	return res
}

// ParseJaxpr returns the program whose text is given, in the syntax in which programs
// print. It knows the operations of this module.
func ParseJaxpr(text string) (Jaxpr, error) {
	ops := control.Ops()
	for _, op := range lax.Ops() {
		ops = append(ops, op)
	}
	f, err := ir.Parse(text, ir.Resolve(ops...))
	return Jaxpr{f}, err
}

// CompileCounters tell how often programs were compiled, and how often one was there
// already: programs are shared by structure, whatever function they come from.
type CompileCounters = cpu.Counters

// CompileStats returns the counters of this process.
func CompileStats() CompileCounters { return cpu.Stats() }

// ClearCaches forgets all compiled programs, except those that jitted and compiled functions
// have: the next function of the same structure is compiled anew.
func ClearCaches() { cpu.ClearCaches() }

// Places lists where in the user's code each equation of the program comes from, as
// file:line; an empty string stands for one that was derived from another program.
func (j Jaxpr) Places() []string {
	places := make([]string, len(j.f.Eqns))
	for i := range j.f.Eqns {
		if file, line := j.f.Eqns[i].Place(); file != "" {
			places[i] = fmt.Sprintf("%s:%d", filepath.Base(file), line)
		}
	}
	return places
}

// MakeJaxpr returns a function that traces f, which may have any signature, for arguments
// like args and returns the program. Numbers and slices stand for arrays.
func MakeJaxpr(f any) func(args ...any) Jaxpr {
	fn := analyse("MakeJaxpr", f)
	return func(args ...any) Jaxpr {
		program, _ := fn.stage("MakeJaxpr", args)
		return Jaxpr{program}
	}
}

// stage traces the function for arguments of its parameters' types.
func (fn *function) stage(what string, args []any) (*ir.Func, []*core.Value) {
	l, x := fn.lift(what, fn.pointers(what, args)...)
	return ir.Stage(l.owner, core.Types(x), l.call)
}

// pointers returns args, converted to arrays where the function takes arrays.
func (fn *function) pointers(what string, args []any) []unsafe.Pointer {
	if len(args) != len(fn.in) {
		panic(core.Errorf(what, "got %d arguments, want %d", len(args), len(fn.in)))
	}
	ptrs := make([]unsafe.Pointer, len(args))
	for i, a := range args {
		t := fn.in[i].Type()
		p := reflect.New(t)
		switch v := reflect.ValueOf(a); {
		case t == arrayType:
			*(*Array)(p.UnsafePointer()) = lax.Operand(what, a)
		case v.IsValid() && v.Type().AssignableTo(t):
			p.Elem().Set(v)
		case a == nil && (t.Kind() == reflect.Pointer || t.Kind() == reflect.Map || t.Kind() == reflect.Slice || t.Kind() == reflect.Interface):
		default:
			panic(core.Errorf(what, "argument %d is a %T, want a %v", i, a, t))
		}
		ptrs[i] = p.UnsafePointer()
	}
	return ptrs
}

// EvalShape returns f as a function that computes no element: the arrays in its results
// have types only. Its arguments may be such arrays too; see [ShapeDtype].
func EvalShape[F any](f F) F {
	fn := analyse("EvalShape", f)
	return gather[F](fn, func(args []unsafe.Pointer) []unsafe.Pointer {
		l, x := fn.lift("EvalShape", args...)
		program, _ := ir.Stage(l.owner, core.Types(x), l.call)
		return l.outs.build(fn, abstract(program.OutTypes()))
	})
}

// ShapeDtype returns an array of which only the type is known, for [EvalShape],
// [MakeJaxpr] and [Lower].
func ShapeDtype(t DType, shape ...int) Array {
	of := core.Of(t, shape...)
	if err := of.Check(); err != nil {
		panic(core.Errorf("ShapeDtype", "%w", err))
	}
	return lax.Abstract(of)
}

// Flatten returns the leaves of a tree and its structure.
func Flatten[T any](x T) ([]Array, *tree.Structure) {
	leaves, s, err := tree.Flatten[Array](x)
	if err != nil {
		panic(core.Errorf("Flatten", "%w", err))
	}
	return leaves, s
}
