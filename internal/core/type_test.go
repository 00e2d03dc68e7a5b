package core

import (
	"testing"

	"gojax/internal/dtype"
)

func TestFits(t *testing.T) {
	for _, c := range []struct {
		shape Shape
		want  bool
	}{
		{nil, true},
		{Shape{1 << 43}, true},
		{Shape{1 << 45}, false},
		{Shape{1 << 40, 1 << 40}, false},
		{Shape{1 << 62, 4}, false},
		{Shape{1 << 40, 1 << 40, 0}, true},
	} {
		if got := Of(dtype.Float32, c.shape...).Check() == nil; got != c.want {
			t.Errorf("f32%v fits: %v, want %v", c.shape, got, c.want)
		}
	}
}
