package tree

import "reflect"

// flags say what a value of a type may hold, itself or below.
type flags uint8

const (
	fLeaf flags = 1 << iota // leaves
	fKey                    // structure that the Go type does not determine
	fCtx                    // contexts
	fBad                    // something not allowed in a tree

	flagsAll = fLeaf | fKey | fCtx
)

var ownFlags = [...]flags{
	kLeaf:    fLeaf,
	kRaw:     fKey,
	kString:  fKey,
	kIdent:   fKey,
	kDyn:     fKey,
	kSlice:   fKey,
	kMap:     fKey,
	kPtr:     fKey,
	kIface:   flagsAll,
	kContext: fCtx,
	kBad:     fBad,
}

// An op is one step through a value. Structs have none of their own: the steps of their
// fields stand in the list of the struct around them, and neighbouring leaves (or
// neighbouring numbers) are one step.
type op struct {
	kind kind
	off  uintptr
	n    int   // kLeaf: leaves; kRaw: bytes; kArray: elements
	p    *plan // of the node, unless kLeaf or kRaw
}

// finish completes the plans and publishes them.
func (b *batch) finish() {
	// What a type may hold depends on types that may lead back to it: go round until
	// nothing changes. It grows only, so that is soon.
	for changed := true; changed; {
		changed = false
		for _, p := range b.list {
			f := p.flags | ownFlags[p.kind]
			for _, c := range p.fields {
				f |= c.p.flags
			}
			if p.elem != nil {
				f |= p.elem.flags
			}
			changed = changed || f != p.flags
			p.flags = f
		}
	}
	for _, p := range b.list {
		p.compile()
	}
	for _, p := range b.list {
		b.table(p.static).Store(p.typ, p)
		if b.declared(p.typ) {
			b.plans.Store(p.typ, p)
		}
	}
}

// compile makes the list of steps. It needs those of fields and of the elements of
// arrays, which cannot lead back to p.
func (p *plan) compile() {
	if p.flags&fBad != 0 || p.by[flagsAll] != nil {
		return
	}
	ops := []op{} // not nil: done
	switch p.kind {
	case kLeaf:
		ops = append(ops, op{kind: kLeaf, n: 1})
	case kRaw:
		ops = append(ops, op{kind: kRaw, n: int(p.typ.Size())})
	case kStruct:
		for _, f := range p.fields {
			f.p.compile()
			for _, o := range f.p.by[flagsAll] {
				o.off += f.off
				ops = p.join(ops, o)
			}
		}
	case kArray:
		if p.elem == nil {
			break
		}
		p.elem.compile()
		n := p.typ.Len()
		if p.elem.run != kNone {
			ops = append(ops, op{kind: p.elem.run, n: n * p.elem.runN})
		} else if len(p.elem.by[flagsAll]) > 0 {
			ops = append(ops, op{kind: kArray, n: n, p: p})
		}
	default:
		ops = append(ops, op{kind: p.kind, p: p})
	}
	p.by[flagsAll] = ops
	for m := flags(1); m < flagsAll; m++ {
		for _, o := range ops {
			if o.flags()&m != 0 {
				p.by[m] = append(p.by[m], o)
			}
		}
	}
	if len(ops) == 1 && ops[0].off == 0 && p.bytes(ops[0]) == p.typ.Size() && p.typ.Size() > 0 {
		p.run, p.runN = ops[0].kind, ops[0].n
	}
}

// join appends o to ops, as part of the last step if it goes on where that ends.
func (p *plan) join(ops []op, o op) []op {
	if len(ops) > 0 {
		last := &ops[len(ops)-1]
		if n := p.bytes(*last); n > 0 && last.kind == o.kind && last.off+n == o.off {
			last.n += o.n
			return ops
		}
	}
	return append(ops, o)
}

// bytes returns the size of a run, and 0 for any other step.
func (p *plan) bytes(o op) uintptr {
	switch o.kind {
	case kLeaf:
		return uintptr(o.n) * p.space.leaf.Size()
	case kRaw:
		return uintptr(o.n)
	}
	return 0
}

func (o op) flags() flags {
	if o.p != nil {
		return o.p.flags
	}
	return ownFlags[o.kind]
}

// typeName is the name of t without its package and type arguments.
func typeName(t reflect.Type) string {
	name := t.Name()
	for i := range name {
		if name[i] == '[' {
			return name[:i]
		}
	}
	return name
}
