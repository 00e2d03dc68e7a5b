package tree

import (
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unsafe"
)

// leaf has the shape of gojax's arrays: one pointer, and == does not compile.
type leaf struct {
	_ [0]func()
	p *int
}

func lf(n int) leaf     { return leaf{p: &n} }
func (x leaf) num() int { return *x.p }

func (x leaf) String() string {
	if x.p == nil {
		return "absent"
	}
	return fmt.Sprint(*x.p)
}

type (
	layer  struct{ W, b leaf }
	params struct {
		W      leaf
		Layers []layer
		N      int
	}
	list struct {
		X    leaf
		Next *list
	}
	rec     []rec
	recMap  map[string]recMap
	recPtr  *recPtr
	mutualA struct {
		X  leaf
		Bs []mutualB
		M  map[int]mutualA
	}
	mutualB struct {
		A mutualA
		Y leaf
	}
	config    struct{ LR float64 }
	handle    struct{ x float64 }
	embedding struct {
		config
		W leaf
	}
	color  int
	scaled struct {
		Scale float64 `jax:"static"`
		F     func()  `jax:"static"`
		W     leaf
	}
	withCtx struct {
		context.Context
		W leaf
	}
	shape interface{ Area() leaf }
)

func (config) TreeStatic()     {}
func (*handle) TreeStatic()    {}
func (l layer) Area() leaf     { return l.W }
func (l *list) Area() leaf     { return l.X }
func (c color) String() string { return "color" }

// text prints the leaves of v.
func text[T any](v T) string { return fmt.Sprint(Leaves[leaf](v)) }

// Every row is flattened, printed and rebuilt.
func TestTrees(t *testing.T) {
	h := &handle{1}
	rows := []struct {
		v      any
		want   string // the structure
		leaves string // their paths
	}{
		{lf(1), "*", ""},
		{leaf{}, "*", ""},
		{params{W: lf(1), Layers: []layer{{lf(2), lf(3)}, {lf(4), lf(5)}}, N: 3},
			"params{W: *, Layers: [layer{W: *, b: *}, layer{W: *, b: *}], N: 3}",
			"W|Layers[0].W|Layers[0].b|Layers[1].W|Layers[1].b"},
		{&params{}, "&params{W: *, Layers: nil, N: 0}", "W"},
		{params{Layers: []layer{}}, "params{W: *, Layers: [], N: 0}", "W"},
		{(*params)(nil), "nil", "-"},
		{[]leaf{lf(1), {}}, "[*, *]", "[0]|[1]"},
		{[]leaf(nil), "nil", "-"},
		{[]leaf{}, "[]", "-"},
		{[2][2]leaf{{lf(1), lf(2)}, {lf(3), lf(4)}}, "[[*, *], [*, *]]", "[0][0]|[0][1]|[1][0]|[1][1]"},
		{[2]any{lf(1), 2}, "[*, 2]", "[0]"},
		{[0]leaf{}, "[]", "-"},
		{[0]func(){}, "[]", "-"},
		{map[string]leaf{"b": lf(1), "a": lf(2), `"`: lf(3)}, `{"\"": *, "a": *, "b": *}`, `["\""]|["a"]|["b"]`},
		{map[string]leaf(nil), "nil", "-"},
		{map[string]leaf{}, "{}", "-"},
		{map[int]layer{10: {}, -1: {}, 9: {}}, "{-1: layer{W: *, b: *}, 9: layer{W: *, b: *}, 10: layer{W: *, b: *}}",
			"[-1].W|[-1].b|[9].W|[9].b|[10].W|[10].b"},
		{map[float64]leaf{2.5: {}, math.Inf(-1): {}, 1: {}}, "{-Inf: *, 1: *, 2.5: *}", "[-Inf]|[1]|[2.5]"},
		{map[uint8]*leaf{200: nil, 3: {}}, "{3: &*, 200: nil}", "[3]"},
		{map[color]leaf{7: {}}, "{color: *}", "[color]"},
		{map[string]map[string]leaf{"x": {"y": lf(1)}, "n": nil}, `{"n": nil, "x": {"y": *}}`, `["x"]["y"]`},
		{&list{lf(1), &list{lf(2), nil}}, "&list{X: *, Next: &list{X: *, Next: nil}}", "X|Next.X"},
		{rec{nil, rec{}, rec{nil}}, "[nil, [], [nil]]", "-"},
		{recMap{"a": nil, "b": {}}, `{"a": nil, "b": {}}`, "-"},
		{recPtr(nil), "nil", "-"},
		{mutualA{Bs: []mutualB{{A: mutualA{M: map[int]mutualA{1: {}}}}}},
			"mutualA{X: *, Bs: [mutualB{A: mutualA{X: *, Bs: nil, M: {1: mutualA{X: *, Bs: nil, M: nil}}}, Y: *}], M: nil}",
			"X|Bs[0].A.X|Bs[0].A.M[1].X|Bs[0].Y"},
		{[]any{lf(1), nil, 3, "x", true, []leaf{lf(2)}, any(layer{})},
			`[*, nil, 3, "x", true, [*], layer{W: *, b: *}]`, "[0]|[5][0]|[6].W|[6].b"},
		{[]shape{layer{lf(1), lf(2)}, nil, &list{X: lf(3)}}, "[layer{W: *, b: *}, nil, &list{X: *, Next: nil}]", "[0].W|[0].b|[2].X"},
		{struct{ X, Y any }{lf(1), &params{}}, "{X: *, Y: &params{W: *, Layers: nil, N: 0}}", "X|Y.W"},
		{struct {
			B bool
			I int8
			U uint64
			S string
			P uintptr
			T time.Duration
		}{true, -1, 2, "s", 3, time.Second}, `{B: true, I: -1, U: 2, S: "s", P: 3, T: 1s}`, "-"},
		{[]string{"a", ""}, `["a", ""]`, "-"},
		{[]int16{1, 2}, "[1, 2]", "-"},
		{[][2]bool{{true, false}}, "[[true, false]]", "-"},
		{Static[float64]{0.5}, "Static{Value: 0.5}", "-"},
		{Static[any]{float32(2)}, "Static{Value: 2}", "-"},
		{Static[any]{nil}, "Static{Value: nil}", "-"},
		{Static[[2]complex64]{[2]complex64{1, 2i}}, "Static{Value: [(1+0i), (0+2i)]}", "-"},
		{scaled{Scale: 2}, "scaled{Scale: 2, F: nil, W: *}", "W"},
		{config{1.5}, "config{LR: 1.5}", "-"},
		{&config{1.5}, "&config{LR: 1.5}", "-"},
		{embedding{config{2}, lf(1)}, "embedding{config: config{LR: 2}, W: *}", "W"},
		{h, "(*tree.handle)", "-"},
		{struct {
			p *handle
			c chan int       `jax:"static"`
			u unsafe.Pointer `jax:"static"`
			s fmt.Stringer   `jax:"static"`
			e error          `jax:"static"`
		}{h, nil, nil, color(2), nil}, "{p: (*tree.handle), c: nil, u: nil, s: color, e: nil}", "-"},
		{withCtx{context.TODO(), lf(1)}, "withCtx{Context: context, W: *}", "W"},
		{struct {
			_ [0]func()
			X leaf
			_ float64
		}{X: lf(1)}, "{X: *}", "X"},
		{[2]struct {
			X leaf
			_ int
		}{{X: lf(1)}}, "[{X: *}, {X: *}]", "[0].X|[1].X"},
		{struct {
			A struct{}
			X [3]leaf
			Y leaf
		}{}, "{A: {}, X: [*, *, *], Y: *}", "X[0]|X[1]|X[2]|Y"},
	}
	for _, r := range rows {
		name := fmt.Sprintf("%T", r.v)
		leaves, s, err := Flatten[leaf](r.v)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if s.String() != r.want {
			t.Errorf("%s:\n got %s\nwant %s", name, s, r.want)
		}
		paths := strings.Join(s.Paths(), "|")
		if len(leaves) == 0 {
			paths = "-"
		}
		if paths != r.leaves || s.NumLeaves() != len(leaves) {
			t.Errorf("%s: paths %s, want %s", name, paths, r.leaves)
		}
		got := Unflatten[any](s, leaves)
		if _, ok := r.v.(withCtx); !ok && !reflect.DeepEqual(got, r.v) {
			t.Errorf("%s: rebuilt %#v, want %#v", name, got, r.v)
		}
		_, again, err := Flatten[leaf](got)
		if err != nil || again.Key() != s.Key() || Diff(s, again) != "" {
			t.Errorf("%s: the structure of the rebuilt value differs: %s, %v", name, Diff(s, again), err)
		}
		// The same through the plan of the type itself, not of any.
		v := reflect.ValueOf(r.v)
		p := PlanFor[leaf](v.Type())
		xs, key, err := p.AppendBoth(nil, nil, p.Pointer(v))
		st, err2 := p.Structure(p.Pointer(v))
		if err != nil || err2 != nil || st.Key() != string(key) || len(xs) != len(leaves) {
			t.Errorf("%s: by its own plan: %d leaves, %v, %v", name, len(xs), err, err2)
			continue
		}
		onlyKey, _ := p.AppendKey(nil, p.Pointer(v))
		onlyLeaves, _ := p.Append(nil, p.Pointer(v))
		if string(onlyKey) != string(key) || !reflect.DeepEqual(onlyLeaves, xs) {
			t.Errorf("%s: the passes for leaves and key differ from the one for both", name)
		}
		if n, ok := p.Fixed(); ok && n != len(leaves) {
			t.Errorf("%s: fixed at %d leaves, has %d", name, n, len(leaves))
		}
		back := p.BuildValue(st, xs).Interface()
		if _, ok := r.v.(withCtx); !ok && !reflect.DeepEqual(back, r.v) {
			t.Errorf("%s: built %#v, want %#v", name, back, r.v)
		}
	}
}

func TestErrors(t *testing.T) {
	nan := math.NaN()
	loop := &list{}
	loop.Next = loop
	const tag = ", or tag the field `jax:\"static\"`"
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	type bad struct{ Scale float64 }
	type deep struct {
		Layers []*bad
		M      map[string]bad
	}
	const noArray = "float64 is neither an array nor static: use an array"
	type row struct {
		v    any
		want string
	}
	rows := []row{
		{1.5, noArray + ", or wrap it in a Static"},
		{float32(1), "float32 is neither an array nor static: use an array, or wrap it in a Static"},
		{bad{}, "Scale: " + noArray + tag},
		{deep{Layers: []*bad{nil, nil, {}}}, "Layers[2].Scale: " + noArray + tag},
		{deep{}, "Layers[...].Scale: " + noArray + tag},
		{deep{M: map[string]bad{"k": {}}}, `M["k"].Scale: ` + noArray + tag},
		{[]any{1, []any{2.5}}, "[1][0]: " + noArray + ", or wrap it in a Static"},
		{map[string]float64{"a": 1}, `["a"]: ` + noArray + ", or wrap it in a Static"},
		{struct{ X []float32 }{}, "X: []float32 is neither an array nor static: use an array"},
		{[][]float64{{1}}, "[0]: []float64 is neither an array nor static: use an array"},
		{struct{ z complex128 }{}, "z: complex128 is neither an array nor static: use an array" + tag},
		{struct{ F func(int) }{}, "F: func(int) is neither an array nor static: tag the field `jax:\"static\"`"},
		{func() {}, "func() is neither an array nor static: let a closure hold it"},
		{[]chan int{nil}, "[0]: chan int is neither an array nor static: let a closure hold it"},
		{struct {
			X leaf `jax:"static"`
		}{}, "X: an array cannot be static"},
		{struct {
			X map[string]int `jax:"static"`
		}{}, "X: map[string]int cannot be static, as it is not comparable: use an array of fixed size, a string or a pointer"},
		{struct {
			N int `jax:"sttic"`
		}{}, "N: unknown tag `jax:\"sttic\"`: the only one is `jax:\"static\"`"},
		{map[bool]leaf{}, "map[bool]tree.leaf has keys without an order: use string, integer or float keys"},
		{struct{ M map[float64]leaf }{map[float64]leaf{1: {}, nan: {}}}, "M: map[float64]tree.leaf has a NaN key, which no order can place"},
		{loop, "Next.Next.Next.Next.Next.Next.Next.Next.Next.Next.Next.Next....: nested deeper than " +
			strconv.Itoa(maxDepth) + ": does the value contain itself?"},
		{struct{ C any }{ctx}, "C: interface {} holds a context: declare it as context.Context"},
	}
	inside := []row{ // of static interfaces, where Rebuild does not look
		{struct {
			X any `jax:"static"`
		}{lf(1)}, "X: an array cannot be static"},
		{struct {
			X any `jax:"static"`
		}{[]int{1}}, "X: []int cannot be static, as it is not comparable: use an array of fixed size, a string or a pointer"},
	}
	for i, r := range append(rows, inside...) {
		_, _, err := Flatten[leaf](r.v)
		var e *Error
		if !errors.As(err, &e) || err.Error() != r.want {
			t.Errorf("%T:\n got %v\nwant %s", r.v, err, r.want)
		}
		p := PlanFor[leaf](reflect.TypeOf(r.v))
		if _, _, err := p.Flatten(p.Pointer(reflect.ValueOf(r.v))); err == nil || err.Error() != r.want {
			t.Errorf("%T by its own plan:\n got %v\nwant %s", r.v, err, r.want)
		}
		p = PlanFor[leaf](reflect.TypeFor[any]())
		var out any
		err = p.Rebuild(unsafe.Pointer(&out), unsafe.Pointer(&r.v), make([]leaf, 20_000))
		if i < len(rows) && (err == nil || err.Error() != r.want) {
			t.Errorf("%T: Rebuild: %v\nwant %s", r.v, err, r.want)
		}
	}
	_, err := Of[leaf](bad{})
	if got, want := err.(*Error).In("params.layers[2]").Error(), "params.layers[2].Scale: "+noArray+tag; got != want {
		t.Errorf("In: %s, want %s", got, want)
	}
	if err := PlanFor[leaf](reflect.TypeFor[deep]()).Err(); err == nil || !strings.HasPrefix(err.Error(), "Layers[...].Scale: ") {
		t.Errorf("Err: %v", err)
	}
	if err := PlanFor[leaf](reflect.TypeFor[params]()).Err(); err != nil {
		t.Errorf("Err: %v", err)
	}
}

func TestMaps(t *testing.T) {
	v := params{W: lf(1), Layers: []layer{{lf(2), lf(3)}}, N: 7}
	double := func(x leaf) leaf { return lf(2 * x.num()) }
	if got, want := text(Map(v, double)), "[2 4 6]"; got != want {
		t.Errorf("Map: %s, want %s", got, want)
	}
	if got := text(v); got != "[1 2 3]" {
		t.Errorf("Map changed its argument to %s", got)
	}
	paths := ""
	MapPath(v, func(path string, x leaf) leaf { paths += path + "=" + x.String() + " "; return x })
	if want := "W=1 Layers[0].W=2 Layers[0].b=3 "; paths != want {
		t.Errorf("MapPath: %s, want %s", paths, want)
	}
	sum := Map2(v, Map(v, double), func(x, y leaf) leaf { return lf(x.num() + y.num()) })
	if got, want := text(sum), "[3 6 9]"; got != want {
		t.Errorf("Map2: %s, want %s", got, want)
	}
	more := v
	more.Layers = []layer{{}, {}}
	err := Match[leaf](v, more)
	if err == nil || err.(*Error).In("p").Error() != "p.Layers: slice of 1 against slice of 2" {
		t.Errorf("Match: %v", err)
	}
	if err := Match[leaf](v, v); err != nil {
		t.Errorf("Match: %v", err)
	}
	for name, f := range map[string]func(){
		"Layers: slice of 1 against slice of 2":                                        func() { Map2(v, more, func(x, y leaf) leaf { return x }) },
		"2 leaves for a structure with 3":                                              func() { s, _ := Of[leaf](v); Unflatten[params](s, make([]leaf, 2)) },
		"structure of tree.params, want one of tree.layer":                             func() { s, _ := Of[leaf](v); Unflatten[layer](s, make([]leaf, 2)) },
		"float64 is neither an array nor static: use an array, or wrap it in a Static": func() { Leaves[leaf](1.5) },
	} {
		func() {
			defer func() {
				if e, ok := recover().(*Error); !ok || e.Error() != name {
					t.Errorf("panic with %v, want %s", e, name)
				}
			}()
			f()
		}()
	}
}

// A context is carried over from a value, not from a structure, and is in no key.
func TestContexts(t *testing.T) {
	type key struct{}
	ctx := context.WithValue(context.Background(), key{}, 1)
	v := struct {
		A withCtx
		B []context.Context
		C any
	}{withCtx{ctx, lf(1)}, []context.Context{nil, ctx}, withCtx{W: lf(2)}}
	p := PlanFor[leaf](reflect.TypeOf(v))
	ctxs, err := p.AppendContexts(nil, unsafe.Pointer(&v))
	if err != nil || len(ctxs) != 2 || ctxs[0] != ctx || ctxs[1] != ctx {
		t.Errorf("contexts %v, %v", ctxs, err)
	}
	if !p.HasContext() || PlanFor[leaf](reflect.TypeFor[params]()).HasContext() {
		t.Error("HasContext is wrong")
	}
	w := v
	w.A.Context, w.B = nil, []context.Context{ctx, nil}
	if err := Match[leaf](v, w); err != nil {
		t.Errorf("contexts count: %v", err)
	}
	if got := Map(v, func(x leaf) leaf { return x }); got.A.Context != ctx || got.B[1] != ctx {
		t.Error("Map lost a context")
	}
	if got := Unflatten[withCtx](must(Of[leaf](v.A)), []leaf{lf(1)}); got.Context != nil {
		t.Error("a structure kept a context")
	}
}

// A structure owes nothing to the value it was taken from.
func TestImmutable(t *testing.T) {
	v := map[string]any{"s": []int{1, 2}, "p": &params{N: 1}}
	leaves, s, err := Flatten[leaf](v)
	if err != nil {
		t.Fatal(err)
	}
	before := s.String()
	v["s"].([]int)[0] = 9
	v["p"].(*params).N = 9
	a, b := Unflatten[map[string]any](s, leaves), Unflatten[map[string]any](s, leaves)
	a["p"].(*params).N = 5
	if s.String() != before || b["p"].(*params).N != 1 || b["s"].([]int)[0] != 1 {
		t.Errorf("structure changed from %s to %s", before, s)
	}
}

func TestRebuild(t *testing.T) {
	p := PlanFor[leaf](reflect.TypeFor[params]())
	v := params{Layers: []layer{{}}}
	old := v.Layers
	ptr := unsafe.Pointer(&v)
	if err := p.Rebuild(ptr, ptr, []leaf{lf(1), lf(2), lf(3)}); err != nil || text(v) != "[1 2 3]" {
		t.Errorf("in place: %v, %v", v, err)
	}
	if old[0].W.p != nil {
		t.Error("in place wrote through the old slice")
	}
	for n, want := range map[int]string{2: "2 leaves for a value with more", 4: "4 leaves for a value with 3"} {
		if err := p.Rebuild(ptr, ptr, make([]leaf, n)); err == nil || err.Error() != want {
			t.Errorf("%d leaves: %v, want %s", n, err, want)
		}
	}
}

// Pointer leads to a value however reflect holds it.
func TestPointer(t *testing.T) {
	one := lf(1)
	var s shape = layer{W: lf(2)}
	f := reflect.MakeFunc(reflect.TypeFor[func(leaf, params, *layer, shape, any, [2]leaf)](), func(args []reflect.Value) []reflect.Value {
		for i, want := range []string{"[1]", "[1]", "[2 1]", "[2 absent]", "[1]", "[1 1]"} {
			p := PlanFor[leaf](args[i].Type())
			leaves, err := p.Append(nil, p.Pointer(args[i]))
			if got := fmt.Sprint(leaves); err != nil || got != want {
				t.Errorf("argument of %v: leaves %s, %v, want %s", args[i].Type(), got, err, want)
			}
		}
		return nil
	}).Interface().(func(leaf, params, *layer, shape, any, [2]leaf))
	f(one, params{W: one}, &layer{lf(2), one}, s, one, [2]leaf{one, one})
	v := params{W: one}
	p := PlanFor[leaf](reflect.TypeOf(v))
	if got := p.Pointer(reflect.ValueOf(&v).Elem()); got != unsafe.Pointer(&v) {
		t.Error("an addressable value was copied")
	}
	leaves, err := FlattenInto([]leaf{one}, &v)
	if err != nil || fmt.Sprint(leaves) != "[1 1]" {
		t.Errorf("FlattenInto: %v, %v", leaves, err)
	}
}

func TestConcurrent(t *testing.T) {
	type a struct {
		X leaf
		M map[string]leaf
		B []struct {
			Y leaf
			I any
		}
	}
	v := a{M: map[string]leaf{"x": lf(1), "y": lf(2)}}
	v.B = append(v.B, struct {
		Y leaf
		I any
	}{I: &list{}})
	var wg sync.WaitGroup
	keys := make([]string, 8)
	for i := range keys {
		wg.Go(func() {
			for range 50 {
				leaves, s, err := Flatten[leaf](v)
				if err != nil || len(Leaves[leaf](Unflatten[a](s, leaves))) != 5 {
					t.Errorf("%d leaves, %v", len(leaves), err)
				}
				keys[i] = s.Key()
			}
		})
	}
	wg.Wait()
	if len(slices.Compact(keys)) != 1 {
		t.Error("goroutines see different keys")
	}
}

// Other leaf types have plans of their own; any type will do.
func TestLeafTypes(t *testing.T) {
	v := struct {
		A float64
		B []float64
		C [2]float64
	}{1, []float64{2}, [2]float64{3, 4}}
	if got := Leaves[float64](v); !slices.Equal(got, []float64{1, 2, 3, 4}) {
		t.Errorf("float64 leaves %v", got)
	}
	if got := Leaves[string]([]any{"a", 1, "b"}); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("string leaves %v", got)
	}
	w := []struct{}{{}, {}}
	if got := Leaves[struct{}](w); len(got) != 2 || len(Map(w, func(x struct{}) struct{} { return x })) != 2 {
		t.Errorf("empty leaves %v", got)
	}
	if _, err := Of[leaf](v); err == nil {
		t.Error("float64 is a leaf for all")
	}
}
