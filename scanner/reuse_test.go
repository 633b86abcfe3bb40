package scanner

import (
	"encoding/json"
	"io/fs"
	"maps"
	"math/rand"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/middlebrick/middlebrick/scanner/flow"
	"github.com/middlebrick/middlebrick/scanner/source"
)

// TestReuse edits projects at random, one edit after another: a scan that remembers the one before says what one that remembers nothing
// does, to the byte, and follows no more than it must.
func TestReuse(t *testing.T) {
	edits := map[string]int{"../testdata/apps": 80, "../testdata/rules": 10}
	if testing.Short() {
		edits = map[string]int{"../testdata/apps": 15, "../testdata/rules": 4}
	}
	kept, judged := 0, 0
	for dir, n := range edits {
		tree := treeOf(t, os.DirFS(dir))
		paths := slices.DeleteFunc(slices.Sorted(maps.Keys(tree)), func(p string) bool { return !strings.HasSuffix(p, ".py") })
		r := rand.New(rand.NewSource(int64(n)))
		memory := new(Memory)
		scanned(t, tree, memory)
		for range n {
			before := memory.earlier.traces
			path := paths[r.Intn(len(paths))]
			old := tree[path]
			text, edit := edited(r, string(old.Data))
			if r.Intn(2) == 0 {
				text, edit = rebound(r, string(old.Data), string(tree[paths[r.Intn(len(paths))]].Data))
			}
			tree[path] = &fstest.MapFile{Data: []byte(text)}
			warm, cold := scanned(t, tree, memory), scanned(t, tree, nil)
			if d := difference(warm, cold); d != "" {
				t.Fatalf("%s: %s: %s", path, edit, d)
			}
			kept += inBoth(before, memory.earlier.traces)
			judged += memory.earlier.found.Kept
			if r.Intn(2) == 0 {
				tree[path] = old
			}
		}
	}
	if testing.Short() {
		return // how many are kept hangs on which files are edited, and these are few
	}
	if kept == 0 {
		t.Error("no trace was kept")
	}
	if judged == 0 {
		t.Error("every trace was searched anew")
	}
}

func treeOf(t *testing.T, from fs.FS) fstest.MapFS {
	t.Helper()
	tree := fstest.MapFS{}
	err := fs.WalkDir(from, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(from, path)
		tree[path] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

func scanned(t *testing.T, files fstest.MapFS, memory *Memory) string {
	t.Helper()
	tree, err := source.FromFS(files, source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := Scan(t.Context(), tree, Options{Memory: memory})
	if err != nil {
		t.Fatal(err)
	}
	r.Summary.ElapsedMS = 0
	out, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// edited changes one line of a file, and tells what it did.
func edited(r *rand.Rand, text string) (string, string) {
	lines := strings.SplitAfter(text, "\n")
	i := r.Intn(len(lines))
	for n := 0; n < 20 && !strings.HasPrefix(lines[i], "    "); n++ {
		i = r.Intn(len(lines))
	}
	line := lines[i]
	indent := line[:len(line)-len(strings.TrimLeft(line, " "))]
	var edit string
	switch r.Intn(8) {
	case 0, 1:
		edit, lines[i] = "a comment before", indent+"# a word\n"+line
	case 2:
		edit, lines[i] = "without", ""
	case 3:
		edit, lines[i] = "twice", line+line
	case 4:
		edit, lines[i] = "raise before", indent+"raise ValueError\n"+line
	case 5:
		edit, lines[i] = "a decision before", indent+"if something:\n"+indent+"    pass\n"+line
	case 6:
		edit, lines[i] = "a function before", indent+"def added(): return 3\n"+line
	default:
		edit, lines[i] = "a variable before", indent+"added = 3\n"+line
	}
	return strings.Join(lines, ""), edit + " " + strings.TrimSpace(line)
}

var (
	identifier = regexp.MustCompile(`[A-Za-z_]\w*`)
	toplevel   = regexp.MustCompile(`(?m)^(async def|def|class|from|import|[a-zA-Z_]\w* =)[^\n]*\n`)
	method     = regexp.MustCompile(`(?m)^    (async )?def (\w+)\((.*)\n`)
	function   = regexp.MustCompile(`(?m)^(async )?def (\w+)\((.*)\n`)
)

// rebound changes which names a file or a class in it binds, or what a function takes, and tells what it did. Half of the names are used elsewhere.
func rebound(r *rand.Rand, text, other string) (string, string) {
	name := "added_before"
	if all := identifier.FindAllString(other, -1); len(all) > 0 && r.Intn(2) == 0 {
		name = all[r.Intn(len(all))]
	}
	before := func(what *regexp.Regexp, insert string) string {
		if all := what.FindAllStringIndex(text, -1); len(all) > 0 {
			at := all[r.Intn(len(all))][0]
			return text[:at] + insert + text[at:]
		}
		return text
	}
	switch r.Intn(9) {
	case 0:
		return before(function, "def "+name+"(*given):\n    return given\n"), "a function " + name
	case 1:
		return before(method, "    def "+name+"(self):\n        raise ValueError\n"), "a method " + name
	case 2:
		return before(toplevel, name+" = 3\n"), "a variable " + name
	case 3:
		return before(method, "    "+name+": int = 3\n"), "an attribute " + name
	case 4:
		return "import " + name + "\n" + text, "import " + name
	case 5:
		return "from os.path import join as " + name + "\n" + text, "import as " + name
	case 6:
		if all := function.FindAllStringSubmatchIndex(text, -1); len(all) > 0 {
			at := all[r.Intn(len(all))]
			return text[:at[4]] + name + text[at[5]:], "a function that is called " + name
		}
		return text, "nothing"
	case 7:
		if all := toplevel.FindAllStringIndex(text, -1); len(all) > 0 {
			at := all[r.Intn(len(all))]
			return text[:at[0]] + "pass\n" + text[at[1]:], "without " + text[at[0]:at[1]]
		}
		return text, "nothing"
	default:
		both := slices.Concat(function.FindAllStringSubmatchIndex(text, -1), method.FindAllStringSubmatchIndex(text, -1))
		if len(both) == 0 {
			return text, "nothing"
		}
		at := both[r.Intn(len(both))]
		return text[:at[6]] + name + "=3, " + text[at[6]:], "a parameter " + name
	}
}

// difference tells where a scan with what an earlier one found out says something else than one without, "" where it does not.
func difference(warm, cold string) string {
	if warm == cold {
		return ""
	}
	return "with what an earlier scan found out\n" + firstDifference(warm, cold) + "\nwithout\n" + firstDifference(cold, warm)
}

func firstDifference(a, b string) string {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	return a[max(0, i-80):min(len(a), i+200)]
}

func inBoth(before, after []*flow.Trace) int {
	was := map[*flow.Trace]bool{}
	for _, t := range before {
		was[t] = true
	}
	n := 0
	for _, t := range after {
		if was[t] {
			n++
		}
	}
	return n
}
