package cpu_test

import (
	"bytes"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"gojax/internal/core"
	"gojax/internal/cpu"
	"gojax/internal/mem"
	"gojax/lax"
)

// optimizer returns a program of several results, a step: of parameters, momentum and
// gradient come new parameters and momentum, and a loss.
func optimizer() (called, []*core.Value) {
	f := staged(func(x []array) []array {
		m := x[1].Mul(0.5).Add(x[2])
		p := x[0].Sub(m.Mul(0.25))
		return []array{p, lax.ReduceSum(p.Mul(p), []int{0, 1}), m}
	}, f32(100, 60), f32(100, 60), f32(100, 60))
	return called{f: f}, inputs(f)
}

// training is what the parameters and the momentum are after each step, and the loss.
func training(op called, in []*core.Value, steps int) (want [][3][]byte) {
	x := in
	for range steps {
		y := op.Eval(x)
		want = append(want, [3][]byte{data(y[0]), data(y[1]), data(y[2])})
		x = []*core.Value{y[0], y[2], in[2]}
	}
	return want
}

// train runs steps that begin where earlier ones ended, mostly the last one, keeps some of the
// results, whole or in part, deletes others, and looks at what is left in the end.
func train(t *testing.T, op called, in []*core.Value, want [][3][]byte, r *rand.Rand, steps int) {
	type state struct {
		after int
		y     []*core.Value // nil for what is not kept
	}
	states := []state{{-1, []*core.Value{in[0], nil, in[1]}}}
	for range steps {
		s := states[len(states)-1]
		if r.IntN(4) == 0 {
			s = states[r.IntN(len(states))]
		}
		if s.after == len(want)-1 || s.y[0] == nil || s.y[2] == nil || s.y[0].Buf.Gone() || s.y[2].Buf.Gone() {
			s = states[0]
		}
		x := []*core.Value{s.y[0], s.y[2], in[2]}
		if r.IntN(6) == 0 {
			x[2] = lax.Add(lax.Of(in[2]), lax.Number(in[2].DType, 0)).Value()
		}
		y := core.Run(op, cpu.Default(), x)
		if r.IntN(8) > 0 {
			y[0].Buf.Wait("test")
		}
		if x[2] != in[2] && r.IntN(2) == 0 {
			x[2].Buf.Drop("deleted")
		}
		// What is not kept is dropped a step later.
		if old := &states[len(states)-1]; old.after >= 0 {
			for i := range old.y {
				if old.y[i] != nil && r.IntN(12) == 0 {
					old.y[i].Buf.Drop("deleted")
				}
				if r.IntN(3) > 0 {
					old.y[i] = nil
				}
			}
		}
		states = append(states, state{s.after + 1, y})
		if r.IntN(40) == 0 {
			runtime.GC()
		}
	}
	for _, k := range r.Perm(len(states)) {
		for i, v := range states[k].y {
			if s := states[k]; v != nil && s.after >= 0 && !v.Buf.Gone() && !bytes.Equal(data(v), want[s.after][i]) {
				t.Fatalf("result %d after step %d is %v", i, s.after, lax.Of(v))
			}
		}
	}
}

// Loops whose results are their next operands take the memory of those before, and each
// result is what it was, whoever else is at it.
func TestRecallInLoops(t *testing.T) {
	cpu.AlwaysRecall(t)
	op, in := optimizer()
	want := training(op, in, 100)
	before := cpu.Stats().Recalls
	for seed := range uint64(6) {
		train(t, op, in, want, rand.New(rand.NewPCG(seed, 1)), 150)
	}
	if n := cpu.Stats().Recalls - before; n < 50 {
		t.Errorf("only %d steps were computed again", n)
	}
	stop := make(chan bool)
	var all, collecting sync.WaitGroup
	collecting.Go(func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(2 * time.Millisecond):
				runtime.GC()
			}
		}
	})
	for g := range uint64(4) {
		all.Go(func() { train(t, op, in, want, rand.New(rand.NewPCG(g, 2)), 150) })
	}
	all.Wait()
	close(stop)
	collecting.Wait()
}

// A result that was taken may be computed of another one that was, and so on for some calls.
func TestRecallOfRecalled(t *testing.T) {
	cpu.AlwaysRecall(t)
	op, in := optimizer()
	want := training(op, in, 60)
	var all [][]*core.Value
	x := in
	for range want {
		y := core.Run(op, cpu.Default(), x)
		for _, v := range y {
			v.Buf.Wait("test")
		}
		all = append(all, y)
		x = []*core.Value{y[0], y[2], in[2]}
	}
	taken := 0
	for k, y := range all {
		if lazy := y[0].Buf.Lazy() != nil; lazy {
			taken++
		} else if k < len(all)-2 && k%10 == 0 {
			t.Logf("step %d is in memory", k)
		}
	}
	if taken < 50 || taken == len(all) {
		t.Errorf("the memory of %d of %d was taken", taken, len(all))
	}
	before := cpu.Stats().Recalls
	if k := len(all) - 5; !bytes.Equal(data(all[k][2]), want[k][2]) || !bytes.Equal(data(all[k][0]), want[k][0]) {
		t.Errorf("step %d is %v and %v", k, lax.Of(all[k][0]), lax.Of(all[k][2]))
	}
	if n := cpu.Stats().Recalls - before; n > 20 {
		t.Errorf("%d steps were computed again for one", n)
	}
	for k, y := range all {
		for i := range y {
			if !bytes.Equal(data(y[i]), want[k][i]) {
				t.Errorf("result %d of step %d is %v", i, k, lax.Of(y[i]))
			}
		}
	}
	if n := cpu.Stats().Recalls - before; n > int64(taken) {
		t.Errorf("%d steps were computed again, %d had been taken", n, taken)
	}
}

// Each result is judged by itself: one that is always kept stays, and others are taken.
func TestRecallOfSomeResults(t *testing.T) {
	op, in := optimizer()
	want := training(op, in, 1)[0]
	const params, loss, momentum = 0, 1, 2
	for what, row := range map[string]struct{ keep, taken []int }{
		"nothing kept":         {nil, []int{params, momentum}},
		"a small one kept":     {[]int{loss}, []int{params, momentum}},
		"the first large kept": {[]int{params}, []int{momentum}},
		"all but the first":    {[]int{loss, momentum}, []int{params}},
		"all kept":             {[]int{params, loss, momentum}, nil},
	} {
		cpu.ClearCaches()
		before := cpu.Stats().Recalls
		op, in := optimizer()
		var kept []*core.Value
		call := func() []*core.Value {
			y := core.Run(op, cpu.Default(), in)
			for _, v := range y {
				v.Buf.Wait("test")
			}
			for _, i := range row.keep {
				kept = append(kept, y[i])
			}
			return y
		}
		// round makes calls and returns which results of one of them were taken.
		round := func() (taken []int) {
			for range 20 {
				call()
			}
			y := call()
			call()
			call()
			for i, v := range y {
				if v.Buf.Lazy() != nil {
					taken = append(taken, i)
				}
			}
			runtime.KeepAlive(y)
			mem.Shared.Collect()
			return taken
		}
		taken := round()
		for deadline := time.Now().Add(10 * time.Second); len(taken) < len(row.taken) && time.Now().Before(deadline); {
			taken = round()
		}
		if row.taken == nil {
			taken = append(round(), round()...)
		}
		if !slices.Equal(taken, row.taken) {
			t.Errorf("%s: results %v are taken, want %v", what, taken, row.taken)
		}
		for i, v := range kept {
			if w := want[row.keep[i%len(row.keep)]]; !bytes.Equal(data(v), w) {
				t.Fatalf("%s: got %v", what, lax.Of(v))
			}
		}
		if n := cpu.Stats().Recalls - before; n > 0 {
			t.Errorf("%s: %d calls were computed again", what, n)
		}
	}
}

// One of several results that is wanted after all has the others computed with it, as far as
// somebody has them, before an operand goes or when it is asked for.
func TestRecallOfOneResult(t *testing.T) {
	cpu.AlwaysRecall(t)
	op, in := optimizer()
	want := training(op, in, 1)[0]
	for what, ask := range map[string]func(x, y []*core.Value){
		"wait": func(x, y []*core.Value) { y[0].Buf.Wait("test") },
		"drop": func(x, y []*core.Value) { x[1].Buf.Drop("deleted") },
		"take": func(x, y []*core.Value) {
			x[1].Buf.Pin()
			if x[1].Buf.Take("donated", 1) == nil {
				t.Error("the memory was not to be had")
			}
		},
		"donate": func(x, y []*core.Value) {
			z := core.Run(called{op.f, core.Mask{false, true, false}}, cpu.Default(), x)
			if z[2].Buf.Wait("test"); !bytes.Equal(data(z[2]), want[2]) {
				t.Errorf("donated: got %v", lax.Of(z[2]))
			}
		},
	} {
		x := slices.Clone(in)
		x[1] = lax.Add(lax.Of(in[1]), lax.Number(in[1].DType, 0)).Value()
		x[1].Buf.Wait("test")
		run := func() []*core.Value {
			y := core.Run(op, cpu.Default(), x)
			for _, v := range y {
				v.Buf.Wait("test")
			}
			return y
		}
		y := run()
		run()
		if y[0].Buf.Lazy() == nil || y[2].Buf.Lazy() == nil {
			t.Fatalf("%s: the memory was not taken", what)
		}
		before := cpu.Stats().Recalls
		ask(x, y)
		if y[0].Buf.Lazy() != nil || y[2].Buf.Lazy() != nil || cpu.Stats().Recalls != before+1 {
			t.Errorf("%s: computed %d times", what, cpu.Stats().Recalls-before)
		}
		for i := range y {
			if !bytes.Equal(data(y[i]), want[i]) {
				t.Errorf("%s: result %d is %v", what, i, lax.Of(y[i]))
			}
		}
	}
}

// Results that nobody has are not computed again for others.
func TestRecallForNobody(t *testing.T) {
	cpu.AlwaysRecall(t)
	op, in := optimizer()
	y := core.Run(op, cpu.Default(), in)
	for _, v := range y {
		v.Buf.Wait("test")
	}
	mem.Shared.Collect()
	had := mem.Shared.Stats().Live
	core.Run(op, cpu.Default(), in)[0].Buf.Wait("test")
	if y[0].Buf.Lazy() == nil || y[2].Buf.Lazy() == nil {
		t.Fatal("the memory was not taken")
	}
	runtime.KeepAlive(y[2])
	y[2] = nil
	mem.Shared.Collect()
	y[0].Buf.Wait("test")
	if n := mem.Shared.Stats().Live; n >= had {
		t.Errorf("%d bytes were lent, and %d are", had, n)
	}
}

// Results that are operands, in another shape or as they are, and results that are the same.
func TestRecallOfViews(t *testing.T) {
	cpu.AlwaysRecall(t)
	f := staged(func(x []array) []array {
		y := x[0].Mul(2)
		return []array{lax.Reshape(x[0], []int{500, 200}), y, x[0], y, lax.Reshape(y, []int{500, 200})}
	}, f32(200, 500))
	op, in := called{f: f}, inputs(f)
	want := op.Eval(in)
	var made [][]*core.Value
	x := in
	for i := range 12 {
		y := core.Run(op, cpu.Default(), x)
		for _, v := range y {
			v.Buf.Wait("test")
		}
		if i%3 == 0 {
			y[1].Buf.View()
		}
		made = append(made, y)
		x = []*core.Value{y[2]} // the operand again
	}
	for k, y := range made {
		for i := range y {
			if !bytes.Equal(data(y[i]), data(want[i])) {
				t.Errorf("result %d of call %d is %v", i, k, lax.Of(y[i]))
			}
		}
	}
}
