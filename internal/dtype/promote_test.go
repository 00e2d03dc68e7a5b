package dtype

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// The tables are printed as testdata/gen.py prints JAX's.
func TestPromote(t *testing.T) {
	want, err := os.ReadFile("testdata/promote.txt")
	if err != nil {
		t.Fatal(err)
	}
	kinds := []Kind{BoolKind, IntKind, FloatKind, ComplexKind}
	names := map[Kind]string{BoolKind: "bool", IntKind: "int", FloatKind: "float", ComplexKind: "complex"}
	var got strings.Builder
	for _, a := range All() {
		fmt.Fprintf(&got, "%v:", a)
		for _, b := range All() {
			fmt.Fprintf(&got, " %v", Promote(a, b))
		}
		got.WriteString(" |")
		for _, k := range kinds {
			fmt.Fprintf(&got, " %v", PromoteWeak(a, k))
		}
		got.WriteByte('\n')
	}
	combinations(All(), 3, func(c []Type) {
		if all := PromoteAll(c...); all != Promote(Promote(c[0], c[1]), c[2]) {
			fmt.Fprintf(&got, "%v %v %v: %v\n", c[0], c[1], c[2], all)
		}
	})
	for n := range 3 {
		combinations(kinds, n+1, func(c []Kind) {
			for i, k := range c {
				if i > 0 {
					got.WriteByte(' ')
				}
				got.WriteString(names[k])
			}
			fmt.Fprintf(&got, ": %v\n", PromoteMixed(nil, c))
		})
	}
	g, w := strings.Split(got.String(), "\n"), strings.Split(string(want), "\n")
	if len(g) != len(w) {
		t.Errorf("%d lines, want %d", len(g), len(w))
	}
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			t.Errorf("line %d\n got %s\nwant %s", i+1, g[i], w[i])
		}
	}
}

// combinations calls f with every n of xs, in their order.
func combinations[T any](xs []T, n int, f func([]T)) {
	var pick func(from int, c []T)
	pick = func(from int, c []T) {
		if len(c) == n {
			f(c)
			return
		}
		for i := from; i < len(xs); i++ {
			pick(i+1, append(c, xs[i]))
		}
	}
	pick(0, make([]T, 0, n))
}

// The lattice laws: a bound does not depend on order or repetition.
func TestPromoteLaws(t *testing.T) {
	for _, a := range All() {
		if Promote(a, a) != a || PromoteAll(a) != a || PromoteWeak(a, BoolKind) != a {
			t.Errorf("%v alone is %v", a, Promote(a, a))
		}
		for _, b := range All() {
			if Promote(a, b) != Promote(b, a) {
				t.Errorf("%v, %v depends on the order", a, b)
			}
			for _, c := range All() {
				if PromoteAll(a, b, c) != PromoteAll(c, a, b, a) {
					t.Errorf("%v, %v, %v depends on the order", a, b, c)
				}
			}
		}
	}
}

// Every node is numbered before the nodes above it, as least needs.
func TestNodeOrder(t *testing.T) {
	for _, a := range All() {
		if least(upOfType[a]) != a {
			t.Errorf("the least bound of %v is %v", a, least(upOfType[a]))
		}
	}
}
