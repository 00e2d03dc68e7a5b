"""Writes promote.txt, JAX's promotion table with explicit 64-bit types allowed."""
import os, itertools
import numpy as np
import jax, jax.numpy as jnp

assert jax.__version__ == '0.10.2', jax.__version__
jax.config.update('jax_explicit_x64_dtypes', 'allow')

NAMES = ('bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 '
         'float16 bfloat16 float32 float64 complex64 complex128').split()
SHORT = {n: n.replace('uint', 'u').replace('int', 'i').replace('bfloat', 'bf')
         .replace('float', 'f').replace('complex', 'c') for n in NAMES}
arrays = {n: jnp.zeros((), jnp.dtype(n)).astype(n) for n in NAMES}
assert all(a.dtype == n and not a.weak_type for n, a in arrays.items())
numbers = {'bool': True, 'int': 1, 'float': 1.0, 'complex': 1j}

def row(*xs):
    return SHORT[jnp.result_type(*xs).name]

with open(os.path.join(os.path.dirname(__file__), 'promote.txt'), 'w') as f:
    for a in NAMES:
        f.write(f"{SHORT[a]}: {' '.join(row(arrays[a], arrays[b]) for b in NAMES)}"
                f" | {' '.join(row(arrays[a], v) for v in numbers.values())}\n")
    # Three types, only where the bound is not that of pairs from the left.
    for c in itertools.combinations(NAMES, 3):
        a, b, d = (arrays[n] for n in c)
        if row(jnp.zeros((), jnp.result_type(a, b)), d) != row(a, b, d):
            f.write(f"{' '.join(SHORT[n] for n in c)}: {row(a, b, d)}\n")
    for r in (1, 2, 3):
        for c in itertools.combinations(numbers, r):
            f.write(f"{' '.join(c)}: {row(*(numbers[k] for k in c))}\n")
