package kir

import "slices"

// A Place is an operand that may be where a result is: buffer From, where To will be.
type Place struct{ To, From int }

// InPlace lists which results may be computed in the memory of which operands, which have as many
// elements of as many bytes: of each element of the result that of the operand is read at the
// same time, and no other is, if whatever runs k reads at each index before it stores there.
func (k *Kernel) InPlace() (places []Place) {
	for _, s := range k.Stores {
		others := func(t Store) bool { return t != s && t.Buf == s.Buf }
		if slices.ContainsFunc(k.Stores, others) {
			continue
		}
		for b := range k.Bufs {
			if k.givesWay(b, s) {
				places = append(places, Place{s.Buf, b})
			}
		}
	}
	return places
}

// givesWay reports whether a buffer is read only where a store is. What is stored elsewhere, or
// yielded, must not be what was read, nor a choice of that, as it may be read late.
func (k *Kernel) givesWay(buf int, s Store) bool {
	x, y := k.Bufs[buf], k.Bufs[s.Buf]
	if x.Out || x.Elems != y.Elems || x.Type.Size() != y.Type.Size() {
		return false
	}
	read := func(v Val) bool { return k.Code[v].Code == Load && k.Code[v].Buf == buf }
	reads := false
	chosen := make([]bool, len(k.Code)) // what is a choice of what was read
	passes := func(v Val) bool { return chosen[v] }
	for v := range k.Code {
		i := &k.Code[v]
		chosen[v] = read(Val(v)) || i.Code == Select && slices.ContainsFunc(i.Args[1:], passes)
		if i.Fold != nil && (s.Region == 1 || slices.ContainsFunc(i.Fold.Yield, passes)) {
			return false
		}
		if !read(Val(v)) {
			continue
		}
		if i.Args[0] != s.Addr || i.Region != s.Region {
			return false
		}
		reads = true
	}
	return reads && !slices.ContainsFunc(k.Stores, func(t Store) bool { return t != s && passes(t.Val) })
}

// OnlyFor reports whether what is read of a buffer is only used for what is stored in another one, and in what order they
// are read and stored does not matter to anything else.
func (k *Kernel) OnlyFor(from, to int) bool {
	of := make([]bool, len(k.Code)) // what was read, and is computed of that
	has := func(v Val) bool { return of[v] }
	for v := range k.Code {
		i := &k.Code[v]
		of[v] = i.Code == Load && i.Buf == from || slices.ContainsFunc(i.Args, has)
		if i.Fold != nil && (slices.ContainsFunc(i.Fold.Yield, has) || slices.ContainsFunc(i.Fold.Combined, has)) {
			return false
		}
	}
	return !slices.ContainsFunc(k.Stores, func(t Store) bool { return has(t.Addr) || t.Buf != to && has(t.Val) })
}
