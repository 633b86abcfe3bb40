package remedy

import (
	"bytes"
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/flow"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
	"github.com/middlebrick/middlebrick/scanner/race"
)

// deferred is work after the response, as the project writes it: a function, and the one call that gives it a row or columns of one.
type deferred struct {
	m     *Mender
	r     *race.Race
	task  *flow.Task
	fn    *program.Function
	f     *python.File // of the function
	call  *python.Call
	from  *python.File // of the call
	row   string       // the variable that holds the row where the work is put off
	wait  string       // "await " where the sessions are asynchronous
	key   string       // the attribute that is the primary key
	given []gift       // in the order of the parameters
}

// gift is a parameter that is given the row or a column of it.
type gift struct {
	param program.Param
	arg   python.Expr
	attr  string // "" for the row itself
}

// reload gives deferred work the key of a row instead of the row or of what was read of it. The work loads the row itself, with its lock and
// in a session of its own, and asks again what the request had asked.
func (m *Mender) reload(r *race.Race) []change {
	d := m.newDeferred(r)
	if d == nil || d.holdsOn() || !d.takes() || !d.usedOnce() {
		return nil
	}
	session, imports, ok := m.ownSession(d.fn.Module, d.wait != "")
	if !ok {
		return nil
	}
	model, ok := m.reach(d.fn.Module, r.Table.Class.Module, r.Table.Class.Name)
	if !ok {
		return nil
	}
	lines, ok := d.loaded(session)
	if !ok {
		return nil
	}
	body := d.body()
	if body == nil {
		return nil
	}
	in, step, nl := indent(d.f, body[0]), unit(d.f, d.fn), newline(d.f)
	text := lines[0] + nl
	for _, line := range lines[1:] {
		text += in + step + line + nl
	}
	first, last := body[0], body[len(body)-1]
	text += in + shifted(d.f, first.Pos(), last.Stop(), "", step)
	out := append(merge(imports, model), change{d.f, first.Pos(), last.Stop(), text})
	if out = append(out, d.signature()...); overlap(out) {
		return nil
	}
	return out
}

// overlap tells whether two changes meet.
func overlap(changes []change) bool {
	for i, a := range changes {
		for _, b := range changes[:i] {
			if a.file == b.file && a.start < b.end && b.start < a.end {
				return true
			}
		}
	}
	return false
}

// newDeferred finds the work that acts and the call that puts it off, nil unless both are plain.
func (m *Mender) newDeferred(r *race.Race) *deferred {
	if r.Table == nil || r.Table.Class == nil || !alchemy(r) || r.Engine.SQLite() || m.Program == nil {
		return nil
	}
	d := &deferred{m: m, r: r, key: primary(r)}
	var site *effects.Site
	d.task, site = taskOf(r)
	if site == nil || d.task.Kind != flow.Background && d.task.Kind != flow.Spawned || d.task.Library || site.Function.Def == nil {
		return nil
	}
	d.fn, d.f, d.from = site.Function, site.Function.Module.File, d.task.Site.Module.File
	if d.fn.Class != nil || d.fn.Outer != nil || d.fn.Generator || len(d.fn.Def.Decorators) > 0 {
		return nil
	}
	var ok bool
	if d.wait, ok = waits(r, r.Op(r.Read).Session, d.fn); !ok {
		return nil
	}
	return d
}

// taskOf is the work beside the request in which the act happens, and a place in the function that it runs; nil where there is none.
func taskOf(r *race.Race) (task *flow.Task, site *effects.Site) {
	for i := range r.Trace.Tasks {
		if k := &r.Trace.Tasks[i]; k.Start <= r.Act && r.Act < k.End && (task == nil || k.Start >= task.Start) {
			task = k
		}
	}
	if task == nil || task.Site == nil || task.Site.Function == nil {
		return nil, nil
	}
	for site = r.Op(r.Act).Site; site != nil && (site.Up == nil || site.Up.Function != task.Site.Function || site.Function == task.Site.Function); {
		site = site.Up
	}
	if site == nil || site.Function == nil {
		return nil, nil
	}
	return task, site
}

// holdsOn tells whether the request may still hold rows, or have written what it has not committed, when the work starts: the work would
// wait for it, or not see it. A commit behind the response comes too late.
func (d *deferred) holdsOn() bool {
	open := map[int]bool{}
	for i := range d.r.Trace.Ops {
		op := d.r.Op(i)
		if op.Phase > effects.Teardown || i >= d.task.Start {
			continue
		}
		switch op.Kind {
		case interleave.Commit, interleave.Rollback:
			if op.Phase <= effects.Handler {
				delete(open, op.Session)
			}
		case interleave.Add, interleave.Assign, interleave.Update, interleave.Insert, interleave.Delete, interleave.Remove, interleave.Read, interleave.Refresh:
			if op.Res.Store == interleave.Table && (op.Lock.Strength != interleave.NoLock || op.Kind != interleave.Read && op.Kind != interleave.Refresh) {
				open[op.Session] = true
			}
		}
	}
	return len(open) > 0
}

// takes finds the call that puts the work off and what of the row it passes on.
func (d *deferred) takes() bool {
	frame := d.task.Site
	st, ok := enclosing(frame.Function, frame.Node.Pos())
	if !ok {
		return false
	}
	var args []python.Expr
	python.Walk(st.node(), func(n python.Node) bool {
		call, is := n.(*python.Call)
		if !is || d.call != nil {
			return d.call == nil
		}
		switch {
		case lastName(call.Func) == d.fn.Name:
			d.call, args = call, call.Args
		case lastName(call.Func) == "add_task" && len(call.Args) > 0 && lastName(call.Args[0]) == d.fn.Name:
			d.call, args = call, call.Args[1:]
		}
		return d.call == nil
	})
	if d.call == nil || slices.ContainsFunc(args, func(e python.Expr) bool { _, star := e.(*python.Starred); return star }) || len(args) > len(d.fn.Params) {
		return false
	}
	for i, p := range d.fn.Params {
		arg := python.Expr(nil)
		if i < len(args) {
			arg = args[i]
		}
		for _, k := range d.call.Keywords {
			if k.Name == "" {
				return false
			}
			if k.Name == p.Name {
				arg = k.Value
			}
		}
		if g, of := d.gift(p, arg); of != "" {
			if d.row != "" && d.row != of || p.Default != nil || d.reassigns(p.Name) {
				return false
			}
			d.row, d.given = of, append(d.given, g)
		}
	}
	return len(d.given) > 0
}

// gift tells what of the row an argument is, and which variable holds that; "" for something else.
func (d *deferred) gift(p program.Param, arg python.Expr) (gift, string) {
	name, attr := "", ""
	switch a := arg.(type) {
	case *python.Name:
		name = a.ID
	case *python.Attribute:
		v, ok := a.Value.(*python.Name)
		if !ok || !d.isColumn(a.Attr) {
			return gift{}, ""
		}
		name, attr = v.ID, a.Attr
	default:
		return gift{}, ""
	}
	row, ok := rowIn(d.r.Trace, d.task.Site, name)
	if !ok || row.load != d.r.Read || row.table != d.r.Table {
		return gift{}, ""
	}
	return gift{p, arg, attr}, name
}

func (d *deferred) isColumn(attr string) bool {
	_, relation := d.r.Table.Relationships[attr]
	return !relation && d.r.Table.Columns[columnOf(d.r, attr)] != nil
}

func (d *deferred) reassigns(name string) bool { return assignsName(d.f, d.fn.Def, name) }

func lastName(e python.Expr) string {
	switch e := e.(type) {
	case *python.Name:
		return e.ID
	case *python.Attribute:
		return e.Attr
	}
	return ""
}

// usedOnce tells whether nothing in the project names the function but its definition, imports of it and the one call.
func (d *deferred) usedOnce() bool {
	uses := 0
	for _, mod := range d.m.Program.Modules {
		if !bytes.Contains(mod.File.Source, []byte(d.fn.Name)) {
			continue
		}
		python.WalkFile(mod.File, func(n python.Node) bool {
			switch n := n.(type) {
			case *python.Name:
				if n.ID == d.fn.Name {
					uses++
				}
			case *python.Attribute:
				if n.Attr == d.fn.Name {
					uses++
				}
			}
			return true
		})
	}
	return uses == 1
}

// body are the statements of the function behind its docstring; nil when they cannot be indented, or when they do with the row what one that
// was just loaded does not allow: change it, follow a relationship, or pass it on.
func (d *deferred) body() []python.Stmt {
	body := d.fn.Def.Body
	if s, ok := body[0].(*python.ExprStmt); ok {
		if c, text := s.Value.(*python.Constant); text && strings.ContainsAny(c.Raw, `"'`) {
			body = body[1:]
		}
	}
	if len(body) == 0 || lineStart(d.f, body[0].Pos()) == lineStart(d.f, d.fn.Def.Pos()) {
		return nil
	}
	fits := true
	for _, s := range body {
		fits = fits && !spansLines(d.f, s)
		var allowed []*python.Name
		python.Walk(s, func(n python.Node) bool {
			switch n := n.(type) {
			case *python.Attribute:
				if v, ok := n.Value.(*python.Name); ok && d.isColumn(n.Attr) {
					allowed = append(allowed, v)
				}
			case *python.Assign:
				for _, t := range n.Targets {
					fits = fits && d.plainTarget(t)
				}
			case *python.AugAssign:
				fits = fits && d.plainTarget(n.Target)
			case *python.Name:
				fits = fits && (n.ID != d.object() || !d.passed() || slices.Contains(allowed, n))
			}
			return fits
		})
	}
	if !fits {
		return nil
	}
	return body
}

// plainTarget tells that an assignment is not one to an attribute of the row.
func (d *deferred) plainTarget(t python.Expr) bool {
	a, ok := t.(*python.Attribute)
	return !ok || lastName(a.Value) != d.object()
}

// passed tells whether the row itself is given.
func (d *deferred) passed() bool {
	return slices.ContainsFunc(d.given, func(g gift) bool { return g.attr == "" })
}
