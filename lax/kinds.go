package lax

import (
	"fmt"
	"strings"

	"gojax/internal/dtype"
)

// kinds is a set of kinds of element types: what an operation takes.
type kinds uint8

const (
	bools     kinds = 1 << dtype.BoolKind
	unsigned  kinds = 1 << dtype.UintKind
	signed    kinds = 1 << dtype.IntKind
	floats    kinds = 1 << dtype.FloatKind
	complexes kinds = 1 << dtype.ComplexKind

	integers = signed | unsigned
	bits     = bools | integers
	inexact  = floats | complexes
	numeric  = integers | inexact
	ordered  = bits | floats
	anything = bools | numeric
)

func (k kinds) has(t DType) bool { return k>>t.Kind()&1 != 0 }

// check returns an error if an operand has a type that is not in the set.
func (k kinds) check(in ...Type) error {
	for _, t := range in {
		if !k.has(t.DType) {
			return fmt.Errorf("operand has type %v, want %v elements", t, k)
		}
	}
	return nil
}

func (k kinds) String() string {
	var names []string
	if k&bools != 0 {
		names = append(names, "bool")
	}
	switch k & integers {
	case integers:
		names = append(names, "integer")
	case signed:
		names = append(names, "signed integer")
	case unsigned:
		names = append(names, "unsigned integer")
	}
	if k&floats != 0 {
		names = append(names, "floating")
	}
	if k&complexes != 0 {
		names = append(names, "complex")
	}
	last := len(names) - 1
	if last == 0 {
		return names[0]
	}
	return strings.Join(names[:last], ", ") + " or " + names[last]
}

// An Interval is where an operand of an operation is defined and smooth enough to be
// tested; of a complex operand both parts lie there. The zero Interval is everything.
type Interval struct{ Lo, Hi float64 }

// Sampled operations say where.
type Sampled interface {
	Domain(operand int) Interval
}
