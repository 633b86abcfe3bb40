package flow

import (
	"github.com/middlebrick/middlebrick/scanner/fastapi"
	"github.com/middlebrick/middlebrick/scanner/program"
)

// Unreached follows the public functions that no entry point was seen to call, as if somebody called them: what a
// registry, a plug-in or an unresolved call reaches is code of the service too. Tests, scripts and start-up code stay out,
// and so do functions that another unreached function calls.
func Unreached(sh *Shared, traces []*Trace) []*Trace {
	reached := map[*program.Function]bool{}
	for _, t := range traces {
		for f := range t.Reached {
			reached[f] = true
		}
	}
	var out []*Trace
	for _, f := range sh.Program.Functions {
		if f.Def == nil || f.Outer != nil || reached[f] || f.Abstract || f.Property || sh.App.Offstage(f) || !worthFollowing(f) {
			continue
		}
		t := TraceEntry(sh, &fastapi.Entry{Kind: fastapi.Worker, Method: "CALL", Path: f.Module.Name + "." + f.Qualname, Function: f, Class: f.Class})
		t.Assumed = true
		for g := range t.Reached {
			reached[g] = true
		}
		if len(t.Ops) > 1 {
			out = append(out, t)
		}
	}
	return out
}

func worthFollowing(f *program.Function) bool {
	return f.Name != "__init__" && !(len(f.Name) > 4 && f.Name[:2] == "__")
}
