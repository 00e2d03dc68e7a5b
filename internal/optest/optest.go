// Package optest holds operations to their laws. A Case is an operation with
// parameters and operands; Check derives everything that the transformations make of
// it and compares that with its definition (Eval), with numeric differences and with
// loops over examples. Cases has those of package lax, of every element type.
//
//	optest.go     cases and what is checked of each
//	draw.go       operands
//	close.go      comparison of arrays
//	types.go      type rule, text, back end
//	derive.go     tangents, cotangents
//	rows.go       batching
//	table*.go     the cases of package lax
package optest

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"os"
	"runtime/debug"
	"slices"
	"testing"

	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/lax"
)

// A Case is an operation with operands to try it on.
type Case struct {
	Name string // of the parameters and operand types
	Op   core.Op
	In   []Operand

	ULP       float64   // how far results may lie off the definition, in units in the last place
	Undefined core.Mask // operands without a derivative, which must not be given one
	Constant  bool      // the derivative is zero by definition, whatever the values say
	Kink      bool      // at these operands there is no derivative to compare with
	Finite    bool      // no infinities and NaN among the operands

	// Fn and Eval stand for Op and its definition where Op alone has no meaning, as
	// on a named axis.
	Fn, Eval core.Fn

	// Wide is the same case in f64 and c128, on which numeric differences are taken;
	// nil if this one is.
	Wide *Case
}

// An Operand says what values an operand has. Those of inexact types are distinct,
// and also from those of the other operands, and keep clear of integers and simple
// fractions, where functions have kinks.
type Operand struct {
	core.Type
	Lo, Hi float64 // bounds, those of integers included; if both are 0, a few around 0
	Whole  bool    // integers even if the type is inexact
	Unique int     // integers, none of which occurs twice among that many
}

// thorough asks for all masks, sizes and orders, in place of a sample.
var thorough = os.Getenv("GOJAX_OPTEST") == "full"

var owner = core.Owner{What: "optest"}

// call applies the operation.
func (c *Case) call(x ...*core.Value) []*core.Value {
	if c.Fn != nil {
		return c.Fn(x...)
	}
	return lax.Bind(c.Op, x...)
}

// eval is the definition, on host memory.
func (c *Case) eval(x ...*core.Value) []*core.Value {
	x = hosts(x)
	if c.Eval != nil {
		return hosts(c.Eval(x...))
	}
	return c.Op.Eval(x)
}

// types lists the types of the operands.
func (c *Case) types() []core.Type {
	types := make([]core.Type, len(c.In))
	for i, o := range c.In {
		types[i] = o.Type
	}
	return types
}

// wide is the case on which numeric differences are taken.
func (c *Case) wide() *Case {
	if c.Wide != nil {
		return c.Wide
	}
	return c
}

// A checker checks one case.
type checker struct {
	*Case
	t      testing.TB
	r      *rand.Rand
	failed int
}

// Check holds a case to all laws.
func Check(t testing.TB, c *Case) {
	k := newChecker(t, c)
	defer func() {
		if r := recover(); r != nil {
			k.errorf("panic: %v\n%s", r, debug.Stack())
		}
	}()
	k.checkTypes()
	k.checkText()
	k.checkBackEnd()
	k.checkRows()
	k.checkDerivatives()
}

func newChecker(t testing.TB, c *Case) *checker {
	h := fnv.New64a()
	fmt.Fprint(h, c.Op, c.Name)
	return &checker{Case: c, t: t, r: rand.New(rand.NewPCG(1, h.Sum64()))}
}

// full reports whether everything is to be checked: rules know most element types only
// by name, so that one of each kind will do.
func (k *checker) full() bool {
	return thorough || slices.ContainsFunc(k.In, func(o Operand) bool {
		return o.DType == dtype.Float64 || o.DType == dtype.Complex128
	}) || !slices.ContainsFunc(k.In, func(o Operand) bool { return o.DType != dtype.Int32 && o.DType != dtype.Bool })
}

// errorf reports a law that does not hold, and what it was.
func (k *checker) errorf(format string, args ...any) {
	k.t.Helper()
	if k.failed++; k.failed > 5 {
		return
	}
	k.t.Errorf("%v %s: %s", k.Op, k.Name, fmt.Sprintf(format, args...))
}

// same reports an error unless all arrays agree.
func (k *checker) same(what string, got, want []*core.Value, ulp float64) {
	k.t.Helper()
	if len(got) != len(want) {
		k.errorf("%s: %d results, want %d", what, len(got), len(want))
		return
	}
	for i := range got {
		if err := Close(got[i], want[i], ulp); err != nil {
			k.errorf("%s: result %d: %v", what, i, err)
		}
	}
}
