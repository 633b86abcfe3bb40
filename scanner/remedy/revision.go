package remedy

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
	"github.com/middlebrick/middlebrick/scanner/race"
	"github.com/middlebrick/middlebrick/scanner/schema"
)

// revised lets Beanie count the revisions of a document, so that a document which has changed since it was loaded is not saved, and refuses
// where the act saves one. Whoever else saves such a document is refused with an error.
func revised(r *race.Race) []change {
	act := r.Op(r.Act)
	call, ok := act.Site.Node.(*python.Call)
	fn := act.Site.Function
	if !ok || fn == nil || r.Table == nil || r.Table.ORM != schema.Beanie || r.Table.Class == nil {
		return nil
	}
	attr, method := call.Func.(*python.Attribute)
	if !method || !slices.Contains([]string{"save", "replace", "save_changes", "set", "inc"}, attr.Attr) {
		return nil
	}
	if _, object := attr.Value.(*python.Name); !object {
		return nil // a query knows of no revision that was loaded
	}
	counted, ok := countsRevisions(r.Table)
	st, found := enclosing(fn, call.Pos())
	refused := refusedChanged(r, fn)
	if !ok || !found || refused == "" || spansLines(fn.Module.File, st.node()) || caughtBy(fn, call.Pos(), "RevisionIdWasChanged", false) {
		return nil
	}
	switch st.node().(type) {
	case *python.ExprStmt, *python.Assign:
	default:
		return nil
	}
	imports, ok := imported(fn.Module, "beanie.exceptions", "RevisionIdWasChanged")
	if !ok {
		return nil
	}
	f, s := fn.Module.File, st.node()
	in, step, nl := indent(f, s), unit(f, fn), newline(f)
	text := "try:" + nl + shifted(f, s.Pos(), s.Stop(), in, step) + nl + in + "except RevisionIdWasChanged:" + nl + under(refused, in+step, nl)
	return append(append(imports, counted...), change{f, s.Pos(), s.Stop(), text})
}

// refusedChanged is how a function refuses who comes too late: as its check of what has changed does, or with the status that says so.
func refusedChanged(r *race.Race, fn *program.Function) string {
	if text, node := refusalOf(r, fn, saysContested); node != nil && !strings.Contains(text, "404") {
		return text // who has changed it has not always taken it away
	}
	return changedMeanwhile(fn)
}

// countsRevisions are the changes of the settings of a document that let its revisions be counted; none where they are.
func countsRevisions(t *schema.Table) (changes []change, ok bool) {
	if t.VersionColumn != "" {
		return nil, true
	}
	f, body := t.Class.Module.File, t.Class.Def.Body
	if len(body) == 0 {
		return nil, false // of a damaged file
	}
	last := body[len(body)-1]
	in, nl := indent(f, last), newline(f)
	for _, s := range body {
		if own, is := s.(*python.ClassDef); is && own.Name == "Settings" {
			if len(own.Body) == 0 {
				return nil, false
			}
			last = own.Body[len(own.Body)-1]
			at := behind(f, last)
			return []change{{f, at, at, nl + indent(f, last) + "use_revision = True"}}, true
		}
	}
	if _, inherited := t.Class.Attr("Settings"); inherited != nil {
		return nil, false
	}
	at := behind(f, last)
	return []change{{f, at, at, nl + nl + in + "class Settings:" + nl + in + in + "use_revision = True"}}, true
}
