"""Makes golden64.txt: functions of float64 at random and at hard arguments. A line has the
function, its arguments and the value rounded, as hexadecimal floats, and what the value
lacks, in units of its last place.

    python golden.py [points of each function] > golden64.txt
"""
import math, random, struct, sys
from mpmath import mp, mpf

mp.prec = 200
random.seed(20261122)
N = int(sys.argv[1]) if len(sys.argv) > 1 else 60

def bits():
    while True:
        x = struct.unpack('<d', struct.pack('<Q', random.getrandbits(64)))[0]
        if math.isfinite(x):
            return x

def spread(lo, hi, signed=True):
    """Numbers whose exponents are between those of lo and hi."""
    def draw():
        x = 2.0 ** random.uniform(math.log2(lo), math.log2(hi))
        return -x if signed and random.random() < 0.5 else x
    return draw

def between(lo, hi):
    return lambda: random.uniform(lo, hi)

def mixed(*draws):
    return lambda: random.choice(draws)()

def erfinv(x):
    if abs(x) < 0.5:
        return mp.erfinv(x)
    c, y = 1 - abs(mpf(x)), mp.sqrt(-mp.log(1 - abs(mpf(x))))
    for _ in range(80):
        d = (mp.erfc(y) - c) * mp.exp(y * y) * mp.sqrt(mp.pi) / 2
        y += d / (1 - y * d)
    return mp.sign(x) * y

def lgamma(x):
    return mp.log(abs(mp.gamma(x))) if abs(x) < 100 else mp.re(mp.loggamma(x))

def rem(x, y):
    a, b = abs(mpf(x)), abs(mpf(y))
    with mp.workprec(4000):
        return mp.sign(x) * (a - mp.floor(a / b) * b)

near = lambda x, d=1e-3: mixed(between(x - d, x + d), lambda: x + random.choice([-1, 1]) * 2.0 ** random.uniform(-45, -5))
small = spread(2.0**-1074, 1)
# Close to multiples of π/2, after Muller's Handbook; and others.
angles = [6381956970095103.0 * 2.0**797, 5.319372648326541e255, math.pi, math.pi / 2, math.pi / 4, 1e22, 2.0**28,
          268435456.1, 1.7976931348623157e308, 2.0**1023, 710.0, 355.0, 103993.0, 1e300]
angle = mixed(spread(1e-3, 1e3), spread(1, 2.0**1023), between(-7, 7), small)

unary = {
    'exp': (mp.exp, mixed(between(-745.1, 709.7), between(-1, 1), small), [709.78, -745.13, -708.4, -740.2, -744.9]),
    'exp2': (lambda x: mp.mpf(2)**x, mixed(between(-1074, 1024), between(-1, 1), small), [1023.99, -1074.9, -1022.3]),
    'expm1': (mp.expm1, mixed(between(-40, 709.7), between(-1, 1), small), [709.78, 1e-300, -1e-310, 0.34657, -0.34658]),
    'log': (mp.log, mixed(spread(2.0**-1074, 2.0**1023, False), near(1.0), between(0, 4)), [5e-324, 1e-310, 0.7071067811865475]),
    'log1p': (mp.log1p, mixed(spread(2.0**-1074, 2.0**1023, False), between(-1, 1), small, between(-0.5, 1)), [-1 + 2.0**-53, 2.0**-53, 1e-310]),
    'rsqrt': (lambda x: 1 / mp.sqrt(x), spread(2.0**-1074, 2.0**1023, False), []),
    'cbrt': (lambda x: mp.sign(x) * mp.cbrt(abs(x)), mixed(bits, spread(2.0**-1074, 2.0**-1000), between(-8, 8)), [27.0, 5e-324]),
    'sin': (mp.sin, angle, angles), 'cos': (mp.cos, angle, angles), 'tan': (mp.tan, angle, angles),
    'asin': (mp.asin, mixed(between(-1, 1), small, near(0.9989)), [0.5, 0.50001, 1 - 2.0**-53]),
    'acos': (mp.acos, mixed(between(-1, 1), small, near(0.9989)), [0.5, -0.5, 0.50001, -0.50001, 1 - 2.0**-53, -1 + 2.0**-53]),
    'atan': (mp.atan, mixed(bits, between(-4, 4), small), [0.4142135, 0.4142136, 2.414213, 2.414214]),
    'sinh': (mp.sinh, mixed(between(-710.4, 710.4), between(-2, 2), small), [710.47, 1.0, 0.9999]),
    'cosh': (mp.cosh, mixed(between(-710.4, 710.4), between(-2, 2), small), [710.47]),
    'tanh': (mp.tanh, mixed(between(-20, 20), between(-1, 1), small), [0.5499, 0.55, 19.06]),
    'asinh': (mp.asinh, mixed(bits, between(-4, 4), small), [0.5, 0.4999, 1e200]),
    'acosh': (mp.acosh, mixed(spread(1, 2.0**1023, False), between(1, 4), near(1.002)), [1 + 2.0**-52]),
    'atanh': (mp.atanh, mixed(between(-1, 1), small, near(0.9989)), [0.5, 0.4999, 1 - 2.0**-53]),
    'logistic': (lambda x: 1 / (1 + mp.exp(-x)), mixed(between(-745, 40), between(-4, 4), small), []),
    'erf': (mp.erf, mixed(between(-6, 6), between(-1, 1), small), [0.9999, 1.0, 5.9]),
    'erfc': (mp.erfc, mixed(between(-6, 27.2), between(-1, 1), between(0.4, 0.6), small), [26.5, 27.2, 0.5]),
    'erf_inv': (erfinv, mixed(between(-1, 1), small, lambda: 1 - 2.0 ** random.uniform(-53, -2)), [1 - 2.0**-53, 0.999]),
    'lgamma': (lgamma, mixed(spread(2.0**-1074, 2.0**1014, False), between(0, 10), near(1.0, 0.3), near(2.0, 0.3)), [0.75, 2.5, 7.999, 8.0]),
    'digamma': (mp.digamma, mixed(spread(2.0**-1020, 2.0**1023, False), between(0, 10), near(1.4616, 0.1)), [1.4616321449683623, 6.99, 7.0]),
}
power = lambda: (2.0 ** random.uniform(-30, 30), random.uniform(-30, 30))
binary = {
    'pow': (lambda x, y: mpf(x)**mpf(y), [power, lambda: (random.uniform(0, 4), random.uniform(-300, 300)),
            lambda: (1 + random.uniform(-1e-3, 1e-3), random.uniform(-1e5, 1e5)), lambda: (abs(bits()), random.uniform(-1, 1)),
            lambda: (-float(random.randint(1, 20)), float(random.randint(-40, 40)))]),
    'atan2': (lambda y, x: mp.atan2(y, x), [lambda: (random.uniform(-1, 1), random.uniform(-1, 1)), lambda: (bits(), bits()),
              lambda: (spread(2.0**-1074, 2.0**-1020)(), spread(2.0**-1074, 2.0**-1020)())]),
    'rem': (rem, [lambda: (bits(), bits()), lambda: (random.uniform(-100, 100), random.uniform(-10, 10)),
            lambda: (spread(2.0**50, 2.0**1000)(), spread(2.0**-1074, 2.0**-1000)())]),
}

def line(name, args, value):
    """Prints a result; units of subnormals are the least number."""
    if isinstance(value, mp.mpc) or value != 0 and not abs(value) < mpf(2)**1024:
        return
    y = mp_round(value)
    if not y:  # overflow, or a zero, whose sign mpmath does not have
        return
    unit = mpf(2) ** (max(math.frexp(y)[1] - 1, -1022) - 52)
    print(name, *[float(x).hex() for x in args], y.hex(), f'{float((value - mpf(y)) / unit):.3f}')

def mp_round(v):
    """v rounded to a float64, subnormals too."""
    if v == 0:
        return 0.0
    e = max(int(mp.floor(mp.log(abs(v), 2))), -1022) - 52
    n = int(mp.nint(v / mpf(2)**e))
    try:
        return math.ldexp(n, e)
    except OverflowError:
        return None

for name, (f, draw, hard) in unary.items():
    for x in hard + [draw() for _ in range(N)]:
        if x == 0:
            continue
        big = abs(x) > 1e10 or abs(x) < 1e-30
        with mp.workprec(2600 if big and name in ('sin', 'cos', 'tan', 'expm1', 'log1p', 'cosh', 'acosh', 'asinh', 'lgamma') else 300):
            try:
                line(name, [x], f(mpf(x)))
            except (ValueError, ZeroDivisionError):
                continue
for name, (f, draws) in binary.items():
    for i in range(N):
        x, y = draws[i % len(draws)]()
        with mp.workprec(400):
            if name == 'pow' and not abs(mpf(y) * mp.log(abs(mpf(x)), 2)) < 1100:
                continue
            line(name, [x, y], f(mpf(x), mpf(y)))
