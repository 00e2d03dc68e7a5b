package interp

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"gojax/internal/cpu/gen"
	"gojax/internal/cpu/kirtest"
	"gojax/internal/dtype"
	"gojax/internal/kir"
)

// TestSmallElements has all elements of the types of one and two bytes, for instructions
// of one operand and conversions.
func TestSmallElements(t *testing.T) {
	for _, from := range []dtype.Type{dtype.Int8, dtype.Uint8, dtype.Int16, dtype.Uint16, dtype.Float16, dtype.BFloat16} {
		n := 1 << from.Bits()
		for _, to := range dtype.All() {
			k := one(kir.Convert, from, to, n)
			if k == nil || to.IsComplex() {
				continue
			}
			checkWith(t, fmt.Sprint("convert ", from, " ", to), k, func(mem []byte) { count(mem, from.Size()) })
		}
		for c := kir.Neg; c <= kir.Clz; c++ {
			if k := one(c, from, from, n); k != nil && gen.Supported(k, &k.Code[k.Stores[0].Val]) {
				checkWith(t, fmt.Sprint(c, from), k, func(mem []byte) { count(mem, from.Size()) })
			}
		}
	}
}

// TestPairsOfBytes has all pairs of elements of one byte, for instructions of two operands.
func TestPairsOfBytes(t *testing.T) {
	for _, d := range []dtype.Type{dtype.Int8, dtype.Uint8} {
		for c := kir.Add; c <= kir.Ge; c++ {
			k := one(c, d, d, 1<<16)
			if k == nil || !gen.Supported(k, &k.Code[k.Stores[0].Val]) {
				continue
			}
			shift := 0
			checkWith(t, fmt.Sprint(c, d), k, func(mem []byte) {
				for i := range mem {
					mem[i] = byte(i >> shift)
				}
				shift += 8
			})
		}
	}
}

// TestToHalf rounds numbers next to those that halves lie between, and to all sides of the
// middle.
func TestToHalf(t *testing.T) {
	const n = 1 << 16
	r := rand.New(rand.NewPCG(3, 4))
	for _, to := range []dtype.Type{dtype.Float16, dtype.BFloat16} {
		checkWith(t, fmt.Sprint("f32 to ", to), one(kir.Convert, dtype.Float32, to, n), func(mem []byte) {
			for i := range n {
				b := uint32(i) << 16
				if to == dtype.Float16 {
					b = math.Float32bits(dtype.F16ToF32(uint16(i)))
				}
				b += []uint32{0, 0x7fff, 0x8000, 0x8001, 0xfff, 0x1000, 0x1001, r.Uint32() & 0x1ffff}[r.IntN(8)]
				binary.NativeEndian.PutUint32(mem[4*i:], b)
			}
		})
		checkWith(t, fmt.Sprint("f64 to ", to), one(kir.Convert, dtype.Float64, to, n), func(mem []byte) {
			for i := range n {
				x := float64(dtype.BF16ToF32(uint16(i)))
				if to == dtype.Float16 {
					x = float64(dtype.F16ToF32(uint16(i)))
				}
				b := math.Float64bits(x) + []uint64{0, 1 << 44, 1<<44 + 1, 1<<44 - 1, 1 << 41, 1<<41 + 1, 1<<41 - 1,
					r.Uint64() >> 18}[r.IntN(8)]
				binary.NativeEndian.PutUint64(mem[8*i:], b)
			}
		})
		for _, from := range []dtype.Type{dtype.Int32, dtype.Uint32, dtype.Int64, dtype.Uint64} {
			checkWith(t, fmt.Sprint(from, " to ", to), one(kir.Convert, from, to, n), func(mem []byte) { patterns(r, mem, from.Size()) })
		}
	}
}

// TestLongs converts integers of 64 bits of all lengths, and numbers of their size.
func TestLongs(t *testing.T) {
	const n = 1 << 14
	r := rand.New(rand.NewPCG(5, 6))
	for _, d := range []dtype.Type{dtype.Int64, dtype.Uint64, dtype.Int32, dtype.Uint32} {
		for _, f := range []dtype.Type{dtype.Float32, dtype.Float64} {
			checkWith(t, fmt.Sprint(d, " to ", f), one(kir.Convert, d, f, n), func(mem []byte) { patterns(r, mem, d.Size()) })
			checkWith(t, fmt.Sprint(f, " to ", d), one(kir.Convert, f, d, n), func(mem []byte) {
				for i := range n {
					x := math.Ldexp(1+r.Float64(), r.IntN(70)-3)
					if r.IntN(3) == 0 {
						x = math.Ldexp(1, 20+r.IntN(46)) + float64(r.IntN(3)-1)*math.Ldexp(1, r.IntN(13))
					}
					if r.IntN(2) == 0 {
						x = -x
					}
					e := kir.Encode(f, complex(x, 0))[0]
					for b := range f.Size() {
						mem[f.Size()*i+b] = byte(e >> (8 * b))
					}
				}
			})
		}
		for _, c := range []kir.Code{kir.Div, kir.Rem, kir.ShiftRightArithmetic, kir.Clz} {
			if k := one(c, d, d, n); k != nil {
				checkWith(t, fmt.Sprint(c, d), k, func(mem []byte) { patterns(r, mem, d.Size()) })
			}
		}
	}
}

// count makes memory the integers 0, 1, 2 … of a size.
func count(mem []byte, size int) {
	for i := range mem {
		mem[i] = byte(i / size >> (8 * (i % size)))
	}
}

// patterns makes memory integers of a size, of all lengths and signs, with ties among them.
func patterns(r *rand.Rand, mem []byte, size int) {
	for i := 0; i < len(mem); i += size {
		x := r.Uint64() >> r.IntN(64)
		if r.IntN(3) == 0 {
			x = x>>(r.IntN(40)+8)<<1 | 1
			x <<= r.IntN(64)
			x += uint64(r.IntN(3) - 1)
		}
		if r.IntN(2) == 0 {
			x = -x
		}
		for b := range size {
			mem[i+b] = byte(x >> (8 * b))
		}
	}
}

// checkWith is check of a kernel on operands that fill makes.
func checkWith(t *testing.T, name string, k *kir.Kernel, fill func(mem []byte)) {
	t.Helper()
	mem := kirtest.NewMemory(rand.New(rand.NewPCG(1, 2)), k)
	for n, b := range k.Bufs {
		if !b.Out {
			fill(mem[n].Bytes())
		}
	}
	want := mem.Clone()
	kirtest.Define(k, want.Pointers())
	for _, l := range levels() {
		got := mem.Clone()
		CompileFor(l, k).Run(got.Pointers())
		if err := got.Differ(k, want); err != nil {
			t.Errorf("%s: %v: %v", name, l, err)
		}
	}
}
