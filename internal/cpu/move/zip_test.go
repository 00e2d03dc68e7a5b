package move

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"
	"unsafe"

	"gojax/internal/cpu/code"
)

// TestZip has rows of 2 to 8 sources of one to three elements of all sizes, in memory that ends
// where they do, and as many rows as are no, one and many periods.
func TestZip(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, size := range []int{1, 2, 4, 8, 16} {
		for sources := 2; sources <= MostZipped; sources++ {
			for _, longer := range []bool{false, true} {
				widths := make([]int, sources)
				for i := range widths {
					widths[i] = size
					if longer {
						widths[i] *= 1 + r.IntN(3)
					}
				}
				z := NewZip(widths...)
				if z == nil {
					if !longer && size > 2 && size < 16 {
						t.Errorf("%d sources of %d bytes are no Zip", sources, size)
					}
					continue
				}
				for _, n := range []int{0, 1, 7, 8, 40, 100, 1001, 20_000} {
					if n < 20_000 || size == 4 {
						testZip(t, r, z, n)
					}
				}
			}
		}
	}
	for _, widths := range [][]int{{4}, {1, 2, 3, 4, 5, 6, 7, 8, 9}, {63, 64}, {16, 16}} {
		if NewZip(widths...) != nil {
			t.Errorf("there is a Zip of %v", widths)
		}
	}
}

func testZip(t *testing.T, r *rand.Rand, z *Zip, n int) {
	t.Helper()
	src := make([][]byte, len(z.widths))
	ptrs := make([]unsafe.Pointer, len(src))
	for s, w := range z.widths {
		src[s] = make([]byte, n*w)
		for i := range src[s] {
			src[s][i] = byte(r.Uint32())
		}
		ptrs[s] = unsafe.Pointer(unsafe.SliceData(src[s]))
	}
	var want []byte
	for i := range n {
		for s, w := range z.widths {
			want = append(want, src[s][i*w:][:w]...)
		}
	}
	const canary = 64
	for _, level := range []code.Level{code.Portable, code.AVX2} {
		if level > code.Best(code.Host()) {
			continue
		}
		u, err := NewZipper(level)
		if err != nil {
			t.Fatal(err)
		}
		got := bytes.Repeat([]byte{0xa5}, n*z.row+canary)
		z.Rows(u, unsafe.Pointer(&got[0]), ptrs, n)
		if !bytes.Equal(got[:n*z.row], want) || !bytes.Equal(got[n*z.row:], bytes.Repeat([]byte{0xa5}, canary)) {
			t.Fatalf("%v: %d rows of %v differ", level, n, z.widths)
		}
	}
}

func BenchmarkZip(b *testing.B) {
	for _, sources := range []int{2, 3, 4, 8} {
		b.Run(fmt.Sprint(sources), func(b *testing.B) {
			widths := make([]int, sources)
			src := make([]unsafe.Pointer, sources)
			const n = 1000
			for s := range src {
				widths[s], src[s] = 4, unsafe.Pointer(&make([]float32, n)[0])
			}
			z, dst := NewZip(widths...), make([]float32, n*sources)
			b.SetBytes(int64(4 * n * sources))
			for b.Loop() {
				z.Rows(NativeZipper(), unsafe.Pointer(&dst[0]), src, n)
			}
		})
	}
}
