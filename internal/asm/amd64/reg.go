package amd64

// A Reg is a register: general (in four widths), vector (in three) or mask. A
// destination of an AVX-512 instruction may carry a mask: see [Reg.Mask]. The zero Reg
// is no register.
type Reg uint16

// Bits of a Reg: number 0-4, class 8-11, mask 12-14, zeroing 15.
const (
	classShift        = 8
	maskShift         = 12
	zeroing       Reg = 1 << 15
	plainReg      Reg = 1<<maskShift - 1
	numberOfReg   Reg = 31
	_class        Reg = 1 << classShift
	class64           = 1 * _class // the class of rax
	class32           = 2 * _class // eax
	class16           = 3 * _class // ax
	class8            = 4 * _class // al
	classX            = 5 * _class
	classY            = 6 * _class
	classZ            = 7 * _class
	classK            = 8 * _class
	classOfReg    Reg = 15 << classShift
	numberOfClass     = 9
)

// General registers of 64 bits.
const (
	RAX, RCX, RDX, RBX = class64 + 0, class64 + 1, class64 + 2, class64 + 3
	RSP, RBP, RSI, RDI = class64 + 4, class64 + 5, class64 + 6, class64 + 7
	R8, R9, R10, R11   = class64 + 8, class64 + 9, class64 + 10, class64 + 11
	R12, R13, R14, R15 = class64 + 12, class64 + 13, class64 + 14, class64 + 15
)

// General registers of 32 bits. Writing one clears the upper half of the 64.
const (
	EAX, ECX, EDX, EBX     = class32 + 0, class32 + 1, class32 + 2, class32 + 3
	ESP, EBP, ESI, EDI     = class32 + 4, class32 + 5, class32 + 6, class32 + 7
	R8D, R9D, R10D, R11D   = class32 + 8, class32 + 9, class32 + 10, class32 + 11
	R12D, R13D, R14D, R15D = class32 + 12, class32 + 13, class32 + 14, class32 + 15
)

// Vector registers of 128 bits; those above 15 exist with AVX-512 only.
const (
	X0, X1, X2, X3     = classX + 0, classX + 1, classX + 2, classX + 3
	X4, X5, X6, X7     = classX + 4, classX + 5, classX + 6, classX + 7
	X8, X9, X10, X11   = classX + 8, classX + 9, classX + 10, classX + 11
	X12, X13, X14, X15 = classX + 12, classX + 13, classX + 14, classX + 15
	X16, X17, X18, X19 = classX + 16, classX + 17, classX + 18, classX + 19
	X20, X21, X22, X23 = classX + 20, classX + 21, classX + 22, classX + 23
	X24, X25, X26, X27 = classX + 24, classX + 25, classX + 26, classX + 27
	X28, X29, X30, X31 = classX + 28, classX + 29, classX + 30, classX + 31
)

// Vector registers of 256 bits.
const (
	Y0, Y1, Y2, Y3     = classY + 0, classY + 1, classY + 2, classY + 3
	Y4, Y5, Y6, Y7     = classY + 4, classY + 5, classY + 6, classY + 7
	Y8, Y9, Y10, Y11   = classY + 8, classY + 9, classY + 10, classY + 11
	Y12, Y13, Y14, Y15 = classY + 12, classY + 13, classY + 14, classY + 15
	Y16, Y17, Y18, Y19 = classY + 16, classY + 17, classY + 18, classY + 19
	Y20, Y21, Y22, Y23 = classY + 20, classY + 21, classY + 22, classY + 23
	Y24, Y25, Y26, Y27 = classY + 24, classY + 25, classY + 26, classY + 27
	Y28, Y29, Y30, Y31 = classY + 28, classY + 29, classY + 30, classY + 31
)

// Vector registers of 512 bits.
const (
	Z0, Z1, Z2, Z3     = classZ + 0, classZ + 1, classZ + 2, classZ + 3
	Z4, Z5, Z6, Z7     = classZ + 4, classZ + 5, classZ + 6, classZ + 7
	Z8, Z9, Z10, Z11   = classZ + 8, classZ + 9, classZ + 10, classZ + 11
	Z12, Z13, Z14, Z15 = classZ + 12, classZ + 13, classZ + 14, classZ + 15
	Z16, Z17, Z18, Z19 = classZ + 16, classZ + 17, classZ + 18, classZ + 19
	Z20, Z21, Z22, Z23 = classZ + 20, classZ + 21, classZ + 22, classZ + 23
	Z24, Z25, Z26, Z27 = classZ + 24, classZ + 25, classZ + 26, classZ + 27
	Z28, Z29, Z30, Z31 = classZ + 28, classZ + 29, classZ + 30, classZ + 31
)

// Mask registers. K0 cannot mask an instruction: its number says "no mask".
const (
	K0, K1, K2, K3 = classK + 0, classK + 1, classK + 2, classK + 3
	K4, K5, K6, K7 = classK + 4, classK + 5, classK + 6, classK + 7
)

// R is the n-th general register in 64 bits, 0 <= n < 16, in the order of the
// encoding: rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8 ….
func R(n int) Reg { return class64 + Reg(n&15) }

// X is the n-th vector register in 128 bits, 0 <= n < 32.
func X(n int) Reg { return classX + Reg(n&31) }

// Y is the n-th vector register in 256 bits, 0 <= n < 32.
func Y(n int) Reg { return classY + Reg(n&31) }

// Z is the n-th vector register in 512 bits, 0 <= n < 32.
func Z(n int) Reg { return classZ + Reg(n&31) }

// K is the n-th mask register, 0 <= n < 8.
func K(n int) Reg { return classK + Reg(n&7) }

// Vec is the n-th vector register of the given width in bytes: 16, 32 or 64.
func Vec(n, width int) Reg {
	switch width {
	case 64:
		return Z(n)
	case 32:
		return Y(n)
	}
	return X(n)
}

// Number is the register's number within its class.
func (r Reg) Number() int { return int(r & numberOfReg) }

// Bytes is the register's width: 1 to 8, or 16, 32, 64; 8 for a mask, 0 for none.
func (r Reg) Bytes() int { return int(classBytes[r.class()>>classShift]) }

var classBytes = [16]uint8{0, 8, 4, 2, 1, 16, 32, 64, 8}

// R64, R32, R16 and R8 are the general register of the same number in that width.
func (r Reg) R64() Reg { return class64 | r&numberOfReg }
func (r Reg) R32() Reg { return class32 | r&numberOfReg }
func (r Reg) R16() Reg { return class16 | r&numberOfReg }
func (r Reg) R8() Reg  { return class8 | r&numberOfReg }

// X, Y and Z are the vector register of the same number in that width.
func (r Reg) X() Reg { return classX | r&numberOfReg }
func (r Reg) Y() Reg { return classY | r&numberOfReg }
func (r Reg) Z() Reg { return classZ | r&numberOfReg }

// Mask is r as a destination of which only the lanes set in k, K1 to K7, are written;
// the others keep their values.
func (r Reg) Mask(k Reg) Reg { return r&plainReg | k&7<<maskShift }

// MaskZero is r as a destination of which the lanes not set in k become zero.
func (r Reg) MaskZero(k Reg) Reg { return r.Mask(k) | zeroing }

func (r Reg) class() Reg { return r & classOfReg }
func (r Reg) plain() Reg { return r & plainReg }
func (r Reg) mask() byte { return byte(r >> maskShift & 7) }

// gpr reports whether r is a general register of 32 or 64 bits.
func (r Reg) gpr() bool { return r.class() == class64 || r.class() == class32 }

// vector reports whether r is an xmm, ymm or zmm register.
func (r Reg) vector() bool { return r.class() >= classX && r.class() <= classZ }
