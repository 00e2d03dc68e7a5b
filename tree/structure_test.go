package tree

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"
)

func TestDiff(t *testing.T) {
	type named struct{ V any }
	other := func() any {
		type named struct{ V any }
		return named{}
	}
	x, y := new(handle), new(handle)
	f, g := func() {}, func() { _ = x }
	fn := func(f func()) any {
		return struct {
			F func() `jax:"static"`
		}{f}
	}
	nan := math.NaN()
	nan2 := math.Float64frombits(math.Float64bits(nan) ^ 2)
	rows := []struct {
		a, b any
		want string
	}{
		{params{}, params{W: lf(1)}, ""}, // an absent leaf is a leaf
		{3, 4, "3 against 4"},
		{3, int8(3), "int against int8"},
		{"a", "b", `"a" against "b"`},
		{true, false, "true against false"},
		{nil, lf(1), "nil against tree.leaf"},
		{layer{}, params{}, "tree.layer against tree.params"},
		{named{}, other(), "tree.named against another type of that name"},
		{params{N: 3}, params{N: 4}, "N: 3 against 4"},
		{params{Layers: make([]layer, 3)}, params{Layers: make([]layer, 2)}, "Layers: slice of 3 against slice of 2"},
		{params{Layers: []layer{}}, params{}, "Layers: slice of 0 against nil slice"},
		{&params{}, (*params)(nil), "*tree.params against nil"},
		{map[string]leaf{"a": {}}, map[string]leaf{"b": {}}, `["a"]: present against missing`},
		{map[string]leaf{"a": {}}, map[string]leaf{"b": {}, "a": {}}, `["b"]: missing against present`},
		{map[string]leaf{}, map[string]leaf(nil), "map of 0 against nil map"},
		{map[int]int{1: 2, 3: 4}, map[int]int{3: 5, 1: 2}, "[3]: 4 against 5"},
		{map[float64]leaf{0: {}}, map[float64]leaf{math.Copysign(0, -1): {}}, ""},
		{[]any{lf(1), named{1}}, []any{lf(2), named{"1"}}, "[1].V: int against string"},
		{[]any{1, nil}, []any{1, 2}, "[1]: nil against int"},
		{&list{Next: &list{}}, &list{Next: &list{Next: &list{}}}, "Next.Next: nil against *tree.list"},
		{Static[float64]{1}, Static[float64]{2}, "Value: 1 against 2"},
		{Static[float64]{nan}, Static[float64]{nan}, ""},
		{Static[float64]{nan}, Static[float64]{nan2}, "Value: NaN against NaN with other bits"},
		{Static[float64]{0}, Static[float64]{math.Copysign(0, -1)}, "Value: 0 against -0"},
		{Static[any]{1}, Static[any]{1.0}, "Value: int against float64"},
		{Static[any]{1.0}, Static[any]{1.5}, "Value: 1 against 1.5"},
		{&config{1}, &config{1}, ""},
		{&config{1}, &config{2}, "LR: 1 against 2"},
		{color(1), color(2), "color against color with other bits"},
		{x, y, "*tree.handle against another"},
		{x, x, ""},
		{fn(f), fn(f), ""},
		{fn(f), fn(g), "F: func() against another"},
		{fn(nil), fn(g), "F: nil against func()"},
		{[]string{"ab", "c"}, []string{"a", "bc"}, `[0]: "ab" against "a"`},
		{[]byte("ab"), []byte("ac"), "[1]: 98 against 99"},
		{scaled{}, scaled{Scale: 1}, "Scale: 0 against 1"},
	}
	for _, r := range rows {
		a, err := Of[leaf](r.a)
		if err != nil {
			t.Errorf("%T: %v", r.a, err)
			continue
		}
		b, err := Of[leaf](r.b)
		if err != nil {
			t.Errorf("%T: %v", r.b, err)
			continue
		}
		if got := Diff(a, b); got != r.want {
			t.Errorf("Diff(%s, %s):\n got %s\nwant %s", a, b, got, r.want)
		}
		if same := a.Key() == b.Key(); same != (r.want == "") {
			t.Errorf("keys of %s and %s are equal: %v", a, b, same)
		}
	}
	a, _ := Of[leaf](layer{})
	b, _ := Of[leaf](params{})
	if got, want := Diff(a, b), "tree.layer against tree.params"; got != want {
		t.Errorf("roots: %s, want %s", got, want)
	}
}

// gen makes a random tree whose structure depends on r alone. Strings and numbers come from
// few, so that equal structures are common.
func gen(r *rand.Rand, leaf func() leaf, depth int) any {
	sub := func() any { return gen(r, leaf, depth-1) }
	n := r.IntN(3)
	if depth == 0 {
		n = 0
	}
	switch r.IntN(15) {
	case 0:
		return nil
	case 1:
		return r.IntN(2)
	case 2:
		return int64(r.IntN(2))
	case 3:
		return "ab"[:r.IntN(3)]
	case 4:
		s := make([]any, n)
		for i := range s {
			s[i] = sub()
		}
		return s
	case 5:
		s := map[string]any{}
		for range n {
			s["abc"[r.IntN(3):]] = sub()
		}
		return s
	case 6:
		m := map[int8]layer{}
		for range n {
			m[int8(r.IntN(3))] = layer{leaf(), leaf()}
		}
		return m
	case 7:
		var l *list
		for range n {
			l = &list{leaf(), l}
		}
		return l
	case 8:
		p := params{W: leaf(), N: r.IntN(2)}
		for range n {
			p.Layers = append(p.Layers, layer{leaf(), leaf()})
		}
		return p
	case 9:
		return [2][]int16{make([]int16, n), nil}
	case 10:
		m := map[string]leafAlias{}
		for range n {
			m["abc"[r.IntN(3):]] = leaf()
		}
		return m
	case 11:
		return &struct {
			A any
			B bool
			C Static[any]
		}{sub(), r.IntN(2) == 0, Static[any]{float32(r.IntN(2))}}
	case 12:
		return []shape{layer{leaf(), leaf()}, nil, &list{X: leaf()}}[:n]
	case 13:
		return [][]string{nil, {}, {""}, {"a", "b"}}[:n]
	default:
		return leaf()
	}
}

type leafAlias = leaf

// Flatten and Unflatten are inverse, and keys are equal just if all but the leaves is.
func checkTrees(t *testing.T, seed1, seed2, leaves uint64) {
	absent := func() leaf { return leaf{} }
	n := 0
	counted := func() leaf { n++; return lf(int(leaves) + n) }
	rnd := func(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0)) }
	v := gen(rnd(seed1), counted, 3)
	xs, s, err := Flatten[leaf](v)
	if err != nil {
		t.Fatal(err)
	}
	if back := Unflatten[any](s, xs); !reflect.DeepEqual(back, v) {
		t.Errorf("seed %d: %s: rebuilt %v from %v", seed1, s, back, v)
	}
	bare1, bare2 := gen(rnd(seed1), absent, 3), gen(rnd(seed2), absent, 3)
	if back := Map(v, func(leaf) leaf { return leaf{} }); !reflect.DeepEqual(back, bare1) {
		t.Errorf("seed %d: %s: mapped to %v", seed1, s, back)
	}
	s2, err := Of[leaf](bare2)
	if err != nil {
		t.Fatal(err)
	}
	same := reflect.DeepEqual(bare1, bare2)
	if (s.Key() == s2.Key()) != same || (Diff(s, s2) == "") != same || same && s.String() != s2.String() {
		t.Errorf("seeds %d and %d: same: %v, but difference %q of\n%s\n%s", seed1, seed2, same, Diff(s, s2), s, s2)
	}
	if len(s.Paths()) != s.NumLeaves() {
		t.Errorf("seed %d: %s has %d leaves, paths %q", seed1, s, s.NumLeaves(), s.Paths())
	}
	seen := map[string]bool{}
	for _, path := range s.Paths() {
		if seen[path] {
			t.Errorf("seed %d: %s has two leaves at %s", seed1, s, path)
		}
		seen[path] = true
	}
}

func TestRandom(t *testing.T) {
	for i := range uint64(3000) {
		checkTrees(t, i, i%97, 0)
	}
}

func FuzzTrees(f *testing.F) {
	f.Add(uint64(1), uint64(2), uint64(3))
	f.Fuzz(checkTrees)
}

func TestPrefix(t *testing.T) {
	type model struct {
		Params *params
		M      map[string]leaf
		K      map[int]any
		T      [2]leaf
		Name   string
	}
	v := model{
		&params{Layers: make([]layer, 2)},
		map[string]leaf{"x": {}, "y": {}}, map[int]any{-1: leaf{}, 2: nil}, [2]leaf{}, "n",
	}
	// Leaves: W, two layers of W and b, x, y, -1, two of T.
	rows := []struct {
		v, prefix any
		want      string // values or error
	}{
		{v, 0, "[0 0 0 0 0 0 0 0 0 0]"},
		{v, nil, "[<nil> <nil> <nil> <nil> <nil> <nil> <nil> <nil> <nil> <nil>]"},
		{v, Axes{"Params": 1, "M": 2, "K": nil, "T": 4}, "[1 1 1 1 1 2 2 <nil> 4 4]"},
		{v, Axes{"Params": Axes{"Layers": []any{1, Axes{"W": 2, "b": 3}}, "*": 9}, "*": 0}, "[9 1 1 2 3 0 0 0 0 0]"},
		{v, Axes{"M": map[string]any{"y": 5, "x": 6}, "K": Axes{"-1": 7}, "T": []any{nil, 8}, "*": 0}, "[0 0 0 0 0 6 5 7 <nil> 8]"},
		{v, Axes{"Name": 1, "*": 0}, "[0 0 0 0 0 0 0 0 0 0]"},
		{leaf{}, 3, "[3]"},
		{[]leaf{}, 3, "[]"},
		{(*params)(nil), Axes{"W": 1}, "[]"},
		{[]any{leaf{}, 3}, []any{1, nil}, "[1]"},
		{v, Axes{"Params": 1}, `M: missing from the axes: name it, or give the others as "*"`},
		{v, Axes{"Params": Axes{"W": 1, "Layers": []any{0, Axes{"W": 1}}}, "*": 0},
			`Params.Layers[1].b: missing from the axes: name it, or give the others as "*"`},
		{v, Axes{"*": 0, "Prams": 1}, `the axes name "Prams", which tree.model does not have`},
		{v, Axes{"*": 0, "M": Axes{"*": 0, "z": 1}}, `M: the axes name "z", which map[string]tree.leaf does not have`},
		{v, Axes{"*": 0, "T": []any{1}}, "T: a list of 1 axes for 2 elements"},
		{v, Axes{"*": 0, "T": []any{1, 2, 3}}, "T: a list of 3 axes for 2 elements"},
		{v, Axes{"*": 0, "M": []any{1}}, "M: a list of axes for map[string]tree.leaf, want a slice or array"},
		{v, Axes{"*": 0, "M": Axes{"*": Axes{}}}, `M["x"]: axes by name for an array, want a struct or map`},
		{leaf{}, []any{}, "a list of axes for an array, want a slice or array"},
	}
	for _, r := range rows {
		s, err := Of[leaf](r.v)
		if err != nil {
			t.Fatal(err)
		}
		axes, err := Prefix(s, r.prefix)
		got := fmt.Sprint(axes)
		if err != nil {
			got = err.Error()
		}
		if got != r.want {
			t.Errorf("Prefix(%s, %v):\n got %s\nwant %s", s, r.prefix, got, r.want)
		}
	}
}
