package initializers_test

import (
	"fmt"

	"gojax/jax"
	"gojax/nn/initializers"
	"gojax/random"
)

func ExampleConstant() {
	key := random.PRNGKey(0)
	fmt.Println(initializers.Constant(2)(key, jax.Shape{3}), initializers.Zeros(key, jax.Shape{2}))
	fmt.Printf("%.4f\n", initializers.TruncatedNormal(0.1, -2, 2)(key, jax.Shape{3}))
	// Output:
	// [2. 2. 2.] [0. 0.]
	// [ 0.1456  0.1715 -0.0413]
}
