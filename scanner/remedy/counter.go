package remedy

import (
	"strconv"

	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
	"github.com/middlebrick/middlebrick/scanner/race"
)

// countedCommand compares what a counter of Redis answers with the limit that was checked before it: the step itself tells who comes too late,
// who takes it back. A value that was read, changed by one and stored becomes such a step.
func countedCommand(r *race.Race) []change {
	act := r.Op(r.Act)
	call, ok := act.Site.Node.(*python.Call)
	fn := act.Site.Function
	if !ok || fn == nil || act.Pipelined || len(call.Keywords) > 0 || spansLines(act.Site.Module.File, call) {
		return nil
	}
	f := act.Site.Module.File
	st, found := enclosing(fn, call.Pos())
	refused, _ := refusal(r, fn)
	attr, method := call.Func.(*python.Attribute)
	command := step(f, call, loadedInto(r))
	if !found || refused == "" || !method || command == "" {
		return nil
	}
	test := bound(r, fn, call, command)
	if test == "" {
		return nil
	}
	wait := ""
	if awaited(f, call) {
		wait = "await "
	}
	by := func(command string) string {
		return wait + f.Text(attr.Value) + "." + command + "(" + f.Text(call.Args[0]) + ")"
	}
	in, nl := indent(f, st.node()), newline(f)
	back := map[string]string{"incr": "decr", "decr": "incr"}[command]
	refuse := func(answer string) string {
		return "if " + answer + " " + test + ":" + nl + under(by(back)+"\n"+refused, in+unit(f, fn), nl)
	}
	switch s := st.node().(type) {
	case *python.ExprStmt:
		if inner, _ := called(s.Value); inner == call {
			return []change{{f, s.Pos(), s.Stop(), refuse(by(command))}}
		}
	case *python.Assign:
		v, name := s.Targets[0].(*python.Name)
		if inner, _ := called(s.Value); inner == call && name && len(s.Targets) == 1 && len(call.Args) == 1 {
			return []change{{f, behind(f, s), behind(f, s), nl + in + refuse(v.ID)}}
		}
	}
	return nil
}

// step is the command that changes a counter by one: the call is one, or stores the value that was read changed by one.
func step(f *python.File, call *python.Call, value string) string {
	_, command := called(call)
	switch {
	case (command == "incr" || command == "decr") && len(call.Args) == 1:
		return command
	case command != "set" || len(call.Args) != 2 || value == "":
		return ""
	}
	sum, ok := call.Args[1].(*python.BinOp)
	if !ok || f.Text(sum.Left) != value || f.Text(sum.Right) != "1" {
		return ""
	}
	switch sum.Op {
	case python.Add:
		return "incr"
	case python.Sub:
		return "decr"
	}
	return ""
}

// bound is the comparison by which the answer of a step is refused, for the one by which the value before it was; "" where there is none
// that says the same.
func bound(r *race.Race, fn *program.Function, act python.Node, command string) string {
	f := fn.Module.File
	for _, i := range r.Deciding() {
		site := r.Op(i).Site
		st, ok := site.Node.(*python.If)
		if !ok || site.Function != fn || ending(st.Body) == nil {
			continue
		}
		c, ok := st.Test.(*python.Compare)
		if !ok || len(c.Ops) != 1 || !isRead(r, c.Left) || !stays(fn, c.Comparators[0], act) {
			continue
		}
		limit := f.Text(c.Comparators[0])
		n, err := strconv.Atoi(limit)
		switch op := c.Ops[0]; {
		case command == "incr" && (op == python.GtE || op == python.Eq):
			return "> " + limit
		case command == "incr" && op == python.Gt && err == nil:
			return "> " + strconv.Itoa(n+1)
		case command == "decr" && (op == python.LtE || op == python.Eq):
			return "< " + limit
		case command == "decr" && op == python.Lt && err == nil:
			return "< " + strconv.Itoa(n-1)
		}
	}
	return ""
}

// isRead tells whether an expression is the value that was read: the variable that it was put into, or the read itself as a number.
func isRead(r *race.Race, e python.Expr) bool {
	if v, ok := e.(*python.Name); ok {
		return v.ID == loadedInto(r)
	}
	read := r.Op(r.Read).Site.Node
	found := false
	python.Walk(e, func(n python.Node) bool {
		found = found || n == read
		return !found
	})
	return found
}
