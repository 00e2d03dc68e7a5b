package jax

import (
	"fmt"
	"reflect"
	"unsafe"

	"gojax/internal/core"
	"gojax/lax"
	"gojax/tree"
)

type plan = tree.Plan[Array]

// A function is a Go function of trees, analysed. Arguments and results are passed
// by pointers to values of their Go types.
type function struct {
	f       any
	in, out []plan
	call    func(args []unsafe.Pointer) []unsafe.Pointer
}

func planOf[T any]() plan { return tree.PlanFor[Array](reflect.TypeFor[T]()) }

// unaryFn analyses a function of one tree.
func unaryFn[A, R any](f func(A) R) *function {
	return &function{f, []plan{planOf[A]()}, []plan{planOf[R]()}, func(args []unsafe.Pointer) []unsafe.Pointer {
		r := new(R)
		*r = f(*(*A)(args[0]))
		return []unsafe.Pointer{unsafe.Pointer(r)}
	}}
}

// withAux analyses a function of one tree with two results.
func withAux[A, R, X any](f func(A) (R, X)) *function {
	return &function{f, []plan{planOf[A]()}, []plan{planOf[R](), planOf[X]()}, func(args []unsafe.Pointer) []unsafe.Pointer {
		r, x := new(R), new(X)
		*r, *x = f(*(*A)(args[0]))
		return []unsafe.Pointer{unsafe.Pointer(r), unsafe.Pointer(x)}
	}}
}

// binaryFn analyses a function of two trees.
func binaryFn[A, B, R any](f func(A, B) R) *function {
	return &function{f, []plan{planOf[A](), planOf[B]()}, []plan{planOf[R]()}, func(args []unsafe.Pointer) []unsafe.Pointer {
		r := new(R)
		*r = f(*(*A)(args[0]), *(*B)(args[1]))
		return []unsafe.Pointer{unsafe.Pointer(r)}
	}}
}

// ownerOf names a transformation of f, which must not be nil.
func ownerOf(what string, f any) core.Owner {
	o := core.OwnerOf(what, f)
	if o.PC == 0 {
		panic(core.Errorf(what, "the function is nil"))
	}
	return o
}

// analyse takes a function of any signature. Most are of arrays alone and go
// without reflection when they are called.
func analyse(what string, f any) *function {
	v := reflect.ValueOf(f)
	switch {
	case v.Kind() != reflect.Func:
		panic(core.Errorf(what, "got %T, want a function", f))
	case v.IsNil():
		panic(core.Errorf(what, "the function is nil"))
	}
	switch f := f.(type) {
	case func(Array) Array:
		return unaryFn(f)
	case func(Array, Array) Array:
		return binaryFn(f)
	}
	t := v.Type()
	fn := &function{f: f}
	for i := range t.NumIn() {
		fn.in = append(fn.in, tree.PlanFor[Array](t.In(i)))
	}
	for i := range t.NumOut() {
		fn.out = append(fn.out, tree.PlanFor[Array](t.Out(i)))
	}
	invoke := v.Call
	if t.IsVariadic() {
		invoke = v.CallSlice
	}
	fn.call = func(args []unsafe.Pointer) []unsafe.Pointer {
		in := make([]reflect.Value, len(args))
		for i, a := range args {
			in[i] = reflect.NewAt(t.In(i), a).Elem()
		}
		res := invoke(in)
		out := make([]unsafe.Pointer, len(res))
		for i, r := range res {
			out[i] = fn.out[i].Pointer(r)
		}
		return out
	}
	return fn
}

// gather returns a function of the signature of F that runs run.
func gather[F any](fn *function, run func(args []unsafe.Pointer) []unsafe.Pointer) F {
	var f any
	switch any(*new(F)).(type) {
	case func(Array) Array:
		f = func(x Array) Array {
			return *(*Array)(run([]unsafe.Pointer{unsafe.Pointer(&x)})[0])
		}
	case func(Array, Array) Array:
		f = func(x, y Array) Array {
			return *(*Array)(run([]unsafe.Pointer{unsafe.Pointer(&x), unsafe.Pointer(&y)})[0])
		}
	default:
		t := reflect.TypeFor[F]()
		f = reflect.MakeFunc(t, func(in []reflect.Value) []reflect.Value {
			args := make([]unsafe.Pointer, len(in))
			for i, a := range in {
				args[i] = fn.in[i].Pointer(a)
			}
			res := run(args)
			out := make([]reflect.Value, len(res))
			for i, r := range res {
				out[i] = reflect.NewAt(t.Out(i), r).Elem()
			}
			return out
		}).Interface()
	}
	return f.(F)
}

// lifted is a function at arguments, as a function on those of their leaves that
// are present.
type lifted struct {
	fn    *function
	owner core.Owner
	args  []unsafe.Pointer
	count []int     // leaves of each argument
	some  core.Mask // which leaves of the arguments are present
	outs  results   // known once call has returned
}

// results say how a function's results are put together from leaves.
type results struct {
	trees []*tree.Structure
	some  core.Mask
}

// lift returns fn at args, and their leaves.
func (fn *function) lift(what string, args ...unsafe.Pointer) (*lifted, []*core.Value) {
	l := &lifted{fn: fn, owner: ownerOf(what, fn.f), args: args, count: make([]int, len(args))}
	var leaves []Array
	for i, a := range args {
		n := len(leaves)
		var err error
		if leaves, err = fn.in[i].Append(leaves, a); err != nil {
			panic(core.Errorf(what, "argument %d of %s: %w", i, l.owner.Func(), err))
		}
		l.count[i] = len(leaves) - n
	}
	var x []*core.Value
	x, l.some = present(leaves)
	return l, x
}

// present returns the values of the leaves that are not absent, and marks those.
func present(leaves []Array) ([]*core.Value, core.Mask) {
	some := make(core.Mask, len(leaves))
	x := make([]*core.Value, 0, len(leaves))
	for i, leaf := range leaves {
		if v := leaf.Value(); v != nil {
			x, some[i] = append(x, v), true
		}
	}
	return x, some
}

// arrays spreads values over the marked leaves; nil values and unmarked leaves are absent.
func arrays(x []*core.Value, some core.Mask) []Array {
	if len(x) == len(some) && len(x) > 0 {
		// Nothing to spread: an Array is nothing but a pointer to a value.
		return unsafe.Slice((*Array)(unsafe.Pointer(unsafe.SliceData(x))), len(x))
	}
	leaves := make([]Array, len(some))
	for i := range some {
		if some[i] {
			leaves[i], x = lax.Of(x[0]), x[1:]
		}
	}
	return leaves
}

// rebuild returns arguments like those of l with other leaves; absent ones stay so.
func (l *lifted) rebuild(x []*core.Value) []unsafe.Pointer {
	leaves := arrays(x, l.some)
	args := make([]unsafe.Pointer, len(l.args))
	for i, like := range l.args {
		p := l.fn.in[i]
		args[i] = reflect.New(p.Type()).UnsafePointer()
		if err := p.Rebuild(args[i], like, leaves[:l.count[i]]); err != nil {
			panic(core.Errorf(l.owner.What, "argument %d of %s: %w", i, l.owner.Func(), err))
		}
		leaves = leaves[l.count[i]:]
	}
	return args
}

// call runs the function on other leaves. It is a core.Fn.
func (l *lifted) call(x ...*core.Value) []*core.Value {
	res := l.fn.call(l.rebuild(x))
	var leaves []Array
	l.outs.trees = make([]*tree.Structure, len(res))
	for i, r := range res {
		more, s, err := l.fn.out[i].Flatten(r)
		if err != nil {
			panic(core.Errorf(l.owner.What, "result %d of %s: %w", i, l.owner.Func(), err))
		}
		leaves = append(leaves, more...)
		l.outs.trees[i] = s
	}
	var y []*core.Value
	y, l.outs.some = present(leaves)
	return y
}

// build returns results with the given leaves, in place of those that call returned.
func (r *results) build(fn *function, y []*core.Value) []unsafe.Pointer {
	leaves := arrays(y, r.some)
	out := make([]unsafe.Pointer, len(r.trees))
	for i, s := range r.trees {
		p, n := fn.out[i], s.NumLeaves()
		if p.Type() == arrayType {
			out[i] = unsafe.Pointer(&leaves[0])
		} else {
			out[i] = reflect.New(p.Type()).UnsafePointer()
			p.Build(out[i], s, leaves[:n])
		}
		leaves = leaves[n:]
	}
	return out
}

var arrayType = reflect.TypeFor[Array]()

// argument names argument i, by its position if there are several.
func (l *lifted) argument(i int) string {
	if len(l.args) == 1 {
		return "argument"
	}
	return fmt.Sprintf("argument %d", i)
}

// path names leaf i of the arguments: x, or x.layers[2].W, where x is the argument's
// position among several.
func (l *lifted) path(i int) string {
	n := -1
	for j, on := range l.some {
		if on {
			n++
		}
		if n == i {
			i = j
			break
		}
	}
	for a, p := range l.fn.in {
		if i >= l.count[a] {
			i -= l.count[a]
			continue
		}
		root := l.argument(a)
		if _, s, err := p.Flatten(l.args[a]); err == nil {
			if path := s.Path(i); path != "" {
				return root + ", leaf " + path
			}
		}
		return root
	}
	return "argument"
}
