package remedy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
	"github.com/middlebrick/middlebrick/scanner/race"
)

// refusal is how a check refuses the request: the one statement of its branch, as it stands.
func refusal(r *race.Race, in *program.Function) (text string, node python.Stmt) {
	checks := slices.Clone(r.Deciding())
	slices.Sort(checks)
	for _, c := range checks {
		site := r.Op(c).Site
		st, ok := site.Node.(*python.If)
		if !ok || site.Function != in || len(st.Body) != 1 {
			continue
		}
		switch st.Body[0].(type) {
		case *python.Raise, *python.Return:
			if !spansLines(site.Module.File, st.Body[0]) && !strings.Contains(site.Module.File.Text(st.Body[0]), "\n") {
				return site.Module.File.Text(st.Body[0]), st.Body[0]
			}
		}
	}
	return "", nil
}

// guardedUpdate writes an assignment of constants as an UPDATE that repeats the check and whose row count is tested.
func guardedUpdate(r *race.Race) []change {
	act := r.Op(r.Act)
	if act.Kind != interleave.Assign || len(r.Acts) != 1 || r.Derived || len(r.Columns) == 0 || r.Table == nil || r.Table.Class == nil {
		return nil
	}
	fn, module := act.Site.Function, act.Site.Module
	f := module.File
	st, ok := enclosing(fn, act.Site.Node.Pos())
	if !ok {
		return nil
	}
	assign, ok := st.node().(*python.Assign)
	if !ok || len(assign.Targets) != 1 {
		return nil
	}
	target, ok := assign.Targets[0].(*python.Attribute)
	session, model := sessionIn(fn), r.Table.Class.Name
	refused, _ := refusal(r, fn)
	if !ok || session == "" || refused == "" || module.Names[model] == nil || spansLines(f, assign) {
		return nil
	}
	w := vocabulary{model: model}
	object := f.Text(target.Value)
	terms := []string{fmt.Sprintf("%s.%s == %s.%s", model, primary(r), object, primary(r))}
	for _, c := range r.Columns {
		term := w.repeated(r, c)
		if strings.Contains(term, "…") {
			return nil
		}
		terms = append(terms, strings.ReplaceAll(term, "'", quote(f)))
	}
	imports, ok := imported(module, "sqlalchemy", "update")
	if !ok {
		return nil
	}
	in, nl := indent(f, assign), newline(f)
	text := fmt.Sprintf("claimed = %s%s.execute(%s%s%supdate(%s).where(%s).values(%s=%s)%s%s)%s%sif claimed.rowcount == 0:%s%s%s",
		waits(r), session, nl, in, unit(f, fn), model, strings.Join(terms, ", "), target.Attr, f.Text(assign.Value), nl, in, nl, in, nl, in+unit(f, fn), refused)
	return append(imports, change{f, assign.Pos(), assign.Stop(), text})
}

func primary(r *race.Race) string {
	for _, name := range r.Table.Order {
		if c := r.Table.Columns[name]; c.Primary {
			if c.Attribute != "" {
				return c.Attribute
			}
			return c.Name
		}
	}
	return "id"
}

// setIfAbsent lets a SET write only where there is no key, and refuses where it did not.
func setIfAbsent(r *race.Race) []change {
	act := r.Op(r.Act)
	call, ok := act.Site.Node.(*python.Call)
	if !ok || r.Derived {
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
	in := indent(f, s)
	return []change{
		{f, s.Pos(), s.Pos(), "if not "},
		addArgument(f, call, "nx=True"),
		{f, s.Stop(), s.Stop(), ":" + newline(f) + in + unit(f, act.Site.Function) + refused},
	}
}

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

// wrapped puts a statement into a try whose except clause runs some lines.
func wrapped(f *python.File, fn *program.Function, s python.Stmt, exception string, before []string, refused string) change {
	in, step, nl := indent(f, s), unit(f, fn), newline(f)
	var b strings.Builder
	b.WriteString("try:" + nl)
	for i, line := range strings.Split(strings.ReplaceAll(f.Text(s), "\r\n", "\n"), "\n") {
		switch {
		case i == 0:
			b.WriteString(in + step + line)
		case line == "":
		default:
			b.WriteString(step + line)
		}
		b.WriteString(nl)
	}
	b.WriteString(in + "except " + exception + ":" + nl)
	for _, line := range append(before, refused) {
		b.WriteString(in + step + line + nl)
	}
	return change{f, s.Pos(), s.Stop(), strings.TrimSuffix(b.String(), nl)}
}

// handleConflict catches the violation where the row is flushed or committed, and refuses as the check does.
func handleConflict(r *race.Race) []change {
	checks := r.Deciding()
	if len(checks) == 0 {
		return nil
	}
	decider := r.Op(slices.Min(checks)).Site.Function
	refused, node := refusal(r, decider)
	if refused == "" {
		return nil
	}
	module := r.Op(slices.Min(checks)).Site.Module
	f := module.File
	act := siteIn(r.Op(r.Act).Site, decider)
	if act == nil {
		return nil
	}
	st, ok := enclosing(decider, act.Node.Pos())
	if !ok {
		return nil
	}
	target := st.node()
	for _, s := range st.block[st.at:] {
		if e, is := s.(*python.ExprStmt); is {
			if _, name := called(e.Value); name == "commit" || name == "flush" {
				target = s
				break
			}
		}
	}
	if spansLines(f, target) || len(blocks(target)) > 0 {
		return nil
	}
	imports, ok := imported(module, "sqlalchemy.exc", "IntegrityError")
	if !ok {
		return nil
	}
	var before []string
	if session := sessionIn(decider); session != "" {
		before = []string{waits(r) + session + ".rollback()"}
	}
	if _, raises := node.(*python.Raise); raises && !strings.Contains(refused, " from ") {
		refused += " from None"
	}
	return append(imports, wrapped(f, decider, target, "IntegrityError", before, refused))
}

// siteIn is the place in a function from which an operation is reached.
func siteIn(s *effects.Site, fn *program.Function) *effects.Site {
	for ; s != nil; s = s.Up {
		if s.Function == fn {
			return s
		}
	}
	return nil
}
