package optest

import (
	"fmt"
	"reflect"
	"strings"

	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/internal/ir"
	"gojax/internal/kir"
	"gojax/internal/rule"
	"gojax/lax"
)

// A maker makes cases of one element type.
type maker struct {
	d     dtype.Type
	wide  bool // make the cases in f64 and c128
	cases []*Case
}

// of is d, or the type that numeric differences of it are taken in.
func (m *maker) of(d dtype.Type) dtype.Type {
	if m.wide {
		return wideOf(d)
	}
	return d
}

// arg is an operand of the maker's element type, argOf one of another.
func (m *maker) arg(shape ...int) Operand { return m.argOf(m.d, shape...) }

func (m *maker) argOf(d dtype.Type, shape ...int) Operand {
	return Operand{Type: core.Of(m.of(d), shape...)}
}

// in sets the bounds of an operand.
func (o Operand) in(lo, hi float64) Operand {
	o.Lo, o.Hi = lo, hi
	return o
}

// whole makes all elements integers.
func (o Operand) wholeIn(lo, hi float64) Operand {
	o.Lo, o.Hi, o.Whole = lo, hi, true
	return o
}

// add adds a case and returns it to be completed.
func (m *maker) add(op core.Op, in ...Operand) *Case {
	c := &Case{Op: op, In: in}
	if s, ok := op.(lax.Sampled); ok {
		for i := range in {
			if d := s.Domain(i); d != (lax.Interval{}) && in[i].Inexact() {
				in[i].Lo, in[i].Hi = d.Lo, d.Hi
			}
		}
	}
	c.ULP = ulps[op.String()]
	if len(in) > 0 && in[0].DType == dtype.Complex128 {
		c.ULP = max(c.ULP, wideULPs[op.String()])
	}
	m.cases = append(m.cases, c)
	return c
}

// bound adds the operation called name that f binds to operands like in.
func (m *maker) bound(name string, f func(x ...lax.Array) lax.Array, in ...Operand) *Case {
	types := make([]core.Type, len(in))
	for i, o := range in {
		types[i] = o.Type
	}
	op := lastBound(name, types, f)
	if op == nil { // it takes no such operands; cases are counted all the same
		m.cases = append(m.cases, nil)
		return new(Case)
	}
	return m.add(op, in...)
}

// lastBound returns the last operation with a name that f binds, nil if it refuses its
// operands.
func lastBound(name string, types []core.Type, f func(x ...lax.Array) lax.Array) (op core.Op) {
	defer func() {
		if e := recover(); e != nil {
			if _, ok := e.(*core.Error); !ok {
				panic(e)
			}
		}
	}()
	program := ir.Derive("optest", types, func(x ...*core.Value) []*core.Value {
		all := make([]lax.Array, len(x))
		for i := range x {
			all[i] = lax.Of(x[i])
		}
		return []*core.Value{f(all...).Value()}
	})
	for _, e := range program.Eqns {
		if e.Op.String() == name {
			op = e.Op
		}
	}
	return op
}

// Cases lists cases of all operations that lax lists, and the names of those that it
// has none for.
func Cases() (all []*Case, missing []string) {
	for _, op := range lax.Ops() {
		n := len(all)
		for _, d := range dtype.All() {
			all = append(all, casesOf(op, d)...)
		}
		if len(all) == n {
			missing = append(missing, op.String())
		}
	}
	return all, missing
}

// casesOf lists the cases of one operation with operands of type d, as far as it takes
// them.
func casesOf(op rule.Complete, d dtype.Type) (cases []*Case) {
	make := families[op.String()]
	if e, ok := op.(rule.Elementwise); make == nil && ok {
		make = func(m *maker, op rule.Complete) { elementwise(m, op, e.Code()) }
	}
	if make == nil {
		return nil
	}
	m, w := &maker{d: d}, &maker{d: d, wide: true}
	make(m, op)
	make(w, op)
	for i, c := range m.cases {
		if c == nil || !c.accepted() {
			continue
		}
		c.Name = c.describe()
		if c.differs(w.cases[i]) {
			c.Wide = w.cases[i]
		}
		cases = append(cases, c)
	}
	return cases
}

// accepted reports whether the operation takes the operands.
func (c *Case) accepted() bool {
	if c.Fn != nil {
		return true
	}
	_, err := c.Op.Infer(c.types())
	return err == nil
}

// describe names the parameters and operand types.
func (c *Case) describe() string {
	var b strings.Builder
	if v := reflect.ValueOf(c.Op); v.Kind() == reflect.Struct {
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && !f.Anonymous {
				fmt.Fprintf(&b, "%s=%v ", f.Name, v.Field(i))
			}
		}
	}
	for i, t := range c.types() {
		if i > 0 {
			b.WriteByte(' ')
		}
		fmt.Fprint(&b, t)
	}
	return b.String()
}

// differs reports whether c has other operand types or parameters than its wide case.
func (c *Case) differs(w *Case) bool {
	for i, t := range c.types() {
		if !t.Equal(w.In[i].Type) {
			return true
		}
	}
	return !reflect.DeepEqual(c.Op, w.Op)
}

// elementwise makes cases of an operation on elements at equal indices: one shape, and
// scalars among others.
func elementwise(m *maker, op core.Op, code kir.Code) {
	n := code.Args()
	args := func(shapes ...[]int) {
		in := make([]Operand, n)
		for i := range in {
			in[i] = m.arg(shapes[i%len(shapes)]...)
		}
		m.add(op, in...)
	}
	for _, shape := range [][]int{{7}, {}, {2, 3}, {1}, {0}, {3, 0, 2}} {
		args(shape)
	}
	if n > 1 {
		args([]int{5}, []int{})
		args([]int{}, []int{5})
		args([]int{}, []int{0})
		args([]int{2, 1}, []int{})
	}
}
