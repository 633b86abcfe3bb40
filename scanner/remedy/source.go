package remedy

import (
	"bytes"
	"sort"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/finding"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// change replaces the bytes from start to end of a file.
type change struct {
	file       *python.File
	start, end int32
	text       string
}

// edits turns changes of bytes into edits of whole lines, which is what people and tools read. Changes must not overlap.
func edits(changes []change) []finding.Edit {
	sort.SliceStable(changes, func(i, j int) bool {
		a, b := &changes[i], &changes[j]
		if a.file != b.file {
			return a.file.Path < b.file.Path
		}
		return a.start < b.start
	})
	var out []finding.Edit
	for i := 0; i < len(changes); {
		f := changes[i].file
		from := lineStart(f, changes[i].start)
		to := lineStop(f, changes[i].end)
		j := i + 1
		for ; j < len(changes) && changes[j].file == f && changes[j].start < to; j++ {
			to = max(to, lineStop(f, changes[j].end))
		}
		var b strings.Builder
		at := from
		for _, c := range changes[i:j] {
			b.Write(f.Source[at:c.start])
			b.WriteString(c.text)
			at = c.end
		}
		b.Write(f.Source[at:to])
		first, _ := f.Position(from)
		last, _ := f.Position(max(from, to-1))
		out = append(out, finding.Edit{Path: f.Path, StartLine: first, EndLine: last, Text: b.String()})
		i = j
	}
	return out
}

func lineStart(f *python.File, at int32) int32 {
	for at > 0 && f.Source[at-1] != '\n' {
		at--
	}
	return at
}

// lineStop is the offset behind the end of the line, its newline included.
func lineStop(f *python.File, at int32) int32 {
	for int(at) < len(f.Source) && f.Source[at] != '\n' {
		at++
	}
	return min(at+1, int32(len(f.Source)))
}

// newline is how the file ends its lines.
func newline(f *python.File) string {
	if i := bytes.IndexByte(f.Source, '\n'); i > 0 && f.Source[i-1] == '\r' {
		return "\r\n"
	}
	return "\n"
}

func indent(f *python.File, n python.Node) string {
	from := lineStart(f, n.Pos())
	line := string(f.Source[from:n.Pos()])
	return line[:len(line)-len(strings.TrimLeft(line, " \t"))]
}

// unit is one step of indentation of a function.
func unit(f *python.File, fn *program.Function) string {
	if fn != nil && fn.Def != nil && len(fn.Def.Body) > 0 {
		inner := indent(f, fn.Def.Body[0])
		if outer := indent(f, fn.Def); strings.HasPrefix(inner, outer) && len(inner) > len(outer) {
			return inner[len(outer):]
		}
	}
	return "    "
}

// quote is the quote that the file uses for strings, as its beginning shows.
func quote(f *python.File) string {
	if s := f.Source[:min(len(f.Source), 1<<16)]; bytes.Count(s, []byte("'")) > bytes.Count(s, []byte(`"`)) {
		return "'"
	}
	return `"`
}

// patched is a piece of source with changes that lie inside it, "" where one does not.
func patched(f *python.File, from, to int32, changes []change) string {
	text, at := "", from
	for _, c := range changes {
		if c.file != f || c.start < at || c.end > to {
			return ""
		}
		text += string(f.Source[at:c.start]) + c.text
		at = c.end
	}
	return text + string(f.Source[at:to])
}

// deeper is a text that begins with a statement, indented by one step.
func deeper(text, in, step, nl string) string {
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	for i, line := range lines {
		switch {
		case i == 0:
			lines[i] = in + step + line
		case line != "":
			lines[i] = step + line
		}
	}
	return strings.Join(lines, nl)
}

// statement is a statement with the block that it stands in.
type statement struct {
	block []python.Stmt
	at    int
}

func (s statement) node() python.Stmt { return s.block[s.at] }

// enclosing finds the innermost statement of a function that holds an offset.
func enclosing(fn *program.Function, at int32) (statement, bool) {
	if fn == nil || fn.Def == nil {
		return statement{}, false
	}
	var found statement
	ok := false
	var descend func(block []python.Stmt)
	descend = func(block []python.Stmt) {
		for i, s := range block {
			if s.Pos() <= at && at < s.Stop() {
				found, ok = statement{block, i}, true
				for _, inner := range blocks(s) {
					descend(inner)
				}
			}
		}
	}
	descend(fn.Def.Body)
	return found, ok
}

// blocks returns the blocks of a compound statement.
func blocks(s python.Stmt) [][]python.Stmt {
	switch s := s.(type) {
	case *python.If:
		return [][]python.Stmt{s.Body, s.Else}
	case *python.For:
		return [][]python.Stmt{s.Body, s.Else}
	case *python.While:
		return [][]python.Stmt{s.Body, s.Else}
	case *python.With:
		return [][]python.Stmt{s.Body}
	case *python.Try:
		out := [][]python.Stmt{s.Body, s.Else, s.Finally}
		for _, h := range s.Handlers {
			out = append(out, h.Body)
		}
		return out
	case *python.Match:
		var out [][]python.Stmt
		for _, c := range s.Cases {
			out = append(out, c.Body)
		}
		return out
	}
	return nil
}

// called returns the call of an expression that may be awaited, and the name of the method that is called.
func called(e python.Expr) (*python.Call, string) {
	if a, ok := e.(*python.Await); ok {
		e = a.Value
	}
	c, ok := e.(*python.Call)
	if !ok {
		return nil, ""
	}
	return c, c.Name()
}

// awaited tells whether the text before an expression awaits it.
func awaited(f *python.File, n python.Node) bool {
	before := strings.TrimRight(string(f.Source[lineStart(f, n.Pos()):n.Pos()]), " \t(")
	return strings.HasSuffix(before, "await")
}

// spansLines tells whether a string of the node goes over several lines, so that the node cannot be indented anew.
func spansLines(f *python.File, n python.Node) bool {
	found := false
	python.Walk(n, func(x python.Node) bool {
		switch x := x.(type) {
		case *python.Constant:
			found = found || strings.ContainsRune(x.Raw, '\n')
		case *python.JoinedStr:
			found = found || strings.ContainsRune(f.Text(x), '\n')
		}
		return !found
	})
	return found
}

// imported returns the change that imports a name at the top of a file; none when the name is there. ok is false when the name means
// something else there.
func imported(m *program.Module, from, name string) (c []change, ok bool) {
	if b := m.Names[name]; b != nil {
		return nil, b.Import != nil && family(b.Import.Module) == family(from)
	}
	f := m.File
	for _, s := range f.Body {
		if c, joined := joins(f, s, from, name); joined {
			return []change{c}, true
		}
	}
	return []change{importBeside(m, from, "from "+from+" import "+name, false)}, true
}

// family is the library that a module belongs to: SQLModel hands on the names of SQLAlchemy.
func family(module string) string {
	root, _, _ := strings.Cut(module, ".")
	if root == "sqlmodel" {
		return "sqlalchemy"
	}
	return root
}

// joins adds a name to a statement that imports from the same module, at its place in the order of the names.
func joins(f *python.File, s python.Stmt, from, name string) (change, bool) {
	i, ok := s.(*python.ImportFrom)
	if !ok || i.Module != from || i.Level != 0 || len(i.Names) == 0 {
		return change{}, false
	}
	text := f.Text(s)
	if strings.ContainsAny(text, "\\*#") {
		return change{}, false
	}
	_, list, _ := strings.Cut(text, " import ")
	at := i.Stop() - int32(len(list))
	if strings.HasPrefix(list, "(") {
		if c, ok := joinsLines(f, at, list, name); ok {
			return c, true
		}
		return joinsPacked(f, at, list, name)
	}
	for other := range strings.SplitSeq(list, ",") {
		if strings.TrimSpace(other) > name {
			at += int32(len(other) - len(strings.TrimLeft(other, " ")))
			return change{f, at, at, name + ", "}, true
		}
		at += int32(len(other)) + 1
	}
	if len(text)+len(name) > 118 {
		return change{}, false
	}
	return change{f, i.Stop(), i.Stop(), ", " + name}, true
}

// joinsLines adds a name to a list in brackets that has a line for each name and a comma after the last one.
func joinsLines(f *python.File, at int32, list, name string) (change, bool) {
	lines := strings.SplitAfter(list, "\n")
	if len(lines) < 3 || strings.TrimSpace(lines[0]) != "(" || strings.TrimSpace(lines[len(lines)-1]) != ")" || !strings.HasSuffix(strings.TrimSpace(lines[len(lines)-2]), ",") {
		return change{}, false
	}
	first := lines[1]
	line := first[:len(first)-len(strings.TrimLeft(first, " \t"))] + name + "," + newline(f)
	at += int32(len(lines[0]))
	for _, l := range lines[1 : len(lines)-1] {
		if strings.Trim(l, " \t\r\n,") > name {
			break
		}
		at += int32(len(l))
	}
	return change{f, at, at, line}, true
}

// joinsPacked adds a name behind the last one of any other list in brackets: on its line, or on one of its own where each name has one or
// the line is full.
func joinsPacked(f *python.File, at int32, list, name string) (change, bool) {
	names := strings.TrimRight(strings.TrimSuffix(list, ")"), ", \t\r\n")
	at += int32(len(names))
	breaks := strings.Count(names, "\n")
	last := names[strings.LastIndexByte(names, '\n')+1:]
	full := len(last)+len(name) > 86
	switch {
	case breaks == 0:
		return change{f, at, at, ", " + name}, !full
	case full, breaks > 1 && !strings.Contains(last, ","):
		return change{f, at, at, "," + newline(f) + last[:len(last)-len(strings.TrimLeft(last, " \t"))] + name}, true
	}
	return change{f, at, at, ", " + name}, true
}
