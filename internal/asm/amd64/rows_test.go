package amd64

import (
	"fmt"
	"testing"
)

// encodings are instructions with their bytes and text, as binutils has them too.
var encodings = []struct {
	call      func(a *Asm)
	hex, text string
}{
	{func(a *Asm) { a.Op(ADD, RAX, RCX) }, "4801c8", "add rax, rcx"},
	{func(a *Asm) { a.Op(ADD, R9, Ptr(R12, 8)) }, "4d034c2408", "add r9, [r12 + 8]"},
	{func(a *Asm) { a.Op(SUB, Ptr(RBP, 0), R15D) }, "44297d00", "sub [rbp], r15d"},
	{func(a *Asm) { a.Op(AND, RDI, Imm(-64)) }, "4883e7c0", "and rdi, -64"},
	{func(a *Asm) { a.Op(CMP, RSI, Imm(4096)) }, "4881fe00100000", "cmp rsi, 4096"},
	{func(a *Asm) { a.Op(CMP, Ptr(RSI, 3).Sized(1), Imm(0)) }, "807e0300", "cmp byte ptr [rsi + 3], 0"},
	{func(a *Asm) { a.Op(TEST, ECX, ECX) }, "85c9", "test ecx, ecx"},
	{func(a *Asm) { a.Op(IMUL, RDX, RAX, Imm(24)) }, "486bd018", "imul rdx, rax, 24"},
	{func(a *Asm) { a.Op(SHL, R8, Imm(6)) }, "49c1e006", "shl r8, 6"},
	{func(a *Asm) { a.Op(SAR, EAX, RCX.R8()) }, "d3f8", "sar eax, cl"},
	{func(a *Asm) { a.Op(INC, R10) }, "49ffc2", "inc r10"},
	{func(a *Asm) { a.Op(DEC, Ptr(RSP, 16).Sized(8)) }, "48ff4c2410", "dec qword ptr [rsp + 16]"},
	{func(a *Asm) { a.Op(LEA, RAX, Ptr(RSI, -8).Index(R13, 4)) }, "4a8d44aef8", "lea rax, [rsi + r13*4 - 8]"},
	{func(a *Asm) { a.Op(MOV, RAX, Ptr(RDI, 24)) }, "488b4718", "mov rax, [rdi + 24]"},
	{func(a *Asm) { a.Op(MOV, Ptr(R13, 0), RAX) }, "49894500", "mov [r13], rax"},
	{func(a *Asm) { a.Op(MOV, EAX, Imm(1<<32-1)) }, "b8ffffffff", "mov eax, 4294967295"},
	{func(a *Asm) { a.Op(MOV, RAX, Imm(-1)) }, "48c7c0ffffffff", "mov rax, -1"},
	{func(a *Asm) { a.Op(MOV, R11, Imm(1<<40)) }, "49bb0000000000010000", "mov r11, 1099511627776"},
	{func(a *Asm) { a.Op(MOV, Ptr(RSI, 1), RDI.R8()) }, "40887e01", "mov [rsi + 1], dil"},
	{func(a *Asm) { a.Op(MOVZX, EAX, Ptr(RSI, 0).Index(RAX, 1).Sized(1)) }, "0fb60406", "movzx eax, byte ptr [rsi + rax*1]"},
	{func(a *Asm) { a.Op(MOVSX, R9, RSI.R16()) }, "4c0fbfce", "movsx r9, si"},
	{func(a *Asm) { a.Op(MOVSXD, R9, R9D) }, "4d63c9", "movsxd r9, r9d"},
	{func(a *Asm) { a.Op(POPCNT, RAX, RCX) }, "f3480fb8c1", "popcnt rax, rcx"},
	{func(a *Asm) { a.Op(LZCNT, EAX, ECX) }, "f30fbdc1", "lzcnt eax, ecx"},
	{func(a *Asm) { a.Op(BSF, R8, R9) }, "4d0fbcc1", "bsf r8, r9"},
	{func(a *Asm) { a.Op(CMOVL, RAX, R14) }, "490f4cc6", "cmovl rax, r14"},
	{func(a *Asm) { a.Op(SETA, RBP.R8()) }, "400f97c5", "seta bpl"},
	{func(a *Asm) { a.Op(SHLX, RAX, Ptr(RSI, 0), RCX) }, "c4e2f1f706", "shlx rax, [rsi], rcx"},
	{func(a *Asm) { a.Op(BZHI, EDX, EDX, R8D) }, "c4e238f5d2", "bzhi edx, edx, r8d"},
	{func(a *Asm) { a.Op(CALL, R11) }, "41ffd3", "call r11"},
	{func(a *Asm) { a.Op(RET) }, "c3", "ret"},
	{func(a *Asm) { a.Op(VZEROUPPER) }, "c5f877", "vzeroupper"},
	{func(a *Asm) { a.Op(PREFETCHNTA, Ptr(RSI, 512)) }, "0f188600020000", "prefetchnta [rsi + 512]"},
	{func(a *Asm) { a.Op(VMOVUPS, Y0, Ptr(RSI, 0).Index(RCX, 4)) }, "c5fc10048e", "vmovups ymm0, [rsi + rcx*4]"},
	{func(a *Asm) { a.Op(VMOVUPS, Ptr(RDI, 32), Y15) }, "c57c117f20", "vmovups [rdi + 32], ymm15"},
	{func(a *Asm) { a.Op(VMOVUPS, X1, X9) }, "c57811c9", "vmovups xmm1, xmm9"},
	{func(a *Asm) { a.Op(VMOVUPS, Z30.MaskZero(K1), Ptr(R12, 64)) }, "62417cc910742401", "vmovups zmm30{k1}{z}, [r12 + 64]"},
	{func(a *Asm) { a.Op(VMOVUPS, Ptr(R13, 128).Mask(K7), Z16) }, "62c17c4f114502", "vmovups [r13 + 128]{k7}, zmm16"},
	{func(a *Asm) { a.Op(VMOVSD, X1, Ptr(RSI, 8)) }, "c5fb104e08", "vmovsd xmm1, [rsi + 8]"},
	{func(a *Asm) { a.Op(VMOVSS, X1, X2, X3) }, "c5ea10cb", "vmovss xmm1, xmm2, xmm3"},
	{func(a *Asm) { a.Op(VMOVD, X3, EAX) }, "c5f96ed8", "vmovd xmm3, eax"},
	{func(a *Asm) { a.Op(VMOVQ, RAX, X3) }, "c4e1f97ed8", "vmovq rax, xmm3"},
	{func(a *Asm) { a.Op(VMOVNTPS, Ptr(RDI, 0), Y2) }, "c5fc2b17", "vmovntps [rdi], ymm2"},
	{func(a *Asm) { a.Op(VMASKMOVPS, Y1, Y2, Ptr(RSI, 0)) }, "c4e26d2c0e", "vmaskmovps ymm1, ymm2, [rsi]"},
	{func(a *Asm) { a.Op(VPMASKMOVQ, Ptr(RSI, 0), Y2, Y1) }, "c4e2ed8e0e", "vpmaskmovq [rsi], ymm2, ymm1"},
	{func(a *Asm) { a.Op(VBROADCASTSS, Y9, Ptr(RDI, 4)) }, "c4627d184f04", "vbroadcastss ymm9, [rdi + 4]"},
	{func(a *Asm) { a.Op(VPBROADCASTD, Z9, R9D) }, "62527d487cc9", "vpbroadcastd zmm9, r9d"},
	{func(a *Asm) { a.Op(VADDPS, Y0, Y1, Y2) }, "c5f458c2", "vaddps ymm0, ymm1, ymm2"},
	{func(a *Asm) { a.Op(VMULPD, X8, X1, Ptr(RAX, 16)) }, "c571594010", "vmulpd xmm8, xmm1, [rax + 16]"},
	{func(a *Asm) { a.Op(VSUBSS, X0, X1, X2) }, "c5f25cc2", "vsubss xmm0, xmm1, xmm2"},
	{func(a *Asm) { a.Op(VDIVPS, Z0, Z1, Ptr(RAX, 4).Broadcast()) }, "62f174585e4001", "vdivps zmm0, zmm1, [rax + 4]{1to16}"},
	{func(a *Asm) { a.Op(VADDPD, Y17, Y1, Ptr(RAX, 32)) }, "62e1f528584801", "vaddpd ymm17, ymm1, [rax + 32]"},
	{func(a *Asm) { a.Op(VSQRTSD, X0, X1, X2) }, "c5f351c2", "vsqrtsd xmm0, xmm1, xmm2"},
	{func(a *Asm) { a.Op(VMAXPS, Y1, Y2, Y3) }, "c5ec5fcb", "vmaxps ymm1, ymm2, ymm3"},
	{func(a *Asm) { a.Op(VFMADD231PS, Y0, Y1, Ptr(RSI, 64)) }, "c4e275b84640", "vfmadd231ps ymm0, ymm1, [rsi + 64]"},
	{func(a *Asm) { a.Op(VFNMADD213SD, X0, X1, X2) }, "c4e2f1adc2", "vfnmadd213sd xmm0, xmm1, xmm2"},
	{func(a *Asm) { a.Op(VFMADD132PD, Z8.Mask(K2), Z9, Z10) }, "6252b54a98c2", "vfmadd132pd zmm8{k2}, zmm9, zmm10"},
	{func(a *Asm) { a.Op(VANDNPS, Y1, Y2, Y3) }, "c5ec55cb", "vandnps ymm1, ymm2, ymm3"},
	{func(a *Asm) { a.Op(VCMPPS, Y0, Y1, Y2, Imm(1)) }, "c5f4c2c201", "vcmpps ymm0, ymm1, ymm2, 1"},
	{func(a *Asm) { a.Op(VCMPPD, K3.Mask(K1), Z1, Z2, Imm(17)) }, "62f1f549c2da11", "vcmppd k3{k1}, zmm1, zmm2, 17"},
	{func(a *Asm) { a.Op(VBLENDVPS, Y0, Y1, Y2, Y3) }, "c4e3754ac230", "vblendvps ymm0, ymm1, ymm2, ymm3"},
	{func(a *Asm) { a.Op(VPBLENDMD, Z0.Mask(K1), Z1, Z2) }, "62f2754964c2", "vpblendmd zmm0{k1}, zmm1, zmm2"},
	{func(a *Asm) { a.Op(VROUNDPS, Y0, Y1, Imm(8)) }, "c4e37d08c108", "vroundps ymm0, ymm1, 8"},
	{func(a *Asm) { a.Op(VRNDSCALEPD, Z0, Z1, Imm(8)) }, "62f3fd4809c108", "vrndscalepd zmm0, zmm1, 8"},
	{func(a *Asm) { a.Op(VSCALEFPS, Z0, Z1, Z2) }, "62f275482cc2", "vscalefps zmm0, zmm1, zmm2"},
	{func(a *Asm) { a.Op(VFIXUPIMMPS, Z0, Z1, Z2, Imm(0)) }, "62f3754854c200", "vfixupimmps zmm0, zmm1, zmm2, 0"},
	{func(a *Asm) { a.Op(VGETEXPPS, Z0, Z1) }, "62f27d4842c1", "vgetexpps zmm0, zmm1"},
	{func(a *Asm) { a.Op(VGETMANTPD, Y0, Y1, Imm(4)) }, "62f3fd2826c104", "vgetmantpd ymm0, ymm1, 4"},
	{func(a *Asm) { a.Op(VSHUFPS, Y0, Y1, Y2, Imm(27)) }, "c5f4c6c21b", "vshufps ymm0, ymm1, ymm2, 27"},
	{func(a *Asm) { a.Op(VPERMQ, Y0, Y1, Imm(216)) }, "c4e3fd00c1d8", "vpermq ymm0, ymm1, 216"},
	{func(a *Asm) { a.Op(VPERM2F128, Y0, Y1, Y2, Imm(33)) }, "c4e37506c221", "vperm2f128 ymm0, ymm1, ymm2, 33"},
	{func(a *Asm) { a.Op(VEXTRACTF128, X0, Y1, Imm(1)) }, "c4e37d19c801", "vextractf128 xmm0, ymm1, 1"},
	{func(a *Asm) { a.Op(VINSERTI128, Y0, Y1, X2, Imm(1)) }, "c4e37538c201", "vinserti128 ymm0, ymm1, xmm2, 1"},
	{func(a *Asm) { a.Op(VPERMT2PS, Z0, Z1, Z2) }, "62f275487fc2", "vpermt2ps zmm0, zmm1, zmm2"},
	{func(a *Asm) { a.Op(VMOVMSKPS, EAX, Y1) }, "c5fc50c1", "vmovmskps eax, ymm1"},
	{func(a *Asm) { a.Op(VPTEST, Y1, Y1) }, "c4e27d17c9", "vptest ymm1, ymm1"},
	{func(a *Asm) { a.Op(VPADDD, Y0, Y1, Y2) }, "c5f5fec2", "vpaddd ymm0, ymm1, ymm2"},
	{func(a *Asm) { a.Op(VPADDQ, Z20, Z1, Ptr(RSI, 64)) }, "62e1f548d46601", "vpaddq zmm20, zmm1, [rsi + 64]"},
	{func(a *Asm) { a.Op(VPMULLD, Y0, Y1, Ptr(RSI, 0)) }, "c4e2754006", "vpmulld ymm0, ymm1, [rsi]"},
	{func(a *Asm) { a.Op(VPMULLQ, Z0, Z1, Z2) }, "62f2f54840c2", "vpmullq zmm0, zmm1, zmm2"},
	{func(a *Asm) { a.Op(VPMULUDQ, Y0, Y1, Y2) }, "c5f5f4c2", "vpmuludq ymm0, ymm1, ymm2"},
	{func(a *Asm) { a.Op(VPCMPGTD, Y0, Y1, Y2) }, "c5f566c2", "vpcmpgtd ymm0, ymm1, ymm2"},
	{func(a *Asm) { a.Op(VPCMPEQQ, K1, Z1, Z2) }, "62f2f54829ca", "vpcmpeqq k1, zmm1, zmm2"},
	{func(a *Asm) { a.Op(VPCMPUD, K1, Y1, Y2, Imm(6)) }, "62f375281eca06", "vpcmpud k1, ymm1, ymm2, 6"},
	{func(a *Asm) { a.Op(VPSLLD, Y0, Y1, Imm(23)) }, "c5fd72f117", "vpslld ymm0, ymm1, 23"},
	{func(a *Asm) { a.Op(VPSRAQ, Z0, Z1, Imm(63)) }, "62f1fd4872e13f", "vpsraq zmm0, zmm1, 63"},
	{func(a *Asm) { a.Op(VPSRLVQ, Y0, Y1, Y2) }, "c4e2f545c2", "vpsrlvq ymm0, ymm1, ymm2"},
	{func(a *Asm) { a.Op(VPROLD, Z0, Z1, Imm(13)) }, "62f17d4872c90d", "vprold zmm0, zmm1, 13"},
	{func(a *Asm) { a.Op(VPTERNLOGD, Z0, Z1, Z2, Imm(0x96)) }, "62f3754825c296", "vpternlogd zmm0, zmm1, zmm2, 150"},
	{func(a *Asm) { a.Op(VPSHUFB, Y0, Y1, Y2) }, "c4e27500c2", "vpshufb ymm0, ymm1, ymm2"},
	{func(a *Asm) { a.Op(VPACKUSDW, Y0, Y1, Y2) }, "c4e2752bc2", "vpackusdw ymm0, ymm1, ymm2"},
	{func(a *Asm) { a.Op(VPMOVZXBD, Y0, Ptr(RSI, 8)) }, "c4e27d314608", "vpmovzxbd ymm0, [rsi + 8]"},
	{func(a *Asm) { a.Op(VPMOVSXDQ, Z0, Y1) }, "62f27d4825c1", "vpmovsxdq zmm0, ymm1"},
	{func(a *Asm) { a.Op(VPMOVQB, Ptr(RSI, 8), Z1) }, "62f27e48324e01", "vpmovqb [rsi + 8], zmm1"},
	{func(a *Asm) { a.Op(VGATHERDPS, Y1, Ptr(RSI, 0).Index(Y2, 4), Y3) }, "c4e265920c96", "vgatherdps ymm1, [rsi + ymm2*4], ymm3"},
	{func(a *Asm) { a.Op(VPGATHERDQ, Z1.Mask(K1), Ptr(RSI, 8).Index(Y31, 8)) }, "62b2fd41904cfe01", "vpgatherdq zmm1{k1}, [rsi + ymm31*8 + 8]"},
	{func(a *Asm) { a.Op(VSCATTERDPS, Ptr(RSI, 4).Index(Z18, 4).Mask(K2), Z3) }, "62f27d42a25c9601", "vscatterdps [rsi + zmm18*4 + 4]{k2}, zmm3"},
	{func(a *Asm) { a.Op(VCVTDQ2PS, Y0, Y1) }, "c5fc5bc1", "vcvtdq2ps ymm0, ymm1"},
	{func(a *Asm) { a.Op(VCVTTPD2DQ, X0, Ptr(RSI, 0).Sized(32)) }, "c5fde606", "vcvttpd2dq xmm0, ymmword ptr [rsi]"},
	{func(a *Asm) { a.Op(VCVTPS2PD, Z0, Y1) }, "62f17c485ac1", "vcvtps2pd zmm0, ymm1"},
	{func(a *Asm) { a.Op(VCVTPH2PS, Y0, Ptr(RSI, 16)) }, "c4e27d134610", "vcvtph2ps ymm0, [rsi + 16]"},
	{func(a *Asm) { a.Op(VCVTPS2PH, Ptr(RDI, 0), Y0, Imm(0)) }, "c4e37d1d0700", "vcvtps2ph [rdi], ymm0, 0"},
	{func(a *Asm) { a.Op(VCVTQQ2PD, Z0, Z1) }, "62f1fe48e6c1", "vcvtqq2pd zmm0, zmm1"},
	{func(a *Asm) { a.Op(VCVTTPS2UQQ, Z0, Ptr(RSI, 4).Broadcast()) }, "62f17d58784601", "vcvttps2uqq zmm0, [rsi + 4]{1to8}"},
	{func(a *Asm) { a.Op(VCOMPRESSPS, Ptr(RDI, 4).Mask(K1), Z0) }, "62f27d498a4701", "vcompressps [rdi + 4]{k1}, zmm0"},
	{func(a *Asm) { a.Op(VPLZCNTD, Z0, Z1) }, "62f27d4844c1", "vplzcntd zmm0, zmm1"},
	{func(a *Asm) { a.Op(KMOVW, K1, EAX) }, "c5f892c8", "kmovw k1, eax"},
	{func(a *Asm) { a.Op(KMOVQ, RAX, K2) }, "c4e1fb93c2", "kmovq rax, k2"},
	{func(a *Asm) { a.Op(KANDW, K1, K2, K3) }, "c5ec41cb", "kandw k1, k2, k3"},
	{func(a *Asm) { a.Op(KNOTB, K1, K2) }, "c5f944ca", "knotb k1, k2"},
	{func(a *Asm) { a.Op(KORTESTD, K1, K1) }, "c4e1f998c9", "kortestd k1, k1"},
	{func(a *Asm) { a.Op(KSHIFTRQ, K1, K2, Imm(32)) }, "c4e3f931ca20", "kshiftrq k1, k2, 32"},
}

func TestEncodings(t *testing.T) {
	var texts []string
	var hex [][]byte
	for _, e := range encodings {
		a := Asm{Listing: true}
		e.call(&a)
		b, err := a.Finish()
		if err != nil {
			t.Errorf("%s: %v", e.text, err)
			continue
		}
		if got := fmt.Sprintf("%x", b); got != e.hex || a.lines[0].text != e.text {
			t.Errorf("got %s %s, want %s %s", got, a.lines[0].text, e.hex, e.text)
		}
		texts, hex = append(texts, a.lines[0].text), append(hex, b)
	}
	compare(t, texts, hex)
}
