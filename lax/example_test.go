package lax_test

import (
	"fmt"

	"gojax/jax"
	"gojax/lax"
)

func ExampleArray() {
	x := lax.FromSlice([]float32{1, 2, 3, 4, 5, 6}, 2, 3)
	fmt.Println(x.Shape(), x.DType(), x.Rank(), x.Size(), x.Len())
	fmt.Println(x.Add(1).Mul(2).Sub([]float32{1, 2, 3})) // operands promote and broadcast
	fmt.Println(x.Sum(0), x.Reshape(3, -1).T().Max(), x.Dot(x.T()).Index(0))
	fmt.Printf("%+v %.2f\n", x.Index(0), x.Index(1, 2))
	// Output:
	// [2 3] f32 2 6 2
	// [[ 3.  4.  5.]
	//  [ 9. 10. 11.]]
	// [5. 7. 9.] 6.0 [14. 32.]
	// f32[3] [1. 2. 3.] 6.00
}

func ExampleArray_Index() {
	x := lax.Iota(jax.Int32, 12).Reshape(3, 4)
	fmt.Println(x.Index(1, lax.R(0, 4, 2)), x.Index(lax.All, -1), x.Index([]int{2, 0}, 0))
	fmt.Println(x.Index(x.Mod(5).Eq(0)))
	for i, row := range x.All() {
		fmt.Println(i, row)
	}
	// Output:
	// [4 6] [ 3  7 11] [8 0]
	// [ 0  5 10]
	// 0 [0 1 2 3]
	// 1 [4 5 6 7]
	// 2 [ 8  9 10 11]
}

func ExampleArray_At() {
	x := lax.Iota(jax.Float32, 4)
	fmt.Println(x.At(1).Set(9), x.At([]int{0, 0, 2}).Add(1), x.At(lax.R(2, lax.Open)).Apply(lax.Neg))
	fmt.Println(x.At([]int{3, 8}).Get(lax.FillOrDrop, lax.FillValue(-1)))
	// Output:
	// [0. 9. 2. 3.] [2. 1. 3. 3.] [ 0.  1. -2. -3.]
	// [ 3. -1.]
}

func ExampleExp() {
	x := lax.FromSlice([]float32{-1, 0, 1})
	fmt.Println(lax.Exp(x), lax.Erf(x), lax.Round(lax.Mul(x, x), lax.ToNearestEven))
	fmt.Println(lax.PopulationCount(lax.FromSlice([]uint8{0, 1, 255})))
	// Output:
	// [0.36787945 1.         2.7182817 ] [-0.8427008  0.         0.8427008] [1. 0. 1.]
	// [0 1 8]
}

func ExampleAdd() {
	x, y := lax.FromSlice([]int32{7, -7}), lax.FromSlice([]int32{2, 2})
	fmt.Println(lax.Add(x, y), lax.Div(x, y), lax.Rem(x, y), lax.ShiftLeft(x, y), lax.Max(x, y))
	fmt.Println(lax.Lt(x, y), lax.Select(lax.Lt(x, y), x, y), lax.Clamp(y, x, lax.Number(jax.Int32, 5)))
	fmt.Println(jax.Try(func() { lax.Add(x, lax.Convert(y, jax.Float32)) }) != nil) // types must be equal
	// Output:
	// [ 9 -5] [ 3 -3] [ 1 -1] [ 28 -28] [7 2]
	// [False  True] [ 2 -7] [5 2]
	// true
}

func ExamplePow() {
	x := lax.FromSlice([]float32{2, 3})
	fmt.Println(lax.Pow(x, x), lax.IntegerPow(x, -1), lax.Polygamma(lax.Number(jax.Float32, 1), x))
	// Output: [ 4. 27.] [0.5        0.33333334] [0.64493406 0.39493406]
}

func ExampleComplex() {
	z := lax.Complex(lax.FromSlice([]float32{3}), lax.FromSlice([]float32{4}))
	fmt.Println(z, lax.Conj(z), lax.Abs(z), lax.Imag(z))
	// Output: [3.+4.j] [3.-4.j] [5.] [4.]
}

func ExampleConvert() {
	x := lax.FromSlice([]float32{1, -2.7, 300})
	fmt.Println(lax.Convert(x, jax.Int8), lax.BitcastConvertType(x, jax.Uint32))
	// Output: [  1  -2 127] [1065353216 3224161485 1133903872]
}

func ExampleReduceSum() {
	x := lax.Iota(jax.Float32, 6).Reshape(2, 3)
	fmt.Println(lax.ReduceSum(x, []int{1}), lax.ReduceMax(x, []int{0, 1}), lax.ArgMax(x, 1, jax.Int32))
	fmt.Println(lax.CumSum(x, 1, false))
	// Output:
	// [ 3. 12.] 5.0 [2 2]
	// [[ 0.  1.  3.]
	//  [ 3.  7. 12.]]
}

func ExampleSortMulti() {
	keys, values := lax.FromSlice([]int32{3, 1, 2}), lax.FromSlice([]float32{30, 10, 20})
	fmt.Println(lax.Sort(keys, 0), lax.SortMulti([]lax.Array{keys, values}, 0, 1)[1])
	fmt.Println(lax.TopK(values, 2))
	// Output:
	// [1 2 3] [10. 20. 30.]
	// [30. 20.] [0 2]
}

func ExampleDotGeneral() {
	x := lax.Iota(jax.Float32, 12).Reshape(2, 2, 3)
	y := lax.Full(lax.Shape{2, 3}, 1, jax.Float32)
	// One product of a matrix and a vector for each index of the leading axes.
	fmt.Println(lax.DotGeneral(x, y, [2][]int{{2}, {1}}, [2][]int{{0}, {0}}, 0))
	// Output:
	// [[ 3. 12.]
	//  [21. 30.]]
}

func ExampleReshape() {
	x := lax.Iota(jax.Int32, 6)
	m := lax.Reshape(x, lax.Shape{2, 3})
	fmt.Println(lax.Transpose(m, []int{1, 0}).Shape(), lax.Squeeze(lax.ExpandDims(m, []int{0}), []int{0}).Shape())
	fmt.Println(lax.Rev(x, []int{0}), lax.Slice(x, []int{1}, []int{6}, []int{2}))
	fmt.Println(lax.Concatenate(0, lax.Split(x, []int{4, 2}, 0)[1], x))
	fmt.Println(lax.Pad(x, lax.Number(jax.Int32, 9), []lax.Padding{{1, -2, 1}}))
	fmt.Println(lax.BroadcastInDim(lax.Iota(jax.Int32, 2), lax.Shape{2, 3}, []int{0}))
	// Output:
	// [3 2] [2 3]
	// [5 4 3 2 1 0] [1 3 5]
	// [4 5 0 1 2 3 4 5]
	// [9 0 9 1 9 2 9 3 9 4]
	// [[0 0 0]
	//  [1 1 1]]
}

func ExampleDynamicSlice() {
	x := lax.Iota(jax.Int32, 6)
	third := func(i lax.Array) lax.Array { // the start need not be known
		y := lax.DynamicSlice(x, []lax.Array{i}, []int{2})
		return lax.DynamicUpdateSlice(x, lax.Neg(y), []lax.Array{i})
	}
	fmt.Println(jax.Jit(third)(lax.Number(jax.Int32, 3)))
	// Output: [ 0  1  2 -3 -4  5]
}

func ExampleGather() {
	x := lax.Iota(jax.Float32, 6).Reshape(3, 2)
	rows := lax.FromSlice([]int32{2, 0}, 2, 1)
	fmt.Println(lax.Gather(x, rows, lax.GatherDimensionNumbers{
		OffsetDims: []int{1}, CollapsedSliceDims: []int{0}, StartIndexMap: []int{0},
	}, []int{1, 2}))
	fmt.Println(lax.ScatterAdd(x, rows, lax.Full(lax.Shape{2, 2}, 10, jax.Float32), lax.ScatterDimensionNumbers{
		UpdateWindowDims: []int{1}, InsertedWindowDims: []int{0}, ScatterDimsToOperandDims: []int{0},
	}))
	// Output:
	// [[4. 5.]
	//  [0. 1.]]
	// [[10. 11.]
	//  [ 2.  3.]
	//  [14. 15.]]
}

func ExampleStopGradient() {
	f := func(x lax.Array) lax.Array { return lax.Mul(x, lax.StopGradient(x)) }
	fmt.Println(jax.Grad(f)(lax.Number(jax.Float32, 3)))
	// Output: 3.0
}

func ExamplePSum() {
	f := func(x lax.Array) (sum, most lax.Array) { return lax.PSum(x, "i"), lax.PMax(x, "i") }
	fmt.Println(jax.Vmap(f, jax.AxisName("i"), jax.OutAxes(nil, nil))(lax.FromSlice([]float32{1, 5, 2})))
	// Output: 8.0 5.0
}

func ExampleThreefry2x32() {
	word := func(x uint32) lax.Array { return lax.FromSlice([]uint32{x}) }
	fmt.Printf("%x\n", lax.Values[uint64](lax.Threefry2x32(word(0), word(0), word(0), word(0))))
	// Output: [6b20015999ba4efe]
}
