package remedy

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/python"
	"github.com/middlebrick/middlebrick/scanner/race"
)

// ifMatch sends back the version of a remote document that was read, and gives up when the other side has another one by then. Whether the
// other side tells versions cannot be seen from here.
func ifMatch(r *race.Race) []change {
	act, read := r.Op(r.Act).Site, r.Op(r.Read).Site
	fn := act.Function
	put, ok := act.Node.(*python.Call)
	if !ok || fn == nil || read.Function != fn || act.Module.Names["HTTPException"] == nil {
		return nil
	}
	f := act.Module.File
	if _, name := called(put); !slices.Contains([]string{"put", "patch"}, name) || strings.Contains(f.Text(put), "headers") {
		return nil
	}
	looked, ok := enclosing(fn, read.Node.Pos())
	if !ok {
		return nil
	}
	answer, ok := looked.node().(*python.Assign)
	if !ok || len(answer.Targets) != 1 {
		return nil
	}
	variable, ok := answer.Targets[0].(*python.Name)
	if get, name := called(answer.Value); !ok || get == nil || name != "get" {
		return nil // what was answered is not kept as a whole
	}
	st, ok := enclosing(fn, put.Pos())
	if !ok {
		return nil
	}
	s, ok := st.node().(*python.ExprStmt)
	if call, _ := called(expressionOf(s, ok)); call != put {
		return nil
	}
	q, in, nl := quote(f), indent(f, s), newline(f)
	header := "headers={" + q + "If-Match" + q + ": " + variable.ID + ".headers[" + q + "ETag" + q + "]}"
	return []change{
		{f, s.Pos(), s.Pos(), "written = "},
		addArgument(f, put, header),
		{f, behind(f, s), behind(f, s), nl + in + "if written.status_code == 412:" + nl + in + unit(f, fn) +
			"raise HTTPException(409, " + q + "changed meanwhile" + q + ")"},
	}
}

// expressionOf is the expression of a statement that is nothing else.
func expressionOf(s *python.ExprStmt, ok bool) python.Expr {
	if !ok {
		return nil
	}
	return s.Value
}
