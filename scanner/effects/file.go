package effects

import (
	"strings"

	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// Files by their names: os, os.path, pathlib, shutil, aiofiles, anyio.Path. What is open stands in descriptor.go.

var files = Library{
	Funcs: []Named{
		{"os.path.exists", pathTest}, {"os.path.isfile", pathTest}, {"os.path.isdir", pathTest}, {"os.path.lexists", pathTest}, {"os.path.islink", linkTest}, {"os.access", pathTest},
		{"aiofiles.os.path.exists", pathTest}, {"aiofiles.os.path.isfile", pathTest}, {"aiofiles.os.path.isdir", pathTest}, {"aiofiles.os.access", pathTest},
		{"aiofiles.ospath.exists", pathTest}, {"aiofiles.ospath.isfile", pathTest}, {"aiofiles.ospath.isdir", pathTest},
		{"os.stat", pathStat}, {"os.lstat", pathStat}, {"os.path.getsize", pathStat}, {"os.path.getmtime", pathStat}, {"aiofiles.os.stat", pathStat}, {"aiofiles.os.path.getsize", pathStat}, {"aiofiles.ospath.getsize", pathStat},
		{"os.listdir", pathList}, {"os.scandir", pathList}, {"aiofiles.os.listdir", pathList}, {"aiofiles.os.scandir", pathList}, {"glob.glob", firstArg},
		{"os.remove", pathRemove}, {"os.unlink", pathRemove}, {"os.rmdir", pathRemove}, {"shutil.rmtree", pathRemove}, {"aiofiles.os.remove", pathRemove}, {"aiofiles.os.unlink", pathRemove}, {"aiofiles.os.rmdir", pathRemove},
		{"os.rename", pathMove}, {"os.replace", pathMove}, {"shutil.move", pathMove}, {"aiofiles.os.rename", pathMove}, {"aiofiles.os.replace", pathMove}, {"aiofiles.os.renames", pathMove}, {"os.renames", pathMove},
		{"shutil.copy", pathCopy}, {"shutil.copyfile", pathCopy}, {"shutil.copy2", pathCopy}, {"shutil.copytree", copyTree}, {"shutil.make_archive", packs},
		{"os.link", pathLink}, {"os.symlink", pathLink}, {"aiofiles.os.link", pathLink}, {"aiofiles.os.symlink", pathLink},
		{"os.mkdir", makeDir}, {"os.makedirs", makeDir}, {"aiofiles.os.makedirs", makeDir}, {"aiofiles.os.mkdir", makeDir},
		{"fastapi.responses.FileResponse", servePath}, {"fastapi.FileResponse", servePath},
		{"os.path.join", joinPath}, {"os.path.abspath", pathSame}, {"os.path.realpath", resolved}, {"os.path.normpath", pathSame}, {"os.fspath", pathSame}, {"os.path.expanduser", pathSame}, {"os.path.expandvars", pathSame},
		{"os.path.commonpath", containedAll}, {"os.path.commonprefix", containedAll}, {"os.path.dirname", dirName}, {"os.path.basename", baseName}, {"os.path.splitext", splitExt},
		{"pathlib.Path", newPath}, {"pathlib.PurePath", newPath}, {"pathlib.PurePosixPath", newPath}, {"pathlib.PosixPath", newPath}, {"anyio.Path", newPath}, {"aiopath.AsyncPath", newPath}, {"aiopath.Path", newPath},
		{"pathlib.Path.cwd", currentDir}, {"os.getcwd", currentDir}, {"pathlib.Path.home", homeDir},
	},
	Classes: pathClasses,
	Methods: []Family{
		{"path", []Named{
			{"exists", pathTest}, {"is_file", pathTest}, {"is_dir", pathTest}, {"is_symlink", linkTest}, {"stat", pathStat}, {"lstat", pathStat}, {"iterdir", pathList}, {"glob", pathList}, {"rglob", pathList},
			{"unlink", pathRemove}, {"rmdir", pathRemove}, {"rename", pathMoveTo}, {"replace", pathMoveTo}, {"symlink_to", pathLinkTo}, {"hardlink_to", pathLinkTo}, {"copy", pathCopy}, {"move", pathMove},
			{"open", openFile}, {"read_text", readPath}, {"read_bytes", readPath}, {"write_text", writePath}, {"write_bytes", writePath},
			{"mkdir", makeDir}, {"touch", touch}, {"__truediv__", joinPath}, {"joinpath", joinPath}, {"with_suffix", withSuffix}, {"with_name", withName},
			{"resolve", resolved}, {"startswith", contained}, {"absolute", self}, {"expanduser", self}, {"as_posix", self}, {"__str__", self}, {"__fspath__", self}, {"relative_to", pathAfter}, {"is_relative_to", contained},
		}},
	},
	Attrs: []Getter{{"path", pathAttr}},
}

// pathArg returns the path that a call is about: the receiver of a method of a path, or the i-th argument.
func pathArg(c *Call, i int) *Value {
	if isPath(c.Recv) {
		return c.Recv
	}
	if c.Recv == nil && i < len(c.Args) {
		return c.Args[i]
	}
	return nil
}

// destination is the second path of a call: of a function its second argument, of a method its first.
func destination(c *Call) *Value {
	if isPath(c.Recv) {
		return c.Arg(0, "target")
	}
	return c.Arg(1, "dst")
}

// fileOp emits an operation on a path.
func fileOp(c *Call, p *Value, op interleave.Op, deps Deps) int {
	if p == nil {
		return -1
	}
	key := fileKey(c.World, p)
	op.Res.Store, op.Res.Name, op.Res.Key = interleave.File, "file", key
	op.From = p.Deps.With(deps).Ints()
	switch op.Kind {
	case interleave.Insert:
		op.Unique = [][]string{{"path"}}
		op.Set = []interleave.Assignment{{Column: "path", Value: key}}
	case interleave.Update:
		op.Set = []interleave.Assignment{{Column: "content"}}
	}
	return c.Emit(Op{Op: op, Target: key})
}

func readOp(agg interleave.Aggregate) interleave.Op {
	op := interleave.Op{Kind: interleave.Read}
	op.Res.Aggregate = agg
	return op
}

func result(name string, i int) *Value {
	v := Opaque(name, Dep(i))
	v.Src = int32(i + 1)
	return v
}

// pathTest asks whether something is there.
func pathTest(c *Call) *Value {
	p := pathArg(c, 0)
	if p == nil {
		return nil
	}
	return result("exists("+Template(p)+")", fileOp(c, p, readOp(interleave.Exists), nil))
}

// linkTest asks whether a name is a link: whether there is something, and where it leads to.
func linkTest(c *Call) *Value {
	v := pathTest(c)
	if v == nil {
		return nil
	}
	i := linkOp(c, pathArg(c, 0), interleave.Read)
	asked := result(v.Sym, i)
	asked.Deps = asked.Deps.With(v.Deps)
	return asked
}

// pathStat looks at the file by its name: its size, its age; it raises when nothing is there.
func pathStat(c *Call) *Value {
	p := pathArg(c, 0)
	if p == nil {
		return nil
	}
	if o := openedOf(p); o != nil {
		return Opaque("stat("+Template(o.path)+")", Dep(o.read)) // os.stat(fd)
	}
	if strings.Contains(c.Name, "mtime") {
		return Opaque("stat("+Template(p)+")", nil) // how old it is decides when to read it again, not whether it is good
	}
	i := readBy(c, p, Inspected)
	if i >= 0 {
		c.Ops[i].Raises = true
	}
	return result("stat("+Template(p)+")", i)
}

// pathList lists a directory: what is in it, not the directory, is what was seen.
func pathList(c *Call) *Value {
	p := pathArg(c, 0)
	if p == nil {
		return nil
	}
	inside := Formatted(Template(p)+"/*", p.Deps)
	v := result("list("+Template(p)+")", fileOp(c, inside, readOp(interleave.Rows), nil))
	return &Value{Kind: Sequence, Elem: makePath(c.World, Template(p)+"/{entry}", v.Deps), Deps: v.Deps, Sym: v.Sym, Src: v.Src}
}

// pathRemove takes a file away. When it is gone already, the call fails, or was told not to mind: either way nobody takes it twice.
func pathRemove(c *Call) *Value {
	p := pathArg(c, 0)
	if p == nil {
		return nil
	}
	fileOp(c, p, interleave.Op{Kind: interleave.Delete, Flags: interleave.ResultUsed}, nil)
	return None
}

// pathMove gives a file another name: what stands there then is what the old name led to.
func pathMove(c *Call) *Value { return transfer(c, true) }

func pathMoveTo(c *Call) *Value {
	transfer(c, true)
	return c.Arg(0, "target")
}

func pathCopy(c *Call) *Value { return transfer(c, false) }

// copyTree copies a directory to where none is, unless it is told not to mind.
func copyTree(c *Call) *Value {
	src, dst := pathArg(c, 0), destination(c)
	if src == nil || dst == nil || c.True("dirs_exist_ok") {
		return transfer(c, false)
	}
	i := readBy(c, src, Transferred)
	fileOp(c, dst, interleave.Op{Kind: interleave.Insert}, Dep(i))
	return dst
}

// archiveSuffixes are what shutil.make_archive puts behind the name that it is given, by format.
var archiveSuffixes = map[string]string{"zip": ".zip", "tar": ".tar", "gztar": ".tar.gz", "bztar": ".tar.bz2", "xztar": ".tar.xz", "zstdtar": ".tar.zst"}

// packs writes an archive of a directory and gives its name.
func packs(c *Call) *Value {
	base := c.Arg(0, "base_name")
	if base == nil {
		return nil
	}
	format, _ := c.Arg(1, "format").Str()
	p := makePath(c.World, Template(base)+archiveSuffixes[format], base.AllDeps())
	fileOp(c, p, interleave.Op{Kind: interleave.Update}, nil)
	return p
}

func transfer(c *Call, away bool) *Value {
	src, dst := pathArg(c, 0), destination(c)
	if src == nil || dst == nil {
		return nil
	}
	i := readBy(c, src, Transferred)
	fileOp(c, dst, interleave.Op{Kind: interleave.Update}, Dep(i).With(c.written(src)))
	c.wrote(dst, c.written(src))
	if away {
		fileOp(c, src, interleave.Op{Kind: interleave.Delete, Flags: interleave.ResultUsed}, nil)
	}
	return dst
}

// pathLink makes a link, which fails where something is.
func pathLink(c *Call) *Value {
	dst := destination(c)
	if dst == nil {
		return nil
	}
	fileOp(c, dst, interleave.Op{Kind: interleave.Insert}, nil)
	linkOp(c, dst, interleave.Update)
	return None
}

func pathLinkTo(c *Call) *Value {
	fileOp(c, c.Recv, interleave.Op{Kind: interleave.Insert}, nil)
	linkOp(c, c.Recv, interleave.Update)
	return None
}

// Directory is the manner of an Insert that makes an empty directory.
const Directory = "directory"

func makeDir(c *Call) *Value {
	p := pathArg(c, 0)
	if p == nil || c.True("exist_ok") {
		return None
	}
	if i := fileOp(c, p, interleave.Op{Kind: interleave.Insert}, nil); i >= 0 {
		c.Ops[i].Own().Manner = Directory
	}
	return None
}

// touch makes an empty file unless one is there; what is there stays as it is, and nobody learns which it was.
func touch(c *Call) *Value {
	op := interleave.Op{Kind: interleave.Insert}
	if e := c.Keyword("exist_ok"); e == nil || e.Truth() != "False" {
		op.Flags = interleave.OnConflictIgnore
	}
	fileOp(c, c.Recv, op, nil)
	return None
}

// servePath opens the path again by name to send it.
func servePath(c *Call) *Value {
	p := c.Arg(0, "path")
	if p == nil {
		return nil
	}
	return result("response", readBy(c, p, Served))
}

func pathSame(c *Call) *Value {
	if len(c.Args) == 0 {
		return nil
	}
	return c.Args[0]
}

func currentDir(c *Call) *Value { return makePath(c.World, ".", nil) }

func homeDir(c *Call) *Value { return makePath(c.World, "~", nil) }

// written tells what the content of a file derives from that this request wrote itself.
func (w *World) written(p *Value) Deps { return w.contents[Template(p)] }

// wrote remembers what this request wrote into a file.
func (w *World) wrote(p *Value, deps Deps) {
	if w.Muted > 0 || len(deps) == 0 {
		return
	}
	if w.contents == nil {
		w.contents = map[string]Deps{}
	}
	t := Template(p)
	w.contents[t] = w.contents[t].With(deps)
}
