package scan

import (
	"unsafe"

	. "gojax/internal/asm/amd64"
	"gojax/internal/cpu/code"
	"gojax/internal/cpu/run"
)

// strip is how many columns, in bytes, one call accumulates: so many that their rows,
// which lie apart, are long, and that they fill the threads.
const strip = 2 << 10

// nativeColumns is Run where rows of elements are accumulated: in each strip the last
// rows of all groups but the last, what comes before each group, then all rows.
func nativeColumns[T any](mem *run.Memory, m *Method[T], v View, x, out []T) {
	u, size := m.Unit, m.Unit.size
	before := v.groups() - 1
	width := strip / size
	strips := (v.Inner + width - 1) / width
	// each calls f for n groups and the columns [c, d) of each strip.
	each := func(groups int, f func(o, g, c, d int)) {
		cut(v.Outer*groups*strips, min(v.N, Group)*min(width, v.Inner)*size, func(lo, hi int) {
			for i := lo; i < hi; i++ {
				o, g, s := i/(groups*strips), i/strips%groups, i%strips
				f(o, g, s*width, min((s+1)*width, v.Inner))
			}
		})
	}
	var totals []T
	if before > 0 {
		totals = run.Of[T](mem, v.totals(true))
		defer run.Give(mem, totals)
		each(before, func(o, g, c, d int) {
			r := args{x: pointer(x[o*v.N*v.Inner:]), before: pointer(totals[(o*before+g)*v.Inner+c:])}
			u.columns(&r, &v, u.sums, g*Group, Group, c, d)
		})
		Run(mem, m, v.ofTotals(true), totals, totals, Around{})
	}
	first := run.Of[T](mem, min(width, v.Inner))
	defer run.Give(mem, first)
	u.identities(pointer(first), len(first))
	each(before+1, func(o, g, c, d int) {
		r := args{x: pointer(x[o*v.N*v.Inner:]), out: pointer(out[o*v.N*v.Inner:]), before: pointer(first)}
		if g > 0 {
			r.before = pointer(totals[(o*before+g-1)*v.Inner+c:])
		}
		u.columns(&r, &v, u.down, g*Group, min(Group, v.N-g*Group), c, d)
	})
}

// identities sets n elements to the identity.
func (u *Unit) identities(at unsafe.Pointer, n int) {
	for i := range n {
		if u.size == 4 {
			*(*uint32)(unsafe.Add(at, 4*i)) = uint32(u.identity)
		} else {
			*(*uint64)(unsafe.Add(at, 8*i)) = u.identity
		}
	}
}

// columns calls a kernel for n rows from the p-th in the order of accumulation, and the
// columns [c, d); r has what the kernel reads and writes, before from column c on.
func (u *Unit) columns(r *args, v *View, kernel [2]code.Func, p, n, c, d int) {
	r.stride, r.rows = v.Inner*u.size, n
	if v.Reverse {
		p, r.stride = v.N-1-p, -r.stride
	}
	r.at = (p*v.Inner + c) * u.size
	block := 4 * u.lanes()
	if r.blocks = (d - c) / block; r.blocks > 0 {
		code.Call(kernel[0], unsafe.Pointer(r))
		c += r.blocks * block
		r.at += r.blocks * block * u.size
	}
	for skip := r.blocks * block * u.size; c < d; c += u.lanes() {
		part := *r
		part.before = unsafe.Add(r.before, skip)
		part.blocks = 1
		part.fill(u.size, 0, min(u.lanes(), d-c))
		code.Call(kernel[1], unsafe.Pointer(&part))
		r.at += 32
		skip += 32
	}
}

// A columnKernel is the generator of a kernel that accumulates rows in columns: four
// vectors of them at a time, or some lanes of one.
type columnKernel struct {
	*Asm
	form
	totals bool
	n      int // vectors
}

// Registers of a columnKernel: eight rows are in Y0 to Y7, and what was accumulated of
// each vector of columns from Y8 on.
const (
	columnMask = Y9 // if there is one vector
	earlier    = Y12
	columnNaN  = Y15
)

// emitColumns emits the kernel that stores the last rows where before points, or the
// one that combines what is there with all rows.
func emitColumns(a *Asm, f form, totals bool, n int) {
	k := columnKernel{a, f, totals, n}
	k.prepare()
	block, next, rest, done := a.NewLabel(), a.NewLabel(), a.NewLabel(), a.NewLabel()
	a.Bind(block)
	a.Op(MOV, RAX, RSI)
	a.Op(MOV, RDX, RCX)
	a.Op(MOV, R10, field(unsafe.Offsetof(args{}.rows)))
	none := f.identity
	if f.nan != 0 {
		none = uint64(^f.nan)
	}
	for j := range n {
		a.Op(VMOVUPS, Y(8+j), f.splat(a, none))
	}
	a.Align(32)
	a.Bind(next)
	a.Op(CMP, R10, Imm(eight))
	a.Jcc(Less, rest)
	k.eight(false)
	a.Op(LEA, RAX, Ptr(RAX, 0).Index(R8, 8))
	a.Op(LEA, RDX, Ptr(RDX, 0).Index(R8, 8))
	a.Op(SUB, R10, Imm(eight))
	a.Jmp(next)
	a.Bind(rest)
	if totals {
		for j := range n {
			f.decode(a, Y(8+j), Y13)
			k.put(Ptr(RBX, int32(32*j)), Y(8+j))
		}
	} else {
		a.Op(TEST, R10, R10)
		a.Jcc(Equal, done)
		k.eight(true)
	}
	a.Bind(done)
	step := Imm(32 * n)
	a.Op(ADD, RSI, step)
	a.Op(ADD, RCX, step)
	a.Op(ADD, RBX, step)
	a.Op(DEC, R11)
	a.Jcc(NotEqual, block)
	a.Op(VZEROUPPER)
	a.Op(RET)
}

func (k *columnKernel) prepare() {
	a := k.Asm
	a.Op(MOV, RSI, field(unsafe.Offsetof(args{}.x)))
	a.Op(MOV, RCX, field(unsafe.Offsetof(args{}.out)))
	a.Op(MOV, RBX, field(unsafe.Offsetof(args{}.before)))
	a.Op(ADD, RSI, field(unsafe.Offsetof(args{}.at)))
	a.Op(ADD, RCX, field(unsafe.Offsetof(args{}.at)))
	a.Op(MOV, R11, field(unsafe.Offsetof(args{}.blocks)))
	a.Op(MOV, R8, field(unsafe.Offsetof(args{}.stride)))
	a.Op(LEA, R12, Ptr(R8, 0).Index(R8, 2))
	a.Op(LEA, R13, Ptr(R8, 0).Index(R8, 4))
	a.Op(LEA, R14, Ptr(R12, 0).Index(R8, 4))
	if k.n == 1 {
		a.Op(VMOVUPS, columnMask, field(unsafe.Offsetof(args{}.mask)))
	}
	if k.nan != 0 {
		a.Op(VMOVUPS, columnNaN, k.splat(a, uint64(k.nan)))
	}
}

// at is the j-th vector of the i-th row from base.
func (k *columnKernel) at(base Reg, i, j int) Mem {
	m := Ptr(base, int32(32*j))
	switch i {
	case 0:
		return m
	case 1, 2, 4:
		return m.Index(R8, i)
	case 3, 6:
		return m.Index(R12, i/3)
	case 5:
		return m.Index(R13, 1)
	}
	return m.Index(R14, 1)
}

func (k *columnKernel) get(to Reg, from Mem) {
	if k.n == 1 {
		k.Op(VMASKMOVPS, to, columnMask, from)
		return
	}
	k.Op(VMOVUPS, to, from)
}

func (k *columnKernel) put(to Mem, from Reg) {
	if k.n == 1 {
		k.Op(VMASKMOVPS, to, columnMask, from)
		return
	}
	k.Op(VMOVUPS, to, from)
}

// eight accumulates eight rows, or the R10 ones that are left.
func (k *columnKernel) eight(rest bool) {
	a := k.Asm
	for j := range k.n {
		loaded, stored := a.NewLabel(), a.NewLabel()
		for i := range eight {
			if rest && i > 0 {
				a.Op(CMP, R10, Imm(i))
				a.Jcc(Equal, loaded)
			}
			k.get(Y(i), k.at(RAX, i, j))
			k.encode(a, Y(i), Y13, Y14, columnNaN)
		}
		a.Bind(loaded)
		k.accumulate(Y(8 + j))
		if k.totals {
			continue
		}
		k.get(earlier, Ptr(RBX, int32(32*j)))
		k.encode(a, earlier, Y13, Y14, columnNaN)
		for i := range eight {
			if rest && i > 0 {
				a.Op(CMP, R10, Imm(i))
				a.Jcc(Equal, stored)
			}
			a.Op(k.op, Y(i), earlier, Y(i))
			k.decode(a, Y(i), Y13)
			k.put(k.at(RDX, i, j), Y(i))
		}
		a.Bind(stored)
	}
}

// accumulate combines eight rows as package documentation says.
func (k *columnKernel) accumulate(carry Reg) {
	for i := 0; i < eight; i += 4 {
		for _, d := range []int{1, 2} {
			for j := 3; j >= d; j-- {
				k.Op(k.op, Y(i+j), Y(i+j-d), Y(i+j))
			}
		}
	}
	for i := 4; i < eight; i++ {
		k.Op(k.op, Y(i), Y3, Y(i))
	}
	if k.totals {
		k.Op(k.op, carry, carry, Y7)
		return
	}
	for i := range eight {
		k.Op(k.op, Y(i), carry, Y(i))
	}
	k.Op(VMOVAPS, carry, Y7)
}
