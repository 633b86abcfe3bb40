package program

import (
	"strings"
	"sync"
)

// index holds what look-ups need. Its fields belong to this package.
//
// The import root of a file is not the scanned root in general, so each module is found under every dotted suffix of its path
// ("server.app.orders", "app.orders", "orders"), and Module picks among the candidates.
type index struct {
	suffix  map[string][]*Module // modules by dotted suffix of their path
	path    map[string]*Module   // modules by path without extension; packages by their folder
	folder  map[string][]string  // folders by dotted suffix, only those that hold Python files somewhere below
	pkg     map[string]bool      // folders with an __init__.py
	used    map[string]bool      // folders that some import uses as a package, with or without __init__.py
	outer   string               // the name by which the files import the scanned folder itself, "" when they do not
	virtual sync.Map             // namespace packages made on demand: folder -> *Module
	found   sync.Map             // moduleKey -> *Module
	names   sync.Map             // *Module + name -> Ref, for names that come through imports
	quoted  sync.Map             // *python.Constant -> python.Expr
	types   sync.Map             // python.Expr -> *typeRead
}

type moduleKey struct{ dir, name string }

// lay fills the index and names the modules.
func (p *Program) lay(found []*collector) {
	x := &p.index
	x.suffix = make(map[string][]*Module, 4*len(found))
	x.path = make(map[string]*Module, len(found))
	x.folder = map[string][]string{}
	x.pkg = map[string]bool{}
	x.used = map[string]bool{}
	for _, m := range p.Modules {
		x.add(m)
	}
	x.evidence(found)
	for _, m := range p.Modules {
		x.name(m)
	}
}

func (x *index) add(m *Module) {
	full := m.dir
	if !m.Package {
		full = join(m.dir, m.stem)
	} else {
		x.pkg[m.dir] = true
	}
	if old := x.path[full]; old == nil || m.Package { // a package wins over a module of the same name, as in Python
		x.path[full] = m
	}
	suffixes(full, func(dotted string) { x.suffix[dotted] = append(x.suffix[dotted], m) })
	for dir := m.dir; dir != "" && !x.seen(dir); dir, _ = parent(dir) {
		suffixes(dir, func(dotted string) { x.folder[dotted] = append(x.folder[dotted], dir) })
	}
}

func (x *index) seen(dir string) bool {
	for _, d := range x.folder[strings.ReplaceAll(dir, "/", ".")] {
		if d == dir {
			return true
		}
	}
	return false
}

// suffixes calls f with the dotted form of the path and of each tail of it. Folders that are no identifiers end a name. Tails are
// limited in number, so that a deep tree costs no square.
func suffixes(path string, f func(string)) {
	dotted := strings.ReplaceAll(path, "/", ".")
	for n := 0; n < 16 && dotted != ""; n++ {
		f(dotted)
		i := strings.IndexByte(dotted, '.')
		if i < 0 {
			return
		}
		dotted = dotted[i+1:]
	}
}

func join(dir, name string) string {
	if dir == "" {
		return name
	}
	return dir + "/" + name
}

// evidence notes which folders are used as packages: `import app.core.config`, when app/core/config.py exists, says that app and
// app/core are packages even without __init__.py, and that app is no import root.
func (x *index) evidence(found []*collector) {
	done := map[string]bool{}
	outer := map[string]int{}
	inner := 0 // imports that start in the scanned folder
	for _, c := range found {
		if c.m.relative {
			x.use(c.m.dir, c.m.dir)
		}
		for _, im := range c.absolute {
			for _, name := range [2]string{im.Module, im.Module + "." + im.Name} {
				if !strings.Contains(name, ".") || strings.HasSuffix(name, ".") || done[name] {
					continue
				}
				done[name] = true
				for _, m := range x.suffix[name] {
					x.usedAs(m, name)
				}
				if x.path[strings.ReplaceAll(name, ".", "/")] != nil {
					inner++
				}
				top, rest, _ := strings.Cut(name, ".")
				if len(x.suffix[name]) == 0 && !library(top) && x.path[strings.ReplaceAll(rest, ".", "/")] != nil {
					outer[top]++
				}
			}
		}
	}
	for top, n := range outer {
		if n <= inner {
			continue // a module of a library that is called as one of the project's is: setuptools.setup and setup.py
		}
		if best := outer[x.outer]; n > best || n == best && top < x.outer {
			x.outer = top
		}
	}
	for name := range done {
		if top, rest, _ := strings.Cut(name, "."); top == x.outer && x.outer != "" {
			if m := x.path[strings.ReplaceAll(rest, ".", "/")]; m != nil {
				first, _, _ := strings.Cut(m.dir, "/")
				x.use(first, m.dir)
			}
		}
	}
}

func (x *index) usedAs(m *Module, name string) {
	root := m.rootFor(name)
	top, _, _ := strings.Cut(name, ".")
	if x.pkg[root] {
		return // a sub-package that happens to be called like something else
	}
	dir := m.dir
	if m.Package {
		dir, _ = parent(dir)
	}
	x.use(join(root, top), dir)
}

// use marks the folders from top down to dir.
func (x *index) use(top, dir string) {
	for strings.HasPrefix(dir, top) && dir != "" && !x.used[dir] {
		x.used[dir] = true
		dir, _ = parent(dir)
	}
}

// rootFor returns the folder below which the module has the dotted name.
func (m *Module) rootFor(name string) string {
	full := m.dir
	if !m.Package {
		full = join(m.dir, m.stem)
	}
	return strings.TrimSuffix(full[:len(full)-len(name)], "/")
}

// name gives a module its dotted name: its path below the nearest folder that is no package.
func (x *index) name(m *Module) {
	root := m.dir
	for root != "" && (x.pkg[root] || x.used[root]) {
		root, _ = parent(root)
	}
	full := m.dir
	if !m.Package {
		full = join(m.dir, m.stem)
	}
	m.root = root
	m.Name = strings.ReplaceAll(strings.TrimPrefix(strings.TrimPrefix(full, root), "/"), "/", ".")
	if m.Name == "" {
		m.Name = m.stem
	}
	if root == "" && x.outer != "" {
		m.Name = strings.TrimSuffix(x.outer+"."+strings.ReplaceAll(full, "/", "."), ".")
	}
	for i := range m.stars {
		s := &m.stars[i]
		s.Module = x.absolute(*s)
		m.Stars = append(m.Stars, s.Module)
	}
}

// absolute returns the dotted name of an import's module, relative ones through the name of the folder they lead to.
func (x *index) absolute(im Import) string {
	if im.rel == "" {
		return im.Module
	}
	path := strings.TrimPrefix(im.rel, "/")
	if m := x.path[path]; m != nil && m.Name != "" {
		return m.Name
	}
	root, _ := parent(path)
	for root != "" && (x.pkg[root] || x.used[root]) {
		root, _ = parent(root)
	}
	return strings.ReplaceAll(strings.TrimPrefix(strings.TrimPrefix(path, root), "/"), "/", ".")
}

// Module returns the module that an absolute dotted name means when imported from the module from (which of several
// projects in one tree is preferred: the nearest), or nil.
func (p *Program) Module(from *Module, name string) *Module {
	m := p.module(from, name)
	if m == nil || m.File == nil || m.virtual {
		return nil
	}
	return m
}

// module is Module with namespace packages.
func (p *Program) module(from *Module, name string) *Module {
	x := &p.index
	key := moduleKey{from.dir, name}
	if m, ok := x.found.Load(key); ok {
		m := m.(*Module)
		if m != from || strings.Contains(name, ".") {
			return m
		}
	}
	m := x.choose(from, name)
	if m == nil {
		m = x.namespace(from, name)
	}
	if m == nil {
		m = x.above(name)
	}
	if m != from {
		x.found.Store(key, m)
	}
	return m
}

// choose picks among the modules whose path ends in name: a root that holds the importing file comes first, the nearest of them
// first; then roots elsewhere in the tree, if what they hold looks like a package.
func (x *index) choose(from *Module, name string) *Module {
	var best *Module
	score := -1
	top, _, dotted := strings.Cut(name, ".")
	for _, m := range x.suffix[name] {
		root := m.rootFor(name)
		s := x.rank(from, root, top, dotted || m.Package)
		if m == from && !dotted && !m.Package {
			continue // a module never imports itself: redis.py means the library
		}
		if s > score || s == score && best != nil && m.Package && !best.Package && m.dir == join(best.dir, best.stem) {
			best, score = m, s
		}
	}
	return best
}

// rank tells how likely root is the import root for a name in the file from: -1 never.
func (x *index) rank(from *Module, root, top string, pkg bool) int {
	inside := root == "" || from.dir == root || strings.HasPrefix(from.dir, root+"/")
	if x.pkg[root] || x.used[root] {
		// The folder is itself a package: only a script started inside it sees its neighbours, and libraries come first.
		if !inside || library(top) || from.relative && from.dir == root {
			return -1
		}
		return 1 + len(root)
	}
	if inside {
		if !pkg && library(top) {
			return -1
		}
		return 1<<20 + len(root)
	}
	if !pkg || library(top) {
		return -1
	}
	return 1<<10 + common(from.dir, root)
}

// common is the length of the common leading folders.
func common(a, b string) int {
	n := 0
	for i := 0; i < len(a) && i < len(b) && a[i] == b[i]; i++ {
		if a[i] == '/' {
			n = i
		}
	}
	return n
}

// namespace finds a folder without __init__.py that the name means.
func (x *index) namespace(from *Module, name string) *Module {
	best, score := "", -1
	top, _, _ := strings.Cut(name, ".")
	for _, dir := range x.folder[name] {
		if x.pkg[dir] || library(top) {
			continue
		}
		root := strings.TrimSuffix(dir[:len(dir)-len(name)], "/")
		if s := x.rank(from, root, top, true); s > score {
			best, score = dir, s
		}
	}
	if score < 0 {
		return nil
	}
	return x.folderModule(best)
}

// above reads a name whose first part is the scanned folder itself: scanning app/, `app.core.config` is core/config.py.
func (x *index) above(name string) *Module {
	top, rest, _ := strings.Cut(name, ".")
	if x.outer == "" || top != x.outer {
		return nil
	}
	return x.folderModule(strings.ReplaceAll(rest, ".", "/"))
}

// folderModule returns the module of a folder: its __init__.py, or an empty module for a namespace package, or nil.
func (x *index) folderModule(dir string) *Module {
	if m := x.path[dir]; m != nil {
		return m
	}
	if dir != "" && !x.seen(dir) {
		return nil
	}
	m := &Module{File: emptyFile(dir), Package: true, dir: dir, stem: "__init__", virtual: true}
	x.name(m)
	got, _ := x.virtual.LoadOrStore(dir, m)
	return got.(*Module)
}

// submodule returns the module called name inside the package m, or nil.
func (x *index) submodule(m *Module, name string) *Module {
	if !m.Package {
		return nil
	}
	return x.folderModule(join(m.dir, name))
}

// target returns the module of an import.
func (p *Program) target(from *Module, im *Import) *Module {
	if im.rel != "" {
		if im.rel == "//" {
			return nil
		}
		return p.index.folderModule(im.rel[1:])
	}
	return p.module(from, im.Module)
}
