package remedy

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/flow"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
	"github.com/middlebrick/middlebrick/scanner/race"
	"github.com/middlebrick/middlebrick/scanner/schema"
)

// held is a row that a variable holds: only a mapped instance that a session has loaded can be refreshed.
type held struct {
	table   *schema.Table
	session int
	load    int // the operation that loaded it
}

// rowIn is the row that a variable of a call holds, as the request was followed: its attributes were asked for there, a load was assigned to
// it, or the caller passed such a variable on. What the function was given otherwise, as the body of the request, is no row, and an object
// that the request adds itself is none yet.
func rowIn(t *flow.Trace, frame *effects.Site, name string) (held, bool) {
	given := slices.ContainsFunc(frame.Function.Params, func(p program.Param) bool { return p.Name == name })
	if given && frame.Function.Def != nil && assignsName(frame.Module.File, frame.Function.Def, name) {
		return held{}, false // what it was given is not what it holds now
	}
	for i := range t.Ops {
		op := &t.Ops[i]
		if op.Obj == 0 || op.Res.Store != interleave.Table || op.Site == nil {
			continue
		}
		if asksItself(op, frame, name) {
			return loaded(t, op)
		}
		if !sameCall(op.Site, frame) {
			continue
		}
		if (op.Kind == interleave.Attr || op.Kind == interleave.Assign) && attributeHolder(frame.Module.File, op.Site.Node) == name || op.Kind == interleave.Read && loadsInto(frame, op.Site.Node) == name {
			return loaded(t, op)
		}
	}
	call, ok := callOf(frame)
	if !ok {
		return held{}, false
	}
	v, ok := argument(call, frame.Function, name).(*python.Name)
	if !ok {
		return held{}, false
	}
	return rowIn(t, frame.Up, v.ID)
}

// loaded is the row of an operation, where a session loaded it from a table of the ORM.
func loaded(t *flow.Trace, op *effects.Op) (held, bool) {
	load := -1
	for i := range t.Ops {
		o := &t.Ops[i]
		if o.Obj != op.Obj || o.Session != op.Session {
			continue
		}
		switch o.Kind {
		case interleave.Add:
			return held{}, false
		case interleave.Read:
			if load < 0 {
				load = i
			}
		}
	}
	table := op.Table
	if load >= 0 && table == nil {
		table = t.Ops[load].Table
	}
	return held{table, op.Session, load}, load >= 0 && table != nil && table.Class != nil
}

// sameCall tells whether two places lie in one call of a function.
func sameCall(a, b *effects.Site) bool {
	for {
		switch {
		case a == b:
			return true
		case a == nil || b == nil || a.Function != b.Function:
			return false
		}
		a, b = a.Up, b.Up
		if a != nil && b != nil && a.Node != b.Node {
			return false
		}
	}
}

// asksItself tells whether a method or property of what a variable of a call holds looks at itself.
func asksItself(op *effects.Op, frame *effects.Site, name string) bool {
	up := op.Site.Up
	if up == nil || op.Kind != interleave.Attr && op.Kind != interleave.Assign || attributeHolder(op.Site.Module.File, op.Site.Node) != "self" || !sameCall(up, frame) {
		return false
	}
	n := up.Node
	if call, ok := n.(*python.Call); ok {
		n = call.Func
	}
	return attributeHolder(frame.Module.File, n) == name
}

// attributeHolder is the variable, or the path from one, whose attribute a node reads or assigns.
func attributeHolder(f *python.File, n python.Node) string {
	switch s := n.(type) {
	case *python.Assign:
		if len(s.Targets) == 1 {
			n = s.Targets[0]
		}
	case *python.AugAssign:
		n = s.Target
	}
	if a, ok := n.(*python.Attribute); ok && isPath(a.Value) {
		return f.Text(a.Value)
	}
	return ""
}

// loadsInto is the variable that a statement assigns the row of a load to, and nothing made of it.
func loadsInto(frame *effects.Site, load python.Node) string {
	st, ok := enclosing(frame.Function, load.Pos())
	if !ok {
		return ""
	}
	a, ok := st.node().(*python.Assign)
	if !ok || len(a.Targets) != 1 {
		return ""
	}
	v, ok := a.Targets[0].(*python.Name)
	if !ok {
		return ""
	}
	if _, method := called(a.Value); slices.Contains([]string{"all", "fetchall", "fetchmany", "execute", "exec", "scalars"}, method) {
		return "" // rows, or what gives them
	}
	for call, method := called(a.Value); call != nil; {
		if python.Node(call) == load {
			return v.ID
		}
		attr, ok := call.Func.(*python.Attribute)
		if !ok || !slices.Contains([]string{"first", "one", "one_or_none", "scalar", "scalar_one", "scalar_one_or_none", "scalars", "unique"}, method) {
			return ""
		}
		call, method = called(attr.Value)
	}
	return ""
}

// callOf is the call that a function was entered by, as the project writes it.
func callOf(frame *effects.Site) (*python.Call, bool) {
	if frame == nil || frame.Up == nil || frame.Function == nil {
		return nil, false
	}
	call, ok := frame.Up.Node.(*python.Call)
	return call, ok && frame.Up.Function != nil
}

// argument is what a call gives a parameter, nil where that cannot be told.
func argument(call *python.Call, fn *program.Function, name string) python.Expr {
	if value := keywordOf(call, name); value != nil {
		return value
	}
	at := slices.IndexFunc(fn.Params, func(p program.Param) bool { return p.Name == name })
	if _, method := call.Func.(*python.Attribute); method && len(fn.Params) > 0 && (fn.Params[0].Name == "self" || fn.Params[0].Name == "cls") {
		at-- // what stands before the dot
	}
	if at < 0 || at >= len(call.Args) {
		return nil
	}
	if slices.ContainsFunc(call.Args[:at+1], func(e python.Expr) bool { _, star := e.(*python.Starred); return star }) {
		return nil
	}
	return call.Args[at]
}

// sessionIn is how a call of a function spells a session of the request, "" when it cannot reach it: as it uses it there, or as a parameter
// or attribute that can be nothing else.
func (m *Mender) sessionIn(t *flow.Trace, frame *effects.Site, session int) string {
	if frame == nil || frame.Function == nil {
		return ""
	}
	other := false
	for i := range t.Ops {
		op := &t.Ops[i]
		if op.Session == 0 || op.Site == nil || op.Site.Function != frame.Function {
			continue
		}
		text := m.usedSession(frame.Function, op.Site.Node)
		switch {
		case text == "":
		case op.Session == session:
			return text
		default:
			other = true
		}
	}
	if other {
		return "" // what looks like the session is another one
	}
	return m.declaredSession(frame.Function)
}

// lentSession is the session that an object of the class works with, where the request was seen to use it by the methods of that object and the
// object says it by an attribute for others: self.repository.db.
func (m *Mender) lentSession(t *flow.Trace, fn *program.Function, session int) string {
	if fn.Class == nil || fn.Static || fn.ClassMethod {
		return ""
	}
	for i := range t.Ops {
		if t.Ops[i].Session != session {
			continue
		}
		for s := t.Ops[i].Site; s != nil && s.Up != nil; s = s.Up {
			if s.Function == nil || s.Up.Function == nil || s.Up.Function.Class != fn.Class || s.Function.Class == fn.Class {
				continue
			}
			call, ok := callOf(s)
			if !ok {
				continue
			}
			method, ok := call.Func.(*python.Attribute)
			if !ok {
				continue
			}
			object := s.Up.Module.File.Text(method.Value)
			attr, own := strings.CutPrefix(object, "self.")
			kept, public := strings.CutPrefix(m.declaredSession(s.Function), "self.")
			if own && public && !strings.ContainsAny(attr, ".([") && !strings.HasPrefix(kept, "_") {
				return object + "." + kept
			}
		}
	}
	return ""
}

// usedSession is what the call of a session's method is made on. A repository has methods of the same names: what is given a session is none.
func (m *Mender) usedSession(fn *program.Function, n python.Node) string {
	f := fn.Module.File
	e, _ := n.(python.Expr)
	for call, method := called(e); call != nil; {
		attr, ok := call.Func.(*python.Attribute)
		if !ok {
			return ""
		}
		if given := m.givenSession(fn, call); given != "" {
			return given
		}
		if slices.Contains([]string{"execute", "scalar", "scalars", "exec", "get", "get_one", "query", "add", "add_all", "delete", "merge", "refresh", "flush", "commit", "rollback"}, method) && isPath(attr.Value) {
			return f.Text(attr.Value)
		}
		call, method = called(attr.Value)
	}
	return ""
}

// givenSession is the session that a call is given: a parameter that is one, or what is passed by the name of one.
func (m *Mender) givenSession(fn *program.Function, call *python.Call) string {
	for _, a := range call.Args {
		v, ok := a.(*python.Name)
		if ok && slices.ContainsFunc(fn.Params, func(p program.Param) bool { return p.Name == v.ID && m.isSession(fn, p) }) {
			return v.ID
		}
	}
	for _, k := range call.Keywords {
		if k.Name != "db" && k.Name != "session" && k.Name != "db_session" {
			continue
		}
		switch k.Value.(type) {
		case *python.Name, *python.Attribute:
			return fn.Module.File.Text(k.Value)
		}
	}
	return ""
}

// declaredSession is a session by its declaration.
func (m *Mender) declaredSession(fn *program.Function) string {
	for _, p := range fn.Params {
		if m.isSession(fn, p) {
			return p.Name
		}
	}
	if fn.Class != nil {
		if init := fn.Class.Method("__init__"); init != nil && init.Def != nil {
			for _, p := range init.Params {
				if m.isSession(init, p) {
					return keptAs(init, p.Name)
				}
			}
		}
	}
	return ""
}

// isSession tells whether a parameter is a session: by its annotation or, without one, by its name.
func (m *Mender) isSession(fn *program.Function, p program.Param) bool {
	if p.Annotation == nil {
		n := strings.ToLower(p.Name)
		return n == "db" || n == "session" || strings.HasSuffix(n, "_session") || strings.HasSuffix(n, "_db") || n == "conn"
	}
	found := false
	for word := range strings.FieldsFuncSeq(fn.Module.File.Text(p.Annotation), func(r rune) bool { return strings.ContainsRune(" |[](),'\".", r) }) {
		if m.mapped(word) {
			return false
		}
		found = found || strings.HasSuffix(word, "Session") || strings.HasSuffix(word, "SessionDep") || word == "scoped_session"
	}
	return found
}

// mapped tells whether a name is that of a model.
func (m *Mender) mapped(class string) bool {
	for _, t := range m.Schema.Tables {
		if t.Class != nil && t.Class.Name == class {
			return true
		}
	}
	return false
}

// keptAs is the attribute that a constructor keeps a parameter in.
func keptAs(init *program.Function, param string) string {
	for _, s := range init.Def.Body {
		if a, ok := s.(*python.Assign); ok && len(a.Targets) == 1 {
			v, plain := a.Value.(*python.Name)
			if text := init.Module.File.Text(a.Targets[0]); plain && v.ID == param && strings.HasPrefix(text, "self.") {
				return text
			}
		}
	}
	return ""
}

// lasts tells whether a row lock that is taken at an operation lasts until the act, and stands in nobody's way who is the request itself:
// the session commits nothing before, and no other session of the request writes to the table while it holds the lock, which would wait for
// ever.
func lasts(r *race.Race, from int) bool {
	session := r.Op(from).Session
	if session == 0 {
		session = r.Op(r.Read).Session // a decision has none of its own
	}
	if act := r.Op(r.Act).Session; act != 0 && act != session {
		return false
	}
	for i := from + 1; i < len(r.Trace.Ops); i++ {
		op := r.Op(i)
		switch op.Kind {
		case interleave.Commit, interleave.Rollback, interleave.Close:
			if op.Session == session && !effects.Apart(op.Ctx, r.Op(r.Act).Ctx) {
				return i > r.Act
			}
		case interleave.Update, interleave.Assign, interleave.Delete, interleave.Remove:
			if op.Session != session && op.Session != 0 && op.Res.Store == interleave.Table && op.Res.Name == r.Resource() && !effects.Apart(op.Ctx, r.Op(r.Act).Ctx) {
				return false
			}
		}
	}
	return true
}
