package ref

import (
	"math"
	"testing"
)

// TestPolygamma has values of mpmath.
func TestPolygamma(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct{ m, x, want float64 }{
		{0, 1.5, 0.03648997397857652},
		{1, 1, math.Pi * math.Pi / 6},
		{1, 0.5, math.Pi * math.Pi / 2},
		{2, 1, -2.4041138063191885},
		{3, 0.25, 1538.782144009188396},
		{1, 1e6, 1.0000005000001667e-06},
		{20, 30, -4.7860852045717635119e-13},
		{7, -2.3, 76905683.920589216089},
		{1, -0.5, 8.934802200544679},
		{2, -1.5, -0.236204051641727403},
		{1, -1e-10, 1e20}, {2, -1e-12, 2e36}, {1, -3e-16, 1 / 9e-32}, {1, -1e-20, 1e40}, {1, -1 - 0x1p-50, 0x1p100},
		{1, -1e15 - 0.5, math.Pi * math.Pi},
		{1, 0, inf}, {1, -3, inf}, {1, inf, 0}, {1, nan, nan}, {0.5, 1, nan}, {-1, 1, nan},
	} {
		if y := Polygamma(c.m, c.x); y != c.want && !(math.Abs(y-c.want) <= 1e-13*math.Abs(c.want)) && !(y != y && c.want != c.want) {
			t.Errorf("Polygamma(%v, %v) = %.17g, want %.17g", c.m, c.x, y, c.want)
		}
	}
}
