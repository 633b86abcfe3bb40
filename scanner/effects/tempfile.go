package effects

import "strings"

// Temporary files: those whose name is made and opened in one step are nobody else's.

var temporary = Library{
	Funcs: []Named{
		{"tempfile.mkstemp", makeTemp}, {"tempfile.mkdtemp", tempDirName}, {"tempfile.gettempdir", tempRoot}, {"tempfile.mktemp", guessedName},
		{"tempfile.NamedTemporaryFile", tempFile}, {"tempfile.TemporaryFile", tempFile}, {"tempfile.SpooledTemporaryFile", tempFile}, {"aiofiles.tempfile.NamedTemporaryFile", tempFile}, {"aiofiles.tempfile.TemporaryFile", tempFile}, {"anyio.NamedTemporaryFile", tempFile}, {"anyio.TemporaryFile", tempFile},
		{"tempfile.TemporaryDirectory", tempDir}, {"aiofiles.tempfile.TemporaryDirectory", tempDir}, {"anyio.TemporaryDirectory", tempDir}, {"anyio.mkdtemp", tempDirName}, {"anyio.mkstemp", makeTemp},
	},
	Classes: []Class{{"temporary directory", "tempdir"}},
	Attrs: []Getter{{"tempdir", func(w *World, recv *Value, name string) *Value {
		if p, ok := recv.Obj.Extra.(*Value); ok && name == "name" {
			return p
		}
		return nil
	}}},
	Methods: []Family{{"tempdir", []Named{{"cleanup", closed}}}},
	Enter: []Enter{{"tempdir", func(w *World, recv *Value) *Value {
		p, _ := recv.Obj.Extra.(*Value)
		return p
	}}},
	Exit: []Exit{{"tempdir", func(*World, *Value, bool) {}}},
}

// tempRootName stands for the system's directory for temporary files.
const tempRootName = "/tmp"

func tempRoot(c *Call) *Value { return makePath(c.World, tempRootName, nil) }

// ownPath is a path that the library made up for this request alone, in the directory that was asked for.
func ownPath(c *Call) *Value {
	dir := tempRootName
	if d := c.Keyword("dir"); d != nil && !d.IsNone() {
		dir = Template(d)
	}
	return makePath(c.World, dir+"/{"+c.World.Fresh(temporaryName)+"}", nil)
}

// temporaryName is what the names of temporary files of one request begin with.
const temporaryName = "temporary"

// IsTemporary tells whether a path is one that the library made up for one request alone.
func IsTemporary(path string) bool { return strings.Contains(path, "{"+temporaryName+"#") }

func makeTemp(c *Call) *Value {
	p := ownPath(c)
	f := fileValue(c.World, &opened{path: p, mode: "w", read: -1, write: -1})
	return &Value{Kind: Sequence, Items: []*Value{f, p}}
}

func tempFile(c *Call) *Value {
	return fileValue(c.World, &opened{path: ownPath(c), mode: "w+", read: -1, write: -1})
}

func tempDirName(c *Call) *Value { return ownPath(c) }

func tempDir(c *Call) *Value {
	o := c.NewObject()
	p := ownPath(c)
	o.Qual, o.Extra = "temporary directory", p
	return &Value{Kind: ExtObject, Obj: o, Sym: p.Sym}
}

// GuessedName stands in a path for a name that tempfile.mktemp found free.
const GuessedName = "{mktemp()}"

// guessedName is mktemp: a name that was free when it was asked for.
func guessedName(c *Call) *Value { return makePath(c.World, tempRootName+"/"+GuessedName, nil) }
