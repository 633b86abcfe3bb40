package race

import (
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/flow"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/schema"
)

// How an act stands to a read: the same row, a set that a row joins or leaves, an effect that a row decides on.

// relate tells how act hangs on read, if the two are about the same thing.
func relate(t *flow.Trace, read, act int) (Relation, bool) {
	r, a := &t.Ops[read], &t.Ops[act]
	if a.Kind == interleave.Effect {
		// A message can be sent twice without harm to anybody's money; a payment or a remote command cannot.
		lasts := a.External == "payment" || a.External == "http" && !a.Guess && a.Rare().Manner != effects.TakesAway
		return RowEffect, lasts && (isRow(r) && r.Res.Key != "" || spendsEntry(t, read, act))
	}
	if r.Res.Store != a.Res.Store || r.Res.Name != a.Res.Name {
		return 0, false
	}
	if a.Res.Store == interleave.File && a.Kind == interleave.Delete {
		return 0, false // a file is taken away once, whoever comes second
	}
	switch a.Kind {
	case interleave.Add, interleave.Insert, interleave.InsertWhereNotExists:
		if r.Res.Store == interleave.Memory {
			return SetInsert, r.Res.Key == "" || r.Res.Key == a.Res.Key || r.Res.Key == "*"
		}
		if r.Res.Store != interleave.Table && len(r.Res.Where) == 0 {
			return SetInsert, r.Res.Key == a.Res.Key || r.Res.Key == "" || isDocument(r) && insertsKey(a, r.Res.Key)
		}
		if r.Res.Key != "" && len(r.Res.Where) == 0 {
			return SetInsert, insertsKey(a, r.Res.Key) // one row by its key: only that row's insertion is about it
		}
		if takesNewKey(r, a) {
			return 0, false
		}
		return SetInsert, joinsRead(a.Set, r)
	case interleave.Assign:
		if a.Flags&interleave.FreshObject != 0 {
			return 0, false
		}
	}
	if r.Res.Store == interleave.Memory {
		if r.Res.Key == "" && puts(a) {
			return SetInsert, true
		}
		return SameRow, r.Res.Key == a.Res.Key || r.Res.Key == "" || a.Res.Key == "*"
	}
	if r.Res.Key != "" && r.Res.Key == a.Res.Key {
		return SameRow, !excludes(r, a)
	}
	if r.Obj != 0 && r.Obj == a.Obj || marksPicked(t, read, act) || storesEach(r, a) || writesFound(r, a) {
		return SameRow, true
	}
	if one := r.Res.Aggregate == interleave.Rows || r.Res.Aggregate == interleave.Exists; one && r.Res.Store == interleave.Table && (a.Kind == interleave.Assign || a.Kind == interleave.Update) && strings.Contains(r.Res.Key, "=") && getsLookedFor(a.Set, r.Res.Where) {
		return SetLeave, true
	}
	if r.Res.Key == "" && (r.Res.Aggregate == interleave.Count || r.Res.Aggregate == interleave.Sum || r.Res.Aggregate == interleave.Rows || r.Res.Aggregate == interleave.Exists) && r.Res.Store == interleave.Table {
		return SetLeave, (r.Lock.Strength == interleave.NoLock || r.Res.Aggregate == interleave.Count)
	}
	return 0, false
}

// getsLookedFor tells whether a column is given just the value by which a row was looked for.
func getsLookedFor(set []interleave.Assignment, where []interleave.Cond) bool {
	return slices.ContainsFunc(where, func(c interleave.Cond) bool {
		v, ok := assigned(set, c.Column)
		return ok && c.Op == "=" && !c.SubQuery && v == c.Value && v != "" && !isConstant(v)
	})
}

// excludes tells whether two operations on documents ask one field for two constants: no document is both.
func excludes(a, b *effects.Op) bool {
	return isDocument(a) && slices.ContainsFunc(a.Res.Where, func(c interleave.Cond) bool {
		return c.Op == "=" && isConstant(c.Value) && slices.ContainsFunc(b.Res.Where, func(d interleave.Cond) bool {
			return d.Op == "=" && d.Column == c.Column && isConstant(d.Value) && d.Value != c.Value
		})
	})
}

// meetsUnseenKey tells whether an insert that says what happens where the row is there already stands behind a look for that row, and
// no key was seen that it could mean: there is one, or the statement would make no sense.
func meetsUnseenKey(t *flow.Trace, read, act int) bool {
	r, a := &t.Ops[read], &t.Ops[act]
	looks := r.Res.Aggregate == interleave.Rows || r.Res.Aggregate == interleave.Exists
	return looks && a.Res.Store == interleave.Table && a.Flags&(interleave.OnConflictIgnore|interleave.OnConflictUpdate) != 0 && len(a.Unique) == 0
}

// puts tells whether an operation puts an entry of its own key into a container of the process.
func puts(op *effects.Op) bool {
	return op.Kind == interleave.Update && op.Res.Store == interleave.Memory && op.Res.Key != "*" && op.Res.Key != "" && !drops(op) && op.Flags&interleave.Atomic == 0
}

// insertsKey tells whether a new row gets a key as its own. In another column the key is that of the row which the new one refers to, as
// its parent.
func insertsKey(insert *effects.Op, key string) bool {
	var own []string
	if insert.Table != nil {
		own = insert.Table.PrimaryKey()
	}
	return slices.ContainsFunc(insert.Set, func(a interleave.Assignment) bool {
		return a.Value == key && (len(own) == 0 || slices.Contains(own, a.Column))
	})
}

// joinsRead tells whether a row with these values can be one of those that were looked for: by what is asked of them, or, of the highest text
// among them, by how it begins.
func joinsRead(set []interleave.Assignment, read *effects.Op) bool {
	return satisfies(set, read.Res.Where) || read.Res.Aggregate == interleave.Max && beginsAlike(set, read.Res.Where)
}

// satisfies tells whether a row with these values can be in the set that the predicate names.
func satisfies(set []interleave.Assignment, where []interleave.Cond) bool {
	matched := false
	for _, c := range where {
		v, ok := assigned(set, c.Column)
		if !ok {
			continue
		}
		if those := amongThose(set, c.Column); len(those) > 0 && c.Op == "=" && isConstant(c.Value) {
			if !slices.Contains(those, c.Value) {
				return false
			}
			matched = true
			continue
		}
		if effects.FoldedColumn(c.Column) != "" {
			v = effects.Fold(v)
		}
		switch c.Op {
		case "=":
			if v == c.Value {
				matched = true
				continue
			}
			if isConstant(v) && isConstant(c.Value) {
				return false
			}
		case "in":
			if isConstant(v) && noneOf(v, c.Value) {
				return false
			}
		case "!=":
			if isConstant(v) && v == c.Value {
				return false
			}
		case "is null":
			if v != "None" && isConstant(v) {
				return false
			}
		}
	}
	return matched || !givesOther(set, where) && (!hasEquality(where) || takesAnything(set))
}

// takesNewKey tells whether a row is looked for by its primary key, among other things, and the new row gets one that was never there, from
// the database or from a generator: it is another row.
func takesNewKey(read, insert *effects.Op) bool {
	if insert.Table == nil || insert.Upsert || takesAnything(insert.Set) || read.Res.Key == "" || len(read.Rare().Elsewhere) > 0 {
		return false // in a join the key is a column of the other table
	}
	if !strings.HasPrefix(read.Res.Key, "each of ") && strings.ContainsAny(OutsideBrackets(read.Res.Key), "=#") {
		return false // a key with "=" is that of something else by which there is one row at most, but where it is the number of each of several rows
	}
	key := insert.Table.PrimaryKey()
	if len(key) != 1 {
		return false
	}
	v, given := assigned(insert.Set, key[0])
	return !given || strings.Contains(v, "#")
}

// leaves tells whether a row that is given such values is not in a set any more, whatever it was before: where nothing may be found, that
// turns no decision.
func leaves(set []interleave.Assignment, where []interleave.Cond) bool {
	return slices.ContainsFunc(where, func(c interleave.Cond) bool {
		v, ok := assigned(set, c.Column)
		if !ok || c.SubQuery || !isConstant(v) {
			return false
		}
		switch c.Op {
		case "=":
			return v != c.Value && (v == "None" || isConstant(c.Value))
		case "!=":
			return v == c.Value
		case "in":
			return noneOf(v, c.Value)
		case "is null":
			return v != "None"
		case "is not null":
			return v == "None"
		}
		return false
	})
}

// noneOf tells whether a constant is none of those of a list.
func noneOf(v, list string) bool {
	return !slices.ContainsFunc(strings.Split(list, ","), func(one string) bool { return one == v || !isConstant(one) })
}

// asksForOwn tells whether rows are looked for by what the request has made itself, as the key of a row that it adds: nobody else knows it.
func asksForOwn(read *effects.Op) bool {
	return read.Res.Store == interleave.Table && slices.ContainsFunc(read.Res.Where, func(c interleave.Cond) bool {
		return c.Op == "=" && !c.SubQuery && strings.HasPrefix(c.Value, "new ") && strings.Contains(c.Value, "#")
	})
}

// ofMadeOutside tells whether rows are looked for by the number of a thing that a library has just made: `users.create(form).id`.
func ofMadeOutside(read *effects.Op) bool {
	return read.Res.Store == interleave.Table && slices.ContainsFunc(read.Res.Where, func(c interleave.Cond) bool {
		made, ok := strings.CutSuffix(c.Value, ").id")
		if c.Op != "=" || c.Either || c.SubQuery || !ok {
			return false
		}
		depth := 1
		for i := len(made) - 1; i >= 0; i-- {
			switch made[i] {
			case ')':
				depth++
			case '(':
				if depth--; depth == 0 {
					return strings.HasSuffix(made[:i], ".create")
				}
			}
		}
		return false
	})
}

// ofNewRow tells whether an operation is about rows that refer to one which the request has made itself, and did not only make where it
// found none: nobody else has any of them.
func ofNewRow(t *flow.Trace, at int) bool {
	op := &t.Ops[at]
	of, each := strings.CutPrefix(op.Res.Key, effects.EachOf)
	if op.Res.Store != interleave.Table || !asksForOwn(op) && !strings.Contains(op.Res.Key, "=new ") && !(each && strings.HasPrefix(of, "new ")) {
		return false
	}
	for i := range at {
		made := &t.Ops[i]
		if made.Kind != interleave.Add && made.Kind != interleave.Insert || !strings.HasPrefix(made.Res.Key, "new ") || !within(op.Ctx, made.Ctx) {
			continue
		}
		own := func(v string) bool { return v == made.Res.Key || strings.HasPrefix(v, made.Res.Key+".") }
		if each && of == made.Res.Key && belongsTo(op.Table, made.Res.Name) || slices.ContainsFunc(strings.Split(op.Res.Key, ","), func(k string) bool { _, v, _ := strings.Cut(k, "="); return own(v) }) ||
			slices.ContainsFunc(op.Res.Where, func(c interleave.Cond) bool { return c.Op == "=" && !c.SubQuery && own(c.Value) }) {
			return true
		}
	}
	return false
}

// belongsTo tells whether a row of a table always belongs to one of another table, and so is no older than that one.
func belongsTo(t *schema.Table, parent string) bool {
	if t == nil {
		return false
	}
	for _, c := range t.Columns {
		if of, _, _ := strings.Cut(c.Target, "."); of == parent && !c.Nullable {
			return true
		}
	}
	return false
}

// givesOther tells whether every column that was asked for a value is given one of another name: whatever else the new row is made of,
// it is another one than the row that was looked for, as the caller's own key is another one than the key that is made.
func givesOther(set []interleave.Assignment, where []interleave.Cond) bool {
	found := false
	for _, c := range where {
		if c.Op != "=" && (c.Op != "?" || c.Value == "") {
			continue
		}
		v, ok := assigned(set, c.Column)
		if !ok || v == "" || c.Value == "" || c.SubQuery || strings.Contains(v, c.Value) || strings.Contains(c.Value, v) {
			return false
		}
		found = true
	}
	return found
}

// beginsAlike tells whether a new row has texts that begin as those of the rows among which the highest was looked for.
func beginsAlike(set []interleave.Assignment, where []interleave.Cond) bool {
	return len(where) > 0 && !slices.ContainsFunc(where, func(c interleave.Cond) bool {
		v, ok := assigned(set, c.Column)
		return !ok || v != c.Value && !beginsAs(v, c.Value)
	})
}

// beginsAs tells whether a text begins as a pattern of LIKE asks: f'A-{n}' as 'A-%'.
func beginsAs(text, pattern string) bool {
	start, open := strings.CutSuffix(strings.TrimPrefix(pattern, "f"), "%'")
	return open && len(start) > 1 && strings.HasPrefix(strings.TrimPrefix(text, "f"), start)
}

// takesAnything tells whether the columns of a new row are not all known.
func takesAnything(set []interleave.Assignment) bool {
	return len(set) == 0 || slices.ContainsFunc(set, func(a interleave.Assignment) bool { return a.Column == "*" })
}

func hasEquality(where []interleave.Cond) bool {
	return slices.ContainsFunc(where, func(c interleave.Cond) bool { return c.Op == "=" })
}

// amongThose returns the constants of which a column gets one.
func amongThose(set []interleave.Assignment, col string) []string {
	for _, a := range set {
		if a.Column == col {
			return a.Among
		}
	}
	return nil
}

func assigned(set []interleave.Assignment, col string) (string, bool) {
	col = strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(col, "lower("), "upper("), ")")
	for _, a := range set {
		if a.Column == col {
			return a.Value, true
		}
	}
	return "", false
}

func isConstant(s string) bool {
	if s == "" {
		return false
	}
	return s[0] == '\'' || s[0] >= '0' && s[0] <= '9' || s == "True" || s == "False" || s == "None"
}

// isStamp tells whether a value is the same whoever stores it: a constant, or the time.
func isStamp(s string) bool { return isConstant(s) || s == "now" }

func constantsOnly(where []interleave.Cond) []interleave.Cond {
	out := slices.Clone(where)
	for i := range out {
		if !isConstant(out[i].Value) {
			out[i].Value = ""
		}
	}
	return out
}

func whereColumns(where []interleave.Cond) []string {
	var out []string
	for _, c := range where {
		out = append(out, c.Column)
	}
	return out
}

func writesAny(set []interleave.Assignment, cols []string) bool {
	for _, a := range set {
		if slices.Contains(cols, a.Column) {
			return true
		}
		// "*" is what an update takes from a request's body: ordinary columns, but not keys, marks of deletion or states.
		if a.Column == "*" && slices.ContainsFunc(cols, isOrdinary) {
			return true
		}
	}
	return false
}

// isPresence tells whether a column says that the row is there at all: to find it deleted is only a 404.
func isPresence(col string) bool {
	return strings.Contains(col, "deleted") || strings.Contains(col, "archived") || strings.Contains(col, "removed")
}

func isOrdinary(col string) bool {
	return !isPresence(col) && col != "id" && !strings.HasSuffix(col, "_id") && !strings.HasSuffix(col, "_at") &&
		!strings.Contains(col, "status") && !strings.Contains(col, "state") && !begins(col, authorityWords) && !begins(col, stateWords)
}
