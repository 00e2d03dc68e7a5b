package lax_test

import (
	"strings"
	"testing"

	"gojax/internal/ad"
	"gojax/internal/core"
	"gojax/internal/ir"
	"gojax/lax"
)

func TestStopGradient(t *testing.T) {
	x := vector(2., 3)
	got := grad(func(x array) array { return lax.ReduceSum(lax.Mul(lax.StopGradient(x), x), []int{0}) }, x)
	near(t, "gradient of stop(x)·x", got.Value(), x.Value(), 0)
	y := lax.StopGradient(vector[int32](1, 2))
	near(t, "of integers", y.Value(), vector[int32](1, 2).Value(), 0)
}

// TestBarrierBothWays holds that derivatives have barriers too.
func TestBarrierBothWays(t *testing.T) {
	f := fn(func(x ...array) []array { return lax.OptimizationBarrier(x[0], lax.Mul(x[0], x[1]))[1:] })
	text := func(what string, g core.Fn, types ...core.Type) {
		program, _ := ir.Stage(owner, types, g)
		if n := strings.Count(program.String(), "optimization_barrier"); n != 2 {
			t.Errorf("%s has %d barriers, want 2:\n%v", what, n, program)
		}
	}
	text("jvp", func(v ...*value) []*value {
		y, ty := ad.JVP(owner, f, v[:2], []*value{v[2], nil})
		return append(y, ty...)
	}, f64(2), f64(2), f64(2))
	text("vjp", func(v ...*value) []*value {
		y, linear := ad.Linearize(owner, f, v[:2], core.Mask{true, false}, nil)
		return append(y, linear.Pull(v[2:])[0])
	}, f64(2), f64(2), f64(2))
}
