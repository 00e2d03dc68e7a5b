package cpu_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
	"time"

	"gojax/internal/core"
	"gojax/internal/cpu"
	"gojax/internal/mem"
	"gojax/lax"
)

// TestRecalledIsWhatItWas has programs that take the memory of all their last results, and
// looks at every result afterwards, in any order.
func TestRecalledIsWhatItWas(t *testing.T) {
	cpu.AlwaysRecall(t)
	before := cpu.Stats().Recalls
	for seed := range uint64(150) {
		f := randomProgram(seed, 20000)
		r := rand.New(rand.NewPCG(seed, 5))
		in := inputs(f)
		want := f.CallBy(opByOp, in...)
		var made [][]*core.Value
		for range 6 {
			var y []*core.Value
			switch r.IntN(3) {
			case 0:
				y = f.Call(in...)
			case 1:
				y = f.CallBy(opByOp, in...)
			default:
				y = core.Run(called{f: f}, cpu.Default(), in)
			}
			if made = append(made, y); r.IntN(2) == 0 {
				for _, v := range y {
					v.Buf.Wait("test")
				}
			}
		}
		for _, k := range r.Perm(len(made)) {
			for i := range want {
				if !bytes.Equal(data(made[k][i]), data(want[i])) {
					t.Fatalf("seed %d: result %d of call %d is %v, want %v\n%v", seed, i, k, lax.Of(made[k][i]), lax.Of(want[i]), f)
				}
			}
		}
	}
	if n := cpu.Stats().Recalls - before; n < 50 {
		t.Errorf("only %d results were computed again", n)
	}
}

// negate returns a program of one large result, and its operand.
func negate() (called, []*core.Value) {
	f := staged(func(x []array) []array { return []array{x[0].Mul(-3)} }, f32(200, 500))
	return called{f: f}, inputs(f)
}

// wait runs op and waits for its result.
func wait(op core.Op, in []*core.Value) *core.Value {
	y := core.Run(op, cpu.Default(), in)[0]
	y.Buf.Wait("test")
	return y
}

// An operand that is deleted, or whose memory is taken, is read before.
func TestRecallBeforeOperandsGo(t *testing.T) {
	cpu.AlwaysRecall(t)
	op, in := negate()
	want := bytes.Clone(data(wait(op, in)))
	for what, drop := range map[string]func(x *core.Value){
		"Drop": func(x *core.Value) { x.Buf.Drop("deleted") },
		"Take": func(x *core.Value) {
			x.Buf.Pin()
			if x.Buf.Take("donated", 1) == nil {
				t.Error("the memory was not to be had")
			}
		},
	} {
		x := []*core.Value{lax.Add(lax.Of(in[0]), lax.Of(in[0])).Mul(0.5).Value()}
		x[0].Buf.Wait("test")
		y := wait(op, x)
		wait(op, in)
		if y.Buf.Lazy() == nil {
			t.Errorf("%s: the memory was not taken", what)
		}
		drop(x[0])
		if y.Buf.Lazy() != nil || !bytes.Equal(data(y), want) {
			t.Errorf("%s: got %v", what, lax.Of(y))
		}
	}
}

// Results that an operand holds, that are operands, or that somebody sees stay.
func TestNotRecalled(t *testing.T) {
	cpu.AlwaysRecall(t)
	op, in := negate()
	for range 5 {
		y := wait(op, in)
		z := wait(op, []*core.Value{y})
		if y.Buf.Lazy() != nil {
			t.Error("the memory of the operand was taken")
		}
		z.Buf.View()
		wait(op, in)
		if z.Buf.Lazy() != nil {
			t.Error("memory was taken that somebody sees")
		}
		y.Buf.Drop("deleted")
	}
}

// Only who drops all results, call after call, has them taken; and it ends when results
// are used again.
func TestRecallIsLearnt(t *testing.T) {
	op, in := negate()
	first := wait(op, in)
	for range 3 {
		wait(op, in)
	}
	if first.Buf.Lazy() != nil {
		t.Fatal("the memory of a first result was taken")
	}
	taken := func() bool {
		y := wait(op, in)
		wait(op, in)
		defer runtime.KeepAlive(y)
		return y.Buf.Lazy() != nil
	}
	learn := func() bool {
		for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); mem.Shared.Collect() {
			for range 20 {
				wait(op, in)
			}
			if taken() {
				return true
			}
		}
		return false
	}
	if !learn() {
		t.Fatal("results that are dropped stay where they are")
	}
	before := cpu.Stats().Recalls
	want := bytes.Clone(data(first))
	var kept []*core.Value
	for range 1000 {
		if kept = append(kept, wait(op, in)); len(kept) == 10 {
			for _, y := range kept {
				if !bytes.Equal(data(y), want) {
					t.Fatalf("got %v", lax.Of(y))
				}
			}
			kept = nil
			mem.Shared.Collect()
		}
	}
	if n := cpu.Stats().Recalls - before; n > 100 {
		t.Errorf("%d of 1000 results were computed again", n)
	}
}

// Goroutines that run one program, keep results and drop operands.
func TestRecallAmongGoroutines(t *testing.T) {
	cpu.AlwaysRecall(t)
	op, in := negate()
	want := bytes.Clone(data(wait(op, in)))
	var all sync.WaitGroup
	for g := range 4 {
		all.Go(func() {
			r := rand.New(rand.NewPCG(uint64(g), 8))
			var have []*core.Value
			for range 60 {
				x := in
				if r.IntN(2) == 0 {
					x = []*core.Value{lax.Add(lax.Of(in[0]), lax.Number(in[0].DType, 0)).Value()}
				}
				y := core.Run(op, cpu.Default(), x)[0]
				z := lax.Of(y).Neg().Neg().Value() // put off
				if have = append(have, y, z); r.IntN(2) == 0 {
					y.Buf.Wait("test")
				}
				if x[0] != in[0] && r.IntN(2) == 0 {
					x[0].Buf.Drop("deleted")
				}
				if r.IntN(3) == 0 {
					y.Buf.Drop("deleted")
				}
			}
			for i, y := range have {
				if !y.Buf.Gone() && !bytes.Equal(data(y), want) {
					t.Errorf("goroutine %d: result %d is %v", g, i, lax.Of(y))
				}
			}
		})
	}
	all.Wait()
}

// Where there is no memory to compute a result again, who asks is told.
func TestRecallOverBudget(t *testing.T) {
	cpu.AlwaysRecall(t)
	op, in := negate()
	y := wait(op, in)
	wait(op, in)
	if y.Buf.Lazy() == nil {
		t.Fatal("the memory was not taken")
	}
	limit := mem.Shared.Stats().Limit
	mem.Shared.SetLimit(1)
	failure := try(func() { y.Buf.Wait("test") })
	mem.Shared.SetLimit(limit)
	var cause *core.MemoryError
	if err, ok := failure.(error); !ok || !errors.As(err, &cause) {
		t.Errorf("got %v", failure)
	}
}

// What was put off reads an array that was deleted meanwhile, was computed after that, and
// would be forgotten.
func TestRecallOfDeletedThatIsRead(t *testing.T) {
	cpu.AlwaysRecall(t)
	x := large(t, f32(200, 500))[0]
	y := x.Neg()
	z := y.Mul(2)
	want := bytes.Clone(data(x.Mul(-2).Value()))
	y.Value().Buf.Drop("deleted")
	x.Value().Buf.StartReaders()
	x.Neg().Value().Buf.Wait("test")
	if !bytes.Equal(data(z.Value()), want) {
		t.Errorf("got %v", z)
	}
}
