package interp

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"testing"

	"gojax/internal/dtype"
	"gojax/internal/kir"
)

// edges are integers next to powers of two, and to those times small ones.
func edges() (all []uint64) {
	for bit := range 64 {
		for _, by := range []uint64{1, 3, 5, 7} {
			for _, d := range []uint64{0, 1, 2, 3, 1<<64 - 1, 1<<64 - 2, 1<<64 - 600, 600} {
				x := by<<bit + d
				all = append(all, x, -x)
			}
		}
	}
	return append(all, 0, 1<<64-1, 1<<63, 10, 1e9, 1e18)
}

// TestDivision divides integers of 64 bits whose quotients are next to others: multiples of the
// divisor, and their neighbours, over all magnitudes.
func TestDivision(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 9))
	e := edges()
	const n = 1 << 16
	x, y := make([]uint64, n), make([]uint64, n)
	for i := range x {
		y[i] = e[r.IntN(len(e))]
		switch r.IntN(4) {
		case 0:
			x[i] = e[r.IntN(len(e))]
		case 1:
			x[i] = r.Uint64() >> r.IntN(64)
		default: // next to a multiple
			y[i] = r.Uint64() >> r.IntN(64)
			if y[i] != 0 {
				x[i] = r.Uint64() / y[i] * y[i]
			}
			x[i] += uint64(r.IntN(5)) - 2
		}
		if r.IntN(4) == 0 {
			y[i] = -y[i]
		}
	}
	for _, d := range []dtype.Type{dtype.Int64, dtype.Uint64} {
		for _, c := range []kir.Code{kir.Div, kir.Rem} {
			of := [][]uint64{x, y}
			checkWith(t, fmt.Sprint(c, d), one(c, d, d, n), func(mem []byte) {
				for i, v := range of[0] {
					binary.LittleEndian.PutUint64(mem[8*i:], v)
				}
				of = of[1:]
			})
		}
	}
}

// TestDivisionByConstants divides by numbers that are known.
func TestDivisionByConstants(t *testing.T) {
	const n = 3000
	r := rand.New(rand.NewPCG(10, 11))
	constants := []uint64{0, 1, 1<<64 - 1, 2, 3, 7, 10, 1<<64 - 3, 1<<64 - 10, 127, 128, 255, 1000, 1<<15 - 1, 1 << 15, 1<<31 - 1, 1 << 31, 1<<31 + 1,
		1<<32 - 1, 1 << 32, 1<<32 + 1, 1 << 52, 1e18 + 9, 1 << 62, 1<<63 - 1, 1 << 63, 1<<63 + 1, 1<<64 - 7}
	for _, d := range dtype.All() {
		if !d.IsInt() {
			continue
		}
		for _, by := range constants {
			by = by << (64 - d.Bits()) >> (64 - d.Bits())
			for _, c := range []kir.Code{kir.Div, kir.Rem} {
				b := kir.NewBuilder()
				x := b.Memory(b.In(d, n), []int{n})
				i := b.Loops([]int{0}, []int{n})
				v := b.Emit(c, x.At(i), b.Bits(d, [2]uint64{by}))
				b.Store(b.Out(d, n), i[0], v)
				checkWith(t, fmt.Sprint(c, d, by), b.Kernel(), func(mem []byte) {
					for i := range n {
						v := r.Uint64() >> r.IntN(64)
						if by != 0 && r.IntN(2) == 0 {
							v = v/by*by + uint64(r.IntN(5)) - 2
						}
						var all [8]byte
						binary.LittleEndian.PutUint64(all[:], v)
						copy(mem[i*d.Size():], all[:d.Size()])
					}
				})
			}
		}
	}
}
