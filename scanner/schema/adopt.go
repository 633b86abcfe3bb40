package schema

import (
	"fmt"
	"maps"
	"reflect"
	"slices"

	"github.com/middlebrick/middlebrick/scanner/program"
)

// Adopt lets the schema of an earlier scan take the place of a newer one that says the same of the same tables, wherever it stands in their
// files by now: its tables stay the objects that traces name. False tells that they do not say the same; then nothing has changed.
func (s *Schema) Adopt(now *Schema) bool {
	if len(s.Tables) != len(now.Tables) || !reflect.DeepEqual(s.besideTables(), now.besideTables()) {
		return false
	}
	for name, t := range now.Tables {
		if before := s.Tables[name]; before == nil || !reflect.DeepEqual(before.unplaced(), t.unplaced()) {
			return false
		}
	}
	was, known := s.held()
	is, all := now.held()
	if !known || !all || !slices.Equal(was, is) {
		return false
	}
	tables := s.Tables
	for name, t := range now.Tables {
		*tables[name] = *t
		if t.Parent != nil {
			tables[name].Parent = tables[t.Parent.Name]
		}
	}
	*s = *now
	s.Tables = tables
	s.ByClass, s.ByCall, s.folded = maps.Clone(now.ByClass), maps.Clone(now.ByCall), maps.Clone(now.folded)
	for k, t := range s.ByClass {
		s.ByClass[k] = tables[t.Name]
	}
	for k, t := range s.ByCall {
		s.ByCall[k] = tables[t.Name]
	}
	for k, t := range s.folded {
		s.folded[k] = tables[t.Name]
	}
	return true
}

// besideTables is what a schema says of other things than tables and sessions.
func (s *Schema) besideTables() Schema {
	out := *s
	out.Tables, out.ByClass, out.ByCall, out.folded, out.Sessions = nil, nil, nil, nil, nil
	out.Workers.From.Line = 0
	return out
}

// unplaced is what a schema says of a table: without its lines, and with names for classes and tables, which each program has for itself.
func (t *Table) unplaced() any {
	out := *t
	names := []string{classID(t.Class)}
	if t.Parent != nil {
		names = append(names, t.Parent.Name)
	}
	out.Class, out.Parent, out.Defined.Line, out.Made.Line = nil, nil, 0, 0
	out.Unique = slices.Clone(t.Unique)
	for i := range out.Unique {
		out.Unique[i].From.Line = 0
	}
	out.Relationships = make(map[string]*Relationship, len(t.Relationships))
	for attribute, r := range t.Relationships {
		related := *r
		related.Class, related.link, related.linkCall = nil, nil, nil
		related.Target += " " + classID(r.Class)
		related.Secondary += " " + classID(r.link)
		out.Relationships[attribute] = &related
	}
	return [2]any{out, names}
}

// held lists what a schema holds for things of the program; whoever looks at a call looks at its file. False tells that it holds a table
// which is none of its own.
func (s *Schema) held() (list []string, own bool) {
	own = true
	add := func(under string, t *Table) {
		own = own && s.Tables[t.Name] == t && (t.Parent == nil || s.Tables[t.Parent.Name] == t.Parent)
		list = append(list, under+" "+t.Name)
	}
	for c, t := range s.ByClass {
		add("class "+classID(c), t)
	}
	for _, t := range s.ByCall {
		add("call", t)
	}
	for name, t := range s.folded {
		add("name "+name, t)
	}
	for name, t := range s.Tables {
		add("table "+name, t)
	}
	for _, i := range s.Sessions {
		list = append(list, fmt.Sprint("session ", i.Place.Path, i.ExpireOnCommit, i.Autoflush, i.Autocommit))
	}
	slices.Sort(list)
	return list, own
}

func classID(c *program.Class) string {
	if c == nil {
		return ""
	}
	return c.Module.File.Path + ":" + c.Qualname
}
