package docs

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write what the blocks print into the pages")

// root is the module's folder, absolute, for programs elsewhere need it.
func root(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// goTool runs the go command in dir.
func goTool(t *testing.T, dir string, args ...string) {
	t.Helper()
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=", "GOPROXY=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// TestSnippets runs all blocks of all pages in one program.
func TestSnippets(t *testing.T) {
	paths, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	var pages []*page
	for _, path := range append(paths, "../../README.md") {
		pages = append(pages, readPage(t, path))
	}
	dir := t.TempDir()
	const module = "gojax/snippets" // below gojax, so that the tour may look inside
	write(t, filepath.Join(dir, "go.mod"),
		"module "+module+"\n\ngo 1.26.0\n\nrequire gojax v0.0.0\n\nreplace gojax => "+root(t)+"\n")
	text := "package main\nimport \"fmt\"\n"
	var calls []string
	for _, p := range pages {
		imports, run := p.write(t, dir, module)
		for _, path := range imports {
			text += "import \"" + path + "\"\n"
		}
		calls = append(calls, run...)
	}
	write(t, filepath.Join(dir, "main.go"), text+"func main() {\n"+strings.Join(calls, "\n")+"\nfmt.Print()\n}\n")
	goTool(t, dir, "build", "-o", "snippets.exe", ".")

	cmd := exec.Command(filepath.Join(dir, "snippets.exe"))
	var out, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &stderr
	if err := cmd.Run(); err != nil || stderr.Len() > 0 {
		t.Errorf("%v\n%s", err, &stderr)
	}
	printed := split(t, out.String())
	for _, p := range pages {
		name := strings.ReplaceAll(strings.ToLower(strings.TrimSuffix(filepath.Base(p.path), ".md")), "-", "")
		p.compare(t, printed[name], *update)
	}
}

// TestOtherModule builds the README's program with the README's go.mod beside a clone.
func TestOtherModule(t *testing.T) {
	p := readPage(t, "../../README.md")
	dir := t.TempDir()
	for _, b := range p.blocks {
		switch {
		case b.lang == "go.mod":
			if !strings.Contains(b.text, "=> ../gojax\n") {
				t.Error("README.md: its go.mod does not say where the clone is")
			}
			write(t, filepath.Join(dir, "go.mod"), strings.Replace(b.text, "../gojax", root(t), 1))
		case b.kind == program:
			write(t, filepath.Join(dir, "main.go"), b.text)
		}
	}
	goTool(t, dir, "vet", ".")
}
