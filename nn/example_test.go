package nn_test

import (
	"fmt"

	"gojax/jax"
	"gojax/lax"
	"gojax/nn"
)

func ExampleRelu() {
	x := jax.FromSlice([]float32{-2, -0.5, 0, 0.5, 2})
	fmt.Println(nn.Relu(x))
	_, pull := jax.Vjp(nn.Relu, x)
	fmt.Println(pull(jax.FromSlice([]float32{1, 1, 1, 1, 1})))
	// Output:
	// [0.  0.  0.  0.5 2. ]
	// [0. 0. 0. 1. 1.]
}

func ExampleGelu() {
	x := jax.FromSlice([]float32{-1, 0, 1})
	fmt.Printf("%.4f\n", nn.Gelu(x))
	fmt.Printf("%.4f\n", nn.GeluExact(x))
	// Output:
	// [-0.1588  0.0000  0.8412]
	// [-0.1587  0.0000  0.8413]
}

func ExampleSoftplus() {
	x := jax.FromSlice([]float32{-100, 0, 100})
	fmt.Printf("%.4f %.4f\n", nn.Softplus(x), nn.Sigmoid(x))
	// Output:
	// [  0.0000   0.6931 100.0000] [0.0000 0.5000 1.0000]
}

func ExampleSoftmax() {
	x := jax.FromSlice([]float32{1, 2, 3, 1, 1, 1001}, 2, 3)
	fmt.Printf("%.4f\n", nn.Softmax(x))
	fmt.Printf("%.4f\n", nn.SoftmaxWith(x, nn.Axis(0)))
	// Output:
	// [[0.0900 0.2447 0.6652]
	//  [0.0000 0.0000 1.0000]]
	// [[0.5000 0.7311 0.0000]
	//  [0.5000 0.2689 1.0000]]
}

func ExampleLogSoftmax() {
	loss := func(logits jax.Array) jax.Array {
		class := nn.OneHot(jax.FromSlice([]int{1}, jax.Shape{}...), 3)
		return lax.ReduceSum(nn.LogSoftmax(logits).Mul(class), []int{0}).Neg()
	}
	fmt.Printf("%.4f\n", jax.Grad(loss)(jax.FromSlice([]float32{0, 1, 2})))
	// Output:
	// [ 0.0900 -0.7553  0.6652]
}

func ExampleLogsumexpWith() {
	x := jax.FromSlice([]float32{1000, 1000, 0, 1}, 2, 2)
	fmt.Printf("%.4f\n", nn.Logsumexp(x))
	fmt.Printf("%.4f\n", nn.LogsumexpWith(x, nn.Axis(1), nn.Weights([]float32{1, 3})))
	// Output:
	// 1000.6932
	// [1001.3863    2.2143]
}

func ExampleStandardize() {
	fmt.Printf("%.4f\n", nn.Standardize(jax.FromSlice([]float32{1, 2, 3, 4})))
	// Output:
	// [-1.3416 -0.4472  0.4472  1.3416]
}

func ExampleOneHot() {
	fmt.Println(nn.OneHot(jax.FromSlice([]int{2, 0, 3}), 3))
	fmt.Println(nn.OneHotAxis(jax.FromSlice([]int{2, 0}), 3, 0, jax.Int32))
	// Output:
	// [[0. 0. 1.]
	//  [1. 0. 0.]
	//  [0. 0. 0.]]
	// [[0 1]
	//  [0 0]
	//  [1 0]]
}
