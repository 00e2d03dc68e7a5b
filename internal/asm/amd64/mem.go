package amd64

// An Arg is an operand: a [Reg], a [Mem] or an [Imm].
type Arg interface{ arg() }

func (Reg) arg() {}
func (Mem) arg() {}
func (Imm) arg() {}

// Imm is an immediate operand.
type Imm int64

// A Mem is a memory operand: base + index*scale + displacement, all optional, or the
// place of a label or constant relative to the next instruction. Build one with [Ptr],
// [Asm.At] or [Asm.Const32] and their like.
type Mem struct {
	base, idx Reg
	scale     uint8 // 1, 2, 4, 8; 0 without index
	bytes     uint8 // as told by Sized; 0: what the instruction says
	mask      uint8 // of a masked store
	bcst      bool
	disp      int32
	ref       int32 // 0, label+1, or -(constant+1)
}

// Ptr is the memory at base + disp; the zero Reg as base is an absolute address.
func Ptr(base Reg, disp int32) Mem { return Mem{base: base, disp: disp} }

// Index adds r*scale to the address, scale being 1, 2, 4 or 8. A vector register makes
// the operand of a gather or scatter, with an address for each lane.
func (m Mem) Index(r Reg, scale int) Mem {
	m.idx, m.scale = r, uint8(scale)
	return m
}

// Add moves the address by n bytes.
func (m Mem) Add(n int32) Mem {
	m.disp += n
	return m
}

// Broadcast is one element of memory taken for all lanes (AVX-512).
func (m Mem) Broadcast() Mem {
	m.bcst = true
	return m
}

// Mask is m as a destination of which only the lanes set in k are stored (AVX-512).
func (m Mem) Mask(k Reg) Mem {
	m.mask = uint8(k & 7)
	return m
}

// Sized says how many bytes are accessed, for those instructions where the other
// operands leave it open: MOVZX, INC, VCVTPD2PS of memory and their like. Elsewhere it
// may be told, and is checked.
func (m Mem) Sized(bytes int) Mem {
	m.bytes = uint8(bytes)
	return m
}

// valid reports whether the address can be encoded at all.
func (m *Mem) valid() bool {
	if m.ref != 0 {
		return m.base == 0 && m.idx == 0
	}
	if m.base != 0 && m.base.class() != class64 {
		return false
	}
	switch m.scale {
	case 0:
		return m.idx == 0
	case 1, 2, 4, 8:
		return m.idx.class() == class64 && m.idx != RSP || m.idx.vector()
	}
	return false
}
