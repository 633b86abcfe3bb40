package remedy

import (
	"strings"

	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// The sections of imports, as isort and ruff order them.
const (
	future = iota
	standard
	foreign
	own
)

// standardModules are the modules of the standard library that web applications import.
const standardModules = " abc argparse array ast asyncio base64 binascii bisect builtins bz2 calendar cmath codecs collections colorsys concurrent configparser contextlib contextvars copy copyreg csv ctypes dataclasses datetime decimal difflib dis doctest email enum errno faulthandler fcntl filecmp fnmatch fractions functools gc getpass gettext glob grp gzip hashlib heapq hmac html http imaplib importlib inspect io ipaddress itertools json keyword linecache locale logging lzma mailbox math mimetypes mmap multiprocessing netrc numbers operator os pathlib pickle pkgutil platform plistlib pprint profile pwd queue quopri random re readline reprlib resource sched secrets select selectors shelve shlex shutil signal site smtplib socket socketserver sqlite3 ssl stat statistics string stringprep struct subprocess sys sysconfig syslog tarfile tempfile termios textwrap threading time timeit token tokenize tomllib traceback tracemalloc types typing unicodedata unittest urllib uuid venv warnings wave weakref webbrowser wsgiref xml xmlrpc zipfile zipimport zlib zoneinfo "

// section is the section that the imports of a module belong to.
func section(m *program.Module, module string, level int) int {
	root, _, _ := strings.Cut(module, ".")
	mine, _, _ := strings.Cut(m.Name, ".")
	switch {
	case root == "__future__":
		return future
	case level > 0 || root == mine:
		return own
	case strings.Contains(standardModules, " "+root+" "):
		return standard
	}
	return foreign
}

// importLine is a statement at the top of a file that imports, as far as it says where a new one belongs.
type importLine struct {
	st      python.Stmt
	module  string
	section int
	plain   bool // import x
}

func importLines(m *program.Module) (out []importLine) {
	for _, s := range m.File.Body {
		switch s := s.(type) {
		case *python.Import:
			if len(s.Names) > 0 {
				out = append(out, importLine{s, s.Names[0].Name, section(m, s.Names[0].Name, 0), true})
			}
		case *python.ImportFrom:
			out = append(out, importLine{s, s.Module, section(m, s.Module, s.Level), false})
		case *python.FunctionDef, *python.ClassDef:
			return out
		}
	}
	return out
}

// importedTogether returns the changes that import several names, in one statement where none is there that could be added to. The names are in the
// order in which such a statement has them.
func importedTogether(m *program.Module, from string, names ...string) (out []change, ok bool) {
	var own []string
	for _, name := range names {
		c, ok := imported(m, from, name)
		if !ok {
			return nil, false
		}
		if len(c) == 1 && strings.TrimSpace(c[0].text) == "from "+from+" import "+name {
			own = append(own, name)
			continue
		}
		out = merge(out, c)
	}
	if len(own) > 0 {
		out = append(out, importBeside(m, from, "from "+from+" import "+strings.Join(own, ", "), false))
	}
	return out, true
}

// importBeside returns the change that adds an import where those of its section stand in the order of their names.
func importBeside(m *program.Module, module, line string, plain bool) change {
	f, nl := m.File, newline(m.File)
	mine := section(m, module, 0)
	var after, first, lower, higher, kinAfter, kinBefore python.Stmt
	for _, l := range importLines(m) {
		precedes := l.module <= module
		switch {
		case l.section < mine:
			lower = l.st
		case l.section > mine:
			if higher == nil {
				higher = l.st
			}
		case l.plain == plain && precedes, l.plain && !plain && after == nil:
			after = l.st
		case first == nil:
			first = l.st
		}
		if l.section != mine || l.plain != plain || family(l.module) != family(module) {
			continue
		}
		// Within one library the names decide, wherever it stands.
		if precedes {
			kinAfter = l.st
		} else if kinBefore == nil {
			kinBefore = l.st
		}
	}
	put := func(s python.Stmt, behind bool, text string) change {
		at := lineStart(f, s.Pos())
		if behind {
			at = lineStop(f, s.Stop())
		}
		return change{f, at, at, text}
	}
	switch {
	case kinAfter != nil:
		return put(kinAfter, true, line+nl)
	case kinBefore != nil:
		return put(kinBefore, false, line+nl)
	case after != nil:
		return put(after, true, line+nl)
	case first != nil:
		return put(first, false, line+nl)
	case lower != nil:
		return put(lower, true, nl+line+nl)
	case higher != nil:
		return put(higher, false, line+nl+nl)
	}
	if len(f.Body) > 0 {
		if docstring, ok := f.Body[0].(*python.ExprStmt); ok {
			return put(docstring, true, nl+line+nl)
		}
	}
	return change{f, 0, 0, line + nl}
}
