package kir

import (
	"fmt"

	"gojax/internal/dtype"
)

// Check reports what is wrong with a kernel: operands that are not computed before
// or not where they are used, types that do not fit, and addresses outside of their
// buffers, as far as they depend on loops alone.
func Check(k *Kernel) error {
	c := checker{k}
	for v := range k.Code {
		if err := c.instr(Val(v), &k.Code[v]); err != nil {
			return fmt.Errorf("value %d (%v): %w", v, k.Code[v].Code, err)
		}
	}
	for _, s := range k.Stores {
		switch b := k.Bufs[s.Buf]; {
		case !b.Out:
			return fmt.Errorf("store in buffer %d, which is read", s.Buf)
		case b.Type != k.Code[s.Val].Type:
			return fmt.Errorf("store of a %v in a buffer of %v", k.Code[s.Val].Type, b.Type)
		}
		if err := c.address(s.Addr, s.Region, s.Buf); err != nil {
			return fmt.Errorf("store: %w", err)
		}
		if !c.visible(s.Val, s.Region) {
			return fmt.Errorf("store of value %d, which is inside of another loop", s.Val)
		}
		if n := c.runs(s.Region); n != 1 {
			return fmt.Errorf("store in region %d, which is run %d times", s.Region, n)
		}
	}
	return nil
}

type checker struct{ k *Kernel }

// runs counts how often a region is run in an iteration of the parallel loops.
func (c checker) runs(region int) (times int) {
	if region == 1 {
		return 1
	}
	for v := range c.k.Code {
		if i := &c.k.Code[v]; i.Fold != nil && i.Fold.Body == region && i.Region == 1 {
			times++
		}
	}
	return times
}

// visible reports whether a value may be used in a region: its own encloses that.
func (c checker) visible(v Val, region int) bool {
	own := c.k.Code[v].Region
	for region >= 0 && region != own {
		region = c.k.Regions[region].Parent
	}
	return region == own
}

func (c checker) instr(v Val, i *Instr) error {
	for n, a := range i.Args {
		if a >= v || a < 0 {
			return fmt.Errorf("operand %d does not come before", a)
		}
		region := i.Region
		if i.Cut != nil {
			region = i.Cut.Regions[n]
		}
		if !c.visible(a, region) {
			return fmt.Errorf("operand %d is not computed where it is used", a)
		}
	}
	switch i.Code {
	case Constant, LoopIndex, Param, Convert, Bitcast, Piece:
		return nil
	case Linear:
		for _, a := range i.Args {
			if c.k.Code[a].Type != Index {
				return fmt.Errorf("a term is a %v", c.k.Code[a].Type)
			}
		}
		return nil
	case Load:
		if b := c.k.Bufs[i.Buf]; b.Out || b.Type != i.Type {
			return fmt.Errorf("load of a %v from %+v", i.Type, b)
		}
		return c.address(i.Args[0], i.Region, i.Buf)
	case Reduce:
		return c.fold(v, i)
	case Result:
		if c.k.Code[i.Args[0]].Code != Reduce {
			return fmt.Errorf("result of a value that is no reduction")
		}
		return nil
	}
	if len(i.Args) != i.Code.Args() {
		return fmt.Errorf("%d operands, want %d", len(i.Args), i.Code.Args())
	}
	same := i.Args
	if i.Code == Select || i.Code == Rarely {
		if t := c.k.Code[same[0]].Type; t != dtype.Bool {
			return fmt.Errorf("selects by a %v", t)
		}
		same = same[1:]
	}
	for _, a := range same {
		if t, u := c.k.Code[a].Type, c.k.Code[same[0]].Type; t != u {
			return fmt.Errorf("operands are a %v and a %v", u, t)
		}
	}
	return nil
}

func (c checker) fold(v Val, i *Instr) error {
	f := i.Fold
	for n, x := range i.Args {
		y, z := f.Yield[n], f.Combined[n]
		t := i.Type
		if n > 0 {
			t = c.k.Code[int(v)+n].Type
		}
		for _, w := range []Val{x, y, z, f.Params[n], f.Params[len(i.Args)+n]} {
			if u := c.k.Code[w].Type; u != t {
				return fmt.Errorf("carry %d is a %v and a %v", n, t, u)
			}
		}
		if !c.visible(y, f.Body) || !c.visible(z, f.Combine) {
			return fmt.Errorf("carry %d is not computed where it is yielded", n)
		}
	}
	return nil
}

// address checks an address that is used in a region.
func (c checker) address(addr Val, region, buf int) error {
	if c.k.Code[addr].Type != Index {
		return fmt.Errorf("the address is a %v", c.k.Code[addr].Type)
	}
	off, terms := c.k.Form(addr)
	lo, hi := off, off
	for _, t := range terms {
		if !c.visible(t.Atom, region) {
			return fmt.Errorf("the address depends on value %d, which is inside of another loop", t.Atom)
		}
		i := &c.k.Code[t.Atom]
		if i.Code != LoopIndex {
			return nil
		}
		last := int64(c.k.Regions[i.Region].Extents[i.N] - 1)
		if last < 0 {
			return nil
		}
		lo, hi = lo+min(0, last*t.Stride), hi+max(0, last*t.Stride)
	}
	for r := region; r >= 0; r = c.k.Regions[r].Parent {
		if c.k.Regions[r].Size() == 0 {
			return nil
		}
	}
	if n := int64(c.k.Bufs[buf].Elems); lo < 0 || hi >= n {
		return fmt.Errorf("addresses from %d to %d in buffer %d of %d elements", lo, hi, buf, n)
	}
	return nil
}
