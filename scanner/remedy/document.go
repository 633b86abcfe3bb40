package remedy

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/python"
	"github.com/middlebrick/middlebrick/scanner/race"
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
	terms, ok := conditions(r, fn, call)
	if !ok {
		return nil
	}
	q := quote(f)
	added := ""
	for _, c := range terms {
		value := c.value
		if exact || value == unknown || stores(r, c.column) || c.op == "is not" {
			value, c.op = c.seen, "=="
		}
		if value == "" || strings.Contains(f.Text(filter), q+c.column+q) {
			return nil
		}
		if value[0] == '\'' && value[len(value)-1] == '\'' {
			value = q + value[1:len(value)-1] + q
		}
		if op := comparisons[c.op]; op != "" {
			value = "{" + q + op + q + ": " + value + "}"
		}
		added += ", " + q + c.column + q + ": " + value
	}
	in, nl := indent(f, s), newline(f)
	last := filter.Values[len(filter.Values)-1]
	return []change{
		{f, s.Pos(), s.Pos(), "claimed = "},
		{f, last.Stop(), last.Stop(), added},
		{f, s.Stop(), s.Stop(), nl + in + "if " + result + ":" + nl + under(refused, in+unit(f, fn), nl)},
	}
}

// upserts tells whether a command makes the document where none matches.
func upserts(call *python.Call) bool {
	return slices.ContainsFunc(call.Keywords, func(k *python.Keyword) bool { return k.Name == "upsert" || k.Name == "" })
}
