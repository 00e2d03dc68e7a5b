package interp

import (
	"slices"
	"unsafe"

	"gojax/internal/cpu/tile"
	"gojax/internal/kir"
)

// instr compiles one instruction.
func (p *plan) instr(v kir.Val, i *kir.Instr) []step {
	var s step
	switch i.Code {
	case kir.Load:
		s = p.load(v, i)
	case kir.LoopIndex:
		if !p.varys[v] {
			p.c.places[v] = place{isIndex, true, p.loop[v]}
			break
		}
		if f := p.fetched[v]; f != nil {
			s = p.fetch(v, f)
			break
		}
		s = p.linear(v, i.Region)
	case kir.Linear:
		s = p.linear(v, i.Region)
	case kir.Param:
		p.c.places[v] = place{elsewhere, false, -1}
	case kir.Reduce:
		s = p.fold(v, i)
	case kir.Piece:
		if c := p.cuts[v]; c != nil {
			s = p.piecesOf(c, i.Region)
		}
	case kir.Result:
	default:
		if x := p.chosen[v]; x != nil {
			s = p.join(v, i, x)
			break
		}
		s = p.apply(v, i)
	}
	var code []step
	if s != nil {
		code = append(code, s)
	}
	if p.splat[v] {
		code = append(code, p.splatter(v, i))
	}
	return code
}

// splatter fills a tile with a value that does not vary, after it was computed.
func (p *plan) splatter(v kir.Val, i *kir.Instr) step {
	at, size, width := p.operand(v, true).offset, i.Type.Size(), p.c.width
	if p.c.width == 1 {
		return func(*machine) {}
	}
	if p.c.lanes == 1 && p.k.Regions[1].Size() < width {
		width = p.k.Regions[1].Size()
	}
	return func(m *machine) { tile.Fill(m.address(at), m.ptr[v], size, width) }
}

// linear computes a sum as data.
func (p *plan) linear(v kir.Val, region int) step {
	a := p.address(v, region)
	p.put(v)
	if !p.varys[v] {
		return func(m *machine) { *(*int64)(m.ptr[v]) = a.first(m) }
	}
	return func(m *machine) { a.into(m, unsafe.Slice((*int64)(m.ptr[v]), m.n)) }
}

// apply compiles an instruction on elements.
func (p *plan) apply(v kir.Val, i *kir.Instr) step {
	f := tile.For(p.k, i)
	var args [4]ref
	for n, x := range i.Args {
		args[n] = p.operand(x, p.varys[v])
	}
	for n := len(i.Args); n < 4; n++ {
		args[n] = args[0]
	}
	lanes := p.varys[v]
	tiles := true
	for _, a := range args {
		tiles = tiles && a.val >= 0
	}
	if s, direct := p.direct[v]; direct {
		a := p.address(s.Addr, s.Region)
		b, size := p.k.Bufs[s.Buf], i.Type.Size()
		p.c.places[v] = place{elsewhere, false, -1}
		return func(m *machine) {
			x := a.first(m)
			inside(x, 1, m.n, b)
			d := unsafe.Add(m.bufs[s.Buf], int(x)*size)
			f(d, args[0].of(m), args[1].of(m), args[2].of(m), args[3].of(m), m.n)
			m.ptr[v] = d
		}
	}
	p.put(v)
	switch {
	case !lanes:
		return func(m *machine) {
			f(m.ptr[v], args[0].of(m), args[1].of(m), args[2].of(m), args[3].of(m), 1)
		}
	case tiles && len(i.Args) <= 2:
		x, y := args[0].val, args[1].val
		return func(m *machine) { f(m.ptr[v], m.ptr[x], m.ptr[y], nil, nil, m.n) }
	}
	return func(m *machine) {
		f(m.ptr[v], args[0].of(m), args[1].of(m), args[2].of(m), args[3].of(m), m.n)
	}
}

// combines reports the code of the one instruction that combines carry n, if there is one
// and nothing of other carries is in it. A sum of integers of type kir.Index is a Linear.
func (p *plan) combines(f *kir.Fold, n int) (kir.Code, bool) {
	i := &p.k.Code[f.Combined[n]]
	x, y := f.Params[n], f.Params[len(f.Combined)+n]
	if i.Code == kir.Linear && slices.Equal(i.Args, []kir.Val{x, y}) && slices.Equal(i.Strides, []int64{1, 1}) && i.Bits[0] == 0 {
		return kir.Add, true
	}
	ok := i.Code >= kir.Add && i.Code <= kir.ShiftRightLogical && i.Args[0] == x && i.Args[1] == y
	return i.Code, ok
}

// blend returns the one instruction that combines carry n, if its two operands make the
// result.
func (p *plan) blend(f *kir.Fold, n int) tile.Func {
	c, ok := p.combines(f, n)
	if !ok {
		return nil
	}
	i := &p.k.Code[f.Combined[n]]
	if c == kir.Add {
		return tile.Of(kir.Add, i.Type)
	}
	return tile.For(p.k, i)
}
