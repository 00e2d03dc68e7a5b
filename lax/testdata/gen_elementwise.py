"""Writes elementwise.txt: what JAX's elementwise operations return at special points.

A line is an operation, its operands, and its result: name operand ... -> result. An
array is type:hex, the bytes of the elements in memory, with @ behind if it is a scalar.
An array that comes again is =N, the number of the line (from 0) that defined it: a line
with nothing else. Run it beside the file.
"""
import jax
import ml_dtypes
import numpy as np

jax.config.update("jax_enable_x64", True)
assert jax.__version__ == "0.10.2"
from jax import lax

SHORT = {"bool": "bool", "float16": "f16", "bfloat16": "bf16", "float32": "f32", "float64": "f64",
         "complex64": "c64", "complex128": "c128"}
for n in (8, 16, 32, 64):
    SHORT[f"int{n}"], SHORT[f"uint{n}"] = f"i{n}", f"u{n}"

FLOATS = ["float16", "bfloat16", "float32", "float64"]
COMPLEX = ["complex64", "complex128"]
INTS = ["int8", "uint8", "int32", "int64", "uint64"]
INEXACT = FLOATS + COMPLEX
nan, inf = np.nan, np.inf


def points(d):
    if d == "bool":
        return np.array([False, True])
    if d in COMPLEX:
        return np.array([0.5 + 0.25j, -0.5 + 0.75j, 1.5 - 0.3j, -2 - 1.25j, 0.01 - 0.02j, 3 + 2j], d)
    if d in FLOATS:
        i = ml_dtypes.finfo(d)
        p = [0., -0., 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, 0.1, -0.1, 0.99, 3.75, -7.3, 20, -20, 90, 0.01,
             inf, -inf, nan, i.max, i.tiny]
        return np.array(p).astype(d)
    i = np.iinfo(d)
    return np.array([0, 1, 2, 3, 7, 100, i.max, i.max - 1, i.min, i.min + 1, i.max // 2 + 1], d)


def pairs(d):
    """All pairs of a few points."""
    if d == "bool":
        p = [False, True]
    elif d in COMPLEX:
        p = [0.5 + 0.25j, -0.5 + 0.75j, 1.5 - 0.3j, 0.5 - 1.25j]
    elif d in FLOATS:
        p = [0., -0., 1, -1, 2.5, -2, 0.5, 3, inf, -inf, nan]
    else:
        i = np.iinfo(d)
        p = [0, 1, 2, 3, 5, i.max, i.min, i.max - 2] + ([-1, -7] if i.min < 0 else [200])
    p = np.array(p).astype(d)
    return np.repeat(p, len(p)), np.tile(p, len(p))


def text(x):
    x = np.asarray(x)
    return SHORT[x.dtype.name] + ":" + x.tobytes().hex() + ("@" if x.ndim == 0 else "")


lines = []
known = {}


def operand(x):
    t = text(x)
    if len(t) < 20:
        return t
    if t not in known:
        known[t] = f"={len(lines)}"
        lines.append(t)
    return known[t]


def case(name, f, *args):
    out = f(*(jax.numpy.asarray(a) for a in args))
    operands = " ".join(map(operand, args))
    lines.append(f"{name} {operands} -> {text(out)}")


for names, types in [
    ("neg sign square", INTS + INEXACT), ("abs", ["int8", "int32", "int64"] + INEXACT),
    ("floor ceil is_finite cbrt erf erfc erf_inv lgamma digamma", FLOATS),
    ("exp exp2 expm1 log log1p sqrt rsqrt sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh logistic", INEXACT),
    ("real imag conj", COMPLEX), ("bitwise_not", ["bool"] + INTS), ("population_count clz", INTS)]:
    for n in names.split():
        for d in types:
            case(n.replace("bitwise_", ""), getattr(lax, n), points(d))
for d in FLOATS:
    for m in (0, 1):
        case(f"round.{m}", lambda x: lax.round(x, lax.RoundingMethod(m)), points(d))
for d in ["int32", "uint64", "bfloat16", "float32", "complex64"]:
    for y in (0, 1, 2, 3, 7) + ((-1, -2, -3) if d in INEXACT else ()):
        case(f"integer_pow.{y}", lambda x: lax.integer_pow(x, y), points(d))
for d in ["float32", "float64"]:
    for m in (0, 1, 2, 5):
        case("polygamma", lax.polygamma, np.array(m, d), np.array([0.25, 1, 1.5, 3.75, 20, 100], d))

for names, types in [
    ("add sub mul div", INTS + FLOATS + ["complex128"]), ("rem", INTS + FLOATS), ("max min eq ne", ["bool"] + INTS + INEXACT),
    ("lt le gt ge", ["bool", "int8", "uint64", "bfloat16", "float32"]), ("pow atan2", FLOATS), ("nextafter", FLOATS),
    ("complex", ["float32", "float64"]), ("bitwise_and bitwise_or bitwise_xor", ["bool", "int8", "uint64"]),
    ("shift_left shift_right_arithmetic shift_right_logical", INTS)]:
    for n in names.split():
        for d in types:
            case(n.replace("bitwise_", ""), getattr(lax, n), *pairs(d))
case("pow", lax.pow, *pairs("complex64"))
x, y = pairs("float32")
n = np.tile(np.array([0, 1, 2, -1, -3, 5, 100, -100, 7, 3, -2], "int32"), 11)
case("pow", lax.pow, x, n)
case("pow", lax.pow, pairs("complex64")[0], n[:16])
case("add", lax.add, np.float32(2.5), x)
case("gt", lax.gt, x, np.float32(0.5))

f = points("float32")
case("clamp", lax.clamp, np.float32(-1), f, np.float32(1))
case("clamp", lax.clamp, np.float32(nan), f, np.float32(1))
case("clamp", lax.clamp, np.float32(3), f, np.float32(1))
case("clamp", lax.clamp, np.uint8(3), points("uint8"), np.uint8(200))
case("select_n", lax.select_n, f > 0.25, f, -f)
case("select_n", lax.select_n, np.array([-5, 0, 1, 2, 3, 9]), *(np.full(6, i, "int8") for i in range(3)))
case("select_n", lax.select_n, np.array([0, 1, 2, 3, 255], "uint8"), *(np.full(5, i, "int8") for i in range(4)))

for s in SHORT:
    wide = [2**24 + 1, 2**53 + 1, 2**62 + 2**38 + 1] if s in ("int64", "uint64") else []
    x = np.concatenate([points(s), np.array(wide, s)])
    if s in FLOATS:
        x = np.concatenate([x, np.array([300, -300.7, 3e4, 4e9, -4e9, 1e19, -1e19, 2.0**63, 1 + 2.0**-9]).astype(s)])
    for d in SHORT:
        if s != d:
            case(f"convert_element_type.{SHORT[d]}", lambda x: lax.convert_element_type(x, d), x)
for s, d, shape in [("float32", "int32", (4,)), ("int8", "float16", (2,)), ("float64", "uint8", ()), ("uint16", "float64", (4,))]:
    x = (np.arange(np.prod(shape)) * 3 + 1).reshape(shape).astype(s)
    y = np.asarray(lax.bitcast_convert_type(jax.numpy.asarray(x), d))
    lines.append(f"bitcast_convert_type.{SHORT[d]} {text(x)} -> {text(y.reshape(y.shape[-1:]))}")

with open("elementwise.txt", "w") as out:
    out.write("\n".join(lines) + "\n")
