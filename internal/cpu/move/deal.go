package move

import (
	"unsafe"

	. "gojax/internal/asm/amd64"
	"gojax/internal/cpu/code"
)

// A dealing is the argument of the kernels that copy each item to a place of its kind, or
// count those of a kind.
type dealing struct {
	dst, src, kind, next unsafe.Pointer
	n                    int // at least 1
}

// Deals reports whether there is a kernel for items of so many bytes.
func (u *Sieve) Deals(size int) bool { return u != nil && (size == 4 || size == 8) }

// Deal copies n items of size bytes, which Deals, one after the other to where next says
// for their kind, one of their bytes, and counts that on. What next says must be in dst.
func (u *Sieve) Deal(size int, dst, src unsafe.Pointer, n, kind int, next *[256]uint32) {
	if n == 0 {
		return
	}
	d := dealing{dst: dst, src: src, kind: unsafe.Add(src, kind), next: unsafe.Pointer(next), n: n}
	code.Call(u.deals[size/8], unsafe.Pointer(&d))
}

// emitDeal emits the kernel for items of 4 or 8 bytes.
func emitDeal(a *Asm, size int) {
	item := RAX
	if size == 4 {
		item = EAX
	}
	eachItem(a, size, func(i int) {
		a.Op(MOVZX, ECX, Ptr(RBX, int32(i*size)).Sized(1))
		a.Op(MOV, item, Ptr(RSI, int32(i*size)))
		a.Op(MOV, EDX, Ptr(R9, 0).Index(RCX, 4))
		a.Op(MOV, Ptr(RDI, 0).Index(RDX, size), item)
		a.Op(ADD, EDX, Imm(1))
		a.Op(MOV, Ptr(R9, 0).Index(RCX, 4), EDX)
	})
}

// Tally counts the kinds of n items of size bytes, which Deals: counts[i] is for byte kind+i
// of them; there are three of those at most.
func (u *Sieve) Tally(size int, src unsafe.Pointer, n, kind int, counts [][256]uint32) {
	if n == 0 || len(counts) == 0 {
		return
	}
	d := dealing{src: src, kind: unsafe.Add(src, kind), next: unsafe.Pointer(&counts[0]), n: n}
	if len(counts) > 1 || n < manyItems {
		code.Call(u.tallies[size/8][len(counts)-1], unsafe.Pointer(&d))
		return
	}
	var apart [4][256]uint32
	d.next = unsafe.Pointer(&apart)
	code.Call(u.tallies[size/8][tallyApart], unsafe.Pointer(&d))
	for i := range counts[0] {
		counts[0][i] += apart[0][i] + apart[1][i] + apart[2][i] + apart[3][i]
	}
}

// tallyApart is the kernel that counts one byte, of each fourth item in a table of its own: where many
// items are of one kind, as with the first byte of floats, a count would wait for the last one.
const tallyApart = 3

// manyItems is from how many items on their four tables are worth adding.
const manyItems = 1 << 12

// emitTally emits a kernel that counts: tallyApart, or of one more bytes than its number.
func emitTally(a *Asm, size, kernel int) {
	bytes, apart := kernel+1, kernel == tallyApart
	if apart {
		bytes = 1
	}
	eachItem(a, size, func(i int) {
		for b := range bytes {
			table := b
			if apart {
				table = i
			}
			a.Op(MOVZX, ECX, Ptr(RBX, int32(i*size+b)).Sized(1))
			a.Op(INC, Ptr(R9, int32(table*1024)).Index(RCX, 4).Sized(4))
		}
	})
}

// Starts makes of how many items there are of each kind where the first of them goes, if all lie in the
// order of their kinds: the sum of those before.
func (u *Sieve) Starts(counts *[256]uint32) {
	if u != nil {
		code.Call(u.starts, unsafe.Pointer(counts))
		return
	}
	sum := uint32(0)
	for d, n := range counts {
		counts[d], sum = sum, sum+n
	}
}

// emitStarts emits the kernel of Starts: sums within halves of a vector, across it, and what the
// last one had, for eight counts at a time.
func emitStarts(a *Asm) {
	const perVector = 8
	all, n, x, t, before := Y0, Y1, Y2, Y3, Y4
	last := Y5
	a.Op(VPXOR, before, before, before)
	a.Op(VMOVUPS, last, a.Splat32(perVector-1, 32))
	for i := range 256 / perVector {
		at := field(uintptr(i * 32))
		a.Op(VMOVUPS, n, at)
		a.Op(VPSLLDQ, t, n, Imm(4))
		a.Op(VPADDD, x, n, t)
		a.Op(VPSLLDQ, t, x, Imm(8))
		a.Op(VPADDD, x, x, t)
		a.Op(VPERM2I128, t, x, x, Imm(0x08)) // 0, and the lower half
		a.Op(VPSHUFD, t, t, Imm(0xff))
		a.Op(VPADDD, x, x, t)
		a.Op(VPSUBD, all, before, n)
		a.Op(VPADDD, all, all, x)
		a.Op(VMOVUPS, at, all)
		a.Op(VPERMD, x, last, x)
		a.Op(VPADDD, before, before, x)
	}
	a.Op(VZEROUPPER)
	a.Op(RET)
}

// eachItem emits a kernel that goes over items of a size: four at a time, and then one. one
// emits what is done with the i-th of those, where RSI has src, RBX kind, R9 next and RDI dst.
func eachItem(a *Asm, size int, one func(i int)) {
	a.Op(MOV, RSI, field(unsafe.Offsetof(dealing{}.src)))
	a.Op(MOV, RBX, field(unsafe.Offsetof(dealing{}.kind)))
	a.Op(MOV, R9, field(unsafe.Offsetof(dealing{}.next)))
	a.Op(MOV, R8, field(unsafe.Offsetof(dealing{}.n)))
	a.Op(MOV, RDI, field(unsafe.Offsetof(dealing{}.dst)))
	for _, items := range []int{4, 1} {
		next, few := a.NewLabel(), a.NewLabel()
		a.Op(SUB, R8, Imm(items))
		a.Jcc(Less, few)
		a.Align(32)
		a.Bind(next)
		for i := range items {
			one(i)
		}
		a.Op(ADD, RSI, Imm(items*size))
		a.Op(ADD, RBX, Imm(items*size))
		a.Op(SUB, R8, Imm(items))
		a.Jcc(GreaterEqual, next)
		a.Bind(few)
		a.Op(ADD, R8, Imm(items))
	}
	a.Op(RET)
}
