package tree

import (
	"context"
	"reflect"
	"sync"
	"sync/atomic"
	"unsafe"
)

// A kind says how a node is read, keyed and built.
type kind uint8

const (
	kNone    kind = iota
	kLeaf         // the leaf type
	kRaw          // static: a number or bool, the same if its bits are
	kString       // static: a string
	kIdent        // static: a pointer, channel or function, the same if its one word is
	kStruct       // fields
	kArray        // elem
	kSlice        // elem
	kMap          // elem
	kPtr          // elem
	kIface        // the dynamic type's plan, found when the value is read
	kDyn          // static: an interface, the same if its dynamic type and value are
	kContext      // a context.Context
	kBad          // not allowed in a tree, for the reason why
)

// A plan is what is known about one Go type. Plans are immutable once published, and there
// is one per leaf type, Go type and mode (static or not), so pointers compare.
type plan struct {
	space  *space
	typ    reflect.Type
	id     uint64 // of typ, in keys
	kind   kind
	static bool
	direct bool // an interface holds the value itself, in its data word
	empty  bool // kIface, kDyn: has no methods, is laid out as any
	fields []field
	elem   *plan
	copies reflect.Type // kMap: slice of the elements
	order  *order       // kMap from string to leaves: orders of keys seen

	why, orTag, orWrap string // kBad: the reason; the remedy for a field; for anything else

	flags flags
	by    [flagsAll + 1][]op // by[m] has the steps that matter for any flag of m
	run   kind               // kLeaf, kRaw: the value is nothing but runN of these
	runN  int
}

type field struct {
	name string
	off  uintptr
	p    *plan
}

// A space has the plans for one leaf type.
type space struct {
	leaf           reflect.Type
	mu             sync.Mutex // held to build plans
	plans, statics sync.Map   // reflect.Type -> *plan
}

var (
	spaces sync.Map // leaf reflect.Type -> *space
	ids    sync.Map // reflect.Type -> uint64
	lastID atomic.Uint64

	contextType = reflect.TypeFor[context.Context]()
	staticType  = reflect.TypeFor[interface{ TreeStatic() }]()
)

func spaceOf(leaf reflect.Type) *space {
	s, ok := spaces.Load(leaf)
	if !ok {
		s, _ = spaces.LoadOrStore(leaf, &space{leaf: leaf})
	}
	return s.(*space)
}

func idOf(t reflect.Type) uint64 {
	id, ok := ids.Load(t)
	if !ok {
		id, _ = ids.LoadOrStore(t, lastID.Add(1)) // a number may be lost, never shared
	}
	return id.(uint64)
}

func (s *space) table(static bool) *sync.Map {
	if static {
		return &s.statics
	}
	return &s.plans
}

// plan returns the plan of t, building it and those it needs the first time.
func (s *space) plan(t reflect.Type, static bool) *plan {
	if p, ok := s.table(static).Load(t); ok {
		return p.(*plan)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	b := &batch{space: s, made: map[typeMode]*plan{}}
	p := b.plan(t, static)
	b.finish()
	return p
}

// A batch is the plans built together: those of one type and of all that it mentions, which
// may mention each other in circles. They are published only when all are complete.
type batch struct {
	*space
	made map[typeMode]*plan
	list []*plan
}

type typeMode struct {
	reflect.Type
	static bool
}

func (b *batch) plan(t reflect.Type, static bool) *plan {
	static = static || b.declared(t)
	if p, ok := b.table(static).Load(t); ok {
		return p.(*plan)
	}
	if p, ok := b.made[typeMode{t, static}]; ok {
		return p
	}
	p := &plan{space: b.space, typ: t, id: idOf(t), static: static, direct: isDirect(t)}
	b.made[typeMode{t, static}] = p
	b.list = append(b.list, p)
	switch {
	case t == b.leaf && static:
		p.bad("an array cannot be static", "", "")
	case t == b.leaf:
		p.kind = kLeaf
	case t == contextType:
		p.kind = kContext
	case static:
		b.analyseStatic(p)
	default:
		b.analyse(p)
	}
	return p
}

func (p *plan) bad(why, orTag, orWrap string) {
	p.kind, p.why, p.orTag, p.orWrap = kBad, why, orTag, orWrap
}

const tagIt = "tag the field `jax:\"static\"`"

func (b *batch) analyse(p *plan) {
	t := p.typ
	switch k := t.Kind(); {
	case isInt(k) || k == reflect.Bool:
		p.kind = kRaw
	case k == reflect.String:
		p.kind = kString
	case isFloat(k):
		p.bad(neither(t)+": use an array", ", or "+tagIt, ", or wrap it in a Static")
	case k == reflect.Slice && isFloat(t.Elem().Kind()) && b.leaf != t.Elem():
		p.bad(neither(t)+": use an array", "", "")
	case k == reflect.Struct:
		b.analyseFields(p)
	case k == reflect.Array:
		p.kind = kArray
		if t.Len() > 0 { // [0]func() has no functions
			p.elem = b.plan(t.Elem(), false)
		}
	case k == reflect.Slice:
		p.kind, p.elem = kSlice, b.plan(t.Elem(), false)
	case k == reflect.Map && !isOrdered(t.Key().Kind()):
		p.bad(t.String()+" has keys without an order: use string, integer or float keys", "", "")
	case k == reflect.Map:
		p.kind, p.elem = kMap, b.plan(t.Elem(), false)
		p.copies = reflect.SliceOf(t.Elem())
		if t.Key() == reflect.TypeFor[string]() && t.Elem() == b.leaf {
			p.order = new(order)
		}
	case k == reflect.Pointer:
		p.kind, p.elem = kPtr, b.plan(t.Elem(), false)
	case k == reflect.Interface:
		p.kind, p.empty = kIface, t.NumMethod() == 0
	default: // chan, func, unsafe.Pointer
		p.bad(neither(t), ": "+tagIt, ": let a closure hold it")
	}
}

// analyseStatic is analyse for types whose values are compared as a whole.
func (b *batch) analyseStatic(p *plan) {
	t := p.typ
	switch k := t.Kind(); {
	case isInt(k) || isFloat(k) || k == reflect.Bool:
		p.kind = kRaw
	case k == reflect.String:
		p.kind = kString
	case k == reflect.Struct:
		b.analyseFields(p)
	case k == reflect.Array:
		p.kind = kArray
		if t.Len() > 0 {
			p.elem = b.plan(t.Elem(), true)
		}
	case k == reflect.Slice || k == reflect.Map:
		p.bad(t.String()+" cannot be static, as it is not comparable: "+
			"use an array of fixed size, a string or a pointer", "", "")
	case k == reflect.Interface:
		p.kind, p.empty = kDyn, t.NumMethod() == 0
	default:
		p.kind = kIdent
	}
}

func (b *batch) analyseFields(p *plan) {
	p.kind = kStruct
	for i := range p.typ.NumField() {
		f := p.typ.Field(i)
		if f.Name == "_" { // padding or a marker such as _ [0]func(); nobody can set it
			continue
		}
		tag, tagged := f.Tag.Lookup("jax")
		child := &plan{space: b.space, typ: f.Type, flags: fBad}
		if tagged && tag != "static" {
			child.bad("unknown tag `jax:\""+tag+"\"`: the only one is `jax:\"static\"`", "", "")
		} else {
			child = b.plan(f.Type, tagged || p.static)
		}
		p.fields = append(p.fields, field{f.Name, f.Offset, child})
	}
}

func neither(t reflect.Type) string { return t.String() + " is neither an array nor static" }

// declared reports whether t is declared static by a method TreeStatic.
func (s *space) declared(t reflect.Type) bool {
	switch {
	case t == s.leaf || t.Kind() == reflect.Interface || !t.Implements(staticType):
		return false
	case t.Kind() == reflect.Pointer:
		// A method of T is also one of *T. Then what matters is the content of T; only
		// a method of *T alone means the pointer.
		return !t.Elem().Implements(staticType)
	case t.Kind() == reflect.Struct:
		// A method promoted from an embedded field speaks for that field. Otherwise
		// embedding a static configuration would hide the leaves beside it.
		for i := range t.NumField() {
			if f := t.Field(i); f.Anonymous && f.Type.Implements(staticType) {
				return false
			}
		}
	}
	return true
}

// isDirect reports whether interfaces hold values of type t in their data word instead of
// a pointer to them. The zero value shows it: it is then a nil word.
func isDirect(t reflect.Type) bool {
	if t.Kind() == reflect.Interface {
		return false
	}
	z := reflect.Zero(t).Interface()
	return (*[2]unsafe.Pointer)(unsafe.Pointer(&z))[1] == nil
}

func isInt(k reflect.Kind) bool     { return k >= reflect.Int && k <= reflect.Uintptr }
func isFloat(k reflect.Kind) bool   { return k >= reflect.Float32 && k <= reflect.Complex128 }
func isOrdered(k reflect.Kind) bool { return isInt(k) || isReal(k) || k == reflect.String }
func isReal(k reflect.Kind) bool    { return k == reflect.Float32 || k == reflect.Float64 }
