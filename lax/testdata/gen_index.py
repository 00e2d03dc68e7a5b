"""Writes index.json: index expressions, applied to arrays by NumPy and JAX, with gradients by JAX."""
import json
import pathlib
import warnings

import numpy as np
import jax
import jax.numpy as jnp

assert jax.__version__ == "0.10.2"
warnings.simplefilter("ignore")
jax.config.update("jax_numpy_rank_promotion", "allow")

A = lambda *x: np.array(x, np.int32)
B = lambda *x: np.array(x, bool)
E = Ellipsis
N = None
S = slice
M = np.arange(12).reshape(3, 4) % 5 < 2  # a mask of the axes of size 3 and 4

# Each row: the shape of the array, and tuples of indices.
table = [
    ((5,), [
        (), (0,), (4,), (-1,), (-5,), (S(None),), (S(1, 3),), (S(3, 1),), (S(None, None, 2),), (S(None, None, -1),),
        (S(None, None, -2),), (S(4, 0, -2),), (S(0, 4, -1),), (S(-3, -1),), (S(-100, 100),), (S(100, -100, -1),),
        (S(1, 5, 3),), (S(3, 3),), (S(3, None, -3),), (S(None, -1),), (S(-2, None),), (S(None, 2, -1),), (N,), (E,),
        (N, 2), (2, N), (N, S(1, 3), N), (E, N), (N, E), (E, 0), (0, E), (A(0),), (A(0, 2, 2),), (A(-1, -5),),
        (np.zeros((0,), np.int32),), (np.zeros((2, 0), np.int32),), (A([0, 1], [3, 4]),), (np.int32(3),), (np.array(2),),
        (B(1, 0, 1, 0, 0),), (B(0, 0, 0, 0, 0),), (B(1, 1, 1, 1, 1),), (True,), (False,), (True, 1), (N, A(1, 1)),
        (A(1, 1), N), (A([0], [1]), N), (E, A(1, 3)), (A(1, 3), E), (True, S(1, 3)), (True, A(1, 2)), (A(4, 3, 4, 0),),
        (np.array(2), N), (A(7, -9, 1),), (S(None, None, 7),), (S(-1, -6, -1),), (S(-1, -7, -4),),
    ]),
    ((3, 4), [
        (1,), (1, 2), (-1, -1), (S(None), 1), (1, S(None)), (S(1, 3), S(0, 4, 2)), (S(None, None, -1), S(None, None, -2)),
        (E, 1), (1, E), (0, E, 1), (E, S(1, 2), N), (N, N, 1), (1, N, 2), (1, N, N, S(1, 3)), (S(None), N, 0),
        (A(0, 2),), (A(0, 2), 1), (1, A(0, 2)), (A(0, 2), A(1, 3)), (A(0, 2), S(1, 3)), (S(0, 2), A(0, 0, 3)),
        (A([0], [2]), A(0, 1, 3)), (A([0, 1], [2, 0]),), (A([0, 1], [2, 0]), S(None, None, 2)), (S(None, None, -1), A(2, 1)),
        (A(0, 2), N, A(1, 3)), (N, A(0, 2), A(1, 3)), (A(0, 2), A(1, 3), N), (A(0, 2), E, A(1, 3)), (A(1), A(0, 1, 2)),
        (M,), (B(1, 0, 1),), (B(1, 0, 1), S(1, 3)), (S(None), B(1, 0, 1, 1)), (B(1, 0, 1), A(1, 2)), (B(1, 0, 1), 2),
        (N, M), (M, N), (True, 1), (False, 1), (1, True), (np.int32(1),), (np.int32(1), np.int32(-1)),
        (np.int32(1), S(1, 3)), (S(1, 3), np.int32(1)), (np.int32(-1), S(None, None, -1)), (np.int32(1), N, A(1, 2)),
        (np.zeros((0,), np.int32), S(None)), (S(None), np.zeros((0,), np.int32)), (S(2, 2),), (S(2, 2), A(1)),
        (A(5, -4), A(9, 1)), (S(None, None, 2), 1), (A(0, 1, 2), A(0, 1, 2)), (A(2, 2, 2), A(3, 3, 0)), (E,), (E, N),
        (S(1, None), S(None, -1)), (S(None, None, 2), A([1], [1])), (M[:, 0],), (A(0, 0), S(None, None, -1)),
        (np.uint8([0, 2]),), (np.int64([-1, 1]),), (np.array([0, 2], np.uint32), np.int8([-1, -2])),
    ]),
    ((2, 3, 4), [
        (1,), (0, 1, 2), (S(None), 1), (E, 2), (0, E, 3), (S(None), 1, S(None, None, 2)), (A(0, 1), 1), (A(0, 1), S(None), 1),
        (A(0, 1), S(None), A(1, 2)), (S(None), A(0, 2), A(1, 3)), (A(0, 1), A(0, 2), S(None)), (0, S(None), A(1, 3)),
        (0, A(0, 2), S(1, 3)), (S(None), 0, A(1, 3)), (S(None), A(0, 2), S(None, None, -1)), (A(0, 1), N, 1),
        (S(None), A(1, 2), N, A(1, 2)), (E, A(0, 0)), (A(0, 0), E), (A(0, 1), E, A(2, 3)), (S(None), M), (M.T[:2, :3],),
        (B(0, 1), S(None), A(2,)), (B(0, 1), S(None), B(1, 0, 0, 1)[:4]), (N, 1, N, S(None), N, 2, N), (1, E, N),
        (A([0, 1], [1, 0]), S(None), A([2], [3])), (S(None), A([0, 1], [1, 0])), (S(None, None, -1), A([0, 1], [1, 0]), S(0, 4, 3)),
        (A(1), S(None, None, -2), A(0, 1, 3)), (S(0, 1), 2, A(1, 1, 1)), (np.int32(1), S(None), np.int32(2)),
        (np.int32(1), S(0, 2), np.int32(2)), (S(None), np.int32(1), A(1, 2)), (A(1, 1), 2, A(3, 3)), (0, N, A(1, 2), 1),
        (0, S(None), N, A(1, 2)), (E, N, A(1, 2)), (np.zeros((2, 0), np.int32), S(1, 2)), (True, 0, A(1, 2)),
        (M.any(1)[:2], 1), (S(None), S(2, 0, -1), S(3, None, -3)), (A(0, 1, 0), A(2, 1, 2), A(3, 0, 3)),
    ]),
    ((0, 3), [(S(None), 1), (N,), (S(None), A(1, 1)), (np.zeros((0,), np.int32),), (np.zeros((0, 3), bool),)]),
    ((), [(), (E,), (N,), (N, E, N), (True,), (False,)]),
]


def item(i):
    if i is None:
        return "new"
    if i is Ellipsis:
        return "..."
    if isinstance(i, (bool, np.bool_)):
        return {"bool": bool(i)}
    if isinstance(i, slice):
        return {"slice": [i.start, i.stop, i.step]}
    if isinstance(i, int):
        return {"int": i}
    i = np.asarray(i)
    return array(i)


def array(x):
    x = np.asarray(x)
    data = [round(float(v), 6) for v in x.astype(np.float64).ravel()]
    return {"t": str(x.dtype), "s": list(x.shape), "d": [int(v) if v == int(v) else v for v in data]}


rng = np.random.default_rng(0)
rows = []
for shape, list_ in table:
    x = np.arange(1, 1 + np.prod(shape, dtype=int)).reshape(shape).astype(np.float32)
    for idx in list_:
        jidx = tuple(jnp.asarray(i) if isinstance(i, (np.ndarray, np.generic)) and i.dtype != np.bool_ else i for i in idx)
        inside = True
        try:
            want = x[idx]
        except IndexError:
            inside = False
        y = jnp.asarray(x)[jidx]
        if inside:
            np.testing.assert_array_equal(want, y, err_msg=str(idx))
        # A smooth function of what was chosen, so that repeated elements show.
        w = jnp.asarray(rng.integers(1, 5, y.shape), jnp.float32)
        g = jax.grad(lambda x: (w * x[jidx] ** 2).sum())(jnp.asarray(x))
        row = dict(shape=list(shape), index=[item(i) for i in idx], y=array(y), inside=inside, w=array(w), g=array(g))
        # Updates: those that broadcast, with derivatives in the array and in the updates.
        u = w[:1] if y.ndim and y.shape[0] > 1 and len(rows) % 3 == 0 else w
        v = jnp.asarray(rng.integers(1, 5, shape), jnp.float32)
        row["u"], row["v"] = array(u), array(v)
        for name in ["set", "add", "max", "min"]:
            f = lambda x, u: getattr(x.at[jidx], name)(u)
            row[name] = array(f(jnp.asarray(x), u))
            h = lambda x, u: (v * f(x, u) ** 2).sum()
            if inside or name in ("set", "add"):
                gx, gu = jax.grad(h, (0, 1))(jnp.asarray(x), u)
                row[name + "_gx"], row[name + "_gu"] = array(gx), array(gu)
        row["mul"] = array(jnp.asarray(x).at[jidx].mul(u))
        for mode in ["clip", "fill"]:
            row["get_" + mode] = array(jnp.nan_to_num(jnp.asarray(x).at[jidx].get(mode=mode), nan=-1))
        row["set_clip"] = array(jnp.asarray(x).at[jidx].set(u, mode="clip"))
        rows.append(row)

path = pathlib.Path(__file__).with_name("index.json")
path.write_text("[\n" + ",\n".join(json.dumps(r, separators=(",", ":")) for r in rows) + "\n]\n")
print(len(rows), "rows")
