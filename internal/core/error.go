package core

import (
	"fmt"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
)

// An Error is what every wrong use of an operation or a transformation panics
// with. It names the operation, says what it got and what it wanted, and has the
// place in the user's code that asked.
type Error struct {
	Op   string // the operation or function, such as dot_general
	Msg  string // one sentence, lower case
	File string // the user's source file, empty if not known
	Line int
	Err  error // the cause, or nil
}

func (e *Error) Error() string {
	s := e.Msg
	if e.Op != "" {
		s = e.Op + ": " + s
	}
	if e.File == "" {
		return s
	}
	return fmt.Sprintf("%s:%d: %s", filepath.Base(e.File), e.Line, s)
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Errorf returns an error of op at the user's line.
func Errorf(op, format string, args ...any) *Error {
	err := fmt.Errorf(format, args...)
	e := &Error{Op: op, Msg: err.Error()}
	if u, ok := err.(interface{ Unwrap() error }); ok {
		e.Err = u.Unwrap()
	}
	e.File, e.Line = UserLine()
	return e
}

// module is the path of the module that this package is in, with a slash.
var module = strings.TrimSuffix(reflect.TypeFor[Type]().PkgPath(), "internal/core")

// library lists the folders of the module that users do not write.
var library = [...]string{"internal", "jax", "jnp", "lax", "random", "nn", "tree"}

// root is where the source of the module is, with a slash.
var root = func() string {
	_, file, _, _ := runtime.Caller(0)
	return strings.TrimSuffix(file, "internal/core/error.go")
}()

// UserLine returns the file and line of the innermost function on the stack
// that is not ours.
func UserLine() (file string, line int) {
	var pcs [64]uintptr
	return ResolveUser(pcs[:runtime.Callers(2, pcs[:])])
}

// ResolveUser returns the file and line of the first of the given frames that is
// not ours.
func ResolveUser(pcs []uintptr) (file string, line int) {
	frames := runtime.CallersFrames(pcs)
	for {
		f, more := frames.Next()
		if f.Function != "" && !ours(f.Function, f.File) {
			return f.File, f.Line
		}
		if !more {
			return "", 0
		}
	}
}

func ours(function, file string) bool {
	if strings.HasSuffix(file, "_test.go") {
		return false
	}
	for _, p := range [...]string{"runtime.", "reflect.", "slices.", "iter.", "sync.", "fmt."} {
		if strings.HasPrefix(function, p) {
			return true
		}
	}
	// A closure of ours that was inlined into a user's function is named after that.
	return inLibrary(function, module, '.') || inLibrary(file, root, '/')
}

// inLibrary reports whether what follows prefix in s is in a folder that users do not
// write; end stands between the folder's name and what is in it.
func inLibrary(s, prefix string, end byte) bool {
	rest, ok := strings.CutPrefix(s, prefix)
	if !ok {
		return false
	}
	for _, folder := range library {
		if inner, ok := strings.CutPrefix(rest, folder); ok && inner != "" && (inner[0] == end || inner[0] == '/') {
			return true
		}
	}
	return false
}

// An Owner is a transformation and the function that it transforms.
type Owner struct {
	What string // Jit
	PC   uintptr
	Name string // of the function, if somebody gave it another
}

// OwnerOf names a transformation of the Go function f.
func OwnerOf(what string, f any) Owner {
	if v := reflect.ValueOf(f); v.Kind() == reflect.Func && !v.IsNil() {
		return Owner{What: what, PC: v.Pointer()}
	}
	return Owner{What: what}
}

// Func returns the name of the function, without its package.
func (o Owner) Func() string {
	if o.Name != "" {
		return o.Name
	}
	f := runtime.FuncForPC(o.PC)
	if f == nil {
		return ""
	}
	name := f.Name()
	name = name[strings.LastIndexByte(name, '/')+1:]
	_, name, _ = strings.Cut(name, ".")
	return strings.TrimSuffix(name, "-fm")
}

// String returns the two and where the function stands: Jit (loss, train.go:30).
func (o Owner) String() string {
	f := runtime.FuncForPC(o.PC)
	if f == nil {
		return o.What
	}
	file, line := f.FileLine(o.PC)
	return fmt.Sprintf("%s (%s, %s:%d)", o.What, o.Func(), filepath.Base(file), line)
}
