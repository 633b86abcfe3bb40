package remedy

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
	"github.com/middlebrick/middlebrick/scanner/race"
	"github.com/middlebrick/middlebrick/scanner/schema"
)

// comparisons are the operators of a filter on documents.
var comparisons = map[string]string{"!=": "$ne", "<": "$lt", "<=": "$lte", ">": "$gt", ">=": "$gte"}

// guardedDocument adds what was checked to the filter of the command that changes a document, and refuses where it changes none. exact
// compares with what was read instead.
func guardedDocument(r *race.Race, exact bool) []change {
	act := r.Op(r.Act)
	call, ok := act.Site.Node.(*python.Call)
	fn := act.Site.Function
	if !ok || fn == nil || len(call.Args) == 0 || len(r.Checks) == 0 {
		return nil
	}
	f := act.Site.Module.File
	_, command := called(call)
	filter, ok := call.Args[0].(*python.Dict)
	st, found := enclosing(fn, call.Pos())
	refused, _ := refusal(r, fn)
	result := map[string]string{
		"update_one": "claimed.matched_count == 0", "replace_one": "claimed.matched_count == 0", "delete_one": "claimed.deleted_count == 0",
		"find_one_and_update": "claimed is None", "find_one_and_replace": "claimed is None", "find_one_and_delete": "claimed is None",
	}[command]
	if !ok || !found || refused == "" || result == "" || len(filter.Values) == 0 || upserts(call) {
		return nil
	}
	s, ok := st.node().(*python.ExprStmt)
	if !ok {
		return nil
	}
	if inner, _ := called(s.Value); inner != call {
		return nil
	}
	added := filterOf(r, fn, call, exact)
	if added == "" {
		return nil
	}
	in, nl := indent(f, s), newline(f)
	last := filter.Values[len(filter.Values)-1]
	return []change{
		{f, s.Pos(), s.Pos(), "claimed = "},
		{f, last.Stop(), last.Stop(), added},
		{f, behind(f, s), behind(f, s), nl + in + "if " + result + ":" + nl + under(refused, in+unit(f, fn), nl)},
	}
}

// filterOf are the conditions that were checked, as further entries of a filter; "" when they cannot be written.
func filterOf(r *race.Race, fn *program.Function, call *python.Call, exact bool) string {
	terms, ok := conditions(r, fn, call)
	if !ok || len(onceEach(terms)) < len(terms) {
		return "" // a filter has one entry for each field
	}
	q, added := quote(fn.Module.File), ""
	given := ""
	if len(call.Args) > 0 {
		given = fn.Module.File.Text(call.Args[0])
	}
	for _, c := range terms {
		value := c.value
		if c.op == "is not" && value == "True" {
			c.op = "!=" // a field that is not there is no truth, too
		}
		if exact || value == unknown || stores(r, c.column) || c.op == "is not" {
			if value, c.op = c.seen, "=="; !refuses(r, fn) {
				return ""
			}
		}
		if _, record := call.Args[0].(*python.Dict); value == "" || record && strings.Contains(given, q+c.column+q) {
			return ""
		}
		if strings.Contains(c.seen, ".get(") && strings.Contains(c.seen, ",") {
			return "" // a default stands for a field that is not there, and a filter does not know it
		}
		if value == "False" {
			value, c.op = "True", "!=" // a field that is not there is false, too
		}
		if value[0] == '\'' && value[len(value)-1] == '\'' {
			value = q + value[1:len(value)-1] + q
		}
		if op := comparisons[c.op]; op != "" {
			value = "{" + q + op + q + ": " + value + "}"
		}
		added += ", " + q + c.column + q + ": " + value
	}
	return added
}

// guardedBeanie lets Beanie update the document that still is as it was checked, instead of the one that was loaded, and refuses where there
// is none. The object in memory is not updated then, so that nothing may look at it afterwards.
func guardedBeanie(r *race.Race, exact bool) []change {
	act := r.Op(r.Act)
	call, ok := act.Site.Node.(*python.Call)
	fn := act.Site.Function
	if !ok || fn == nil || len(call.Args) != 1 || len(r.Checks) == 0 || r.Table == nil || r.Table.ORM != schema.Beanie || r.Table.Class == nil {
		return nil
	}
	f, model := act.Site.Module.File, r.Table.Class.Name
	attr, ok := call.Func.(*python.Attribute)
	if !ok || !slices.Contains([]string{"set", "inc", "update"}, attr.Attr) || act.Site.Module.Names[model] == nil || strings.Contains(f.Text(r.Table.Class.Def), "alias=") {
		return nil
	}
	object, ok := attr.Value.(*python.Name)
	st, found := enclosing(fn, call.Pos())
	refused, _ := refusal(r, fn)
	if !ok || !found || refused == "" {
		return nil
	}
	s, ok := st.node().(*python.ExprStmt)
	if inner, _ := called(expressionOf(s, ok)); inner != call || usedAfter(fn, object.ID, s.Stop()) {
		return nil
	}
	added := filterOf(r, fn, call, exact)
	if added == "" {
		return nil
	}
	q, in, nl := quote(f), indent(f, s), newline(f)
	query := model + ".find_one({" + q + "_id" + q + ": " + object.ID + ".id" + added + "})"
	return []change{
		{f, s.Pos(), s.Pos(), "claimed = "},
		{f, object.Pos(), object.Stop(), query},
		{f, behind(f, s), behind(f, s), nl + in + "if claimed.matched_count == 0:" + nl + under(refused, in+unit(f, fn), nl)},
	}
}

// usedAfter tells whether a function names a variable behind an offset.
func usedAfter(fn *program.Function, name string, from int32) bool {
	used := false
	python.Walk(fn.Def, func(n python.Node) bool {
		if v, ok := n.(*python.Name); ok && v.ID == name && v.Pos() >= from {
			used = true
		}
		return !used
	})
	return used
}

// upserts tells whether a command makes the document where none matches.
func upserts(call *python.Call) bool {
	return slices.ContainsFunc(call.Keywords, func(k *python.Keyword) bool { return k.Name == "upsert" || k.Name == "" })
}
