package effects

import (
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/schema"
)

// Rows that are linked by a table of their own, relationship(secondary=…): who is a member of which group stands in neither of the two rows.

// association is the table behind a relationship with the columns that refer to the two rows.
type association struct {
	table         *schema.Table
	owner, member string
}

// associationOf returns the table that links the rows of a relationship, nil when none does or it is not told which column is whose.
func associationOf(w *World, t, target *schema.Table, rel *schema.Relationship) *association {
	if w.Schema == nil {
		return nil
	}
	table := w.Schema.Association(rel)
	owner, member := foreignKeyTo(table, t), foreignKeyTo(table, target)
	if owner == "" || member == "" || owner == member {
		return nil
	}
	return &association{table, owner, member}
}

// read looks up which rows are linked to one.
func (a *association) read(w *World, recv *Value) int {
	op := Op{Table: a.table, Related: true}
	op.Kind, op.Session = interleave.Read, recv.Obj.Session
	op.Res = interleave.Resource{Store: interleave.Table, Name: a.table.Name, Columns: []string{a.member}, Where: []interleave.Cond{{Column: a.owner, Op: "=", Value: recv.Obj.Key}}}
	op.From = recv.Deps.Ints()
	return w.Emit(op)
}

// change links a row to another, or takes the link away: the session does it at its next flush.
func (a *association) change(c *Call, owner *Object, member *Value) {
	if c.Name == "remove" {
		op := Op{Table: a.table}
		op.Kind, op.Session, op.From = interleave.Delete, owner.Session, member.Deps.Ints()
		op.Res = interleave.Resource{Store: interleave.Table, Name: a.table.Name, Where: []interleave.Cond{{Column: a.owner, Op: "=", Value: owner.Key}, {Column: a.member, Op: "=", Value: keySym(member)}}}
		c.Emit(op)
		return
	}
	o := c.NewObject()
	o.Table, o.Key, o.Fresh = a.table, c.Fresh("new "+a.table.Name), true
	o.Attrs = map[string]*Value{a.owner: {Sym: owner.Key}, a.member: {Sym: keySym(member)}}
	addBy(c, owner.Session, &Value{Kind: Entity, Obj: o, Deps: member.Deps})
}
