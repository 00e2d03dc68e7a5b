package core

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

var errCause = errors.New("the cause")

func TestErrors(t *testing.T) {
	err := Errorf("dot", "no luck: %w", errCause)
	if !strings.HasPrefix(err.Error(), "error_test.go:") || !strings.HasSuffix(err.Error(), ": dot: no luck: the cause") {
		t.Errorf("got %q", err)
	}
	if !errors.Is(err, errCause) {
		t.Error("the cause is not found")
	}
	file, line := UserLine()
	if !strings.HasSuffix(file, "error_test.go") || err.File != file || line-err.Line != 7 {
		t.Errorf("UserLine is %s:%d, the error's line %s:%d", file, line, err.File, err.Line)
	}
	for _, row := range []struct {
		err  Error
		want string
	}{
		{Error{Msg: "m"}, "m"},
		{Error{Op: "o", Msg: "m"}, "o: m"},
		{Error{Op: "o", Msg: "m", File: "/a/b/train.go", Line: 41}, "train.go:41: o: m"},
	} {
		if got := row.err.Error(); got != row.want {
			t.Errorf("got %q, want %q", got, row.want)
		}
	}
}

// The user's line is not in the library, however deep in it an error arises.
func TestUserLineSkipsTheLibrary(t *testing.T) {
	for _, row := range []struct {
		function, file string
		want           bool
	}{
		{module + "lax.Add", "binary.go", true},
		{module + "jax.Grad[...].func1", "grad.go", true},
		{module + "jnp.Dot", "dot.go", true},
		{module + "internal/ad.JVP", "jvp.go", true},
		{module + "internal/ad.TestJVP", "jvp_test.go", false},
		{module + "examples/quickstart.main", "main.go", false},
		{"runtime.gopanic", "panic.go", true},
		{"reflect.Value.Call", "value.go", true},
		{"main.loss", "train.go", false},
		{"example.com/lax.Add", "lax.go", false},
	} {
		if got := ours(row.function, row.file); got != row.want {
			t.Errorf("%s (%s) is ours: %v, want %v", row.function, row.file, got, row.want)
		}
	}
	if file, line := ResolveUser(nil); file != "" || line != 0 {
		t.Errorf("got %s:%d for no frames", file, line)
	}
	err := slices.Collect(func(yield func(*Error) bool) { yield(Errorf("in an iterator", "")) })[0]
	if !strings.HasSuffix(err.File, "error_test.go") {
		t.Errorf("got %s", err.File)
	}
}

type model struct{}

func (model) loss() {}

func TestOwnerNamesTheFunction(t *testing.T) {
	for _, row := range []struct {
		f          any
		name, full string
	}{
		{TestErrors, "TestErrors", "Jit (TestErrors, error_test.go:"},
		{model{}.loss, "model.loss", "Jit (model.loss, "},
		{nil, "", "Jit"},
		{(func())(nil), "", "Jit"},
	} {
		o := OwnerOf("Jit", row.f)
		if o.Func() != row.name || !strings.HasPrefix(o.String(), row.full) {
			t.Errorf("got %q and %q, want %q and %q", o.Func(), o, row.name, row.full)
		}
	}
}
