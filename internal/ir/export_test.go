package ir

import "gojax/internal/core"

// OpText is op with its parameters, in one line.
func OpText(op core.Op) string {
	f := &Func{Eqns: []Eqn{{Op: op}}}
	s := scope{(&printer{shared: map[*Func]string{}}), f, map[Var]string{}}
	return s.eqn(&f.Eqns[0]).line()
}

// ParseOp reads OpText's text, for results of the given types.
func ParseOp(text string, example core.Op, ops Resolver, out ...core.Type) (op core.Op, err error) {
	p := &parser{text: text, ops: ops, lets: map[string]*let{}}
	defer func() { err, _ = recover().(error) }()
	p.expectWord(example.String())
	return p.op(example, out), nil
}

// line is the text of d in one line.
func (d doc) line() string {
	if len(d.kids) == 0 {
		return d.text
	}
	var s string
	for _, k := range d.kids {
		s += k.line()
	}
	return s
}
