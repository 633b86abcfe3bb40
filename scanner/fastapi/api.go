package fastapi

import (
	"sort"

	"github.com/middlebrick/middlebrick/scanner/program"
)

// Read finds the application in a program.
func Read(p *program.Program) *App {
	r := &reader{
		p: p, app: &App{Startup: map[*program.Function]bool{}}, texts: glance(p.Modules), functions: map[*program.Module][]*program.Function{},
		exprs: map[exprKey]value{}, pending: map[exprKey]bool{}, entered: map[*program.Function]bool{}, results: map[*program.Function]value{},
		builds: map[*program.Function]verdict{}, classes: map[*program.Class]*object{}, selves: map[*program.Class]*object{},
		derived: map[*program.Class]bool{}, entries: map[entryKey]bool{}, paths: map[entryKey]int{}, scripts: map[*program.Function]bool{},
	}
	for _, f := range p.Functions {
		r.functions[f.Module] = append(r.functions[f.Module], f)
	}
	r.assembleFrom(func(m *program.Module) bool { return !OffstagePath(m.File.Path) })
	if len(r.app.Entries) == 0 { // a tree of nothing but tests or scripts is read for its own sake
		r.assembleFrom(func(*program.Module) bool { return true })
	}
	r.scheduled()
	r.consumers()
	r.commands()
	r.finish()
	return r.app
}

// assembleFrom runs the modules that are wanted and makes the entries of what they put together.
func (r *reader) assembleFrom(wanted func(*program.Module) bool) {
	for _, m := range r.p.Modules {
		if wanted(m) {
			r.execModule(m)
		}
	}
	r.leftovers(wanted)
	r.assemble()
}

// finish sorts the entries and drops from the start-up functions those that turned out to be entries of their own.
func (r *reader) finish() {
	for _, e := range r.app.Entries {
		delete(r.app.Startup, e.Function)
		delete(r.scripts, e.Function)
	}
	r.app.scripts = r.scripts
	r.app.Entries = canonical(r.app.Entries)
	sort.SliceStable(r.app.Unresolved, func(i, j int) bool {
		a, b := r.app.Unresolved[i], r.app.Unresolved[j]
		if a.Module != b.Module {
			return a.Module.File.Path < b.Module.File.Path
		}
		return a.Pos < b.Pos
	})
	sort.SliceStable(r.app.Entries, func(i, j int) bool { return earlier(r.app.Entries[i], r.app.Entries[j]) })
}

func earlier(a, b *Entry) bool {
	if p, q := a.Function.Module.File.Path, b.Function.Module.File.Path; p != q {
		return p < q
	}
	if a.Line != b.Line {
		return a.Line < b.Line
	}
	if safe(a.Method) != safe(b.Method) {
		return safe(b.Method)
	}
	if a.Method != b.Method {
		return a.Method < b.Method
	}
	return a.Path < b.Path
}

// safe tells the methods that promise to change nothing: of a function that serves GET and POST, the POST is told first.
func safe(method string) bool { return method == "GET" || method == "HEAD" || method == "OPTIONS" }
