package amd64

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A line of a listing: what stands at buf[at:end].
type line struct {
	at, end int
	text    string
}

func (a *Asm) list(start int, in *inst) {
	a.lines = append(a.lines, line{at: start, end: len(a.buf), text: in.String()})
}

// listPool adds the constants, which begin after the code's end, to the listing.
func (a *Asm) listPool(end int) {
	if len(a.pool.items) == 0 {
		return
	}
	a.lines = append(a.lines, line{at: end, end: end, text: fmt.Sprintf(".balign %d, 0xcc", Alignment)})
	lines := make([]line, len(a.pool.items))
	for i, c := range a.pool.items {
		var b strings.Builder
		fmt.Fprintf(&b, "C%d: .byte", i)
		for j, v := range a.buf[c.at : c.at+c.to-c.from] {
			if j > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, " %#02x", v)
		}
		lines[i] = line{at: c.at, end: c.at, text: b.String()}
	}
	slices.SortFunc(lines, func(x, y line) int { return x.at - y.at })
	a.lines = append(a.lines, lines...)
}

// Text is the listing of the code: an offset, the bytes in hex and the instruction in
// Intel syntax on each line. Without [Asm.Listing] it is empty.
func (a *Asm) Text() string {
	var b strings.Builder
	for _, l := range a.lines {
		switch {
		case strings.HasSuffix(l.text, ":"):
			fmt.Fprintf(&b, "%s\n", l.text)
		default:
			fmt.Fprintf(&b, "%4x  %-24x  %s\n", l.at, a.buf[l.at:l.end], l.text)
		}
	}
	return b.String()
}

// String is the mnemonic as it is written in Intel syntax.
func (op Op) String() string {
	if op == 0 || int(op) >= len(table) || table[op].name == "" {
		return fmt.Sprintf("op%d", int(op))
	}
	return table[op].name
}

func (in *inst) String() string {
	var b []byte
	if in.evex {
		b = append(b, "{evex} "...)
	}
	b = append(b, in.op.String()...)
	for i := range in.n {
		if b = append(b, ' '); i > 0 {
			b = append(b[:len(b)-1], ", "...)
		}
		switch in.is[i] {
		case isReg:
			b = in.reg[i].append(b)
		case isMem:
			b = in.mem.append(b, in.lanes())
		default:
			b = strconv.AppendInt(b, in.imm, 10)
		}
		if i == 0 && in.mask != 0 {
			b = fmt.Appendf(b, "{k%d}", in.mask)
			if in.zero {
				b = append(b, "{z}"...)
			}
		}
	}
	return string(b)
}

// lanes is how many times a broadcast repeats its element.
func (in *inst) lanes() int {
	var f fit
	for i := int(in.op); in.mem.bcst && i < len(table) && (i == int(in.op) || table[i].name == ""); i++ {
		if _, ok := table[i].fits(in, &f); ok {
			return 16 << f.l / table[i].enc.element() >> table[i].halving()
		}
	}
	return 1
}

// halving is 1 if the memory operand is half as wide as the instruction.
func (r *row) halving() int {
	for i := range maxArgs {
		if uint16(r.form>>(16*i))&^inPlace == aH|orMem {
			return 1
		}
	}
	return 0
}

var (
	regNames64 = [...]string{"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi"}
	regNames8  = [...]string{"al", "cl", "dl", "bl", "spl", "bpl", "sil", "dil"}
	condNames  = [...]string{"o", "no", "b", "ae", "e", "ne", "be", "a", "s", "ns", "p", "np", "l", "ge", "le", "g"}
)

// String is the register's name in Intel syntax.
func (r Reg) String() string { return string(r.append(nil)) }

func (r Reg) append(b []byte) []byte {
	n := r & numberOfReg
	switch c := r.class(); {
	case c == classX:
		b = append(b, "xmm"...)
	case c == classY:
		b = append(b, "ymm"...)
	case c == classZ:
		b = append(b, "zmm"...)
	case c == classK:
		b = append(b, 'k')
	case c == 0:
		return append(b, "noreg"...)
	case n >= 8:
		b = strconv.AppendInt(append(b, 'r'), int64(n), 10)
		return append(b, [5]string{"", "", "d", "w", "b"}[c>>classShift]...)
	case c == class8:
		return append(b, regNames8[n]...)
	case c == class64:
		return append(b, regNames64[n]...)
	case c == class32:
		return append(append(b, 'e'), regNames64[n][1:]...)
	default:
		return append(b, regNames64[n][1:]...)
	}
	return strconv.AppendInt(b, int64(n), 10)
}

var sizeNames = map[uint8]string{1: "byte", 2: "word", 4: "dword", 8: "qword", 16: "xmmword", 32: "ymmword", 64: "zmmword"}

func (m *Mem) append(b []byte, lanes int) []byte {
	if m.bytes != 0 && !m.bcst {
		b = append(append(b, sizeNames[m.bytes]...), " ptr "...)
	}
	if m.ref == 0 && m.base == 0 && m.idx == 0 {
		b = append(b, "ds:"...) // else an assembler takes it for an immediate
	}
	b = append(b, '[')
	open := len(b)
	switch {
	case m.ref > 0:
		b = fmt.Appendf(b, "rip + L%d", m.ref-1)
	case m.ref < 0:
		b = fmt.Appendf(b, "rip + C%d", -m.ref-1)
	case m.base != 0:
		b = m.base.append(b)
	}
	if m.idx != 0 {
		if len(b) > open {
			b = append(b, " + "...)
		}
		b = fmt.Appendf(m.idx.append(b), "*%d", m.scale)
	}
	switch d := int64(m.disp); {
	case len(b) == open:
		b = strconv.AppendInt(b, d, 10)
	case d > 0:
		b = fmt.Appendf(b, " + %d", d)
	case d < 0:
		b = fmt.Appendf(b, " - %d", -d)
	}
	b = append(b, ']')
	if m.bcst {
		b = fmt.Appendf(b, "{1to%d}", lanes)
	}
	return b
}

// String is the operand in Intel syntax, without the number of a broadcast's lanes.
func (m Mem) String() string { return string(m.append(nil, 1)) }
