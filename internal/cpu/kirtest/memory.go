package kirtest

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"unsafe"

	"gojax/internal/dtype"
	"gojax/internal/kir"
)

// A Memory is memory to run a kernel with, a buffer for each of its buffers.
type Memory []Buffer

// A Buffer is the memory of a buffer, which may begin at any multiple of the size of an
// element, with canaries before and after it.
type Buffer struct {
	mem       []byte
	from, len int
}

const (
	canary = 0xA5
	moat   = 64 // bytes of canaries on each side
)

// NewMemory returns memory with random elements.
func NewMemory(r *rand.Rand, k *kir.Kernel) Memory {
	m := make(Memory, len(k.Bufs))
	for n, b := range k.Bufs {
		size := b.Type.Size()
		x := Buffer{from: moat + size*r.IntN(9), len: b.Elems * size}
		x.mem = bytes.Repeat([]byte{canary}, x.from+x.len+moat)
		Fill(r, b.Type, x.Bytes())
		m[n] = x
	}
	return m
}

// Fill makes memory random elements of a type.
func Fill(r *rand.Rand, t dtype.Type, mem []byte) {
	size := t.Size()
	for i := 0; i < len(mem); i += size {
		e := random(r, t)
		copy(mem[i:], bytesOf(&e, size))
	}
}

// Count makes the elements of buffer 0, which are of type Index, 0, 1, 2 …
func (m Memory) Count() {
	b := m[0].Bytes()
	for i := range len(b) / 8 {
		binary.NativeEndian.PutUint64(b[8*i:], uint64(i))
	}
}

// Clone returns a copy.
func (m Memory) Clone() Memory {
	c := make(Memory, len(m))
	for n, b := range m {
		c[n] = Buffer{bytes.Clone(b.mem), b.from, b.len}
	}
	return c
}

// Shared returns a copy in which a result is where an operand is.
func (m Memory) Shared(x kir.Place) Memory {
	m = m.Clone()
	m[x.To] = m[x.From]
	return m
}

// Unshared is what Shared returned without what the operand was: the elements are of the
// result's type now, in which all NaN may be one that are many in the operand's.
func (m Memory) Unshared(x kir.Place) Memory {
	m = slices.Clone(m)
	m[x.From] = Buffer{}
	return m
}

// Bytes is the memory of the buffer itself.
func (b Buffer) Bytes() []byte { return b.mem[b.from : b.from+b.len : b.from+b.len] }

// Pointers are where the buffers begin.
func (m Memory) Pointers() []unsafe.Pointer {
	p := make([]unsafe.Pointer, len(m))
	for n := range m {
		p[n] = unsafe.Add(unsafe.Pointer(unsafe.SliceData(m[n].mem)), m[n].from)
	}
	return p
}

// Differ returns an error that names the first element in which m is not want, if there
// is one, or a buffer around which something was written.
func (m Memory) Differ(k *kir.Kernel, want Memory) error {
	for n, b := range m {
		size := k.Bufs[n].Type.Size()
		around := append(bytes.Clone(b.mem[:b.from]), b.mem[b.from+b.len:]...)
		for i, c := range around {
			if c != canary {
				if i >= b.from {
					i += b.len
				}
				return fmt.Errorf("buffer %d: written outside of it, %d bytes from where it begins", n, i-b.from)
			}
		}
		x, y := b.Bytes(), want[n].Bytes()
		for i := 0; i < len(x); i += size {
			if !Same(k.Bufs[n].Type, x[i:i+size], y[i:i+size]) {
				return fmt.Errorf("buffer %d: element %d is %s, want %s", n, i/size,
					text(k.Bufs[n].Type, x[i:i+size]), text(k.Bufs[n].Type, y[i:i+size]))
			}
		}
	}
	return nil
}

// text is an element as a number and in hex.
func text(t dtype.Type, b []byte) string {
	var e element
	copy(bytesOf(&e, len(b)), b)
	hex := fmt.Sprintf("%0*x", 2*len(b), e[0])
	if len(b) == 16 {
		hex = fmt.Sprintf("%016x %016x", e[0], e[1])
	}
	return fmt.Sprintf("%s (%s)", kir.Text(t, e), hex)
}

// Same compares elements: all NaN of a type are one.
func Same(t dtype.Type, x, y []byte) bool {
	if bytes.Equal(x, y) {
		return true
	}
	if t.IsComplex() {
		half, r := len(x)/2, t.Real()
		return Same(r, x[:half], y[:half]) && Same(r, x[half:], y[half:])
	}
	return isNaN(t, x) && isNaN(t, y)
}

// Canonical makes all NaN in memory of a type one.
func Canonical(t dtype.Type, mem []byte) {
	if t.IsComplex() {
		t = t.Real()
	}
	for size := t.Size(); len(mem) > 0; mem = mem[size:] {
		if isNaN(t, mem[:size]) {
			nan := kir.Encode(t, complex(math.NaN(), 0))
			copy(mem, bytesOf(&nan, size))
		}
	}
}

func isNaN(t dtype.Type, b []byte) bool {
	p := unsafe.Pointer(unsafe.SliceData(b))
	switch t {
	case dtype.Float16:
		return *(*uint16)(p)&0x7fff > 0x7c00
	case dtype.BFloat16:
		return *(*uint16)(p)&0x7fff > 0x7f80
	case dtype.Float32:
		return *(*uint32)(p)&0x7fffffff > 0x7f800000
	case dtype.Float64:
		return *(*uint64)(p)&^(1<<63) > 0x7ff<<52
	}
	return false
}

// specials are numbers at which instructions have something to get wrong.
var specials = []float64{0, math.Copysign(0, -1), 1, -1, 0.5, -0.5, 1.5, 2.5, math.Inf(1), math.Inf(-1), math.NaN(),
	math.MaxFloat32, -math.MaxFloat32, 1e-45, -1e-45, 1e-40, 1 << 31, -1 << 31, 1<<31 - 128, 1 << 32, 4294967040,
	-1<<31 - 256, 1 << 63, -1 << 63, 1 << 64, 1e300, 5e-324, 65504, 65520, 6e-8, 88.8, -104, 709.8, -745.2, math.Pi, 1e10, 1e22}

// random returns a random element, often a special one.
func random(r *rand.Rand, t dtype.Type) element {
	switch {
	case t == dtype.Bool:
		return element{uint64(r.IntN(2))}
	case t.IsComplex():
		return kir.Encode(t, complex(number(r), number(r)))
	case t.IsFloat():
		return kir.Encode(t, complex(number(r), 0))
	case r.IntN(3) > 0:
		return kir.Encode(t, complex(float64(r.IntN(90)-10), 0))
	case r.IntN(2) == 0:
		return element{r.Uint64() >> (64 - t.Bits())}
	}
	return element{[]uint64{0, 1<<t.Bits() - 1, 1 << (t.Bits() - 1), 1<<(t.Bits()-1) - 1}[r.IntN(4)]}
}

func number(r *rand.Rand) float64 {
	switch r.IntN(8) {
	case 0, 1:
		return specials[r.IntN(len(specials))]
	case 2:
		return float64(r.IntN(41) - 20)
	case 3:
		return math.Ldexp(r.NormFloat64(), r.IntN(300)-150)
	}
	return r.NormFloat64() * 4
}
