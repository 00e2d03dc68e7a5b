"""Writes structure.txt: what JAX gives where reductions, scans, sorts and slices are
tricky. Each line has a key, a dtype, a shape, and the elements."""

import jax

assert jax.__version__ == "0.10.2"
jax.config.update("jax_enable_x64", True)

import jax.numpy as jnp
import numpy as np
from jax import lax

inf, nan = np.inf, np.nan
ties = jnp.array([1.0, 1.0, 1.0, 1.0, 1.0, 2.0, 2.0])
zeros = jnp.array([0.0, 2.0, 0.0, 3.0, 0.0])
ends = jnp.array([-inf, -inf, 1.0, inf, inf])
holes = jnp.array([2.0, nan, 3.0, -1.0])
signs = jnp.array([3.0, nan, -0.0, 0.0, -inf, inf, 0.0, -0.0])
complexes = jnp.array([1 + 2j, complex(nan, 0), 1 + 1j, complex(0, nan), 5j, 0j])
cases = {}

for op in "cumsum cumprod cummax cummin cumlogsumexp".split():
    f = getattr(lax, op)
    for name, x in dict(ties=ties, zeros=zeros, ends=ends, holes=holes).items():
        for reverse in (False, True):
            at = f"{op} {name} {str(reverse).lower()}"
            cases[at] = f(x, reverse=reverse)
            if name != "holes":
                cases["jac " + at] = jax.jacfwd(lambda x: f(x, reverse=reverse))(x)
for op in "cumsum cumprod".split():
    cases[op + " i8"] = getattr(lax, op)(jnp.array([100, 100, 3], jnp.int8))
cases["cumlogsumexp c128"] = lax.cumlogsumexp(jnp.array([2 + 3j, 1 - 3j, 3 + 2j]))
cases["cummax c128"] = lax.cummax(jnp.array([2 + 3j, 1 - 3j, 3 + 2j, 3 + 1j]))
cases["cummax u64"] = lax.cummax(jnp.array([2**63, 5, 2**64 - 1], jnp.uint64))

for op in "sum prod max min".split():
    f = getattr(lax, "reduce_" + op)
    for name, x in dict(ties=ties, zeros=zeros, ends=ends, holes=holes).items():
        cases[f"reduce_{op} {name}"] = f(x, (0,))
        cases[f"grad reduce_{op} {name}"] = jax.jacfwd(lambda x: f(x, (0,)))(x)
    for t in (jnp.float16, jnp.int8, jnp.uint64, jnp.complex64):
        cases[f"reduce_{op} nothing {np.dtype(t).name}"] = f(jnp.zeros((0, 2), t), (0,))
cases["reduce_max bool"] = lax.reduce_max(jnp.array([[True, False], [False, False]]), (0,))
cases["reduce_min bool"] = lax.reduce_min(jnp.array([[True, False], [False, False]]), (0,))
cases["reduce_max c128"] = lax.reduce_max(jnp.array([1 + 2j, 1 + 3j, 0j]), (0,))
cases["reduce_min u64"] = lax.reduce_min(jnp.array([2**63, 2**64 - 1], jnp.uint64), (0,))
cases["reduce_max i64"] = lax.reduce_max(jnp.array([2**62 + 1, 2**62]), (0,))
cases["reduce_sum i8"] = lax.reduce_sum(jnp.array([100, 100], jnp.int8), (0,))
for op in "and or xor".split():
    f = getattr(lax, "reduce_" + op)
    cases[f"reduce_{op} i32"] = f(jnp.array([6, 3], jnp.int32), (0,))
    cases[f"reduce_{op} bool"] = f(jnp.array([[True, False, True], [True, False, False]]), (0,))
    cases[f"reduce_{op} nothing u8"] = f(jnp.zeros((0,), jnp.uint8), (0,))
    cases[f"reduce_{op} nothing bool"] = f(jnp.zeros((0,), jnp.bool_), (0,))

for op in "argmax argmin".split():
    f = getattr(lax, op)
    for name, x in dict(ties=ties, zeros=zeros, ends=ends, holes=holes, signs=signs).items():
        cases[f"{op} {name}"] = f(x, 0, jnp.int32)
    cases[f"{op} bool"] = f(jnp.array([False, True, True]), 0, jnp.int32)
    cases[f"{op} u64"] = f(jnp.array([5, 2**63, 3], jnp.uint64), 0, jnp.int32)
cases["argmax narrow"] = lax.argmax(jnp.arange(300), 0, jnp.uint8)

cases["sort signs"] = lax.sort(signs)
cases["sort places"] = lax.sort((signs, jnp.arange(8, dtype=jnp.int32)), num_keys=1)[1]
cases["sort c128"] = lax.sort(complexes)
cases["sort u64"] = lax.sort(jnp.array([2**63, 5, 2**64 - 1], jnp.uint64))
cases["sort keys"] = lax.sort((jnp.array([1, 0, 1, 0]), jnp.array([2.0, 5.0, 1.0, 5.0]), jnp.arange(4)), num_keys=2)[2]
cases["jac sort ties"] = jax.jacfwd(lax.sort)(jnp.array([1.0, 1.0, 0.0]))
for name, x in dict(ties=ties, ends=ends, holes=holes, signs=signs).items():
    cases[f"top_k {name}"], cases[f"top_k places {name}"] = lax.top_k(x, 3)
cases["top_k u64"] = lax.top_k(jnp.array([2**63, 5, 2**64 - 1], jnp.uint64), 2)[0]
cases["jac top_k ties"] = jax.jacfwd(lambda x: lax.top_k(x, 3)[0])(ties)

numbers = jnp.arange(10.0)
for start in (jnp.int32(-3), jnp.int32(-30), jnp.int32(9), jnp.uint8(9), jnp.uint64(2**63 + 5)):
    cases[f"dynamic_slice {start.dtype} {start}"] = lax.dynamic_slice(numbers, (start,), (2,))
    cases[f"dynamic_update_slice {start.dtype} {start}"] = lax.dynamic_update_slice(numbers, -numbers[1:3], (start,))
starts = jnp.array([-3, -30, 4, 9], jnp.int32)
cases["dynamic_slice rows"] = jax.vmap(lambda i: lax.dynamic_slice(numbers, (i,), (2,)))(starts)
cases["dynamic_update_slice rows"] = jax.vmap(lambda i: lax.dynamic_update_slice(numbers, -numbers[1:3], (i,)))(starts)

cases["iota u8"] = lax.iota(jnp.uint8, 300)[297:]
cases["iota bfloat16"] = lax.iota(jnp.bfloat16, 300)[297:]


def rows(f):
    return jax.vmap(f, axis_name="i")(jnp.arange(3.0))


cases["psum"] = rows(lambda x: lax.psum(x * x, "i"))
cases["psum of constant"] = rows(lambda x: lax.psum(2.0, "i") + x)
cases["grad psum"] = rows(jax.grad(lambda x: lax.psum(x * x, "i")))
cases["grad psum of constant"] = rows(lambda x: jax.grad(lambda c: lax.psum(c, "i"))(2.0) + x)
cases["grad psum of product"] = rows(lambda x: jax.grad(lambda c: lax.psum(c * x, "i"))(2.0))
cases["grad of rows"] = jax.grad(lambda x: jax.vmap(lambda x: lax.psum(x * x, "i") * x, axis_name="i")(x).sum())(jnp.arange(3.0))
cases["grad pmean"] = rows(jax.grad(lambda x: lax.pmean(x * x, "i")))
cases["axis_index"] = rows(lambda x: lax.axis_index("i"))
cases["pmax"] = rows(lambda x: lax.pmax(x, "i"))
cases["pmin"] = rows(lambda x: lax.pmin(x, "i"))


def element(x):
    return f"{x.real.item()!r},{x.imag.item()!r}" if np.iscomplexobj(x) else str(x.item()).lower()


with open("structure.txt", "w") as f:
    for key, x in cases.items():
        x = np.asarray(x)
        wide = x.astype(np.float64) if x.dtype.name == "bfloat16" else x
        shape = ",".join(map(str, x.shape))
        f.write(f"{key}: {x.dtype.name} [{shape}] " + " ".join(map(element, wide.reshape(-1))) + "\n")
