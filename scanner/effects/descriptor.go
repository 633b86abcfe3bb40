package effects

import (
	"strings"

	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// Open files: what is read and written through them stays the same file, whatever its name leads to by then.

var descriptors = Library{
	Funcs: []Named{
		{"builtins.open", openFile}, {"aiofiles.open", openFile}, {"io.open", openFile}, {"anyio.open_file", openFile}, {"gzip.open", openFile}, {"bz2.open", openFile}, {"lzma.open", openFile}, {"codecs.open", openFile}, {"aiofiles.threadpool.open", openFile},
		{"os.open", osOpen}, {"os.fdopen", fdOpen}, {"os.fstat", pathStat}, {"os.write", osWrite}, {"os.read", osRead}, {"os.close", closed}, {"os.fsync", closed},
		{"json.dump", dumpTo(1, "fp")}, {"pickle.dump", dumpTo(1, "file")}, {"yaml.dump", dumpTo(1, "stream")}, {"yaml.safe_dump", dumpTo(1, "stream")}, {"toml.dump", dumpTo(1, "f")}, {"tomli_w.dump", dumpTo(1, "fp")}, {"marshal.dump", dumpTo(1, "file")}, {"joblib.dump", dumpTo(1, "filename")}, {"shutil.copyfileobj", dumpTo(1, "fdst")},
		{"json.load", loadFrom}, {"pickle.load", loadFrom}, {"yaml.safe_load", loadFrom}, {"yaml.load", loadFrom}, {"yaml.full_load", loadFrom}, {"toml.load", loadFrom}, {"tomllib.load", loadFrom}, {"tomli.load", loadFrom}, {"csv.reader", loadFrom}, {"csv.DictReader", loadFrom}, {"joblib.load", loadFrom},
		{"csv.writer", writerOf}, {"csv.DictWriter", writerOf}, {"io.TextIOWrapper", pathSame},
		{"json.loads", decoded}, {"json.dumps", encoded}, {"orjson.loads", decoded}, {"orjson.dumps", encoded}, {"ujson.loads", decoded}, {"ujson.dumps", encoded}, {"pickle.loads", decoded}, {"pickle.dumps", encoded}, {"tomllib.loads", decoded}, {"toml.loads", decoded}, {"toml.dumps", encoded}, {"tomli_w.dumps", encoded},
		{"fcntl.flock", flock}, {"fcntl.lockf", flock}, {"portalocker.lock", flock}, {"portalocker.unlock", funlock},
	},
	Classes: []Class{{"file", "file"}, {"descriptor", "file"}, {"writer", "file writer"}},
	Methods: []Family{
		{"file", []Named{
			{"write", fileWrite}, {"writelines", fileWrite}, {"truncate", fileCut}, {"read", fileRead}, {"readlines", fileRead}, {"readline", fileRead}, {"__iter__", fileRead},
			{"writestr", fileWrite}, {"add", fileWrite}, {"addfile", fileWrite}, // of an archive
			{"fileno", self}, {"seek", closed}, {"flush", closed}, {"close", closed}, {"tell", closed}, {"__aiter__", fileRead},
		}},
		{"file writer", []Named{{"writerow", fileWrite}, {"writerows", fileWrite}, {"writeheader", fileWrite}}},
	},
	Attrs: []Getter{{"file", fileAttr}},
	Enter: []Enter{{"file", itself}},
	Exit:  []Exit{{"file", closeFile}},
}

// opened is the state of an open file.
type opened struct {
	path  *Value
	mode  string
	read  int // the operation by which its content was read, -1 when none
	write int // the operation by which it is written, -1 when none yet
	locks []string
}

// openedOf returns the open file behind a value, or nil.
func openedOf(v *Value) *opened {
	if v == nil || v.Obj == nil {
		return nil
	}
	o, _ := v.Obj.Extra.(*opened)
	return o
}

func (o *opened) writes() bool { return strings.ContainsAny(o.mode, "wxa+") }

// openFile is open(path, mode): the mode says whether it reads, overwrites, or creates and refuses what is there.
func openFile(c *Call) *Value {
	p, modeAt := pathArg(c, 0), 1
	if isPath(c.Recv) {
		modeAt = 0
	} else if p == nil {
		p = c.Keyword("file")
	}
	if p == nil {
		return nil
	}
	if f := openedOf(p); f != nil {
		return p // open(fd)
	}
	mode := "r"
	if m := c.Arg(modeAt, "mode"); m != nil {
		if s, ok := m.Str(); ok {
			mode = s
		}
	}
	return openAs(c, p, mode)
}

func openAs(c *Call, p *Value, mode string) *Value {
	f := &opened{path: p, mode: mode, read: -1, write: -1}
	switch {
	case strings.Contains(mode, "x"):
		f.write = fileOp(c, p, interleave.Op{Kind: interleave.Insert}, nil)
	case strings.Contains(mode, "w"):
		f.write = fileOp(c, p, interleave.Op{Kind: interleave.Update}, nil)
	case strings.Contains(mode, "a") || strings.Contains(mode, "+"): // read and written when it is
	default:
		f.read = fileOp(c, p, readOp(interleave.Rows), nil)
	}
	return fileValue(c.World, f)
}

func fileValue(w *World, f *opened) *Value {
	o := w.NewObject()
	o.Qual, o.Load, o.Extra = "file", f.read, f
	return &Value{Kind: ExtObject, Obj: o, Sym: "file(" + Template(f.path) + ")", Deps: f.path.Deps}
}

// osOpen is os.open: its flags say what open's mode says.
func osOpen(c *Call) *Value {
	if len(c.Args) < 2 {
		return nil
	}
	flags, mode := c.Args[1].Sym, "r"
	switch {
	case strings.Contains(flags, "O_EXCL"):
		mode = "x"
	case strings.Contains(flags, "O_TRUNC"):
		mode = "w"
	case strings.Contains(flags, "O_APPEND"):
		mode = "a"
	case strings.Contains(flags, "O_RDWR") || strings.Contains(flags, "O_WRONLY") || strings.Contains(flags, "O_CREAT"):
		mode = "r+"
	}
	return openAs(c, c.Args[0], mode)
}

// fdOpen makes a file object of a descriptor.
func fdOpen(c *Call) *Value {
	if openedOf(c.Arg(0, "fd")) != nil {
		return c.Args[0]
	}
	return nil
}

// closed is what leaves the content alone.
func closed(*Call) *Value { return None }

func fileAttr(w *World, recv *Value, name string) *Value {
	if f := openedOf(recv); f != nil && name == "name" {
		return f.path
	}
	return nil
}

func closeFile(w *World, recv *Value, raised bool) {
	f := openedOf(recv)
	if f == nil {
		return
	}
	for _, name := range f.locks {
		op := Op{Target: "flock"}
		op.Kind, op.Name, op.Scope = interleave.Release, name, interleave.SharedLock
		w.Emit(op)
	}
	f.locks = nil
}

// fileRead reads the content. A file that is read under a lock taken after it was opened shows what stands in it then.
func fileRead(c *Call) *Value {
	f := openedOf(c.Recv)
	if f == nil {
		return nil
	}
	return contentOf(c, f)
}

func contentOf(c *Call, f *opened) *Value {
	if f.read < 0 || lockedSince(c.World, f.read) {
		f.read = fileOp(c, f.path, readOp(interleave.Rows), nil)
	}
	v := result("content("+Template(f.path)+")", f.read)
	return v.Depending(c.written(f.path))
}

func lockedSince(w *World, op int) bool {
	for i := op + 1; i < len(w.Ops); i++ {
		if w.Ops[i].Kind == interleave.Acquire {
			return true
		}
	}
	return false
}

// fileWrite adds what is written to what the opening for writing derives from.
func fileWrite(c *Call) *Value {
	f := openedOf(c.Recv)
	if f == nil {
		return nil
	}
	put(c, f, c.argDeps())
	return None
}

// argDeps are what the arguments derive from, without the receiver.
func (c *Call) argDeps() Deps {
	var d Deps
	for _, a := range c.Args {
		d = d.With(a.AllDeps())
	}
	for _, k := range c.Kw {
		d = d.With(k.Value.AllDeps())
	}
	return d
}

func fileCut(c *Call) *Value { return None }

func put(c *Call, f *opened, deps Deps) {
	if !f.writes() {
		return
	}
	c.wrote(f.path, deps)
	if f.write < 0 {
		if strings.Contains(f.mode, "a") {
			return // appending leaves what others wrote
		}
		f.write = fileOp(c, f.path, interleave.Op{Kind: interleave.Update}, deps)
		return
	}
	feed(c.World, f.write, deps)
}

// feed records that an operation already emitted writes what derives from deps.
func feed(w *World, op int, deps Deps) {
	if op < 0 || op >= len(w.Ops) || w.Muted > 0 {
		return
	}
	all := Deps32(w.Ops[op].From).With(deps)
	w.Ops[op].From = w.Ops[op].From[:0:0]
	for _, d := range all {
		if int(d) < op {
			w.Ops[op].From = append(w.Ops[op].From, int(d))
		}
	}
}

func dumpTo(arg int, name string) Model {
	return func(c *Call) *Value {
		f := c.Arg(arg, name)
		if f == nil || len(c.Args) == 0 {
			return Opaque("dumped", c.Deps())
		}
		if o := openedOf(f); o != nil {
			deps := c.Args[0].AllDeps()
			if src := openedOf(c.Args[0]); src != nil {
				deps = deps.With(contentOf(c, src).Deps)
			}
			put(c, o, deps)
			return None
		}
		if isPath(f) || f.Name == formatted {
			deps := c.Args[0].AllDeps()
			fileOp(c, f, interleave.Op{Kind: interleave.Update}, deps)
			c.wrote(f, deps)
		}
		return None
	}
}

func loadFrom(c *Call) *Value {
	f := c.Arg(0, "fp")
	if o := openedOf(f); o != nil {
		return contentOf(c, o)
	}
	if isPath(f) {
		return readFile(c, f)
	}
	return Opaque("loaded", c.Deps())
}

// writerOf is an object that writes into an open file.
func writerOf(c *Call) *Value {
	f := openedOf(c.Arg(0, "f"))
	if f == nil {
		return nil
	}
	o := c.NewObject()
	o.Qual, o.Extra = "writer", f
	return &Value{Kind: ExtObject, Obj: o, Sym: c.Args[0].Sym}
}

func readFile(c *Call, p *Value) *Value {
	v := result("content("+Template(p)+")", fileOp(c, p, readOp(interleave.Rows), nil))
	return v.Depending(c.written(p))
}

func readPath(c *Call) *Value { return readFile(c, c.Recv) }

func writePath(c *Call) *Value {
	deps := c.argDeps()
	fileOp(c, c.Recv, interleave.Op{Kind: interleave.Update}, deps)
	c.wrote(c.Recv, deps)
	return None
}

func osWrite(c *Call) *Value {
	f := openedOf(c.Arg(0, ""))
	if f == nil {
		return nil
	}
	put(c, f, c.argDeps())
	return None
}

func osRead(c *Call) *Value {
	if f := openedOf(c.Arg(0, "")); f != nil {
		return contentOf(c, f)
	}
	return nil
}

// flock takes the lock of an open file. It lives outside the process, and ends with the file or by LOCK_UN.
func flock(c *Call) *Value {
	op := Op{Target: "flock"}
	op.Kind, op.Name, op.Scope = interleave.Acquire, "flock", interleave.SharedLock
	f := openedOf(c.Arg(0, "fd"))
	if f != nil {
		op.Name = "flock:" + fileKey(c.World, f.path)
	}
	if len(c.Args) > 1 {
		flags := c.Args[1].Sym
		if strings.Contains(flags, "LOCK_UN") || strings.Contains(flags, "UNLOCK") {
			op.Kind = interleave.Release
		}
		if strings.Contains(flags, "LOCK_NB") || strings.Contains(flags, "NON_BLOCKING") {
			op.Lock.NoWait, op.Flags = true, interleave.ResultUsed
		}
	}
	if f != nil && op.Kind == interleave.Acquire {
		f.locks = append(f.locks, op.Name)
	}
	c.Emit(op)
	return None
}

func funlock(c *Call) *Value {
	if f := openedOf(c.Arg(0, "fd")); f != nil {
		closeFile(c.World, c.Args[0], false)
	}
	return None
}
