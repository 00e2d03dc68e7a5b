"""Writes golden.json: what JAX draws, as the bits of its elements.

Rows have the name that golden_test.go knows them by. Large arrays are stored as a
checksum (FNV-1a of the little-endian bytes) and their first elements.
"""
import json
import os

os.environ["JAX_PLATFORMS"] = "cpu"

import jax
import jax.numpy as jnp
import ml_dtypes
import numpy as np

assert jax.__version__ == "0.10.2", jax.__version__
jax.config.update("jax_enable_x64", True)

jr = jax.random
u = np.uint32
bf16 = ml_dtypes.bfloat16
short = {
    "bool": "bool", "int8": "i8", "int16": "i16", "int32": "i32", "int64": "i64",
    "uint8": "u8", "uint16": "u16", "uint32": "u32", "uint64": "u64",
    "float16": "f16", "bfloat16": "bf16", "float32": "f32", "float64": "f64",
    "complex64": "c64", "complex128": "c128",
}
dtypes = {short[np.dtype(t).name]: np.dtype(t) for t in [
    np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64,
    np.float16, bf16, np.float32, np.float64, np.complex64, np.complex128]}

rows = {}


def fnv(data):
    h = 0xCBF29CE484222325
    for b in data:
        h = ((h ^ b) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return h


def row(name, x, limit=64):
    x = np.asarray(x)
    raw = x.tobytes()
    width = x.dtype.itemsize // (2 if x.dtype.kind == "c" else 1)
    words = [int.from_bytes(raw[i:i + width], "little") for i in range(0, len(raw), width)]
    assert name not in rows, name
    rows[name] = {"dtype": short[x.dtype.name], "shape": list(x.shape)}
    if x.size > limit:
        rows[name]["fnv"] = "%x" % fnv(raw)
        words = words[:16]
    rows[name]["bits"] = ["%x" % w for w in words]


key = jr.PRNGKey(42)

for s in [0, 1, 42, 2**31 - 1, 2**32 - 1, 2**32 + 5, 2**63 - 1, -(2**31) - 1]:
    row(f"seed {s}", jr.PRNGKey(s))
with jax.enable_x64(False):
    for s in [-1, -7, -(2**31)]:
        row(f"seed {s}", jr.PRNGKey(s))
row("seed i32 -7", jr.PRNGKey(jnp.int32(-7)))
row("seed i64 -7", jr.PRNGKey(jnp.int64(-7)))
row("seed u8 7", jr.PRNGKey(jnp.uint8(7)))
row("seed u64", jr.PRNGKey(jnp.uint64(2**64 - 3)))
row("split", jr.split(key))
row("split 5", jr.split(key, 5))
row("split 0", jr.split(key, 0))
row("split 2 3", jr.split(key, (2, 3)))
for d in [0, 1, 7, 2**31, 2**32 - 1]:
    row(f"fold {d}", jr.fold_in(key, np.uint32(d)))
row("fold i32 -1", jr.fold_in(key, jnp.int32(-1)))
row("fold i64", jr.fold_in(key, jnp.int64(2**33 + 9)))

shapes = [(), (0,), (7,), (3, 5), (2, 0, 3), (300, 230)]
for name in ["u8", "u16", "u32", "u64"]:
    for s in shapes:
        row(f"bits {name} {list(s)}", jr.bits(key, s, dtypes[name]))
for name in ["f16", "bf16", "f32", "f64"]:
    t = dtypes[name]
    for s in shapes:
        row(f"uniform {name} {list(s)}", jr.uniform(key, s, t))
    for lo, hi in [(-1, 1), (-2.5, 3.7), (0.1, 0.3), (5, 2), (-1000, 1), (1000, 1000.5), (0, 3)]:
        row(f"uniform {name} {lo} {hi}", jr.uniform(key, (40,), t, lo, hi))
    row(f"uniform {name} arrays", jr.uniform(
        key, (2, 3), t, jnp.array([[-1.5], [2]], t), jnp.array([0.25, 3, 17], t)))

spans = {
    "i8": [(0, 10), (-128, 128), (-5, 3), (3, 3), (5, 2), (100, 1000), (-1000, -900), (127, 200)],
    "u8": [(0, 256), (3, 250), (0, 7), (-5, 3), (255, 300)],
    "i16": [(0, 10), (-32768, 32768), (-300, 3000)],
    "u16": [(0, 65536), (3, 60000)],
    "i32": [(0, 10), (0, 8), (-7, 100003), (-2**31, 2**31), (-2**31, 2**31 - 1), (2**31 - 1, 2**31),
            (0, 65536), (0, 65537), (5, 2), (-2**40, 2**40)],
    "u32": [(0, 2**32), (1, 2**32 - 1), (0, 1000), (-9, 9), (2**31, 2**32)],
    "i64": [(0, 10), (-2**63, 2**63 - 1), (-2**40, 3**30), (0, 2**33), (-1, 0)],
    "u64": [(0, 10), (5, 2**63 - 1), (0, 2**40 + 1)],
}
for name, bounds in spans.items():
    for lo, hi in bounds:
        if -2**63 <= lo and hi < 2**63:
            row(f"randint {name} {lo} {hi}", jr.randint(key, (11,), np.int64(lo), np.int64(hi), dtypes[name]))
row("randint i32 large", jr.randint(key, (300, 230), 0, 1000003, np.int32))
row("randint i32 []", jr.randint(key, (), 0, 10, np.int32))
row("randint i32 [0]", jr.randint(key, (0,), 0, 10, np.int32))
row("randint arrays", jr.randint(key, (3, 4), jnp.array([[0], [-5], [7]], np.int32),
                                 jnp.array([3, 100, 2**31 - 1, 7], np.int32), np.int32))
row("randint u8 arrays", jr.randint(key, (4,), jnp.array([0, 9, -3, 255], np.int32),
                                    jnp.array([256, 20, 300, 256], np.int32), np.uint8))
row("randint i64 u64", jr.randint(key, (3,), jnp.array([0, 2**63, 5], np.uint64),
                                  jnp.array([2**64 - 1, 2**63 + 5, 9], np.uint64), np.int64))
row("randint u64 all", jr.randint(key, (3,), jnp.uint64(0), jnp.uint64(2**64 - 1), np.uint64))

for p in [0.0, 0.25, 0.5, 0.9, 1.0]:
    row(f"bernoulli {p}", jr.bernoulli(key, jnp.float32(p), (40,)))
for name in ["f16", "bf16", "f64"]:
    row(f"bernoulli {name}", jr.bernoulli(key, jnp.array([0.1, 0.5, 0.8], dtypes[name])))
row("bernoulli arrays", jr.bernoulli(key, jnp.float32([0.1, 0.5, 0.8]), (4, 3)))
with jax.enable_x64(False):
    row("rademacher i32", jr.rademacher(key, (20,), np.int32))
    row("rademacher u8", jr.rademacher(key, (20,), np.uint8))
    row("rademacher f32", jr.rademacher(key, (20,), np.float32))

for n in [0, 1, 2, 10, 1000]:
    row(f"permutation {n}", np.asarray(jr.permutation(key, n)).astype(np.int32), limit=32)
x = jnp.arange(24, dtype=np.float32).reshape(4, 6)
row("permutation x 0", jr.permutation(key, x))
row("permutation x 1", jr.permutation(key, x, 1))
row("permutation x independent", jr.permutation(key, x, -1, independent=True))
row("permutation bool", jr.permutation(key, jnp.array([True, False, False, True, True])))

for name in ["f32", "f64", "f16", "bf16", "c64", "c128"]:
    row(f"normal {name}", jr.normal(key, (50,), dtypes[name]))
row("normal f32 []", jr.normal(key, (), np.float32))
row("normal f32 [2,3]", jr.normal(key, (2, 3), np.float32))
for name in ["f32", "f64", "f16", "bf16"]:
    t = dtypes[name]
    row(f"truncated_normal {name}", jr.truncated_normal(key, -2, 2, (20,), t))
    row(f"exponential {name}", jr.exponential(key, (20,), t))
    row(f"gumbel {name}", jr.gumbel(key, (20,), t))
    row(f"laplace {name}", jr.laplace(key, (20,), t))
    row(f"logistic {name}", jr.logistic(key, (20,), t))
    row(f"cauchy {name}", jr.cauchy(key, (20,), t))
f32 = np.float32
row("truncated_normal arrays", jr.truncated_normal(key, jnp.float32([-3, 0, 1]), jnp.float32([[0.5], [7]]), dtype=f32))
row("truncated_normal narrow", jr.truncated_normal(key, 0.5, 0.5001, (20,), f32))
row("lognormal", jr.lognormal(key, f32(0.5), (20,), f32))
row("pareto", jr.pareto(key, jnp.float32([0.5, 2, 7]), (5, 3), f32))
row("rayleigh", jr.rayleigh(key, jnp.float32([0.5, 2, 7]), dtype=f32))
row("weibull_min", jr.weibull_min(key, f32(2), f32(1.5), (20,), f32))
row("triangular", jr.triangular(key, f32(-1), f32(0.5), f32(4), (20,), f32))
row("geometric", jr.geometric(key, f32(0.1), (20,), np.int32))

logits = jnp.log(jnp.float32([[0.1, 0.2, 0.3, 0.4], [0.7, 0.1, 0.1, 0.1], [1, 0, 0, 0]]))
row("categorical", jr.categorical(key, logits).astype(np.int32))
row("categorical axis 0", jr.categorical(key, logits, 0).astype(np.int32))
row("categorical samples", jr.categorical(key, logits, shape=(10, 3)).astype(np.int32))
row("categorical axis 0 samples", jr.categorical(key, logits, 0, shape=(2, 3, 4)).astype(np.int32))
row("categorical distinct", jr.categorical(key, logits[:2], shape=(3, 2), replace=False).astype(np.int32))
row("categorical f64", jr.categorical(key, logits.astype(np.float64), shape=(10, 3)).astype(np.int32))
row("categorical f16", jr.categorical(key, jnp.float16([0.5, 2, 1, 0]), shape=(20,)).astype(np.int32))

p = jnp.float32([0.1, 0, 0.3, 0.4, 0.05, 0.15])
y = jnp.arange(12, dtype=np.float32).reshape(6, 2)
row("choice vector p f64", jr.choice(key, y[:, 1], (10,), p=p.astype(np.float64)))
with jax.enable_x64(False):
    row("choice n", jr.choice(key, np.int32(5), (20,)).astype(np.int32))
    row("choice n []", jr.choice(key, np.int32(5)).astype(np.int32))
    row("choice n distinct", jr.choice(key, np.int32(30), (5, 2), replace=False).astype(np.int32))
    row("choice n p", jr.choice(key, np.int32(6), (30,), p=p).astype(np.int32))
    row("choice n p distinct", jr.choice(key, np.int32(6), (5,), replace=False, p=p).astype(np.int32))
    row("choice x", jr.choice(key, y, (4,)))
    row("choice x axis 1", jr.choice(key, y, (2, 2), axis=1))
    row("choice x distinct", jr.choice(key, y, (3,), replace=False))
    row("choice x p", jr.choice(key, y, (2, 3), p=p))
    row("choice empty", jr.choice(key, np.int32(5), (0,)).astype(np.int32))

with open(os.path.join(os.path.dirname(__file__), "golden.json"), "w") as f:
    f.write("{\n" + ",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in rows.items()) + "\n}\n")
