package lax

import "gojax/internal/core"

// fromAny makes an array of a Go slice.
func fromAny(what string, y any) Array {
	panic(core.Errorf(what, "operand is a %T, want an Array, a number or a slice of numbers", y))
}
