"""Writes the goldens of this folder: true values from mpmath, specials, integers and
conversions from JAX and NumPy, and float32 bits from JAX on a CPU with FMA."""
import cmath, hashlib, math, os, random, warnings
import mpmath as mp
import numpy as np
import jax, jax.numpy as jnp
from jax import lax

assert jax.__version__ == '0.10.2', jax.__version__
assert jax.default_backend() == 'cpu' and ' fma ' in open('/proc/cpuinfo').read()
jax.config.update('jax_enable_x64', True)
warnings.simplefilter('ignore')
random.seed(1)
here = os.path.dirname(os.path.abspath(__file__))

def out(name, lines):
    with open(os.path.join(here, name), 'w') as f:
        f.writelines(l + '\n' for l in lines)

def show(x):
    x = float(x)
    if x != x: return 'nan'
    if x in (math.inf, -math.inf): return str(x)
    if x == int(x) and abs(x) < 1e15: return repr(x).removesuffix('.0')
    return min(x.hex().replace('p+', 'p'), repr(x), key=len)

# True values of real functions.

mp.mp.prec = 1600  # more than the exponent range, so that nothing cancels
PI = mp.pi
spread = [s * 10.0 ** e * m for e in (-300, -30, -9, -4) for s, m in ((1, 1.7), (-1, 3.3))]
spread += [s * x for x in (0.1, 0.3, 0.49, 0.51, 0.7, 0.9, 1.1, 1.5, 2.4, 3.3, 5.7, 11.1, 26.3) for s in (1, -1)]
wide = spread + [s * x for x in (40.1, 88.9, 301.7, 708.3) for s in (1, -1)]
huge = wide + [1e5 + 0.1, -1e9 - 0.3, 1e15 + 0.5, 1.1e22, -7e100, 1.3e300, 1.7e308]
positive = [abs(x) for x in huge] + [5e-324, 1e-310, 1 - 2**-53, 1 + 2**-52, 0.9999, 1.0001]
unit = [x for x in spread if abs(x) < 1] + [s * (1 - d) for d in (1e-2, 1e-4, 1e-8, 1e-12, 2**-52, 2**-53) for s in (1, -1)]
near = [float(k * PI / 2) for k in (1, 2, 3, 4, 7, 22, 355, 1e4, 123456, 1e7, 2e7, 1e9, 3e12, 1e15)]
hard = [6381956970095103.0 * 2.0**797, math.pi / 2, 5.319372648326541e255]  # close to multiples of π/2
angles = huge + near + [-x for x in near[:5]] + hard + [2.0**23, 2.0**24 - 0.25, 2.0**24, 16777216.5]

def mp_erfinv(x):
    if abs(x) < 0.5:
        return mp.erfinv(x)
    with mp.workprec(200):
        c, y = 1 - abs(x), mp.sqrt(-mp.log(1 - abs(x)))
        for _ in range(40):
            y += (mp.erfc(y) - c) * mp.exp(y * y) * mp.sqrt(PI) / 2
        return mp.sign(x) * y

def low(f, prec=300):
    def g(*a):
        with mp.workprec(prec): return f(*a)
    return g

real = {
    'exp': (mp.exp, wide + [709.7, -745, -708.5, -740.2]), 'exp2': (lambda x: mp.mpf(2) ** x, wide + [1023.9, -1074, -1022.5]),
    'expm1': (mp.expm1, wide), 'log': (mp.log, positive), 'log1p': (mp.log1p, [x for x in huge if x > -1] + [-0.9999, 2**-53 - 1]),
    'sqrt': (mp.sqrt, positive), 'rsqrt': (lambda x: 1 / mp.sqrt(x), positive), 'cbrt': (lambda x: mp.sign(x) * mp.cbrt(abs(x)), huge),
    'logistic': (lambda x: 1 / (1 + mp.exp(-x)), wide), 'sin': (mp.sin, angles), 'cos': (mp.cos, angles), 'tan': (mp.tan, angles),
    'asin': (mp.asin, unit), 'acos': (mp.acos, unit), 'atan': (mp.atan, huge),
    'sinh': (mp.sinh, wide + [710.4, -710.1]), 'cosh': (mp.cosh, wide + [710.4]), 'tanh': (mp.tanh, wide),
    'asinh': (mp.asinh, huge), 'acosh': (mp.acosh, [x for x in positive if x > 1] + [1 + 1e-8]), 'atanh': (mp.atanh, unit),
    'erf': (low(mp.erf), spread), 'erfc': (low(mp.erfc, 3000), spread), 'erfinv': (mp_erfinv, [x for x in unit if abs(x) < 1]),
    'lgamma': (low(lambda x: mp.log(abs(mp.gamma(x))), 600), [x for x in positive if x < 1e5] + [-0.5, -1.5, -3.3, -7.9, -20.4, 170.5]),
    'digamma': (low(mp.digamma), [x for x in huge if 1e-300 < x < 1e300] + [-0.2, -0.49, -0.7, -1.1, -3.3, -20.4, 1.46, 1.4616321, 1.4616321449683622, 1.47, 2.0, 11.9, 12.1]),
}
binary = {
    'pow': (lambda x, y: mp.mpf(x) ** mp.mpf(y), [(abs(random.choice(wide)), random.uniform(-3, 3)) for _ in range(40)]
            + [(1 + 1e-7, 1e9), (1 - 1e-9, 3e11), (1.0000001, 7.09e9), (0.5, 1073.5), (10, 308), (10, -320), (3, 30), (-3, 31), (-2.5, -4), (1e-320, 0.5), (7.7, 300), (0.1, 3)]),
    'atan2': (mp.atan2, [(random.choice(spread), random.choice(spread)) for _ in range(30)]),
    'logaddexp': (low(lambda x, y: mp.log(mp.exp(x) + mp.exp(y)), 3000), [(1, 2.5), (-3, 3), (1000, 1000.5), (-1e5, 3), (40, 0.1), (-700, -701)]),
}
lines = []
for name, (f, xs) in real.items():
    for x in sorted(set(xs)):
        y = f(mp.mpf(x))
        if abs(y) < 2.0**-1022 and y and name not in ('exp', 'exp2'): continue
        lines.append(f'{name} {show(x)} {show(y)}')
for name, (f, xs) in binary.items():
    for x, y in xs:
        lines.append(f'{name} {show(x)} {show(y)} {show(f(mp.mpf(x), mp.mpf(y)))}')
out('real.txt', lines)

# Specials of real functions, as JAX has them.

specials = [0.0, -0.0, 1.0, -1.0, 2.0, -2.0, 3.0, -3.0, 0.5, -0.5, 2.5, math.inf, -math.inf, math.nan]
jaxfn = {n: getattr(lax, n, None) for n in [*real, *binary]}
jaxfn |= {'erfinv': lax.erf_inv, 'logaddexp': jnp.logaddexp}
away, even = lax.RoundingMethod.AWAY_FROM_ZERO, lax.RoundingMethod.TO_NEAREST_EVEN
jaxfn |= {'sign': lax.sign, 'round': lambda x: lax.round(x, away), 'roundeven': lambda x: lax.round(x, even),
          'max': lax.max, 'min': lax.min, 'rem': lax.rem, 'nextafter64': lax.nextafter}
lines = []
for name, f in jaxfn.items():
    if name in (*binary, 'max', 'min', 'rem', 'nextafter64'):
        x, y = (np.array(a).ravel() for a in np.meshgrid(specials, specials, indexing='ij'))
        for a, b, r in zip(x, y, np.asarray(jax.jit(f)(x, y))):
            lines.append(f'{name} {show(a)} {show(b)} {show(r)}')
    else:
        for a, r in zip(specials, np.asarray(jax.jit(f)(np.array(specials)))):
            lines.append(f'{name} {show(a)} {show(r)}')
for name, t in (('nextafter32', 'float32'), ('nextafter16', 'float16'), ('nextafterbf16', 'bfloat16')):
    tiny, big = float(jnp.finfo(t).smallest_subnormal), float(jnp.finfo(t).max)
    v = [*specials, tiny, -tiny, float(jnp.finfo(t).tiny), big, -big]
    x, y = (jnp.array(a).ravel().astype(t) for a in np.meshgrid(v, v, indexing='ij'))
    r = np.asarray(jax.jit(lax.nextafter)(x, y)).astype(np.float64)
    for a, b, c in zip(np.asarray(x, np.float64), np.asarray(y, np.float64), r):
        lines.append(f'{name} {show(a)} {show(b)} {show(c)}')
out('special.txt', lines)

# Complex functions: true values, then NumPy's specials, which are those of C.

cfun = {n: low(getattr(mp, n), 600) for n in 'exp log sqrt sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh'.split()}
cfun |= {n: low(getattr(mp, n), 2500) for n in ('atan', 'atanh')}
cfun |= {'log1p': low(lambda z: mp.log(1 + z), 2500), 'expm1': low(lambda z: mp.exp(z) - 1, 2500), 'rsqrt': low(lambda z: 1 / mp.sqrt(z)),
         'exp2': low(lambda z: mp.mpf(2) ** z), 'logistic': low(lambda z: 1 / (1 + mp.exp(-z)), 600), 'square': low(lambda z: z * z),
         'sign': low(lambda z: z / abs(z))}
points = [complex(random.choice((-1, 1)) * 10 ** random.uniform(-3, 1.3), random.choice((-1, 1)) * 10 ** random.uniform(-3, 1.3)) for _ in range(22)]
points += [0.6 + 0.8j, -0.6 + 0.8000001j, 1 + 1e-9j, -1 + 1e-9j, 1 - 1e-200j, 1e-9 + 1j, 1e-9 - 1.0000001j, 1e-20 + 1e-20j, 1e-200 - 1e-150j,
           1e-9 + 3.141592653589793j, 1e-9 + 1.5707963267948966j, -2 + 1e-5j, -1e-8 + 1e-4j, 0.99999 + 0.001j, 1.5 + 1e-12j, -300.5 + 2j, 30 + 30j]
large = [1e200 + 1e210j, -1e150 + 1e-150j, 1.5e308 + 1.5e308j, 1e-310 + 1e-309j]
lines = []
for name, f in cfun.items():
    for z in points + (large if name in ('log', 'log1p', 'sqrt', 'rsqrt', 'sign', 'asin', 'acos', 'asinh', 'acosh', 'atan', 'atanh') else []):
        w = f(mp.mpc(z))
        lines.append(f'{name} {show(z.real)} {show(z.imag)} {show(w.real)} {show(w.imag)}')
for z in points[:12]:
    for w in (0.5, 1.5 - 2j, 3, -2, 0.3j):
        r = low(lambda z, w: z ** w)(mp.mpc(z), mp.mpc(w))
        lines.append(f'pow {show(z.real)} {show(z.imag)} {show(complex(w).real)} {show(complex(w).imag)} {show(r.real)} {show(r.imag)}')
out('complex.txt', lines)

npfn = dict(exp=np.exp, log=np.log, log1p=np.log1p, sqrt=np.sqrt, sin=np.sin, cos=np.cos, tan=np.tan, asin=np.arcsin, acos=np.arccos,
            atan=np.arctan, sinh=np.sinh, cosh=np.cosh, tanh=np.tanh, asinh=np.arcsinh, acosh=np.arccosh, atanh=np.arctanh, square=np.square)
cs = [0.0, -0.0, 1.0, -1.0, 2.0, -2.0, math.inf, -math.inf, math.nan]
lines = []
for name, f in npfn.items():
    for x in cs:
        for y in cs:
            w = complex(f(np.complex128(complex(x, y))))
            lines.append(f'{name} {show(x)} {show(y)} {show(w.real)} {show(w.imag)}')
out('cspecial.txt', lines)

# Integers: each line has the results for all pairs of the values of its type.

lines = []
for t in 'int8 int16 int32 int64 uint8 uint16 uint32 uint64'.split():
    i = np.iinfo(t)
    v = [0, 1, 2, 3, 7, 100, i.bits - 1, i.bits, i.bits + 1, i.max, i.max - 1]
    v += [-1, -2, -5, -i.bits, i.min, i.min + 1] if i.min else [i.max // 2 + 1]
    lines.append(f"{t} {' '.join(map(str, v))}")
    x, y = (a.ravel() for a in np.meshgrid(np.array(v, t), np.array(v, t), indexing='ij'))
    for name, f in dict(div=lax.div, rem=lax.rem, shl=lax.shift_left, shr=lax.shift_right_logical,
                        sar=lax.shift_right_arithmetic, pow=jnp.power, max=lax.max).items():
        lines.append(f"{name} {' '.join(map(str, np.asarray(jax.jit(f)(x, y)).tolist()))}")
    x = np.array(v, t)
    for name, f in dict(popcount=lax.population_count, clz=lax.clz, sign=lax.sign, abs=jnp.abs,
                        ipow5=lambda x: lax.integer_pow(x, 5), ipow12=lambda x: lax.integer_pow(x, 12)).items():
        lines.append(f"{name} {' '.join(map(str, np.asarray(jax.jit(f)(x)).tolist()))}")
out('integer.txt', lines)

# Conversions of float64; the narrower floats agree with it where they have the value.
# No subnormals: XLA's threads take those for zero.

v = [0, -0.0, 0.5, -0.5, 0.999, 1.9, -1.9, 127.5, 128, -128.9, -129, 255.9, 256, -300, 32767.9, 32768, -32769, 65535.9, 65536, 2147483647.5, 2147483648,
     -2147483648.9, -2147483649, 4294967295.9, 4294967296, 5e9, -5e9, 9.007199254740993e15, 9223372036854774784, 9.223372036854775807e18, -9.3e18,
     -9223372036854775808, 18446744073709549568, 1.8446744073709552e19, 1e30, -1e30, math.inf, -math.inf, math.nan]
lines = [f"float64 {' '.join(map(show, v))}"]
for t in 'bool int8 int16 int32 int64 uint8 uint16 uint32 uint64'.split():
    r = np.asarray(jax.jit(lambda x: lax.convert_element_type(x, t))(np.array(v)))
    lines.append(f"{t} {' '.join(map(str, r.astype(int).tolist() if t == 'bool' else r.tolist()))}")
out('convert.txt', lines)

# Bits of float32: arguments and results, and the SHA-256 of many normals.

rs = np.random.RandomState(0)
x = np.concatenate([rs.uniform(-1, 1, 120), [1, -1, 0, -0.0, 1.5, np.nan, 0.99999994, -0.99999994, 1e-30, 0.41421354, 0.41421357]]).astype(np.float32)
big = np.concatenate([x, np.exp(rs.uniform(-20, 20, 60)), [np.inf, 3e38, 1.1754944e-38]]).astype(np.float32)
lines = []
for name, f, a in (('erfinv', lax.erf_inv, x), ('log1p', lax.log1p, big), ('log', lax.log, np.abs(big))):
    r = np.asarray(jax.jit(f)(a))
    for p, q in zip(a, r):
        lines.append(f'{name} {p.view(np.uint32):08x} {"nan" if q != q else format(q.view(np.uint32), "08x")}')
key = jax.random.key(7)
z = np.asarray(jax.random.normal(key, (200000,), 'float32'))
for p in z[:40]:
    lines.append(f'normal {p.view(np.uint32):08x}')
lines.append(f"normals {len(z)} {hashlib.sha256(z.astype('<f4').tobytes()).hexdigest()}")
out('float32.txt', lines)
