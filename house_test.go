package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/middlebrick/middlebrick"

// floors is the plan of the house: a package imports only from floors below its own, and its own floor not at all.
var floors = [][]string{
	0: {"scanner/finding", "scanner/python", "scanner/sql", "scanner/interleave", "scanner/budget", "internal/sink", "internal/suggest", "internal/replace"}, // standard library only
	1: {"scanner/program", "scanner/source", "internal/toml", "internal/baseline"},
	2: {"scanner/fastapi", "scanner/schema", "scanner/effects"},
	3: {"scanner/flow"},
	4: {"scanner/race"},
	5: {"scanner/rules", "scanner/remedy"},
	6: {"sarif", "scanner/probe", "scanner"},
	7: {"internal/action", "internal/fix", "internal/report", "internal/config", "internal/lsp", "internal/shard", "internal/fixture"},
	8: {"internal/cli", ""},
}

// siblings are the imports within a floor that the plan draws: effects speaks of the schema's tables, and main starts
// the command line.
var siblings = map[string][]string{"scanner/effects": {"scanner/schema"}, "": {"internal/cli"}}

// views may know only what is listed here: they show findings and must not reach into the engine.
var views = map[string][]string{
	"sarif":           {"scanner/finding", "internal/sink"},
	"internal/report": {"scanner/finding", "internal/sink"},
	"internal/lsp":    {"scanner/finding", "internal/sink"},
	"scanner/probe":   {"scanner/finding", "internal/replace"},
}

func TestFloors(t *testing.T) {
	for _, c := range complaints(packages(t)) {
		t.Error(c)
	}
}

// TestFloorsCanFail keeps the check from passing because it sees nothing.
func TestFloorsCanFail(t *testing.T) {
	bad := []listed{
		{ImportPath: module + "/scanner/sql", Imports: []string{"strings", "golang.org/x/text/width"}},
		{ImportPath: module + "/scanner/program", Imports: []string{module + "/scanner/flow"}},
		{ImportPath: module + "/scanner/rules", Imports: []string{module + "/scanner/remedy"}},
		{ImportPath: module + "/scanner/flow", Imports: []string{module + "/scanner"}},
		{ImportPath: module + "/sarif", Imports: []string{module + "/scanner/flow"}},
		{ImportPath: module + "/scanner/helpers"},
		{ImportPath: module + "/util"},
	}
	for _, p := range bad {
		if len(complaints([]listed{p})) == 0 {
			t.Errorf("nothing is wrong with %+v", p)
		}
	}
	good := []listed{
		{ImportPath: module, Imports: []string{"os", module + "/internal/cli"}},
		{ImportPath: module + "/scanner", Imports: []string{module + "/scanner/flow", module + "/scanner/remedy"}},
		{ImportPath: module + "/scanner/effects", Imports: []string{module + "/scanner/effects/files", module + "/scanner/schema"}},
	}
	if c := complaints(good); len(c) > 0 {
		t.Error(c)
	}
}

func complaints(all []listed) []string {
	var found []string
	say := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }
	floor := map[string]int{}
	for n, packages := range floors {
		for _, p := range packages {
			floor[p] = n
		}
	}
	for _, p := range all {
		name := short(p.ImportPath)
		mine, ok := place(floor, name)
		if !ok {
			say("%s has no place in the plan of the house: give it one in house_test.go and docs/architecture.md", name)
			continue
		}
		for _, path := range p.Imports {
			other, ours := short(path), strings.HasPrefix(path, module)
			theirs, known := place(floor, other)
			switch {
			case under(other, name) || under(name, other) || slices.Contains(siblings[name], other):
			case mine == 0 && (ours || strings.Contains(path, ".")):
				say("%s imports %s: it may know the standard library only", name, path)
			case ours && known && theirs >= mine:
				say("%s (floor %d) imports %s (floor %d): imports go down", name, mine, other, theirs)
			case ours && views[name] != nil && !slices.Contains(views[name], other):
				say("%s imports %s: it may know only %v", name, other, views[name])
			}
		}
	}
	return found
}

// TestDependenciesHaveReasons keeps go.mod and the table of CONTRIBUTING together.
func TestDependenciesHaveReasons(t *testing.T) {
	mod, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	reasons, err := os.ReadFile("CONTRIBUTING.md")
	if err != nil {
		t.Fatal(err)
	}
	required := 0
	for line := range strings.Lines(string(mod)) {
		fields := strings.Fields(line)
		if len(fields) < 2 || !strings.Contains(fields[0], "/") || strings.Contains(line, "// indirect") {
			continue
		}
		required++
		if !strings.Contains(string(reasons), "| `"+fields[0]+"` |") {
			t.Errorf("CONTRIBUTING.md does not say why %s is required", fields[0])
		}
	}
	if required == 0 {
		t.Error("no requirement found in go.mod")
	}
}

// largest is the most that a file of the source may have: what is larger was built, not written.
const largest = 256 << 10

// TestNothingBuiltIsKept looks at every file that is kept for programs and archives that got in by mistake.
func TestNothingBuiltIsKept(t *testing.T) {
	out, err := exec.Command("git", "ls-files", "-z").Output()
	if err != nil {
		t.Skip("this is no checkout: ", err)
	}
	for name := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		if info, err := os.Lstat(name); err == nil && info.Size() > largest {
			t.Errorf("%s has %d bytes", name, info.Size())
		}
	}
}

// place finds the floor of a package; a package below another one lives on the same floor.
func place(floor map[string]int, name string) (int, bool) {
	for name != "scanner" && name != "" {
		if n, ok := floor[name]; ok {
			return n, true
		}
		at := strings.LastIndex(name, "/")
		if at < 0 {
			return 0, false
		}
		if name = name[:at]; name == "scanner" {
			return 0, false
		}
	}
	return floor[name], true
}

// under tells whether a package lies below another one, other than the two that lie above everything.
func under(name, above string) bool {
	return above != "" && above != "scanner" && strings.HasPrefix(name, above+"/")
}

func short(path string) string {
	return strings.TrimPrefix(strings.TrimPrefix(path, module), "/")
}

type listed struct {
	ImportPath string
	Imports    []string
	Standard   bool
}

// packages lists the packages of this module that the program is made of.
func packages(t *testing.T) []listed {
	t.Helper()
	cmd := exec.Command("go", "list", "-deps", "-json=ImportPath,Imports,Standard", "./...")
	out, err := cmd.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			t.Fatalf("%v\n%s", err, exit.Stderr)
		}
		t.Fatal(err)
	}
	var all []listed
	dec := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p listed
		if err := dec.Decode(&p); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(p.ImportPath, module) {
			all = append(all, p)
		}
	}
	if len(all) < 10 {
		t.Fatalf("go list names %d packages of the module", len(all))
	}
	return all
}
