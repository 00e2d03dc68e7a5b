package interp

import (
	"bytes"
	"math/rand/v2"
	"testing"
	"unsafe"

	"gojax/internal/cpu/code"
	"gojax/internal/cpu/kirtest"
	"gojax/internal/dtype"
	"gojax/internal/kir"
)

// TestLines has the beginnings of some rows computed elsewhere, of long rows and short ones, and
// parts of an array without rows that are longer than a tile.
func TestLines(t *testing.T) {
	for _, d := range []dtype.Type{dtype.Float32, dtype.BFloat16, dtype.Complex64} {
		for _, c := range []struct{ rows, n, line int }{{9, 300, 300}, {9, 300, 1}, {7, 40, 33}, {5, 6000, 5001}, {0, 20_000, 5000}} {
			b := kir.NewBuilder()
			var k *kir.Kernel
			if c.rows == 0 {
				x, s := b.In(d, c.n), b.In(d, 1)
				v := b.Load(s, b.At(0))
				i := b.Loops([]int{0}, []int{c.n})
				b.Store(b.Out(d, c.n), i[0], b.Emit(kir.Mul, b.Load(x, i[0]), v))
				k = b.Kernel()
			} else {
				shape := []int{c.rows, c.n}
				x, row, column := b.In(d, c.rows*c.n), b.In(d, c.n), b.In(d, c.rows)
				i := b.Loops([]int{0, 0}, shape)
				v := b.Emit(kir.Mul, b.Memory(x, shape).At(i), b.Load(row, i[1]))
				b.Store(b.Out(d, c.rows*c.n), b.Address(shape, i), b.Emit(kir.Sub, v, b.Load(column, i[0])))
				k = b.Kernel()
			}
			checkLines(t, k, c.n, c.line)
		}
	}
}

// checkLines computes every other line of a kernel, or every 2·line elements, the same distance apart
// in other memory.
func checkLines(t *testing.T, k *kir.Kernel, n, line int) {
	t.Helper()
	mem := kirtest.NewMemory(rand.New(rand.NewPCG(1, 2)), k)
	want := mem.Clone()
	kirtest.Define(k, want.Pointers())
	step, times, last := 2*n, 0, len(k.Bufs)-1
	if len(k.Regions[1].Extents) == 1 {
		step = 2 * line
	}
	for at := 0; at+line <= k.Regions[1].Size(); at += step {
		times++
	}
	size := k.Bufs[last].Type.Size()
	all := unsafe.Slice((*byte)(want.Pointers()[last]), k.Bufs[last].Elems*size)
	for _, l := range levels() {
		c := CompileFor(l, k)
		if fast := l != code.Portable && (len(k.Regions[1].Extents) == 1 || n >= rowTiles); fast != (c.line != nil) && k.Bufs[last].Type != dtype.Complex64 {
			t.Errorf("%v: lines of %d of %d are one call each: %v", l, line, n, c.line != nil)
		}
		bufs := mem.Clone().Pointers()
		got := make([]byte, times*step*size)
		bufs[last] = unsafe.Pointer(&got[0])
		by := make([]int, len(bufs))
		for i, b := range k.Bufs {
			switch {
			case b.Elems == k.Regions[1].Size():
				by[i] = step * size
			case i == 2: // the column
				by[i] = 2 * size
			}
		}
		c.Lines(line, times, bufs, by)
		for at := 0; at < times*step; at += step {
			x, y := got[at*size:][:line*size], all[at*size:][:line*size]
			kirtest.Canonical(k.Bufs[last].Type, x)
			kirtest.Canonical(k.Bufs[last].Type, y)
			if !bytes.Equal(x, y) {
				t.Fatalf("%v, lines of %d of %d: those from %d on are not those of the kernel\n%v", l, line, n, at, k)
			}
		}
	}
}
