"""Writes golden.json: values of jax.nn and what their pullbacks make of cotangents.

A row has the name of its function in golden_test.go, the operand, the value y, the
cotangent ct of y, and the cotangent g of the operand. Numbers are text, in row-major
order; float() of Python and Go read it alike.
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

nn = jax.nn
short = {"float16": "f16", "bfloat16": "bf16", "float32": "f32", "float64": "f64", "int32": "i32",
         "complex64": "c64", "bool": "bool"}
dtypes = {"f16": np.float16, "bf16": ml_dtypes.bfloat16, "f32": np.float32, "f64": np.float64}

points = [-np.inf, -200, -88, -20, -6, -3.5, -3, -1.5, -1, -0.5, -1e-3, -1e-20, -0.0, 0, 1e-20, 1e-3, 0.5,
          1, 1.5, 2.5, 3, 6, 20, 88, 200, np.inf, np.nan]
narrow = [p for p in points if not np.isfinite(p) or abs(p) < 100]  # of which half types hold the exponentials
matrix = [[1, 2, 3, -1], [0, 0, 0, 0], [1000, -1000, 999, 998.5], [-5, 1e-3, 88, 89]]
odd = [[np.inf, 1, 2, 3], [-np.inf, 0, 1, 1], [-np.inf, -np.inf, -np.inf, -np.inf], [np.nan, 1, 2, 3]]
mask = np.array([[1, 1, 0, 1], [0, 1, 1, 1], [1, 0, 0, 1], [1, 1, 1, 0]], bool)
weights = np.array([[1, 2, 0.5, 0], [1, -1, 1, 1], [1, 1, 1, 1], [0.1, 0.2, 0.3, 0.4]], np.float32)

rows = []


def text(x):
    x = np.asarray(x)
    if x.dtype.kind == "c":
        x = np.stack([x.real, x.imag], -1)
    return [repr(float(v)) for v in x.astype(np.float64).ravel()]


def row(name, f, x, dtype="f32"):
    x = jnp.asarray(np.array(x, np.float64).astype(dtypes[dtype]))
    y, pullback = jax.vjp(f, x)
    n = y.size
    ct = (((np.arange(n) * 7) % 5 - 2) / 2 + 0.25).reshape(y.shape).astype(y.dtype)
    (g,) = pullback(jnp.asarray(ct))
    assert g.dtype == x.dtype
    rows.append({"name": name, "dtype": dtype, "shape": list(x.shape), "x": text(x), "result": short[y.dtype.name],
                 "to": list(y.shape), "y": text(y), "ct": text(ct), "g": text(g)})


elementwise = {
    "Relu": nn.relu, "Relu6": nn.relu6, "LeakyRelu": nn.leaky_relu, "LeakyReluWith": lambda x: nn.leaky_relu(x, 0.25),
    "Elu": nn.elu, "EluWith": lambda x: nn.elu(x, 0.5), "Selu": nn.selu, "Celu": nn.celu,
    "CeluWith": lambda x: nn.celu(x, 2.0), "HardTanh": nn.hard_tanh, "HardSigmoid": nn.hard_sigmoid,
    "HardSilu": nn.hard_silu, "SparsePlus": nn.sparse_plus, "SparseSigmoid": nn.sparse_sigmoid,
    "Sigmoid": nn.sigmoid, "LogSigmoid": nn.log_sigmoid, "Softplus": nn.softplus, "SoftSign": nn.soft_sign,
    "Silu": nn.silu, "Tanh": nn.tanh, "Mish": nn.mish, "Gelu": nn.gelu,
    "GeluExact": lambda x: nn.gelu(x, approximate=False), "Squareplus": nn.squareplus,
    "SquareplusWith": lambda x: nn.squareplus(x, 0.5),
}
jumps = ["Relu", "Relu6", "HardSigmoid"]  # whose derivative at NaN is 0 in JAX, and that of the identity here
for name, f in elementwise.items():
    row(name, f, points[:-1] if name in jumps else points)
for name in ["Relu", "Gelu", "GeluExact", "Softplus", "Silu", "Elu", "Sigmoid", "Mish"]:
    for t in ["f64", "f16", "bf16"]:
        row(name, elementwise[name], narrow[:-1] if name in jumps else narrow, t)
row("Log1mexp", nn.log1mexp, [0, 1e-20, 1e-3, 0.5, 0.69, 0.7, 1, 3, 20, 88, np.inf])

along = {
    "Softmax": nn.softmax, "Softmax 0": lambda x: nn.softmax(x, 0), "Softmax all": lambda x: nn.softmax(x, (0, 1)),
    "Softmax where": lambda x: nn.softmax(x, where=mask),
    "LogSoftmax": nn.log_softmax, "LogSoftmax 0": lambda x: nn.log_softmax(x, 0),
    "LogSoftmax where": lambda x: nn.log_softmax(x, where=mask),
    "Logsumexp": nn.logsumexp, "Logsumexp -1": lambda x: nn.logsumexp(x, -1),
    "Logsumexp 0 keep": lambda x: nn.logsumexp(x, 0, keepdims=True),
    "Logsumexp where": lambda x: nn.logsumexp(x, -1, where=mask),
    "Logsumexp weights": lambda x: nn.logsumexp(x, -1, b=weights.astype(x.dtype)),
    "LogsumexpSign": lambda x: nn.logsumexp(x, -1, b=weights.astype(x.dtype), return_sign=True)[0],
    "Sign": lambda x: nn.logsumexp(x, -1, b=weights.astype(x.dtype), return_sign=True)[1],
    "Logmeanexp": nn.logmeanexp, "Logmeanexp where": lambda x: nn.logmeanexp(x, 1, where=mask),
    "Logmeanexp keep": lambda x: nn.logmeanexp(x, 1, keepdims=True),
    "Glu": nn.glu, "Glu 0": lambda x: nn.glu(x, 0),
    "Standardize": nn.standardize, "Standardize 0": lambda x: nn.standardize(x, 0, epsilon=0.1),
    "Standardize stable": lambda x: nn.standardize(x, algorithm="stable"),
    "Standardize where": lambda x: nn.standardize(x, where=mask),
    "Standardize given": lambda x: nn.standardize(x, mean=jnp.asarray(0.5, x.dtype), variance=jnp.asarray([[2.0]], x.dtype)),
}
small = [[1, 2, 3, -1], [0, 0.5, 0.25, 0], [1, -1, 2, 2.5], [-2, 1e-3, 0.125, 1.5]]
for name, f in along.items():
    tame = name.startswith("Standardize")
    row(name, f, small if tame else matrix)
    if not tame and "where" not in name:
        row(name, f, odd)
for name in ["Softmax", "LogSoftmax", "Logsumexp -1", "Standardize stable", "Glu"]:
    for t in ["f64", "f16", "bf16"]:
        row(name, along[name], small, t)
row("Logsumexp", nn.logsumexp, 3.5)
row("Softmax", nn.softmax, np.zeros((2, 1)))

with open(os.path.join(os.path.dirname(__file__), "golden.json"), "w") as f:
    f.write("[\n" + ",\n".join(json.dumps(r) for r in rows) + "\n]\n")
