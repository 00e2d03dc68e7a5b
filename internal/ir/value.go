package ir

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"gojax/internal/core"
	"gojax/internal/dtype"
)

// A ParamReader is a type of parameters with a String method of its own, whose text
// neither its fields nor its kind explain. ReadParam sets it to what String wrote as
// text, for an operation whose first result has type out.
type ParamReader interface {
	ReadParam(text string, out core.Type) error
}

// param reads the value of a parameter. The field says what to expect. out are the
// types of the operation's results.
func (p *parser) param(f param, out []core.Type) {
	switch v := f.value.Addr().Interface().(type) {
	case **Func:
		*v = p.program()
	case *[]*Func:
		*v = []*Func{}
		p.expect("(")
		for !p.accept(")") {
			*v = append(*v, p.program())
		}
	case ParamReader:
		var t core.Type
		if len(out) > 0 {
			t = out[0]
		}
		start := p.at
		if err := v.ReadParam(p.raw(), t); err != nil {
			p.failAt(start, "%v", err)
		}
	default:
		if f.tag == "none" && p.peekWord() == "None" {
			p.expectWord("None")
			f.value.SetZero()
			return
		}
		p.value(f.value)
	}
}

// raw reads what is next up to white space, a comma, or a bracket that closes another.
func (p *parser) raw() string {
	start, depth := p.at, 0
	for ; p.at < len(p.text); p.at++ {
		c := p.text[p.at]
		if depth == 0 && strings.IndexByte(" \t\r\n,)]", c) >= 0 {
			break
		}
		switch c {
		case '(', '[':
			depth++
		case ')', ']':
			depth--
		}
	}
	return p.text[start:p.at]
}

// value reads what appendParam writes.
func (p *parser) value(v reflect.Value) {
	p.space()
	start := p.at
	switch v.Type() {
	case dtypeType:
		name := p.word("an element type")
		d, ok := dtype.Parse(name)
		if !ok && name != "None" {
			p.failAt(start, "there is no element type %s", name)
		}
		v.Set(reflect.ValueOf(d))
		return
	case typeType:
		v.Set(reflect.ValueOf(p.typ()))
		return
	}
	_, named := v.Interface().(fmt.Stringer)
	switch kind := v.Kind(); {
	case kind == reflect.Bool:
		w := p.word("True or False")
		if w != "True" && w != "False" {
			p.failAt(start, "got %q, want True or False", w)
		}
		v.SetBool(w == "True")
	case named && (v.CanInt() || v.CanUint()):
		p.enum(v)
	case v.CanInt() || v.CanUint():
		p.integer(v)
	case v.CanFloat():
		x, err := strconv.ParseFloat(p.raw(), 64)
		if err != nil {
			p.failAt(start, "got %q, want a number", p.text[start:p.at])
		}
		v.SetFloat(x)
	case v.CanComplex():
		x, err := parseComplex(p.raw())
		if err != nil {
			p.failAt(start, "got %q, want a complex number", p.text[start:p.at])
		}
		v.SetComplex(x)
	case kind == reflect.String:
		v.SetString(p.str())
	case kind == reflect.Slice, kind == reflect.Array:
		p.tuple(v)
	case kind == reflect.Struct:
		p.structure(v)
	case kind == reflect.Func && !v.IsNil(): // the example's
		p.word("the name of a function")
	case p.peekWord() == "None":
		p.expectWord("None")
		v.SetZero()
	default:
		p.fail("a parameter of type %v cannot be read from text", v.Type())
	}
}

func (p *parser) integer(v reflect.Value) {
	start := p.at
	w := p.word("an integer")
	if v.CanUint() {
		n, err := strconv.ParseUint(w, 10, v.Type().Bits())
		if err != nil {
			p.failAt(start, "got %q, want an integer of type %v", w, v.Type())
		}
		v.SetUint(n)
		return
	}
	n, err := strconv.ParseInt(w, 10, v.Type().Bits())
	if err != nil {
		p.failAt(start, "got %q, want an integer of type %v", w, v.Type())
	}
	v.SetInt(n)
}

// enum reads the name of one of the first 256 values of v's type.
func (p *parser) enum(v reflect.Value) {
	start := p.at
	name := p.word("a name")
	for i := range 256 {
		x := reflect.New(v.Type()).Elem()
		if x.CanInt() {
			x.SetInt(int64(i))
		} else {
			x.SetUint(uint64(i))
		}
		s, ok := enumName(x)
		if !ok {
			break
		}
		if s == name {
			v.Set(x)
			return
		}
	}
	p.failAt(start, "there is no %v called %s", v.Type(), name)
}

// enumName returns the name of a value; a value that its type does not have may
// panic.
func enumName(x reflect.Value) (s string, ok bool) {
	defer func() { _ = recover() }()
	return x.Interface().(fmt.Stringer).String(), true
}

// str reads a string: a word, one in single quotes, or any text in double quotes.
func (p *parser) str() string {
	if strings.HasPrefix(p.text[p.at:], `"`) {
		return p.quoted()
	}
	if p.accept("'") {
		defer p.expect("'")
	}
	return p.word("a string")
}

// quoted reads a string in double quotes.
func (p *parser) quoted() string {
	q, err := strconv.QuotedPrefix(p.text[p.at:])
	if err != nil {
		p.fail("the string that begins here does not end")
	}
	p.at += len(q)
	s, _ := strconv.Unquote(q)
	return s
}

// list reads items between round or square brackets, with commas between them.
func (p *parser) list(item func(i int)) {
	end := ")"
	if p.accept("[") {
		end = "]"
	} else {
		p.expect("(")
	}
	for i := 0; !p.accept(end); i++ {
		item(i)
		if !p.accept(",") {
			p.expect(end)
			return
		}
	}
}

func (p *parser) tuple(v reflect.Value) {
	start, n := p.at, 0
	if v.Kind() == reflect.Slice {
		v.Set(reflect.MakeSlice(v.Type(), 0, 0))
	}
	p.list(func(i int) {
		if v.Kind() == reflect.Slice {
			v.Set(reflect.Append(v, reflect.Zero(v.Type().Elem())))
		} else if i >= v.Len() {
			p.failAt(start, "want a list of %d", v.Len())
		}
		p.value(v.Index(i))
		n++
	})
	if n != v.Len() {
		p.failAt(start, "got a list of %d, want %d", n, v.Len())
	}
}

// structure reads the fields of v, in order, with or without their names.
func (p *parser) structure(v reflect.Value) {
	if name := p.peekWord(); name != "" {
		p.at += len(name)
	}
	start, list, n := p.at, fields(v, false), 0
	p.list(func(i int) {
		if i >= len(list) {
			p.failAt(start, "want %d values for a %v", len(list), v.Type())
		}
		if name := p.peekWord(); name == list[i].name {
			p.at += len(name)
			p.expect("=")
		}
		p.value(list[i].value)
		n++
	})
	if n != len(list) {
		p.failAt(start, "got %d values, want %d for a %v", n, len(list), v.Type())
	}
}

// isNumber reports whether s looks like a literal.
func isNumber(s string) bool {
	switch s {
	case "True", "False", "nan", "inf", "nanj", "infj":
		return true
	}
	return strings.IndexByte("0123456789-(", s[0]) >= 0 && !strings.ContainsAny(s, " \n;,={")
}

// ParseLiteral returns the scalar that LiteralText wrote, a literal of type d.
func ParseLiteral(s string, d dtype.Type) (*core.Value, error) {
	if d == dtype.Invalid {
		return nil, fmt.Errorf("the type of %s is not known", s)
	}
	v := core.New(core.Of(d), nil)
	v.SetLiteral()
	var err error
	switch {
	case d == dtype.Bool:
		if s != "True" && s != "False" {
			err = strconv.ErrSyntax
		}
		core.PutInt(v, 0, int64(strings.Index("FT", s[:1])))
	case d == dtype.Uint64:
		var n uint64
		n, err = strconv.ParseUint(s, 10, 64)
		core.PutInt(v, 0, int64(n))
	case d.IsInt():
		var n int64
		if n, err = strconv.ParseInt(s, 10, 64); err == nil && !dtype.Fits(n, d) {
			err = strconv.ErrRange
		}
		core.PutInt(v, 0, n)
	case d.IsComplex():
		var c complex128
		c, err = parseComplex(s)
		core.Put(v, 0, c)
	default:
		var x float64
		x, err = strconv.ParseFloat(s, 64)
		core.Put(v, 0, complex(x, 0))
	}
	if err != nil {
		return nil, fmt.Errorf("%s is no %s", s, d.Name())
	}
	return v, nil
}

// parseComplex reads Python's (1-2j) or 2j.
func parseComplex(s string) (complex128, error) {
	body, ok := strings.CutSuffix(strings.Trim(s, "()"), "j")
	if !ok {
		return 0, strconv.ErrSyntax
	}
	split := 0 // where the imaginary part begins: a sign that belongs to no exponent
	for i := 1; i < len(body); i++ {
		if (body[i] == '+' || body[i] == '-') && body[i-1] != 'e' {
			split = i
		}
	}
	imag := body[split:]
	if rest, ok := strings.CutPrefix(imag, "+"); ok {
		imag = rest // ParseFloat takes no +nan
	}
	im, err := strconv.ParseFloat(imag, 64)
	if err != nil || split == 0 {
		return complex(0, im), err
	}
	re, err := strconv.ParseFloat(body[:split], 64)
	return complex(re, im), err
}
