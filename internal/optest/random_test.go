package optest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/lax"
)

// A generator makes a random program: at all times it knows the shapes of the variables
// in scope.
type generator struct {
	*rand.Rand
	shapes []core.Shape
	p      *program
}

// newProgram returns a program with calls nested to the given depth.
func newProgram(seed uint64, depth int) *program {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, 7))}
	params := make([]core.Shape, 2+g.IntN(2))
	for i := range params {
		params[i] = make(core.Shape, g.IntN(3))
		for a := range params[i] {
			params[i][a] = 1 + g.IntN(3)
		}
	}
	return g.program(params, depth)
}

// program makes a program with the given parameters that may capture what is in scope.
func (g *generator) program(params []core.Shape, depth int) *program {
	outer, shapes := g.p, g.shapes
	defer func() { g.p, g.shapes = outer, shapes }()
	g.p = &program{params: params, base: len(shapes)}
	g.shapes = append(slices.Clip(shapes), params...)
	n := 1 + g.IntN(3)
	at := g.IntN(n + 1) // where the inner call stands
	for i := range n + 1 {
		if i == at && depth > 0 {
			g.addCall(depth - 1)
		} else {
			g.addOp()
		}
	}
	g.close()
	g.p.out = len(g.shapes) - 1
	return g.p
}

// close makes the result depend on all parameters, and on what a call returned.
func (g *generator) close() {
	last := len(g.shapes) - 1
	n := &node{text: "%s", in: []int{last}, shape: g.shapes[last]}
	use := func(v int) {
		if v != last && g.IntN(6) > 0 {
			n.text += " + sin(sum(%s)/2)"
			n.in = append(n.in, v)
		}
	}
	for i := range g.p.params {
		use(g.p.base + i)
	}
	for i, inner := range g.p.nodes {
		if inner.call != nil {
			use(g.p.base + len(g.p.params) + i)
		}
	}
	n.f = func(x ...array) array {
		y := x[0]
		for _, v := range x[1:] {
			y = y.Add(lax.Sin(total(v).Div(2)))
		}
		return y
	}
	if len(n.in) > 1 {
		g.add(n)
	}
}

func (g *generator) add(n *node) {
	g.p.nodes = append(g.p.nodes, n)
	g.shapes = append(g.shapes, n.shape)
}

// pick returns a variable that suits, or -1: mostly one of the latest.
func (g *generator) pick(suits func(s core.Shape) bool) int {
	var all []int
	for v, s := range g.shapes {
		if suits(s) {
			all = append(all, v)
		}
	}
	switch n := len(all); {
	case n == 0:
		return -1
	case g.IntN(2) == 0:
		return all[n-1]
	default:
		return all[g.IntN(n)]
	}
}

func anyShape(core.Shape) bool  { return true }
func small(s core.Shape) bool   { return core.Size(s) <= 8 }
func hasAxes(s core.Shape) bool { return len(s) > 0 }
func like(t core.Shape) func(s core.Shape) bool {
	return func(s core.Shape) bool { return slices.Equal(s, t) }
}

// addOp adds an operation that finds operands.
func (g *generator) addOp() {
	for {
		n := kinds[g.IntN(len(kinds))](g)
		if n != nil && core.Size(n.shape) <= 30 && len(n.shape) <= 4 {
			g.add(n)
			return
		}
	}
}

// addCall adds a program under a transformation.
func (g *generator) addCall(depth int) {
	transforms := []string{"jit", "jit", "vmap", "vmap", "vmap", "jvp", "linearize", "grad", "grad", "vjp", "jacfwd", "jacrev"}
	c := &call{transform: transforms[g.IntN(len(transforms))]}
	n := &node{call: c}
	suits := small
	switch c.transform {
	case "jit":
		suits = anyShape
	case "vmap":
		if n.in = []int{g.pick(hasAxes)}; n.in[0] < 0 {
			c.transform, n.in = "jit", nil
		}
	}
	if len(n.in) == 0 {
		n.in = []int{g.pick(suits)}
	}
	if v := g.pick(suits); n.in[0] >= 0 && v >= 0 && g.IntN(2) == 0 {
		n.in = append(n.in, v)
	}
	if n.in[0] < 0 { // everything is too large
		c.transform, n.in = "jit", []int{g.pick(anyShape)}
	}
	c.args = len(n.in)
	params := make([]core.Shape, c.args)
	for i, v := range n.in {
		params[i] = g.shapes[v]
	}
	if c.transform == "vmap" {
		g.mapAxes(c, params)
	}
	c.sub = g.program(params, depth)
	g.finish(n)
	if n.shape == nil || core.Size(n.shape) > 60 {
		g.addOp()
		return
	}
	n.text = n.describe()
	g.add(n)
}

// mapAxes chooses the axes that vmap maps over, and takes them from the parameters.
func (g *generator) mapAxes(c *call, params []core.Shape) {
	c.axes = make([]any, len(params))
	for i, s := range params {
		if i == 0 {
			a := g.IntN(len(s))
			c.size, c.axes[0], params[0] = s[a], a, slices.Delete(slices.Clone(s), a, a+1)
			continue
		}
		if a := slices.Index(s, c.size); a >= 0 && g.IntN(3) > 0 {
			c.axes[i], params[i] = a-len(s), slices.Delete(slices.Clone(s), a, a+1) // counted from the end
		}
	}
}

// finish adds what the transformation needs besides arguments, and says what shape the
// result has; none if it cannot.
func (g *generator) finish(n *node) {
	c := n.call
	scope := append(slices.Clip(g.shapes), c.sub.params...)
	for _, n := range c.sub.nodes {
		scope = append(scope, n.shape)
	}
	out := scope[c.sub.out]
	c.which = g.IntN(c.args)
	arg := g.shapes[n.in[c.which]]
	switch c.transform {
	case "jit":
		n.shape = out
	case "vmap":
		c.out = g.IntN(len(out) + 1)
		n.shape = slices.Insert(slices.Clone(out), c.out, c.size)
	case "jvp", "linearize":
		for _, v := range n.in[:c.args] {
			n.in = append(n.in, g.pick(like(g.shapes[v])))
		}
		n.shape = out
	case "grad":
		n.shape = arg
	case "vjp":
		ct := g.pick(like(out))
		if ct < 0 {
			g.add(constant(out))
			shift(c.sub, c.sub.base)
			ct = len(g.shapes) - 1
		}
		n.in = append(n.in, ct)
		n.shape = arg
	default:
		n.shape = slices.Concat(out, arg)
	}
}

// shift renumbers the variables of p from the given number on: there is one more before
// them.
func shift(p *program, from int) {
	move := func(v *int) {
		if *v >= from {
			*v++
		}
	}
	p.base++
	move(&p.out)
	for _, n := range p.nodes {
		for i := range n.in {
			move(&n.in[i])
		}
		if n.call != nil {
			shift(n.call.sub, from)
		}
	}
}

func (n *node) describe() string {
	c := n.call
	marks := make([]string, len(n.in))
	for i := range marks {
		marks[i] = "%s"
	}
	args := "(" + strings.Join(marks[:c.args], ", ") + ")"
	if rest := marks[c.args:]; len(rest) > 0 {
		args += "(" + strings.Join(rest, ", ") + ")"
	}
	switch c.transform {
	case "vmap":
		return fmt.Sprintf("vmap[in=%v out=%d size=%d]", c.axes, c.out, c.size) + args
	case "jit", "jvp", "linearize":
		return c.transform + args
	}
	return fmt.Sprintf("%s[%d]", c.transform, c.which) + args
}

// kinds make an operation of what is in scope; nil if nothing suits.
var kinds = []func(g *generator) *node{
	unaryNode, unaryNode, unaryNode, binaryNode, binaryNode, binaryNode, binaryNode, reduceNode, reduceNode,
	scanNode, moveNode, moveNode, sliceNode, joinNode, padNode, dotNode, dotNode, sortNode,
	gatherNode, gatherNode, scatterNode, scatterNode, blockNode, indexNode, complexNode,
}

func number(x float64) array { return lax.Number(dtype.Float64, x) }

var unaries = []struct {
	name string
	f    func(x array) array
}{
	{"sin(%s)", lax.Sin}, {"cos(%s)", lax.Cos}, {"tanh(%s)", lax.Tanh}, {"-%s", lax.Neg}, {"logistic(%s)", lax.Logistic},
	{"tanh(%s)^2", func(x array) array { return lax.Square(lax.Tanh(x)) }},
	{"tanh(%s)^3", func(x array) array { return lax.IntegerPow(lax.Tanh(x), 3) }},
	{"sqrt(1+%s^2)", func(x array) array { return lax.Sqrt(lax.Square(x).Add(1)) }},
	{"rsqrt(2+sin(%s))", func(x array) array { return lax.Rsqrt(lax.Sin(x).Add(2)) }},
	{"log1p(%s^2)", func(x array) array { return lax.Log1p(lax.Square(x)) }},
	{"log(2+sin(%s))", func(x array) array { return lax.Log(lax.Sin(x).Add(2)) }},
	{"exp(sin(%s))", func(x array) array { return lax.Exp(lax.Sin(x)) }},
	{"abs(%s)", lax.Abs}, {"floor(%s)+%[1]s", func(x array) array { return lax.Floor(x).Add(x) }},
	{"erf(%s)", lax.Erf}, {"lgamma(2+tanh(%s))", func(x array) array { return lax.Lgamma(lax.Tanh(x).Add(2)) }},
	{"asinh(%s)", lax.Asinh}, {"barrier(%s)", func(x array) array { return lax.OptimizationBarrier(x)[0] }},
	{"f64(f32(%s))", func(x array) array { return lax.Convert(x, dtype.Float64) }},
}

func unaryNode(g *generator) *node {
	v, u := g.pick(anyShape), unaries[g.IntN(len(unaries))]
	return &node{text: u.name, in: []int{v}, shape: g.shapes[v], f: func(x ...array) array { return u.f(x[0]) }}
}

var binaries = []struct {
	name string
	f    func(x, y array) array
}{
	{"%s + %s", lax.Add}, {"%s - %s", lax.Sub}, {"%s * sin(%s)", func(x, y array) array { return lax.Mul(x, lax.Sin(y)) }},
	{"tanh(%s) * %s", func(x, y array) array { return lax.Mul(lax.Tanh(x), y) }},
	{"%s / (2+sin(%s))", func(x, y array) array { return lax.Div(x, lax.Sin(y).Add(2)) }},
	{"max(%s, %s)", lax.Max}, {"min(%s, %s)", lax.Min},
	{"atan2(%s, 1+%s^2)", func(x, y array) array { return lax.Atan2(x, lax.Square(y).Add(1)) }},
	{"pow(2+sin(%s), tanh(%s))", func(x, y array) array { return lax.Pow(lax.Sin(x).Add(2), lax.Tanh(y)) }},
	{"select(%s > %s, first, sin(second))", func(x, y array) array { return lax.Select(lax.Gt(x, y), x, lax.Sin(y)) }},
	{"clamp(-1, %s, 1+%s^2)", func(x, y array) array {
		return lax.Clamp(number(-1), to(x, y), to(lax.Square(y).Add(1), x))
	}},
	{"rem(%s, 2+%s^2)", func(x, y array) array { return lax.Rem(x, lax.Square(y).Add(2)) }},
}

// to repeats a scalar x as y.
func to(x, y array) array {
	if x.Rank() == 0 {
		return lax.BroadcastInDim(x, y.Shape(), nil)
	}
	return x
}

// binaryNode has operands of one shape, or one of them a scalar.
func binaryNode(g *generator) *node {
	v, b := g.pick(anyShape), binaries[g.IntN(len(binaries))]
	w := g.pick(func(s core.Shape) bool { return len(s) == 0 || slices.Equal(s, g.shapes[v]) })
	shape := g.shapes[v]
	if g.IntN(2) == 0 {
		v, w = w, v
	}
	return &node{text: b.name, in: []int{v, w}, shape: shape, f: func(x ...array) array { return b.f(x[0], x[1]) }}
}
