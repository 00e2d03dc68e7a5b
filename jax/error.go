package jax

import (
	"gojax/internal/core"
	"gojax/tree"
)

// Error is what wrong use of anything in gojax panics with: it names the operation, says
// what it got and what it wanted, and has the place in the user's code.
type Error = core.Error

// Try calls f and returns the *Error with which it panicked, if it did. Other panics
// go on.
func Try(f func()) (err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case *Error:
			err = r
		case *tree.Error:
			err = &Error{Op: "tree", Msg: r.Error(), Err: r}
		default:
			panic(r)
		}
	}()
	f()
	return nil
}
