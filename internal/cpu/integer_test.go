package cpu_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"gojax/internal/core"
	"gojax/internal/cpu"
	"gojax/internal/cpu/gemm"
	"gojax/internal/dtype"
	"gojax/lax"
)

// Products of integers wrap as the definition does, however they are made.
func TestIntegerProducts(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	all := []dtype.Type{dtype.Int8, dtype.Uint8, dtype.Int16, dtype.Uint16, dtype.Int32, dtype.Uint32, dtype.Int64, dtype.Uint64}
	for n := range 48 {
		d := all[n%len(all)]
		out := d
		if n%3 == 0 {
			out = map[bool]dtype.Type{true: dtype.Int64, false: dtype.Uint64}[d.IsSigned()]
		}
		k := []int{2, 30, 255, 256, 257, 1000}[r.IntN(6)]
		side := 1 + 20_000/k
		x, y := core.Of(d, 2, 1+r.IntN(20), k), core.Of(d, k, 2, 1+side/20)
		switch n % 5 { // products with vectors are sums
		case 0:
			x = core.Of(d, 2, 1, k)
		case 1:
			y = core.Of(d, k, 2, 1)
		}
		extreme := func(t core.Type) *core.Value {
			v := core.New(t, nil)
			limits := dtype.IInfo(d)
			for i := range v.Size() {
				few := uint32(i * 2654435761)
				switch few >> 30 {
				case 0:
					core.PutInt(v, i, limits.Min)
				case 1:
					core.PutInt(v, i, int64(limits.Max))
				default:
					core.PutInt(v, i, int64(few)*int64(few)>>7)
				}
			}
			return v
		}
		sameAsDefined(t, staged(func(in []array) []array {
			return []array{lax.DotGeneral(in[0], in[1], [2][]int{{2}, {0}}, [2][]int{{0}, {1}}, out)}
		}, x, y), func() []*core.Value { return []*core.Value{extreme(x), extreme(y)} })
	}
}

// A matrix of integers by a vector is one kernel, whichever way it lies.
func TestIntegersByVector(t *testing.T) {
	x, y := core.Of(dtype.Int32, 300, 200), core.Of(dtype.Int32, 200)
	for axis, v := range []core.Type{core.Of(dtype.Int32, 300), y} {
		f := staged(func(in []array) []array {
			return []array{lax.DotGeneral(in[0], in[1], [2][]int{{axis}, {0}}, [2][]int{}, dtype.Int32)}
		}, x, v)
		text := cpu.Text(f)
		if native := gemm.Native[float64]() != nil; native && (strings.Count(text, "run kernel") != 1 || strings.Contains(text, "dot")) {
			t.Errorf("more than a kernel:\n%s", text)
		}
		sameAsDefined(t, f, func() []*core.Value { return []*core.Value{filled(x), filled(v)} })
	}
}
