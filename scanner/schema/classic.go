package schema

import (
	"strings"

	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// tableValue finds the Table(…) call behind an expression.
func (r *reader) tableValue(s program.Scope, e python.Expr) *python.Call {
	if call, ok := e.(*python.Call); ok {
		return call
	}
	if ref := r.p.Resolve(s, e); ref.Kind == program.ToValue && ref.Binding != nil {
		call, _ := ref.Binding.Value.(*python.Call)
		return call
	}
	return nil
}

// classicTable reads a table that is a value: users = Table("users", metadata, Column(…), …).
func (r *reader) classicTable(s program.Scope, call *python.Call) {
	if r.s.ByCall[call] != nil || len(call.Args) < 2 || isTestPath(s.Module.File.Path) {
		return
	}
	if ref := r.p.Resolve(s, call.Func); ref.Kind == program.ToClass || ref.Kind == program.ToFunction || ref.Kind == program.ToExternal && !strings.HasPrefix(ref.Qual, "sqlalchemy") {
		return // somebody else's Table
	}
	name, ok := r.text(s, call.Args[0])
	if !ok || name == "" || !r.hasColumn(call) {
		return
	}
	t := newTable(name, SQLAlchemy)
	t.Defined = r.place(s.Module, call)
	t.Schema, _ = r.text(s, keyword(call, "schema"))
	r.tableCall(t, s, call)
	r.s.ByCall[call] = t
	r.add(t)
}

func (r *reader) hasColumn(call *python.Call) bool {
	for _, a := range call.Args[1:] {
		if inner, ok := a.(*python.Call); ok && lastName(inner.Func) == "Column" {
			return true
		}
		if _, ok := a.(*python.Starred); ok {
			return true
		}
	}
	return false
}

// tableCall reads the columns and constraints of Table(name, metadata, …).
func (r *reader) tableCall(t *Table, s program.Scope, call *python.Call) {
	var later []*python.Call
	for _, a := range call.Args {
		inner, ok := a.(*python.Call)
		if !ok {
			continue
		}
		if r.calleeName(s, inner.Func) == "Column" {
			r.coreColumn(t, s, inner)
		} else {
			later = append(later, inner)
		}
	}
	for _, c := range later {
		r.constraint(t, s, c)
	}
}

// coreColumn reads a Column(…) whose name is its first argument.
func (r *reader) coreColumn(t *Table, s program.Scope, call *python.Call) *Column {
	col := &Column{Nullable: true}
	unique := r.columnArgs(t, col, call, s)
	if col.Name == "" && len(call.Args) > 0 {
		col.Name, _ = r.text(s, call.Args[0])
	}
	if keyword(call, "nullable") == nil {
		col.Nullable = !col.Primary
	}
	if key := keyword(call, "key"); key != nil {
		col.Attribute, _ = r.text(s, key)
	}
	t.addColumn(col)
	if unique {
		t.addKey(UniqueKey{Columns: []string{col.Name}, From: r.place(s.Module, call)})
	}
	if col.Primary {
		t.addPrimary(col.Name, r.place(s.Module, call))
	}
	return col
}

// imperative joins classes with the tables they are mapped to by map_imperatively or mapper.
func (r *reader) imperative() {
	for _, f := range r.calls {
		if f.name != "map_imperatively" || len(f.call.Args) < 2 {
			continue
		}
		ref := r.p.Resolve(f.scope, f.call.Args[0])
		call := r.tableValue(f.scope, f.call.Args[1])
		if t := r.s.ByCall[call]; t != nil && ref.Class != nil {
			t.Class = ref.Class
			r.s.ByClass[ref.Class] = t
		}
	}
}

// indexCalls reads Index(…) and UniqueConstraint(…) that stand outside a table, and create_index of document stores.
func (r *reader) indexCalls() {
	for _, f := range r.calls {
		if isTestPath(f.scope.Module.File.Path) || r.isMigration(f.scope.Module) {
			continue
		}
		switch f.name {
		case "Index":
			if t := r.tableOfIndex(f.scope, f.call); t != nil && !r.keyCalls[f.call] {
				r.constraint(t, f.scope, f.call)
			}
		case "create_index":
			r.mongoIndex(f.scope, f.call)
		case "create_indexes":
			r.mongoIndexes(f.scope, f.call)
		}
	}
}

// tableOfIndex finds the table of Index("name", Model.column, …) by its first column that tells.
func (r *reader) tableOfIndex(s program.Scope, call *python.Call) *Table {
	var found *Table
	var look func(e python.Expr, depth int)
	look = func(e python.Expr, depth int) {
		if found != nil || depth > 6 {
			return
		}
		switch e := e.(type) {
		case *python.Attribute:
			if ref := r.p.Resolve(s, e.Value); ref.Kind == program.ToClass {
				found = r.s.ByClass[ref.Class]
			} else if ref.Kind == program.ToValue && ref.Binding != nil {
				if c, ok := ref.Binding.Value.(*python.Call); ok {
					found = r.s.ByCall[c]
				}
			}
			look(e.Value, depth+1)
		case *python.Call:
			look(e.Func, depth+1)
			for _, a := range e.Args {
				look(a, depth+1)
			}
		}
	}
	for _, a := range call.Args {
		look(a, 0)
	}
	return found
}
