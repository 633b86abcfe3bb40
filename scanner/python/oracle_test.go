package python

import (
	"bufio"
	"bytes"
	"fmt"
	"hash/crc32"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestOracle compares the tree with the one of CPython's ast module: kind, byte range and plain fields of
// every node. The default run takes a sample of each interpreter's library; MIDDLEBRICK_ORACLE=full takes
// everything, MIDDLEBRICK_CORPUS names further folders.
func TestOracle(t *testing.T) {
	pythons := interpreters()
	if len(pythons) == 0 {
		t.Skip("no python3 on PATH: the parser is not compared with CPython's")
	}
	full := os.Getenv("MIDDLEBRICK_ORACLE") == "full"
	for i, python := range pythons {
		budget := int64(600_000)
		if i == 0 {
			budget = 3_000_000
		}
		t.Run(python.version, func(t *testing.T) {
			if i > 0 && testing.Short() {
				t.Skip("one interpreter is enough for a short run")
			}
			files := pythonFiles(t, python.library)
			if i == 0 || full {
				for _, dir := range filepath.SplitList(os.Getenv("MIDDLEBRICK_CORPUS")) {
					files = append(files, pythonFiles(t, dir)...)
				}
			}
			if !full {
				files = sample(files, budget)
			}
			files = append(files, pythonFiles(t, "../../testdata/python")...)
			compare(t, python.path, files)
		})
	}
}

type interpreter struct{ path, version, library string }

// interpreters finds python3 on PATH and those of a version manager, by asking them.
func interpreters() []interpreter {
	candidates := []string{"python3"}
	if home, err := os.UserHomeDir(); err == nil {
		more, _ := filepath.Glob(filepath.Join(home, ".pyenv/versions/3.*/bin/python3"))
		candidates = append(candidates, more...)
	}
	const ask = `import sys, sysconfig; print("%d.%d.%d" % sys.version_info[:3]); print(sysconfig.get_path("stdlib")); print(*sys.version_info[:2])`
	var found []interpreter
	for _, c := range candidates {
		out, err := exec.Command(c, "-c", ask).Output()
		lines := strings.Split(strings.TrimSpace(string(out)), "\n")
		if err != nil || len(lines) != 3 {
			continue
		}
		var major, minor int
		fmt.Sscan(lines[2], &major, &minor)
		known := slices.ContainsFunc(found, func(i interpreter) bool { return i.version == lines[0] })
		if minor >= 8 && !known {
			found = append(found, interpreter{c, lines[0], lines[1]})
		}
	}
	return found
}

func pythonFiles(t testing.TB, dir string) (files []string) {
	t.Helper()
	dir, err := filepath.Abs(dir)
	if err != nil {
		t.Fatal(err)
	}
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && strings.HasSuffix(path, ".py") && !strings.Contains(path, "\n") {
			files = append(files, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// sample returns files of about that many bytes, the same ones each time.
func sample(files []string, bytes int64) []string {
	slices.Sort(files)
	random := rand.New(rand.NewPCG(3, 1415))
	random.Shuffle(len(files), func(i, j int) { files[i], files[j] = files[j], files[i] })
	for i, f := range files {
		if info, err := os.Stat(f); err == nil {
			bytes -= info.Size()
		}
		if bytes < 0 {
			return files[:i]
		}
	}
	return files
}

// record is one node.
type nodeRecord struct {
	kind       string
	start, end int
	sum        uint32
}

func compare(t *testing.T, python string, files []string) {
	t.Helper()
	cmd := exec.Command(python, "../../testdata/python/oracle.py")
	cmd.Stdin = strings.NewReader(strings.Join(files, "\n") + "\n")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	lines.Scan()
	var minor int
	fmt.Sscanf(lines.Text(), "3 %d", &minor)
	total := tally{}
	path := ""
	theirs := map[nodeRecord]int{}
	done := func() {
		if path != "" {
			total.file(t, path, theirs, minor)
		}
		path = ""
		clear(theirs)
	}
	for lines.Scan() {
		f := strings.Split(lines.Text(), " ")
		switch {
		case f[0] == "FILE":
			done()
			path = strings.TrimPrefix(lines.Text(), "FILE ")
		case f[0] == "REFUSED":
			done()
			total.refused++
		default:
			start, _ := strconv.Atoi(f[1])
			end, _ := strconv.Atoi(f[2])
			if minor < 9 {
				start, end = 0, 0 // places in 3.8 are wrong too often
			}
			sum, _ := strconv.ParseUint(f[3], 10, 32)
			theirs[nodeRecord{f[0], start, end, uint32(sum)}]++
		}
	}
	done()
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d files with %d nodes compared, %d differ, %d rejected here, %d in unknown encodings; CPython refused %d others",
		total.files, total.nodes, total.differ, total.rejected, total.encodings, total.refused)
	if total.files == 0 {
		t.Error("nothing was compared")
	}
}

type tally struct{ files, nodes, differ, rejected, refused, encodings int }

func (c *tally) file(t *testing.T, path string, theirs map[nodeRecord]int, minor int) {
	src, err := os.ReadFile(path)
	if err != nil {
		t.Error(err)
		return
	}
	f := Parse(path, src)
	c.files++
	if len(f.Errors) > 0 {
		e := f.Errors[0]
		if strings.HasPrefix(e.Message, "encoding ") {
			c.encodings++ // it says so; offsets cannot be compared
			return
		}
		line, column := f.Position(e.Offset)
		t.Errorf("%s:%d:%d: CPython accepts it: %s", path, line, column, e.Message)
		c.rejected++
		return
	}
	ours := map[nodeRecord]int{}
	for n, r := range records(f, minor >= 12) {
		if placeless(r.kind, minor) {
			continue
		}
		c.nodes++
		if minor < 9 {
			r.start, r.end = 0, 0
		}
		if !expected(theirs, n, r) {
			ours[r]++
		}
	}
	var diff []string
	for r, n := range ours {
		diff = append(diff, fmt.Sprintf("%d-%d here  %d× %s %q", r.start, r.end, n, r.kind, excerpt(f, r)))
	}
	for r, n := range theirs {
		if n > 0 && !placeless(r.kind, minor) {
			diff = append(diff, fmt.Sprintf("%d-%d there %d× %s %q", r.start, r.end, n, r.kind, excerpt(f, r)))
		}
	}
	if len(diff) > 0 {
		slices.Sort(diff)
		c.differ++
		t.Errorf("%s:\n  %s", path, strings.Join(diff[:min(len(diff), 8)], "\n  "))
	}
}

func excerpt(f *File, r nodeRecord) []byte {
	s := f.Source[min(r.start, len(f.Source)):min(max(r.start, r.end), len(f.Source))]
	return bytes.TrimSpace(s[:min(len(s), 60)])
}

// placeless tells which nodes had no place in older versions of CPython.
func placeless(kind string, minor int) bool {
	switch kind {
	case "alias":
		return minor < 10
	case "keyword":
		return minor < 9
	case "Slice", "Tuple":
		return minor < 9 // subscripts were built differently
	}
	return false
}

// expected takes the counterpart of a node out of theirs, and reports whether there is one.
func expected(theirs map[nodeRecord]int, n Node, r nodeRecord) bool {
	if theirs[r] > 0 {
		theirs[r]--
		return true
	}
	c, ok := n.(*Constant)
	if !ok || c.Kind != ConstStr {
		return false
	}
	// The parser leaves characters by name and surrogates as written; the script prints no checksum.
	if strings.Contains(c.Raw, `\`) {
		if r.sum = 0; theirs[r] > 0 {
			theirs[r]--
			return true
		}
	}
	// CPython drops comments from the text of `{x = # comment`, some versions of it.
	if c.begin == beginDebug && strings.Contains(c.Raw, "#") {
		for other, n := range theirs {
			if r.sum = other.sum; n > 0 && r == other {
				theirs[r]--
				return true
			}
		}
	}
	return false
}

// records yields all nodes of a file in the words of CPython.
func records(f *File, insideStrings bool) func(yield func(Node, nodeRecord) bool) {
	return func(yield func(Node, nodeRecord) bool) {
		for _, s := range f.Body {
			Walk(s, func(n Node) bool {
				kind, text := describe(n, insideStrings)
				sum := crc32.ChecksumIEEE([]byte(text))
				switch n.(type) {
				case *Name, *Attribute, *Arg, *Keyword, *Alias:
					if !isASCII(f.Source[n.Pos():n.Stop()]) {
						sum = 0
					}
				}
				yield(n, nodeRecord{kind, int(n.Pos()), int(n.Stop()), sum})
				switch n.(type) {
				case *JoinedStr:
					return insideStrings
				case *MatchSingleton:
					return false // its value is no node in CPython
				}
				return true
			})
		}
	}
}

var operatorNames = [...]string{"Add", "Sub", "Mult", "MatMult", "Div", "Mod", "Pow", "LShift", "RShift", "BitOr", "BitXor", "BitAnd", "FloorDiv"}
var unaryNames = [...]string{"Invert", "Not", "UAdd", "USub"}
var cmpNames = [...]string{"Eq", "NotEq", "Lt", "LtE", "Gt", "GtE", "Is", "IsNot", "In", "NotIn"}
var compNames = [...]string{"ListComp", "SetComp", "DictComp", "GeneratorExp"}
var paramNames = [...]string{"TypeVar", "TypeVarTuple", "ParamSpec"}
var constNames = [...]string{"NoneType", "bool True", "bool False", "ellipsis", "int", "float", "complex", "str", "bytes"}

func isASCII(s []byte) bool {
	return bytes.IndexFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
}

func when(b bool, s string) string {
	if b {
		return s
	}
	return ""
}

// describe returns the name of a node's class in CPython and its plain fields, as oracle.py prints them.
func describe(n Node, insideStrings bool) (kind, text string) {
	kind = strings.TrimPrefix(fmt.Sprintf("%T", n), "*python.")
	switch n := n.(type) {
	case *FunctionDef:
		async := "plain"
		if n.Async {
			async = "async"
		}
		text = fmt.Sprintf("%s %d %d %d %s %s %s", n.Name, len(n.Body), len(n.Decorators), len(n.TypeParams), async,
			describeArguments(n.Args), when(n.Returns != nil, "returns"))
	case *ClassDef:
		text = fmt.Sprintf("%s %d %d %d %d %d", n.Name, len(n.Body), len(n.Decorators), len(n.TypeParams), len(n.Bases), len(n.Keywords))
	case *Constant:
		text = describeConstant(n)
	case *Name:
		text = n.ID
	case *Attribute:
		text = n.Attr
	case *Arg:
		kind, text = "arg", n.Name
	case *Keyword:
		kind, text = "keyword", n.Name
	case *Alias:
		kind, text = "alias", n.Name+" "+n.AsName
	case *ImportFrom:
		text = fmt.Sprintf("%s %d %d", n.Module, n.Level, len(n.Names))
	case *Global:
		text = strings.Join(n.Names, " ")
	case *Nonlocal:
		text = strings.Join(n.Names, " ")
	case *ExprStmt:
		kind = "Expr"
	case *BinOp:
		text = operatorNames[n.Op]
	case *AugAssign:
		text = operatorNames[n.Op]
	case *UnaryOp:
		text = unaryNames[n.Op]
	case *BoolOp:
		text = map[bool]string{true: "Or", false: "And"}[n.Or] + strconv.Itoa(len(n.Values))
	case *Compare:
		var ops []string
		for _, op := range n.Ops {
			ops = append(ops, cmpNames[op])
		}
		text = strings.Join(ops, " ")
	case *Call:
		text = fmt.Sprintf("%d %d", len(n.Args), len(n.Keywords))
	case *Tuple:
		text = strconv.Itoa(len(n.Elts))
	case *List:
		text = strconv.Itoa(len(n.Elts))
	case *Set:
		text = strconv.Itoa(len(n.Elts))
	case *Dict:
		unpacked := 0
		for _, k := range n.Keys {
			if k == nil {
				unpacked++
			}
		}
		text = fmt.Sprintf("%d %d", len(n.Keys), unpacked)
	case *Lambda:
		text = describeArguments(n.Args)
	case *If:
		text = fmt.Sprintf("%d %d", len(n.Body), len(n.Else))
	case *While:
		text = fmt.Sprintf("%d %d", len(n.Body), len(n.Else))
	case *For:
		text = fmt.Sprintf("%d %d%s", len(n.Body), len(n.Else), when(n.Async, " async"))
	case *With:
		text = fmt.Sprintf("%d %d%s", len(n.Items), len(n.Body), when(n.Async, " async"))
	case *Try:
		text = fmt.Sprintf("%d %d %d %d %s", len(n.Body), len(n.Handlers), len(n.Else), len(n.Finally), when(n.Star, "star"))
	case *ExceptHandler:
		text = fmt.Sprintf("%s %d", n.Name, len(n.Body))
	case *Delete:
		text = strconv.Itoa(len(n.Targets))
	case *Assign:
		text = strconv.Itoa(len(n.Targets))
	case *Comp:
		kind = compNames[n.Kind]
		var clauses []string
		for _, g := range n.Generators {
			async := "0"
			if g.Async {
				async = "1"
			}
			clauses = append(clauses, strconv.Itoa(len(g.Ifs))+async)
		}
		text = strings.Join(clauses, " ")
	case *JoinedStr:
		if insideStrings {
			text = strconv.Itoa(len(n.Values)) + when(n.Template, " t")
		}
	case *FormattedValue:
		text = "-1"
		if n.Conversion != 0 {
			text = strconv.Itoa(int(n.Conversion))
		}
	case *Slice:
		for _, e := range []Expr{n.Lower, n.Upper, n.Step} {
			if e != nil {
				text += "x"
			} else {
				text += "-"
			}
		}
	case *Match:
		var cases []string
		for _, c := range n.Cases {
			cases = append(cases, when(c.Guard != nil, "if")+strconv.Itoa(len(c.Body)))
		}
		text = strings.Join(cases, " ")
	case *MatchSequence:
		text = strconv.Itoa(len(n.Patterns))
	case *MatchOr:
		text = strconv.Itoa(len(n.Patterns))
	case *MatchMapping:
		text = fmt.Sprintf("%d %s", len(n.Keys), n.Rest)
	case *MatchClass:
		text = strings.Join(append([]string{strconv.Itoa(len(n.Patterns))}, n.KwdAttrs...), " ")
	case *MatchStar:
		text = n.Name
	case *MatchAs:
		text = n.Name
	case *TypeParam:
		kind, text = paramNames[n.Stars], n.Name
	}
	return kind, text
}

func describeArguments(a *Arguments) string {
	defaults := 0
	for _, list := range [][]Arg{a.PosOnly, a.Args, a.KwOnly} {
		for _, p := range list {
			if p.Default != nil {
				defaults++
			}
		}
	}
	return fmt.Sprintf("%d %d %d %d %s %s", len(a.PosOnly), len(a.Args), len(a.KwOnly), defaults,
		when(a.VarArg != nil, "*"), when(a.KwArg != nil, "**"))
}

func describeConstant(c *Constant) string {
	text := constNames[c.Kind]
	switch c.Kind {
	case ConstStr:
		s, _ := c.Str()
		text += " " + s
	case ConstInt:
		if v, ok := c.Int(); ok && v < 1<<62 {
			text += " " + strconv.FormatInt(v, 10)
		} else {
			text += " big"
		}
	}
	return text
}
