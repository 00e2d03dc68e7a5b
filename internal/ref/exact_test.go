package ref

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
)

// TestInteger compares each line of the golden, which has the results for all values
// of a type, or all pairs of them.
func TestInteger(t *testing.T) {
	var typ string
	var values []string
	golden(t, "integer.txt", func(t *testing.T, name string, rest []string) {
		if strings.Contains(name, "int") {
			typ, values = name, rest
			return
		}
		var got []string
		switch typ {
		case "int8":
			got = integers[int8](name, values)
		case "int16":
			got = integers[int16](name, values)
		case "int32":
			got = integers[int32](name, values)
		case "int64":
			got = integers[int64](name, values)
		case "uint8":
			got = integers[uint8](name, values)
		case "uint16":
			got = integers[uint16](name, values)
		case "uint32":
			got = integers[uint32](name, values)
		case "uint64":
			got = integers[uint64](name, values)
		}
		if len(got) != len(rest) {
			t.Fatalf("%s %s: %d results, want %d", name, typ, len(got), len(rest))
		}
		for i, n := range got {
			if k := len(values); n != rest[i] && len(rest) == k {
				t.Errorf("%s %s(%s) = %s, want %s", name, typ, values[i], n, rest[i])
			} else if n != rest[i] {
				t.Errorf("%s %s(%s, %s) = %s, want %s", name, typ, values[i/k], values[i%k], n, rest[i])
			}
		}
	})
}

// integers applies a function to all values of a type, or pairs of them.
func integers[T Integer](name string, values []string) (results []string) {
	one := map[string]func(x T) T{
		"popcount": PopCount[T], "clz": Clz[T], "sign": SignInt[T], "abs": AbsInt[T],
		"ipow5":  func(x T) T { return IntegerPow(x, 5) },
		"ipow12": func(x T) T { return IntegerPow(x, 12) },
	}
	two := map[string]func(x, y T) T{
		"div": Div[T], "rem": Mod[T], "shl": ShiftLeft[T], "shr": ShiftRightLogical[T],
		"sar": ShiftRightArithmetic[T], "pow": PowInt[T], "max": func(x, y T) T { return max(x, y) },
	}
	v := make([]T, len(values))
	for i, s := range values {
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			u, _ := strconv.ParseUint(s, 10, 64)
			n = int64(u)
		}
		v[i] = T(n)
	}
	for _, x := range v {
		if f := one[name]; f != nil {
			results = append(results, fmt.Sprint(f(x)))
			continue
		}
		for _, y := range v {
			results = append(results, fmt.Sprint(two[name](x, y)))
		}
	}
	return results
}

func TestConvert(t *testing.T) {
	var v []float64
	to := map[string]func(x float64) any{
		"int8": func(x float64) any { return ToInt[int8](x) }, "int16": func(x float64) any { return ToInt[int16](x) },
		"int32": func(x float64) any { return ToInt[int32](x) }, "int64": func(x float64) any { return ToInt[int64](x) },
		"uint8": func(x float64) any { return ToInt[uint8](x) }, "uint16": func(x float64) any { return ToInt[uint16](x) },
		"uint32": func(x float64) any { return ToInt[uint32](x) }, "uint64": func(x float64) any { return ToInt[uint64](x) },
		"bool": func(x float64) any {
			if ToBool(x) {
				return 1
			}
			return 0
		},
	}
	golden(t, "convert.txt", func(t *testing.T, name string, rest []string) {
		if name == "float64" {
			v = numbers(t, rest)
			return
		}
		for i, x := range v {
			if got := fmt.Sprint(to[name](x)); got != rest[i] {
				t.Errorf("%s(%v) = %s, want %s", name, x, got, rest[i])
			}
		}
	})
	if ComplexToBool(complex(0, 1)) || !ComplexToBool(complex(math.NaN(), 0)) {
		t.Error("ComplexToBool does not look at the real part alone")
	}
}

// TestFloat32 wants the bits of XLA's code.
func TestFloat32(t *testing.T) {
	fn := map[string]func(float32) float32{"erfinv": ErfInv32, "log1p": Log1p32, "log": Log32}
	normals := 0
	golden(t, "float32.txt", func(t *testing.T, name string, rest []string) {
		switch name {
		case "normal":
			if got := fmt.Sprintf("%08x", math.Float32bits(normal(normals))); got != rest[0] {
				t.Errorf("normal %d = %s, want %s", normals, got, rest[0])
			}
			normals++
		case "normals":
			n, _ := strconv.Atoi(rest[0])
			h := sha256.New()
			for i := range n {
				h.Write(binary.LittleEndian.AppendUint32(nil, math.Float32bits(normal(i))))
			}
			if got := hex.EncodeToString(h.Sum(nil)); got != rest[1] {
				t.Errorf("the hash of %d normals is %s, want %s", n, got, rest[1])
			}
		default:
			b, err := strconv.ParseUint(rest[0], 16, 32)
			if err != nil {
				t.Fatal(err)
			}
			y, got := fn[name](math.Float32frombits(uint32(b))), "nan"
			if y == y {
				got = fmt.Sprintf("%08x", math.Float32bits(y))
			}
			if got != rest[1] {
				t.Errorf("%s %s = %s, want %s", name, rest[0], got, rest[1])
			}
		}
	})
}

// normal is element i of jax.random.normal(jax.random.key(7), …).
func normal(i int) float32 {
	a, b := Threefry(0, 7, 0, uint32(i))
	lo := math.Nextafter32(-1, 0)
	u := math.Float32frombits((a^b)>>9|0x3f800000) - 1
	u = max(lo, float32(u*(1-lo))+lo)
	return math.Sqrt2 * ErfInv32(u)
}

// The vectors of Random123 and of JAX's own tests.
func TestThreefry(t *testing.T) {
	rows := [][6]uint32{
		{0, 0, 0, 0, 0x6b200159, 0x99ba4efe},
		{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0x1cb996fc, 0xbb002be7},
		{0x13198a2e, 0x03707344, 0x243f6a88, 0x85a308d3, 0xc4923a9c, 0x483df7a0},
		{0, 0, 0, 0, 1797259609, 2579123966}, // split(key(0), 4)
		{0, 0, 0, 1, 928981903, 3453687069},
		{0, 0, 0, 3, 2467461003, 3840466878},
		{0, 0, 0, 4, 2285895361, 433833334}, // fold_in(key(0), 4)
	}
	for _, r := range rows {
		if a, b := Threefry(r[0], r[1], r[2], r[3]); a != r[4] || b != r[5] {
			t.Errorf("Threefry%#x = %#x, %#x", r, a, b)
		}
	}
}

// TestFMA32 compares with the exact sum, rounded by math/big.
func TestFMA32(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	scale := func(e int) float32 {
		return float32(math.Ldexp(float64(rng.Uint32()>>8|1<<23), e-23)) * float32(1-2*rng.IntN(2))
	}
	check := func(a, b, c float32) {
		t.Helper()
		x := new(big.Float).SetPrec(1200).SetFloat64(float64(a))
		x.Mul(x, big.NewFloat(float64(b))).Add(x, big.NewFloat(float64(c)))
		if x.Sign() == 0 {
			return // whose sign big.Float does not tell
		}
		if want, _ := x.Float32(); FMA32(a, b, c) != want {
			t.Fatalf("FMA32(%v, %v, %v) = %v, want %v", a, b, c, FMA32(a, b, c), want)
		}
	}
	for range 200000 {
		a, b := scale(rng.IntN(160)-100), scale(rng.IntN(160)-100)
		p := float64(a) * float64(b)
		_, e := math.Frexp(p)
		c := scale(min(max(e+rng.IntN(100)-50, -149), 127))
		check(a, b, c)
		check(a, b, float32(-p)) // the rounding error of the product
		// A tie of c with a product that is half its last place, or just not.
		half := float32(math.Ldexp(1, rng.IntN(30)-24))
		check(half, 1, scale(0))
		check(half, 1+0x1p-23, scale(0))
		check(half, 1-0x1p-24, scale(0))
		check(scale(-126), scale(-24), scale(-130)*0x1p-10) // subnormal
		check(math.Float32frombits(rng.Uint32()&0x7f7fffff), scale(0), scale(127))
	}
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	for _, r := range [][4]float32{
		{inf, 1, 1, inf}, {inf, 1, -inf, nan}, {inf, 0, 1, nan}, {1, 1, inf, inf}, {3e38, 3e38, -inf, -inf},
		{3e38, 2, 0, inf}, {nan, 1, 1, nan}, {1, -1, 1, 0}, {-0x1p-100, 0x1p-100, 0, -0x1p-149 * 0},
	} {
		if got := FMA32(r[0], r[1], r[2]); got != r[3] && !(got != got && r[3] != r[3]) {
			t.Errorf("FMA32(%v, %v, %v) = %v, want %v", r[0], r[1], r[2], got, r[3])
		}
	}
}

// Reduced angles are those of exact arithmetic.
func TestReduce(t *testing.T) {
	const digits = "1.5707963267948966192313216916397514420985846996875529104874722961539082031431" +
		"0449931401741267105853399107404326"
	halfPi, _, err := big.ParseFloat(digits, 10, 360, big.ToNearestEven)
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(5, 6))
	for range 20000 {
		x := math.Ldexp(rng.Float64()-0.5, rng.IntN(90)-10)
		if i := rng.IntN(3); i == 0 {
			x = float64(rng.Int64N(1<<40)) * (math.Pi / 2) // close to a multiple
		}
		b := new(big.Float).SetPrec(360).SetFloat64(x)
		q, _ := new(big.Float).Add(new(big.Float).Quo(b, halfPi), big.NewFloat(math.Copysign(0.5, x))).Int(nil)
		r := b.Sub(b, new(big.Float).SetPrec(360).Mul(halfPi, new(big.Float).SetInt(q)))
		want, _ := r.Float64()
		low, _ := r.Sub(r, big.NewFloat(want)).Float64()
		n, got := reduce(x)
		if k := new(big.Int).And(q, big.NewInt(3)).Int64(); int64(n) != k ||
			math.Abs(got.hi-want+(got.lo-low)) > 0x1p-90*math.Abs(want) {
			t.Fatalf("reduce(%v) = %d, %v, want %d, %v", x, n, got, k, dd{want, low})
		}
	}
}

func FuzzShift(f *testing.F) {
	f.Add(int64(-5), int64(64))
	f.Fuzz(func(t *testing.T, x, n int64) {
		l, r, a := new(big.Int), new(big.Int), big.NewInt(x)
		if 0 <= n && n < 64 {
			l.Lsh(a, uint(n))
			r.Rsh(new(big.Int).SetUint64(uint64(x)), uint(n))
			a.Rsh(a, uint(n))
		} else {
			a.Rsh(a, 64)
		}
		wrap := new(big.Int).And(l, new(big.Int).SetUint64(math.MaxUint64))
		if ShiftLeft(x, n) != int64(wrap.Uint64()) || ShiftRightLogical(x, n) != int64(r.Uint64()) ||
			ShiftRightArithmetic(x, n) != a.Int64() {
			t.Errorf("shifts of %d by %d: %d, %d, %d", x, n,
				ShiftLeft(x, n), ShiftRightLogical(x, n), ShiftRightArithmetic(x, n))
		}
	})
}
