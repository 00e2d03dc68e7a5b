package jax

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"gojax/internal/core"
	"gojax/tree"
)

// A Retrace tells that a jitted function was traced, and why.
type Retrace struct {
	Func     string        // the function, with file and line
	Count    int           // how often it was traced, this time included
	Reason   string        // what is different from the time before
	Duration time.Duration // of tracing
}

func (r Retrace) String() string {
	return fmt.Sprintf("%s: trace %d in %v: %s", r.Func, r.Count, r.Duration.Round(time.Microsecond), r.Reason)
}

// listeners are told of traces.
var listeners struct {
	sync.Mutex
	next int
	f    map[int]func(Retrace)
}

// OnTrace has f called after each trace of a jitted function, until stop is called. It
// is for finding out why a function is traced again and again; the environment variable
// GOJAX_LOG=trace prints the same to standard error.
func OnTrace(f func(Retrace)) (stop func()) {
	listeners.Lock()
	defer listeners.Unlock()
	if listeners.f == nil {
		listeners.f = map[int]func(Retrace){}
	}
	id := listeners.next
	listeners.next++
	listeners.f[id] = f
	return func() {
		listeners.Lock()
		defer listeners.Unlock()
		delete(listeners.f, id)
	}
}

// A signature is what a program was traced for.
type signature struct {
	trees []*tree.Structure
	types []core.Type
	some  core.Mask
}

func (j *jitted) report(l *lifted, trees []*tree.Structure, x, captured []*core.Value, d time.Duration) {
	now := &signature{trees, core.Types(x), l.some}
	j.mu.Lock()
	before := j.last
	j.last = now
	j.traces++
	n := j.traces
	j.mu.Unlock()
	listeners.Lock()
	told := make([]func(Retrace), 0, len(listeners.f))
	for _, f := range listeners.f {
		told = append(told, f)
	}
	listeners.Unlock()
	toLog := strings.Contains(os.Getenv("GOJAX_LOG"), "trace")
	if len(told) == 0 && !toLog {
		return
	}
	r := Retrace{j.owner.String(), n, why(l, before, now, captured), d}
	for _, f := range told {
		f(r)
	}
	if toLog {
		fmt.Fprintln(os.Stderr, "gojax:", r)
	}
}

// why says in one sentence what made a trace necessary.
func why(l *lifted, before, now *signature, captured []*core.Value) string {
	if len(captured) > 0 {
		s := "it captured "
		for i, v := range captured {
			if i > 0 {
				s += ", "
			}
			s += fmt.Sprintf("%v traced by %s", v.Type(), v.Tracer().Trace().Base().Owner)
		}
		return s + "; such programs are not kept: pass it as an argument"
	}
	if before == nil {
		return "first call"
	}
	for i, s := range now.trees {
		if d := tree.Diff(before.trees[i], s); d != "" {
			return fmt.Sprintf("%s has another structure or static value (before against now): %s", l.argument(i), d)
		}
	}
	if before.some.String() != now.some.String() {
		return "other leaves of the arguments are absent"
	}
	for i, t := range now.types {
		if u := before.types[i]; !t.Equal(u) {
			return fmt.Sprintf("%s has type %v, before %v", l.path(i), t, u)
		}
	}
	return "the program for these arguments was dropped from the cache, which is full"
}
