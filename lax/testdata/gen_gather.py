"""Writes gather.json: values and derivatives of dot_general, gather and scatter by JAX."""
import json
import pathlib

import numpy as np
import jax
import jax.numpy as jnp
from jax import lax

assert jax.__version__ == "0.10.2"
rng = np.random.default_rng(0)
cases = []


def array(x):
    x = np.asarray(x)
    data = [round(float(v), 7) for v in x.astype(np.float64).ravel()]
    return {"t": str(x.dtype), "s": list(x.shape), "d": [int(v) if v == int(v) else v for v in data]}


def some(shape, dtype=np.float32):
    """Small integers, so that sums are exact and ties happen."""
    return jnp.asarray(rng.integers(-4, 5, shape), dtype)


def dot(xs, ys, contract, batch=((), ()), dtype="float32", preferred=None):
    x, y = some(xs, dtype), some(ys, dtype)
    f = lambda x, y: lax.dot_general(x, y, (contract, batch), preferred_element_type=preferred)
    z = f(x, y)
    c = dict(op="dot_general", contract=contract, batch=batch, x=array(x), y=array(y), z=array(z))
    if jnp.issubdtype(x.dtype, jnp.floating):
        ct = some(z.shape, z.dtype)
        dx, dy = jax.vjp(f, x, y)[1](ct)
        c |= dict(ct=array(ct), dx=array(dx), dy=array(dy))
    cases.append(c)


dot((3,), (3,), ((0,), (0,)))
dot((2, 3), (3, 4), ((1,), (0,)))
dot((2, 3), (4, 3), ((1,), (1,)))
dot((3, 2), (4, 3), ((0,), (1,)))
dot((2, 3), (4,), ((), ()))
dot((2, 0), (0, 3), ((1,), (0,)))
dot((2, 3, 4), (2, 4, 5), ((2,), (1,)), ((0,), (0,)))
dot((3, 4, 2), (4, 2, 5), ((1,), (0,)), ((2,), (1,)))
dot((2, 3, 4, 5), (5, 3, 4, 2), ((3, 1), (0, 1)), ((0, 2), (3, 2)))
dot((2, 3, 4, 5), (5, 3, 4, 2), ((1, 3), (1, 0)), ((2, 0), (2, 3)))
dot((2, 3, 2, 3), (3, 2, 3, 2), ((0, 3), (3, 2)), ((1,), (0,)))
dot((2, 3, 4), (4, 3, 2), ((0, 1, 2), (2, 1, 0)))
dot((2, 2, 3, 2), (2, 3, 2), ((3, 0, 2), (0, 2, 1)))
dot((2, 3), (3, 2), ((1,), (0,)), dtype="bfloat16", preferred="float32")
dot((2, 3), (3, 2), ((1,), (0,)), dtype="float16")
dot((2, 3), (3, 2), ((1,), (0,)), dtype="int8", preferred="int32")
dot((2, 3), (3, 2), ((1,), (0,)), dtype="uint8")
dot((2, 3), (3, 2), ((1,), (0,)), dtype="bool")


def windows():
    """Random shapes and dimension numbers."""
    rank = rng.integers(1, 4)
    shape = rng.integers(1, 4, rank)
    kinds = rng.choice(["collapsed", "window", "batch"], rank, p=[0.4, 0.4, 0.2])
    batch = [int(a) for a in range(rank) if kinds[a] == "batch"]
    collapsed = [int(a) for a in range(rank) if kinds[a] == "collapsed"]
    kept = [int(a) for a in range(rank) if kinds[a] == "window"]
    start = [a for a in rng.permutation(rank).tolist() if a not in batch and (a in collapsed or rng.random() < 0.7)]
    extra = rng.integers(1, 4, rng.integers(0, 3))
    # The indices' axes: the extra ones and the batching ones, mixed.
    axes = [("extra", int(n)) for n in extra] + [("batch", a) for a in batch]
    order = rng.permutation(len(axes))
    axes = [axes[i] for i in order]
    ishape = [n if k == "extra" else int(shape[n]) for k, n in axes]
    ibatch = [axes.index(("batch", a)) for a in batch]
    if not start and np.prod(ishape) != 1:
        return windows()  # XLA's scatter would heed the last window alone
    sizes = [1 if a not in kept else int(rng.integers(1, shape[a] + 1)) for a in range(rank)]
    out = len(ishape) + len(kept)
    offset = sorted(rng.permutation(out)[: len(kept)].tolist())
    indices = np.zeros(ishape + [len(start)], np.int32)
    for k, a in enumerate(start):
        indices[..., k] = rng.integers(-1, shape[a] + 1, ishape)
    return shape.tolist(), sizes, offset, collapsed, start, batch, ibatch, jnp.asarray(indices)


modes = {"promise": lax.GatherScatterMode.PROMISE_IN_BOUNDS, "clip": lax.GatherScatterMode.CLIP,
         "fill": lax.GatherScatterMode.FILL_OR_DROP}


def clamped(indices, shape, sizes, start):
    """Indices in bounds, for the mode that promises it."""
    hi = np.array([shape[a] - sizes[a] for a in start], np.int32)
    return jnp.asarray(np.clip(indices, 0, hi), jnp.int32) if start else indices


def gather(mode):
    shape, sizes, offset, collapsed, start, batch, ibatch, indices = windows()
    if mode == "promise":
        indices = clamped(indices, shape, sizes, start)
    dn = lax.GatherDimensionNumbers(tuple(offset), tuple(collapsed), tuple(start), tuple(batch), tuple(ibatch))
    x = some(shape)
    f = lambda x: lax.gather(x, indices, dn, sizes, mode=modes[mode], fill_value=7)
    t = some(shape)
    z, tz = jax.jvp(f, (x,), (t,))
    ct = some(z.shape)
    cases.append(dict(op="gather", mode=mode, dims=[offset, collapsed, start, batch, ibatch], sizes=sizes,
                      x=array(x), indices=array(indices), z=array(z), tx=array(t), tz=array(tz), ct=array(ct),
                      dx=array(jax.vjp(f, x)[1](ct)[0])))


def scatter(op, mode):
    shape, sizes, offset, collapsed, start, batch, ibatch, indices = windows()
    if mode == "promise":
        indices = clamped(indices, shape, sizes, start)
    dn = lax.ScatterDimensionNumbers(tuple(offset), tuple(collapsed), tuple(start), tuple(batch), tuple(ibatch))
    g = lax.GatherDimensionNumbers(tuple(offset), tuple(collapsed), tuple(start), tuple(batch), tuple(ibatch))
    u_shape = jax.eval_shape(lambda x: lax.gather(x, indices, g, sizes), jnp.zeros(shape)).shape
    x, u = some(shape), some(u_shape)
    f = {"scatter": lax.scatter, "scatter-add": lax.scatter_add, "scatter-mul": lax.scatter_mul,
         "scatter-min": lax.scatter_min, "scatter-max": lax.scatter_max}[op]
    h = lambda x, u: f(x, indices, u, dn, mode=modes[mode])
    z = h(x, u)
    c = dict(op=op, mode=mode, dims=[offset, collapsed, start, batch, ibatch], x=array(x), indices=array(indices),
             u=array(u), z=array(z))
    ct = some(z.shape)
    c |= dict(ct=array(ct))
    if op == "scatter-mul":
        c |= dict(dx=array(jax.vjp(lambda x: h(x, u), x)[1](ct)[0]))
    elif not (op in ("scatter-min", "scatter-max") and mode != "promise"):
        # JAX divides by zero there: its gathers look elsewhere than its scatters.
        dx, du = jax.vjp(h, x, u)[1](ct)
        tx, tu = some(shape), some(u_shape)
        c |= dict(dx=array(dx), du=array(du), tx=array(tx), tu=array(tu),
                  tz=array(jax.jvp(h, (x, u), (tx, tu))[1]))
    cases.append(c)


for mode in modes:
    for _ in range(12):
        gather(mode)
    for op in ["scatter", "scatter-add", "scatter-mul", "scatter-min", "scatter-max"]:
        for _ in range(8):
            scatter(op, mode)

path = pathlib.Path(__file__).with_name("gather.json")
path.write_text("[\n" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "\n]\n")
