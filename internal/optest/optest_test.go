package optest

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"gojax/internal/dtype"
)

var update = flag.Bool("update", false, "write testdata anew")

// byName groups the cases by operation.
func byName(t *testing.T) map[string][]*Case {
	cases, missing := Cases()
	for _, name := range missing {
		t.Errorf("%s has no case: add it to the table of families", name)
	}
	groups := map[string][]*Case{}
	for _, c := range cases {
		groups[c.Op.String()] = append(groups[c.Op.String()], c)
	}
	return groups
}

// TestLaws holds every operation of lax to all laws.
func TestLaws(t *testing.T) {
	for name, group := range byName(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for i, c := range group {
				if testing.Short() && !everyday(c) && i%5 > 0 {
					continue
				}
				Check(t, c)
			}
		})
	}
}

// everyday reports whether the elements of a case are of types that most rules are about.
func everyday(c *Case) bool {
	return !slices.ContainsFunc(c.In, func(o Operand) bool {
		return o.DType != dtype.Float64 && o.DType != dtype.Int32 && o.DType != dtype.Bool && o.DType != dtype.Complex64
	})
}

// TestTypes compares the element types that operations take with testdata/types.txt:
// laws say nothing about what a type rule refuses. Operations that are not listed there
// yet may take what they like.
func TestTypes(t *testing.T) {
	const file = "testdata/types.txt"
	groups := byName(t)
	got := map[string]string{}
	for name, group := range groups {
		var seen [dtype.Count]int
		for _, c := range group {
			for _, o := range c.In[:min(1, len(c.In))] {
				seen[o.DType]++
			}
			if len(c.In) == 0 {
				seen[0]++
			}
		}
		for d, n := range seen {
			if n > 0 {
				got[name] += fmt.Sprintf(" %v %d", dtype.Type(d), n)
			}
		}
	}
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
			t.Errorf("%s takes cases of\n%s, want\n%s (-update writes what it takes)", name, got[name], want)
		}
	}
}
