package lib

import (
	"math"
	"math/rand/v2"
	"testing"

	"gojax/internal/core"
	"gojax/internal/cpu/run"
	"gojax/internal/dtype"
	"gojax/internal/kir"
	"gojax/internal/mem"
)

// random returns an array of small numbers; special adds zeros of both signs,
// infinities and NaNs of several kinds.
func random(r *rand.Rand, t core.Type, special bool) *core.Value {
	v := core.New(t, nil)
	odd := []float64{0, math.Copysign(0, -1), math.NaN(), -math.NaN(), math.Inf(1), math.Inf(-1), 1, -1}
	part := func() float64 {
		if special && r.IntN(3) == 0 {
			x := odd[r.IntN(len(odd))]
			if x != x && r.IntN(2) == 0 {
				return math.Copysign(x, -1)
			}
			return x
		}
		return r.NormFloat64()
	}
	for i := range t.Size() {
		switch {
		case t.DType == dtype.Bool:
			core.PutInt(v, i, int64(r.IntN(2)))
		case t.DType.IsInt():
			core.PutInt(v, i, int64(r.Uint64())>>r.IntN(64))
		case t.DType.IsComplex():
			core.Put(v, i, complex(part(), part()))
		default:
			core.Put(v, i, complex(part(), 0))
		}
	}
	return v
}

// bytes returns the memory of v.
func bytes(v *core.Value) string { return string(core.Slice[byte](v.Buf)) }

// same checks that got has the bits of want.
func same(t *testing.T, what any, got, want *core.Value) {
	t.Helper()
	if bytes(got) == bytes(want) {
		return
	}
	for i := range want.Size() {
		if g, w := core.At(got, i), core.At(want, i); g != w {
			if hasNaN(g) && hasNaN(w) {
				continue
			}
			t.Fatalf("%+v: element %d of %v is %v, want %v", what, i, want.Type(), g, w)
		}
	}
	for i := range want.Size() {
		if g, w := core.At(got, i), core.At(want, i); !hasNaN(g) && !hasNaN(w) &&
			math.Signbit(real(g)) != math.Signbit(real(w)) {
			t.Fatalf("%+v: element %d of %v is %v, want %v", what, i, want.Type(), g, w)
		}
	}
}

// runs returns the results of a step, which must not depend on the number of
// threads.
func runs(t *testing.T, s kir.Step, in []*core.Value, types ...core.Type) []*core.Value {
	t.Helper()
	var first []*core.Value
	for _, threads := range []int{2, 1, 5} {
		run.SetThreads(threads)
		out := make([]*core.Value, len(types))
		for i, u := range types {
			out[i] = core.New(u, nil)
		}
		works(t, s, in, out, threads)
		if first == nil {
			first = out
			continue
		}
		for i := range out {
			if bytes(out[i]) != bytes(first[i]) {
				t.Fatalf("%+v of %v: result depends on the number of threads", s, core.Types(in))
			}
		}
	}
	run.SetThreads(0)
	return first
}

// works runs a step in as much memory as it says that it works in, and checks that it does, and
// on one thread that it says hardly more.
func works(t *testing.T, s kir.Step, in, out []*core.Value, threads int) {
	t.Helper()
	said := Scratch(s, core.Types(in), core.Types(out), out[0] != nil && out[0].Buf.Pointer() == in[0].Buf.Pointer(), threads)
	room := core.Slice[byte](core.NewBuffer(nil, max(said, mem.Large)))[:said]
	var m run.Memory
	m.Begin(room)
	Run(&m, s, in, out)
	used, over := m.Used()
	m.End()
	if mem.Shared.Poisoned() {
		over = 0
	}
	if used > said || over > 0 || threads == 1 && said > used+used/10+1024 {
		t.Errorf("%+v of %v, %d threads: it used %d bytes, borrowed %d, and said %d", s, core.Types(in), threads, used, over, said)
	}
}

// indices calls f for the indices of a shape.
func indices(shape []int, f func(index []int)) {
	index := make([]int, len(shape))
	for range core.Size(shape) {
		f(index)
		advance(index, shape)
	}
}

// at returns the place of an index.
func at(index, shape []int) int {
	n := 0
	for a, i := range index {
		n = n*shape[a] + i
	}
	return n
}

func TestPermute(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		rank := 1 + r.IntN(4)
		shape := make([]int, rank)
		for a := range shape {
			shape[a] = r.IntN([]int{2, 4, 9, 70}[r.IntN(4)]) + r.IntN(2)
		}
		perm := r.Perm(rank)
		src := make([]uint16, core.Size(shape))
		for i := range src {
			src[i] = uint16(r.Uint32())
		}
		st := strides(shape)
		var dims []dim
		var to []int
		for _, a := range perm {
			dims = append(dims, dim{shape[a], st[a]})
			to = append(to, shape[a])
		}
		dst := make([]uint16, len(src))
		permute(dst, src, dims)
		indices(to, func(i []int) {
			j := make([]int, rank)
			for n, a := range perm {
				j[a] = i[n]
			}
			if dst[at(i, to)] != src[at(j, shape)] {
				t.Fatalf("shape %v perm %v index %v", shape, perm, i)
			}
		})
	}
}

// hasNaN reports whether a part of z is NaN, whatever the other is.
func hasNaN(z complex128) bool { return math.IsNaN(real(z)) || math.IsNaN(imag(z)) }
