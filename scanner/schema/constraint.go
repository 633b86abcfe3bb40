package schema

import (
	"strings"

	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// tableArgs reads __table_args__ along the bases: a tuple, a dictionary, a declared_attr, tuples added together.
func (r *reader) tableArgs(t *Table, c *program.Class) {
	b, owner := c.Attr("__table_args__")
	if b == nil {
		return
	}
	if b.Function != nil {
		s := program.Scope{Module: owner.Module, Function: b.Function, Class: owner}
		for _, e := range returns(b.Function) {
			r.tableArg(t, s, e, 0)
		}
		return
	}
	r.tableArg(t, bodyScope(owner), b.Value, 0)
}

func (r *reader) tableArg(t *Table, s program.Scope, e python.Expr, depth int) {
	if depth > 8 {
		return
	}
	switch e := e.(type) {
	case *python.Tuple:
		for _, el := range e.Elts {
			r.tableArg(t, s, el, depth+1)
		}
	case *python.List:
		for _, el := range e.Elts {
			r.tableArg(t, s, el, depth+1)
		}
	case *python.Starred:
		r.tableArg(t, s, e.Value, depth+1)
	case *python.BinOp:
		r.tableArg(t, s, e.Left, depth+1)
		r.tableArg(t, s, e.Right, depth+1)
	case *python.Name, *python.Attribute:
		if ref := r.p.Resolve(s, e); ref.Kind == program.ToValue && ref.Binding != nil && ref.Binding.Value != nil {
			r.tableArg(t, program.Scope{Module: ref.Module, Class: ref.Class}, ref.Binding.Value, depth+1)
		} else if n, ok := e.(*python.Name); ok && s.Function != nil && s.Function.Def != nil {
			assignments(s.Function.Def.Body, func(target string, value python.Expr) {
				if target == n.ID {
					r.tableArg(t, s, value, depth+1)
				}
			})
		}
	case *python.Call:
		if lastName(e.Func) == "tuple" && len(e.Args) == 1 {
			r.tableArg(t, s, e.Args[0], depth+1)
			return
		}
		r.constraint(t, s, e)
	}
}

// constraint reads UniqueConstraint(…), Index(…), CheckConstraint(…) and the like into a table.
func (r *reader) constraint(t *Table, s program.Scope, call *python.Call) {
	r.keyCalls[call] = true
	place := r.place(s.Module, call)
	switch r.calleeName(s, call.Func) {
	case "UniqueConstraint":
		k := UniqueKey{From: place, Name: r.nameOf(s, keyword(call, "name"))}
		r.keyParts(t, &k, s, call.Args)
		k.NullsNotDistinct = isTrue(keyword(call, "postgresql_nulls_not_distinct"))
		t.addKey(k)
	case "PrimaryKeyConstraint":
		k := UniqueKey{}
		r.keyParts(t, &k, s, call.Args)
		for _, name := range k.Columns {
			t.addPrimary(name, place)
			if col := t.Columns[name]; col != nil {
				col.Primary, col.Nullable = true, false
			}
		}
	case "Index":
		if k, ok := r.index(t, s, call); ok {
			t.addKey(k)
		}
	case "CheckConstraint":
		if len(call.Args) > 0 {
			if text := r.condition(s, call.Args[0]); text != "" {
				t.Checks = append(t.Checks, text)
			}
		}
	case "ForeignKeyConstraint":
		r.foreignKeyConstraint(t, s, call)
	case "ExcludeConstraint":
		r.exclude(t, s, call, place)
	}
}

func (r *reader) foreignKeyConstraint(t *Table, s program.Scope, call *python.Call) {
	if len(call.Args) < 2 {
		return
	}
	columns, targets := r.textList(s, call.Args[0]), r.textList(s, call.Args[1])
	for i, name := range columns {
		if col := t.Column(name); col != nil && i < len(targets) {
			col.Target = targets[i]
		}
	}
}

// nameOf is the name of a constraint; op.f(…) and naming functions are looked through.
func (r *reader) nameOf(s program.Scope, e python.Expr) string {
	if call, ok := e.(*python.Call); ok && len(call.Args) > 0 {
		e = call.Args[0]
	}
	name, _ := r.text(s, e)
	return name
}

// index reads Index(name, *parts, unique=True, postgresql_where=…); ok is false when it is not unique.
func (r *reader) index(t *Table, s program.Scope, call *python.Call) (UniqueKey, bool) {
	k := UniqueKey{From: r.place(s.Module, call)}
	if !isTrue(keyword(call, "unique")) {
		return k, false
	}
	parts := call.Args
	if len(parts) > 0 { // the name comes first, None for an unnamed index
		if text, ok := r.text(s, parts[0]); ok || isConst(parts[0], python.ConstNone) {
			k.Name, parts = text, parts[1:]
		} else if inner, ok := parts[0].(*python.Call); ok && lastName(inner.Func) == "f" {
			k.Name, parts = r.nameOf(s, parts[0]), parts[1:]
		}
	}
	r.keyParts(t, &k, s, parts)
	r.partial(t, &k, s, call)
	return k, true
}

// partial reads the predicate of a partial index, and whether NULLs count as equal in it.
func (r *reader) partial(t *Table, k *UniqueKey, s program.Scope, call *python.Call) {
	k.NullsNotDistinct = isTrue(keyword(call, "postgresql_nulls_not_distinct"))
	for _, name := range []string{"postgresql_where", "sqlite_where", "mssql_where"} {
		if e := keyword(call, name); e != nil && !isConst(e, python.ConstNone) {
			text := r.condition(s, e)
			if text == "" {
				text = "?" // a predicate that could not be read is one all the same
			}
			k.setWhere(t, text)
			return
		}
	}
}

func (k *UniqueKey) setWhere(t *Table, text string) {
	k.Where, k.WhereColumns = predicate(text)
	k.Where = orElse(k.Where, text)
	for i, name := range k.WhereColumns {
		if col := t.Column(name); col != nil {
			k.WhereColumns[i] = col.Name
		}
	}
}

// keyParts reads the columns and expressions of a key.
func (r *reader) keyParts(t *Table, k *UniqueKey, s program.Scope, parts []python.Expr) {
	for _, p := range parts {
		if star, ok := p.(*python.Starred); ok {
			if value, scope := r.valueOf(s, star.Value); value != nil {
				r.keyParts(t, k, scope, elements(value))
			} else {
				r.keyParts(t, k, s, elements(star.Value))
			}
			continue
		}
		if l, ok := p.(*python.List); ok {
			r.keyParts(t, k, s, l.Elts)
			continue
		}
		r.keyPart(t, k, s, p)
	}
}

func (r *reader) keyPart(t *Table, k *UniqueKey, s program.Scope, p python.Expr) {
	name := r.columnRef(s, p)
	if name != "" && !strings.ContainsAny(name, "( ") {
		if col := t.Column(name); col != nil {
			name = col.Name
		}
		k.Columns = append(k.Columns, name)
		return
	}
	if text := canonical(r.sqlText(s, p, 0)); text != "" {
		if t.Columns[text] != nil {
			k.Columns = append(k.Columns, text)
		} else {
			k.Expressions = append(k.Expressions, text)
		}
	}
}

// sqlText writes an SQLAlchemy expression as SQL, as far as keys and predicates use them.
func (r *reader) sqlText(s program.Scope, e python.Expr, depth int) string {
	if depth > 8 {
		return ""
	}
	switch e := e.(type) {
	case *python.Constant:
		return constantSQL(e)
	case *python.Name:
		return r.columnRef(s, e)
	case *python.Attribute:
		if v, scope, ok := r.enumValue(s, e); ok {
			return r.sqlText(scope, v, depth+1)
		}
		if ref := r.p.Resolve(s, e); ref.Kind == program.ToValue && ref.Class != nil && ref.Binding != nil {
			if c, ok := ref.Binding.Value.(*python.Constant); ok && c.Kind == python.ConstStr { // Status.ACTIVE
				return constantSQL(c)
			}
		}
		return e.Attr
	case *python.UnaryOp:
		if e.Op == python.Invert || e.Op == python.Not {
			return negate(r.sqlText(s, e.Operand, depth+1))
		}
	case *python.BinOp:
		return r.booleanSQL(s, e, depth)
	case *python.Compare:
		return r.compareSQL(s, e, depth)
	case *python.Call:
		return r.callSQL(s, e, depth)
	}
	return ""
}

func constantSQL(e *python.Constant) string {
	switch e.Kind {
	case python.ConstStr:
		text, _ := e.Str()
		return "'" + strings.ReplaceAll(text, "'", "''") + "'"
	case python.ConstTrue:
		return "true"
	case python.ConstFalse:
		return "false"
	case python.ConstNone:
		return "null"
	}
	return e.Raw
}

func negate(text string) string {
	if text == "" {
		return ""
	}
	return "not (" + text + ")"
}

func join(left, operator, right string) string {
	if left == "" || right == "" {
		return ""
	}
	return left + " " + operator + " " + right
}

func (r *reader) booleanSQL(s program.Scope, e *python.BinOp, depth int) string {
	operator := map[python.Operator]string{python.BitAnd: "and", python.BitOr: "or", python.Add: "||"}[e.Op]
	if operator == "" {
		return ""
	}
	return join(grouped(r.sqlText(s, e.Left, depth+1)), operator, grouped(r.sqlText(s, e.Right, depth+1)))
}

// grouped puts an alternative in parentheses.
func grouped(text string) string {
	if strings.Contains(text, " or ") {
		return "(" + text + ")"
	}
	return text
}

var compareSQL = map[python.CmpOperator]string{
	python.Eq: "=", python.NotEq: "!=", python.Lt: "<", python.LtE: "<=", python.Gt: ">", python.GtE: ">=", python.Is: "is", python.IsNot: "is not",
}

func (r *reader) compareSQL(s program.Scope, e *python.Compare, depth int) string {
	operator := compareSQL[e.Ops[0]]
	if len(e.Ops) != 1 || operator == "" {
		return ""
	}
	right := r.sqlText(s, e.Comparators[0], depth+1)
	if right == "null" {
		operator = map[string]string{"=": "is", "!=": "is not"}[operator]
	}
	return join(r.sqlText(s, e.Left, depth+1), operator, right)
}

func (r *reader) callSQL(s program.Scope, e *python.Call, depth int) string {
	name := lastName(e.Func)
	args := make([]string, 0, len(e.Args))
	for _, a := range e.Args {
		args = append(args, r.sqlText(s, a, depth+1))
	}
	switch name {
	case "text", "literal_column":
		if len(e.Args) > 0 {
			text, _ := r.text(s, e.Args[0])
			return text
		}
		return ""
	case "and_", "or_":
		for i := range args {
			args[i] = grouped(args[i])
		}
		return strings.Join(args, " "+strings.TrimSuffix(name, "_")+" ")
	case "not_":
		return negate(strings.Join(args, ""))
	case "true", "false", "null":
		return name
	case "column", "Column", "col", "quoted_name":
		if len(e.Args) > 0 {
			return r.columnRef(s, e.Args[0])
		}
	}
	a, ok := e.Func.(*python.Attribute)
	if !ok {
		return ""
	}
	if strings.HasSuffix(r.qual(s, a.Value), "func") || lastName(a.Value) == "func" { // func.lower(…)
		return strings.ToLower(name) + "(" + strings.Join(args, ", ") + ")"
	}
	return r.methodSQL(s, a, e, args, depth)
}

// methodSQL writes column.is_(None), column.in_([…]) and the like.
func (r *reader) methodSQL(s program.Scope, a *python.Attribute, e *python.Call, args []string, depth int) string {
	left := r.sqlText(s, a.Value, depth+1)
	switch a.Attr {
	case "is_", "is_not", "isnot":
		if len(args) == 1 {
			return join(left, map[string]string{"is_": "is", "is_not": "is not", "isnot": "is not"}[a.Attr], args[0])
		}
	case "in_":
		if len(e.Args) == 1 {
			var items []string
			for _, el := range elements(e.Args[0]) {
				items = append(items, r.sqlText(s, el, depth+1))
			}
			return join(left, "in", "("+strings.Join(items, ", ")+")")
		}
	case "desc", "asc", "nulls_last", "nulls_first", "collate", "cast", "label", "op":
		return left
	}
	return ""
}

// condition writes the predicate of a partial index or check: SQL text or an SQLAlchemy expression.
func (r *reader) condition(s program.Scope, e python.Expr) string {
	if c, ok := e.(*python.Constant); ok {
		text, _ := c.Str()
		return text
	}
	if text := r.sqlText(s, e, 0); text != "" {
		return text
	}
	text, _ := r.text(s, e)
	return text
}
