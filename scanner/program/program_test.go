package program

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/middlebrick/middlebrick/scanner/python"
)

// A case is a small project in one text: `-- path --` begins a file. Expectations stand on the line they speak of:
//
//	x = Users.add        # is Users.add = function app.models.UsersTable.add
//	def f(db: DB): ...   # type DB = sqlalchemy.orm.Session {Depends(get_db)}
//
// The expression is read in the scope of that line: in the body of the innermost function around it, else in the class body or
// at the top level.
func TestCases(t *testing.T) {
	names, err := filepath.Glob("testdata/*.py.txt")
	if err != nil || len(names) == 0 {
		t.Fatal("no cases found", err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".py.txt"), func(t *testing.T) {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			files := split(string(text))
			p := Build(files)
			if checked := check(t, p, files); checked == 0 {
				t.Error("the case expects nothing")
			}
		})
	}
}

func readCase(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name + ".py.txt")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// split parses the files of a case.
func split(text string) []*python.File {
	var files []*python.File
	path, body := "", ""
	flush := func() {
		if path != "" {
			files = append(files, python.Parse(path, []byte(body)))
		}
	}
	for line := range strings.Lines(text) {
		if name, ok := strings.CutPrefix(line, "-- "); ok {
			flush()
			path, body = strings.TrimSuffix(name, " --\n"), ""
			continue
		}
		body += line
	}
	flush()
	return files
}

func check(t *testing.T, p *Program, files []*python.File) int {
	checked := 0
	for _, file := range files {
		m := moduleOf(p, file)
		for i, line := range strings.Split(string(file.Source), "\n") {
			_, comment, ok := strings.Cut(line, "# ")
			if !ok {
				continue
			}
			for _, want := range strings.Split(comment, "; ") {
				verb, rest, _ := strings.Cut(want, " ")
				text, answer, ok := strings.Cut(rest, " = ")
				if !ok || verb != "is" && verb != "type" {
					continue
				}
				checked++
				s := scopeAt(p, m, i+1)
				e := expression(t, text)
				got := ""
				if verb == "is" {
					got = describe(p.Resolve(s, e))
				} else {
					got = render(p.Annotation(s, e))
				}
				if got != answer {
					t.Errorf("%s:%d: %s %s = %s, want %s", file.Path, i+1, verb, text, got, answer)
				}
			}
		}
	}
	return checked
}

func moduleOf(p *Program, file *python.File) *Module {
	for _, m := range p.Modules {
		if m.File == file {
			return m
		}
	}
	return nil
}

func expression(t *testing.T, text string) python.Expr {
	t.Helper()
	f := python.Parse("expectation", []byte(text+"\n"))
	if len(f.Body) != 1 || len(f.Errors) > 0 {
		t.Fatalf("expectation %q is no expression", text)
	}
	return f.Body[0].(*python.ExprStmt).Value
}

// scopeAt finds the innermost function or class around a line.
func scopeAt(p *Program, m *Module, line int) Scope {
	s := Scope{Module: m}
	start := -1
	within := func(n python.Node) bool {
		first, _ := m.File.Position(n.Pos())
		last, _ := m.File.Position(n.Stop() - 1)
		return first <= line && line <= last && first >= start
	}
	for _, f := range p.Functions {
		if f.Module == m && f.Def != nil && within(f.Def) {
			start, _ = m.File.Position(f.Def.Pos())
			s = f.Scope()
			if start == line {
				s = f.Header()
			}
		}
	}
	for _, k := range p.Classes {
		if k.Module == m && within(k.Def) {
			start, _ = m.File.Position(k.Def.Pos())
			if start < line {
				s = Scope{Module: m, Function: k.Outer, Class: k}
			}
		}
	}
	return s
}

var kinds = [...]string{"unknown", "module", "class", "function", "value", "external"}

func describe(r Ref) string {
	if r.Kind == Unknown {
		return "unknown"
	}
	return kinds[r.Kind] + " " + r.Qual
}

// render writes a type: `list[app.Order]?` is optional, `{…}` holds the metadata.
func render(t Type) string {
	out := t.Ref.Qual
	switch {
	case len(t.Union) > 0:
		parts := make([]string, len(t.Union))
		for i, u := range t.Union {
			parts[i] = render(u)
		}
		out = strings.Join(parts, "|")
	case t.Var != "":
		out = "~" + t.Var
	case out == "":
		out = "unknown"
	}
	if len(t.Args) > 0 {
		parts := make([]string, len(t.Args))
		for i, a := range t.Args {
			parts[i] = render(a)
		}
		out += "[" + strings.Join(parts, ", ") + "]"
	}
	if t.Optional {
		out += "?"
	}
	for _, e := range t.Metadata {
		out += fmt.Sprintf(" {%s}", source(t.MetaScope, e))
	}
	return out
}

func source(s Scope, e python.Expr) string {
	return string(s.Module.File.Source[e.Pos():e.Stop()])
}
