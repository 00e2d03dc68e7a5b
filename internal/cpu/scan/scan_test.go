package scan

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"gojax/internal/cpu/code"
	"gojax/internal/cpu/run"
)

// define is the definition in the package's documentation.
func define[T any](x []T, op func(a, b T) T) []T {
	out := append([]T(nil), x...)
	var totals []T
	for lo := 0; lo < len(x); lo += Group {
		group := out[lo:min(lo+Group, len(x))]
		for at := 0; at < len(group); at += 8 {
			y := group[at:min(at+8, len(group))]
			for _, d := range []int{1, 2} {
				old := append([]T(nil), y...)
				for i := range y {
					if i%4 >= d {
						y[i] = op(old[i-d], old[i])
					}
				}
			}
			for i := 4; i < len(y); i++ {
				y[i] = op(y[3], y[i])
			}
			if at > 0 {
				for i := range y {
					y[i] = op(group[at-1], y[i])
				}
			}
		}
		totals = append(totals, group[len(group)-1])
	}
	if len(totals) < 2 {
		return out
	}
	before := define(totals, op)
	for i := Group; i < len(out); i++ {
		out[i] = op(before[i/Group-1], out[i])
	}
	return out
}

// along applies define to each row of a view.
func along[T any](v View, x []T, op func(a, b T) T) []T {
	out := make([]T, len(x))
	for o := range v.Outer {
		for c := range v.Inner {
			var row []T
			for p := range v.N {
				row = append(row, x[v.row(o, p)+c])
			}
			for p, y := range define(row, op) {
				out[v.row(o, p)+c] = y
			}
		}
	}
	return out
}

func randomView(r *rand.Rand) View {
	v := View{1 + r.IntN(3), 1 + r.IntN([]int{20, 600, 3000, 20000}[r.IntN(4)]), 1, r.IntN(2) == 0}
	if r.IntN(2) == 0 {
		v.Inner = 1 + r.IntN([]int{6, 50, 700}[r.IntN(3)])
	}
	if v.Outer*v.N*v.Inner > 200_000 {
		v.Inner = 1 + v.Inner%11
	}
	return v
}

func check[T Number](t *testing.T, name string, f Form, op func(a, b T) T, serial bool, draw func(r *rand.Rand) T) {
	t.Run(name, func(t *testing.T) {
		r := rand.New(rand.NewPCG(uint64(f), 1))
		for range 25 {
			v := randomView(r)
			x := make([]T, v.Outer*v.N*v.Inner)
			for i := range x {
				x[i] = draw(r)
			}
			want := along(v, x, op)
			for level := code.Portable; level <= code.Best(code.Host()); level++ {
				m := Of(op, 1, serial)
				if serial || f <= SumFloat64 {
					s := Sum[T](serial)
					if f == SumFloat32 || f == SumFloat64 || f == SumInt32 || f == SumInt64 {
						m = s
					}
				}
				u, err := New(level, f)
				if err != nil {
					t.Fatal(err)
				}
				m.Unit = u
				for _, threads := range []int{1, 2, 5} {
					run.SetThreads(threads)
					got := make([]T, len(x))
					Run(nil, m, v, x, got, Around{})
					compare(t, fmt.Sprintf("%v, %d threads, %+v", level, threads, v), got, want)
					copy(got, x)
					Run(nil, m, v, got, got, Around{})
					compare(t, fmt.Sprintf("in place, %v, %d threads, %+v", level, threads, v), got, want)
				}
				run.SetThreads(0)
			}
		}
	})
}

func compare[T Number](t *testing.T, what string, got, want []T) {
	t.Helper()
	for i, w := range want {
		g := got[i]
		if g != w && (g == g || w == w) || math.Signbit(float64(g)) != math.Signbit(float64(w)) && g == g {
			t.Fatalf("%s: element %d is %v, want %v", what, i, g, w)
		}
	}
}

func float[T float32 | float64](r *rand.Rand) T {
	if r.IntN(40) == 0 {
		return []T{0, T(math.Copysign(0, -1)), T(math.Inf(1)), T(math.Inf(-1)), T(math.NaN())}[r.IntN(5)/(1+r.IntN(2))]
	}
	return T(r.NormFloat64())
}

func near1[T float32 | float64](r *rand.Rand) T { return T(1 + r.NormFloat64()/10) }

func whole[T int32 | uint32 | int64](r *rand.Rand) T { return T(r.Uint64() >> r.IntN(64)) }

func add[T Number](a, b T) T  { return a + b }
func mul[T Number](a, b T) T  { return a * b }
func high[T Number](a, b T) T { return max(a, b) }
func low[T Number](a, b T) T  { return min(a, b) }

func TestLevels(t *testing.T) {
	check(t, "sum float32", SumFloat32, add[float32], false, float[float32])
	check(t, "sum float64", SumFloat64, add[float64], false, float[float64])
	check(t, "product float32", ProductFloat32, mul[float32], false, near1[float32])
	check(t, "product float64", ProductFloat64, mul[float64], false, near1[float64])
	check(t, "sum int32", SumInt32, add[int32], true, whole[int32])
	check(t, "sum int64", SumInt64, add[int64], true, whole[int64])
	check(t, "max float32", MaxFloat32, high[float32], true, float[float32])
	check(t, "min float32", MinFloat32, low[float32], true, float[float32])
	check(t, "max int32", MaxInt32, high[int32], true, whole[int32])
	check(t, "min int32", MinInt32, low[int32], true, whole[int32])
	check(t, "max uint32", MaxUint32, high[uint32], true, whole[uint32])
	check(t, "min uint32", MinUint32, low[uint32], true, whole[uint32])
}

func BenchmarkSum(b *testing.B) {
	const n = 1_000_000
	x, y := make([]float32, n), make([]float32, n)
	for i := range x {
		x[i] = float32(i%7) - 3
	}
	for level := code.Portable; level <= code.AVX2 && level <= code.Best(code.Host()); level++ {
		m := Sum[float32](false)
		m.Unit, _ = New(level, SumFloat32)
		for _, v := range []View{{1, n, 1, false}, {1, n, 1, true}, {1, 1000, 1000, false}, {1000, 1000, 1, false}, {10000, 100, 1, false}} {
			b.Run(fmt.Sprint(level, v), func(b *testing.B) {
				for b.Loop() {
					Run(nil, m, v, x, y, Around{})
				}
			})
		}
	}
}
