package jax_test

import (
	"fmt"
	"strings"
	"testing"

	"gojax/jax"
	"gojax/jnp"
)

func ExampleArray_Index() {
	x := jax.FromSlice([]float32{0, 1, 2, 3, 4, 5}, 2, 3)
	fmt.Println(x.Index(-1, jax.R(1, jax.Open)))
	fmt.Println(x.Index(jax.All, jax.R(jax.Open, jax.Open, -2)))
	fmt.Println(x.Index(jax.Ellipsis, []int{2, 0, 2}))
	fmt.Println(x.Index(x.Gt(3)))
	fmt.Println(x.At(0).Add([]float32{10, 20, 30}))
	for row := range x.Rows() {
		fmt.Printf("%.1f\n", row)
	}
	// Output:
	// [4. 5.]
	// [[2. 0.]
	//  [5. 3.]]
	// [[2. 0. 2.]
	//  [5. 3. 5.]]
	// [4. 5.]
	// [[10. 21. 32.]
	//  [ 3.  4.  5.]]
	// [0.0 1.0 2.0]
	// [3.0 4.0 5.0]
}

func TestMaskUnderJit(t *testing.T) {
	negative := func(x jax.Array) jax.Array { return x.Index(x.Lt(0)) }
	x := jax.FromSlice([]float32{-1, 2, -3})
	if got := negative(x).String(); got != "[-1. -3.]" {
		t.Errorf("got %s", got)
	}
	err := jax.Try(func() { jax.Jit(negative)(x) })
	if err == nil || !strings.Contains(err.Error(), "how many elements it selects is not known") ||
		!strings.Contains(err.Error(), "index_test.go") || !strings.Contains(err.Error(), "jnp.Where") {
		t.Errorf("got %v", err)
	}
}

func TestIndexUnderTransformations(t *testing.T) {
	x := jax.FromSlice([]float32{1, 2, 3, 4, 5, 6}, 2, 3)
	pick := func(x, i jax.Array) jax.Array { return x.Index(i) }
	i := jax.FromSlice([]int{2, -1})
	if got := jax.Jit(jax.Vmap(pick))(x, i).String(); got != "[3. 6.]" {
		t.Errorf("got %s", got)
	}
	sum := func(x jax.Array) jax.Array {
		y := x.At([]int{0, 0}, 1).Set([]float32{7, 8}).Mul(x)
		return y.Index(0, 1).Add(y.Index(1, jax.R(0, 2)).Index(1))
	}
	for _, g := range []func(jax.Array) jax.Array{jax.Grad(sum), jax.Jit(jax.Grad(sum)), jax.Grad(jax.Jit(sum))} {
		if got := g(x).String(); got != "[[ 0.  8.  0.]\n [ 0. 10.  0.]]" {
			t.Errorf("got %s", got)
		}
	}
}

// TestIndexOfReversed looks elements and rows up in an array that is read backwards.
func TestIndexOfReversed(t *testing.T) {
	at := []int{0, 2, 1, 0, 5}
	look := func(x jax.Array) jax.Array { return jnp.Flip(x, 0).At(at).Get(jax.FillOrDrop, jax.FillValue(-1)) }
	near := func(x jax.Array) jax.Array { return jnp.Flip(x, 0).Index(at) }
	for _, c := range []struct {
		f    func(jax.Array) jax.Array
		x    jax.Array
		want string
	}{
		{look, jnp.Arange(3.0), "[ 2.  0.  1.  2. -1.]"},
		{near, jnp.Arange(3.0), "[2. 0. 1. 2. 0.]"},
		{near, jnp.Arange(6).Reshape(3, 2), "[[4 5]\n [0 1]\n [2 3]\n [4 5]\n [0 1]]"},
	} {
		if got := jax.Jit(c.f)(c.x).String(); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
}
