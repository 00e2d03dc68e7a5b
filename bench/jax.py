"""JAX's side of the benchmarks."""
import json, os, subprocess, sys, time

if os.environ.get("GOJAX_PEER_THREADS"):
    os.sched_setaffinity(0, range(int(os.environ["GOJAX_PEER_THREADS"])))

import jax, jax.numpy as jnp, numpy as np
from jax import grad, jit, lax, random, vmap, jacfwd, jacrev

key = random.PRNGKey(0)
W = {}  # name -> function that returns a function of n


def loop(f):
    """Times n calls of f, each waited for."""
    def run(n):
        t = time.perf_counter()
        for _ in range(n):
            jax.block_until_ready(f())
        return time.perf_counter() - t
    return run


def nowait(f):
    def run(n):
        t = time.perf_counter()
        for _ in range(n):
            r = f()
        t = time.perf_counter() - t
        jax.block_until_ready(r)
        return t
    return run


fresh = [0]


def first(make, *args):
    """Times first calls of new functions, less a warm call: trace and compile."""
    def call(f):
        t = time.perf_counter()
        jax.block_until_ready(f(*args))
        return time.perf_counter() - t

    def new():
        fresh[0] += 1
        return make(fresh[0])

    warm, f = [float("inf")], new()
    call(f)
    start = time.perf_counter()
    while time.perf_counter() - start < 3:
        warm[0] = min(warm[0], call(f))

    def run(n):
        cold = float("inf")
        for _ in range(n):
            f = new()
            cold = min(cold, call(f))
            warm[0] = min(warm[0], call(f), call(f), call(f))
        return max(cold - warm[0], 1e-6) * n
    return run


def workload(name):
    def keep(setup):
        W[name] = setup
        return setup
    return keep


def selu(x, alpha=1.67, lmbda=1.05):
    return lmbda * jnp.where(x > 0, x, alpha * jnp.exp(x) - alpha)


def sum_logistic(x):
    return jnp.sum(1.0 / (1.0 + jnp.exp(-x)))


def big():
    return random.normal(key, (3000, 3000), dtype=jnp.float32)


def million():
    return random.normal(key, (1000000,))


@workload("dot3000 device")
def _():
    x = big()
    return loop(lambda: jnp.dot(x, x.T))


@workload("dot3000 host numpy")
def _():
    x = np.random.normal(size=(3000, 3000)).astype(np.float32)
    return loop(lambda: jnp.dot(x, x.T))


@workload("dot 3000 a@b (distinct)")
def _():
    x, y, f = big(), random.normal(random.PRNGKey(1), (3000, 3000)), jit(jnp.dot)
    return loop(lambda: f(x, y))


@workload("numpy dot3000")
def _():
    x = np.array(big())
    return loop(lambda: x @ x)


@workload("numpy x@x.T")
def _():
    x = np.array(big())
    return loop(lambda: x @ x.T)


W["random.normal 3000x3000"] = lambda: loop(big)


@workload("selu 1M eager")
def _():
    x = million()
    return loop(lambda: selu(x))


def on_million(name, f):
    def setup():
        x, g = million(), jit(f)
        return loop(lambda: g(x))
    W[name] = setup


on_million("selu 1M jit", selu)
on_million("sum 1M", jnp.sum)
on_million("mean+var 1M", lambda x: jnp.mean(x) + jnp.var(x))
on_million("exp 1M", jnp.exp)
on_million("tanh 1M", jnp.tanh)
on_million("log 1M", lambda x: jnp.log(jnp.abs(x)))
on_million("erf 1M", lax.erf)
on_million("sin 1M", jnp.sin)
on_million("sort 1M", jnp.sort)
on_million("argsort 1e6", jnp.argsort)
on_million("cumsum 1M", jnp.cumsum)
on_million("softmax 1000x1000", lambda z: jax.nn.softmax(z.reshape(1000, 1000), axis=-1))
on_million("layer-norm 1000x1000", lambda z: layer_norm(z.reshape(1000, 1000), z[:1000]))
on_million("transpose 1000x1000", lambda z: z.reshape(1000, 1000).T + 0)
on_million("roll 1M", lambda z: jnp.roll(z, 1000))
on_million("concatenate exps of 500k", lambda z: jnp.concatenate([jnp.exp(z[500_000:]), jnp.exp(z[:500_000])]))
on_million("stack 3x300k", lambda z: jnp.stack(
    [z[:300_000] * 2, z[300_000:600_000] + 1, z[600_000:900_000] * z[600_000:900_000]], axis=-1))


def rotary(z):
    size, angles = 8 * 128 * 8 * 32, 128 * 32
    x = z[:size].reshape(8, 128, 8, 32)
    sin = z[size:size + angles].reshape(128, 1, 32)
    cos = z[size + angles:size + 2 * angles].reshape(128, 1, 32)
    return x * cos + jnp.concatenate([-x[..., 16:], x[..., :16]], axis=-1) * sin


on_million("rotary 8x128x8x32", rotary)


@workload("dispatch jit scalar a+1")
def _():
    x, f = jnp.ones(()), jit(lambda a: a + 1)
    return loop(lambda: f(x))


@workload("dispatch jit scalar a+1 (no block)")
def _():
    x, f = jnp.ones(()), jit(lambda a: a + 1)
    return nowait(lambda: f(x))


@workload("dispatch eager add")
def _():
    x = jnp.ones(())
    return nowait(lambda: x + 1)


@workload("dispatch eager jnp.sin")
def _():
    x = jnp.ones(())
    return nowait(lambda: jnp.sin(x))


@workload("grad(sum_logistic) eager")
def _():
    x, g = jnp.arange(3.), grad(sum_logistic)
    return loop(lambda: g(x))


@workload("jit grad(sum_logistic)")
def _():
    x, g = jnp.arange(3.), jit(grad(sum_logistic))
    return loop(lambda: g(x))


@workload("compile selu")
def _():
    return first(lambda i: jit(lambda x: selu(x) + 0 * i), million())


@workload("compile grad^3")
def _():
    return first(lambda i: jit(grad(jit(grad(jit(grad(lambda x: sum_logistic(x) * (1 + i))))))), 1.0)


@workload("compile hessian")
def _():
    return first(lambda i: jit(jacfwd(jacrev(lambda x: sum_logistic(x) * (1 + i)))), jnp.arange(3.))


def batched(f):
    def setup():
        mat, vs = random.normal(key, (150, 100)), random.normal(key, (10, 100))
        g = f(mat)
        return loop(lambda: g(vs))
    return setup


W["naive batched"] = batched(lambda mat: lambda vs: jnp.stack([jnp.dot(mat, v) for v in vs]))
W["manual batched"] = batched(lambda mat: jit(lambda vs: jnp.dot(vs, mat.T)))
W["vmap batched"] = batched(lambda mat: jit(lambda vs: vmap(lambda v: jnp.dot(mat, v))(vs)))


def matmul(n):
    def setup():
        a, f = random.normal(key, (n, n)), jit(jnp.dot)
        return loop(lambda: f(a, a))
    return setup


def product(x, y):
    def setup():
        a, b, f = random.normal(key, x), random.normal(random.PRNGKey(1), y), jit(jnp.matmul)
        return loop(lambda: f(a, b))
    return setup


W["matvec 4096"] = product((4096, 4096), (4096,))
W["matmul 1000 of 16x16"] = product((1000, 16, 16), (1000, 16, 16))
for n in (128, 512, 1024):
    W[f"matmul {n}"] = matmul(n)


@workload("gather 1M")
def _():
    a, i = million(), random.randint(key, (1000000,), 0, 1000000)
    f = jit(lambda a, i: a[i])
    return loop(lambda: f(a, i))


@workload("scatter-add 1M")
def _():
    a, i = million(), random.randint(key, (1000000,), 0, 1000000)
    f = jit(lambda a, i: jnp.zeros_like(a).at[i].add(a))
    return loop(lambda: f(a, i))


@workload("permutation 1e6")
def _():
    f = jit(lambda k: random.permutation(k, 1000000))
    return loop(lambda: f(key))


@workload("200-leaf dict dispatch")
def _():
    p = {f"k{i}": jnp.ones(()) for i in range(200)}
    f = jit(lambda p: jax.tree.map(lambda v: v + 1, p))
    return loop(lambda: f(p))


# A multilayer perceptron's training step.
def mlp_init():
    sizes = [784, 512, 512, 10]
    keys = random.split(key, len(sizes))
    return [(random.normal(k, (m, n)) * 0.01, jnp.zeros(n)) for k, m, n in zip(keys, sizes[:-1], sizes[1:])]


def mlp_loss(ps, x, y):
    for w, b in ps[:-1]:
        x = jax.nn.relu(x @ w + b)
    w, b = ps[-1]
    logits = x @ w + b
    logits = logits - jax.nn.logsumexp(logits, axis=1, keepdims=True)
    return -jnp.mean(jnp.sum(logits * y, axis=1))


def mlp_step(i):
    return jit(lambda ps, x, y: jax.tree.map(lambda p, g: p - (0.1 + i) * g, ps, grad(mlp_loss)(ps, x, y)))


def mlp_args():
    return mlp_init(), random.normal(key, (128, 784)), jax.nn.one_hot(jnp.arange(128) % 10, 10)


@workload("mlp step b128")
def _():
    args, f = mlp_args(), mlp_step(0)
    return loop(lambda: f(*args))


W["compile mlp step"] = lambda: first(mlp_step, *mlp_args())

# Four transformer blocks, forwards and backwards.
D, H, T, B = 256, 8, 128, 8


def block_init(k):
    k, s = random.split(k, 8), 0.02
    return dict(wq=random.normal(k[0], (D, D)) * s, wk=random.normal(k[1], (D, D)) * s,
                wv=random.normal(k[2], (D, D)) * s, wo=random.normal(k[3], (D, D)) * s,
                w1=random.normal(k[4], (D, 4 * D)) * s, w2=random.normal(k[5], (4 * D, D)) * s,
                g1=jnp.ones(D), g2=jnp.ones(D))


def layer_norm(x, g):
    m = x.mean(-1, keepdims=True)
    v = ((x - m) ** 2).mean(-1, keepdims=True)
    return (x - m) * lax.rsqrt(v + 1e-5) * g


def block(p, x):
    h = layer_norm(x, p['g1'])
    q, k, v = [(h @ p[n]).reshape(B, T, H, D // H) for n in ('wq', 'wk', 'wv')]
    s = jnp.einsum('bthd,bshd->bhts', q, k) / jnp.sqrt(D // H)
    s = jnp.where(jnp.tril(jnp.ones((T, T), bool)), s, -1e30)
    o = jnp.einsum('bhts,bshd->bthd', jax.nn.softmax(s, -1), v).reshape(B, T, D)
    x = x + o @ p['wo']
    return x + jax.nn.gelu(layer_norm(x, p['g2']) @ p['w1']) @ p['w2']


def transformer(i):
    def loss(P, x):
        for p in P:
            x = block(p, x)
        return (x ** 2).mean() * (1 + i)
    return jit(lambda P, x: jax.value_and_grad(loss)(P, x))


def transformer_args():
    return [block_init(k) for k in random.split(key, 4)], random.normal(key, (B, T, D))


@workload("transformer4 grad step")
def _():
    args, f = transformer_args(), transformer(0)
    return loop(lambda: f(*args))


W["compile transformer4 grad"] = lambda: first(transformer, *transformer_args())


def unrolled(i):
    w = random.normal(key, (32, 32)) * .1

    def f(x):
        for _ in range(400):
            x = jnp.sin(x @ w)
        return x.sum() * (1 + i)
    return f


W["compile unrolled 400"] = lambda: first(lambda i: jit(unrolled(i)), jnp.ones(32))
W["compile unrolled 400 grad"] = lambda: first(lambda i: jit(grad(unrolled(i))), jnp.ones(32))

for n in [10**i for i in range(3, 8)]:
    def on(name, f, n=n):
        def setup():
            x, g = random.normal(key, (n,)), jit(f)
            return loop(lambda: g(x))
        W[f"growth {name} {n}"] = setup
    on("exp", jnp.exp)
    on("sum", jnp.sum)

for n in (32, 69, 149, 321, 690):
    W[f"growth matmul {n}"] = matmul(n)


@workload("process start to first array")
def _():
    def run(n):
        t = time.perf_counter()
        for _ in range(n):
            subprocess.run([sys.executable, "-c", "import jax.numpy as jnp; print(jnp.arange(3.))"],
                           check=True, stdout=subprocess.DEVNULL)
        return time.perf_counter() - t
    return run
