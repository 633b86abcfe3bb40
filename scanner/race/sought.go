package race

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// Where the values of one column were read and a decision asks for one among them, it is the row with that value that must not be there
// twice, and not every row that the query finds.

// Sought returns the columns whose values were read to look for one among them.
func (r *Race) Sought() []string {
	var out []string
	for _, c := range r.sought() {
		if !slices.Contains(out, c.Column) {
			out = append(out, c.Column)
		}
	}
	return out
}

// sought are the values that the decisions of a candidate ask for among those of a column.
func (r *Race) sought() []interleave.Cond {
	if r.Relation != SetInsert || r.Op(r.Read).Res.Store != interleave.Table || r.Op(r.Read).Res.Aggregate != interleave.Rows {
		return nil
	}
	var out []interleave.Cond
	for _, c := range r.Checks {
		if p := r.Op(c).Pred; p != nil {
			for _, u := range p.Uses {
				out = r.soughtBy(u, out, 0)
			}
		}
	}
	return out
}

func (r *Race) soughtBy(u effects.PredUse, out []interleave.Cond, depth int) []interleave.Cond {
	if depth < 3 && (u.Op == "true" || u.Op == "false") {
		for _, in := range answers(u.Left) {
			out = r.soughtBy(in, out, depth+1)
		}
		return out
	}
	among, one, column := u.Right, u.Left, ""
	switch {
	case u.Op == "in" || u.Op == "not in":
		if among != nil {
			column = r.ofEach(among.Elem)
		}
	case u.Op == "=" && u.Of != effects.Every || u.Op == "!=" && u.Of == effects.Every:
		if column = r.ofEach(among); column == "" {
			among, one = one, among
			column = r.ofEach(among)
		}
		if column == "" || one != nil && one.Kind == effects.Const {
			return out // of one row, or which of them are looked at
		}
	default:
		return out
	}
	if one == nil || r.About(one) {
		return out
	}
	value := one.Sym
	if one.Kind == effects.Entity && one.Obj != nil {
		value = one.Obj.Key // a row is told from others by its key
	}
	switch cols := r.Op(r.Read).Res.Columns; {
	case column != "":
		out = append(out, interleave.Cond{Column: column, Op: "=", Value: value})
	case len(cols) == 1 && among != nil && among.AllDeps().Has(r.Read) && among.Kind != effects.Mapping:
		out = append(out, interleave.Cond{Column: cols[0], Op: "=", Value: value})
	}
	return out
}

// ofEach returns the column that a value is of each row in turn that was read, "" when it is none.
func (r *Race) ofEach(v *effects.Value) string {
	if v == nil || v.Src == 0 || v.SrcCol == "" {
		return ""
	}
	if attr := r.Op(int(v.Src) - 1); attr.Kind != interleave.Attr || !strings.HasPrefix(attr.Res.Key, effects.EachOf) || baseRead(r.Trace, int(v.Src)-1) != r.Read {
		return ""
	}
	return v.SrcCol
}

// bringsOther tells whether all that the decisions before an insert ask of the set is whether it has a value that the new row does not
// bring: the old password goes into the history in which the new one was looked for.
func (r *Race) bringsOther() bool {
	sought := r.sought()
	return r.bringsStored() || len(sought) > 0 && r.OnlySeeks() && !slices.ContainsFunc(sought, func(c interleave.Cond) bool {
		v, ok := assigned(r.Op(r.Act).Set, c.Column)
		if ok && c.Value != "" && r.storedElsewhere(v) >= 0 {
			return strings.Contains(c.Value, v) // what was looked for may be made of the stored value, and not only be called like it
		}
		return !ok || v == "" || c.Value == "" || shareNames(v, c.Value)
	})
}

// bringsStored tells whether all that the decisions before an insert ask of the set is what some function makes of one column of its rows,
// and the new row gets there what was stored elsewhere before, at which no such decision looks: whether a new password is one of the last,
// of which only hashes are kept.
func (r *Race) bringsStored() bool {
	if r.Relation != SetInsert || r.Op(r.Read).Res.Aggregate != interleave.Rows {
		return false
	}
	found := false
	for _, c := range r.Checks {
		p := r.Op(c).Pred
		if p == nil {
			return false
		}
		for _, u := range p.Uses {
			if !r.About(u.Left) && !r.About(u.Right) {
				continue
			}
			column := r.testedOfEach(u)
			if column == "" && (u.Left == nil || u.Left.Sym != "isinstance") || column != "" && !r.storedBefore(column, u.Left) {
				return false
			}
			found = found || column != ""
		}
	}
	return found
}

// testedOfEach returns the one column of the rows of the set of which a function says yes or no, "" for anything else.
func (r *Race) testedOfEach(u effects.PredUse) string {
	if u.Op != "true" && u.Op != "false" || u.Left == nil || u.Left.Src != 0 || len(answers(u.Left)) > 0 {
		return ""
	}
	column := ""
	for _, d := range u.Left.AllDeps() {
		op := r.Op(int(d))
		if op.Kind != interleave.Attr || !strings.HasPrefix(op.Res.Key, effects.EachOf) || baseRead(r.Trace, int(d)) != r.Read {
			continue
		}
		if len(op.Res.Columns) != 1 || column != "" && column != op.Res.Columns[0] {
			return ""
		}
		column = op.Res.Columns[0]
	}
	return column
}

// storedBefore tells whether a column of the new row is given what a row of another table holds, and what was tested does not come from there.
func (r *Race) storedBefore(column string, tested *effects.Value) bool {
	value, _ := assigned(r.Op(r.Act).Set, column)
	at := r.storedElsewhere(value)
	return at >= 0 && !tested.AllDeps().Has(at)
}

// storedElsewhere returns the operation that gave a value of the new row as the column of a row of another table, -1 for none.
func (r *Race) storedElsewhere(value string) int {
	for _, f := range r.Op(r.Act).From {
		op := r.Op(f)
		if op.Kind == interleave.Attr && op.Res.Store == interleave.Table && op.Res.Name != r.Resource() && len(op.Res.Columns) == 1 &&
			value == op.Res.Name+"["+op.Res.Key+"]."+op.Res.Columns[0] {
			return f
		}
	}
	return -1
}

// OnlySeeks tells whether the decisions of a candidate ask nothing else of the set than whether it has some value.
func (r *Race) OnlySeeks() bool {
	return !slices.ContainsFunc(r.Checks, func(c int) bool {
		p := r.Op(c).Pred
		return p == nil || slices.ContainsFunc(p.Uses, func(u effects.PredUse) bool {
			return (r.About(u.Left) || r.About(u.Right)) && len(r.soughtBy(u, nil, 0)) == 0
		})
	})
}

// shareNames tells whether two symbols have a name in common, so that one may be made of what the other is made of.
func shareNames(a, b string) bool {
	names := effects.Names(a)
	return slices.ContainsFunc(effects.Names(b), func(n string) bool { return slices.Contains(names, n) })
}
