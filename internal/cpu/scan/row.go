package scan

import (
	"unsafe"

	. "gojax/internal/asm/amd64"
	"gojax/internal/cpu/code"
	"gojax/internal/cpu/run"
)

// nativeRows is Run where the elements lie one after the other: the last elements of
// all groups but the last, what comes before each group, then all elements.
func nativeRows[T any](mem *run.Memory, m *Method[T], v View, x, out []T, around Around) {
	u, size := m.Unit, m.Unit.size
	groups := v.groups()
	before := groups - 1 // groups that something comes after
	var totals []T
	if before > 0 {
		totals = run.Of[T](mem, v.totals(true))
		defer run.Give(mem, totals)
		cut(v.Outer*groups, Group*size, func(lo, hi int) {
			v.inPieces(lo, hi, around.before)
			byRow(lo, hi, groups, func(o, g, n int) {
				if n = min(n, before-g); n > 0 {
					u.sum(&v, g, n, pointer(x[o*v.N:]), pointer(totals[o*before+g:]))
				}
			})
		})
		Run(mem, m, v.ofTotals(true), totals, totals, Around{})
	}
	cut(v.Outer*groups, min(v.N, Group)*size, func(lo, hi int) {
		if before == 0 {
			v.inPieces(lo, hi, around.before)
		}
		byRow(lo, hi, groups, func(o, g, n int) {
			var t []T
			if g+n > 1 {
				t = totals[o*before:][:before]
			}
			u.finish(&v, g, g+n, pointer(x[o*v.N:]), pointer(out[o*v.N:]), pointer(t))
		})
		v.inPieces(lo, hi, around.after)
	})
}

// sum stores the totals of n groups from g on.
func (u *Unit) sum(v *View, g, n int, x, totals unsafe.Pointer) {
	r := args{x: x, before: totals, eights: Group / eight, stride: Group * u.size, at: u.begin(v, g*Group)}
	if v.Reverse {
		r.stride = -r.stride
	}
	if r.blocks = n / several; r.blocks > 0 && u.many[0] != (code.Func{}) {
		code.Call(u.many[turn(v.Reverse)], unsafe.Pointer(&r))
		done := r.blocks * several
		if done == n {
			return // there is nothing behind totals
		}
		r.before, r.at, n = unsafe.Add(totals, done*u.size), u.begin(v, (g+done)*Group), n-done
	}
	r.groups = n
	code.Call(u.totals[turn(v.Reverse)], unsafe.Pointer(&r))
}

func pointer[T any](x []T) unsafe.Pointer { return unsafe.Pointer(unsafe.SliceData(x)) }

func turn(reverse bool) int {
	if reverse {
		return 1
	}
	return 0
}

// begin is where the eight begins whose first element in the order of accumulation is p.
func (u *Unit) begin(v *View, p int) int {
	if v.Reverse {
		return (v.N - p - eight) * u.size
	}
	return p * u.size
}

// finish accumulates the groups [g, to) of one row; totals is what comes before all
// groups but the first.
func (u *Unit) finish(v *View, g, to int, x, out, totals unsafe.Pointer) {
	identity := u.identity
	r := args{x: x, out: out, before: unsafe.Pointer(&identity)}
	call := func(n, elements int) {
		r.at = u.begin(v, g*Group)
		r.groups, r.eights, r.tail = n, elements/eight, elements%eight
		if r.tail > 0 && v.Reverse {
			r.fill(u.size, eight-r.tail, eight)
		} else if r.tail > 0 {
			r.fill(u.size, 0, r.tail)
		}
		code.Call(u.row[turn(v.Reverse)], unsafe.Pointer(&r))
		g += n
	}
	if g == 0 {
		call(1, min(v.N, Group))
	}
	if g == to {
		return
	}
	r.before = unsafe.Add(totals, (g-1)*u.size)
	if whole := min(to, v.N/Group) - g; whole > 0 {
		call(whole, Group)
	}
	if g < to {
		r.before = unsafe.Add(totals, (g-1)*u.size)
		call(1, v.N-g*Group)
	}
}

// A rowKernel is the generator of a kernel for groups of elements that lie one after
// the other in x and, if it stores them, in out.
type rowKernel struct {
	*Asm
	form
	totals, reverse bool
}

// Registers of a rowKernel. An eight is in Y0, or Y0 and Y1; Y2 to Y4 are for use.
const (
	ones     = Y9  // see combine
	carry    = Y10 // what was accumulated in the group
	before   = Y11 // what comes before it
	nanKey   = Y12
	lasts    = Y13 // the index of the last lane
	turned   = Y14 // indices from the last lane to the first
	identity = Y15
)

// emitRow emits the kernel that stores the last elements of groups where before points,
// or the one that combines what is there with all elements.
func emitRow(a *Asm, f form, totals, reverse bool) {
	k := rowKernel{a, f, totals, reverse}
	k.prepare()
	full := func(r Reg) Reg { return r }
	if k.isWide() {
		k.prepareWide()
		full = Reg.Z
	}
	group, ends := a.NewLabel(), a.NewLabel()
	a.Bind(group)
	a.Op(VMOVAPS, full(carry), full(identity))
	if !totals {
		a.Op(pick(f.size, VBROADCASTSS, VBROADCASTSD), full(before), Ptr(RBX, 0))
		k.encode(a, before, Y2, Y3, nanKey)
	}
	a.Op(MOV, R9, field(unsafe.Offsetof(args{}.eights)))
	if k.isWide() {
		k.loop(2*wides, ends, k.wide)
	}
	if k.size == 4 && k.nan == 0 && !totals {
		k.loop(beside, ends, k.fours)
	}
	k.loop(1, ends, func() { k.eight(false) })
	a.Bind(ends)
	if totals {
		k.decode(a, carry, Y2)
		a.Op(pick(f.size, VMOVSS, VMOVSD), Ptr(RBX, 0), carry.X())
	} else {
		done := a.NewLabel()
		a.Op(CMP, field(unsafe.Offsetof(args{}.tail)).Sized(8), Imm(0))
		a.Jcc(Equal, done)
		k.eight(true)
		a.Bind(done)
	}
	a.Op(ADD, RBX, Imm(f.size))
	a.Op(DEC, R8)
	a.Jcc(NotEqual, group)
	a.Op(VZEROUPPER)
	a.Op(RET)
}

// loop emits the loop of what accumulates n eights, until fewer of the R9 are left, and
// goes to ends if none is.
func (k *rowKernel) loop(n int, ends Label, body func()) {
	a := k.Asm
	next, few := a.NewLabel(), a.NewLabel()
	a.Op(SUB, R9, Imm(n))
	a.Jcc(Less, few)
	a.Align(32)
	a.Bind(next)
	body()
	a.Op(ADD, RSI, k.bytes(n*eight))
	a.Op(ADD, RCX, k.bytes(n*eight))
	a.Op(SUB, R9, Imm(n))
	a.Jcc(GreaterEqual, next)
	a.Bind(few)
	a.Op(ADD, R9, Imm(n))
	a.Jcc(Equal, ends)
}

// bytes is how far n elements go.
func (k *rowKernel) bytes(n int) Imm {
	if k.reverse {
		n = -n
	}
	return Imm(n * k.size)
}

// beside is how many eights are accumulated side by side: one takes so many steps that
// processors cannot look ahead far enough to do the next meanwhile.
const beside = 4

// fours accumulates four eights of elements of four bytes that are no encoded floats. The
// i-th is in Y(i), with Y(4+i) for use, and Y8. What its elements are before the last step
// is stored, for the result to go over: the last of a half comes to all lanes from there,
// on no pipe where additions wait.
func (k *rowKernel) fours() {
	a := k.Asm
	each := func(f func(i int, r, t Reg)) {
		for i := range beside {
			f(i, Y(i), Y(beside+i))
		}
	}
	place := func(base Reg, i int) Mem { return Ptr(base, int32(k.bytes(i*eight))) }
	each(func(i int, r, _ Reg) {
		if k.reverse {
			a.Op(VPERMPS, r, turned, place(RSI, i))
		} else {
			a.Op(VMOVUPS, r, place(RSI, i))
		}
	})
	each(func(_ int, r, t Reg) { a.Op(VPALIGNR, t, r, identity, Imm(12)) })
	each(func(_ int, r, t Reg) { k.combine(r, t) })
	each(func(_ int, r, t Reg) { a.Op(VPALIGNR, t, r, identity, Imm(8)) })
	each(func(_ int, r, t Reg) { a.Op(k.op, r, t, r) })
	each(func(i int, r, _ Reg) { a.Op(VMOVUPS, place(RCX, i), r) })
	each(func(i int, r, t Reg) {
		a.Op(VBROADCASTSS, t, place(RCX, i).Add(12))
		a.Op(VBLENDPS, Y8, t, identity, Imm(0x0f))
		k.combine(r, Y8)
	})
	each(func(i int, _, t Reg) {
		a.Op(VBROADCASTSS, Y8, place(RCX, i).Add(28))
		a.Op(k.op, t, t, Y8)
	})
	each(func(_ int, r, t Reg) {
		k.combine(r, carry)
		a.Op(k.op, carry, carry, t)
	})
	each(func(_ int, r, _ Reg) { a.Op(k.op, r, before, r) })
	each(func(i int, r, _ Reg) {
		if k.reverse {
			a.Op(VPERMPS, r, turned, r)
		}
		a.Op(VMOVUPS, place(RCX, i), r)
	})
}

func (k *rowKernel) prepare() {
	a := k.Asm
	a.Op(MOV, RSI, field(unsafe.Offsetof(args{}.x)))
	a.Op(MOV, RCX, field(unsafe.Offsetof(args{}.out)))
	a.Op(MOV, RBX, field(unsafe.Offsetof(args{}.before)))
	a.Op(MOV, R8, field(unsafe.Offsetof(args{}.groups)))
	a.Op(ADD, RSI, field(unsafe.Offsetof(args{}.at)))
	a.Op(ADD, RCX, field(unsafe.Offsetof(args{}.at)))
	a.Op(VMOVUPS, identity, k.splat(a, k.form.identity))
	if k.size == 4 {
		back, last := make([]byte, 32), make([]byte, 32)
		for i := range 8 {
			back[4*i], last[4*i] = byte(7-i), 7
		}
		a.Op(VMOVUPS, turned, a.Const(back))
		a.Op(VMOVUPS, lasts, a.Const(last))
	}
	switch k.op {
	case VADDPS:
		a.Op(VMOVUPS, ones, k.splat(a, 0x3f800000))
	case VADDPD:
		a.Op(VMOVUPS, ones, k.splat(a, 0x3ff0<<48))
	}
	if k.nan != 0 {
		a.Op(VMOVUPS, nanKey, k.splat(a, uint64(k.nan)))
		// In a group there are integers, and this one is below, or above, all.
		a.Op(VMOVUPS, identity, k.splat(a, uint64(^k.nan)))
	}
}

// eight accumulates eight elements, or the tail.
func (k *rowKernel) eight(tail bool) {
	a, op := k.Asm, k.op
	k.load(tail)
	if k.size == 4 {
		k.encode(a, Y0, Y1, Y2, nanKey)
		a.Op(VPALIGNR, Y1, Y0, identity, Imm(12))
		k.combine(Y0, Y1)
		a.Op(VPALIGNR, Y1, Y0, identity, Imm(8))
		a.Op(op, Y0, Y1, Y0)
		a.Op(VPERMILPS, Y1, Y0, Imm(0xff))
		a.Op(VPERM2F128, Y1, Y1, identity, Imm(0x02))
		k.combine(Y0, Y1)
		a.Op(VPERMPS, Y3, lasts, Y0)
	} else {
		for _, r := range []Reg{Y0, Y1} {
			a.Op(VPERMPD, Y2, r, Imm(0x90))
			a.Op(VBLENDPD, Y2, Y2, identity, Imm(1))
			k.combine(r, Y2)
			a.Op(VPERM2F128, Y2, r, identity, Imm(0x02))
			a.Op(op, r, Y2, r)
		}
		a.Op(VPERMPD, Y2, Y0, Imm(0xff))
		a.Op(op, Y1, Y2, Y1)
		a.Op(VPERMPD, Y3, Y1, Imm(0xff))
	}
	if !k.totals {
		k.store(tail)
	}
	a.Op(op, carry, carry, Y3)
}

// combine sets r, whose elements come after those of by, to what the operation makes of
// both. Sums are by·1 + r: as exact, on the pipes of multiplications, since those of
// additions have the moves of elements within vectors to do too. Not all are, so that
// neither waits for the other.
func (k *rowKernel) combine(r, by Reg) {
	switch k.op {
	case VADDPS:
		k.Op(VFMADD231PS, r, by, Vec(ones.Number(), r.Bytes()))
	case VADDPD:
		k.Op(VFMADD231PD, r, by, ones)
	default:
		k.Op(k.op, r, by, r)
	}
}

// load puts an eight in the order of accumulation.
func (k *rowKernel) load(tail bool) {
	a := k.Asm
	load := func(to Reg, half int32) {
		from := Ptr(RSI, 32*half)
		if !tail {
			a.Op(VMOVUPS, to, from)
			return
		}
		a.Op(VMOVUPS, Y4, field(unsafe.Offsetof(args{}.mask)).Add(32*half))
		a.Op(VMASKMOVPS, to, Y4, from)
	}
	switch {
	case k.size == 4:
		load(Y0, 0)
		if k.reverse {
			a.Op(VPERMPS, Y0, turned, Y0)
		}
	case k.reverse:
		load(Y1, 0)
		load(Y0, 1)
		a.Op(VPERMPD, Y0, Y0, Imm(0x1b))
		a.Op(VPERMPD, Y1, Y1, Imm(0x1b))
	default:
		load(Y0, 0)
		load(Y1, 1)
	}
}

// store combines an eight with what comes before, and stores it.
func (k *rowKernel) store(tail bool) {
	a := k.Asm
	store := func(from Reg, half int32) {
		to := Ptr(RCX, 32*half)
		if !tail {
			a.Op(VMOVUPS, to, from)
			return
		}
		a.Op(VMOVUPS, Y4, field(unsafe.Offsetof(args{}.mask)).Add(32*half))
		a.Op(VMASKMOVPS, to, Y4, from)
	}
	for i := range 2 * k.size / 8 {
		k.combine(Y(i), carry)
		a.Op(k.op, Y(i), before, Y(i))
	}
	switch {
	case k.size == 4:
		k.decode(a, Y0, Y1)
		if k.reverse {
			a.Op(VPERMPS, Y0, turned, Y0)
		}
		store(Y0, 0)
	case k.reverse:
		a.Op(VPERMPD, Y0, Y0, Imm(0x1b))
		a.Op(VPERMPD, Y1, Y1, Imm(0x1b))
		store(Y1, 0)
		store(Y0, 1)
	default:
		store(Y0, 0)
		store(Y1, 1)
	}
}
