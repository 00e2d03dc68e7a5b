package cpu

import (
	"sync"
	"unsafe"

	"gojax/internal/core"
	"gojax/internal/cpu/tile"
	"gojax/internal/kir"
)

// atOnce is the size below which instructions are applied without a program.
const atOnce = 4096

// scratch has tiles full of scalars.
type scratch [4][tile.Size]complex128

var scratches = sync.Pool{New: func() any { return new(scratch) }}

// tiny applies an instruction to small arrays; nil says that it is not for those, or
// that operands are pending.
func tiny(c kir.Code, in []*core.Value, out core.Type) *core.Value {
	n := out.Size()
	if n >= atOnce || len(in) > 4 {
		return nil
	}
	last := in[len(in)-1]
	f := elements(c, last.DType)
	if f == nil {
		return nil
	}
	var p [4]unsafe.Pointer
	splat := false
	for i, x := range in {
		if x.Buf.Pending() != nil {
			return nil
		}
		p[i] = x.Buf.Pointer()
		splat = splat || n > 1 && len(x.Shape) < len(out.Shape)
	}
	y := core.New(out, host)
	d := y.Buf.Pointer()
	if !splat {
		f(d, p[0], p[1], p[2], p[3], n)
		return y
	}
	splats(f, d, p, in, out)
	return y
}

// splats is tiny where some operands are scalars and others are not.
func splats(f tile.Func, d unsafe.Pointer, p [4]unsafe.Pointer, in []*core.Value, out core.Type) {
	n, size := out.Size(), out.DType.Size()
	s := scratches.Get().(*scratch)
	var by [4]int
	for i, x := range in {
		by[i] = x.DType.Size()
		if len(x.Shape) < len(out.Shape) {
			tile.Fill(unsafe.Pointer(&s[i]), p[i], by[i], min(n, tile.Size))
			p[i], by[i] = unsafe.Pointer(&s[i]), 0
		}
	}
	for lo := 0; lo < n; lo += tile.Size {
		f(unsafe.Add(d, lo*size), unsafe.Add(p[0], lo*by[0]), unsafe.Add(p[1], lo*by[1]),
			unsafe.Add(p[2], lo*by[2]), unsafe.Add(p[3], lo*by[3]), min(tile.Size, n-lo))
	}
	scratches.Put(s)
}
