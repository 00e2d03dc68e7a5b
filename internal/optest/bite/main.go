// Bite proves that the tests bite: it breaks one rule of one operation at a time, in a
// copy of a source file of package lax (or -dir) that go test -overlay puts in its
// place, and runs the laws. A mutant that they let live is reported, and makes bite fail.
//
//	go run ./internal/optest/bite -n 60
//
// Mutants are a sample that -seed chooses, spread over the kinds of rules. Those that
// change nothing that can be seen are listed in equivalent.txt, with the reason.
//
//	main.go    the sample, and running the tests
//	mutate.go  mutants of a file
//	edits.go   what can go wrong in a rule
package main

import (
	_ "embed"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

//go:embed equivalent.txt
var equivalent string

var (
	count   = flag.Int("n", 60, "how many mutants to try")
	seed    = flag.Uint64("seed", 1, "chooses the sample")
	only    = flag.String("run", ".", "a regular expression: only mutants whose name it matches")
	dir     = flag.String("dir", "lax", "the package to break")
	list    = flag.Bool("list", false, "list the mutants and run nothing")
	timeout = flag.Duration("timeout", 3*time.Minute, "for the tests of one mutant; one that takes longer is caught")
)

// suites are tried one after the other until one fails.
var suites = [][]string{
	{"./internal/optest", "-run", "TestRefusals|TestTypes|TestLaws"},
	{"./lax"},
	{"./internal/optest", "-run", "TestCompositions"},
}

func main() {
	log.SetFlags(0)
	flag.Parse()
	mutants, err := load(*dir)
	if err != nil {
		log.Fatal(err)
	}
	match := regexp.MustCompile(*only)
	known := equivalents()
	some := mutants[:0]
	for _, m := range mutants {
		if match.MatchString(m.name()) && known[m.key()] == "" {
			some = append(some, m)
		}
	}
	sample := spread(some, rand.New(rand.NewPCG(*seed, 0)))
	if *list {
		for _, m := range sample {
			fmt.Println(m.name())
		}
		return
	}
	if survivors := try(sample); survivors > 0 {
		log.Fatalf("%d mutants live: what they break is not tested", survivors)
	}
}

// equivalents are the mutants that no test can catch, by key, with the reasons.
func equivalents() map[string]string {
	m := map[string]string{}
	for line := range strings.Lines(equivalent) {
		key, why, ok := strings.Cut(strings.TrimSpace(line), " -- ")
		if ok {
			m[key] = why
		}
	}
	return m
}

// spread shuffles mutants so that all kinds of rules take turns, and within a kind the
// operations.
func spread(all []*mutant, r *rand.Rand) (mixed []*mutant) {
	r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	var kinds []string
	queues := map[string][]*mutant{}
	for _, m := range all {
		if queues[m.rule] == nil {
			kinds = append(kinds, m.rule)
		}
		queues[m.rule] = append(queues[m.rule], m)
	}
	for len(mixed) < len(all) {
		for _, k := range kinds {
			if q := queues[k]; len(q) > 0 {
				mixed, queues[k] = append(mixed, q[0]), q[1:]
			}
		}
	}
	return mixed
}

// try runs the tests on the first mutants that compile and returns how many live.
func try(sample []*mutant) (survivors int) {
	temp, err := os.MkdirTemp("", "bite")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(temp)
	tried := map[string]int{}
	caught := 0
	for _, m := range sample {
		if caught+survivors == *count {
			break
		}
		start := time.Now()
		by, compiled := m.run(temp)
		if !compiled {
			continue
		}
		tried[m.rule]++
		verdict := "caught by " + by
		if by == "" {
			verdict = "LIVES"
			survivors++
		} else {
			caught++
		}
		fmt.Printf("%-24s %5.1fs  %s\n", verdict, time.Since(start).Seconds(), m.name())
	}
	fmt.Printf("%d mutants, %d caught, %d live; by rule: %v\n", caught+survivors, caught, survivors, tried)
	return survivors
}

// run says which suite catches m, none if it lives.
func (m *mutant) run(temp string) (by string, compiled bool) {
	source, err := filepath.Abs(m.file)
	if err != nil {
		log.Fatal(err)
	}
	mutated, overlay := filepath.Join(temp, "mutant.go"), filepath.Join(temp, "overlay.json")
	replace, err := json.Marshal(map[string]any{"Replace": map[string]string{source: mutated}})
	if err != nil {
		log.Fatal(err)
	}
	for name, data := range map[string][]byte{mutated: m.source(), overlay: replace} {
		if err := os.WriteFile(name, data, 0o644); err != nil {
			log.Fatal(err)
		}
	}
	if exec.Command("go", "build", "-overlay", overlay, "./"+*dir).Run() != nil {
		return "", false
	}
	for _, suite := range suites {
		args := append([]string{"test", "-overlay", overlay, "-short", "-vet=off", "-failfast", "-count=1", "-timeout", timeout.String()}, suite...)
		if exec.Command("go", args...).Run() != nil {
			return strings.Join(suite[:1], " "), true
		}
	}
	return "", true
}
