package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A mutant is a source file with one change.
type mutant struct {
	file     string
	line     int
	rule     string // which rule it is in: JVP, Transpose, …, or a column of a table
	fn       string // the function or the row of the table
	old, now string
	nth      int // of the same changes in the function, from 0
	at, end  int // bytes of the file
	text     []byte
}

func (m *mutant) source() []byte {
	return slices.Concat(m.text[:m.at], []byte(m.now), m.text[m.end:])
}

// key identifies m as long as the code does not change, wherever it moves to.
func (m *mutant) key() string {
	return fmt.Sprintf("%s %s %d: %s => %s", filepath.Base(m.file), m.fn, m.nth, oneLine(m.old), oneLine(m.now))
}

// name is the key with the line and the rule.
func (m *mutant) name() string {
	return fmt.Sprintf("%s [%s:%d, %s]", m.key(), m.file, m.line, m.rule)
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// load lists the mutants of a package.
func load(dir string) (all []*mutant, err error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		set := token.NewFileSet()
		tree, err := parser.ParseFile(set, file, text, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(tree.Imports, aboutRules) {
			continue
		}
		f := &finder{file: file, text: text, set: set}
		for _, d := range tree.Decls {
			f.decl(d)
		}
		all = append(all, f.found...)
	}
	return all, nil
}

// aboutRules reports whether a file that has the import is about operations: others are
// for users.
func aboutRules(i *ast.ImportSpec) bool {
	return strings.HasSuffix(i.Path.Value, `/rule"`) || strings.HasSuffix(i.Path.Value, `/kir"`)
}

// A finder looks for places in one file where something can go wrong.
type finder struct {
	file     string
	text     []byte
	set      *token.FileSet
	rule, fn string
	found    []*mutant
}

func (f *finder) offset(p token.Pos) int { return f.set.Position(p).Offset }

func (f *finder) src(n ast.Node) string { return string(f.text[f.offset(n.Pos()):f.offset(n.End())]) }

// replace adds a mutant in which n reads otherwise.
func (f *finder) replace(n ast.Node, now string) { f.put(n.Pos(), n.End(), now) }

func (f *finder) put(from, to token.Pos, now string) {
	at, end := f.offset(from), f.offset(to)
	m := &mutant{file: f.file, line: f.set.Position(from).Line, rule: f.rule, fn: f.fn,
		old: string(f.text[at:end]), now: now, at: at, end: end, text: f.text}
	for _, o := range f.found {
		if o.fn == m.fn && o.old == m.old && o.now == m.now {
			m.nth++
		}
	}
	f.found = append(f.found, m)
}

// rules are the methods that transformations and back ends ask.
var rules = []string{"Infer", "Eval", "JVP", "Transpose", "Batch", "Kernel", "Step", "Code", "Reduced"}

// decl looks at functions that are not for users and at tables.
func (f *finder) decl(d ast.Decl) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		f.fn, f.rule = d.Name.Name, "helper"
		if d.Recv != nil {
			f.fn = f.src(d.Recv.List[0].Type) + "." + f.fn
		}
		switch {
		case slices.Contains(rules, d.Name.Name):
			f.rule = d.Name.Name
		case d.Name.IsExported() || d.Name.Name == "String" || d.Body == nil:
			return
		}
		f.nothing(d)
		f.walk(d.Body)
	case *ast.GenDecl:
		if d.Tok != token.VAR {
			return
		}
		for _, s := range d.Specs {
			v := s.(*ast.ValueSpec)
			if lit, ok := v.Values[0].(*ast.CompositeLit); ok && len(v.Values) == 1 && v.Names[0].Name != "_" {
				f.table(v.Names[0].Name, lit)
			}
		}
	}
}

// columns says what rules stand in the columns of tables; those of some tables have no
// names. The rest has no rules.
var columns = map[string]string{
	"": "row", "grad": "derivative", "dx": "derivative", "dy": "derivative", "back": "derivative", "linear": "derivative",
	"f": "definition", "c": "definition", "i": "definition", "g": "definition", "code": "Code", "takes": "Infer", "out": "Infer",
}

// table looks at the rows of a table: what stands in a column is a rule.
func (f *finder) table(name string, lit *ast.CompositeLit) {
	for _, e := range lit.Elts {
		row, ok := e.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		f.fn = name + "." + f.src(row.Key)
		cells, ok := row.Value.(*ast.CompositeLit)
		if !ok {
			continue
		}
		for _, cell := range cells.Elts {
			column := ""
			if kv, ok := cell.(*ast.KeyValueExpr); ok {
				column, cell = f.src(kv.Key), kv.Value
			}
			if f.rule = columns[column]; f.rule != "" {
				f.walk(cell)
			}
		}
	}
}

// nothing makes a rule return no tangents or cotangents.
func (f *finder) nothing(d *ast.FuncDecl) {
	now := map[string]string{"JVP": "{ return make([]*Value, len(y)) }", "Transpose": "{ return make([]*Value, len(x)) }"}[d.Name.Name]
	if now == "" || d.Recv == nil || strings.Contains(f.src(d.Body), "not a linear operation") && len(d.Body.List) == 1 {
		return
	}
	f.replace(d.Body, now)
}

// walk looks at all expressions and conditions below n.
func (f *finder) walk(n ast.Node) {
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if isMessage(f.src(n.Fun)) {
				return false
			}
			f.call(n)
		case *ast.BinaryExpr:
			f.binary(n)
		case *ast.IfStmt:
			f.replace(n.Cond, "!("+f.src(n.Cond)+")")
		case *ast.BasicLit:
			f.literal(n)
		case *ast.Ident:
			if now := map[string]string{"true": "false", "false": "true"}[n.Name]; now != "" {
				f.replace(n, now)
			}
		case *ast.SelectorExpr:
			if now := codes[f.src(n)]; now != "" {
				f.replace(n, now)
			}
			return f.src(n.X) != "kir"
		}
		return true
	})
}

// isMessage reports whether a call only makes text.
func isMessage(fun string) bool {
	return slices.Contains([]string{"fmt.Errorf", "core.Errorf", "panic", "fmt.Sprint", "fmt.Sprintf"}, fun)
}
