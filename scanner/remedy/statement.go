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
	"github.com/middlebrick/middlebrick/scanner/schema"
)

// term is one comparison of a WHERE clause.
type term struct{ column, op, value string }

func (t term) known() bool { return t.value != unknown }

// guarded is check and act as one statement, or the lock of the row where what was checked cannot be said in SQL.
func (w vocabulary) guarded(r *race.Race) string {
	if store := r.Op(r.Read).Res.Store; store == interleave.KeyValue && w.documents() && !ofRedis(r) {
		return w.document(r)
	} else if store != interleave.Table {
		return "Make check and change one atomic step of the store, and test its result."
	}
	if r.Op(r.Act).Rare().Driver == effects.PostgREST {
		return "Add what was checked to the filters of the write, as `.eq(…)` of what the column must still hold, and refuse the request when its `data` is empty. " + restFunction(r)
	}
	row := w.row(r)
	terms, set := w.terms(r), w.assignments(r)
	lock := w.locked(r, row)
	first := ""
	if effect := irrevocable(r); effect != "" {
		first = fmt.Sprintf(", before `%s` and not after it", effect)
	}
	removes := r.Op(r.Act).Kind == interleave.Delete
	if len(terms) == 0 && relative(set) {
		return fmt.Sprintf("Let the database compute on the latest value: `%s`. Or %s.", w.update(row, nil, set), lock)
	}
	if len(terms) > 0 && !slices.ContainsFunc(terms, func(t term) bool { return !t.known() }) && (len(set) > 0 || removes) {
		statement := w.update(row, terms, set)
		if removes {
			statement = w.remove(row, terms)
		}
		return fmt.Sprintf("Make check and write one statement%s: `%s`, and refuse the request when %s. Or %s.", first, statement, w.nothing(), lock)
	}
	checked := ""
	if len(terms) > 0 {
		var names []string
		for _, t := range terms[:min(len(terms), maxShown)] {
			names = append(names, t.column)
		}
		if len(terms) > maxShown {
			names = append(names, unknown)
		}
		checked = fmt.Sprintf(" Or repeat what was checked (%s) in the WHERE clause of the write, and refuse the request when no row matches.", strings.Join(names, ", "))
	}
	return upperFirst(lock) + first + "." + checked + w.byVersion(r, row, set)
}

// byVersion is the update that compares the version of a row whose new value comes from the old one, or how to give it a version.
func (w vocabulary) byVersion(r *race.Race, row, set []term) string {
	if !r.Derived || w.orm != schema.SQLAlchemy && w.orm != schema.SQLModel || len(set) == 0 || r.Table.VersionColumn != "" {
		return ""
	}
	version := versionOf(r.Table)
	if version == "" {
		return fmt.Sprintf(" Or give %s a version: an integer column and `__mapper_args__ = {\"version_id_col\": …}`, by which SQLAlchemy refuses the later of two writes with StaleDataError.", w.model)
	}
	others := slices.DeleteFunc(slices.Clone(set), func(t term) bool { return t.column == version })
	counted := append(others, term{version, "=", w.model + "." + version + " + 1"})
	return fmt.Sprintf(" Or compare the version that was read and count it: `%s`, and refuse the request when %s.", w.update(row, []term{{version, "==", unknown}}, counted), w.nothing())
}

// row is the condition that picks the row.
func (w vocabulary) row(r *race.Race) []term {
	key := r.Op(r.Read).Res.Key
	if !strings.Contains(key, "=") {
		return []term{{primary(r), "==", written(key)}}
	}
	var out []term
	for part := range strings.SplitSeq(key, ",") {
		column, value, ok := strings.Cut(part, "=")
		if !ok || written(column) != column {
			return []term{{primary(r), "==", unknown}}
		}
		if r.Op(r.Read).Res.Store == interleave.Table && r.Table != nil && len(r.Table.Columns) > 0 && r.Table.Columns[column] == nil {
			continue // of a row that was joined
		}
		out = append(out, term{column, "==", written(value)})
	}
	if len(out) == 0 {
		return []term{{primary(r), "==", unknown}}
	}
	return out
}

// terms are the conditions on what the rival changes, as they must still hold at the write.
func (w vocabulary) terms(r *race.Race) []term {
	var out []term
	if r.DerivedOnly() {
		return nil
	}
	for _, c := range r.Contested() {
		demanded := demands(r, c)
		if len(demanded) == 0 {
			demanded = []term{{c, "==", unknown}}
		}
		for _, t := range demanded {
			if !slices.Contains(out, t) {
				out = append(out, t)
			}
		}
	}
	return out
}

// demands are the decisions on a column as terms of the WHERE clause, which hold together. One of several alternatives is none: the others
// let the request go on, too.
func demands(r *race.Race, column string) (out []term) {
	for _, c := range slices.Sorted(slices.Values(r.Deciding())) {
		p := r.Op(c).Pred
		if p == nil {
			continue
		}
		holds := goesOnWhen(r, c)
		for _, u := range p.Uses {
			if u.Left == nil || u.Left.SrcCol != column {
				continue
			}
			t := demanded(r, column, &u, holds)
			if len(p.Uses) > 1 && p.Or == holds {
				t = term{column, "", unknown}
			}
			if !slices.Contains(out, t) {
				out = append(out, t)
			}
		}
	}
	return out
}

// demanded is a comparison of a column as a term of the WHERE clause, when it holds or when it does not.
func demanded(r *race.Race, column string, u *effects.PredUse, holds bool) term {
	op := u.Op
	if !holds {
		op = effects.Opposite(op)
	}
	switch op {
	case "true", "false":
		return truth(r.Table, column, op == "true")
	case "exists":
		return term{column, "is not", "None"}
	case "not exists":
		return term{column, "is", "None"}
	case "=":
		op = "=="
	case "in", "not in", "?":
		return term{column, "", unknown}
	}
	if u.Right == nil {
		return term{column, op, unknown}
	}
	if u.Right.IsNone() && (op == "==" || op == "!=") {
		return term{column, map[string]string{"==": "is", "!=": "is not"}[op], "None"}
	}
	return term{column, op, written(u.Right.Sym)}
}

// truth is a test of a column for being true as Python has it: NULL is false, and so are 0 and the empty text.
func truth(t *schema.Table, column string, holds bool) term {
	kind := ""
	if t != nil && t.Columns[column] != nil {
		kind = strings.ToLower(t.Columns[column].Type)
	}
	null := map[bool]string{true: "is not", false: "is"}[holds]
	switch {
	case strings.Contains(kind, "bool") && !holds && mayBeNull(t, column):
		return term{column, "is not", "True"}
	case strings.Contains(kind, "bool"):
		return term{column, "is", map[bool]string{true: "True", false: "False"}[holds]}
	case strings.Contains(kind, "date"), strings.Contains(kind, "time"), strings.Contains(kind, "uuid"), t != nil && t.Columns[column] != nil && t.Columns[column].Target != "":
		return term{column, null, "None"}
	}
	return term{column, "==", unknown}
}

// goesOnWhen tells which way the request that acts goes at a decision.
func goesOnWhen(r *race.Race, check int) bool {
	for c := r.Op(r.Act).Ctx; c != nil; c = c.Up {
		if c.Check == check {
			return c.Arm == 1
		}
	}
	return true
}

// maxShown is how many columns a reader is shown.
const maxShown = 4

// assignments are the columns that the acts write and what they become.
func (w vocabulary) assignments(r *race.Race) []term {
	var out []term
	for _, a := range r.Acts {
		op := r.Op(a)
		if op.Res.Name != r.Resource() || op.Kind == interleave.Delete {
			continue
		}
		for _, s := range op.Set {
			if s.Column == "*" || len(out) == maxShown || slices.ContainsFunc(out, func(t term) bool { return t.column == s.Column }) {
				continue
			}
			v := written(s.Value)
			if slices.Contains(r.Columns, s.Column) && r.Derived && !literal(v) || s.Relative {
				v = w.computed(op, s.Column)
			}
			if onSomeWays(r, op) {
				v = unknown // the row keeps it on the others
			}
			out = append(out, term{s.Column, "=", v})
		}
	}
	return out
}

// onSomeWays tells whether a write hangs on one decision more than another one of the same request.
func onSomeWays(r *race.Race, op *effects.Op) bool {
	return slices.ContainsFunc(r.Acts, func(a int) bool {
		for c := op.Ctx; c != nil; c = c.Up {
			if c.Up == r.Op(a).Ctx && c != r.Op(a).Ctx {
				return r.Op(a).Res.Name == op.Res.Name && c.Leaves == effects.Stays
			}
		}
		return false
	})
}

// literal tells that a value is written as a constant.
func literal(v string) bool {
	return v == "None" || v == "True" || v == "False" || v[0] == '\'' || v[0] == '-' || v[0] >= '0' && v[0] <= '9'
}

// computed is the new value of a column as an expression on its old one; unknown when the source does not assign it by itself.
func (w vocabulary) computed(op *effects.Op, column string) string {
	f := op.Site.Module.File
	st, ok := enclosing(op.Site.Function, op.Site.Node.Pos())
	if !ok {
		return unknown
	}
	if text := w.given(f, op.Site.Node, column); text != "" {
		return text
	}
	target, text := assigned(f, st.node(), w.model)
	if target == nil {
		target, text = w.assignedBefore(op.Site.Function, column)
	}
	if target == nil || target.Attr != column || len(text) > 60 || strings.Contains(text, "\n") || !strings.Contains(text, w.model+".") {
		return unknown
	}
	return text
}

// assignedBefore is the one assignment of a function to an attribute, for a record that is saved later.
func (w vocabulary) assignedBefore(fn *program.Function, column string) (target *python.Attribute, text string) {
	several := false
	python.Walk(fn.Def, func(n python.Node) bool {
		if s, ok := n.(python.Stmt); ok {
			if t, value := assigned(fn.Module.File, s, w.model); t != nil && t.Attr == column {
				several = several || target != nil
				target, text = t, value
			}
		}
		return true
	})
	if several {
		return nil, ""
	}
	return target, text
}

// given is what a statement gives a column as an expression on it, in a keyword or in a dictionary; "" where it does not say the column.
func (w vocabulary) given(f *python.File, n python.Node, column string) string {
	var value python.Expr
	python.Walk(n, func(n python.Node) bool {
		switch n := n.(type) {
		case *python.Call:
			for _, k := range n.Keywords {
				if k.Name == column {
					value = k.Value
				}
			}
		case *python.Dict:
			for i, key := range n.Keys {
				if key != nil && (lastName(key) == column || strings.Trim(f.Text(key), `"'`) == column) {
					value = n.Values[i]
				}
			}
		}
		return value == nil
	})
	if value == nil {
		return ""
	}
	if text := f.Text(value); len(text) <= 60 && strings.Contains(text, w.model+"."+column+" ") && !strings.Contains(text, "\n") {
		return text
	}
	return ""
}

// relative tells that nothing but values computed from the old ones is written.
func relative(set []term) bool {
	return len(set) > 0 && !slices.ContainsFunc(set, func(t term) bool { return !strings.Contains(t.value, "."+t.column+" ") })
}

// irrevocable is the call between check and write whose effect cannot be taken back, empty when there is none.
func irrevocable(r *race.Race) string {
	marks := false
	for _, a := range r.Acts {
		marks = marks || r.Op(a).Res.Name == r.Resource() && r.Op(a).Kind != interleave.Effect
	}
	for _, a := range r.Acts {
		if op := r.Op(a); op.Kind == interleave.Effect && marks {
			site := op.Site
			for site.Up != nil && site.Function != r.Op(r.Read).Site.Function && !decidesIn(r, site.Function) {
				site = site.Up
			}
			call, _ := called(expression(site.Node))
			if call == nil {
				return ""
			}
			text := site.Module.File.Text(call.Func)
			if len(text) > 60 || strings.Contains(text, "\n") {
				return ""
			}
			return text + "(" + map[bool]string{true: unknown}[len(call.Args)+len(call.Keywords) > 0] + ")"
		}
	}
	return ""
}

// decidesIn tells whether a function makes one of the decisions.
func decidesIn(r *race.Race, fn *program.Function) bool {
	return slices.ContainsFunc(r.Checks, func(c int) bool { return r.Op(c).Site.Function == fn })
}

func expression(n python.Node) python.Expr {
	e, _ := n.(python.Expr)
	return e
}

// restFunction is what several statements need that are sent to PostgREST: each request is a transaction of its own.
func restFunction(r *race.Race) string {
	return fmt.Sprintf("Each request to PostgREST is a transaction of its own: what takes a look at %s and a write is one function in the database, called by `.rpc(…)`, that locks first.", r.Resource())
}
