package effects

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// Files that are looked into by their name: archives, images, scanners, tools. The answer speaks of what stood there then.

// The manners in which a file is read by its name; "" is reading its content by hand.
const (
	Inspected   = "inspect"
	Served      = "serve"
	Transferred = "transfer"
	Fetched     = "fetch"     // a name or URL, by the client that goes there
	Handed      = "hand over" // to a program or library that does not judge it
)

var inspection = Library{
	Funcs: []Named{
		{"magic.from_file", inspects}, {"imghdr.what", inspects}, {"filetype.guess", inspects}, {"filetype.guess_mime", inspects}, {"puremagic.from_file", inspects}, {"puremagic.magic_file", inspects},
		{"zipfile.is_zipfile", inspects}, {"tarfile.is_tarfile", inspects}, {"PIL.Image.open", opensInside}, {"pypdf.PdfReader", opensInside}, {"PyPDF2.PdfReader", opensInside}, {"fitz.open", opensInside},
		{"openpyxl.load_workbook", opensInside}, {"docx.Document", opensInside}, {"cv2.imread", inspects}, {"wave.open", opensInside},
		{"zipfile.ZipFile", opensInside}, {"tarfile.open", opensInside}, {"shutil.unpack_archive", unpacks}, {"py7zr.SevenZipFile", opensInside}, {"rarfile.RarFile", opensInside},
		{"subprocess.run", runsTool}, {"subprocess.check_output", runsTool}, {"subprocess.call", runsTool}, {"subprocess.check_call", runsTool}, {"subprocess.Popen", runsTool}, {"asyncio.create_subprocess_exec", runsTool}, {"asyncio.create_subprocess_shell", runsTool}, {"anyio.run_process", runsTool},
		{"git.Repo.clone_from", clones}, {"asyncio.open_connection", opensDialog},
	},
	Classes: []Class{{"archive", "archive"}, {"dialog", "dialog"}},
	Methods: []Family{
		{"archive", archiveMethods},
		{"dialog", []Named{{"write", says}, {"writelines", says}, {"drain", closed}, {"close", closed}, {"wait_closed", closed}, {"read", hears}, {"readline", hears}, {"readuntil", hears}, {"readexactly", hears}}},
	},
	Attrs: []Getter{{"archive", archiveAttr}},
	Enter: []Enter{{"archive", itself}},
	Shape: Examined,
	Exit:  []Exit{{"archive", func(*World, *Value, bool) {}}},
}

var archiveMethods = []Named{
	{"extractall", extracts}, {"extract", extracts}, {"verify", archiveAnswer}, {"infolist", archiveAnswer}, {"namelist", archiveAnswer}, {"getmembers", archiveAnswer}, {"getnames", archiveAnswer},
	{"testzip", archiveAnswer}, {"read", archiveAnswer}, {"open", archiveAnswer}, {"extractfile", archiveAnswer}, {"close", closed}, {"save", exportShape},
}

// archiveAttr is what an open file says of itself: the size of an image, the pages of a document.
func archiveAttr(w *World, v *Value, name string) *Value {
	if joined.methods["archive"][name] != nil {
		return nil
	}
	return Opaque(v.Sym+"."+name, Dep(v.Obj.Load))
}

// readBy emits a read of a file by its name.
func readBy(c *Call, p *Value, manner string) int {
	i := fileOp(c, p, readOp(interleave.Rows), nil)
	if i >= 0 {
		c.Ops[i].Own().Manner = manner
	}
	return i
}

func inspects(c *Call) *Value {
	p := c.Arg(0, "filename")
	if p == nil || !namesFile(c.World, p) {
		return nil
	}
	return result(Last(c.Name)+"("+Template(p)+")", readBy(c, p, Inspected))
}

// opensInside opens an archive, image or document by its name. One that is written is a file like any other.
func opensInside(c *Call) *Value {
	p := c.Arg(0, "name")
	if p == nil {
		p = c.Keyword("file") // of a zip archive
	}
	if p == nil {
		p = c.Keyword("fileobj")
	}
	o := c.NewObject()
	o.Qual, o.Load = "archive", -1
	v := &Value{Kind: ExtObject, Obj: o, Sym: Last(c.Name)}
	if m, ok := c.Arg(1, "mode").Str(); ok && m != "" && strings.ContainsRune("wxa", rune(m[0])) {
		switch {
		case openedOf(p) != nil:
			return p
		case p == nil || !namesFile(c.World, p):
			return nil
		}
		return openAs(c, p, m[:1])
	}
	if strings.HasPrefix(c.Name, "tarfile") {
		o.Extra = "tar"
	}
	if p == nil || openedOf(p) != nil || !namesFile(c.World, p) {
		if p != nil {
			v.Deps = p.AllDeps()
		}
		return v
	}
	o.Load = readBy(c, p, Inspected)
	v.Sym, v.Deps = Last(c.Name)+"("+Template(p)+")", Dep(o.Load)
	return v
}

// namesFile tells whether a value is the name of a file: a path, or a text by which this request used one.
func namesFile(w *World, v *Value) bool {
	if isPath(v) {
		return true
	}
	t := Template(v)
	return strings.Contains(t, "/") || w.knows(t)
}

// knows tells whether this request used a file of the name.
func (w *World) knows(t string) bool {
	for i := range w.Ops {
		if op := &w.Ops[i]; op.Res.Store == interleave.File && strings.TrimSuffix(op.Res.Key, "#") == t {
			return true
		}
	}
	return false
}

func archiveAnswer(c *Call) *Value {
	v := Opaque(c.Recv.Sym+"."+c.Name, Dep(c.Recv.Obj.Load).With(c.Recv.Deps))
	v.Src = int32(c.Recv.Obj.Load + 1)
	if c.Name == "verify" {
		c.Demand(v.Deps, "")
	}
	return v
}

// extracts unpacks an archive. A tar archive may hold links, unless its filter refuses them.
func extracts(c *Call) *Value {
	dir := c.Arg(0, "path")
	if c.Recv.Obj.Extra == "tar" {
		plantsLinks(c, dir)
	}
	if dir != nil {
		member := Formatted(Template(dir)+"/{member}", dir.Deps)
		fileOp(c, member, interleave.Op{Kind: interleave.Update}, Dep(c.Recv.Obj.Load).With(c.Recv.Deps))
	}
	return None
}

func unpacks(c *Call) *Value {
	if p := c.Arg(0, "filename"); p != nil && namesFile(c.World, p) {
		readBy(c, p, Inspected)
	}
	plantsLinks(c, c.Arg(1, "extract_dir"))
	return None
}

func plantsLinks(c *Call, dir *Value) {
	if dir == nil {
		return
	}
	filter := c.Keyword("filter")
	if f, ok := filter.Str(); ok && f == "data" || filter != nil && strings.HasSuffix(filter.Sym, "data_filter") {
		return
	}
	linkOp(c, dir, interleave.Update)
}

// linkOp is an operation on what a name leads to.
func linkOp(c *Call, p *Value, k interleave.Kind) int {
	op := interleave.Op{Kind: k}
	op.Res = interleave.Resource{Store: interleave.File, Name: Links, Key: fileKey(c.World, p)}
	if k == interleave.Update {
		op.Set = []interleave.Assignment{{Column: "target"}}
	}
	return c.Emit(Op{Op: op, Target: op.Res.Key})
}

// Links is the name of the resource that holds where names lead to.
const Links = "links"

// examines tells by its name whether a function looks at a file to judge it.
func examines(name string) bool {
	name = strings.ToLower(name)
	for _, w := range []string{"scan", "check", "verify", "validate", "inspect", "detect", "probe", "sniff", "is_safe", "is_valid", "is_clean", "is_infected"} {
		if strings.Contains(name, w) {
			return true
		}
	}
	return false
}

// Examined recognises a call of something unknown that examines a file which it is given by name.
func Examined(c *Call) *Value {
	if len(c.Args) == 0 {
		return nil
	}
	if !examines(Last(c.Name)) {
		return handedOver(c)
	}
	for _, a := range c.Args {
		if !isPath(a) && (a.Kind == Const || a.Sym == "" || !c.knows(Template(a))) {
			continue
		}
		i := readBy(c, a, Inspected)
		if i >= 0 {
			c.Ops[i].Guess = true
		}
		return result(c.Name+"("+Template(a)+")", i).Depending(c.argDeps())
	}
	return nil
}

// plain are names of functions that do nothing with the file whose name they are given.
var plain = []string{"debug", "info", "warning", "error", "exception", "critical", "log", "print", "str", "repr", "append", "add", "extend", "add_task", "format", "replace", "split", "endswith", "startswith", "quote", "escape", "match", "search", "fullmatch", "sub", "compile", "chmod", "chown", "utime", "save", "savefig", "imwrite", "to_csv", "to_excel", "to_json", "to_parquet", "write", "download", "download_file", "export", "render", "urlretrieve"}

// handedOver reads a file that this request wrote or looked into, when its name is given to something unknown.
func handedOver(c *Call) *Value {
	for _, a := range c.Args {
		if (isPath(a) || a.Name == formatted) && !slices.Contains(plain, Last(c.Name)) && (c.wroteHere(a) || c.readHere(a)) {
			if i := readBy(c, a, Handed); i >= 0 {
				c.Ops[i].Guess = true
			}
			return nil
		}
	}
	return nil
}

// wroteHere tells whether this request wrote a file.
func (w *World) wroteHere(p *Value) bool {
	t := Template(p)
	for i := range w.Ops {
		if op := &w.Ops[i]; op.Kind == interleave.Update && op.Res.Store == interleave.File && strings.TrimSuffix(op.Res.Key, "#") == t {
			return true
		}
	}
	return false
}

// judgedHere tells whether this request looked at a file by its name to judge it.
func (w *World) judgedHere(p *Value) bool {
	t := Template(p)
	return slices.ContainsFunc(w.Ops, func(op Op) bool {
		return op.Kind == interleave.Read && op.Res.Store == interleave.File && op.Res.Name != Links && op.Rare().Manner == Inspected && op.Res.Key == t
	})
}

// readHere tells whether this request looked into a file.
func (w *World) readHere(p *Value) bool {
	t := Template(p)
	return slices.ContainsFunc(w.Ops, func(op Op) bool {
		return op.Kind == interleave.Read && op.Res.Store == interleave.File && op.Res.Name != Links && op.Res.Aggregate == interleave.Rows && op.Rare().Manner == "" && op.Res.Key == t
	})
}

// dialog is a connection to another program: what it answers speaks of what it was told.
type dialog struct{ told []string }

func opensDialog(c *Call) *Value {
	c.Suspend(true)
	o := c.NewObject()
	o.Qual, o.Extra = "dialog", &dialog{}
	v := &Value{Kind: ExtObject, Obj: o, Sym: "connection"}
	return &Value{Kind: Sequence, Items: []*Value{v, v}}
}

func says(c *Call) *Value {
	d, ok := c.Recv.Obj.Extra.(*dialog)
	if !ok || len(c.Args) == 0 || c.Muted > 0 {
		return None
	}
	for i := range c.Ops {
		key := c.Ops[i].Target
		if op := &c.Ops[i]; op.Res.Store == interleave.File && len(key) > 2 && strings.Contains(c.Args[0].Sym, strings.TrimSuffix(key, "#")) && !slices.Contains(d.told, key) {
			d.told = append(d.told, key)
		}
	}
	return None
}

// hears reads the answer, which may be about files that were named.
func hears(c *Call) *Value {
	d, ok := c.Recv.Obj.Extra.(*dialog)
	if !ok {
		return nil
	}
	var deps Deps
	src := -1
	for _, key := range d.told {
		src = readBy(c, makePath(c.World, strings.TrimSuffix(key, "#"), nil), Inspected)
		deps = deps.With(Dep(src))
	}
	v := Opaque("answer", deps)
	v.Src = int32(src + 1)
	return v
}
