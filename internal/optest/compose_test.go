package optest

import (
	"fmt"
	"math/rand/v2"
	"os"
	"runtime/debug"
	"strconv"
	"sync/atomic"
	"testing"

	"gojax/internal/control"
	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/internal/ir"
	"gojax/jax"
	"gojax/lax"
)

// TestCompositions holds random programs under nested transformations to the meaning of
// each: for every call there is the same program with that one replaced by numeric
// differences, or by a loop over examples, or by nothing (Jit), and the results agree.
// GOJAX_FUZZ=first,count runs other seeds.
func TestCompositions(t *testing.T) {
	first, count := 0, 2048
	if s := os.Getenv("GOJAX_FUZZ"); s != "" {
		if n, _ := fmt.Sscanf(s, "%d,%d", &first, &count); n < 1 {
			t.Fatalf("GOJAX_FUZZ is %q, want first,count", s)
		}
	} else if testing.Short() {
		count = 256
	}
	const shards = 8
	var unsure atomic.Int64
	t.Run("shards", func(t *testing.T) {
		for shard := range shards {
			t.Run(strconv.Itoa(shard), func(t *testing.T) {
				t.Parallel()
				for i := shard; i < count; i += shards {
					checkProgram(t, uint64(first+i), &unsure)
				}
			})
		}
	})
	t.Logf("%d programs, %d of them with a point that says nothing", count, unsure.Load())
	if n := int(unsure.Load()); n > count/10 {
		t.Errorf("%d of %d programs have a kink, or are not finite, where they are looked at: too many to tell", n, count)
	}
}

func checkProgram(t *testing.T, seed uint64, unsure *atomic.Int64) {
	p := newProgram(seed, 1+int(seed%4))
	msg, ok := verdict(p, seed)
	if msg == "" {
		if !ok {
			unsure.Add(1)
		}
		return
	}
	p = shrink(p, func(q *program) bool {
		msg, _ := verdict(q, seed)
		return msg != ""
	})
	msg, _ = verdict(p, seed)
	t.Errorf("seed %d: %s\n%v%s", seed, msg, p, jaxpr(p, seed))
}

// inputs are arguments for p.
func inputs(p *program, seed uint64) []array {
	r := rand.New(rand.NewPCG(seed, 3))
	x := make([]array, len(p.params))
	for i, shape := range p.params {
		v := core.New(core.Of(dtype.Float64, shape...), nil)
		for e := range v.Size() {
			core.Put(v, e, complex(r.NormFloat64(), 0))
		}
		x[i] = lax.Of(v)
	}
	return x
}

func jaxpr(p *program, seed uint64) (text string) {
	defer func() {
		if e := recover(); e != nil {
			text = "it cannot be traced"
		}
	}()
	f := func(x []array) array { return (&runner{}).run(p, nil, x) }
	return jax.MakeJaxpr(f)(inputs(p, seed)).String()
}

// verdict says what is wrong with p, if anything, and whether the point could tell.
func verdict(p *program, seed uint64) (msg string, ok bool) {
	defer func() {
		if e := recover(); e != nil {
			msg = fmt.Sprintf("panic: %v\n%s", e, debug.Stack())
		}
	}()
	x := inputs(p, seed)
	const h = 1e-3
	fast := &runner{}
	y := fast.run(p, nil, x)
	if seed%2 == 0 {
		f := func(x []array) array { return fast.run(p, nil, x) }
		if err := Close(jax.Jit(f)(x).Value(), y.Value(), 0); err != nil {
			return fmt.Sprintf("under Jit: %v", err), true
		}
	}
	if seed%16 == 1 {
		text := jaxpr(p, seed)
		ops := ir.Resolve(lax.Ops()...)
		ops["jit"] = control.NewCall("", owner, nil, nil)
		if g, err := ir.Parse(text, ops); err != nil || g.String() != text {
			return fmt.Sprintf("the text is read as another program: %v\n%s", err, text), true
		}
	}
	for _, c := range p.calls() {
		slow := (&runner{slow: c, h: h}).run(p, nil, x)
		err := agree(y, slow)
		if err == nil {
			continue
		}
		if rough(p, c, x, y, slow, h) {
			return "", false
		}
		return fmt.Sprintf("%s: %v", c.transform, err), true
	}
	return "", true
}

// tolerance is what numeric differences may be off.
const tolerance = 1e-6

func agree(got, want array) error { return closeBy(got.Value(), want.Value(), tolerance) }

// rough reports whether p is not smooth around x as far as c is concerned: the
// differences depend on their distance or side, or the result on the last digits of
// what is computed on the way.
func rough(p *program, c *call, x []array, y, slow array, h float64) bool {
	for _, r := range []*runner{{slow: c, h: h / 4}, {slow: c, h: h / 64, side: 1}, {slow: c, h: h / 64, side: -1}} {
		part := tolerance
		if r.side != 0 { // which has an error of first order
			part = 1e-3
		}
		if closeBy(r.run(p, nil, x).Value(), slow.Value(), part) != nil {
			return true
		}
	}
	for _, d := range []float64{1e-9, -1e-9} {
		if agree((&runner{noise: d}).run(p, nil, x), y) != nil {
			return true
		}
	}
	return false
}

// shrink replaces nodes by constants as long as the program stays bad.
func shrink(p *program, bad func(p *program) bool) *program {
	for shrinkNodes(p, p, bad) {
	}
	return p
}

// shrinkNodes tries to replace each node of q, which is p or in it.
func shrinkNodes(p, q *program, bad func(p *program) bool) (changed bool) {
	for i, n := range q.nodes {
		if n.text == "0.5" {
			continue
		}
		q.nodes[i] = constant(n.shape)
		if bad(p) {
			changed = true
			continue
		}
		q.nodes[i] = n
		if n.call != nil && shrinkNodes(p, n.call.sub, bad) {
			changed = true
		}
	}
	return changed
}
