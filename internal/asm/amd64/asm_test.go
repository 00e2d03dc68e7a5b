package amd64

import (
	"fmt"
	"strings"
	"testing"
)

// program uses everything an Asm has besides instructions.
func program(a *Asm) {
	loop, far, table := a.NewLabel(), a.NewLabel(), a.NewLabel()
	a.Op(LEA, RAX, a.At(table).Add(8))
	a.Op(VBROADCASTSS, Y0, a.ConstF32(1.5))
	a.Op(VCMPPS, Y1, Y0, a.Splat32(0x7f800000, 32), Imm(1))
	a.Jcc(Equal, far)
	a.Align(32)
	a.Bind(loop)
	a.Op(VADDPS, Y1, Y1, Y0)
	a.Op(VADDPD, Z1, Z1, a.ConstF64(2).Broadcast())
	a.Op(VADDPS, X2, X2, a.Splat32(0x7f800000, 16))
	a.Op(VMULSS, X2, X2, a.ConstF32(1.5))
	a.Op(DEC, ECX)
	a.JccShort(NotEqual, table)
	a.Jcc(Greater.Not(), loop)
	a.Bind(table)
	for range 40 {
		a.Op(MOV, R8, Imm(1<<60))
	}
	a.Jmp(loop)
	a.Bind(far)
	a.Jmp(table)
	a.Op(RET)
}

// TestProgram has binutils assemble a whole listing: the same bytes, jumps and distances
// to constants included.
func TestProgram(t *testing.T) {
	a := Asm{Listing: true}
	program(&a)
	code, err := a.Finish()
	if err != nil {
		t.Fatal(err)
	}
	if want := HasAVX | HasAVX2 | HasAVX512F | HasBase; a.Need() != want {
		t.Errorf("the program needs %v, want %v", a.Need(), want)
	}
	src := ".intel_syntax noprefix\n"
	for _, l := range a.lines {
		if strings.HasPrefix(l.text, ".balign") && l.end > l.at && l.at > 0 {
			// Assemblers fill a gap with no-operations of their own choice.
			for _, b := range code[l.at:l.end] {
				src += fmt.Sprintf(".byte %#x\n", b)
			}
			continue
		}
		src += l.text + "\n"
	}
	assemble(t, nil) // skips without tools
	if want := gas(t, src); string(want) != string(code) {
		t.Errorf("got\n%s\nbinutils has\n%x", a.Text(), want)
	}
}

func TestText(t *testing.T) {
	a := Asm{Listing: true}
	done := a.NewLabel()
	a.Op(VADDPS, Y1, Y2, a.ConstF32(1))
	a.Jcc(Less, done)
	a.Op(VPADDQ, Z1.MaskZero(K3), Z2, a.Const64(7).Broadcast())
	a.Bind(done)
	a.Op(RET)
	if _, err := a.Finish(); err != nil {
		t.Fatal(err)
	}
	want := `   0  c5ec580d40000000          vaddps ymm1, ymm2, [rip + C0]
   8  0f8c0a000000              jl L0
   e  62f1eddbd40d28000000      vpaddq zmm1{k3}{z}, zmm2, [rip + C1]{1to8}
L0:
  18  c3                        ret
  19                            .balign 64, 0xcc
  40                            C1: .byte 0x07, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00
  48                            C0: .byte 0x00, 0x00, 0x80, 0x3f
`
	if got := a.Text(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestErrors(t *testing.T) {
	for _, c := range []struct {
		call func(a *Asm)
		want string
	}{
		{func(a *Asm) { a.Op(ADD, RAX, ECX) }, "no encoding of add rax, ecx"},
		{func(a *Asm) { a.Op(ADD, Ptr(RAX, 0), Imm(1)) }, "no encoding of add [rax], 1"},
		{func(a *Asm) { a.Op(ADD, RAX, Imm(1<<31)) }, "no encoding of add rax, 2147483648"},
		{func(a *Asm) { a.Op(MOV, Ptr(RAX, 0).Sized(4), RCX) }, "no encoding of mov dword ptr [rax], rcx"},
		{func(a *Asm) { a.Op(MOVZX, EAX, Ptr(RAX, 0)) }, "no encoding of movzx eax, [rax]"},
		{func(a *Asm) { a.Op(LEA, RAX, Ptr(RAX, 0).Index(RSP, 1)) }, "no encoding of lea rax, [rax + rsp*1]"},
		{func(a *Asm) { a.Op(LEA, RAX, Ptr(RAX, 0).Index(RCX, 3)) }, "no encoding of lea rax, [rax + rcx*3]"},
		{func(a *Asm) { a.Op(LEA, RAX, Ptr(EAX, 0)) }, "no encoding of lea rax, [eax]"},
		{func(a *Asm) { a.Op(VADDPS, Y0, X1, Y2) }, "no encoding of vaddps ymm0, xmm1, ymm2"},
		{func(a *Asm) { a.Op(VADDPS, Y0, Y1) }, "no encoding of vaddps ymm0, ymm1"},
		{func(a *Asm) { a.Op(VADDPS, Y0, Y1, Y2, Imm(1)) }, "no encoding of vaddps ymm0, ymm1, ymm2, 1"},
		{func(a *Asm) { a.Op(VPAND, Y16, Y1, Y2) }, "no encoding of vpand ymm16, ymm1, ymm2"},
		{func(a *Asm) { a.Op(VADDPS, Z0, Z1.Mask(K1), Z2) }, "no encoding of vaddps zmm0, zmm1, zmm2"},
		{func(a *Asm) { a.Op(VADDPS, Z0.MaskZero(K0), Z1, Z2) }, "no encoding of vaddps zmm0, zmm1, zmm2"},
		{func(a *Asm) { a.Op(VCMPPS, K1.MaskZero(K2), Z1, Z2, Imm(0)) }, "no encoding of vcmpps k1{k2}{z}, zmm1, zmm2, 0"},
		{func(a *Asm) { a.Op(VGATHERDPS, Z1, Ptr(RAX, 0).Index(Z2, 4)) }, "no encoding of vgatherdps zmm1, [rax + zmm2*4]"},
		{func(a *Asm) { a.Op(VPADDB, Z0, Z1, Ptr(RAX, 0).Broadcast()) }, "no encoding of vpaddb zmm0, zmm1, [rax]{1to1}"},
		{func(a *Asm) { a.Op(VPERMD, X0, X1, X2) }, "no encoding of vpermd xmm0, xmm1, xmm2"},
		{func(a *Asm) { a.Op(VCVTPD2PS, X0, Ptr(RAX, 0)) }, "no encoding of vcvtpd2ps xmm0, [rax]"},
		{func(a *Asm) { a.Op(0) }, "no encoding of op0"},
		{func(a *Asm) { a.Op(RET, RAX, RAX, RAX, RAX, RAX) }, "no encoding of ret"},
		{func(a *Asm) { a.Jmp(a.NewLabel()) }, "label L0 is not bound"},
		{func(a *Asm) { l := a.NewLabel(); a.Bind(l); a.Bind(l) }, "label L0 is bound twice"},
		{func(a *Asm) {
			l := a.NewLabel()
			a.JmpShort(l)
			for range 128 {
				a.Op(NOP)
			}
			a.Bind(l)
		}, "short jump to L0 over 128 bytes"},
		{func(a *Asm) { a.Op(VMOVUPS, X0, a.Const(make([]byte, 3))) }, "constant of 3 bytes, want a power of two of at most 64"},
	} {
		var a Asm
		c.call(&a)
		if _, err := a.Finish(); err == nil || err.Error() != "amd64: "+c.want {
			t.Errorf("got error %v, want amd64: %s", err, c.want)
		}
	}
}

// TestReset holds that an Asm can be used again, and that emitting does not allocate
// once its memory has grown.
func TestReset(t *testing.T) {
	var a Asm
	var want string
	emit := func() {
		a.Reset()
		program(&a)
		code, err := a.Finish()
		if err != nil {
			t.Fatal(err)
		}
		if want == "" {
			want = string(code)
		} else if want != string(code) {
			t.Fatal("the same program became other code")
		}
	}
	// The keys of the constants, four, and the list of their sizes.
	if n := testing.AllocsPerRun(10, emit); n > 8 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkOp(b *testing.B) {
	var a Asm
	b.ReportAllocs()
	for b.Loop() {
		a.Reset()
		for i := range 16 {
			a.Op(VMOVUPS, Y(i), Ptr(RSI, 32).Index(RCX, 4))
			a.Op(VFMADD231PS, Y(i), Y1, Y2)
			a.Op(VADDPS, Z(i), Z1, Z2)
			a.Op(ADD, RCX, Imm(32))
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/64, "ns/instr")
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(a.Len()), "ns/byte")
}
