"""Writes jaxprs.txt: programs as JAX prints them. Run: python jaxprs.py > jaxprs.txt

Parameters that this project's operations do not have are left out before printing,
so that lines break where they would without them.
"""

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax._src import core

assert jax.__version__ == "0.10.2", jax.__version__

ABSENT = {
    "accuracy", "ctx_mesh", "dimensions=None", "out_dtype", "out_sharding", "precision",
    "preferred_element_type=None", "sharding", "axis_index_groups", "is_stable",
    "update_consts", "update_jaxpr",
}
original = core._pp_eqn


def without(eqn, context, settings, params=None):
    def kept(k):
        return k not in ABSENT and f"{k}={eqn.params[k]}" not in ABSENT
    params = [k for k in (sorted(eqn.params) if params is None else params) if kept(k)]
    return original(eqn, context, settings, params)


core._pp_eqn = without

f32, i32, c64 = jnp.float32, jnp.int32, jnp.complex64
v, m = jax.ShapeDtypeStruct((3,), f32), jax.ShapeDtypeStruct((3, 4), f32)
s, iv, bv = jax.ShapeDtypeStruct((), f32), jax.ShapeDtypeStruct((3,), i32), jax.ShapeDtypeStruct((3,), bool)
mt = jax.ShapeDtypeStruct((4, 2), f32)
cv = jax.ShapeDtypeStruct((3,), c64)
const = jnp.ones((3,), f32)


def selu(x):
    return lax.mul(f32(1.05), lax.select(x > 0, x, lax.sub(lax.mul(f32(1.67), lax.exp(x)), f32(1.67))))


def twelve(x):
    for _ in range(12):
        x = lax.sin(x)
    return x


def many(x):
    for _ in range(60):
        x = lax.neg(x)
    return x


def twice(x):
    f = jax.jit(lambda y: lax.add(y, f32(1)))
    return f(f(x))


def pair(x):
    return lax.mul(x, f32(2)), lax.neg(x)


CASES = {
    "one": (lambda x: lax.exp(x), v),
    "nothing": (lambda: (), ),
    "identity": (lambda x: x, v),
    "no results": (lambda x: (), v),
    "repeated": (lambda x: (x, x), v),
    "literal result": (lambda x: (f32(1), x), v),
    "literals": (lambda x: lax.add(lax.mul(x, f32(0.1)), f32(1e-5)), v),
    "literals of all kinds": (lambda x, i, b: (
        lax.add(x, f32(1e20)), lax.add(x, f32(-0.0)), lax.add(x, f32(np.inf)), lax.add(x, f32(-np.inf)),
        lax.add(x, f32(np.nan)), lax.add(x, f32(3.4e16)), lax.add(x, f32(123456.789)),
        lax.add(i, i32(-7)), lax.bitwise_and(b, np.bool_(True))), v, iv, bv),
    "complex literals": (lambda x: (
        lax.mul(x, c64(1j)), lax.mul(x, c64(-1 - 2j)), lax.mul(x, c64(complex(-0.0, 2))), lax.mul(x, c64(0.5)),
        lax.mul(x, c64(complex(np.nan, -np.inf)))), cv),
    "selu": (selu, v),
    "captured": (lambda x: lax.mul(x, const), v),
    "twelve": (twelve, v),
    "names": (many, s),
    "many operands": (lambda *a: lax.concatenate(a, 0), *[v] * 40),
    "many results": (lambda x: [x] * 25, v),
    "reduce": (lambda x: lax.reduce_sum(x, [0]), m),
    "reduce all": (lambda x: lax.reduce_max(x, [0, 1]), m),
    "broadcast": (lambda x: lax.broadcast_in_dim(x, (2, 3), (1,)), v),
    "broadcast scalar": (lambda x: lax.broadcast_in_dim(x, (2, 3), ()), s),
    "reshape": (lambda x: lax.reshape(x, (4, 3)), m),
    "transpose": (lambda x: lax.transpose(x, (1, 0)), m),
    "squeeze": (lambda x: lax.squeeze(x, (1,)), jax.ShapeDtypeStruct((3, 1), f32)),
    "slice": (lambda x: lax.slice(x, (0, 1), (2, 3)), m),
    "strided slice": (lambda x: lax.slice(x, (0, 1), (2, 4), (1, 2)), m),
    "concatenate": (lambda x: lax.concatenate([x, x], 1), m),
    "pad": (lambda x: lax.pad(x, f32(0), [(1, -1, 0), (0, 0, 2)]), m),
    "rev": (lambda x: lax.rev(x, (0, 1)), m),
    "iota": (lambda: lax.broadcasted_iota(i32, (3, 4), 1), ),
    "convert": (lambda x: lax.convert_element_type(x, i32), m),
    "bitcast": (lambda x: lax.bitcast_convert_type(x, i32), m),
    "compare": (lambda x, y: lax.select_n(lax.lt(x, y), x, y), m, m),
    "clamp": (lambda x: lax.clamp(f32(0), x, f32(1)), m),
    "round": (lambda x: lax.round(x, lax.RoundingMethod.TO_NEAREST_EVEN), m),
    "integer_pow": (lambda x: lax.integer_pow(x, -3), m),
    "cumsum": (lambda x: lax.cumsum(x, 1, reverse=True), m),
    "argmax": (lambda x: lax.argmax(x, 1, i32), m),
    "barrier": (lambda x, y: lax.optimization_barrier((x, y)), m, v),
    "complex": (lambda x, y: lax.conj(lax.complex(x, y)), v, v),
    "dot": (lambda x, y: lax.dot_general(x, y, (((1,), (0,)), ((), ())), preferred_element_type=f32), m, mt),
    "batched dot": (lambda x, y: lax.dot_general(x, y, (((2,), (1,)), ((0,), (0,))), preferred_element_type=f32),
                    jax.ShapeDtypeStruct((5, 2, 3), f32), jax.ShapeDtypeStruct((5, 3, 4), f32)),
    "sort": (lambda x, y: lax.sort((x, y), num_keys=2), m, m),
    "top_k": (lambda x: lax.top_k(x, 2)[0], m),
    "dynamic_slice": (lambda x, i: lax.dynamic_slice(x, (i,), (2,)), v, jax.ShapeDtypeStruct((), i32)),
    "dynamic_update_slice": (lambda x, y, i: lax.dynamic_update_slice(x, y, (i,)), v, v, jax.ShapeDtypeStruct((), i32)),
    "gather": (lambda x, i: lax.gather(x, i, lax.GatherDimensionNumbers((1,), (0,), (0,)), (1, 4), mode="clip"),
               m, jax.ShapeDtypeStruct((2, 1), i32)),
    "filling gather": (lambda x, i: lax.gather(x, i, lax.GatherDimensionNumbers((1,), (0,), (0,)), (1, 4), mode="fill"),
                       m, jax.ShapeDtypeStruct((2, 1), i32)),
    "scatter": (lambda x, i, u: lax.scatter_add(x, i, u, lax.ScatterDimensionNumbers((1,), (0,), (0,)), mode="drop"),
                m, jax.ShapeDtypeStruct((2, 1), i32), jax.ShapeDtypeStruct((2, 4), f32)),
    "clz": (lambda x: lax.clz(x), iv),
    "psum": (lambda x: lax.psum(x, "i"), v),
    "axis_index": (lambda: lax.axis_index("i"), ),
    "jit": (lambda x: jax.jit(lambda y: lax.mul(lax.sin(y), f32(2)))(x), v),
    "donating jit": (lambda x, y: jax.jit(lambda p, q: lax.add(p, q), donate_argnums=1)(x, y), v, v),
    "short jit": (lambda x: jax.jit(lambda y: lax.sin(y))(x), v),
    "jit of two": (lambda x, y: jax.jit(lambda p, q: (lax.add(p, q), p))(y, x), v, v),
    "nested jit": (lambda x: jax.jit(lambda y: lax.neg(jax.jit(lambda z: lax.sin(lax.sin(z)))(lax.exp(y))))(x), v),
    "long jit": (lambda x: jax.jit(twelve)(x), v),
    "jit twice": (twice, v),
    "jit thrice": (lambda x: jax.jit(twice)(lax.neg(twice(x))), v),
    "jit of pairs": (lambda x: [lax.add(a, b) for a, b in [jax.jit(pair)(x)]], v),
}

for name, (f, *args) in CASES.items():
    print(f"-- {name} --")
    print(jax.make_jaxpr(f, axis_env=[("i", 3)])(*args))
