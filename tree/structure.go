package tree

import (
	"reflect"
	"slices"
	"strings"
	"sync"
	"unsafe"
)

// A Structure is a tree without its leaves: the Go types, the lengths, the keys, what is
// nil, and the statics. It is immutable. Two structures are the same just if their keys
// are equal.
type Structure struct {
	p     *plan
	v     unsafe.Pointer // a value of this structure: leaves are zero, contexts nil
	key   string
	n     int
	once  sync.Once
	paths []string
}

// Key returns the bytes that [Plan.AppendKey] appends for a value of this structure.
func (s *Structure) Key() string { return s.key }

// Type returns the type of the values that have this structure.
func (s *Structure) Type() reflect.Type { return s.p.typ }

// NumLeaves returns the number of leaves.
func (s *Structure) NumLeaves() int { return s.n }

// Paths returns where each leaf is: layers[2].W, ["name"].W, or "" if the tree is a leaf.
// As in Go selectors, pointers and interfaces have no step of their own.
func (s *Structure) Paths() []string { return slices.Clone(s.allPaths()) }

// Path returns where leaf i is.
func (s *Structure) Path(i int) string { return s.allPaths()[i] }

func (s *Structure) allPaths() []string {
	s.once.Do(func() {
		s.paths = make([]string, 0, s.n)
		s.p.eachLeaf(s.v, "", func(path string) { s.paths = append(s.paths, path) })
	})
	return s.paths
}

// String returns the structure much as Go would print the value, with leaves as stars:
// Params{W: *, Layers: [*, *], N: 3}.
func (s *Structure) String() string {
	var b strings.Builder
	s.p.print(&b, s.v)
	return b.String()
}

func (p *plan) print(b *strings.Builder, v unsafe.Pointer) {
	switch p.kind {
	case kLeaf:
		b.WriteString("*")
	case kContext:
		b.WriteString("context")
	case kRaw, kString:
		b.WriteString(show(p.at(v)))
	case kIdent: // never an address: the text should not change from run to run
		if *(*unsafe.Pointer)(v) == nil {
			b.WriteString("nil")
		} else {
			b.WriteString("(" + p.typ.String() + ")")
		}
	case kStruct:
		p.list(b, v, typeName(p.typ)+"{", "}")
	case kArray:
		p.list(b, v, "[", "]")
	case kSlice:
		if (*slice)(v).data == nil {
			b.WriteString("nil")
		} else {
			p.list(b, v, "[", "]")
		}
	case kMap:
		if p.at(v).IsNil() {
			b.WriteString("nil")
		} else {
			p.list(b, v, "{", "}")
		}
	case kPtr:
		if *(*unsafe.Pointer)(v) == nil {
			b.WriteString("nil")
		} else {
			p.list(b, v, "&", "")
		}
	case kIface, kDyn:
		if p.dyn(v) == nil {
			b.WriteString("nil")
		} else {
			p.list(b, v, "", "")
		}
	}
}

// list prints the children, named where Go would name them.
func (p *plan) list(b *strings.Builder, v unsafe.Pointer, open, end string) {
	b.WriteString(open)
	sep := ""
	for c := range p.children(v) {
		b.WriteString(sep)
		sep = ", "
		switch p.kind {
		case kStruct:
			b.WriteString(c.name + ": ")
		case kMap:
			b.WriteString(c.step[1:len(c.step)-1] + ": ")
		}
		c.p.print(b, c.v)
	}
	b.WriteString(end)
}
