package interp

import (
	"slices"
	"unsafe"

	"gojax/internal/cpu/code"
	"gojax/internal/cpu/move"
	"gojax/internal/kir"
)

// Stores of one loop to neighbouring elements, such as those of arrays that are stacked along
// the last axis, are one step: tiles are put side by side by vector code.

// stores returns the steps that write what region 1 stores.
func (p *plan) stores() (list []step) {
	done := make([]bool, len(p.k.Stores))
	for n, s := range p.k.Stores {
		if done[n] || s.Region != 1 {
			continue
		}
		step, all := p.zip(s)
		for _, k := range all {
			done[k] = true
		}
		if step == nil {
			step = p.store(s)
		}
		if step != nil {
			list = append(list, step)
		}
	}
	return list
}

// zip returns the step for s and the stores that write the elements between those of s, and
// which they are; nil if there are none.
func (p *plan) zip(s kir.Store) (zip step, all []int) {
	all = p.neighbours(s)
	if len(all) < 2 {
		return nil, nil
	}
	size := p.k.Code[s.Val].Type.Size()
	z := move.NewZip(slices.Repeat([]int{size}, len(all))...)
	if z == nil {
		return nil, nil
	}
	from := make([]ref, len(all))
	for k, n := range all {
		from[k] = p.operand(p.k.Stores[n].Val, true)
	}
	a, b, buf := p.address(p.k.Stores[all[0]].Addr, 1), p.k.Bufs[s.Buf], s.Buf
	unit := move.NativeZipper()
	if p.native.level == code.Portable {
		unit = nil
	}
	return func(m *machine) {
		var src [move.MostZipped]unsafe.Pointer
		a.rows(m, func(i, n int, addr int64) {
			inside(addr, 1, n*len(from), b)
			for k := range from {
				src[k] = unsafe.Add(from[k].of(m), i*size)
			}
			z.Rows(unit, unsafe.Add(m.bufs[buf], int(addr)*size), src[:len(from)], n)
		})
	}, all
}

// neighbours returns the stores, s among them, that write all elements from one of s to that
// of the next lane, in their order; nil if there are none.
func (p *plan) neighbours(s kir.Store) (all []int) {
	a := p.address(s.Addr, 1)
	last := len(a.lanes) - 1
	if p.c.lanes != 1 || last < 0 || len(a.varying) > 0 || a.unit || a.extents[last] == 1 {
		return nil
	}
	by := a.lanes[last]
	if by < 2 || by > int64(len(p.k.Stores)) {
		return nil
	}
	off, terms := p.k.Form(s.Addr)
	at := map[int64]int{} // stores by their offset
	for n, t := range p.k.Stores {
		to, same := p.k.Form(t.Addr)
		if _, twice := at[to]; t.Buf == s.Buf && !twice && slices.Equal(terms, same) {
			at[to] = n
		}
	}
	first := off
	for _, ok := at[first-1]; ok && first-1 > off-by; _, ok = at[first-1] {
		first--
	}
	for to := first; to < first+by; to++ {
		n, ok := at[to]
		if !ok {
			return nil
		}
		all = append(all, n)
	}
	return all
}
