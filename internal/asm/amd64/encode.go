package amd64

import "encoding/binary"

// Op appends an instruction, operands in Intel's order. It is encoded with EVEX only
// if the operands ask for it.
func (a *Asm) Op(op Op, args ...Arg) {
	in := inst{op: op}
	a.emit(&in, in.load(args))
}

// EVEX appends an instruction in its AVX-512 encoding, whatever the operands.
func (a *Asm) EVEX(op Op, args ...Arg) {
	in := inst{op: op, evex: true}
	a.emit(&in, in.load(args))
}

func (a *Asm) emit(in *inst, ok bool) {
	if in.op == 0 || int(in.op) >= len(table) || !ok {
		a.fail(in)
		return
	}
	var f fit
	for i := int(in.op); ; {
		if level, ok := table[i].fits(in, &f); ok {
			a.encode(i, in, &f, level)
			return
		}
		if i++; i == len(table) || table[i].name != "" {
			a.fail(in)
			return
		}
	}
}

// parts are the fields of an encoding, by the places that a form names.
type parts struct {
	reg, vvvv, op Reg
	rm            Reg
	mem           bool // rm is the memory operand
	w             bool
	imm           int64
	immBytes      int
}

func (p *parts) place(r *row, in *inst, f *fit) {
	is4 := Reg(0)
	for i := range in.n {
		op := uint16(r.form >> (16 * i))
		reg := in.reg[i]
		switch op & inPlace {
		case inReg:
			p.reg = reg
		case inV:
			p.vvvv = reg
		case inRM:
			p.rm, p.mem = reg, in.is[i] == isMem
		case inIs4:
			is4, p.immBytes = reg, 1
		case inOp:
			p.op = reg
		case inImm:
			p.imm = in.imm
			switch op & aKind {
			case aU8, aS8:
				p.immBytes = 1
			case aI64:
				p.immBytes = 8
			default:
				p.immBytes = 4
			}
		}
	}
	if is4 != 0 {
		p.imm |= int64(is4&15) << 4
	}
	if r.enc.hasExt() {
		p.reg = Reg(r.enc.ext())
	}
	p.w = f.w && f.op64
}

// encode appends in as row i of the table says.
func (a *Asm) encode(i int, in *inst, f *fit, level int) {
	r := &table[i]
	start := len(a.buf)
	var p parts
	p.place(r, in, f)
	scale := 1 // of an 8-bit displacement
	switch {
	case r.enc&leg != 0:
		a.legacy(r, in, &p)
	case level == 0:
		if r.enc&swap != 0 && p.rm&8 != 0 && p.reg&8 == 0 && !p.mem {
			// The opposite move has the high register where two bytes of VEX reach it.
			r = &table[i+1]
			p.rm, p.reg = p.reg, p.rm
		}
		a.vex(r, in, &p, f)
	default:
		a.evex(r, in, &p, f)
		scale = f.size
	}
	a.need |= r.need[level]
	if level == 1 && f.vec && f.l < 2 {
		a.need |= HasAVX512VL
	}
	a.operands(in, &p, r.form, scale)
	if a.Listing {
		a.list(start, in)
	}
}

// operands appends ModRM, SIB, displacement and immediate.
func (a *Asm) operands(in *inst, p *parts, f form, scale int) {
	switch {
	case p.mem:
		a.address(byte(p.reg&7), &in.mem, scale, p.immBytes)
	case p.rm != 0:
		a.buf = append(a.buf, 0xC0|byte(p.reg&7)<<3|byte(p.rm&7))
	}
	switch p.immBytes {
	case 1:
		a.buf = append(a.buf, byte(p.imm))
	case 4:
		a.buf = binary.LittleEndian.AppendUint32(a.buf, uint32(p.imm))
	case 8:
		a.buf = binary.LittleEndian.AppendUint64(a.buf, uint64(p.imm))
	}
}

// high says which extension bits the operands need: R, X, B for bit 3 of the reg
// field, the index and the base or rm.
func (p *parts) high(m *Mem) (r, x, b byte) {
	r, b = byte(p.reg>>3&1), byte((p.rm|p.op)>>3&1)
	if p.mem {
		x, b = byte(m.idx>>3&1), byte(m.base>>3&1)
	}
	return r, x, b
}

// legacy appends prefixes and opcode of a general instruction.
func (a *Asm) legacy(r *row, in *inst, p *parts) {
	if r.enc.prefix() != 0 {
		a.buf = append(a.buf, [4]byte{0, 0x66, 0xF3, 0xF2}[r.enc.prefix()])
	}
	hr, hx, hb := p.high(&in.mem)
	rex := 0x40 | hr<<2 | hx<<1 | hb
	if p.w || r.enc&vw1 != 0 {
		rex |= 8
	}
	if rex != 0x40 || p.reg.lowByte() || p.rm.lowByte() || p.op.lowByte() {
		a.buf = append(a.buf, rex)
	}
	switch r.enc.opmap() {
	case 1:
		a.buf = append(a.buf, 0x0F)
	case 2:
		a.buf = append(a.buf, 0x0F, 0x38)
	}
	a.buf = append(a.buf, r.code|byte(p.op&7))
}

// lowByte reports whether r is spl, bpl, sil or dil, which mean ah to bh without REX.
func (r Reg) lowByte() bool { return r.class() == class8 && r&31 >= 4 && r&31 < 8 }

// vex appends a VEX prefix, of two bytes if they suffice, and the opcode.
func (a *Asm) vex(r *row, in *inst, p *parts, f *fit) {
	hr, hx, hb := p.high(&in.mem)
	low := ^byte(p.vvvv)&15<<3 | byte(f.l)<<2 | r.enc.prefix()
	if r.enc&l1 != 0 {
		low |= 4
	}
	w := p.w || r.enc&vw1 != 0
	if hx|hb == 0 && !w && r.enc.opmap() == 1 {
		a.buf = append(a.buf, 0xC5, (hr^1)<<7|low, r.code)
		return
	}
	if w {
		low |= 0x80
	}
	a.buf = append(a.buf, 0xC4, (hr^1)<<7|(hx^1)<<6|(hb^1)<<5|r.enc.opmap(), low, r.code)
}

// evex appends an EVEX prefix and the opcode.
func (a *Asm) evex(r *row, in *inst, p *parts, f *fit) {
	hr, hx, hb := p.high(&in.mem)
	v := byte(p.vvvv) & 31
	if p.mem {
		if in.mem.idx.vector() {
			v |= byte(in.mem.idx) & 16
		}
	} else {
		hx = byte(p.rm >> 4 & 1)
	}
	p0 := (hr^1)<<7 | (hx^1)<<6 | (hb^1)<<5 | ^byte(p.reg)&16 | r.enc.opmap()
	p1 := ^v&15<<3 | 4 | r.enc.prefix()
	if p.w || !f.w && r.enc&w1 != 0 {
		p1 |= 0x80
	}
	p2 := byte(f.l)<<5 | ^v&16>>1 | in.mask
	if in.zero {
		p2 |= 0x80
	}
	if p.mem && in.mem.bcst {
		p2 |= 0x10
	}
	a.buf = append(a.buf, 0x62, p0, p1, p2, r.code)
}

// address appends ModRM, SIB and displacement of a memory operand. A displacement that
// is a multiple of scale and fits a byte when divided by it takes one byte; after tells
// how many bytes of the instruction follow.
func (a *Asm) address(reg byte, m *Mem, scale, after int) {
	reg <<= 3
	if m.ref != 0 {
		a.buf = append(a.buf, reg|5)
		a.fixups = append(a.fixups, fixup{at: len(a.buf), end: len(a.buf) + 4 + after, ref: m.ref, size: 4})
		a.buf = binary.LittleEndian.AppendUint32(a.buf, uint32(m.disp))
		return
	}
	base := byte(m.base & 7)
	sib := -1
	switch {
	case m.base == 0:
		base, sib = 5, 4<<3|5
	case base == 4:
		sib = 4<<3 | 4
	}
	if m.idx != 0 {
		sib = int(m.idx&7)<<3 | int(base)
		switch m.scale {
		case 2:
			sib |= 0x40
		case 4:
			sib |= 0x80
		case 8:
			sib |= 0xC0
		}
	}
	short := m.disp / int32(scale)
	var mod byte
	switch {
	case m.base == 0 || m.disp == 0 && base != 5:
	case m.disp%int32(scale) == 0 && short == int32(int8(short)):
		mod = 0x40
	default:
		mod = 0x80
	}
	if sib < 0 {
		a.buf = append(a.buf, mod|reg|base)
	} else {
		a.buf = append(a.buf, mod|reg|4, byte(sib))
	}
	switch {
	case mod == 0x40:
		a.buf = append(a.buf, byte(short))
	case mod == 0x80 || m.base == 0:
		a.buf = binary.LittleEndian.AppendUint32(a.buf, uint32(m.disp))
	}
}
