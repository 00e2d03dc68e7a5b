package jnp

import (
	"gojax/internal/core"
	"gojax/lax"
)

// Where returns x where condition is true, or not 0, and y elsewhere. The three are
// broadcast to one shape. Derivatives flow to both x and y, so that one that is infinite
// or NaN in what was not chosen still reaches the result: choose the operands of such a
// function too. See Nonzero for the indices where a condition is true.
func Where(condition, x, y any) lax.Array {
	const what = "where"
	c := truth(lax.Operand(what, condition))
	in := lax.Promote(what, x, y)
	in = lax.Broadcast(what, c, in[0], in[1])
	return lax.Select(in[0], in[1], in[2])
}

// Select returns in each place the element of the first of the choices whose condition
// is true there, or else that of otherwise. All are broadcast to one shape.
func Select(conditions, choices []any, otherwise any) lax.Array {
	const what = "select"
	if len(conditions) != len(choices) || len(conditions) == 0 {
		panic(core.Errorf(what, "got %d conditions and %d choices, want as many, and at least one", len(conditions), len(choices)))
	}
	in := lax.Promote(what, append([]any{otherwise}, choices...)...)
	y := in[0]
	for i := len(conditions) - 1; i >= 0; i-- {
		y = Where(conditions[i], in[i+1], y)
	}
	return y
}

// Choose returns in each place the element of the choice that index numbers there. All
// are broadcast to one shape. Mode is clip, the default, by which numbers out of range
// choose the nearest choice, or wrap, by which they go around.
func Choose(index any, choices []any, opts ...Option) lax.Array {
	const what = "choose"
	o := parse(what, opts, modeKind)
	i := lax.Operand(what, index)
	wantIntegers(what, i)
	if len(choices) == 0 {
		panic(core.Errorf(what, "got no choices, want at least one"))
	}
	switch o.mode {
	case "", "clip":
	case "wrap":
		i = i.Mod(len(choices))
	default:
		panic(core.Errorf(what, "the mode is %q, want clip or wrap", o.mode))
	}
	in := lax.Broadcast(what, append([]lax.Array{i}, lax.Promote(what, choices...)...)...)
	return lax.SelectN(in[0], in[1:]...)
}

// Piecewise returns in each place the value there of the function whose condition is the
// last that is true, or of otherwise where none is. The functions are applied to all of
// x.
func Piecewise(x lax.Array, conditions []any, functions []func(x lax.Array) lax.Array, otherwise func(x lax.Array) lax.Array) lax.Array {
	const what = "piecewise"
	if len(conditions) != len(functions) {
		panic(core.Errorf(what, "got %d conditions and %d functions, want as many", len(conditions), len(functions)))
	}
	wantFunction(what, otherwise == nil)
	y := lax.Convert(otherwise(operand(what, x)), x.DType())
	for i, c := range conditions {
		wantFunction(what, functions[i] == nil)
		y = Where(c, lax.Convert(functions[i](x), x.DType()), y)
	}
	return y
}
