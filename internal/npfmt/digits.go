package npfmt

import (
	"math"
	"math/big"
)

// A cutoff says how many digits there may be (most) and must be (least); negative
// is no limit. They count those after the point or, if total is set, all.
type cutoff struct {
	most, least int
	total       bool
}

// digits appends the decimal digits of a finite x ≥ 0, and returns the power of ten of
// the first: as few as tell x from its neighbours in the format, within the cutoff.
//
// This is Dragon4 (Steele and White; Burger and Dybvig) as NumPy has it. It differs
// from strconv in what it does between the two limits: digits past the shortest are
// those of x itself.
func digits(b []byte, x float64, f format, c cutoff) ([]byte, int) {
	if x == 0 {
		return append(b, '0'), 0
	}
	// x = m·2^e. Below a power of two the neighbour is half as far.
	_, floor := math.Frexp(x)
	e := max(floor-f.bits, f.least)
	floor--
	m := int64(math.Ldexp(x, -e))
	low := int64(2)
	if m == 1<<(f.bits-1) && e > f.least {
		low = 1
	}
	// x = value/scale, and the numbers from (value-down)/scale to (value+up)/scale
	// round to x.
	value, scale := big.NewInt(4*m), big.NewInt(4)
	down, up := big.NewInt(low), big.NewInt(2)
	if e > 0 {
		value.Lsh(value, uint(e))
		down.Lsh(down, uint(e))
		up.Lsh(up, uint(e))
	} else {
		scale.Lsh(scale, uint(-e))
	}
	even := m%2 == 0

	// k is the exponent such that 10^(k-1) ≤ x < 10^k, or one too low: x is at least
	// 2^floor, and less than twice that. A cutoff above the first digit begins with
	// zeros instead.
	k := int(math.Ceil(float64(floor)*(math.Ln2/math.Ln10) - 0.69))
	if c.most >= 0 && !c.total {
		k = max(k, 1-c.most)
	}
	if p := pow10(k); k > 0 {
		scale.Mul(scale, p)
	} else {
		value.Mul(value, p)
		down.Mul(down, p)
		up.Mul(up, p)
	}
	if value.Cmp(scale) >= 0 {
		k++
		scale.Mul(scale, ten)
	}

	last, first := math.MinInt, k // the exponents at which to stop, at the latest and earliest
	unit := 0
	if c.total {
		unit = k
	}
	if c.most >= 0 {
		last = unit - c.most
	}
	if c.least >= 0 {
		first = min(first, unit-c.least)
	}

	start, exp := len(b), k-1
	var digit, sum big.Int
	for {
		k--
		value.Mul(value, ten)
		down.Mul(down, ten)
		up.Mul(up, ten)
		digit.QuoRem(value, scale, value)
		b = append(b, '0'+byte(digit.Int64()))

		below, above := value.Cmp(down), sum.Add(value, up).Cmp(scale)
		isLow := below < 0 || even && below == 0
		isHigh := above > 0 || even && above == 0
		if k != last && (k > first || !isLow && !isHigh) {
			continue
		}
		roundUp := isHigh
		if isLow == isHigh { // then to the nearest, of two to the even
			half := value.Lsh(value, 1).Cmp(scale)
			roundUp = half > 0 || half == 0 && digit.Bit(0) == 1
		}
		if !roundUp {
			return b, exp
		}
		return carry(b, start, exp)
	}
}

// carry adds one to the last digit, and drops the nines that become zeros.
func carry(b []byte, start, exp int) ([]byte, int) {
	for len(b) > start {
		n := len(b) - 1
		if b[n] < '9' {
			b[n]++
			return b, exp
		}
		b = b[:n]
	}
	return append(b, '1'), exp + 1
}

var ten = big.NewInt(10)

// pow10 returns 10^|k|.
func pow10(k int) *big.Int {
	return new(big.Int).Exp(ten, big.NewInt(int64(max(k, -k))), nil)
}
