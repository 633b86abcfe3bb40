package fastapi

import (
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// spawning are the calls that start something that goes on by itself: of what, by position of the argument.
var spawning = map[string]bool{"create_task": true, "ensure_future": true, "start_soon": true, "create_background_task": true, "spawn": true}

// jobsOf makes jobs of the loops that a start-up function starts, itself or in the functions that it calls.
func (r *reader) jobsOf(f *program.Function, seen map[*program.Function]bool, depth int) {
	if f.Def == nil || seen[f] || depth > maxJobsVia {
		return
	}
	seen[f] = true
	s := f.Scope()
	ownCalls(f.Def.Body, func(call *python.Call) {
		name := calledAs(call)
		if spawning[name] && len(call.Args) > 0 {
			what := call.Args[0]
			if inner, ok := what.(*python.Call); ok {
				what = inner.Func
			}
			if g, k := r.callable(s, what); g != nil {
				r.enterTask(Job, "", g, k, true)
			}
			return
		}
		if name == "Thread" {
			if g, k := r.callable(s, keywordOrArg(call, 1, "target")); g != nil {
				r.enterTask(Job, "", g, k, true)
			}
			return
		}
		if g, _ := r.callable(s, call.Func); g != nil {
			r.jobsOf(g, seen, depth+1)
		}
	})
}

// calledAs is the last part of the name of what is called.
func calledAs(call *python.Call) string {
	switch f := call.Func.(type) {
	case *python.Name:
		return f.ID
	case *python.Attribute:
		return f.Attr
	}
	return ""
}

// ownCalls calls visit for the calls in a body, without nested functions, lambdas and classes.
func ownCalls(body []python.Stmt, visit func(*python.Call)) {
	for _, s := range body {
		python.Walk(s, func(n python.Node) bool {
			switch n := n.(type) {
			case *python.FunctionDef, *python.ClassDef, *python.Lambda:
				return false
			case *python.Call:
				visit(n)
			}
			return true
		})
	}
}
