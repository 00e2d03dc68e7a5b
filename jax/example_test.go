package jax_test

import (
	"errors"
	"fmt"

	"gojax/jax"
	"gojax/jnp"
	"gojax/random"
	"gojax/tree"
)

// Params of a model are any tree of arrays.
type Params struct{ W, B jax.Array }

func predict(p Params, x jax.Array) jax.Array { return jnp.Dot(p.W, x).Add(p.B) }

func squaredError(p Params, x jax.Array) jax.Array { return predict(p, x).Sub(1).Square() }

func sumLogistic(x jax.Array) jax.Array { return jnp.Sum(jnp.Div(1, x.Neg().Exp().Add(1))) }

var model = Params{W: jnp.Array([]float32{1, 2}), B: jnp.Float32(0.5)}

func Example() {
	x := jnp.Arange(3.0)
	fmt.Println(jax.Grad(sumLogistic)(x))
	hessian := jax.Jit(jax.Jacfwd(jax.Jacrev(sumLogistic)))
	fmt.Println(hessian(x).Shape())
	// Output:
	// [0.25       0.19661197 0.10499357]
	// [3 3]
}

func ExampleJit() {
	f := jax.Jit(func(x jax.Array, square bool) jax.Array {
		fmt.Println("tracing")
		if square { // a bool is static, so Go code may depend on it
			x = x.Square()
		}
		return jnp.Sum(x)
	})
	x := jnp.Arange(4.0)
	fmt.Println(f(x, true))
	fmt.Println(f(x.Add(1), true))
	fmt.Println(f(x, false))
	// Output:
	// tracing
	// 14.0
	// 30.0
	// tracing
	// 6.0
}

func ExampleDonateArgs() {
	double := jax.Jit(func(x jax.Array) jax.Array { return x.Mul(2) }, jax.DonateArgs(0), jax.Name("double"))
	x := jnp.Arange(3.0)
	fmt.Println(double(x))
	fmt.Println(jax.Try(func() { x.Add(1) }) != nil)
	// Output:
	// [0. 2. 4.]
	// true
}

func ExampleOnTrace() {
	f := jax.Jit(jnp.Sin)
	stop := jax.OnTrace(func(r jax.Retrace) { fmt.Println(r.Count, r.Reason) })
	defer stop()
	f(jnp.Float32(1))
	f(jnp.Float32(2))
	f(jnp.Arange(2.0))
	// Output:
	// 1 first call
	// 2 argument has type f32[2], before f32[]
}

func ExampleGrad() {
	fmt.Println(jax.Grad(jnp.Tanh)(jnp.Float32(0)))
	g := jax.Grad(jax.With(squaredError, jnp.Array([]float32{3, -1})))(model)
	fmt.Println(g.W, g.B) // a Params, as the argument is
	fmt.Println(jax.Grad(jax.Grad(jax.Grad(sumLogistic)))(jnp.Float32(1)))
	// Output:
	// 1.0
	// [ 3. -1.] 1.0
	// -0.035325605
}

func ExampleGrad2() {
	dx, dy := jax.Grad2(func(x, y jax.Array) jax.Array { return x.Mul(y) })(jnp.Float32(2), jnp.Float32(5))
	fmt.Println(dx, dy)
	// Output: 5.0 2.0
}

func ExampleValueAndGrad() {
	value, grad := jax.ValueAndGrad(sumLogistic)(jnp.Float32(0))
	fmt.Println(value, grad)
	// Output: 0.5 0.25
}

func ExampleGradAux() {
	f := func(x jax.Array) (jax.Array, map[string]jax.Array) {
		return jnp.Sum(x.Square()), map[string]jax.Array{"max": jnp.Max(x)}
	}
	fmt.Println(jax.GradAux(f)(jnp.Arange(3.0)))
	fmt.Println(jax.ValueAndGradAux(f)(jnp.Arange(3.0)))
	// Output:
	// [0. 2. 4.] map[max:2.0]
	// 5.0 map[max:2.0] [0. 2. 4.]
}

func ExampleStopGradient() {
	f := func(x jax.Array) jax.Array { return x.Mul(jax.StopGradient(x)) }
	fmt.Println(jax.Grad(f)(jnp.Float32(3)))
	// Output: 3.0
}

func ExampleJvp() {
	y, slope := jax.Jvp(jnp.Sin, jnp.Float32(0), jnp.Float32(2))
	fmt.Println(y, slope)
	// The derivative of a gradient in one direction: a product with the Hessian.
	x, v := jnp.Array([]float32{1, 2}), jnp.Array([]float32{1, 0})
	_, product := jax.Jvp(jax.Grad(func(x jax.Array) jax.Array { return jnp.Prod(x.Square()) }), x, v)
	fmt.Println(product)
	// Output:
	// 0.0 2.0
	// [8. 8.]
}

func ExampleVjp() {
	y, pull := jax.Vjp(func(p Params) jax.Array { return predict(p, jnp.Array([]float32{3, 4})) }, model)
	ct := pull(jnp.Float32(1))
	fmt.Println(y, ct.W, ct.B)
	// Output: 11.5 [3. 4.] 1.0
}

func ExampleLinearize() {
	y, derivative := jax.Linearize(jnp.Square, jnp.Array([]float32{1, 2, 3}))
	fmt.Println(y, derivative(jnp.Array([]float32{1, 0, 0})), derivative(jnp.Array([]float32{0, 1, 1})))
	// Output: [1. 4. 9.] [2. 0. 0.] [0. 4. 6.]
}

func ExampleLinearTranspose() {
	sums := func(x jax.Array) jax.Array { return jnp.Cumsum(x) }
	back := jax.LinearTranspose(sums, jax.ShapeDtype(jax.Float32, 3))
	fmt.Println(back(jnp.Array([]float32{1, 10, 100})))
	// Output: [111. 110. 100.]
}

func ExampleJacfwd() {
	f := func(x jax.Array) jax.Array {
		a, b := x.Index(0), x.Index(1)
		return jnp.Stack([]jax.Array{a.Mul(b), a.Square(), b.Add(1)})
	}
	x := jnp.Array([]float32{2, 5})
	fmt.Println(jax.Jacfwd(f)(x)) // forwards: one pass for each element of x
	fmt.Println(jnp.ArrayEqual(jax.Jacfwd(f)(x), jax.Jacrev(f)(x)))
	// Output:
	// [[5. 2.]
	//  [4. 0.]
	//  [0. 1.]]
	// True
}

func ExampleJacrev() {
	j := jax.Jacrev(func(p Params) jax.Array { return p.W.Mul(p.B) })(model)
	fmt.Println(j.W)
	fmt.Println(j.B)
	// Output:
	// [[0.5 0. ]
	//  [0.  0.5]]
	// [1. 2.]
}

func ExampleHessian() {
	f := func(x jax.Array) jax.Array { return jnp.Prod(x) }
	fmt.Println(jax.Hessian(f)(jnp.Array([]float32{1, 2, 3})))
	// Output:
	// [[0. 3. 2.]
	//  [3. 0. 1.]
	//  [2. 1. 0.]]
}

func ExampleRavel() {
	flat, unravel := jax.Ravel(model)
	fmt.Println(flat)
	fmt.Println(unravel(flat.Mul(10)).W)
	// Output:
	// [1.  2.  0.5]
	// [10. 20.]
}

func ExampleVmap() {
	xs := jnp.Arange(6.0).Reshape(3, 2)
	fmt.Println(jax.Vmap(predict, jax.InAxes(nil, 0))(model, xs)) // one Params for all rows
	perExample := jax.Vmap(func(p Params, x jax.Array) Params {
		return jax.Grad(jax.With(squaredError, x))(p)
	}, jax.InAxes(nil, 0))
	fmt.Println(perExample(model, xs).B)
	// Output:
	// [ 2.5  8.5 14.5]
	// [ 3. 15. 27.]
}

func ExampleInAxes() {
	stacked := Params{W: jnp.Arange(4.0).Reshape(2, 2), B: jnp.Float32(1)}
	f := jax.Vmap(predict, jax.InAxes(jax.Axes{"W": 1, "B": nil}, nil)) // the columns of W
	fmt.Println(f(stacked, jnp.Array([]float32{1, 1})))
	// Output: [3. 5.]
}

func ExampleOutAxes() {
	both := jax.Vmap(func(x jax.Array) (jax.Array, jax.Array) { return x, x }, jax.OutAxes(0, 1))
	rows, columns := both(jnp.Zeros(jax.Shape{4, 3}))
	fmt.Println(rows.Shape(), columns.Shape())
	// Output: [4 3] [3 4]
}

func ExampleAxisName() {
	f := jax.Vmap(func(x jax.Array) (jax.Array, jax.Array) {
		return x.Div(jax.Psum(x, "i")), jax.AxisIndex("i")
	}, jax.AxisName("i"))
	fmt.Println(f(jnp.Array([]float32{1, 3})))
	// Output: [0.25 0.75] [0 1]
}

func ExampleAxisSize() {
	keys := jax.Vmap(func() jax.Array { return jax.AxisIndex("i").Mul(10) }, jax.AxisName("i"), jax.AxisSize(3))
	fmt.Println(keys())
	// Output: [ 0 10 20]
}

func ExampleMakeJaxpr() {
	fmt.Println(jax.MakeJaxpr(sumLogistic)(jnp.Arange(3.0)))
	// Output:
	// { lambda ; a:f32[3]. let
	//     b:f32[3] = neg a
	//     c:f32[3] = exp b
	//     d:f32[3] = add c 1.0:f32[]
	//     e:f32[3] = div 1.0:f32[] d
	//     f:f32[] = reduce_sum[axes=(0,)] e
	//   in (f,) }
}

func ExampleEvalShape() {
	draw := func(n int) Params {
		return Params{W: random.Normal(random.PRNGKey(0), jax.Shape{n, n}), B: jnp.Zeros(jax.Shape{n})}
	}
	p := jax.EvalShape(draw)(100_000) // nothing is drawn
	fmt.Println(p.W.Shape(), p.B.Shape())
	// Output: [100000 100000] [100000]
}

func ExampleLower() {
	l := jax.Lower(predict, model, jax.ShapeDtype(jax.Float32, 2))
	fmt.Println(l.InTypes(), l.OutTypes())
	// Output: [f32[2] f32[] f32[2]] [f32[]]
}

func ExampleLowered_Compile() {
	double := func(x jax.Array) jax.Array { return jnp.Exp(x).Mul(2) }
	c := jax.Lower(double, jax.ShapeDtype(jax.Float32, 1000)).Compile()
	fmt.Println(c.MemoryAnalysis())
	fmt.Printf("%+v\n", c.CostAnalysis())
	fmt.Println(c.Call(jnp.Zeros(jax.Shape{1000}))[0].(jax.Array).Index(0))
	// Output:
	// argument 4000, output 4000, alias 0, temp 0, work 0, peak 8000 bytes
	// {Flops:1000 Transcendentals:1000 BytesAccessed:8000}
	// 2.0
}

func ExampleSetMemoryLimit() {
	jax.SetMemoryLimit(100 << 20)
	defer jax.SetMemoryLimit(0)
	err := jax.Try(func() { jnp.Ones(jax.Shape{10_000, 10_000}) })
	var m *jax.MemoryError
	fmt.Println(errors.As(err, &m), m.Want, m.Limit == jax.MemoryStats().BytesLimit)
	// Output: true 400000000 true
}

func ExampleTry() {
	x := jnp.Ones(jax.Shape{2, 3})
	err := jax.Try(func() { x.Add(jnp.Ones(jax.Shape{4})) })
	var e *jax.Error
	fmt.Println(errors.As(err, &e), e.Op)
	fmt.Println(e.Msg)
	// Output:
	// true add
	// operands have shapes [2 3] and [4], want shapes that broadcast: equal sizes or 1, aligned at the last axis
}

func ExampleDevicePut() {
	fmt.Println(jax.Devices()[0] == jax.DefaultDevice())
	p := jax.DevicePut(model) // a tree; what is on the device already is shared
	fmt.Println(jax.DeviceGet(jax.BlockUntilReady(p)).W)
	// Output:
	// true
	// [1. 2.]
}

func ExampleDelete() {
	p := Params{W: jnp.Ones(jax.Shape{1000, 1000}), B: jnp.Float32(0)}
	jax.Delete(p)
	fmt.Println(jax.Try(func() { p.W.Add(1) }) != nil)
	// Output: true
}

func ExampleSetThreads() {
	x := random.Normal(random.PRNGKey(0), jax.Shape{100_000})
	before := jax.Threads()
	defer jax.SetThreads(before)
	jax.SetThreads(1)
	one := jnp.Sum(x.Sin())
	jax.SetThreads(2)
	fmt.Println(jax.Item[float32](one) == jax.Item[float32](jnp.Sum(x.Sin())))
	// Output: true
}

func ExampleFromSlice() {
	x := jax.FromSlice([]float64{1, 2, 3, 4, 5, 6}, 2, 3)
	fmt.Printf("%+v\n", x)
	fmt.Println(jax.Values[float64](x.T()), jax.Item[float64](x.Index(1, 2)), jax.View[float64](x)[3])
	fmt.Println(jax.FromHalf(jax.BFloat16, []uint16{0x3f80, 0x4049}))
	// Output:
	// f64[2,3]
	// [[1. 2. 3.]
	//  [4. 5. 6.]]
	// [1 4 2 5 3 6] 6 4
	// [1 3.14062]
}

func ExampleFlatten() {
	leaves, structure := jax.Flatten(map[string]Params{"a": model})
	fmt.Println(len(leaves), structure)
	doubled := tree.Map(model, func(x jax.Array) jax.Array { return x.Mul(2) })
	fmt.Println(doubled.W)
	// Output:
	// 2 {"a": Params{W: *, B: *}}
	// [2. 4.]
}

func ExampleR() {
	x := jnp.Arange(12).Reshape(3, 4)
	fmt.Println(x.Index(1, jax.R(1, jax.Open)), x.Index(jax.All, -1), x.Index([]int{2, 0}, 0))
	fmt.Println(x.Index(jax.Ellipsis, jax.R(jax.Open, jax.Open, -1), jax.NewAxis).Shape())
	// Output:
	// [5 6 7] [ 3  7 11] [8 0]
	// [3 4 1]
}

func ExampleFillValue() {
	x := jnp.Arange(3.0)
	fmt.Println(x.At([]int{0, 9}).Get(jax.FillOrDrop, jax.FillValue(-1)), x.At([]int{0, 9}).Set(7))
	fmt.Println(x.At([]int{0, 2}).Add(1, jax.UniqueIndices()))
	// Output:
	// [ 0. -1.] [7. 1. 2.]
	// [1. 1. 3.]
}

func ExampleParseJaxpr() {
	j, err := jax.ParseJaxpr("{ lambda ; a:f32[3]. let b:f32[3] = sin a in (b,) }")
	fmt.Println(j, err)
	_, err = jax.ParseJaxpr("{ lambda ; a:f32[3]. let b:f32[4] = sin a in (b,) }")
	fmt.Println(err != nil)
	// Output:
	// { lambda ; a:f32[3]. let b:f32[3] = sin a in (b,) } <nil>
	// true
}

func ExampleCompileStats() {
	f := func(x jax.Array) jax.Array { return x.Sin().Mul(x) }
	jax.Jit(f)(jnp.Arange(3.0))
	before := jax.CompileStats().Compilations
	jax.Jit(f)(jnp.Arange(3.0)) // traced again, but the same program
	fmt.Println(jax.CompileStats().Compilations - before)
	// Output: 0
}

func ExampleClearCaches() {
	f := func(x jax.Array) jax.Array { return x.Cos().Mul(x) }
	x := jnp.Arange(3.0)
	jax.Jit(f)(x)
	jax.ClearCaches()
	before := jax.CompileStats().Compilations
	jax.Jit(f)(x)
	fmt.Println(jax.CompileStats().Compilations - before)
	// Output: 1
}
