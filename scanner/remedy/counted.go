package remedy

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
	"github.com/middlebrick/middlebrick/scanner/race"
)

// counted are assignments of columns of one object, each computed from the column alone, which the database can compute.
type counted struct {
	m    *Mender
	r    *race.Race
	fn   *program.Function
	f    *python.File
	sums []sum
	// object is how the function says the row: a variable, or what another row refers to, item.product.
	object, model string
	apart         bool // it is no variable, and who has the other row goes on with this one
	imports       []change
	wait          string
	// loop tells that the assignments stand in a loop: another pass may have the same object, except where each says that the loop gives one
	// row after the other.
	loop, each bool
}

// sum is one of the assignments, with the new value as an expression on the table.
type sum struct {
	st     python.Stmt
	target *python.Attribute
	value  string
	// plain tells that Python, too, can compute the expression for the objects that it has.
	plain bool
}

// computedHere is the title of a repair that stays with the object that was loaded.
const computedHere = "let the database compute the new value"

// computedApart is the title of one that executes a statement of its own, of which nobody is told who listens to the saving of objects.
const computedApart = "let the database compute the new value in a statement of its own"

// counts lets the database compute a new value from the latest one. What is done with the new value afterwards is done with the one that the
// statement returns. Rows of a set are better locked where they can be, with what else was asked of them: late tells that these are some.
func (m *Mender) counts(r *race.Race) (title string, out []change, late bool) {
	c := m.newCounted(r)
	if c == nil {
		return "", nil, false
	}
	uses, whole := c.later()
	switch {
	case c.each && len(uses) == 0 && len(whole) == 0:
		return computedHere, c.assigned(), true
	case c.loop && !c.apart && len(uses) > 0 && len(whole) == 0 && len(c.sums) == 1 && !c.given():
		return "let the database compute the new value and return it", c.returned(uses), true
	case (c.loop || c.apart) && len(uses) == 0:
		return computedApart, c.executed(len(whole) > 0), c.loop && !c.apart
	case c.loop || c.apart:
		return "", nil, false
	case c.sentBefore(uses, whole):
		return computedHere, c.assigned(), false
	case len(uses) > 0 && len(whole) == 0 && len(c.sums) == 1 && !c.given():
		return "let the database compute the new value and return it", c.returned(uses), false
	}
	return "", nil, false
}

// given tells whether the function was given the object, so that others go on with it.
func (c *counted) given() bool {
	return slices.ContainsFunc(c.fn.Params, func(p program.Param) bool { return p.Name == c.object })
}

// last is the last of the assignments.
func (c *counted) last() python.Stmt { return c.sums[len(c.sums)-1].st }

// sentBefore tells whether the new value has been computed, and can be asked for, before anybody asks for it or uses the object as a whole: until
// then it holds an expression. A coroutine has to load it anew, which it can only wait for where that is written.
func (c *counted) sentBefore(uses []*python.Attribute, whole []python.Expr) bool {
	if c.loadedAgain() {
		return true
	}
	until := c.fn.Def.Stop()
	switch {
	case len(uses) > 0 && len(whole) > 0:
		until = min(uses[0].Pos(), whole[0].Pos())
	case len(uses) > 0:
		until = uses[0].Pos()
	case len(whole) > 0:
		until = whole[0].Pos()
	case !c.given():
		return true
	}
	wanted := []string{"commit", "flush", "refresh"}
	if c.wait != "" {
		wanted = wanted[2:]
	}
	sent := false
	python.Walk(c.fn.Def, func(n python.Node) bool {
		if call, ok := n.(*python.Call); ok && call.Pos() >= c.last().Stop() && call.Pos() < until {
			_, name := called(call)
			refreshed := name != "refresh" || len(call.Args) > 0 && c.f.Text(call.Args[0]) == c.object
			sent = sent || slices.Contains(wanted, name) && refreshed && (len(uses) == 0 || c.surely(call))
		}
		return !sent
	})
	return sent
}

// loadedAgain tells whether the request was seen to load the object anew before it asked for one of the new values, wherever that is written.
func (c *counted) loadedAgain() bool {
	act := c.r.Op(slices.Max(c.r.Acts))
	for i := slices.Max(c.r.Acts) + 1; i < len(c.r.Trace.Ops); i++ {
		op := c.r.Op(i)
		if op.Obj != act.Obj || act.Obj == 0 || op.Site == nil {
			continue
		}
		switch op.Kind {
		case interleave.Refresh:
			return len(op.Res.Columns) == 0
		case interleave.Attr:
			if slices.ContainsFunc(c.sums, func(s sum) bool { return slices.Contains(op.Res.Columns, columnOf(c.r, s.target.Attr)) }) {
				return false
			}
		}
	}
	return false
}

// surely tells whether a function that has made the assignments comes to a call: no branch that may be left out lies around it alone.
func (c *counted) surely(call *python.Call) bool {
	outer := around(c.fn, c.last().Pos())
	for _, s := range around(c.fn, call.Pos()) {
		switch s.(type) {
		case *python.If, *python.For, *python.While:
			if !slices.Contains(outer, s) {
				return false
			}
		}
	}
	return true
}

func (m *Mender) newCounted(r *race.Race) *counted {
	act := r.Op(r.Act)
	if r.Table == nil || r.Table.Class == nil || len(r.Columns) == 0 || act.Site.Function == nil {
		return nil
	}
	fn, module := act.Site.Function, act.Site.Module
	c := &counted{m: m, r: r, fn: fn, f: module.File}
	var ok bool
	if c.model, c.imports, ok = m.modelIn(module, r.Table.Class); !ok || slices.ContainsFunc(r.Columns, func(column string) bool {
		return len(demands(r, column)) > 0 || keepsCopy(r, column) || decidedBy(r, column)
	}) {
		return nil
	}
	if !c.collects() || validates(r.Table.Class) || c.made() {
		return nil
	}
	for _, s := range around(fn, c.sums[0].st.Pos()) {
		switch s := s.(type) {
		case *python.For:
			c.each = !c.loop && c.f.Text(s.Target) == c.object
			c.loop = true
		case *python.While:
			return nil
		}
	}
	c.wait, ok = waits(r, act.Session, fn)
	if !ok {
		return nil
	}
	return c
}

// validates tells whether a model looks at what is assigned to its attributes: it would be shown an expression.
func validates(k *program.Class) bool {
	return slices.ContainsFunc(k.MRO(), func(k *program.Class) bool {
		return k.Def != nil && strings.Contains(k.Module.File.Text(k.Def), "validates(")
	})
}

// collects finds the assignments: every act that computes a column from the object must be one of those that the database can make, all in one
// block. Columns that are set to something else stay as they are.
func (c *counted) collects() bool {
	var block []python.Stmt
	for _, i := range c.r.Acts {
		op := c.r.Op(i)
		if op.Kind != interleave.Assign || op.Site.Function != c.fn {
			return false
		}
		st, ok := enclosing(c.fn, op.Site.Node.Pos())
		if !ok || spansLines(c.f, st.node()) {
			return false
		}
		target, value := halves(st.node())
		if target == nil {
			return false
		}
		object := c.f.Text(target.Value)
		if !isPath(target.Value) || c.object != "" && object != c.object {
			return false
		}
		_, variable := target.Value.(*python.Name)
		c.object, c.apart = object, !variable
		if _, whole := st.node().(*python.AugAssign); !whole && !c.mentions(value) {
			continue
		}
		if block != nil && &block[0] != &st.block[0] {
			return false
		}
		block = st.block
		if slices.ContainsFunc(c.sums, func(s sum) bool { return s.st == st.node() }) {
			continue
		}
		s, ok := c.sum(st.node(), target)
		if !ok {
			return false
		}
		c.sums = append(c.sums, s)
	}
	sort.SliceStable(c.sums, func(i, j int) bool { return c.sums[i].st.Pos() < c.sums[j].st.Pos() })
	return len(c.sums) > 0
}

// made tells whether the function makes the object itself on some way: there is no row yet from which the database could compute.
func (c *counted) made() bool {
	found := false
	python.Walk(c.fn.Def, func(n python.Node) bool {
		a, ok := n.(*python.Assign)
		if ok && slices.ContainsFunc(a.Targets, func(t python.Expr) bool { return c.f.Text(t) == c.object }) {
			call, _ := a.Value.(*python.Call)
			found = found || call != nil && c.f.Text(call.Func) == c.model
		}
		return !found
	})
	return found
}

// later is what the function does with the object behind the assignments: where it asks for the new values, and where it uses the object as a
// whole. To add it to the session again and to load it anew are no uses.
func (c *counted) later() (uses []*python.Attribute, whole []python.Expr) {
	inside := map[python.Node]bool{}
	python.Walk(c.fn.Def, func(n python.Node) bool {
		switch n := n.(type) {
		case *python.Attribute:
			if c.f.Text(n.Value) == c.object {
				inside[n.Value] = true
				if slices.ContainsFunc(c.sums, func(s sum) bool { return s.target.Attr == n.Attr && n.Pos() >= s.st.Stop() }) {
					uses = append(uses, n)
				}
			}
		case *python.Call:
			if _, name := called(n); (name == "refresh" || name == "add") && len(n.Args) > 0 {
				inside[n.Args[0]] = true
			}
		}
		if e, ok := n.(python.Expr); ok && isPath(e) && n.Pos() >= c.last().Stop() && !inside[n] && c.f.Text(e) == c.object {
			whole = append(whole, e)
		}
		return true
	})
	return uses, whole
}

// mentions tells whether an expression says the object.
func (c *counted) mentions(n python.Node) bool {
	found := false
	python.Walk(n, func(n python.Node) bool {
		e, ok := n.(python.Expr)
		found = found || ok && isPath(e) && c.f.Text(e) == c.object
		return !found
	})
	return found
}

// isPath tells whether an expression is a variable, or leads from one to another object by attributes.
func isPath(e python.Expr) bool {
	for {
		switch x := e.(type) {
		case *python.Name:
			return true
		case *python.Attribute:
			e = x.Value
		default:
			return false
		}
	}
}

// assigned assigns the expressions to the object.
func (c *counted) assigned() []change {
	out := slices.Clone(c.imports)
	for _, s := range c.sums {
		out = append(out, change{c.f, s.st.Pos(), s.st.Stop(), c.f.Text(s.target) + " = " + s.value})
	}
	return out
}

// executed sends a statement of its own for each assignment: where the next pass of a loop may load the same object, what was assigned to it
// before would be replaced and not added to. seen tells that the object is used as a whole afterwards: a coroutine could not load what Python
// cannot compute.
func (c *counted) executed(seen bool) []change {
	session := c.m.sessionIn(c.r.Trace, c.r.Op(c.r.Act).Site, c.r.Op(c.r.Act).Session)
	imports, ok := imported(c.fn.Module, "sqlalchemy", "update")
	if session == "" || !ok || c.m.oldAlchemy() {
		return nil
	}
	out := merge(imports, c.imports)
	for _, s := range c.sums {
		if seen && !s.plain && c.wait != "" {
			return nil
		}
		text := c.statement(s).call(c.wait+session+".execute(", indent(c.f, s.st), unit(c.f, c.fn), newline(c.f))
		out = append(out, change{c.f, s.st.Pos(), s.st.Stop(), text})
	}
	return out
}

// statement is the update that makes one of the assignments.
func (c *counted) statement(s sum) dml {
	key := primary(c.r)
	return dml{
		verb: "update", model: c.model,
		where:  []string{fmt.Sprintf("%s.%s == %s.%s", c.model, key, c.object, key)},
		values: s.target.Attr + "=" + s.value,
	}
}

// returned executes the update where it stands and gives its result to what asked for the new value.
func (c *counted) returned(uses []*python.Attribute) []change {
	session := c.m.sessionIn(c.r.Trace, c.r.Op(c.r.Act).Site, c.r.Op(c.r.Act).Session)
	if session == "" || c.m.oldAlchemy() || slices.Contains([]string{"mysql", "mariadb", "oracle", ""}, c.m.Schema.Engine.Name) {
		return nil
	}
	imports, ok := imported(c.fn.Module, "sqlalchemy", "update")
	if !ok {
		return nil
	}
	name := c.sums[0].target.Attr
	if c.fn.Local[name] || c.fn.Module.Names[name] != nil {
		if name = c.object + "_" + name; c.fn.Local[name] {
			return nil
		}
	}
	w := c.statement(c.sums[0])
	w.returning = c.model + "." + c.sums[0].target.Attr
	text := w.call(name+" = "+c.wait+session+".scalar(", indent(c.f, c.last()), unit(c.f, c.fn), newline(c.f))
	out := append(merge(imports, c.imports), change{c.f, c.last().Pos(), c.last().Stop(), text})
	for _, u := range uses {
		if !c.reads(u) {
			return nil
		}
		out = append(out, change{c.f, u.Pos(), u.Stop(), name})
	}
	return out
}

// reads tells that an attribute is not assigned.
func (c *counted) reads(u *python.Attribute) bool {
	st, ok := enclosing(c.fn, u.Pos())
	if !ok {
		return false
	}
	switch s := st.node().(type) {
	case *python.Assign:
		return !slices.ContainsFunc(s.Targets, func(t python.Expr) bool { return t.Pos() <= u.Pos() && u.Pos() < t.Stop() })
	case *python.AugAssign:
		return s.Target.Pos() > u.Pos() || u.Pos() >= s.Target.Stop()
	}
	return true
}
