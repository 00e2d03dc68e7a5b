package kir

import "encoding/binary"

// AppendKey appends the same bytes for kernels that are the same, instruction by
// instruction.
func (k *Kernel) AppendKey(b []byte) []byte {
	number := func(n int) { b = binary.AppendVarint(b, int64(n)) }
	vals := func(list []Val) {
		number(len(list))
		for _, v := range list {
			number(int(v))
		}
	}
	number(len(k.Bufs))
	for _, x := range k.Bufs {
		b = append(b, byte(x.Type), flag(x.Out))
		number(x.Elems)
	}
	number(len(k.Regions))
	for i := range k.Regions {
		r := &k.Regions[i]
		number(r.Parent)
		number(len(r.Extents))
		for _, e := range r.Extents {
			number(e)
		}
		vals(r.Index)
	}
	number(len(k.Code))
	for v := range k.Code {
		i := &k.Code[v]
		b = append(b, byte(i.Code), byte(i.Type))
		number(i.Region)
		vals(i.Args)
		number(len(i.Strides))
		for _, s := range i.Strides {
			b = binary.AppendVarint(b, s)
		}
		b = binary.AppendUvarint(b, i.Bits[0])
		b = binary.AppendUvarint(b, i.Bits[1])
		number(i.Buf)
		number(i.N)
		b = append(b, flag(i.Fold != nil))
		if f := i.Fold; f != nil {
			number(f.Body)
			vals(f.Yield)
			number(f.Combine)
			vals(f.Params)
			vals(f.Combined)
		}
	}
	number(len(k.Stores))
	for _, s := range k.Stores {
		number(s.Buf)
		vals([]Val{s.Addr, s.Val})
		number(s.Region)
	}
	return b
}

func flag(on bool) byte {
	if on {
		return 1
	}
	return 0
}
