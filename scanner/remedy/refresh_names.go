package remedy

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/python"
)

// names are the variables that may stand for the object: whose checked column a look asks for, whose attributes it compares, and which it
// passes on.
func (f *refresher) names(nodes []python.Node) []string {
	var columns, compared, passed []string
	add := func(list *[]string, n python.Expr) {
		if v, ok := n.(*python.Name); ok && f.holds(v.ID) && !slices.Contains(*list, v.ID) {
			*list = append(*list, v.ID)
		}
	}
	for _, n := range nodes {
		st, ok := enclosing(f.fn, n.Pos())
		if !ok {
			continue
		}
		var within python.Node = st.node()
		if s, ok := st.node().(*python.If); ok {
			within = s.Test
		}
		python.Walk(within, func(n python.Node) bool {
			switch n := n.(type) {
			case *python.Attribute:
				if slices.ContainsFunc(f.r.Columns, func(c string) bool { return attributeOf(f.r, c) == n.Attr }) {
					add(&columns, n.Value)
					if path := f.file.Text(n.Value); isPath(n.Value) && strings.Contains(path, ".") && f.holds(rootOf(path)) && !slices.Contains(columns, path) {
						columns = append(columns, path) // a row that another one leads to
					}
				} else {
					add(&compared, n.Value)
				}
			case *python.Call:
				if a, ok := n.Func.(*python.Attribute); ok {
					add(&passed, a.Value) // a method of the row that changes it
				}
				for _, a := range n.Args {
					add(&passed, a)
				}
				for _, k := range n.Keywords {
					add(&passed, k.Value)
				}
			}
			return true
		})
	}
	var out []string
	for _, name := range append(append(columns, compared...), passed...) {
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// holds tells whether a name is a variable of the function that may hold a row.
func (f *refresher) holds(name string) bool {
	return name != "self" && name != "cls" && f.fn.Local[name]
}

// rootOf is the variable from which a path leads.
func rootOf(path string) string {
	root, _, _ := strings.Cut(path, ".")
	return root
}

// annotation is what a parameter is declared as.
func (f *refresher) annotation(name string) (text string, param bool) {
	for _, p := range f.fn.Params {
		if p.Name == name && p.Annotation != nil {
			return f.file.Text(p.Annotation), true
		}
	}
	return "", false
}

// boundAt is the offset from which on a variable is there on the way to another offset, -1 when that cannot be told. looped tells that each
// pass of a loop gives it another row.
func (f *refresher) boundAt(name string, at int32) (bound int32, looped bool) {
	if root := rootOf(name); root != name {
		if f.leadsElsewhere(name, at) {
			return -1, false
		}
		name = root
	}
	for _, p := range f.fn.Params {
		if p.Name == name {
			return 0, false
		}
	}
	loop := loopAround(f.fn, at)
	for _, block := range f.before(at) {
		for _, s := range block {
			if a, ok := s.(*python.Assign); ok && len(a.Targets) == 1 && f.file.Text(a.Targets[0]) == name {
				return s.Stop(), loop != nil && s.Pos() > loop.Pos()
			}
		}
	}
	return -1, false
}

// leadsElsewhere tells whether a step of a path is assigned before an offset.
func (f *refresher) leadsElsewhere(path string, before int32) bool {
	found := false
	python.Walk(f.fn.Def, func(n python.Node) bool {
		a, ok := n.(*python.Assign)
		found = found || ok && a.Pos() < before && slices.ContainsFunc(a.Targets, func(t python.Expr) bool {
			text := f.file.Text(t)
			return text == path || strings.Contains(text, ".") && strings.HasPrefix(path, text+".")
		})
		return !found
	})
	return found
}
