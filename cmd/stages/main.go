// Stages shows a program at every stage of its compilation for the CPU: as it was traced,
// simplified, fused, as loops, as instructions on vectors, as machine code with its
// bytes, as steps, and where its memory is.
//
//	go run ./cmd/stages selu
//	go run ./cmd/stages -stage machine -level avx512 softmax
//	go run ./cmd/stages program.jaxpr
//	… | go run ./cmd/stages -
//
// Without a program it lists those that it knows.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"strings"

	"gojax/internal/cpu"
	"gojax/internal/cpu/code"
	"gojax/internal/ir"
	"gojax/jax"
)

var (
	level = flag.String("level", "", "portable, avx2 or avx512; by default what programs run with here")
	only  = flag.String("stage", "", "show this stage alone")
)

func main() {
	log.SetFlags(0)
	flag.Usage = usage
	flag.Parse()
	if flag.NArg() != 1 {
		usage()
		os.Exit(2)
	}
	f, err := load(flag.Arg(0))
	if err != nil {
		log.Fatal(err)
	}
	l, err := levelOf(*level)
	if err != nil {
		log.Fatal(err)
	}
	if err := show(os.Stdout, f, l, *only); err != nil {
		log.Fatal(err)
	}
}

func usage() {
	fmt.Fprintln(os.Stderr, "usage: stages [-level LEVEL] [-stage STAGE] PROGRAM\n\nPROGRAM is a file with the text of a jaxpr, - for standard input, or one of")
	for _, p := range programs {
		fmt.Fprintf(os.Stderr, "  %-10s %s\n", p.name, p.what)
	}
	flag.PrintDefaults()
}

// levelOf returns the level of that name.
func levelOf(name string) (code.Level, error) {
	if name == "" {
		l, _ := code.Chosen()
		return l, nil
	}
	l, err := code.Choose(name, code.AVX512.Need()) // this machine need not have it
	if err != nil {
		return l, fmt.Errorf("-level %s: want portable, avx2 or avx512", name)
	}
	return l, nil
}

// load returns the program of that name, or that a file has.
func load(name string) (*ir.Func, error) {
	for _, p := range programs {
		if p.name == name {
			return p.trace(), nil
		}
	}
	in := os.Stdin
	if name != "-" {
		file, err := os.Open(name)
		if errors.Is(err, os.ErrNotExist) {
			return nil, fmt.Errorf("stages: there is no program and no file %q", name)
		} else if err != nil {
			return nil, err
		}
		defer file.Close()
		in = file
	}
	text, err := io.ReadAll(in)
	if err != nil {
		return nil, err
	}
	j, err := jax.ParseJaxpr(string(text))
	if err != nil {
		return nil, fmt.Errorf("%s:%w", name, err)
	}
	return j.Func(), nil
}

// show writes the stages, or the one of that name alone.
func show(w io.Writer, f *ir.Func, l code.Level, only string) error {
	stages := append([]cpu.Stage{{Name: "jaxpr", Text: f.String() + "\n"}}, cpu.Stages(f, l)...)
	var names []string
	for _, s := range stages {
		names = append(names, s.Name)
		if only != "" && s.Name != only {
			continue
		}
		if only == "" {
			s.Text = "== " + s.Name + "\n\n" + s.Text + "\n"
		}
		if _, err := io.WriteString(w, s.Text); err != nil || only != "" {
			return err
		}
	}
	if only != "" {
		return fmt.Errorf("stages: there is no stage %q, want one of %s", only, strings.Join(names, ", "))
	}
	return nil
}
