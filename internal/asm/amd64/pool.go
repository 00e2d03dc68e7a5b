package amd64

import (
	"encoding/binary"
	"math"
	"slices"
)

// Alignment is what code is to be aligned to where it is loaded: a cache line, so that
// Align and the constants hold.
const Alignment = 64

// A pool holds the constants of a kernel, each once.
type pool struct {
	bytes []byte
	items []item
	byKey map[string]int32
}

// An item is a constant: bytes[from:to], and where it lies in the finished code.
type item struct{ from, to, at int }

func (p *pool) reset() {
	p.bytes, p.items = p.bytes[:0], p.items[:0]
	clear(p.byKey)
}

// Const is the constant b of 1, 2, 4, 8, 16, 32 or 64 bytes, aligned to its size.
func (a *Asm) Const(b []byte) Mem {
	if n := len(b); n == 0 || n > Alignment || n&(n-1) != 0 {
		a.errorf("constant of %d bytes, want a power of two of at most %d", n, Alignment)
		b = make([]byte, 1)
	}
	p := &a.pool
	i, ok := p.byKey[string(b)]
	if !ok {
		if p.byKey == nil {
			p.byKey = map[string]int32{}
		}
		i = int32(len(p.items))
		p.byKey[string(b)] = i
		from := len(p.bytes)
		p.bytes = append(p.bytes, b...)
		p.items = append(p.items, item{from: from, to: len(p.bytes)})
	}
	return Mem{ref: -(i + 1)}
}

// Const32 is a constant of 4 bytes.
func (a *Asm) Const32(v uint32) Mem { return a.Splat32(v, 4) }

// Const64 is a constant of 8 bytes.
func (a *Asm) Const64(v uint64) Mem { return a.Splat64(v, 8) }

// ConstF32 is a constant of 4 bytes.
func (a *Asm) ConstF32(v float32) Mem { return a.Const32(math.Float32bits(v)) }

// ConstF64 is a constant of 8 bytes.
func (a *Asm) ConstF64(v float64) Mem { return a.Const64(math.Float64bits(v)) }

// Splat32 is a constant of width bytes, 4 to 64, with v in every lane of 4.
func (a *Asm) Splat32(v uint32, width int) Mem {
	return a.Splat64(uint64(v)<<32|uint64(v), width)
}

// Splat64 is a constant of width bytes, 8 to 64, with v in every lane of 8.
func (a *Asm) Splat64(v uint64, width int) Mem {
	var b [Alignment]byte
	for i := 0; i < len(b); i += 8 {
		binary.LittleEndian.PutUint64(b[i:], v)
	}
	return a.Const(b[:min(width, len(b))])
}

// place appends the constants after the code, the widest first, so that each is aligned
// and no line holds both code and constants.
func (a *Asm) place() {
	p := &a.pool
	if len(p.items) == 0 {
		return
	}
	for len(a.buf)%Alignment != 0 {
		a.buf = append(a.buf, 0xCC) // a breakpoint: nothing runs here
	}
	sizes := []int{}
	for _, c := range p.items {
		if n := c.to - c.from; !slices.Contains(sizes, n) {
			sizes = append(sizes, n)
		}
	}
	slices.Sort(sizes)
	for _, n := range slices.Backward(sizes) {
		for i := range p.items {
			if c := &p.items[i]; c.to-c.from == n {
				c.at = len(a.buf)
				a.buf = append(a.buf, p.bytes[c.from:c.to]...)
			}
		}
	}
}
