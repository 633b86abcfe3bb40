package fastapi

import (
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// A case is a small project in one text: `-- path --` begins a file. Expectations stand on the line of the `def` they speak of:
//
//	def cancel(): ...   # want POST /orders/{id} [get_db, audit]; startup
//
// The brackets hold the dependencies of app, routers, include and route, outermost first. Each entry, middleware, handler and
// start-up function that is not wanted fails the case.
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
			compare(t, wanted(files), seen(program.Build(files)))
		})
	}
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

func wanted(files []*python.File) []string {
	var out []string
	for _, f := range files {
		for i, line := range strings.Split(string(f.Source), "\n") {
			_, comment, ok := strings.Cut(line, "# want ")
			if !ok {
				continue
			}
			for _, w := range strings.Split(comment, "; ") {
				out = append(out, fmt.Sprintf("%s:%d: %s", f.Path, i+1, strings.TrimSpace(w)))
			}
		}
	}
	return out
}

// seen describes everything that Read found, in the words of the expectations.
func seen(p *program.Program) []string {
	app := Read(p)
	var out []string
	say := func(f *program.Function, format string, args ...any) {
		out = append(out, fmt.Sprintf("%s:%d: %s", f.Module.File.Path, line(f), fmt.Sprintf(format, args...)))
	}
	for _, e := range app.Entries {
		s := e.Method + " " + e.Path
		if len(e.Depends) > 0 {
			s += " [" + strings.Join(dependencyNames(e.Depends), ", ") + "]"
		}
		if e.Class != nil {
			s += " of " + e.Class.Name
		}
		if len(e.Captured) > 0 {
			s += " with " + captured(e.Captured)
		}
		if e.Alone {
			s += " alone"
		}
		if e.Stream {
			s += " stream"
		}
		say(e.Function, "%s", s)
	}
	for _, u := range app.Unresolved {
		n, _ := u.Module.File.Position(u.Pos)
		out = append(out, fmt.Sprintf("%s:%d: unresolved %s", u.Module.File.Path, n, u.Reason))
	}
	for _, h := range app.Handlers {
		say(h.Function, "handler %s", h.Class.Qual)
	}
	for f := range app.Startup {
		say(f, "startup")
	}
	for f := range app.scripts {
		say(f, "script")
	}
	entry := map[*program.Function]*Entry{}
	for _, e := range app.Entries {
		entry[e.Function] = e
	}
	for _, f := range p.Functions {
		for _, q := range f.Params {
			if d, ok := DependencyOf(p, f.Scope(), q); ok {
				if e := entry[f]; e != nil {
					d = e.Told(d)
				}
				say(f, "%s: %s", q.Name, dependencyName(d))
			}
		}
	}
	return out
}

func captured(m map[string]Capture) string {
	var parts []string
	for name, c := range m {
		parts = append(parts, name+"="+string(c.Scope.Module.File.Source[c.Value.Pos():c.Value.Stop()]))
	}
	sort.Strings(parts)
	return strings.Join(parts, " ")
}

func dependencyNames(list []Dependency) []string {
	out := make([]string, len(list))
	for i, d := range list {
		out[i] = dependencyName(d)
	}
	return out
}

func dependencyName(d Dependency) string {
	name := ""
	switch {
	case d.Call != nil:
		name = string(d.Scope.Module.File.Source[d.Call.Pos():d.Call.Stop()])
	case d.Class != nil:
		name = "class " + d.Class.Ref.Qual
	}
	if !d.UseCache {
		name += " uncached"
	}
	if d.Function {
		name += " function"
	}
	if d.MaxConcurrency {
		name += " gate"
	}
	return name
}

func compare(t *testing.T, want, got []string) {
	t.Helper()
	sort.Strings(want)
	sort.Strings(got)
	for i, j := 0, 0; i < len(want) || j < len(got); {
		switch {
		case j == len(got) || i < len(want) && want[i] < got[j]:
			t.Errorf("missing %s", want[i])
			i++
		case i == len(want) || want[i] > got[j]:
			t.Errorf("not wanted: %s", got[j])
			j++
		default:
			i, j = i+1, j+1
		}
	}
}
