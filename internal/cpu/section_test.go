package cpu_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"gojax/internal/core"
	"gojax/internal/cpu"
	"gojax/internal/cpu/move"
	"gojax/internal/cpu/run"
	"gojax/internal/dtype"
	"gojax/internal/ir"
	"gojax/lax"
)

// noTemporaries holds that the operands of a product are nowhere in memory.
func noTemporaries(t *testing.T, what string, f *ir.Func) {
	t.Helper()
	if m, _ := cpu.Analyse(f, nil); m.Temporaries != 0 && move.Native() != nil {
		t.Errorf("%s: %d bytes of temporaries\n%v", what, m.Temporaries, cpu.CompileForTest(f))
	}
}

// A joining is a product of matrices of which one is a concatenation, on some side and along some axis.
type joining struct {
	m, n, k    int
	y          int // the axis of the right one that is summed over
	side, axis int
}

// program is the product, of three parts: one changed, one scaled, one as it is.
func (c joining) program(d dtype.Type) *ir.Func {
	shapes := [2][]int{{c.m, c.k}, {c.k, c.n}}
	if c.y == 1 {
		shapes[1] = []int{c.n, c.k}
	}
	whole := shapes[c.side]
	part := func(some int) core.Type {
		s := slices.Clone(whole)
		s[c.axis] = some
		return core.Of(d, s...)
	}
	first, last := whole[c.axis]/3, 11
	return staged(func(in []array) []array {
		across := lax.BroadcastInDim(in[4], in[1].Shape(), []int{1 - c.axis})
		x := [2]array{in[3], in[3]}
		x[c.side] = lax.Concatenate(c.axis, lax.Neg(in[0]), lax.Mul(in[1], across), in[2])
		return []array{lax.DotGeneral(x[0], x[1], [2][]int{{1}, {c.y}}, [2][]int{}, dtype.Invalid)}
	}, part(first), part(whole[c.axis]-first-last), part(last), core.Of(d, shapes[1-c.side]...), core.Of(d, whole[1-c.axis]))
}

// TestSections has products of concatenations: the same bits as operation by operation, and no memory for the operand.
func TestSections(t *testing.T) {
	defer run.SetThreads(0)
	for _, c := range []joining{
		{700, 300, 600, 0, 0, 0}, {700, 300, 600, 0, 0, 1}, {700, 300, 600, 1, 1, 0}, {700, 300, 600, 1, 1, 1}, {300, 700, 600, 0, 1, 0},
		{300, 700, 600, 0, 1, 1}, {900, 50, 400, 0, 0, 0}, {900, 50, 400, 0, 0, 1}, {600, 1, 700, 0, 0, 0}, {600, 1, 700, 0, 0, 1},
		{1, 700, 600, 0, 1, 0}, {1, 700, 600, 0, 1, 1}, {3000, 10, 200, 1, 0, 0}, {100, 700, 600, 1, 1, 0},
	} {
		for _, d := range []dtype.Type{dtype.Float32, dtype.Float64, dtype.BFloat16} {
			f := c.program(d)
			what := fmt.Sprintf("%v of %v", c, d)
			noTemporaries(t, what, f)
			sameBits(t, what, f)
		}
	}
}

// TestPatches has a convolution as a product of windows of an image: parts of a window that are neighbours are copied
// together, and windows are nowhere in memory.
func TestPatches(t *testing.T) {
	defer run.SetThreads(0)
	for _, channels := range []int{16, 3, 40} {
		for _, computed := range []bool{false, true} {
			const side, out = 33, 30
			f := staged(func(in []array) []array {
				x := in[0]
				var parts []array
				for i := range 3 {
					for j := range 3 {
						part := lax.SliceInDim(lax.SliceInDim(x, i, i+out, 1, 1), j, j+out, 1, 2)
						if computed && i == 1 {
							part = lax.Tanh(part)
						}
						parts = append(parts, part)
					}
				}
				return []array{lax.DotGeneral(lax.Concatenate(3, parts...), in[1], [2][]int{{3}, {0}}, [2][]int{}, dtype.Invalid)}
			}, f32(6, side, side, channels), f32(9*channels, 32))
			what := fmt.Sprintf("%d channels, computed: %v", channels, computed)
			if channels == 16 && !computed || channels == 40 {
				noTemporaries(t, what, f)
			}
			sameBits(t, what, f)
		}
	}
}

// TestSectionsOfBatch has batches of products of concatenations.
func TestSectionsOfBatch(t *testing.T) {
	defer run.SetThreads(0)
	for _, axis := range []int{0, 1, 2} {
		whole := []int{16, 90, 400}
		part := func(some int) core.Type {
			s := []int{whole[0], whole[1], whole[2]}
			s[axis] = some
			return core.Of(dtype.Float32, s...)
		}
		f := staged(func(in []array) []array {
			x := lax.Concatenate(axis, in[0], lax.Exp(lax.Neg(lax.Abs(in[1]))))
			return []array{lax.DotGeneral(x, in[2], [2][]int{{2}, {1}}, [2][]int{{0}, {0}}, dtype.Invalid)}
		}, part(whole[axis]/2), part(whole[axis]-whole[axis]/2), f32(16, 400, 70))
		what := fmt.Sprintf("along axis %d", axis)
		noTemporaries(t, what, f)
		sameBits(t, what, f)
	}
}

// TestProductOfUpdate has a product of what is written over in place: the kernel that makes what that is
// written to is no part of the product.
func TestProductOfUpdate(t *testing.T) {
	f := staged(func(in []array) []array {
		x := lax.Mul(in[0], in[0])
		at := lax.BroadcastInDim(lax.Number(dtype.Int32, 3), []int{1}, nil) // a row
		x = lax.ScatterAdd(x, at, in[1], lax.ScatterDimensionNumbers{UpdateWindowDims: []int{0}, InsertedWindowDims: []int{0}, ScatterDimsToOperandDims: []int{0}})
		return []array{lax.DotGeneral(x, in[2], [2][]int{{1}, {0}}, [2][]int{}, dtype.Invalid)}
	}, f32(600, 600), f32(600), f32(600, 300))
	if text := cpu.CompileForTest(f).String(); strings.Contains(text, "within") {
		t.Errorf("what is written over is computed within the product\n%s", text)
	}
	sameBits(t, "updated", f)
}

// TestColumnsBeside has products of matrices beside which there is a column: of a constant, of an array, computed, or
// a column of another matrix.
func TestColumnsBeside(t *testing.T) {
	defer run.SetThreads(0)
	const m, k = 1100, 400
	columns := map[string]func(in []array) array{
		"ones":   func(in []array) array { return lax.Full([]int{m, 1}, 1, dtype.Float32) },
		"array":  func(in []array) array { return lax.Reshape(in[1], []int{m, 1}) },
		"tanh":   func(in []array) array { return lax.Tanh(lax.Reshape(in[1], []int{m, 1})) },
		"column": func(in []array) array { return lax.SliceInDim(in[2], 2, 3, 1, 1) },
		"two":    func(in []array) array { return lax.SliceInDim(in[2], 0, 5, 4, 1) },
	}
	for name, column := range columns {
		for _, left := range []bool{false, true} {
			for _, n := range []int{1, 3, 300} {
				for _, turned := range []bool{false, true} {
					more := 1
					if name == "two" {
						more = 2
					}
					shape, across := []int{k + more, n}, 1
					if turned {
						shape, across = []int{m, n}, 0
					}
					f := staged(func(in []array) []array {
						x := []array{in[0], column(in)}
						if left {
							slices.Reverse(x)
						}
						return []array{lax.DotGeneral(lax.Concatenate(1, x...), in[3], [2][]int{{across}, {0}}, [2][]int{}, dtype.Invalid)}
					}, f32(m, k), f32(m), f32(m, 5), f32(shape...))
					what := fmt.Sprintf("%s, left: %v, %d columns, turned: %v", name, left, n, turned)
					if !turned && name != "two" { // whose elements lie together neither here nor there
						noTemporaries(t, what, f)
					}
					sameBits(t, what, f)
				}
			}
		}
	}
}
