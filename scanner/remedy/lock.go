package remedy

import (
	"slices"
	"strings"
	"unicode"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
	"github.com/middlebrick/middlebrick/scanner/race"
	"github.com/middlebrick/middlebrick/scanner/schema"
)

// lockLoad adds the row lock to the load on which the check rests.
func lockLoad(r *race.Race) []change {
	read := r.Op(r.Read)
	call, ok := read.Site.Node.(*python.Call)
	if !ok || read.Lock.Strength != interleave.NoLock || read.Res.Key == "" && len(read.Res.Where) == 0 {
		return nil // locked already, or the whole table would be
	}
	f := read.Site.Module.File
	if _, name := called(call); name == "refresh" {
		return []change{addArgument(f, call, "with_for_update=True")}
	}
	l := loadOf(r)
	for depth := 0; call != nil && depth < 8; depth++ {
		inner, name := called(call)
		switch name {
		case "get", "get_one":
			if len(call.Args) < 2 {
				return nil
			}
			lock := "True"
			if l.joins(f.Text(call)) {
				lock = "{" + quote(f) + "of" + quote(f) + ": " + f.Text(call.Args[0]) + "}"
			}
			return []change{addArgument(f, call, "with_for_update="+lock)}
		case "execute", "scalar", "scalars", "exec":
			return l.lockStatement(call)
		case "first", "one", "one_or_none", "all", "scalar_one", "scalar_one_or_none":
			attr := inner.Func.(*python.Attribute)
			below, method := called(attr.Value)
			if below != nil && !slices.Contains([]string{"execute", "scalars", "exec"}, method) {
				lock, ok := l.lock(f.Text(attr.Value))
				if !ok {
					return nil
				}
				return []change{link(f, attr.Value, l.ordered(f.Text(attr.Value))+lock)} // session.query(…).filter(…).first()
			}
			call = below
		default:
			return nil
		}
	}
	return nil
}

// load is a statement that loads rows.
type load struct {
	f     *python.File
	fn    *program.Function // in which it stands
	call  python.Node       // that sends it
	table *schema.Table     // whose rows it loads, as far as that is known
	key   string            // by which the request looks for them, "" where that is not known
}

// loadOf is the statement on which the check of a race rests.
func loadOf(r *race.Race) *load {
	read := r.Op(r.Read)
	return &load{f: read.Site.Module.File, fn: read.Site.Function, call: read.Site.Node, table: r.Table, key: read.Res.Key}
}

// lockStatement adds the lock to the statement that a session is given.
func (l *load) lockStatement(call *python.Call) []change {
	if len(call.Args) == 0 {
		return nil
	}
	statement := call.Args[0]
	text := l.f.Text(statement)
	if v, ok := statement.(*python.Name); ok {
		text = l.made(v.ID)
	}
	lock, ok := l.lock(text)
	if !ok || isSQL(text) {
		return nil
	}
	switch statement.(type) {
	case *python.Call, *python.Name, *python.Attribute:
		return []change{broken(l.f, statement, link(l.f, statement, l.ordered(text)+lock))}
	}
	return nil
}

// isSQL tells whether a statement is written as a text, which has no methods of a query.
func isSQL(statement string) bool {
	statement = strings.TrimLeft(statement, "(fFrRbBuU \t\r\n")
	return strings.HasPrefix(statement, `"`) || strings.HasPrefix(statement, "'") || strings.HasPrefix(statement, "text(")
}

// ordered is the call that puts the rows of a set in the order of their key: two requests that lock several rows wait for each other for ever
// when each has what the other one wants. It is empty where the query says an order or is about one row.
func (l *load) ordered(query string) string {
	model := l.model(query)
	if model == "" || !l.several() || slices.ContainsFunc([]string{"order_by", "limit(", "slice(", "offset("}, func(part string) bool { return strings.Contains(query, part) }) {
		return ""
	}
	return ".order_by(" + model + "." + primaryOf(l.table) + ")"
}

// wide tells whether the load fetches all rows of a set and only some are changed, where neither keys nor a limit say that the request is about
// each: a lock of them would make others wait for rows that it leaves alone.
func wide(r *race.Race) bool {
	read := r.Op(r.Read)
	l := loadOf(r)
	st, ok := enclosing(read.Site.Function, read.Site.Node.Pos())
	if !ok || !l.several() {
		return false
	}
	text := l.f.Text(st.node())
	return !strings.Contains(text, primary(r)+".in_(") && !strings.Contains(text, "limit(") && !changesEach(r.Op(r.Act).Site)
}

// changesEach tells whether a loop comes to the act each time.
func changesEach(act *effects.Site) bool {
	each := false
	for _, s := range around(act.Function, act.Node.Pos()) {
		switch s.(type) {
		case *python.For:
			each = true
		case *python.If, *python.While:
			each = false
		}
	}
	return each
}

// several tells whether all rows of a set are fetched.
func (l *load) several() bool {
	st, ok := enclosing(l.fn, l.call.Pos())
	if !ok || strings.Contains(l.key, primaryOf(l.table)+"=") || l.key != "" && !strings.Contains(l.key, "=") {
		return false
	}
	if strings.Contains(l.f.Text(st.node()), ".all()") {
		return true
	}
	a, ok := st.node().(*python.Assign)
	if !ok || len(a.Targets) != 1 {
		return false
	}
	result, body := l.f.Text(a.Targets[0]), l.f.Text(l.fn.Def)
	return slices.ContainsFunc([]string{".all()", ".scalars().all()", ".scalars().unique().all()", ".unique().scalars().all()"}, func(call string) bool { return strings.Contains(body, result+call) })
}

// model is how a query spells the class of the row's table, "" when it does not.
func (l *load) model(query string) string {
	t := l.table
	if t == nil || t.Class == nil || !strings.Contains(query, t.Class.Name) {
		return ""
	}
	model := t.Class.Name
	if i := strings.Index(query, "."+model); i > 0 { // models.Order
		start := strings.LastIndexFunc(query[:i], func(r rune) bool { return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) })
		model = query[start+1:i] + "." + model
	}
	return model
}

// link adds a call to the end of a chain of calls, on a line of its own where the last one has one.
func link(f *python.File, chain python.Expr, added string) change {
	at := chain.Stop()
	if call, ok := chain.(*python.Call); ok {
		if attr, ok := call.Func.(*python.Attribute); ok {
			name := attr.Stop() - int32(len(attr.Attr))
			line := string(f.Source[lineStart(f, name):name])
			if dot := strings.TrimSuffix(line, "."); dot != line && strings.TrimSpace(dot) == "" {
				added = newline(f) + dot + strings.ReplaceAll(added, ").with_for_update(", ")"+newline(f)+dot+".with_for_update(")
				at += int32(len(remark(f, at))) // what is said of the line before stays there
			}
		}
	}
	return change{f, at, at, added}
}

// broken puts calls that make a line too long on lines of their own, where the chain, which stands in brackets, has a line for itself.
func broken(f *python.File, chain python.Expr, c change) change {
	from := lineStart(f, c.start)
	if from > chain.Pos() || strings.Contains(c.text, "\n") || int(c.start-from)+len(c.text) <= widest {
		return c
	}
	before := string(f.Source[from:chain.Pos()])
	if strings.TrimSpace(before) != "" {
		return c
	}
	nl := newline(f) + before
	c.text = nl + strings.ReplaceAll(c.text, ").with_for_update(", ")"+nl+".with_for_update(")
	if c.start != chain.Stop() || strings.Contains(f.Text(chain), "\n") {
		return c
	}
	// Each call of the chain stands on a line of its own, or none does.
	text, to := "", chain.Stop()
	for call, ok := chain.(*python.Call); ok; {
		attr, method := call.Func.(*python.Attribute)
		if !method {
			break
		}
		if call, ok = attr.Value.(*python.Call); ok {
			dot := attr.Stop() - int32(len(attr.Attr)) - 1
			text, to = nl+string(f.Source[dot:to])+text, dot
		}
	}
	return change{f, chain.Pos(), chain.Stop(), string(f.Source[chain.Pos():to]) + text + c.text}
}

// remark is the comment behind an offset, to the end of its line, with the space before it.
func remark(f *python.File, at int32) string {
	rest, _, _ := strings.Cut(string(f.Source[at:]), "\n")
	if strings.HasPrefix(strings.TrimLeft(rest, " \t"), "#") {
		return strings.TrimRight(rest, "\r")
	}
	return ""
}

// behind is the offset behind a statement and what is remarked on it in its line, where another line can be added.
func behind(f *python.File, s python.Node) int32 { return s.Stop() + int32(len(remark(f, s.Stop()))) }

// made is what a function assigns to a variable.
func (l *load) made(name string) string {
	if l.fn == nil || l.fn.Def == nil {
		return ""
	}
	var b strings.Builder
	python.Walk(l.fn.Def, func(n python.Node) bool {
		switch a := n.(type) {
		case *python.Assign:
			if l.f.Text(a.Targets[0]) == name {
				b.WriteString(l.f.Text(a.Value) + "\n")
			}
		case *python.AnnAssign:
			if a.Value != nil && l.f.Text(a.Target) == name {
				b.WriteString(l.f.Text(a.Value) + "\n")
			}
		}
		return true
	})
	return b.String()
}

// unlockable are the parts of a query with which PostgreSQL locks no rows.
var unlockable = []string{"with_for_update", "func.count", "func.sum", "func.max", "func.min", "func.avg", ".group_by(", ".distinct(", ".having(", ".union(", "over("}

// lock is the call that adds the lock to a query; ok is false for a query whose rows cannot be locked. Where other rows are joined the
// lock is of the row's own table: the outer side of a join cannot be locked, and the other rows need not be.
func (l *load) lock(query string) (call string, ok bool) {
	if slices.ContainsFunc(unlockable, func(part string) bool { return strings.Contains(query, part) }) {
		return "", false
	}
	if !l.joins(query) {
		return ".with_for_update()", true
	}
	model := l.model(query)
	if model == "" {
		return "", false
	}
	return ".with_for_update(of=" + model + ")", true
}

// joins tells whether a query brings rows of other tables along, because it says so or because the model does.
func (l *load) joins(query string) bool {
	if strings.Contains(query, "joinedload") || strings.Contains(query, ".join(") || strings.Contains(query, "outerjoin") || strings.Contains(query, "isouter") || strings.Contains(query, "contains_eager") {
		return true
	}
	if t := l.table; t != nil && t.Class != nil {
		for _, c := range t.Class.MRO() {
			for _, b := range c.Names {
				if b.Value == nil {
					continue
				}
				if call, name := called(b.Value); call != nil && (name == "relationship" || name == "Relationship") {
					if text := c.Module.File.Text(call); strings.Contains(text, `"joined"`) || strings.Contains(text, "'joined'") {
						return true
					}
				}
			}
		}
	}
	return false
}

// populate makes a lock that is taken on an object loaded before bring its new attributes too.
func populate(r *race.Race) []change {
	for i := r.Read; i <= r.Act && i < len(r.Trace.Ops); i++ {
		op := r.Op(i)
		call, ok := op.Site.Node.(*python.Call)
		if !ok || op.Kind != interleave.Read || op.Lock.Strength == interleave.NoLock || op.Res.Name != r.Resource() || !locks(r, i) {
			continue
		}
		f := op.Site.Module.File
		if strings.Contains(f.Text(call), "populate_existing") {
			continue
		}
		if _, name := called(call); name == "get" || name == "get_one" {
			return []change{addArgument(f, call, "populate_existing=True")}
		}
		for depth := 0; call != nil && depth < 8; depth++ {
			inner, name := called(call)
			if slices.Contains([]string{"execute", "scalar", "scalars", "exec"}, name) && len(call.Args) > 0 {
				return []change{link(f, call.Args[0], ".execution_options(populate_existing=True)")}
			}
			attr, ok := inner.Func.(*python.Attribute)
			if !ok {
				break
			}
			if below, method := called(attr.Value); below != nil && method == "with_for_update" {
				return []change{link(f, attr.Value, ".populate_existing()")} // session.query(…).with_for_update().one()
			}
			call, _ = called(attr.Value)
		}
	}
	return nil
}

// waits is "await " where a session is asynchronous; ok is false where the function cannot wait for it. What is known of the session decides,
// or else whether the read is awaited, which one that follows a relationship never is.
func waits(r *race.Race, session int, fn *program.Function) (text string, ok bool) {
	qual := r.Trace.Sessions[session].Qual
	read := r.Op(r.Read).Site
	if strings.Contains(strings.ToLower(qual), "async") || qual == "" && awaited(read.Module.File, read.Node) {
		return "await ", fn != nil && fn.Async
	}
	return "", true
}

// columnOf is the column behind the model's attribute.
func columnOf(r *race.Race, attribute string) string {
	if r.Table != nil {
		for name, c := range r.Table.Columns {
			if c.Attribute == attribute {
				return name
			}
		}
	}
	return attribute
}

// attributeOf is the model's attribute for a column.
func attributeOf(r *race.Race, column string) string {
	if r.Table != nil {
		if c := r.Table.Columns[column]; c != nil && c.Attribute != "" {
			return c.Attribute
		}
	}
	return column
}
