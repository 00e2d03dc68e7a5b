package cpu

import (
	"fmt"
	"math"
	"slices"
	"unsafe"

	"gojax/internal/core"
	"gojax/internal/cpu/gemm"
	"gojax/internal/dtype"
	"gojax/internal/ir"
	"gojax/internal/kir"
	"gojax/internal/rule"
)

// A kind says how a node is compiled.
type kind uint8

const (
	byEval    kind = iota // by its definition
	byCode                // one instruction
	byKernel              // an element at a time
	byReduce              // a kernel with reductions, over many elements of operands
	byLibrary             // a library step
	byJoin                // operands are copied, one after another
	byRecast              // bytes are copied
	byView                // nothing happens to memory, and nothing is fused across
)

// A node is an equation of a program that has been made flat. Values are numbers.
type node struct {
	op      core.Op
	kind    kind
	code    kir.Code // of byCode
	alias   bool     // the result has the elements of the operand in order
	in, out []int
	few     int   // of a reduction that is written out: how many elements it combines; else 0
	path    []int // of byLibrary, and of what is large: the equations that it is in, the outermost first
}

// A graph is a program without calls, simplified while it is made.
type graph struct {
	types []core.Type
	lits  []*core.Value // of values: the literal that it is, or nil
	defs  []int         // of values: the node, or -1
	nodes []node
	in    []int
	out   []int

	world  bool  // there are effects
	path   []int // of the equation that is being added
	seen   map[string]int
	byCode map[codeKey]int
	byBits map[litKey]int
	placed map[int]bool // by value: see inPlace
	marks  []int        // by value: the latest look that has seen it
	looks  int
	buf    []byte
}

type codeKey struct {
	code kir.Code
	in   [4]int
}

type litKey struct {
	t    dtype.Type
	bits [2]uint64
}

// newGraph makes f flat: calls are replaced by what they call, and operations that
// are written in terms of others by those.
func newGraph(f *ir.Func) *graph {
	g := &graph{seen: map[string]int{}, byCode: map[codeKey]int{}, byBits: map[litKey]int{}}
	for _, t := range f.InTypes() {
		g.in = append(g.in, g.value(t, -1))
	}
	g.out = g.call(f, g.in)
	g.prune()
	g.turn()
	g.writeOut()
	g.siblings()
	return g
}

func (g *graph) value(t core.Type, def int) int {
	g.types = append(g.types, t)
	g.lits = append(g.lits, nil)
	g.defs = append(g.defs, def)
	return len(g.types) - 1
}

// call adds the equations of f.
func (g *graph) call(f *ir.Func, in []int) []int {
	vals := make([]int, len(f.Types))
	for i, v := range f.In {
		vals[v] = in[i]
	}
	get := func(vars []ir.Var) []int {
		out := make([]int, len(vars))
		for i, v := range vars {
			if v.Literal() {
				out[i] = g.literal(f.Lits[^v])
			} else {
				out[i] = vals[v]
			}
		}
		return out
	}
	for i := range f.Eqns {
		e := &f.Eqns[i]
		g.path = append(g.path, i)
		out := g.apply(e.Op, get(e.In), func(n int) core.Type { return f.Types[e.Out[n]] }, len(e.Out))
		g.path = g.path[:len(g.path)-1]
		for n, v := range e.Out {
			vals[v] = out[n]
		}
	}
	return get(f.Out)
}

// literal returns the value of a number, the same one for the same bits.
func (g *graph) literal(v *core.Value) int {
	k := litKey{t: v.DType}
	copy(unsafe.Slice((*byte)(unsafe.Pointer(&k.bits)), 16), core.Slice[byte](v.Host("literal"))[:v.DType.Size()])
	if n, ok := g.byBits[k]; ok {
		return n
	}
	n := g.value(v.Type(), -1)
	g.lits[n] = v
	g.byBits[k] = n
	return n
}

// apply adds an operation, unless its results are known already.
func (g *graph) apply(op core.Op, in []int, types func(n int) core.Type, outs int) []int {
	if f := g.alternative(op, in); f != nil {
		return g.call(f, in)
	}
	n := node{op: op, in: in}
	switch op := op.(type) {
	case ir.Caller:
		return g.call(op.Program(), in)
	case rule.Expander:
		return g.call(expanded(op, g.typesOf(in)), in)
	case rule.Elementwise:
		n.kind, n.code = byCode, op.Code()
		return []int{g.elementwise(n, types(0))}
	case rule.Reduction:
		n.kind = byReduce
	case rule.Concatenation:
		if v, ok := g.sunk(op, in, types(0)); ok {
			return []int{v}
		}
		n.kind = byJoin
	case rule.Kernel:
		n.kind = byKernel
		if r, ok := op.(rule.Recast); ok && r.Recasts(g.types[in[0]]) {
			n.kind = byRecast
		}
		_, n.alias = op.(rule.Alias)
		n.op, n.in = g.byColumn(n.op, n.in)
	case rule.Library:
		n.kind, n.path = byLibrary, slices.Clone(g.path)
		if s, ok := op.Step().(kir.Dot); ok {
			s, n.op, n.in = g.dot(s, n.op, in)
			if o, ok := g.outerOf(n.op, s, n.in, types(0)); ok {
				n.op, n.kind = o, byKernel
			}
		}
	case rule.Alias:
		n.kind = byView
	}
	world := core.EffectsOf(op).World
	g.world = g.world || world
	key := ""
	if !world && n.kind != byView {
		var ok bool
		g.buf, ok = ir.AppendOp(g.buf[:0], op)
		for _, v := range in {
			g.buf = append(g.buf, byte(v), byte(v>>8), byte(v>>16), byte(v>>24))
		}
		if ok {
			if i, ok := g.seen[string(g.buf)]; ok {
				return g.nodes[i].out
			}
			key = string(g.buf)
		}
	}
	n.out = make([]int, outs)
	for i := range n.out {
		n.out[i] = g.value(types(i), len(g.nodes))
		if n.path == nil {
			n.path = g.pathOf(types(i))
		}
	}
	if key != "" {
		g.seen[key] = len(g.nodes)
	}
	g.nodes = append(g.nodes, n)
	return n.out
}

// alternative returns the program that an operation is better written as, or nil.
func (g *graph) alternative(op core.Op, in []int) *ir.Func {
	a, ok := op.(rule.Alternative)
	if _, slow := op.(rule.Library); !ok || slow && gemm.Native[float64]() == nil {
		return nil // products of floats are faster in machine code alone
	}
	types := g.typesOf(in)
	f := a.Alternative(types)
	if f == nil {
		return nil
	}
	return ir.Derive(op.String(), types, func(x ...*core.Value) []*core.Value { return f(x) })
}

// expanded returns the program that an operation stands for.
func expanded(op rule.Expander, types []core.Type) *ir.Func {
	return ir.Derive(fmt.Sprint(op), types, func(x ...*core.Value) []*core.Value { return op.Expand(x) })
}

// pathOf returns where the equation is that is being added, if its result is so large that errors
// tell of it.
func (g *graph) pathOf(t core.Type) []int {
	if t.Bytes() < told {
		return nil
	}
	return slices.Clone(g.path)
}

func (g *graph) typesOf(vals []int) []core.Type {
	types := make([]core.Type, len(vals))
	for i, v := range vals {
		types[i] = g.types[v]
	}
	return types
}

// elementwise adds an instruction on elements.
func (g *graph) elementwise(n node, t core.Type) int {
	if v, ok := g.algebra(n, t); ok {
		return v
	}
	key := codeKey{n.code, [4]int{-1, -1, -1, -1}}
	copy(key.in[:], n.in)
	if (n.code == kir.Add || n.code == kir.Mul) && key.in[0] > key.in[1] { // these commute, to the bit
		key.in[0], key.in[1] = key.in[1], key.in[0]
	}
	if v, ok := g.byCode[key]; ok {
		return v
	}
	v := -1
	if g.allLiterals(n.in) {
		v = g.literal(compute(n.code, t, g.lits, n.in))
	} else {
		v = g.value(t, len(g.nodes))
		n.out = []int{v}
		n.path = g.pathOf(t)
		g.nodes = append(g.nodes, n)
	}
	g.byCode[key] = v
	return v
}

func (g *graph) allLiterals(vals []int) bool {
	for _, v := range vals {
		if g.lits[v] == nil {
			return false
		}
	}
	return true
}

// compute applies an instruction to literals.
func compute(c kir.Code, t core.Type, lits []*core.Value, in []int) *core.Value {
	out := core.New(t, nil)
	var p [4]unsafe.Pointer
	for i, v := range in {
		p[i] = lits[v].Buf.Pointer()
	}
	elements(c, lits[in[len(in)-1]].DType)(out.Buf.Pointer(), p[0], p[1], p[2], p[3], 1)
	return out
}

// algebra simplifies what keeps all bits: x·1, x/1, x - 0, x + 0 where x has no -0 or the
// 0 is -0, and what undoes itself.
func (g *graph) algebra(n node, t core.Type) (int, bool) {
	if n.code == kir.Neg || n.code == kir.Not || n.code == kir.Conj {
		if d := g.defs[n.in[0]]; d >= 0 && g.nodes[d].kind == byCode && g.nodes[d].code == n.code {
			if x := g.nodes[d].in[0]; g.types[x].Equal(t) { // the conjugate of a real number is complex
				return x, true
			}
		}
	}
	if len(n.in) != 2 {
		return 0, false
	}
	x, y := n.in[0], n.in[1]
	neutral := func(x, y int, number float64) bool {
		lit := g.uniform(y)
		if lit == nil || !g.types[x].Equal(t) || core.At(lit, 0) != complex(number, 0) {
			return false
		}
		// -0 is neutral in sums and 0 in differences; but for complex numbers neither
		// is that simple.
		if number != 0 || t.DType.IsInt() {
			return !t.DType.IsComplex()
		}
		return t.DType.IsFloat() && math.Signbit(real(core.At(lit, 0))) == (n.code == kir.Add)
	}
	switch n.code {
	case kir.Add:
		if neutral(x, y, 0) {
			return x, true
		}
		if neutral(y, x, 0) {
			return y, true
		}
	case kir.Mul:
		if neutral(x, y, 1) {
			return x, true
		}
		if neutral(y, x, 1) {
			return y, true
		}
	case kir.Sub:
		if neutral(x, y, 0) {
			return x, true
		}
	case kir.Div:
		if neutral(x, y, 1) {
			return x, true
		}
	}
	return 0, false
}

// uniform returns the literal that all elements of v are, or nil.
func (g *graph) uniform(v int) *core.Value {
	if g.lits[v] != nil || g.defs[v] < 0 {
		return g.lits[v]
	}
	n := &g.nodes[g.defs[v]]
	if n.kind != byKernel || len(n.in) != 1 || g.lits[n.in[0]] == nil {
		return nil
	}
	b := kir.Borrow()
	defer b.Return()
	lit, t := g.lits[n.in[0]], g.types[v]
	number := b.Bits(lit.DType, bitsOf(lit))
	x := n.op.(rule.Kernel).Kernel(b, t, []kir.Operand{{DType: lit.DType, At: func([]kir.Val) kir.Val { return number }}},
		b.Loops(make([]int, t.Rank()), t.Shape))
	if x != number {
		return nil
	}
	return lit
}

// prune drops the nodes that neither results nor the world depend on.
func (g *graph) prune() {
	live := make([]bool, len(g.types))
	mark := func(vals []int) {
		for _, v := range vals {
			live[v] = true
		}
	}
	mark(g.out)
	kept := make([]bool, len(g.nodes))
	for i := len(g.nodes) - 1; i >= 0; i-- {
		n := &g.nodes[i]
		keep := n.kind == byEval && core.EffectsOf(n.op).World
		for _, v := range n.out {
			keep = keep || live[v]
		}
		if kept[i] = keep; keep {
			mark(n.in)
		}
	}
	nodes := g.nodes
	g.nodes = g.nodes[:0]
	for i, n := range nodes {
		if !kept[i] {
			continue
		}
		for _, v := range n.out {
			g.defs[v] = len(g.nodes)
		}
		g.nodes = append(g.nodes, n)
	}
}
