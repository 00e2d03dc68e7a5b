package kirtest

import (
	"slices"

	"gojax/internal/dtype"
	"gojax/internal/kir"
)

// Shrink returns a kernel as small as k can be made by steps after each of which it
// fails still: stores and instructions are left out, loops made shorter. No more than
// tries kernels are tried.
func Shrink(k *kir.Kernel, tries int, fails func(k *kir.Kernel) bool) *kir.Kernel {
	for smaller := true; smaller; {
		smaller = false
		for n := 0; ; n++ {
			c, ok := candidate(k, n)
			if !ok {
				break
			}
			if c == nil {
				continue
			}
			if tries--; tries < 0 {
				return k
			}
			if c = tidy(c); c != nil && fails(c) {
				k, smaller = c, true
				n-- // what came after it has its number now
			}
		}
	}
	return k
}

// tidy returns k without what nothing depends on, nil if it is no kernel any more.
func tidy(k *kir.Kernel) (tidied *kir.Kernel) {
	defer func() {
		if recover() != nil { // instructions that do not fit each other
			tidied = nil
		}
	}()
	k = k.Rewrite(func(*kir.Builder, *kir.Instr, []kir.Val) (kir.Val, bool) { return 0, false })
	if kir.Check(k) != nil {
		return nil
	}
	return k
}

// candidate returns the n-th smaller kernel, nil where there is none, and false when
// there are no more.
func candidate(k *kir.Kernel, n int) (c *kir.Kernel, ok bool) {
	if n < len(k.Stores) {
		if len(k.Stores) == 1 {
			return nil, true
		}
		c := copied(k)
		c.Stores = slices.Delete(c.Stores, n, n+1)
		return c, true
	}
	n -= len(k.Stores)
	for r, region := range k.Regions {
		for a, e := range region.Extents {
			if n < 3 {
				return shorter(k, r, a, []int{1, e / 2, e - 1}[n]), true
			}
			n -= 3
		}
	}
	if n >= 6*len(k.Code) {
		return nil, false
	}
	// The last instructions first: with them go those that they use.
	v := kir.Val(len(k.Code) - 1 - n/6)
	if n %= 6; n < 2 {
		return constant(k, v, n), true
	}
	return replaced(k, v, n-2), true
}

func copied(k *kir.Kernel) *kir.Kernel {
	c := &kir.Kernel{Bufs: k.Bufs, Regions: slices.Clone(k.Regions), Code: slices.Clone(k.Code), Stores: slices.Clone(k.Stores)}
	for v := range c.Code {
		i := &c.Code[v]
		i.Args = slices.Clone(i.Args)
		if i.Fold != nil {
			f := *i.Fold
			f.Yield, f.Combined = slices.Clone(f.Yield), slices.Clone(f.Combined)
			i.Fold = &f
		}
	}
	return c
}

// shorter makes a loop have e iterations.
func shorter(k *kir.Kernel, region, axis, e int) *kir.Kernel {
	if e < 1 || e >= k.Regions[region].Extents[axis] {
		return nil
	}
	c := copied(k)
	r := &c.Regions[region]
	r.Extents = slices.Clone(r.Extents)
	r.Extents[axis] = e
	return c
}

// places reports whether v is of the address of a store, or not to be changed at all.
func places(k *kir.Kernel, v kir.Val) bool {
	switch k.Code[v].Code {
	case kir.LoopIndex, kir.Param, kir.Result:
		return true
	}
	return slices.ContainsFunc(k.Stores, func(s kir.Store) bool { return s.Addr == v })
}

// constant makes v the number 0, or 1.
func constant(k *kir.Kernel, v kir.Val, number int) *kir.Kernel {
	i := &k.Code[v]
	if places(k, v) || i.Code == kir.Constant {
		return nil
	}
	c := copied(k)
	results := 1
	if i.Fold != nil {
		results = len(i.Args)
	}
	for n := range results {
		i := &c.Code[int(v)+n]
		*i = kir.Instr{Code: kir.Constant, Type: i.Type, Bits: kir.Encode(i.Type, complex(float64(number), 0))}
	}
	return c
}

// replaced puts an operand of v, or what a reduction yields, in the place of v.
func replaced(k *kir.Kernel, v kir.Val, n int) *kir.Kernel {
	i := &k.Code[v]
	if places(k, v) || i.Code == kir.Load || i.Fold != nil || n >= len(i.Args) {
		return nil
	}
	w := i.Args[n]
	if k.Code[w].Type != i.Type || i.Type == dtype.Invalid {
		return nil
	}
	c := copied(k)
	put := func(vals []kir.Val) {
		for n, x := range vals {
			if x == v {
				vals[n] = w
			}
		}
	}
	for v := range c.Code {
		i := &c.Code[v]
		put(i.Args)
		if i.Fold != nil {
			put(i.Fold.Yield)
			put(i.Fold.Combined)
		}
	}
	for n := range c.Stores {
		if c.Stores[n].Val == v {
			c.Stores[n].Val = w
		}
	}
	return c
}
