"""Writes golden.jsonl: arrays and the text that JAX prints for them.

A line is one case: the type (t), the shape, the elements, print options where they are
not the default, and what str and, of some cases, repr say. The elements are either the
bytes of the array, little-endian, in base64 (data), or a rule that the test knows as well:

    ["bits", a, d]    the bit pattern of element i is a+i*d, modulo its width
    ["lcg", s]        the top bits of a linear congruential generator
    ["arange", a, d]  a+i*d

With the option verb, the text is that of NumPy's floatmode='fixed', which writes
numbers as C's %f does as long as suppress is set and they are small.

Run it from anywhere; it needs JAX 0.10.2 with NumPy 2.4.
"""

import base64
import json
import os
import pathlib

os.environ["JAX_PLATFORMS"] = "cpu"

import jax
import jax.numpy as jnp
import ml_dtypes
import numpy as np

assert jax.__version__ == "0.10.2", jax.__version__
assert np.__version__.startswith("2.4."), np.__version__
jax.config.update("jax_enable_x64", True)
np.seterr(all="ignore")

rng = np.random.default_rng(20240607)
lines = []

INTS = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]
FLOATS = ["float16", "bfloat16", "float32", "float64"]
COMPLEX = ["complex64", "complex128"]
REAL = {"complex64": "float32", "complex128": "float64"}


def dt(t):
    return np.dtype(ml_dtypes.bfloat16) if t == "bfloat16" else np.dtype(t)


def put(t, x, rule=None, opts=None, repr_=False):
    x = np.asarray(x)
    assert x.dtype == dt(t), (x.dtype, t)
    a = jnp.asarray(x)
    assert a.dtype == x.dtype and np.asarray(a).tobytes() == x.tobytes()
    case = {"t": t, "shape": list(x.shape)}
    if rule is not None:
        case["rule"] = rule
    else:
        case["data"] = base64.b64encode(x.tobytes()).decode()
    np_opts = {}
    if opts:
        case["opts"] = opts
        np_opts = dict(opts)
        np_opts.pop("verb", None)
        if "verb" in opts:
            np_opts |= {"floatmode": "fixed", "suppress": opts["verb"] == "f"}
    with np.printoptions(**np_opts):
        case["str"] = str(a)
        if repr_:
            case["repr"] = repr(a)
    lines.append(json.dumps(case, separators=(",", ":")))


def cast(t, v):
    """v as an array of type t, by way of float64 or complex128."""
    if t == "bfloat16":
        return np.asarray(v, np.float32).astype(ml_dtypes.bfloat16)
    return np.asarray(v).astype(t)


def bits(t, shape, a, d):
    n = int(np.prod(shape))
    r = REAL.get(t, t)
    w = dt(r).itemsize * 8
    n *= 2 if t in REAL else 1
    v = [(a + i * d) % (1 << w) for i in range(n)]
    return np.array(v, f"uint{w}").view(dt(t)).reshape(shape)


def lcg(t, shape, s):
    n = int(np.prod(shape))
    r = REAL.get(t, t)
    w = dt(r).itemsize * 8
    n *= 2 if t in REAL else 1
    v = np.empty(n, f"uint{w}")
    for i in range(n):
        s = (s * 6364136223846793005 + 1442695040888963407) % (1 << 64)
        v[i] = s >> (64 - w)
    if t == "bool":
        return (v >> 7).astype(bool).reshape(shape)
    return v.view(dt(t)).reshape(shape)


def arange(t, shape, a, d):
    n = int(np.prod(shape))
    return (a + np.arange(n) * d).astype(t).reshape(shape)


# Integers and bools.

for t in INTS:
    i = np.iinfo(t)
    put(t, np.array([i.min, 0, i.max], t), repr_=True)
    put(t, np.array(i.min, t), repr_=True)
    put(t, np.array(i.max, t))
    put(t, np.arange(24).reshape(2, 3, 4).astype(t), repr_=True)
    put(t, lcg(t, (2, 21), 5), ["lcg", 5], repr_=True)
    put(t, arange(t, (1001,), 0, 1), ["arange", 0, 1], repr_=True)
    put(t, np.zeros((0,), t), repr_=True)
for n in range(30, 48):
    put("int32", np.arange(n).astype("int32"), repr_=True)
put("int32", arange("int32", (1000,), -500, 1), ["arange", -500, 1])
put("int64", np.array([-3, -20, -100], "int64"), repr_=True)
put("int64", np.array([[-3], [7]], "int64"), repr_=True)
for shape in [(), (1,), (7,), (2, 3), (30,), (2, 40), (3, 1, 2), (1100,), (40, 40)]:
    put("bool", lcg("bool", shape, 9), ["lcg", 9], repr_=True)
put("bool", np.zeros((2, 0), bool), repr_=True)
put("bool", np.array([True, True]))

# Shapes: empty ones, and those over the threshold.

for shape in [(0, 3), (3, 0), (1, 0, 2), (0, 0)]:
    for t in ["float32", "int64", "complex64"]:
        put(t, np.zeros(shape, t), repr_=True)
put("bfloat16", np.zeros((0,), ml_dtypes.bfloat16), repr_=True)
big = [(1001,), (2, 501), (501, 2), (40, 30), (6, 200), (7, 200), (3, 4, 100), (11, 11, 11),
       (2, 2, 2, 126), (8, 8, 8, 8), (6, 6, 6, 6), (2, 8, 1, 9, 8), (1, 1, 1, 1, 1001),
       (1000000,), (5, 300000), (1002, 1, 1)]
for k, shape in enumerate(big):
    put("int32", arange("int32", shape, 0, 1), ["arange", 0, 1], repr_=True)
    if shape == (8, 8, 8, 8):
        continue  # once is enough for so many lines
    put("float32", arange("float32", shape, -3, 0.0625), ["arange", -3, 0.0625], repr_=k % 2 == 1)
    if np.prod(shape) < 1e5 and shape != (6, 6, 6, 6):
        put("float64", lcg("float64", shape, k), ["lcg", k])
        put("float16", bits("float16", shape, 15360, 1), ["bits", 15360, 1], repr_=k % 3 == 0)
        put("bfloat16", bits("bfloat16", shape, 16000, 3), ["bits", 16000, 3], repr_=k % 3 == 0)
        put("complex64", arange("complex64", shape, 1, 0.5), ["arange", 1, 0.5], repr_=k % 3 == 0)
for shape in [(1,), (1, 1), (1, 1, 1, 1, 1), (2, 1, 3), (2, 2, 2, 2), (2, 1, 2, 1, 2), (5, 1),
              (4, 25), (3, 3, 20), (1000,), (10, 100)]:
    for t in ["float32", "float64"][: 1 if np.prod(shape) == 1000 else 2]:
        put(t, arange(t, shape, -1, 0.25), ["arange", -1, 0.25], repr_=np.prod(shape) < 200)

# Floating-point values.

SPECIAL = [np.nan, np.inf, -np.inf, 0.0, -0.0]


def values(t):
    f = ml_dtypes.finfo(dt(t))
    lo, hi, sub = float(f.tiny), float(f.max), float(f.smallest_subnormal)
    yield [1.0, 2.0, 3.0]
    yield [-1.0, 20.0, 300.0]
    yield [0.1, 0.25, -1 / 3]
    yield [0.0, -0.0]
    yield [0.0]
    yield [-0.0, 5.0]
    yield [np.nan]
    yield [np.nan, np.nan, 1.0]
    yield [np.inf, 1.0]
    yield [-np.inf, 1.0]
    yield [np.inf, -np.inf]
    yield SPECIAL
    yield SPECIAL + [1e-3, 1.5]
    yield SPECIAL + [1e-5, 2.0]
    yield SPECIAL + [123456.0, -0.001]
    yield [hi, -hi, lo, sub]
    yield [sub, -sub, 3 * sub]
    yield [1e3], [999.5]
    yield [1000.0, 1.0]
    yield [1001.0, 1.0]
    yield [999.0, 1.0]
    yield [1000.0, 0.9995]
    yield [0.0001, 0.00015]
    yield [9.9e-5]
    yield [0.000101, 0.1]
    yield [999999.0, 1000.0]
    yield [1e6, 1e4]
    yield [99999999.0, 1e6]
    yield [1e8, 1e7]
    yield [1e16, 1.0]
    yield [1e15 + 0.3, 1e15]
    yield [1.0, 1.1, 1.01, 1.001, 1.0001, 1.00001]
    yield [1 / 3, 2 / 3, 1e5 / 3]
    yield [0.123456789123456789, 12.3456789123456789]
    yield [1e-9, 1.0]
    yield [0.1, 1.2345678e-5]
    yield [2.0**k for k in range(-12, 12)]
    yield [2.0**k for k in range(-140, 120, 13)]
    yield [5.5, 6.5, 0.5, 2.5, 1.125, 1.375]
    yield [1.000000005, 1.000000015, 1.000000025]
    yield rng.standard_normal(30)
    yield rng.standard_normal((3, 9))
    yield rng.uniform(0, 1, (4, 5))
    yield rng.uniform(0, 1e5, 20)
    yield rng.standard_normal(12) * 1e-3
    yield np.round(rng.standard_normal(20) * 100)
    yield np.round(rng.standard_normal((2, 2, 6)), 2)
    yield 10.0 ** rng.uniform(-3, 3, 20)
    yield 10.0 ** rng.uniform(-30, 30, 20) * rng.choice([-1, 1], 20)
    yield np.where(rng.uniform(size=18) < 0.3, np.nan, rng.standard_normal(18) * 10)
    yield np.where(rng.uniform(size=18) < 0.3, -np.inf, rng.uniform(1, 2, 18))


SCALARS = SPECIAL + [
    1.0, -2.0, 0.1, 1 / 3, -0.0353256, 1e-4, 9.99e-5, 0.00012, 123.456, 999.0, 999.9, 1000.0, 65504.0,
    123456.0, 999999.0, 999999.94, 1e6, 1.5e7, 1e8, 1e10, 9.99e15, 1e16, 1.25e17, 1e-10, 3e-8, 1e22,
    1e23, 1e38, 1e300, 1e-300, 5e-324, 1e-45, 6e-8, 9007199254740993.0, 16777217.0, np.pi,
]

for t in FLOATS:
    for k, v in enumerate(values(t)):
        put(t, cast(t, v), repr_=k % 4 == 0)
    for k, v in enumerate(SCALARS):
        put(t, cast(t, v), repr_=k % 2 == 0)
    put(t, bits(t, (40,), 1, 997), ["bits", 1, 997])
    put(t, lcg(t, (60,), 77), ["lcg", 77])
    put(t, lcg(t, (5, 7), 78), ["lcg", 78], repr_=True)

for n in (3, 5, 8, 40):
    put("float32", np.linspace(0, 1, n).astype("float32"), repr_=True)
    put("float64", np.linspace(0, 1, n), repr_=True)

# All powers of two: there the neighbours are not equally far.
put("float16", bits("float16", (31,), 0, 1024), ["bits", 0, 1024])
put("float32", bits("float32", (255,), 0, 1 << 23), ["bits", 0, 1 << 23])
put("float64", bits("float64", (200,), 1 << 52, 10 << 52), ["bits", 1 << 52, 10 << 52])

# Complex numbers.


def z(re, im):
    re, im = np.broadcast_arrays(np.asarray(re, float), np.asarray(im, float))
    x = np.empty(re.shape, complex)
    x.real, x.imag = re, im
    return x


for t in COMPLEX:
    pairs = [
        ([1, 2], [3, 4]), ([1, -10], [0.5, -100]), ([0.0, -0.0], [-0.0, 0.0]), ([1e10, 1], [1, 2]),
        ([1, 2], [1e-10, 5]), ([np.nan, 1], [1, np.nan]), ([np.inf, -np.inf], [-np.inf, np.inf]),
        ([np.nan], [np.inf]), ([1, 2], np.inf), ([1.5, 2.25, 3], [1, 10.125, -2]),
        ([1 / 3, 1], [2 / 3, 100]), ([1, 2], np.nan), ([1.0], [-np.inf]),
        (rng.standard_normal(11), rng.standard_normal(11)),
        (rng.standard_normal((2, 4)), np.round(rng.standard_normal((2, 4)))),
        (10 ** rng.uniform(-9, 9, 9), 10 ** rng.uniform(-2, 2, 9)),
        (np.arange(12).reshape(2, 3, 2), -np.arange(12).reshape(2, 3, 2)),
    ]
    for k, (re, im) in enumerate(pairs):
        put(t, z(re, im).astype(t), repr_=k % 2 == 0)
    parts = [0.0, -0.0, 1.0, -2.5, 1e20, np.nan, np.inf, -np.inf]
    for k, re in enumerate(parts):
        for im in parts[k % 2 :: 2]:
            put(t, z(re, im).astype(t), repr_=k % 3 == 0)
    put(t, lcg(t, (9,), 3), ["lcg", 3])

# Print options.

x = rng.standard_normal((3, 8)) * 10
y = 10.0 ** rng.uniform(-12, 3, (2, 7))
n = np.array([[1.5, np.nan, -np.inf], [1e-3, -12.25, np.inf]])
for t in ["float16", "float32", "float64"]:
    for opts in [
        {"precision": 3}, {"precision": 0}, {"precision": 15}, {"precision": 4, "suppress": True},
        {"suppress": True}, {"linewidth": 40}, {"linewidth": 1}, {"threshold": 5, "edgeitems": 1},
        {"threshold": 5, "edgeitems": 2, "linewidth": 30}, {"precision": 2, "linewidth": 120},
    ]:
        put(t, cast(t, x), opts=opts, repr_=t == "float32")
        put(t, cast(t, y), opts=opts)
    for p in (0, 1, 3, 10):
        if p:  # with none, NumPy leaves the point
            put(t, cast(t, x), opts={"precision": p, "verb": "f"}, repr_=True)
            put(t, cast(t, n), opts={"precision": p, "verb": "f"})
            put(t, cast(t, y * 1e9 % 999), opts={"precision": p, "verb": "f"})
            put(t, cast(t, n * [1, 1, 1e4]), opts={"precision": p, "verb": "e"})
for t in COMPLEX:
    for opts in [{"precision": 3}, {"precision": 2, "suppress": True}, {"precision": 2, "verb": "f"}]:
        put(t, z(x, x[::-1] / 7).astype(t), opts=opts)
put("int32", np.arange(100).reshape(10, 10).astype("int32"),
    opts={"threshold": 20, "edgeitems": 2, "linewidth": 14}, repr_=True)
put("bfloat16", cast("bfloat16", x), opts={"linewidth": 30}, repr_=True)

out = pathlib.Path(__file__).with_name("golden.jsonl")
out.write_text("\n".join(lines) + "\n")
print(len(lines), "cases,", out.stat().st_size, "bytes")
