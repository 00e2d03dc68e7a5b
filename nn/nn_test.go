package nn_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"gojax/internal/dtype"
	"gojax/jax"
	"gojax/lax"
	"gojax/nn"
	"gojax/random"
)

// TestSecondDerivatives compares second derivatives with differences of first ones.
func TestSecondDerivatives(t *testing.T) {
	const h = 1e-5
	points := lax.Convert(lax.FromSlice([]float64{-2.75, -0.7, 0.3, 1.9, 4.2, 0.05, -0.1, 2.1}), dtype.Float64)
	ones := lax.Full(points.Shape(), 1, dtype.Float64)
	for name, f := range functions {
		if strings.Contains(name, "where") || strings.Contains(name, "weights") || strings.Contains(name, "Sign") ||
			strings.Contains(name, "given") || name == "Log1mexp" {
			continue
		}
		x := lax.Reshape(points, lax.Shape{2, 4})
		slope := func(x jax.Array) jax.Array {
			y, pull := jax.Vjp(f.f, x)
			return pull(lax.Mul(y, y)) // also moves with the value
		}
		step := lax.Reshape(ones.Mul(h).Mul([]float64{1, -0.5, 0.25, 2, 1, 1, -1, 0.5}), x.Shape())
		far := slope(x.Add(step)).Sub(slope(x.Sub(step))).Div(2 * h)
		_, got := jax.Jvp(slope, x, step.Div(h))
		a, b := jax.Values[float64](got), jax.Values[float64](far)
		for i := range a {
			if math.Abs(a[i]-b[i]) > 2e-7*(1+math.Abs(b[i])) {
				t.Errorf("%s: second derivative %d is %v, want %v", name, i, a[i], b[i])
			}
		}
	}
}

// TestSoftplusAtZero looks at where the two branches of Softplus meet.
func TestSoftplusAtZero(t *testing.T) {
	zero := lax.Number(dtype.Float64, 0)
	first := jax.Grad(nn.Softplus)
	if got := first(zero).Float(); got != 0.5 {
		t.Errorf("first derivative is %v, want 0.5", got)
	}
	if got := jax.Grad(first)(zero).Float(); got != 0.25 {
		t.Errorf("second derivative is %v, want 0.25", got)
	}
}

// TestIntegers lists what becomes of integer operands.
func TestIntegers(t *testing.T) {
	ints := lax.FromSlice([]int{-3, 0, 7})
	for _, c := range []struct {
		got  jax.Array
		want string
	}{
		{nn.Relu(ints), "[0 0 7]"},
		{nn.Relu(lax.FromSlice([]bool{true, false})), "[1 0]"},
		{nn.HardTanh(ints), "[-1  0  1]"},
		{nn.HardTanh(lax.FromSlice([]uint8{0, 9})), "[0 1]"},
		{nn.Relu6(ints), "[0. 0. 6.]"},
		{nn.LeakyRelu(ints), "[-0.03  0.    7.  ]"},
		{nn.Sigmoid(lax.FromSlice([]int64{0})), "[0.5]"},
		{nn.OneHot(lax.FromSlice([]uint8{1}), 3), "[[0. 1. 0.]]"},
		{nn.OneHot(lax.FromSlice([]int{0, 1}), 0), "[]"},
		{nn.OneHotAxis(lax.FromSlice([]int{1, 5}), 2, -2, dtype.Bool), "[[False False]\n [ True False]]"},
		{nn.Softmax(lax.FromSlice([]int{3, 3})), "[0.5 0.5]"},
	} {
		if got := fmt.Sprint(c.got); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
	if got := nn.OneHot(lax.FromSlice([]int8{-1, 44, 127}), 300); lax.ReduceSum(got, []int{0, 1}).Float() != 2 {
		t.Errorf("OneHot of more classes than indices is %v", got)
	}
}

// TestEmpty has no elements along some axis.
func TestEmpty(t *testing.T) {
	x := lax.Full(lax.Shape{0, 3}, 0, dtype.Float32)
	for name, f := range functions {
		if strings.Contains(name, "where") || strings.Contains(name, "eights") || strings.Contains(name, "Sign") || strings.Contains(name, "Glu") {
			continue
		}
		if y := fmt.Sprint(f.f(x)); strings.Contains(y, "panic") {
			t.Errorf("%s: %s", name, y)
		}
	}
}

// TestComplex compares with sums of exponentials.
func TestComplex(t *testing.T) {
	x := random.Normal(random.PRNGKey(1), lax.Shape{5}, dtype.Complex128)
	want := jax.Item[complex128](lax.Log(lax.ReduceSum(lax.Exp(x), []int{0})))
	if got := jax.Item[complex128](nn.Logsumexp(x)); math.Abs(real(got-want))+math.Abs(imag(got-want)) > 1e-14 {
		t.Errorf("Logsumexp is %v, want %v", got, want)
	}
}

func TestErrors(t *testing.T) {
	x := lax.Full(lax.Shape{2, 3}, 1, dtype.Float32)
	for _, c := range []struct {
		f    func()
		want string
	}{
		{func() { nn.Relu(lax.Array{}) }, "Relu: an operand is absent (the zero Array)"},
		{func() { nn.Relu(lax.Convert(x, dtype.Complex64)) }, "Relu: operand has type c64[2,3], want real elements"},
		{func() { nn.SoftmaxWith(x, nn.Axis(2)) }, "SoftmaxWith: the axis is 2, want an axis of f32[2,3]"},
		{func() { nn.SoftmaxWith(x, nn.Axis(0, -2)) }, "SoftmaxWith: the axes are [0 -2], want different axes of f32[2,3]"},
		{func() { nn.Softmax(lax.Number(dtype.Float32, 1)) }, "Softmax: the axis is -1, want an axis of f32[]"},
		{func() { nn.SoftmaxWith(x, nn.KeepDims()) }, "SoftmaxWith: got the option KeepDims, which it does not take"},
		{func() { nn.SoftmaxWith(x, nn.Option{}) }, "SoftmaxWith: an option is the zero Option, want one that a function has returned"},
		{func() { nn.SoftmaxWith(x, nn.Where([]int{1})) }, "SoftmaxWith: the mask has type i32[1], want bools"},
		{func() { nn.LogsumexpWith(x, nn.Weights([]int{1, 2})) },
			"LogsumexpWith: operands have shapes"},
		{func() { nn.Glu(x) }, "Glu: operand has type f32[2,3], want an even size in axis 1"},
		{func() { nn.OneHot(x, 3) }, "OneHot: operand has type f32[2,3], want integers"},
		{func() { nn.OneHot(lax.FromSlice([]int{1}), -1) }, "OneHot: the number of classes is -1, want none that is negative"},
		{func() { nn.OneHotAxis(lax.FromSlice([]int{1}), 2, 2) }, "OneHotAxis: the axis is 2, want an axis of a result with 2 axes"},
	} {
		err := jax.Try(c.f)
		if err == nil || !strings.HasPrefix(err.Error(), "nn_test.go:") || !strings.Contains(err.Error(), ": "+c.want) {
			t.Errorf("error is %v, want nn_test.go:…: %s", err, c.want)
		}
	}
}
