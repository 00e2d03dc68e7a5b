package tree

import (
	"fmt"
	"reflect"
	"testing"
	"unsafe"
)

const many = 200

// fields has 200 leaves in fields of structs, with a static between them at every second.
type fields struct{ A, B, C, D, E tens }

type tens struct{ A, B, C, D pairs }

type pairs struct {
	A leaf
	I int
	B leaf
	S bool
	C [2]leaf
	J uint8
	D leaf
	K int32
	E leaf
	L int
	F [3]leaf
	M int
	G leaf
}

type flat struct{ X [many]leaf }

type sample struct {
	name string
	v    any
}

func samples() []sample {
	slice := make([]leaf, many)
	layers := make([]layer, many/2)
	mixed := make([]struct {
		W leaf
		N int
	}, many)
	leafMap := map[string]leaf{}
	layerMap := map[string]layer{}
	anys := make([]any, many)
	var l *list
	for i := range many {
		slice[i] = lf(i)
		anys[i] = lf(i)
		leafMap[fmt.Sprint("param", i)] = lf(i)
		layerMap[fmt.Sprint("layer", i/2)] = layer{lf(i), lf(i)}
		l = &list{lf(i), l}
	}
	return []sample{
		{"leaf", lf(1)},
		{"fields", fields{}},
		{"array", flat{}},
		{"slice", slice},
		{"layers", layers},
		{"mixed", mixed},
		{"pointers", l},
		{"any", anys},
		{"leafMap", leafMap},
		{"layerMap", layerMap},
	}
}

// The hot path allocates only what the result is made of.
func TestAllocs(t *testing.T) {
	build := map[string]float64{"leaf": 0, "fields": 0, "array": 0, "slice": 1, "layers": 2, "mixed": 2, "pointers": many}
	for _, s := range samples() {
		p, v := prepare(t, s)
		st, err := p.Structure(v)
		if err != nil {
			t.Fatal(err)
		}
		leaves, key := make([]leaf, 0, many), make([]byte, 0, 1<<14)
		dst := reflect.New(p.Type()).UnsafePointer()
		for _, r := range []struct {
			what string
			max  float64
			f    func()
		}{
			{"Append", 0, func() { p.Append(leaves, v) }},
			{"AppendKey", 0, func() { p.AppendKey(key, v) }},
			{"AppendBoth", 0, func() { p.AppendBoth(leaves, key, v) }},
			{"AppendContexts", 0, func() { p.AppendContexts(nil, v) }},
			{"Build", build[s.name], func() { p.Build(dst, st, leaves[:st.NumLeaves()]) }},
		} {
			if _, ok := build[s.name]; r.what == "Build" && !ok || s.name == "layerMap" {
				continue // maps allocate as they will
			}
			if got := testing.AllocsPerRun(20, r.f); got > r.max {
				t.Errorf("%s of %s: %v allocations, want %v", r.what, s.name, got, r.max)
			}
		}
	}
}

func prepare(t testing.TB, s sample) (Plan[leaf], unsafe.Pointer) {
	v := reflect.ValueOf(s.v)
	p := PlanFor[leaf](v.Type())
	leaves, err := p.Append(nil, p.Pointer(v))
	if err != nil || s.name != "leaf" && len(leaves) != many {
		t.Fatalf("%s: %d leaves, %v", s.name, len(leaves), err)
	}
	return p, p.Pointer(v)
}

func each(b *testing.B, f func(b *testing.B, p Plan[leaf], v unsafe.Pointer)) {
	for _, s := range samples() {
		b.Run(s.name, func(b *testing.B) {
			b.ReportAllocs()
			p, v := prepare(b, s)
			f(b, p, v)
		})
	}
}

func BenchmarkAppend(b *testing.B) {
	each(b, func(b *testing.B, p Plan[leaf], v unsafe.Pointer) {
		dst := make([]leaf, 0, many)
		for b.Loop() {
			dst, _ = p.Append(dst[:0], v)
		}
	})
}

func BenchmarkAppendKey(b *testing.B) {
	each(b, func(b *testing.B, p Plan[leaf], v unsafe.Pointer) {
		var key []byte
		for b.Loop() {
			key, _ = p.AppendKey(key[:0], v)
		}
	})
}

func BenchmarkBuild(b *testing.B) {
	each(b, func(b *testing.B, p Plan[leaf], v unsafe.Pointer) {
		leaves, s, _ := p.Flatten(v)
		dst := reflect.New(p.Type()).UnsafePointer()
		for b.Loop() {
			p.Build(dst, s, leaves)
		}
	})
}

func BenchmarkFlatten(b *testing.B) {
	each(b, func(b *testing.B, p Plan[leaf], v unsafe.Pointer) {
		for b.Loop() {
			p.Flatten(v)
		}
	})
}

func BenchmarkPlanFor(b *testing.B) {
	t := reflect.TypeFor[params]()
	for b.Loop() {
		PlanFor[leaf](t)
	}
}
