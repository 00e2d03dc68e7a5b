package cpu_test

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	"gojax/internal/core"
	"gojax/internal/cpu"
	"gojax/internal/dtype"
	"gojax/internal/ir"
	"gojax/lax"
)

// sameAsDefined runs f, with operands kept and with operands donated, and holds the
// results to the definitions of its operations, to the bit.
func sameAsDefined(t *testing.T, f *ir.Func, in func() []*core.Value) {
	t.Helper()
	if err := cpu.CheckKernels(f); err != nil {
		t.Fatal(err, f)
	}
	want := define(f, in())
	for _, donated := range []bool{false, true} {
		args := in()
		mask := make(core.Mask, len(args))
		for i := range mask {
			mask[i] = donated
		}
		for i, got := range core.Run(called{f, mask}, cpu.Default(), args) {
			if !bytes.Equal(data(got), data(want[i])) {
				t.Fatalf("donated: %v: result %d differs\n%v\n%v", donated, i, f, cpu.CompileForTest(f))
			}
		}
	}
}

// Axes in another order, slices of them and kernels that read such are copied first.
func TestCopies(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	types := []dtype.Type{dtype.Float32, dtype.Float64, dtype.Int16, dtype.Uint8, dtype.Complex128, dtype.Bool, dtype.Complex64}
	for n := range 60 {
		shape := make(core.Shape, 2+r.IntN(3))
		for {
			for a := range shape {
				shape[a] = 1 + r.IntN([]int{4, 30, 300}[r.IntN(3)])
			}
			if core.Size(shape) < 100_000 && (core.Size(shape) > 20_000 || n%4 == 0) {
				break
			}
		}
		x := core.Of(types[n%len(types)], shape...)
		perm := r.Perm(len(shape))
		moves := func(x array) array {
			if r.IntN(3) == 0 {
				x = lax.Rev(x, []int{r.IntN(x.Rank())})
			}
			x = lax.Transpose(x, perm)
			if a := r.IntN(x.Rank()); r.IntN(3) == 0 && x.Shape()[a] > 2 {
				x = lax.SliceInDim(x, 1, x.Shape()[a], 1+r.IntN(2), a)
			}
			if r.IntN(4) == 0 {
				x = lax.BroadcastInDim(x, append(core.Shape{2}, x.Shape()...), upTo(1, x.Rank()+1))
			}
			return x
		}
		sameAsDefined(t, staged(func(x []array) []array {
			y := moves(x[0])
			if r.IntN(2) == 0 || y.DType() == dtype.Bool {
				return []array{y}
			}
			z := lax.Neg(y)
			if r.IntN(2) == 0 {
				z = lax.Add(z, lax.Rev(y, []int{0}))
			}
			return []array{z}
		}, x), func() []*core.Value { return []*core.Value{filled(x)} })
	}
}

func TestCopiesAreSteps(t *testing.T) {
	text := func(f func(x array) array) string {
		return cpu.CompileForTest(staged(func(x []array) []array { return []array{f(x[0])} }, f32(200, 300))).String()
	}
	turn := func(x array) array { return lax.Transpose(x, []int{1, 0}) }
	if got := text(turn); got != "s1 = copy s0 by 300:1→200 200:300→1\n" {
		t.Errorf("a transposition is\n%s", got)
	}
	if got := text(func(x array) array { return lax.Neg(turn(x)) }); !strings.HasPrefix(got, "s1 = copy s0") || strings.Count(got, "s2") > 0 {
		t.Errorf("a transposition of which something is computed does not happen in its result:\n%s", got)
	}
}
