package remedy

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
	"github.com/middlebrick/middlebrick/scanner/race"
)

// openExclusive opens a file so that it must not be there yet, and refuses as the check does where it is.
func openExclusive(r *race.Race) []change {
	act := r.Op(r.Act)
	fn := act.Site.Function
	f := act.Site.Module.File
	st, ok := enclosing(fn, act.Site.Node.Pos())
	if !ok {
		return nil
	}
	var with *python.With
	for i := range st.block {
		if w, is := st.block[i].(*python.With); is && w.Pos() <= act.Site.Node.Pos() && act.Site.Node.Pos() < w.Stop() {
			with = w
		}
	}
	refused, node := refusal(r, fn)
	if there, asked := asksForFile(r, fn); !asked || !there {
		return nil // a file that has to be there is changed, not made
	}
	if with == nil || refused == "" || spansLines(f, with) {
		return nil
	}
	var mode *python.Constant
	for _, item := range with.Items {
		if call, name := called(item.Context); call != nil && name == "open" {
			for _, a := range append(slices.Clone(call.Args), keywordValues(call)...) {
				if c, is := a.(*python.Constant); is && len(c.Raw) > 2 && (c.Raw[1] == 'w' && strings.IndexByte(`'"`, c.Raw[0]) >= 0) {
					mode = c
				}
			}
		}
	}
	if mode == nil {
		return nil
	}
	if _, raises := node.(*python.Raise); raises && !strings.Contains(refused, " from ") {
		refused += " from None"
	}
	caught := wrapped(f, fn, with, "FileExistsError", nil, refused)
	// The mode lies inside the text that is indented anew.
	at := strings.Index(caught.text, f.Text(mode))
	if at < 0 || strings.Count(caught.text, f.Text(mode)) != 1 {
		return nil
	}
	caught.text = caught.text[:at+1] + "x" + caught.text[at+2:]
	return []change{caught}
}

func keywordValues(c *python.Call) []python.Expr {
	var out []python.Expr
	for _, k := range c.Keywords {
		if k.Name == "mode" {
			out = append(out, k.Value)
		}
	}
	return out
}

// refuseByFile lets the call that makes a directory or removes a file decide, which raises where another request was first, and refuses
// as the check does.
func refuseByFile(r *race.Race) []change {
	act := r.Op(r.Act)
	fn := act.Site.Function
	call, ok := act.Site.Node.(*python.Call)
	if !ok || fn == nil {
		return nil
	}
	f := act.Site.Module.File
	st, ok := enclosing(fn, call.Pos())
	refused, node := refusal(r, fn)
	_, name := called(call)
	raised := map[string]string{
		"mkdir": "FileExistsError", "makedirs": "FileExistsError",
		"unlink": "FileNotFoundError", "remove": "FileNotFoundError", "rmdir": "FileNotFoundError",
	}[name]
	if !ok || refused == "" || raised == "" || strings.Contains(f.Text(call), "_ok=") || spansLines(f, st.node()) {
		return nil
	}
	if _, plain := st.node().(*python.ExprStmt); !plain {
		return nil
	}
	if there, asked := asksForFile(r, fn); !asked || there != (raised == "FileExistsError") {
		return nil
	}
	if _, raises := node.(*python.Raise); raises && !strings.Contains(refused, " from ") {
		refused += " from None"
	}
	return []change{wrapped(f, fn, st.node(), raised, nil, refused)}
}

// mayExist makes a directory whether it is there or not, where a request makes it because it found none and goes on with it either way.
func mayExist(r *race.Race) []change {
	act := r.Op(r.Act)
	fn := act.Site.Function
	call, ok := act.Site.Node.(*python.Call)
	if !ok || fn == nil || fn.Def == nil {
		return nil
	}
	f := act.Site.Module.File
	_, name := called(call)
	if text := f.Text(call); strings.Contains(text, "exist_ok") || name != "makedirs" && (name != "mkdir" || strings.HasPrefix(text, "os.")) {
		return nil
	}
	for _, i := range r.Deciding() {
		site := r.Op(i).Site
		check, ok := site.Node.(*python.If)
		if !ok || site.Function != fn || len(check.Else) > 0 || len(check.Body) != 1 {
			continue // what else is done belongs to the one who made it
		}
		u, ok := check.Test.(*python.UnaryOp)
		if made, plain := check.Body[0].(*python.ExprStmt); !ok || u.Op != python.Not || !plain || made.Value != python.Expr(call) {
			continue
		}
		asks, asked := called(u.Operand)
		if asked != "exists" && asked != "isdir" && asked != "is_dir" {
			continue
		}
		add := addArgument(f, call, "exist_ok=True")
		if len(call.Args)+len(call.Keywords) == 0 {
			add.text = "exist_ok=True"
		}
		if isElif(f, check) || aboutFile(f, asks) != aboutFile(f, call) || spansLines(f, call) || behind(f, check) != behind(f, call) {
			return []change{add}
		}
		made := patched(f, call.Pos(), call.Stop(), []change{add})
		if strings.Contains(made, "\n") {
			return []change{add}
		}
		return []change{{f, check.Pos(), call.Stop(), made}}
	}
	return nil
}

// aboutFile is what a call of os or of a path is about.
func aboutFile(f *python.File, call *python.Call) string {
	attr, ok := call.Func.(*python.Attribute)
	if len(call.Args) > 0 && (!ok || strings.HasPrefix(f.Text(attr.Value), "os")) {
		return f.Text(call.Args[0])
	}
	if !ok {
		return ""
	}
	return f.Text(attr.Value)
}

// asksForFile tells whether a function refuses the request by whether a file or directory is there; there is when it refuses.
func asksForFile(r *race.Race, fn *program.Function) (there, asked bool) {
	for _, i := range r.Deciding() {
		site := r.Op(i).Site
		st, ok := site.Node.(*python.If)
		if !ok || site.Function != fn || ending(st.Body) == nil || !leadsTo(r, fn, st) {
			continue
		}
		test, holds := st.Test, true
		if u, ok := test.(*python.UnaryOp); ok && u.Op == python.Not {
			test, holds = u.Operand, false
		}
		if _, name := called(test); slices.Contains([]string{"exists", "lexists", "isfile", "isdir", "is_file", "is_dir"}, name) {
			return holds, true
		}
	}
	return false, false
}
