package tree

import (
	"iter"
	"strconv"
	"strings"
	"unsafe"
)

// Diff says where a and b first differ and how ("layers[2].W: slice of 3 against slice
// of 2"), or "" if they are the same.
func Diff(a, b *Structure) string {
	if a.key == b.key && a.p == b.p {
		return ""
	}
	if d := diff(a.p, a.v, b.p, b.v, ""); d != nil {
		return d.Error()
	}
	return ""
}

func diff(p *plan, a unsafe.Pointer, q *plan, b unsafe.Pointer, path string) *Error {
	against := func(x, y string) *Error { return &Error{path, x + " against " + y} }
	if p != q {
		if p.typ.String() == q.typ.String() {
			return against(p.typ.String(), "another type of that name")
		}
		return against(p.typ.String(), q.typ.String())
	}
	if p.kind == kMap {
		if d := diffKeys(p, a, b, path); d != nil {
			return d
		}
	}
	x, y := p.describe(a), p.describe(b)
	switch {
	case x != y:
		return against(x, y)
	case p.kind == kIdent && *(*unsafe.Pointer)(a) != *(*unsafe.Pointer)(b):
		return against(x, "another")
	case p.kind == kRaw && p.rawBytes(a) != p.rawBytes(b): // NaNs print alike
		return against(x, y+" with other bits")
	}
	next, stop := iter.Pull(q.children(b))
	defer stop()
	for c := range p.children(a) {
		d, ok := next()
		if !ok {
			break
		}
		if err := diff(c.p, c.v, d.p, d.v, Join(path, c.step)); err != nil {
			return err
		}
	}
	return nil
}

// diffKeys names the first key that only one of two maps has.
func diffKeys(p *plan, a, b unsafe.Pointer, path string) *Error {
	if p.at(a).IsNil() || p.at(b).IsNil() {
		return nil
	}
	missing := func(from, to unsafe.Pointer, text string) *Error {
		for c := range p.children(from) {
			if !p.at(to).MapIndex(c.key).IsValid() {
				return &Error{path + c.step, text}
			}
		}
		return nil
	}
	if d := missing(a, b, "present against missing"); d != nil {
		return d
	}
	return missing(b, a, "missing against present")
}

// describe says in a few words what the node at v is, apart from what is below it.
func (p *plan) describe(v unsafe.Pointer) string {
	switch p.kind {
	case kRaw, kString:
		return show(p.at(v))
	case kSlice:
		if (*slice)(v).data == nil {
			return "nil slice"
		}
		return "slice of " + strconv.Itoa((*slice)(v).len)
	case kMap:
		if m := p.at(v); !m.IsNil() {
			return "map of " + strconv.Itoa(m.Len())
		}
		return "nil map"
	case kPtr, kIdent:
		if *(*unsafe.Pointer)(v) == nil {
			return "nil"
		}
		return p.typ.String()
	case kIface, kDyn:
		if e := p.dyn(v); e != nil {
			return e.typ.String()
		}
		return "nil"
	}
	return ""
}

func (p *plan) rawBytes(v unsafe.Pointer) string {
	return strings.Clone(unsafe.String((*byte)(v), int(p.typ.Size())))
}
