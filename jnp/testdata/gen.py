"""Writes golden.txt: what JAX gives for the expressions in the tests.

Every golden case in ../golden_*_test.go names a Python expression, c.is("jnp.sum(m)", …),
which is evaluated here over the inputs below.

    python testdata/gen.py
"""
import glob
import os
import re

import jax

assert jax.__version__ == "0.10.2", jax.__version__
jax.config.update("jax_explicit_x64_dtypes", "allow")

import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402

inputs = {
    "m": jnp.array([[1.5, -2, 0.25, 3], [0, 1, -1.75, 2], [4, -0.5, 2.5, 1]], jnp.float32),
    "n": jnp.array([[0.5, 2, -1, 1], [3, -1.5, 0.75, -2], [1, 1, 2, -3]], jnp.float32),
    "s": jnp.array([[2, 1, 0.5], [1, 3, -1], [0.5, -1, 4]], jnp.float32),
    "t": jnp.array(np.round(np.sin(np.arange(24) * 1.3) * 4, 2).reshape(2, 3, 4), jnp.float32),
    "x": jnp.array([0.5, -1.25, 2, 0, 3.75], jnp.float32),
    "y": jnp.array([1, -0.5, 2, 1.5, -3], jnp.float32),
    "pos": jnp.array([0.5, 1.25, 2, 0.125, 3.75], jnp.float32),
    "unit": jnp.array([0.5, -0.25, 0.875, 0, -0.9], jnp.float32),
    "nan": jnp.array([[1, np.nan, -2], [np.inf, 0, -np.inf], [np.nan, np.nan, np.nan]], jnp.float32),
    "holes": jnp.array([[1, np.nan, -2, 4], [3, 0.5, np.nan, np.nan]], jnp.float32),
    "i": jnp.array([3, -1, 4, 0, -5], jnp.int32),
    "j": jnp.array([2, 3, -2, 5, 4], jnp.int32),
    "k": jnp.array([[1, 0, 2], [-3, 4, 1]], jnp.int32),
    "b": jnp.array([True, False, True, True, False]),
    "bb": jnp.array([[True, False, False, True], [False, False, True, True], [True, True, True, True]]),
    "d": jnp.array([0.1, -2.5, 3.25, 1e-3, 7], jnp.float64),
    "h": jnp.array([0.5, -1.25, 2, 3, -0.75], jnp.float16),
    "bf": jnp.array([0.5, -1.25, 2, 3, -0.75], jnp.bfloat16),
    "c": jnp.array([1 + 2j, -0.5j, 2, -1 + 1j, 0.25 - 3j], jnp.complex64),
    "e": jnp.array([0.5 - 1j, 2 + 0.5j, -1j, 1 + 1j, 3], jnp.complex64),
    "i8": jnp.array([3, -1, 100, 0, -5], jnp.int8),
    "i16": jnp.array([3, -1, 100, 0, -5], jnp.int16),
    "i64": jnp.array([3, -1, 100, 0, -5], jnp.int64),
    "u8": jnp.array([3, 1, 200, 0, 5], jnp.uint8),
    "u32": jnp.array([3, 1, 200, 0, 5], jnp.uint32),
    "u64": jnp.array([3, 1, 200, 0, 5], jnp.uint64),
    "up": jnp.array([-1, 0.5, 2, 2, 3.5], jnp.float32),
    "z": jnp.zeros((0, 3), jnp.float32),
}


def text(a):
    """One array: dtype, shape, elements."""
    if not hasattr(a, "dtype"):
        a = jnp.asarray(a)
    flat = np.asarray(a).ravel()
    if a.dtype == bool:
        vals = [str(int(v)) for v in flat]
    elif jnp.issubdtype(a.dtype, jnp.complexfloating):
        vals = [f"{float(p):.9g}" for v in flat for p in (v.real, v.imag)]
    elif jnp.issubdtype(a.dtype, jnp.floating):
        digits = {"float64": 17, "float32": 9}.get(a.dtype.name, 6)
        vals = [f"{float(v):.{digits}g}" for v in flat]
    else:
        vals = [str(int(v)) for v in flat]
    return " ".join([a.dtype.name, "x".join(map(str, a.shape)) or "-", *vals])


here = os.path.dirname(os.path.abspath(__file__))
names = {"jax": jax, "jnp": jnp, "np": np, "lax": jax.lax, **inputs}
failed = []
with open(os.path.join(here, "golden.txt"), "w") as out:
    for name, a in inputs.items():
        out.write(f"{name} = {text(a)}\n")
    for path in sorted(glob.glob(os.path.join(here, "..", "golden_*_test.go"))):
        for expr in re.findall(r'c\.is\("([^"]*)"', open(path).read()):
            try:
                got = eval(expr, names)
            except Exception as err:
                failed.append(f"{expr}: {type(err).__name__}: {str(err).splitlines()[0]}")
                continue
            if not isinstance(got, (tuple, list)):
                got = [got]
            out.write(expr + "\n" + "".join(f"\t{text(a)}\n" for a in got))
for line in failed:
    print(line)
assert not failed
