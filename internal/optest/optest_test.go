package optest

import (
	"flag"
	"fmt"
	"slices"
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
	compareLines(t, file, got)
}
