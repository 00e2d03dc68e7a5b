package lib

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gojax/internal/core"
	"gojax/internal/cpu/run"
	"gojax/internal/dtype"
	"gojax/internal/kir"
)

// compare orders elements i and j of v as JAX does when it sorts.
func compare(v *core.Value, i, j int) int {
	if !v.DType.IsInexact() {
		if v.DType == dtype.Uint64 {
			return cmp.Compare(uint64(core.Int(v, i)), uint64(core.Int(v, j)))
		}
		return cmp.Compare(core.Int(v, i), core.Int(v, j))
	}
	real := func(a, b float64) int {
		switch {
		case a != a && b != b:
			return 0
		case a != a:
			return 1
		case b != b:
			return -1
		}
		return cmp.Compare(a, b)
	}
	a, b := core.At(v, i), core.At(v, j)
	if c := real(realOf(a), realOf(b)); c != 0 {
		return c
	}
	return real(imag(a), imag(b))
}

func realOf(z complex128) float64 { return real(z) }

// copyElement copies element j of src to element i of dst.
func copyElement(dst *core.Value, i int, src *core.Value, j int) {
	n := src.DType.Size()
	copy(core.Slice[byte](dst.Buf)[i*n:(i+1)*n], core.Slice[byte](src.Buf)[j*n:(j+1)*n])
}

// exact checks that got has the bytes of want.
func exact(t *testing.T, what any, got, want *core.Value) {
	t.Helper()
	if bytes(got) != bytes(want) {
		same(t, what, got, want)
		t.Fatalf("%+v: bits differ", what)
	}
}

// rowsAlong calls f with the places of the elements of each row along an axis.
func rowsAlong(shape []int, axis int, f func(row []int)) {
	v := around(shape, axis)
	for o := range v.outer {
		for i := range v.inner {
			row := make([]int, v.n)
			for k := range row {
				row[k] = (o*v.n+k)*v.inner + i
			}
			f(row)
		}
	}
}

func checkSort(t *testing.T, s kir.Sort, in []*core.Value) {
	t.Helper()
	got := runs(t, s, in, core.Types(in)...)
	want := make([]*core.Value, len(in))
	for i := range in {
		want[i] = core.New(in[i].Type(), nil)
	}
	rowsAlong(in[0].Shape, s.Axis, func(row []int) {
		sorted := slices.Clone(row)
		slices.SortStableFunc(sorted, func(i, j int) int {
			for _, key := range in[:s.Keys] {
				if c := compare(key, i, j); c != 0 {
					return c
				}
			}
			return 0
		})
		for k := range row {
			for i := range in {
				copyElement(want[i], row[k], in[i], sorted[k])
			}
		}
	})
	for i := range in {
		exact(t, fmt.Sprintf("%+v operand %d of %v", s, i, core.Types(in)), got[i], want[i])
	}
	if len(in) > 1 || !SortsInPlace(in[0].DType) {
		return
	}
	for _, threads := range []int{1, 3} {
		run.SetThreads(threads)
		x := core.New(in[0].Type(), nil)
		copyBytes(x, in[0])
		works(t, s, []*core.Value{x}, []*core.Value{x}, threads)
		exact(t, fmt.Sprintf("%+v of %v in place", s, x.Type()), x, want[0])
	}
	run.SetThreads(0)
}

func TestSort(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	for n := range 600 {
		shape := make([]int, 1+r.IntN(3))
		for a := range shape {
			shape[a] = r.IntN([]int{3, 12, 150}[r.IntN(3)]) + r.IntN(2)
		}
		if core.Size(shape) > 20_000 {
			continue
		}
		all := dtype.All()
		in := make([]*core.Value, 1+r.IntN(3))
		for i := range in {
			d := all[r.IntN(len(all))]
			if i == 0 {
				d = all[n%len(all)]
			}
			in[i] = random(r, core.Of(d, shape...), r.IntN(2) == 0)
		}
		checkSort(t, kir.Sort{Axis: r.IntN(len(shape)), Keys: 1 + r.IntN(len(in))}, in)
	}
}

// Long rows take the paths with larger digits and several threads.
func TestSortLong(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	for _, d := range []dtype.Type{dtype.Float32, dtype.Int64, dtype.Float64, dtype.Int16, dtype.Uint32, dtype.Bool} {
		for _, special := range []bool{false, true} {
			x := random(r, core.Of(d, 40_000), special)
			iota := core.New(core.Of(dtype.Int32, 40_000), nil)
			for i := range 40_000 {
				core.PutInt(iota, i, int64(i))
			}
			checkSort(t, kir.Sort{Keys: 1}, []*core.Value{x})
			checkSort(t, kir.Sort{Keys: 1}, []*core.Value{x, iota})
		}
	}
}

// Rows of more than one chunk are counted and moved in parts.
func TestSortChunks(t *testing.T) {
	r := rand.New(rand.NewPCG(27, 28))
	const n = 3*chunk + 5
	for _, d := range []dtype.Type{dtype.Float32, dtype.Float64} {
		x := random(r, core.Of(d, n), d == dtype.Float64)
		iota := core.New(core.Of(dtype.Int32, n), nil)
		for i := range n {
			core.PutInt(iota, i, int64(i))
		}
		checkSort(t, kir.Sort{Keys: 1}, []*core.Value{x})
		checkSort(t, kir.Sort{Keys: 1}, []*core.Value{x, iota})
	}
	// Few different elements: positions decide.
	x := core.New(core.Of(dtype.Int8, n), nil)
	for i := range n {
		core.PutInt(x, i, int64(r.IntN(20)))
	}
	values, at := core.Of(dtype.Int8, 7), core.Of(dtype.Int32, 7)
	got := runs(t, kir.TopK{K: 7}, []*core.Value{x}, values, at)
	next := 0
	for i := range 7 {
		for core.Int(x, next) != 19 {
			next++
		}
		if core.Int(got[0], i) != 19 || core.Int(got[1], i) != int64(next) {
			t.Fatalf("element %d of the top: %d at %d, want 19 at %d", i, core.Int(got[0], i), core.Int(got[1], i), next)
		}
		next++
	}
}

func TestTopK(t *testing.T) {
	r := rand.New(rand.NewPCG(15, 16))
	// rank of an element in IEEE's total order
	order := func(x *core.Value, i int) float64 {
		v := realOf(core.At(x, i))
		switch {
		case v != v && math.Signbit(v):
			return math.Inf(-1)
		case v != v:
			return math.Inf(1)
		}
		return v
	}
	for n := range 400 {
		all := dtype.All()
		d := all[n%len(all)]
		if d.IsComplex() {
			continue
		}
		shape := []int{r.IntN(4), r.IntN([]int{2, 30, 700}[r.IntN(3)])}
		x := random(r, core.Of(d, shape...), r.IntN(2) == 0)
		k := r.IntN(shape[1] + 1)
		if r.IntN(2) == 0 {
			k = min(k, 5)
		}
		if n%50 < 2 { // of a long row few are sorted
			shape = []int{1 + r.IntN(2), selectFrom + r.IntN(60_000)}
			x = random(r, core.Of(d, shape...), n%50 == 0)
			k = fewest + 1 + r.IntN(shape[1]/16-fewest)
		}
		values, at := core.Of(d, shape[0], k), core.Of(dtype.Int32, shape[0], k)
		got := runs(t, kir.TopK{K: k}, []*core.Value{x}, values, at)
		want := []*core.Value{core.New(values, nil), core.New(at, nil)}
		for row := range shape[0] {
			sorted := make([]int, shape[1])
			for i := range sorted {
				sorted[i] = i
			}
			base := row * shape[1]
			slices.SortStableFunc(sorted, func(i, j int) int {
				if d.IsFloat() {
					a, b := order(x, base+i), order(x, base+j)
					// Infinities are distinguished from NaN, and zeros by their signs.
					va, vb := realOf(core.At(x, base+i)), realOf(core.At(x, base+j))
					if a == b && va != va != (vb != vb) {
						if (a > 0) == (va != va) {
							return -1
						}
						return 1
					}
					if a == 0 && b == 0 {
						return cmp.Compare(math.Copysign(1, b), math.Copysign(1, a))
					}
					return cmp.Compare(b, a)
				}
				return compare(x, base+j, base+i)
			})
			for i := range k {
				copyElement(want[0], row*k+i, x, base+sorted[i])
				core.PutInt(want[1], row*k+i, int64(sorted[i]))
			}
		}
		exact(t, fmt.Sprintf("indices of the top %d of %v", k, x.Type()), got[1], want[1])
		exact(t, fmt.Sprintf("top %d of %v", k, x.Type()), got[0], want[0])
	}
}

func BenchmarkSort(b *testing.B) {
	const n = 1_000_000
	r := rand.New(rand.NewPCG(1, 1))
	iota := core.New(core.Of(dtype.Int32, n), nil)
	for i := range n {
		core.PutInt(iota, i, int64(i))
	}
	bench := func(name string, d dtype.Type, shape []int, more ...*core.Value) {
		b.Run(name, func(b *testing.B) {
			in := append([]*core.Value{random(r, core.Of(d, shape...), false)}, more...)
			var out []*core.Value
			for _, x := range in {
				out = append(out, core.New(x.Type(), nil))
			}
			for b.Loop() {
				Run(nil, kir.Sort{Axis: len(shape) - 1, Keys: 1}, in, out)
			}
		})
	}
	bench("f32", dtype.Float32, []int{n})
	bench("f32arg", dtype.Float32, []int{n}, iota)
	bench("f64", dtype.Float64, []int{n})
	bench("f64arg", dtype.Float64, []int{n}, iota)
	bench("f32x1000", dtype.Float32, []int{1000, 1000})
	bench("f32x16", dtype.Float32, []int{62500, 16})
	b.Run("topk", func(b *testing.B) {
		x := random(r, core.Of(dtype.Float32, n), false)
		out := []*core.Value{core.New(core.Of(dtype.Float32, 10), nil), core.New(core.Of(dtype.Int32, 10), nil)}
		for b.Loop() {
			Run(nil, kir.TopK{K: 10}, []*core.Value{x}, out)
		}
	})
}

// A result that nobody wants changes nothing about the others.
func TestSortUnwanted(t *testing.T) {
	r := rand.New(rand.NewPCG(29, 30))
	for n := range 200 {
		all := dtype.All()
		shape := []int{1 + r.IntN(3), 1 + r.IntN([]int{5, 200}[n%2]), 1 + r.IntN(2)}
		s := kir.Sort{Axis: r.IntN(3), Keys: 1}
		in := []*core.Value{random(r, core.Of(all[n%len(all)], shape...), n%3 == 0),
			random(r, core.Of(all[r.IntN(len(all))], shape...), true)}
		want := runs(t, s, in, core.Types(in)...)
		for k := range in {
			out := []*core.Value{core.New(in[0].Type(), nil), core.New(in[1].Type(), nil)}
			out[k] = nil
			Run(nil, s, in, out)
			exact(t, s, out[1-k], want[1-k])
		}
	}
}
