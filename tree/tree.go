// Package tree sees nested Go values as lists of leaves. A value of any type T is a
// tree whose leaves are the values of one leaf type L found inside it (in gojax, L is
// the array type); everything around them is its [Structure].
//
//   - Leaves are values of type L, in exported and unexported fields alike.
//   - Nodes are structs, arrays, slices, maps with string, integer or float keys (in the
//     order of their keys), pointers and interfaces. Nil and empty are distinct. Shared
//     pointers are duplicated. A value nested deeper than 10 000 (in wasm 400, for its stack
//     is small) is refused as a cycle.
//   - Statics are strings, bools and integers, fields tagged `jax:"static"`, values of
//     type [Static] and of types with a method TreeStatic. They belong to the structure.
//   - A context.Context is none of these: it is collected apart and is in no key.
//
// Anything else (a plain float above all, which a gradient would silently miss) is an
// [*Error] that names the path and the remedy.
//
// Each Go type is analysed once, into a plan (plan.go) and from there into a short list
// of steps (compile.go), in which neighbouring leaves are one step. walk.go reads leaves
// and keys by these steps, build.go puts values together. Whatever may be slow, such as
// paths, printing (structure.go), differences (diff.go) and prefixes (prefix.go), goes by
// children (node.go) instead. maps.go puts the entries of maps in order.
package tree

import (
	"reflect"
	"unsafe"
)

// Static makes any comparable value part of the structure. Values are the same if their
// bits are: NaN is the same as itself, and -0 is not the same as 0.
type Static[T comparable] struct{ Value T }

// TreeStatic marks the type as static.
func (Static[T]) TreeStatic() {}

// Flatten returns the leaves of v and the structure around them.
func Flatten[L, T any](v T) ([]L, *Structure, error) {
	return planOf[L, T]().Flatten(unsafe.Pointer(&v))
}

// FlattenInto appends the leaves of v to dst.
func FlattenInto[L, T any](dst []L, v *T) ([]L, error) {
	return planOf[L, T]().Append(dst, unsafe.Pointer(v))
}

// Of returns the structure of v.
func Of[L, T any](v T) (*Structure, error) {
	return planOf[L, T]().Structure(unsafe.Pointer(&v))
}

// Leaves returns the leaves of v. It panics with an *[Error] if v is not a tree.
func Leaves[L, T any](v T) []L {
	return must(planOf[L, T]().Append(nil, unsafe.Pointer(&v)))
}

// Unflatten returns a value of structure s with the given leaves. It is the inverse of
// [Flatten], except that contexts are nil. It panics if s is not the structure of a T or
// has another number of leaves.
func Unflatten[T, L any](s *Structure, leaves []L) T {
	var v T
	planOf[L, T]().Build(unsafe.Pointer(&v), s, leaves)
	return v
}

// Map returns v with each leaf x replaced by f(x). Slices, maps and what pointers point to
// are copied, never shared with v. Map panics with an *[Error] if v is not a tree.
func Map[T, L any](v T, f func(L) L) T {
	p := planOf[L, T]()
	leaves := must(p.Append(nil, unsafe.Pointer(&v)))
	for i, x := range leaves {
		leaves[i] = f(x)
	}
	return rebuild(p, v, leaves)
}

// MapPath is [Map] with the path of each leaf.
func MapPath[T, L any](v T, f func(path string, x L) L) T {
	p := planOf[L, T]()
	leaves := must(p.Append(nil, unsafe.Pointer(&v)))
	i := 0
	p.p.eachLeaf(unsafe.Pointer(&v), "", func(path string) {
		leaves[i] = f(path, leaves[i])
		i++
	})
	return rebuild(p, v, leaves)
}

// Map2 returns a with each leaf x replaced by f(x, y), where y is the leaf of b in the same
// place. It panics with an *[Error] if the structures differ; see [Match].
func Map2[T, L any](a, b T, f func(x, y L) L) T {
	if err := Match[L](a, b); err != nil {
		panic(err)
	}
	leaves, ys := Leaves[L](a), Leaves[L](b)
	for i, x := range leaves {
		leaves[i] = f(x, ys[i])
	}
	return rebuild(planOf[L, T](), a, leaves)
}

// Match returns an *[Error] that says where the structures of a and b first differ, and nil
// if they do not.
func Match[L, T any](a, b T) error {
	p := planOf[L, T]()
	ka, err := p.AppendKey(nil, unsafe.Pointer(&a))
	if err != nil {
		return err
	}
	kb, err := p.AppendKey(nil, unsafe.Pointer(&b))
	if err != nil {
		return err
	}
	if string(ka) == string(kb) {
		return nil
	}
	if d := diff(p.p, unsafe.Pointer(&a), p.p, unsafe.Pointer(&b), ""); d != nil {
		return d
	}
	return nil
}

func planOf[L, T any]() Plan[L] { return PlanFor[L](reflect.TypeFor[T]()) }

// rebuild returns v with other leaves; v is known to be a tree.
func rebuild[L, T any](p Plan[L], v T, leaves []L) T {
	var out T
	if err := p.Rebuild(unsafe.Pointer(&out), unsafe.Pointer(&v), leaves); err != nil {
		panic(err)
	}
	return out
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
