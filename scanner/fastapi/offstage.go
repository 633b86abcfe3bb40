package fastapi

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// Offstage tells whether a function runs outside the service: tests, migrations, scripts, commands, and what only
// `if __name__ == "__main__"` calls. Findings in such code never rank above note.
func (a *App) Offstage(f *program.Function) bool {
	for g := f; g != nil; g = g.Outer {
		if a.Startup[g] || a.scripts[g] {
			return true
		}
	}
	return OffstagePath(f.Module.File.Path)
}

// OffstagePath tells by its path that a file is a test, a migration or a script.
func OffstagePath(path string) bool {
	parts := strings.Split(path, "/")
	name := parts[len(parts)-1]
	if strings.HasPrefix(name, "test_") || strings.HasSuffix(name, "_test.py") || name == "conftest.py" || name == "noxfile.py" {
		return true
	}
	for i, dir := range parts[:len(parts)-1] {
		switch dir {
		case "tests", "test", "scripts", "migrations", "versions", "benchmarks", "e2e":
			if dir != "versions" || i > 0 && strings.Contains(strings.Join(parts[:i], "/"), "alembic") {
				return true
			}
		}
	}
	return false
}

// commands notes the functions that command-line frameworks run, and those called under `if __name__ == "__main__"`.
func (r *reader) commands() {
	for _, f := range r.p.Functions {
		if f.Def == nil {
			continue
		}
		for _, e := range f.Def.Decorators {
			if r.isCommand(f, e) {
				r.scripts[f] = true
			}
		}
	}
	var imported map[string]bool
	for _, m := range r.p.Modules {
		if !r.texts[m].main {
			continue
		}
		r.mainBlocks(m)
		if imported == nil {
			imported = r.p.Imported()
		}
		if !imported[lastName(m.Name)] && !r.texts[m].assembles && !slices.ContainsFunc(r.app.Entries, func(e *Entry) bool { return e.Function.Module == m }) {
			for _, f := range r.functions[m] { // a program of its own: what it puts in the place of the service's parts is not the service's
				r.scripts[f] = true
			}
		}
	}
}

// isCommand recognises click and typer: @click.command(), @cli.command("x") on a group or a Typer.
func (r *reader) isCommand(f *program.Function, e python.Expr) bool {
	if call, ok := e.(*python.Call); ok {
		e = call.Func
	}
	a, ok := e.(*python.Attribute)
	if ok && (a.Attr == "command" || a.Attr == "callback" || a.Attr == "group") {
		ref := r.p.Resolve(f.Header(), a.Value)
		switch ref.Kind {
		case program.ToExternal:
			return commandLine(ref.Qual)
		case program.ToFunction:
			return true // a click group is itself a function
		case program.ToValue:
			call, ok := ref.Binding.Value.(*python.Call)
			return ok && commandLine(r.p.Resolve(program.Scope{Module: ref.Module}, call.Func).Qual)
		}
		return false
	}
	ref := r.p.Resolve(f.Header(), e)
	return ref.Kind == program.ToExternal && commandLine(ref.Qual)
}

func commandLine(qual string) bool {
	top, _, _ := strings.Cut(qual, ".")
	return top == "click" || top == "typer" || top == "asyncclick" || top == "rich_click" || top == "fire" || top == "cyclopts" || top == "invoke"
}

func (r *reader) mainBlocks(m *program.Module) {
	for _, st := range m.File.Body {
		block, ok := st.(*python.If)
		if !ok || !isMainTest(block.Test) {
			continue
		}
		ownCalls(block.Body, func(call *python.Call) {
			if f, _ := r.callable(program.Scope{Module: m}, call.Func); f != nil && !r.entered[f] {
				r.scripts[f] = true
			}
		})
	}
}

func isMainTest(e python.Expr) bool {
	c, ok := e.(*python.Compare)
	if !ok {
		return false
	}
	n, ok := c.Left.(*python.Name)
	return ok && n.ID == "__name__"
}
