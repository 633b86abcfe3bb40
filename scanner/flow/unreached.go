package flow

import (
	"maps"
	"slices"

	"github.com/middlebrick/middlebrick/scanner/fastapi"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// maxUnreached bounds how many functions without a known caller are followed.
const maxUnreached = 3000

// Unreached returns entry points for the public functions that nothing in the project was seen to call, as if somebody called
// them: what a registry, a plug-in or an unresolved call reaches is code of the service too. Tests, scripts and start-up code stay
// out, and so do functions whose name is called anywhere: their callers are followed instead.
func Unreached(sh *Shared, traces []*Trace) []*fastapi.Entry {
	reached := map[*program.Function]bool{}
	for _, t := range traces {
		for f := range t.Reached {
			reached[f] = true
		}
	}
	called := calledNames(sh.Program)
	var out []*fastapi.Entry
	for _, f := range sh.Program.Functions {
		if f.Def == nil || f.Outer != nil || reached[f] || f.Abstract || f.Property || called[f.Name] || !acts(f) || sh.App.Offstage(f) {
			continue
		}
		if len(out) == maxUnreached {
			break
		}
		out = append(out, &fastapi.Entry{Kind: fastapi.Worker, Method: "CALL", Path: f.Module.Name + "." + f.Qualname, Function: f, Class: f.Class, Line: lineOf(f)})
	}
	return out
}

func lineOf(f *program.Function) int {
	line, _ := f.Module.File.Position(f.Def.Pos())
	return line
}

// acts tells whether a function decides anything: one without a condition and an await or call in its body cannot race.
func acts(f *program.Function) bool {
	if len(f.Name) > 4 && f.Name[:2] == "__" {
		return false
	}
	decides := false
	python.Walk(f.Def, func(n python.Node) bool {
		switch n.(type) {
		case *python.If, *python.AugAssign, *python.IfExp, *python.While, *python.Match:
			decides = true
		}
		return !decides
	})
	return decides
}

// calledNames returns the names under which anything is called in the project.
func calledNames(p *program.Program) map[string]bool {
	called := map[string]bool{}
	for _, m := range p.Modules {
		for _, name := range program.Made(m, calledIn) {
			called[name] = true
		}
	}
	return called
}

// names that are called in one module.
type names []string

// calledIn returns the names under which anything is called in a module. A method that hands on to the one it overrides calls nobody who
// would not be called anyway.
func calledIn(m *program.Module) names {
	called := map[string]bool{}
	for _, s := range m.File.Body {
		python.Walk(s, func(n python.Node) bool {
			if c, ok := n.(*python.Call); ok {
				if handsOn(c) {
					return true
				}
				if name := c.Name(); name != "" {
					called[name] = true
				}
			}
			return true
		})
	}
	return slices.Collect(maps.Keys(called))
}

// handsOn tells a call of the overridden method: super().notify(…).
func handsOn(c *python.Call) bool {
	a, ok := c.Func.(*python.Attribute)
	if !ok {
		return false
	}
	above, ok := a.Value.(*python.Call)
	if !ok {
		return false
	}
	n, ok := above.Func.(*python.Name)
	return ok && n.ID == "super"
}
