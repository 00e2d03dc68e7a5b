package jnp_test

import (
	"gojax/jax"
	"gojax/jnp"
)

func goldenIndex(v inputs, c *cases) {
	goldenTake(v, c)
	goldenSort(v, c)
	goldenSized(v, c)
}

func goldenTake(v inputs, c *cases) {
	c.is("jnp.take(x, 2)", jnp.Take(v.X, 2))
	c.is("jnp.take(x, jnp.array([0, -1, 7]))", jnp.Take(v.X, []int{0, -1, 7}))
	c.is("jnp.take(i, jnp.array([0, -1, 7]))", jnp.Take(v.I, []int{0, -1, 7}))
	c.is("jnp.take(m, jnp.array([[0, 3], [1, -9]]), axis=1)", jnp.Take(v.M, [][]int{{0, 3}, {1, -9}}, jnp.Axis(1)))
	c.is("jnp.take(m, jnp.array([0, 9]), axis=0, mode='clip')", jnp.Take(v.M, []int{0, 9}, jnp.Axis(0), jnp.Mode("clip")))
	c.is("jnp.take(m, jnp.array([-1, 9]), axis=0, mode='wrap')", jnp.Take(v.M, []int{-1, 9}, jnp.Axis(0), jnp.Mode("wrap")))
	c.is("jnp.take(x, jnp.array([1, 8]), fill_value=-5)", jnp.Take(v.X, []int{1, 8}, jnp.FillValue(-5)))
	c.is("jnp.take(m, k)", jnp.Take(v.M, v.K))
	c.is("jnp.take(x, u8)", jnp.Take(v.X, v.U8))
	c.is("jnp.take(x, i8)", jnp.Take(v.X, v.I8))
	c.is("jnp.take_along_axis(m, jnp.argsort(m, axis=1), axis=1)", jnp.TakeAlongAxis(v.M, v.M.Argsort(1), jnp.Axis(1)))
	c.is("jnp.take_along_axis(m, jnp.array([[0, -1, 9, 1]]), axis=0)", jnp.TakeAlongAxis(v.M, [][]int{{0, -1, 9, 1}}, jnp.Axis(0)))
	c.is("jnp.take_along_axis(m, jnp.array([[1], [2], [0]]), axis=1)", jnp.TakeAlongAxis(v.M, [][]int{{1}, {2}, {0}}, jnp.Axis(1)))
	c.is("jnp.take_along_axis(t, jnp.array([[[1, 0, 3]]]), axis=-1)", jnp.TakeAlongAxis(v.T, [][][]int{{{1, 0, 3}}}))
	c.is("jnp.take_along_axis(m, jnp.array([[0, -1, 9, -9]]), axis=0, mode='clip')", jnp.TakeAlongAxis(v.M, [][]int{{0, -1, 9, -9}}, jnp.Axis(0), jnp.Mode("clip")))
	c.is("jnp.put_along_axis(m, jnp.array([[1], [2], [0]]), 9.0, axis=1, inplace=False)",
		jnp.PutAlongAxis(v.M, [][]int{{1}, {2}, {0}}, 9.0, jnp.Axis(1)))
	c.is("jnp.unravel_index(jnp.array([0, 5, 11, 40]), (3, 4))", jnp.UnravelIndex([]int{0, 5, 11, 40}, jax.Shape{3, 4})...)
	c.is("jnp.ravel_multi_index((i, j), (3, 4), mode='clip')", jnp.RavelMultiIndex([]any{v.I, v.J}, jax.Shape{3, 4}))
	c.is("jnp.ravel_multi_index((i, j), (3, 4), mode='wrap')", jnp.RavelMultiIndex([]any{v.I, v.J}, jax.Shape{3, 4}, jnp.Mode("wrap")))
}

func goldenSort(v inputs, c *cases) {
	c.is("jnp.sort(x)", jnp.Sort(v.X))
	c.is("jnp.sort(m, axis=0)", v.M.Sort(0))
	c.is("jnp.sort(nan)", jnp.Sort(v.Nan))
	c.is("jnp.sort(c)", jnp.Sort(v.C))
	c.is("jnp.sort(i8, descending=True)", jnp.Sort(v.I8, jnp.Descending()))
	c.is("jnp.argsort(x)", jnp.Argsort(v.X))
	c.is("jnp.argsort(k, axis=0)", jnp.Argsort(v.K, jnp.Axis(0)))
	c.is("jnp.argsort(b)", jnp.Argsort(v.B))
	c.is("jnp.argsort(b, descending=True)", jnp.Argsort(v.B, jnp.Descending()))
	c.is("jnp.argsort(m, axis=1, descending=True)", jnp.Argsort(v.M, jnp.Axis(1), jnp.Descending()))
	c.is("jnp.lexsort([x, b])", jnp.Lexsort([]jax.Array{v.X, v.B}))
	c.is("jnp.lexsort(m)", jnp.Lexsort(v.M))
	c.is("jnp.sort(jnp.partition(x, 2)[:2])", jnp.Sort(jnp.Split(jnp.Partition(v.X, 2), []int{2})[0]))
	c.is("jnp.argpartition(x, 2)[2]", jnp.Take(jnp.Argpartition(v.X, 2), 2))
	c.is("jnp.searchsorted(up, x)", jnp.Searchsorted(v.Up, v.X))
	c.is("jnp.searchsorted(up, m, side='right')", jnp.Searchsorted(v.Up, v.M, jnp.Right()))
	c.is("jnp.searchsorted(up, nan)", jnp.Searchsorted(v.Up, v.Nan))
	c.is("jnp.searchsorted(up, nan, side='right')", jnp.Searchsorted(v.Up, v.Nan, jnp.Right()))
	c.is("jnp.searchsorted(jnp.array([1, 3, 5, 7]), i)", jnp.Searchsorted([]int{1, 3, 5, 7}, v.I))
	c.is("jnp.searchsorted(up, 2)", jnp.Searchsorted(v.Up, 2))
	c.is("jnp.digitize(x, up)", jnp.Digitize(v.X, v.Up))
	c.is("jnp.digitize(x, up, right=True)", jnp.Digitize(v.X, v.Up, jnp.Right()))
	c.is("jnp.digitize(x, up[::-1])", jnp.Digitize(v.X, jnp.Flip(v.Up)))
}

// goldenSized has functions that find as many elements as they are told.
func goldenSized(v inputs, c *cases) {
	c.is("jnp.nonzero(k, size=4)", jnp.Nonzero(v.K, jnp.Size(4))...)
	c.is("jnp.nonzero(k, size=8)", jnp.Nonzero(v.K, jnp.Size(8))...)
	c.is("jnp.nonzero(k, size=8, fill_value=-1)", jnp.Nonzero(v.K, jnp.Size(8), jnp.FillValue(-1))...)
	c.is("jnp.flatnonzero(b, size=3)", jnp.Flatnonzero(v.B, jnp.Size(3)))
	c.is("jnp.argwhere(m > 1, size=7)", jnp.Argwhere(v.M.Gt(1), jnp.Size(7)))
	c.is("jnp.compress(b, x, size=4, fill_value=-1)", jnp.Compress(v.B, v.X, jnp.Size(4), jnp.FillValue(-1)))
	c.is("jnp.unique(k, size=4)", jnp.Unique(v.K, jnp.Size(4)))
	c.is("jnp.unique(k, size=7)", jnp.Unique(v.K, jnp.Size(7)))
	c.is("jnp.unique(k, size=7, fill_value=99)", jnp.Unique(v.K, jnp.Size(7), jnp.FillValue(99)))
	c.is("jnp.bincount(jnp.abs(i), length=4)", jnp.Bincount(v.I.Abs(), jnp.Size(4)))
	c.is("jnp.bincount(i, weights=x, length=6)", jnp.Bincount(v.I, jnp.Weights(v.X), jnp.Size(6)))
	c.is("jnp.isin(k, jnp.array([1, 4, 7]))", jnp.Isin(v.K, []int{1, 4, 7}))
	c.is("jnp.histogram_bin_edges(x, 4)", jnp.HistogramBinEdges(v.X, 4))
	h, e := jnp.Histogram(v.M, 4)
	c.is("jnp.histogram(m, 4)", h, e)
	h, e = jnp.Histogram(v.M, v.Up)
	c.is("jnp.histogram(m, up)", h, e)
	h, e = jnp.Histogram(v.X, 3, jnp.Range(0, 3), jnp.Weights(v.Pos))
	c.is("jnp.histogram(x, 3, range=(0, 3), weights=pos)", h, e)
	h, e = jnp.Histogram(v.I, 3, jnp.Density())
	c.is("jnp.histogram(i, 3, density=True)", h, e)
}

// goldenValues has functions that need to know values.
func goldenValues(v inputs, c *cases) {
	c.is("jnp.nonzero(k)", jnp.Nonzero(v.K)...)
	c.is("jnp.nonzero(z)", jnp.Nonzero(v.Z)...)
	c.is("jnp.flatnonzero(b)", jnp.Flatnonzero(v.B))
	c.is("jnp.argwhere(m > 1)", jnp.Argwhere(v.M.Gt(1)))
	c.is("jnp.compress(b, x)", jnp.Compress(v.B, v.X))
	c.is("jnp.compress(jnp.array([True, False, True]), m, axis=0)", jnp.Compress([]bool{true, false, true}, v.M, jnp.Axis(0)))
	c.is("jnp.extract(m > 1, m)", jnp.Extract(v.M.Gt(1), v.M))
	c.is("jnp.unique(k)", jnp.Unique(v.K))
	c.is("jnp.unique(nan)", jnp.Unique(v.Nan))
	values, indices, inverse, counts := jnp.UniqueAll(v.K)
	c.is("jnp.unique(k, return_index=True, return_inverse=True, return_counts=True)", values, indices, inverse, counts)
	c.is("jnp.union1d(k, i)", jnp.Union1d(v.K, v.I))
	c.is("jnp.intersect1d(k, i)", jnp.Intersect1d(v.K, v.I))
	c.is("jnp.setdiff1d(k, i)", jnp.Setdiff1d(v.K, v.I))
	c.is("jnp.setxor1d(k, i)", jnp.Setxor1d(v.K, v.I))
	c.is("jnp.bincount(jnp.abs(i))", jnp.Bincount(v.I.Abs()))
	c.is("jnp.bincount(u8[:2], minlength=6)", jnp.Bincount(jnp.Split(v.U8, []int{2})[0], jnp.MinLength(6)))
}
