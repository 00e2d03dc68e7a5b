package cpu

import (
	"fmt"
	"slices"

	"gojax/internal/core"
	"gojax/internal/ir"
)

// Where there is no memory for a program, the error lists the largest of what it takes.

// told is the size of results and temporaries from which it is worth while to say what they are.
const told = 1 << 20

// mostTold is how many of them a program remembers.
const mostTold = 5

// A buffer is a result or a temporary of a program.
type buffer struct {
	t    core.Type // of no rank and type: bytes, which a step reads instead of what lies across
	size int
	op   fmt.Stringer // what makes it, or nil
	path []int        // the equations that this is in, the outermost first
}

// tell notes the largest of the results, and of the temporaries when there are the most.
func (m *maker) tell() {
	time := m.p.most
	var all []buffer
	for i, v := range m.g.out {
		if t := m.p.out[i]; m.p.result[i].way != made && t.Bytes() >= told {
			all = append(all, m.bufferOf(v, t.Bytes()))
		}
	}
	valueOf := map[int]int{}
	for v, s := range m.slotOf {
		valueOf[s] = v
	}
	places := map[int]bool{} // what is computed in place of another is where that is
	for _, t := range m.p.temps {
		s := t.slot
		if m.size[s] < told || m.born[s] > time || max(m.last[s], m.born[s]) < time || places[t.offset] {
			continue
		}
		places[t.offset] = true
		if v, ok := valueOf[s]; ok {
			all = append(all, m.bufferOf(v, m.size[s]))
		} else {
			all = append(all, buffer{size: m.size[s]})
		}
	}
	slices.SortStableFunc(all, func(a, b buffer) int { return b.size - a.size })
	m.p.told = all[:min(len(all), mostTold)]
}

// bufferOf returns what is known of a value that takes so many bytes.
func (m *maker) bufferOf(v, size int) buffer {
	h := buffer{t: m.g.types[v], size: size}
	if d := m.g.defs[m.f.resolve(v)]; d >= 0 {
		h.op, h.path = m.g.nodes[d].op, m.g.nodes[d].path
	}
	return h
}

// uses lists the largest of what p takes when op, which asked says the calls of, runs it: results,
// temporaries, and what a step works in.
func (p *program) uses(op core.Op, asked []uintptr) (all []core.Use) {
	add := func(u core.Use, by fmt.Stringer, path []int) {
		if by != nil {
			u.Op = by.String()
		}
		src := sourceOf(op, path)
		if src == nil {
			src = asked
		}
		u.File, u.Line = core.ResolveUser(src)
		all = append(all, u)
	}
	for _, h := range p.told {
		add(core.Use{Bytes: h.size, Type: h.t}, h.op, h.path)
	}
	if w := p.working(); w.bytes >= told {
		s := p.workers[w.most]
		add(core.Use{Bytes: w.bytes, Work: true}, s, s.path)
	}
	return all
}

// sourceOf returns the calls that the equation at the end of a path came from, where op is what is
// run, or nil if nobody knows. Programs are shared by what they compute, so that it is op that
// knows.
func sourceOf(op core.Op, path []int) (calls []uintptr) {
	for _, i := range path {
		c, ok := op.(ir.Caller)
		if !ok || i >= len(c.Program().Eqns) {
			break
		}
		e := &c.Program().Eqns[i]
		if op = e.Op; len(e.Src) > 0 {
			calls = e.Src
		}
	}
	return calls
}
