package lib

import (
	"fmt"
	"math"
	"math/cmplx"
	"math/rand/v2"
	"testing"

	"gojax/internal/core"
	"gojax/internal/cpu/gemm"
	"gojax/internal/dtype"
	"gojax/internal/kir"
	"gojax/internal/ref"
)

// A spec is a random dot_general.
type spec struct {
	s       kir.Dot
	x, y    []int // shapes
	b, m, n []int // sizes of batch and free axes
	k       []int
}

func randomSpec(r *rand.Rand, sizes [4][]int) spec {
	sp := spec{b: sizes[0], m: sizes[1], n: sizes[2], k: sizes[3]}
	place := func(free []int) (shape, batch, contract []int) {
		all := append(append(append([]int{}, sp.b...), free...), sp.k...)
		perm := r.Perm(len(all)) // the axis where each goes
		if r.IntN(2) == 0 {      // keep free axes in order more often than not
			for i := range perm {
				perm[i] = i
			}
		}
		// Free axes are in order in the array.
		f := perm[len(sp.b) : len(sp.b)+len(free)]
		for i := range f {
			for j := range i {
				if f[j] > f[i] {
					f[i], f[j] = f[j], f[i]
				}
			}
		}
		shape = make([]int, len(all))
		for i, a := range perm {
			shape[a] = all[i]
		}
		return shape, perm[:len(sp.b)], perm[len(sp.b)+len(free):]
	}
	sp.x, sp.s.BatchX, sp.s.ContractX = place(sp.m)
	sp.y, sp.s.BatchY, sp.s.ContractY = place(sp.n)
	return sp
}

func (sp spec) out() []int { return append(append(append([]int{}, sp.b...), sp.m...), sp.n...) }

// visit calls f with the places of the elements of x and y that each element of the
// result is made of, in order.
func (sp spec) visit(f func(out int, x, y []int)) {
	spread := func(shape, batch, contract []int, b, free, k []int) int {
		index := make([]int, len(shape))
		for i, a := range batch {
			index[a] = b[i]
		}
		for i, a := range contract {
			index[a] = k[i]
		}
		next := 0
		for a := range shape {
			if !contains(batch, a) && !contains(contract, a) {
				index[a] = free[next]
				next++
			}
		}
		return at(index, shape)
	}
	out := 0
	indices(sp.b, func(b []int) {
		indices(sp.m, func(i []int) {
			indices(sp.n, func(j []int) {
				var x, y []int
				indices(sp.k, func(k []int) {
					x = append(x, spread(sp.x, sp.s.BatchX, sp.s.ContractX, b, i, k))
					y = append(y, spread(sp.y, sp.s.BatchY, sp.s.ContractY, b, j, k))
				})
				f(out, x, y)
				out++
			})
		})
	})
}

// addProduct returns sum + x·y, rounded once where there is machine code.
func addProduct[T term](sum, x, y T) T {
	switch s := any(sum).(type) {
	case float32:
		if gemm.Native[float32]() != nil {
			return T(ref.FMA32(float32(x), float32(y), s))
		}
	case float64:
		if gemm.Native[float64]() != nil {
			return T(math.FMA(float64(x), float64(y), s))
		}
	}
	return sum + T(x*y)
}

// naiveDot computes the spec by its definition, in the documented order.
func naiveDot[T term](sp spec, x, y, out []T) {
	sp.visit(func(o int, p, q []int) {
		var total, sum T
		for k := range p {
			if k%256 == 0 {
				total += sum
				sum = 0
			}
			sum = addProduct(sum, x[p[k]], y[q[k]])
		}
		out[o] = total + sum
	})
}

func checkDot[T term](t *testing.T, r *rand.Rand, sp spec, d dtype.Type, special bool) {
	t.Helper()
	x, y := random(r, core.Of(d, sp.x...), special), random(r, core.Of(d, sp.y...), special)
	want := core.New(core.Of(d, sp.out()...), nil)
	naiveDot(sp, core.Slice[T](x.Buf), core.Slice[T](y.Buf), core.Slice[T](want.Buf))
	got := runs(t, sp.s, []*core.Value{x, y}, want.Type())[0]
	same(t, fmt.Sprintf("%+v special=%v", sp, special), got, want)
}

func TestDotRandom(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 400 {
		var sizes [4][]int
		for i := range sizes {
			for range r.IntN(3) {
				sizes[i] = append(sizes[i], r.IntN([]int{3, 6, 20}[r.IntN(3)]))
			}
		}
		if core.Size(sizes[0])*core.Size(sizes[1])*core.Size(sizes[2])*core.Size(sizes[3]) > 1e6 {
			continue
		}
		sp := randomSpec(r, sizes)
		special := r.IntN(4) == 0
		checkDot[float32](t, r, sp, dtype.Float32, special)
		checkDot[float64](t, r, sp, dtype.Float64, special)
		checkDot[int32](t, r, sp, dtype.Int32, false)
		checkDot[int64](t, r, sp, dtype.Uint64, false)
	}
}

// Shapes that take each of the paths, with more than one block of k, in all four
// layouts.
func TestDotPaths(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for _, c := range [][4]int{
		{1, 3, 3, 3}, {1, 1, 1, 3000}, {1, 1, 1, 1025}, {2, 1, 37, 600}, {1, 530, 1, 300}, {3, 35, 1, 5},
		{1, 1, 130, 257}, {5, 7, 9, 300}, {3, 33, 66, 515}, {1, 34, 280, 260}, {1, 70, 40, 513},
		{1, 2, 300, 300}, {1, 300, 3, 258}, {300, 3, 3, 3}, {20, 16, 16, 16}, {2, 70, 520, 20},
	} {
		for layout := range 4 {
			b, m, n, k := c[0], c[1], c[2], c[3]
			s := kir.Dot{BatchX: []int{0}, BatchY: []int{0}, ContractX: []int{2}, ContractY: []int{2}}
			x, xr, xc := []int{b, m, k}, k, 1
			y, yr, yc := []int{b, n, k}, k, 1
			if layout&1 > 0 {
				x, xr, xc, s.ContractX = []int{b, k, m}, 1, m, []int{1}
			}
			if layout&2 > 0 {
				y, yr, yc, s.ContractY = []int{b, k, n}, 1, n, []int{1}
			}
			in := []*core.Value{random(r, core.Of(dtype.Float32, x...), false), random(r, core.Of(dtype.Float32, y...), false)}
			want := core.New(core.Of(dtype.Float32, b, m, n), nil)
			indices(want.Shape, func(i []int) {
				p := core.Slice[float32](in[0].Buf)[i[0]*m*k+i[1]*xr:]
				q := core.Slice[float32](in[1].Buf)[i[0]*n*k+i[2]*yr:]
				var total, sum float32
				for l := range k {
					if l%256 == 0 {
						total += sum
						sum = 0
					}
					sum = addProduct(sum, p[l*xc], q[l*yc])
				}
				core.Slice[float32](want.Buf)[at(i, want.Shape)] = total + sum
			})
			same(t, fmt.Sprintf("%v layout %d", c, layout), runs(t, s, in, want.Type())[0], want)
		}
	}
}

func TestDotMirror(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for _, n := range []int{2, 31, 64, 301} {
		for _, contract := range [][]int{{0}, {1}} {
			shape := []int{n, 280}
			if contract[0] == 0 {
				shape = []int{280, n}
			}
			s := kir.Dot{ContractX: contract, ContractY: contract}
			for _, special := range []bool{false, true} {
				x := random(r, core.Of(dtype.Float32, shape...), special)
				y := core.From(x.Type(), core.Slice[float32](x.Buf))
				u := core.Of(dtype.Float32, n, n)
				same(t, shape, runs(t, s, []*core.Value{x, x}, u)[0], runs(t, s, []*core.Value{x, y}, u)[0])
			}
		}
	}
}

// Other types, against complex128 sums; mixed types as well.
func TestDotTypes(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	sp := randomSpec(r, [4][]int{{3}, {2, 3}, {5}, {2, 7}})
	for _, c := range []struct {
		x, y, out dtype.Type
		tol       float64
	}{
		{dtype.Bool, dtype.Bool, dtype.Bool, 0}, {dtype.Bool, dtype.Bool, dtype.Int32, 0},
		{dtype.Int8, dtype.Int8, dtype.Int8, 0}, {dtype.Int8, dtype.Uint8, dtype.Int32, 0},
		{dtype.Int16, dtype.Int16, dtype.Int64, 0}, {dtype.Uint16, dtype.Uint16, dtype.Uint16, 0},
		{dtype.Uint8, dtype.Uint8, dtype.Uint8, 0}, {dtype.Uint32, dtype.Uint32, dtype.Uint32, 0},
		{dtype.Float16, dtype.Float16, dtype.Float16, 2e-3}, {dtype.BFloat16, dtype.BFloat16, dtype.BFloat16, 1e-2},
		{dtype.Float16, dtype.BFloat16, dtype.Float32, 1e-5}, {dtype.Float32, dtype.Float64, dtype.Float64, 1e-13},
		{dtype.Int32, dtype.Float32, dtype.Float32, 1e-5}, {dtype.Float32, dtype.Complex64, dtype.Complex64, 1e-5},
		{dtype.Complex64, dtype.Complex64, dtype.Complex64, 1e-5}, {dtype.Complex128, dtype.Complex128, dtype.Complex128, 1e-13},
		{dtype.Complex64, dtype.Complex64, dtype.Complex128, 1e-13},
	} {
		x, y := random(r, core.Of(c.x, sp.x...), false), random(r, core.Of(c.y, sp.y...), false)
		got := runs(t, sp.s, []*core.Value{x, y}, core.Of(c.out, sp.out()...))[0]
		want := core.New(got.Type(), nil)
		sp.visit(func(o int, p, q []int) {
			var sum complex128
			var whole int64
			var scale float64
			for k := range p {
				u, v := core.At(x, p[k]), core.At(y, q[k])
				sum += u * v
				scale += cmplx.Abs(u * v)
				whole += core.Int(x, p[k]) * core.Int(y, q[k])
			}
			if !c.out.IsInexact() {
				core.PutInt(want, o, whole)
				if g, w := core.Int(got, o), core.Int(want, o); g != w {
					t.Fatalf("%+v: element %d is %d, want %d", c, o, g, w)
				}
			} else if g := core.At(got, o); cmplx.Abs(g-sum) > c.tol*scale {
				t.Fatalf("%+v: element %d is %v, want %v", c, o, g, sum)
			}
		})
	}
}

func benchDot(b *testing.B, s kir.Step, x, y, out []int) {
	r := rand.New(rand.NewPCG(1, 1))
	in := []*core.Value{random(r, core.Of(dtype.Float32, x...), false), random(r, core.Of(dtype.Float32, y...), false)}
	res := []*core.Value{core.New(core.Of(dtype.Float32, out...), nil)}
	for b.Loop() {
		Run(nil, s, in, res)
	}
}

func BenchmarkDot(b *testing.B) {
	var plain kir.Step = kir.Dot{ContractX: []int{1}, ContractY: []int{0}}
	for _, n := range []int{3, 16, 128, 512, 1024, 3000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) { benchDot(b, plain, []int{n, n}, []int{n, n}, []int{n, n}) })
	}
	batch := kir.Dot{BatchX: []int{0}, BatchY: []int{0}, ContractX: []int{2}, ContractY: []int{1}}
	b.Run("1000x16", func(b *testing.B) {
		benchDot(b, batch, []int{1000, 16, 16}, []int{1000, 16, 16}, []int{1000, 16, 16})
	})
	b.Run("mv4096", func(b *testing.B) { benchDot(b, plain, []int{4096, 4096}, []int{4096}, []int{4096}) })
	b.Run("vm4096", func(b *testing.B) {
		benchDot(b, kir.Dot{ContractX: []int{0}, ContractY: []int{0}}, []int{4096}, []int{4096, 4096}, []int{4096})
	})
	b.Run("10x100x150", func(b *testing.B) { benchDot(b, plain, []int{10, 100}, []int{100, 150}, []int{10, 150}) })
	b.Run("xxT3000", func(b *testing.B) {
		x := random(rand.New(rand.NewPCG(1, 1)), core.Of(dtype.Float32, 3000, 3000), false)
		out := core.New(x.Type(), nil)
		for b.Loop() {
			Run(nil, kir.Dot{ContractX: []int{1}, ContractY: []int{1}}, []*core.Value{x, x}, []*core.Value{out})
		}
	})
}
