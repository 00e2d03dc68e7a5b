package gojax_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"
)

// layers lists the module's packages so that each imports only from lines above its
// own. A name stands for the packages below it too, unless those are listed.
var layers = [][]string{
	{"internal/dtype", "internal/asm", "tree"},
	{"internal/ref", "internal/npfmt", "internal/kir", "internal/mem"},
	{"internal/core"},
	{"internal/ir", "internal/rule"},
	{"internal/cpu/run", "internal/cpu/tile", "internal/cpu/code"},
	{"internal/cpu/gemm", "internal/cpu/gen", "internal/cpu/scan", "internal/cpu/move", "internal/cpu/rowwise"},
	{"internal/cpu/lib", "internal/cpu/interp", "internal/cpu/kirtest"},
	{"internal/cpu"},
	{"lax"},
	{"internal/ad", "internal/batch"},
	{"internal/control"},
	{"jax"},
	{"jnp"},
	{"random"},
	{"nn"},
	{"internal/optest"},
	{"bench", "examples", "cmd", "internal/docs", "internal/cpu/kirfuzz"},
}

// layer returns the line of a package, by the longest listed name that it is below.
func layer(pkg string) (line int, ok bool) {
	longest := -1
	for i, names := range layers {
		for _, name := range names {
			if (pkg == name || strings.HasPrefix(pkg, name+"/")) && len(name) > longest {
				line, longest = i, len(name)
			}
		}
	}
	return line, longest >= 0
}

// TestImports holds the direction of imports, and that packages for users depend on
// the standard library and on this module alone.
func TestImports(t *testing.T) {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	dec := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		pkg, inside := strings.CutPrefix(p.ImportPath, "gojax/")
		if !inside {
			continue
		}
		mine, ok := layer(pkg)
		if !ok {
			t.Errorf("%s is in no layer: say in this test where it belongs", pkg)
		}
		for _, imp := range p.Imports {
			name, inside := strings.CutPrefix(imp, "gojax/")
			switch theirs, _ := layer(name); {
			case inside && theirs >= mine && !strings.HasPrefix(name, pkg) && !strings.HasPrefix(pkg, name):
				t.Errorf("%s imports %s, which is not below it", pkg, name)
			case !inside && strings.Contains(strings.Split(imp, "/")[0], ".") && mine < len(layers)-1:
				t.Errorf("%s imports %s from another module", pkg, imp)
			}
		}
	}
}
