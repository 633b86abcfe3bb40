package remedy

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
	"github.com/middlebrick/middlebrick/scanner/race"
)

// countsHanded lets the database compute a new value that an UPDATE is given, where the request computes it: in the statement itself, or in an
// argument that is only passed on to it, as `repository.change(id, count=row.count + 1)` does.
func (m *Mender) countsHanded(r *race.Race) []change {
	act := r.Op(r.Act)
	if act.Kind != interleave.Update || r.Table == nil || r.Table.Class == nil || len(r.Columns) != 1 || !alchemy(r) || driver(r, act) != "" || r.Relation.Group() == "set" {
		return nil
	}
	column := r.Columns[0]
	if len(demands(r, column)) > 0 || keepsCopy(r, column) || decidedBy(r, column) || !adds(r.Table, column, false) || validates(r.Table.Class) {
		return nil
	}
	frame, call, value := handedTo(act.Site, attributeOf(r, column))
	if value == nil || spansLines(frame.Module.File, value) {
		return nil
	}
	c := &counted{m: m, r: r, fn: frame.Function, f: frame.Module.File}
	var ok bool
	if c.object = c.readFrom(value, attributeOf(r, column)); c.object == "" || !c.sameRow(call) {
		return nil
	}
	if c.model, c.imports, ok = m.modelIn(frame.Module, r.Table.Class); !ok {
		return nil
	}
	spelling := reckoner{c: c, out: &sum{}, attr: attributeOf(r, column)}
	text, ok := spelling.spell(value)
	if !ok || !strings.Contains(text, c.model+"."+spelling.attr) {
		return nil
	}
	return append(c.imports, change{c.f, value.Pos(), value.Stop(), text})
}

// handedTo is the value that a statement is given for a column: in the function that sends it or, where that only passes on what it was given,
// in one that calls it; nil where it cannot be told.
func handedTo(site *effects.Site, attr string) (frame *effects.Site, call *python.Call, value python.Expr) {
	if site == nil || site.Function == nil || site.Function.Def == nil {
		return nil, nil, nil
	}
	if call = valuesCall(site.Function); call == nil {
		return nil, nil, nil
	}
	value = keywordOf(call, attr)
	passed := spread(call)
	for _, e := range call.Args {
		if value == nil {
			value = entryOf(site.Module.File, e, attr)
		}
		passed = append(passed, whole(e)...)
	}
	if value != nil {
		return site, call, value
	}
	return handedBy(site, passed, attr)
}

// handedBy is the value for a column in what a function was given by the names of which one is passed on, untouched.
func handedBy(frame *effects.Site, passed []string, attr string) (*effects.Site, *python.Call, python.Expr) {
	call, ok := callOf(frame)
	if !ok {
		return nil, nil, nil
	}
	for _, p := range frame.Function.Params {
		if !slices.Contains(passed, p.Name) || !namedOnce(frame.Function, p.Name) {
			continue
		}
		if p.Kind == program.VarKeyword {
			if value := keywordOf(call, attr); value != nil && !slices.ContainsFunc(frame.Function.Params, func(p program.Param) bool { return p.Name == attr }) {
				return frame.Up, call, value
			}
			return handedBy(frame.Up, spread(call), attr)
		}
		given := argument(call, frame.Function, p.Name)
		if value := entryOf(frame.Up.Module.File, given, attr); value != nil {
			return frame.Up, call, value
		}
		return handedBy(frame.Up, whole(given), attr)
	}
	return nil, nil, nil
}

func keywordOf(call *python.Call, name string) python.Expr {
	for _, k := range call.Keywords {
		if k.Name == name {
			return k.Value
		}
	}
	return nil
}

// spread are the variables whose entries a call is given by name: **values.
func spread(call *python.Call) (names []string) {
	for _, k := range call.Keywords {
		if k.Name == "" {
			names = append(names, whole(k.Value)...)
		}
	}
	return names
}

// whole is the variable that an expression is, or is a copy of.
func whole(e python.Expr) []string {
	if d, ok := e.(*python.Dict); ok && len(d.Values) == 1 && d.Keys[0] == nil {
		e = d.Values[0] // {**values}
	}
	if v, ok := e.(*python.Name); ok {
		return []string{v.ID}
	}
	return nil
}

// entryOf is what a dictionary that is written out holds for a column, by its name or by the attribute of the model.
func entryOf(f *python.File, e python.Expr, attr string) python.Expr {
	d, ok := e.(*python.Dict)
	if !ok {
		return nil
	}
	for i, key := range d.Keys {
		if key != nil && (strings.Trim(f.Text(key), `"'`) == attr || lastName(key) == attr && key.Pos() < key.Stop()-int32(len(attr))) {
			return d.Values[i]
		}
	}
	return nil
}

// valuesCall is the one call of a function that says what an UPDATE writes, `values` of a statement or `update` of a query; nil where there are
// several.
func valuesCall(fn *program.Function) (call *python.Call) {
	several := false
	python.Walk(fn.Def, func(n python.Node) bool {
		c, ok := n.(*python.Call)
		if !ok {
			return true
		}
		of, method := c.Func.(*python.Attribute)
		if method && (of.Attr == "values" && len(c.Args)+len(c.Keywords) > 0 || of.Attr == "update" && strings.Contains(fn.Module.File.Text(of.Value), ".query(")) {
			several = several || call != nil
			call = c
		}
		return true
	})
	if several {
		return nil
	}
	return call
}

// namedOnce tells whether a function names a variable at one place.
func namedOnce(fn *program.Function, name string) bool {
	uses := 0
	python.Walk(fn.Def, func(n python.Node) bool {
		if v, ok := n.(*python.Name); ok && v.ID == name {
			uses++
		}
		return true
	})
	return uses == 1
}

// readFrom is how the function says the row whose column a value is made of, "" where that is not the row that was read.
func (c *counted) readFrom(value python.Expr, attr string) (object string) {
	python.Walk(value, func(n python.Node) bool {
		a, ok := n.(*python.Attribute)
		if !ok || a.Attr != attr || !isPath(a.Value) || object != "" {
			return true
		}
		if slices.ContainsFunc(c.r.Uses, func(i int) bool { return c.r.Op(i).Site.Node == python.Node(a) }) {
			object = c.f.Text(a.Value)
		}
		return true
	})
	return object
}

// sameRow tells whether the call that hands the value over names the row by the key of the one that was read.
func (c *counted) sameRow(call *python.Call) bool {
	read, act, key := c.r.Op(c.r.Read), c.r.Op(c.r.Act), primary(c.r)
	if read.Res.Key != "" && read.Res.Key == act.Res.Key && strings.HasPrefix(read.Res.Key, key+"=") {
		return true
	}
	isKey := func(e python.Node) bool {
		a, ok := e.(*python.Attribute)
		return ok && a.Attr == attributeOf(c.r, key) && c.f.Text(a.Value) == c.object
	}
	found := slices.ContainsFunc(call.Args, func(e python.Expr) bool { return isKey(e) }) || slices.ContainsFunc(call.Keywords, func(k *python.Keyword) bool {
		return isKey(k.Value) && (k.Name == key || c.r.Table.Columns[columnOf(c.r, k.Name)] == nil)
	})
	python.Walk(call.Func, func(n python.Node) bool { // update(Model).where(Model.id == row.id).values
		found = found || isKey(n)
		return !found
	})
	return found
}
