package fastapi

import (
	"sync"

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
	rounds := sync.OnceValue(func() map[*python.Call][]python.Expr { return roundsOf(f.Def.Body) }) // few functions start anything
	ownCalls(f.Def.Body, func(call *python.Call) {
		name := calledAs(call)
		if spawning[name] && len(call.Args) > 0 {
			what := call.Args[0]
			if inner, ok := what.(*python.Call); ok {
				what = inner.Func
			}
			if g, k := r.callable(s, what); g != nil {
				r.enterTask(Job, "", g, k, true)
				r.startedAgain(g, call, rounds()[call])
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

// startedAgain notes of a job that a call in a loop starts once in each round. What the round is about sets them apart.
func (r *reader) startedAgain(g *program.Function, call *python.Call, about []python.Expr) {
	if about == nil {
		return
	}
	named := map[string]bool{}
	for _, target := range about {
		namesIn(target, func(name string) { named[name] = true })
	}
	apart := false
	for _, arg := range call.Args {
		namesIn(arg, func(name string) { apart = apart || named[name] })
		if run, ok := arg.(*python.Call); ok {
			if method, ok := run.Func.(*python.Attribute); ok {
				_, made := method.Value.(*python.Call)
				apart = apart || made // Worker(sessions).run(), each with an object of its own
			}
		}
	}
	for _, e := range r.app.Entries {
		if e.Kind == Job && e.Function == g && e.Alone {
			e.Alone, e.Apart = false, apart
		}
	}
}

// roundsOf returns what each call in a body is repeated for: the targets of the loops and comprehensions around it.
func roundsOf(body []python.Stmt) map[*python.Call][]python.Expr {
	out := map[*python.Call][]python.Expr{}
	note := func(target python.Expr, in python.Node) {
		python.Walk(in, func(n python.Node) bool {
			if call, ok := n.(*python.Call); ok {
				out[call] = append(out[call], target)
			}
			return true
		})
	}
	for _, s := range body {
		python.Walk(s, func(n python.Node) bool {
			switch n := n.(type) {
			case *python.For:
				for _, in := range n.Body {
					note(n.Target, in)
				}
			case *python.Comp:
				for _, g := range n.Generators {
					note(g.Target, n.Elt)
				}
			}
			return true
		})
	}
	return out
}

func namesIn(x python.Node, visit func(string)) {
	python.Walk(x, func(n python.Node) bool {
		if name, ok := n.(*python.Name); ok {
			visit(name.ID)
		}
		return true
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
