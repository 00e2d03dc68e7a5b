package kir

import "slices"

// mostTogether bounds how many values are reduced together.
const mostTogether = 8

// Together runs f, and makes one reduction of those that f makes directly in the parallel
// loops over the same extents, or several where they are many. None of them may depend on
// another. Each combines what it would alone, in the same order.
func (b *Builder) Together(f func()) {
	b.sharing = true
	f()
	b.sharing = false
}

// Each runs f at all indices below extents, in the loops of reductions over these that are made
// together with it: there must be one, unless there is but one index. What f stores is stored
// there.
func (b *Builder) Each(extents []int, f func(i []Val)) {
	if !slices.ContainsFunc(extents, func(e int) bool { return e != 1 }) {
		f(b.zeros(len(extents)))
		return
	}
	outer := b.region
	b.region = b.body(extents, 0)
	f(slices.Clone(b.k.Regions[b.region].Index))
	b.region = outer
}

// A sharer is the loops of reductions that are made together.
type sharer struct{ region, values int }

// body opens the loops of a reduction of so many values, or returns those of another one that
// it is made together with.
func (b *Builder) body(extents []int, values int) int {
	shared := b.sharing && b.region == 1
	for n := range b.shared {
		s := &b.shared[n]
		if shared && s.values+values <= mostTogether && slices.Equal(b.k.Regions[s.region].Extents, extents) {
			s.values += values
			return s.region
		}
	}
	r := b.open(extents)
	if shared {
		b.shared = append(b.shared, sharer{r, values})
	}
	return r
}

// merged returns k with one reduction in place of those that have the same loops.
func (k *Kernel) merged() *Kernel {
	m := merger{k: k, lists: map[int][]Val{}, now: make([]Val, len(k.Code)), group: make([]bool, len(k.Code))}
	for v := range k.Code {
		if i := &k.Code[v]; i.Code == Reduce {
			m.lists[i.Fold.Body] = append(m.lists[i.Fold.Body], Val(v))
		}
	}
	for body, list := range m.lists {
		if len(list) == 1 {
			delete(m.lists, body)
			continue
		}
		for _, v := range list {
			for n := range k.Code[v].Args { // results stay together
				m.group[int(v)+n] = true
			}
		}
	}
	if len(m.lists) == 0 {
		return k
	}
	return m.kernel()
}

// A merger makes one reduction of some.
type merger struct {
	k     *Kernel
	lists map[int][]Val // the reductions of each body that has several
	group []bool        // by value: one of these, or a result of it
	now   []Val
	code  []Instr
}

func (m *merger) kernel() *Kernel {
	k := m.k
	after := make([]bool, len(k.Code)) // what depends on them
	depends := func(vals []Val) bool {
		return slices.ContainsFunc(vals, func(v Val) bool { return after[v] || m.group[v] })
	}
	for v := range k.Code {
		i := &k.Code[v]
		if m.group[v] {
			continue
		}
		after[v] = depends(i.Args) || i.Fold != nil && (depends(i.Fold.Yield) || depends(i.Fold.Combined))
		if !after[v] {
			m.add(Val(v))
		}
	}
	for body := range k.Regions {
		if list := m.lists[body]; list != nil {
			m.merge(list)
		}
	}
	for v := range k.Code {
		if after[v] {
			m.add(Val(v))
		}
	}
	n := &Kernel{Bufs: k.Bufs, Regions: slices.Clone(k.Regions), Code: m.code}
	for r := range n.Regions {
		n.Regions[r].Index = m.all(n.Regions[r].Index)
	}
	for _, s := range k.Stores {
		n.Stores = append(n.Stores, Store{s.Buf, m.now[s.Addr], m.now[s.Val], s.Region})
	}
	return n
}

func (m *merger) all(vals []Val) []Val {
	out := make([]Val, len(vals))
	for n, v := range vals {
		out[n] = m.now[v]
	}
	return out
}

// add adds an instruction as it is.
func (m *merger) add(v Val) {
	i := m.k.Code[v]
	i.Args = m.all(i.Args)
	if i.Fold != nil {
		f := *i.Fold
		f.Yield, f.Params, f.Combined = m.all(f.Yield), m.all(f.Params), m.all(f.Combined)
		i.Fold = &f
	}
	m.now[v] = Val(len(m.code))
	m.code = append(m.code, i)
}

// merge adds one reduction in place of several.
func (m *merger) merge(list []Val) {
	first := m.k.Code[list[0]]
	f := &Fold{Body: first.Fold.Body, Combine: first.Fold.Combine}
	var init, left, right []Val
	var old []Val // the values that the results take the place of
	for _, v := range list {
		i := &m.k.Code[v]
		n := len(i.Args)
		init = append(init, m.all(i.Args)...)
		f.Yield = append(f.Yield, m.all(i.Fold.Yield)...)
		f.Combined = append(f.Combined, m.all(i.Fold.Combined)...)
		left = append(left, m.all(i.Fold.Params[:n])...)
		right = append(right, m.all(i.Fold.Params[n:])...)
		for c := range n {
			old = append(old, v+Val(c))
		}
		for c := range m.code {
			if m.code[c].Region == i.Fold.Combine {
				m.code[c].Region = f.Combine
			}
		}
	}
	f.Params = append(left, right...)
	for n, p := range f.Params {
		m.code[p].N = n
	}
	v := Val(len(m.code))
	for n, o := range old {
		m.now[o] = v + Val(n)
		i := Instr{Code: Result, Type: m.k.Code[o].Type, Region: first.Region, Args: []Val{v}, N: n}
		if n == 0 {
			i = Instr{Code: Reduce, Type: first.Type, Region: first.Region, Args: init, Fold: f}
		}
		m.code = append(m.code, i)
	}
}
