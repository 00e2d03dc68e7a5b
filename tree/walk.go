package tree

import (
	"context"
	"encoding/binary"
	"reflect"
	"unsafe"
)

// A Plan reads and builds trees of one Go type T with leaves of type L, fast: a plan is
// found once, by [PlanFor], and used at every call. Plans are safe for concurrent use.
//
// An unsafe.Pointer argument must point to a T. [Plan.Pointer] gets one from a
// reflect.Value.
type Plan[L any] struct{ p *plan }

// PlanFor returns the plan for values of type t.
func PlanFor[L any](t reflect.Type) Plan[L] {
	return Plan[L]{spaceOf(reflect.TypeFor[L]()).plan(t, false)}
}

// Type returns T.
func (p Plan[L]) Type() reflect.Type { return p.p.typ }

// Err returns an *[Error] if no value of type T is a tree. A type with interfaces in it may
// be a tree or not, depending on what they hold.
func (p Plan[L]) Err() error {
	if err := p.p.searchType("", map[*plan]bool{}); err != nil {
		return err
	}
	return nil
}

// Fixed returns how many leaves each T has, and ok if T alone determines the structure: no
// statics, slices, maps, pointers or interfaces.
func (p Plan[L]) Fixed() (n int, ok bool) {
	if p.p.flags&(fKey|fBad) != 0 {
		return 0, false
	}
	return p.p.fixedLeaves(), true
}

func (p *plan) fixedLeaves() (n int) {
	for _, o := range p.by[fLeaf] {
		switch o.kind {
		case kLeaf:
			n += o.n
		case kArray:
			n += o.n * o.p.elem.fixedLeaves()
		}
	}
	return n
}

// HasContext reports whether a T may hold a context.Context.
func (p Plan[L]) HasContext() bool { return p.p.flags&fCtx != 0 }

// Pointer returns a pointer to the value v of type T, to be read only. It does not copy
// values that reflect already keeps in memory, such as the arguments of a function made
// by reflect.MakeFunc. v must not come from an unexported field.
func (p Plan[L]) Pointer(v reflect.Value) unsafe.Pointer {
	switch {
	case v.CanAddr():
		return v.Addr().UnsafePointer()
	case v.Kind() == reflect.Interface:
		box := reflect.New(p.p.typ)
		box.Elem().Set(v)
		return box.UnsafePointer()
	}
	x := v.Interface()
	return p.p.held(unsafe.Pointer(&x))
}

// Append appends the leaves of the T at v. It does not look into statics: what interfaces
// among them hold is checked by AppendKey.
func (p Plan[L]) Append(dst []L, v unsafe.Pointer) ([]L, error) {
	w := walker[L]{mode: fLeaf, leaves: dst}
	err := w.start(p.p, v)
	return w.leaves, err
}

// AppendKey appends the key of the structure of the T at v: an id of the type, then what
// the type leaves open. Two keys are equal just if the structures are; no key is a prefix
// of another, so keys may be strung together. They mean something in this process only
// and, if there are pointers or functions among the statics, while those are alive (the
// [Structure] keeps them alive).
func (p Plan[L]) AppendKey(dst []byte, v unsafe.Pointer) ([]byte, error) {
	w := walker[L]{mode: fKey, key: binary.AppendUvarint(dst, p.p.id)}
	err := w.start(p.p, v)
	return w.key, err
}

// AppendBoth is Append and AppendKey in one pass.
func (p Plan[L]) AppendBoth(leaves []L, key []byte, v unsafe.Pointer) ([]L, []byte, error) {
	w := walker[L]{mode: fLeaf | fKey, leaves: leaves, key: binary.AppendUvarint(key, p.p.id)}
	err := w.start(p.p, v)
	return w.leaves, w.key, err
}

// AppendContexts appends the contexts in the T at v that are not nil.
func (p Plan[L]) AppendContexts(dst []context.Context, v unsafe.Pointer) ([]context.Context, error) {
	w := walker[L]{mode: fCtx, ctxs: dst}
	err := w.start(p.p, v)
	return w.ctxs, err
}

// A walker gathers what mode asks for.
type walker[L any] struct {
	mode   flags
	depth  int
	leaves []L
	key    []byte
	ctxs   []context.Context
}

func (w *walker[L]) start(p *plan, v unsafe.Pointer) error {
	if p.flags&fBad == 0 && w.walk(p, v) {
		return nil
	}
	return p.explain(v)
}

// walk goes through the value at v. Not ok: it is no tree, and explain knows why.
func (w *walker[L]) walk(p *plan, v unsafe.Pointer) (ok bool) {
	ops := p.by[w.mode]
	for i := range ops {
		o := &ops[i]
		v := unsafe.Add(v, o.off)
		switch o.kind {
		case kLeaf:
			if o.n == 1 {
				w.leaves = append(w.leaves, *(*L)(v))
			} else {
				w.leaves = append(w.leaves, unsafe.Slice((*L)(v), o.n)...)
			}
		case kRaw:
			w.key = append(w.key, unsafe.Slice((*byte)(v), o.n)...)
		case kString:
			w.key = appendString(w.key, *(*string)(v))
		case kIdent:
			w.key = binary.NativeEndian.AppendUint64(w.key, uint64(*(*uintptr)(v)))
		case kContext:
			if c := *(*context.Context)(v); c != nil {
				w.ctxs = append(w.ctxs, c)
			}
		case kArray:
			e := o.p.elem
			for j := range o.n {
				if !w.walk(e, unsafe.Add(v, uintptr(j)*e.typ.Size())) {
					return false
				}
			}
		default:
			if !w.below(o.p, v) {
				return false
			}
		}
	}
	return true
}

// below is walk for nodes whose content lies elsewhere.
func (w *walker[L]) below(p *plan, v unsafe.Pointer) (ok bool) {
	if w.depth++; w.depth > maxDepth {
		return false
	}
	switch p.kind {
	case kSlice:
		ok = w.walkSlice(p.elem, *(*slice)(v))
	case kMap:
		if p.order != nil {
			ok = w.walkLeafMap(p.order, *(*map[string]L)(v))
		} else {
			ok = w.walkMap(p, v)
		}
	case kPtr:
		to := *(*unsafe.Pointer)(v)
		w.size(0, to == nil)
		ok = to == nil || w.walk(p.elem, to)
	case kIface, kDyn:
		e := p.dyn(v)
		if e == nil {
			w.size(0, true)
			ok = true
			break
		}
		w.size(int(e.id), false)
		ok = e.flags&fBad == 0 && w.walk(e, e.held(v))
	}
	w.depth--
	return ok
}

// size puts n into the key so that nil differs from 0.
func (w *walker[L]) size(n int, isNil bool) {
	if w.mode&fKey == 0 {
		return
	}
	if isNil {
		w.key = append(w.key, 0)
		return
	}
	w.key = binary.AppendUvarint(w.key, uint64(n)+1)
}

func (w *walker[L]) walkSlice(e *plan, s slice) (ok bool) {
	w.size(s.len, s.data == nil)
	switch {
	case s.len == 0 || len(e.by[w.mode]) == 0:
	case e.run == kLeaf:
		w.leaves = append(w.leaves, unsafe.Slice((*L)(s.data), s.len*e.runN)...)
	case e.run == kRaw:
		w.key = append(w.key, unsafe.Slice((*byte)(s.data), s.len*e.runN)...)
	default:
		for i := range s.len {
			if !w.walk(e, unsafe.Add(s.data, uintptr(i)*e.typ.Size())) {
				return false
			}
		}
	}
	return true
}

func (w *walker[L]) walkLeafMap(o *order, m map[string]L) (ok bool) {
	w.size(len(m), m == nil)
	for _, k := range orderOf(o, m) {
		if w.mode&fKey != 0 {
			w.key = appendString(w.key, k)
		}
		if w.mode&fLeaf != 0 {
			w.leaves = append(w.leaves, m[k])
		}
	}
	return true
}

func (w *walker[L]) walkMap(p *plan, v unsafe.Pointer) (ok bool) {
	m := p.at(v)
	w.size(m.Len(), m.IsNil())
	entries, ok := p.entries(v)
	isString := p.typ.Key().Kind() == reflect.String
	for i := 0; ok && i < len(entries); i++ {
		if w.mode&fKey != 0 {
			w.key = entries[i].appendKey(w.key, isString)
		}
		ok = w.walk(p.elem, entries[i].v)
	}
	return ok
}
