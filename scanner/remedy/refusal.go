package remedy

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
	"github.com/middlebrick/middlebrick/scanner/race"
)

// refusal is how a check refuses the request: the statement that ends its branch, as it stands, its further lines without the first
// one's indentation. What the branch does before, as to log, is not part of it. A check of what goes stale is asked before one of whether
// there is anything.
func refusal(r *race.Race, in *program.Function) (text string, node python.Stmt) {
	for _, stale := range []func(*race.Race, *python.File, python.Expr) bool{saysContested, saysAny, looksAtAny, nil} {
		if text, node = refusalOf(r, in, stale); node != nil {
			break
		}
	}
	return text, node
}

// refusalOf is the refusal of the first check, or the first of what goes stale.
func refusalOf(r *race.Race, in *program.Function, stale func(*race.Race, *python.File, python.Expr) bool) (text string, node python.Stmt) {
	checks := slices.Clone(r.Deciding())
	slices.Sort(checks)
	for _, c := range checks {
		site := r.Op(c).Site
		st, ok := site.Node.(*python.If)
		if !ok || site.Function != in || stale != nil && !stale(r, site.Module.File, st.Test) {
			continue
		}
		if last := ending(st.Body); last != nil && !spansLines(site.Module.File, last) && leadsTo(r, in, st) {
			return strings.Join(dedented(site.Module.File, last), "\n"), last
		}
	}
	return "", nil
}

// leadsTo tells whether a function comes to the act past a check and not inside one of its arms, and only past it: what the check refuses with
// may be made of what is there under its own conditions.
func leadsTo(r *race.Race, in *program.Function, check *python.If) bool {
	site := siteIn(r.Op(r.Act).Site, in)
	if site == nil || site.Node == nil {
		return true // the act is elsewhere
	}
	act := site.Node.Pos()
	if act < check.Stop() {
		return act > check.Pos() && inElse(check, act)
	}
	outer := around(in, check.Pos())
	for i := len(outer) - 2; i >= 0; i-- {
		inside := outer[i+1]
		switch s := outer[i].(type) {
		case *python.With, *python.Try:
		case *python.If:
			elif := inElse(s, inside.Pos()) && isElif(in.Module.File, inside) && leaves(s.Body)
			if act < s.Stop() || !elif {
				return act < s.Stop() && inElse(s, act) == inElse(s, inside.Pos())
			}
		default:
			return act < s.Stop()
		}
	}
	return true
}

// inElse tells whether an offset lies in the other arm of a check.
func inElse(check *python.If, at int32) bool {
	return len(check.Else) > 0 && check.Else[0].Pos() <= at && at < check.Stop()
}

// isElif tells whether a check is written as the elif of the one before it.
func isElif(f *python.File, check python.Stmt) bool {
	return strings.HasPrefix(string(f.Source[check.Pos():]), "elif") || strings.TrimSpace(string(f.Source[lineStart(f, check.Pos()):check.Pos()])) == "el"
}

// refuses tells whether the check refuses the request, and does not only say that nothing is to be done: who finds that the row has changed
// otherwise must not be told so.
func refuses(r *race.Race, fn *program.Function) bool {
	_, node := refusal(r, fn)
	switch s := node.(type) {
	case *python.Raise:
		return true
	case *python.Return:
		call, ok := s.Value.(*python.Call)
		return ok && slices.ContainsFunc(call.Keywords, func(k *python.Keyword) bool { return k.Name == "status_code" })
	}
	return false
}

// last is the last statement of a block, nil where it has none.
func last(block []python.Stmt) python.Stmt {
	if len(block) == 0 {
		return nil
	}
	return block[len(block)-1]
}

// ending is the statement by which a branch leaves the function, nil where what it leaves with may be made in the branch.
func ending(block []python.Stmt) python.Stmt {
	if len(block) == 0 || slices.ContainsFunc(block[:len(block)-1], func(s python.Stmt) bool { _, plain := s.(*python.ExprStmt); return !plain }) {
		return nil
	}
	switch last := block[len(block)-1].(type) {
	case *python.Raise, *python.Return:
		return last
	}
	return nil
}

// dedented are the lines of a statement, the further ones without the indentation of the first.
func dedented(f *python.File, s python.Stmt) []string {
	outer := indent(f, s)
	lines := strings.Split(strings.ReplaceAll(f.Text(s), "\r\n", "\n"), "\n")
	for i := range lines {
		lines[i] = strings.TrimPrefix(lines[i], outer)
	}
	return lines
}

// under writes lines below an indentation.
func under(text, in, nl string) string { return in + strings.ReplaceAll(text, "\n", nl+in) }
