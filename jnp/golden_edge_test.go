package jnp_test

import (
	"testing"

	"gojax/jax"
	"gojax/jnp"
)

// goldenEdge has arrays without elements, or with one.
func goldenEdge(v inputs, c *cases) {
	one := jnp.Split(v.X, []int{1})[0]
	row := jnp.Split(v.M, []int{1})[0]
	none := jnp.Zeros(jax.Shape{0})
	c.is("jnp.sum(z, axis=1)", jnp.Sum(v.Z, jnp.Axis(1)))
	c.is("jnp.prod(z)", jnp.Prod(v.Z))
	c.is("jnp.any(z)", jnp.Any(v.Z))
	c.is("jnp.mean(z, axis=0)", jnp.Mean(v.Z, jnp.Axis(0)))
	c.is("jnp.var(z, axis=1)", jnp.Var(v.Z, jnp.Axis(1)))
	c.is("jnp.max(z, axis=1)", jnp.Max(v.Z, jnp.Axis(1)))
	c.is("jnp.argmax(z, axis=1)", jnp.Argmax(v.Z, jnp.Axis(1)))
	c.is("jnp.cumsum(z, axis=0)", jnp.Cumsum(v.Z, jnp.Axis(0)))
	c.is("jnp.sort(z, axis=0)", jnp.Sort(v.Z, jnp.Axis(0)))
	c.is("jnp.argsort(z)", jnp.Argsort(v.Z))
	c.is("jnp.exp(z)", jnp.Exp(v.Z))
	c.is("jnp.where(z > 0, z, 1)", jnp.Where(v.Z.Gt(0), v.Z, 1))
	c.is("jnp.concatenate([z, s])", jnp.Concatenate([]jax.Array{v.Z, v.S}))
	c.is("jnp.matmul(z, s)", jnp.Matmul(v.Z, v.S))
	c.is("jnp.matmul(z.T, z)", jnp.Matmul(v.Z.T(), v.Z))
	c.is("jnp.einsum('ij,ik->jk', z, z)", jnp.Einsum("ij,ik->jk", v.Z, v.Z))
	c.is("jnp.outer(z, x)", jnp.Outer(v.Z, v.X))
	c.is("jnp.take(x, jnp.zeros((0, 2), int))", jnp.Take(v.X, jnp.Zeros(jax.Shape{0, 2}, jax.Int32)))
	c.is("jnp.take(z, jnp.array([0, 2]), axis=1)", jnp.Take(v.Z, []int{0, 2}, jnp.Axis(1)))
	c.is("jnp.take_along_axis(z, jnp.zeros((0, 1), int), axis=1)", jnp.TakeAlongAxis(v.Z, jnp.Zeros(jax.Shape{0, 1}, jax.Int32), jnp.Axis(1)))
	c.is("jnp.pad(z, ((1, 0), (0, 1)))", jnp.Pad(v.Z, [][2]int{{1, 0}, {0, 1}}))
	c.is("jnp.tile(z, 2)", jnp.Tile(v.Z, 2))
	c.is("jnp.repeat(z, 2)", jnp.Repeat(v.Z, 2))
	c.is("jnp.flip(z)", jnp.Flip(v.Z))
	c.is("jnp.roll(z, 1)", jnp.Roll(v.Z, 1))
	c.is("jnp.diff(z)", jnp.Diff(v.Z))
	c.is("jnp.searchsorted(jnp.zeros(0), x)", jnp.Searchsorted(none, v.X))
	c.is("jnp.searchsorted(up, jnp.zeros(0))", jnp.Searchsorted(v.Up, none))
	c.is("jnp.digitize(x, jnp.zeros(0))", jnp.Digitize(v.X, none))
	c.is("jnp.tril(z)", jnp.Tril(v.Z))
	c.is("jnp.diag(jnp.zeros(0))", jnp.Diag(none))
	c.is("jnp.trace(z)", jnp.Trace(v.Z))
	c.is("jnp.std(x[:1])", jnp.Std(one))
	c.is("jnp.var(x[:1], ddof=1)", jnp.Var(one, jnp.Ddof(1)))
	c.is("jnp.quantile(x[:1], 0.3)", jnp.Quantile(one, 0.3))
	c.is("jnp.median(x[:2])", jnp.Median(jnp.Split(v.X, []int{2})[0]))
	c.is("jnp.trapezoid(x[:1])", jnp.Trapezoid(one, nil))
	c.is("jnp.cov(m[:1])", jnp.Cov(row))
	c.is("jnp.diff(x[:1])", jnp.Diff(one))
	c.is("jnp.vander(x[:1])", jnp.Vander(one))
	c.is("jnp.kron(x[:1], x[:1])", jnp.Kron(one, one))
	c.is("jnp.convolve(x[:1], y)", jnp.Convolve(one, v.Y))
	c.is("jnp.interp(x, x[:1], y[:1])", jnp.Interp(v.X, one, jnp.Split(v.Y, []int{1})[0]))
	c.is("jnp.sum(x[0])", jnp.Sum(jnp.Take(v.X, 0)))
	c.is("jnp.cumsum(x[0])", jnp.Cumsum(jnp.Take(v.X, 0)))
	c.is("jnp.argwhere(x[0], size=1)", jnp.Argwhere(jnp.Take(v.X, 0), jnp.Size(1)))
	c.is("np.take(np.arange(300, dtype=np.int32), np.asarray(i8))", jnp.Take(jnp.Arange(300), v.I8))
	c.is("jnp.radians(i)", jnp.Radians(v.I))
	c.is("jnp.degrees(x)", jnp.Degrees(v.X))
}

// Constructors make scalars and convert arrays, and types know their limits.
func TestTypes(t *testing.T) {
	for _, row := range []struct {
		x    jax.Array
		want jax.DType
	}{
		{jnp.Bool(1), jax.Bool}, {jnp.Int8(1), jax.Int8}, {jnp.Int16(1), jax.Int16}, {jnp.Int32(1.5), jax.Int32},
		{jnp.Int64(1), jax.Int64}, {jnp.Uint8(1), jax.Uint8}, {jnp.Uint16(1), jax.Uint16}, {jnp.Uint32(1), jax.Uint32},
		{jnp.Uint64(uint64(1 << 63)), jax.Uint64}, {jnp.Float16(1), jax.Float16}, {jnp.BFloat16(1), jax.BFloat16},
		{jnp.Float32(1), jax.Float32}, {jnp.Float64([]int{1}), jax.Float64}, {jnp.Complex64(1), jax.Complex64},
		{jnp.Complex128(1i), jax.Complex128}, {jnp.EmptyLike(jnp.Int8(1)), jax.Int8},
	} {
		if row.x.DType() != row.want {
			t.Errorf("%v, want %v", row.x.Type(), row.want)
		}
	}
	if got := jnp.ResultType(jnp.Int8(1), 2.5); got != jax.Float32 {
		t.Errorf("ResultType(i8, 2.5) = %v, want f32", got)
	}
	if got := jnp.PromoteTypes(jax.Float16, jax.BFloat16); got != jax.Float32 {
		t.Errorf("PromoteTypes(f16, bf16) = %v, want f32", got)
	}
	if f, i := jnp.Finfo(jax.Float16), jnp.Iinfo(jax.Int8); f.Max != 65504 || i.Min != -128 || i.Max != 127 {
		t.Errorf("Finfo(f16) = %v, Iinfo(i8) = %v", f, i)
	}
	if n := jnp.Ndim([][]int{{1}}); n != 2 {
		t.Errorf("Ndim = %d, want 2", n)
	}
	if s := jnp.BroadcastShapes(jnp.Shape([]int{1, 2}), jax.Shape{3, 1}); len(s) != 2 || s[0] != 3 || s[1] != 2 {
		t.Errorf("BroadcastShapes = %v, want [3 2]", s)
	}
}

// A scalar that is made outside of a program is an operand of it: its value does not
// make another program.
func TestScalarsAreOperands(t *testing.T) {
	f := func(scale jax.Array) func(x jax.Array) jax.Array {
		return func(x jax.Array) jax.Array { return x.Mul(scale) }
	}
	x := jnp.Arange(3.0)
	one, two := jax.MakeJaxpr(f(jnp.Float32(1)))(x), jax.MakeJaxpr(f(jnp.Float32(2)))(x)
	if one.String() != two.String() {
		t.Errorf("programs differ by a captured scalar:\n%v\n%v", one, two)
	}
}
