"""Writes methods.txt: element types and values of the jnp functions that the methods of Array are.

A line is a method, the type of the receiver, and the types of the results for
arrays of each type and for Python numbers (bool, int, float, complex), - where
JAX refuses; of methods of one operand one type. Lines of values have the form
of those in elementwise.txt.
"""
import warnings

import jax
import numpy as np

jax.config.update("jax_explicit_x64_dtypes", "allow")
assert jax.__version__ == "0.10.2"
import jax.numpy as jnp

warnings.simplefilter("ignore")
NAMES = ("bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 "
         "float16 bfloat16 float32 float64 complex64 complex128").split()
SHORT = {n: n.replace("uint", "u").replace("int", "i").replace("bfloat", "bf")
         .replace("float", "f").replace("complex", "c") for n in NAMES}
TWO = {
    "Add": jnp.add, "Sub": jnp.subtract, "Mul": jnp.multiply, "Div": jnp.divide, "FloorDiv": jnp.floor_divide,
    "Mod": jnp.remainder, "Pow": jnp.power, "Atan2": jnp.arctan2, "Maximum": jnp.maximum, "Minimum": jnp.minimum,
    "Eq": jnp.equal, "Ne": jnp.not_equal, "Lt": jnp.less, "Le": jnp.less_equal, "Gt": jnp.greater,
    "Ge": jnp.greater_equal, "And": jnp.bitwise_and, "Or": jnp.bitwise_or, "Xor": jnp.bitwise_xor,
    "Shl": jnp.left_shift, "Shr": jnp.right_shift, "LogicalAnd": jnp.logical_and, "LogicalOr": jnp.logical_or,
    "LogicalXor": jnp.logical_xor,
}
ONE = {
    "Neg": jnp.negative, "Abs": jnp.abs, "Sign": jnp.sign, "Floor": jnp.floor, "Ceil": jnp.ceil, "Round": jnp.round,
    "Exp": jnp.exp, "Log": jnp.log, "Sqrt": jnp.sqrt, "Sin": jnp.sin, "Cos": jnp.cos, "Tan": jnp.tan, "Tanh": jnp.tanh,
    "Reciprocal": jnp.reciprocal, "Square": jnp.square, "Conj": jnp.conj, "Real": jnp.real, "Imag": jnp.imag,
    "IsNaN": jnp.isnan, "IsInf": jnp.isinf, "IsFinite": jnp.isfinite, "LogicalNot": jnp.logical_not,
    "Not": jnp.bitwise_not,
}
arrays = {n: jnp.ones((2,), n) for n in NAMES}
numbers = [True, 2, 2.5, 1j]


def typ(f, x, *y):
    if y and isinstance(y[0], jax.Array):
        args, g = (x, y[0]), f
    else:
        args, g = (x,), lambda x: f(x, *y)
    try:
        return SHORT[jax.eval_shape(g, *args).dtype.name]
    except (TypeError, ValueError):
        return "-"


def text(x):
    x = np.asarray(x)
    return SHORT[x.dtype.name] + ":" + x.tobytes().hex()


lines = []
for m, f in TWO.items():
    for n, x in arrays.items():
        cells = [typ(f, x, y) for y in arrays.values()] + [typ(f, x, y) for y in numbers]
        lines.append(f"{m} {SHORT[n]} {' '.join(cells)}")
for m, f in ONE.items():
    for n, x in arrays.items():
        lines.append(f"{m} {SHORT[n]} {typ(f, x)}")

inf, nan = np.inf, np.nan
points = {"int8": [0, 1, -1, 2, -2, 7, -7, 127, -128], "uint8": [0, 1, 2, 7, 100, 200, 255], "bool": [False, True],
          "int64": [0, 5, -5, 2**63 - 1, -2**63, 3], "float32": [0, -0.0, 1, -1, 2.5, -2.5, 7, inf, -inf, nan],
          "complex64": [1 + 2j, 1 - 2j, 0, 2j, nan]}
for m in "FloorDiv Mod Pow Shl Shr Lt Ge LogicalAnd Div Maximum".split():
    for n, p in points.items():
        p = jnp.array(p, n)
        x, y = jnp.repeat(p, len(p)), jnp.tile(p, len(p))
        try:
            out = TWO[m](x, y)
        except (TypeError, ValueError):
            continue
        if m in ("Pow", "Maximum") and n == "complex64":  # XLA loses digits and NaN
            continue
        lines.append(f"{m} {text(x)} {text(y)} -> {text(out)}")
for m in "Sign Abs Reciprocal Round IsNaN IsInf IsFinite LogicalNot Imag".split():
    for n in ("int8", "float32", "complex64"):
        x = jnp.array(points[n], n)
        lines.append(f"{m} {text(x)} -> {text(ONE[m](x))}")

with open("methods.txt", "w") as out:
    out.write("\n".join(lines) + "\n")
