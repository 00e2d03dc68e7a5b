package ir

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"gojax/internal/core"
)

// String prints f as JAX 0.10 prints a jaxpr, with the same line breaks:
//
//	{ lambda a:f32[3]; b:f32[3]. let c:f32[3] = mul a b in (c,) }
//
// What f captured stands before the semicolon. A program that occurs more than
// once, or is inner and long, comes first and has a name: let f = { … } in. Results
// of f's own equations that nothing reads are called _.
//
// What differs from JAX's text, where the operations are the same:
//   - parameters that we do not have: sharding, out_sharding, weak_type, precision,
//     update_consts and the like;
//   - captured operands of an inner program stand before its semicolon too;
//   - in inner programs no result is called _, and no variable anywhere in, let, nan
//     or inf, for the text must parse;
//   - parameters that are strings of more than one word are quoted.
func (f *Func) String() string { return string(f.Append(nil)) }

// Append appends String's text.
func (f *Func) Append(b []byte) []byte {
	p := &printer{shared: map[*Func]string{}, taken: map[string]bool{"in": true, "let": true, "nan": true, "inf": true, "nanj": true, "infj": true}}
	list := p.share(f)
	var docs []doc
	for _, g := range list {
		docs = append(docs, text("let "), text(p.shared[g]), text(" = "), p.fun(g, nil), text(" in"), space(" "))
	}
	docs = append(docs, p.fun(f, drop(f)))
	d := node(concat, docs...)
	l := layout{b: b, line: len(b)}
	l.write(&d, 0, true)
	return l.b
}

// A printer names variables in the order in which they appear, inner programs
// included.
type printer struct {
	next   int
	taken  map[string]bool  // names that no variable gets
	shared map[*Func]string // programs that are printed first
}

// share finds the programs to print first, in order, and names them. It goes
// through inner programs breadth first, like JAX, where the name is that of the
// first parameter "name" seen beside one.
func (p *printer) share(f *Func) []*Func {
	var order []*Func
	count, name := map[*Func]int{}, map[*Func]string{}
	for queue := []*Func{f}; len(queue) > 0; queue = queue[1:] {
		g := queue[0]
		if count[g] == 0 {
			order = append(order, g)
			if g != f && len(g.Eqns) > 10 {
				count[g]++
			}
		}
		// A program seen twice has had its inner programs seen twice.
		if count[g]++; count[g] > 3 {
			continue
		}
		for _, e := range g.Eqns {
			inner := programs(e.Op)
			for _, h := range inner {
				if s := nameOf(e.Op); s != "" && name[h] == "" {
					name[h] = s
				}
			}
			queue = append(queue, inner...)
		}
	}
	order = slices.DeleteFunc(order, func(g *Func) bool { return count[g] == 1 })
	for _, g := range order {
		base := name[g]
		if base == "" {
			base = "jaxpr"
		}
		s := base
		for n := 1; p.taken[s]; n++ {
			s = fmt.Sprint(base, n)
		}
		p.taken[s] = true
		p.shared[g] = s
	}
	return order
}

// nameOf is what makes a word of op's parameter "name", if it has one.
func nameOf(op core.Op) string {
	for _, p := range params(op) {
		if p.name == "name" {
			return strings.Trim(words(p.value.String()), "<>")
		}
	}
	return ""
}

// programs lists the programs among op's parameters.
func programs(op core.Op) (all []*Func) {
	for _, p := range params(op) {
		switch v := p.value.Interface().(type) {
		case *Func:
			if v != nil {
				all = append(all, v)
			}
		case []*Func:
			all = append(all, v...)
		}
	}
	return all
}

// drop gives the results that nothing reads the name _.
func drop(f *Func) map[Var]string {
	used := map[Var]bool{}
	for _, e := range f.Eqns {
		for _, v := range e.In {
			used[v] = true
		}
	}
	for _, v := range f.Out {
		used[v] = true
	}
	names := map[Var]string{}
	for _, e := range f.Eqns {
		for _, v := range e.Out {
			if !used[v] {
				names[v] = "_"
			}
		}
	}
	return names
}

// fresh returns the next name: a, b, …, z, ba, bb, …
func (p *printer) fresh() string {
	for {
		var s []byte
		for n := p.next; n > 0 || s == nil; n /= 26 {
			s = append(s, byte('a'+n%26))
		}
		slices.Reverse(s)
		p.next++
		if name := string(s); !p.taken[name] {
			return name
		}
	}
}

// A scope is a program being printed, with the names of its variables.
type scope struct {
	*printer
	f     *Func
	names map[Var]string
}

// fun prints f, some of whose variables may have names already.
func (p *printer) fun(f *Func, names map[Var]string) doc {
	s := scope{p, f, maps.Clone(names)}
	if s.names == nil {
		s.names = map[Var]string{}
	}
	captured, in := s.vars(f.In[:f.Captured], "", true), s.vars(f.In[f.Captured:], "", true)
	eqns := make([]doc, len(f.Eqns))
	for i := range f.Eqns {
		eqns[i] = s.eqn(&f.Eqns[i])
	}
	end := ")"
	if len(f.Out) == 1 {
		end = ",)"
	}
	return node(group,
		node(nested,
			text("{ lambda "), captured, text("; "), in, text(". let"),
			node(nested, space(" "), join(space("; "), eqns)), space(" "),
			text("in ("), s.vars(f.Out, ",", false), text(end)),
		text(" }"))
}

// vars prints variables, with their types where they are defined.
func (s *scope) vars(vars []Var, sep string, typed bool) doc {
	docs := make([]doc, len(vars))
	for i, v := range vars {
		name := s.name(v)
		if typed || v.Literal() {
			name += ":" + s.f.Type(v).String()
		}
		docs[i] = text(name)
	}
	return node(nested, node(group, join(node(concat, text(sep), node(group, space(" "))), docs)))
}

func (s *scope) name(v Var) string {
	if v.Literal() {
		return LiteralText(s.f.Lits[^v])
	}
	name, ok := s.names[v]
	if !ok {
		name = s.fresh()
		s.names[v] = name
	}
	return name
}

func (s *scope) eqn(e *Eqn) doc {
	var docs []doc
	if len(e.Out) > 0 {
		docs = append(docs, s.vars(e.Out, "", true), text(" = "))
	}
	docs = append(docs, text(e.Op.String()))
	if kv := s.params(e); kv != nil {
		docs = append(docs, node(group,
			node(nested, text("["), space(""), join(space(" "), kv)), space(""), text("]")))
	}
	return node(concat, append(docs, text(" "), s.vars(e.In, "", false))...)
}

// params prints the parameters of e's operation.
func (s *scope) params(e *Eqn) (kv []doc) {
	for _, p := range params(e.Op) {
		if p.hidden() {
			continue
		}
		var value doc
		switch v := p.value.Interface().(type) {
		case *Func:
			value = s.program(v, e)
		case []*Func:
			docs := make([]doc, len(v))
			for i, f := range v {
				docs[i] = s.program(f, e)
			}
			value = node(group,
				node(nested, text("("), space(""), join(space(" "), docs)), space(""), text(")"))
		default:
			value = text(p.text())
		}
		kv = append(kv, node(concat, text(p.name+"="), value))
	}
	return kv
}

// program prints a program among e's parameters. A called one has, as in JAX, the
// names of operands and results where it is called.
func (s *scope) program(f *Func, e *Eqn) doc {
	if f == nil {
		return text("None")
	}
	if name := s.shared[f]; name != "" {
		return text(name)
	}
	names := map[Var]string{}
	if e.Op.String() == "jit" {
		s.suggest(names, f.In, e.In)
		s.suggest(names, f.Out, e.Out)
	}
	return s.fun(f, names)
}

// suggest names inner variables as the outer ones that they stand for, each at most
// once.
func (s *scope) suggest(names map[Var]string, inner, outer []Var) {
	if len(inner) != len(outer) {
		return
	}
	used := map[Var]bool{}
	for i, v := range inner {
		like := outer[i]
		if _, named := names[v]; named || v.Literal() || like.Literal() || used[like] || s.name(like) == "_" {
			continue
		}
		used[like] = true
		names[v] = s.name(like)
	}
}
