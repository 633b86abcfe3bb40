package effects

import (
	"strings"

	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// Files: os, pathlib, shutil, tempfile, aiofiles, anyio.Path, and what serves files.

var files = Library{
	Funcs: map[string]Model{
		"os.path.exists": pathTest(0), "os.path.isfile": pathTest(0), "os.path.isdir": pathTest(0), "os.path.lexists": pathTest(0), "os.path.islink": pathTest(0),
		"os.stat": pathTest(0), "os.access": pathTest(0), "os.path.getsize": pathTest(0), "os.path.getmtime": pathTest(0), "os.listdir": pathTest(0), "os.scandir": pathTest(0),
		"aiofiles.os.path.exists": pathTest(0), "aiofiles.os.path.isfile": pathTest(0), "aiofiles.ospath.exists": pathTest(0), "aiofiles.os.stat": pathTest(0),
		"os.remove": pathRemove(0), "os.unlink": pathRemove(0), "os.rmdir": pathRemove(0), "shutil.rmtree": pathRemove(0), "aiofiles.os.remove": pathRemove(0), "aiofiles.os.unlink": pathRemove(0),
		"os.rename": pathMove, "os.replace": pathMove, "shutil.move": pathMove, "aiofiles.os.rename": pathMove, "aiofiles.os.replace": pathMove,
		"shutil.copy": pathCopy, "shutil.copyfile": pathCopy, "shutil.copy2": pathCopy, "shutil.copytree": pathCopy, "os.link": pathMove, "os.symlink": pathMove,
		"os.mkdir": makeDir, "os.makedirs": makeDir, "aiofiles.os.makedirs": makeDir, "aiofiles.os.mkdir": makeDir,
		"builtins.open": openFile, "aiofiles.open": openFile, "io.open": openFile, "anyio.open_file": openFile, "gzip.open": openFile, "os.open": osOpen,
		"fastapi.responses.FileResponse": servePath, "fastapi.FileResponse": servePath,
		"os.path.join": joinPath, "os.path.abspath": firstArg, "os.path.realpath": firstArg, "os.path.normpath": firstArg, "os.fspath": firstArg, "os.path.expanduser": firstArg,
		"pathlib.Path": newPath, "pathlib.PurePath": newPath, "anyio.Path": newPath, "pathlib.PosixPath": newPath, "aiopath.AsyncPath": newPath,
		"json.dump": dumpTo(1), "pickle.dump": dumpTo(1), "yaml.dump": dumpTo(1), "yaml.safe_dump": dumpTo(1), "json.load": loadFrom, "pickle.load": loadFrom, "yaml.safe_load": loadFrom, "yaml.load": loadFrom,
		"json.loads": firstArg, "json.dumps": firstArg, "shutil.copyfileobj": dumpTo(1),
		"fcntl.flock": flock, "fcntl.lockf": flock,
	},
	Classes: map[string]string{"pathlib.Path": "path", "anyio.Path": "path", "file": "file"},
	Methods: map[string]map[string]Model{
		"path": {
			"exists": pathTest(-1), "is_file": pathTest(-1), "is_dir": pathTest(-1), "is_symlink": pathTest(-1), "stat": pathTest(-1), "lstat": pathTest(-1), "iterdir": pathTest(-1), "glob": pathTest(-1),
			"unlink": pathRemove(-1), "rmdir": pathRemove(-1), "rename": pathMoveTo, "replace": pathMoveTo,
			"open": openFile, "read_text": readPath, "read_bytes": readPath, "write_text": writePath, "write_bytes": writePath,
			"mkdir": makeDir, "touch": touch, "symlink_to": pathMoveTo, "__truediv__": joinPath, "joinpath": joinPath, "with_suffix": joinPath, "with_name": joinPath,
			"resolve": self, "absolute": self, "expanduser": self, "is_relative_to": func(c *Call) *Value { return Opaque("is_relative_to("+c.Recv.Sym+")", nil) },
			"as_posix": self, "__str__": self, "relative_to": self,
		},
		"file": {"write": fileWrite, "read": fileRead, "readlines": fileRead, "readline": fileRead, "writelines": fileWrite, "__iter__": fileRead, "fileno": self, "seek": self, "truncate": fileWrite, "flush": self, "close": self},
	},
	Attrs: map[string]func(*World, *Value, string) *Value{"path": pathAttr, "file": func(w *World, v *Value, name string) *Value { return nil }},
	Enter: map[string]func(*World, *Value) *Value{"file": func(w *World, v *Value) *Value { return v }},
	Exit:  map[string]func(*World, *Value, bool){"file": func(*World, *Value, bool) {}},
}

func newPath(c *Call) *Value {
	if len(c.Args) == 1 && c.Args[0].Obj != nil && c.Args[0].Obj.Qual == "pathlib.Path" {
		return c.Args[0]
	}
	return makePath(c.World, pathSym(c.Args...), c.Deps())
}

func makePath(w *World, sym string, deps Deps) *Value {
	o := w.NewObject()
	o.Qual = "pathlib.Path"
	return &Value{Kind: ExtObject, Obj: o, Sym: sym, Deps: deps}
}

func pathSym(parts ...*Value) string {
	var out []string
	for _, p := range parts {
		if s, ok := p.Str(); ok {
			out = append(out, s)
		} else {
			out = append(out, p.Sym)
		}
	}
	return clip(strings.Join(out, "/"))
}

func joinPath(c *Call) *Value {
	parts := c.Args
	if c.Recv != nil {
		parts = append([]*Value{c.Recv}, parts...)
	}
	return makePath(c.World, pathSym(parts...), c.Deps())
}

func pathAttr(w *World, recv *Value, name string) *Value {
	switch name {
	case "parent":
		return makePath(w, "parent("+recv.Sym+")", recv.Deps)
	case "name", "stem", "suffix":
		return Opaque(recv.Sym+"."+name, recv.Deps)
	}
	return nil
}

// pathArg returns the path that a call is about: an argument, or the receiver for -1.
func pathArg(c *Call, i int) *Value {
	if i < 0 || c.Recv != nil && c.Recv.Kind == ExtObject && c.Recv.Obj.Qual == "pathlib.Path" {
		return c.Recv
	}
	if i < len(c.Args) {
		return c.Args[i]
	}
	return nil
}

// fileOp emits an operation on a path.
func fileOp(c *Call, p *Value, k interleave.Kind, agg interleave.Aggregate, flags interleave.Flags, deps Deps) int {
	if p == nil {
		return -1
	}
	sym := pathSym(p)
	op := Op{Target: sym}
	op.Kind, op.Flags = k, flags
	op.Res = interleave.Resource{Store: interleave.File, Name: "file", Key: sym, Aggregate: agg}
	op.From = p.Deps.With(deps).Ints()
	if k == interleave.Insert {
		op.Unique = [][]string{{"path"}}
		op.Set = []interleave.Assignment{{Column: "path", Value: sym}}
	}
	return c.Emit(op)
}

func result(name string, i int) *Value {
	v := Opaque(name, Dep(i))
	v.Src = int32(i + 1)
	return v
}

func pathTest(arg int) Model {
	return func(c *Call) *Value {
		p := pathArg(c, arg)
		if p == nil {
			return nil
		}
		return result("exists("+p.Sym+")", fileOp(c, p, interleave.Read, interleave.Exists, 0, nil))
	}
}

func pathRemove(arg int) Model {
	return func(c *Call) *Value {
		if p := pathArg(c, arg); p != nil {
			fileOp(c, p, interleave.Delete, 0, 0, nil)
			return None
		}
		return nil
	}
}

func pathMove(c *Call) *Value {
	if len(c.Args) < 2 {
		return nil
	}
	fileOp(c, c.Args[1], interleave.Update, 0, 0, c.Args[0].Deps)
	return None
}

func pathMoveTo(c *Call) *Value {
	if len(c.Args) < 1 {
		return nil
	}
	fileOp(c, c.Args[0], interleave.Update, 0, 0, c.Recv.Deps)
	return c.Args[0]
}

func pathCopy(c *Call) *Value {
	if len(c.Args) < 2 {
		return nil
	}
	i := fileOp(c, c.Args[0], interleave.Read, 0, 0, nil)
	fileOp(c, c.Args[1], interleave.Update, 0, 0, Dep(i))
	return None
}

func makeDir(c *Call) *Value {
	p := pathArg(c, 0)
	if p == nil || c.True("exist_ok") {
		return None
	}
	fileOp(c, p, interleave.Insert, 0, 0, nil)
	return None
}

func touch(c *Call) *Value {
	if e := c.Keyword("exist_ok"); e != nil && e.Truth() == "False" {
		fileOp(c, c.Recv, interleave.Insert, 0, 0, nil)
		return None
	}
	fileOp(c, c.Recv, interleave.Update, 0, 0, nil)
	return None
}

// openFile is open(path, mode): the mode says whether it reads, overwrites, or creates and refuses what is there.
func openFile(c *Call) *Value {
	p, modeAt := pathArg(c, 0), 1
	if c.Recv != nil && p == c.Recv {
		modeAt = 0
	}
	if p == nil {
		return nil
	}
	mode := "r"
	if m := c.Arg(modeAt, "mode"); m != nil {
		mode, _ = m.Str()
	}
	var i int
	switch {
	case strings.Contains(mode, "x"):
		i = fileOp(c, p, interleave.Insert, 0, 0, nil)
	case strings.Contains(mode, "w"):
		i = fileOp(c, p, interleave.Update, 0, 0, nil)
	case strings.Contains(mode, "a"):
		i = -1
	default:
		i = fileOp(c, p, interleave.Read, 0, 0, nil)
	}
	o := c.NewObject()
	o.Qual, o.Load, o.Extra = "file", i, &opened{path: p, write: strings.ContainsAny(mode, "wx+"), op: i}
	return &Value{Kind: ExtObject, Obj: o, Sym: "file(" + p.Sym + ")", Deps: p.Deps}
}

type opened struct {
	path  *Value
	write bool
	op    int
}

func osOpen(c *Call) *Value {
	if len(c.Args) < 2 {
		return nil
	}
	k := interleave.Read
	if strings.Contains(c.Args[1].Sym, "O_EXCL") {
		k = interleave.Insert
	} else if strings.Contains(c.Args[1].Sym, "O_CREAT") || strings.Contains(c.Args[1].Sym, "O_WRONLY") {
		k = interleave.Update
	}
	fileOp(c, c.Args[0], k, 0, 0, nil)
	return Opaque("fd", c.Args[0].Deps)
}

func fileRead(c *Call) *Value {
	f, ok := c.Recv.Obj.Extra.(*opened)
	if !ok {
		return nil
	}
	return result("content("+f.path.Sym+")", f.op)
}

// fileWrite adds what is written to what the opening for writing derives from.
func fileWrite(c *Call) *Value {
	f, ok := c.Recv.Obj.Extra.(*opened)
	if !ok {
		return nil
	}
	feed(c.World, f.op, c.Deps())
	return None
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

func dumpTo(arg int) Model {
	return func(c *Call) *Value {
		f := c.Arg(arg, "fp")
		if f == nil || f.Obj == nil {
			return Opaque("dumped", c.Deps())
		}
		if o, ok := f.Obj.Extra.(*opened); ok {
			feed(c.World, o.op, c.Args[0].AllDeps())
		}
		return None
	}
}

func loadFrom(c *Call) *Value {
	f := c.Arg(0, "fp")
	if f == nil || f.Obj == nil {
		return Opaque("loaded", c.Deps())
	}
	if o, ok := f.Obj.Extra.(*opened); ok {
		return result("content("+o.path.Sym+")", o.op)
	}
	return nil
}

func readPath(c *Call) *Value {
	return result("content("+c.Recv.Sym+")", fileOp(c, c.Recv, interleave.Read, 0, 0, nil))
}

func writePath(c *Call) *Value {
	var deps Deps
	if len(c.Args) > 0 {
		deps = c.Args[0].AllDeps()
	}
	fileOp(c, c.Recv, interleave.Update, 0, 0, deps)
	return None
}

// servePath opens the path again by name to send it.
func servePath(c *Call) *Value {
	p := c.Arg(0, "path")
	if p == nil {
		return nil
	}
	return result("response", fileOp(c, p, interleave.Read, 0, 0, nil))
}

func flock(c *Call) *Value {
	op := Op{Target: "flock"}
	op.Kind, op.Name, op.Scope = interleave.Acquire, "flock", interleave.SharedLock
	if len(c.Args) > 0 {
		op.Name = "flock:" + strings.TrimPrefix(c.Args[0].Sym, "file")
	}
	if len(c.Args) > 1 && strings.Contains(c.Args[1].Sym, "LOCK_UN") {
		op.Kind = interleave.Release
	}
	c.Emit(op)
	return None
}
