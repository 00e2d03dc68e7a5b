package tree

import (
	"fmt"
	"maps"
	"slices"
	"unsafe"
)

// Axes names what applies to the fields of a struct or the keys of a map; see [Prefix].
type Axes map[string]any

// rest is the key of Axes that stands for all that are not named.
const rest = "*"

// Prefix gives each leaf of s its value in prefix, a tree that may end before s does. An
// [Axes] (or map[string]any) goes into a struct by field name or into a map by key, a []any
// into a slice or array by index; any other value, nil too, is for all the leaves below.
// Axes must name every child that has leaves, unless the key "*" gives the value for the
// others, and no child that does not exist. Pointers and interfaces have no level of their own.
func Prefix(s *Structure, prefix any) ([]any, error) {
	f := prefixer{make([]any, 0, s.n)}
	if err := f.add(s.p, s.v, prefix, ""); err != nil {
		return nil, err
	}
	return f.out, nil
}

type prefixer struct{ out []any }

func (f *prefixer) add(p *plan, v unsafe.Pointer, prefix any, path string) *Error {
	for p.kind == kPtr || p.kind == kIface {
		to, ok := p.only(v)
		if !ok {
			return nil // nil has no leaves, so nothing applies to it
		}
		p, v = to.p, to.v
	}
	switch prefix := prefix.(type) {
	case Axes:
		return f.named(p, v, prefix, path)
	case map[string]any:
		return f.named(p, v, prefix, path)
	case []any:
		return f.listed(p, v, prefix, path)
	}
	p.eachLeaf(v, "", func(string) { f.out = append(f.out, prefix) })
	return nil
}

func (f *prefixer) named(p *plan, v unsafe.Pointer, axes Axes, path string) *Error {
	if p.kind != kStruct && p.kind != kMap {
		return &Error{path, fmt.Sprintf("axes by name for %s, want a struct or map", p.noun())}
	}
	known := map[string]bool{rest: true}
	for c := range p.children(v) {
		known[c.name] = true
	}
	for _, k := range slices.Sorted(maps.Keys(axes)) {
		if !known[k] {
			return &Error{path, fmt.Sprintf("the axes name %q, which %s does not have", k, p.noun())}
		}
	}
	for c := range p.children(v) {
		at := Join(path, c.step)
		axis, ok := axes[c.name]
		if !ok {
			axis, ok = axes[rest]
		}
		if !ok && !c.p.hasLeaves(c.v) {
			continue
		}
		if !ok {
			return &Error{at, `missing from the axes: name it, or give the others as "*"`}
		}
		if err := f.add(c.p, c.v, axis, at); err != nil {
			return err
		}
	}
	return nil
}

func (f *prefixer) listed(p *plan, v unsafe.Pointer, axes []any, path string) *Error {
	if p.kind != kSlice && p.kind != kArray {
		return &Error{path, fmt.Sprintf("a list of axes for %s, want a slice or array", p.noun())}
	}
	i := 0
	for c := range p.children(v) {
		if i < len(axes) {
			if err := f.add(c.p, c.v, axes[i], Join(path, c.step)); err != nil {
				return err
			}
		}
		i++
	}
	if i != len(axes) {
		return &Error{path, fmt.Sprintf("a list of %d axes for %d elements", len(axes), i)}
	}
	return nil
}

// only returns what the pointer or interface at v leads to.
func (p *plan) only(v unsafe.Pointer) (to child, ok bool) {
	for c := range p.children(v) {
		return c, true
	}
	return child{}, false
}

func (p *plan) hasLeaves(v unsafe.Pointer) bool {
	found := false
	p.eachLeaf(v, "", func(string) { found = true })
	return found
}

func (p *plan) noun() string {
	if p.kind == kLeaf {
		return "an array"
	}
	return p.typ.String()
}
