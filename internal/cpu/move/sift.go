package move

import (
	"unsafe"

	. "gojax/internal/asm/amd64"
	"gojax/internal/cpu/code"
)

// A sifting is the argument of the kernel that finds the indices in a range.
type sifting struct {
	index, at, number unsafe.Pointer
	vectors           int    // of indices, at least 1
	found             int    // set by the kernel
	lo, n             uint32 // the range begins at lo; n is not 0
	lanes             unsafe.Pointer
}

// Spare is how many elements the results of Sift must have room for besides what is found.
const Spare = 16

// Sift finds the indices in [lo, lo+n), n not 0, and writes in their order how far behind
// lo each is to at, and its number among all to number. It returns how many there are. The
// results must have room for len(index)+Spare elements. Without kernels, a nil u, it takes longer.
func (u *Sieve) Sift(index []int32, lo, n uint32, at, number []uint32) int {
	_, _ = at[:len(index)+Spare], number[:len(index)+Spare]
	k, i := 0, 0
	if u != nil && len(index) >= u.siftLanes {
		v := len(index) / u.siftLanes
		s := sifting{
			index: unsafe.Pointer(&index[0]), at: unsafe.Pointer(&at[0]), number: unsafe.Pointer(&number[0]),
			vectors: v, lo: lo, n: n, lanes: unsafe.Pointer(u.lanes),
		}
		code.Call(u.sift, unsafe.Pointer(&s))
		k, i = s.found, v*u.siftLanes
	}
	for ; i < len(index); i++ {
		if p := uint32(index[i]) - lo; p < n {
			at[k], number[k] = p, uint32(i)
			k++
		}
	}
	return k
}

// emitSift emits the kernel with 16 or 8 indices a vector. Those found in one are moved to
// its first lanes, which are then stored with the others behind them: the next vector goes
// over those.
func emitSift(a *Asm, wide bool) {
	v := func(i int) Reg { return Y(i) }
	lanes := 8
	if wide {
		v = func(i int) Reg { return Z(i) }
		lanes = 16
	}
	lo, n, number, step := v(0), v(1), v(2), v(3)
	a.Op(MOV, RSI, field(unsafe.Offsetof(sifting{}.index)))
	a.Op(MOV, RCX, field(unsafe.Offsetof(sifting{}.at)))
	a.Op(MOV, RBX, field(unsafe.Offsetof(sifting{}.number)))
	a.Op(MOV, RDX, field(unsafe.Offsetof(sifting{}.vectors)))
	a.Op(MOV, R9, field(unsafe.Offsetof(sifting{}.lanes)))
	a.Op(VPBROADCASTD, lo, field(unsafe.Offsetof(sifting{}.lo)))
	a.Op(VPBROADCASTD, n, field(unsafe.Offsetof(sifting{}.n)))
	first := make([]byte, 4*lanes)
	for i := range lanes {
		first[4*i] = byte(i)
	}
	a.Op(VMOVUPS, number, a.Const(first))
	a.Op(VMOVUPS, step, a.Splat32(uint32(lanes), 4*lanes))
	if !wide { // the largest distance: there is no unsigned comparison
		a.Op(VPCMPEQD, Y4, Y4, Y4)
		a.Op(VPADDD, n, n, Y4)
	}
	a.Op(XOR, R8D, R8D)
	a.Align(32)
	next := a.NewLabel()
	a.Bind(next)
	if wide {
		a.Op(VMOVUPS, Z4, Ptr(RSI, 0))
		a.Op(VPSUBD, Z4, Z4, lo)
		a.Op(VPCMPUD, K1, Z4, n, Imm(1)) // less
		a.Op(VPCOMPRESSD, Z5.MaskZero(K1), Z4)
		a.Op(VPCOMPRESSD, Z6.MaskZero(K1), number)
		a.Op(KMOVW, EAX, K1)
	} else {
		a.Op(VMOVUPS, Y4, Ptr(RSI, 0))
		a.Op(VPSUBD, Y4, Y4, lo)
		a.Op(VPMINUD, Y5, Y4, n)
		a.Op(VPCMPEQD, Y5, Y5, Y4)
		a.Op(VMOVMSKPS, EAX, Y5)
		a.Op(VPMOVZXBD, Y7, Ptr(R9, 0).Index(RAX, 8))
		a.Op(VPERMD, Y5, Y7, Y4)
		a.Op(VPERMD, Y6, Y7, number)
	}
	a.Op(POPCNT, EAX, EAX)
	a.Op(VMOVUPS, Ptr(RCX, 0).Index(R8, 4), v(5))
	a.Op(VMOVUPS, Ptr(RBX, 0).Index(R8, 4), v(6))
	a.Op(ADD, R8, RAX)
	a.Op(VPADDD, number, number, step)
	a.Op(ADD, RSI, Imm(4*lanes))
	a.Op(DEC, RDX)
	a.Jcc(NotEqual, next)
	a.Op(MOV, field(unsafe.Offsetof(sifting{}.found)), R8)
	a.Op(VZEROUPPER)
	a.Op(RET)
}

// packed lists, for each set of eight lanes, its members in order, and then anything.
func packed() *[256][8]uint8 {
	var t [256][8]uint8
	for set := range t {
		k := 0
		for lane := range 8 {
			if set>>lane&1 != 0 {
				t[set][k] = uint8(lane)
				k++
			}
		}
	}
	return &t
}
