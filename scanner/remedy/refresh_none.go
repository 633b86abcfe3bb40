package remedy

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// mayBeNone tells whether the variable may hold None at an offset: no annotation says otherwise, and nothing before it leaves then.
func (f *refresher) mayBeNone(name string, at int32) bool {
	if annotation, param := f.annotation(name); param {
		return strings.Contains(annotation, "None") || strings.Contains(annotation, "Optional")
	}
	tested := false
	python.Walk(f.fn.Def, func(n python.Node) bool {
		switch n := n.(type) {
		case *python.If:
			test := f.file.Text(n.Test)
			if n.Stop() <= at && (leaves(n.Body) || f.makes(n.Body, name)) && (strings.HasPrefix(test, name+" is None") || strings.HasPrefix(test, "not "+name)) {
				tested = true
			}
			if n.Pos() < at && at < n.Stop() && (test == name || test == name+" is not None") {
				tested = true
			}
		case *python.Assign:
			if call, method := called(n.Value); call != nil && n.Stop() <= at && len(n.Targets) == 1 && f.file.Text(n.Targets[0]) == name &&
				(method == "one" || method == "scalar_one") {
				tested = true
			}
		}
		return true
	})
	return !tested
}

// makes tells whether a block makes a row where there is none, by the class of its table.
func (f *refresher) makes(block []python.Stmt, name string) bool {
	return f.r.Table != nil && f.r.Table.Class != nil && slices.ContainsFunc(block, func(s python.Stmt) bool {
		a, ok := s.(*python.Assign)
		if !ok || len(a.Targets) != 1 || f.file.Text(a.Targets[0]) != name {
			return false
		}
		call, class := called(a.Value)
		return call != nil && class == f.r.Table.Class.Name
	})
}

// never tells whether a variable holds no None at an offset because the function asked it for an attribute on the way there, or because what
// loads the row leaves where there is none.
func (f *refresher) never(name string, at int32) bool {
	since := int32(0)
	python.Walk(f.fn.Def, func(n python.Node) bool {
		if a, ok := n.(*python.Assign); ok && a.Stop() <= at && slices.ContainsFunc(a.Targets, func(t python.Expr) bool { return f.file.Text(t) == name }) {
			since = max(since, a.Stop())
		}
		return true
	})
	for _, block := range f.before(at) {
		for _, s := range block {
			if s.Pos() < since {
				continue
			}
			if opensWith(f.file, s, name) || asksFor(s, name) {
				return true
			}
		}
	}
	row, ok := rowIn(f.r.Trace, f.frame, name)
	if !ok {
		return false
	}
	for s := f.r.Op(row.load).Site; s != nil && s.Up != nil && s.Function != f.fn; s = s.Up {
		if raisesOnNone(s) {
			return true
		}
	}
	return false
}

// before are the statements that are passed on the way to an offset, block by block.
func (f *refresher) before(at int32) (out [][]python.Stmt) {
	for block := f.fn.Def.Body; block != nil; {
		i := slices.IndexFunc(block, func(s python.Stmt) bool { return s.Stop() > at })
		if i < 0 {
			i = len(block)
		}
		out = append(out, block[:i])
		if i == len(block) || block[i].Pos() >= at {
			break
		}
		j := slices.IndexFunc(blocks(block[i]), func(b []python.Stmt) bool { return len(b) > 0 && b[0].Pos() <= at && at <= b[len(b)-1].Stop() })
		if j < 0 {
			break
		}
		block = blocks(block[i])[j]
	}
	return out
}

// asksFor tells whether a statement goes through an attribute of a variable, or passes one on.
func asksFor(s python.Stmt, name string) bool {
	var value python.Expr
	switch s := s.(type) {
	case *python.For:
		attr, ok := s.Iter.(*python.Attribute)
		if !ok {
			return false
		}
		v, ok := attr.Value.(*python.Name)
		return ok && v.ID == name
	case *python.ExprStmt:
		value = s.Value
	case *python.Assign:
		value = s.Value
	}
	if call, _ := called(value); call != nil {
		for _, a := range call.Args {
			for {
				attr, ok := a.(*python.Attribute)
				if !ok {
					break
				}
				a = attr.Value
				if v, ok := a.(*python.Name); ok && v.ID == name {
					return true
				}
			}
		}
	}
	return false
}

// raisesOnNone tells whether the function of a load raises where nothing was found.
func raisesOnNone(load *effects.Site) bool {
	if load.Function == nil || load.Function.Def == nil {
		return false
	}
	f := load.Module.File
	found := map[string]bool{}
	for _, s := range load.Function.Def.Body {
		switch s := s.(type) {
		case *python.Assign:
			holds := s.Pos() <= load.Node.Pos() && load.Node.Pos() < s.Stop()
			for name := range found {
				holds = holds || mentions(s.Value, name)
			}
			if v, ok := s.Targets[0].(*python.Name); ok && holds {
				found[v.ID] = true
			}
		case *python.If:
			_, raises := last(s.Body).(*python.Raise)
			test := f.Text(s.Test)
			if raises && (found[strings.TrimPrefix(test, "not ")] || found[strings.TrimSuffix(test, " is None")]) && !found[test] {
				return true
			}
		}
	}
	return false
}
