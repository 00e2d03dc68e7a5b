package mem

import (
	"slices"
	"testing"
)

func TestCopyAndClone(t *testing.T) {
	for _, n := range []int{0, 1, 1000, piece / 8, piece/8 + 1, piece/2 + 77} {
		x := make([]float64, n)
		for i := range x {
			x[i] = float64(i)
		}
		y := Clone(x)
		if !slices.Equal(x, y) {
			t.Errorf("a clone of %d elements differs", n)
		}
		clear(y)
		if m := Copy(y, x); m != n || !slices.Equal(x, y) {
			t.Errorf("a copy of %d elements differs, or says that it has %d", n, m)
		}
	}
	if n := Copy(make([]uint16, 3), make([]uint16, 5)); n != 3 {
		t.Errorf("Copy to the shorter copies %d", n)
	}
}
