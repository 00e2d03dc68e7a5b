package npfmt

import (
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"gojax/internal/dtype"
)

func TestOptions(t *testing.T) {
	f := []float32{1, -0.5, 1.0 / 3, 12}
	c := []complex64{complex(1, 2), complex(-10, 0.25)}
	inf := float32(math.Inf(1))
	for _, c := range []struct {
		edit func(*Options)
		t    dtype.Type
		n    []int
		data any
		want string
	}{
		{func(o *Options) {}, dtype.Float32, []int{4}, f, "[ 1.         -0.5         0.33333334 12.        ]"},
		{func(o *Options) { o.Precision = 2 }, dtype.Float32, []int{4}, f, "[ 1.   -0.5   0.33 12.  ]"},
		{func(o *Options) { o.Precision = -1 }, dtype.Float64, []int{1}, []float64{1.0 / 3}, "[0.3333333333333333]"},
		{func(o *Options) { o.LineWidth = 24; o.Precision = 2 }, dtype.Float32, []int{4}, f,
			"[ 1.   -0.5   0.33\n 12.  ]"},
		{func(o *Options) { o.Threshold = 3; o.EdgeItems = 1 }, dtype.Float32, []int{4}, f, "[ 1. ... 12.]"},
		{func(o *Options) { o.Threshold = 3; o.EdgeItems = 0 }, dtype.Float32, []int{4}, f, "[ 1. ... 12.]"},
		{func(o *Options) { o.Suppress = true }, dtype.Float32, []int{2}, []float32{1e-12, 2}, "[0. 2.]"},

		// One verb for all, whatever the type: columns stay aligned.
		{func(o *Options) { o.Verb, o.Precision = 'f', 3 }, dtype.Float32, []int{4}, f,
			"[ 1.000 -0.500  0.333 12.000]"},
		{func(o *Options) { o.Verb, o.Precision = 'f', 0 }, dtype.Float32, []int{2}, []float32{1.5, -20}, "[  2 -20]"},
		{func(o *Options) { o.Verb, o.Precision = 'e', 1 }, dtype.BFloat16, []int{2, 2}, f,
			"[[ 1.0e+00 -5.0e-01]\n [ 3.3e-01  1.2e+01]]"},
		{func(o *Options) { o.Verb, o.Precision = 'g', 3 }, dtype.Float16, []int{4}, f, "[    1  -0.5 0.333    12]"},
		{func(o *Options) { o.Verb, o.Precision = 'g', -1 }, dtype.Float32, []int{1}, f[2:], "[0.33333334]"},
		{func(o *Options) { o.Verb, o.Precision = 'f', 1 }, dtype.Float32, []int{3}, []float32{inf, -inf, 1},
			"[ inf -inf  1.0]"},
		{func(o *Options) { o.Verb, o.Precision = 'f', 1 }, dtype.Complex64, []int{2}, c, "[  1.0+2.0j -10.0+0.2j]"},
		{func(o *Options) { o.Verb, o.Precision = 'f', 1 }, dtype.Complex64, nil, c, "(1.0+2.0j)"},
		{func(o *Options) { o.Verb, o.Precision = 'f', 2 }, dtype.Float32, nil, f[2:], "0.33"},
		{func(o *Options) { o.Verb, o.Precision = 'f', 2 }, dtype.Int32, []int{2}, []int32{7, -7}, "[ 7 -7]"},

		// A single number heeds nothing else.
		{func(o *Options) { o.Precision = 2 }, dtype.Float32, nil, f[2:], "0.33333334"},
	} {
		o := Default()
		c.edit(&o)
		if got := string(AppendOptions(nil, c.t, c.n, c.data, o)); got != c.want {
			t.Errorf("%s%v with %+v:\ngot\n%s\nwant\n%s", c.t, c.n, o, got, c.want)
		}
	}
}

func TestAppendKeepsText(t *testing.T) {
	x := []float32{1, 2}
	if got, want := string(Append([]byte("x =  "), dtype.Float32, []int{2}, x)), "x =  [1. 2.]"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	got := string(AppendRepr([]byte("x: "), dtype.Float32, []int{2}, x))
	if want := "x: Array([1., 2.], dtype=float32)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A large array costs what is shown of it.
func TestSummaryIsCheap(t *testing.T) {
	x := make([]float32, 1<<22)
	shape := []int{1 << 11, 1 << 11}
	var b []byte
	if n := testing.AllocsPerRun(3, func() { b = Append(b[:0], dtype.Float32, shape, x) }); n > 2000 {
		t.Errorf("%.0f allocations", n)
	}
}

func TestWrongData(t *testing.T) {
	defer func() {
		const want = "npfmt: data of an array of float32 are []float64, want []float32"
		if got := recover(); got != want {
			t.Errorf("got panic %v, want %v", got, want)
		}
	}()
	Append(nil, dtype.Float32, []int{1}, []float64{1})
}

// Without cutoffs the digits are those of strconv.
func TestDigitsShortest(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 20000 {
		x, typ, bits := math.Float64frombits(r.Uint64()), dtype.Float64, 64
		if i%2 == 0 {
			x, typ, bits = float64(math.Float32frombits(r.Uint32())), dtype.Float32, 32
		}
		if x = math.Abs(x); !finite(x) {
			continue
		}
		ds, exp := digits(nil, x, formats[typ], cutoff{-1, -1, true})
		got := string(ds) + "e" + strconv.Itoa(exp)
		mant, e, _ := strings.Cut(strconv.FormatFloat(x, 'e', -1, bits), "e")
		n, _ := strconv.Atoi(e)
		if want := strings.Replace(mant, ".", "", 1) + "e" + strconv.Itoa(n); got != want {
			t.Errorf("%v of %s: got %s, want %s", x, typ, got, want)
		}
	}
}

// All digits of float16 are nearest to their number, and one fewer are not.
func TestDigitsHalf(t *testing.T) {
	for h := uint16(1); h < 31<<10; h++ {
		x, low, high := float64(half(h)), float64(half(h-1)), float64(half(h+1))
		if h == 31<<10-1 {
			high = 2*x - low // in place of infinity
		}
		nearest := func(v float64) bool { return v >= (low+x)/2 && v <= (x+high)/2 }
		ds, exp := digits(nil, x, formats[dtype.Float16], cutoff{-1, -1, true})
		v, _ := strconv.ParseFloat(string(ds)+"e"+strconv.Itoa(exp-len(ds)+1), 64)
		if !nearest(v) {
			t.Errorf("%#04x: %v has digits %s, which are %v", h, x, ds, v)
		}
		if len(ds) == 1 {
			continue
		}
		v, _ = strconv.ParseFloat(strconv.FormatFloat(x, 'e', len(ds)-2, 64), 64)
		if v > (low+x)/2 && v < (x+high)/2 {
			t.Errorf("%#04x: %v has digits %s, though %v is enough", h, x, ds, v)
		}
	}
}

func BenchmarkAppend(b *testing.B) {
	x := make([]float32, 1000)
	for i := range x {
		x[i] = float32(i) / 7
	}
	var buf []byte
	for b.Loop() {
		buf = Append(buf[:0], dtype.Float32, []int{1000}, x)
	}
}
