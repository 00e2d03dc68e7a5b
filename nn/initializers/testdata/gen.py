"""Writes golden.json: arrays of jax.nn.initializers, as text that float() reads."""
import json
import os

os.environ["JAX_PLATFORMS"] = "cpu"

import jax
import jax.numpy as jnp
import numpy as np

assert jax.__version__ == "0.10.2", jax.__version__
jax.config.update("jax_enable_x64", True)

init = jax.nn.initializers
f32, f64, f16, bf16, c64, c128 = np.float32, np.float64, np.float16, jnp.bfloat16, np.complex64, np.complex128
key = jax.random.PRNGKey(7)
rows = {}


def row(name, x):
    x = np.asarray(x)
    parts = np.stack([x.real, x.imag], -1) if x.dtype.kind == "c" else x.astype(f64)
    rows[name] = {"shape": list(x.shape), "values": [repr(float(v)) for v in parts.ravel()]}


shape = (3, 4)
for name, t in [("f32", f32), ("f64", f64), ("f16", f16), ("bf16", bf16), ("c64", c64), ("c128", c128)]:
    row(f"normal {name}", init.normal(0.5)(key, shape, t))
    row(f"he_normal {name}", init.he_normal()(key, shape, t))
    row(f"he_uniform {name}", init.he_uniform()(key, shape, t))
    row(f"scaling normal {name}", init.variance_scaling(0.7, "fan_out", "normal")(key, shape, t))
row("zeros", init.zeros(key, shape, f32))
row("ones", init.ones(key, shape, f64))
row("constant", init.constant(-7)(key, shape, f32))
row("constant array", init.constant(jnp.float32([1, 2, 3, 4]))(key, shape, f16))
row("uniform", init.uniform(10.0)(key, shape, f32))
row("truncated_normal", init.truncated_normal(5.0)(key, shape, f32))
row("truncated_normal wide", init.truncated_normal(0.1, lower=-1.0, upper=3.0)(key, shape, f32))
row("glorot_uniform", init.glorot_uniform()(key, shape, f32))
row("glorot_normal", init.glorot_normal()(key, shape, f32))
row("lecun_uniform", init.lecun_uniform()(key, shape, f32))
row("lecun_normal", init.lecun_normal()(key, shape, f32))
row("window", init.he_uniform()(key, (3, 3, 2, 4), f32))
row("axes", init.lecun_normal(in_axis=(0, 1), out_axis=2, batch_axis=3)(key, (2, 3, 4, 2), f32))
row("geometric", init.variance_scaling(2.0, "fan_geo_avg", "uniform", in_axis=0, out_axis=1)(key, (2, 3, 5), f32))

with open(os.path.join(os.path.dirname(__file__), "golden.json"), "w") as f:
    f.write("{\n" + ",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in rows.items()) + "\n}\n")
