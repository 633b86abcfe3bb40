package schema

import (
	"strings"

	"github.com/middlebrick/middlebrick/scanner/program"
)

// relate resolves foreign keys and relationships, once all tables are known.
func (r *reader) relate() {
	seen := map[*Table]bool{}
	for _, c := range r.p.Classes {
		if t := r.s.ByClass[c]; t != nil && !seen[t] {
			seen[t] = true
			r.relateTable(t)
		}
	}
	for _, t := range r.s.Tables {
		if !seen[t] {
			r.relateTable(t)
		}
	}
	for _, t := range r.s.Tables {
		r.collections(t)
	}
}

// collections makes the relationships of which nothing tells whether they give many or one what the foreign key tells: where the other
// table holds it, and this one does not, they give many.
func (r *reader) collections(t *Table) {
	for _, rel := range t.Relationships {
		if target := r.s.ByClass[rel.Class]; rel.Class != nil && target != nil && target != t && !rel.told && len(rel.ForeignKey) == 0 {
			rel.Many = rel.Many || len(keysTo(target, t)) > 0
		}
	}
}

// keysTo are the columns of a table that refer to another one, in their order.
func keysTo(t, target *Table) []string {
	var out []string
	for _, name := range t.Order {
		if strings.HasPrefix(bareTarget(t.Columns[name].Target), target.Name+".") {
			out = append(out, name)
		}
	}
	return out
}

func (r *reader) relateTable(t *Table) {
	for _, c := range t.Columns {
		if rest, ok := strings.CutPrefix(c.Target, "class:"); ok {
			c.Target = r.classTarget(t, rest)
		}
	}
	for _, rel := range t.Relationships {
		if rel.Class == nil {
			rel.Class = r.classNamed(rel.Target, t.Class)
		}
		if target := r.s.ByClass[rel.Class]; target != nil && rel.Class != nil {
			r.relateKeys(t, rel, target)
		}
	}
}

// classTarget is the table.column behind Class.attribute.
func (r *reader) classTarget(t *Table, text string) string {
	name, attr, _ := strings.Cut(text, ".")
	target := r.s.ByClass[r.classNamed(name, t.Class)]
	if target == nil {
		return text
	}
	if c := target.Column(attr); c != nil {
		attr = c.Name
	}
	return target.Name + "." + attr
}

// classNamed is the model of a name: in the same module, otherwise the first in the program.
func (r *reader) classNamed(name string, near *program.Class) *program.Class {
	var found *program.Class
	for _, c := range r.byName[name] {
		if r.s.ByClass[c] == nil {
			continue
		}
		if near != nil && c.Module == near.Module {
			return c
		}
		if found == nil {
			found = c
		}
	}
	return found
}

// relateKeys finds the columns of a many-to-one relationship, by the foreign key to the other table.
func (r *reader) relateKeys(t *Table, rel *Relationship, target *Table) {
	var given []string
	for _, name := range rel.ForeignKey {
		if c := t.Column(name); c != nil {
			given = append(given, c.Name)
		}
	}
	inferred := keysTo(t, target)
	switch {
	case len(given) > 0:
		rel.ForeignKey = given
	case len(rel.ForeignKey) > 0: // the key is a column of the other table
		rel.ForeignKey, rel.Many = nil, true
	case rel.Many:
	case len(inferred) > 1:
		rel.ForeignKey = byPrefix(inferred, rel.Attribute)
	default:
		rel.ForeignKey = inferred
	}
}

// bareTarget drops the schema of schema.table.column.
func bareTarget(target string) string {
	if parts := strings.Split(target, "."); len(parts) == 3 {
		return parts[1] + "." + parts[2]
	}
	return target
}

// byPrefix chooses the column that is named after the relationship, otherwise all of them.
func byPrefix(columns []string, name string) []string {
	for _, c := range columns {
		if c == name+"_id" {
			return []string{c}
		}
	}
	return columns
}
