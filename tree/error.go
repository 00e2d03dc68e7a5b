package tree

import (
	"fmt"
	"runtime"
	"unsafe"
)

// maxDepth is how deep values may nest before they are taken for cycles. In wasm, calls
// take the stack of the host, about 1 MB.
var maxDepth = map[bool]int{false: 10_000, true: 400}[runtime.GOARCH == "wasm"]

// An Error says which part of a value is wrong, and why.
type Error struct {
	Path   string // as in [Structure.Paths]; "" is the value itself
	Reason string
}

func (e *Error) Error() string {
	if e.Path == "" {
		return e.Reason
	}
	return e.Path + ": " + e.Reason
}

// In returns the error with its path below root, the name of the value as the user knows it.
func (e *Error) In(root string) *Error { return &Error{Join(root, e.Path), e.Reason} }

// Join returns the path of what is at path inside the value named root: Join("p", "W") is
// p.W and Join("p", "[0]") is p[0].
func Join(root, path string) string {
	if root == "" || path == "" || path[0] == '[' {
		return root + path
	}
	return root + "." + path
}

// fault makes the error for the bad node p, reached by path. The last step of the path
// decides which remedy there is: only a field can be tagged.
func (p *plan) fault(path string) *Error {
	remedy := p.orWrap
	if path != "" && path[len(path)-1] != ']' {
		remedy = p.orTag
	}
	return &Error{path, p.why + remedy}
}

// explain finds out, slowly, why the value at v is not a tree.
func (p *plan) explain(v unsafe.Pointer) *Error {
	if err := p.search(v, "", 0); err != nil {
		return err
	}
	// The type is bad, but the value ends before: at a nil pointer, an empty slice.
	if err := p.searchType("", map[*plan]bool{}); err != nil {
		return err
	}
	return &Error{"", "the value changed while it was read"}
}

// search looks for the first bad node of the value at v.
func (p *plan) search(v unsafe.Pointer, path string, depth int) *Error {
	switch {
	case p.kind == kBad:
		return p.fault(path)
	case depth > maxDepth:
		return &Error{clip(path), fmt.Sprintf("nested deeper than %d: does the value contain itself?", maxDepth)}
	case p.kind == kIface && p.hidesContext(v):
		return &Error{path, p.typ.String() + " holds a context: declare it as context.Context"}
	case p.kind == kMap && p.hasNaN(v):
		return &Error{path, p.typ.String() + " has a NaN key, which no order can place"}
	}
	if p.kind >= kSlice && p.kind <= kDyn { // what walk counts
		depth++
	}
	for c := range p.children(v) {
		at := path
		if depth < 1000 { // beyond, nobody reads the path, and it would take quadratic time
			at = Join(path, c.step)
		}
		if err := c.p.search(c.v, at, depth); err != nil {
			return err
		}
		if c.p.flags&fBad != 0 && p.flags&fBad == 0 { // the type that an interface holds
			return c.p.searchType(at, map[*plan]bool{})
		}
	}
	return nil
}

// hidesContext reports whether a context is no tree because nothing says what it is.
func (p *plan) hidesContext(v unsafe.Pointer) bool {
	e := p.dyn(v)
	return e != nil && e.flags&fBad != 0 && e.typ.Implements(contextType)
}

func (p *plan) hasNaN(v unsafe.Pointer) bool {
	_, ok := p.entries(v)
	return !ok
}

// searchType looks for the first bad node of the type itself.
func (p *plan) searchType(path string, seen map[*plan]bool) *Error {
	if p.kind == kBad {
		return p.fault(path)
	}
	if seen[p] {
		return nil
	}
	seen[p] = true
	for _, f := range p.fields {
		if err := f.p.searchType(Join(path, f.name), seen); err != nil {
			return err
		}
	}
	if p.elem == nil {
		return nil
	}
	if p.kind != kPtr {
		path += "[...]"
	}
	return p.elem.searchType(path, seen)
}

// clip keeps the path of a very deep value printable.
func clip(path string) string {
	if len(path) <= 60 {
		return path
	}
	return path[:60] + "..."
}
