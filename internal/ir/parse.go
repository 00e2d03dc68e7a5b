package ir

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"gojax/internal/core"
	"gojax/internal/dtype"
)

// A Resolver knows an example of each operation by its name; the parameters of the
// examples do not matter.
type Resolver map[string]core.Op

// Resolve makes a Resolver of examples.
func Resolve[O core.Op](examples ...O) Resolver {
	r := make(Resolver, len(examples))
	for _, op := range examples {
		r[op.String()] = op
	}
	return r
}

// Parse reads the text of a program, as String writes it; white space does not
// matter. The operations are those that ops knows, with the parameters of the text.
// The program passes Check. Errors begin with line and column.
func Parse(text string, ops Resolver) (f *Func, err error) {
	p := &parser{text: text, ops: ops, lets: map[string]*let{}}
	defer func() {
		switch e := recover().(type) {
		case nil:
		case syntaxError:
			f, err = nil, e
		default:
			panic(e)
		}
	}()
	for p.peekWord() == "let" {
		p.skipLet()
	}
	f = p.fun()
	if p.space(); p.at < len(p.text) {
		p.fail("got %q after the program, want its end", p.text[p.at:])
	}
	return f, nil
}

type syntaxError string

func (e syntaxError) Error() string { return string(e) }

// A parser descends recursively. Each function reads one phrase from at on, white
// space before it included, and panics with a syntaxError where it is not there.
type parser struct {
	text string
	at   int
	ops  Resolver
	lets map[string]*let
}

// A let is a program with a name; it may stand after its uses.
type let struct {
	at      int // of its text
	f       *Func
	reading bool
}

func (p *parser) fail(format string, args ...any) {
	p.failAt(p.at, format, args...)
}

func (p *parser) failAt(at int, format string, args ...any) {
	before := p.text[:at]
	line, start := strings.Count(before, "\n")+1, strings.LastIndexByte(before, '\n')+1
	panic(syntaxError(fmt.Sprintf("%d:%d: %s", line, at-start+1, fmt.Sprintf(format, args...))))
}

func (p *parser) space() {
	for p.at < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.at]) >= 0 {
		p.at++
	}
}

// accept reads s if it is next.
func (p *parser) accept(s string) bool {
	p.space()
	if !strings.HasPrefix(p.text[p.at:], s) {
		return false
	}
	p.at += len(s)
	return true
}

func (p *parser) expect(s string) {
	if !p.accept(s) {
		p.fail("got %s, want %q", p.found(), s)
	}
}

// found is what is next, for errors.
func (p *parser) found() string {
	if p.at >= len(p.text) {
		return "the end"
	}
	if w := p.peekWord(); w != "" {
		return fmt.Sprintf("%q", w)
	}
	return fmt.Sprintf("%q", []rune(p.text[p.at:])[0])
}

// peekWord returns the word that is next, or nothing.
func (p *parser) peekWord() string {
	p.space()
	rest := p.text[p.at:]
	if end := strings.IndexFunc(rest, func(r rune) bool { return !isWord(r) }); end >= 0 {
		return rest[:end]
	}
	return rest
}

func (p *parser) word(what string) string {
	w := p.peekWord()
	if w == "" {
		p.fail("got %s, want %s", p.found(), what)
	}
	p.at += len(w)
	return w
}

func (p *parser) expectWord(want string) {
	if p.peekWord() != want {
		p.fail("got %s, want %q", p.found(), want)
	}
	p.at += len(want)
}

// skipLet notes where a named program is.
func (p *parser) skipLet() {
	p.expectWord("let")
	name := p.word("a name")
	p.expect("=")
	p.space()
	p.lets[name] = &let{at: p.at}
	p.skipProgram()
	p.expectWord("in")
}

// skipProgram goes to the end of the braces that are next.
func (p *parser) skipProgram() {
	start := p.at
	for depth := 0; p.at < len(p.text); p.at++ {
		switch p.text[p.at] {
		case '{':
			depth++
		case '}':
			if depth--; depth <= 0 {
				p.at++
				return
			}
		case '"':
			p.quoted()
			p.at--
		}
	}
	p.failAt(start, "the program that begins here does not end")
}

// program reads a program or the name of one.
func (p *parser) program() *Func {
	p.space()
	if strings.HasPrefix(p.text[p.at:], "{") {
		return p.fun()
	}
	name := p.word("a program")
	if name == "None" {
		return nil
	}
	switch l := p.lets[name]; {
	case l == nil || l.reading:
		p.failAt(p.at-len(name), "there is no program %s, or it contains itself", name)
	case l.f == nil:
		back := p.at
		p.at, l.reading = l.at, true
		l.f = p.fun()
		p.at, l.reading = back, false
	}
	return p.lets[name].f
}

// A body is a program being read, with its variables.
type body struct {
	*parser
	f    *Func
	vars map[string]Var
}

func (p *parser) fun() *Func {
	b := &body{p, new(Func), map[string]Var{}}
	p.expect("{")
	p.expectWord("lambda")
	captured := b.binders()
	p.expect(";")
	b.f.In, b.f.Captured = append(captured, b.binders()...), len(captured)
	p.expect(".")
	p.expectWord("let")
	var starts []int
	for p.peekWord() != "in" {
		starts = append(starts, p.at)
		b.f.Eqns = append(b.f.Eqns, b.eqn())
		p.accept(";")
	}
	p.expectWord("in")
	p.expect("(")
	for !p.accept(")") {
		v, ok := b.atom()
		if !ok {
			p.fail("got %s, want a variable or a literal", p.found())
		}
		b.f.Out = append(b.f.Out, v)
		if !p.accept(",") {
			p.expect(")")
			break
		}
	}
	p.expect("}")
	if at, err := newChecker(b.f).check(); err != nil {
		p.failAt(append(starts, p.at)[at], "%v", err)
	}
	return b.f
}

// colonAfter reports whether a colon follows the word w, which is next.
func (p *parser) colonAfter(w string) bool {
	return w != "" && strings.HasPrefix(p.text[p.at+len(w):], ":")
}

// binders reads new variables, each with its type.
func (b *body) binders() (vars []Var) {
	for {
		name := b.peekWord()
		if !b.colonAfter(name) {
			return vars
		}
		if _, ok := b.vars[name]; ok {
			b.fail("variable %s is defined twice", name)
		}
		b.at += len(name) + 1
		v := b.f.NewVar(b.typ())
		if name != "_" {
			b.vars[name] = v
		}
		vars = append(vars, v)
	}
}

// typ reads a type: f32[3,4].
func (p *parser) typ() core.Type {
	start := p.at
	name := p.word("a type")
	d, ok := dtype.Parse(name)
	if !ok {
		p.failAt(start, "there is no element type %s", name)
	}
	t := core.Type{DType: d, Shape: core.Shape{}}
	p.expect("[")
	for !p.accept("]") {
		at, n := p.at, new(int)
		if p.integer(reflect.ValueOf(n).Elem()); *n < 0 {
			p.failAt(at, "size is %d, want at least 0", *n)
		}
		t.Shape = append(t.Shape, *n)
		if !p.accept(",") {
			p.expect("]")
			break
		}
	}
	return t
}

// eqn reads an equation. Its operands end where the text is neither a literal nor a
// variable that is defined.
func (b *body) eqn() (e Eqn) {
	if b.colonAfter(b.peekWord()) {
		e.Out = b.binders()
		b.expect("=")
		b.space()
	}
	start := b.at
	name := b.word("an operation")
	example, ok := b.ops[name]
	if !ok {
		b.failAt(start, "%s is neither an operation nor a variable defined before", name)
	}
	e.Op = b.op(example, b.f.TypesOf(e.Out))
	for {
		v, ok := b.atom()
		if !ok {
			return e
		}
		e.In = append(e.In, v)
	}
}

// atom reads a variable or a literal, if one is next.
func (b *body) atom() (Var, bool) {
	w := b.peekWord()
	if !b.colonAfter(w) {
		if v, ok := b.vars[w]; ok {
			b.at += len(w)
			return v, true
		}
	}
	rest := b.text[b.at:]
	if end := strings.IndexByte(rest, ':'); end > 0 && isNumber(rest[:end]) {
		start := b.at
		b.at += end + 1
		t := b.typ()
		v, err := ParseLiteral(rest[:end], t.DType)
		if err != nil {
			b.failAt(start, "%v", err)
		} else if t.Rank() > 0 {
			b.failAt(start, "literal has type %v, want a scalar", t)
		}
		return b.f.NewLiteral(v), true
	}
	return 0, false
}

// op returns an operation like the example with the parameters that follow, in
// brackets. Those left out are zero, or what the types of the results imply.
func (p *parser) op(example core.Op, out []core.Type) core.Op {
	v := reflect.New(reflect.Indirect(reflect.ValueOf(example)).Type()).Elem()
	v.Set(reflect.Indirect(reflect.ValueOf(example)))
	start, known, given := p.at, fields(v, true), []string{}
	if len(known) > 0 && p.accept("[") {
		for !p.accept("]") {
			at := p.at
			name := p.word("a parameter")
			i := slices.IndexFunc(known, func(f param) bool { return f.name == name })
			if i < 0 || slices.Contains(given, name) {
				p.failAt(at, "%v has no parameter %s, or has it already", example, name)
			}
			given = append(given, name)
			p.expect("=")
			p.param(known[i], out)
		}
	}
	for _, f := range known {
		switch {
		case slices.Contains(given, f.name):
		case f.tag == "omitzero":
			f.value.SetZero()
		case f.tag != "implied":
			p.failAt(start, "%v has no value for its parameter %s", example, f.name)
		case len(out) == 0:
			p.failAt(start, "%v needs a result, which implies its parameter %s", example, f.name)
		case f.value.Type() == dtypeType:
			f.value.Set(reflect.ValueOf(out[0].DType))
		default:
			f.value.Set(reflect.ValueOf(out[0].Shape).Convert(f.value.Type()))
		}
	}
	if reflect.TypeOf(example).Kind() == reflect.Pointer {
		v = v.Addr()
	}
	return v.Interface().(core.Op)
}
