package amd64

// An Op is a mnemonic: the index of its first row in the table.
type Op uint16

// A row is one way to encode one mnemonic. Rows that follow with an empty name are
// further ways, tried in order.
type row struct {
	name string
	code byte
	enc  enc
	form form
	need [2]Feature // of the legacy or VEX encoding, and of EVEX; 0: there is none
}

// An enc holds all of an encoding but opcode and operands.
type enc uint32

const (
	// The mandatory prefix, as VEX counts it.
	p66 enc = 1
	pF3 enc = 2
	pF2 enc = 3
	// The opcode map; without one, the one-byte opcodes.
	m0F enc = 1 << 2
	m38 enc = 2 << 2
	m3A enc = 3 << 2
	// W of EVEX, and W of VEX and REX. Rows with an operand rR have W from it instead.
	w1  enc = 1 << 4
	vw1 enc = 1 << 5
	ww1     = w1 | vw1
	leg enc = 1 << 6 // neither VEX nor EVEX
	l1  enc = 1 << 7 // VEX.L = 1 although no operand says so
	// An element of memory of 4 or 8 bytes may be broadcast.
	b4 enc = 1 << 8
	b8 enc = 1 << 9
	// The memory operand has this many bytes, whatever its register form has.
	s1  enc = 1 << 10
	s2  enc = 2 << 10
	s4  enc = 3 << 10
	s8  enc = 4 << 10
	s16 enc = 5 << 10
	s32 enc = 6 << 10
	// An opcode extension stands in the reg field of ModRM.
	e0 enc = 8 << 13
	e1 enc = 9 << 13
	e2 enc = 10 << 13
	e3 enc = 11 << 13
	e4 enc = 12 << 13
	e5 enc = 13 << 13
	e6 enc = 14 << 13
	e7 enc = 15 << 13

	wide   enc = 1 << 17 // 256 or 512 bits only
	nomask enc = 1 << 18 // EVEX without masking
	onmask enc = 1 << 19 // EVEX with a mask only, which is merged
	sized  enc = 1 << 20 // a memory operand must say its size
	swap   enc = 1 << 21 // the next row is the same move with the operands exchanged
)

func (e enc) prefix() byte  { return byte(e & 3) }
func (e enc) opmap() byte   { return byte(e >> 2 & 3) }
func (e enc) hasExt() bool  { return e&(8<<13) != 0 }
func (e enc) ext() byte     { return byte(e >> 13 & 7) }
func (e enc) element() int  { return int(e >> 8 & 3 * 4) }
func (e enc) memBytes() int { return 1 << (e >> 10 & 7) >> 1 }

// A form says what the operands are and where each goes: 16 bits an operand.
type form uint64

// What an operand is.
const (
	aNone = iota
	aV    // vector as wide as the instruction
	aH    // half as wide, aQ a quarter, aO an eighth; never below xmm
	aQ
	aO
	aX // xmm, aY ymm, aZ zmm, whatever the others are
	aY
	aZ
	aK   // mask
	aR   // general, 32 or 64 bits: sets W
	aR64 // general, of one width
	aR32
	aR16
	aR8
	aA    // rax or eax: sets W
	aAL   // al
	aCL   // cl
	aMem  // memory only
	aIdxV // memory with a vector index as wide as the instruction
	aIdxH // or half as wide
	aU8   // immediate byte
	aS8   // immediate byte, sign-extended
	aI32  // immediate of 32 bits, sign-extended
	aU32  // immediate of 32 bits
	aI64  // immediate of 64 bits
	aOne  // the immediate 1, implied

	aKind = 31
	orMem = 32 // or memory
)

// Where an operand goes.
const (
	inReg = iota << 8 // ModRM.reg
	inV               // VEX.vvvv
	inRM              // ModRM.rm
	inImm             // immediate
	inIs4             // high half of an immediate
	inOp              // low bits of the opcode
	nowhere
	inPlace = 7 << 8
)

// The operands of most vector instructions.
const (
	rV, rH     = form(inReg | aV), form(inReg | aH)
	rX, rY, rZ = form(inReg | aX), form(inReg | aY), form(inReg | aZ)
	rK, rR     = form(inReg | aK), form(inReg | aR)
	rR64, rR32 = form(inReg | aR64), form(inReg | aR32)
	rR16, rR8  = form(inReg | aR16), form(inReg | aR8)

	vV, vH, vX, vY, vZ = form(inV | aV), form(inV | aH), form(inV | aX), form(inV | aY), form(inV | aZ)
	vK, vR             = form(inV | aK), form(inV | aR)

	mV, mX, mK   = form(inRM | aV), form(inRM | aX), form(inRM | aK)
	mR64, mR32   = form(inRM | aR64), form(inRM | aR32)
	mMem         = form(inRM | aMem)
	mIdxV, mIdxH = form(inRM | aIdxV), form(inRM | aIdxH)
	mVM          = mV | orMem
	mHM          = form(inRM | aH | orMem)
	mQM          = form(inRM | aQ | orMem)
	mOM          = form(inRM | aO | orMem)
	mXM          = mX | orMem
	mYM          = form(inRM | aY | orMem)
	mKM          = mK | orMem
	mRM          = form(inRM | aR | orMem)
	mR64M        = mR64 | orMem
	mR32M        = mR32 | orMem
	mR16M        = form(inRM | aR16 | orMem)
	mR8M         = form(inRM | aR8 | orMem)

	iU8, iS8   = form(inImm | aU8), form(inImm | aS8)
	iI32, iU32 = form(inImm | aI32), form(inImm | aU32)
	iI64       = form(inImm | aI64)
	i4V        = form(inIs4 | aV)
	oR64, oR32 = form(inOp | aR64), form(inOp | aR32)
	oR8        = form(inOp | aR8)
	xOne       = form(nowhere | aOne)
	xA, xAL    = form(nowhere | aA), form(nowhere | aAL)
	xCL        = form(nowhere | aCL)
)

// maxArgs is the most operands an instruction has.
const maxArgs = 4

// An inst is an instruction to encode: mnemonic and operands, unpacked.
type inst struct {
	op   Op
	n    int
	evex bool // EVEX was asked for
	is   [maxArgs]byte
	reg  [maxArgs]Reg
	mem  Mem
	imm  int64
	mask byte // the number of the write mask, with zeroing
	zero bool
}

// What each operand of an inst is.
const (
	isReg byte = iota
	isMem
	isImm
)

// load unpacks the operands, reporting whether they can be those of an instruction.
func (in *inst) load(args []Arg) bool {
	if len(args) > maxArgs {
		return false
	}
	in.n = len(args)
	var mems, imms int
	stray := false // a mask on an operand that is not the destination
	for i, arg := range args {
		switch arg := arg.(type) {
		case Reg:
			in.reg[i] = arg.plain()
			if i == 0 {
				in.mask, in.zero = arg.mask(), arg&zeroing != 0
			} else {
				stray = stray || arg != arg.plain()
			}
		case Mem:
			in.is[i], in.mem = isMem, arg
			mems++
			in.mask |= arg.mask
			stray = stray || arg.mask != 0 && i != 0
		case Imm:
			in.is[i], in.imm = isImm, int64(arg)
			imms++
		}
	}
	return !stray && mems <= 1 && imms <= 1 && (mems == 0 || in.mem.valid()) && (!in.zero || in.mask != 0)
}

// A fit is what the operands say of an encoding.
type fit struct {
	l    int  // vector width: 0, 1, 2 for xmm, ymm, zmm
	vec  bool // l comes from an operand
	w    bool // an operand sets W
	op64 bool // and to this
	size int  // bytes of the memory operand in full
}

// fits reports whether r takes the operands of in, by VEX or legacy encoding (level 0)
// or by EVEX (level 1).
func (r *row) fits(in *inst, f *fit) (level int, ok bool) {
	if !r.width(in, f) {
		return 0, false
	}
	high := f.vec && f.l == 2
	for i := range in.n {
		op := uint16(r.form >> (16 * i))
		switch in.is[i] {
		case isReg:
			if !f.takesReg(op, in.reg[i]) {
				return 0, false
			}
			high = high || in.reg[i]&16 != 0
		case isMem:
			if !f.takesMem(op, r.enc, &in.mem) {
				return 0, false
			}
			high = high || in.mem.bcst || in.mem.idx&16 != 0
		default:
			if !takesImm(op&aKind, in.imm) {
				return 0, false
			}
		}
	}
	if in.evex || high || in.mask != 0 || r.need[0] == 0 {
		level = 1
	}
	return level, r.need[level] != 0 && (level == 0 || r.masks(in))
}

// width determines the vector width and the operand size, and checks the number of
// operands.
func (r *row) width(in *inst, f *fit) bool {
	*f = fit{l: -1}
	if in.n < maxArgs && r.form>>(16*in.n) != 0 {
		return false
	}
	var half, mem Reg
	for i := range in.n {
		op := uint16(r.form >> (16 * i))
		reg := in.reg[i]
		kind := op & aKind
		if kind == aNone || kind >= aU8 != (in.is[i] == isImm) {
			return false
		}
		switch kind {
		case aV:
			if in.is[i] == isReg {
				f.l = int(reg.class()-classX) >> classShift
			} else {
				mem = 1
			}
		case aH:
			half = reg.class()
		case aIdxV:
			f.l = int(in.mem.idx.class()-classX) >> classShift
		case aY:
			f.l = max(f.l, 1)
			continue
		case aZ:
			f.l = 2
			continue
		case aR, aA:
			if in.is[i] == isReg {
				f.w, f.op64 = true, reg.class() == class64
			} else if !f.w {
				f.w, f.op64 = true, in.mem.bytes == 8
			}
			continue
		default:
			continue
		}
		f.vec = true
	}
	if f.l < 0 {
		// Only the size of the memory operand, or a half as wide as ymm, can tell.
		switch {
		case mem == 0:
			f.l = 0
		case half == classY:
			f.l = 2
		case in.mem.bcst || in.mem.bytes < 16 || in.mem.bytes > 64:
			return false
		default:
			f.l = int(in.mem.bytes) >> 5
		}
	}
	return f.l <= 2 && (r.enc&wide == 0 || f.l >= 1)
}

// takesReg reports whether the operand op of a form can be r.
func (f *fit) takesReg(op uint16, r Reg) bool {
	switch c := r.class(); op & aKind {
	case aV:
		return c == vecClass(f.l)
	case aH:
		return c == vecClass(f.l-1)
	case aQ:
		return c == vecClass(f.l-2)
	case aO, aX:
		return c == classX
	case aY:
		return c == classY
	case aZ:
		return c == classZ
	case aK:
		return c == classK
	case aR:
		return r.gpr() && (c == class64) == f.op64
	case aR64:
		return c == class64
	case aR32:
		return c == class32
	case aR16:
		return c == class16
	case aR8:
		return c == class8
	case aA:
		return r == RAX || r == EAX
	case aAL:
		return r == RAX.R8()
	case aCL:
		return r == RCX.R8()
	}
	return false
}

// vecClass is the class of vector registers of width l, xmm at least.
func vecClass(l int) Reg { return classX + Reg(max(l, 0))<<classShift }

// takesMem reports whether the operand op of a form can be m, and sets f.size.
func (f *fit) takesMem(op uint16, e enc, m *Mem) bool {
	kind := op & aKind
	if op&orMem == 0 && kind != aMem && kind != aIdxV && kind != aIdxH {
		return false
	}
	switch index := m.idx.vector(); {
	case index != (kind == aIdxV || kind == aIdxH),
		kind == aIdxV && m.idx.class() != vecClass(f.l),
		kind == aIdxH && m.idx.class() != vecClass(f.l-1):
		return false
	}
	switch kind {
	case aV, aMem:
		f.size = 16 << f.l
	case aH:
		f.size = 8 << f.l
	case aQ:
		f.size = 4 << f.l
	case aO:
		f.size = 2 << f.l
	case aX:
		f.size = 16
	case aY:
		f.size = 32
	case aR:
		f.size = 4
		if f.op64 {
			f.size = 8
		}
	case aR64, aK:
		f.size = 8
	case aR32:
		f.size = 4
	case aR16:
		f.size = 2
	case aR8:
		f.size = 1
	}
	if n := e.memBytes(); n != 0 {
		f.size = n
	}
	if m.bcst {
		f.size = e.element()
	}
	return f.size != 0 && (m.bytes == 0 && e&sized == 0 || int(m.bytes) == f.size)
}

// takesImm reports whether an operand of this kind can be the immediate v.
func takesImm(kind uint16, v int64) bool {
	switch kind {
	case aU8:
		return -128 <= v && v <= 255
	case aS8:
		return v == int64(int8(v))
	case aI32:
		return v == int64(int32(v))
	case aU32:
		return -1<<31 <= v && v < 1<<32
	case aOne:
		return v == 1
	}
	return kind == aI64
}

// masks reports whether r with EVEX allows the masking that in asks for.
func (r *row) masks(in *inst) bool {
	dst := uint16(r.form) & aKind
	switch {
	case in.mask == 0:
		return r.enc&onmask == 0
	case r.enc&nomask != 0, in.n == 0:
		return false
	case in.zero:
		return r.enc&onmask == 0 && dst != aK && in.is[0] == isReg
	}
	return true
}
