package amd64

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// slot is how far apart instructions are put so that each can be told from the next.
const slot = 32

// assemble gives the text of each instruction to binutils' assembler and returns its
// bytes for each. Without the tools the test is skipped.
func assemble(t *testing.T, texts []string) [][]byte {
	t.Helper()
	for _, tool := range []string{"as", "objcopy"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("no %s to compare with (binutils): %v", tool, err)
		}
	}
	var src strings.Builder
	src.WriteString(".intel_syntax noprefix\n")
	for _, text := range texts {
		fmt.Fprintf(&src, "%s\n.balign %d, 0xcc\n", text, slot)
	}
	b := gas(t, src.String())
	if len(b) != slot*len(texts) {
		t.Fatalf("the assembler made %d bytes of %d instructions", len(b), len(texts))
	}
	out := make([][]byte, len(texts))
	for i := range out {
		out[i] = b[i*slot : (i+1)*slot]
	}
	return out
}

// gas assembles a source into bytes.
func gas(t *testing.T, src string) []byte {
	t.Helper()
	dir := t.TempDir()
	s, o, bin := filepath.Join(dir, "x.s"), filepath.Join(dir, "x.o"), filepath.Join(dir, "x.bin")
	if err := os.WriteFile(s, []byte(src), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("as", "--64", "-o", o, s).CombinedOutput(); err != nil {
		lines := strings.Split(src, "\n")
		for i, l := range strings.Split(string(out), "\n") {
			var n int
			if _, rest, ok := strings.Cut(l, "x.s:"); ok && i < 40 {
				if _, err := fmt.Sscanf(rest, "%d:", &n); err == nil {
					t.Errorf("%s: %q", rest, lines[n-1])
				}
			}
		}
		t.Fatal(err)
	}
	if out, err := exec.Command("objcopy", "-O", "binary", "-j", ".text", o, bin).CombinedOutput(); err != nil {
		t.Fatalf("objcopy: %v\n%s", err, out)
	}
	b, err := os.ReadFile(bin)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// A sampler makes operands that fit a row.
type sampler struct {
	*rand.Rand
	l      int // vector width
	level  int // of the encoding
	wide   bool
	masked bool
}

// num draws a register number: EVEX has 32 vector registers.
func (s *sampler) num() int {
	if s.level == 1 {
		return s.IntN(32)
	}
	return s.IntN(16)
}

// gpr draws a general register in the class of the operand size.
func (s *sampler) gpr(class Reg) Reg {
	return class | Reg(s.IntN(16))
}

// reg draws a register for a kind of operand, 0 if it is none.
func (s *sampler) reg(kind uint16) Reg {
	width := class32
	if s.wide {
		width = class64
	}
	switch kind {
	case aV, aH, aQ, aO:
		return vecClass(s.l-int(kind-aV)) | Reg(s.num())
	case aX, aY, aZ:
		return vecClass(int(kind-aX)) | Reg(s.num())
	case aK:
		return K(s.IntN(8))
	case aR:
		return s.gpr(width)
	case aR64, aR32, aR16, aR8:
		return s.gpr(class64 + Reg(kind-aR64)<<classShift)
	case aA:
		return width
	case aAL:
		return class8
	case aCL:
		return class8 | 1
	}
	return 0
}

// imm draws an immediate.
func (s *sampler) imm(kind uint16) Imm {
	switch kind {
	case aU8:
		return Imm(s.IntN(256))
	case aS8:
		return Imm(s.IntN(256) - 128)
	case aI64:
		return Imm(s.Uint64() | 1<<62)
	case aOne:
		return 1
	}
	return Imm(int32(s.Uint32()|1<<20)) &^ (1 << 31)
}

// displacements hit every form: none, one byte, compressed, four bytes.
var displacements = []int32{0, 1, -1, 8, 16, 64, -64, 127, -128, 128, 256, 512, -512, 1024, 4096, 8128, -8192, 8192, 65536, -1 << 31, 1<<31 - 1}

// mem draws an address for a kind of operand.
func (s *sampler) mem(kind uint16, r *row) Mem {
	m := Ptr(R(s.IntN(16)), displacements[s.IntN(len(displacements))])
	scale := 1 << s.IntN(4)
	switch {
	case kind == aIdxV:
		return m.Index(vecClass(s.l)|Reg(s.num()), scale)
	case kind == aIdxH:
		return m.Index(vecClass(s.l-1)|Reg(s.num()), scale)
	case s.IntN(12) == 0:
		m.base = 0
	}
	if index := R(s.IntN(16)); s.IntN(2) == 0 && index != RSP {
		m = m.Index(index, scale)
	}
	if r.enc.element() != 0 && s.level == 1 && s.IntN(2) == 0 {
		m = m.Broadcast()
	}
	return m
}

// size tells m its size where the other operands do not.
func (s *sampler) size(m Mem, kind uint16, r *row) Mem {
	var f fit
	f.l, f.op64 = s.l, s.wide
	if !f.takesMem(kind|orMem, r.enc&^sized, &m) {
		return m
	}
	if m.bcst {
		return m
	}
	return m.Sized(f.size)
}

// args draws operands for a row.
func (s *sampler) args(r *row) []Arg {
	var args []Arg
	choice := s.IntN(2) // memory where it may be
	for i := range maxArgs {
		op := uint16(r.form >> (16 * i))
		kind := op & aKind
		switch {
		case kind == aNone:
			return args
		case kind == aMem || kind == aIdxV || kind == aIdxH, op&orMem != 0 && choice == 1:
			m := s.mem(kind, r)
			if r.enc&sized != 0 || r.form&aKind == aH && kind == aV {
				m = s.size(m, kind, r)
			}
			if s.masked && i == 0 && r.enc&nomask == 0 {
				m = m.Mask(K(1 + s.IntN(7)))
			}
			args = append(args, m)
		case kind >= aU8:
			args = append(args, s.imm(kind))
		default:
			reg := s.reg(kind)
			if s.masked && i == 0 && r.enc&nomask == 0 {
				reg = reg.Mask(K(1 + s.IntN(7)))
				if r.enc&onmask == 0 && kind != aK && s.IntN(2) == 0 {
					reg |= zeroing
				}
			}
			args = append(args, reg)
		}
	}
	return args
}

// distinct reports whether the vector registers of a gather differ, as they must.
func distinct(args []Arg) bool {
	seen := map[int]bool{}
	for _, a := range args {
		r, _ := a.(Reg)
		if m, ok := a.(Mem); ok {
			r = m.idx
		}
		if r.vector() && seen[r.Number()] {
			return false
		}
		seen[r.Number()] = seen[r.Number()] || r.vector()
	}
	return true
}

// draw encodes the mnemonic of a row with random operands: with VEX, or with EVEX. It
// reports false if those are not for the row.
func draw(rng *rand.Rand, name Op, r *row, evex bool) (text string, b []byte, ok bool) {
	s := sampler{Rand: rng, l: rng.IntN(3), wide: rng.IntN(2) == 0}
	if evex {
		s.level, s.masked = 1, r.enc&onmask != 0 || rng.IntN(2) == 0
	} else {
		s.l = rng.IntN(2)
	}
	args := s.args(r)
	if r.enc&s4|r.enc&s8 != 0 && strings.Contains(name.String(), "gather") && !distinct(args) {
		return "", nil, false
	}
	a := Asm{Listing: true}
	if evex {
		a.EVEX(name, args...)
	} else {
		a.Op(name, args...)
	}
	b, err := a.Finish()
	if err != nil {
		return "", nil, false
	}
	return a.lines[0].text, b, true
}

// eachRow calls f for every row of the table and every encoding that it has.
func eachRow(f func(i int, name Op, r *row, evex bool)) {
	name := Op(0)
	for i := 1; i < len(table); i++ {
		r := &table[i]
		if r.name != "" {
			name = Op(i)
		}
		if r.need[0] != 0 || r.need[1] == 0 {
			f(i, name, r, false)
		}
		if r.need[1] != 0 {
			f(i, name, r, true)
		}
	}
}

// TestAssembler compares every row, with registers, addresses, masks and broadcasts
// drawn at random, with binutils: it must make the same bytes of the text.
func TestAssembler(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var texts []string
	var hex [][]byte
	eachRow(func(i int, name Op, r *row, evex bool) {
		made := 0
		for n := 0; n < 300 && made < 12; n++ {
			if text, b, ok := draw(rng, name, r, evex); ok {
				made++
				texts, hex = append(texts, text), append(hex, b)
			}
		}
		if made == 0 {
			t.Errorf("row %d: no operands found for %s", i, name)
		}
	})
	compare(t, texts, hex)
}

// TestKept compares every row with testdata/encodings.txt, which has what binutils made
// of the texts when they were written down.
func TestKept(t *testing.T) {
	var texts []string
	var hex [][]byte
	eachRow(func(i int, name Op, r *row, evex bool) {
		h := fnv.New64a() // a row has its own operands, whatever rows there are besides
		fmt.Fprintln(h, name, i-int(name), evex)
		rng := rand.New(rand.NewPCG(h.Sum64(), 0))
		for range 300 {
			if text, b, ok := draw(rng, name, r, evex); ok {
				texts, hex = append(texts, text), append(hex, b)
				return
			}
		}
	})
	var got strings.Builder
	for i, text := range texts {
		fmt.Fprintf(&got, "%-24x  %s\n", hex[i], text)
	}
	const path = "testdata/encodings.txt"
	if *update {
		compare(t, texts, hex)
		if t.Failed() || t.Skipped() {
			return
		}
		if err := os.WriteFile(path, []byte(got.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(want), "\n")
	for i, line := range strings.Split(got.String(), "\n") {
		if i >= len(lines) || line != lines[i] {
			t.Fatalf("line %d of %s: got\n%s\nwhich it has not", i+1, path, line)
		}
	}
}

// compare assembles texts and holds the bytes to be those of hex.
func compare(t *testing.T, texts []string, hex [][]byte) {
	t.Helper()
	bad := 0
	for i, want := range assemble(t, texts) {
		if got := append(bytes.Clone(hex[i]), bytes.Repeat([]byte{0xcc}, slot-len(hex[i]))...); !bytes.Equal(got, want) {
			if bad++; bad < 60 {
				t.Errorf("%s: got %x, want %x", texts[i], hex[i], want)
			}
		}
	}
	t.Logf("%d of %d instructions are as binutils has them", len(texts)-bad, len(texts))
}
