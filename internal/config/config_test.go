package config

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/source"
)

var update = flag.Bool("update", false, "rewrite docs/config.schema.json")

var someRules = []finding.Rule{
	{ID: "MB101", Name: "lost-update", Severity: finding.High},
	{ID: "MB107", Name: "state-transition-race", Severity: finding.High},
	{ID: "MB201", Name: "file-check-then-use", Severity: finding.Medium},
}

func tree(files ...string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for i := 0; i < len(files); i += 2 {
		fsys[files[i]] = &fstest.MapFile{Data: []byte(files[i+1])}
	}
	return fsys
}

func TestNearestWins(t *testing.T) {
	const table = "[tool.middlebrick]\nfail-on = \"low\"\n"
	fsys := tree("pyproject.toml", "[project]\nname = \"x\"\n"+table, "a/pyproject.toml", "[project]\n",
		"a/b/pyproject.toml", table, "a/b/middlebrick.toml", "# nothing\n", "a/b/c/x.py", "", "other/damaged/pyproject.toml", "[[[")
	for dir, want := range map[string]string{".": "pyproject.toml", "a": "pyproject.toml", "a/b": "a/b/middlebrick.toml", "a/b/c": "a/b/middlebrick.toml",
		"other/damaged": "pyproject.toml"} {
		c, err := Find(fsys, dir, someRules)
		if err != nil || c.Path != want {
			t.Errorf("%s: got %+v, %v, want %s", dir, c, err, want)
		}
	}
	c, err := Find(tree("x.py", ""), ".", someRules)
	if err != nil || c.Path != "" || c.FailOn != "high" || c.From("fail-on") != "default" {
		t.Errorf("got %+v, %v", c, err)
	}
	c, _ = Find(fsys, ".", someRules)
	if c.FailOn != "low" || c.From("fail-on") != "pyproject.toml:4" || c.From("ignore") != "default" {
		t.Errorf("got %+v from %s", c, c.From("fail-on"))
	}
}

func TestAllSettings(t *testing.T) {
	text := `select = ["MB1", "file-check-then-use"]
ignore = ["MB101"]
min-severity = "low"
min-confidence = "medium"
fail-on = "none"
exclude = ["tests/", "*_pb2.py"]
baseline = "known.json"
require-reason = true
fastapi = true
strict = true
engine = "sqlite"
isolation = "immediate"
workers = 4

[per-file-ignores]
"scripts/" = ["ALL"]
[models]
"acme.locks.hold" = { does = "hold", resource = "stock", key = 0 }
`
	c, err := Parse("sub/middlebrick.toml", []byte(text), someRules)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"select": `["MB1", "file-check-then-use"]`, "per-file-ignores": `{"scripts/" = ["ALL"]}`, "workers": "4", "strict": "true", "isolation": `"immediate"`,
		"models": `{"acme.locks.hold" = { does = "hold", resource = "stock", key = "0" }}`}
	for _, s := range c.Settings() {
		if w, ok := want[s.Name]; ok && s.Value != w {
			t.Errorf("%s is %s, want %s", s.Name, s.Value, w)
		}
		if !strings.HasPrefix(s.From, "sub/middlebrick.toml:") {
			t.Errorf("%s comes from %s", s.Name, s.From)
		}
	}
	if len(c.Settings()) != len(keys) {
		t.Error("a setting is not shown")
	}
	if from := c.From("per-file-ignores"); from != "sub/middlebrick.toml:16" && from != "sub/middlebrick.toml:15" {
		t.Errorf("per-file-ignores from %s", from)
	}
	if from := c.From("workers"); from != "sub/middlebrick.toml:13" {
		t.Errorf("workers from %s", from)
	}
}

// TestMistakes has a file for every way to be wrong, with the place and the help that it gets.
func TestMistakes(t *testing.T) {
	for text, want := range map[string]string{
		"a = 1\n":                         `m.toml:1: unknown setting "a"`,
		"\nslect = []":                    "m.toml:2: unknown setting \"slect\" | did you mean select?",
		"fail_on = 'low'":                 "| did you mean fail-on?",
		"[tool.middlebrick]\nselect = []": "| in middlebrick.toml settings stand at the top",
		"select = 'MB1'":                  "m.toml:1: select: it takes a list of strings",
		"select = [1]":                    "select: it takes a list of strings",
		"select = [\"MB170\"]":            `m.toml:1: select: unknown rule "MB170" | did you mean MB107?`,
		"#\nignore = [\"\"]":              `m.toml:2: ignore: unknown rule ""`,
		"fail-on = 'hihg'":                `m.toml:1: fail-on: unknown value "hihg" | did you mean high?`,
		"fail-on = 3":                     "fail-on: it takes a string",
		"workers = 0":                     "m.toml:1: workers: it takes a number",
		"workers = '2'":                   "workers: it takes a number",
		"strict = 1":                      "strict: it takes true or false",
		"exclude = ['/']":                 "m.toml:1: exclude: not an exclude pattern",
		"baseline = '/etc/passwd'":        "m.toml:1: baseline: ",
		"baseline = '../../x'":            "not a path below the root",
		"baseline = ''":                   "not a path below the root",
		"engine = 'sqlite'\nisolation = 'serializable'":    "m.toml:2: isolation: sqlite has no level",
		"engine = 'mysql'\nisolation = 'immediate'":        "mysql has no level",
		"per-file-ignores = ['a']":                         "per-file-ignores: it is a table",
		"[per-file-ignores]\n'a' = 'MB1'":                  `m.toml:2: per-file-ignores: "a" takes a list`,
		"[per-file-ignores]\n'a' = ['MB9']":                `per-file-ignores: unknown rule "MB9"`,
		"[per-file-ignores]\n'/' = ['MB1']":                "not an exclude pattern",
		"models = 1":                                       "models: it is a table",
		"[models]\nacme.x = {does='read'}":                 `m.toml:2: models: "acme": unknown key "x" | stands in quotes`,
		"[models]\n'acme.x' = {does='raed', resource='a'}": "m.toml:2: models: model acme.x: does",
		"[models]\n'acme.x' = {doe='read'}":                "| did you mean does?",
		"[models]\n'acme.x' = 3":                           `"acme.x" takes a table`,
		"[models]\n'acme.x' = {does=[]}":                   "does takes a string",
		"select = [":                                       "m.toml:1: ",
		"strict = true\nstrict = true":                     "m.toml:2: ",
		"exclude = ['" + strings.Repeat("a", 5000) + "']":  "more than the 1024",
		"exclude = [" + strings.Repeat("'a',", 5000) + "]": "m.toml:1: exclude: it has 5000 items",
		"exclude = [\"a\\u001b[2J\"]":                      "holds a control character",
		"x = " + strings.Repeat("[", 400_000):              "m.toml:1: values are nested",
		strings.Repeat("a.", 400_000) + "a = 1":            "m.toml:1: a key has more than",
		"\x00":                                             "m.toml:1: ",
		"a = \"\xff\"":                                     "m.toml:1: ",
	} {
		begin := time.Now()
		_, err := Parse("m.toml", []byte(text), someRules)
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("%.60q: %v", text, err)
			continue
		}
		where, help, _ := strings.Cut(want, "| ")
		if !strings.Contains(e.Error(), strings.TrimSpace(where)) || !strings.Contains(e.Hint, help) {
			t.Errorf("%.60q: got %q, hint %q, want %q", text, e.Error(), e.Hint, want)
		}
		if strings.Contains(e.Error(), "toml:") && strings.Contains(e.Error(), "last key") || time.Since(begin) > 5*time.Second {
			t.Errorf("%.60q: %s in %v", text, e, time.Since(begin))
		}
	}
}

// TestForeignFiles are project files that are none of our business, in whatever state they are.
func TestForeignFiles(t *testing.T) {
	for _, text := range []string{"", "[tool.ruff]\nselect = 7", "[[[", "# middlebrick is great\n[[[", "[tool]\nmiddlebrick-other = 1"} {
		if c, err := Parse("pyproject.toml", []byte(text), someRules); c != nil || err != nil {
			t.Errorf("%q: %+v, %v", text, c, err)
		}
	}
	if _, err := Parse("pyproject.toml", []byte("[tool.middlebrick]\nx = [[["), someRules); err == nil {
		t.Error("a damaged table is no error")
	}
	if _, err := Parse("pyproject.toml", []byte("[tool]\nmiddlebrick = 1"), someRules); err == nil {
		t.Error("a table that is a number is no error")
	}
}

func TestFilters(t *testing.T) {
	fsys := tree("middlebrick.toml", "ignore = ['MB201']\nexclude=['gen/']\n[per-file-ignores]\n'services/*/old/' = ['MB1']\n'legacy.py' = ['ALL']\n",
		"services/a/middlebrick.toml", "min-severity = 'high'\nengine = 'mysql'\n[per-file-ignores]\n'x.py' = ['MB101']\n")
	c, err := Find(fsys, ".", someRules)
	if err != nil {
		t.Fatal(err)
	}
	set, err := NewSet(c, ".", someRules)
	if err != nil {
		t.Fatal(err)
	}
	var files []source.File
	for name := range fsys {
		files = append(files, source.File{Path: name})
	}
	if err := set.Nest(fsys, files, someRules); err != nil {
		t.Fatal(err)
	}
	if len(set.Notes) != 1 || !strings.Contains(set.Notes[0], "services/a/middlebrick.toml:2: engine counts only") {
		t.Errorf("notes %q", set.Notes)
	}
	for place, want := range map[string]bool{
		"a.py MB101 low": true, "a.py MB201 high": false, "services/b/old/deep/z.py MB107 high": false, "services/b/old.py MB107 high": true,
		"x/legacy.py MB107 high": false, "services/a/y.py MB201 high": true, "services/a/y.py MB201 medium": false,
		"services/a/x.py MB101 high": false, "services/a/x.py MB107 high": true, "services/a/deep/x.py MB101 high": false, "services/ab/x.py MB101 high": true,
	} {
		var f finding.Finding
		var level string
		if _, err := fmt.Sscan(place, &f.Location.Path, &f.Rule, &level); err != nil {
			t.Fatal(err)
		}
		f.Severity = finding.Severity(level)
		if got := set.Keeps(&f); got != want {
			t.Errorf("%s: kept %t, want %t", place, got, want)
		}
	}
	// The same file seen from a directory below it.
	set, err = NewSet(c, "services", someRules)
	if err != nil {
		t.Fatal(err)
	}
	f := finding.Finding{Rule: "MB107", Severity: finding.High, Location: finding.Location{Path: "b/old/z.py"}}
	if set.Keeps(&f) {
		t.Error("a pattern of the directory above does not count")
	}
}

func TestChosen(t *testing.T) {
	for _, k := range []struct {
		selected, ignored []string
		want              []string
		problem           string
	}{
		{nil, nil, nil, ""},
		{[]string{"mb1"}, nil, []string{"MB101", "MB107"}, ""},
		{[]string{"ALL"}, []string{"MB1"}, []string{"MB201"}, ""},
		{nil, []string{"lost-update"}, []string{"MB107", "MB201"}, ""},
		{[]string{"State-Transition-Race", " MB201"}, nil, []string{"MB107", "MB201"}, ""},
		{[]string{"MB1"}, []string{"MB"}, []string{}, ""},
		{[]string{"MB170"}, nil, nil, `unknown rule "MB170"`},
		{nil, []string{""}, nil, `unknown rule ""`},
	} {
		keep, err := Chosen(someRules, k.selected, k.ignored)
		got := slices.Sorted(maps.Keys(keep))
		if !slices.Equal(got, k.want) || (keep == nil) != (k.want == nil) {
			t.Errorf("%q %q: got %q, want %q", k.selected, k.ignored, got, k.want)
		}
		if text := fmt.Sprint(err); k.problem == "" && err != nil || !strings.Contains(text, k.problem) {
			t.Errorf("%q %q: got %v, want %q", k.selected, k.ignored, err, k.problem)
		}
	}
}

// TestSchema keeps docs/config.schema.json the schema of the settings.
func TestSchema(t *testing.T) {
	const name = "../../docs/config.schema.json"
	want, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(name, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(name); err != nil || string(got) != string(want) {
		t.Errorf("%s is not the schema of the settings (%v): go test ./internal/config -update rewrites it", name, err)
	}
}

// TestPage parses the examples of docs/configuration.md, and looks for every setting in it.
func TestPage(t *testing.T) {
	page, err := os.ReadFile("../../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	rules := []finding.Rule{{ID: "MB104"}, {ID: "MB107"}, {ID: "MB201"}}
	examples := regexp.MustCompile("(?s)```toml\n(.*?)```").FindAllSubmatch(page, -1)
	if len(examples) < 2 {
		t.Errorf("%d examples", len(examples))
	}
	for _, m := range examples {
		name := OwnFile
		if strings.Contains(string(m[1]), "[tool.middlebrick") {
			name = Project
		}
		if c, err := Parse(name, m[1], rules); err != nil || c == nil {
			t.Errorf("%v in\n%s", err, m[1])
		}
	}
	for _, k := range keys {
		if !strings.Contains(string(page), "| `"+k.name+"` |") {
			t.Errorf("docs/configuration.md does not describe %s", k.name)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"select = ['MB1']", "[per-file-ignores]\n'a/' = ['ALL']", "[models]\n'a.b' = {does='read', resource='x'}", "a = [[[[", "a.b.c = 1", "x = '''"} {
		f.Add(s, true)
		f.Add("[tool.middlebrick]\n"+s, false)
	}
	f.Fuzz(func(t *testing.T, text string, own bool) {
		name := Project
		if own {
			name = OwnFile
		}
		c, err := Parse(name, []byte(text), someRules)
		var at *Error
		if err != nil && (!errors.As(err, &at) || at.Path != name) {
			t.Fatalf("%q: %v", text, err)
		}
		if c != nil && err == nil {
			if _, err := NewSet(c, ".", someRules); err != nil && !errors.As(err, &at) {
				t.Fatalf("%q: %v", text, err)
			}
			c.Settings()
		}
	})
}
