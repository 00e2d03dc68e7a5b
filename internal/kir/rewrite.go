package kir

// Rewrite returns k with instructions replaced: f gets each that Emit takes, and its
// operands in the new kernel, and returns the value to be used for it, or false to
// keep it. The loops and what they store stay, and so does the order of reductions.
func (k *Kernel) Rewrite(f func(b *Builder, i *Instr, args []Val) (Val, bool)) *Kernel {
	b := Borrow()
	defer b.Return()
	b.k.Bufs = k.Bufs
	return b.rewrite(k, func(Val, *Instr, []Val) (Val, bool) { return 0, false }, f)
}

// keep replaces no instruction.
func keep(*Builder, *Instr, []Val) (Val, bool) { return 0, false }

// under returns what makes values of a kernel those of another one, which now lists.
func under(now []Val) func([]Val) []Val {
	return func(vals []Val) []Val {
		out := make([]Val, len(vals))
		for n, v := range vals {
			out[n] = now[v]
		}
		return out
	}
}

// rewrite is Rewrite in a builder with the buffers of the new kernel; instead gets each Load and each
// index of a loop, and the address in the new kernel.
func (b *Builder) rewrite(k *Kernel, instead func(v Val, i *Instr, args []Val) (Val, bool),
	f func(b *Builder, i *Instr, args []Val) (Val, bool)) *Kernel {
	all := b.recode(k, instead, f)
	b.reloop(k, all)
	return b.restore(k, all)
}

// recode is rewrite for the instructions alone. What it returns says what values are in the new kernel.
func (b *Builder) recode(k *Kernel, instead func(v Val, i *Instr, args []Val) (Val, bool),
	f func(b *Builder, i *Instr, args []Val) (Val, bool)) (all func([]Val) []Val) {
	now := make([]Val, len(k.Code))
	all = under(now)
	b.k.Regions = make([]Region, len(k.Regions)) // of which the code knows the numbers alone
	for v := range k.Code {
		i := &k.Code[v]
		if i.Code == Load || i.Code == LoopIndex {
			if x, ok := instead(Val(v), i, all(i.Args)); ok {
				now[v] = x
				continue
			}
		}
		now[v] = b.again(k, i, all, f)
	}
	return all
}

// reloop gives the new kernel the loops of k.
func (b *Builder) reloop(k *Kernel, all func([]Val) []Val) []Region {
	for r, old := range k.Regions {
		b.k.Regions[r] = Region{old.Parent, old.Extents, all(old.Index)}
	}
	return b.k.Regions
}

// restore stores what k does, and returns the new kernel.
func (b *Builder) restore(k *Kernel, all func([]Val) []Val) *Kernel {
	for _, s := range k.Stores {
		b.region = s.Region
		at := all([]Val{s.Addr, s.Val})
		b.Store(s.Buf, at[0], at[1])
	}
	return b.Kernel()
}

// again returns the value of an instruction of k in the kernel being built.
func (b *Builder) again(k *Kernel, i *Instr, all func([]Val) []Val,
	f func(b *Builder, i *Instr, args []Val) (Val, bool)) Val {
	args := all(i.Args)
	switch i.Code {
	case Constant:
		return b.Bits(i.Type, i.Bits)
	case LoopIndex:
		e := k.Regions[i.Region].Extents[i.N]
		return b.add(*i, bounds{0, int64(max(e-1, 0))})
	case Linear:
		terms := make([]Term, len(args))
		for n, a := range args {
			terms[n] = Term{a, i.Strides[n]}
		}
		return b.Affine(int64(i.Bits[0]), terms...)
	case Load:
		return b.Load(i.Buf, args[0])
	case Convert:
		return b.Convert(i.Type, args[0])
	case Bitcast:
		return b.Bitcast(i.Type, args[0])
	case Param:
		return b.add(*i, unbounded)
	case Reduce, Result:
		n := *i
		n.Args = args
		if n.Fold != nil {
			f := *n.Fold
			f.Yield, f.Params, f.Combined = all(f.Yield), all(f.Params), all(f.Combined)
			n.Fold = &f
		}
		return b.add(n, unbounded)
	}
	if v, ok := f(b, i, args); ok {
		return v
	}
	return b.Emit(i.Code, args...)
}

// Rare marks the values that nothing but first values of Rarely needs, in a kernel
// without dead code.
func (k *Kernel) Rare() []bool {
	rare := make([]bool, len(k.Code))
	for v := range rare {
		rare[v] = true
	}
	need := func(vals ...Val) {
		for _, v := range vals {
			rare[v] = false
		}
	}
	for _, s := range k.Stores {
		need(s.Addr, s.Val)
	}
	for v := len(k.Code) - 1; v >= 0; v-- {
		i := &k.Code[v]
		if k.StoresIn(i.Fold) {
			need(Val(v))
		}
		switch {
		case i.Code == LoopIndex || i.Code == Param: // loops and reductions have these
			need(Val(v))
		case rare[v]:
		case i.Code == Rarely:
			need(i.Args[0], i.Args[2])
		default:
			need(i.Args...)
			if f := i.Fold; f != nil {
				need(f.Yield...)
				need(f.Combined...)
			}
		}
	}
	return rare
}
