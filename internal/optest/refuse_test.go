package optest

import (
	"fmt"
	"hash/fnv"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"gojax/internal/core"
	"gojax/internal/dtype"
)

// TestRefusals tries every operation on operands and with parameters that are a little
// off. Type rules may not panic, and what they accept, and what for, is as before:
// testdata/refusals.txt has the numbers, and a hash of the results. Operations that are
// not listed there yet may do as they like.
func TestRefusals(t *testing.T) {
	const file = "testdata/refusals.txt"
	got := map[string]string{}
	for name, group := range byName(t) {
		accepted, total, h := 0, 0, fnv.New32a()
		try := func(op core.Op, in []core.Type) {
			out, err := inferSafely(t, op, in)
			total++
			if err == nil {
				accepted++
			}
			fmt.Fprint(h, err == nil, out)
		}
		tried := 0
		for _, c := range group {
			if tried == 24 || c.Fn != nil || !everyday(c) {
				continue
			}
			tried++
			for _, in := range offTypes(c.types()) {
				try(c.Op, in)
			}
			for _, op := range offParams(c.Op) {
				try(op, c.types())
			}
		}
		got[name] = fmt.Sprintf(" %d of %d, %08x", accepted, total, h.Sum32())
	}
	compareLines(t, file, got)
}

// compareLines compares texts by name with those in a file.
func compareLines(t *testing.T, file string, got map[string]string) {
	if *update {
		var b strings.Builder
		for _, name := range slices.Sorted(maps.Keys(got)) {
			fmt.Fprintf(&b, "%s:%s\n", name, got[name])
		}
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		name, want, _ := strings.Cut(strings.TrimSpace(line), ":")
		if got[name] != want {
			t.Errorf("%s accepts\n%s, want\n%s (if that is right, -update writes it)", name, got[name], want)
		}
	}
}

func inferSafely(t *testing.T, op core.Op, in []core.Type) (out []core.Type, err error) {
	defer func() {
		if e := recover(); e != nil {
			err = fmt.Errorf("panic: %v", e)
			t.Errorf("the type rule of %v %+v panics on %v: %v", op, reflect.ValueOf(op), in, e)
		}
	}()
	return op.Infer(in)
}

// offTypes returns operand types of which one is another.
func offTypes(in []core.Type) (all [][]core.Type) {
	for i, t := range in {
		put := func(u core.Type) {
			other := slices.Clone(in)
			other[i] = u
			all = append(all, other)
		}
		for _, d := range []dtype.Type{dtype.Bool, dtype.Int32, dtype.Uint8, dtype.Float32, dtype.Complex64} {
			put(t.With(d))
		}
		put(t.Shaped(append(slices.Clone(t.Shape), 1)...))
		put(t.Stacked(2))
		for a, n := range t.Shape {
			put(t.Shaped(slices.Delete(slices.Clone(t.Shape), a, a+1)...))
			for _, m := range []int{n - 1, n + 1} {
				if m >= 0 {
					u := t.Shaped(slices.Clone(t.Shape)...)
					u.Shape[a] = m
					put(u)
				}
			}
		}
	}
	return all
}

// offParams returns operations of which one parameter is another.
func offParams(op core.Op) (all []core.Op) {
	v := reflect.ValueOf(op)
	if v.Kind() != reflect.Struct {
		return nil
	}
	changes(v, func(changed reflect.Value) { all = append(all, changed.Interface().(core.Op)) })
	return all
}

// changes calls put with values like v, each with one change inside.
func changes(v reflect.Value, put func(v reflect.Value)) {
	with := func(set func(w reflect.Value)) {
		w := reflect.New(v.Type()).Elem()
		w.Set(v)
		set(w)
		put(w)
	}
	switch {
	case v.Type() == reflect.TypeFor[dtype.Type]():
		for _, d := range []dtype.Type{dtype.Invalid, dtype.Bool, dtype.Int16, dtype.Float32, dtype.Complex64} {
			with(func(w reflect.Value) { w.SetUint(uint64(d)) })
		}
	case v.Kind() == reflect.Int:
		for _, by := range []int64{-1, 1} {
			with(func(w reflect.Value) { w.SetInt(v.Int() + by) })
		}
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && !f.Anonymous {
				changes(v.Field(i), func(c reflect.Value) { with(func(w reflect.Value) { w.Field(i).Set(c) }) })
			}
		}
	case v.Kind() == reflect.Slice, v.Kind() == reflect.Array:
		changeMembers(v, with)
	}
}

// changeMembers changes, drops and doubles members of a list.
func changeMembers(v reflect.Value, with func(set func(w reflect.Value))) {
	n := v.Len()
	clone := func(w reflect.Value) {
		if v.Kind() == reflect.Slice {
			w.Set(reflect.AppendSlice(reflect.MakeSlice(v.Type(), 0, n+1), v))
		}
	}
	for i := range n {
		changes(v.Index(i), func(c reflect.Value) {
			with(func(w reflect.Value) {
				clone(w)
				w.Index(i).Set(c)
			})
		})
	}
	if v.Kind() != reflect.Slice {
		return
	}
	with(func(w reflect.Value) {
		clone(w)
		last := reflect.Zero(v.Type().Elem())
		if n > 0 {
			last = v.Index(n - 1)
		}
		w.Set(reflect.Append(w, last))
	})
	if n > 0 {
		with(func(w reflect.Value) { w.Set(v.Slice(0, n-1)) })
	}
}
