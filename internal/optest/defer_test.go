package optest

import (
	"testing"

	"gojax/internal/core"
	"gojax/internal/rule"
	"gojax/jax"
	"gojax/lax"
)

// TestPutOff has each operation that eager mode puts off in the middle of a chain. The
// results are those of the operation alone on a large array, in a program, and on a small
// one, to the bit.
func TestPutOff(t *testing.T) {
	for name, group := range byName(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for i, c := range group {
				if c.Fn == nil && (everyday(c) || i%4 == 0) && canWait(c.Op) {
					k := newChecker(t, c)
					k.checkPutOff()
				}
			}
		})
	}
}

func canWait(op core.Op) bool {
	switch op.(type) {
	case rule.Elementwise, rule.Deferrable:
		return true
	}
	return false
}

func (k *checker) checkPutOff() {
	one := k.draw()
	small := k.call(one...)
	many := 4097 // rows that are too large to be computed at once
	for _, v := range small {
		many = min(many, 4097/max(1, v.Size())+1)
	}
	rows := make([]array, len(one))
	for i, v := range one {
		rows[i] = lax.BroadcastInDim(lax.Of(v), v.Type().Stacked(many).Shape, upTo(v.Rank())).BlockUntilReady()
	}
	chain := func(see func(y array) array) func(x []array) []array {
		turn := func(x array) array { return see(lax.Rev(see(lax.Rev(x, []int{0})), []int{0})) }
		return func(x []array) []array {
			in := make([]*core.Value, len(x))
			for i := range x {
				in[i] = turn(x[i]).Value()
			}
			var out []array
			for _, v := range vmap(many, k.call, core.All(len(in)), in) {
				out = append(out, turn(see(lax.Of(v))))
			}
			return out
		}
	}
	hurry := chain(func(y array) array { return y })
	alone := values(chain(lax.Array.BlockUntilReady)(rows))
	k.same("put off", values(hurry(rows)), alone, 0)
	k.same("in a program", values(jax.Jit(hurry)(rows)), alone, 0)
	for _, r := range []int{0, many - 1} {
		row1 := make([]*core.Value, len(alone))
		for i, v := range alone {
			row1[i] = row(v, r)
		}
		k.same("of a small array", small, row1, 0)
	}
}

func values(x []array) []*core.Value {
	v := make([]*core.Value, len(x))
	for i := range x {
		v[i] = x[i].Value()
	}
	return v
}

// upTo lists the axes of a row within an array of rows.
func upTo(rank int) []int {
	axes := make([]int, rank)
	for i := range axes {
		axes[i] = i + 1
	}
	return axes
}
