package remedy

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
	"github.com/middlebrick/middlebrick/scanner/race"
	"github.com/middlebrick/middlebrick/scanner/schema"
)

// checked is a condition that a request found to hold, as the function that acts can say it once more.
type checked struct {
	column, op string
	// value is what the column was compared with, as the source says it; None, True or a literal where the check compares with nothing.
	value string
	// seen is how the source names the value that was looked at.
	seen string
	// nullable tells that the column may hold NULL, which is unlike every value in SQL and like any other in Python.
	nullable bool
	// clause is the whole condition: as the query says it by which the row was looked for or, where it begins with a dot, as one of the model's;
	// "" where it is the comparison of the fields above.
	clause string
	// unasked tells that nothing was asked of the column: a new value was made of it.
	unasked bool
}

// conditions are the conditions on the columns that were looked at; ok is false when one of them cannot be said. What they are compared
// with must still have the same names and values at the act.
func conditions(r *race.Race, fn *program.Function, act python.Node) (out []checked, ok bool) {
	for _, column := range lookedAt(r) {
		demanded := demands(r, column)
		unasked := len(demanded) == 0 && !keepsCopy(r, column) && !decidedBy(r, column)
		if clause := soughtBy(r, fn, column, act); unasked && clause != "" {
			out = append(out, checked{column: column, clause: clause})
			continue
		}
		if clause := memberOf(r, fn, column, act); len(demanded) == 1 && clause != "" && !keepsCopy(r, column) {
			c := checked{column: column, clause: clause}
			compared(r, fn, column, &c)
			out = append(out, c)
			continue
		}
		if len(demanded) == 0 || len(demanded) > 1 && slices.ContainsFunc(demanded, func(t term) bool { return !t.known() || !plain(r.Table, column, t.value) }) {
			demanded = []term{{column, "", unknown}}
		}
		for _, t := range demanded {
			c := checked{column: column, op: t.op, nullable: mayBeNull(r.Table, column), unasked: unasked}
			other := compared(r, fn, column, &c)
			nothing := t.op == "is" || t.op == "is not"
			switch {
			case t.op == "", keepsCopy(r, column):
				c.value = unknown
			case other != nil && len(demanded) == 1 && !nothing && (!isText(other) || plain(r.Table, column, "''")) && stays(fn, other, act):
				c.value = fn.Module.File.Text(other) // a member of an enumeration is more than its value
			case t.known() && plain(r.Table, column, t.value):
				c.value = t.value
			case other != nil && nothing:
				return nil, false
			default:
				c.value = unknown
			}
			out = append(out, c)
		}
	}
	return out, len(out) > 0
}

// memberOf is what a check demands of a column that it looks for among some values, "" where it does not, where they may have changed since, or
// where the column may be empty, which is among none to Python and unknown to SQL.
func memberOf(r *race.Race, fn *program.Function, column string, act python.Node) (clause string) {
	if r.Table == nil || r.Table.Class == nil || !alchemy(r) {
		return ""
	}
	for _, i := range r.Deciding() {
		site := r.Op(i).Site
		st, ok := site.Node.(*python.If)
		p := r.Op(i).Pred
		if !ok || p == nil || site.Function != fn {
			continue
		}
		holds := goesOnWhen(r, i)
		for _, u := range p.Uses {
			if u.Left == nil || u.Left.SrcCol != column || u.Op != "in" && u.Op != "not in" {
				continue
			}
			values := membersAsked(r, fn, st.Test, column, act)
			among := (u.Op == "in") == holds
			if clause != "" || values == "" || len(p.Uses) > 1 && p.Or == holds || !among && mayBeNull(r.Table, column) {
				return ""
			}
			clause = "." + attributeOf(r, column) + map[bool]string{true: ".in_(", false: ".not_in("}[among] + values + ")"
		}
	}
	return clause
}

// membersAsked are the values among which a test looks for a column, as a list.
func membersAsked(r *race.Race, fn *program.Function, test python.Expr, column string, act python.Node) (values string) {
	f := fn.Module.File
	python.Walk(test, func(n python.Node) bool {
		c, ok := n.(*python.Compare)
		if !ok || len(c.Ops) != 1 || c.Ops[0] != python.In && c.Ops[0] != python.NotIn || !looksAt(r, f, c.Left, column) {
			return true
		}
		var elements []python.Expr
		switch of := c.Comparators[0].(type) {
		case *python.List:
			elements = of.Elts
		case *python.Tuple:
			elements = of.Elts
		case *python.Set:
			elements = of.Elts
		}
		var texts []string
		for _, e := range elements {
			if !stays(fn, e, act) || isText(e) && !plain(r.Table, column, "''") {
				return false
			}
			texts = append(texts, f.Text(e))
		}
		if len(texts) > 0 {
			values = "[" + strings.Join(texts, ", ") + "]"
		}
		return false
	})
	return values
}

// decidedBy tells whether a decision names a column, though it may not be known what it demands of it.
func decidedBy(r *race.Race, column string) bool {
	return slices.ContainsFunc(r.Deciding(), func(i int) bool {
		site := r.Op(i).Site
		st, ok := site.Node.(*python.If)
		return ok && saysOne(r, site.Module.File, st.Test, []string{column})
	})
}

// soughtBy is the condition on a column in the query of a function by which it looked for the row, "" where there is none that can be said
// once more: who finds no row refuses because of it.
func soughtBy(r *race.Race, fn *program.Function, column string, act python.Node) (clause string) {
	read := r.Op(r.Read).Site
	asks := slices.ContainsFunc(r.Op(r.Read).Res.Where, func(c interleave.Cond) bool { return c.Column == column })
	if read.Function != fn || !asks || r.Table == nil || r.Table.Class == nil || !alchemy(r) {
		return ""
	}
	python.Walk(read.Node, func(n python.Node) bool {
		var asked python.Expr
		var values []python.Expr
		switch n := n.(type) {
		case *python.Compare:
			asked, values = n.Left, n.Comparators
		case *python.Call:
			if a, ok := n.Func.(*python.Attribute); ok && (a.Attr == "in_" || a.Attr == "is_") {
				asked, values = a.Value, n.Args
			}
		}
		a, ok := asked.(*python.Attribute)
		if !ok || a.Attr != attributeOf(r, column) || lastName(a.Value) != r.Table.Class.Name {
			return true
		}
		if clause != "" || len(values) != 1 || !stays(fn, values[0], act) {
			clause = ""
			return false
		}
		clause = fn.Module.File.Text(n)
		return false
	})
	return clause
}

func isText(e python.Expr) bool {
	c, ok := e.(*python.Constant)
	return ok && strings.ContainsAny(c.Raw, `"'`)
}

// plain tells whether a constant is what a column holds to Python. A text can be the value of an enumeration's member, which is no text.
func plain(t *schema.Table, column, value string) bool {
	if !literal(value) || value[0] != '\'' || t == nil || t.Columns[column] == nil {
		return literal(value)
	}
	kind := strings.ToLower(t.Columns[column].Type)
	return kind == "" || !strings.Contains(kind, "enum") && slices.ContainsFunc([]string{"str", "text", "char", "unicode"}, func(w string) bool { return strings.Contains(kind, w) })
}

// keepsCopy tells whether the request writes down elsewhere what it read of a column: then what was checked may still hold, and what was
// written down be wrong.
func keepsCopy(r *race.Race, column string) bool {
	row := r.Op(r.Read).Obj
	for i := r.Read + 1; i < len(r.Trace.Ops); i++ {
		op := r.Op(i)
		if slices.Contains(r.Acts, i) || op.Res.Store != interleave.Table {
			continue
		}
		switch op.Kind {
		case interleave.Add, interleave.Insert, interleave.Assign, interleave.Update:
			if slices.ContainsFunc(op.From, func(d int) bool {
				look := r.Op(d)
				return look.Kind == interleave.Attr && row != 0 && look.Obj == row && slices.Contains(look.Res.Columns, column)
			}) {
				return true
			}
		}
	}
	return false
}

// mayBeNull tells whether a column may hold NULL, as far as the schema says.
func mayBeNull(t *schema.Table, column string) bool {
	return t == nil || t.Columns[column] == nil || t.Columns[column].Nullable
}

// onceEach leaves one condition of each column, for what is compared with what was seen.
func onceEach(terms []checked) (out []checked) {
	for _, c := range terms {
		if !slices.ContainsFunc(out, func(o checked) bool { return o.column == c.column }) {
			out = append(out, c)
		}
	}
	return out
}

// lookedAt are the columns or fields of what was read that the decisions look at: what they are compared with may be columns of another row,
// which no statement on this one can name.
func lookedAt(r *race.Race) []string {
	if len(r.Columns) > 0 {
		return r.Columns
	}
	var out []string
	for _, c := range r.Deciding() {
		if p := r.Op(c).Pred; p != nil {
			for _, u := range p.Uses {
				if v := u.Left; v != nil && v.SrcCol != "" && v.SrcCol[0] != '#' && r.About(v) && !slices.Contains(out, v.SrcCol) {
					out = append(out, v.SrcCol)
				}
			}
		}
	}
	return out
}

// stores tells whether the request writes what it computed from the value that it checked: then the condition that was checked may still
// hold, and the written value be wrong all the same.
func stores(r *race.Race, column string) bool {
	return r.Derived && slices.ContainsFunc(r.Acts, func(a int) bool {
		return slices.ContainsFunc(r.Op(a).Set, func(s interleave.Assignment) bool {
			return (s.Column == column || s.Column == "*") && !s.Relative && (s.Value == "" || !literal(written(s.Value)))
		})
	})
}

// compared finds where a check looks at a column, notes how it names it, and returns what it compares it with. A variable may stand for the
// value only where nothing says the column: it may be the whole row, which is tested for being there.
func compared(r *race.Race, fn *program.Function, column string, c *checked) (other python.Expr) {
	for _, scalar := range []bool{false, true} {
		for _, i := range r.Deciding() {
			site := r.Op(i).Site
			if st, ok := site.Node.(*python.If); ok && site.Function == fn && other == nil {
				other = comparedIn(r, fn.Module.File, st.Test, column, scalar, c)
			}
		}
		if c.seen != "" {
			break
		}
	}
	return other
}

func comparedIn(r *race.Race, f *python.File, test python.Expr, column string, scalar bool, c *checked) (other python.Expr) {
	looks := func(e python.Expr) bool { return looksAt(r, f, e, column) || scalar && isScalar(r, e) }
	python.Walk(test, func(n python.Node) bool {
		switch n := n.(type) {
		case *python.Compare:
			if len(n.Ops) != 1 || other != nil || n.Ops[0] == python.Is || n.Ops[0] == python.IsNot {
				return true
			}
			left, right := looks(n.Left), looks(n.Comparators[0])
			if left && right { // the row and what the request brings may have fields of one name
				left, right = readsRow(r, n.Left), readsRow(r, n.Comparators[0])
			}
			switch {
			case left && !right:
				c.seen, other = again(f, n.Left), n.Comparators[0]
			case right && !left:
				c.seen, other = again(f, n.Comparators[0]), n.Left
			}
		case python.Expr:
			if c.seen == "" && looks(n) {
				c.seen = again(f, n)
			}
		}
		return true
	})
	return other
}

// readsRow tells whether an expression is an attribute of a row of the store, as the request was followed.
func readsRow(r *race.Race, e python.Expr) bool {
	return r.Trace.Any(func(op *effects.Op) bool {
		return op.Kind == interleave.Attr && op.Obj != 0 && op.Site != nil && op.Site.Node == python.Node(e)
	})
}

// isScalar tells whether an expression is the variable that one value of the store was put into.
func isScalar(r *race.Race, e python.Expr) bool {
	read := r.Op(r.Read)
	v, ok := e.(*python.Name)
	return ok && read.Res.Store == interleave.Table && read.Obj == 0 && read.Object == nil && len(lookedAt(r)) == 1 && v.ID == loadedInto(r) && !loadsRows(r)
}

// loadsRows tells whether what is loaded are rows, of however few columns, and not the value in one.
func loadsRows(r *race.Race) bool {
	read := r.Op(r.Read).Site
	st, ok := enclosing(read.Function, read.Node.Pos())
	if !ok {
		return false
	}
	a, ok := st.node().(*python.Assign)
	if !ok {
		return false
	}
	_, name := called(a.Value)
	return slices.Contains([]string{"fetchone", "fetch_one", "fetchrow", "fetchall", "fetch_all", "fetch", "first", "one", "one_or_none", "all"}, name)
}

// again is the text of an expression that can be evaluated once more, "" for one that calls something other than get.
func again(f *python.File, e python.Expr) string {
	plain := true
	python.Walk(e, func(n python.Node) bool {
		if call, ok := n.(*python.Call); ok {
			_, name := called(call)
			plain = plain && name == "get"
		}
		return plain
	})
	if !plain {
		return ""
	}
	return f.Text(e)
}

// looksAt tells whether an expression is the value of a column: row["state"], row.get("state"), row.state, row[0].
func looksAt(r *race.Race, f *python.File, e python.Expr, column string) bool {
	switch e := e.(type) {
	case *python.Attribute:
		return e.Attr == attributeOf(r, column)
	case *python.Subscript:
		text := f.Text(e.Slice)
		return strings.Trim(text, `"'`) == column || len(lookedAt(r)) == 1 && text == "0"
	case *python.Call:
		_, name := called(e)
		return name == "get" && len(e.Args) > 0 && strings.Trim(f.Text(e.Args[0]), `"'`) == column
	}
	return false
}

// loadedInto is the variable that the statement which reads assigns.
func loadedInto(r *race.Race) string {
	for _, c := range r.Deciding() {
		read := siteIn(r.Op(r.Read).Site, r.Op(c).Site.Function)
		if read == nil {
			continue
		}
		if st, ok := enclosing(read.Function, read.Node.Pos()); ok {
			if a, is := st.node().(*python.Assign); is && len(a.Targets) == 1 {
				return read.Module.File.Text(a.Targets[0])
			}
		}
	}
	return ""
}

// looksAtAny tells whether a condition looks at a column that can go stale, by its name or as the one value that was read.
func looksAtAny(r *race.Race, f *python.File, test python.Expr) bool {
	found := saysAny(r, f, test)
	python.Walk(test, func(n python.Node) bool {
		e, ok := n.(python.Expr)
		found = found || ok && isScalar(r, e)
		return !found
	})
	return found
}

// saysAny tells whether a condition names a column that can go stale.
func saysAny(r *race.Race, f *python.File, test python.Expr) bool {
	return saysOne(r, f, test, lookedAt(r))
}

// saysContested tells whether a condition names a column that the rival changes.
func saysContested(r *race.Race, f *python.File, test python.Expr) bool {
	return saysOne(r, f, test, r.Contested())
}

func saysOne(r *race.Race, f *python.File, test python.Expr, columns []string) bool {
	found := false
	python.Walk(test, func(n python.Node) bool {
		e, ok := n.(python.Expr)
		found = found || ok && slices.ContainsFunc(columns, func(c string) bool { return looksAt(r, f, e, c) })
		return !found
	})
	return found
}

// stays tells whether an expression gives the same at the act as it gave at the check: constants, names and their attributes that nobody
// assigns in between.
func stays(fn *program.Function, e python.Expr, act python.Node) bool {
	plain := true
	var names []string
	python.Walk(e, func(n python.Node) bool {
		switch n := n.(type) {
		case *python.Name:
			names = append(names, n.ID)
		case *python.Constant, *python.Attribute, *python.BinOp, *python.UnaryOp, *python.Subscript, *python.List, *python.Tuple:
		default:
			plain = false
		}
		return plain
	})
	python.Walk(fn.Def, func(n python.Node) bool {
		var target python.Expr
		switch n := n.(type) {
		case *python.Assign:
			target = n.Targets[0]
		case *python.AugAssign:
			target = n.Target
		}
		if v, ok := target.(*python.Name); ok && v.Pos() > e.Pos() && v.Pos() < act.Pos() && slices.Contains(names, v.ID) {
			plain = false
		}
		return plain
	})
	return plain
}
