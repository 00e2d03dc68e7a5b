package code

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"gojax/internal/asm/amd64"
)

func TestChoose(t *testing.T) {
	all := AVX512.Need()
	for _, c := range []struct {
		force string
		f     amd64.Feature
		want  Level
		err   string
	}{
		{"", 0, Portable, ""},
		{"", amd64.HasBase, Portable, ""},
		{"", AVX2.Need() &^ amd64.HasFMA, Portable, ""},
		{"", AVX2.Need(), AVX2, ""},
		{"", all, AVX512, ""},
		{"portable", all, Portable, ""},
		{"avx2", all, AVX2, ""},
		{"avx512", all, AVX512, ""},
		{"avx512", all &^ amd64.HasAVX512VL, AVX2, "GOJAX_CPU=avx512: this processor has no avx512vl; using avx2"},
		{"avx512", all &^ amd64.HasFMA, Portable, "GOJAX_CPU=avx512: this processor has no fma; using portable"},
		{"avx2", AVX2.Need() &^ amd64.HasBMI2, Portable, "GOJAX_CPU=avx2: this processor has no bmi2; using portable"},
		{"AVX2", all, AVX512, "GOJAX_CPU=AVX2: no such level, want portable, avx2 or avx512; using avx512"},
	} {
		got, err := Choose(c.force, c.f)
		text := ""
		if err != nil {
			text = err.Error()
		}
		if got != c.want || text != c.err {
			t.Errorf("Choose(%q, %v): got %v, %q, want %v, %q", c.force, c.f, got, text, c.want, c.err)
		}
	}
}

// TestMisspelt says a level that there is not, in a process of its own, which tells so.
func TestMisspelt(t *testing.T) {
	const variable = "GOJAX_TEST_MISSPELT"
	if os.Getenv(variable) != "" {
		Chosen()
		Chosen()
		return
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestMisspelt$")
	cmd.Env = append(os.Environ(), variable+"=1", Variable+"=avx3")
	out, err := cmd.CombinedOutput()
	if err != nil || strings.Count(string(out), "gojax: GOJAX_CPU=avx3: no such level, want portable, avx2 or avx512; using ") != 1 {
		t.Errorf("got %v and\n%s\nwant one line about the level", err, out)
	}
}

// TestFeatures holds that vectors count only where the system saves them.
func TestFeatures(t *testing.T) {
	all := cpuState{ecx1: ^uint32(0), ebx7: ^uint32(0), ecx7: ^uint32(0), ecxX: ^uint32(0)}
	for _, c := range []struct {
		xcr0 uint32
		best Level
	}{{0, Portable}, {3, Portable}, {7, AVX2}, {0x67, AVX2}, {0xE7, AVX512}} {
		all.xcr0 = c.xcr0
		if got := Best(all.features()); got != c.best {
			t.Errorf("XCR0 %#x: got %v, want %v", c.xcr0, got, c.best)
		}
	}
	if f := Host(); f != 0 && f&amd64.HasBase == 0 {
		t.Errorf("this processor has %v, but not the base", f)
	}
	t.Logf("this processor: %v; best level %v", Host(), Best(Host()))
}
