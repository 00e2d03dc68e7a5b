package jnp_test

import (
	"gojax/jax"
	"gojax/jnp"
)

// sums returns f followed by the sum, whose gradient has the slopes of f.
func sums(f func(x jax.Array) jax.Array) func(x jax.Array) jax.Array {
	return func(x jax.Array) jax.Array { return f(x).Sum() }
}

// goldenGrad compares derivatives, at kinks and where something is 0 too.
func goldenGrad(v inputs, c *cases) {
	c.within(8)
	grad := func(f func(x jax.Array) jax.Array) func(x jax.Array) jax.Array { return jax.Grad(sums(f)) }
	c.is("jax.grad(lambda x: jnp.hypot(x, y).sum())(x)", grad(func(x jax.Array) jax.Array { return jnp.Hypot(x, v.Y) })(v.X))
	c.is("jax.grad(lambda x: jnp.logaddexp(x, y).sum())(x)", grad(func(x jax.Array) jax.Array { return jnp.Logaddexp(x, v.Y) })(v.X))
	c.is("jax.grad(lambda x: jnp.logaddexp(x, x + y).sum())(x)", grad(func(x jax.Array) jax.Array { return jnp.Logaddexp(x, x.Add(v.Y)) })(v.X))
	c.is("jax.vmap(jax.grad(jax.grad(lambda x: jnp.logaddexp(x, 2.0))))(x)", jax.Vmap(jax.Grad(jax.Grad(func(x jax.Array) jax.Array { return jnp.Logaddexp(x, 2.0) })))(v.X))
	c.is("jax.grad(lambda x: jnp.logaddexp2(x, y).sum())(x)", grad(func(x jax.Array) jax.Array { return jnp.Logaddexp2(x, v.Y) })(v.X))
	c.is("jax.grad(lambda x: jnp.sinc(x).sum())(x)", grad(jnp.Sinc)(v.X))
	c.is("jax.vmap(jax.grad(jax.grad(jnp.sinc)))(x)", jax.Vmap(jax.Grad(jax.Grad(jnp.Sinc)))(v.X))
	c.is("jax.grad(lambda x: jnp.frexp(x)[0].sum())(x)", grad(func(x jax.Array) jax.Array { m, _ := jnp.Frexp(x); return m })(v.X))
	c.is("jax.grad(lambda x: jnp.abs(x).sum())(x)", grad(jnp.Abs)(v.X))
	c.is("jax.grad(lambda x: jnp.clip(x, 0, 2).sum())(x)", grad(func(x jax.Array) jax.Array { return jnp.Clip(x, 0, 2) })(v.X))
	c.is("jax.grad(lambda x: jnp.maximum(x, 0).sum())(x)", grad(func(x jax.Array) jax.Array { return jnp.Maximum(x, 0) })(v.X))
	c.is("jax.grad(lambda x: jnp.fmax(x, 0).sum())(x)", grad(func(x jax.Array) jax.Array { return jnp.Fmax(x, 0) })(v.X))
	c.is("jax.grad(lambda x: jnp.power(x, 2.0).sum())(x)", grad(func(x jax.Array) jax.Array { return jnp.Power(x, 2.0) })(v.X))
	c.is("jax.grad(lambda x: jnp.power(x, 3).sum())(x)", grad(func(x jax.Array) jax.Array { return jnp.Power(x, 3) })(v.X))
	c.is("jax.grad(lambda x: jnp.mod(x, 1.5).sum())(x)", grad(func(x jax.Array) jax.Array { return jnp.Mod(x, 1.5) })(v.X))
	c.is("jax.grad(lambda x: jnp.where(x > 0, x * x, 0).sum())(x)", grad(func(x jax.Array) jax.Array { return jnp.Where(x.Gt(0), x.Mul(x), 0) })(v.X))
	c.is("jax.grad(jnp.prod)(x)", jax.Grad(func(x jax.Array) jax.Array { return jnp.Prod(x) })(v.X))
	c.is("jax.grad(jnp.max)(jnp.array([1., 3, 3]))", jax.Grad(func(x jax.Array) jax.Array { return jnp.Max(x) })(jnp.Array([]float32{1, 3, 3})))
	c.is("jax.grad(jnp.var)(x)", jax.Grad(func(x jax.Array) jax.Array { return jnp.Var(x) })(v.X))
	c.is("jax.grad(jnp.std)(x)", jax.Grad(func(x jax.Array) jax.Array { return x.Std() })(v.X))
	c.is("jax.grad(lambda x: jnp.var(x, axis=1, where=bb).sum())(m)", grad(func(x jax.Array) jax.Array { return jnp.Var(x, jnp.Axis(1), jnp.WhereMask(v.Bb)) })(v.M))
	c.is("jax.grad(lambda x: jnp.nanmean(x, axis=1).sum())(holes)", grad(func(x jax.Array) jax.Array { return jnp.Nanmean(x, jnp.Axis(1)) })(v.Holes))
	c.is("jax.grad(lambda x: jnp.nanvar(x, axis=1).sum())(holes)", grad(func(x jax.Array) jax.Array { return jnp.Nanvar(x, jnp.Axis(1)) })(v.Holes))
	c.is("jax.grad(jnp.median)(m)", jax.Grad(func(x jax.Array) jax.Array { return jnp.Median(x) })(v.M))
	c.is("jax.grad(lambda x: jnp.quantile(x, 0.3, axis=1).sum())(m)", grad(func(x jax.Array) jax.Array { return jnp.Quantile(x, 0.3, jnp.Axis(1)) })(v.M))
	c.is("jax.grad(lambda x: jax.nn.logsumexp(x, axis=1).sum())(m)", grad(func(x jax.Array) jax.Array { return jnp.Logsumexp(x, jnp.Axis(1)) })(v.M))
	c.is("jax.grad(lambda x: (jnp.cumprod(x) * y).sum())(x)", grad(func(x jax.Array) jax.Array { return x.Cumprod().Mul(v.Y) })(v.X))
	c.is("jax.grad(lambda x: (jnp.sort(x) * y).sum())(x)", grad(func(x jax.Array) jax.Array { return jnp.Sort(x).Mul(v.Y) })(v.X))
	c.is("jax.grad(lambda x: (jnp.sort(x, descending=True) * y).sum())(x)", grad(func(x jax.Array) jax.Array { return jnp.Sort(x, jnp.Descending()).Mul(v.Y) })(v.X))
	c.is("jax.grad(lambda x: jnp.take(x, jnp.array([1, 1, 4, 9])).sum())(x)", grad(func(x jax.Array) jax.Array { return jnp.Take(x, []int{1, 1, 4, 9}) })(v.X))
	c.is("jax.grad(lambda x: (jnp.pad(x, 3, mode='reflect') ** 2).sum())(x)", grad(func(x jax.Array) jax.Array { return jnp.Pad(x, 3, jnp.Mode("reflect")).Square() })(v.X))
	c.is("jax.grad(lambda x: jnp.trace(x @ x))(s)", jax.Grad(func(x jax.Array) jax.Array { return jnp.Trace(x.MatMul(x)) })(v.S))
	c.is("jax.grad(lambda x: jnp.diag(jnp.outer(x, x)).sum())(x)", grad(func(x jax.Array) jax.Array { return jnp.Diag(jnp.Outer(x, x)) })(v.X))
	c.is("jax.grad(lambda x: jnp.einsum('ij,jk,ik->', x, m, m))(s)", jax.Grad(func(x jax.Array) jax.Array { return jnp.Einsum("ij,jk,ik->", x, v.M, v.M) })(v.S))
	c.is("jax.grad(lambda x: jnp.einsum('ii,ij->', x, m))(s)", jax.Grad(func(x jax.Array) jax.Array { return jnp.Einsum("ii,ij->", x, v.M) })(v.S))
	c.is("jax.grad(lambda x: (jnp.matmul(t[:, None], jnp.swapaxes(x, 1, 2)) ** 2).sum())(t)", grad(func(x jax.Array) jax.Array {
		return jnp.Matmul(v.T.ExpandDims(1), x.Swapaxes(1, 2)).Square()
	})(v.T))
	c.is("jax.grad(lambda x: jnp.interp(x, up, y).sum())(x)", grad(func(x jax.Array) jax.Array { return jnp.Interp(x, v.Up, v.Y) })(v.X))
	c.is("jax.grad(lambda x: jnp.convolve(x, y).sum())(x)", grad(func(x jax.Array) jax.Array { return jnp.Convolve(x, v.Y) })(v.X))
	c.is("jax.grad(lambda x: jnp.cov(x)[0, 1])(m)", jax.Grad(func(x jax.Array) jax.Array { return jnp.Take(jnp.Cov(x), 1) })(v.M))
	c.is("jax.grad(lambda x: (jnp.trapezoid(x, axis=0) ** 2).sum())(m)", grad(func(x jax.Array) jax.Array { return jnp.Trapezoid(x, nil, jnp.Axis(0)).Square() })(v.M))
	c.is("jax.grad(lambda x: jnp.polyval(x, y).sum())(x)", grad(func(x jax.Array) jax.Array { return jnp.Polyval(x, v.Y) })(v.X))
	c.is("jax.jacrev(lambda x: jnp.cross(x, y[:3]))(x[:3])", jax.Jacrev(func(x jax.Array) jax.Array {
		return jnp.Cross(x, jnp.Split(v.Y, []int{3})[0])
	})(jnp.Split(v.X, []int{3})[0]))
	c.is("jax.jacfwd(lambda x: jnp.kron(x[:2], x[2:]))(x)", jax.Jacfwd(func(x jax.Array) jax.Array {
		parts := jnp.Split(x, []int{2})
		return jnp.Kron(parts[0], parts[1])
	})(v.X))
}
