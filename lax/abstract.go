package lax

import "gojax/internal/core"

// Abstract returns an array of which only the type is known. Operations on it infer
// types; asking for its value is an error.
func Abstract(t Type) Array { return Of(core.Abstract(t)) }
