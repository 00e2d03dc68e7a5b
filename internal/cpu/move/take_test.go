package move

import (
	"math/rand/v2"
	"slices"
	"testing"
	"unsafe"

	"gojax/internal/cpu/run"
	"gojax/internal/dtype"
)

func TestTake(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	all := units(t)
	types := []dtype.Type{dtype.Int32, dtype.Int64, dtype.Uint8, dtype.Int8, dtype.Int16, dtype.Uint16, dtype.Uint32, dtype.Int32}
	for range 400 {
		size := 1 << r.IntN(5)
		row := 1
		if r.IntN(2) == 0 {
			row += r.IntN(9)
		}
		// Axes of the walk: those of indices, and that of rows.
		dims := []Dim{{1 + r.IntN(4), 0, 0}, {1 + r.IntN([]int{5, 40, 3000}[r.IntN(3)]), 0, 0}, {row, row, row}}
		dims[2].From, dims[2].To = 1, 1
		dims[1].To = row
		dims[0].To = row * dims[1].N
		source, start := 0, 0 // elements that indices reach, and where the walk begins
		for range 2 {
			dims[r.IntN(2)].From = r.IntN(3)
		}
		for a := range dims {
			reach := (dims[a].N - 1) * dims[a].From
			source += reach
			if a < 2 && r.IntN(4) == 0 {
				start += reach
				dims[a].From = -dims[a].From
			}
		}
		var index []Index
		var data [][]byte
		var ptr []unsafe.Pointer
		for range 1 + r.IntN(2) {
			x := Index{Type: types[r.IntN(len(types))], Limit: r.IntN(100), By: 1 + r.IntN(5)}
			x.Strides = []int{dims[1].N, 1, 0}
			if r.IntN(3) == 0 {
				x.Strides = [][]int{{0, 1, 0}, {0, 2, 0}, {1, 0, 0}}[r.IntN(3)]
			}
			if r.IntN(2) == 0 {
				x.Wrap = x.Limit + 1
			}
			source += x.Limit * x.By
			if r.IntN(3) == 0 {
				start += x.Limit * x.By // the source is reversed
				x.By = -x.By
			}
			n := 1
			for a, d := range dims {
				n += (d.N - 1) * x.Strides[a]
			}
			b := make([]byte, n*x.Type.Size())
			for i := range n { // near the bounds
				v := r.IntN(2*x.Limit+40) - x.Limit/2 - 20
				for k := range x.Type.Size() {
					b[i*x.Type.Size()+k] = byte(v >> (8 * k))
				}
			}
			index, data, ptr = append(index, x), append(data, b), append(ptr, unsafe.Pointer(&b[0]))
		}
		var fill []byte
		if len(index) == 1 && r.IntN(2) == 0 {
			fill = make([]byte, size)
			for i := range fill {
				fill[i] = byte(i + 1)
			}
		}
		src := make([]byte, (source+1)*size)
		for i := range src {
			src[i] = byte(r.Uint32())
		}
		want := make([]byte, length(dims)*size)
		for i := range length(dims) {
			from, to := places(dims, i)
			inside := true
			for k, x := range index {
				j, at := i, 0
				for a := len(dims) - 1; a >= 0; a-- {
					at += j % dims[a].N * x.Strides[a]
					j /= dims[a].N
				}
				v := integer(data[k], at, x.Type)
				if v < 0 {
					v += x.Wrap
				}
				inside = inside && v >= 0 && v <= x.Limit
				from += min(max(v, 0), x.Limit) * x.By
			}
			if inside || fill == nil {
				copy(want[to*size:(to+1)*size], src[(start+from)*size:])
			} else {
				copy(want[to*size:(to+1)*size], fill)
			}
		}
		k := PrepareTake(size, dims, index, fill)
		if k == nil {
			if !slices.ContainsFunc(index, func(x Index) bool { return x.Strides[1] > 0 }) {
				continue // rows are not all that does not depend on indices
			}
			t.Fatalf("no walk along %+v by %+v", dims, index)
		}
		for level, u := range all {
			run.SetThreads(1 + 2*r.IntN(2))
			got := make([]byte, len(want))
			k.Copy(u, unsafe.Pointer(&got[0]), unsafe.Pointer(&src[start*size]), ptr)
			if string(got) != string(want) {
				t.Fatalf("%v, %d threads: elements of %d bytes along %+v by %+v, fill %v", level, run.Threads(), size, dims, index, fill)
			}
		}
		run.SetThreads(0)
	}
}

// integer returns an element of an array of integers.
func integer(data []byte, i int, t dtype.Type) int {
	v := uint64(0)
	for k := range t.Size() {
		v |= uint64(data[i*t.Size()+k]) << (8 * k)
	}
	if t.IsSigned() {
		return int(int64(v<<(64-t.Bits())) >> (64 - t.Bits()))
	}
	return int(v)
}
