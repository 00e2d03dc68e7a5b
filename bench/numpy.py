"""NumPy's side of the benchmarks: the workloads that it has, under the same names."""
import time
import numpy as np

rng = np.random.default_rng(0)
W = {}  # name -> function that returns a function of n


def loop(f):
    """Times n calls of f."""
    def run(n):
        t = time.perf_counter()
        for _ in range(n):
            f()
        return time.perf_counter() - t
    return run


def normal(*shape):
    return rng.standard_normal(shape, dtype=np.float32)


def on(name, f, *shapes):
    def setup():
        args = [normal(*s) for s in shapes]
        return loop(lambda: f(*args))
    W[name] = setup


def selu(x, alpha=np.float32(1.67), lmbda=np.float32(1.05)):
    return lmbda * np.where(x > 0, x, alpha * np.exp(x) - alpha)


def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def layer_norm(x, g):
    c = x - x.mean(-1, keepdims=True)
    return c / np.sqrt((c * c).mean(-1, keepdims=True) + np.float32(1e-5)) * g


def at_indices(f):
    def setup():
        x, i = normal(1000000), rng.integers(0, 1000000, 1000000, dtype=np.int32)
        return loop(lambda: f(x, i))
    return setup


def scatter_add(x, i):
    y = np.zeros_like(x)
    np.add.at(y, i, x)
    return y


one, square, large = (1000000,), (1000, 1000), (3000, 3000)
on("dot3000 device", lambda x: x @ x.T, large)
on("numpy x@x.T", lambda x: x @ x.T, large)
on("dot 3000 a@b (distinct)", np.matmul, large, large)
on("numpy dot3000", lambda x: x @ x, large)
on("random.normal 3000x3000", lambda: normal(3000, 3000))
on("selu 1M eager", selu, one)
on("selu 1M jit", selu, one)
on("sum 1M", np.sum, one)
on("mean+var 1M", lambda x: np.mean(x) + np.var(x), one)
on("exp 1M", np.exp, one)
on("tanh 1M", np.tanh, one)
on("log 1M", lambda x: np.log(np.abs(x)), one)
on("sin 1M", np.sin, one)
on("sort 1M", np.sort, one)
on("argsort 1e6", lambda x: np.argsort(x, kind="stable"), one)
on("cumsum 1M", np.cumsum, one)
on("softmax 1000x1000", softmax, square)
on("layer-norm 1000x1000", layer_norm, square, (1000,))
on("transpose 1000x1000", lambda x: np.ascontiguousarray(x.T), square)
on("matvec 4096", np.matmul, (4096, 4096), (4096,))
on("matmul 1000 of 16x16", np.matmul, (1000, 16, 16), (1000, 16, 16))
for n in (128, 512, 1024):
    on(f"matmul {n}", np.matmul, (n, n), (n, n))
W["gather 1M"] = at_indices(lambda x, i: x[i])
W["scatter-add 1M"] = at_indices(scatter_add)
W["permutation 1e6"] = lambda: loop(lambda: rng.permutation(1000000))
on("naive batched", lambda m, v: np.stack([m @ r for r in v]), (150, 100), (10, 100))
on("manual batched", lambda m, v: v @ m.T, (150, 100), (10, 100))
