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

// A kernel in the memory of a copy that does not fit into the cache is run on its pieces.
func TestCopiesInPieces(t *testing.T) {
	for _, c := range []struct {
		t      dtype.Type
		shape  core.Shape
		perm   []int
		pieces bool
	}{
		{dtype.Float32, core.Shape{301, 500}, []int{1, 0}, true},
		{dtype.Int16, core.Shape{700, 550}, []int{1, 0}, true},
		{dtype.Float64, core.Shape{3, 210, 170}, []int{0, 2, 1}, true},
		{dtype.Complex64, core.Shape{40, 50, 60}, []int{2, 0, 1}, true},
		{dtype.Float32, core.Shape{70, 60, 50}, []int{1, 2, 0}, true},
		{dtype.Float32, core.Shape{13000, 20}, []int{1, 0}, false},
		{dtype.Float32, core.Shape{100, 100}, []int{1, 0}, false},
	} {
		x := core.Of(c.t, c.shape...)
		to := make(core.Shape, len(c.perm))
		for a, p := range c.perm {
			to[a] = c.shape[p]
		}
		y, row := core.Of(c.t, to...), core.Of(c.t, to[len(to)-1])
		for n, f := range []func(x, y, row array) array{
			func(x, y, row array) array { return lax.Neg(x) },
			func(x, y, row array) array { return lax.Mul(lax.Add(x, y), x) },
			func(x, y, row array) array { return lax.Sub(x, lax.BroadcastInDim(row, to, []int{len(to) - 1})) },
			func(x, y, row array) array { return lax.Add(x, lax.Rev(y, []int{0})) },
			func(x, y, row array) array { return padded(lax.Neg(x)) },
			func(x, y, row array) array { return lax.Neg(padded(lax.Add(x, y))) },
		} {
			g := staged(func(in []array) []array { return []array{f(lax.Transpose(in[0], c.perm), in[1], in[2])} }, x, y, row)
			sameAsDefined(t, g, func() []*core.Value { return []*core.Value{filled(x), filled(y), filled(row)} })
			if got := cpu.CompileForTest(g).String(); strings.Contains(got, "in pieces") != c.pieces && n == 0 {
				t.Errorf("transposition of %v by %v:\n%s", x, c.perm, got)
			}
		}
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
	twice := func(x array) array { // each row
		return lax.Reshape(lax.BroadcastInDim(x, core.Shape{200, 2, 300}, []int{0, 2}), core.Shape{400, 300})
	}
	if got := text(twice); got != "s1 = copy s0 by 200:300→600 2:0→300 300:1→1\n" {
		t.Errorf("rows that are repeated are\n%s", got)
	}
	half := func(x array) array { return lax.Slice(x, []int{0, 0}, []int{200, 300}, []int{1, 2}) }
	if got := text(func(x array) array { return lax.Neg(half(x)) }); strings.Contains(got, "copy") {
		t.Errorf("every other element is copied:\n%s", got)
	}
}

// Gathers of elements and of rows are copies at indices, whatever is out of bounds.
func TestTakes(t *testing.T) {
	type dims = lax.GatherDimensionNumbers
	for _, c := range []struct {
		x, indices core.Shape
		d          dims
		sizes      []int
	}{
		{core.Shape{70}, core.Shape{3000, 1}, dims{CollapsedSliceDims: []int{0}, StartIndexMap: []int{0}}, []int{1}},
		{core.Shape{70, 33}, core.Shape{900, 1}, dims{OffsetDims: []int{1}, CollapsedSliceDims: []int{0}, StartIndexMap: []int{0}}, []int{1, 33}},
		{core.Shape{70, 33}, core.Shape{20, 30, 1}, dims{OffsetDims: []int{0}, CollapsedSliceDims: []int{1}, StartIndexMap: []int{1}}, []int{70, 1}},
		{core.Shape{70, 33}, core.Shape{500, 2}, dims{CollapsedSliceDims: []int{0, 1}, StartIndexMap: []int{1, 0}}, []int{1, 1}},
		{core.Shape{70, 33}, core.Shape{500, 1}, dims{OffsetDims: []int{1, 2}, StartIndexMap: []int{0}}, []int{5, 33}},
		{core.Shape{70, 33}, core.Shape{70, 50, 1}, dims{CollapsedSliceDims: []int{1}, StartIndexMap: []int{1},
			OperandBatchingDims: []int{0}, StartIndicesBatchingDims: []int{0}}, []int{1, 1}},
	} {
		for n, mode := range []lax.GatherScatterMode{lax.Clip, lax.FillOrDrop} {
			for k, it := range []dtype.Type{dtype.Int32, dtype.Int64, dtype.Uint8} {
				x := core.Of([]dtype.Type{dtype.Float32, dtype.Complex128, dtype.Int8}[(n+k)%3], c.x...)
				f := staged(func(x []array) []array {
					i := x[1]
					if k == 0 {
						i = lax.Select(lax.Lt(i, lax.Number(it, 0)), lax.Add(i, lax.Number(it, 40)), i)
					}
					return []array{lax.Gather(x[0], i, c.d, c.sizes, mode)}
				}, x, core.Of(it, c.indices...))
				sameAsDefined(t, f, func() []*core.Value {
					r := rand.New(rand.NewPCG(uint64(n), uint64(k)))
					i := core.New(core.Of(it, c.indices...), cpu.Default())
					for j := range i.Size() {
						core.PutInt(i, j, int64(r.IntN(100)-15))
					}
					return []*core.Value{filled(x), i}
				})
				if n == 0 && c.sizes[0] == 1 && !strings.Contains(cpu.CompileForTest(f).String(), "take") {
					t.Errorf("a gather is\n%v", cpu.CompileForTest(f))
				}
			}
		}
	}
}

// Elements of every size are taken one by one.
func TestTakesOfSizes(t *testing.T) {
	d := lax.GatherDimensionNumbers{CollapsedSliceDims: []int{0}, StartIndexMap: []int{0}}
	for _, et := range []dtype.Type{dtype.Bool, dtype.Int8, dtype.BFloat16, dtype.Uint16, dtype.Int32, dtype.Float64} {
		x, index := core.Of(et, 70), core.Of(dtype.Int32, 3001, 1)
		f := staged(func(x []array) []array { return []array{lax.Gather(x[0], x[1], d, []int{1}, lax.Clip)} }, x, index)
		sameAsDefined(t, f, func() []*core.Value {
			r := rand.New(rand.NewPCG(2, uint64(et)))
			i := core.New(index, cpu.Default())
			for j := range i.Size() {
				core.PutInt(i, j, int64(r.IntN(100)-15))
			}
			return []*core.Value{filled(x), i}
		})
	}
}

// Scatters happen in the memory of their operand where nobody can see it.
func TestUpdatesInPlace(t *testing.T) {
	d := lax.ScatterDimensionNumbers{InsertedWindowDims: []int{0}, ScatterDimsToOperandDims: []int{0}}
	add := func(x, i, u array) array { return lax.ScatterAdd(x, i, u, d) }
	x, index := f32(5000), core.Of(dtype.Int32, 5000, 1)
	in := func() []*core.Value {
		r := rand.New(rand.NewPCG(8, 9))
		i := core.New(index, cpu.Default())
		for j := range i.Size() {
			core.PutInt(i, j, int64(r.IntN(5100)-50))
		}
		return []*core.Value{filled(x), i, filled(x)}
	}
	for name, f := range map[string]func(x []array) []array{
		"operand":   func(x []array) []array { return []array{add(x[0], x[1], x[2])} },
		"same":      func(x []array) []array { return []array{add(x[0], x[1], x[0])} },
		"temporary": func(x []array) []array { return []array{add(lax.Neg(x[2]), x[1], x[2])} },
		"kept":      func(x []array) []array { y := lax.Neg(x[2]); return []array{add(y, x[1], x[2]), y} },
		"view": func(x []array) []array {
			y := lax.Neg(x[2])
			return []array{add(y, x[1], x[2]), lax.Reshape(y, core.Shape{50, 100})}
		},
		"later": func(x []array) []array {
			y := lax.Sort(x[2], 0)
			return []array{add(y, x[1], x[2]), lax.Add(lax.Reshape(y, core.Shape{50, 100}), number(1))}
		},
		"own":   func(x []array) []array { y := lax.Sort(x[2], 0); return []array{add(y, x[1], y)} },
		"twice": func(x []array) []array { return []array{add(add(lax.Neg(x[0]), x[1], x[2]), x[1], x[2])} },
		"constant": func(x []array) []array {
			return []array{add(lax.BroadcastInDim(number(0), core.Shape{5000}, nil), x[1], x[2])}
		},
	} {
		t.Run(name, func(t *testing.T) { sameAsDefined(t, staged(f, x, index, x), in) })
	}
}

// Rows of few elements, alone and with what they share with others: kernels fetch what does not lie
// as they go, and padding is filled in first where rows are short.
func TestNarrow(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	types := []dtype.Type{dtype.Float32, dtype.Float64, dtype.Int16, dtype.Uint8, dtype.Complex64, dtype.Int32, dtype.BFloat16}
	for n := range 42 {
		m, rows := []int{2, 3, 4, 5, 8, 10, 30}[n%7], 200+r.IntN(2500)
		x := core.Of(types[r.IntN(len(types))], rows, m)
		row, column := core.Of(x.DType, m), core.Of(x.DType, rows)
		shape := core.Shape{rows, m}
		for _, f := range []func(x, row, column array) array{
			func(x, row, column array) array {
				return lax.Add(lax.Mul(x, lax.BroadcastInDim(row, shape, []int{1})), lax.BroadcastInDim(column, shape, []int{0}))
			},
			func(x, row, column array) array { return lax.Neg(lax.Rev(x, []int{1})) },
			func(x, row, column array) array { return lax.Neg(lax.Transpose(x, []int{1, 0})) },
			func(x, row, column array) array {
				return lax.Neg(lax.Transpose(lax.Reshape(x, core.Shape{m, rows}), []int{1, 0}))
			},
			func(x, row, column array) array {
				return lax.Add(lax.SliceInDim(x, m/2, m/2+1, 1, 1), lax.SliceInDim(x, 0, 1, 1, 1))
			},
			func(x, row, column array) array {
				return lax.Convert(lax.Eq(lax.Convert(lax.BroadcastInDim(column, shape, []int{0}), dtype.Int32), lax.BroadcastedIota(dtype.Int32, shape, 1)), x.DType())
			},
			func(x, row, column array) array { return surrounded(x) },
			func(x, row, column array) array { return lax.Neg(surrounded(x)) },
		} {
			g := staged(func(in []array) []array { return []array{f(in[0], in[1], in[2])} }, x, row, column)
			sameAsDefined(t, g, func() []*core.Value { return []*core.Value{filled(x), filled(row), filled(column)} })
		}
	}
}

// surrounded returns x with ones around it.
func surrounded(x array) array {
	return lax.Pad(x, lax.Number(x.DType(), 1), []lax.Padding{{1, 2, 0}, {1, 1, 0}})
}

// padded has zeros around it.
func padded(x array) array {
	config := make([]lax.Padding, x.Rank())
	for a := range config {
		config[a] = lax.Padding{2 + a, 5}
	}
	return lax.Pad(x, lax.Full(nil, 0, x.DType()), config)
}
