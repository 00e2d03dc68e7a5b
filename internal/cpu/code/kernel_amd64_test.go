package code

import (
	"math"
	"testing"
	"unsafe"

	. "gojax/internal/asm/amd64"
)

// axpbArgs are the arguments of y[lo:hi] = a*x[lo:hi] + b.
type axpbArgs struct {
	x, y   unsafe.Pointer
	a, b   float32
	lo, hi int64
}

// axpb emits the kernel at a level: full vectors, then the rest by a mask.
func axpb(a *Asm, level Level) {
	width := level.Width()
	lanes := width / 4
	v := func(n int) Reg { return Vec(n, width) }
	loop, rest, done := a.NewLabel(), a.NewLabel(), a.NewLabel()
	a.Op(MOV, RSI, Ptr(RDI, 0))
	a.Op(MOV, RDX, Ptr(RDI, 8))
	a.Op(VBROADCASTSS, v(0), Ptr(RDI, 16))
	a.Op(VBROADCASTSS, v(1), Ptr(RDI, 20))
	a.Op(MOV, RAX, Ptr(RDI, 24))
	a.Op(MOV, RCX, Ptr(RDI, 32))
	a.Op(LEA, R8, Ptr(RAX, int32(lanes)))
	a.Op(CMP, R8, RCX)
	a.Jcc(Greater, rest)
	a.Align(32)
	a.Bind(loop)
	a.Op(VMOVUPS, v(2), Ptr(RSI, 0).Index(RAX, 4))
	a.Op(VFMADD213PS, v(2), v(0), v(1))
	a.Op(VMOVUPS, Ptr(RDX, 0).Index(RAX, 4), v(2))
	a.Op(MOV, RAX, R8)
	a.Op(ADD, R8, Imm(lanes))
	a.Op(CMP, R8, RCX)
	a.Jcc(LessEqual, loop)
	a.Bind(rest)
	a.Op(SUB, RCX, RAX)
	a.Jcc(LessEqual, done)
	if level == AVX512 {
		a.Op(MOV, R8D, Imm(1<<16-1))
		a.Op(BZHI, R8D, R8D, ECX)
		a.Op(KMOVW, K1, R8D)
		a.Op(VMOVUPS, v(18).MaskZero(K1), Ptr(RSI, 0).Index(RAX, 4))
		a.Op(VFMADD213PS, v(18), v(0), v(1))
		a.Op(VMOVUPS, Ptr(RDX, 0).Index(RAX, 4).Mask(K1), v(18))
	} else {
		iota := make([]byte, 32)
		for i := range 8 {
			iota[4*i] = byte(i)
		}
		a.Op(VMOVD, X3, ECX)
		a.Op(VPBROADCASTD, Y3, X3)
		a.Op(VPCMPGTD, Y3, Y3, a.Const(iota))
		a.Op(VMASKMOVPS, Y2, Y3, Ptr(RSI, 0).Index(RAX, 4))
		a.Op(VFMADD213PS, Y2, Y0, Y1)
		a.Op(VMASKMOVPS, Ptr(RDX, 0).Index(RAX, 4), Y3, Y2)
	}
	a.Bind(done)
	a.Op(VZEROUPPER)
	a.Op(RET)
}

// load makes the code of one kernel executable, for as long as the test runs.
func load(t testing.TB, emit func(a *Asm)) Func {
	t.Helper()
	var a Asm
	emit(&a)
	b, err := a.Finish()
	if err != nil {
		t.Fatal(err)
	}
	c, err := Load(a.Need(), b)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Free)
	return c.Func(0)
}

// eachLevel runs f at every level of machine code that this machine has.
func eachLevel(t *testing.T, f func(t *testing.T, level Level)) {
	for _, l := range []Level{AVX2, AVX512} {
		t.Run(l.String(), func(t *testing.T) {
			if l > Best(Host()) {
				t.Skipf("this processor has no %v", l.Need()&^Host())
			}
			f(t, l)
		})
	}
}

// TestKernel runs a kernel over every short range, with canaries round the results.
func TestKernel(t *testing.T) {
	eachLevel(t, func(t *testing.T, level Level) {
		f := load(t, func(a *Asm) { axpb(a, level) })
		const n, canary = 80, -7
		x, y := make([]float32, n), make([]float32, n)
		for i := range x {
			x[i] = float32(i) + 0.25
		}
		for lo := range 20 {
			for hi := lo; hi <= n; hi++ {
				for i := range y {
					y[i] = canary
				}
				args := axpbArgs{unsafe.Pointer(&x[0]), unsafe.Pointer(&y[0]), 3, 0.1, int64(lo), int64(hi)}
				Call(f, unsafe.Pointer(&args))
				for i, got := range y {
					want := float32(canary)
					if lo <= i && i < hi {
						want = float32(math.FMA(3, float64(x[i]), float64(args.b)))
					}
					if got != want {
						t.Fatalf("range [%d,%d): y[%d] = %v, want %v", lo, hi, i, got, want)
					}
				}
			}
		}
	})
}

// constants emits a kernel that writes the constants that it carries.
func constants(a *Asm) {
	a.Op(MOV, RAX, Ptr(RDI, 0))
	a.Op(MOV, RCX, a.Const64(1<<40+1))
	a.Op(MOV, Ptr(RAX, 0), RCX)
	a.Op(VMOVUPS, Y0, a.Splat32(5, 32))
	a.Op(VMOVUPS, Ptr(RAX, 8), Y0)
	a.Op(VZEROUPPER)
	a.Op(RET)
}

// TestBatch loads several kernels together and holds that each lies where its aligned
// constants are right.
func TestBatch(t *testing.T) {
	if Best(Host()) < AVX2 {
		t.Skip("no AVX2")
	}
	var a Asm
	constants(&a)
	b, err := a.Finish()
	if err != nil {
		t.Fatal(err)
	}
	ret := []byte{0xC3}
	c, err := Load(a.Need(), ret, b, ret, b)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Free()
	for i := range 4 {
		f := c.Func(i)
		if f.entry%Alignment != 0 {
			t.Errorf("kernel %d is at %#x", i, f.entry)
		}
		var out struct {
			q uint64
			d [8]uint32
		}
		args := unsafe.Pointer(&out)
		Call(f, unsafe.Pointer(&args))
		if i%2 == 1 && (out.q != 1<<40+1 || out.d != [8]uint32{5, 5, 5, 5, 5, 5, 5, 5}) {
			t.Errorf("kernel %d wrote %v", i, out)
		}
	}
}
