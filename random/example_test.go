package random_test

import (
	"fmt"

	"gojax/jax"
	"gojax/random"
)

func ExampleNormal() {
	key := random.PRNGKey(0)
	fmt.Println(random.Normal(key, jax.Shape{10}))
	// Output:
	// [ 1.6226422   2.0252647  -0.43359444 -0.07861735  0.1760909  -0.97208923
	//  -0.49529874  0.4943786   0.6643493  -0.9501635 ]
}

func ExampleSplit2() {
	key := random.PRNGKey(1701)
	for step := range 3 {
		var sub jax.Array
		key, sub = random.Split2(key)
		fmt.Println(step, random.Uniform(sub, jax.Shape{}))
	}
	// Output:
	// 0 0.8131045
	// 1 0.18147182
	// 2 0.14392555
}

func ExampleSplit() {
	draw := func(key jax.Array) jax.Array { return random.Randint(key, jax.Shape{5}, 0, 10) }
	fmt.Println(jax.Vmap(draw)(random.Split(random.PRNGKey(0), 3)))
	// Output:
	// [[1 1 7 7 6]
	//  [2 2 6 5 1]
	//  [9 4 3 5 6]]
}

func ExampleFoldIn() {
	key := random.PRNGKey(0)
	fmt.Println(random.FoldIn(key, 4))
	// Output: [2285895361  433833334]
}

func ExampleUniformIn() {
	key := random.PRNGKey(0)
	fmt.Println(random.UniformIn(key, jax.Shape{2, 3}, -1, []float32{0, 1, 10}))
	// Output:
	// [[-0.052333    0.95715976  2.6552062 ]
	//  [-0.53133154  0.13977742  0.8205333 ]]
}

func ExampleRandint() {
	fmt.Println(random.Randint(random.PRNGKey(0), jax.Shape{3, 3}, 0, 8))
	// Output:
	// [[5 0 0]
	//  [5 3 3]
	//  [0 7 5]]
}

func ExampleBernoulli() {
	fmt.Println(random.Bernoulli(random.PRNGKey(0), 0.7, jax.Shape{5}))
	// Output: [False False  True  True  True]
}

func ExampleCategorical() {
	key := random.PRNGKey(0)
	logits := jax.FromSlice([]float32{0, 1, 2})
	fmt.Println(random.Categorical(key, logits, random.Samples(12)))
	// Output:
	// [1 1 2 1 2 2 2 2 2 2 2 2]
}

func ExamplePermutation() {
	fmt.Println(random.Permutation(random.PRNGKey(0), 10))
	// Output: [0 1 8 5 6 4 3 2 7 9]
}

func ExampleChoice() {
	key := random.PRNGKey(0)
	x := jax.FromSlice([]float32{0.5, 1.5, 2.5, 3.5})
	fmt.Println(random.Choice(key, x, jax.Shape{3}, random.WithoutReplacement()))
	fmt.Println(random.Choice(key, x, jax.Shape{6}, random.Probabilities([]float32{0.1, 0.1, 0.8, 0})))
	// Output:
	// [0.5 1.5 3.5]
	// [0.5 0.5 2.5 2.5 2.5 2.5]
}

func ExampleBits() {
	fmt.Println(random.Bits(random.PRNGKey(0), jax.Shape{3}))
	fmt.Println(random.Bits(random.PRNGKey(0), jax.Shape{3}, jax.Uint8))
	// Output:
	// [4070199207 4202968722 1427181096]
	// [167 146  40]
}

func ExampleExponential() {
	key := random.PRNGKey(0)
	fmt.Printf("%.4f\n", random.Exponential(key, jax.Shape{3}))
	fmt.Printf("%.4f\n", random.Pareto(key, []float32{1, 2, 4}, nil))
	// Output:
	// [2.9501 3.8434 0.4039]
	// [19.1084  6.8326  1.1062]
}
