package macro

import (
	"math"
	"math/rand/v2"
	"testing"
	"unsafe"

	"gojax/internal/cpu/code"
	"gojax/internal/cpu/interp"
	"gojax/internal/cpu/tile"
	"gojax/internal/dtype"
	"gojax/internal/kir"
	"gojax/internal/ref"
)

// grid32 has all pairs of specials and of their neighbours, and random pairs.
func grid32(n int) (x, y []float32) {
	var s []float32
	for _, v := range append([]float64{1.5, 2.5, 5, 1e10, 33, 1e-3}, specials...) {
		s = append(s, float32(v), -float32(v))
	}
	for _, a := range s {
		for _, b := range s {
			x, y = append(x, a), append(y, b)
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range n {
		x = append(x, math.Float32frombits(r.Uint32()), float32(math.Exp(20*r.NormFloat64())), float32(r.NormFloat64()))
		y = append(y, math.Float32frombits(r.Uint32()), float32(5*r.NormFloat64()), float32(r.NormFloat64()))
		x = append(x, -float32(r.IntN(100)), float32(1+r.NormFloat64()/100))
		y = append(y, float32(r.IntN(80)-40), float32(1000*r.NormFloat64()))
	}
	return x, y
}

func TestBinary32(t *testing.T) {
	x, y := grid32(20_000)
	for _, c := range []struct {
		code kir.Code
		f    func(x, y float64) float64
		ulps float64
	}{
		{kir.Pow, ref.Pow, 2},
		{kir.Atan2, ref.Atan2, 2},
		{kir.Rem, ref.Rem, 0},
		{kir.NextAfter, func(x, y float64) float64 { return float64(ref.NextAfter32(float32(x), float32(y))) }, 0},
	} {
		worst, bad := 0.0, 0
		for i, got := range run[float32, float32](c.code, dtype.Float32, dtype.Float32, x, y) {
			want := c.f(float64(x[i]), float64(y[i]))
			u := ulps32(got, want)
			worst = max(worst, u)
			if !(u <= c.ulps) {
				if bad++; bad < 20 {
					t.Errorf("%v(%v, %v) = %v, want %v: off by %.3g", c.code, x[i], y[i], got, want, u)
				}
			}
		}
		t.Logf("%-9v %.3f ulp, %s", c.code, worst, cost(c.code, dtype.Float32))
	}
}

// Random normals are JAX's only if these are XLA's to the bit.
func TestXLABits(t *testing.T) {
	var x []float32
	for b := uint64(0); b < 1<<32; b += uint64(stride()) / 4 {
		x = append(x, math.Float32frombits(uint32(b)))
	}
	for i := range 1 << 18 { // what uniform numbers are made of
		x = append(x, float32(i)/(1<<17)-1)
	}
	for _, c := range []struct {
		code kir.Code
		f    func(x float32) float32
	}{{kir.ErfInvGiles, ref.ErfInv32}, {kir.Log, ref.Log32}} {
		for i, got := range run[float32, float32](c.code, dtype.Float32, dtype.Float32, x) {
			want := c.f(x[i])
			if c.code == kir.Log && math.Abs(float64(x[i])) < 0x1p-126 {
				continue // subnormals are not XLA's
			}
			if math.Float32bits(got) != math.Float32bits(want) && (got == got || want == want) {
				t.Fatalf("%v(%v) = %v, want %v", c.code, x[i], got, want)
			}
		}
	}
}

// Machine code has the bits of the interpreter, whatever the level.
func TestLevels(t *testing.T) {
	const n = 2000
	r := rand.New(rand.NewPCG(5, 6))
	in := make([][]uint64, 2)
	for j := range in {
		for range n {
			b := r.Uint64()
			if r.IntN(2) == 0 { // numbers of moderate size in either format
				b = uint64(math.Float32bits(float32(8*r.NormFloat64()))) << 32
				b |= math.Float64bits(8*r.NormFloat64()) >> 32
			}
			in[j] = append(in[j], b)
		}
	}
	for c := kir.Neg; c < kir.Convert; c++ {
		for _, d := range []dtype.Type{dtype.Float32, dtype.Float64, dtype.BFloat16} {
			if Basic(c, d) || c.Test() {
				continue
			}
			var want []uint64
			k := Expand(program(c, d, d, n*8/d.Size()))
			for level := code.Portable; level <= code.Best(code.Host()); level++ {
				out := make([]uint64, n)
				bufs := []unsafe.Pointer{unsafe.Pointer(&in[0][0]), unsafe.Pointer(&in[1][0])}[:c.Args()]
				interp.CompileFor(level, k).Run(append(bufs, unsafe.Pointer(&out[0])))
				if want == nil {
					want = out
				} else if i := unlike(d, out, want); i >= 0 {
					t.Errorf("%v of %v at level %v: word %d is %x, want %x", c, d, level, i, out[i], want[i])
				}
			}
		}
	}
}

// Exponentials and what is made of pieces have the bits of the interpreter, and are near the
// exact numbers, where their results are subnormal and infinite, and where they are not.
func TestSteps(t *testing.T) {
	const n = 40_000
	x := make([]float32, 2*n)
	for i := range n {
		x[i] = -106 + float32(i)*(196.0/n)
		x[n+i] = float32(math.Ldexp(1+float64(i%31)/31, i%160-150)) * (1 - 2*float32(i/160%2))
	}
	for _, fn := range functions32 {
		switch fn.code {
		case kir.Exp, kir.Expm1, kir.Sinh, kir.Cosh, kir.Tanh, kir.Logistic, kir.Erf:
		default:
			continue
		}
		k := Expand(program(fn.code, dtype.Float32, dtype.Float32, len(x)))
		var want []float32
		for level := code.Portable; level <= code.Best(code.Host()); level++ {
			y := make([]float32, len(x))
			interp.CompileFor(level, k).Run([]unsafe.Pointer{unsafe.Pointer(&x[0]), unsafe.Pointer(&y[0])})
			if want == nil {
				want = y
			}
			for i, v := range y {
				if u := ulps32(v, fn.f(float64(x[i]))); u > fn.ulps || math.Float32bits(v) != math.Float32bits(want[i]) {
					t.Fatalf("%v(%v) at level %v is %v, want %v: off by %.3g", fn.code, x[i], level, v, want[i], u)
				}
			}
		}
	}
}

// unlike returns where elements differ otherwise than in what kind of NaN they are.
func unlike(d dtype.Type, x, y []uint64) int {
	w := d.Bits()
	for i := range x {
		for s := 0; s < 64; s += w {
			a, b := [2]uint64{x[i] >> s << (64 - w) >> (64 - w)}, [2]uint64{y[i] >> s << (64 - w) >> (64 - w)}
			if a != b && !(kir.Text(d, a) == "NaN" && kir.Text(d, b) == "NaN") {
				return i
			}
		}
	}
	return -1
}

// What there is besides numbers, and next to it, against the definitions.
func TestSpecials64(t *testing.T) {
	var s []float64
	more := []float64{1.5, 2.5, 33, 0x1p-1074, 0x1p-1022, math.MaxFloat64, 0x1.fffffffffffffp-1, 0x1p52, 0x1p60}
	for _, v := range append(more, specials...) {
		s = append(s, v, -v)
	}
	near := func(x, y float64) bool {
		return x != x && y != y || x == y && math.Signbit(x) == math.Signbit(y) || math.Abs(x-y) <= 1e-12*math.Abs(y)
	}
	for _, fn := range functions32 {
		for i, got := range run[float64, float64](fn.code, dtype.Float64, dtype.Float64, s) {
			if want := fn.f(s[i]); !near(got, want) {
				t.Errorf("%v(%v) = %v, want %v", fn.code, s[i], got, want)
			}
		}
	}
	var x, y []float64
	for _, a := range s {
		for _, b := range s {
			x, y = append(x, a), append(y, b)
		}
	}
	for c, f := range map[kir.Code]func(x, y float64) float64{
		kir.Pow: ref.Pow, kir.Atan2: ref.Atan2, kir.Rem: ref.Rem, kir.NextAfter: ref.NextAfter64,
	} {
		for i, got := range run[float64, float64](c, dtype.Float64, dtype.Float64, x, y) {
			if want := f(x[i], y[i]); !near(got, want) {
				t.Errorf("%v(%v, %v) = %v, want %v", c, x[i], y[i], got, want)
			}
		}
	}
}

// The small instructions are what the interpreter has, to the bit, for all types.
func TestSmall(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, c := range []kir.Code{kir.Sign, kir.RoundAway, kir.IsFinite, kir.Square, kir.NextAfter, kir.Rem,
		kir.PopulationCount, kir.Clz, kir.Pow, kir.Threefry, kir.Imag} {
		for _, d := range dtype.All() {
			if d.IsComplex() || Basic(c, d) || c == kir.Pow && !d.IsInt() {
				continue
			}
			out := d
			if c.Test() {
				out = dtype.Bool
			} else if c == kir.Threefry {
				if out = dtype.Uint64; d != dtype.Uint32 {
					continue
				}
			}
			same(t, r, c, d, out)
		}
	}
}

// same compares an expansion on random elements with the instruction.
func same(t *testing.T, r *rand.Rand, c kir.Code, d, out dtype.Type) {
	const n = 4000
	bufs := make([]unsafe.Pointer, 4)
	in := make([][]uint64, 4)
	for j := range in {
		in[j] = make([]uint64, n*d.Size()/8)
		for i := range in[j] {
			in[j][i] = r.Uint64() & -uint64(r.IntN(4)&1) >> r.IntN(64) << r.IntN(64)
			if r.IntN(2) == 0 && j > 0 {
				in[j][i] = in[j-1][i]
			}
		}
		bufs[j] = unsafe.Pointer(unsafe.SliceData(in[j]))
	}
	got, want := make([]uint64, n*out.Size()/8), make([]uint64, n*out.Size()/8)
	interp.Compile(Expand(program(c, d, out, n))).Run(append(bufs[:c.Args():c.Args()], unsafe.Pointer(&got[0])))
	tile.Of(c, d)(unsafe.Pointer(&want[0]), bufs[0], bufs[1], bufs[2], bufs[3], n)
	size := out.Size()
	a := unsafe.Slice((*byte)(unsafe.Pointer(&got[0])), n*size)
	b := unsafe.Slice((*byte)(unsafe.Pointer(&want[0])), n*size)
	for i := range n {
		x, y := [2]uint64{}, [2]uint64{}
		copy(unsafe.Slice((*byte)(unsafe.Pointer(&x)), 16), a[i*size:][:size])
		copy(unsafe.Slice((*byte)(unsafe.Pointer(&y)), 16), b[i*size:][:size])
		if x != y && !(kir.Text(out, x) == "NaN" && kir.Text(out, y) == "NaN") {
			t.Fatalf("%v of %v: element %d is %s, want %s", c, d, i, kir.Text(out, x), kir.Text(out, y))
		}
	}
}

// A kernel with loops, reductions and addresses is the same kernel after expansion.
func TestExpand(t *testing.T) {
	b := kir.NewBuilder()
	x, y := b.Memory(b.In(dtype.Float32, 60), []int{5, 12}), b.Out(dtype.BFloat16, 5)
	i := b.Loops([]int{0}, []int{5})
	s := b.Reduce([]int{12}, []kir.Val{b.Number(dtype.Float32, 0)}, func(j []kir.Val) []kir.Val {
		return []kir.Val{b.Emit(kir.Square, x.At([]kir.Val{i[0], j[0]}))}
	}, func(p, q []kir.Val) []kir.Val { return []kir.Val{b.Emit(kir.Add, p[0], q[0])} })
	b.Store(y, i[0], b.Emit(kir.Sign, b.Emit(kir.Rsqrt, b.Convert(dtype.BFloat16, s[0]))))
	got := Expand(b.Kernel()).String()
	want := `kernel in0:f32[60] out1:bf16[5] {
  for i0<5 {
    a:f32 = reduce from 0.0 by add i1<12 {
      b:f32 = in0[i0*12 + i1]
      c:f32 = mul b b
      yield c
    }
    d:bf16 = convert a
    e:f32 = convert d
    f:f32 = sqrt e
    g:f32 = div 1.0 f
    h:bf16 = convert g
    i:f32 = convert h
    j:bool = gt i 0.0
    k:bool = lt i 0.0
    l:f32 = select k -1.0 i
    m:f32 = select j 1.0 l
    n:bf16 = convert m
    out1[i0] = n
  }
}
`
	if got != want {
		t.Errorf("got:\n%swant:\n%s", got, want)
	}
}
