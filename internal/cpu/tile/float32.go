package tile

import (
	"math"
	"unsafe"

	"gojax/internal/ref"
)

// Functions of float32 by polynomials in float64, right to 0.51 units in the last
// place where nothing else is said. Products that are added to are converted, so
// that no machine fuses them.

// shift, added to a float64 below 2^51, rounds it to an integer, which then stands in
// the low bits.
const shift = 0x1.8p52

// pow2 returns 2 to the power y, of magnitude below 1000, to 29 bits.
func pow2(y float64) float64 {
	t := y + shift
	n := math.Float64bits(t)
	r := y - (t - shift)
	p := 0x1.41d3322b11558p-13
	p = float64(p*r) + 0x1.5f456a8785b05p-10
	p = float64(p*r) + 0x1.3b2dbbc2d7215p-7
	p = float64(p*r) + 0x1.c6aed4b958dbcp-5
	p = float64(p*r) + 0x1.ebfbdadcadfccp-3
	p = float64(p*r) + 0x1.62e430c7e91adp-1
	p = float64(p*r) + 1
	return math.Float64frombits(math.Float64bits(p) + n<<52)
}

func exp32(x float32) float32 {
	if !(x < 89 && x > -105) {
		return expFar(x)
	}
	return float32(pow2(float64(x) * math.Log2E))
}

// expFar is exp32 where the result is 0, infinite or NaN.
func expFar(x float32) float32 {
	switch {
	case x >= 89:
		return float32(math.Inf(1))
	case x <= -105:
		return 0
	}
	return x
}

func exp232(x float32) float32 {
	if !(x < 129 && x > -151) {
		return expFar(x)
	}
	return float32(pow2(float64(x)))
}

// wide is float64(x) for an x that is finite; subnormals become tiny numbers of the
// same sign. It is faster: the processor's conversion writes half a register, so it
// waits for what was in the other half, the previous element.
func wide(x uint32) float64 {
	return math.Float64frombits(uint64(x&(1<<31-1))<<29 + 0x38<<56 | uint64(x&(1<<31))<<32)
}

func exp(d, x, _, _, _ unsafe.Pointer, n int) {
	ds, xs := of[float32](d, n), of[uint32](x, n)
	for i, x := range xs {
		if x&(1<<31-1) >= 0x42ae0000 { // 87 and more
			ds[i] = exp32(math.Float32frombits(x))
			continue
		}
		// This is pow2, which the compiler does not inline.
		y := float64(wide(x) * math.Log2E)
		t := y + shift
		r := y - (t - shift)
		p := 0x1.41d3322b11558p-13
		p = float64(p*r) + 0x1.5f456a8785b05p-10
		p = float64(p*r) + 0x1.3b2dbbc2d7215p-7
		p = float64(p*r) + 0x1.c6aed4b958dbcp-5
		p = float64(p*r) + 0x1.ebfbdadcadfccp-3
		p = float64(p*r) + 0x1.62e430c7e91adp-1
		p = float64(p*r) + 1
		ds[i] = float32(math.Float64frombits(math.Float64bits(p) + math.Float64bits(t)<<52))
	}
}

func sqrt(d, x, _, _, _ unsafe.Pointer, n int) {
	ds, xs := of[float32](d, n), of[float32](x, n)
	for i, x := range xs {
		ds[i] = float32(math.Sqrt(float64(x)))
	}
}

// log32 returns e·log 2 + 2·artanh((m-1)/(m+1)) for x = 2^e·m, with m near 1.
func log32(x float32) float32 {
	if !(x > 0 && x <= math.MaxFloat32) {
		return float32(math.Log(float64(x)))
	}
	const sqrtHalf = 0x3fe6a09e667f3bcd
	b := math.Float64bits(float64(x)) - sqrtHalf
	e := float64(int64(b) >> 52)
	m := math.Float64frombits(b&(1<<52-1) + sqrtHalf)
	s := (m - 1) / (m + 1)
	z := s * s
	p := 0x1.91648a1038bb5p-4
	p = float64(p*z) + 0x1.c625f34b4d490p-4
	p = float64(p*z) + 0x1.2494207498c83p-3
	p = float64(p*z) + 0x1.999996896016ap-3
	p = float64(p*z) + 0x1.5555555628f10p-2
	return float32(float64(e*math.Ln2) + 2*(s+float64(s*float64(z*p))))
}

func tanh32(x float32) float32 {
	y := wide(math.Float32bits(x))
	switch a := math.Abs(y); {
	case a < 0x1p-20:
		return x
	case a < 0.65:
		z := y * y
		p := 0x1.0e9ea7f32345dp-9
		p = float64(p*z) - 0x1.092858dfdb06dp-7
		p = float64(p*z) + 0x1.62fb3eaeab5c7p-6
		p = float64(p*z) - 0x1.b9e18f5452f25p-5
		p = float64(p*z) + 0x1.11102599596a4p-3
		p = float64(p*z) - 0x1.555552d64c3e7p-2
		return float32(y * (1 + float64(z*p))) // a product keeps -0
	case a < 10:
		t := pow2(-2 * math.Log2E * a)
		return float32(math.Copysign((1-t)/(1+t), y))
	case x != x:
		return x
	}
	return float32(math.Copysign(1, y))
}

func logistic32(x float32) float32 {
	if x != x {
		return x
	}
	return float32(1 / (1 + pow2(-math.Log2E*min(max(wide(math.Float32bits(x)), -200), 200))))
}

func sin32(x float32) float32 {
	y := float64(x)
	if !(math.Abs(y) < 1<<20) || y == 0 { // 0 keeps its sign
		return float32(ref.Sin(y))
	}
	n, r := quarter(y)
	if n&1 == 0 {
		y = sinNear(r)
	} else {
		y = cosNear(r)
	}
	if n&2 != 0 {
		y = -y
	}
	return float32(y)
}

func cos32(x float32) float32 {
	y := float64(x)
	if !(math.Abs(y) < 1<<20) {
		return float32(ref.Cos(y))
	}
	n, r := quarter(y)
	if n&1 == 0 {
		y = cosNear(r)
	} else {
		y = sinNear(r)
	}
	if (n+1)&2 != 0 {
		y = -y
	}
	return float32(y)
}

// quarter returns r = y - n·π/2, at most π/4 in magnitude, for y below 2^20.
func quarter(y float64) (n uint64, r float64) {
	t := float64(y*(2/math.Pi)) + shift
	k := t - shift
	// π/2 in two parts, of which the first has 33 bits: k times it is exact.
	r = y - float64(k*0x1.921fb544p+0)
	r -= float64(k * 0x1.0b4611a626331p-34)
	return math.Float64bits(t), r
}

func sinNear(r float64) float64 {
	z := r * r
	p := 0x1.6cbece0563029p-19
	p = float64(p*z) - 0x1.a00f32b33dc37p-13
	p = float64(p*z) + 0x1.11110811eb7bap-7
	p = float64(p*z) - 0x1.5555554c04d6dp-3
	return r * (1 + float64(z*p)) // a product keeps -0
}

func cosNear(r float64) float64 {
	z := r * r
	p := -0x1.23c3615e7bf6cp-22
	p = float64(p*z) + 0x1.a00ea0c6bb970p-16
	p = float64(p*z) - 0x1.6c16b32e7d158p-10
	p = float64(p*z) + 0x1.55555545c54d7p-5
	p = float64(p*z) - 0x1.ffffffffe9e76p-2
	return 1 + float64(z*p)
}
