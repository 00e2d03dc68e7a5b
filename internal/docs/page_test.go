package docs

import (
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A block is fenced text. Its lines count from 0 and are those between the fences.
type block struct {
	lang       string
	start, end int
	text       string
	section    int
	kind       kind
	output     int // the block that has what this one prints, or -1
}

type kind uint8

const (
	other kind = iota
	statements
	declarations
	program
)

// A page is a Markdown file.
type page struct {
	path   string
	lines  []string
	blocks []block
}

// imports has the packages that snippets may name.
var imports = map[string]string{
	"context": "context", "errors": "errors", "fmt": "fmt", "maps": "maps", "math": "math", "os": "os",
	"runtime": "runtime", "slices": "slices", "strings": "strings", "sync": "sync", "time": "time",
	"jax": "gojax/jax", "jnp": "gojax/jnp", "lax": "gojax/lax", "random": "gojax/random", "tree": "gojax/tree",
	"nn": "gojax/nn", "initializers": "gojax/nn/initializers",
	"ad": "gojax/internal/ad", "core": "gojax/internal/core", "cpu": "gojax/internal/cpu", "ir": "gojax/internal/ir",
	"code": "gojax/internal/cpu/code",
}

// readPage reads a page and sorts its blocks.
func readPage(t *testing.T, path string) *page {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	p := &page{path: path, lines: strings.Split(string(data), "\n")}
	section, open := 0, -1
	for i, line := range p.lines {
		switch fence := strings.HasPrefix(line, "```"); {
		case fence && open < 0:
			open = i
		case fence:
			b := block{lang: strings.TrimPrefix(p.lines[open], "```"), start: open + 1, end: i,
				text: strings.Join(p.lines[open+1:i], "\n") + "\n", section: section, output: -1}
			b.sort(t, path)
			p.blocks = append(p.blocks, b)
			p.pair(len(p.blocks) - 1)
			open = -1
		case open < 0 && strings.HasPrefix(line, "## "):
			section++
		}
	}
	if open >= 0 {
		t.Errorf("%s:%d: the block has no end", path, open+1)
	}
	return p
}

// sort finds out what a block of Go is.
func (b *block) sort(t *testing.T, path string) {
	if b.lang != "go" {
		return
	}
	if formatted, err := format.Source([]byte(b.text)); err != nil {
		t.Errorf("%s:%d: %v", path, b.start+1, err)
	} else if string(formatted) != b.text {
		t.Errorf("%s:%d: not formatted, want\n%s", path, b.start+1, formatted)
	}
	switch _, err := parser.ParseFile(token.NewFileSet(), "", "package p\n"+b.text, parser.SkipObjectResolution); {
	case strings.HasPrefix(b.text, "package "):
		b.kind = program
	case err == nil:
		b.kind = declarations
	default:
		b.kind = statements
	}
}

// pair makes block i, if it is text right below Go, the output of that.
func (p *page) pair(i int) {
	if i == 0 || p.blocks[i].lang != "text" || p.blocks[i-1].lang != "go" {
		return
	}
	before := &p.blocks[i-1]
	between := p.lines[before.end+1 : p.blocks[i].start-1]
	if strings.TrimSpace(strings.Join(between, "")) == "" {
		before.output = i
	}
}

// write puts the page's Go into packages below dir, whose import path is module, and
// returns those packages and calls that run the page.
func (p *page) write(t *testing.T, dir, module string) (paths, calls []string) {
	name := strings.ToLower(strings.TrimSuffix(filepath.Base(p.path), ".md"))
	name = strings.ReplaceAll(name, "-", "")
	var body strings.Builder
	last := -1
	for i, b := range p.blocks {
		line := fmt.Sprintf("//line %s:%d\n", filepath.Base(p.path), b.start+1)
		switch b.kind {
		case program:
			own := fmt.Sprintf("%s%d", name, i)
			text := strings.Replace(b.text, "package main", "package "+own, 1)
			text = strings.Replace(text, "\nfunc main()", "\nfunc Main()", 1)
			write(t, filepath.Join(dir, own, "main.go"), line+text)
			paths = append(paths, module+"/"+own)
			calls = append(calls, mark(name, i), own+".Main()")
		case declarations:
			write(t, filepath.Join(dir, name, fmt.Sprintf("block%d.go", i)), "package "+name+"\n"+importsOf(t, b.text)+line+b.text)
		case statements:
			if b.section != last {
				if last >= 0 {
					body.WriteString("}\n")
				}
				fmt.Fprintf(&body, "func Section%d() {\n", b.section)
				calls = append(calls, fmt.Sprintf("%s.Section%d()", name, b.section))
				last = b.section
			}
			body.WriteString(mark(name, i) + "\n" + line + b.text)
		}
	}
	if last >= 0 {
		body.WriteString("}\n")
		text := body.String()
		write(t, filepath.Join(dir, name, "page.go"), "package "+name+"\n"+importsOf(t, text)+text)
		paths = append(paths, module+"/"+name)
	}
	return paths, calls
}

// mark is a statement that says whose output follows.
func mark(page string, block int) string {
	return fmt.Sprintf("fmt.Print(%q)", fmt.Sprintf("\x00%s %d\n", page, block))
}

// importsOf returns import declarations for the packages that Go text names.
func importsOf(t *testing.T, text string) string {
	f, err := parser.ParseFile(token.NewFileSet(), "", "package p\n"+text, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	ast.Inspect(f, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := s.X.(*ast.Ident); ok && imports[x.Name] != "" {
				seen[x.Name] = true
			}
		}
		return true
	})
	var b strings.Builder
	for name := range seen {
		fmt.Fprintf(&b, "import %q\n", imports[name])
	}
	return b.String()
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

// compare holds the page to what its blocks printed; outputs are by block. With update
// it changes the page instead.
func (p *page) compare(t *testing.T, outputs map[int]string, update bool) {
	changed := false
	for i, b := range slices.Backward(p.blocks) { // so that lines above stay where they are
		if b.kind != statements && b.kind != program {
			continue
		}
		got, want := outputs[i], ""
		if b.output >= 0 {
			want = p.blocks[b.output].text
		}
		switch {
		case got == want:
		case !update:
			t.Errorf("%s:%d: the block prints\n%s\nwant\n%s", p.path, b.start+1, got, want)
		default:
			changed = true
			text := slices.Concat([]string{"```text"}, strings.Split(strings.TrimSuffix(got, "\n"), "\n"), []string{"```"})
			if b.output < 0 {
				p.lines = slices.Insert(p.lines, b.end+1, append([]string{""}, text...)...)
				continue
			}
			old := p.blocks[b.output]
			p.lines = slices.Replace(p.lines, old.start-1, old.end+1, text...)
		}
	}
	if changed {
		write(t, p.path, strings.Join(p.lines, "\n"))
	}
}

// split takes apart what a run of pages printed: by page, then by block.
func split(t *testing.T, out string) map[string]map[int]string {
	all := map[string]map[int]string{}
	for _, part := range strings.Split(out, "\x00")[1:] {
		head, text, _ := strings.Cut(part, "\n")
		name, number, _ := strings.Cut(head, " ")
		i, err := strconv.Atoi(number)
		if err != nil {
			t.Fatalf("%q is no mark", head)
		}
		if all[name] == nil {
			all[name] = map[int]string{}
		}
		all[name][i] = text
	}
	return all
}
