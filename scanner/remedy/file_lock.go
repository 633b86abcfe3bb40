package remedy

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/python"
	"github.com/middlebrick/middlebrick/scanner/race"
)

// lockFile holds a lock beside a file from reading it to writing it. The lock is of a file of its own: the one that is read may be replaced
// meanwhile, and who waits for its lock would go on with the old one.
func lockFile(r *race.Race) []change {
	read, act := r.Op(r.Read), r.Op(r.Act)
	fn := act.Site.Function
	if fn == nil || fn.Def == nil || fn.Generator || read.Site.Function != fn || !r.Derived && len(r.Checks) == 0 {
		return nil
	}
	f := act.Site.Module.File
	path := pathOf(f, read.Site.Node)
	block, from, to := region(r, fn, nil)
	if path == "" || block == nil {
		return nil
	}
	for _, s := range block[from : to+1] {
		// While a coroutine waits with the lock, flock would stop the thread in which it has to go on.
		if spansLines(f, s) || mentionsLock(f, s) || suspends(s) || assignsName(f, s, path) {
			return nil
		}
	}
	imports, ok := importedModule(act.Site.Module, "fcntl")
	if !ok {
		return nil
	}
	name := "lock"
	if fn.Local[name] {
		name = "file_lock"
	}
	first, last := block[from], block[to]
	in, step, nl, q := indent(f, first), unit(f, fn), newline(f), quote(f)
	text := "with open(f" + q + "{" + path + "}.lock" + q + ", " + q + "w" + q + ") as " + name + ":" + nl +
		in + step + "fcntl.flock(" + name + ", fcntl.LOCK_EX)" + nl + shifted(f, first.Pos(), last.Stop(), in, step)
	return append(imports, change{f, first.Pos(), last.Stop(), text})
}

// pathOf is how a read names its file: a variable or an attribute, "" for anything else.
func pathOf(f *python.File, n python.Node) string {
	call, ok := n.(*python.Call)
	if !ok {
		return ""
	}
	var path python.Expr
	switch fn := call.Func.(type) {
	case *python.Name:
		if fn.ID == "open" && len(call.Args) > 0 {
			path = call.Args[0]
		}
	case *python.Attribute:
		if slices.Contains([]string{"open", "read_text", "read_bytes", "exists", "is_file"}, fn.Attr) {
			path = fn.Value
			if text := f.Text(fn.Value); text == "os" || text == "os.path" {
				if path = nil; len(call.Args) > 0 {
					path = call.Args[0]
				}
			}
		}
	}
	switch path.(type) {
	case *python.Name, *python.Attribute:
		if text := f.Text(path); !strings.ContainsAny(text, "([\n") {
			return text
		}
	}
	return ""
}

// suspends tells whether a statement waits.
func suspends(s python.Stmt) bool {
	found := false
	python.Walk(s, func(n python.Node) bool {
		switch n := n.(type) {
		case *python.Await:
			found = true
		case *python.With:
			found = found || n.Async
		case *python.For:
			found = found || n.Async
		}
		return !found
	})
	return found
}

// assignsName tells whether a statement assigns a variable or attribute.
func assignsName(f *python.File, s python.Stmt, name string) bool {
	found := false
	python.Walk(s, func(n python.Node) bool {
		if a, ok := n.(*python.Assign); ok {
			found = found || slices.ContainsFunc(a.Targets, func(t python.Expr) bool { return f.Text(t) == name })
		}
		return !found
	})
	return found
}
