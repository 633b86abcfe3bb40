package effects

import (
	"slices"

	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/schema"
)

// Rows that come along with others: selectinload(Order.product) puts the products of the orders into the session. One of them that is locked later
// is still what it was then, though its row is locked. Nothing is noted of them before that: most are only shown.

const loadOption = "load option"

// Along are the relationships, one after the other, over which a statement loads further rows; Joined tells that it is one statement with
// them, whose lock is theirs too.
type Along struct {
	Path   []string
	Joined bool
}

// along is a row that came along: with which one, and where.
type along struct {
	parent *Object
	site   *Site
	load   int
}

// loadsWith is selectinload(Order.lines), or .selectinload(Line.product) of that.
func loadsWith(c *Call) *Value {
	o := c.NewObject()
	o.Qual, o.Key = loadOption, c.Name
	v := &Value{Kind: ExtObject, Obj: o, Sym: "option"}
	if c.Recv != nil {
		v.Items = slices.Clip(c.Recv.Items)
	}
	v.Items = append(v.Items, c.Args...)
	return v
}

// loadOptions notes what a statement is to load beside its rows.
func loadOptions(c *Call) *Value {
	q, v := statement(c)
	for _, a := range c.Args {
		if a.Kind != ExtObject || a.Obj == nil || a.Obj.Qual != loadOption {
			continue
		}
		with := Along{Joined: a.Obj.Key == "joinedload"}
		for _, step := range a.Items {
			with.Path = append(with.Path, step.Name)
		}
		q.Along = append(slices.Clip(q.Along), with)
	}
	return v
}

// bringsAlong notes which rows come along with those that a statement gives.
func bringsAlong(w *World, q *Query, o *Object) {
	if w.Schema == nil || w.Muted > 0 {
		return
	}
	for _, with := range q.Along {
		if with.Joined && q.Lock.Strength != interleave.NoLock {
			continue
		}
		t, sym, key := q.Table, q.TableName+"["+o.Key+"]", o.Key
		for _, name := range with.Path {
			rel := t.Relationships[name]
			fk := ""
			if rel != nil {
				fk = relationKey(t, rel, name)
			}
			if rel == nil || rel.Class == nil || w.Schema.ByClass[rel.Class] == nil || fk == "" && !rel.Many {
				break
			}
			key = EachOf + key
			if fk != "" {
				key = sym + "." + fk
			}
			t = w.Schema.ByClass[rel.Class]
			sym = t.Name + "[" + key + "]"
			if w.along == nil {
				w.along = map[rowID]along{}
			}
			w.along[rowID{o.Session, t.Name, key}] = along{o, w.Site.Keep(), len(w.Ops) - 1}
		}
	}
}

// cameAlong is the row that is about to be locked, if it came along with another one that is still held and its session has gone on since:
// that it was loaded then is noted now. Nil otherwise.
func (w *World) cameAlong(session int, t *schema.Table, name, key string) *Object {
	id := rowID{session, name, key}
	a, ok := w.along[id]
	if !ok || w.rows[id] != nil || w.Muted > 0 || w.Referenced != nil && !w.Referenced(a.parent) || a.load < 0 || a.load > len(w.Ops) {
		return nil
	}
	for i := a.load; i < len(w.Ops); i++ {
		op := &w.Ops[i]
		if op.Session == session && (op.Kind == interleave.Commit || op.Kind == interleave.Rollback || op.Kind == interleave.Expire || op.Kind == interleave.Close) {
			return nil
		}
	}
	o, _ := w.Row(session, t, name, key)
	op := Op{Table: t, Related: true, Site: a.site, Object: o}
	op.Kind, op.Session, op.Obj, op.Version = interleave.Read, session, o.ID, t.VersionColumn
	op.Res = interleave.Resource{Store: interleave.Table, Name: name, Key: key}
	o.Load, o.Via = w.Emit(op), a.parent
	return o
}
