package optest

import (
	"slices"
	"testing"

	"gojax/internal/core"
	"gojax/internal/ir"
)

// TestOperandCounts holds that programs in which an operation has an operand too many or
// too few are refused. Some operations take as many as there are.
func TestOperandCounts(t *testing.T) {
	variadic := []string{"concatenate", "sort", "optimization_barrier", "select_n"}
	for name, group := range byName(t) {
		if slices.Contains(variadic, name) {
			continue
		}
		for _, c := range group[:min(len(group), 3)] {
			if c.Fn != nil {
				continue
			}
			in := c.types()
			out, err := c.Op.Infer(in)
			if err != nil {
				t.Fatalf("%s: %v", c.Name, err)
			}
			more := append(slices.Clone(in), core.Type{})
			if len(in) > 0 {
				more[len(in)] = in[len(in)-1]
				if ir.Check(equation(c.Op, in[:len(in)-1], out)) == nil {
					t.Errorf("%s is taken with an operand too few", c.Name)
				}
			}
			if ir.Check(equation(c.Op, more, out)) == nil {
				t.Errorf("%s is taken with an operand too many", c.Name)
			}
			if err := ir.Check(equation(c.Op, in, out)); err != nil {
				t.Errorf("%s: %v", c.Name, err)
			}
		}
	}
}

// equation is the program of one operation.
func equation(op core.Op, in, out []core.Type) *ir.Func {
	f := &ir.Func{}
	e := ir.Eqn{Op: op}
	for _, t := range in {
		f.In = append(f.In, f.NewVar(t))
	}
	for _, t := range out {
		e.Out = append(e.Out, f.NewVar(t))
	}
	e.In, f.Out = f.In, e.Out
	f.Eqns = []ir.Eqn{e}
	return f
}
