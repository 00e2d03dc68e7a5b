package rowwise

import (
	"math/rand/v2"
	"testing"
	"unsafe"

	"gojax/internal/core"
	"gojax/internal/cpu/code"
	"gojax/internal/cpu/tile"
	"gojax/internal/dtype"
	"gojax/internal/kir"
)

// TestRows holds the kernels to what the interpreter does with one row after the other.
func TestRows(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	best := code.Best(code.Host())
	for _, d := range dtype.All() {
		for _, by := range operations {
			u, err := New(best, d, by)
			if err != nil {
				t.Fatal(err)
			}
			if u == nil {
				continue
			}
			for trial := range 60 {
				n := 1 + r.IntN(5)
				if trial%3 > 0 {
					n = 1 + r.IntN(90)
				}
				places, rows, apart := 1+r.IntN(5), r.IntN(9), n+r.IntN(3)/2*r.IntN(9)
				dst, src := random(r, d, places*apart), random(r, d, (rows+1)*apart)
				want := core.New(dst.Type(), nil)
				copy(core.Slice[byte](want.Buf), core.Slice[byte](dst.Buf))
				at, number := make([]uint32, rows), make([]uint32, rows+3)
				size := n * d.Size()
				for i := range at {
					at[i], number[i] = uint32(r.IntN(places)), uint32(r.IntN(rows+1))
					x := unsafe.Add(want.Buf.Pointer(), int(at[i])*apart*d.Size())
					y := unsafe.Add(src.Buf.Pointer(), int(number[i])*apart*d.Size())
					switch {
					case by == kir.NoCode:
						copy(unsafe.Slice((*byte)(x), size), unsafe.Slice((*byte)(y), size))
					case d == dtype.Bool && (by == kir.Add || by == kir.Max):
						tile.Of(kir.Or, d)(x, x, y, nil, nil, n)
					case d == dtype.Bool && (by == kir.Mul || by == kir.Min):
						tile.Of(kir.And, d)(x, x, y, nil, nil, n)
					default:
						tile.Of(by, d)(x, x, y, nil, nil, n)
					}
				}
				u.Rows(dst.Buf.Pointer(), src.Buf.Pointer(), at, number, n, apart)
				for i := range dst.Size() {
					if differ(dst, want, i) {
						t.Fatalf("%v by %d, %d rows of %d, %d apart: element %d is %v, want %v", d, by, rows, n, apart, i, core.At(dst, i), core.At(want, i))
					}
				}
			}
		}
	}
}

// differ compares the bits of elements, but for those of NaN.
func differ(x, y *core.Value, i int) bool {
	a, b := core.At(x, i), core.At(y, i)
	size := x.DType.Size()
	return string(core.Slice[byte](x.Buf)[i*size:][:size]) != string(core.Slice[byte](y.Buf)[i*size:][:size]) &&
		(real(a) == real(a) || real(b) == real(b)) && (imag(a) == imag(a) || imag(b) == imag(b))
}

func random(r *rand.Rand, d dtype.Type, n int) *core.Value {
	v := core.New(core.Of(d, n), nil)
	for i, b := range core.Slice[byte](v.Buf) {
		_ = b
		core.Slice[byte](v.Buf)[i] = byte(r.Uint32())
	}
	for i := range n {
		switch {
		case d == dtype.Bool:
			core.PutInt(v, i, int64(r.IntN(2)))
		case d.IsInexact() && r.IntN(3) > 0:
			part := func() float64 { return []float64{0, -1, 1, 0.1, -3e4, 1e-5, r.NormFloat64()}[r.IntN(7)] }
			x := part()
			if x == 0 && r.IntN(2) == 0 {
				x = -x * part()
			}
			if d.IsComplex() {
				core.Put(v, i, complex(x, part()))
			} else {
				core.Put(v, i, complex(x, 0))
			}
		}
	}
	return v
}

// TestLacking lists what there are no kernels for.
func TestLacking(t *testing.T) {
	best := code.Best(code.Host())
	if best == code.Portable {
		t.Skip("no machine code here")
	}
	for _, d := range dtype.All() {
		for _, by := range operations[:5] {
			u, err := New(best, d, by)
			if err != nil {
				t.Fatal(err)
			}
			lacks := d.IsComplex() && by != kir.NoCode && by != kir.Add || (d == dtype.Int8 || d == dtype.Uint8) && by == kir.Mul
			if (u == nil) != lacks {
				t.Errorf("%v by %d: there is no kernel: %v, want %v", d, by, u == nil, lacks)
			}
		}
	}
}
