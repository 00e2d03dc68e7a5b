package macro

import (
	"bufio"
	"cmp"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"gojax/internal/dtype"
	"gojax/internal/kir"
)

// limits64 are how far functions of float64 may be off, in units of the last place.
var limits64 = map[kir.Code]float64{
	kir.Exp: 1, kir.Exp2: 1, kir.Expm1: 2, kir.Log: 1, kir.Log1p: 1, kir.Rsqrt: 2, kir.Cbrt: 1,
	kir.Sin: 2, kir.Cos: 2, kir.Tan: 2, kir.Asin: 2, kir.Acos: 2, kir.Atan: 2,
	kir.Sinh: 2, kir.Cosh: 2, kir.Tanh: 2, kir.Asinh: 1, kir.Acosh: 1, kir.Atanh: 1, kir.Logistic: 2,
	kir.Erf: 2, kir.Erfc: 2, kir.ErfInv: 2, kir.Lgamma: 2, kir.Digamma: 2,
	kir.Pow: 1, kir.Atan2: 2, kir.Rem: 0,
}

// A point is a line of golden64.txt.
type point struct {
	x    []float64
	want float64
	rest float64 // what want lacks, in units of its last place
}

func TestFloat64(t *testing.T) {
	points := goldens(t)
	for c, limit := range limits64 {
		t.Run(c.String(), func(t *testing.T) {
			list := points[c.String()]
			if len(list) < 10 {
				t.Fatalf("%d values to compare with", len(list))
			}
			in := make([][]float64, c.Args())
			for _, p := range list {
				for i, x := range p.x {
					in[i] = append(in[i], x)
				}
			}
			worst := 0.0
			for i, y := range run[float64, float64](c, dtype.Float64, dtype.Float64, in...) {
				p := list[i]
				u := p.off(y)
				worst = max(worst, u)
				if !(u <= limit) {
					t.Errorf("%v(%v) = %v, want %v: off by %.3g", c, p.x, y, p.want, u)
				}
			}
			t.Logf("%-9v %.3f ulp, %s", c, worst, cost(c, dtype.Float64))
		})
	}
}

// off returns the distance of y from the exact value.
func (p point) off(y float64) float64 {
	if y != y || y == 0 && math.Signbit(y) != math.Signbit(p.want) {
		return math.Inf(1)
	}
	unit := math.Ldexp(1, max(math.Ilogb(p.want), -1022)-52)
	return math.Abs((y-p.want)/unit - p.rest)
}

func goldens(t *testing.T) map[string][]point {
	f, err := os.Open(cmp.Or(os.Getenv("GOJAX_GOLDEN64"), "testdata/golden64.txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	points := map[string][]point{}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		var v []float64
		for _, w := range words[1:] {
			x, err := strconv.ParseFloat(w, 64)
			if err != nil {
				t.Fatal(err)
			}
			v = append(v, x)
		}
		n := len(v) - 2
		points[words[0]] = append(points[words[0]], point{v[:n], v[n], v[n+1]})
	}
	return points
}
