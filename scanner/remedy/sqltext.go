package remedy

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
	"github.com/middlebrick/middlebrick/scanner/race"
)

// sqlText is a call that executes SQL which stands in it as one literal.
type sqlText struct {
	r      *race.Race
	f      *python.File
	fn     *program.Function
	call   *python.Call
	text   string // without its quotes
	at     int32  // the offset of its first byte
	quote  string
	driver string // "" for SQLAlchemy
}

// sqlTextAt reads the call at which an operation happens; nil when its SQL is not one plain literal.
func sqlTextAt(r *race.Race, op int) *sqlText {
	o := r.Op(op)
	call, ok := o.Site.Node.(*python.Call)
	if !ok || len(call.Args) == 0 || o.Site.Function == nil {
		return nil
	}
	f := o.Site.Module.File
	text := call.Args[0]
	if v, named := text.(*python.Name); named {
		if text = onlyValue(o.Site.Function, v.ID); text == nil {
			return nil
		}
	}
	if inner, name := called(text); inner != nil && name == "text" && len(inner.Args) == 1 {
		text = inner.Args[0]
	} else if driver(r, o) == "" {
		return nil // SQLAlchemy takes no bare text: what the call gives back is another library's, which is not known
	}
	c, ok := text.(*python.Constant)
	if !ok {
		return nil
	}
	mark := c.Raw[:1]
	if mark != `"` && mark != "'" {
		return nil // a prefix
	}
	if strings.HasPrefix(c.Raw, mark+mark+mark) && len(c.Raw) >= 6 {
		mark += mark + mark
	}
	inside := c.Raw[len(mark) : len(c.Raw)-len(mark)]
	if strings.Contains(inside, "\\") || strings.Contains(inside, mark) {
		return nil // escapes, or several literals
	}
	return &sqlText{r: r, f: f, fn: o.Site.Function, call: call, text: inside, at: c.Pos() + int32(len(mark)), quote: mark, driver: driver(r, o)}
}

// onlyValue is what a function assigns to a variable that it names nowhere else than in one call, nil where there is more to it.
func onlyValue(fn *program.Function, name string) (value python.Expr) {
	if fn.Def == nil || slices.ContainsFunc(fn.Params, func(p program.Param) bool { return p.Name == name }) {
		return nil
	}
	uses := 0
	python.Walk(fn.Def, func(n python.Node) bool {
		switch n := n.(type) {
		case *python.Assign:
			if v, ok := n.Targets[0].(*python.Name); ok && v.ID == name && len(n.Targets) == 1 {
				value = n.Value
			}
		case *python.Name:
			if n.ID == name {
				uses++
			}
		}
		return true
	})
	if uses != 2 {
		return nil
	}
	return value
}

// driver is the library that executes an operation, "" for SQLAlchemy. A connection that is made with its module belongs to no request.
func driver(r *race.Race, op *effects.Op) string {
	if op.Rare().Driver != "" {
		return op.Rare().Driver
	}
	root := effects.Root(r.Trace.Sessions[op.Session].Qual)
	if !slices.Contains([]string{"databases", "asyncpg", "psycopg", "psycopg2", "sqlite3", "aiosqlite", "pymysql", "aiomysql", "asyncmy", "MySQLdb", "mysql"}, root) {
		return ""
	}
	return root
}

// end is where the condition of the statement ends, -1 when there is none that terms can be added to.
func (s *sqlText) end() int {
	lower := strings.ToLower(s.text)
	where := strings.LastIndex(lower, "where")
	if where < 0 || strings.Contains(lower[where:], " or ") || strings.Contains(lower[where:], "select") {
		return -1
	}
	end := len(strings.TrimRight(s.text, " \t\r\n;"))
	for _, word := range []string{"returning", "order by", "limit"} {
		if i := strings.LastIndex(lower, word); i > where {
			end = min(end, len(strings.TrimRight(s.text[:i], " \t\r\n")))
		}
	}
	return end
}

// guardedText adds what was checked to the condition of a statement, and refuses where it changes no row. exact compares with what was
// read instead, which also holds where a new value was computed from it.
func guardedText(r *race.Race, exact bool) (changes []change, safe bool) {
	s := sqlTextAt(r, r.Act)
	if s == nil || len(r.Checks) == 0 {
		return nil, false
	}
	lower := strings.ToLower(strings.TrimSpace(s.text))
	if !strings.HasPrefix(lower, "update") && !strings.HasPrefix(lower, "delete") {
		return nil, false
	}
	refused, _ := refusal(r, s.fn)
	end := s.end()
	terms, ok := conditions(r, s.fn, s.call)
	if refused == "" || end < 0 || !ok || exact && !refuses(r, s.fn) {
		return nil, false
	}
	b := &binder{sqlText: s, rest: s.text[end:]}
	and := " AND "
	if !strings.Contains(s.text, "WHERE") {
		and = " and "
	}
	if exact {
		terms = onceEach(terms)
	}
	added := ""
	for _, c := range terms {
		term, ok := b.term(c, exact)
		if !ok {
			return nil, false
		}
		added += and + term
	}
	test := s.tested(refused)
	bound, ok := b.bind()
	if test == nil || !ok {
		return nil, false
	}
	at := s.at + int32(end)
	changes = append(append([]change{{s.f, at, at, added}}, bound...), test...)
	return changes, !counts(s.driver) || s.setsAnother(terms)
}

// counts tells whether a driver counts only the rows that a statement made different, as those of MySQL do.
func counts(driver string) bool {
	return slices.Contains([]string{"pymysql", "aiomysql", "asyncmy", "MySQLdb", "mysql"}, driver)
}

// setsAnother tells that the statement gives a checked column a value of its own, so that every row that matches becomes another.
func (s *sqlText) setsAnother(terms []checked) bool {
	return slices.ContainsFunc(terms, func(c checked) bool {
		return slices.ContainsFunc(s.r.Op(s.r.Act).Set, func(a interleave.Assignment) bool {
			return a.Column == c.column && !a.Relative && literal(written(a.Value)) && a.Value != c.value
		})
	})
}

// tested is the test of the result behind the statement.
func (s *sqlText) tested(refused string) []change {
	st, ok := enclosing(s.fn, s.call.Pos())
	if !ok {
		return nil
	}
	name, node := "claimed", st.node()
	var out []change
	switch n := node.(type) {
	case *python.ExprStmt:
		if call, _ := called(n.Value); call != s.call {
			return nil
		}
		out = append(out, change{s.f, n.Pos(), n.Pos(), name + " = "})
	case *python.Assign:
		v, ok := n.Targets[0].(*python.Name)
		if call, _ := called(n.Value); call != s.call || !ok || len(n.Targets) != 1 {
			return nil
		}
		name = v.ID
	default:
		return nil
	}
	_, method := called(s.call)
	test := ""
	switch {
	case s.driver == "databases":
		return nil
	case s.driver == "asyncpg" && method == "execute":
		verb := strings.ToUpper(strings.Fields(s.text)[0])
		test = name + " == " + quote(s.f) + verb + " 0" + quote(s.f)
	case method == "fetchrow" || method == "fetchval":
		if !strings.Contains(strings.ToLower(s.text), "returning") {
			return nil
		}
		test = name + " is None"
	case method == "execute" && (slices.Contains([]string{"", "psycopg", "sqlite3", "aiosqlite"}, s.driver)):
		test = name + ".rowcount == 0"
	case method == "execute":
		receiver, ok := s.call.Func.(*python.Attribute)
		if !ok || len(out) == 0 {
			return nil
		}
		out, test = nil, s.f.Text(receiver.Value)+".rowcount == 0"
	default:
		return nil
	}
	in, nl := indent(s.f, node), newline(s.f)
	if undo := s.undo(); undo != "" {
		refused = undo + "\n" + refused
	}
	return append(out, change{s.f, behind(s.f, node), behind(s.f, node), nl + in + "if " + test + ":" + nl + under(refused, in+unit(s.f, s.fn), nl)})
}

// undo ends the transaction of a driver that the statement has begun, where the function commits it itself: a refusal would leave it open.
func (s *sqlText) undo() string {
	undo := ""
	if s.driver == "" {
		return ""
	}
	python.Walk(s.fn.Def, func(n python.Node) bool {
		call, ok := n.(*python.Call)
		if !ok {
			return true
		}
		if a, ok := call.Func.(*python.Attribute); ok && a.Attr == "commit" && len(call.Args) == 0 {
			undo = s.f.Text(a.Value) + ".rollback()"
			if awaited(s.f, call) {
				undo = "await " + undo
			}
		}
		return undo == ""
	})
	return undo
}

// binder writes conditions as SQL and binds the values that are no literals.
type binder struct {
	*sqlText
	rest   string   // what follows the condition
	values []string // of placeholders that were added
	names  []string
}

func (b *binder) term(c checked, exact bool) (string, bool) {
	if exact {
		if c.seen == "" {
			return "", false
		}
		p, ok := b.placeholder(c.column, c.seen)
		same := map[bool]string{true: " IS ", false: " IS NOT DISTINCT FROM "}[b.r.Engine.SQLite()]
		switch {
		case !c.nullable:
			same = " = "
		case counts(b.driver):
			same = " <=> "
		}
		return c.column + same + p, ok
	}
	if c.value == unknown || stores(b.r, c.column) {
		return "", false
	}
	op := map[string]string{"==": "=", "!=": "<>", "is": "IS", "is not": "IS NOT"}[c.op]
	if op == "" {
		op = c.op
	}
	value, ok := b.value(c)
	if op == "<>" && c.nullable {
		switch {
		case b.r.Engine.SQLite():
			op = "IS NOT"
		case counts(b.driver):
			return "NOT (" + c.column + " <=> " + value + ")", ok
		default:
			op = "IS DISTINCT FROM"
		}
	}
	return c.column + " " + op + " " + value, ok
}

// value is a literal of SQL, or a placeholder.
func (b *binder) value(c checked) (string, bool) {
	switch v := c.value; {
	case v == "None":
		return "NULL", true
	case v == "True" || v == "False":
		return strings.ToUpper(v), true
	case v[0] >= '0' && v[0] <= '9' || v[0] == '-':
		return v, true
	case len(v) > 1 && (v[0] == '\'' || v[0] == '"') && v[len(v)-1] == v[0]:
		inside := v[1 : len(v)-1]
		if !strings.ContainsAny(inside, "'\"\\%:") && b.quote != "'" {
			return "'" + inside + "'", true
		}
		return b.placeholder(c.column, quote(b.f)+inside+quote(b.f))
	default:
		return b.placeholder(c.column, v)
	}
}

// placeholder adds a value to those that the statement is given.
func (b *binder) placeholder(column, value string) (string, bool) {
	if b.driver == "asyncpg" {
		highest := len(b.values)
		for i := 0; i+1 < len(b.text); i++ {
			if b.text[i] == '$' {
				n, _ := strconv.Atoi(strings.TrimRight(b.text[i+1:min(i+3, len(b.text))], " ,;)\n"))
				highest = max(highest, n+len(b.values))
			}
		}
		b.values = append(b.values, value)
		return fmt.Sprintf("$%d", highest+1), true
	}
	name := "seen_" + column
	named := b.named()
	b.values, b.names = append(b.values, value), append(b.names, name)
	switch {
	case b.driver == "" || named && slices.Contains([]string{"sqlite3", "aiosqlite"}, b.driver):
		return ":" + name, named || b.params() == nil
	case slices.Contains([]string{"sqlite3", "aiosqlite"}, b.driver):
		return "?", !strings.Contains(b.rest, "?")
	case named:
		return "%(" + name + ")s", true
	}
	return "%s", !strings.Contains(b.rest, "%")
}

// params are the values that the statement is given, nil for none.
func (b *binder) params() python.Expr {
	if len(b.call.Args) > 1 {
		return b.call.Args[1]
	}
	return nil
}

func (b *binder) named() bool {
	_, dict := b.params().(*python.Dict)
	return dict
}

// bind adds the values to the arguments of the call.
func (b *binder) bind() ([]change, bool) {
	if len(b.values) == 0 {
		return nil, true
	}
	if b.driver == "asyncpg" {
		return []change{addArgument(b.f, b.call, strings.Join(b.values, ", "))}, true
	}
	switch p := b.params().(type) {
	case nil:
		if len(b.call.Keywords) > 0 {
			return nil, false
		}
		if b.driver == "" {
			return []change{addArgument(b.f, b.call, "{"+strings.Join(b.entries(), ", ")+"}")}, true
		}
		return []change{addArgument(b.f, b.call, "("+strings.Join(b.values, ", ")+",)")}, true
	case *python.Dict:
		if len(p.Keys) == 0 {
			return nil, false
		}
		last := p.Values[len(p.Values)-1]
		return []change{{b.f, last.Stop(), last.Stop(), ", " + strings.Join(b.entries(), ", ")}}, true
	case *python.Tuple:
		return b.behind(p.Elts)
	case *python.List:
		return b.behind(p.Elts)
	}
	return nil, false
}

func (b *binder) behind(elements []python.Expr) ([]change, bool) {
	if len(elements) == 0 {
		return nil, false
	}
	at := elements[len(elements)-1].Stop()
	return []change{{b.f, at, at, ", " + strings.Join(b.values, ", ")}}, true
}

func (b *binder) entries() []string {
	out := make([]string, len(b.values))
	for i, v := range b.values {
		out[i] = quote(b.f) + b.names[i] + quote(b.f) + ": " + v
	}
	return out
}
