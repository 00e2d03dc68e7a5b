package optest

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gojax/internal/core"
	"gojax/internal/dtype"
	"gojax/jax"
	"gojax/lax"
)

type array = lax.Array

// A program is a random function of f64 arrays. Its variables are numbered: those of the
// program around it that it may capture, its parameters, and one for each node.
type program struct {
	params []core.Shape
	base   int // the number of the first parameter
	nodes  []*node
	out    int // the variable that is the result
}

// A node is an operation, or a program called under a transformation.
type node struct {
	text  string // of the operation, with %[1]s for its first operand and so on
	in    []int
	shape core.Shape
	f     func(x ...array) array
	call  *call
}

// A call is a program under a transformation. The operands of its node are args
// arguments, and as many tangents or one cotangent if the transformation takes those.
type call struct {
	transform string // jit, vmap, jvp, linearize, grad, vjp, jacfwd, jacrev
	sub       *program
	args      int
	axes      []any // of vmap's arguments, ints or nil
	size, out int   // of vmap: the number of examples and the axis of the result
	which     int   // of the reverse transformations: the argument whose derivative is the result
}

// A runner says how calls are run: by the transformation, but one of them by numeric
// differences or a loop.
type runner struct {
	slow  *call
	h     float64
	side  int     // 1 and -1 ask for differences on one side of the point
	noise float64 // is added to all that is computed: it breaks ties
}

// run computes p. env has the variables of the program around.
func (r *runner) run(p *program, env, args []array) array {
	env = append(slices.Clip(env[:p.base]), args...)
	for _, n := range p.nodes {
		in := make([]array, len(n.in))
		for i, v := range n.in {
			in[i] = env[v]
		}
		if n.call != nil {
			env = append(env, r.call(n.call, env, in))
		} else {
			env = append(env, n.f(in...))
		}
		if r.noise != 0 {
			last := &env[len(env)-1]
			*last = last.Add(r.noiseOf(len(env), n.shape))
		}
	}
	return env[p.out]
}

// noiseOf returns what is added to variable v.
func (r *runner) noiseOf(v int, shape core.Shape) array {
	x := core.New(core.Of(dtype.Float64, shape...), nil)
	for i := range x.Size() {
		core.Put(x, i, complex(r.noise*math.Sin(float64(7*v+i)), 0))
	}
	return lax.Of(x)
}

// call runs c under its transformation. The function that it transforms captures env.
func (r *runner) call(c *call, env, in []array) array {
	x, rest := in[:c.args], in[c.args:]
	f := func(x []array) array { return r.run(c.sub, env, x) }
	if r.slow == c {
		return r.slowly(c, f, x, rest)
	}
	switch c.transform {
	case "jit":
		return jax.Jit(f)(x)
	case "vmap":
		return jax.Vmap(f, jax.InAxes(c.axes), jax.OutAxes(c.out))(x)
	case "jvp":
		_, t := jax.Jvp(f, x, rest)
		return t
	case "linearize":
		_, push := jax.Linearize(f, x)
		return push(rest)
	case "grad":
		return jax.Grad(func(x []array) array { return total(f(x)) })(x)[c.which]
	case "vjp":
		_, pull := jax.Vjp(f, x)
		return pull(rest[0])[c.which]
	case "jacfwd":
		return jax.Jacfwd(f)(x)[c.which]
	}
	return jax.Jacrev(f)(x)[c.which]
}

// slowly is call by the meaning of the transformation.
func (r *runner) slowly(c *call, f func(x []array) array, x, rest []array) array {
	switch c.transform {
	case "jit":
		return f(x)
	case "vmap":
		rows := make([]array, c.size)
		for i := range rows {
			one := slices.Clone(x)
			for k, axis := range c.axes {
				if a, ok := axis.(int); ok {
					a = (a + x[k].Rank()) % x[k].Rank()
					one[k] = lax.Squeeze(lax.SliceInDim(x[k], i, i+1, 1, a), []int{a})
				}
			}
			rows[i] = f(one)
		}
		return joined(rows, c.out)
	case "jvp", "linearize":
		return r.difference(f, x, rest)
	case "grad":
		return r.gradient(c, func(x []array) array { return total(f(x)) }, x)
	case "vjp":
		return r.gradient(c, func(x []array) array { return total(f(x).Mul(rest[0])) }, x)
	}
	return r.gradient(c, f, x)
}

// total is the sum of all elements.
func total(x array) array {
	axes := make([]int, x.Rank())
	for i := range axes {
		axes[i] = i
	}
	return lax.ReduceSum(x, axes)
}

// joined stacks arrays along a new axis.
func joined(rows []array, axis int) array {
	all := make([]array, len(rows))
	for i, x := range rows {
		all[i] = lax.ExpandDims(x, []int{axis})
	}
	return lax.Concatenate(axis, all...)
}

// gradient has the derivatives of f in each element of one argument; its last axes are
// that argument's.
func (r *runner) gradient(c *call, f func(x []array) array, x []array) array {
	like := x[c.which]
	columns := make([]array, like.Size())
	for i := range columns {
		t := make([]array, len(x))
		unit := core.New(like.Type(), nil)
		core.Put(unit, i, 1)
		t[c.which] = lax.Of(unit)
		columns[i] = r.difference(f, x, t)
	}
	n := columns[0].Rank()
	return lax.Reshape(joined(columns, n), slices.Concat(columns[0].Shape(), like.Shape()))
}

// difference is the derivative of f at x in the direction t, of which absent arrays
// are zero.
func (r *runner) difference(f func(x []array) array, x, t []array) array {
	at := func(h float64) array {
		y := slices.Clone(x)
		for i := range x {
			if !t[i].IsAbsent() {
				y[i] = x[i].Add(t[i].Mul(h))
			}
		}
		return f(y)
	}
	if r.side != 0 {
		h := float64(r.side) * r.h
		return at(h).Sub(at(0)).Div(h)
	}
	near, far := at(r.h).Sub(at(-r.h)), at(2*r.h).Sub(at(-2*r.h))
	return near.Mul(8).Sub(far).Div(12 * r.h)
}

// calls lists the calls in p, at all depths.
func (p *program) calls() (all []*call) {
	for _, n := range p.nodes {
		if n.call != nil {
			all = append(append(all, n.call), n.call.sub.calls()...)
		}
	}
	return all
}

// live marks the variables that the result of p depends on, those outside included.
func (p *program) live(on map[int]bool) {
	on[p.out] = true
	for i, n := range slices.Backward(p.nodes) {
		if !on[p.base+len(p.params)+i] {
			continue
		}
		for _, v := range n.in {
			on[v] = true
		}
		if n.call != nil {
			inner := map[int]bool{}
			n.call.sub.live(inner)
			for v := range inner {
				on[v] = on[v] || v < n.call.sub.base
			}
		}
	}
}

// String writes the nodes that matter.
func (p *program) String() string {
	var b strings.Builder
	p.write(&b, "")
	return b.String()
}

func (p *program) write(b *strings.Builder, indent string) {
	on := map[int]bool{}
	p.live(on)
	for i, shape := range p.params {
		fmt.Fprintf(b, "%sx%d: parameter %v\n", indent, p.base+i, shape)
	}
	for i, n := range p.nodes {
		v := p.base + len(p.params) + i
		if !on[v] {
			continue
		}
		names := make([]any, len(n.in))
		for i, in := range n.in {
			names[i] = fmt.Sprintf("x%d", in)
		}
		fmt.Fprintf(b, "%sx%d = "+n.text+" %v\n", append(append([]any{indent, v}, names...), n.shape)...)
		if n.call != nil {
			n.call.sub.write(b, indent+"\t")
		}
	}
	fmt.Fprintf(b, "%sreturn x%d\n", indent, p.out)
}

// constant replaces a node in shrinking.
func constant(shape core.Shape) *node {
	return &node{text: "0.5", shape: shape, f: func(...array) array { return lax.Full(shape, .5, dtype.Float64) }}
}
