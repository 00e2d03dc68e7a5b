package core

import (
	"runtime"
	"slices"
	"testing"
)

// Lists of calls are those of runtime.Callers, by whichever way they come.
func TestCallers(t *testing.T) {
	var want, got []uintptr
	both := func() {
		var pcs [depth]uintptr
		n := runtime.Callers(1, pcs[:])
		got, want = Callers(0), pcs[:n]
	}
	names := func(pcs []uintptr) (list []string) {
		frames := runtime.CallersFrames(pcs)
		for {
			f, more := frames.Next()
			list = append(list, f.Function)
			if !more {
				return list
			}
		}
	}
	var again [][]uintptr
	for i := range 40 {
		deep(i%20, func() { both() })
		if !slices.Equal(names(want), names(got)) || !slices.Equal(want[1:], got[1:]) {
			t.Errorf("got %v, want %v", names(got), names(want))
		}
		again = append(again, got)
	}
	for i := range 20 {
		if runtime.GOARCH == "amd64" && &again[i][0] != &again[i+20][0] {
			t.Errorf("depth %d: the calls were listed twice", i)
		}
	}
}

// deep calls f by way of n calls.
//
//go:noinline
func deep(n int, f func()) {
	if n > 0 {
		deep(n-1, f)
		return
	}
	func() { inlined(f) }()
}

func inlined(f func()) { f() }
