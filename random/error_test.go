package random_test

import (
	"strings"
	"testing"

	"gojax/internal/dtype"
	"gojax/jax"
	"gojax/lax"
	"gojax/random"
)

func TestErrors(t *testing.T) {
	shape := lax.Shape{3}
	logits := lax.FromSlice([]float32{1, 2, 3, 4, 5, 6}, 2, 3)
	for _, c := range []struct {
		f    func()
		want string
	}{
		{func() { random.PRNGKey(1.5) }, "PRNGKey: the seed has type f32[], want an integer"},
		{func() { random.Key([]int{1, 2}) }, "Key: the seed has type i32[2], want a scalar: map over many seeds with jax.Vmap"},
		{func() { random.Split(random.Split(key)) }, "Split: the key has type u32[2,2], want u32[2]: map over many keys with jax.Vmap"},
		{func() { random.Split(lax.Array{}) }, "Split: the key is absent (the zero Array)"},
		{func() { random.Split(key, -1) }, "Split: the shape is [-1], want no negative size"},
		{func() { random.FoldIn(key, -1) }, "FoldIn: the data are -1, want an integer from 0 to 2³²-1"},
		{func() { random.FoldIn(key, 1.5) }, "FoldIn: the data have type f32[], want an integer scalar: map over many with jax.Vmap"},
		{func() { random.Bits(key, shape, dtype.Int32) }, "Bits: the element type is i32, want an unsigned integer type"},
		{func() { random.Uniform(key, lax.Shape{-3}) }, "Uniform: the shape is [-3], want no negative size"},
		{func() { random.Uniform(key, shape, dtype.Int8) }, "Uniform: the element type is i8, want a floating type"},
		{func() { random.Uniform(key, shape, dtype.Float32, dtype.Float32) }, "Uniform: got 2 element types, want at most one"},
		{func() { random.UniformIn(key, shape, []int{1, 2}, 3) }, "UniformIn: a parameter has type f32[2], want a shape that broadcasts to [3]"},
		{func() { random.Normal(key, shape, dtype.Bool) }, "Normal: the element type is bool, want a floating or complex type"},
		{func() { random.Randint(key, shape, 0.5, 2) }, "Randint: a bound has type f32[], want integers"},
		{func() { random.Randint(key, shape, 0, []int{1, 2}) }, "Randint: a parameter has type i32[2], want a shape that broadcasts to [3]"},
		{func() { random.Randint(key, shape, 0, 2, dtype.Float32) }, "Randint: the element type is f32, want an integer type"},
		{func() { random.Bernoulli(key, []int{1}, shape) }, "Bernoulli: the probability has type i32[1], want floating elements"},
		{func() { random.Permutation(key, 1.5) }, "Permutation: got f32[], want a Go integer or an array with axes"},
		{func() { random.Permutation(key, -1) }, "Permutation: the number of things is -1, want 0 to 2³¹-1"},
		{func() { random.Permutation(key, logits, random.Axis(2)) }, "Permutation: the axis is 2, want an axis of f32[2,3]"},
		{func() { random.Permutation(key, 3, random.Samples(2)) }, "Permutation: got the option Samples, which it does not take"},
		{func() { random.Permutation(key, 3, random.Option{}) }, "Permutation: an option is the zero Option, want one that a function has returned"},
		{func() { random.Choice(key, 3, lax.Shape{4}, random.WithoutReplacement()) }, "Choice: got 4 samples without replacement, want at most as many as there are things (3)"},
		{func() { random.Choice(key, 0, shape) }, "Choice: got nothing to draw 3 samples from, want at least one thing"},
		{func() { random.Choice(key, 3, shape, random.Probabilities([]float32{1, 0})) }, "Choice: the probabilities have type f32[2], want floating elements of shape [3]"},
		{func() { random.Categorical(key, lax.FromSlice([]int{1})) }, "Categorical: logits have type i32[1], want floating elements"},
		{func() { random.Categorical(key, logits, random.Samples(3)) }, "Categorical: the samples have shape [3] and logits type f32[2,3], want a shape that ends in [2]"},
		{func() { random.Categorical(key, logits, random.Samples(4, 2), random.WithoutReplacement()) }, "Categorical: got 4 samples without replacement, want at most as many as there are categories (3)"},
	} {
		err := jax.Try(c.f)
		if err == nil {
			t.Errorf("no error, want %s", c.want)
			continue
		}
		if got := err.Error(); !strings.HasPrefix(got, "error_test.go:") || !strings.HasSuffix(got, ": "+c.want) {
			t.Errorf("error is %q, want error_test.go:…: %s", got, c.want)
		}
	}
}
