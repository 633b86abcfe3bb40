package remedy

import (
	"strings"

	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
	"github.com/middlebrick/middlebrick/scanner/race"
)

// setIfAbsent lets a SET write only where there is no key, and refuses where it did not.
func setIfAbsent(r *race.Race) []change {
	act := r.Op(r.Act)
	call, ok := act.Site.Node.(*python.Call)
	if !ok || r.Derived || act.Pipelined {
		return nil
	}
	attr, ok := call.Func.(*python.Attribute)
	f := act.Site.Module.File
	if !ok || attr.Attr != "set" || strings.Contains(f.Text(call), "nx=") {
		return nil
	}
	st, found := enclosing(act.Site.Function, call.Pos())
	refused, _ := refusal(r, act.Site.Function)
	if !found || refused == "" {
		return nil
	}
	s, ok := st.node().(*python.ExprStmt)
	if !ok {
		return nil
	}
	return []change{
		{f, s.Pos(), s.Pos(), "if not "},
		addArgument(f, call, "nx=True"),
		refusedBehind(f, s, act.Site.Function, refused),
	}
}

// refusedBehind turns what stands before it into the condition under which a request is refused.
func refusedBehind(f *python.File, s python.Stmt, fn *program.Function, refused string) change {
	return change{f, s.Stop(), s.Stop(), ":" + newline(f) + under(refused, indent(f, s)+unit(f, fn), newline(f))}
}

// testedCommand tests what a command of Redis answers, which tells whether this request was first: how many keys a DEL took away, how many
// members or fields are new.
func testedCommand(r *race.Race) []change {
	act := r.Op(r.Act)
	call, ok := act.Site.Node.(*python.Call)
	fn := act.Site.Function
	if !ok || fn == nil || len(r.Checks) == 0 || act.Pipelined { // what a pipeline answers comes later
		return nil
	}
	f := act.Site.Module.File
	st, found := enclosing(fn, call.Pos())
	refused, _ := refusal(r, fn)
	if !found || refused == "" {
		return nil
	}
	s, ok := st.node().(*python.ExprStmt)
	if !ok {
		return nil
	}
	inner, command := called(s.Value)
	if inner != call {
		return nil
	}
	switch {
	case (command == "delete" || command == "unlink") && len(call.Args) == 1, command == "sadd" && len(call.Args) == 2, command == "hsetnx", command == "setnx", command == "srem" && len(call.Args) == 2:
		return []change{{f, s.Pos(), s.Pos(), "if not "}, refusedBehind(f, s, fn, refused)}
	}
	return nil
}
