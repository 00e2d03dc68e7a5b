package interp

import (
	"math"

	"gojax/internal/cpu/gen"
	"gojax/internal/dtype"
	"gojax/internal/kir"
)

// Loads at addresses that are computed are machine code if it is known of the addresses that
// they are in range: an index that is limited on both sides, as gathers and slices make them, is.
// All others are checked when they are used, by loops in Go.

// findGathers finds the loads of which machine code computes the addresses.
func (p *plan) findGathers() {
	k := p.k
	r := ranges{k, map[kir.Val]span{}}
	for v := range k.Code {
		i := &k.Code[v]
		if i.Code != kir.Load || !p.varys[v] || !p.data[v] || !gen.CanHold(i.Type) {
			continue
		}
		addr := i.Args[0]
		if len(p.address(addr, i.Region).varying) == 0 {
			continue
		}
		if s := r.of(addr); s.lo < 0 || s.hi >= float64(k.Bufs[i.Buf].Elems) {
			continue
		}
		p.native.gathers[v] = true
		p.data[addr] = true
		if k.Code[addr].Code == kir.Linear {
			for _, x := range k.Code[addr].Args {
				p.data[x] = true
			}
		}
	}
}

// A span is the least and the greatest value that an integer may have, or infinities.
type span struct{ lo, hi float64 }

// exact is up to where spans have no rounded ends.
const exact = 1 << 52

func (s span) within(t span) bool { return s.lo >= t.lo && s.hi <= t.hi }

// ranges finds spans of integers.
type ranges struct {
	k     *kir.Kernel
	known map[kir.Val]span
}

// spanOf is the range of a type.
func spanOf(t dtype.Type) span {
	switch {
	case t == dtype.Bool:
		return span{0, 1}
	case t == dtype.Uint64:
		return span{0, math.Inf(1)}
	case t.IsInt() && t.Size() < 8:
		info := dtype.IInfo(t)
		return span{float64(info.Min), float64(info.Max)}
	}
	return span{math.Inf(-1), math.Inf(1)}
}

// of returns the span of a value.
func (r ranges) of(v kir.Val) span {
	s, ok := r.known[v]
	if !ok {
		s = r.find(&r.k.Code[v])
		if s.lo < -exact {
			s.lo = math.Inf(-1)
		}
		if s.hi > exact {
			s.hi = math.Inf(1)
		}
		r.known[v] = s
	}
	return s
}

func (r ranges) find(i *kir.Instr) span {
	all := spanOf(i.Type)
	arg := func(n int) span { return r.of(i.Args[n]) }
	s := all
	switch i.Code {
	case kir.Constant:
		if t := i.Type; t.IsInt() && t != dtype.Uint64 {
			x := float64(int64(i.Bits[0]))
			if t.IsSigned() {
				x = float64(int64(i.Bits[0]) << (64 - t.Bits()) >> (64 - t.Bits()))
			}
			s = span{x, x}
		}
	case kir.LoopIndex:
		s = span{0, float64(r.k.Regions[i.Region].Extents[i.N] - 1)}
	case kir.Linear:
		off := float64(int64(i.Bits[0]))
		s = span{off, off}
		for n, by := range i.Strides {
			x, by := arg(n), float64(by)
			s.lo += min(x.lo*by, x.hi*by)
			s.hi += max(x.lo*by, x.hi*by)
		}
		// Sums of what is not known may wrap.
		if !s.within(span{-exact, exact}) {
			s = all
		}
	case kir.Max:
		x, y := arg(0), arg(1)
		s = span{max(x.lo, y.lo), max(x.hi, y.hi)}
	case kir.Min:
		x, y := arg(0), arg(1)
		s = span{min(x.lo, y.lo), min(x.hi, y.hi)}
	case kir.Select, kir.Rarely:
		x, y := arg(1), arg(2)
		s = span{min(x.lo, y.lo), max(x.hi, y.hi)}
	case kir.Convert:
		if from := r.k.Code[i.Args[0]].Type; from.IsInt() || from == dtype.Bool {
			if s = arg(0); from == dtype.Uint64 && s.hi > exact { // which may wrap
				s = all
			}
		}
	case kir.Rem:
		if d := arg(1); d.lo == d.hi && d.lo > 0 && d.hi < exact {
			s = span{1 - d.hi, d.hi - 1}
			if arg(0).lo >= 0 {
				s.lo = 0
			}
		}
	}
	if !i.Type.IsInt() && i.Type != dtype.Bool || !s.within(all) {
		return all
	}
	return s
}
