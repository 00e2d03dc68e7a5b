package tile

import (
	"math"
	"testing"
	"unsafe"

	"gojax/internal/dtype"
	"gojax/internal/kir"
	"gojax/internal/ref"
)

// TestFloat32 holds the functions of float32 to one unit in the last place.
func TestFloat32(t *testing.T) {
	fs := map[kir.Code]func(float64) float64{
		kir.Exp: ref.Exp, kir.Exp2: ref.Exp2, kir.Log: ref.Log, kir.Tanh: ref.Tanh, kir.Logistic: ref.Logistic,
		kir.Sin: ref.Sin, kir.Cos: ref.Cos,
	}
	for c, f := range fs {
		g := Of(c, dtype.Float32)
		for b := uint64(0); b < 1<<32; b += 49999 {
			x := math.Float32frombits(uint32(b))
			var y float32
			g(unsafe.Pointer(&y), unsafe.Pointer(&x), nil, nil, nil, 1)
			want := f(float64(x))
			if near := float32(want); y != near && !(y != y && near != near) {
				ulp := math.Abs(float64(math.Nextafter32(near, y)) - float64(near))
				if math.Abs(float64(y)-want) > 0.55*ulp {
					t.Fatalf("%v(%v) = %v, want %v", c, x, y, want)
				}
			}
		}
	}
}

func bench(b *testing.B, f Func, t dtype.Type) {
	var d, x, y [Size]complex128
	for i := range Size {
		Write(unsafe.Add(unsafe.Pointer(&x), i*t.Size()), kir.Encode(t, complex(float64(i%40)/10-2, 0)), t.Size())
		Write(unsafe.Add(unsafe.Pointer(&y), i*t.Size()), kir.Encode(t, complex(float64(i%7), 0)), t.Size())
	}
	for b.Loop() {
		f(unsafe.Pointer(&d), unsafe.Pointer(&x), unsafe.Pointer(&y), unsafe.Pointer(&x), nil, Size)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/Size, "ns/element")
}

func BenchmarkTile(b *testing.B) {
	for _, c := range []kir.Code{kir.Add, kir.Mul, kir.Div, kir.Max, kir.Lt, kir.Exp, kir.Log, kir.Tanh, kir.Sin, kir.Logistic, kir.Sqrt, kir.Select} {
		b.Run(c.String(), func(b *testing.B) { bench(b, Of(c, dtype.Float32), dtype.Float32) })
	}
	b.Run("f32-to-i32", func(b *testing.B) { bench(b, Convert(dtype.Float32, dtype.Int32), dtype.Float32) })
	b.Run("add f16", func(b *testing.B) { bench(b, Of(kir.Add, dtype.Float16), dtype.Float16) })
	b.Run("add c64", func(b *testing.B) { bench(b, Of(kir.Add, dtype.Complex64), dtype.Complex64) })
	b.Run("exp f64", func(b *testing.B) { bench(b, Of(kir.Exp, dtype.Float64), dtype.Float64) })
}
