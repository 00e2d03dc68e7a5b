"""Makes ../coefs.go: polynomials that minimise the largest relative error of what they are
used for (Remez's exchange on a grid of Chebyshev points, in mpmath). Coefficients are rounded
to their format from the lowest on, and the others fitted again to what is left.

    python coefs.py > ../coefs.go
"""
import sys
from mpmath import mp, mpf

mp.prec = 220
PI = mp.pi

def rounded(c, bits):
    with mp.workprec(bits):
        return +mpf(c)

def remez(xs, fs, ws, n):
    """Coefficients of degree n, lowest first, and the error, by exchange on the points xs."""
    m = len(xs)
    ref = [round((m - 1) * (1 - mp.cos(PI * i / (n + 1))) / 2) for i in range(n + 2)]
    for i in range(1, n + 2):
        ref[i] = max(ref[i], ref[i - 1] + 1)
    for _ in range(40):
        A = mp.matrix(n + 2, n + 2)
        for i, r in enumerate(ref):
            p = mpf(1)
            for j in range(n + 1):
                A[i, j] = p
                p *= xs[r]
            A[i, n + 1] = (-1) ** i / ws[r]
        sol = mp.lu_solve(A, mp.matrix([fs[r] for r in ref]))
        c, e = list(sol)[:n + 1], abs(sol[n + 1])
        err = [(mp.polyval(c[::-1], x) - f) * w for x, f, w in zip(xs, fs, ws)]
        worst = max(abs(x) for x in err)
        if worst <= e * mpf('1.01'):
            break
        # The largest of each run of one sign; the best n+2 neighbours of them.
        runs = []
        for i, x in enumerate(err):
            if runs and (err[runs[-1]] > 0) == (x > 0):
                if abs(x) > abs(err[runs[-1]]):
                    runs[-1] = i
            else:
                runs.append(i)
        while len(runs) > n + 2:
            runs.pop(0 if abs(err[runs[0]]) < abs(err[runs[-1]]) else -1)
        if len(runs) < n + 2:
            break
        ref = runs
    return c, worst

def fit(f, a, b, n, w, bits, limit=0):
    a, b = mpf(a), mpf(b)
    m = 10 * (n + 2)
    grid = [a + (b - a) * (1 - mp.cos(PI * (2 * i + 1) / (2 * m))) / 2 for i in range(m)]
    values, weights = [f(x) for x in grid], [w(x) for x in grid]
    fs, ws = values, weights
    c, e = remez(grid, fs, ws, n)
    if e > max(limit, mpf(2) ** -(bits + 3)):
        return None, e
    # Fitting again may fail where the basis is nearly dependent: then fewer times.
    return min((refit(grid, values, weights, n, bits, times, limit) for times in (0, 1, 2, 3, 4, 6, 9, 12) if times <= max(n - 1, 0)), key=lambda r: r[1])

def refit(grid, values, weights, n, bits, times, limit):
    fs, ws, fixed = values, weights, []
    c, _ = remez(grid, fs, ws, n)
    for k in range(times):
        fixed.append(rounded(c[0], bits))
        fs = [(y - fixed[-1]) / x for x, y in zip(grid, fs)]
        ws = [v * x for x, v in zip(grid, ws)]
        c, _ = remez(grid, fs, ws, n - k - 1)
    c = fixed + [rounded(x, bits) for x in c]
    e = max(abs((mp.polyval(c[::-1], x) - f) * w) for x, f, w in zip(grid, values, weights))
    return (c if e < mpf(2) ** -(bits + (1.5 if bits == 24 else 0.5)) or e < limit else None), e

# Where fewer terms are worth more than the last quarter of a unit in the last place.
LIMITS = {'expm1Eighth': mpf(2) ** -25}

def best(name, f, a, b, w, bits, n0, note):
    with mp.workprec(160 if bits == 24 else 260):
        for n in range(n0, 40):
            c, e = fit(f, a, b, n, w, bits, LIMITS.get(name, 0))
            if c is not None:
                break
    print(f'{name}: degree {n}, error 2^{float(mp.log(e, 2)):.1f}', file=sys.stderr, flush=True)
    out(name, c, f'{note}; error 2^{float(mp.log(e, 2)):.1f}')

def hexf(x):
    return float(x).hex()

def out(name, c, note):
    print(f'\n// {name}: {note}.')
    print(f'var {name} = []float64{{')
    row = ''
    for x in c:
        t = hexf(x) + ','
        if len(row) + len(t) > 90:
            print('\t' + row.rstrip())
            row = ''
        row += t + ' '
    print('\t' + row.rstrip())
    print('}')

def sq(f):
    """f(√z)"""
    return lambda z: f(mp.sqrt(z))

def series(g, x, lim=mpf(2) ** -60):
    return g(x)

def erfinv_of_w(w):
    """erfinv(x)/x for w = -log(1 - x²)"""
    with mp.workprec(mp.prec + 60):
        x = mp.sqrt(-mp.expm1(-w))
        c = mp.exp(-w) / (1 + x)  # 1 - x
        if x < 0.4:
            return mp.erfinv(x) / x
        y = mp.sqrt(w)
        for _ in range(60):
            d = (mp.erfc(y) - c) * mp.exp(y * y) * mp.sqrt(PI) / 2
            y += d / (1 - y * d)
            if abs(d) < mpf(2) ** -150:
                break
        return y / x

ROOT = mp.findroot(mp.digamma, 1.4616321449683623)

def jobs(bits):
    s = '32' if bits == 24 else '64'
    big = bits == 53
    pick = lambda x, y: y if big else x
    r = mp.log(2) / 2 * mpf('1.0005')
    yield 'exp' + s, lambda x: (mp.expm1(x) - x) / x**2, -r, r, lambda x: x**2, pick(4, 8), '(exp r - 1 - r)/r² for |r| ≤ log(2)/2'
    if big:
        yield 'expm164', lambda x: (mp.expm1(x) - x) / x**2, -r, r, lambda x: x, 8, 'the same, for relative accuracy of exp r - 1'
    yield 'exp2' + s, lambda x: (2**x - 1) / x, -mpf('0.5005'), mpf('0.5005'), lambda x: x, pick(5, 10), '(2^r - 1)/r for |r| ≤ 1/2'
    smax = (mp.sqrt(2) - 1) / (mp.sqrt(2) + 1) * mpf('1.01')
    yield 'log' + s, sq(lambda x: (2 * mp.atanh(x) / x - 2) / x**2), mpf(2)**-40, smax**2, lambda z: z / 2, pick(2, 5), '(2 artanh s - 2s)/s³ by s², for m = (1+s)/(1-s) within [√½, √2]'
    # Twelve bits more than the format has: the weight says so.
    yield 'log2Tail' + s, sq(lambda x: (mp.atanh(x) / x - 1 - x**2 / 3) / x**4 * 2 / mp.log(2)), mpf(2)**-40, smax**2, lambda z: z**2 / 3 * 2**9, pick(2, 5), '2(artanh s - s - s³/3)/(s⁵ log 2) by s²'
    q = (PI / 4 * mpf('1.01'))**2
    yield 'sin' + s, sq(lambda x: (mp.sin(x) / x - 1) / x**2), mpf(2)**-40, q, lambda z: z, pick(2, 4), '(sin r - r)/r³ by r², for |r| ≤ π/4'
    yield 'cos' + s, sq(lambda x: (mp.cos(x) - 1 + x**2 / 2) / x**4), mpf(2)**-40, q, lambda z: z**2, pick(2, 4), '(cos r - 1 + r²/2)/r⁴ by r²'
    yield 'tan' + s, sq(lambda x: (mp.tan(x) / x - 1) / x**2), mpf(2)**-40, q, lambda z: z, pick(4, 12), '(tan r - r)/r³ by r²'
    yield 'asin' + s, sq(lambda x: (mp.asin(x) / x - 1) / x**2), mpf(2)**-40, mpf('0.2503'), lambda z: z, pick(3, 10), '(asin x - x)/x³ by x², for |x| ≤ 1/2'
    yield 'atan' + s, sq(lambda x: (mp.atan(x) / x - 1) / x**2), mpf(2)**-40, mpf('0.501')**2, lambda z: z, pick(3, 9), '(atan x - x)/x³ by x², for |x| ≤ 1/2'
    yield 'sinh' + s, sq(lambda x: (mp.sinh(x) / x - 1) / x**2), mpf(2)**-40, mpf('1.002'), lambda z: z, pick(2, 5), '(sinh x - x)/x³ by x², for |x| ≤ 1'
    if big:
        yield 'tanh64', sq(lambda x: (mp.tanh(x) / x - 1) / x**2), mpf(2)**-40, mpf('0.551')**2, lambda z: z, 8, '(tanh x - x)/x³ by x², for |x| ≤ 0.55'
    yield 'atanh' + s, sq(lambda x: (mp.atanh(x) / x - 1) / x**2), mpf(2)**-40, mpf('0.501')**2, lambda z: z, pick(6, 14), '(artanh x - x)/x³ by x², for |x| ≤ 1/2'
    yield 'asinh' + s, sq(lambda x: (mp.asinh(x) / x - 1) / x**2), mpf(2)**-40, mpf('0.501')**2, lambda z: z, pick(3, 10), '(arsinh x - x)/x³ by x², for |x| ≤ 1/2'
    yield 'erfSmall' + s, sq(lambda x: mp.erf(x) / x - 1), mpf(2)**-40, pick(mpf('0.9275'), mpf('1.002'))**2, lambda z: 1, pick(4, 10), 'erf(x)/x - 1 by x², next to 0'

def rest():
    """Polynomials that only one of the formats has."""
    r = mp.log(2) / 16 * mpf('1.001')
    yield 'expm1Eighth', lambda x: (mp.expm1(x) - x) / x**2, -r, r, abs, 24, 2, '(exp r - 1 - r)/r² for |r| ≤ log(2)/16, for relative accuracy of exp r - 1'
    lo = lambda K, a: (mpf(a) - K) / (mpf(a) + K)
    for bits, s, K, top in ((24, '32', mpf(2), '10.1'), (53, '64', mpf(4), '27.3')):
        g = lambda a: mp.exp(a * a) * mp.erfc(a) * a
        while abs(rounded(g(K), bits) / g(K) - 1) > mpf(2) ** -(bits + 5):
            K += mpf(1) / 512
        print(f'\n// erfcMiddle{s} is k of erfcFar.\nconst erfcMiddle{s} = {float(K)}')
        h = lambda t, K=K: g(K * (1 + t) / (1 - t))
        yield 'erfc' + s, h, lo(K, '0.89'), lo(K, top), lambda t: 1 / h(t), bits, 8 if bits == 24 else 18, f'a exp(a²) erfc(a) by t = (a-k)/(a+k), for 0.89 ≤ a ≤ {top}'
    f = erfinv_of_w
    yield 'erfInvA', lambda t: f(t + mpf('3.125')), mpf('-3.1249999'), mpf('3.13'), lambda t: 1 / f(t + mpf('3.125')), 53, 20, 'erfinv(x)/x by w - 3.125, for w = -log(1-x²) < 6.25'
    yield 'erfInvB', lambda t: f((t + mpf('3.25'))**2), mpf('-0.755'), mpf('0.755'), lambda t: 1 / f((t + mpf('3.25'))**2), 53, 16, 'erfinv(x)/x by √w - 3.25, for 6.25 ≤ w < 16'
    yield 'erfInvC', lambda t: f((t + 5)**2), mpf('-1.005'), mpf('1.01'), lambda t: 1 / f((t + 5)**2), 53, 14, 'erfinv(x)/x by √w - 5, for 16 ≤ w'
    g = lambda k: lambda t: mp.loggamma(k + t) / t
    yield 'lgammaA', g(1), mpf('-0.2501'), mpf('0.5001'), lambda t: 1 / abs(g(1)(t)), 53, 18, 'log Γ(1+t)/t for t from -1/4 to 1/2'
    yield 'lgammaB', g(2), mpf('-0.5001'), mpf('0.5001'), lambda t: 1 / abs(g(2)(t)), 53, 16, 'log Γ(2+t)/t for |t| ≤ 1/2'
    def stirling(z):
        x = 1 / mp.sqrt(z)
        return (mp.loggamma(x) - (x - 0.5) * mp.log(x) + x - mp.log(2 * PI) / 2) * x
    yield 'stirling', stirling, mpf(2)**-16, mpf(1) / 64 * mpf('1.001'), lambda z: mp.sqrt(z) / 8, 53, 4, 'x(log Γ(x) - (x-1/2) log x + x - log(2π)/2) by 1/x², for x ≥ 8'
    d = lambda t: mp.digamma(1 + t) / (1 + t - ROOT) if abs(1 + t - ROOT) > mpf(2)**-80 else mp.psi(1, ROOT)
    yield 'digammaRatio', d, mpf('-0.0001'), mpf('1.0001'), lambda t: 1 / d(t), 53, 16, 'ψ(1+t)/(1+t-root) for t from 0 to 1'
    def psi(z):
        x = 1 / mp.sqrt(z)
        return (mp.log(x) - 0.5 / x - mp.digamma(x)) * x * x
    yield 'digammaTail', psi, mpf(2)**-16, mpf(1) / 49 * mpf('1.001'), lambda z: z / 2, 53, 4, 'x²(log x - 1/2x - ψ(x)) by 1/x², for x ≥ 7'

def from_the_top(grid, fs, ws, n):
    """Coefficients of degree n, rounded to float32 from the highest on, and the others fitted
    again. The constant, which is not rounded, and the error."""
    c = []
    for k in range(n, 0, -1):
        c.insert(0, rounded(remez(grid, fs, ws, k)[0][k], 24))
        fs = [f - c[0] * x**k for f, x in zip(fs, grid)]
    (first,), e = remez(grid, fs, ws, 0)
    return first, c, e

def exp_eighth():
    """What exp r, |r| ≤ log(2)/16, is made of: a constant, and by r the coefficients above."""
    r = mp.log(2) / 16 * mpf('1.0005')
    grid = [-r * mp.cos(PI * (2 * i + 1) / 800) for i in range(400)]
    return from_the_top(grid, [mp.exp(x) for x in grid], [mp.exp(-x) for x in grid], 3)

def chunks(x, bits, n):
    """x as a sum of n numbers of the given bits, each but the last rounded towards zero."""
    parts = []
    for _ in range(n):
        e = mp.floor(mp.log(x, 2)) - bits + 1
        parts.append(mp.floor(x / 2**e) * 2**e)
        x -= parts[-1]
    return parts

def constants():
    for bits, s in ((24, '32'), (53, '64')):
        print()
        for name, note, parts in (
                ('halfPi', 'π/2, as a sum of positive parts', chunks(+mp.pi / 2, bits, 3)),
                ('ln2', 'log 2, as a sum', chunks(mp.log(2), bits, 2)),
                ('log2e', 'log₂ e, as a sum', chunks(1 / mp.log(2), bits, 2)),
                ('twoThirds', '2/(3 log 2), as a sum', chunks(2 / (3 * mp.log(2)), bits, 2))):
            print(f'// {name}{s} is {note}.')
            print(f'var {name}{s} = []float64{{{", ".join(hexf(p) for p in parts)}}}')
    print('\n// twoOverPi has the bits of 2/π after the point.')
    print('var twoOverPi = []uint64{')
    n = int(mp.floor(2 / mp.pi * mpf(2)**1280))
    words = [n >> (1280 - 64 * (i + 1)) & (2**64 - 1) for i in range(20)]
    for i in range(0, 20, 4):
        print('\t' + ' '.join(f'{w:#018x},' for w in words[i:i + 4]))
    print('}')

def main():
    print('// Code generated by testdata/coefs.py; DO NOT EDIT.\n\npackage macro\n')
    print('// Coefficients of minimax polynomials, lowest first.')
    only = sys.argv[1:]
    with mp.workprec(1500):
        constants()
    for bits in (24, 53):
        for name, f, a, b, w, n, note in jobs(bits):
            if not only or name in only:
                best(name, f, a, b, w, bits, n, note)
    for name, f, a, b, w, bits, n, note in rest():
        if not only or name in only:
            best(name, f, a, b, w, bits, n, note)
    _, c, e = exp_eighth()
    out('expEighth', c, f'(exp r - c)/r for |r| ≤ log(2)/16, where c is in a table; error 2^{float(mp.log(e, 2)):.1f}')

if __name__ == '__main__':
    main()
