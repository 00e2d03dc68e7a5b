package move

import (
	"encoding/binary"
	"unsafe"

	. "gojax/internal/asm/amd64"
	"gojax/internal/cpu/code"
)

// SiftRoom is how many more places than indices Sift needs.
const SiftRoom = 16

// Sift lists which of the integers in index are from lo on, and below lo+n: at has how
// much above lo they are, and from where they are in index, counted from first. It
// returns how many there are; at and from have SiftRoom more elements than index. There
// must be no sum above 1<<31. u may be nil.
func (u *Unit) Sift(index []int32, lo, n, first uint32, at, from []uint32) (count int) {
	done := 0
	if u != nil {
		if blocks := len(index) / u.sifts; blocks > 0 {
			s := sifting{table: unsafe.Pointer(&u.together), index: unsafe.Pointer(&index[0]), at: unsafe.Pointer(&at[0]), from: unsafe.Pointer(&from[0]),
				blocks: blocks, lo: lo, last: n - 1, first: first}
			code.Call(u.sift, unsafe.Pointer(&s))
			done, count = blocks*u.sifts, s.count
		}
	}
	for i, p := range index[done:] {
		at[count], from[count] = uint32(p)-lo, first+uint32(done+i)
		if uint32(p)-lo < n {
			count++
		}
	}
	return count
}

// A sifting is the argument of the kernel of Sift.
type sifting struct {
	index, at, from unsafe.Pointer
	table           unsafe.Pointer // together's
	blocks          int            // of indices, at least 1
	count           int            // how many are in the range
	lo, last, first uint32
}

// emitSift emits the kernel, which looks at a vector of indices at a time and moves those
// that are in the range together.
func emitSift(a *Asm, level code.Level) {
	vec, width := Y, 32
	if level == code.AVX512 {
		vec, width = Z, 64
	}
	x, place, lo, last, step := vec(0), vec(1), vec(2), vec(3), vec(4)
	iota := make([]byte, width)
	for i := range width / 4 {
		binary.LittleEndian.PutUint32(iota[4*i:], uint32(i))
	}
	a.Op(MOV, RSI, field(unsafe.Offsetof(sifting{}.index)))
	a.Op(MOV, RAX, field(unsafe.Offsetof(sifting{}.at)))
	a.Op(MOV, RCX, field(unsafe.Offsetof(sifting{}.from)))
	a.Op(MOV, RDX, field(unsafe.Offsetof(sifting{}.blocks)))
	a.Op(VPBROADCASTD, lo, field(unsafe.Offsetof(sifting{}.lo)))
	a.Op(VPBROADCASTD, last, field(unsafe.Offsetof(sifting{}.last)))
	a.Op(VPBROADCASTD, place, field(unsafe.Offsetof(sifting{}.first)))
	a.Op(VPADDD, place, place, a.Const(iota))
	a.MovImm(RBX, int64(width/4))
	a.Op(VMOVD, step.X(), EBX)
	a.Op(VPBROADCASTD, step, step.X())
	if level != code.AVX512 {
		a.Op(MOV, R9, field(unsafe.Offsetof(sifting{}.table)))
	}
	a.MovImm(R8, 0) // how many there are
	a.Align(32)
	loop := a.NewLabel()
	a.Bind(loop)
	if level == code.AVX512 {
		a.Op(VMOVDQU32, x, Ptr(RSI, 0))
		a.Op(VPSUBD, x, x, lo)
		a.Op(VPCMPUD, K1, x, last, Imm(2)) // at most
		a.Op(VPCOMPRESSD, vec(5).MaskZero(K1), x)
		a.Op(VPCOMPRESSD, vec(6).MaskZero(K1), place)
		a.Op(VMOVDQU32, Ptr(RAX, 0).Index(R8, 4), vec(5))
		a.Op(VMOVDQU32, Ptr(RCX, 0).Index(R8, 4), vec(6))
		a.Op(KMOVW, EBX, K1)
	} else {
		a.Op(VMOVDQU, x, Ptr(RSI, 0))
		a.Op(VPSUBD, x, x, lo)
		a.Op(VPMINUD, vec(5), x, last)
		a.Op(VPCMPEQD, vec(5), vec(5), x)
		a.Op(VMOVMSKPS, EBX, vec(5))
		a.Op(VPMOVZXBD, vec(6), Ptr(R9, 0).Index(RBX, 8))
		a.Op(VPERMD, vec(5), vec(6), x)
		a.Op(VPERMD, vec(6), vec(6), place)
		a.Op(VMOVDQU, Ptr(RAX, 0).Index(R8, 4), vec(5))
		a.Op(VMOVDQU, Ptr(RCX, 0).Index(R8, 4), vec(6))
	}
	a.Op(POPCNT, EBX, EBX)
	a.Op(ADD, R8, RBX)
	a.Op(VPADDD, place, place, step)
	a.Op(ADD, RSI, Imm(width))
	a.Op(DEC, RDX)
	a.Jcc(NotEqual, loop)
	a.Op(MOV, field(unsafe.Offsetof(sifting{}.count)), R8)
	a.Op(VZEROUPPER)
	a.Op(RET)
}

// together has for every set of eight elements, a bit each, eight bytes: which they are,
// from the first on.
func together() (table [256 * 8]byte) {
	for set := range 256 {
		n := 0
		for i := range 8 {
			if set>>i&1 != 0 {
				table[8*set+n] = byte(i)
				n++
			}
		}
	}
	return table
}
