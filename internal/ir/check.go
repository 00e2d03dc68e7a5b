package ir

import (
	"fmt"

	"gojax/internal/core"
	"gojax/internal/kir"
)

// Check returns an error that says what is wrong with f if something is that must
// not be: variables are defined once, before they are used; operations take the
// operands that they have and give the results that are said; literals are scalars;
// the programs inside are right too.
func Check(f *Func) error {
	return Memo(f, checked{}, func() verdict {
		_, err := newChecker(f).check()
		return verdict{err}
	}).err
}

type (
	checked struct{}
	verdict struct{ err error }
)

// A checker goes through one program.
type checker struct {
	f       *Func
	defined []bool
}

func newChecker(f *Func) *checker { return &checker{f, make([]bool, len(f.Types))} }

// check returns what is wrong and the number of the equation where that is, or that
// of all equations if it is in none.
func (c *checker) check() (at int, err error) {
	f := c.f
	n := len(f.Eqns)
	for i, v := range f.Lits {
		if v == nil || v.Rank() != 0 || v.Buf == nil || v.Traced() || !v.Literal() {
			return n, fmt.Errorf("literal %d is not a number", i)
		}
	}
	if f.Captured < 0 || f.Captured > len(f.In) {
		return n, fmt.Errorf("%d operands are captured, want 0 to %d", f.Captured, len(f.In))
	}
	if err := c.define(f.In); err != nil {
		return n, fmt.Errorf("operands: %w", err)
	}
	for i := range f.Eqns {
		if err := c.eqn(&f.Eqns[i]); err != nil {
			return i, fmt.Errorf("equation %d (%v): %w", i, f.Eqns[i].Op, err)
		}
	}
	if err := c.use(f.Out); err != nil {
		return n, fmt.Errorf("results: %w", err)
	}
	return n, nil
}

func (c *checker) define(vars []Var) error {
	for _, v := range vars {
		switch {
		case v.Literal() || int(v) >= len(c.defined):
			return fmt.Errorf("%d is no variable, want 0 to %d", v, len(c.defined)-1)
		case c.defined[v]:
			return fmt.Errorf("variable %d is defined twice", v)
		}
		c.defined[v] = true
	}
	return nil
}

func (c *checker) use(vars []Var) error {
	for _, v := range vars {
		switch {
		case v.Literal() && int(^v) >= len(c.f.Lits):
			return fmt.Errorf("there is no literal %d", ^v)
		case !v.Literal() && (int(v) >= len(c.defined) || !c.defined[v]):
			return fmt.Errorf("variable %d is not defined before it is used", v)
		}
	}
	return nil
}

func (c *checker) eqn(e *Eqn) error {
	if e.Op == nil {
		return fmt.Errorf("it has no operation")
	}
	for _, f := range inside(e.Op) {
		if err := Check(f); err != nil {
			return fmt.Errorf("in its program: %w", err)
		}
	}
	if err := c.use(e.In); err != nil {
		return err
	}
	if err := c.define(e.Out); err != nil {
		return err
	}
	out, err := infer(e.Op, c.f.TypesOf(e.In))
	if err != nil {
		return err
	}
	if len(out) != len(e.Out) {
		return fmt.Errorf("it defines %d variables, want %d, its results", len(e.Out), len(out))
	}
	for i, v := range e.Out {
		if t := c.f.Type(v); !t.Equal(out[i]) {
			return fmt.Errorf("variable %d has type %v, want %v, that of result %d", v, t, out[i], i)
		}
	}
	return nil
}

// infer is op's type rule, which does not count operands where their number is fixed.
func infer(op core.Op, in []core.Type) (out []core.Type, err error) {
	if n := operands(op); n >= 0 && len(in) != n {
		return nil, fmt.Errorf("got %d operands, want %d", len(in), n)
	}
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("its type rule does not take %d operands: %v", len(in), r)
		}
	}()
	return op.Infer(in)
}

// operands is how many operands op takes, or -1 if it has not said.
func operands(op core.Op) int {
	switch o := op.(type) {
	case Counted:
		return o.Operands()
	case interface{ Code() kir.Code }:
		return o.Code().Args()
	}
	return -1
}

// inside lists the programs of op.
func inside(op core.Op) []*Func {
	all := programs(op)
	if c, ok := op.(Caller); ok {
		all = append(all, c.Program())
	}
	return all
}
