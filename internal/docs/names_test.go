package docs

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// public lists the packages for users, below the root.
var public = []string{"jax", "jnp", "lax", "random", "nn", "nn/initializers", "tree"}

// parse returns the files of a package, its tests apart.
func parse(t *testing.T, fset *token.FileSet, dir string) (files, tests []*ast.File) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("../..", dir, "*.go"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("%s: there are no files (%v)", dir, err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		f, err := parser.ParseFile(fset, path, text, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(path, "_test.go") {
			tests = append(tests, f)
		} else {
			files = append(files, f)
		}
	}
	return files, tests
}

// TestDocumented looks for exported names of the public packages without a comment.
func TestDocumented(t *testing.T) {
	for _, dir := range public {
		fset := token.NewFileSet()
		files, _ := parse(t, fset, dir)
		p, err := doc.NewFromFiles(fset, files, "gojax/"+dir)
		if err != nil {
			t.Fatal(err)
		}
		if p.Doc == "" {
			t.Errorf("package %s has no comment", dir)
		}
		missing := func(what string) { t.Errorf("%s.%s has no comment", dir, what) }
		funcs := func(of string, list []*doc.Func) {
			for _, f := range list {
				if f.Doc == "" && f.Name != "String" && f.Name != "Error" {
					missing(of + f.Name)
				}
			}
		}
		values := func(list []*doc.Value) {
			for _, v := range list {
				if v.Doc == "" && !eachHasComment(v.Decl) {
					missing(strings.Join(v.Names, ", "))
				}
			}
		}
		funcs("", p.Funcs)
		values(p.Consts)
		values(p.Vars)
		for _, ty := range p.Types {
			if ty.Doc == "" {
				missing(ty.Name)
			}
			funcs("", ty.Funcs)
			funcs(ty.Name+".", ty.Methods)
			values(ty.Consts)
			values(ty.Vars)
		}
	}
}

// eachHasComment reports whether all names of a declaration have comments of their own.
func eachHasComment(d *ast.GenDecl) bool {
	return !slices.ContainsFunc(d.Specs, func(s ast.Spec) bool {
		v, ok := s.(*ast.ValueSpec)
		return ok && v.Doc == nil && v.Comment == nil
	})
}

// inside has files with what other packages of the module call.
var inside = map[string]bool{
	"lax/abstract.go": true, "lax/device.go": true, "lax/format.go": true, "lax/operand.go": true,
	"lax/ops.go": true, "lax/binary_rules.go": true, "tree/walk.go": true,
}

// forUsers reports whether a function is exported, and a method of an exported type if
// it is a method; String is called by others.
func forUsers(fn *ast.FuncDecl) bool {
	if fn.Recv != nil {
		t := fn.Recv.List[0].Type
		if p, ok := t.(*ast.StarExpr); ok {
			t = p.X
		}
		if id, ok := t.(*ast.Ident); !ok || !id.IsExported() {
			return false
		}
	}
	return fn.Name.IsExported() && fn.Name.Name != "String"
}

// TestExamples looks for families of functions, that is files, of which no example with
// output uses one. Methods and options count for their packages' functions.
func TestExamples(t *testing.T) {
	for _, dir := range public {
		fset := token.NewFileSet()
		files, tests := parse(t, fset, dir)
		used := map[string]bool{}
		for _, e := range doc.Examples(tests...) {
			if e.Output == "" && !e.EmptyOutput {
				t.Errorf("%s: Example%s has no output", dir, e.Name)
			}
			ast.Inspect(e.Code, func(n ast.Node) bool {
				if s, ok := n.(*ast.SelectorExpr); ok {
					used[s.Sel.Name] = true
				}
				return true
			})
		}
		for _, f := range files {
			var names []string
			for _, d := range f.Decls {
				if fn, ok := d.(*ast.FuncDecl); ok && forUsers(fn) {
					names = append(names, fn.Name.Name)
				}
			}
			none := !slices.ContainsFunc(names, func(name string) bool { return used[name] })
			file := dir + "/" + filepath.Base(fset.Position(f.Pos()).Filename)
			if len(names) > 0 && none && !inside[file] {
				t.Errorf("%s: no example uses one of %v", file, names)
			}
		}
	}
}
