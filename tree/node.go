package tree

import (
	"fmt"
	"iter"
	"reflect"
	"strconv"
	"unsafe"
)

// A slice is laid out as Go's slices are.
type slice struct {
	data     unsafe.Pointer
	len, cap int
}

// dyn returns the plan for what the interface at v holds, nil if that is nothing.
func (p *plan) dyn(v unsafe.Pointer) *plan {
	var t reflect.Type
	if p.empty {
		t = reflect.TypeOf(*(*any)(v))
	} else {
		t = reflect.TypeOf(p.at(v).Interface())
	}
	if t == nil {
		return nil
	}
	return p.space.plan(t, p.static)
}

// held returns where the value of plan p is that the interface at v holds. An interface is
// two words, and the second is the value or points to it. It must not be written through:
// values in interfaces are shared.
func (p *plan) held(v unsafe.Pointer) unsafe.Pointer {
	word := unsafe.Add(v, unsafe.Sizeof(v))
	if p.direct {
		return word
	}
	return *(*unsafe.Pointer)(word)
}

// at returns the value at v, settable.
func (p *plan) at(v unsafe.Pointer) reflect.Value { return reflect.NewAt(p.typ, v).Elem() }

// A child is a node directly below another. Steps through pointers and interfaces are "",
// as in Go selectors, and the name is a field's or a map key's.
type child struct {
	step, name string
	p          *plan
	v          unsafe.Pointer
	key        reflect.Value // of a map
}

// children yields the nodes below the value at v, in the order of their leaves.
func (p *plan) children(v unsafe.Pointer) iter.Seq[child] {
	return func(yield func(child) bool) {
		switch p.kind {
		case kStruct:
			for _, f := range p.fields {
				if !yield(child{step: f.name, name: f.name, p: f.p, v: unsafe.Add(v, f.off)}) {
					return
				}
			}
		case kArray, kSlice:
			for i := range p.at(v).Len() {
				data := v
				if p.kind == kSlice {
					data = (*slice)(v).data
				}
				at := unsafe.Add(data, uintptr(i)*p.elem.typ.Size())
				if !yield(child{step: "[" + strconv.Itoa(i) + "]", p: p.elem, v: at}) {
					return
				}
			}
		case kMap:
			entries, _ := p.entries(v)
			for _, e := range entries {
				k := e.key(p.typ.Key())
				if !yield(child{"[" + show(k) + "]", fmt.Sprint(k), p.elem, e.v, k}) {
					return
				}
			}
		case kPtr:
			if to := *(*unsafe.Pointer)(v); to != nil {
				yield(child{p: p.elem, v: to})
			}
		case kIface, kDyn:
			if e := p.dyn(v); e != nil {
				yield(child{p: e, v: e.held(v)})
			}
		}
	}
}

// eachLeaf calls f with the path of every leaf of the value at v.
func (p *plan) eachLeaf(v unsafe.Pointer, path string, f func(path string)) {
	if p.kind == kLeaf {
		f(path)
	}
	if p.flags&fLeaf == 0 {
		return
	}
	for c := range p.children(v) {
		c.p.eachLeaf(c.v, Join(path, c.step), f)
	}
}

// show returns a string quoted and anything else as fmt prints it.
func show(v reflect.Value) string {
	if v.Kind() == reflect.String {
		return strconv.Quote(v.String())
	}
	return fmt.Sprint(v)
}
