package jnp_test

import (
	"fmt"

	"gojax/jax"
	"gojax/jnp"
)

// Functions of one array are what transformations take.
func Example() {
	x := jnp.Arange(3.0)
	fmt.Println(jax.Grad(func(x jax.Array) jax.Array { return jnp.Sum(jnp.Tanh(x)) })(x))
	fmt.Println(jax.Vmap(jnp.Tanh)(x))
	fmt.Println(jax.Grad(jnp.Tanh)(jnp.Float32(0.5)))
	// Output:
	// [1.         0.41997433 0.07065082]
	// [0.        0.7615942 0.9640276]
	// 0.7864477
}

// Numbers adapt to the arrays they meet; alone floats are f32 and integers i32.
func ExampleArray() {
	fmt.Println(jnp.Array([][]int{{1, 2}, {3, 4}}))
	fmt.Printf("%+v\n", jnp.Array(2.5))
	fmt.Printf("%+v\n", jnp.Array([]float64{0.1, 0.2}))
	rows := []jax.Array{jnp.Arange(3), jnp.Arange(3, 6)}
	fmt.Println(jnp.Array(rows))
	// Output:
	// [[1 2]
	//  [3 4]]
	// f32[] 2.5
	// f64[2] [0.1 0.2]
	// [[0 1 2]
	//  [3 4 5]]
}

func ExampleZeros() {
	fmt.Println(jnp.Zeros(jax.Shape{2, 3}))
	fmt.Println(jnp.Ones(jax.Shape{2}, jax.Int32), jnp.Full(jax.Shape{2}, 7.5))
	// Output:
	// [[0. 0. 0.]
	//  [0. 0. 0.]]
	// [1 1] [7.5 7.5]
}

func ExampleArange() {
	fmt.Println(jnp.Arange(5))
	fmt.Println(jnp.Arange(3.0))
	fmt.Println(jnp.Arange(10, 0, -2.5))
	fmt.Println(jnp.Linspace(0, 1, 5))
	fmt.Println(jnp.Logspace(0, 3, 4))
	// Output:
	// [0 1 2 3 4]
	// [0. 1. 2.]
	// [10.   7.5  5.   2.5]
	// [0.   0.25 0.5  0.75 1.  ]
	// [   1.   10.  100. 1000.]
}

func ExampleEye() {
	fmt.Println(jnp.Eye(2, jnp.Columns(3), jnp.Offset(1)))
	fmt.Println(jnp.Tril(jnp.Ones(jax.Shape{3, 3}, jax.Int32)))
	fmt.Println(jnp.Diag(jnp.Arange(3)))
	// Output:
	// [[0. 1. 0.]
	//  [0. 0. 1.]]
	// [[1 0 0]
	//  [1 1 0]
	//  [1 1 1]]
	// [[0 0 0]
	//  [0 1 0]
	//  [0 0 2]]
}

func ExampleMeshgrid() {
	xy := jnp.Meshgrid(jnp.Arange(3), jnp.Arange(2))
	fmt.Println(xy[0])
	fmt.Println(xy[1])
	// Output:
	// [[0 1 2]
	//  [0 1 2]]
	// [[0 0 0]
	//  [1 1 1]]
}

func ExampleAdd() {
	x := jnp.Array([]float32{1, 2, 3})
	fmt.Println(jnp.Add(x, 1), jnp.Sub(1, x), jnp.Mul(x, []int{1, 0, -1}))
	fmt.Println(jnp.Div(jnp.Arange(4), 2), jnp.FloorDivide(7, -2), jnp.Mod(7, -2))
	fmt.Println(jnp.Add(jnp.Int8([]int{100, 50}), 100)) // wraps: the number is an i8 here
	// Output:
	// [2. 3. 4.] [ 0. -1. -2.] [ 1.  0. -3.]
	// [0.  0.5 1.  1.5] -4 -1
	// [ -56 -106]
}

func ExampleWhere() {
	x := jnp.Linspace(-1, 1, 5)
	fmt.Println(jnp.Where(x.Gt(0), x, 0))
	fmt.Println(jnp.Clip(x, -0.25, 0.25))
	fmt.Println(jnp.Select([]any{x.Lt(-0.5), x.Gt(0.5)}, []any{-1, 1}, x))
	// Output:
	// [0.  0.  0.  0.5 1. ]
	// [-0.25 -0.25  0.    0.25  0.25]
	// [-1.  -0.5  0.   0.5  1. ]
}

func ExampleSum() {
	x := jnp.Reshape(jnp.Arange(6.0), jax.Shape{2, 3})
	fmt.Println(jnp.Sum(x), jnp.Sum(x, jnp.Axis(0)), x.Sum(-1))
	fmt.Println(jnp.Max(x, jnp.Axis(1), jnp.KeepDims()))
	fmt.Println(jnp.Sum(x, jnp.WhereMask(x.Gt(2)), jnp.Initial(100)))
	fmt.Println(jnp.Argmax(x, jnp.Axis(1)), jnp.All(x.Ge(0)))
	// Output:
	// 15.0 [3. 5. 7.] [ 3. 12.]
	// [[2.]
	//  [5.]]
	// 112.0
	// [2 2] True
}

func ExampleMean() {
	x := jnp.Array([]float32{1, 2, 4, 9})
	fmt.Println(jnp.Mean(x), jnp.Var(x), jnp.Std(x, jnp.Ddof(1)), jnp.Median(x))
	fmt.Println(jnp.Quantile(x, []float32{0.25, 0.75}))
	fmt.Println(jnp.Average(x, jnp.Weights([]int{4, 3, 2, 1})))
	// Output:
	// 4.0 9.5 3.5590262 3.0
	// [1.75 5.25]
	// 2.7
}

func ExampleNanmean() {
	x := jnp.Array([]float64{1, jnp.NaN, 3}, jax.Float32)
	fmt.Println(jnp.Mean(x), jnp.Nanmean(x), jnp.Nanmax(x), jnp.NanToNum(x))
	// Output:
	// nan 2.0 3.0 [1. 0. 3.]
}

func ExampleCumsum() {
	x := jnp.Arange(1, 5)
	fmt.Println(jnp.Cumsum(x), jnp.Cumprod(x), jnp.Diff(jnp.Square(x)))
	// Output:
	// [ 1  3  6 10] [ 1  2  6 24] [3 5 7]
}

func ExampleReshape() {
	x := jnp.Arange(6)
	fmt.Println(jnp.Reshape(x, jax.Shape{2, -1}).T())
	fmt.Println(jnp.Flip(x), jnp.Roll(x, 2))
	fmt.Println(jnp.ExpandDims(x, 0, -1).Shape(), jnp.Moveaxis(jnp.Zeros(jax.Shape{2, 3, 4}), 0, -1).Shape())
	// Output:
	// [[0 3]
	//  [1 4]
	//  [2 5]]
	// [5 4 3 2 1 0] [4 5 0 1 2 3]
	// [1 6 1] [3 4 2]
}

func ExampleConcatenate() {
	x, y := jnp.Arange(3), jnp.Arange(3, 6)
	fmt.Println(jnp.Concatenate([]jax.Array{x, y}))
	fmt.Println(jnp.Stack([]jax.Array{x, y}, jnp.Axis(1)))
	fmt.Println(jnp.Split(jnp.Arange(5), []int{2, 3}))
	fmt.Println(jnp.Tile(x, 2), jnp.Repeat(x, 2))
	// Output:
	// [0 1 2 3 4 5]
	// [[0 3]
	//  [1 4]
	//  [2 5]]
	// [[0 1] [2] [3 4]]
	// [0 1 2 0 1 2] [0 0 1 1 2 2]
}

func ExamplePad() {
	x := jnp.Arange(1, 4)
	fmt.Println(jnp.Pad(x, 2))
	fmt.Println(jnp.Pad(x, [2]int{0, 4}, jnp.Mode("reflect")))
	fmt.Println(jnp.Pad(jnp.Ones(jax.Shape{1, 1}), [][2]int{{1, 0}, {0, 1}}, jnp.FillValue(5)))
	// Output:
	// [0 0 1 2 3 0 0]
	// [1 2 3 2 1 2 3]
	// [[5. 5.]
	//  [1. 5.]]
}

// Indices out of range give NaN, and with other modes the nearest element or the one
// that going around leads to.
func ExampleTake() {
	x := jnp.Array([]float32{10, 20, 30})
	i := []int{0, -1, 3}
	fmt.Println(jnp.Take(x, i), jnp.Take(x, i, jnp.Mode("clip")), jnp.Take(x, i, jnp.Mode("wrap")))
	// Output:
	// [10. 30. nan] [10. 10. 30.] [10. 30. 10.]
}

// How many elements are found depends on values, which are not known under Jit, unless
// their number is given.
func ExampleNonzero() {
	x := jnp.Array([]int{0, 3, 0, 5})
	fmt.Println(jnp.Nonzero(x)[0])
	first := jax.Jit(func(x jax.Array) jax.Array { return jnp.Nonzero(x, jnp.Size(3), jnp.FillValue(-1))[0] })
	fmt.Println(first(x))
	// Output:
	// [1 3]
	// [ 1  3 -1]
}

func ExampleSort() {
	x := jnp.Array([]float32{3, 1, 2})
	fmt.Println(jnp.Sort(x), jnp.Argsort(x), jnp.Sort(x, jnp.Descending()))
	fmt.Println(jnp.Searchsorted([]int{1, 3, 5}, []int{0, 3, 9}), jnp.Searchsorted([]int{1, 3, 5}, 3, jnp.Right()))
	// Output:
	// [1. 2. 3.] [1 2 0] [3. 2. 1.]
	// [0 1 3] 2
}

func ExampleUnique() {
	values, _, inverse, counts := jnp.UniqueAll(jnp.Array([]int{3, 1, 3, 7}))
	fmt.Println(values, inverse, counts)
	// Output:
	// [1 3 7] [1 0 1 2] [1 2 1]
}

func ExampleHistogram() {
	counts, edges := jnp.Histogram([]float32{1, 2, 2, 5}, 4)
	fmt.Println(counts, edges)
	fmt.Println(jnp.Bincount(jnp.Array([]int{1, 3, 1})))
	// Output:
	// [1. 2. 0. 1.] [1. 2. 3. 4. 5.]
	// [0 2 0 1]
}

func ExampleDot() {
	m := jnp.Reshape(jnp.Arange(4.0), jax.Shape{2, 2})
	v := jnp.Array([]float32{1, -1})
	fmt.Println(jnp.Dot(m, v), jnp.Dot(v, v))
	fmt.Println(jnp.Matmul(m, m.T()))
	fmt.Println(jnp.Outer(v, v), jnp.Cross([]int{1, 0, 0}, []int{0, 1, 0}))
	// Output:
	// [-1. -1.] 2.0
	// [[ 1.  3.]
	//  [ 3. 13.]]
	// [[ 1. -1.]
	//  [-1.  1.]] [0 0 1]
}

func ExampleEinsum() {
	m := jnp.Reshape(jnp.Arange(6.0), jax.Shape{2, 3})
	fmt.Println(jnp.Einsum("ij,kj->ik", m, m))
	fmt.Println(jnp.Einsum("ij->j", m), jnp.Einsum("ij,ij", m, m))
	batch := jnp.Ones(jax.Shape{4, 2, 3})
	fmt.Println(jnp.Einsum("...ij,kj->...ik", batch, m).Shape())
	// Output:
	// [[ 5. 14.]
	//  [14. 50.]]
	// [3. 5. 7.] 55.0
	// [4 2 2]
}

func ExampleInterp() {
	fmt.Println(jnp.Interp([]float32{-1, 0.5, 1.5, 9}, []int{0, 1, 2}, []float32{0, 10, 40}))
	fmt.Println(jnp.Polyval([]int{1, 0, -2}, 3), jnp.Convolve([]float32{1, 2}, []float32{1, 2, 3}))
	fmt.Println(jnp.Trapezoid(jnp.Array([]float32{1, 2, 3}), 0.5))
	// Output:
	// [ 0.  5. 25. 40.]
	// 7 [1. 4. 7. 6.]
	// 2.0
}

func ExampleAllclose() {
	x := jnp.Array([]float32{1, 2})
	fmt.Println(jnp.Allclose(x, x.Add(1e-7)), jnp.Allclose(x, x.Add(0.1), jnp.Atol(0.2)), jnp.ArrayEqual(x, []int{1, 2}))
	// Output:
	// True True True
}

func ExampleApplyAlongAxis() {
	m := jnp.Reshape(jnp.Arange(6), jax.Shape{2, 3})
	fmt.Println(jnp.ApplyAlongAxis(func(x jax.Array) jax.Array { return jnp.Flip(x) }, 1, m))
	// Output:
	// [[2 1 0]
	//  [5 4 3]]
}

func ExampleFinfo() {
	fmt.Println(jnp.Finfo(jax.Float32).Eps, jnp.Iinfo(jax.Int8).Max, jnp.PromoteTypes(jax.Int8, jax.Uint8))
	// Output:
	// 1.1920928955078125e-07 127 i16
}
