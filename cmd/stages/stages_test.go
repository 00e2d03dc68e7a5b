package main

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gojax/internal/cpu/code"
)

var update = flag.Bool("update", false, "write testdata")

// TestGolden holds the text of small programs. After a change of the compiler, look at
// what go test ./cmd/stages -update changes.
func TestGolden(t *testing.T) {
	for _, c := range []struct {
		program string
		level   code.Level
		stages  string
	}{
		{"axpb", code.AVX2, ""},
		{"axpb", code.AVX512, "vectors machine"},
		{"dense", code.Portable, "jaxpr simplified fused kernels program memory"},
		{"pad", code.Portable, "simplified fused kernels program"},
		{"norm", code.Portable, "jaxpr simplified fused kernels"},
		{"rotary", code.Portable, "simplified kernels program"},
		{"roll", code.Portable, "simplified program"},
		{"lookup", code.Portable, "simplified kernels program"},
		{"half", code.AVX2, "kernels vectors"},
		{"half", code.AVX512, "kernels vectors"},
		{"uniform", code.Portable, "fused kernels program"},
		{"checkers", code.Portable, "kernels"},
		{"gate", code.Portable, "fused kernels program"},
		{"moments", code.Portable, "fused kernels program"},
		{"fit", code.Portable, "fused kernels program"},
		{"adam", code.Portable, "kernels program memory"},
		{"softmax", code.Portable, "fused kernels program"},
		{"layernorm", code.Portable, "fused kernels program"},
		{"logsumexp", code.Portable, "fused kernels program"},
		{"project", code.Portable, "kernels program memory"},
		{"nearest", code.Portable, "fused program memory"},
		{"cumsum", code.Portable, "fused program"},
		{"sort", code.Portable, "fused program"},
	} {
		f, err := load(c.program)
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		if c.stages == "" {
			err = show(&b, f, c.level, "")
		}
		for _, s := range strings.Fields(c.stages) {
			b.WriteString("== " + s + "\n\n")
			if err == nil {
				err = show(&b, f, c.level, s)
			}
			b.WriteString("\n")
		}
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join("testdata", c.program+"-"+c.level.String()+".txt")
		if *update {
			if err := os.WriteFile(path, []byte(b.String()), 0o666); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := b.String(); got != string(want) {
			t.Errorf("%s: got\n%s\nwant\n%s", path, got, want)
		}
	}
}

// TestPrograms shows every program at every level: there is something to see.
func TestPrograms(t *testing.T) {
	for _, p := range programs {
		for l := code.Portable; l <= code.AVX512; l++ {
			f := p.trace()
			var b strings.Builder
			if err := show(&b, f, l, ""); err != nil {
				t.Fatalf("%s at %v: %v", p.name, l, err)
			}
			if text := b.String(); !strings.Contains(text, "== memory") || strings.Contains(text, "%!") {
				t.Errorf("%s at %v:\n%s", p.name, l, text)
			}
			if l == code.Portable != !strings.Contains(b.String(), "vzeroupper") && p.name != "hessian" && p.name != "roll" {
				t.Errorf("%s at %v: machine code where there should be none, or none where there should be some", p.name, l)
			}
		}
	}
}

// TestLoad reads the text of a program, and says what is wrong with others.
func TestLoad(t *testing.T) {
	path := filepath.Join(t.TempDir(), "program.jaxpr")
	text := "{ lambda ; a:f32[3]. let b:f32[3] = sin a in (b,) }"
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	if f, err := load(path); err != nil || f.String() != text {
		t.Errorf("got %v, %v", f, err)
	}
	for _, c := range []struct{ program, level, stage, want string }{
		{"nothing", "", "", `stages: there is no program and no file "nothing"`},
		{"axpb", "sse", "", "-level sse: want portable, avx2 or avx512"},
		{"axpb", "avx2", "fusion", `stages: there is no stage "fusion", want one of jaxpr, simplified, fused, kernels, expanded, vectors, machine, program, memory`},
	} {
		f, err := load(c.program)
		var l code.Level
		if err == nil {
			l, err = levelOf(c.level)
		}
		if err == nil {
			err = show(&strings.Builder{}, f, l, c.stage)
		}
		if err == nil || err.Error() != c.want {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
}
