package tree

import (
	"context"
	"fmt"
	"reflect"
	"unsafe"
)

// Flatten returns the leaves and the structure of the T at v.
func (p Plan[L]) Flatten(v unsafe.Pointer) ([]L, *Structure, error) {
	leaves, key, err := p.AppendBoth(nil, nil, v)
	if err != nil {
		return nil, nil, err
	}
	s := &Structure{p: p.p, v: reflect.New(p.p.typ).UnsafePointer(), key: string(key), n: len(leaves)}
	b := builder[L]{bare: true}
	b.build(p.p, s.v, v)
	return leaves, s, nil
}

// Structure returns the structure of the T at v. It keeps neither leaves nor contexts.
func (p Plan[L]) Structure(v unsafe.Pointer) (*Structure, error) {
	_, s, err := p.Flatten(v)
	return s, err
}

// Build sets the T at dst to a value of structure s with the given leaves and nil contexts.
// Each slice, map and pointer is new. It panics if s is not the structure of a T or has
// another number of leaves.
func (p Plan[L]) Build(dst unsafe.Pointer, s *Structure, leaves []L) {
	if s.p != p.p {
		panic(&Error{"", fmt.Sprintf("structure of %v, want one of %v", s.p.typ, p.p.typ)})
	}
	if s.n != len(leaves) {
		panic(&Error{"", fmt.Sprintf("%d leaves for a structure with %d", len(leaves), s.n)})
	}
	b := builder[L]{leaves: leaves}
	b.build(p.p, dst, s.v)
}

// BuildValue is Build into a new value.
func (p Plan[L]) BuildValue(s *Structure, leaves []L) reflect.Value {
	v := reflect.New(p.p.typ)
	p.Build(v.UnsafePointer(), s, leaves)
	return v.Elem()
}

// Rebuild sets the T at dst to the one at like with other leaves, contexts included. The
// two pointers may be the same. The T at like is one that [Plan.AppendBoth] accepts: Rebuild
// does not look into statics. After an error, part of dst has changed.
func (p Plan[L]) Rebuild(dst, like unsafe.Pointer, leaves []L) error {
	if p.p.flags&fBad != 0 {
		return p.p.explain(like)
	}
	b := builder[L]{leaves: leaves}
	ok := b.build(p.p, dst, like)
	switch {
	case !ok && b.short:
		return &Error{"", fmt.Sprintf("%d leaves for a value with more", len(leaves))}
	case !ok:
		return p.p.explain(like)
	case len(b.leaves) > 0:
		return &Error{"", fmt.Sprintf("%d leaves for a value with %d", len(leaves), len(leaves)-len(b.leaves))}
	}
	return nil
}

// A builder copies values, with other leaves.
type builder[L any] struct {
	leaves []L  // still to be placed
	bare   bool // leave out leaves and contexts; the destination is zero
	short  bool // there were too few leaves
	depth  int
}

// build copies the value at src to dst. Not ok: leaves are missing, or src is no tree.
func (b *builder[L]) build(p *plan, dst, src unsafe.Pointer) (ok bool) {
	ops := p.by[flagsAll]
	for i := range ops {
		o := &ops[i]
		dst, src := unsafe.Add(dst, o.off), unsafe.Add(src, o.off)
		switch o.kind {
		case kLeaf:
			ok = b.place(dst, o.n)
		case kRaw:
			copy(unsafe.Slice((*byte)(dst), o.n), unsafe.Slice((*byte)(src), o.n))
			ok = true
		case kString:
			*(*string)(dst) = *(*string)(src)
			ok = true
		case kIdent:
			*(*unsafe.Pointer)(dst) = *(*unsafe.Pointer)(src)
			ok = true
		case kContext:
			if !b.bare {
				*(*context.Context)(dst) = *(*context.Context)(src)
			}
			ok = true
		case kArray:
			e := o.p.elem
			ok = true
			for j := 0; ok && j < o.n; j++ {
				at := uintptr(j) * e.typ.Size()
				ok = b.build(e, unsafe.Add(dst, at), unsafe.Add(src, at))
			}
		default:
			ok = b.below(o.p, dst, src)
		}
		if !ok {
			return false
		}
	}
	return true
}

// place puts the next n leaves at dst.
func (b *builder[L]) place(dst unsafe.Pointer, n int) (ok bool) {
	switch {
	case b.bare:
		return true
	case len(b.leaves) < n:
		b.short = true
		return false
	case n == 1:
		*(*L)(dst) = b.leaves[0]
	default:
		copy(unsafe.Slice((*L)(dst), n), b.leaves)
	}
	b.leaves = b.leaves[n:]
	return true
}

// below is build for nodes whose content lies elsewhere.
func (b *builder[L]) below(p *plan, dst, src unsafe.Pointer) (ok bool) {
	if b.depth++; b.depth > maxDepth {
		return false
	}
	switch p.kind {
	case kSlice:
		ok = b.buildSlice(p, dst, *(*slice)(src))
	case kMap:
		if p.order != nil {
			ok = b.buildLeafMap(p.order, (*map[string]L)(dst), *(*map[string]L)(src))
		} else {
			ok = b.buildMap(p, dst, src)
		}
	case kPtr:
		from := *(*unsafe.Pointer)(src)
		if from == nil {
			*(*unsafe.Pointer)(dst) = nil
			ok = true
			break
		}
		to := reflect.New(p.elem.typ).UnsafePointer()
		ok = b.build(p.elem, to, from)
		*(*unsafe.Pointer)(dst) = to
	case kIface:
		ok = b.buildIface(p, dst, src)
	case kDyn:
		// What an interface holds cannot change, so it may be shared.
		p.at(dst).Set(p.at(src))
		ok = true
	}
	b.depth--
	return ok
}

func (b *builder[L]) buildSlice(p *plan, dst unsafe.Pointer, s slice) (ok bool) {
	if s.data == nil {
		*(*slice)(dst) = slice{}
		return true
	}
	e, n := p.elem, s.len
	if e.kind == kLeaf {
		to := make([]L, n)
		*(*[]L)(dst) = to
		return n == 0 || b.place(unsafe.Pointer(&to[0]), n)
	}
	to := reflect.MakeSlice(p.typ, n, n).UnsafePointer()
	ok = true
	switch {
	case n == 0:
	case e.run == kLeaf:
		ok = b.place(to, n*e.runN)
	case e.run == kRaw:
		copy(unsafe.Slice((*byte)(to), n*e.runN), unsafe.Slice((*byte)(s.data), n*e.runN))
	default:
		for i := 0; ok && i < n; i++ {
			at := uintptr(i) * e.typ.Size()
			ok = b.build(e, unsafe.Add(to, at), unsafe.Add(s.data, at))
		}
	}
	*(*slice)(dst) = slice{to, n, n}
	return ok
}

func (b *builder[L]) buildLeafMap(o *order, dst *map[string]L, src map[string]L) (ok bool) {
	if src == nil {
		*dst = nil
		return true
	}
	to := make(map[string]L, len(src))
	for _, k := range orderOf(o, src) {
		var x L
		if !b.place(unsafe.Pointer(&x), 1) {
			return false
		}
		to[k] = x
	}
	*dst = to
	return true
}

func (b *builder[L]) buildMap(p *plan, dst, src unsafe.Pointer) (ok bool) {
	if p.at(src).IsNil() {
		p.at(dst).SetZero()
		return true
	}
	entries, ok := p.entries(src)
	to := reflect.MakeMapWithSize(p.typ, len(entries))
	key, elem := reflect.New(p.typ.Key()).Elem(), reflect.New(p.elem.typ)
	for i := 0; ok && i < len(entries); i++ {
		ok = b.build(p.elem, elem.UnsafePointer(), entries[i].v)
		entries[i].putKey(key)
		to.SetMapIndex(key, elem.Elem())
	}
	p.at(dst).Set(to)
	return ok
}

func (b *builder[L]) buildIface(p *plan, dst, src unsafe.Pointer) (ok bool) {
	e := p.dyn(src)
	switch {
	case e == nil:
		p.at(dst).SetZero()
		return true
	case e.flags&fBad != 0:
		return false
	case e.kind == kLeaf && p.empty && len(b.leaves) > 0:
		*(*any)(dst) = b.leaves[0]
		b.leaves = b.leaves[1:]
		return true
	}
	to := reflect.New(e.typ)
	ok = b.build(e, to.UnsafePointer(), e.held(src))
	p.at(dst).Set(to.Elem())
	return ok
}
