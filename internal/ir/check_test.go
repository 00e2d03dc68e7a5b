package ir_test

import (
	"strings"
	"testing"

	"gojax/internal/core"
	"gojax/internal/ir"
	"gojax/lax"
)

// op returns the operation of that name.
func op(name string) core.Op { return resolver()[name] }

// number returns a literal of f32.
func number() *core.Value { return num(f32, 2).Value() }

// Each row is a program with one thing wrong, and what Check says.
func TestCheck(t *testing.T) {
	sin, add := op("sin"), op("add")
	inner := &ir.Func{Types: []core.Type{vec}, In: []ir.Var{0}, Out: []ir.Var{1}}
	traced := core.Hole(scalar)
	unmarked := core.New(scalar, nil)
	two := []core.Type{vec, vec}
	for _, row := range []struct {
		want string
		f    *ir.Func
	}{
		{"", &ir.Func{Types: two, In: []ir.Var{0}, Eqns: []ir.Eqn{{Op: sin, In: []ir.Var{0}, Out: []ir.Var{1}}}, Out: []ir.Var{1, 0}}},
		{"", &ir.Func{Types: two, In: []ir.Var{1}, Captured: 1, Lits: []*core.Value{number()},
			Eqns: []ir.Eqn{{Op: add, In: []ir.Var{1, ^0}, Out: []ir.Var{0}}}, Out: []ir.Var{0, ^0}}},
		{"operands: variable 0 is defined twice", &ir.Func{Types: two, In: []ir.Var{0, 0}}},
		{"operands: -1 is no variable, want 0 to 1", &ir.Func{Types: two, In: []ir.Var{-1}}},
		{"operands: 2 is no variable, want 0 to 1", &ir.Func{Types: two, In: []ir.Var{2}}},
		{"2 operands are captured, want 0 to 1", &ir.Func{Types: two, In: []ir.Var{0}, Captured: 2}},
		{"-1 operands are captured, want 0 to 1", &ir.Func{Types: two, In: []ir.Var{0}, Captured: -1}},
		{"results: variable 1 is not defined before it is used", &ir.Func{Types: two, In: []ir.Var{0}, Out: []ir.Var{1}}},
		{"results: variable 7 is not defined before it is used", &ir.Func{Types: two, In: []ir.Var{0}, Out: []ir.Var{7}}},
		{"results: there is no literal 1", &ir.Func{Types: two, Lits: []*core.Value{number()}, Out: []ir.Var{^1}}},
		{"literal 0 is not a number", &ir.Func{Lits: []*core.Value{captured.Value()}}},
		{"literal 0 is not a number", &ir.Func{Lits: []*core.Value{nil}}},
		{"literal 0 is not a number", &ir.Func{Lits: []*core.Value{traced}}},
		{"literal 0 is not a number", &ir.Func{Lits: []*core.Value{unmarked}}},
		{"equation 0 (sin): variable 1 is not defined before it is used",
			&ir.Func{Types: two, Eqns: []ir.Eqn{{Op: sin, In: []ir.Var{1}, Out: []ir.Var{0}}}}},
		{"equation 0 (sin): variable 0 is not defined before it is used",
			&ir.Func{Types: two, Eqns: []ir.Eqn{{Op: sin, In: []ir.Var{0}, Out: []ir.Var{0}}}}},
		{"equation 1 (sin): variable 1 is defined twice",
			&ir.Func{Types: two, In: []ir.Var{0}, Eqns: []ir.Eqn{
				{Op: sin, In: []ir.Var{0}, Out: []ir.Var{1}}, {Op: sin, In: []ir.Var{1}, Out: []ir.Var{1}}}}},
		{"equation 0 (sin): variable 1 has type f32[], want f32[3], that of result 0",
			&ir.Func{Types: []core.Type{vec, scalar}, In: []ir.Var{0}, Eqns: []ir.Eqn{{Op: sin, In: []ir.Var{0}, Out: []ir.Var{1}}}}},
		{"equation 0 (sin): it defines 2 variables, want 1, its results",
			&ir.Func{Types: []core.Type{vec, vec, vec}, In: []ir.Var{0}, Eqns: []ir.Eqn{{Op: sin, In: []ir.Var{0}, Out: []ir.Var{1, 2}}}}},
		{"equation 0 (add): operands have types f32[3,4] and f32[3], want equal types",
			&ir.Func{Types: []core.Type{mat, vec, mat}, In: []ir.Var{0, 1}, Eqns: []ir.Eqn{{Op: add, In: []ir.Var{0, 1}, Out: []ir.Var{2}}}}},
		{"equation 0 (add): got 0 operands, want 2",
			&ir.Func{Types: two, Eqns: []ir.Eqn{{Op: add, Out: []ir.Var{1}}}}},
		{"equation 0 (sin): got 2 operands, want 1",
			&ir.Func{Types: two, In: []ir.Var{0}, Eqns: []ir.Eqn{{Op: sin, In: []ir.Var{0, 0}, Out: []ir.Var{1}}}}},
		{"equation 0 (clamp): got 2 operands, want 3",
			&ir.Func{Types: two, In: []ir.Var{0}, Eqns: []ir.Eqn{{Op: op("clamp"), In: []ir.Var{0, 0}, Out: []ir.Var{1}}}}},
		{"equation 0 (<nil>): it has no operation", &ir.Func{Eqns: []ir.Eqn{{}}}},
		{"equation 0 (scan): in its program: results: variable 1 is not defined before it is used",
			&ir.Func{Types: []core.Type{vec}, In: []ir.Var{0}, Eqns: []ir.Eqn{{Op: scan{Jaxpr: inner}, In: []ir.Var{0}}}}},
		{"equation 0 (cond): in its program: results: variable 1 is not defined before it is used",
			&ir.Func{Types: []core.Type{vec}, In: []ir.Var{0}, Eqns: []ir.Eqn{{Op: cond{Branches: []*ir.Func{inner}}, In: []ir.Var{0}}}}},
		{"equation 0 (caller): in its program: results: variable 1 is not defined before it is used",
			&ir.Func{Types: []core.Type{vec}, In: []ir.Var{0}, Eqns: []ir.Eqn{{Op: caller{f: inner}, In: []ir.Var{0}}}}},
	} {
		got := ""
		if err := ir.Check(row.f); err != nil {
			got = err.Error()
		}
		if got != row.want && (row.want == "" || !strings.HasPrefix(got, row.want)) {
			t.Errorf("got %q, want %q", got, row.want)
		}
	}
}

// The operations below have programs in different places.
type (
	anyOp struct{}
	scan  struct {
		anyOp
		Jaxpr *ir.Func
	}
	cond struct {
		anyOp
		Branches []*ir.Func
	}
	caller struct {
		anyOp
		f *ir.Func
	}
)

func (scan) String() string                    { return "scan" }
func (cond) String() string                    { return "cond" }
func (caller) String() string                  { return "caller" }
func (c caller) Program() *ir.Func             { return c.f }
func (anyOp) Eval([]*core.Value) []*core.Value { return nil }

func (anyOp) Infer(in []core.Type) ([]core.Type, error) { return in, nil }

// A rule that lies about types is found when the program has been staged.
func TestStagedProgramsAreChecked(t *testing.T) {
	defer func() {
		want := "ir: test staged a wrong program: equation 0 (liar): it defines 1 variables, want 0, its results"
		if got := recover(); got != want {
			t.Errorf("got %v, want %s", got, want)
		}
	}()
	n := 0
	stage(func(x []array) []array { return arrays(lax.Bind(liar{n: &n}, x[0].Value())) }, vec)
}

// liar infers other types every time.
type liar struct {
	anyOp
	n *int
}

func (liar) String() string { return "liar" }

func (l liar) Infer(in []core.Type) ([]core.Type, error) {
	if *l.n++; *l.n == 1 {
		return in, nil
	}
	return nil, nil
}
